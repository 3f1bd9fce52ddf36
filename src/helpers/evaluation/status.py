"""Completion, status and pace of one actual against one target, before its year and from then on."""

from typing import NamedTuple

import numpy as np

from helpers.evaluation.targets import (
    FINAL,
    Goal,
    attained,
    completion,
    judge_goal,
    pace,
    pace_status,
    recedes,
)
from helpers.numbers.interval import Interval
from helpers.package.schema import Plan

COMPUTED = ("growth", "reduction", "increase")  # kinds that compare a value with that of an earlier year
MET_OR_NOT = ("rank", "range", "milestone", "hold", "relative")  # nothing beyond the target to exceed
EVERY_YEAR = ("hold", "relative")  # what holds so far must still hold in the years to come


class Known(NamedTuple):
    """An indicator's value in a year and in the baseline year, here and in the region above; all in one unit."""

    value: Interval
    baseline: Interval | None = None
    reference: Interval | None = None
    reference_baseline: Interval | None = None


class Case(NamedTuple):
    """What is judged: a target of a kind, compared as `bound`, and what is known `elapsed` of `whole` years on.

    exact: are the actual and, where it is computed with, the baseline numbers printed without qualifier? strict: is the
    end of the actual's range excluded? total: is it a total that grows from zero? chained: is the value made of rates or
    changes, so that it is no value of the indicator?
    """

    kind: str
    bound: str
    goal: Goal
    known: Known
    elapsed: int
    whole: int
    exact: bool = False
    strict: bool = False
    total: bool = False
    chained: bool = False


def assess(plan: Plan, case: Case) -> dict:
    """Fields `status`, `reason`, `reached`, `completion…`, `pace…` of a row of the scoreboard, those that are known."""
    kind, goal, known = case.kind, case.goal, case.known
    if kind in COMPUTED and case.elapsed <= 0:
        return {"status": "undecided", "reason": "no_pace"}
    reached = attained(kind, known.value, known.baseline, known.reference, case.elapsed)
    if reached is None:
        reason = "no_reference" if kind == "gap" else "no_baseline" if known.baseline is None else "no_base"
        return {"status": "undecided", "reason": reason}
    own = reached is known.value
    result = {"reason": "", "reached": np.nan if own and not case.chained else float(reached.value)}
    done = completion(case.bound, reached, goal.value, goal.upper)
    if done is not None and not (case.bound == "range" and goal.upper is None):
        ends = {"completion": done.value, "completion_lower": done.lower, "completion_upper": done.upper}
        result |= {name: float(end) for name, end in ends.items()}
    exact = case.exact and (own or _equals(reached, goal))
    if kind == "growth" and case.elapsed < case.whole:  # what counts early is the level that the growth is to lead to
        where = judge_goal("level", known.value / known.baseline, _compound(goal, case.whole), False, case.strict)
    else:
        where = judge_goal(case.bound, reached, goal, exact, case.strict)
    if where == "beyond" and kind in MET_OR_NOT:
        where = "equal"
    if case.elapsed >= case.whole:
        return result | {"status": FINAL[where], "reason": "straddles" if where == "open" else ""}
    if kind in EVERY_YEAR:
        return result | _follow(where)
    if kind == "growth" and goal.value <= 0:  # no level to get to early, and no pace: the average so far counts
        return result | _follow(judge_goal(case.bound, reached, goal, exact, case.strict))
    if case.total and case.bound == "cap":
        return result | _follow_ceiling(plan, case, where)
    if case.total and goal.value < 0 and where != "short":  # years to come can still take a total below such a floor
        return result | {"status": "undecided", "reason": "no_pace"}
    if where in ("beyond", "equal"):
        return result | {"status": "achieved_early"}
    follow = _follow_pace(plan, case, reached)
    if where == "open":  # it may be reached already
        early = follow["status"] in ("ahead", "on_track") or follow.get("reason") == "on_or_ahead"
        return result | {"status": "undecided", "reason": "on_or_ahead" if early else "straddles"}
    return result | follow


def _equals(reached: Interval, goal: Goal) -> bool:
    """Do the printed digits come to the target itself, as 6.5 and 6.5 on average do to 6.5?"""
    return bool(abs(reached.value - goal.value) <= 1e-9 * max(abs(goal.value), 1.0))


def _compound(goal: Goal, years: int) -> Goal:
    """The growth factor over some years that a rate of annual growth in % leads to."""
    around = goal.around and (goal.around * 0.01 + 1) ** years
    return Goal((1 + goal.value / 100) ** years, None, goal.excluded, around)


def _follow(where: str) -> dict:
    """Status before its year of a target that must hold all the time."""
    status = {"short": "behind", "open": "undecided"}.get(where, "on_track")
    return {"status": status, "reason": "straddles" if where == "open" else ""}


def _follow_ceiling(plan: Plan, case: Case, where: str) -> dict:
    """Status before its year of a total that is not to pass a ceiling: time gone against the share that is used up."""
    if where == "short" or case.goal.value <= 0:
        return {
            "status": "behind" if where == "short" else "undecided",
            "reason": "" if where == "short" else "no_pace",
        }
    if case.known.value.upper <= 0:
        return {"status": "ahead", "reason": ""}
    used = case.known.value / case.goal.value
    used = Interval(max(used.lower, 1e-12), max(used.value, 1e-12), used.upper)
    ratio = Interval.point(case.elapsed / case.whole) / used
    status = pace_status(ratio, plan.ahead, plan.on_track)
    more = {"pace_linear": float(ratio.value), "paces_differ": False}
    return more | {"status": status, "reason": _explain_pace(plan, status, ratio)}


