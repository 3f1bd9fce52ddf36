"""One quantity told in several ways: do they agree? Growth and level, two places, table and text, public sources, years."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pandas as pd

from helpers.audit.estimates import (
    PUBLIC,
    TABLE,
    TEXT,
    comparable,
    estimates,
    join,
    like,
    numbers,
    related,
    report,
)
from helpers.audit.finding import CONFIDENCES, Finding, Side, sign
from helpers.numbers.interval import Interval
from helpers.package.schema import QUANTITY_MEASURES
from helpers.package.tables import Tables

JUMP = 3  # times a year; what grows or shrinks faster is worth a question
PRO_RATA = 5  # times; part of a year against its share of the year
POWERS = (1, 2, 3, 4, 8, -1, -2, -3, -4, -8)  # of ten: a lost decimal point, 千 or 万 or 亿 too many or too few


def growth(tables: Tables) -> Iterator[Finding]:
    """Growth rate, change and level of one quantity close, in the text alone."""
    return _compared(tables, "growth")


def same_quantity(tables: Tables) -> Iterator[Finding]:
    """A quantity that the report gives twice has one value, as far as rounding and qualifiers allow."""
    yield from _compared(tables, "same_quantity")
    frame = report(tables)
    values = frame[frame["measure"].isin(QUANTITY_MEASURES)].reset_index(names="order")
    pairs = join(values, values, "indicator", "region", "unit")
    pairs = pairs[(pairs["a_order"] < pairs["b_order"]) & ((pairs["a_slot"] == "") | (pairs["b_slot"] == ""))]
    meets = like(pairs, "a").meets(like(pairs, "b"))
    together = (pairs["a_slot"] == pairs["b_slot"]) & (pairs["a_source"] == pairs["b_source"])
    for pair, left, right, agree, here in _rows(pairs, meets, together):
        verdict = "consistent" if agree else "contradiction" if here else "suspicious"
        sides = Side("{}", (pair.a_figure,), left), Side("{}", (pair.b_figure,), right)
        within = agree and (left.lower, left.upper) != (right.lower, right.upper)
        variant = "within" if within else "" if agree or here else "undated"
        confidence = "high" if agree or here else "low"
        yield Finding(
            "same_quantity", verdict, confidence, sides, sign("=", agree), variant, values=_mend(left, right), pins=True
        )


def table_and_text(tables: Tables) -> Iterator[Finding]:
    """A value of the table is what growth, change and exchange rates make of the text."""
    yield from _compared(tables, "table_and_text")
    frame = estimates(tables)
    exchanged = set(frame.loc[frame["how"] == "exchange", "one"])
    values = frame[(frame["how"] == "printed") & (frame["origin"] != PUBLIC)]
    pairs = values.merge(related(tables, "currency"), left_on="indicator", right_on="left").add_prefix("a_")
    pairs = pairs.merge(values.add_prefix("b_"), left_on=["a_right", "a_region"], right_on=["b_indicator", "b_region"])
    pairs = pairs[(pairs["a_unit"] != pairs["b_unit"]) & ~pairs["a_one"].isin(exchanged)]
    pairs = pairs[pairs["a_unit"] != pairs["a_indicator"].map(tables.indicators["unit"])].drop_duplicates("a_one")
    for pair, left, right, _, _ in _rows(pairs, False):  # in two currencies, and no exchange rate of the year
        yield Finding("table_and_text", "scope", "high", _sides(pair, left, right), ";")


def public(tables: Tables) -> Iterator[Finding]:
    """Public figures of the same scope say the same; those of another scope are told apart."""
    yield from _compared(tables, "public")
    yield from _undated(tables)
    yield from _other_scope(tables)


@lru_cache(maxsize=8)
def agreements(tables: Tables) -> pd.DataFrame:
    """Pairs of estimates of one quantity at one time (see `join`), without shared figures; `family` names the check."""
    frame = estimates(tables).reset_index(names="order")
    pairs = join(frame, frame, "indicator", "region", "unit", "slot")
    origin = pairs["a_origin"] | pairs["b_origin"]
    # A number made of the report's and a public one is compared with a printed one, not with another made up.
    mixed = [((pairs[f"{a}_origin"] > PUBLIC) & (pairs[f"{b}_how"] != "printed")) for a, b in ("ab", "ba")]
    kept = (pairs["a_order"] < pairs["b_order"]) & (origin != PUBLIC) & ~_shared(pairs) & ~mixed[0] & ~mixed[1]
    pairs = pairs.assign(origin=origin)[kept]
    used = pairs[["a_one", "a_two", "b_one", "b_two"]].to_numpy(dtype=object)
    pairs = pairs[~pd.Series([tuple(sorted(keys)) for keys in used], index=pairs.index, dtype=object).duplicated()]
    direct = (pairs["a_how"] == "printed") & (pairs["b_how"] == "printed")
    cases = [pairs["origin"] & PUBLIC > 0, direct, pairs["origin"] & (TABLE | TEXT) == TABLE | TEXT]
    return pairs.assign(family=np.select(cases, ["public", "same_quantity", "table_and_text"], "growth"))


def _shared(pairs: pd.DataFrame) -> pd.Series:
    """Pairs of estimates that rest on one and the same figure."""
    same = [(pairs[a] == pairs[b]) & (pairs[a] != "") for a in ("a_one", "a_two") for b in ("b_one", "b_two")]
    return same[0] | same[1] | same[2] | same[3]


def _compared(tables: Tables, family: str) -> Iterator[Finding]:
    pairs = agreements(tables)
    pairs = pairs[pairs["family"] == family]
    for pair, left, right, agree, _ in _rows(pairs, like(pairs, "a").meets(like(pairs, "b"))):
        sides = _sides(pair, left, right)
        if pair.a_how == "printed":  # what is computed stands first
            sides = sides[::-1]
        rough = "daily" in (pair.a_how, pair.b_how)
        verdict = "consistent" if agree else "suspicious" if rough else "contradiction"
        confidence = CONFIDENCES[max(pair.a_confidence, pair.b_confidence, int(rough))]
        variant = "exchange" if "exchange" in (pair.a_how, pair.b_how) else ""
        yield Finding(
            family, verdict, confidence, sides, sign("=", agree), variant,
            values=_mend(sides[0].value, sides[1].value), pins=True,
        )  # fmt: skip


def _sides(pair, left: Interval, right: Interval) -> tuple[Side, Side]:
    """The two estimates of a pair."""
    one, two = (tuple(filter(None, keys)) for keys in ((pair.a_one, pair.a_two), (pair.b_one, pair.b_two)))
    return (
        Side(pair.a_formula, one, left, pair.a_unit, pair.a_period),
        Side(pair.b_formula, two, right, pair.b_unit, pair.b_period),
    )


def _rows(pairs: pd.DataFrame, meets, *more) -> Iterator[tuple]:
    """Pairs one by one with their two ranges, whether these meet, and what else is known of each."""
    flags = [np.broadcast_to(np.asarray(flag, dtype=bool), len(pairs)) for flag in (meets, *more)]
    for number, pair in enumerate(pairs.itertuples(index=False)):
        left = Interval(pair.a_lower, pair.a_value, pair.a_upper)
        right = Interval(pair.b_lower, pair.b_value, pair.b_upper)
        rest = [bool(flag[number]) for flag in flags]
        yield (pair, left, right, rest[0], rest[1] if len(rest) > 1 else False)


def _mend(computed: Interval, printed: Interval) -> tuple[tuple[str, object], ...]:
    """How many times one is the other, and the power of ten by which the second would meet the first, if there is one."""
    if computed.meets(printed) or not computed.value or not printed.value:
        return ()
    times = abs(printed.value / computed.value)
    found = [("times", max(times, 1 / times))]
    power = next((power for power in POWERS if (printed * 10.0**-power).meets(computed)), 0)
    return (*found, ("power", power)) if power else tuple(found)


def _undated(tables: Tables) -> Iterator[Finding]:
    """Undated figures of the report against public ones: one that agrees is enough, whatever its date."""
    frame = comparable(tables)
    values = frame[frame["measure"].isin(QUANTITY_MEASURES)]
    own = values[(values["origin"] != PUBLIC) & (values["slot"] == "")]
    pairs = join(own, values[values["origin"] == PUBLIC], "indicator", "region", "unit")
    pairs = pairs.assign(agree=like(pairs, "a").meets(like(pairs, "b")))
    pairs = pairs.sort_values(["a_figure", "agree", "b_last"], ascending=[True, False, False], kind="stable")
    chosen = pairs.drop_duplicates("a_figure")
    for pair, left, right, agree, _ in _rows(chosen, chosen["agree"]):
        sides = Side("{}", (pair.a_figure,), left), Side("{}", (pair.b_figure,), right)
        verdict, confidence = ("consistent", CONFIDENCES[max(1, pair.b_confidence)]) if agree else ("suspicious", "low")
        variant = "" if agree else "undated"
        values = _mend(left, right)
        yield Finding("public", verdict, confidence, sides, sign("=", agree), variant, values=values, pins=True)


def _other_scope(tables: Tables) -> Iterator[Finding]:
    """Public figures of another scope beside the report's nearest in time, told apart from it."""
    frame = numbers(tables)
    frame = frame[frame["measure"].isin(QUANTITY_MEASURES)]
    own, others = frame[frame["origin"] != PUBLIC], frame[frame["scope"] != ""]
    pairs = join(others, own, "indicator", "region", "unit")
    away = (pairs["a_last"] - pairs["b_last"]).abs()
    pairs = pairs.assign(away=away).sort_values(["a_figure", "away"], kind="stable").drop_duplicates("a_figure")
    for pair, left, right, _, _ in _rows(pairs, False):
        sides = Side("{}", (pair.b_figure,), right), Side("{}", (pair.a_figure,), left)
        confidence = CONFIDENCES[pair.a_confidence]
        yield Finding("public", "scope", confidence, sides, sign=";", variant=pair.a_scope)


