"""Every way in which a package's figures tell one quantity: as printed, over growth and change, in another currency.

Two ways of knowing the same number are what most checks compare.
"""

import re
from functools import lru_cache

import numpy as np
import pandas as pd

from helpers.audit.figures import comparable, months, related, select_dated, select_values, slots
from helpers.audit.pairs import ENDS, join, ranges
from helpers.numbers import period
from helpers.numbers.interval import Interval
from helpers.package.tables import Tables

WORKING_DAYS = 250  # of a year of 365 days; a daily average may be of either


@lru_cache(maxsize=8)
def estimates(tables: Tables) -> pd.DataFrame:
    """Every way in which dated figures tell a quantity, one a row.

    Columns: `indicator`, `region`, `unit`, `slot`, `period`, `last`, `lower`, `value`, `upper`, `formula` (with `{}` for each
    figure), `figure`, `figure_2` (keys of the figures; the second is empty where there is one), `origin` (sum of where they
    stand), `confidence` (of the least sure one), `how`: `printed`, `backward` (level over growth, level less change),
    `forward` (level and growth or change of the next period), `implied` (change over growth), `daily` (average of a day),
    `exchange` (in another currency).
    """
    dated = select_dated(comparable(tables))
    values, own = select_values(dated), tables.indicators["unit"]
    rates = _add_ends(dated[dated["measure"].isin(["growth_rate", "change"])])
    growth, change = rates[rates["measure"] == "growth_rate"], rates[rates["measure"] == "change"]
    # A growth rate is that of the quantity in its own unit.
    leading = pd.concat([growth.assign(of=growth["indicator"].map(own)), change.assign(of=change["unit"])])
    parts = [values.assign(figure_2="", formula="{}", how="printed")]
    for known, wanted, how in (("to", "from", "backward"), ("from", "to", "forward")):
        both = join(values, leading, "indicator", "region", slot=known, unit="of")
        pairs = both[both["b_measure"] == "growth_rate"]
        level, factor = ranges(pairs, "a"), ranges(pairs, "b") * 0.01 + 1
        result, formula = (level / factor, "{}÷(1+{})") if known == "to" else (level * factor, "{}×(1+{})")
        parts.append(_combine(pairs, result, formula, how, wanted))
        pairs = both[both["b_measure"] == "change"]
        level, more = ranges(pairs, "a"), ranges(pairs, "b")
        result, formula = (level - more, "{}－{}") if known == "to" else (level + more, "{}＋{}")
        parts.append(_combine(pairs, result, formula, how, wanted))
    pairs = join(change, growth, "indicator", "region", "from", "to")
    more, rate = ranges(pairs, "a"), ranges(pairs, "b") * 0.01
    parts.append(_combine(pairs, more / rate, "{}÷{}", "implied", "from"))
    parts.append(_combine(pairs, more / rate + more, "{0}÷{1}＋{0}", "implied", "to"))
    parts += [_estimate_daily(tables, values), _exchange(tables, values)]
    parts = [part for part in parts if len(part["figure"])] or parts[:1]  # an empty one would change types
    result = pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in COLUMNS})
    return result[np.isfinite(result["value"])]


COLUMNS = [
    "indicator", "region", "unit", "slot", "period", "last", "lower", "value", "upper", "formula", "figure", "figure_2",
    "origin", "confidence", "how",
]  # fmt: skip


def _add_ends(rates: pd.DataFrame) -> pd.DataFrame:
    """Rates and changes with the slots, periods and last months of the values that they lead `to` and `from`."""
    spans = {text: (text.split("/")[-1], period.before(text)) for text in rates["period"].unique()}
    for number, end in enumerate(("to", "from")):
        periods = rates["period"].map({text: ends[number] for text, ends in spans.items()})
        first, last = months(periods)
        slot = slots(first, last, rates["kind"])
        rates = rates.assign(**{f"{end}_period": periods, f"{end}_last": last, end: slot})
    return rates


