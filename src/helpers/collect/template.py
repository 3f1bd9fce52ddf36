"""Workbooks for collection: a department fills in the white cells, and `reading` reads them again without loss.

A row an indicator, two columns a year. The first columns (region and key) and the first row of headings (what each column
is) are what a program reads; they are locked, and so is everything but the cells to fill in. The sheets have no password.
"""

import io
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers import files
from helpers.collect.amounts import QUALIFIER_WORDS
from helpers.errors import UserError
from helpers.language.formatter import Formatter
from helpers.numbers import token
from helpers.package import schema
from helpers.package.tables import Tables

FIXED = ("region", "indicator", "name_zh", "name_en", "unit", "reference")  # columns before those of the years
NOTES = ("note", "document", "place")  # columns behind them
BY_RATES = ("growth", "reduction")  # kinds of target that printed yearly rates can be chained for
RATE = " growth rate"  # behind the key of a row for rates
CODES_ROW, FIRST_ROW = 4, 6  # of the headings that a program reads, and of the first indicator, the first row being 0
WIDTHS = {"region": 9, "indicator": 24, "name_zh": 34, "name_en": 34, "unit": 10, "reference": 16,
          "value": 14, "target": 14, "qualifier": 9, "note": 26, "document": 26, "place": 14}  # fmt: skip
INSTRUCTIONS = 9  # sentences of the sheet that says how to fill in the other one


class Template(NamedTuple):
    """A workbook to be written: its file, the department (empty for none), and its indicators."""

    path: Path
    department: str
    indicators: list[str]


def plan(package: Tables, path: Path, department: str = "") -> list[Template]:
    """Workbooks for a package: one, or one a department where several are responsible. Raises UserError."""
    shown = package.indicators[package.indicators["section"] != ""]
    names = shown["responsible"].str.strip()
    departments = list(dict.fromkeys(name for name in names if name))
    if path.suffix.lower() != ".xlsx":
        raise UserError(f"{path}: expected the name of a workbook (.xlsx).")
    if department and department not in departments:
        known = f"there is {', '.join(departments)}" if departments else "the column responsible is empty"
        raise UserError(f"no indicator of the department {department!r}; {known}.")
    if department:
        templates = [Template(path, department, list(shown.index[names == department]))]
    elif len(departments) < 2:
        templates = [Template(path, "".join(departments), list(shown.index))]
    else:
        templates = [Template(_name_file(path, name), name, list(shown.index[names == name])) for name in departments]
        rest = list(shown.index[names == ""])
        templates += [Template(path, "", rest)] if rest else []
    if not shown.size:
        raise UserError("indicators.csv has no indicator with a section; a workbook would be empty.")
    for template in templates:
        if template.path.exists():
            raise UserError(f"{template.path} exists already and may be filled in; remove it, or choose another name.")
    return templates


def list_years(package: Tables) -> list[int]:
    """Years of the plan, and that of the baseline where nothing is known of it."""
    plan = package.plan
    first = plan.start_year if (package.figures["year"] == plan.baseline_year).any() else plan.baseline_year
    return [*range(first, plan.target_year + 1)]


def _name_file(path: Path, department: str) -> Path:
    """BOOK-商务厅.xlsx for BOOK.xlsx, without the signs that a file system forbids."""
    name = "".join("_" if sign in '<>:"/\\|?*!' else sign for sign in department)
    return path.with_name(f"{path.stem}-{name}.xlsx")


def write(package: Tables, template: Template, years: list[int]) -> None:
    """Write a workbook for some years. Raises UserError where it cannot be written."""
    try:
        files.write_whole(template.path, make(package, template, years))
    except OSError as error:
        raise UserError(f"{template.path}: cannot be written ({error.strerror}).") from None


def make(package: Tables, template: Template, years: list[int]) -> bytes:
    """Bytes of a workbook."""
    from xlsxwriter import Workbook  # slow to import

    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        words = {language: Formatter(package, language) for language in ("zh", "en")}
        _Writer(book, package, words).write_figures(template, years)
        _write_instructions(book, words)
    return stream.getvalue()