def over_time(tables: Tables) -> Iterator[Finding]:
    """A stock or a flow does not triple, or fall to a third, within a year."""
    frame = estimates(tables)
    frame = frame[frame["indicator"].map(tables.indicators["kind"]).isin(["stock", "flow"]) & (frame["value"] > 0)]
    pairs = _successive(frame[frame["how"] == "printed"])
    average = pairs["a_indicator"].isin(related(tables, "daily")["left"])  # of a day, however long the period
    scale = (pairs["a_months"] / pairs["b_months"]).mask(average, 1.0)
    ratio = pairs["b_value"] / pairs["a_value"] * scale
    years = np.maximum((pairs["b_last"] - pairs["a_last"]) / 12, 1.0)
    fast = np.exp(np.abs(np.log(ratio)) / years) > JUMP
    pairs = pairs.assign(times=np.maximum(ratio, 1 / ratio), rise=ratio > 1)
    for pair, left, right, jump, _ in _rows(pairs, fast):
        sides = Side("{}", (pair.a_one,), left), Side("{}", (pair.b_one,), right)
        verdict, variant = "suspicious" if jump else "consistent", "" if not jump else "rise" if pair.rise else "fall"
        values = (("times", float(pair.times)),)
        yield Finding("over_time", verdict, "low", sides, sign="→", variant=variant, values=values)


