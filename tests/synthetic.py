"""Data packages that are true by construction, for tests of the audit.

A `World` draws true values first: monthly amounts in a tree of places, stocks with what enters and leaves them, parts and
sums, shares, ranks, targets. Then it prints them truthfully: rounded, cut off or qualified, in 万 or 亿, in the table or the
text, in another currency, as growth or change, dated or undated. Nothing of the audit or of `helpers.interval` is used, so
that what is true here is so by its own arithmetic. `synthetic_package` makes tables of worlds.

What is deliberately absent: misprints, and whatever the data dictionary leaves open (see `Quantity.ends`).
"""

from fractions import Fraction

from synthetic_print import COUNTERS, digits, magnitude, rounded, show
from synthetic_values import FIRST, MEASURE, PARTS, PLAN, SPANS, TREE, WHOLE, Quantity, Values, months

from helpers.numbers import period, token
from helpers.package import rules


class World(Values):
    """Some related quantities, their true values and what is printed of them."""

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
                printed = "" if when == self.now and not dated_only else when
                if random.random() < 0.8:
                    self.tell_value(quantity, when, region, printed)
                if random.random() < 0.35:
                    self.tell_growth(quantity, when, region)

    def tell_value(self, quantity: Quantity, when: str, region: str, printed: str) -> None:
        random = self.random
        true = quantity.at(region, *months(when))
        if true is None:
            return
        measure = MEASURE[quantity.kind]
        for _ in range(random.choice([1, 1, 1, 2])):
            source = self.place() if printed else f"1.{self.number}.{random.randint(1, 2)}"
            self.figure(quantity, measure, region, printed, self.shown(quantity, true), source)
        if quantity.unit == "元" and random.random() < 0.3:
            self.dollars = True
            shown = show(self.in_dollars(quantity, region, *months(when)), "美元", random)
            self.figure(quantity, measure, region, printed, shown, self.place() if printed else f"1.{self.number}.1")
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
    world = World(seed, prefix, number=number)
    getattr(world, base)()
    for name in derived:
        getattr(world, name)(world.random.choice(world.quantities))
    random = world.random
    year = random.randint(0, 3)
    times = {
        *WHOLE[year : year + 2],
        random.choice([*WHOLE, *PARTS, *PARTS, *SPANS]),
        random.choice([world.now, WHOLE[0]]),
    }
    others = [name for name in TREE if name != PLAN.region]
    regions = [PLAN.region, *random.sample(others, random.choice([0, 1, 1, 2]))]
    for quantity in world.quantities:
        world.tell(quantity, sorted(times), regions)
    return world
