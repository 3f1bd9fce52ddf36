"""The figures of a package as the audit compares them: with ranges, and with the time that each stands for.

Frames hold ranges in base units; a `slot` is the time a number stands for: the last month of a stock, share, index or rank,
first and last month of a flow.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pandas as pd

from helpers.audit.pairs import add_ranges, join, ranges
from helpers.numbers import period
from helpers.package.schema import QUANTITY_MEASURES
from helpers.package.tables import Tables

TABLE, TEXT, PUBLIC = 1, 2, 4  # where a number stands; a number made of several has the sum
CONFIDENCE = {"high": 0, "medium": 1, "low": 2}
STRICT = 1e-8  # of a bound that is itself excluded


@lru_cache(maxsize=8)
def numbers(tables: Tables) -> pd.DataFrame:
    """All figures, the report's and public ones, in the order of their files.

    Columns (`NUMBERS`): `figure` (key), `indicator`, `kind`, `measure`, `region`, `period`, `slot` (empty for undated ones),
    `first`, `last` (months, counted from year 0; -1 for undated ones), `lower`, `value`, `upper`, `unit`, `comparable_unit`
    (one for all counts of things, else the unit), `origin` (`TABLE`, `TEXT`, `PUBLIC`), `confidence` (0 high, 1, 2),
    `scope`, and how it is printed (`number` in the printed unit) and where (`document`, `source`, `sentence`).
    """
    own = tables.figures.assign(origin=np.where(tables.figures["in_table"], TABLE, TEXT), confidence=0, scope="")
    public = tables.external.assign(
        origin=PUBLIC, document="", source="", sentence="", confidence=tables.external["confidence"].map(CONFIDENCE)
    )
    frame = pd.concat([own, public]) if len(public) else own
    frame = frame.rename(columns={"base_unit": "unit", "unit": "printed_unit", "value": "number", "base": "value"})
    frame = frame.rename_axis("figure").reset_index()
    frame["kind"] = frame["indicator"].map(tables.indicators["kind"])
    frame["first"], frame["last"] = months(frame["period"])
    frame["slot"] = slots(frame["first"], frame["last"], frame["kind"])
    # 11余个 is not 11: a bound that is excluded is moved by less than any printed digit.
    over, under = (frame["strict"] & (frame["qualifier"] == name) & (frame["value"] > 0) for name in ("over", "under"))
    frame["lower"] = frame["lower"].where(~over, frame["lower"] * (1 + STRICT))
    frame["upper"] = frame["upper"].where(~under, frame["upper"] * (1 - STRICT))
    frame["comparable_unit"] = comparable_unit(tables, frame["unit"])
    texts = frame.select_dtypes("str").columns.intersection(NUMBERS)
    # Of a copy, pandas keeps all columns of a type as one array; a column of the type `str` would be one of its own.
    return frame[NUMBERS].astype(dict.fromkeys(texts, object)).copy()


NUMBERS = [
    "figure", "indicator", "kind", "measure", "region", "period", "slot", "first", "last", "lower", "value", "upper",
    "unit", "comparable_unit", "origin", "confidence", "scope", "number", "multiplier", "decimals", "qualifier", "printed",
    "document", "source", "sentence",
]  # fmt: skip


def months(periods: pd.Series) -> tuple[pd.Series, pd.Series]:
    """First and last month of periods, counted from year 0; -1 for those that are empty."""
    points = {text: period.parse(text) for text in periods.unique()}
    first = {text: _month(point.first) if point else -1 for text, point in points.items()}
    last = {text: _month(point.last) if point else -1 for text, point in points.items()}
    return periods.map(first), periods.map(last)


def _month(point: period.Month) -> int:
    return point[0] * 12 + point[1] - 1


def slots(first: pd.Series, last: pd.Series, kind: pd.Series) -> np.ndarray:
    """Names of the times that numbers stand for, comparable within one indicator; empty for undated numbers."""
    ends = last.astype(str)
    spans = first.astype(str) + ">" + ends
    return np.where(last < 0, "", np.where(kind == "flow", spans, ends))


def comparable_unit(tables: Tables, unit: pd.Series) -> pd.Series:
    """Units in which numbers can be compared: one for all counts of things (家 and 个), any other for itself."""
    return unit.mask(unit.map(tables.units["dimension"]) == "count", "count")


def select_dated(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["last"] >= 0]


def select_values(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows that give the quantity itself: no change, rate, target or completion."""
    return frame[frame["measure"].isin(QUANTITY_MEASURES)]