def _follow_pace(plan: Plan, case: Case, reached: Interval) -> dict:
    """Status by pace of a target that is not reached before its year."""
    kind, known = case.kind, case.known
    if kind in MET_OR_NOT or case.elapsed <= 0:
        return {"status": "undecided", "reason": "no_pace"}
    if known.baseline is None or (kind == "gap" and known.reference_baseline is None):
        return {"status": "undecided", "reason": "no_baseline"}
    terms = _name_terms(case, reached)
    ratio = pace(*terms[:3], case.elapsed, case.whole, terms[3]) if terms else None
    result = {"paces_differ": False}
    if ratio is not None:
        linear = compound = pace_status(ratio.linear, plan.ahead, plan.on_track)
        if ratio.compound is not None:
            compound = pace_status(ratio.compound, plan.ahead, plan.on_track)
            result["pace_compound"] = float(ratio.compound.value)
        result |= {"pace_linear": float(ratio.linear.value), "paces_differ": compound != linear}
    if terms and recedes(*terms):
        return result | {"status": "behind", "paces_differ": False}
    if ratio is None:
        return {"status": "undecided", "reason": "no_pace"}
    if kind == "growth" and ratio.compound is not None:  # a target that is a rate is followed by its rate
        return result | {"status": compound, "reason": _explain_pace(plan, compound, ratio.compound)}
    return result | {"status": linear, "reason": _explain_pace(plan, linear, ratio.linear)}


def _explain_pace(plan: Plan, status: str, ratio: Interval) -> str:
    """Reason why a pace gives no status: its range lies between two, which may both be on or ahead of schedule."""
    if status != "undecided":
        return ""
    return "on_or_ahead" if ratio.lower >= plan.on_track else "pace_straddles"


def _name_terms(case: Case, reached: Interval) -> tuple[Interval, float, Interval, bool] | None:
    """Actual, target and baseline in the terms of the kind of target, and whether the way leads down; None without any."""
    kind, goal, known = case.kind, case.goal.value, case.known
    start = Interval.point(1.0)
    if kind == "growth":
        return known.value / known.baseline, (1 + goal / 100) ** case.whole, start, False
    if kind == "reduction":
        return (known.value / known.baseline, 1 - goal / 100, start, True) if known.baseline.lower > 0 else None
    if kind == "increase":
        return reached, goal, Interval.point(0.0), False
    if kind == "gap":
        return reached, goal, known.baseline - known.reference_baseline, False
    return known.value, goal, known.baseline, case.bound == "cap"


def assess_years(case: Case, years: list[list[tuple[Interval, bool, bool]]], whole_period: bool) -> dict:
    """As `assess`, of a value to be kept: in every year so far, or on average where the target spans the plan.

    years: the values of each year from the first one on, each with `exact` and `strict` as in a Case; empty where the
    year has none. The last year has one value, that of the case.
    """
    if whole_period:
        return _assess_average(case, years)
    wheres = [{judge_goal(case.bound, value, case.goal, *more) for value, *more in values} for values in years]
    known = [value for values in years for value, *_ in values]
    worst = (max if case.bound == "cap" else min)(known, key=lambda value: value.value)
    failed = [where == {"short"} for where in wheres]
    reason = ""
    if not any(failed):
        if not all(wheres):
            reason = "years_missing"
        elif any("short" in where for where in wheres):
            reason = "two_values"
        elif any("open" in where for where in wheres):
            reason = "straddles"
    status = "behind" if any(failed) else "on_track"
    if case.elapsed >= case.whole:
        status = "missed" if any(failed) else "met"
    reached = np.nan if worst.value == case.known.value.value else float(worst.value)
    return _complete(case, worst) | {
        "status": "undecided" if reason else status, "reason": reason, "reached": reached,
    }  # fmt: skip


def _assess_average(case: Case, years: list[list[tuple[Interval, bool, bool]]]) -> dict:
    if not all(years) or any(len(values) > 1 for values in years):
        return {"status": "undecided", "reason": "two_values" if all(years) else "years_missing"}
    values = [value for ((value, *_),) in years]
    mean = sum(values[1:], values[0]) * (1 / len(values))
    exact = all(exact for ((_, exact, _),) in years) and (len(values) == 1 or _equals(mean, case.goal))
    where = judge_goal(case.bound, mean, case.goal, exact, any(strict for ((*_, strict),) in years))
    reached = np.nan if len(values) == 1 else float(mean.value)
    result = _complete(case, mean) | {"reached": reached}
    if case.elapsed < case.whole:
        return result | _follow(where)
    status = FINAL["equal" if where == "beyond" else where]
    return result | {"status": status, "reason": "straddles" if where == "open" else ""}


def _complete(case: Case, reached: Interval) -> dict:
    done = completion(case.bound, reached, case.goal.value)
    if done is None:
        return {}
    return {
        "completion": float(done.value), "completion_lower": float(done.lower), "completion_upper": float(done.upper),
    }  # fmt: skip
