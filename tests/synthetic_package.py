"""Tables of a data package that holds some worlds."""

from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import pandas as pd
from synthetic import World
from synthetic_print import digits
from synthetic_values import MEASURE, PLAN, RATE, TREE, Quantity

from helpers import paths
from helpers.package import files, schema, tables

EXTRA_COLUMNS = {"external": ["scope"], "relations": ["note_zh"]}


@lru_cache(maxsize=1)
def constants() -> dict[str, pd.DataFrame]:
    """Tables of the project's own package that the worlds share: chapters, sections, units, terms, labels."""
    read = {
        name: files.read(paths.ROOT / "data" / f"{name}.csv")
        for name in ("chapters", "sections", "units", "terms", "labels")
    }
    return read | {"regions": _regions(TREE)}


def _regions(tree: dict[str, str]) -> pd.DataFrame:
    rows = [{"region": name, "name_zh": name, "name_en": name, "parent": parent} for name, parent in tree.items()]
    return _frame("regions", rows)


def _frame(table: str, rows: list[dict]) -> pd.DataFrame:
    """Rows as a table of texts; what they do not say is empty."""
    columns = [*schema.COLUMNS[table], *EXTRA_COLUMNS.get(table, [])]
    frame = pd.DataFrame([[row.get(name, "") for name in columns] for row in rows], columns=columns, dtype=str)
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="row")
    return frame


def raw(worlds: list[World]) -> dict[str, pd.DataFrame]:
    """The tables of a package as text, with what its text says of its table of headline indicators."""
    figures, external, relations, indicators = [], [], [], []
    headlines = []
    for world in worlds:
        figures += world.figures
        external += world.external
        relations += world.relations
        for quantity in world.quantities:
            indicators.append(_indicator(quantity, len(headlines) + 1))
            headlines += [quantity] if quantity.headline else []
    if any(world.dollars for world in worlds):
        indicators.append(_indicator(Quantity("dollar", "index", "元/100美元", None), 0))
        external += [
            _dollar(year, rate) for year, rate in RATE.items() if year != worlds[0].arrays.integers(2010, 2020)
        ]
    for name, kind in (("unknown", "without_data"), ("behind", "lagging")):
        known = _known(figures, headlines)
        listed = [
            headline.name
            for headline in headlines
            if (headline.name not in known if name == "unknown" else headline.short)
        ]
        listed = [key for key in listed if name == "unknown" or key in known]
        if listed:
            indicators.append(_indicator(Quantity(name, "stock", "个", None), 0) | {"section": ""})
            relations.append({"relation": name, "kind": kind, "left": name, "right": " ".join(listed)})
            shown = {"value": str(len(listed)), "unit": "个", "qualifier": "exact", "printed": f"{len(listed)}个"}
            where = {"region": PLAN.region, "period": "", "source": "0.0.1", "sentence": "1"}
            figures.append({"indicator": name, "measure": "level", **where, **shown})
    figures = [{"figure": f"F{number}", **row} for number, row in enumerate(figures, 1)]
    external = [{"figure": f"X-{number}", **row} for number, row in enumerate(external, 1)]
    rows = {"figures": figures, "external": external, "relations": relations, "indicators": indicators}
    rows |= {"platforms": [], "errata": []}
    return constants() | {table: _frame(table, table_rows) for table, table_rows in rows.items()}


def _indicator(quantity: Quantity, headline: int) -> dict:
    row = {"indicator": quantity.name, "section": "1.1", "name_zh": quantity.name, "name_en": quantity.name}
    row |= {"unit": quantity.unit, "kind": quantity.kind, "direction": quantity.direction}
    row |= {"target_kind": quantity.target_kind, "may_exceed": str(quantity.may_exceed).lower()}
    return row | ({"headline": str(headline), "category": "innovation"} if quantity.headline else {})


def _dollar(year: int, rate: Fraction) -> dict:
    value = digits(int(rate * 100), -2)
    row = {"indicator": "dollar", "measure": "index", "region": "100000", "period": str(year), "value": value}
    row |= {"unit": "元/100美元", "qualifier": "exact", "printed": value, "scope": "", "title": "书"}
    return row | {"address": "https://x.cn", "confidence": "medium"}


def _known(figures: list[dict], headlines: list[Quantity]) -> set[str]:
    """Headline indicators of which the report gives a value of the plan's region in the target year."""
    last, start = str(PLAN.target_year), PLAN.start_year
    periods_of: dict[str, set[str]] = {}
    for row in figures:
        if row["region"] == PLAN.region and row["measure"] in MEASURE.values():
            periods_of.setdefault(row["indicator"], set()).add(row["period"])
    ends = {last, f"{last}H2", f"{last}Q4", f"{last}-12"}
    each_year = {str(year) for year in range(start, PLAN.target_year + 1)}
    known = set()
    for headline in headlines:
        periods = periods_of.get(headline.name, set())
        if headline.target_kind == "cumulative":
            known_at_end = f"{start}/{last}" in periods or each_year <= periods
        else:
            known_at_end = bool(periods & ({last} if headline.kind == "flow" else ends))
        known |= {headline.name} if known_at_end else set()
    return known


def package(worlds: list[World]) -> tables.Tables:
    return tables.of(Path("synthetic"), PLAN, raw(worlds))
