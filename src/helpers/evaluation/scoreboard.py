"""The scoreboard: every headline target in a year and a region, with completion, status and pace.

It reads the report's own figures and what they imply; public figures are shown beside them, never mixed in.
"""

from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.display.table import records_of
from helpers.evaluation.actuals import LINKS, Chain, Series, choose_actuals
from helpers.evaluation.aims import Aim, choose_aim, choose_yearly
from helpers.evaluation.history import MOST_READINGS, as_interval, derived, list_rows, stack
from helpers.evaluation.status import COMPUTED, Case, Known, assess, assess_years
from helpers.evaluation.targets import Goal, attained, bound_of
from helpers.numbers import period
from helpers.numbers.interval import Interval
from helpers.package.schema import QUANTITY_MEASURES, Plan
from helpers.package.tables import Tables

IN_PERCENT = ("growth", "reduction", "relative")  # kinds whose target is in %, whatever the unit of the indicator
RATED = ("growth", "reduction")  # kinds that say how far a value moves in % of its baseline
CHAINED = (*COMPUTED, "cumulative")  # kinds that printed rates or changes can decide
SCORE = [
    "indicator", "headline", "nature", "year", "target", "target_upper", "target_other", "target_since", "actual", "others",
    "used", "form", "value", "lower", "upper", "reached", "printed", "printed_figure", "completion", "completion_lower",
    "completion_upper", "status", "reason", "due", "pace_linear", "pace_compound", "paces_differ",
]  # fmt: skip


def scoreboard(tables: Tables, year: int, region: str | None = None) -> pd.DataFrame:
    """Every headline indicator that has a target in the region, in a year; index is the indicator, in printed order.

    Columns: `headline`; `nature` (`binding`, `expected` or empty); `year`; `target`, `target_upper` (end of a range),
    `target_other` (the target that it replaced, or that replaces it later) and `actual` (keys of figures, empty if there
    is none); `target_since`, the first year for which the later of both targets holds; `others`, keys of other printed
    values of the year that do not agree with the actual, and `used`, keys of rates or changes that are chained, separated
    by spaces; `form` of the actual (`printed`, `corrected`, `derived`); `value`, `lower`, `upper` of the actual in base
    units; `reached`, what that is in the terms of the target where they differ (average growth, reduction, lead, increase,
    average, worst year); `printed`, the completion as printed in %, and `printed_figure`, its key; `completion`,
    `completion_lower`, `completion_upper` as computed; `status`; `reason` where a status cannot be given; `due`, the year
    of the target; `pace_linear`, `pace_compound`, and `paces_differ` where the two readings of the pace give different
    statuses. Use `tables.corrected` for the reading with errata.
    """
    region = region or tables.plan.region
    known, above = _group_headlines(tables), tables.regions["parent"].get(region, "")
    rows = []
    for row in known.indicators:
        key, own = (region, row["indicator"]), known.get_series(region, row["indicator"])
        if key not in known.targets and not _needs_no_number(tables, row, region, own):
            continue
        completions = [other for other in known.completions.get(key, []) if other["year"] == year]
        other = known.compared.get(row["indicator"], "")
        series = Place(own, known.get_series(above, row["indicator"]), known.get_series(region, other))
        rows.append(_score_indicator(tables, row, year, known.targets.get(key, []), completions, series))
    return pd.DataFrame(rows, columns=SCORE).set_index("indicator")


def _needs_no_number(tables: Tables, row: dict, region: str, own: Series) -> bool:
    """May an indicator have no target at all here? It is shown for the plan's region, and wherever it has figures."""
    if row["target_kind"] not in ("relative", "yearly"):
        return False
    return region == tables.plan.region or (row["target_kind"] == "relative" and bool(own.values or own.links))


class Headlines(NamedTuple):
    """Headline indicators in printed order, and what is known of each by region and indicator, in order.

    values: of the quantity itself, printed and derived; links: printed growth rates and changes; targets, completions:
    printed ones, of whole years; compared: the indicator whose growth that of another is measured by
    """

    indicators: list[dict]
    values: dict[tuple[str, str], list[dict]]
    links: dict[tuple[str, str], list[dict]]
    targets: dict[tuple[str, str], list[dict]]
    completions: dict[tuple[str, str], list[dict]]
    compared: dict[str, str]

    def get_series(self, region: str, indicator: str) -> Series:
        return Series(self.values.get((region, indicator), []), self.links.get((region, indicator), []))


