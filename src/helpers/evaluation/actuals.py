"""What is known of one indicator in one region: values by year, rates and changes chained over years, values that differ."""

from collections.abc import Callable
from functools import cached_property, reduce
from itertools import islice, product
from typing import NamedTuple

from helpers.evaluation.history import MOST_READINGS, as_interval, drop_agreeing
from helpers.numbers import period
from helpers.numbers.interval import Interval

LINKS = ("growth_rate", "change")  # measures that lead from one year to another


class Chain(NamedTuple):
    """Rates or changes from one year to another without a gap: what they come to, and the figures, in order.

    others: keys of further printed figures of the same time that do not agree with them; more: what these come to instead
    """

    value: Interval
    rows: tuple[dict, ...]
    others: tuple[str, ...] = ()
    more: tuple["Chain", ...] = ()

    @property
    def readings(self) -> tuple["Chain", ...]:
        """The chain itself, and what figures that do not agree with it come to."""
        return self, *self.more


class Series:
    """Rows of one indicator and region in order (see `history.list_rows`): values printed and derived, rates, changes."""

    def __init__(self, values: list[dict], links: list[dict]):
        self.values, self.links = values, links

    def of_year(self, year: int, unit: str = "") -> list[dict]:
        """Values that stand for a year, printed ones first; unit: base unit that they must have."""
        rows = self._by_year.get(year, [])
        return [row for row in rows if not unit or row["base_unit"] == unit]

    def value(self, year: int, unit: str = "") -> Interval | None:
        """The first value of a year."""
        return next(map(as_interval, self.of_year(year, unit)), None)

    @cached_property
    def _by_year(self) -> dict[int, list[dict]]:
        years: dict[int, list[dict]] = {}
        for row in self.values:
            if row["whole_year"]:
                years.setdefault(row["year"], []).append(row)
        return years

    def growth(self, first: int, last: int) -> Chain | None:
        """Growth factor from one year to another, of printed growth rates."""
        return self._chain(
            "growth_rate", first, last, Interval.point(1.0), lambda total, rate: total * (rate * 0.01 + 1)
        )

    def measure_growth(self, first: int, last: int) -> Chain | None:
        """Growth factor from one year to another, of the values of both years or else of printed growth rates."""
        rows = self.of_year(last)
        for unit in dict.fromkeys(row["base_unit"] for row in rows):
            after = choose_actuals([row for row in rows if row["base_unit"] == unit], unit)
            before = choose_actuals(self.of_year(first, unit), unit)
            if before and min(row["lower"] for row in before) > 0 and min(row["lower"] for row in after) >= 0:
                pairs = [(start, end) for end in after for start in before]
                others = [row["figure"] for row in (*after[1:], *before[1:])]
                return _read_all(
                    [Chain(as_interval(end) / as_interval(start), (start, end)) for start, end in pairs], others
                )
        return self.growth(first, last)

    def change(self, first: int, last: int, unit: str) -> Chain | None:
        """Change from one year to another in a base unit, of printed changes."""
        rows = self._chain("change", first, last, Interval.point(0.0), lambda total, change: total + change)
        return rows if rows and all(row["base_unit"] == unit for row in rows.rows) else None

    def _chain(self, measure: str, first: int, last: int, start: Interval, join: Callable) -> Chain | None:
        path = self._find_path(measure, first, last) if last > first else None
        if path is None:
            return None
        links = [drop_agreeing(link) for link in path]
        chains = [
            Chain(reduce(join, map(as_interval, rows), start), rows) for rows in islice(product(*links), MOST_READINGS)
        ]
        return _read_all(chains, [row["figure"] for link in links for row in link[1:]])

    def _find_path(self, measure: str, first: int, last: int) -> list[list[dict]] | None:
        """Links from one year to another, the longest ones where there are several; None where a year is missing."""
        if last == first:
            return []
        links = self._by_end.get((measure, last), {})
        for start in sorted(start for start in links if first <= start):
            before = self._find_path(measure, first, start)
            if before is not None:
                return [*before, links[start]]
        return None

    @cached_property
    def _by_end(self) -> dict[tuple[str, int], dict[int, list[dict]]]:
        """Links by measure and last year, and by the year before they begin."""
        ends: dict[tuple[str, int], dict[int, list[dict]]] = {}
        for row in self.links:
            point = period.parse(row["period"])
            whole = point is not None and (point.is_year or ("/" in row["period"] and point.ends_year))
            start = period.parse(period.before(row["period"])) if whole else None
            if start is not None and start.ends_year and start.last[0] < point.last[0]:
                ends.setdefault((row["measure"], point.last[0]), {}).setdefault(start.last[0], []).append(row)
        return ends


def _read_all(chains: list[Chain], others: list[str]) -> Chain:
    """The first of several chains, and the others with it."""
    return chains[0]._replace(others=tuple(others), more=tuple(chains[1:]))


def choose_actuals(rows: list[dict], unit: str) -> list[dict]:
    """Rows of one year that say what was attained, those that agree once: the first is the actual, others differ from it.

    What is in the wanted base unit comes before what is in another one, and what is printed before what is derived, which
    never stands beside it.
    """
    for own in (True, False):
        for form in (False, True):
            pool = [row for row in rows if (row["base_unit"] == unit) == own and (row["form"] == "derived") == form]
            if pool:
                first = pool[0]["base_unit"]
                return drop_agreeing([row for row in pool if row["base_unit"] == first])
    return []
