"""A region beside the regions directly within it: the headline indicators of each against its own targets."""

import pandas as pd

from helpers.display.table import records_of
from helpers.evaluation import history, scoreboard
from helpers.language.formatter import Formatter
from helpers.package.tables import Tables
from helpers.views.describe import described

REGION_TARGETS = (
    "region", "place", "indicator", "name", "headline", "year", "target", "target_unit", "target_text", "actual",
    "actual_unit", "actual_text", "base", "completion", "status", "status_name", "reason",
)  # fmt: skip
TYPES = dict.fromkeys(REGION_TARGETS, "str") | dict.fromkeys(("target", "actual", "base", "completion"), "float64")
TYPES |= dict.fromkeys(("headline", "year"), "int64")


class RegionScores:
    """Scoreboards of one package in its main year, as printed; each is computed once for the pages of all regions."""

    def __init__(self, package: Tables):
        self.package = package
        self._scores: dict[str, pd.DataFrame] = {}

    def compare(self, region: str, language: str) -> pd.DataFrame:
        """Targets of a region and of the regions directly within it, in the order of `regions.csv`.

        Empty without a region, and where fewer than two of them have data. Columns: `REGION_TARGETS`; numbers are in the unit
        beside them.
        """
        parents = self.package.regions["parent"]
        regions = [region, *parents.index[parents == region]] if region else []
        scores = {place: score for place in regions if len(score := self._score(place))}
        if sum((score["status"] != "no_data").any() for score in scores.values()) < 2:
            return pd.DataFrame(columns=list(REGION_TARGETS)).astype(TYPES)
        words = Formatter(self.package, language, region)
        frame = pd.concat([score.reset_index().assign(region=place) for place, score in scores.items()])
        keys = {*frame["target"], *frame["actual"]}
        implied = history.derived(self.package)
        parts = [
            described(rows[rows.index.isin(keys)], self.package, words) for rows in (self.package.figures, implied)
        ]
        pool = history.stack(parts)
        texts = pd.Series([str(words.format_quantity(row)) for row in records_of(pool)], pool.index, dtype="str")
        pool = pool[["value", "unit", "base"]].assign(text=texts)
        target, actual = (pool.reindex(frame[name]) for name in ("target", "actual"))
        frame = frame.assign(
            place=[words.name_of("regions", place) for place in frame["region"]],
            name=words.name_indicators(frame["indicator"]),
            target=target["value"].to_numpy(), target_unit=target["unit"].fillna("").to_numpy(),
            target_text=target["text"].fillna("").to_numpy(),
            actual=actual["value"].to_numpy(), actual_unit=actual["unit"].fillna("").to_numpy(),
            actual_text=actual["text"].fillna("").to_numpy(), base=actual["base"].to_numpy(),
            status_name=[words.say(f"status.{status}") for status in frame["status"]],
        )  # fmt: skip
        return frame[list(REGION_TARGETS)].astype(TYPES).reset_index(drop=True)

    def _score(self, region: str) -> pd.DataFrame:
        if region not in self._scores:
            self._scores[region] = scoreboard.scoreboard(self.package, self.package.main_year, region)
        return self._scores[region]
