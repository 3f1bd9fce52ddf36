"""Completion, pace and status of targets, and values of earlier years.

Everything is computed in base units with the interval that the printed numbers leave (`interval.Interval`).
Nothing here is rounded for display, and nothing reads public figures: those are shown beside, never mixed in.
"""

from collections import Counter
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.numbers import period
from helpers.numbers.interval import Interval
from helpers.package.tables import Tables

PLAIN = ("level", "flow", "share", "index", "rank")  # measures of the quantity itself
LOWER_IS_BETTER = ("cap", "rank")
MET_OR_NOT = ("rank", "range", "milestone")  # nothing beyond the target to exceed


# --- one target ------------------------------------------------------------------------------------------------


def attained(
    kind: str,
    actual: Interval,
    baseline: Interval | None = None,
    reference: Interval | None = None,
    years: int | None = None,
) -> Interval | None:
    """What has been attained, in the terms of the target; `None` where what it is measured against is missing.

    - `level`, `cap`, `range`, `rank`, `cumulative` (total over the period), `milestone` (1 or 0): the actual itself
    - `growth`: average annual growth since the baseline, in %, over `years`
    - `reduction`: fall against the baseline, in %
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
        lower, value, high = (
            min(100.0, a, b)
            for a, b in zip(
                (below.lower, below.value, below.upper), (above.lower, above.value, above.upper), strict=True
            )
        )
        return Interval(lower, value, high)
    if target == 0:
        return None
    if kind == "cap":
        reached, target = -reached, -target
    return (reached - target) * (100 / abs(target)) + 100


def judge(kind: str, reached: Interval, target: float, upper: float | None, exact: bool, strict: bool) -> str:
    """Where the attained stands to the target: `beyond`, `equal`, `short` or `open` (the interval straddles it).

    exact: a number printed without qualifier, compared by its digits, as plans do; strict: its bound itself is excluded
    (`over`, `under`).
    """
    if kind == "range":
        ends = [
            judge("level", reached, target, None, exact, strict),
            judge("cap", reached, upper, None, exact, strict),
        ]
        if "short" in ends:
            return "short"
        return "open" if "open" in ends else "equal"
    distance = (reached - target) * (-1 if kind in LOWER_IS_BETTER else 1)
    nothing = max(1e-9 * abs(target), 1e-12)  # 5.1万 is 51000 but for floating point
    low, high = (0.0 if abs(end) <= nothing else end for end in (distance.lower, distance.upper))
    if exact:
        if abs(distance.value) <= nothing:
            return "equal"
        return "beyond" if distance.value > 0 else "short"
    if low > 0 or (strict and low == 0 < high):
        return "beyond"
    if high < 0 or (strict and low < 0 == high):
        return "short"
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


def pace_status(ratio: Interval, ahead: float, on_track: float) -> str:
    """`ahead`, `on_track`, `behind`, or `undecided` where the interval reaches over a threshold."""
    bounds = [
        "ahead" if end >= ahead else "on_track" if end >= on_track else "behind" for end in (ratio.lower, ratio.upper)
    ]
    return bounds[0] if bounds[0] == bounds[1] else "undecided"


FINAL = {"beyond": "exceeded", "equal": "met", "short": "missed", "open": "undecided"}


# --- values of earlier years -----------------------------------------------------------------------------------


DERIVED = [
    "indicator", "region", "period", "year", "whole_year", "base", "lower", "upper", "base_unit", "multiplier", "decimals",
    "form", "how", "parts", "used",
]  # fmt: skip


@lru_cache(maxsize=8)  # a page asks for it once a scoreboard, and a big package takes a second
def derived(tables: Tables) -> pd.DataFrame:
    """Everything that the printed figures imply: values of earlier periods, and totals over the years of the plan.

    Columns: those of `Tables.figures` that describe a number (`indicator`, `region`, `period`, `year`, `whole_year`,
    `base`, `lower`, `upper`, `base_unit`, `multiplier`, `decimals`, `form` = `derived`), `how`, the identity, `parts`,
    the keys of what it was applied to, which in a total may be derived too, and `used`, those of the figures behind them.
    Index: the parts, joined.
    """
    before = earlier(tables)
    return _together([before, totals(tables, before)])


def earlier(tables: Tables) -> pd.DataFrame:
    """Values of earlier periods, one row each (see `derived`), the narrowest where there are several.

    Identities (`how`), for one indicator and region, from the value at the end of the period:

    - `growth`: value / (1 + growth rate)
    - `change`: value - change
    - `additions`: stock - new additions of the period (relation `adds_to`), if nothing left the stock
    """
    figures = _records(tables.figures[tables.figures["year"].notna()])
    adds_to = tables.relations[tables.relations["kind"] == "adds_to"]
    sums = zip(adds_to["left"], adds_to["right"].str.split(), strict=True)
    flows = list(dict.fromkeys((flow, stock) for flow, stocks in sums for stock in stocks))
    sources = Counter(stock for _, stock in flows)  # of several sources, one alone says nothing
    rates = [(RATES[row["measure"]], row["indicator"], row) for row in figures if row["measure"] in RATES]
    rates += [
        ("additions", stock, row)
        for row in figures
        for flow, stock in flows
        if row["measure"] == "flow" and row["indicator"] == flow and sources[stock] == 1
    ]
    ending: dict[tuple, list[tuple[str, dict]]] = {}
    for how, indicator, rate in rates:
        ending.setdefault((indicator, rate["region"], period.end(rate["period"])), []).append((how, rate))
    rows = [
        _before(how, level, rate)
        for level in figures
        if level["measure"] in PLAIN and "/" not in level["period"]
        for how, rate in ending.get((level["indicator"], level["region"], period.end(level["period"])), ())
        if _fits(tables, how, level, rate)
    ]
    frame = _frame([row for row in rows if np.isfinite(row["base"])])
    width = (frame["upper"] - frame["lower"]).fillna(np.inf)
    best = width.groupby([frame["indicator"], frame["region"], frame["period"]]).idxmin()
    return frame.loc[frame.index.isin(best)]


RATES = {"growth_rate": "growth", "change": "change"}


def _fits(tables: Tables, how: str, level: dict, rate: dict) -> bool:
    """Can a rate belong to a level that ends with it? The growth of a year is not that of its December, for a flow."""
    value, change = period.parse(level["period"]), period.parse(rate["period"])
    if level["measure"] == "flow" and value.first != change.first and not (change.spans_years and value.is_year):
        return False
    # A growth rate is that of the quantity in its own unit, not in another currency.
    own = tables.indicators.at[level["indicator"], "unit"]
    return tables.comparable(level["base_unit"], own if how == "growth" else rate["base_unit"])


def totals(tables: Tables, before: pd.DataFrame) -> pd.DataFrame:
    """Totals since the plan's first year, of flows whose target is a total (`how` = `sum`), where no year is missing.

    before: values of earlier periods (see `earlier`). Columns as in `derived`.
    """
    indicators, start = tables.indicators, tables.plan.start_year
    totalled = indicators.index[(indicators["kind"] == "flow") & (indicators["target_kind"] == "cumulative")]
    yearly = _together([tables.figures[tables.figures["measure"] == "flow"], before])
    yearly = yearly[yearly["indicator"].isin(totalled) & yearly["whole_year"].astype(bool)]
    rows = []
    for _, own in yearly.groupby(["indicator", "region", "base_unit"], sort=False):
        own = own.drop_duplicates("year").assign(key=lambda frame: frame.index).set_index("year").sort_index()
        for year in range(start + 1, int(own.index.max()) + 1):
            parts = own.loc[start:year]
            if len(parts) == year - start + 1:  # no year is missing
                rows.append(_total(parts, f"{start}/{year}"))
    return _frame(rows)


def _together(frames: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1])


def _records(figures: pd.DataFrame) -> list[dict]:
    """Figures row by row, for questions that go from one to the next, which frames are slow for."""
    return figures.reset_index(names="figure").to_dict("records")


def _frame(rows: list[dict]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["figure", *DERIVED]).set_index("figure")


def _before(how: str, level: dict, rate: dict) -> dict:
    """The value from which a rate, a change or additions led to a level."""
    value, change = as_interval(level), as_interval(rate)
    result = value / (change * 0.01 + 1) if how == "growth" else value - change
    # A quotient is as fine as the level, a difference as the finer of its two numbers.
    fine = level
    if how != "growth":
        fine = min((level, rate), key=lambda row: row["multiplier"] / 10 ** row["decimals"])
    when = period.opening(rate["period"]) if how == "additions" else period.before(rate["period"])
    point = period.parse(when)
    whole = point.is_year if level["measure"] == "flow" else point.ends_year
    used = level["figure"], rate["figure"]
    return _row(result, level, fine, how, when, whole) | {"figure": "~".join(used), "parts": used, "used": used}


def _total(parts: pd.DataFrame, when: str) -> dict:
    """Sum of the flows of some years."""
    coarse = max((row for _, row in parts.iterrows()), key=lambda row: row["multiplier"] / 10 ** row["decimals"])
    result = Interval(parts["lower"].sum(), parts["base"].sum(), parts["upper"].sum())
    keys = tuple(parts["key"])
    behind = [row["used"] if row["form"] == "derived" else (row["key"],) for _, row in parts.iterrows()]
    used = tuple(dict.fromkeys(key for figures in behind for key in figures))
    return _row(result, coarse, coarse, "sum", when, False) | {"figure": "+".join(keys), "parts": keys, "used": used}


def _row(result: Interval, like: pd.Series, fine: pd.Series, how: str, when: str, whole: bool) -> dict:
    """A derived number: of the indicator, region and unit of one figure, as fine as another."""
    return {
        "indicator": like["indicator"],
        "region": like["region"],
        "period": when,
        "year": period.parse(when).last[0],
        "whole_year": whole,
        "base": float(result.value),
        "lower": float(result.lower),
        "upper": float(result.upper),
        "base_unit": like["base_unit"],
        "multiplier": fine["multiplier"],
        "decimals": fine["decimals"],
        "form": "derived",
        "how": how,
    }


def as_interval(row: pd.Series | dict) -> Interval:
    """The range that a figure stands for, in base units."""
    return Interval(row["lower"], row["base"], row["upper"])


# --- the scoreboard --------------------------------------------------------------------------------------------


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
    known, above = _headlines(tables), tables.regions["parent"].get(region, "")
    rows = [
        _score(
            tables,
            row,
            year,
            known.targets[region, key],
            [other for other in known.completions.get((region, key), []) if other["year"] == year],
            known.values.get((region, key), []) + known.values.get((above, key), []),
        )
        for key, row in known.indicators.iterrows()
        if (region, key) in known.targets
    ]
    return pd.DataFrame(rows, columns=SCORE).set_index("indicator")


class Headlines(NamedTuple):
    """Headline indicators in printed order, and what is known of each by region and indicator, in order.

    values: of the quantity itself, printed and derived; targets, completions: printed ones, of whole years
    """

    indicators: pd.DataFrame
    values: dict[tuple[str, str], list[dict]]
    targets: dict[tuple[str, str], list[dict]]
    completions: dict[tuple[str, str], list[dict]]


@lru_cache(maxsize=8)  # once for the scoreboards of all years and regions
def _headlines(tables: Tables) -> Headlines:
    indicators = tables.indicators[tables.indicators["headline"].notna()].sort_values("headline", kind="stable")
    figures = tables.figures[tables.figures["indicator"].isin(indicators.index)]
    implied = derived(tables)
    implied = implied[implied["indicator"].isin(indicators.index)]
    whole = figures[figures["whole_year"]]
    return Headlines(
        indicators,
        # Within a year, the table stands before the text, and what is printed before what is derived.
        _by_place(_together([figures[figures["measure"].isin(PLAIN)], implied])),
        _by_place(whole[whole["measure"] == "target"]),
        _by_place(whole[whole["measure"] == "completion"]),
    )


def _by_place(figures: pd.DataFrame) -> dict[tuple[str, str], list[dict]]:
    """Rows by region and indicator, in order."""
    found: dict[tuple[str, str], list[dict]] = {}
    for row in _records(figures):
        found.setdefault((row["region"], row["indicator"]), []).append(row)
    return found


def _score(
    tables: Tables, row: pd.Series, year: int, targets: list[dict], completions: list[dict], values: list[dict]
) -> dict:
    """A row of the scoreboard, from an indicator's targets, printed completions, and values here and in the region above."""
    years = [target["year"] for target in targets]
    due = min((other for other in years if other >= year), default=max(years))
    targets = sorted((target for target in targets if target["year"] == due), key=itemgetter("base"))
    target, kind, start = targets[0], row["target_kind"], tables.plan.baseline_year
    region = target["region"]
    score = dict.fromkeys(SCORE, np.nan) | {
        "indicator": row.name, "headline": row["headline"], "year": year, "due": due, "target": target["figure"],
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
        Interval.point(0.0) if totalled else _value(yearly, region, start),
        _value(yearly, above, year),
        _value(yearly, above, start),
    )
    begun = tables.plan.start_year - 1 if totalled else start
    goals = [target["base"] for target in targets]
    return score | _standing(tables, kind, actual, goals, known, year - begun, due - begun)


