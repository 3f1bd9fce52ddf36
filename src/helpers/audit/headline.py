"""The table of headline indicators: its completions, what the text says of it, what its targets are worth."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pandas as pd

from helpers.audit.estimates import PUBLIC, comparable, each, estimates, join, like, report
from helpers.audit.finding import CONFIDENCES, Finding, Side
from helpers.audit.finding import sign as found
from helpers.numbers.interval import Interval
from helpers.package.schema import QUANTITY_MEASURES
from helpers.package.tables import Tables, corrected

COUNTED = {"without_data": "missing", "lagging": "short"}  # relations, and the standing that they count
FAR = 5  # times; a target so far from what was attained was hardly meant so


def completions(tables: Tables) -> Iterator[Finding]:
    """A printed completion is what its target and actual give, by the kind of the target; ranks have none."""
    frame = attained(tables)
    frame = frame[frame["printed_figure"] != ""]
    computed, printed = like(frame), like(frame, "printed")
    rows = zip(frame.itertuples(), each(computed), each(printed), computed.meets(printed), strict=True)
    for row, result, said, agree in rows:
        sides = Side(row.formula, row.keys, result, "%"), Side("{}", (row.printed_figure,), said)
        if row.kind == "rank":
            yield Finding("completions", "label", "high", sides, ";", "rank")
        elif np.isfinite(result.value):
            alike = row.kind == "cap" and (2 * 100 - result).meets(said)  # a cap's completion is written either way
            verdict = "consistent" if agree or alike else "contradiction"
            yield Finding("completions", verdict, "high", sides, found("=", verdict == "consistent"), pins=True)


@lru_cache(maxsize=8)
def attained(tables: Tables) -> pd.DataFrame:
    """Targets of the region and year of each with the actual value: completion in %, as printed and computed.

    Index: indicator. Columns: `kind` of the target, `target`, `actual`, `printed_figure` (keys, empty where missing; no
    actual where yearly flows are added up), `formula`, `keys` (its figures), `lower`, `value`, `upper` (computed, NaN
    without an actual), `printed_…`, `standing` (`missing`, `short`, `reached`, `open` where the range straddles the
    target), `region`, `last`.
    """
    frame = report(tables)
    frame = frame[frame["last"] >= 0]
    targets = frame[frame["measure"] == "target"].sort_values("value", kind="stable")
    upper = targets.drop_duplicates(["indicator", "region", "last"], keep="last").set_index(
        ["indicator", "region", "last"]
    )
    targets = targets.drop_duplicates(["indicator", "region", "last"])
    values = frame[frame["measure"].isin(QUANTITY_MEASURES)]
    kinds = tables.indicators["target_kind"]
    total = (values["kind"] == "flow") & (values["indicator"].map(kinds) == "cumulative")
    values = values[~total | (values["first"] == tables.plan.start_year * 12)]
    pairs = join(targets, values, "indicator", "region", "last")
    # The actual beside the target in the table comes before one from the text.
    pairs = pairs.assign(same=pairs["a_source"] == pairs["b_source"])
    pairs = pairs.sort_values("same", ascending=False, kind="stable").drop_duplicates("a_figure").set_index("a_figure")
    said = frame[frame["measure"] == "completion"].drop_duplicates(["indicator", "region", "last"])
    said = join(targets, said, "indicator", "region", "last").set_index("a_figure")
    rows = []
    for target in targets.itertuples(index=False):
        row = pairs.loc[target.figure] if target.figure in pairs.index else None
        end = upper.loc[(target.indicator, target.region, target.last)]
        rows.append(
            _attained(tables, target, end, row, said.loc[target.figure] if target.figure in said.index else None)
        )
    return pd.DataFrame(rows, columns=ATTAINED).set_index("indicator")


ATTAINED = [
    "indicator", "region", "last", "kind", "target", "actual", "formula", "keys", "standing", "printed_figure",
    "lower", "value", "upper", "printed_lower", "printed_value", "printed_upper",
]  # fmt: skip


def _attained(tables: Tables, target, end: pd.Series, actual: pd.Series | None, printed: pd.Series | None) -> dict:
    """A row of `attained`: one target (`end`: the other end of a range), its actual value and its printed completion."""
    kind = tables.indicators.at[target.indicator, "target_kind"]
    row = {
        "indicator": target.indicator, "region": target.region, "last": target.last, "kind": kind,
        "target": target.figure, "actual": "", "formula": "", "keys": (), "standing": "missing",
        "printed_figure": "" if printed is None else printed["b_figure"],
    }  # fmt: skip
    row |= dict.fromkeys(("lower", "value", "upper", "printed_lower", "printed_value", "printed_upper"), np.nan)
    if printed is not None:
        row |= {f"printed_{name}": printed[f"b_{name}"] for name in ("lower", "value", "upper")}
    if actual is not None:
        row |= {"actual": actual["b_figure"], "keys": (actual["b_figure"], target.figure), "standing": "open"}
        if actual["b_unit"] != target.unit and kind not in ("growth", "reduction"):
            return row
    reached = _summed(tables, target) if actual is None else _reached(tables, kind, target, actual)
    if reached is None:
        return row
    formula, keys, value = reached
    exact = actual is not None and not keys[1:] and actual["b_qualifier"] == "exact"
    aim = Interval(float(target.lower), float(target.value), float(target.upper))
    row |= {
        "keys": (*keys, target.figure),
        "standing": _standing(kind, value, target.value, float(end["value"]), exact),
    }
    if kind == "rank":
        return row | {"formula": "{}÷{}"}
    done, formula = _done(kind, value, aim, float(end["value"]), formula)
    return row | {"formula": formula, "lower": done.lower, "value": done.value, "upper": done.upper}


def _summed(tables: Tables, target) -> tuple[str, tuple, Interval] | None:
    """A total over the plan's years from the flow of each: formula, figures, range; None where a year is missing."""
    if tables.indicators.loc[target.indicator, ["kind", "target_kind"]].tolist() != ["flow", "cumulative"]:
        return None
    frame = report(tables)
    here = (frame["indicator"] == target.indicator) & (frame["region"] == target.region)
    frame = frame[here & (frame["unit"] == target.unit) & frame["measure"].isin(QUANTITY_MEASURES)]
    years = [(year * 12, year * 12 + 11) for year in range(tables.plan.start_year, target.last // 12 + 1)]
    flows = frame.drop_duplicates(["first", "last"]).set_index(["first", "last"])
    if not set(years) <= set(flows.index):
        return None
    flows = flows.loc[years]
    total = Interval(*(float(flows[name].sum()) for name in ("lower", "value", "upper")))
    return f"({'＋'.join(['{}'] * len(years))})", tuple(flows["figure"]), total


def _reached(tables: Tables, kind: str, target, actual: pd.Series) -> tuple[str, tuple, Interval] | None:
    """What was attained in the terms of the target: formula, figures, range; None without what it is measured against."""
    value = Interval(*(float(actual[f"b_{name}"]) for name in ("lower", "value", "upper")))
    own = (actual["b_figure"],)
    if kind not in ("growth", "reduction", "gap"):
        return "{}", own, value
    plan = tables.plan
    if kind == "gap":
        reference = _known(tables, actual["b_indicator"], tables.regions.at[target.region, "parent"], target.last)
        return None if reference is None else ("({}－{})", (*own, reference[0]), value - reference[1])
    base = _known(tables, actual["b_indicator"], target.region, plan.baseline_year * 12 + 11)
    if base is None or base[1].lower <= 0:
        return None
    if kind == "reduction":
        return "(1－{}÷{})", (*own, base[0]), (1 - value / base[1]) * 100
    if value.lower < 0:  # 不足10: nobody knows how far below, and what is below zero has no average growth
        return None
    years = target.last // 12 - plan.baseline_year
    return f"(({{}}÷{{}})^(1/{years})－1)", (*own, base[0]), ((value / base[1]) ** (1 / years) - 1) * 100


def _known(tables: Tables, indicator: str, region: str, last: int) -> tuple[str, Interval] | None:
    """A printed value of the report at the end of a year."""
    frame = report(tables)
    found = frame[
        (frame["indicator"] == indicator) & (frame["region"] == region) & (frame["last"] == last)
        & frame["measure"].isin(QUANTITY_MEASURES)
    ]  # fmt: skip
    if found.empty:
        return None
    row = found.iloc[0]
    return row["figure"], Interval(row["lower"], row["value"], row["upper"])


def _done(kind: str, reached: Interval, target: Interval, upper: float, formula: str) -> tuple[Interval, str]:
    """Completion in %, and its formula: reached over target, and the other way round past a target below zero or a cap."""
    if kind == "range":
        low, high = reached / target * 100, (2 - reached / upper) * 100
        ends = zip((low.lower, low.value, low.upper), (high.lower, high.value, high.upper), strict=True)
        return Interval(*(min(100.0, a, b) for a, b in ends)), f"{formula}÷{{}}"
    if kind == "cap" or target.value < 0:
        return (2 - reached / target) * 100, f"2－{formula}÷{{}}"
    return reached / target * 100, f"{formula}÷{{}}"


def _standing(kind: str, reached: Interval, target: float, upper: float, exact: bool) -> str:
    """Where the attained stands to the target: equal digits reach it, as plans count."""
    low = reached.value if exact else reached.lower
    high = reached.value if exact else reached.upper
    slack = 1e-9 * max(1.0, abs(target))
    if kind in ("cap", "rank"):
        low, high, target = -high, -low, -target
    if kind == "range":
        inside = target - slack <= low and high <= upper + slack
        return "reached" if inside else "short" if high < target - slack or low > upper + slack else "open"
    return "reached" if low >= target - slack else "short" if high < target - slack else "open"


def statements(tables: Tables) -> Iterator[Finding]:
    """What the text says of the table (how many lack data, how many lag, which ones) is what the table shows."""
    printed = at_target_year(tables)
    for reading, frame in (("printed", printed), ("errata", at_target_year(corrected(tables)))):
        for kind, standing in COUNTED.items():
            for relation in tables.relations[tables.relations["kind"] == kind].itertuples():
                stated = report(tables)
                stated = stated[(stated["indicator"] == relation.left) & stated["measure"].isin(QUANTITY_MEASURES)]
                counted, named = list(frame.index[frame["standing"] == standing]), relation.right.split()
                possible = {*counted, *frame.index[frame["standing"] == "open"]} if standing == "short" else {*counted}
                for row in stated.itertuples(index=False):
                    told = row.lower <= len(named) <= row.upper
                    agree = told and {*counted} <= {*named} <= possible
                    if reading == "errata" and counted == list(printed.index[printed["standing"] == standing]):
                        continue  # errata change nothing here
                    verdict = "consistent" if agree else "contradiction" if reading == "printed" else "suspicious"
                    sides = (
                        Side("listed", tuple(frame.loc[counted, "target"]), Interval.point(float(len(counted)))),
                        Side("{}", (row.figure,), Interval(row.lower, row.value, row.upper)),
                    )
                    values = (("items", tuple(counted)), ("kind", kind))
                    confidence = "high" if reading == "printed" else "medium"
                    yield Finding(
                        "statements",
                        verdict,
                        confidence,
                        sides,
                        found("=", agree),
                        reading,
                        values=values,
                        pins=reading == "printed",
                    )


def at_target_year(tables: Tables) -> pd.DataFrame:
    """Headline indicators of the plan's region in its target year, in printed order (see `attained`)."""
    frame = attained(tables)
    headline = tables.indicators["headline"]
    frame = frame[(frame["region"] == tables.plan.region) & (frame["last"] == tables.plan.target_year * 12 + 11)]
    return frame[frame.index.isin(headline.index[headline.notna()])].sort_index(key=lambda index: index.map(headline))


def equal_to_target(tables: Tables) -> Iterator[Finding]:
    """Actual values that repeat their target to the digit, where more would have been possible."""
    frame, figures = at_target_year(tables), report(tables).set_index("figure")
    for row in frame[frame["actual"] != ""].itertuples():
        target, actual = figures.loc[row.target], figures.loc[row.actual]
        if target["value"] != actual["value"] or target["unit"] != actual["unit"] or row.kind in ("rank", "milestone"):
            continue
        ceiling = actual["kind"] == "share" and actual["value"] == 100
        sides = tuple(
            Side("{}", (side.name,), Interval(side["lower"], side["value"], side["upper"])) for side in (actual, target)
        )
        verdict, variant = ("consistent", "ceiling") if ceiling else ("suspicious", "")
        yield Finding("equal_to_target", verdict, "low", sides, variant=variant)


def targets(tables: Tables) -> Iterator[Finding]:
    """A target lies ahead of what was known when the plan began, and near what was attained."""
    frame = comparable(tables)
    kinds = tables.indicators["target_kind"]
    aims = frame[(frame["measure"] == "target") & (frame["last"] >= 0) & (frame["origin"] != PUBLIC)]
    aims = aims[aims["indicator"].map(kinds).isin(["level", "cap", "rank"])]
    values = frame[frame["measure"].isin(QUANTITY_MEASURES) & (frame["last"] >= 0)]
    values = values[values["last"] < tables.plan.start_year * 12]
    pairs = join(aims, values, "indicator", "region", "unit")
    pairs = pairs[(pairs["b_kind"] != "flow") | (pairs["b_last"] - pairs["b_first"] == 11)]
    sign = np.where(pairs["a_indicator"].map(kinds).isin(["cap", "rank"]), -1.0, 1.0)
    worst = np.where(sign > 0, pairs["b_lower"], -pairs["b_upper"])
    passed = worst >= sign * pairs["a_value"]
    chosen = pairs[passed]
    rows = zip(chosen.itertuples(index=False), each(like(chosen, "a")), each(like(chosen, "b")), strict=True)
    for row, aim, value in rows:
        sides = Side("{}", (row.b_figure,), value), Side("{}", (row.a_figure,), aim)
        confidence = CONFIDENCES[max(1, row.b_confidence)]
        yield Finding("targets", "suspicious", confidence, sides, sign="≥", variant="passed")
    known = estimates(tables)
    pairs = join(aims[aims["indicator"].map(kinds) != "rank"], known, "indicator", "region", "unit", "last")
    pairs = pairs[pairs["b_origin"] != PUBLIC]
    ratio = pairs["b_value"] / pairs["a_value"]
    far = (np.maximum(ratio, 1 / ratio) > FAR) & (ratio > 0)
    beside = pairs["a_slot"] == pairs["b_slot"]
    chosen = pairs[far & beside]
    rows = zip(chosen.itertuples(index=False), each(like(chosen, "a")), each(like(chosen, "b")), strict=True)
    for row, aim, value in rows:
        sides = (
            Side(row.b_formula, tuple(filter(None, (row.b_one, row.b_two))), value),
            Side("{}", (row.a_figure,), aim),
        )
        times = abs(row.a_value / row.b_value)
        yield Finding(
            "targets",
            "suspicious",
            "medium",
            sides,
            sign="≪" if row.b_value < row.a_value else "≫",
            variant="far",
            values=(("times", max(times, 1 / times)),),
        )
