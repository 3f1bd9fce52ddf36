"""What views share that is computed of a whole package: its derived values, its scoreboards, and its figures described."""

from dataclasses import dataclass, field
from functools import cached_property

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
    _described: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict)

    @cached_property
    def derived(self) -> pd.DataFrame:
        return history.derived(self.package)

    def describe(self, table: str, language: str) -> pd.DataFrame:
        """All `figures`, `external` or `derived` of the package as readers of a language know them, described once."""
        if (table, language) not in self._described:
            frame = self.derived if table == "derived" else getattr(self.package, table)
            self._described[table, language] = described(frame, self.package, Formatter(self.package, language))
        return self._described[table, language]

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
