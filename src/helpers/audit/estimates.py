"""Every way in which a package's figures tell one quantity: as printed, over growth and change, in another currency.

Two ways of knowing the same number are what most checks compare. Frames hold ranges in base units; a `slot` is the time a
number stands for: the last month of a stock, share, index or rank, first and last month of a flow.
"""

import re
from functools import lru_cache

import numpy as np
import pandas as pd

from helpers.numbers import period
from helpers.numbers.interval import Interval
from helpers.package.schema import QUANTITY_MEASURES
from helpers.package.tables import Tables

TABLE, TEXT, PUBLIC = 1, 2, 4  # where a number stands; a number made of several has the sum
CONFIDENCE = {"high": 0, "medium": 1, "low": 2}
STRICT = 1e-8  # of a bound that is itself excluded
WORKING_DAYS = 250  # of a year of 365 days; a daily average may be of either


@lru_cache(maxsize=8)
def numbers(tables: Tables) -> pd.DataFrame:
    """All figures, the report's and public ones, in the order of their files.

    Columns (`NUMBERS`): `figure` (key), `indicator`, `kind`, `measure`, `region`, `period`, `slot` (empty for undated ones),
    `first`, `last` (months, counted from year 0; -1 for undated ones), `lower`, `value`, `upper`, `unit`, `sort` (unit, but
    one for all counts of things), `origin` (`TABLE`, `TEXT`, `PUBLIC`), `confidence` (0 high, 1, 2), `scope`, and how it is
    printed (`number` in the printed unit) and where (`source`).
    """
    own = tables.figures.assign(
        origin=np.where(tables.figures["source"].str.startswith("T."), TABLE, TEXT), confidence=0, scope=""
    )
    public = tables.external.assign(
        origin=PUBLIC, source="", sentence="", confidence=tables.external["confidence"].map(CONFIDENCE)
    )
    frame = pd.concat([own, public]) if len(public) else own
    frame = frame.rename(columns={"base_unit": "unit", "unit": "printed_unit", "value": "number", "base": "value"})
    frame = frame.rename_axis("figure").reset_index()
    frame["kind"] = frame["indicator"].map(tables.indicators["kind"])
    points = {text: period.parse(text) for text in frame["period"].unique()}
    frame["first"] = frame["period"].map({text: _month(point.first) if point else -1 for text, point in points.items()})
    frame["last"] = frame["period"].map({text: _month(point.last) if point else -1 for text, point in points.items()})
    frame["slot"] = slots(frame["first"], frame["last"], frame["kind"])
    # 11余个 is not 11: a bound that is excluded is moved by less than any printed digit.
    over, under = (frame["strict"] & (frame["qualifier"] == name) & (frame["value"] > 0) for name in ("over", "under"))
    frame["lower"] = frame["lower"].where(~over, frame["lower"] * (1 + STRICT))
    frame["upper"] = frame["upper"].where(~under, frame["upper"] * (1 - STRICT))
    counted = frame["unit"].map(tables.units["dimension"]) == "count"
    frame["sort"] = frame["unit"].mask(counted, "count")
    return frame[NUMBERS].infer_objects()


NUMBERS = [
    "figure", "indicator", "kind", "measure", "region", "period", "slot", "first", "last", "lower", "value", "upper",
    "unit", "sort", "origin", "confidence", "scope", "number", "multiplier", "decimals", "qualifier", "printed", "source",
    "sentence",
]  # fmt: skip


def _month(point: period.Month) -> int:
    return point[0] * 12 + point[1] - 1


def slots(first: pd.Series, last: pd.Series, kind: pd.Series) -> np.ndarray:
    """Names of the times that numbers stand for, comparable within one indicator; empty for undated numbers."""
    ends = last.astype(str)
    spans = first.astype(str) + ">" + ends
    return np.where(last < 0, "", np.where(kind == "flow", spans, ends))


def like(frame: pd.DataFrame, tag: str = "") -> Interval:
    """The ranges in the columns `lower`, `value`, `upper` of a frame, or in those of a joined one (see `join`)."""
    prefix = f"{tag}_" if tag else ""
    return Interval(*(frame[prefix + end].to_numpy(dtype=float) for end in ("lower", "value", "upper")))


