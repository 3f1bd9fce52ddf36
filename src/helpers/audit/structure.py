"""What the package's relations say holds between quantities: totals, parts, lists, additions, places, rankings, shares."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pandas as pd

from helpers.audit.estimates import estimates
from helpers.audit.figures import (
    PUBLIC,
    comparable,
    comparable_unit,
    list_relations,
    related,
    report,
    select_dated,
    select_values,
)
from helpers.audit.finding import CONFIDENCES, Finding, Side, compare
from helpers.audit.pairs import (
    add_ranges,
    confidence_of,
    figures_of,
    iterate,
    join,
    printed_side,
    range_of,
    ranges,
)
from helpers.numbers.interval import Interval
from helpers.package.schema import QUANTITY_MEASURES
from helpers.package.tables import Tables

EXTENSIVE = ("count", "money", "area", "volume")  # dimensions whose values of places add up to that of the whole
LARGE = 10**6  # of so many, any share that can be printed is some k
LEFT_AT_MOST = 0.25  # of a stock and what was added; if more is gone by the end, it is worth a question


def totals(tables: Tables) -> Iterator[Finding]:
    """A total is the sum of its parts."""
    for relation, left, parts in list_relations(tables, "total"):
        frame, tags = _select(tables, left), [f"p{number}" for number in range(len(parts))]
        for part, tag in zip(parts, tags, strict=True):
            frame = _join_beside(frame, _select(tables, part), tag)
        total = sum((ranges(frame, tag) for tag in tags[1:]), ranges(frame, tags[0]))
        for row in iterate(add_ranges(frame, "sum", total), agree=total.meets(ranges(frame))):
            keys = tuple(getattr(row, f"{tag}_figure") for tag in tags)
            sides = Side("＋".join(["{}"] * len(parts)), keys, range_of(row, "sum")), printed_side(row)
            yield _compare_related("totals", row, sides, relation)


def subsets(tables: Tables) -> Iterator[Finding]:
    """A part is no more than its whole, and what another thing has at least one of is no more than that."""
    return _compare_ordered(tables, "subsets", "subset", "at_most")


def _compare_ordered(tables: Tables, check: str, *kinds: str) -> Iterator[Finding]:
    """Relations in which the left is no more than each on the right."""
    values = _values(tables)
    parts = related(tables, *kinds).merge(values, left_on="left", right_on="indicator")
    parts = _repeat_above(tables, parts) if "subset" in kinds else parts
    pairs = _join_beside(parts, values, "w", named="right")
    for row in iterate(pairs, agree=~np.asarray(ranges(pairs).above(ranges(pairs, "w")), dtype=bool)):
        yield _compare_related(check, row, (printed_side(row), printed_side(row, "w")), row.relation, sign="≤")


def quotients(tables: Tables) -> Iterator[Finding]:
    """A share is its part over its whole."""
    for relation, left, (part, whole) in list_relations(tables, "quotient"):
        frame = _join_beside(_select(tables, left), _select(tables, part), "p", any_unit=True)
        frame = _join_beside(frame, _select(tables, whole), "w", any_unit=True)
        frame = frame[frame["p_comparable_unit"] == frame["w_comparable_unit"]]
        computed = ranges(frame, "p") / ranges(frame, "w") * 100
        for row in iterate(add_ranges(frame, "computed", computed), agree=computed.meets(ranges(frame))):
            quotient = Side("{}÷{}", (row.p_figure, row.w_figure), range_of(row, "computed"), "%")
            yield _compare_related("quotients", row, (quotient, printed_side(row)), relation)


def same_count(tables: Tables) -> Iterator[Finding]:
    """Quantities that a relation calls the same have one value."""
    values = _values_or_targets(tables)
    left = related(tables, "same").merge(values, left_on="left", right_on="indicator")
    pairs = _join_beside(left, values, "o", named="right")
    for row in iterate(pairs, agree=ranges(pairs).meets(ranges(pairs, "o"))):
        yield _compare_related("same_count", row, (printed_side(row), printed_side(row, "o")), row.relation)


def lists(tables: Tables) -> Iterator[Finding]:
    """A stated count is the number of the things named."""
    items = related(tables, "list").groupby(["relation", "left"], sort=False)["right"].agg(tuple).rename("items")
    frame = items.reset_index().merge(_values(tables), left_on="left", right_on="indicator")
    counts = Interval.point(frame["items"].map(len).to_numpy(dtype=float))
    for row in iterate(frame, agree=ranges(frame).meets(counts)):
        sides = Side("named", value=Interval.point(float(len(row.items)))), printed_side(row)
        yield _compare_related("lists", row, sides, row.relation, values=(("items", row.items),))


def one_time(tables: Tables) -> Iterator[Finding]:
    """Figures that a relation joins and one sentence gives are of one time."""
    kinds = [("total",), ("quotient",), ("adds_to",), ("subset", "at_most"), ("same",)]
    joined = pd.concat([related(tables, *alike) for alike in kinds])
    values = select_dated(_values(tables))
    values = values[values["sentence"] != ""]
    where = ["region", "document", "source", "sentence"]
    others = values.add_prefix("o_").rename(columns={"o_indicator": "right"} | {f"o_{name}": name for name in where})
    pairs = joined.merge(values, left_on="left", right_on="indicator").merge(others, on=["right", *where])
    for row in iterate(pairs[pairs["last"] != pairs["o_last"]]):
        sides, values = (printed_side(row), printed_side(row, "o")), (("relation", row.relation),)
        yield Finding("one_time", "suspicious", "medium", sides, sign=";", values=values)


def additions(tables: Tables) -> Iterator[Finding]:
    """What is added to a stock in a period is no more than the stock at its end, nor less than its growth."""
    frame = estimates(tables)
    frame = frame.assign(comparable_unit=comparable_unit(tables, frame["unit"]))
    kind = frame["indicator"].map(tables.indicators["kind"])
    stocks, flows = frame[kind == "stock"], frame[(kind == "flow") & frame["how"].isin(["printed", "daily"])]
    flows = flows.merge(related(tables, "adds_to")[["left", "right"]], left_on="indicator", right_on="left")
    flows = flows.assign(before=flows["slot"].str.split(">").str[0].astype(int) - 1)
    printed = stocks[stocks["how"] == "printed"]
    ends = join(flows, printed, "region", "comparable_unit", "last", right="indicator")
    ends = ends[(ends["a_origin"] | ends["b_origin"]) != PUBLIC]
    for row in iterate(ends, more=np.asarray(ranges(ends, "a").above(ranges(ends, "b")), dtype=bool)):
        sides = Side(row.a_formula, (row.a_figure,), range_of(row, "a"), row.a_unit), printed_side(row, "b")
        variant = "daily" if row.a_how == "daily" and not row.more else ""
        yield compare("additions", sides, "≤", not row.more, confidence_of(row), variant)
    starts = stocks.rename(columns={"last": "before"}).add_prefix("c_")
    where = ["a_region", "a_comparable_unit", "a_before", "a_right"]
    both = ends.merge(starts, left_on=where, right_on=["c_region", "c_comparable_unit", "c_before", "c_indicator"])
    both = both[(both["c_figure"] != both["b_figure"]) & (both["c_figure_2"] != both["b_figure"])]
    stock, most = ranges(both, "b"), ranges(both, "c") + ranges(both, "a")
    over, gone = np.asarray(stock.above(most), dtype=bool), (most.value - stock.value) / most.value > LEFT_AT_MOST
    for row in iterate(add_ranges(both, "most", most), over=over, gone=gone):
        keys = (*figures_of(row, "c"), row.a_figure)
        sum_ = Side(f"{row.c_formula}＋{row.a_formula}", keys, range_of(row, "most"), row.b_unit)
        verdict = "contradiction" if row.over else "suspicious" if row.gone else "consistent"
        yield Finding(
            "additions", verdict, confidence_of(row, "abc"), (printed_side(row, "b"), sum_), ">" if row.over else "≤",
            variant="gone" if row.gone else "grown", bounds_both_sides=True,
        )  # fmt: skip


def places(tables: Tables) -> Iterator[Finding]:
    """A place has no more of anything than the place that it lies in."""
    frame = estimates(tables)
    dimension = frame["unit"].map(tables.units["dimension"])
    kind = frame["indicator"].map(tables.indicators["kind"])
    frame = frame[dimension.isin(EXTENSIVE) & kind.isin(["stock", "flow"])]
    frame = frame.assign(parent=frame["region"].map(tables.regions["parent"]))
    parts = frame[frame["how"] != "forward"]
    pairs = join(parts, frame[frame["how"] == "printed"], "indicator", "unit", "slot", parent="region")
    pairs = pairs[(pairs["a_origin"] | pairs["b_origin"]) != PUBLIC]
    for row in iterate(pairs, more=np.asarray(ranges(pairs, "a").above(ranges(pairs, "b")), dtype=bool)):
        sides = Side(row.a_formula, figures_of(row, "a"), range_of(row, "a")), printed_side(row, "b")
        yield compare("places", sides, "≤", not row.more, confidence_of(row))


def scopes(tables: Tables) -> Iterator[Finding]:
    """Quantities that are named alike but counted in different scopes, told apart."""
    values = _values_or_targets(tables)
    named = related(tables, "scope").reset_index(drop=True).reset_index(names="order")
    own, others = named.merge(values, left_on="left", right_on="indicator"), values.add_prefix("o_")
    pairs = own.merge(others, left_on=["right", "region"], right_on=["o_indicator", "o_region"])
    apart = own[~own["order"].isin(pairs["order"])].merge(others, left_on="right", right_on="o_indicator")
    pairs = pd.concat([frame for frame in (pairs, apart) if len(frame)] or [pairs])  # in one place, else in any
    pairs = pairs.assign(away=(pairs["last"] - pairs["o_last"]).abs()).sort_values(["order", "away"], kind="stable")
    for row in iterate(pairs.drop_duplicates(["order", "region"])):
        sides, values = (printed_side(row), printed_side(row, "o")), (("relation", row.relation),)
        variant = "target" if "target" in (row.measure, row.o_measure) else ""
        yield Finding("scopes", "scope", "high", sides, sign=";", variant=variant, values=values)


def rankings(tables: Tables) -> Iterator[Finding]:
    """A place is no better in a wider ranking; two regions do not share one; the first has the highest value."""
    yield from _compare_ordered(tables, "rankings", "ranked")
    frame = report(tables)
    ranks = frame[(frame["measure"] == "rank") & (frame["qualifier"] == "exact")].reset_index(names="order")
    ranks = ranks.assign(parent=ranks["region"].map(tables.regions["parent"]))
    pairs = join(ranks, ranks, "indicator", "parent")
    pairs = pairs[(pairs["a_order"] < pairs["b_order"]) & (pairs["a_region"] != pairs["b_region"])]
    for row in iterate(pairs):
        tie = row.a_value == row.b_value
        verdict = "scope" if row.a_slot != row.b_slot else "suspicious" if tie else "consistent"
        variant = "tie" if verdict == "suspicious" else "places"
        sides = printed_side(row, "a"), printed_side(row, "b")
        yield Finding("rankings", verdict, "medium", sides, sign=";", variant=variant)
    yield from _compare_with_leaders(tables)


def _compare_with_leaders(tables: Tables) -> Iterator[Finding]:
    """Values of a region above that of the region which a ranking by that value puts first."""
    frame = comparable(tables)
    parent = tables.regions["parent"]
    for _, ranking, (indicator, *_) in list_relations(tables, "ranks_by"):
        if tables.indicators.at[indicator, "direction"] != "up":
            continue  # the first would be the lowest
        first = frame[(frame["indicator"] == ranking) & (frame["value"] == 1) & (frame["measure"] == "rank")]
        values = select_values(frame[frame["indicator"] == indicator])
        leaders = join(first, values, "region", "last").add_prefix("l_")
        others = values[values["origin"] != PUBLIC].add_prefix("o_")
        pairs = leaders.merge(others, how="cross")
        pairs = pairs[(pairs["l_b_region"] != pairs["o_region"]) & (pairs["o_lower"] > pairs["l_b_upper"])]
        together = pairs["l_b_region"].map(parent) == pairs["o_region"].map(parent)  # ranked with each other
        pairs = pairs[together & (pairs["l_b_unit"] == pairs["o_unit"])]
        alike = (pairs["o_last"] == pairs["l_b_last"]) | (pairs["o_last"] < 0)
        latest = pairs[alike].sort_values("l_b_last", kind="stable").drop_duplicates("o_figure", keep="last")
        for row in iterate(latest):
            sides, values = (printed_side(row, "o"), printed_side(row, "l_b")), (("region", row.l_b_region),)
            verdict = "scope" if row.o_last < 0 else "contradiction"
            yield Finding("rankings", verdict, "medium", sides, sign=">", variant="leader", values=values)


def first_to_pass(tables: Tables) -> Iterator[Finding]:
    """Where the report says that its region was the first to pass a mark, no other place of its kind passed it before."""
    frame = select_values(comparable(tables))
    home, parent = tables.plan.region, tables.regions.at[tables.plan.region, "parent"]
    siblings = set(tables.regions.index[tables.regions["parent"] == parent]) - {home}
    ends = [*report(tables)["last"], tables.plan.target_year * 12 + 11]
    reported = int(max(ends))  # undated figures are of the time the report speaks of, at the latest
    for _, left, _ in list_relations(tables, "first"):
        own = frame[(frame["indicator"] == left) & (frame["region"] == home)]
        for mark in iterate(own[(own["qualifier"] == "over") & (own["origin"] != PUBLIC)]):
            passed = select_dated(own[own["lower"] >= mark.lower])["last"].min()
            when = reported if np.isnan(passed) else int(passed)
            others = select_dated(frame[(frame["indicator"] == left) & frame["region"].isin(siblings)])
            others = others[(others["lower"] > mark.value) & (others["last"] < when)].sort_values("last")
            before = others.drop_duplicates("region")
            sides = printed_side(mark), *map(printed_side, iterate(before))
            verdict, confidence = "consistent", "low"
            if len(before):
                verdict, confidence = "suspicious", CONFIDENCES[max(1, before["confidence"].max())]
            values = (("regions", tuple(before["region"])),)
            yield Finding("first_to_pass", verdict, confidence, sides, sign=";", values=values)


def possible_shares(tables: Tables) -> Iterator[Finding]:
    """A share is some k of n for the population that it names (the GRIM test of Brown and Heathers 2017)."""
    values = _values(tables)
    shares = related(tables, "share_of").merge(values, left_on="left", right_on="indicator")
    pairs = _join_beside(shares, values, "n", any_unit=True, named="right")
    for row in iterate(pairs[(pairs["qualifier"] == "exact") & ~pairs["printed"].str.contains("/")]):
        works = populations(range_of(row), int(min(row.n_upper, LARGE)))
        values = (("works", tuple(works[-4:].tolist())), ("n", len(works)))
        none = "contradiction" if row.sure else "suspicious"  # the population may be of another time
        verdict = "consistent" if (works >= row.n_lower).any() else "scope" if len(works) else none
        sides = printed_side(row), printed_side(row, "n")
        yield Finding("possible_shares", verdict, "medium", sides, sign="of", values=values)


def populations(share: Interval, most: int) -> np.ndarray:
    """Every n up to `most` for which some k of n lies within a share in %."""
    n = np.arange(1, most + 1)
    slack = 1e-9
    low, high = np.ceil(share.lower / 100 * n - slack), np.floor(share.upper / 100 * n + slack)
    return n[(low <= high) & (high >= 0) & (low <= n)]


@lru_cache(maxsize=8)
def _values(tables: Tables) -> pd.DataFrame:
    """The report's printed values of quantities, with `sure` for `_join_beside`."""
    return select_values(report(tables)).assign(sure=True)


