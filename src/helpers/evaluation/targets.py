"""One target against one actual value: what was attained, completion, status and pace.

Everything is computed in base units with the interval that the printed numbers leave (`interval.Interval`).
Nothing here is rounded for display, and nothing knows tables.
"""

from typing import NamedTuple

from helpers.numbers.interval import Interval

LOWER_IS_BETTER = ("cap", "rank")
BY_DIRECTION = (
    "hold",
    "yearly",
    "cumulative",
)  # kinds that are a floor or a ceiling, as the indicator's direction says
FINAL = {"beyond": "exceeded", "equal": "met", "short": "missed", "open": "undecided"}


def attained(
    kind: str,
    actual: Interval,
    baseline: Interval | None = None,
    reference: Interval | None = None,
    years: int | None = None,
) -> Interval | None:
    """What has been attained, in the terms of the target; `None` where what it is measured against is missing.

    - `level`, `cap`, `range`, `rank`, `cumulative` (total over the period), `milestone` (1 or 0): the actual itself
    - `hold`, `yearly`: the actual itself; `relative`: the lead in growth, which is given as the actual
    - `growth`: average annual growth since the baseline, in %, over `years`
    - `reduction`: fall against the baseline, in %
    - `increase`: rise over the baseline, in the unit of the actual
    - `gap`: lead over the reference (such as the national value), in the unit of the actual
    """
    if kind == "growth":
        if baseline is None or not years or baseline.lower <= 0 or actual.lower < 0:
            return None
        return ((actual / baseline) ** (1 / years) - 1) * 100
    if kind == "reduction":
        if baseline is None or baseline.lower <= 0 <= baseline.upper:
            return None
        left = actual / baseline
        return (1 - left if baseline.lower > 0 else left - 1) * 100
    if kind == "increase":
        return None if baseline is None else actual - baseline
    if kind == "gap":
        return None if reference is None else actual - reference
    return actual


def completion(kind: str, reached: Interval, target: float, upper: float | None = None) -> Interval | None:
    """Completion in %, 100 where the target is reached; `None` where a percentage says nothing.

    `100 + 100 * (reached - target) / |target|`, which is `reached / target` for positive targets and keeps its sense for
    negative ones; for a cap the difference counts the other way. A ranking and a target of zero have no percentage.
    reached, target, upper (end of a range): in one unit.
    """
    if kind == "rank":
        return None
    if kind == "range":
        below, above = completion("level", reached, target), completion("cap", reached, upper)
        if below is None or above is None:
            return None
        return Interval(*(min(100.0, getattr(below, end), getattr(above, end)) for end in ("lower", "value", "upper")))
    if target == 0:
        return None
    if kind == "cap":
        reached, target = -reached, -target
    return (reached - target) * (100 / abs(target)) + 100


class Goal(NamedTuple):
    """A target in base units: its value, the end of a range, and how it is meant.

    excluded: is the number itself not enough (＞92.7)? around: the range that an approximate target (5%左右) stands for
    """

    value: float
    upper: float | None = None
    excluded: bool = False
    around: Interval | None = None


def bound_of(kind: str, direction: str) -> str:
    """What is compared with a target: `rank` and `range` as they are, else `level` (a floor) or `cap` (a ceiling)."""
    if kind in ("rank", "range", "cap"):
        return kind
    return "cap" if kind in BY_DIRECTION and direction == "down" else "level"


def judge_goal(bound: str, reached: Interval, goal: Goal, exact: bool, strict: bool) -> str:
    """Where the attained stands to a target (see `judge`); an approximate one is reached within its range."""
    if goal.around is None:
        return judge(bound, reached, goal.value, goal.upper, exact, strict, goal.excluded)
    near, far = goal.around.lower, goal.around.upper
    if bound in LOWER_IS_BETTER:
        near, far = far, near
    where = judge(bound, reached, near, None, exact, strict)
    if where in ("short", "open"):
        return where
    return "beyond" if judge(bound, reached, far, None, exact, strict) == "beyond" else "equal"


def judge(
    kind: str,
    reached: Interval,
    target: float,
    upper: float | None,
    exact: bool,
    strict: bool,
    excluded: bool = False,
) -> str:
    """Where the attained stands to the target: `beyond`, `equal`, `short` or `open` (the interval straddles it).

    exact: a number printed without qualifier, compared by its digits, as plans do; strict: its bound itself is excluded
    (`over`, `under`); excluded: the target itself does not reach it (＞92.7).
    """
    if kind == "range":
        ends = [judge(end, reached, goal, None, exact, strict) for end, goal in (("level", target), ("cap", upper))]
        return "short" if "short" in ends else "open" if "open" in ends else "equal"
    distance = (reached - target) * (-1 if kind in LOWER_IS_BETTER else 1)
    nothing = max(1e-9 * abs(target), 1e-12)  # 5.1万 is 51000 but for floating point
    low, high = (0.0 if abs(end) <= nothing else end for end in (distance.lower, distance.upper))
    if exact:
        if abs(distance.value) <= nothing:
            return "short" if excluded else "equal"
        return "beyond" if distance.value > 0 else "short"
    if low > 0 or (strict and low == 0 < high):
        return "beyond"
    if high < 0 or (strict and low < 0 == high):
        return "short"
    if excluded:
        return "short" if high == 0 else "open"
    return "equal" if low >= 0 else "open"  # 90%以上 is no less than 90%


class Pace(NamedTuple):
    """Share of the way done against share of the time gone, and observed against required compound growth; 1 is on time."""

    linear: Interval
    compound: Interval | None


def pace(
    actual: Interval, target: float, baseline: Interval, elapsed: float, whole: float, falling: bool = False
) -> Pace | None:
    """Pace after `elapsed` of `whole` years; `None` where the baseline is (or may be) at the target or beyond it already.

    falling: the target lies below the baseline. Compound growth is `None` for values that do not stay above zero, for
    which it has no meaning.
    """
    if falling:
        way, done = baseline - target, baseline - actual
    else:
        way, done = target - baseline, actual - baseline
    if way.lower <= 0 or elapsed <= 0:
        return None
    compound = None
    if min(actual.lower, baseline.lower, target) > 0:
        observed = (actual / baseline) ** (1 / elapsed) - 1
        required = (Interval.point(target) / baseline) ** (1 / whole) - 1
        compound = observed / required
    return Pace(done / way * (whole / elapsed), compound)


def recedes(actual: Interval, target: float, baseline: Interval, falling: bool = False) -> bool:
    """Does an actual short of its target stand on the wrong side of its baseline, by the values as printed?

    How the baseline is rounded does not matter. An actual equal to its baseline is on the wrong side of it where the
    target lies ahead of it.
    """
    sign = -1 if falling else 1
    done, way = sign * (actual.value - baseline.value), sign * (target - baseline.value)
    nothing = 1e-9 * max(abs(actual.value), abs(baseline.value))
    return bool(done < -nothing or (way > 0 and done <= nothing))


def pace_status(ratio: Interval, ahead: float, on_track: float) -> str:
    """`ahead`, `on_track`, `behind`, or `undecided` where the interval reaches over a threshold."""
    bounds = [
        "ahead" if end >= ahead else "on_track" if end >= on_track else "behind" for end in (ratio.lower, ratio.upper)
    ]
    return bounds[0] if bounds[0] == bounds[1] else "undecided"
