"""One quantity told in several ways: do they agree? Growth and level, two places, table and text, public sources, years."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pandas as pd

from helpers.audit.estimates import estimates
from helpers.audit.figures import (
    PUBLIC,
    TABLE,
    TEXT,
    comparable,
    numbers,
    related,
    report,
    select_dated,
    select_values,
)
from helpers.audit.finding import Finding, Side, compare
from helpers.audit.pairs import confidence_of, estimated_side, iterate, join, printed_side, ranges
from helpers.numbers.interval import Interval
from helpers.package.tables import Tables

JUMP = 3  # times a year; what grows or shrinks faster is worth a question
PRO_RATA = 5  # times; part of a year against its share of the year
POWERS = (1, 2, 3, 4, 8, -1, -2, -3, -4, -8)  # of ten: a lost decimal point, 千 or 万 or 亿 too many or too few


def growth(tables: Tables) -> Iterator[Finding]:
    """Growth rate, change and level of one quantity close, in the text alone."""
    return _compare_estimates(tables, "growth")


def same_quantity(tables: Tables) -> Iterator[Finding]:
    """A quantity that the report gives twice has one value, as far as rounding and qualifiers allow."""
    yield from _compare_estimates(tables, "same_quantity")
    values = select_values(report(tables)).reset_index(names="order")
    pairs = join(values, values, "indicator", "region", "unit")
    pairs = pairs[(pairs["a_order"] < pairs["b_order"]) & ((pairs["a_slot"] == "") | (pairs["b_slot"] == ""))]
    here = (pairs["a_slot"] == pairs["b_slot"]) & (pairs["a_source"] == pairs["b_source"])
    for pair in iterate(pairs, agree=_agree(pairs), here=here):
        sides = printed_side(pair, "a"), printed_side(pair, "b")
        within = pair.agree and (pair.a_lower, pair.a_upper) != (pair.b_lower, pair.b_upper)
        yield compare(
            "same_quantity", sides, "=", pair.agree,
            confidence="high" if pair.agree else "medium" if pair.here else "low",
            variant="within" if within else "" if pair.agree else "undated",
            otherwise="contradiction" if pair.here else "suspicious",
            values=_explain_gap(*sides), bounds_both_sides=True,
        )  # fmt: skip


def table_and_text(tables: Tables) -> Iterator[Finding]:
    """A value of the table is what growth, change and exchange rates make of the text."""
    yield from _compare_estimates(tables, "table_and_text")
    frame = estimates(tables)
    exchanged = set(frame.loc[frame["how"] == "exchange", "figure"])
    values = frame[(frame["how"] == "printed") & (frame["origin"] != PUBLIC)]
    pairs = values.merge(related(tables, "currency"), left_on="indicator", right_on="left").add_prefix("a_")
    pairs = pairs.merge(values.add_prefix("b_"), left_on=["a_right", "a_region"], right_on=["b_indicator", "b_region"])
    pairs = pairs[(pairs["a_unit"] != pairs["b_unit"]) & ~pairs["a_figure"].isin(exchanged)]
    pairs = pairs[pairs["a_unit"] != pairs["a_indicator"].map(tables.indicators["unit"])].drop_duplicates("a_figure")
    for pair in iterate(pairs):  # in two currencies, and no exchange rate of the year
        yield Finding("table_and_text", "scope", "high", (estimated_side(pair, "a"), estimated_side(pair, "b")), ";")


def public(tables: Tables) -> Iterator[Finding]:
    """Public figures of the same scope say the same; those of another scope are told apart."""
    yield from _compare_estimates(tables, "public")
    yield from _compare_undated(tables)
    yield from _list_other_scopes(tables)


@lru_cache(maxsize=8)
def agreements(tables: Tables) -> pd.DataFrame:
    """Pairs of estimates of one quantity at one time (see `join`), without shared figures; `family` names the check."""
    frame = estimates(tables).reset_index(names="order")
    pairs = join(frame, frame, "indicator", "region", "unit", "slot")
    origin = pairs["a_origin"] | pairs["b_origin"]
    # A number made of the report's and a public one is compared with a printed one, not with another made up.
    mixed = [((pairs[f"{a}_origin"] > PUBLIC) & (pairs[f"{b}_how"] != "printed")) for a, b in ("ab", "ba")]
    kept = (pairs["a_order"] < pairs["b_order"]) & (origin != PUBLIC) & ~_share_figure(pairs) & ~mixed[0] & ~mixed[1]
    pairs = pairs.assign(origin=origin)[kept]
    used = pairs[["a_figure", "a_figure_2", "b_figure", "b_figure_2"]].to_numpy(dtype=object)
    pairs = pairs[~pd.Series([tuple(sorted(keys)) for keys in used], index=pairs.index, dtype=object).duplicated()]
    direct = (pairs["a_how"] == "printed") & (pairs["b_how"] == "printed")
    cases = [pairs["origin"] & PUBLIC > 0, direct, pairs["origin"] & (TABLE | TEXT) == TABLE | TEXT]
    return pairs.assign(family=np.select(cases, ["public", "same_quantity", "table_and_text"], "growth"))


def _share_figure(pairs: pd.DataFrame) -> pd.Series:
    """Pairs of estimates that rest on one and the same figure."""
    shared = pd.Series(False, index=pairs.index)
    for a in ("a_figure", "a_figure_2"):
        for b in ("b_figure", "b_figure_2"):
            shared |= (pairs[a] == pairs[b]) & (pairs[a] != "")
    return shared


def _agree(pairs: pd.DataFrame) -> np.ndarray:
    """Pairs whose two ranges have a value in common."""
    return ranges(pairs, "a").meets(ranges(pairs, "b"))


def _compare_estimates(tables: Tables, family: str) -> Iterator[Finding]:
    pairs = agreements(tables)
    pairs = pairs[pairs["family"] == family]
    for pair in iterate(pairs, agree=_agree(pairs)):
        sides = estimated_side(pair, "a"), estimated_side(pair, "b")
        if pair.a_how == "printed":  # what is computed stands first
            sides = sides[::-1]
        rough = "daily" in (pair.a_how, pair.b_how)
        yield compare(
            family, sides, "=", pair.agree,
            confidence=confidence_of(pair, least=int(rough)),
            variant="exchange" if "exchange" in (pair.a_how, pair.b_how) else "",
            otherwise="suspicious" if rough else "contradiction",
            values=_explain_gap(*sides), bounds_both_sides=True,
        )  # fmt: skip


def _explain_gap(computed: Side, printed: Side) -> tuple[tuple[str, object], ...]:
    """How many times one is the other, and the power of ten by which the second would meet the first, if there is one."""
    first, second = computed.value, printed.value
    if first.meets(second) or not first.value or not second.value:
        return ()
    times = abs(second.value / first.value)
    power = next((power for power in POWERS if (second * 10.0**-power).meets(first)), 0)
    return (("times", max(times, 1 / times)), *((("power", power),) if power else ()))


def _compare_undated(tables: Tables) -> Iterator[Finding]:
    """Undated figures of the report against public ones: one that agrees is enough, whatever its date."""
    values = select_values(comparable(tables))
    own = values[(values["origin"] != PUBLIC) & (values["slot"] == "")]
    pairs = join(own, values[values["origin"] == PUBLIC], "indicator", "region", "unit")
    pairs = pairs.assign(agree=_agree(pairs))
    pairs = pairs.sort_values(["a_figure", "agree", "b_last"], ascending=[True, False, False], kind="stable")
    for pair in iterate(pairs.drop_duplicates("a_figure")):
        sides = printed_side(pair, "a"), printed_side(pair, "b")
        yield compare(
            "public", sides, "=", pair.agree,
            confidence=confidence_of(pair, "b", least=1) if pair.agree else "low",
            variant="" if pair.agree else "undated", otherwise="suspicious",
            values=_explain_gap(*sides), bounds_both_sides=True,
        )  # fmt: skip


def _list_other_scopes(tables: Tables) -> Iterator[Finding]:
    """Public figures of another scope beside the report's nearest in time, told apart from it."""
    frame = select_values(numbers(tables))
    own, others = frame[frame["origin"] != PUBLIC], frame[frame["scope"] != ""]
    pairs = join(others, own, "indicator", "region", "unit")
    away = (pairs["a_last"] - pairs["b_last"]).abs()
    pairs = pairs.assign(away=away).sort_values(["a_figure", "away"], kind="stable").drop_duplicates("a_figure")
    for pair in iterate(pairs):
        sides = printed_side(pair, "b"), printed_side(pair, "a")
        yield Finding("public", "scope", confidence_of(pair, "a"), sides, sign=";", variant=pair.a_scope)


