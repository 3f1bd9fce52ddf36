"""What the package's relations say holds between quantities: totals, parts, lists, additions, places, rankings, shares."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.audit.estimates import (
    PUBLIC,
    by_indicator,
    comparable,
    each,
    estimates,
    join,
    like,
    related,
    report,
)
from helpers.audit.finding import CONFIDENCES, Finding, Side
from helpers.audit.finding import sign as found
from helpers.numbers.interval import Interval
from helpers.package.schema import QUANTITY_MEASURES
from helpers.package.tables import Tables

EXTENSIVE = ("count", "money", "area", "volume")  # dimensions whose values of places add up to that of the whole
LARGE = 10**6  # of so many, any share that can be printed is some k
LEFT_AT_MOST = 0.25  # of a stock and what was added; if more is gone by the end, it is worth a question


def totals(tables: Tables) -> Iterator[Finding]:
    """A total is the sum of its parts."""
    for name, left, parts in _groups(tables, "total"):
        found = _values(tables, left)
        columns = ["figure"]
        for number, part in enumerate(parts):
            found = _beside(found, _values(tables, part), f"p{number}")
            columns.append(f"p{number}_figure")
        total = sum((like(found, f"p{n}") for n in range(1, len(parts))), like(found, "p0"))
        whole = like(found)
        rows = zip(found[columns].to_numpy(), each(total), each(whole), total.meets(whole), found["sure"], strict=True)
        for keys, sum_, printed, agree, sure in rows:
            sides = Side("＋".join(["{}"] * len(parts)), tuple(keys[1:]), sum_), Side("{}", (keys[0],), printed)
            yield _finding("totals", agree, sure, sides, relation=name, pins=True)


def subsets(tables: Tables) -> Iterator[Finding]:
    """A part is no more than its whole."""
    return _ordered(tables, "subset", "subsets")


def _ordered(tables: Tables, kind: str, check: str) -> Iterator[Finding]:
    """Relations in which the left is no more than each on the right."""
    parts = related(tables, kind).merge(_plain(tables), left_on="left", right_on="indicator")
    parts = _above(tables, parts) if kind == "subset" else parts
    found = _beside(parts, _plain(tables), "w", named="right")
    part, all_ = like(found), like(found, "w")
    agree = ~np.asarray(part.above(all_), dtype=bool)
    for row, small, large, good in zip(found.itertuples(), each(part), each(all_), agree, strict=True):
        sides = Side("{}", (row.figure,), small), Side("{}", (row.w_figure,), large)
        yield _finding(check, good, row.sure, sides, relation=row.relation, sign="≤")


def quotients(tables: Tables) -> Iterator[Finding]:
    """A share is its part over its whole."""
    for name, left, (part, whole) in _groups(tables, "quotient"):
        found = _beside(_values(tables, left), _values(tables, part), "p", anyhow=True)
        found = _beside(found, _values(tables, whole), "w", anyhow=True)
        found = found[found["p_sort"] == found["w_sort"]]
        computed, printed = like(found, "p") / like(found, "w") * 100, like(found)
        keys = found[["figure", "p_figure", "w_figure"]].to_numpy()
        rows = zip(keys, each(computed), each(printed), computed.meets(printed), found["sure"], strict=True)
        for (share, one, two), result, said, agree, sure in rows:
            sides = Side("{}÷{}", (one, two), result, "%"), Side("{}", (share,), said)
            yield _finding("quotients", agree, sure, sides, relation=name, pins=True)


def same_count(tables: Tables) -> Iterator[Finding]:
    """Quantities that a relation calls the same have one value."""
    for name, left, others in _groups(tables, "same"):
        for other in others:
            found = _beside(_values(tables, left, "target"), _values(tables, other, "target"), "o")
            one, two = like(found), like(found, "o")
            keys = found[["figure", "o_figure"]].to_numpy()
            for (a, b), first, second, agree, sure in zip(
                keys, each(one), each(two), one.meets(two), found["sure"], strict=True
            ):
                sides = Side("{}", (a,), first), Side("{}", (b,), second)
                yield _finding("same_count", agree, sure, sides, relation=name, pins=True)


def lists(tables: Tables) -> Iterator[Finding]:
    """A stated count is the number of the things named."""
    for name, left, items in _groups(tables, "list"):
        found = _values(tables, left)
        count = Interval.point(float(len(items)))
        for key, value, agree in zip(found["figure"], each(like(found)), like(found).meets(count), strict=True):
            sides = Side("named", value=count), Side("{}", (key,), value)
            yield _finding("lists", agree, True, sides, relation=name, pins=True, values=(("items", tuple(items)),))


def one_time(tables: Tables) -> Iterator[Finding]:
    """Figures that a relation joins and one sentence gives are of one time."""
    joined = pd.concat([related(tables, kind) for kind in ("total", "quotient", "adds_to", "subset", "same")])
    values = _plain(tables)
    values = values[values["last"] >= 0]
    found = joined.merge(values, left_on="left", right_on="indicator")
    where = ["region", "source", "sentence"]
    others = values.add_prefix("o_").rename(columns={"o_indicator": "right"} | {f"o_{name}": name for name in where})
    found = found.merge(others, on=["right", *where])
    found = found[found["last"] != found["o_last"]]
    for row, a, b in zip(found.itertuples(), each(like(found)), each(like(found, "o")), strict=True):
        sides = Side("{}", (row.figure,), a), Side("{}", (row.o_figure,), b)
        yield Finding("one_time", "suspicious", "medium", sides, sign=";", values=(("relation", row.relation),))


def additions(tables: Tables) -> Iterator[Finding]:
    """What is added to a stock in a period is no more than the stock at its end, nor less than its growth."""
    frame = estimates(tables)
    kind, counted = (
        frame["indicator"].map(tables.indicators["kind"]),
        frame["unit"].map(tables.units["dimension"]) == "count",
    )
    frame = frame.assign(sort=frame["unit"].mask(counted, "count"))
    stocks, flows = frame[kind == "stock"], frame[(kind == "flow") & frame["how"].isin(["printed", "daily"])]
    flows = flows.merge(related(tables, "adds_to")[["left", "right"]], left_on="indicator", right_on="left")
    flows = flows.assign(before=flows["slot"].str.split(">").str[0].astype(int) - 1)
    ends = join(flows, stocks[stocks["how"] == "printed"], "region", "sort", "last", right="indicator")
    ends = ends[(ends["a_origin"] | ends["b_origin"]) != PUBLIC]
    new, stock = like(ends, "a"), like(ends, "b")
    more = np.asarray(new.above(stock), dtype=bool)
    for row, a, b, wrong in zip(ends.itertuples(index=False), each(new), each(stock), more, strict=True):
        sides = Side(row.a_formula, (row.a_one,), a, row.a_unit), Side("{}", (row.b_one,), b)
        confidence = CONFIDENCES[max(row.a_confidence, row.b_confidence)]
        verdict = "contradiction" if wrong else "consistent"
        yield Finding("additions", verdict, confidence, sides, found("≤", not wrong))
    starts = stocks.rename(columns={"last": "before"}).add_prefix("c_")
    where = ["a_region", "a_sort", "a_before", "a_right"]
    both = ends.merge(starts, left_on=where, right_on=["c_region", "c_sort", "c_before", "c_indicator"])
    both = both[(both["c_one"] != both["b_one"]) & (both["c_two"] != both["b_one"])]
    new, stock, before = like(both, "a"), like(both, "b"), like(both, "c")
    most = before + new
    over, gone = np.asarray(stock.above(most), dtype=bool), (most.value - stock.value) / most.value > LEFT_AT_MOST
    for row, a, b, wrong, odd in zip(both.itertuples(index=False), each(stock), each(most), over, gone, strict=True):
        keys = tuple(filter(None, (row.c_one, row.c_two, row.a_one)))
        sides = Side("{}", (row.b_one,), a), Side(f"{row.c_formula}＋{row.a_formula}", keys, b, row.b_unit)
        verdict = "contradiction" if wrong else "suspicious" if odd else "consistent"
        confidence = CONFIDENCES[max(row.a_confidence, row.b_confidence, row.c_confidence)]
        variant = "gone" if odd else "grown"
        yield Finding("additions", verdict, confidence, sides, found("≤", not wrong), variant, pins=True)


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
    part, whole = like(pairs, "a"), like(pairs, "b")
    more = np.asarray(part.above(whole), dtype=bool)
    for row, a, b, wrong in zip(pairs.itertuples(index=False), each(part), each(whole), more, strict=True):
        sides = Side(row.a_formula, tuple(filter(None, (row.a_one, row.a_two))), a), Side("{}", (row.b_one,), b)
        confidence = CONFIDENCES[max(row.a_confidence, row.b_confidence)]
        verdict = "contradiction" if wrong else "consistent"
        yield Finding("places", verdict, confidence, sides, found("≤", not wrong))


def scopes(tables: Tables) -> Iterator[Finding]:
    """Quantities that are named alike but counted in different scopes, told apart."""
    for name, left, others in _groups(tables, "scope"):
        for other in others:
            own, beside = _values(tables, left, "target"), _values(tables, other, "target").add_prefix("o_")
            pairs = own.merge(beside, left_on="region", right_on="o_region")
            pairs = own.merge(beside, how="cross") if pairs.empty else pairs
            away = (pairs["last"] - pairs["o_last"]).abs()
            pairs = pairs.assign(away=away).sort_values("away", kind="stable").drop_duplicates("region")
            for row, a, b in zip(pairs.itertuples(), each(like(pairs)), each(like(pairs, "o")), strict=True):
                sides = Side("{}", (row.figure,), a), Side("{}", (row.o_figure,), b)
                yield Finding("scopes", "scope", "high", sides, sign=";", values=(("relation", name),))


def rankings(tables: Tables) -> Iterator[Finding]:
    """A place is no better in a wider ranking; two regions do not share one; the first has the highest value."""
    yield from _ordered(tables, "ranked", "rankings")
    frame = report(tables)
    ranks = frame[(frame["measure"] == "rank") & (frame["qualifier"] == "exact")].reset_index(names="order")
    pairs = join(ranks, ranks, "indicator")
    level = pairs["a_region"].map(tables.regions["parent"]) == pairs["b_region"].map(tables.regions["parent"])
    pairs = pairs[(pairs["a_order"] < pairs["b_order"]) & (pairs["a_region"] != pairs["b_region"]) & level]
    equal, once = pairs["a_value"] == pairs["b_value"], pairs["a_slot"] == pairs["b_slot"]
    for row, a, b, tie, same_time in zip(
        pairs.itertuples(index=False), each(like(pairs, "a")), each(like(pairs, "b")), equal, once, strict=True
    ):
        sides = Side("{}", (row.a_figure,), a), Side("{}", (row.b_figure,), b)
        verdict = "scope" if not same_time else "suspicious" if tie else "consistent"
        yield Finding(
            "rankings", verdict, "medium", sides, sign=";", variant="tie" if verdict == "suspicious" else "places"
        )
    yield from _leaders(tables)


def _leaders(tables: Tables) -> Iterator[Finding]:
    """Values of a region above that of the region which a ranking by that value puts first."""
    frame = comparable(tables)
    for _, ranking, (indicator, *_) in _groups(tables, "ranks_by"):
        if tables.indicators.at[indicator, "direction"] != "up":
            continue  # the first would be the lowest
        first = frame[(frame["indicator"] == ranking) & (frame["value"] == 1) & (frame["measure"] == "rank")]
        values = frame[(frame["indicator"] == indicator) & frame["measure"].isin(QUANTITY_MEASURES)]
        leaders = join(first, values, "region", "last").add_prefix("l_")
        others = values[values["origin"] != PUBLIC].add_prefix("o_")
        pairs = leaders.merge(others, how="cross")
        pairs = pairs[(pairs["l_b_region"] != pairs["o_region"]) & (pairs["o_lower"] > pairs["l_b_upper"])]
        parent = tables.regions["parent"]
        together = pairs["l_b_region"].map(parent) == pairs["o_region"].map(parent)  # ranked with each other
        pairs = pairs[together & (pairs["l_b_unit"] == pairs["o_unit"])]
        alike = (pairs["o_last"] == pairs["l_b_last"]) | (pairs["o_last"] < 0)
        latest = pairs[alike].sort_values("l_b_last", kind="stable").drop_duplicates("o_figure", keep="last")
        for row in latest.itertuples(index=False):
            own = Side("{}", (row.o_figure,), Interval(row.o_lower, row.o_value, row.o_upper))
            leader = Side("{}", (row.l_b_figure,), Interval(row.l_b_lower, row.l_b_value, row.l_b_upper))
            verdict = "scope" if row.o_last < 0 else "contradiction"
            yield Finding(
                "rankings", verdict, "medium", (own, leader), sign=">", variant="leader",
                values=(("region", row.l_b_region),),
            )  # fmt: skip


def first_to_pass(tables: Tables) -> Iterator[Finding]:
    """Where the report says that its region was the first to pass a mark, no other place of its kind passed it before."""
    frame = comparable(tables)
    frame = frame[frame["measure"].isin(QUANTITY_MEASURES)]
    home, parent = tables.plan.region, tables.regions.at[tables.plan.region, "parent"]
    siblings = set(tables.regions.index[tables.regions["parent"] == parent]) - {home}
    ends = [*report(tables)["last"], tables.plan.target_year * 12 + 11]
    reported = int(max(ends))  # undated figures are of the time the report speaks of, at the latest
    for _, left, _ in _groups(tables, "first"):
        own = frame[(frame["indicator"] == left) & (frame["region"] == home)]
        marks = own[(own["qualifier"] == "over") & (own["origin"] != PUBLIC)]
        for mark in marks.itertuples(index=False):
            passed = own[(own["lower"] >= mark.lower) & (own["last"] >= 0)]["last"].min()
            when = reported if np.isnan(passed) else int(passed)
            others = frame[(frame["indicator"] == left) & frame["region"].isin(siblings) & (frame["last"] >= 0)]
            others = others[(others["lower"] > mark.value) & (others["last"] < when)].sort_values("last")
            sides = [Side("{}", (mark.figure,), Interval(mark.lower, mark.value, mark.upper))]
            before = others.drop_duplicates("region")
            sides += [
                Side("{}", (row.figure,), Interval(row.lower, row.value, row.upper)) for row in before.itertuples()
            ]
            verdict = "suspicious" if len(before) else "consistent"
            values = (("regions", tuple(before["region"])),)
            confidence = CONFIDENCES[max([1, *before["confidence"]])] if len(before) else "low"
            yield Finding("first_to_pass", verdict, confidence, tuple(sides), sign=";", values=values)


def possible_shares(tables: Tables) -> Iterator[Finding]:
    """A share is some k of n for the population that it names (the GRIM test of Brown and Heathers 2017)."""
    for name, left, (population, *_) in _groups(tables, "share_of"):
        found = _beside(_values(tables, left), _values(tables, population), "n", anyhow=True)
        found = found[(found["qualifier"] == "exact") & ~found["printed"].str.contains("/")]
        for row, share, stated in zip(found.itertuples(), each(like(found)), each(like(found, "n")), strict=True):
            most = int(min(stated.upper, LARGE))
            works = populations(share, most)
            named = works[works >= stated.lower]
            sides = Side("{}", (row.figure,), share), Side("{}", (row.n_figure,), stated)
            values = (("works", tuple(works[-4:].tolist())), ("relation", name))
            none = "contradiction" if row.sure else "suspicious"  # the population may be of another time
            verdict = "consistent" if len(named) else "scope" if len(works) else none
            yield Finding("possible_shares", verdict, "medium", sides, sign="of", values=values)


def populations(share: Interval, most: int) -> np.ndarray:
    """Every n up to `most` for which some k of n lies within a share in %."""
    n = np.arange(1, most + 1)
    slack = 1e-9
    low, high = np.ceil(share.lower / 100 * n - slack), np.floor(share.upper / 100 * n + slack)
    return n[(low <= high) & (high >= 0) & (low <= n)]


def _groups(tables: Tables, kind: str) -> Iterator[tuple[str, str, list[str]]]:
    """Relations of a kind: name, left, and what stands on the right."""
    for row in tables.relations[tables.relations["kind"] == kind].itertuples():
        yield row.Index, row.left, row.right.split()


def _plain(tables: Tables) -> pd.DataFrame:
    """The report's printed values, with `sure` for `_beside`."""
    frame = report(tables)
    return frame[frame["measure"].isin(QUANTITY_MEASURES)].assign(sure=True)