def _combine(pairs: pd.DataFrame, result: Interval, formula: str, how: str, slot: str) -> dict[str, np.ndarray]:
    """Columns of estimates from pairs of a value (or change) and a rate, at one end of the rate (`from`, `to`) or in the same
    `slot`.
    """
    when, last = ("a_period", "a_last") if slot == "slot" else (f"b_{slot}_period", f"b_{slot}_last")
    columns = {
        "indicator": pairs["a_indicator"], "region": pairs["a_region"], "unit": pairs["a_unit"],
        "slot": pairs[f"b_{slot}"], "period": pairs[when], "last": pairs[last],
        "lower": result.lower, "value": result.value, "upper": result.upper,
        "formula": np.full(len(pairs), formula, object), "figure": pairs["a_figure"], "figure_2": pairs["b_figure"],
        "origin": pairs["a_origin"] | pairs["b_origin"],
        "confidence": np.maximum(pairs["a_confidence"], pairs["b_confidence"]), "how": np.full(len(pairs), how, object),
    }  # fmt: skip
    return {name: np.asarray(columns[name]) for name in COLUMNS}


def _estimate_daily(tables: Tables, values: pd.DataFrame) -> pd.DataFrame:
    """Flows from their average of a day, from working days alone to all days of the period."""
    pairs = values.add_prefix("a_").merge(related(tables, "daily"), left_on="a_indicator", right_on="left")
    days = ((pairs["a_last"] - pairs["a_first"] + 1) * 365 / 12).to_numpy(dtype=float)
    result = ranges(pairs, "a") * Interval(days * WORKING_DAYS / 365, days, days)
    pairs = pairs.assign(a_indicator=pairs["right"], b_slot=pairs["a_slot"], b_figure="", b_origin=0, b_confidence=0)
    return _combine(pairs, result, "{}×{days}", "daily", "slot")


def _exchange(tables: Tables, values: pd.DataFrame) -> pd.DataFrame:
    """Amounts printed in another currency than their quantity's, at the exchange rate of their year."""
    itself = pd.DataFrame({"left": values["indicator"].unique()}).assign(right=lambda frame: frame["left"])
    quantity = pd.concat([related(tables, "currency")[["left", "right"]], itself]).drop_duplicates()
    foreign = values.merge(quantity, left_on="indicator", right_on="left")
    foreign = foreign.assign(own=foreign["right"].map(tables.indicators["unit"]), year=foreign["last"] // 12)
    within_year = (foreign["kind"] != "flow") | (foreign["first"] // 12 == foreign["year"])
    foreign = foreign[(foreign["unit"] != foreign["own"]) & within_year]
    pairs = join(foreign, _list_exchange_rates(tables, values), "year", unit="of", own="to")
    result = ranges(pairs, "a") * ranges(pairs, "b")
    pairs = pairs.assign(a_unit=pairs["a_own"], a_indicator=pairs["a_right"], b_slot=pairs["a_slot"])
    pairs = pairs.assign(b_origin=0, b_confidence=0)  # a rate is no word on the quantity
    return _combine(pairs, result, "{}×{}", "exchange", "slot")


def _list_exchange_rates(tables: Tables, values: pd.DataFrame) -> pd.DataFrame:
    """Exchange rates among printed values: those in units such as 元/100美元, as so much `to` for one `of` in a `year`."""
    money = set(tables.units.index[tables.units["dimension"] == "money"])
    units = {unit: re.fullmatch(r"(\w+)/(\d*)(\w+)", unit) for unit in values["unit"].unique()}
    units = {unit: match.groups() for unit, match in units.items() if match and {match[1], match[3]} <= money}
    rates = values[values["unit"].isin(units)]
    to, per, of = (rates["unit"].map({unit: parts[n] for unit, parts in units.items()}).astype("str") for n in range(3))
    per = pd.to_numeric(per.replace("", "1"))
    rates = rates.assign(to=to, of=of, year=rates["last"] // 12, **{end: rates[end] / per for end in ENDS})
    return rates.drop_duplicates(["to", "of", "year"])