class Place(NamedTuple):
    """What is known of an indicator in its region and in the one above, and of the one its growth is compared with."""

    own: Series
    above: Series
    other: Series


@lru_cache(maxsize=8)  # once for the scoreboards of all years and regions
def _group_headlines(tables: Tables) -> Headlines:
    indicators = tables.indicators[tables.indicators["headline"].notna()].sort_values("headline", kind="stable")
    relative = tables.relations[tables.relations["kind"] == "relative"]
    compared = dict(zip(relative["left"], relative["right"], strict=True))
    named = {*indicators.index, *compared.values()}
    figures = tables.figures[tables.figures["indicator"].isin(named)]
    implied = derived(tables)
    implied = implied[implied["indicator"].isin(named)]
    whole = figures[figures["whole_year"]]
    return Headlines(
        records_of(indicators.reset_index(names="indicator")),
        # Within a year, the table stands before the text, and what is printed before what is derived.
        _group_by_place(stack([figures[figures["measure"].isin(QUANTITY_MEASURES)], implied])),
        _group_by_place(figures[figures["measure"].isin(LINKS)]),
        _group_by_place(whole[whole["measure"] == "target"]),
        _group_by_place(whole[whole["measure"] == "completion"]),
        compared,
    )


def _group_by_place(figures: pd.DataFrame) -> dict[tuple[str, str], list[dict]]:
    """Rows by region and indicator, in order."""
    groups: dict[tuple[str, str], list[dict]] = {}
    for row in list_rows(figures):
        groups.setdefault((row["region"], row["indicator"]), []).append(row)
    return groups


def _score_indicator(
    tables: Tables, row: dict, year: int, targets: list[dict], completions: list[dict], place: Place
) -> dict:
    """A row of the scoreboard, from an indicator's targets, printed completions, and what is known of it."""
    kind, plan = row["target_kind"], tables.plan
    bound = bound_of(kind, row["direction"])
    score = dict.fromkeys(SCORE, np.nan) | {
        "indicator": row["indicator"], "headline": row["headline"], "nature": row["nature"], "year": year, "due": year,
        "target": "", "target_upper": "", "target_other": "", "actual": "", "others": "", "used": "", "form": "",
        "printed_figure": "", "status": "no_data", "reason": "no_actual", "paces_differ": False,
    }  # fmt: skip
    if completions:
        score |= {"printed": completions[0]["value"], "printed_figure": completions[0]["figure"]}
    aim = (choose_yearly if kind == "yearly" else choose_aim)(targets, year, bound)
    if aim is None and kind == "relative" and not targets:
        aim = Aim([], plan.target_year, Goal(0.0))
    if aim is None:
        return score | {"reason": "no_target"} | ({} if kind == "yearly" else {"due": plan.target_year})
    score["due"] = aim.due
    if aim.other:
        score |= {"target_other": aim.other["figure"], "target_since": aim.since}
    if aim.rows:
        score |= {"target": aim.rows[0]["figure"], "target_upper": aim.rows[-1]["figure"] if aim.rows[1:] else ""}
    if kind == "relative":
        return score | _compare_growth(plan, row, aim, year, place)
    return score | _score_values(plan, row, aim, year, place, bound)


