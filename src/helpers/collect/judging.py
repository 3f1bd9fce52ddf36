"""What becomes of the entries of sheets: figures to write, figures that are there already, conflicts, slips, warnings.

Nothing is overwritten: where two cells, or a cell and the package, disagree, none of them is written.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from helpers.collect import amounts
from helpers.collect.citing import Documents
from helpers.collect.entry import Entry, Reading
from helpers.collect.headings import PERCENT
from helpers.collect.matching import Names
from helpers.collect.sheets import write_number
from helpers.numbers import period, token
from helpers.package import rules, schema, tables
from helpers.package.errata import READ
from helpers.package.tables import Tables

# Ratio to another year from which a value is asked about: the usual slip is ten, and years differ. A rate may move far.
SUSPICIOUS = {"level": 4, "flow": 4, "share": 4, "index": 4, "target": 4, "completion": 4, "rank": 8}


class Figure(NamedTuple):
    """A figure that a cell gives: its row of figures.csv, the place of the cell, its number in the base unit, its year."""

    row: dict[str, str]
    place: str
    base: float
    year: int

    @property
    def says(self) -> str:
        return f"{self.row['printed']} ({self.place})"


@dataclass
class Judgement:
    """What would be written, and what would not: sentences, each with the place of its cell; `missing` counts empty cells."""

    figures: list[Figure] = field(default_factory=list)
    doubtful: list[tuple[Figure, str]] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)
    same: int = 0
    missing: int = 0
    skipped: int = 0


class Judge:
    """Judges entries by a package."""

    def __init__(self, package: Tables):
        self.package, self.names, self.documents = package, Names(package), Documents(package)
        self.known: dict[tuple, list[dict]] = {}
        for key, row in zip(package.figures.index, package.figures.to_dict("records"), strict=True):
            self.known.setdefault(self._identify(row), []).append(row | {"figure": key})
        self.keys = {*package.figures.index, *package.external.index}
        self.taken = {*self.keys}

    def judge(self, readings: list[Reading]) -> Judgement:
        judgement = Judgement()
        groups: dict[tuple, list[Figure]] = {}
        for reading in readings:
            judgement.slips += [f"{place}: {sentence}" for place, sentence in reading.slips]
            for entry in reading.entries:
                try:
                    if key := entry.figure or self._find_figure(entry.name):
                        self._compare_with_page(key, entry, judgement)
                    elif figure := self._make_figure(entry):
                        groups.setdefault(self._identify(figure.row), []).append(figure)
                    else:
                        judgement.missing += 1
                except ValueError as error:  # of a cell, a name, a period
                    judgement.slips.append(f"{entry.place}: {error}")
        for identity, figures in groups.items():
            self._compare(self.known.get(identity, []), figures, judgement)
        self._ask(judgement)
        return judgement

    def _identify(self, row: dict) -> tuple:
        """What two numbers must share to be about one thing; a stock of a year is that of its December."""
        when, kind = row["period"], self.package.indicators.at[row["indicator"], "kind"]
        if kind != "flow" and when.endswith("-12") and "/" not in when:
            when = when.removesuffix("-12")
        return row["indicator"], row["measure"], row["region"], when

    # --- a cell ------------------------------------------------------------------------------------------------------

    def _make_figure(self, entry: Entry) -> Figure | None:
        """The figure that an entry gives, None where its cell is empty. Raises ValueError with a sentence."""
        match = self.names.find(entry.name)
        indicator = self.package.indicators.loc[match.indicator]
        own = schema.MEASURE_OF_KIND[indicator["kind"]]
        measure = entry.measure or match.measure or own
        region = self.names.find_region(entry.region) if entry.region else self.package.plan.region
        point = period.parse(entry.period)
        if point is None:
            raise ValueError(f"{entry.cell.text!r} has no period; write a year above it")
        percent = measure in PERCENT or (measure == "target" and indicator["target_kind"] in rules.PERCENT_TARGETS)
        unit = self._choose_unit(entry, match.unit, percent)
        amount = amounts.read(entry.cell, unit, entry.word)
        if amount is None:
            return None
        self._check_unit(amount.unit, measure, match.indicator)
        multiplier, _ = token.split_unit(amount.unit)
        row = {
            "figure": "", "indicator": match.indicator, "measure": measure, "region": region, "period": entry.period,
            "value": amount.value, "unit": amount.unit, "qualifier": amount.qualifier, "printed": amount.printed,
        } | self.documents.cite(entry)  # fmt: skip
        return Figure(row, entry.place, float(amount.value) * multiplier, point.last[0])

    def _choose_unit(self, entry: Entry, bracket: str, percent: bool) -> str:
        """Unit that stands beside or above a cell; percent: is it a rate, whatever the unit of its quantity?

        Raises ValueError for two different ones.
        """
        if percent:
            return bracket or "%"
        if bracket and entry.unit and bracket != entry.unit:
            raise ValueError(f"the name says {bracket!r} and the column {entry.unit!r}; write one unit")
        return bracket or entry.unit

    def _check_unit(self, unit: str, measure: str, indicator: str) -> None:
        """As `rules.check_units`. Raises ValueError."""
        _, base = token.split_unit(unit)
        line = self.package.indicators.loc[indicator]
        rate = measure in rules.PERCENT_MEASURES
        rate |= measure == "target" and line["target_kind"] in rules.PERCENT_TARGETS
        wanted = "%" if rate else line["unit"]
        dimension = self.package.units["dimension"].to_dict()
        if base != wanted and not dimension.get(base) == dimension[wanted] == "money":
            raise ValueError(f"the unit {unit!r} does not fit {indicator!r} ({line['name_zh']}), expected {wanted!r}")

    # --- what is there already ---------------------------------------------------------------------------------------

    def _compare(self, known: list[dict], figures: list[Figure], judgement: Judgement) -> None:
        """Figures of one thing with each other, and with the package."""
        first = figures[0]
        name = f"{first.row['indicator']} {first.row['measure']} {first.row['region']} {first.row['period']}"
        if any(not _is_same(first, other.base, other.row["qualifier"]) for other in figures[1:]):
            judgement.conflicts.append(f"{name}: {', '.join(figure.says for figure in figures)}; none is written")
        elif any(_is_same(first, row["base"], row["qualifier"]) for row in known):
            judgement.same += len(figures)
        elif known:
            there = ", ".join(f"{row['printed']} ({row['figure']}, {row['source']})" for row in known)
            judgement.conflicts.append(f"{name}: {first.says}, but figures.csv has {there}; it is not written")
        else:
            judgement.same += len(figures) - 1
            judgement.figures.append(first._replace(row=first.row | {"figure": self._name(first.row)}))

    def _name(self, row: dict[str, str]) -> str:
        """A key for a figure that none has yet."""
        parts = [row["indicator"], row["period"].replace("/", "-")]
        if row["measure"] not in schema.QUANTITY_MEASURES:
            parts.insert(1, row["measure"].replace("_", "-"))
        if row["region"] != self.package.plan.region:
            parts.append(row["region"])
        name = key = "-".join(parts)
        number = 1
        while key in self.taken:
            number += 1
            key = f"{name}-{number}"
        self.taken.add(key)
        return key

    def _find_figure(self, name: str) -> str:
        """The key of a figure that a page's CSV names, also of one that is derived (`2.1.1-6~2.1.1-5`) or corrected.

        Nothing for other names.
        """
        return name if name.removesuffix(READ).split("~")[0] in self.keys else ""

    def _compare_with_page(self, key: str, entry: Entry, judgement: Judgement) -> None:
        """A row of a page's download with the figure that it shows; others than reported ones are none of figures.csv."""
        if key not in self.package.figures.index:
            judgement.skipped += 1
            return
        row = self.package.figures.loc[key]
        try:
            number = float(entry.cell.text)
        except ValueError:
            raise ValueError(f"{entry.cell.text!r} is no number; the figure {key} is {row['printed']}") from None
        multiplier, _ = token.split_unit(entry.unit)
        shown = number * (multiplier if entry.unit == row["unit"] else 1)
        if math.isclose(shown, row["base"], rel_tol=1e-9):
            judgement.same += 1
            return
        says = f"{entry.cell.text}{entry.unit} ({entry.place})"
        judgement.conflicts.append(
            f"{key}: {says}, but figures.csv has {row['printed']} ({row['source']}); it is not written"
        )

    # --- what is asked about -----------------------------------------------------------------------------------------

    def _ask(self, judgement: Judgement) -> None:
        """Figures that may be slips are doubtful: of a year outside the plan, or many times that of another year."""
        others: dict[tuple, dict[int, tuple[float, str, bool]]] = {}
        for row in tables.corrected(self.package).figures.to_dict("records"):  # a misprint is no measure of others
            if isinstance(row["year"], int):
                says = f"{write_number(row['value'])}{row['unit']} of {row['year']} ({row['source']})"
                others.setdefault(_series(row), {})[row["year"]] = (row["base"], says, True)
        for figure in judgement.figures:
            says = f"{figure.row['printed']} of {figure.year} ({figure.place})"
            others.setdefault(_series(figure.row), {}).setdefault(figure.year, (figure.base, says, False))
        certain = []
        for figure in judgement.figures:
            sentences = [*self._check_year(figure), *_check_scale(figure, others[_series(figure.row)])]
            if sentences:
                judgement.doubtful.append((figure, f"{figure.place}: {'; '.join(sentences)}"))
            else:
                certain.append(figure)
        judgement.figures = certain

    def _check_year(self, figure: Figure) -> Iterator[str]:
        first, last = self.package.plan.baseline_year, max(self.package.plan.target_year, *self.package.years)
        if not first <= figure.year <= last:
            yield f"the year {figure.year} lies outside {first}-{last}, the years of the plan and its figures"