class _Writer:
    """Writes the sheet that is filled in."""

    def __init__(self, book, package: Tables, words: dict[str, Formatter]):
        self.package, self.words = package, words
        self.sheet = book.add_worksheet(self._say("collect.sheet", "_"))
        border = {"border": 1, "border_color": "#bbbbbb", "valign": "vcenter", "text_wrap": True}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.plain = book.add_format({"text_wrap": False})
        self.code = book.add_format({"font_color": "#888888", "font_size": 8, "border": 1, "border_color": "#bbbbbb"})
        self.heading = book.add_format({"bold": True, "bg_color": "#e8edf2"} | border)
        self.locked = book.add_format({"bg_color": "#f3f3f3"} | border)
        self.input = book.add_format({"locked": False} | border)

    def _say(self, key: str, between: str = "\n", **values) -> str:
        """A label in both languages."""
        return between.join(words.say(key, **values) for words in self.words.values())

    def write_figures(self, template: Template, years: list[int]) -> None:
        sheet, plan, before = self.sheet, self.package.plan, years[0] - 1
        sheet.write_string(0, 0, f"{plan.title_zh} {plan.title_en}", self.title)
        if template.department:
            sheet.write_string(1, 0, self._say("collect.department", " ", name=template.department), self.plain)
        sheet.write_string(2, 0, self._say("collect.hint", " "), self.plain)
        targets = [f"target:{plan.target_year}"] if self._lacks_targets(template) else []
        codes = [*FIXED, *targets, *(f"{name}:{year}" for year in years for name in ("value", "qualifier")), *NOTES]
        for column, code in enumerate(codes):
            name, _, year = code.partition(":")
            year = before if name == "reference" else year
            sheet.write_string(CODES_ROW, column, code, self.code)
            sheet.write_string(CODES_ROW + 1, column, self._say(f"collect.column.{name}", year=year), self.heading)
            sheet.set_column(column, column, WIDTHS[name])
        lines = [
            (key, rate) for key in template.indicators for rate in (False, True) if not rate or self._needs_rate(key)
        ]
        for row, line in enumerate(lines, FIRST_ROW):
            self._write_row(row, *line, before, codes)
        last = FIRST_ROW + len(lines) - 1
        for column, code in enumerate(codes):
            if code.startswith("qualifier:"):
                rule = {"validate": "list", "source": [*QUALIFIER_WORDS], "ignore_blank": True}
                sheet.data_validation(FIRST_ROW, column, last, column, rule)
        sheet.set_row(CODES_ROW + 1, 48)
        sheet.freeze_panes(FIRST_ROW, FIXED.index("name_en"))
        sheet.protect("", {"format_columns": True, "format_rows": True, "format_cells": True})
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def _write_row(self, row: int, indicator: str, rate: bool, before: int, codes: list[str]) -> None:
        """rate: is the row for the rate of change of the indicator, and not for its values?"""
        line, region = self.package.indicators.loc[indicator], self.package.plan.region
        known = self._find_figures(indicator)
        fixed = {
            "region": region,
            "indicator": indicator,
            "name_zh": line["name_zh"],
            "name_en": line["name_en"],
            "reference": _write_reference(known[known["period"] == str(before)]),
        }
        unit = known["unit"].iloc[-1] if len(known) else self._find_target_unit(indicator) or line["unit"]
        if rate:
            names = {f"name_{code}": words.say("measure.growth_rate", name=line[f"name_{code}"])
                     for code, words in self.words.items()}  # fmt: skip
            fixed |= names | {"indicator": f"{indicator}{RATE}"}
            unit = "%"
        for column, code in enumerate(codes):
            if code in fixed:
                self.sheet.write_string(row, column, fixed[code], self.locked)
            elif code == "unit":
                self.sheet.write_string(row, column, unit, self.input)
            else:
                self.sheet.write_blank(row, column, None, self.input)

    def _needs_rate(self, indicator: str) -> bool:
        """Can the target be judged by yearly rates alone, as nothing is known of the value at its base?"""
        by_rates = self.package.indicators.at[indicator, "target_kind"] in BY_RATES
        return by_rates and self._find_figures(indicator).empty

    def _find_target_unit(self, indicator: str) -> str:
        """Unit of the target, where that is of the quantity itself; nothing where it is not."""
        figures = self.package.figures
        units = figures.loc[(figures["indicator"] == indicator) & (figures["measure"] == "target"), "unit"]
        base = self.package.indicators.at[indicator, "unit"]
        return next((unit for unit in units if token.split_unit(unit)[1] == base), "")

    def _lacks_targets(self, template: Template) -> bool:
        """Does an indicator have a kind of target, but no target yet?"""
        figures, indicators = self.package.figures, self.package.indicators.loc[template.indicators]
        known = {*figures.loc[figures["measure"] == "target", "indicator"]}
        return any(key not in known for key in indicators.index[indicators["target_kind"] != ""])

    def _find_figures(self, indicator: str) -> pd.DataFrame:
        """Figures of the quantity itself, for the plan's region."""
        figures = self.package.figures
        measure = schema.MEASURE_OF_KIND[self.package.indicators.at[indicator, "kind"]]
        own = (figures["indicator"] == indicator) & (figures["measure"] == measure)
        return figures[own & (figures["region"] == self.package.plan.region)].sort_values("period", kind="stable")


def _write_reference(figures: pd.DataFrame) -> str:
    """The value of a year as printed, with its unit where the token lacks it."""
    texts = []
    for row in figures.itertuples():
        bare = not token.parse(row.printed).unit
        texts.append(f"{row.printed}{row.unit}" if bare else row.printed)
    return "；".join(dict.fromkeys(texts))


def _write_instructions(book, words: dict[str, Formatter]) -> None:
    """The sheet that says how to fill in the other one, in both languages."""
    sheet = book.add_worksheet(" ".join(each.say("collect.instructions") for each in words.values()))
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    title = book.add_format({"bold": True, "font_size": 14})
    for column, each in enumerate(words.values()):
        sheet.set_column(column, column, 70)
        sheet.write_string(0, column, each.say("collect.instructions"), title)
        for row in range(1, INSTRUCTIONS + 1):
            sheet.write_string(row, column, each.say(f"collect.step.{row}"), wrapped)
    sheet.protect()
