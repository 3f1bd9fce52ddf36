"""What views share that is computed of a whole package: its derived values, its scoreboards, and its figures described."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.evaluation import history, scoreboard
from helpers.language.formatter import Formatter
from helpers.package.tables import Tables
from helpers.views.describe import described


@dataclass
class Reading:
    """The package as printed or with errata, and what is computed of it."""

    name: str
    package: Tables
    _scores: dict[tuple[str, int], pd.DataFrame] = field(default_factory=dict)
    _described: dict[tuple[str, str, str], pd.DataFrame] = field(default_factory=dict)

    @cached_property
    def derived(self) -> pd.DataFrame:
        return history.derived(self.package)

    def describe(self, table: str, rows: np.ndarray, language: str, region: str) -> pd.DataFrame:
        """Rows of `figures`, `external` or `derived` as readers of a language know them, each described once for a region.

        rows: which of the table's rows, as booleans. All rows of the region and the places within it are described with the
        first ones, as most of its pages need some.
        """
        frame = self.derived if table == "derived" else getattr(self.package, table)
        if region not in {key for key, *_ in self._described}:
            self._described.clear()
        known = self._described.get((region, table, language))
        if known is None:
            new = rows | frame["region"].isin(self.package.within(region)).to_numpy(dtype=bool)
        else:
            new = rows & ~frame.index.isin(known.index)
        if known is None or new.any():
            words = Formatter(self.package, language, region)
            known = pd.concat([*([] if known is None else [known]), described(frame[new], self.package, words)])
            self._described[region, table, language] = known
        return known.loc[frame.index[rows]]

    def scores(self, region: str) -> pd.DataFrame:
        """Headline indicators of a region in every year; the runs of one region follow each other."""
        if region not in {key for key, _ in self._scores}:
            self._scores.clear()
        years = self.package.choices.askable
        for year in years:
            if (region, year) not in self._scores:
                self._scores[region, year] = scoreboard.scoreboard(self.package, year, region)
        frames = [self._scores[region, year] for year in years]
        return pd.concat([frame for frame in frames if len(frame)] or frames[:1]).reset_index()
