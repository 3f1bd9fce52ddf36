"""The arithmetic of a finding in words: formulas over figures as reported, what they give, and ranges.

All amounts of one arithmetic that have the same base unit are written in one unit (亿元 or 万亿元, million or billion),
as long as that leaves numbers that people read; where the figures agree, each keeps its own.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from math import isclose, isfinite

import pandas as pd

from helpers.audit.figures import PUBLIC, numbers
from helpers.audit.finding import Finding, Side
from helpers.language.digits import refine, round_outward
from helpers.language.formatter import Formatter
from helpers.language.units import OneUnit, choose_multiples, share_counter
from helpers.numbers.format import fill
from helpers.numbers.interval import Interval
from helpers.numbers.token import zeros
from helpers.package.tables import Rows, Tables

CLOSE = 0.02  # so far apart, amounts that can both be true are about equal
SUM = re.compile(r"(\{\d*\}[＋－]?)+")  # formulas that only add and subtract
NO_AMOUNT = ("named", "listed", "none", "bound")  # formulas that write none of their figures


class Arithmetic:
    """Sides of findings of one package in one reader's language."""

    def __init__(self, tables: Tables, words: Formatter):
        """tables: what was audited; words: names and numbers of the same package."""
        self.tables, self.words, self.language = tables, words, words.language
        self.figures = pd.concat([tables.figures, tables.external]) if len(tables.external) else tables.figures
        self._figures, self._rows = Rows(self.figures), {}
        self._origin = numbers(tables).set_index("figure")["origin"].to_dict()

    def figure(self, key: str) -> dict:
        """A figure's row, read once: a big package has tens of thousands of findings."""
        if key not in self._rows:
            self._rows[key] = self._figures[key]
        return self._rows[key]

    def is_public(self, key: str) -> bool:
        return self._origin[key] == PUBLIC

    def is_rank(self, key: str) -> bool:
        return self.words.find_dimension(self.figure(key)) == "rank"

    # --- one unit --------------------------------------------------------------------------------------------

    def units(self, finding: Finding) -> OneUnit:
        """The unit in which a finding writes its amounts, with their counters."""
        if finding.verdict == "consistent":  # what holds needs no common decimal point
            return OneUnit()
        return OneUnit(choose_multiples(self._list_amounts(finding), self.words))

    def _units_compared(self, finding: Finding) -> OneUnit:
        """The same for its arithmetic, where sides that are compared have no counters if these differ."""
        rows = [self.figure(key) for side in finding.sides if side.formula not in NO_AMOUNT for key in side.figures]
        listed = finding.sign == ";" or finding.verdict == "scope"
        return replace(self.units(finding), has_counters=listed or share_counter(rows, self.words))

    def _list_amounts(self, finding: Finding) -> Iterator[tuple[str, float, int]]:
        """Base unit, value and printed multiplier of all amounts that a finding's arithmetic writes."""
        for side in finding.sides:
            if side.formula in NO_AMOUNT:
                continue
            rows = [self.figure(key) for key in side.figures]
            yield from ((row["base_unit"], row["base"], row["multiplier"]) for row in rows)
            if side.formula != "{}" and side.value is not None and rows:
                yield side.unit or rows[0]["base_unit"], side.value.value, rows[0]["multiplier"]

    # --- sides -----------------------------------------------------------------------------------------------

    def arithmetic(self, finding: Finding) -> str:
        """What was computed from what, with ranges, and how the sides stand to each other."""
        values, units = dict(finding.values), self._units_compared(finding)
        sides = [side for side in (self.side(side, finding, units) for side in finding.sides) if side]
        if finding.sign == "of":
            return self.words.say("arithmetic.of", share=sides[0], whole=sides[1])
        if finding.sign == ";":
            return self.words.join_phrases(sides)
        if "total" in values:
            formula = fill("{}÷{}", [str(values["n"]), str(values["total"])], self.language)
            return f"{formula} = {self.words.format_percent(100 * values['n'] / values['total'])}"
        if "fitting" in values:
            return " ≠ ".join(self.words.name_of("terms", values[name]) for name in ("category", "fitting"))
        if "inner" in values:
            return (
                f"{self.words.name_of('regions', values['inner'])} ⊂ {self.words.name_of('regions', values['outer'])}"
            )
        if "token" in values and self.language == "zh":
            return values["token"]
        amounts = [side.value.value for side in finding.sides if side.value is not None]
        if finding.sign != "=" or len(amounts) != 2 or isclose(*amounts):
            return f" {finding.sign} ".join(sides)
        return " ≈ ".join(sides) if isclose(*amounts, rel_tol=CLOSE) else self.words.join_phrases(sides)

    def side(self, side: Side, finding: Finding, units: OneUnit) -> str:
        """One side: its formula, what that gives, and the range."""
        if side.formula in ("named", "listed"):
            return self._list_items(side, finding)
        if side.formula == "bound":
            return self.amount(side, units)
        if side.formula == "none":
            return ""
        printed = self._list_operands(side, finding, units)
        formula = side.formula.replace("{days}", self.words.say("finding.days"))
        formula = fill(formula, printed, self.language)
        if side.formula != "{}":
            formula += f" = {self.amount(side, units)}"
        return self._add_range(formula, side, units)

    def _add_range(self, amount: str, side: Side, units: OneUnit) -> str:
        """An amount, and behind it the range of its side if there is one."""
        between = self.between(side, units)
        return self.words.say("arithmetic.range", amount=amount, range=between) if between else amount

    def amount_qualified(self, side: Side, units: OneUnit) -> str:
        """What a side comes to, with its range where that rests on a qualifier."""
        exact = side.formula != "{}" or self.figure(side.figures[0])["qualifier"] == "exact"
        return self.amount(side, units) if exact else self._add_range(self.amount(side, units), side, units)

    def _list_operands(self, side: Side, finding: Finding, units: OneUnit) -> list[str]:
        """Figures of a side in words, each with its place where that is another one than that of the figure before.

        A place that all figures of a finding have is in its sentence; that of an exchange rate says nothing.
        """
        rows = [self.figure(key) for key in side.figures]
        amounts = [str(self.words.format_quantity(units.write(row, self.words))) for row in rows]
        if len({self.figure(key)["region"] for key in finding.figures if self._has_place(self.figure(key))}) < 2:
            return amounts
        operands, before = [], self.words.region
        for row, amount in zip(rows, amounts, strict=True):
            if self._has_place(row) and row["region"] != before:
                before = row["region"]
                place = self.words.name_of("regions", before)
                amount = self.words.say("arithmetic.place", place=place, amount=amount)
            operands.append(amount)
        return operands

    def _has_place(self, row: dict) -> bool:
        """Is a figure of a place, as those of all indicators in a section are?"""
        return self.words.column("indicators", "section")[row["indicator"]] != ""

    def _list_items(self, side: Side, finding: Finding) -> str:
        items = self.name_items(dict(finding.values).get("items", ()))
        if side.value is None:
            return ""
        count = self.words.format_number(side.value.value, 0)
        return self.words.say("arithmetic.listed", n=count, names=self.words.join_phrases(items)) if items else count

    def amount(self, side: Side, units: OneUnit) -> str:
        """What a side comes to: as reported, or as it was computed."""
        if side.value is None:
            return ""
        if side.formula == "{}":
            return self.words.format_quantity(units.write(self.figure(side.figures[0]), self.words))
        if side.unit == "%":
            decimals = _count_decimals(side.value) if side.figures else 0
            return self.words.format_percent(side.value.value, decimals)
        if not side.figures:
            return self.words.format_number(side.value.value, 0)
        return self.words.format_amount(self.row(side, units))

    def row(self, side: Side, units: OneUnit) -> dict:
        """A row that writes a side's value as the first of its figures is written, in the unit of the side.

        A sum is as fine as the finest of its figures: 5.5万 and 16033 give 7.1033万.
        """
        row = self.write_like(side.figures[0], side.value.value)
        if SUM.fullmatch(side.formula):
            places = [zeros(part["multiplier"]) - part["decimals"] for part in map(self.figure, side.figures)]
            row["decimals"] = zeros(row["multiplier"]) - min(places)
        return units.write(row | {"base_unit": side.unit or row["base_unit"]}, self.words)

    def write_like(self, key: str, value: float) -> dict:
        """A row that writes a value in base units as a figure is written."""
        return self.figure(key) | {"base": value, "form": "derived"}

    def between(self, side: Side, units: OneUnit) -> str:
        """The range of a side, or nothing where it is exact; a rank is a whole number and has none."""
        value = side.value
        if value is None or value.lower == value.upper or not side.figures or self.is_rank(side.figures[0]):
            return ""
        if side.unit == "%":
            return self.words.format_percents(value.lower, value.upper, 2, self.words.format_percent)
        first = self.figure(side.figures[0])
        whole = first["multiplier"] == 1 and self.words.find_dimension(first) == "count"
        row = self.row(side, units)
        if SUM.fullmatch(side.formula) and not whole and not _has_digits(row, value):
            row |= {"decimals": refine(row)}
        ends = round_outward(value.lower, value.upper, row["multiplier"] * 10.0 ** -row["decimals"])
        sign = "%" if row["base_unit"] == "%" else ""
        return self.words.format_ends(*ends, lambda end: f"{self.words.format_value(row, end)}{sign}")

    # --- where and when --------------------------------------------------------------------------------------

    def when(self, side: Side) -> str:
        """The period that a side is of."""
        if not side.figures:
            return ""
        row = self.figure(side.figures[0])
        return self.words.format_period(row | {"period": side.period or row["period"]})

    def has_several_places(self, side: Side) -> bool:
        """Is the name of where a side's figures stand in the plural? `public figures` are, too."""
        public = any(map(self.is_public, side.figures))
        return public or len({self.words.format_place(self.figure(key)) for key in side.figures}) > 1

    def where(self, side: Side) -> str:
        """Where a side's figures stand, in words."""
        return self.words.join_names(self.words.name_places([self.figure(key) for key in side.figures]))

    def gap(self, sides: tuple[Side, ...]) -> str:
        """How far the second of two sides is from the first, as a clause; nothing for sides that have no ratio."""
        ratio = self._find_ratio(sides)
        if ratio is None:
            return ""
        more, times = ratio >= 1, max(ratio, 1 / ratio)
        if times < 2:
            share = self.words.format_percent(abs(ratio - 1) * 100)
            return self.words.say("finding.gap.more" if more else "finding.gap.less", share=share)
        key = "finding.gap.times.more" if more else "finding.gap.times.less"
        return self.words.say(key, times=self.say_times(times))

    def distance(self, sides: tuple[Side, ...]) -> str:
        """How far two sides are apart, as a label in a picture; nothing for sides that have no ratio."""
        ratio = self._find_ratio(sides)
        if ratio is None:
            return ""
        times = max(ratio, 1 / ratio)
        if times < 2:
            return self.words.say("gap.share", share=self.words.format_percent((times - 1) * 100))
        return self.words.say("gap.times", times=self.say_times(times))

    def _find_ratio(self, sides: tuple[Side, ...]) -> float | None:
        """The second of two sides over the first, if both are above zero."""
        if len(sides) < 2 or any(side.value is None or side.value.value <= 0 for side in sides[:2]):
            return None
        return sides[1].value.value / sides[0].value.value

    def say_times(self, times: float) -> str:
        """How many times, in at most three digits: `9.75`, `27`, `120`."""
        decimals = next((n for n in (0, 1, 2) if abs(round(times, n) - times) < 5e-3), 2) if times < 100 else 0
        return self.words.format_number(times, decimals)

    # --- names -----------------------------------------------------------------------------------------------

    def name_items(self, items: tuple[str, ...]) -> list[str]:
        """Names of indicators, places and platforms; what is none of them is a name already, in the report's language."""
        tables = ("indicators", "regions", "platforms")
        table_of = {
            item: next((name for name in tables if item in getattr(self.tables, name).index), "") for item in items
        }
        if self.language != "zh" and not all(table_of.values()):
            return []
        return [self.words.name_of(table_of[item], item) if table_of[item] else item for item in items]


def _has_digits(row: dict, value: Interval) -> bool:
    """Do the decimals of a row write both ends of a range, of which one may be open?"""
    ends = [end / row["multiplier"] for end in (value.lower, value.upper) if isfinite(end)]
    return all(isclose(end, round(end, int(row["decimals"])), rel_tol=1e-7) for end in ends)


def _count_decimals(percent: Interval) -> int:
    """Decimals of a computed percentage: one from 100 % on, unless it would lie outside its own range with it."""
    if abs(percent.value) < 100:
        return 2
    return 1 if percent.lower == percent.upper or percent.lower <= round(percent.value, 1) <= percent.upper else 2
