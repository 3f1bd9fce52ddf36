"""How far a quantity grew or fell between two of its values, or its share of a whole, in the decimals that its range bears.

Titles, sentences, tables and labels of both languages take both from here, so that they have the same digits everywhere.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.evaluation import history
from helpers.language.formatter import Formatter
from helpers.numbers.interval import Interval
from helpers.views.view import View

FINEST = 1  # decimals of a growth at most, and of the ends of its range
NARROW = 1 - 1e-6  # an end that would be rounded either way belongs to the number that it is the end of


@dataclass(frozen=True)
class Growth:
    """A growth in % of the first value, of shares in percentage points; or a part in % of its whole."""

    percent: Interval
    qualified_rate: pd.Series | None = field(default=None, compare=False)  # a reported one, where a word qualifies it

    @property
    def value(self) -> float:
        return self.percent.value

    @property
    def decimals(self) -> int:
        """A number claims a range as wide as one unit of its last digit; a growth whose range is wider has a digit less.

        Not one that would be told as none, or as what its range leaves out: its range says how little is known of it.
        """
        bearing = next((n for n in range(FINEST, 0, -1) if self._is_within(n)), 0)
        rounded = round(self.value, bearing)
        return bearing if rounded and self.percent.lower <= rounded <= self.percent.upper else FINEST

    def _is_within(self, decimals: int) -> bool:
        """Is its range no wider than one unit of this decimal?"""
        return (self.percent.upper - self.percent.lower) * NARROW <= 10.0**-decimals

    @property
    def way(self) -> str:
        """`rose`, `fell` or `same`."""
        return "rose" if self.value > 0 else "fell" if self.value < 0 else "same"

    def write_size(self, words: Formatter) -> str:
        """Its size, without a sign; a rate that is reported with a qualifier has it."""
        if self.qualified_rate is not None and self.value > 0:
            return words.format_quantity(self.qualified_rate)
        return words.format_percent(abs(self.value), self.decimals)

    def write_signed(self, words: Formatter) -> str:
        """Its size with a sign."""
        return words.format_growth(self.value, self.decimals)

    def write_range(self, words: Formatter, signed: bool = False) -> str:
        """The range of its size, in which what goes the other way has a sign; nothing where the digits say as much.

        signed: as those of a table, the ends of a fall below zero
        """
        way = 1 if signed or self.value >= 0 else -1
        ends = sorted(way * end for end in (self.percent.lower, self.percent.upper))
        size = way * self.value
        digits = {words.format_percent(size + (end - size) * NARROW, self.decimals) for end in ends}
        if self._is_within(FINEST) or digits == {words.format_percent(size, self.decimals)}:
            return ""
        write = words.format_growth if signed else words.format_percent
        decimals = FINEST if self.qualified_rate is None else int(self.qualified_rate["decimals"])
        return words.format_percents(*ends, decimals, write)

    def write(self, words: Formatter) -> str:
        """Its size, and its range where that says more."""
        size, between = self.write_size(words), self.write_range(words)
        return words.say("arithmetic.range", amount=size, range=between) if between else size


def measure_growth(view: View, first: pd.Series, last: pd.Series) -> Growth:
    """Growth from a value to a later one of the same quantity, both above zero and in one unit.

    Of a value that was derived from the later one, by what it was derived with: a rate as it is reported, and of an exact
    change of 16,033 to about 71,000 the range that the 71,000 leave, which counts once.
    """
    level = _take_range(last)
    ratio = level / _take_range(first)
    used = first["used"] if first["form"] == "derived" else ()
    if len(used) > 1 and used[0] == last.name and used[1] in view.corrected.index:
        given, by_rate = view.corrected.loc[used[1]], first["how"] == "growth"
        change = _take_range(given)
        narrow = change * 0.01 + 1 if by_rate else Interval.point(1.0) / (1 - change / level)
        if np.isclose(narrow.value, ratio.value):  # whoever changed a value has another ratio
            return Growth((narrow - 1) * 100, given if by_rate and given["qualifier"] != "exact" else None)
    return Growth((ratio - 1) * 100)


def measure_share(part: pd.Series, whole: pd.Series) -> Growth:
    """A part in % of its whole."""
    return Growth(_take_range(part) / _take_range(whole) * 100)


def measure_points(first: pd.Series, last: pd.Series) -> Growth:
    """Growth of a share in percentage points."""
    return Growth(_take_range(last) - _take_range(first))


def _take_range(row: pd.Series) -> Interval:
    """The range of a row of a view, in its base unit."""
    return history.as_interval({"base": row["base"], "lower": row["base_lower"], "upper": row["base_upper"]})
