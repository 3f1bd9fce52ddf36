"""Values of earlier years, and totals over years, as the printed figures imply them."""

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice, product

import numpy as np
import pandas as pd

from helpers.display.table import records_of
from helpers.numbers import period
from helpers.numbers.interval import Interval
from helpers.package.schema import QUANTITY_MEASURES
from helpers.package.tables import Tables

DERIVED = [
    "indicator", "region", "period", "year", "whole_year", "base", "lower", "upper", "base_unit", "multiplier", "decimals",
    "form", "how", "parts", "used",
]  # fmt: skip
ROW = (  # columns of figures that values and statuses are computed of
    "indicator", "region", "measure", "period", "year", "whole_year", "value", "base", "lower", "upper", "strict",
    "base_unit", "multiplier", "decimals", "qualifier", "form", "since",
)  # fmt: skip
MOST_READINGS = 64  # of figures that do not agree, as many combinations are looked at
RATES = {"growth_rate": "growth", "change": "change"}  # measures that lead from an earlier value, and the identity


@lru_cache(maxsize=8)  # a page asks for it once a scoreboard, and a big package takes a second
def derived(tables: Tables) -> pd.DataFrame:
    """Everything that the printed figures imply: values of earlier periods, and totals over the years of the plan.

    Columns: those of `Tables.figures` that describe a number (`indicator`, `region`, `period`, `year`, `whole_year`,
    `base`, `lower`, `upper`, `base_unit`, `multiplier`, `decimals`, `form` = `derived`), `how`, the identity, `parts`,
    the keys of what it was applied to, which in a total may be derived too, and `used`, those of the figures behind them.
    Index: the parts, joined.
    """
    before = earlier(tables)
    return stack([before, totals(tables, before)])


def earlier(tables: Tables) -> pd.DataFrame:
    """Values of earlier periods, one row each (see `derived`), the narrowest where there are several.

    Identities (`how`), for one indicator and region, from the value at the end of the period:

    - `growth`: value / (1 + growth rate)
    - `change`: value - change
    - `additions`: stock - new additions of the period (relation `adds_to`), if nothing left the stock
    """
    figures = tables.figures[
        tables.figures["measure"].isin([*QUANTITY_MEASURES, *RATES]) & tables.figures["year"].notna()
    ]
    figures = list_rows(figures)
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
        _derive_earlier(how, level, rate)
        for level in figures
        if level["measure"] in QUANTITY_MEASURES and "/" not in level["period"]
        for how, rate in ending.get((level["indicator"], level["region"], period.end(level["period"])), ())
        if _fits(tables, how, level, rate)
    ]
    frame = _build_frame([row for row in rows if np.isfinite(row["base"])])
    width = (frame["upper"] - frame["lower"]).fillna(np.inf)
    best = width.groupby([frame["indicator"], frame["region"], frame["period"]]).idxmin()
    return frame.loc[frame.index.isin(best)]


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

    Years whose flows are printed twice and do not agree have a total for each.

    before: values of earlier periods (see `earlier`). Columns as in `derived`.
    """
    indicators, start = tables.indicators, tables.plan.start_year
    totalled = indicators.index[(indicators["kind"] == "flow") & (indicators["target_kind"] == "cumulative")]
    yearly = stack([tables.figures[tables.figures["measure"] == "flow"], before])
    yearly = yearly[yearly["indicator"].isin(totalled)]
    rows = []
    for _, own in yearly.groupby(["indicator", "region", "base_unit"], sort=False):
        known = own.assign(key=own.index)
        flows = known[known["whole_year"].astype(bool)]
        by_year = {int(year): _choose_flows(records_of(frame)) for year, frame in flows.groupby("year")}
        spans = {
            int(year): _choose_flows(records_of(frame))
            for year, frame in known[[_begins(text, start) for text in known["period"]]].groupby("year")
        }
        for year in range(start + 1, max(by_year, default=start) + 1):
            parts = _find_parts(by_year, spans, start, year)
            rows += [_add_up(combined, f"{start}/{year}") for combined in islice(product(*parts), MOST_READINGS)]
    return _build_frame(rows)


def _begins(text: str, start: int) -> bool:
    """Is this a period of some years from the first one on?"""
    point = period.parse(text)
    return point is not None and point.first == (start, 1) and point.last[1] == 12 and point.last[0] > start


def _find_parts(by_year: dict, spans: dict, start: int, year: int) -> list[list[dict]]:
    """What adds up to the total of some years: each year's flow, or else a printed total of the first years and the rest."""
    parts = [by_year.get(other, []) for other in range(start, year + 1)]
    for end in range(year - 1, start, -1):
        rest = parts[end + 1 - start :]
        if not all(parts) and end in spans and all(rest):
            return [spans[end], *rest]
    return parts