def join(a: pd.DataFrame, b: pd.DataFrame, *on: str, **also: str) -> pd.DataFrame:
    """Rows of two frames that agree in some columns, side by side as `a_…` and `b_…`.

    on: columns of both; also: a column of `a` and the column of `b` that it equals.
    """
    left = [f"a_{name}" for name in (*on, *also)]
    right = [f"b_{name}" for name in (*on, *also.values())]
    return a.add_prefix("a_").merge(b.add_prefix("b_"), left_on=left, right_on=right)


@lru_cache(maxsize=8)
def mislabelled(tables: Tables) -> pd.DataFrame:
    """Changes and rates printed for a flow that has no value of its own, but fit the stock that it enters.

    Columns: `change`, `rate`, `level` (keys), `flow`, `stock` (indicators); `lower`, `value`, `upper`, the rate in % that
    level and change of the stock give; `flow_…`, the flow of the period that change and rate would make.
    """
    frame = report(tables)
    dated = frame[frame["last"] >= 0]
    rates, changes = dated[dated["measure"] == "growth_rate"], dated[dated["measure"] == "change"]
    flows = dated.loc[dated["measure"] == "flow", ["indicator", "region", "last"]]
    both = join(changes, rates, "indicator", "region", "first", "last")
    enters = related(tables, "adds_to")
    both = both.merge(enters, left_on="a_indicator", right_on="left")
    levels = dated[dated["measure"] == "level"].add_prefix("c_")
    where = ["right", "a_region", "a_last", "a_unit"]
    both = both.merge(levels, left_on=where, right_on=["c_indicator", "c_region", "c_last", "c_unit"])
    known = pd.MultiIndex.from_frame(both[["a_indicator", "a_region", "a_last"]]).isin(pd.MultiIndex.from_frame(flows))
    change, rate, level = like(both, "a"), like(both, "b"), like(both, "c")
    found, flow = change / (level - change) * 100, change / (rate * 0.01) + change
    fits = np.asarray(found.meets(rate) & (rate.lower > 0) & ~known, dtype=bool)
    result = {"change": both["a_figure"], "rate": both["b_figure"], "level": both["c_figure"]}
    result |= {"flow": both["a_indicator"], "stock": both["right"]}
    result |= {"lower": found.lower, "value": found.value, "upper": found.upper}
    result |= {"flow_lower": flow.lower, "flow_value": flow.value, "flow_upper": flow.upper}
    return pd.DataFrame(result)[fits]


def related(tables: Tables, kind: str) -> pd.DataFrame:
    """Relations of a kind, one row for each indicator on the right: `relation`, `left`, `right`, `order`."""
    frame = tables.relations[tables.relations["kind"] == kind].reset_index()
    frame = frame.assign(right=frame["right"].str.split()).explode("right")
    return frame.assign(order=frame.groupby("relation").cumcount())[["relation", "left", "right", "order"]]


@lru_cache(maxsize=8)
def report(tables: Tables) -> pd.DataFrame:
    """The report's own numbers (see `numbers`)."""
    frame = numbers(tables)
    return frame[frame["origin"] != PUBLIC]


@lru_cache(maxsize=8)
def by_indicator(tables: Tables) -> dict[str, pd.DataFrame]:
    """The report's own numbers of each indicator."""
    return dict(tuple(report(tables).groupby("indicator", sort=False)))


@lru_cache(maxsize=8)
def comparable(tables: Tables) -> pd.DataFrame:
    """Numbers that may stand for one another: the report's, and public ones of the same scope (see `numbers`).

    Changes and rates that fit a stock rather than the flow they are printed for are given to the stock.
    """
    frame = numbers(tables)
    frame = frame[frame["scope"] == ""]
    wrong = mislabelled(tables)
    if len(wrong):
        stock_of = dict(zip([*wrong["change"], *wrong["rate"]], [*wrong["stock"], *wrong["stock"]], strict=True))
        moved = frame["figure"].map(stock_of)
        frame = frame.assign(
            indicator=moved.fillna(frame["indicator"]), kind=frame["kind"].mask(moved.notna(), "stock")
        )
    return frame