@lru_cache(maxsize=8)
def report(tables: Tables) -> pd.DataFrame:
    """The report's own numbers (see `numbers`)."""
    frame = numbers(tables)
    return frame[frame["origin"] != PUBLIC]


def list_relations(tables: Tables, kind: str) -> Iterator[tuple[str, str, list[str]]]:
    """Relations of a kind: name, left, and what stands on the right."""
    for row in tables.relations[tables.relations["kind"] == kind].itertuples():
        yield row.Index, row.left, row.right.split()


def related(tables: Tables, *kinds: str) -> pd.DataFrame:
    """Relations of some kinds, one row for each thing on the right: `relation`, `left`, `right`."""
    frame = _list_related(tables)
    return frame.loc[frame["kind"].isin(kinds), ["relation", "left", "right"]]


@lru_cache(maxsize=8)
def _list_related(tables: Tables) -> pd.DataFrame:
    """All relations, one row for each thing on the right."""
    return tables.relations.assign(right=tables.relations["right"].str.split()).explode("right").reset_index()


@lru_cache(maxsize=8)
def mislabelled(tables: Tables) -> pd.DataFrame:
    """Changes and rates printed for a flow that has no value of its own, but fit the stock that it enters.

    Change, rate and level of the stock side by side as `a_…`, `b_…` and `c_…`; `right`, the stock; `computed_…`, the rate in
    % that level and change of the stock give; `flow_…`, the flow of the period that change and rate would make.
    """
    dated = select_dated(report(tables))
    rates, changes = dated[dated["measure"] == "growth_rate"], dated[dated["measure"] == "change"]
    flows = dated.loc[dated["measure"] == "flow", ["indicator", "region", "last"]]
    both = join(changes, rates, "indicator", "region", "first", "last")
    both = both.merge(related(tables, "adds_to"), left_on="a_indicator", right_on="left")
    levels = dated[dated["measure"] == "level"].add_prefix("c_")
    where = ["right", "a_region", "a_last", "a_unit"]
    both = both.merge(levels, left_on=where, right_on=["c_indicator", "c_region", "c_last", "c_unit"])
    known = pd.MultiIndex.from_frame(both[["a_indicator", "a_region", "a_last"]]).isin(pd.MultiIndex.from_frame(flows))
    change, rate, level = (ranges(both, tag) for tag in "abc")
    computed, flow = change / (level - change) * 100, change / (rate * 0.01) + change
    fits = np.asarray(computed.meets(rate) & (rate.lower > 0) & ~known, dtype=bool)
    return add_ranges(add_ranges(both, "computed", computed), "flow", flow)[fits]


@lru_cache(maxsize=8)
def comparable(tables: Tables) -> pd.DataFrame:
    """Numbers that may stand for one another: the report's, and public ones of the same scope (see `numbers`).

    Changes and rates that fit a stock rather than the flow they are printed for are given to the stock.
    """
    frame = numbers(tables)
    frame = frame[frame["scope"] == ""]
    wrong = mislabelled(tables)
    stock_of = dict(zip([*wrong["a_figure"], *wrong["b_figure"]], [*wrong["right"]] * 2, strict=True))
    if not stock_of:
        return frame
    moved = frame["figure"].map(stock_of)
    known = moved.isna()
    return frame.assign(indicator=frame["indicator"].where(known, moved), kind=frame["kind"].where(known, "stock"))
