"""The scoreboard: every headline target in a year and a region, with completion, status and pace.

It reads the report's own figures and what they imply; public figures are shown beside them, never mixed in.
"""

from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.display.table import records_of
from helpers.evaluation.history import as_interval, derived, list_rows, stack
from helpers.evaluation.targets import FINAL, Pace, attained, completion, judge, pace, pace_status
from helpers.numbers import period
from helpers.numbers.interval import Interval
from helpers.package.schema import QUANTITY_MEASURES
from helpers.package.tables import Tables

MET_OR_NOT = ("rank", "range", "milestone")  # nothing beyond the target to exceed
SCORE = [
    "indicator", "headline", "year", "target", "target_upper", "actual", "form", "value", "lower", "upper", "reached",
    "printed", "printed_figure", "completion", "completion_lower", "completion_upper", "status", "reason", "due",
    "pace_linear", "pace_compound", "paces_differ",
]  # fmt: skip


def scoreboard(tables: Tables, year: int, region: str | None = None) -> pd.DataFrame:
    """Every headline indicator that has a target in the region, in a year; index is the indicator, in printed order.

    Columns: `headline`; `year`; `target`, `target_upper` (end of a range) and `actual` (keys of figures, empty if there
    is none); `form` of the actual (`printed`, `corrected`, `derived`); `value`, `lower`, `upper` of the actual in base
    units; `reached`, what that is in the terms of the target where they differ (average growth, reduction, lead);
    `printed`, the completion as printed in %, and `printed_figure`, its key; `completion`, `completion_lower`,
    `completion_upper` as computed; `status`; `reason` where a status cannot be given; `due`, the year of the target;
    `pace_linear`, `pace_compound`, and `paces_differ` where the two readings of the pace give different statuses.
    Use `tables.corrected` for the reading with errata.
    """
    region = region or tables.plan.region
    known, above = _group_headlines(tables), tables.regions["parent"].get(region, "")
    rows = [
        _score_indicator(
            tables,
            row,
            year,
            known.targets[region, row["indicator"]],
            [other for other in known.completions.get((region, row["indicator"]), []) if other["year"] == year],
            known.values.get((region, row["indicator"]), []) + known.values.get((above, row["indicator"]), []),
        )
        for row in known.indicators
        if (region, row["indicator"]) in known.targets
    ]
    return pd.DataFrame(rows, columns=SCORE).set_index("indicator")


class Headlines(NamedTuple):
    """Headline indicators in printed order, and what is known of each by region and indicator, in order.

    values: of the quantity itself, printed and derived; targets, completions: printed ones, of whole years
    """

    indicators: list[dict]
    values: dict[tuple[str, str], list[dict]]
    targets: dict[tuple[str, str], list[dict]]
    completions: dict[tuple[str, str], list[dict]]


@lru_cache(maxsize=8)  # once for the scoreboards of all years and regions
def _group_headlines(tables: Tables) -> Headlines:
    indicators = tables.indicators[tables.indicators["headline"].notna()].sort_values("headline", kind="stable")
    figures = tables.figures[tables.figures["indicator"].isin(indicators.index)]
    implied = derived(tables)
    implied = implied[implied["indicator"].isin(indicators.index)]
    whole = figures[figures["whole_year"]]
    return Headlines(
        records_of(indicators.reset_index(names="indicator")),
        # Within a year, the table stands before the text, and what is printed before what is derived.
        _group_by_place(stack([figures[figures["measure"].isin(QUANTITY_MEASURES)], implied])),
        _group_by_place(whole[whole["measure"] == "target"]),
        _group_by_place(whole[whole["measure"] == "completion"]),
    )


def _group_by_place(figures: pd.DataFrame) -> dict[tuple[str, str], list[dict]]:
    """Rows by region and indicator, in order."""
    groups: dict[tuple[str, str], list[dict]] = {}
    for row in list_rows(figures):
        groups.setdefault((row["region"], row["indicator"]), []).append(row)
    return groups


def _score_indicator(
    tables: Tables, row: dict, year: int, targets: list[dict], completions: list[dict], values: list[dict]
) -> dict:
    """A row of the scoreboard, from an indicator's targets, printed completions, and values here and in the region above."""
    years = [target["year"] for target in targets]
    due = min((other for other in years if other >= year), default=max(years))
    targets = sorted((target for target in targets if target["year"] == due), key=itemgetter("base"))
    target, kind, start = targets[0], row["target_kind"], tables.plan.baseline_year
    region = target["region"]
    score = dict.fromkeys(SCORE, np.nan) | {
        "indicator": row["indicator"], "headline": row["headline"], "year": year, "due": due, "target": target["figure"],
        "target_upper": targets[-1]["figure"] if len(targets) > 1 else "", "actual": "", "form": "",
        "printed_figure": "", "status": "no_data", "reason": "no_actual", "paces_differ": False,
    }  # fmt: skip
    if completions:
        score |= {"printed": completions[0]["value"], "printed_figure": completions[0]["figure"]}
    totalled = kind == "cumulative" and row["kind"] == "flow"
    if totalled:
        actuals = [other for other in values if _covers(other["period"], tables.plan.start_year, year)]
    else:
        actuals = [other for other in values if other["whole_year"] and other["year"] == year]
    actuals = [other for other in actuals if other["region"] == region]
    if not actuals:
        return score
    # What is in the target's unit can be compared with it, so it comes before what is in another currency.
    wanted = row["unit"] if kind in ("growth", "reduction") else target["base_unit"]
    actual = next((other for other in actuals if other["base_unit"] == wanted), actuals[0])
    value = as_interval(actual)
    score |= {"actual": actual["figure"], "form": actual["form"], "value": value.value}
    score |= {"lower": value.lower, "upper": value.upper}
    if actual["base_unit"] != target["base_unit"] and kind not in ("growth", "reduction"):
        return score | {"status": "undecided", "reason": "currency"}
    yearly = [other for other in values if other["whole_year"] and other["base_unit"] == actual["base_unit"]]
    above = tables.regions.at[region, "parent"]
    known = Known(
        value,
        Interval.point(0.0) if totalled else _find_value(yearly, region, start),
        _find_value(yearly, above, year),
        _find_value(yearly, above, start),
    )
    begun = tables.plan.start_year - 1 if totalled else start
    goals = [target["base"] for target in targets]
    return score | _status_row(tables, kind, actual, goals, known, year - begun, due - begun)