def _choose_flows(rows: list[dict]) -> list[dict]:
    """Flows of one year that a total may have as its part: the printed ones that do not agree, else the first derived one."""
    printed = [row for row in rows if row["form"] != "derived"]
    return drop_agreeing(printed) if printed else rows[:1]


def stack(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Rows of frames one below the other; an empty frame would change the types of the others."""
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1])


def list_rows(figures: pd.DataFrame) -> list[dict]:
    """Figures row by row, for questions that go from one to the next, which frames are slow for."""
    return records_of(figures.reset_index(names="figure")[["figure", *[name for name in ROW if name in figures]]])


def _build_frame(rows: list[dict]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["figure", *DERIVED]).set_index("figure")


def _derive_earlier(how: str, level: dict, rate: dict) -> dict:
    """The value from which a rate, a change or additions led to a level."""
    value, change = as_interval(level), as_interval(rate)
    result = value / (change * 0.01 + 1) if how == "growth" else value - change
    fine = level if how == "growth" else _choose_digits(result.value, level, rate)
    when = period.opening(rate["period"]) if how == "additions" else period.before(rate["period"])
    point = period.parse(when)
    whole = point.is_year if level["measure"] == "flow" else point.ends_year
    keys = level["figure"], rate["figure"]
    return _build_row(result, level, fine, how, when, whole) | {"figure": "~".join(keys), "parts": keys, "used": keys}


def _choose_digits(value: float, level: dict, change: dict) -> dict:
    """Multiplier and decimals of a difference: as coarse as the coarser of its two numbers, but for two digits at least."""
    coarse, fine = max(level, change, key=_step), min(level, change, key=_step)
    if not value or _step(coarse) <= 10 ** (math.floor(math.log10(abs(value))) - 1):
        return coarse
    return fine


def _add_up(rows: Sequence[dict], when: str) -> dict:
    """Sum of the flows of some years."""
    coarse = max(rows, key=_step)
    result = Interval(*(sum(row[end] for row in rows) for end in ("lower", "base", "upper")))
    keys = tuple(row["key"] for row in rows)
    used = [row["used"] if row["form"] == "derived" else (row["key"],) for row in rows]
    used = tuple(dict.fromkeys(key for figures in used for key in figures))
    return _build_row(result, coarse, coarse, "sum", when, False) | {
        "figure": "+".join(keys),
        "parts": keys,
        "used": used,
    }


def _step(row: dict) -> float:
    """Place of the last digit with which a figure is printed, in its base unit: 10000000 for 16718.8亿元."""
    return row["multiplier"] / 10 ** row["decimals"]


def _build_row(result: Interval, like: dict, fine: dict, how: str, when: str, whole: bool) -> dict:
    """A derived number: of the indicator, region and unit of one figure, with as many digits as another."""
    return {name: like[name] for name in ("indicator", "region", "base_unit")} | {
        "period": when, "year": period.parse(when).last[0], "whole_year": whole, "form": "derived", "how": how,
        "base": float(result.value), "lower": float(result.lower), "upper": float(result.upper),
        "multiplier": fine["multiplier"], "decimals": fine["decimals"],
    }  # fmt: skip


def as_interval(row: pd.Series | dict) -> Interval:
    """The range that a figure stands for, in base units."""
    return Interval(row["lower"], row["base"], row["upper"])


def drop_agreeing(rows: list[dict]) -> list[dict]:
    """Rows in order without those that agree with a finer one (17800 and 1.78万 are one value)."""
    if len(rows) < 2:
        return rows
    kept: list[int] = []
    finest_first = sorted(range(len(rows)), key=lambda place: rows[place]["upper"] - rows[place]["lower"])
    for place in finest_first:
        if not any(_agree(rows[place], rows[other]) for other in kept):
            kept.append(place)
    return [rows[place] for place in sorted(kept)]


def _agree(row: dict, other: dict) -> bool:
    """Can two printed values be one? Ranges that only touch, as those of 21.6 and 21.7 do, are of two values."""
    shared = min(row["upper"], other["upper"]) - max(row["lower"], other["lower"])
    nothing = 1e-9 * max(abs(row["base"]), abs(other["base"]))
    points = row["lower"] == row["upper"] or other["lower"] == other["upper"]
    return bool(shared >= -nothing if points else shared > nothing)