@lru_cache(maxsize=8)
def estimates(tables: Tables) -> pd.DataFrame:
    """Every way in which dated figures tell a quantity, one a row.

    Columns: `indicator`, `region`, `unit`, `slot`, `period`, `last`, `lower`, `value`, `upper`, `formula` (with `{}` for each
    figure),
    `one`, `two` (keys of the figures; the second is empty where there is one), `origin` (sum of where they stand),
    `confidence` (of the least sure one), `how`: `printed`, `backward` (level over growth, level less change), `forward`
    (level and growth or change of the next period), `implied` (change over growth), `daily` (average of a day),
    `exchange` (in another currency).
    """
    frame = comparable(tables)
    dated = frame[frame["last"] >= 0]
    own_unit = dated["indicator"].map(tables.indicators["unit"])
    values = dated[dated["measure"].isin(QUANTITY_MEASURES)].copy()
    rates = _ends(dated[dated["measure"].isin(["growth_rate", "change"])])
    growth, change = rates[rates["measure"] == "growth_rate"], rates[rates["measure"] == "change"]
    at_home = values[values["unit"] == own_unit[values.index]]  # a rate is that of the quantity in its own unit
    parts = [_printed(values)]
    for ends, how in (("to", "backward"), ("from", "forward")):
        pairs = join(at_home, growth, "indicator", "region", slot=ends)
        level, rate = like(pairs, "a"), like(pairs, "b") * 0.01 + 1
        result, formula = (level / rate, "{}÷(1+{})") if ends == "to" else (level * rate, "{}×(1+{})")
        parts.append(_row(pairs, result, formula, how, "from" if ends == "to" else "to"))
        pairs = join(values, change, "indicator", "region", "unit", slot=ends)
        level, more = like(pairs, "a"), like(pairs, "b")
        result, formula = (level - more, "{}－{}") if ends == "to" else (level + more, "{}＋{}")
        parts.append(_row(pairs, result, formula, how, "from" if ends == "to" else "to"))
    pairs = join(change, growth, "indicator", "region", "from", "to")
    more, rate = like(pairs, "a"), like(pairs, "b") * 0.01
    parts.append(_row(pairs, more / rate, "{}÷{}", "implied", "from"))
    parts.append(_row(pairs, more / rate + more, "{0}÷{1}＋{0}", "implied", "to"))
    parts += [_daily(tables, values), _exchanged(tables, values)]
    kept = [part for part in parts if len(part)] or parts[:1]
    result = pd.concat(kept, ignore_index=True)
    return result[np.isfinite(result["value"])]


COLUMNS = [
    "indicator", "region", "unit", "slot", "period", "last", "lower", "value", "upper", "formula", "one", "two", "origin",
    "confidence", "how",
]  # fmt: skip


def _ends(rates: pd.DataFrame) -> pd.DataFrame:
    """Rates and changes with the slots and periods of the values that they lead `to` and `from`."""
    spans = {text: (text.split("/")[-1], period.before(text)) for text in rates["period"].unique()}
    frame = rates.assign(to_period=rates["period"].map(lambda text: spans[text][0]))
    frame = frame.assign(from_period=rates["period"].map(lambda text: spans[text][1]))
    for end in ("to", "from"):
        points = {text: period.parse(text) for text in frame[f"{end}_period"].unique()}
        first = frame[f"{end}_period"].map({text: _month(point.first) for text, point in points.items()})
        last = frame[f"{end}_period"].map({text: _month(point.last) for text, point in points.items()})
        frame[end] = slots(first, last, frame["kind"])
    return frame


def _printed(values: pd.DataFrame) -> pd.DataFrame:
    frame = values.rename(columns={"figure": "one"}).assign(two="", formula="{}", how="printed")
    return frame[COLUMNS]


