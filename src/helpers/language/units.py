"""One unit for the amounts of one arithmetic: one multiple of their base unit, and no counters where these differ.

25家 less 13个 is written 25－13: a reader would ask how the two can be subtracted, though both count the same things.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from helpers.language.formatter import Formatter
from helpers.numbers.format import find_step

LEAST, MOST = 0.1, 10_000  # of the numbers of one arithmetic in its unit; outside, each keeps a unit of its own


@dataclass(frozen=True)
class OneUnit:
    """How amounts are written beside each other.

    multiples: of base units (10**12 for 万亿 and trillion), of those that have one; has_counters: do counts have theirs?
    """

    multiples: dict[str, int] = field(default_factory=dict)
    has_counters: bool = True

    def write(self, row: dict | pd.Series, words: Formatter) -> dict | pd.Series:
        """A row in the unit of its arithmetic."""
        row = words.write_in(row, self.multiples.get(row["base_unit"], 0))
        if self.has_counters or words.find_dimension(row) != "count":
            return row
        row = row.copy()
        row["counter"] = ""
        return row


def choose_multiples(amounts: Iterable[tuple[str, float, int]], words: Formatter) -> dict[str, int]:
    """By base unit the multiple in which its amounts have numbers that people read; none where each keeps its own.

    amounts: base unit, value and printed multiplier of each
    """
    by_unit: dict[str, list[tuple[float, int]]] = {}
    for unit, base, multiplier in amounts:
        natural = multiplier if words.language == "zh" else find_step(base)
        by_unit.setdefault(unit, []).append((abs(base), natural))
    chosen = {}
    for unit, pairs in by_unit.items():
        steps = sorted({step for base, step in pairs if base})
        fitting = [step for step in steps if all(LEAST <= base / step < MOST for base, _ in pairs if base)]
        if len(steps) > 1 and fitting:
            chosen[unit] = min(fitting, key=lambda step: sum(len(f"{base / step:.10g}") for base, _ in pairs))
    return chosen


def share_counter(rows: Iterable[dict], words: Formatter) -> bool:
    """Do all counts among rows have the same counter?"""
    return len({row["base_unit"] for row in rows if words.find_dimension(row) == "count"}) < 2


def choose_unit(rows: list[dict], words: Formatter) -> OneUnit:
    """The unit for figures of one formula."""
    amounts = [(row["base_unit"], row["base"], row["multiplier"]) for row in rows]
    return OneUnit(choose_multiples(amounts, words), share_counter(rows, words))
