"""Data packages that are true by construction, for tests of the audit.

A `World` draws true values first: monthly amounts in a tree of places, stocks with what enters and leaves them, parts and
sums, shares, ranks, targets. Then it prints them truthfully: rounded, cut off or qualified, in 万 or 亿, in the table or the
text, in another currency, as growth or change, dated or undated. Nothing of the audit or of `helpers.interval` is used, so
that what is true here is so by its own arithmetic. `package` makes tables of worlds, `large` a big package, `write` a folder.

What is deliberately absent: misprints, and whatever the data dictionary leaves open (see `Quantity.ends`).
"""

import calendar
import json
import shutil
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd

from helpers import paths
from helpers.numbers import format, period, token
from helpers.package import files, rules, schema, tables

TREE = {
    "100000": "", "310000": "100000", "320000": "100000", "330000": "100000", "330100": "330000", "330110": "330100",
    "330200": "330000", "west-zone": "330100",
}  # fmt: skip
FIRST, YEARS = 2015, range(2015, 2020)
MONTHS = 12 * len(YEARS)
PLAN = schema.Plan("规划", "Plan", "报告", "Report", "330000", 2015, 2016, 2018, 1.1, 0.9)
WHOLE = [str(year) for year in YEARS]
PARTS = [f"{year}{part}" for year in YEARS for part in ("H1", "H2", "Q1", "Q3", "Q4", "-06", "-07", "-12")]
SPANS = ["2016/2017", "2016/2018", "2017/2019"]
# Yuan for 100 US dollars, the same the whole year long.
RATE = {2015: Fraction("622.84"), 2016: Fraction("664.23"), 2017: Fraction("675.18"), 2018: Fraction("661.74"),
        2019: Fraction("689.85")}  # fmt: skip
COUNTERS = ("个", "家", "户", "人次")
EXTENSIVE = (*COUNTERS, "元", "亩")  # of places add up to that of the whole
MEASURE = {"stock": "level", "flow": "flow", "share": "share", "index": "index", "rank": "rank"}
WORKING_DAYS = Fraction(250, 365)
EXTRA_COLUMNS = {"external": ["scope"], "relations": ["note_zh"]}


# --- printing ------------------------------------------------------------------------------------------------------------


def digits(count: int, exponent: int) -> str:
    """`count` times ten to the `exponent` as a plain number: (1250, -2) gives 12.50."""
    return f"{Decimal(count).scaleb(exponent):f}"


def rounded(number: Fraction, exponent: int) -> int:
    """A number of zero or more in units of ten to the `exponent`, half rounded up."""
    return int(number / Fraction(10) ** exponent + Fraction(1, 2))


def magnitude(number: Fraction) -> int:
    """Power of ten of the first digit: 4 for 12345, -1 for 0.5."""
    size = len(str(int(number))) - 1 if number >= 1 else -1
    while number < Fraction(10) ** size:
        size -= 1
    return size


def show(true: Fraction, unit: str, random: Random, exact: bool = False, fine: bool = False) -> tuple[str, ...]:
    """A true value as value, unit, qualifier and token; exact: rounded, without a qualifier; fine: to three digits or more."""
    size, down = abs(true), true < 0
    multiplier = 1
    if unit in (*EXTENSIVE, "美元"):
        fitting = [m for m in (1, 10**4, 10**8, 10**12) if m == 1 or size >= m]
        multiplier = random.choice(fitting)
    number, counted = size / multiplier, unit in (*COUNTERS, "位") and multiplier == 1
    style = "exact" if exact or not number else random.choice(["exact"] * 4 + ["about", "odd", "over", "near", "below"])
    value, word, qualifier = _styled(number, style, random, counted, unit == "%", fine)
    full = token.multiplier_word(multiplier) + unit
    printed = format.qualified(value, "%" if unit == "%" else full, word) if word or random.random() < 0.6 else value
    if down:
        value = f"-{value}"
        printed = random.choice(["下降", "减少"]) + printed
    return value, full, qualifier, printed