def _series(row: dict) -> tuple[str, str, str]:
    return row["indicator"], row["measure"], row["region"]


def _is_same(figure: Figure, base: float, qualifier: str) -> bool:
    return math.isclose(figure.base, base, rel_tol=1e-9) and figure.row["qualifier"] == qualifier


def _check_scale(figure: Figure, others: dict[int, tuple[float, str, bool]]) -> Iterator[str]:
    """Is a figure many times, or a small part of, those of the nearest years? Years of the package are trusted first.

    others: number, words and whether the package has it, by year. Of years that are all new, two have to differ from it,
    else the one that is wrong would put all of them in doubt.
    """
    limit = SUSPICIOUS.get(figure.row["measure"], math.inf)
    years = sorted((year for year in others if year != figure.year), key=lambda year: (abs(year - figure.year), year))
    trusted = [year for year in years if others[year][2]]
    far = [year for year in trusted[:1] or years[:2] if _is_far(figure.base, others[year][0], limit)]
    if far and len(far) == len(trusted[:1] or years[:2]):
        base, says, _ = others[far[0]]
        ratio = figure.base / base
        times = f"{ratio:.3g} times" if ratio > 1 else f"1/{1 / ratio:.3g} of"
        yield f"{figure.row['printed']} is {times} {says}"


def _is_far(number: float, other: float, limit: float) -> bool:
    return number * other > 0 and not 1 / limit < number / other < limit
