"""Figures as a reader of one language knows them: names, places, and numbers in the unit that stands beside them."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.audit.headline import attained
from helpers.display.table import records_of
from helpers.evaluation import history
from helpers.language.formatter import Formatter
from helpers.language.units import OneUnit, choose_unit
from helpers.numbers import format
from helpers.package import errata
from helpers.package.parameters import LANGUAGES
from helpers.package.tables import Rows, Tables

FIGURES = (
    "indicator", "name", "measure", "region", "place", "chapter", "section", "group", "headline", "kind", "period",
    "year", "whole_year", "value", "lower", "upper", "unit", "qualifier", "printed", "document", "source", "sentence",
    "in_table", "form", "base",    "base_lower", "base_upper", "base_unit", "multiplier", "decimals",
)  # fmt: skip
DERIVED = ("how", "formula", "used")
PUBLIC = ("publisher", "published", "title", "address", "copy", "confidence", "scope")


def described(frame: pd.DataFrame, package: Tables, words: Formatter) -> pd.DataFrame:
    """Figures with what a reader of one language calls them, and numbers in the unit that stands beside them.

    frame: `Tables.figures`, `Tables.external` or `history.derived`. `value`, `lower` and `upper` are in `unit`; `base`,
    `base_lower` and `base_upper` in `base_unit`.
    """
    names, places = (
        words.column("indicators", f"name_{words.language}"),
        words.column("regions", f"name_{words.language}"),
    )
    rows = frame.copy()
    rows["name"] = pd.array([names[key] for key in rows["indicator"]], dtype="str")
    rows["place"] = pd.array([places[key] for key in rows["region"]], dtype="str")
    rows = rows.join(package.indicators[["chapter", "section", "group", "headline", "kind"]], on="indicator")
    records = records_of(rows)
    rows["unit"] = pd.array([words.name_unit(row) for row in records], dtype="str")
    scale = rows["multiplier"] if words.language == "zh" else 1
    rows["base_lower"], rows["base_upper"] = rows["lower"], rows["upper"]
    _range_completions(rows, package)
    # A division by 1e8 and a product with it leave no more than noise in the last of fifteen digits.
    for column, base in (("value", "base"), ("lower", "base_lower"), ("upper", "base_upper")):
        rows[column] = _significant(rows[base] / scale)
    derived = "how" in rows
    if derived:
        known = Rows(package.figures), Rows(history.derived(package))
        formulas = [_formula(row, known, words) for row in records]
        rows = rows.assign(
            measure="level", qualifier="exact", printed="", document="", source="", sentence="", in_table=False
        )
        rows["formula"] = pd.array(formulas, dtype="str")
    public = "address" in rows
    if public:  # their place is their address
        rows = rows.assign(document="", source="", sentence="", in_table=False, copy=rows["copy"] == "true")
    columns = [*FIGURES, *(DERIVED if derived else PUBLIC if public else ())]
    return rows[columns]


def _range_completions(rows: pd.DataFrame, package: Tables) -> None:
    """Give completions that we computed in place of the printed ones the range of target and actual, or none."""
    computed = {*package.errata.loc[errata.are_computed(package.errata), "key"]}
    for key in computed.intersection(rows.index):
        row = rows.loc[key]
        if (row["form"], row["measure"]) == ("corrected", "completion"):
            known = attained(package)
            known = known[(known.index == row["indicator"]) & (known["region"] == row["region"])]
            known = known[known["value"].between(row["lower"], row["upper"]) & (known["last"] // 12 == row["year"])]
            ends = known[["lower", "upper"]].to_numpy(dtype=float)
            rows.loc[key, ["base_lower", "base_upper"]] = ends[0] if len(ends) else np.nan


def _significant(values: pd.Series) -> pd.Series:
    """Numbers to fourteen significant digits."""
    array = values.to_numpy(dtype=float)
    finite = np.isfinite(array) & (array != 0)
    power = np.zeros_like(array)
    power[finite] = 13 - np.floor(np.log10(np.abs(array[finite])))
    scale = 10.0 ** np.clip(power, -300, 300)
    with np.errstate(over="ignore"):
        return pd.Series(np.where(finite, np.round(array * scale) / scale, array), index=values.index)


def _formula(row: dict, known: tuple[Rows, Rows], words: Formatter) -> str:
    """How a derived value comes about: `16718.8÷(1+25.4%)`; known: printed figures and derived ones."""
    return _fill_formula(row, known, words, choose_unit([*_list_parts(row, known)], words))


def _list_parts(row: dict, known: tuple[Rows, Rows]) -> Iterator[dict]:
    """The printed figures that a derived value comes from, at last."""
    printed, derived = known
    for key in row["parts"]:
        yield from [printed[key]] if key in printed else _list_parts(derived[key], known)


def _fill_formula(row: dict, known: tuple[Rows, Rows], words: Formatter, unit: OneUnit) -> str:
    printed, derived = known
    first, *others = (
        str(words.format_amount(unit.write(printed[key], words)))
        if key in printed
        else _fill_formula(derived[key], known, words, unit)
        for key in row["parts"]
    )
    if row["how"] == "growth":
        return format.fill("{}÷(1+{})", [first, others[0]], words.language)
    sign = "+" if row["how"] == "sum" else "－"
    return format.fill(sign.join(["{}"] * len(row["parts"])), [first, *others], words.language)


def mark_figures(figures: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """Figures with the gravest verdict of the audit on each, and the finding that gives it."""
    marks: dict[str, tuple[str, str]] = {}
    for row in findings[(findings["verdict"] != "consistent") & findings["of_figures"]].itertuples():
        for key in (key for key in row.figures if key not in row.evidence):
            marks.setdefault(key, (row.verdict, row.finding))
    pairs = [marks.get(key, ("", "")) for key in figures.index]
    return figures.assign(
        verdict=pd.array([verdict for verdict, _ in pairs], dtype="str"),
        finding=pd.array([finding for _, finding in pairs], dtype="str"),
    )


def drop_unspoken(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """A table without the words of other languages, and without notes for whoever keeps the data."""
    unseen = [
        column
        for column in frame.columns
        if column == "note" or ((spoken := column.rpartition("_")[2]) in LANGUAGES and spoken != language)
    ]
    return frame.drop(columns=unseen)


def name_bodies(frame: pd.DataFrame, column: str, words: Formatter) -> pd.DataFrame:
    """A table with its publishers or departments named in the reader's language."""
    return frame.assign(**{column: frame[column].map(words.name_body)})