def _styled(
    number: Fraction, style: str, random: Random, counted: bool, percent: bool, fine: bool
) -> tuple[str, str, str]:
    """Digits, word and qualifier of a number of zero or more; `exact` where a style would not be true."""
    top, whole = magnitude(number) if number else 0, counted and number.denominator == 1
    place = top - (2 if fine else random.choice([0, 1, 1, 2]))
    place = max(place, 0) if whole else place
    step = Fraction(10) ** place
    low = int(number / step)
    less = number / 10**5  # nobody says 近96% of 95.9999999%
    high = low + (low * step < number)
    more = number - low * step > less
    close = high * step - number > less
    if style == "about":
        return digits(rounded(number, place), place), random.choice(["约", "左右"]), "about"
    if style == "odd" and more:
        return digits(low, place), random.choice(["余", "多"]), "over"
    if style == "over":
        return digits(low, place), random.choice(["超", "突破", "以上"] if more else ["以上"]), "over"
    if style == "near" and close and number >= high * step * 9 / 10:
        return digits(high, place), "近", "under"
    if style == "below" and close and not (percent and high * step > 100):
        return digits(high, place), "不足", "under"
    if whole:
        return digits(int(number), 0), "", "exact"
    decimals = max(0, 2 - top) if fine else random.choice([0, 1, 1, 2])
    decimals = max(decimals, 1) if counted else decimals  # a whole number of a count would be exact
    while number and not rounded(number, -decimals):
        decimals += 1
    return digits(rounded(number, -decimals), -decimals), "", "exact"


# --- true values ---------------------------------------------------------------------------------------------------------


def months(point: str) -> tuple[int, int]:
    """First and last month of a period, counted from the first one of all."""
    found = period.parse(point)
    return tuple((year - FIRST) * 12 + month - 1 for year, month in (found.first, found.last))