def _values(tables: Tables, indicator: str, otherwise: str = "") -> pd.DataFrame:
    """The report's printed values of a quantity, with `sure` for `_beside`; otherwise: a measure to use if there are none."""
    frame = by_indicator(tables).get(indicator, report(tables).iloc[:0]).assign(sure=True)
    values = frame[frame["measure"].isin(QUANTITY_MEASURES)]
    return values if len(values) or not otherwise else frame[frame["measure"] == otherwise]


def _above(tables: Tables, frame: pd.DataFrame) -> pd.DataFrame:
    """Values as those of their region and of each region that it lies in."""
    above = {}
    for region in frame["region"].unique():
        above[region] = [region]
        while parent := tables.regions["parent"].get(above[region][-1], ""):
            above[region].append(parent)
    return frame.assign(region=frame["region"].map(above)).explode("region") if above else frame


def _beside(frame: pd.DataFrame, other: pd.DataFrame, tag: str, anyhow: bool = False, named: str = "") -> pd.DataFrame:
    """Values of one region, time and unit (or any unit, `anyhow`) with those of another quantity, as columns `<tag>_…`.

    Undated values may be of any time; `sure` holds where both are dated alike, or undated in one paragraph.
    named: a column with the indicator of the other quantity, where it is not the same for all
    """
    left, right = (["region", named], ["region", "indicator"]) if named else (["region"], ["region"])
    found = frame.merge(other.add_prefix(f"{tag}_"), left_on=left, right_on=[f"{tag}_{name}" for name in right])
    found = found[(found["sort"] == found[f"{tag}_sort"]) | anyhow]
    flow, other_flow = found["kind"] == "flow", found[f"{tag}_kind"] == "flow"
    stock = (found["kind"] == "stock") | (found[f"{tag}_kind"] == "stock")
    whole = found["first"] == found[f"{tag}_first"]  # what is counted over a period has to cover the same one
    alike = (found["last"] == found[f"{tag}_last"]) & (whole | stock | ~(flow | other_flow))
    undated = (found["last"] < 0) | (found[f"{tag}_last"] < 0)
    here = found["source"] == found[f"{tag}_source"]
    sure = found["sure"] & alike & ((found["last"] >= 0) | here)
    return found.assign(sure=sure)[alike | undated]


def _finding(check, agree, sure, sides, relation, sign="=", pins=False, values=()) -> Finding:
    """A finding of a relation: what does not hold between figures of one time or paragraph cannot be."""
    verdict = "consistent" if agree else "contradiction" if sure else "suspicious"
    confidence = "high" if sure else "low" if not agree else "medium"
    variant = "" if agree or sure else "undated"
    return Finding(
        check, verdict, confidence, sides, sign=found(sign, bool(agree)), variant=variant, pins=pins,
        values=(*values, ("relation", relation)),
    )  # fmt: skip
