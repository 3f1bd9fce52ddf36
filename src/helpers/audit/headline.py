"""The table of headline indicators: its completions, what the text says of it, what its targets are worth."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from helpers.audit.estimates import estimates
from helpers.audit.figures import PUBLIC, comparable, list_relations, report, select_dated, select_values
from helpers.audit.finding import Finding, Side, compare
from helpers.audit.pairs import (
    ENDS,
    confidence_of,
    figures_of,
    iterate,
    join,
    printed_side,
    range_of,
    ranges,
)
from helpers.numbers.interval import Interval
from helpers.package.tables import Tables, corrected

COUNTED = {"without_data": "missing", "lagging": "short"}  # relations, and the standing that they count
FAR = 5  # times; a target so far from what was attained was hardly meant so


def completions(tables: Tables) -> Iterator[Finding]:
    """A printed completion is what its target and actual give, by the kind of the target; ranks have none."""
    frame = attained(tables)
    frame = frame[frame["printed_figure"] != ""]
    for row in iterate(frame, agree=ranges(frame).meets(ranges(frame, "printed"))):
        computed, printed = range_of(row), range_of(row, "printed")
        sides = Side(row.formula, row.keys, computed, "%"), printed_side(row, "printed")
        if row.kind == "rank":
            yield Finding("completions", "label", "high", sides, ";", "rank")
        elif np.isfinite(row.value):
            alike = row.kind == "cap" and (2 * 100 - computed).meets(
                printed
            )  # a cap's completion is written either way
            yield compare("completions", sides, "=", row.agree or alike, bounds_both_sides=True)


@lru_cache(maxsize=8)
def attained(tables: Tables) -> pd.DataFrame:
    """Targets of the region and year of each with the actual value: completion in %, as printed and computed.

    Index: indicator. Columns: `kind` of the target, `target`, `actual`, `printed_figure` (keys, empty where missing; no
    actual where yearly flows are added up), `formula`, `keys` (its figures), `lower`, `value`, `upper` (computed, NaN
    without an actual), `printed_…`, `standing` (`missing`, `short`, `reached`, `open` where the range straddles the
    target), `region`, `last`.
    """
    frame, same = select_dated(report(tables)), ["indicator", "region", "last"]
    targets = frame[(frame["measure"] == "target") & frame["figure"].isin(_list_final(tables))]
    targets = targets.sort_values("value", kind="stable")
    targets = targets.assign(end=targets.groupby(same)["value"].transform("max")).drop_duplicates(same)
    values = select_values(frame)
    total = (values["kind"] == "flow") & (values["indicator"].map(tables.indicators["target_kind"]) == "cumulative")
    values = values[~total | (values["first"] == tables.plan.start_year * 12)]
    pairs = join(targets, values, *same)
    # The actual beside the target in the table comes before one from the text.
    pairs = pairs.assign(beside=pairs["a_source"] == pairs["b_source"])
    pairs = pairs.sort_values("beside", ascending=False, kind="stable").drop_duplicates("a_figure")
    actuals = {row.a_figure: row for row in iterate(pairs)}
    printed = frame[frame["measure"] == "completion"].drop_duplicates(same)
    completions = {row.a_figure: row for row in iterate(join(targets, printed, *same))}
    rows = [
        _build_row(tables, target, actuals.get(target.figure), completions.get(target.figure))
        for target in iterate(targets)
    ]
    return pd.DataFrame(rows, columns=ATTAINED).set_index("indicator")


NOT_COMPARED = ("hold", "increase", "relative", "yearly")  # kinds that are about more than the value of one year


def _list_final(tables: Tables) -> set[str]:
    """Keys of the targets that one value or total can be compared with, the last ones where they were revised."""
    figures, indicators = tables.figures[tables.figures["measure"] == "target"], tables.indicators
    ceiling = (indicators["target_kind"] == "cumulative") & (indicators["direction"] == "down")
    named = indicators.index[~indicators["target_kind"].isin(NOT_COMPARED) & ~ceiling]
    figures = figures[figures["indicator"].isin(named)]
    last = figures.groupby(["indicator", "region", "year"], dropna=False)["since"].transform("max")
    return {*figures.index[figures["since"] == last]}


ATTAINED = [
    "indicator", "region", "last", "kind", "target", "actual", "formula", "keys", "standing", "printed_figure",
    "lower", "value", "upper", "printed_lower", "printed_value", "printed_upper",
]  # fmt: skip


def _build_row(tables: Tables, target, actual, completion) -> dict:
    """A row of `attained`: a target (its `end` is the other one of a range), its actual value and its printed completion."""
    kind = tables.indicators.at[target.indicator, "target_kind"]
    row = dict.fromkeys(ATTAINED, np.nan) | {
        "indicator": target.indicator, "region": target.region, "last": target.last, "kind": kind,
        "target": target.figure, "actual": "", "formula": "", "keys": (), "standing": "missing", "printed_figure": "",
    }  # fmt: skip
    if completion is not None:
        row |= {f"printed_{name}": getattr(completion, f"b_{name}") for name in ("figure", *ENDS)}
    if actual is not None:
        row |= {"actual": actual.b_figure, "keys": (actual.b_figure, target.figure), "standing": "open"}
        if actual.b_unit != target.unit and kind not in ("growth", "reduction"):
            return row
    reached = _sum_up(tables, target) if actual is None else _measure(tables, kind, target, actual)
    if reached is None:
        return row
    formula, keys, value = reached
    exact = actual is not None and not keys[1:] and actual.b_qualifier == "exact"
    standing = _judge(kind, value, target.value, target.end, exact)
    row |= {"keys": (*keys, target.figure), "standing": standing, "formula": "{}÷{}"}
    if kind == "rank":
        return row
    done, formula = _complete(kind, value, Interval.point(target.value), target.end, formula)
    return row | {"formula": formula, "lower": done.lower, "value": done.value, "upper": done.upper}


def _sum_up(tables: Tables, target) -> tuple[str, tuple, Interval] | None:
    """A total over the plan's years from the flow of each: formula, figures, range; None where a year is missing."""
    if (target.kind, tables.indicators.at[target.indicator, "target_kind"]) != ("flow", "cumulative"):
        return None
    values = _group_values(tables).get((target.indicator, target.region), ())
    flows = {(row.first, row.last): row for row in reversed(values) if row.unit == target.unit}
    years = [(year * 12, year * 12 + 11) for year in range(tables.plan.start_year, target.last // 12 + 1)]
    if not flows.keys() >= {*years}:
        return None
    parts = [flows[year] for year in years]
    total = Interval(*(float(np.sum([getattr(row, end) for row in parts])) for end in ENDS))
    return f"({'＋'.join(['{}'] * len(years))})", tuple(row.figure for row in parts), total


def _measure(tables: Tables, kind: str, target, actual) -> tuple[str, tuple, Interval] | None:
    """What was attained in the terms of the target: formula, figures, range; None without what it is measured against."""
    value, own, plan = range_of(actual, "b"), (actual.b_figure,), tables.plan
    if kind not in ("growth", "reduction", "gap"):
        return "{}", own, value
    if kind == "gap":
        reference = _find_value(tables, target.indicator, tables.regions.at[target.region, "parent"], target.last)
        return None if reference is None else ("({}－{})", (*own, reference.figure), value - range_of(reference))
    baseline = _find_value(tables, target.indicator, target.region, plan.baseline_year * 12 + 11)
    if baseline is None or baseline.lower <= 0:
        return None
    keys, ratio = (*own, baseline.figure), value / range_of(baseline)
    if kind == "reduction":
        return "(1－{}÷{})", keys, (1 - ratio) * 100
    if value.lower < 0:  # 不足10: nobody knows how far below, and what is below zero has no average growth
        return None
    years = target.last // 12 - plan.baseline_year
    return f"(({{}}÷{{}})^(1/{years})－1)", keys, (ratio ** (1 / years) - 1) * 100


def _find_value(tables: Tables, indicator: str, region: str, last: int):
    """A printed value of the report at the end of a year."""
    return next((row for row in _group_values(tables).get((indicator, region), ()) if row.last == last), None)


@lru_cache(maxsize=8)
def _group_values(tables: Tables) -> dict[tuple[str, str], list]:
    """Printed values of the report by indicator and region."""
    groups: dict[tuple[str, str], list] = {}
    for row in iterate(select_values(report(tables))):
        groups.setdefault((row.indicator, row.region), []).append(row)
    return groups


def _complete(kind: str, reached: Interval, target: Interval, end: float, formula: str) -> tuple[Interval, str]:
    """Completion in %, and its formula: reached over target, and the other way round past a target below zero or a cap."""
    if kind == "range":
        low, high = reached / target * 100, (2 - reached / end) * 100
        ends = (min(100.0, getattr(low, end), getattr(high, end)) for end in ENDS)
        return Interval(*ends), f"{formula}÷{{}}"
    if kind == "cap" or target.value < 0:
        return (2 - reached / target) * 100, f"2－{formula}÷{{}}"
    return reached / target * 100, f"{formula}÷{{}}"


def _judge(kind: str, reached: Interval, target: float, end: float, exact: bool) -> str:
    """Where the attained stands to the target: equal digits reach it, as plans count."""
    low = reached.value if exact else reached.lower
    high = reached.value if exact else reached.upper
    slack = 1e-9 * max(1.0, abs(target))
    if kind in ("cap", "rank"):
        low, high, target = -high, -low, -target
    if kind == "range":
        inside = target - slack <= low and high <= end + slack
        return "reached" if inside else "short" if high < target - slack or low > end + slack else "open"
    return "reached" if low >= target - slack else "short" if high < target - slack else "open"


def statements(tables: Tables) -> Iterator[Finding]:
    """What the text says of the table (how many lack data, how many lag, which ones) is what the table shows."""
    printed = at_target_year(tables)
    for reading, frame in (("printed", printed), ("errata", at_target_year(corrected(tables)))):
        for kind, standing in COUNTED.items():
            counted = list(frame.index[frame["standing"] == standing])
            if reading == "errata" and counted == list(printed.index[printed["standing"] == standing]):
                continue  # errata change nothing here
            possible = {*counted, *(frame.index[frame["standing"] == "open"] if standing == "short" else ())}
            count = Side("listed", tuple(frame.loc[counted, "target"]), Interval.point(float(len(counted))))
            for _, left, named in list_relations(tables, kind):
                stated = report(tables)
                for row in iterate(select_values(stated[stated["indicator"] == left])):
                    agree = row.lower <= len(named) <= row.upper and {*counted} <= {*named} <= possible
                    finding = compare(
                        "statements", (count, printed_side(row)), "=", agree,
                        confidence="high" if reading == "printed" else "medium",
                        variant=reading, otherwise="contradiction" if reading == "printed" else "suspicious",
                        values=(("items", tuple(counted)), ("kind", kind)), bounds_both_sides=reading == "printed",
                    )  # fmt: skip
                    # Our corrections are not in doubt here, nor what they leave as it is.
                    yield finding if reading == "printed" else replace(finding, evidence=count.figures)


def at_target_year(tables: Tables) -> pd.DataFrame:
    """Headline indicators of the plan's region in its target year, in printed order (see `attained`)."""
    frame = attained(tables)
    headline = tables.indicators["headline"]
    frame = frame[(frame["region"] == tables.plan.region) & (frame["last"] == tables.plan.target_year * 12 + 11)]
    return frame[frame.index.isin(headline.index[headline.notna()])].sort_index(key=lambda index: index.map(headline))


def equal_to_target(tables: Tables) -> Iterator[Finding]:
    """Actual values that repeat their target to the digit, where more would have been possible."""
    frame, figures = at_target_year(tables), report(tables)
    frame = frame[frame["actual"] != ""]
    named = {*frame["target"], *frame["actual"]}
    figures = {row.figure: row for row in iterate(figures[figures["figure"].isin(named)])}
    for row in iterate(frame):
        target, actual = figures[row.target], figures[row.actual]
        if target.value != actual.value or target.unit != actual.unit or row.kind in ("rank", "milestone"):
            continue
        ceiling = actual.kind == "share" and actual.value == 100
        verdict, variant = ("consistent", "ceiling") if ceiling else ("suspicious", "")
        sides = printed_side(actual), printed_side(target)
        yield Finding("equal_to_target", verdict, "low", sides, variant=variant)


def targets(tables: Tables) -> Iterator[Finding]:
    """A target lies ahead of what was known when the plan began, and near what was attained."""
    frame = select_dated(comparable(tables))
    kinds = tables.indicators["target_kind"]
    aims = frame[(frame["measure"] == "target") & (frame["origin"] != PUBLIC)]
    aims = aims[aims["indicator"].map(kinds).isin(["level", "cap", "rank"])]
    values = select_values(frame[frame["last"] < tables.plan.start_year * 12])
    pairs = join(aims, values, "indicator", "region", "unit")
    pairs = pairs[(pairs["b_kind"] != "flow") | (pairs["b_last"] - pairs["b_first"] == 11)]
    direction = np.where(pairs["a_indicator"].map(kinds).isin(["cap", "rank"]), -1.0, 1.0)
    worst = np.where(direction > 0, pairs["b_lower"], -pairs["b_upper"])
    for row in iterate(pairs[worst >= direction * pairs["a_value"]]):
        sides, rank = (printed_side(row, "b"), printed_side(row, "a")), kinds[row.a_indicator] == "rank"
        sign, variant = (";", "passed.rank") if rank else ("≤" if kinds[row.a_indicator] == "cap" else "≥", "passed")
        yield Finding("targets", "suspicious", confidence_of(row, "b", least=1), sides, sign, variant)
    known = estimates(tables)
    pairs = join(aims[aims["indicator"].map(kinds) != "rank"], known, "indicator", "region", "unit", "last")
    pairs = pairs[pairs["b_origin"] != PUBLIC]
    ratio = pairs["b_value"] / pairs["a_value"]
    far = (np.maximum(ratio, 1 / ratio) > FAR) & (ratio > 0)
    far &= ~(
        (pairs["a_unit"] == "%") & (pairs["a_indicator"].map(kinds) == "cap") & (ratio < 1)
    )  # shares fall to nothing
    for row in iterate(pairs[far & (pairs["a_slot"] == pairs["b_slot"])]):
        sides = Side(row.b_formula, figures_of(row, "b"), range_of(row, "b")), printed_side(row, "a")
        times = abs(row.a_value / row.b_value)
        sign, values = "≪" if row.b_value < row.a_value else "≫", (("times", max(times, 1 / times)),)
        variant = "far.printed" if row.b_how == "printed" else "far"
        yield Finding("targets", "suspicious", "medium", sides, sign, variant, values=values)