def days(first: int, last: int) -> int:
    """Calendar days of months."""
    return sum(calendar.monthrange(FIRST + month // 12, month % 12 + 1)[1] for month in range(first, last + 1))


@dataclass
class Quantity:
    """An indicator with its true values.

    at: the value of a region in months from first to last (a stock's at the end of the last one).
    grid: monthly values, a row a region, where there are such; own: the same without those of the places within.
    enters: the flow that enters a stock; years: told for whole years alone. A share of a flow is one, for the data has no
    way to tell that of a quarter from that of the year which ends with it.
    """

    name: str
    kind: str
    unit: str
    at: object
    grid: np.ndarray | None = None
    own: np.ndarray | None = None
    enters: np.ndarray | None = None
    ends: bool = False
    average: bool = False
    may_exceed: bool = False
    direction: str = "up"
    target_kind: str = ""
    headline: bool = False
    short: bool = False  # of its target


def above(tree: dict[str, str]) -> np.ndarray:
    """Matrix that adds to each region those within it."""
    names = list(tree)
    matrix = np.eye(len(names), dtype=np.int64)
    for name in names:
        parent = tree[name]
        while parent:
            matrix[names.index(parent), names.index(name)] = 1
            parent = tree[parent]
    return matrix


class World:
    """Some related quantities, their true values and what is printed of them."""

    def __init__(self, seed: int, prefix: str = "w", tree: dict[str, str] | None = None, number: int = 1):
        self.random = Random(seed)
        self.arrays = np.random.default_rng(self.random.getrandbits(63))
        self.tree = tree or TREE
        self.names = list(self.tree)
        self.row = {name: number for number, name in enumerate(self.names)}
        self.matrix = above(self.tree)
        self.prefix, self.number = prefix, number
        self.quantities: list[Quantity] = []
        self.figures: list[dict] = []
        self.external: list[dict] = []
        self.relations: list[dict] = []
        self.now = self.random.choice(WHOLE[2:4])  # the time of what is told without a date
        self.dollars = False

    # quantities

    def add(self, kind: str, unit: str, at, **more) -> Quantity:
        found = Quantity(f"{self.prefix}-q{len(self.quantities)}", kind, unit, at, **more)
        self.quantities.append(found)
        return found

    def of_own(self, kind: str, unit: str, own: np.ndarray, enters: np.ndarray | None = None, **more) -> Quantity:
        """A quantity of the monthly values of each region's own, to which those of places within are added."""
        entering = None if enters is None else self.matrix @ enters
        return self.of_grid(kind, unit, self.matrix @ own, own=own, enters=entering, **more)

    def of_grid(self, kind: str, unit: str, grid: np.ndarray, scale: int = 1, **more) -> Quantity:
        def at(region: str, first: int, last: int) -> Fraction:
            line = grid[self.row[region]]
            return Fraction(int(line[first : last + 1].sum() if kind == "flow" else line[last]), scale)

        return self.add(kind, unit, at, grid=grid, **more)

    def stock(self) -> Quantity:
        """Things that enter and leave; those that leave were there at the beginning."""
        size = 10 ** self.random.randint(0, 6)
        shape = (len(self.names), MONTHS)
        enters = self.arrays.integers(0, self.random.choice([1, size, 3 * size]) + 1, shape)
        leaves = self.arrays.integers(0, self.random.choice([1, 1, size, 4 * size]), shape)
        start = leaves.sum(axis=1) + self.arrays.integers(0, 50 * size + 1, len(self.names))
        level = start[:, None] + np.cumsum(enters - leaves, axis=1)
        return self.of_own("stock", self.random.choice(COUNTERS), level, enters=enters)

    def flow(self, unit: str = "") -> Quantity:
        unit = unit or self.random.choice([*COUNTERS, "元", "元", "元", "亩"])
        size = 10 ** self.random.randint(3, 9) if unit == "元" else 10 ** self.random.randint(0, 6)
        trend = self.random.choice([1.0, 1.01, 1.03, 0.98]) ** np.arange(MONTHS)
        own = self.arrays.integers(self.random.choice([0, size]), 3 * size + 1, (len(self.names), MONTHS)) * trend
        return self.of_own("flow", unit, own.astype(np.int64))

    def money_stock(self) -> Quantity:
        own = self.arrays.integers(10**6, 10**10, (len(self.names), 1)) + np.cumsum(
            self.arrays.integers(-(10**4), 10**7, (len(self.names), MONTHS)), axis=1
        )
        return self.of_own("stock", "元", own)

    def index(self) -> Quantity:
        unit, scale = self.random.choice([("指数", 100), ("元/人", 1), ("兆", 10), ("小时", 10)])
        steps = np.cumsum(self.arrays.integers(-200, 400, (len(self.names), MONTHS)), axis=1)
        grid = self.arrays.integers(8000, 20000, (len(self.names), 1)) + np.maximum(steps, -7000)
        direction = self.random.choice(["up", "down"])
        return self.of_grid("index", unit, grid, scale=scale, direction=direction)

    def share(self) -> Quantity:
        low, high = sorted(self.random.sample(range(10001), 2))
        grid = self.arrays.integers(low, high + 1, (len(self.names), MONTHS))
        return self.of_grid("share", "%", grid, scale=100)

    def rank(self) -> Quantity:
        grid = self.arrays.integers(1, self.random.choice([3, 12, 32]), (len(self.names), MONTHS))
        return self.of_grid("rank", "位", grid, direction="down")

    def constant(self) -> Quantity:
        """A small number of things that does not change, in the plan's region and its country."""
        number = self.random.randint(1, 9)
        grid = np.full((len(self.names), MONTHS), number)
        return self.of_grid("stock", self.random.choice(COUNTERS), grid)

    # relations

    def relate(self, kind: str, left: Quantity, *right) -> None:
        names = [one.name if isinstance(one, Quantity) else one for one in right]
        relation = f"{self.prefix}-r{len(self.relations)}"
        self.relations.append({"relation": relation, "kind": kind, "left": left.name, "right": " ".join(names)})

    def slice_of(self, whole: Quantity) -> np.ndarray:
        """Part of the own monthly values of a quantity."""
        percent = self.random.randint(0, 100)
        return whole.own * percent // 100

    def part(self, whole: Quantity) -> Quantity | None:
        if whole.own is None:
            return None
        found = self.of_own(whole.kind, self.alike(whole.unit), self.slice_of(whole))
        self.relate("subset", found, whole)
        return found

    def total(self, whole: Quantity) -> None:
        if whole.own is not None:
            one = self.slice_of(whole)
            parts = [one, whole.own - one]
            if self.random.random() < 0.4:
                parts[1:] = [parts[1] // 3, parts[1] - parts[1] // 3]
            self.relate("total", whole, *[self.of_own(whole.kind, self.alike(whole.unit), own) for own in parts])

    def same(self, one: Quantity) -> None:
        if one.kind != "rank" and not one.average:  # what is an average of a day, only its own relation says
            found = self.add(
                one.kind, self.alike(one.unit), one.at, grid=one.grid, ends=one.ends, may_exceed=one.may_exceed
            )
            self.relate("same", found, one)

    def quotient(self, whole: Quantity) -> None:
        if whole.own is None:
            return
        exceeds = self.random.random() < 0.2
        part = self.of_own(whole.kind, self.alike(whole.unit), self.slice_of(whole) * (3 if exceeds else 1))

        def at(region: str, first: int, last: int) -> Fraction | None:
            over = whole.at(region, first, last)
            return 100 * part.at(region, first, last) / over if over else None

        share = self.add("share", "%", at, ends=whole.kind == "flow", may_exceed=exceeds)
        self.relate("quotient", share, part, whole)

    def share_of(self, _: Quantity) -> None:
        people = self.arrays.integers(1, 60, (len(self.names), 1)) + np.cumsum(
            self.arrays.integers(0, 2, (len(self.names), MONTHS)), axis=1
        )
        some = people * self.random.randint(0, 100) // 100
        population = self.of_grid("stock", self.random.choice(COUNTERS[:3]), self.matrix @ people)
        chosen = self.matrix @ some

        def at(region: str, first: int, last: int) -> Fraction:
            row = self.row[region]
            return Fraction(100 * int(chosen[row, last]), int(population.grid[row, last]))

        self.relate("share_of", self.add("share", "%", at), population)

    def entering(self, stock: Quantity) -> None:
        if stock.enters is not None:
            flow = self.of_grid("flow", self.alike(stock.unit), stock.enters)
            self.relate("adds_to", flow, stock)
            if self.random.random() < 0.5:
                self.daily(flow)

    def daily(self, flow: Quantity) -> None:
        """The average of a day of a flow, over all days or some of those that are worked."""
        if flow.kind != "flow" or flow.unit not in (*COUNTERS, "元") or flow.grid is None:
            return
        worked = self.random.choice([Fraction(1), WORKING_DAYS, Fraction(300, 365)])

        def at(region: str, first: int, last: int) -> Fraction:
            return flow.at(region, first, last) / (days(first, last) * worked)

        self.relate("daily", self.add("flow", flow.unit, at, average=True), flow)

    def currency(self, amount: Quantity) -> None:
        """Another indicator for the same amount, in dollars."""
        if amount.unit == "元":
            found = self.add(amount.kind, "美元", lambda *when: self.in_dollars(amount, *when))
            self.relate("currency", found, amount)
            self.dollars = True

    def in_dollars(self, amount: Quantity, region: str, first: int, last: int) -> Fraction:
        if amount.kind != "flow":
            return 100 * amount.at(region, last, last) / RATE[FIRST + last // 12]
        years = range(first // 12, last // 12 + 1)
        spans = [(max(first, 12 * year), min(last, 12 * year + 11), RATE[FIRST + year]) for year in years]
        return sum((100 * amount.at(region, a, b) / rate for a, b, rate in spans), Fraction(0))

    def ranked(self, _: Quantity) -> None:
        wide = self.arrays.integers(1, 30, (len(self.names), MONTHS))
        narrow = np.maximum(wide - self.arrays.integers(0, 10, wide.shape), 1)
        left, right = (self.of_grid("rank", "位", grid, direction="down") for grid in (narrow, wide))
        self.relate("ranked", left, right)

    def ranks_by(self, by: Quantity) -> None:
        """The place of a province among all provinces."""
        if by.kind == "rank":
            return
        provinces = [name for name, parent in self.tree.items() if parent == "100000"]

        def at(region: str, first: int, last: int) -> Fraction | None:
            values = [by.at(name, first, last) for name in provinces]
            if region not in provinces or None in values:
                return None
            own = by.at(region, first, last)
            better = (value < own if by.direction == "down" else value > own for value in values)
            return Fraction(1 + sum(better))

        ends = by.ends or by.kind == "flow"
        self.relate("ranks_by", self.add("rank", "位", at, ends=ends, direction="down"), by)

    def cumulative(self, _: Quantity) -> None:
        grown = np.cumsum(self.arrays.integers(0, self.random.choice([2, 50, 9000]), (len(self.names), MONTHS)), axis=1)
        self.relate("cumulative", (found := self.of_own("stock", self.random.choice(COUNTERS), grown)), found)

    def named(self, _: Quantity) -> None:
        found = self.constant()
        self.relate("list", found, *[f"甲{n}" for n in range(int(found.grid[0, 0]))])

    def others(self, one: Quantity) -> None:
        """Relations that set no figure against another."""
        self.relate("scope", one, self.stock())
        self.relate("first", one, one)
        self.relate("located", one, "330100", "330200")

    def alike(self, unit: str) -> str:
        """The unit, or another counter of things."""
        return self.random.choice(COUNTERS) if unit in COUNTERS and self.random.random() < 0.3 else unit

    # figures

    def figure(self, quantity: Quantity, measure: str, region: str, when: str, shown: tuple, source: str = "") -> None:
        value, unit, qualifier, token = shown
        row = {"indicator": quantity.name, "measure": measure, "region": region, "period": when, "value": value}
        row |= {"unit": unit, "qualifier": qualifier, "printed": token}
        if source:
            self.figures.append(row | {"source": source, "sentence": "1"})
        else:
            confidence = self.random.choice(["high", "medium", "low"])
            self.external.append(
                row | {"scope": "", "title": "书", "address": "https://x.cn", "confidence": confidence}
            )

    def place(self) -> str:
        """A paragraph of the text, or now and then a row of the table."""
        if self.random.random() < 0.25:
            return f"T.{self.number}"
        return f"{self.random.randint(1, 5)}.{self.number}.{self.random.randint(1, 2)}"

    def tell(self, quantity: Quantity, times: list[str], regions: list[str]) -> None:
        """Print some of what is true of a quantity."""
        random = self.random
        dated_only = quantity.headline or random.random() < 0.85
        if quantity.ends:
            times = [when for when in times if when in WHOLE] or [self.now]
        for when in times:
            for region in regions:
                if "/" in when and quantity.kind != "flow":
                    self.tell_growth(quantity, when, region)
                    continue
                said = "" if when == self.now and not dated_only else when
                if random.random() < 0.8:
                    self.tell_value(quantity, when, region, said)
                if random.random() < 0.35:
                    self.tell_growth(quantity, when, region)

    def tell_value(self, quantity: Quantity, when: str, region: str, said: str) -> None:
        random = self.random
        true = quantity.at(region, *months(when))
        if true is None:
            return
        measure = MEASURE[quantity.kind]
        for _ in range(random.choice([1, 1, 1, 2])):
            source = self.place() if said else f"1.{self.number}.{random.randint(1, 2)}"
            self.figure(quantity, measure, region, said, self.shown(quantity, true), source)
        if quantity.unit == "元" and random.random() < 0.3:
            self.dollars = True
            shown = show(self.in_dollars(quantity, region, *months(when)), "美元", random)
            self.figure(quantity, measure, region, said, shown, self.place() if said else f"1.{self.number}.1")
        if random.random() < 0.2:
            self.figure(quantity, measure, region, when, self.shown(quantity, true))
            if random.random() < 0.3:  # counted otherwise, it may be anything
                self.external[-1]["scope"] = random.choice(["narrower", "wider", "other"])
                value, unit, _, _ = show(true * random.randint(0, 9) / 5, quantity.unit, random, exact=True)
                if quantity.kind != "share" or float(value) <= 100:
                    self.external[-1] |= {"value": value, "unit": unit, "qualifier": "exact", "printed": value}

    def shown(self, quantity: Quantity, true: Fraction) -> tuple[str, ...]:
        """A value of a quantity, a share perhaps as a fraction, a rank perhaps in words."""
        random = self.random
        if quantity.kind == "rank":
            rank = int(true)
            if rank < 10 and random.random() < 0.3:
                word = next(sign for sign, number in token.NUMERALS.items() if number == rank)
                return str(rank), "位", "exact", f"第{word}"
            if random.random() < 0.2:
                mark = rank + random.randint(0, 2)
                return str(mark), "位", "under", f"前{mark}"
            return str(rank), "位", "exact", str(rank)
        if quantity.kind == "share" and not quantity.headline and random.random() < 0.1:
            below = random.randint(2, 9)
            count = rounded(true / 100 * below, 0)
            if 0 < count <= below and abs(true / 100 * below - count) < Fraction(2, 5):
                return f"{100 * count / below:.2f}", "%", "exact", f"{count}/{below}"
        return show(true, quantity.unit, random, fine=quantity.headline)

    def tell_growth(self, quantity: Quantity, when: str, region: str) -> None:
        """Growth rate, change, or both, since the period that they start from, of the report or a public source."""
        random = self.random
        if quantity.kind == "rank":
            return
        start, end = period.before(when), when.split("/")[-1]
        if int(start[:4]) < FIRST:
            return
        old, new = (quantity.at(region, *months(point)) for point in (start, end))
        if old is None or new is None:
            return
        source = "" if random.random() < 0.1 else self.place()
        if 0 < abs(new - old) < old / 10**5:
            return  # nobody prints so little
        if old and random.random() < 0.7:
            self.figure(quantity, "growth_rate", region, when, show((new / old - 1) * 100, "%", random), source)
        if random.random() < 0.5:
            self.figure(quantity, "change", region, when, show(new - old, quantity.unit, random), source)

    # targets

    def aim(self, quantity: Quantity) -> None:
        """A target, perhaps what was attained, perhaps the completion, by the kind of the target."""
        random, last = self.random, str(PLAN.target_year)
        choices = {
            "stock": ["level", "cap", "range", "growth", "reduction"],
            "flow": ["level", "cap", "range", "growth", "reduction", "cumulative", "cumulative"],
            "share": ["level", "cap", "range", "gap"],
            "index": ["level", "cap", "range", "growth", "gap"],
            "rank": ["rank"],
        }[quantity.kind]
        kind = random.choice(choices)
        here, start = PLAN.region, f"{PLAN.start_year}/{last}"
        when = start if kind == "cumulative" else last
        true, base = quantity.at(here, *months(when)), quantity.at(here, *months(str(PLAN.baseline_year)))
        if quantity.target_kind or not true or (kind in ("growth", "reduction") and not base):
            return
        factor = Fraction(random.choice([50, 80, 92, 100, 110, 130, 200]), 100)
        reached, unit = true, quantity.unit
        if kind == "growth":
            years = PLAN.target_year - PLAN.baseline_year
            reached, unit = Fraction((float(true / base) ** (1 / years) - 1) * 100), "%"
        elif kind == "reduction":
            reached, unit = (1 - true / base) * 100, "%"
        elif kind == "gap":
            reference = quantity.at(self.tree[here], *months(last))
            reached = true - reference
        if reached <= 0:
            return
        mark = rounded(reached * factor, (place := magnitude(reached * factor) - random.choice([0, 1])))
        if kind == "rank":
            mark, place = max(1, mark if place == 0 else rounded(reached * factor, 0)), 0
        if unit in COUNTERS and place < 0:
            mark, place = max(1, rounded(reached * factor, 0)), 0
        aimed = mark * Fraction(10) ** place
        if (
            not aimed
            or (abs(reached / aimed - 1) < Fraction(2, 100) and reached != aimed)
            or (aimed > 100 and unit == "%")
        ):
            return
        quantity.target_kind, quantity.headline = kind, random.random() < 0.7
        quantity.direction = rules.DIRECTION.get(kind, quantity.direction)
        source = f"T.{self.number}"
        self.figure(quantity, "target", here, last, (digits(mark, place), unit, "exact", digits(mark, place)), source)
        top = aimed
        if kind == "range":
            top = aimed * random.choice([Fraction(11, 10), Fraction(15, 10), 2])
            top = min(top, Fraction(100)) if unit == "%" else top
            value = digits(rounded(top, place - 1), place - 1)
            top = Fraction(value)
            self.figure(quantity, "target", here, last, (value, unit, "exact", value), source)
        quantity.short = _short(kind, reached, aimed, top)
        if random.random() < 0.75:  # else nothing is known of it, unless the text tells it
            self.attain(quantity, kind, true, base, source)
            done = _completion(kind, reached, aimed, top)
            if kind != "rank" and random.random() < 0.8:
                self.figure(quantity, "completion", here, last, show(done, "%", random), source)

    def attain(self, quantity: Quantity, kind: str, true: Fraction, base: Fraction, source: str) -> None:
        """Print the actual value of a target, with what it is measured against."""
        here, last, measure = PLAN.region, str(PLAN.target_year), MEASURE[quantity.kind]
        if kind in ("growth", "reduction"):
            self.figure(quantity, measure, here, str(PLAN.baseline_year), self.shown(quantity, base), self.place())
        if kind == "gap":
            reference = quantity.at(self.tree[here], *months(last))
            self.figure(quantity, measure, self.tree[here], last, self.shown(quantity, reference), self.place())
        if kind == "cumulative" and self.random.random() < 0.4:
            for year in range(PLAN.start_year, PLAN.target_year + 1):
                value = quantity.at(here, *months(str(year)))
                self.figure(quantity, measure, here, str(year), self.shown(quantity, value), self.place())
            return
        when = f"{PLAN.start_year}/{last}" if kind == "cumulative" else last
        self.figure(quantity, measure, here, when, self.shown(quantity, true), source)


def _short(kind: str, reached: Fraction, aimed: Fraction, top: Fraction) -> bool:
    if kind == "range":
        return not aimed <= reached <= top
    return reached > aimed if kind in ("cap", "rank") else reached < aimed


def _completion(kind: str, reached: Fraction, aimed: Fraction, top: Fraction) -> Fraction:
    """Completion in %, as the data dictionary has it."""
    if kind == "range":
        return min(Fraction(100), 100 * reached / aimed, 100 * (2 - reached / top))
    return 100 * (2 - reached / aimed) if kind == "cap" else 100 * reached / aimed


BASES = ("stock", "flow", "money_stock", "index", "share", "rank", "constant")
DERIVED = (
    "part", "total", "same", "quotient", "share_of", "entering", "daily", "currency", "ranked", "ranks_by", "cumulative",
    "named", "others", "aim",
)  # fmt: skip


def world(seed: int, base: str, derived: list[str], prefix: str = "w", number: int = 1) -> World:
    """A world of a quantity and what is derived of it and of one another, told."""
    found = World(seed, prefix, number=number)
    getattr(found, base)()
    for name in derived:
        getattr(found, name)(found.random.choice(found.quantities))
    random = found.random
    year = random.randint(0, 3)
    times = {
        *WHOLE[year : year + 2],
        random.choice([*WHOLE, *PARTS, *PARTS, *SPANS]),
        random.choice([found.now, WHOLE[0]]),
    }
    others = [name for name in TREE if name != PLAN.region]
    regions = [PLAN.region, *random.sample(others, random.choice([0, 1, 1, 2]))]
    for quantity in found.quantities:
        found.tell(quantity, sorted(times), regions)
    return found


@lru_cache(maxsize=1)
def constants() -> dict[str, pd.DataFrame]:
    """Tables of the project's own package that the worlds share: chapters, sections, units, labels."""
    read = {
        name: files.read(paths.ROOT / "data" / f"{name}.csv") for name in ("chapters", "sections", "units", "labels")
    }
    return read | {"regions": _regions(TREE)}


def _regions(tree: dict[str, str]) -> pd.DataFrame:
    rows = [{"region": name, "name_zh": name, "name_en": name, "parent": parent} for name, parent in tree.items()]
    return _frame("regions", rows)


def _frame(table: str, rows: list[dict]) -> pd.DataFrame:
    """Rows as a table of texts; what they do not say is empty."""
    columns = [*schema.COLUMNS[table], *EXTRA_COLUMNS.get(table, [])]
    frame = pd.DataFrame([[row.get(name, "") for name in columns] for row in rows], columns=columns, dtype=str)
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="row")
    return frame


def raw(worlds: list[World]) -> dict[str, pd.DataFrame]:
    """The tables of a package as text, with what its text says of its table of headline indicators."""
    figures, external, relations, indicators = [], [], [], []
    headlines = []
    for one in worlds:
        figures += one.figures
        external += one.external
        relations += one.relations
        for quantity in one.quantities:
            indicators.append(_indicator(quantity, len(headlines) + 1))
            headlines += [quantity] if quantity.headline else []
    if any(one.dollars for one in worlds):
        indicators.append(_indicator(Quantity("dollar", "index", "元/100美元", None), 0))
        external += [
            _dollar(year, rate) for year, rate in RATE.items() if year != worlds[0].arrays.integers(2010, 2020)
        ]
    for name, kind in (("unknown", "without_data"), ("behind", "lagging")):
        known = _known(figures, headlines)
        listed = [one.name for one in headlines if (one.name not in known if name == "unknown" else one.short)]
        listed = [one for one in listed if name == "unknown" or one in known]
        if listed:
            indicators.append(_indicator(Quantity(name, "stock", "个", None), 0) | {"section": ""})
            relations.append({"relation": name, "kind": kind, "left": name, "right": " ".join(listed)})
            shown = {"value": str(len(listed)), "unit": "个", "qualifier": "exact", "printed": f"{len(listed)}个"}
            where = {"region": PLAN.region, "period": "", "source": "0.0.1", "sentence": "1"}
            figures.append({"indicator": name, "measure": "level", **where, **shown})
    figures = [{"figure": f"F{number}", **row} for number, row in enumerate(figures, 1)]
    external = [{"figure": f"X-{number}", **row} for number, row in enumerate(external, 1)]
    rows = {"figures": figures, "external": external, "relations": relations, "indicators": indicators}
    rows |= {"platforms": [], "errata": []}
    return constants() | {table: _frame(table, found) for table, found in rows.items()}


def _indicator(quantity: Quantity, headline: int) -> dict:
    row = {"indicator": quantity.name, "section": "1.1", "name_zh": quantity.name, "name_en": quantity.name}
    row |= {"unit": quantity.unit, "kind": quantity.kind, "direction": quantity.direction}
    row |= {"target_kind": quantity.target_kind, "may_exceed": str(quantity.may_exceed).lower()}
    return row | ({"headline": str(headline), "category": "innovation"} if quantity.headline else {})


def _dollar(year: int, rate: Fraction) -> dict:
    value = digits(int(rate * 100), -2)
    row = {"indicator": "dollar", "measure": "index", "region": "100000", "period": str(year), "value": value}
    row |= {"unit": "元/100美元", "qualifier": "exact", "printed": value, "scope": "", "title": "书"}
    return row | {"address": "https://x.cn", "confidence": "medium"}


def _known(figures: list[dict], headlines: list[Quantity]) -> set[str]:
    """Headline indicators of which the report gives a value of the plan's region in the target year."""
    last, start = str(PLAN.target_year), PLAN.start_year
    told: dict[str, set[str]] = {}
    for row in figures:
        if row["region"] == PLAN.region and row["measure"] in MEASURE.values():
            told.setdefault(row["indicator"], set()).add(row["period"])
    ends = {last, f"{last}H2", f"{last}Q4", f"{last}-12"}
    each_year = {str(year) for year in range(start, PLAN.target_year + 1)}
    known = set()
    for one in headlines:
        periods = told.get(one.name, set())
        if one.target_kind == "cumulative":
            found = f"{start}/{last}" in periods or each_year <= periods
        else:
            found = bool(periods & ({last} if one.kind == "flow" else ends))
        known |= {one.name} if found else set()
    return known


def package(worlds: list[World]) -> tables.Tables:
    return tables.of(Path("synthetic"), PLAN, raw(worlds))


def write(frames: dict[str, pd.DataFrame], folder: Path) -> Path:
    """A package as files, with the project's own schema."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = json.loads((paths.ROOT / "data" / schema.DESCRIPTOR).read_text(encoding="utf-8"))
    plan = {name: getattr(PLAN, name) for name in PLAN.__annotations__}
    thresholds = {name: plan.pop(name) for name in ("ahead", "on_track")}
    descriptor["plan"] = plan | {"thresholds": thresholds}
    (folder / schema.DESCRIPTOR).write_text(json.dumps(descriptor, ensure_ascii=False, indent=2), encoding="utf-8")
    for name, file in schema.resources(descriptor).items():
        if name in frames:
            frames[name].to_csv(folder / file, index=False, lineterminator="\n", encoding="utf-8")
        else:
            shutil.copy(paths.ROOT / "data" / file, folder / file)
    return folder
