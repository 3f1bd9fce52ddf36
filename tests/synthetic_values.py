"""Quantities with true values, and what relates them: monthly amounts in a tree of places, parts and sums, shares, ranks."""

import calendar
from dataclasses import dataclass
from fractions import Fraction
from random import Random

import numpy as np
from synthetic_print import COUNTERS

from helpers.numbers import period
from helpers.package import schema

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
MEASURE = {"stock": "level", "flow": "flow", "share": "share", "index": "index", "rank": "rank"}
WORKING_DAYS = Fraction(250, 365)


def months(point: str) -> tuple[int, int]:
    """First and last month of a period, counted from the first one of all."""
    time = period.parse(point)
    return tuple((year - FIRST) * 12 + month - 1 for year, month in (time.first, time.last))


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


class Values:
    """Some related quantities and their true values."""

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
        quantity = Quantity(f"{self.prefix}-q{len(self.quantities)}", kind, unit, at, **more)
        self.quantities.append(quantity)
        return quantity

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
        names = [quantity.name if isinstance(quantity, Quantity) else quantity for quantity in right]
        relation = f"{self.prefix}-r{len(self.relations)}"
        self.relations.append({"relation": relation, "kind": kind, "left": left.name, "right": " ".join(names)})

    def slice_of(self, whole: Quantity) -> np.ndarray:
        """Part of the own monthly values of a quantity."""
        percent = self.random.randint(0, 100)
        return whole.own * percent // 100

    def part(self, whole: Quantity) -> Quantity | None:
        if whole.own is None:
            return None
        quantity = self.of_own(whole.kind, self.alike(whole.unit), self.slice_of(whole))
        self.relate("subset", quantity, whole)
        return quantity

    def total(self, whole: Quantity) -> None:
        if whole.own is not None:
            part = self.slice_of(whole)
            parts = [part, whole.own - part]
            if self.random.random() < 0.4:
                parts[1:] = [parts[1] // 3, parts[1] - parts[1] // 3]
            self.relate("total", whole, *[self.of_own(whole.kind, self.alike(whole.unit), own) for own in parts])

    def same(self, quantity: Quantity) -> None:
        if quantity.kind != "rank" and not quantity.average:  # what is an average of a day, only its own relation says
            double = self.add(
                quantity.kind,
                self.alike(quantity.unit),
                quantity.at,
                grid=quantity.grid,
                ends=quantity.ends,
                may_exceed=quantity.may_exceed,
            )
            self.relate("same", double, quantity)

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
            quantity = self.add(amount.kind, "美元", lambda *when: self.in_dollars(amount, *when))
            self.relate("currency", quantity, amount)
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
        self.relate("cumulative", (quantity := self.of_own("stock", self.random.choice(COUNTERS), grown)), quantity)

    def named(self, _: Quantity) -> None:
        quantity = self.constant()
        self.relate("list", quantity, *[f"甲{n}" for n in range(int(quantity.grid[0, 0]))])

    def others(self, quantity: Quantity) -> None:
        """Relations that set no figure against another."""
        self.relate("scope", quantity, self.stock())
        self.relate("first", quantity, quantity)
        self.relate("located", quantity, "330100", "330200")

    def alike(self, unit: str) -> str:
        """The unit, or another counter of things."""
        return self.random.choice(COUNTERS) if unit in COUNTERS and self.random.random() < 0.3 else unit