def _score_values(plan: Plan, row: dict, aim: Aim, year: int, place: Place, bound: str) -> dict:
    """Fields of a score that follow from the values of the year, or from rates or changes that stand for them."""
    kind, target, own = row["target_kind"], aim.rows[0], place.own
    start = plan.baseline_year if pd.isna(row["base_year"]) else int(row["base_year"])
    totalled = kind == "cumulative" and row["kind"] == "flow"
    if totalled:
        values = [value for value in own.values if _covers(value["period"], plan.start_year, year)]
    else:
        values = own.of_year(year)
    unit = row["unit"] if kind in IN_PERCENT else target["base_unit"]
    actuals = choose_actuals(values, unit)
    chain = _find_chain(own, row, start, year, bool(actuals))
    case = Case(kind, bound, aim.goal, Known(Interval.point(0.0)), year - start, aim.due - start)
    if chain is not None:
        return _score_chain(plan, case, chain, actuals)
    if not actuals:  # rates or changes that are printed for the year need those of every year before
        linked = kind in CHAINED and any(link["year"] == year for link in own.links)
        linked |= totalled and bool(own.of_year(year))
        return {"reason": "years_missing"} if linked else {}
    results = []
    for actual in actuals:
        fields = _describe_actual(actual)
        if actual["base_unit"] != unit and kind not in IN_PERCENT:
            results.append(fields | {"status": "undecided", "reason": "currency"})
            continue
        value, more = as_interval(actual), actual["base_unit"]
        exact, strict = _tell_exact(actual)
        if totalled and actual["form"] == "derived":
            exact = _comes_to(
                aim.goal, actual, [own.of_year(other, unit) for other in range(plan.start_year, year + 1)]
            )
        for base, reference, reference_base in _list_known(place, start, year, more, totalled):
            own_exact = exact and (kind not in COMPUTED or base is None or base[1])
            baseline = base and base[0]
            own_case = case._replace(
                known=Known(value, baseline, reference, reference_base), exact=own_exact, strict=strict
            )
            if totalled:
                begun = plan.start_year - 1
                own_case = own_case._replace(elapsed=year - begun, whole=aim.due - begun, total=True)
            if kind == "hold":
                before = [choose_actuals(own.of_year(other), unit) for other in range(plan.start_year, year)]
                held = [[(as_interval(value), *_tell_exact(value)) for value in values] for values in before]
                spans = period.parse(target["period"]).spans_years
                results.append(fields | assess_years(own_case, [*held, [(value, exact, strict)]], spans))
            else:
                results.append(fields | assess(plan, own_case))
    return _merge(results, [row["figure"] for row in actuals[1:]])


def _list_known(place: Place, start: int, year: int, unit: str, totalled: bool) -> list[tuple]:
    """What a value may be compared with, once for each printed value that differs from others of its year.

    Each is the baseline with whether it is exact, and the values of the region above in the year and in that of the
    baseline; None where there is none. A total begins at zero.
    """
    rows = [] if totalled else choose_actuals(place.own.of_year(start, unit), unit)
    bases = [(as_interval(row), _tell_exact(row)[0]) for row in rows] or [
        (Interval.point(0.0), True) if totalled else None
    ]
    above = [
        [as_interval(row) for row in choose_actuals(place.above.of_year(other, unit), unit)] or [None]
        for other in (year, start)
    ]
    return [*islice(product(bases, *above), MOST_READINGS)]


def _find_chain(own: Series, row: dict, start: int, year: int, known: bool) -> Chain | None:
    """Printed rates or changes since the baseline that are computed with in place of values.

    Rates of growth come before values, which may be in the prices of their years; changes come where a value is missing.
    """
    kind = row["target_kind"]
    if kind in RATED and (chain := own.growth(start, year)):
        return chain
    if kind in COMPUTED:
        values = [own.of_year(other, row["unit"]) for other in (start, year)]
        if all(any(value["form"] != "derived" for value in rows) for rows in values):
            return None
        change = _grow_by_changes if kind in RATED else Series.change
        return change(own, start, year, row["unit"])
    if kind == "cumulative" and row["kind"] != "flow" and not known:
        return own.change(start, year, row["unit"])
    return None


def _grow_by_changes(own: Series, start: int, year: int, unit: str) -> Chain | None:
    """Growth factor of the value of the baseline and the amounts by which it changed since."""
    base, chain = own.value(start, unit), own.change(start, year, unit)
    if not base or not chain or base.lower <= 0:
        return None
    first, *more = (reading._replace(value=reading.value / base + 1) for reading in chain.readings)
    return first._replace(more=tuple(more))


