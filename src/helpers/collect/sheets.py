"""Workbooks and CSV files as sheets of cells; nothing here knows indicators.

A merged range has its value in each of its cells. A date stays a date, a number keeps its format, so that a reader can say
what the cell shows. Raises UserError for a file that cannot be read for certain.
"""

import re
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from helpers.collect import delimited
from helpers.errors import UserError
from helpers.numbers.spelling import fold

MOST_CELLS = 2_000_000  # of a sheet
SIGNIFICANT = 15  # digits that Excel keeps of a number
OLD = b"\xd0\xcf\x11\xe0"  # begins a workbook of the format XLS, and one with a password
FORMULA_WITHOUT_RESULT = "formula without a result"


class Cell(NamedTuple):
    """A cell: its value as the file has it, its number format, its place (row and column from 1)."""

    value: object
    form: str
    row: int
    column: int

    @property
    def text(self) -> str:
        """What the cell says: full-width signs made half-width, numbers in plain digits, dates as ISO dates."""
        if self.value is None:
            return ""
        if isinstance(self.value, bool):
            return str(self.value).upper()
        if isinstance(self.value, int | float):
            return write_number(self.value)
        if isinstance(self.value, date | datetime):
            return f"{self.value:%Y-%m-%d}"
        return fold(str(self.value))

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, int | float) and not isinstance(self.value, bool)

    @property
    def is_date(self) -> bool:
        return isinstance(self.value, date)

    @property
    def address(self) -> str:
        return f"{name_column(self.column)}{self.row}"


@dataclass(frozen=True)
class Sheet:
    """A sheet of a file (`book` without its folder); rows of cells, all of one length; the name of a CSV's is empty."""

    book: str
    name: str
    rows: list[list[Cell]] = field(repr=False)

    def locate(self, cell: Cell) -> str:
        """Place of a cell: `BOOK.xlsx!Sheet1!C7`; blanks are `_`, as lists of places are separated by them."""
        return "!".join(re.sub(r"[!\s]+", "_", part) for part in (self.book, self.name, cell.address) if part)


def write_number(value: int | float) -> str:
    """A number in plain digits, as many as Excel keeps: 0.1 + 0.2 is 0.3."""
    number = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.{SIGNIFICANT}g}")
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def name_column(column: int) -> str:
    """Letters of a column: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read(path: Path) -> tuple[list[Sheet], list[str]]:
    """Sheets of a workbook or CSV file, and sentences on how it was read."""
    if not path.is_file():
        raise UserError(f"{path}: no such file; expected a workbook (.xlsx) or a CSV file.")
    if path.suffix.lower() in (".csv", ".txt", ".tsv"):
        rows, sentence = delimited.read(path)
        return [Sheet(path.name, "", _make_even(rows))], [f"{path}: {sentence}"]
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        raise UserError(f"{path}: not a workbook that can be read; save it as an Excel workbook (.xlsx) or as CSV.")
    return _read_workbook(path)


def _make_even(rows: list[list[str]]) -> list[list[Cell]]:
    """Rows of texts as cells, the short ones filled up."""
    width = max(map(len, rows), default=0)
    return [
        [Cell(text or None, "General", n, m) for m, text in enumerate([*row, *[""] * (width - len(row))], 1)]
        for n, row in enumerate(rows, 1)
    ]


def _read_workbook(path: Path) -> tuple[list[Sheet], list[str]]:
    import openpyxl  # slow to import

    if path.read_bytes()[:4] == OLD:
        raise UserError(f"{path}: an old workbook (XLS) or one with a password; save it as .xlsx without a password.")
    try:
        with warnings.catch_warnings():  # of parts that openpyxl does not keep, none of them cells
            warnings.simplefilter("ignore")
            values = openpyxl.load_workbook(path, data_only=True)
            formulas = openpyxl.load_workbook(path)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError, SyntaxError) as error:
        raise UserError(
            f"{path}: cannot be read as a workbook ({error}); open it in Excel and save it again."
        ) from None
    sheets, notes = [], []
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            notes.append(f"{path}: the sheet {sheet.title!r} is hidden and was not read")
            continue
        if sheet.max_row * sheet.max_column > MOST_CELLS:
            what = f"{sheet.max_row} rows and {sheet.max_column} columns; delete those behind the table"
            raise UserError(f"{path}: the sheet {sheet.title!r} has {what}, and save the workbook.")
        sheets.append(Sheet(path.name, sheet.title, _list_cells(sheet, formulas[sheet.title])))
    return sheets, notes


def _list_cells(sheet, formulas) -> list[list[Cell]]:
    """Cells of a sheet of openpyxl; formulas: the same sheet with its formulas in place of their results."""
    rows = [
        [Cell(cell.value, cell.number_format, n, m) for m, cell in enumerate(row, 1)]
        for n, row in enumerate(sheet.iter_rows(min_row=1, min_col=1), 1)
    ]
    for row in formulas.iter_rows(min_row=1, min_col=1):
        for cell in row:
            held = rows[cell.row - 1][cell.column - 1]
            if cell.data_type == "f" and held.value is None:
                rows[cell.row - 1][cell.column - 1] = held._replace(value=f"#{FORMULA_WITHOUT_RESULT}")
    for area in sheet.merged_cells.ranges:
        first = rows[area.min_row - 1][area.min_col - 1]
        for n in range(area.min_row, min(area.max_row, len(rows)) + 1):
            for m in range(area.min_col, min(area.max_col, len(rows[0])) + 1):
                rows[n - 1][m - 1] = first._replace(row=n, column=m)
    return rows
