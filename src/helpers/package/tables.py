"""The data package in memory: `load` checks and reads it, `corrected` gives it with its errata applied.

Figures keep what is printed (value, unit, period) and gain what it stands for in base units. No number is derived here, but
the range of a reading that was computed.
"""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import paths
from helpers.numbers import interval, period, token
from helpers.package import documents, errata, files, labels, rules, schema, validate, validity
from helpers.package.problem import DataError


class Rows:
    """Rows of a frame by their keys, as dicts, each in a hundredth of the time that `frame.loc` takes."""

    def __init__(self, frame: pd.DataFrame):
        self._index = frame.index
        self._columns = [(name, column.array) for name, column in frame.items()]

    def __contains__(self, key: str) -> bool:
        return key in self._index

    def __getitem__(self, key: str) -> dict:
        place = self._index.get_loc(key)
        return {name: cells[place] for name, cells in self._columns}


@dataclass(frozen=True, eq=False)  # compared by identity, so that what is computed from it can be cached
class Tables:
    """A data package, one frame a table.

    `figures` and `external` have, beside their columns in the file (of which `value` is in the printed `unit`, 亿元):

    - `base`, `lower`, `upper`: the number and the range it stands for (`interval.printed`), in the base unit (元)
    - `strict`: is the end of that range itself excluded (超400家 is not 400)?
    - `base_unit`, `multiplier`, `decimals`: the unit without its multiplier (元), the multiplier (10**8), printed decimals
    - `year`: year in which the period ends, missing for undated figures; `whole_year`: does it stand for that year?
    - `in_table`: does a figure of `figures` stand in a table of headline indicators (see `documents`)?
    - `since`: of figures, the year from which a target holds that replaces an earlier one; 0 for all others
    - `form`: `printed`, `public`, or `corrected` where an erratum changed the row
    """

    folder: Path
    plan: schema.Plan
    regions: pd.DataFrame
    chapters: pd.DataFrame
    sections: pd.DataFrame
    units: pd.DataFrame
    indicators: pd.DataFrame
    figures: pd.DataFrame
    platforms: pd.DataFrame
    external: pd.DataFrame
    errata: pd.DataFrame
    relations: pd.DataFrame
    terms: pd.DataFrame
    sources: pd.DataFrame
    labels: pd.DataFrame
    raw: dict[str, pd.DataFrame]  # every table as text, as in its file
    years: list[int]  # of the plan's first and later ones, those with a figure that is no target

    @property
    def choices(self) -> validity.Choices:
        """What a request may ask for."""
        covered = self.regions.index.isin(self.figures["region"].unique())
        places = [*self.regions.index]
        last = max(self.plan.target_year, *self.years)
        askable = [*range(self.plan.start_year, last + 1)]
        return validity.Choices(self.years, self.plan.region, places, [*self.regions.index[covered]], askable)

    @property
    def main_year(self) -> int:
        """The target year, or the latest year before it that has figures where it has none."""
        return max((year for year in self.years if year <= self.plan.target_year), default=self.years[0])

    def comparable(self, unit: str, other: str) -> bool:
        """Can numbers in these base units be added, and be part and whole: one unit, or counts of things (家 and 个)?"""
        return unit == other or {self.units.at[name, "dimension"] for name in (unit, other)} == {"count"}

    def within(self, region: str) -> list[str]:
        """The region and all places in it."""
        places = [region]
        for place in places:  # grows while it is read
            places += [name for name in self._inside.get(place, ()) if name not in places]
        return places

    def seen_from(self, region: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows of the region and, of indicators of which it has none, those of the places within it.

        frame: with columns `indicator` and `region`
        """
        own = frame["region"] == region
        covered = frame["indicator"].isin(frame.loc[own, "indicator"])
        return frame[own | (~covered & frame["region"].isin(self.within(region)))]

    @cached_property
    def _inside(self) -> dict[str, list[str]]:
        """Places directly in each place."""
        return self.regions.index.to_series().groupby(self.regions["parent"]).agg(list).to_dict()


def load(folder: str | Path = "", lenient: bool = False) -> Tables:
    """The data package in a folder (the project's own by default). Raises DataError, which lists every problem.

    lenient: may it be of an older version, or unfinished (see `validate.find_problems`)? Labels with other blanks than the
    project's own are then replaced by these.
    """
    path = paths.data(folder)
    package = validity.digest(path)
    choices = validity.recall(package)
    if choices is None and (problems := validate.find_problems(path, lenient)):
        raise DataError(path, problems)
    descriptor = schema.read(path)
    files_of = {name: file for name, file in schema.resources(descriptor).items() if name in schema.COLUMNS}
    raw = {name: files.read(path / file) for name, file in files_of.items()}
    raw["labels"] = labels.complete(raw["labels"], lenient)
    tables = of(path, schema.Plan.of(descriptor), raw)
    if choices is None and not lenient:
        validity.remember(package, tables.choices)
    return tables


@lru_cache(maxsize=8)  # what is computed of a package is kept with it, see `evaluate` and `audit`
def corrected(tables: Tables) -> Tables:
    """The same package read with its errata, but for rejected ones; changed rows have the form `corrected`."""
    if (tables.errata["status"] == "rejected").all():
        return tables
    raw = errata.apply(tables.errata, tables.raw["indicators"], "indicators", "indicator")
    indicators = _convert_indicators(raw, tables.sections)
    figures = errata.apply(tables.errata, tables.raw["figures"], "figures", "figure")
    figures = _locate(_convert_figures(figures, indicators, tables.units, "printed"), tables.raw["sources"])
    applied = tables.errata[(tables.errata["status"] != "rejected") & (tables.errata["table"] == "figures")]
    figures.loc[figures.index.isin(applied["key"]), "form"] = "corrected"
    for line in applied[errata.are_computed(applied)].itertuples():
        if line.key in figures.index and (known := _find_range(figures, line.key, line.evidence.split())) is not None:
            figures.loc[line.key, ["lower", "upper"]] = known.lower, known.upper
    return replace(tables, indicators=indicators, figures=figures)


def _find_range(figures: pd.DataFrame, key: str, evidence: list[str]) -> interval.Interval | None:
    """The range of a reading that was computed from a level and its growth or change; None where it was not."""
    row, known = figures.loc[key], figures[figures.index.isin(evidence)]
    known = known[(known["indicator"] == row["indicator"]) & (known["region"] == row["region"])]
    ranges = {name: interval.Interval(*known.loc[name, ["lower", "base", "upper"]]) for name in known.index}
    levels = known.index[known["measure"].isin(schema.QUANTITY_MEASURES) & (known["base_unit"] == row["base_unit"])]
    for name in known.index[known["measure"].isin(["growth_rate", "change"])]:
        for level in levels:
            growth = known.at[name, "measure"] == "growth_rate"
            computed = ranges[level] / (ranges[name] * 0.01 + 1) if growth else ranges[level] - ranges[name]
            if row["lower"] <= computed.value <= row["upper"]:
                return computed
    return None


def of(folder: Path, plan: schema.Plan, raw: dict[str, pd.DataFrame], years: list[int] | None = None) -> Tables:
    """A package of tables as text (see `files.read`), which are taken as good ones.

    years: of the package of which the tables are a part; else they follow from the figures.
    """
    raw = raw | {"terms": labels.list_terms(raw), "sources": documents.list_sources(raw, plan)}
    raw |= {
        table: raw[table].assign(**{name: _get_column(raw[table], name) for name in columns})
        for table, columns in schema.OPTIONAL.items()
    }
    raw |= {table: documents.name_only(raw[table], raw["sources"]) for table in documents.PLACED}
    keyed = {name: frame.set_index(schema.COLUMNS[name][0]) for name, frame in raw.items() if name not in NOT_KEYED}
    units = keyed["units"]
    keyed["chapters"].index = keyed["chapters"].index.astype(int)
    keyed["sections"]["chapter"] = keyed["sections"]["chapter"].astype(int)
    indicators = _convert_indicators(raw["indicators"], keyed["sections"])
    figures = _locate(_convert_figures(raw["figures"], indicators, units, "printed"), raw["sources"])
    made_up = any(frame.iloc[:, 0].str.startswith(schema.EXAMPLE).any() for frame in raw.values())
    return Tables(
        folder=folder,
        plan=replace(plan, synthetic=plan.synthetic or made_up),
        **{
            name: keyed[name]
            for name in ("regions", "chapters", "sections", "platforms", "relations", "terms", "sources", "labels")
        },
        units=units,
        indicators=indicators,
        figures=figures,
        external=_convert_figures(raw["external"], indicators, units, "public"),
        errata=raw["errata"].reset_index(drop=True),
        raw=raw,
        years=_list_years(plan, figures) if years is None else years,
    )


def _list_years(plan: schema.Plan, figures: pd.DataFrame) -> list[int]:
    """Years for which figures of the quantities exist, or can be derived from a rate or a change of the year after."""
    known = figures[(figures["measure"] != "target") & figures["year"].notna()]
    changes = known.loc[known["measure"].isin(["growth_rate", "change"]), "period"].unique()
    years = {*map(int, known["year"].unique())} | {period.parse(period.before(text)).last[0] for text in changes}
    return sorted(year for year in years if year >= plan.start_year) or [plan.target_year]


def _get_column(frame: pd.DataFrame, name: str) -> pd.Series | str:
    """A column that a table may lack: empty, but for a note in Chinese, which is then the one in English."""
    return frame.get(name, frame["note"] if name == "note_zh" else "")


NOT_KEYED = ("figures", "external", "indicators", "errata")


def _convert_indicators(raw: pd.DataFrame, sections: pd.DataFrame) -> pd.DataFrame:
    frame = raw.set_index("indicator")
    frame["headline"] = pd.to_numeric(frame["headline"]).astype("Int64")
    frame["may_exceed"] = frame["may_exceed"] == "true"
    frame["base_year"] = pd.to_numeric(_get_column(frame, "base_year")).astype("Int64")
    # Statements about the plan as a whole have no section; they belong to chapter 0.
    frame["chapter"] = frame["section"].map(sections["chapter"]).fillna(0).astype(int)
    return frame


def _convert_figures(raw: pd.DataFrame, indicators: pd.DataFrame, units: pd.DataFrame, form: str) -> pd.DataFrame:
    """Figures with what they stand for in base units; index is the figure's key, in the order of the file."""
    frame = raw.set_index("figure").copy()
    split = [token.split_unit(unit) for unit in frame["unit"].tolist()]
    printed = [token.parse(text) for text in frame["printed"].tolist()]
    kinds = frame["indicator"].map(indicators["kind"])
    # Types are given, so that an empty table has the same ones.
    frame["multiplier"] = np.array([multiplier for multiplier, _ in split], dtype=np.int64)
    frame["base_unit"] = pd.array([base for _, base in split], dtype="str")
    frame["decimals"] = np.array([len(value.partition(".")[2]) for value in frame["value"].tolist()], dtype=np.int64)
    digits = frame["value"]
    frame["value"] = digits.astype(float)
    frame["base"] = frame["value"] * frame["multiplier"]
    # A whole number of a count is exact, and so is a rank; everything else was rounded at its last digit.
    exact = frame["base_unit"].map(units["dimension"]).isin(["count", "rank"])
    exact &= (frame["multiplier"] == 1) & (frame["decimals"] == 0)
    # 连续两年 and 千兆 are no rounded numbers either: what is written in words has no last digit.
    in_words = [not token.DIGITS.search(text.translate(token.HALF_WIDTH)) for text in frame["printed"].tolist()]
    exact |= np.array(in_words, dtype=bool) & (frame["multiplier"] == 1) & (frame["decimals"] == 0)
    exact |= frame["measure"] == "target"  # which is set, not measured
    half = np.where(exact, 0.0, 0.5 * 10.0 ** -frame["decimals"])
    denominators = np.array([number.denominator for number in printed])
    half = np.where(denominators > 0, 50.0 / np.maximum(denominators, 1), half)  # 2/3: the nearest third
    words = pd.DataFrame([number.qualifier for number in printed], frame.index, token.Qualifier._fields)
    words = words.astype({"open": bool, "inclusive": bool, "literal": bool})
    # A token without such a word is qualified by its sentence, which does not say how far beyond the number it is.
    opened = words["open"] | (words["name"] == "exact")
    steps = np.array([interval.step_of(number) for number in digits.tolist()])
    printed_steps = np.where(frame["decimals"] > 0, 10.0 ** -frame["decimals"], steps)  # 2.0左右 is no 2左右
    qualifiers = frame["qualifier"].to_numpy()
    mirrored = (frame["value"] < 0) & words["literal"]  # words qualify the size of a fall, a sign the number itself
    qualifiers = np.where(mirrored, frame["qualifier"].replace({"over": "under", "under": "over"}), qualifiers)
    stands_for = interval.printed(frame["value"].to_numpy(), half, printed_steps, qualifiers, opened)
    frame["strict"] = frame["qualifier"].isin(["over", "under"]) & ~words["inclusive"]
    bounded = rules.find_bounded(frame, indicators) & (frame["unit"] == "%")
    upper = np.where(bounded, np.minimum(stands_for.upper, 100.0), stands_for.upper)
    ranked = frame["base_unit"].map(units["dimension"]) == "rank"
    lower = np.where(ranked, np.maximum(stands_for.lower, 1.0), stands_for.lower)  # 前三: first, second or third
    frame["lower"] = lower * frame["multiplier"]
    frame["upper"] = upper * frame["multiplier"]
    points = [period.parse(point) for point in frame["period"].tolist()]
    frame["year"] = pd.array([point.last[0] if point else None for point in points], dtype="Int64")
    of_year = zip(points, kinds.tolist(), frame["measure"].tolist(), strict=True)
    whole = [bool(point) and _stands_for_year(point, kind, measure) for point, kind, measure in of_year]
    frame["whole_year"] = np.array(whole, dtype=bool)
    frame["form"] = form
    if "since" in frame:
        frame["since"] = pd.to_numeric(frame["since"]).fillna(0).astype(int)
    return frame


def _locate(figures: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Figures with `in_table`; sources: as text."""
    places = dict(zip(sources["document"], sources["places"], strict=True))
    return figures.assign(in_table=pd.Series(documents.are_in_table(figures, places), figures.index, dtype=bool))


def _stands_for_year(point: period.Period, kind: str, measure: str) -> bool:
    """Does a number of this period stand for the year in which it ends? A flow has to cover it, a stock to end with it."""
    if measure in ("target", "completion"):
        return point.ends_year
    if kind == "flow" or point.spans_years:
        return point.is_year
    return point.ends_year