class Known(NamedTuple):
    """An indicator's value in a year and in the baseline year, here and in the region above; all in one unit."""

    value: Interval
    baseline: Interval | None
    reference: Interval | None
    reference_baseline: Interval | None


def _standing(
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
        result |= {
            "completion": float(done.value),
            "completion_lower": float(done.lower),
            "completion_upper": float(done.upper),
        }
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
    going = _going(kind, known, reached, goal, elapsed, whole)
    if going is None:
        return result | {"status": "undecided", "reason": "no_pace"}
    linear = pace_status(going.linear, plan.ahead, plan.on_track)
    compound = pace_status(going.compound, plan.ahead, plan.on_track) if going.compound is not None else linear
    status = compound if kind == "growth" else linear  # a target that is a rate is followed by its rate
    return result | {
        "pace_linear": float(going.linear.value),
        "pace_compound": np.nan if going.compound is None else float(going.compound.value),
        "paces_differ": compound != linear,
        "status": status,
        "reason": "straddles" if status == "undecided" else "",
    }


def _going(kind: str, known: Known, reached: Interval, goal: float, elapsed: float, whole: float) -> Pace | None:
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


def _value(yearly: list[dict], region: str, year: int) -> Interval | None:
    found = (row for row in yearly if row["region"] == region and row["year"] == year)
    return next(map(as_interval, found), None)