def _row(pairs: pd.DataFrame, result: Interval, formula: str, how: str, slot: str) -> pd.DataFrame:
    """Estimates from pairs of a value (or change) and a rate, at one end of the rate."""
    when = pairs["a_period"] if slot == "slot" else pairs[f"b_{slot}_period"]
    frame = pd.DataFrame(
        {
            "indicator": pairs["a_indicator"], "region": pairs["a_region"], "unit": pairs["a_unit"],
            "slot": pairs[f"b_{slot}"], "period": when,
            "lower": result.lower, "value": result.value, "upper": result.upper,
            "one": pairs["a_figure"], "two": pairs["b_figure"], "origin": pairs["a_origin"] | pairs["b_origin"],
            "confidence": pairs[["a_confidence", "b_confidence"]].max(axis=1),
        }
    )  # fmt: skip
    last = frame["slot"].str.split(">").str[-1].astype(int) if len(frame) else 0
    return frame.assign(formula=formula, how=how, last=last)[COLUMNS]


def _daily(tables: Tables, values: pd.DataFrame) -> pd.DataFrame:
    """Flows from their average of a day, from working days alone to all days of the period."""
    pairs = values.add_prefix("a_").merge(related(tables, "daily"), left_on="a_indicator", right_on="left")
    days = ((pairs["a_last"] - pairs["a_first"] + 1) * 365 / 12).to_numpy(dtype=float)
    result = like(pairs, "a") * Interval(days * WORKING_DAYS / 365, days, days)
    frame = pairs.assign(a_indicator=pairs["right"], b_slot=pairs["a_slot"], b_figure="", b_origin=0, b_confidence=0)
    return _row(frame, result, "{}×{days}", "daily", "slot")


def _exchanged(tables: Tables, values: pd.DataFrame) -> pd.DataFrame:
    """Amounts printed in another currency than their quantity's, at the exchange rate of their year."""
    quantity = related(tables, "currency")[["left", "right"]]
    quantity = pd.concat(
        [quantity, pd.DataFrame({"left": values["indicator"].unique()}).assign(right=lambda f: f["left"])]
    )
    foreign = values.merge(quantity.drop_duplicates(), left_on="indicator", right_on="left")
    foreign = foreign.assign(own=foreign["right"].map(tables.indicators["unit"]), year=foreign["last"] // 12)
    one_year = (foreign["kind"] != "flow") | (foreign["first"] // 12 == foreign["year"])
    foreign = foreign[(foreign["unit"] != foreign["own"]) & one_year]
    rates = exchange_rates(tables, values)
    pairs = join(foreign, rates, "year", unit="of", own="to")
    result = like(pairs, "a") * like(pairs, "b")
    pairs = pairs.assign(a_unit=pairs["a_own"], a_indicator=pairs["a_right"], b_slot=pairs["a_slot"])
    pairs = pairs.assign(b_origin=0, b_confidence=0)  # a rate is no word on the quantity
    return _row(pairs, result, "{}×{}", "exchange", "slot")


def exchange_rates(tables: Tables, values: pd.DataFrame) -> pd.DataFrame:
    """Exchange rates among printed values: those in units such as 元/100美元, as so much `to` for one `of` in a `year`."""
    money = set(tables.units.index[tables.units["dimension"] == "money"])
    found = {unit: re.fullmatch(r"(\w+)/(\d*)(\w+)", unit) for unit in values["unit"].unique()}
    found = {unit: match.groups() for unit, match in found.items() if match and {match[1], match[3]} <= money}
    rates = values[values["unit"].isin(found)]
    to, per, of = (rates["unit"].map({unit: parts[n] for unit, parts in found.items()}).astype("str") for n in range(3))
    per = pd.to_numeric(per.replace("", "1"))
    scaled = {end: rates[end] / per for end in ("lower", "value", "upper")}
    rates = rates.assign(to=to, of=of, year=rates["last"] // 12, **scaled)
    return rates.drop_duplicates(["to", "of", "year"])


def each(interval: Interval) -> list[Interval]:
    """An interval of arrays as a list of intervals."""
    ends = (np.atleast_1d(end).tolist() for end in (interval.lower, interval.value, interval.upper))
    return [Interval(*values) for values in zip(*ends, strict=True)]