class Known(NamedTuple):
    """An indicator's value in a year and in the baseline year, here and in the region above; all in one unit."""

    value: Interval
    baseline: Interval | None
    reference: Interval | None
    reference_baseline: Interval | None


def _status_row(
    tables: Tables, kind: str, actual: dict, targets: list[float], known: Known, elapsed: int, whole: int
) -> dict:
    """Completion, status and pace of an actual against the target (two ends of a range), `elapsed` of `whole` years on."""
    plan, goal, upper = tables.plan, targets[0], targets[-1]
    reached = attained(kind, known.value, known.baseline, known.reference, elapsed)
    if reached is None:
        reason = "no_reference" if kind == "gap" else "no_baseline" if known.baseline is None else "no_base"
        return {"status": "undecided", "reason": reason}
    result = {"reason": "", "reached": np.nan if reached is known.value else float(reached.value)}
    done = completion(kind, reached, goal, upper)
    if done is not None:
        ends = {"completion": done.value, "completion_lower": done.lower, "completion_upper": done.upper}
        result |= {name: float(end) for name, end in ends.items()}
    exact = actual["form"] != "derived" and actual["qualifier"] == "exact" and reached is known.value
    strict = actual["form"] != "derived" and bool(actual["strict"])
    if kind == "growth" and elapsed < whole:  # what counts early is the level that the growth is to lead to
        where = judge("level", known.value / known.baseline, (1 + goal / 100) ** whole, None, False, strict)
    else:
        where = judge(kind, reached, goal, upper, exact, strict)
    if where == "beyond" and kind in MET_OR_NOT:
        where = "equal"
    if elapsed >= whole:
        return result | {"status": FINAL[where], "reason": "straddles" if where == "open" else ""}
    if where in ("beyond", "equal"):
        return result | {"status": "achieved_early"}
    if where == "open":
        return result | {"status": "undecided", "reason": "straddles"}
    if kind in MET_OR_NOT:
        return result | {"status": "undecided", "reason": "no_pace"}
    if known.baseline is None or (kind == "gap" and known.reference_baseline is None):
        return result | {"status": "undecided", "reason": "no_baseline"}
    ratio = _measure_pace(kind, known, reached, goal, elapsed, whole)
    if ratio is None:
        return result | {"status": "undecided", "reason": "no_pace"}
    linear = compound = pace_status(ratio.linear, plan.ahead, plan.on_track)
    if ratio.compound is not None:
        compound = pace_status(ratio.compound, plan.ahead, plan.on_track)
        result["pace_compound"] = float(ratio.compound.value)
    status = compound if kind == "growth" else linear  # a target that is a rate is followed by its rate
    reason = "straddles" if status == "undecided" else ""
    paces = {"pace_linear": float(ratio.linear.value), "paces_differ": compound != linear}
    return result | paces | {"status": status, "reason": reason}


def _measure_pace(kind: str, known: Known, reached: Interval, goal: float, elapsed: float, whole: float) -> Pace | None:
    """Pace in the terms of each kind of target: from where it starts to where it is to end."""
    start = Interval.point(1.0)
    if kind == "growth":
        return pace(known.value / known.baseline, (1 + goal / 100) ** whole, start, elapsed, whole)
    if kind == "reduction" and known.baseline.lower < 0:
        return None
    if kind == "reduction":
        return pace(known.value / known.baseline, 1 - goal / 100, start, elapsed, whole, falling=True)
    if kind == "gap":
        return pace(reached, goal, known.baseline - known.reference_baseline, elapsed, whole)
    return pace(known.value, goal, known.baseline, elapsed, whole, falling=kind == "cap")


def _covers(text: str, first: int, last: int) -> bool:
    """Is this the period from the beginning of one year to the end of another?"""
    point = period.parse(text)
    return point is not None and (point.first, point.last) == ((first, 1), (last, 12))


def _find_value(yearly: list[dict], region: str, year: int) -> Interval | None:
    rows = (row for row in yearly if row["region"] == region and row["year"] == year)
    return next(map(as_interval, rows), None)
