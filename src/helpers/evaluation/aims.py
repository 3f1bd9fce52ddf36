"""Which target holds in a year: the one that is due next, as revised until then."""

from operator import itemgetter
from typing import NamedTuple

from helpers.evaluation.history import as_interval
from helpers.evaluation.targets import Goal


class Aim(NamedTuple):
    """Target of an indicator in a year: its rows (two ends of a range), when it is due, and how it is to be compared.

    rows may be empty: a target without a number. other: the row that it replaced, or that replaces it later; since: the
    first year for which the later of both holds.
    """

    rows: list[dict]
    due: int
    goal: Goal
    other: dict | None = None
    since: int | None = None


def choose_aim(targets: list[dict], year: int, bound: str) -> Aim | None:
    """The target that holds in a year: due in it or next, else the last one; None where none holds yet.

    targets: rows of one indicator and region; bound: see `targets.bound_of`
    """
    known = [row for row in targets if row["since"] <= year]
    if not known:
        return None
    years = [row["year"] for row in known]
    due = min((other for other in years if other >= year), default=max(years))
    return _build_aim(targets, year, due, bound)


def choose_yearly(targets: list[dict], year: int, bound: str) -> Aim | None:
    """A year's own target; None where it has none."""
    known = any(row["year"] == year and row["since"] <= year for row in targets)
    return _build_aim(targets, year, year, bound) if known else None


def _build_aim(targets: list[dict], year: int, due: int, bound: str) -> Aim:
    rows = sorted((row for row in targets if row["year"] == due), key=itemgetter("base"))
    since = max(row["since"] for row in rows if row["since"] <= year)
    before = [row for row in rows if row["since"] < since]
    after = [row for row in rows if row["since"] > since]
    other = max(before, key=itemgetter("since")) if before else min(after, key=itemgetter("since"), default=None)
    own = [row for row in rows if row["since"] == since]
    turn = max(since, other["since"]) if other else None
    return Aim(own, due, _build_goal(own, bound), other, turn)


def _build_goal(rows: list[dict], bound: str) -> Goal:
    """How a target is to be compared: strict where its sign or word points the way in which it is to be passed."""
    first = rows[0]
    wanted = "under" if bound == "cap" else "over"
    excluded = bool(first["strict"]) and first["qualifier"] == wanted and bound in ("cap", "level")
    around = as_interval(first) if first["qualifier"] == "about" and bound in ("cap", "level") else None
    return Goal(first["base"], rows[-1]["base"], excluded, around)
