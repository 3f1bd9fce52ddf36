"""Titles of pictures: each is the comparison that the picture shows, as a sentence.

A title says what changed over time, how large a part is of its whole, or how places differ. Where nothing can be compared
there is no title, and so no picture.
"""

import math
from dataclasses import dataclass

import pandas as pd

from helpers.numbers import period
from helpers.views.context import Context
from helpers.views.growth import Growth, measure_growth, measure_points

NAMED = 2  # changes that a title names one by one
SEVERAL = 2  # changes of which a title can tell the largest
HALF, WHOLE = 50, 100  # %


@dataclass(frozen=True)
class Change:
    """A quantity at two times: its growth, of a share in percentage points, missing where it has no meaning."""

    name: str
    growth: Growth | None
    in_points: bool
    in_a_year: bool
    first: pd.Series
    last: pd.Series


class Titles:
    """Sentences about figures of a view, for pictures that compare them."""

    def __init__(self, context: Context):
        self.view, self.words, self.say, self.language = context.view, context.words, context.say, context.language

    # --- over time -------------------------------------------------------------------------------------------

    def compare(self, first: pd.Series, last: pd.Series) -> Change:
        """What became of a quantity from one row of a view to a later one."""
        name, in_a_year = self.words.name_with_place(last), last["year"] - first["year"] == 1
        growth, in_points = None, last["base_unit"] == "%"
        comparable = first["base_unit"] == last["base_unit"] and last["measure"] != "rank"
        if comparable and in_points:
            growth = measure_points(first, last)
        elif comparable and min(first["base"], last["base"]) > 0:
            growth = measure_growth(self.view, first, last)
        return Change(name, growth, in_points, in_a_year, first, last)

    def say_change(self, change: Change) -> str:
        """`Robots rose 29% in a year`; of what has no growth, its two values."""
        words, span = self.words, ".year" if change.in_a_year else ""
        values = {"name": change.name, "from_when": self._when(change.first), "when": self._when(change.last)}
        size = self._size(change)
        if change.growth is None:
            from_value, value = words.format_labels([change.first, change.last], brief=False)
            values |= {"from_value": from_value, "value": value}
            return self.say("title.change.plain", **values)
        if size is None:
            return self.say(f"title.change.same{span}", **values)
        points = ".points" if change.in_points else ""
        return self.say(f"title.change.{change.growth.way}{span}{points}", growth=size, **values)

    def say_changes(self, changes: list[Change]) -> str:
        """Each of a few changes; of many, how many rose, and which changed most."""
        known = [change for change in changes if change.growth is not None and not change.in_points]
        rose = sum(change.growth.value > 0 for change in known)
        most = max(known, key=lambda change: change.growth.value * (1 if rose else -1), default=None)
        if len(changes) <= NAMED or len(known) < SEVERAL or (size := self._size(most)) is None:
            return self.words.join_phrases([self.say_change(change) for change in changes[:NAMED]])
        span = self._span(known)
        way = "all" if rose == len(known) else "some" if rose else "none"
        values = {"n": len(known), "rose": rose, "span": span, "name": most.name, "growth": size}
        return self.say(f"title.changes.{way}", **values)

    def _span(self, changes: list[Change]) -> str:
        """Between which years all of some changes lie, where these are the same: a page may be of the first of them."""
        spans = {(self._when(change.first), self._when(change.last)) for change in changes}
        if len(spans) > 1 or not all(change.in_a_year for change in changes):
            return ""
        ((from_when, when),) = spans
        return self.say("title.in_a_year", from_when=from_when, when=when)

    def _size(self, change: Change) -> str | None:
        """A growth without its sign; nothing where there is none, or it rounds to zero."""
        size = change.growth.write_size(self.words) if change.growth else ""
        if not any(sign in size for sign in "123456789"):
            return None
        return self.say("title.points", value=size.removesuffix("%")) if change.in_points else size

    def _when(self, row: pd.Series) -> str:
        return period.label(row["period"], self.language)

    def say_target(self, actual: pd.Series, target: pd.Series) -> str:
        """A value and its target, in one unit, without a verdict."""
        value, goal = self.words.format_labels([actual, target], brief=False)
        name = self.words.name_with_place(actual)
        return self.say("title.target", name=name, when=self._when(actual), value=value, target=goal)

    def say_rates(self, rates: pd.DataFrame) -> str:
        """Rates of change of one period: how many quantities grew, and which grew most; rates: the highest first."""
        rose, n = int((rates["base"] > 0).sum()), len(rates)
        way = "all" if rose == n else "some" if rose else "none"
        most = rates.iloc[0 if rose else -1].copy()
        if not most["base"]:
            return self.say("title.growth.same", n=n, when=self._when(most))
        most["base"] = abs(most["base"])
        name, value = self.words.name_with_place(most), self.words.format_quantity(most)
        return self.say(f"title.growth.{way}", n=n, rose=rose, name=name, value=value, when=self._when(most))

    # --- with a whole ----------------------------------------------------------------------------------------

    def say_shares(self, shares: pd.DataFrame) -> str:
        """How many shares are above one half, and the one that is farthest from the others; shares: the highest first."""
        above, n = int((shares["base"] > HALF).sum()), len(shares)
        if (shares["base"] == WHOLE).all():
            return self.say("title.shares.full", n=n)
        way = "all" if above == n else "some" if above else "none"
        end, least = shares.iloc[-1 if above else 0], math.floor(shares["base_lower"].min())
        way += ".least" if way == "all" and least > HALF else ".other" if 1 < n == above + 1 else ""
        name, value = self.words.name_equals(shares, end), self.words.format_quantity(end)
        return self.say(
            f"title.shares.{way}",
            n=above if way.startswith("some") else n,
            total=n,
            least=self.words.format_percent(least, 0),
            name=name,
            value=value,
        )

    def say_part(self, part: pd.Series, whole: pd.Series, share: Growth) -> str:
        """`A made up 32% of B`; of numbers with qualifiers about so much, with its range."""
        names = {"part": self.words.name_with_place(part), "whole": self.words.name_with_place(whole)}
        text = share.write(self.words)
        text = text if text == share.write_size(self.words) else self.say("said.about", amount=text)
        return self.say("title.parts", **names, share=text)

    # --- with other places -----------------------------------------------------------------------------------

    def say_ranks(self, ranks: pd.DataFrame) -> str:
        """In how many rankings the place is the first, else the best place; ranks: the best first."""
        n, first = len(ranks), int((ranks["base"] == 1).sum())
        if first == n:
            return self.say("title.ranks.all", n=n)
        end = ranks.iloc[-1 if first else 0]
        name, value = self.words.name_equals(ranks, end), self.words.format_quantity(end)
        return self.say(f"title.ranks.{'some' if first else 'none'}", n=n, first=first, name=name, value=value)

    def say_places(self, values: pd.DataFrame) -> str:
        """Between which ends the values of one quantity lie, and where; values: of several places, the highest first."""
        high, low = values.iloc[0], values.iloc[-1]
        names = {"name": self.words.name_of("indicators", high["indicator"])}
        for end, row in (("high", high), ("low", low)):
            names |= {
                end: self.words.name_of("regions", row["region"]),
                f"{end}_value": self.words.format_quantity(row),
            }
        return self.say("title.places", **names)