def over_time(tables: Tables) -> Iterator[Finding]:
    """A stock or a flow does not triple, or fall to a third, within a year."""
    frame = estimates(tables)
    frame = frame[frame["indicator"].map(tables.indicators["kind"]).isin(["stock", "flow"]) & (frame["value"] > 0)]
    average = frame["indicator"].isin(related(tables, "daily")["left"])  # of a day, however long the period
    pairs = _join_successive(frame[frame["how"] == "printed"], average)
    ratio = pairs["b_value"] / pairs["a_value"]
    years = np.maximum((pairs["b_last"] - pairs["a_last"]) / 12, 1.0)
    fast = np.exp(np.abs(np.log(ratio)) / years) > JUMP
    for pair in iterate(pairs, fast=fast, times=np.maximum(ratio, 1 / ratio), rise=ratio > 1):
        sides = printed_side(pair, "a"), printed_side(pair, "b")
        verdict, variant = ("suspicious", "rise" if pair.rise else "fall") if pair.fast else ("consistent", "")
        values = (("times", pair.times), ("most", JUMP))
        yield Finding("over_time", verdict, "low", sides, "→", variant, values=values)


def rates(tables: Tables) -> Iterator[Finding]:
    """A growth rate does not triple its quantity within a year."""
    frame = select_dated(report(tables))
    frame = frame[frame["measure"] == "growth_rate"]
    years = np.maximum((frame["last"] - frame["first"]) // 12, 1)
    for row in iterate(frame[(1 + frame["value"] / 100) > JUMP**years]):
        yield Finding("rates", "suspicious", "low", (printed_side(row),))


def _join_successive(frame: pd.DataFrame, average: pd.Series | bool = False) -> pd.DataFrame:
    """Printed values of one quantity, each beside the next in time (see `join`), at least one of them the report's.

    Flows of a year are not compared with those of a quarter, but for averages of a day.
    """
    first = frame["slot"].str.split(">").str[0].astype(int)
    flow = frame["slot"].str.contains(">")
    months = (frame["last"] - first + 1).where(flow & ~pd.Series(average, frame.index), 12)
    frame = frame.assign(first=first.where(flow, frame["last"]), months=months)
    same = ["indicator", "region", "unit", "months"]
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
    pairs = pairs[inside & ~_share_figure(pairs)]
    part, whole = ranges(pairs, "a"), ranges(pairs, "b")
    length = (pairs["a_last"] - pairs["a_first"] + 1) / (pairs["b_last"] - pairs["b_first"] + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        even = part.value / (whole.value * length.to_numpy(dtype=float))
    odd = (even > PRO_RATA) | ((even < 1 / PRO_RATA) & np.isfinite(whole.upper))
    for pair in iterate(pairs, more=part.above(whole), odd=odd):
        verdict = "contradiction" if pair.more else "suspicious" if pair.odd else "consistent"
        sides = estimated_side(pair, "a"), estimated_side(pair, "b")
        yield Finding("parts_of_periods", verdict, confidence_of(pair), sides, ">" if pair.more else "≤")


def cumulative(tables: Tables) -> Iterator[Finding]:
    """A cumulative count does not fall."""
    counted = tables.relations.loc[tables.relations["kind"] == "cumulative", "left"]
    frame = estimates(tables)
    pairs = _join_successive(frame[(frame["how"] == "printed") & frame["indicator"].isin(counted)])
    for pair in iterate(pairs, falls=ranges(pairs, "a").above(ranges(pairs, "b"))):
        sides = printed_side(pair, "a"), printed_side(pair, "b")
        yield compare("cumulative", sides, "≤", not pair.falls, confidence_of(pair))


def shares(tables: Tables) -> Iterator[Finding]:
    """A share lies between 0 and 100 %, unless one member can count more than once (two lines in a household)."""
    frame = report(tables)
    frame = frame[(frame["measure"] == "share") & (frame["unit"] == "%")]
    free = frame["indicator"].map(tables.indicators["may_exceed"]).astype(bool)
    # The range of a bounded share is cut at 100; what counts is the printed number.
    outside = (frame["value"] < 0) | (frame["value"] > 100)
    for row in iterate(frame, free=free, outside=outside):
        if row.free and not row.outside:
            continue
        bound = Interval.point(100.0 if row.value >= 0 else 0.0)
        verdict = "contradiction" if row.outside and not row.free else "consistent"
        sign = "≤" if row.value <= 100 else ">"
        sides = printed_side(row), Side("bound", value=bound, unit="%")
        yield Finding("shares", verdict, "high", sides, sign, "free" if row.free else "")