def _score_chain(plan: Plan, case: Case, chain: Chain, actuals: list[dict]) -> dict:
    """Fields of a score of chained rates or changes; the value of the year, where there is one, is shown as the actual."""
    base = Interval.point(1.0 if case.kind in ("growth", "reduction") else 0.0)
    others = [*(row["figure"] for row in actuals[1:]), *chain.others]
    results = []
    for reading in chain.readings:
        fields = _describe_actual(actuals[0] if actuals else reading.rows[-1])
        fields["used"] = " ".join(row["figure"] for row in reading.rows)
        exact = all(_tell_exact(row)[0] for row in reading.rows)
        strict = len(reading.rows) == 1 and _tell_exact(reading.rows[0])[1]
        known = Known(reading.value, base)
        results.append(fields | assess(plan, case._replace(known=known, exact=exact, strict=strict, chained=True)))
    return _merge(results, others)


def _compare_growth(plan: Plan, row: dict, aim: Aim, year: int, place: Place) -> dict:
    """Fields of a score of growth against that of another indicator: since the baseline on average, else in the year.

    Printed rates come before what values imply, since only they are known to be in comparable prices.
    """
    start = plan.baseline_year if pd.isna(row["base_year"]) else int(row["base_year"])
    own, other = place.own, place.other
    for first in dict.fromkeys((min(start, year - 1), year - 1)):
        for measure in (Series.growth, Series.measure_growth):
            mine, theirs = measure(own, first, year), measure(other, first, year)
            if mine is None or theirs is None:
                continue
            years, results = year - first, []
            for pair in product(mine.readings, theirs.readings):
                rates = [attained("growth", chain.value, Interval.point(1.0), years=years) for chain in pair]
                if None in rates:
                    continue
                rows = [*pair[0].rows, *pair[1].rows]
                fields = _describe_actual(pair[0].rows[-1]) | {"used": " ".join(figure["figure"] for figure in rows)}
                case = Case("relative", "level", aim.goal, Known(rates[0] - rates[1]), year - start, aim.due - start)
                exact = all(_tell_exact(figure)[0] for figure in rows) and _is_level(rates, aim, years)
                results.append(fields | assess(plan, case._replace(exact=exact, chained=True)))
            if results:
                return _merge(results, [*mine.others])
    values = own.of_year(year) or [link for link in own.links if link["year"] == year]
    if not values:
        return {}
    return _describe_actual(values[0]) | {"status": "undecided", "reason": "no_reference"}


def _is_level(rates: list[Interval], aim: Aim, years: int) -> bool:
    """Do printed rates of one year, or rates that come to the target itself, decide by their digits?"""
    lead = rates[0].value - rates[1].value
    return years == 1 or abs(lead - aim.goal.value) <= 1e-9


def _describe_actual(actual: dict) -> dict:
    value = as_interval(actual)
    ends = {"value": value.value, "lower": value.lower, "upper": value.upper}
    return {"actual": actual["figure"], "form": actual["form"]} | ends


def _tell_exact(row: dict) -> tuple[bool, bool]:
    """Is a figure a number printed without qualifier, and is the end of its range excluded?"""
    printed = row["form"] != "derived"
    return printed and row["qualifier"] == "exact", printed and bool(row["strict"])


def _comes_to(goal: Goal, total: dict, years: list[list[dict]]) -> bool:
    """Do the printed digits of the years add up to a total that is the target itself? years: the values of each."""
    if not all(years) or not all(_tell_exact(values[0])[0] for values in years):
        return False
    added = sum(values[0]["base"] for values in years)
    return all(abs(number - goal.value) <= 1e-9 * max(abs(goal.value), 1.0) for number in (added, total["base"]))


CERTAIN = ("actual", "form", "value", "lower", "upper", "used")  # fields of a score that do not depend on a choice


def _merge(results: list[dict], others: list[str]) -> dict:
    """The score of the first of several readings; undecided where they lead to different statuses.

    others: keys of printed values of the year that do not agree with the first
    """
    first, others = results[0], " ".join(others)
    if len({result["status"] for result in results}) == 1:
        return first | {"others": others}
    known = {name: first[name] for name in CERTAIN if name in first}
    return known | {"others": others, "status": "undecided", "reason": "two_values"}


def _covers(text: str, first: int, last: int) -> bool:
    """Is this the period from the beginning of one year to the end of another?"""
    point = period.parse(text)
    return point is not None and (point.first, point.last) == ((first, 1), (last, 12))