def rates(tables: Tables) -> Iterator[Finding]:
    """A growth rate does not triple its quantity within a year."""
    frame = report(tables)
    frame = frame[(frame["measure"] == "growth_rate") & (frame["last"] >= 0)]
    years = np.maximum((frame["last"] - frame["first"]) // 12, 1)
    fast = (1 + frame["value"] / 100) > JUMP**years
    for row in frame[fast].itertuples(index=False):
        side = Side("{}", (row.figure,), Interval(row.lower, row.value, row.upper))
        yield Finding("rates", "suspicious", "low", (side,))


def _successive(frame: pd.DataFrame) -> pd.DataFrame:
    """Printed values of one quantity, each beside the next in time (see `join`), at least one of them the report's.

    Adds `months`, which a flow covers (12 for anything else).
    """
    first = frame["slot"].str.split(">").str[0].astype(int)
    flow = frame["slot"].str.contains(">")
    months = (frame["last"] - first + 1).where(flow, 12)
    frame = frame.assign(first=first.where(flow, frame["last"]), months=months)
    same = ["indicator", "region", "unit"]
    frame = frame.sort_values([*same, "last", "first"], kind="stable").reset_index(drop=True)
    pairs = frame.iloc[:-1].add_prefix("a_").join(frame.iloc[1:].reset_index(drop=True).add_prefix("b_"))
    follows = (pairs["b_first"] > pairs["a_last"]) & ((pairs["a_origin"] | pairs["b_origin"]) != PUBLIC)
    for name in same:
        follows &= pairs[f"a_{name}"] == pairs[f"b_{name}"]
    return pairs[follows]


def parts_of_periods(tables: Tables) -> Iterator[Finding]:
    """The flow of a half-year, a quarter or some months is no more than that of the year, and near its share of it."""
    frame = estimates(tables)
    average = frame["indicator"].isin(related(tables, "daily")["left"])  # of a day, so that a part is no smaller
    frame = frame[frame["slot"].str.contains(">") & (frame["origin"] <= PUBLIC) & ~average]
    frame = frame.assign(first=frame["slot"].str.split(">").str[0].astype(int))
    pairs = join(frame, frame, "indicator", "region", "unit")
    inside = (pairs["a_first"] >= pairs["b_first"]) & (pairs["a_last"] <= pairs["b_last"])
    inside &= pairs["a_slot"] != pairs["b_slot"]
    inside &= (pairs["a_origin"] | pairs["b_origin"]) != PUBLIC
    pairs = pairs[inside & ~_shared(pairs)]
    part, whole = like(pairs, "a"), like(pairs, "b")
    length = (pairs["a_last"] - pairs["a_first"] + 1) / (pairs["b_last"] - pairs["b_first"] + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        even = part.value / (whole.value * length.to_numpy(dtype=float))
    odd = (even > PRO_RATA) | ((even < 1 / PRO_RATA) & np.isfinite(whole.upper))
    for pair, left, right, more, strange in _rows(pairs, part.above(whole), odd):
        sides = _sides(pair, left, right)
        verdict = "contradiction" if more else "suspicious" if strange else "consistent"
        confidence = CONFIDENCES[max(pair.a_confidence, pair.b_confidence)]
        yield Finding("parts_of_periods", verdict, confidence, sides, sign("≤", not more))


def cumulative(tables: Tables) -> Iterator[Finding]:
    """A cumulative count does not fall."""
    counted = tables.relations.loc[tables.relations["kind"] == "cumulative", "left"]
    frame = estimates(tables)
    pairs = _successive(frame[(frame["how"] == "printed") & frame["indicator"].isin(counted)])
    for pair, left, right, fall, _ in _rows(pairs, like(pairs, "a").above(like(pairs, "b"))):
        sides = Side("{}", (pair.a_one,), left), Side("{}", (pair.b_one,), right)
        confidence = CONFIDENCES[max(pair.a_confidence, pair.b_confidence)]
        yield Finding("cumulative", "contradiction" if fall else "consistent", confidence, sides, sign("≤", not fall))


def shares(tables: Tables) -> Iterator[Finding]:
    """A share lies between 0 and 100 %, unless one member can count more than once (two lines in a household)."""
    frame = report(tables)
    frame = frame[(frame["measure"] == "share") & (frame["unit"] == "%")]
    may = frame["indicator"].map(tables.indicators["may_exceed"]).astype(bool)
    # The range of a bounded share is cut at 100; what counts is the printed number.
    outside = (frame["value"] < 0) | (frame["value"] > 100)
    for row, free, out in zip(frame.itertuples(index=False), may, outside, strict=True):
        if free and not out:
            continue
        value = Interval(row.lower, row.value, row.upper)
        verdict = "contradiction" if out and not free else "consistent"
        sides = (
            Side("{}", (row.figure,), value),
            Side("bound", value=Interval.point(100.0 if row.value >= 0 else 0.0), unit="%"),
        )
        yield Finding("shares", verdict, "high", sides, sign("≤", row.value <= 100), "free" if free else "")