@lru_cache(maxsize=8)
def _values_or_targets(tables: Tables) -> pd.DataFrame:
    """The report's printed values of quantities, and the targets of those that have none (see `_values`)."""
    frame = report(tables).assign(sure=True)
    known = frame["measure"].isin(QUANTITY_MEASURES)
    return frame[known | ((frame["measure"] == "target") & ~frame["indicator"].isin(frame.loc[known, "indicator"]))]


def _select(tables: Tables, indicator: str) -> pd.DataFrame:
    values = _values(tables)
    return values[values["indicator"] == indicator]


def _repeat_above(tables: Tables, frame: pd.DataFrame) -> pd.DataFrame:
    """Values as those of their region and of each region that it lies in."""
    above = {}
    for region in frame["region"].unique():
        above[region] = [region]
        while (parent := tables.regions["parent"].get(above[region][-1], "")) and parent not in above[region]:
            above[region].append(parent)
    return frame.assign(region=frame["region"].map(above)).explode("region") if above else frame


def _join_beside(
    frame: pd.DataFrame, other: pd.DataFrame, tag: str, any_unit: bool = False, named: str = ""
) -> pd.DataFrame:
    """Values of one region, time and unit with those of another quantity, as columns `<tag>_…`.

    Undated values may be of any time; `sure` holds where both are dated alike, or undated in one paragraph.
    any_unit: join values in different units too; named: the column with the indicator of the other quantity, if it varies
    """
    left, right = (["region", named], ["region", "indicator"]) if named else (["region"], ["region"])
    pairs = frame.merge(other.add_prefix(f"{tag}_"), left_on=left, right_on=[f"{tag}_{name}" for name in right])
    pairs = pairs[(pairs["comparable_unit"] == pairs[f"{tag}_comparable_unit"]) | any_unit]
    flow, other_flow = pairs["kind"] == "flow", pairs[f"{tag}_kind"] == "flow"
    stock = (pairs["kind"] == "stock") | (pairs[f"{tag}_kind"] == "stock")
    whole = pairs["first"] == pairs[f"{tag}_first"]  # what is counted over a period has to cover the same one
    alike = (pairs["last"] == pairs[f"{tag}_last"]) & (whole | stock | ~(flow | other_flow))
    undated = (pairs["last"] < 0) | (pairs[f"{tag}_last"] < 0)
    here = (pairs["document"] == pairs[f"{tag}_document"]) & (pairs["source"] == pairs[f"{tag}_source"])
    sure = pairs["sure"] & alike & ((pairs["last"] >= 0) | here)
    return pairs.assign(sure=sure)[alike | undated]


def _compare_related(
    check: str, row, sides: tuple[Side, ...], relation: str, sign: str = "=", values: tuple = ()
) -> Finding:
    """A finding of a relation: what does not hold between figures of one time or paragraph cannot be.

    row: with `agree` (does the relation hold?) and `sure` (see `_join_beside`)
    """
    return compare(
        check, sides, sign, row.agree,
        confidence="high" if row.sure else "medium" if row.agree else "low",
        variant="" if row.agree or row.sure else "undated",
        otherwise="contradiction" if row.sure else "suspicious",
        values=(*values, ("relation", relation)), bounds_both_sides=sign == "=",
    )  # fmt: skip
