"""All tables of a page as one workbook (XLSX), as an address inside the page.

A sheet of contents with notes and sources, then a sheet a table. Same tables, same bytes.
"""

import base64
import io
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from html import escape

from helpers.display import theme
from helpers.pages.downloads import Export, is_hostile
from helpers.runs.outputs import Field, Resource, is_number

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER = 4  # number of the row of headings on every sheet of a table, the first being 0
WIDEST = 60  # characters of a column
HEADING = 12  # characters of a heading that stand in one line
LIMIT = 32_767  # characters that a cell holds
CREATED = datetime(2000, 1, 1)  # of every workbook, so that its bytes follow from its tables


def make_link(tables: Sequence[Export], sources: Sequence[tuple[str, str]], facts: dict, run: str) -> str:
    """The link to a page's workbook, or nothing where there is no table.

    sources: titles and texts; facts: what the page says of itself, its banner as text; run: what names the file
    """
    if not tables:
        return ""
    address = f"data:{MEDIA};base64,{base64.b64encode(make_workbook(tables, sources, facts)).decode()}"
    return f'<a class="button get" download="{escape(run)}.xlsx" href="{address}">{escape(facts["words"]["xlsx"])}</a>'


def make_workbook(tables: Sequence[Export], sources: Sequence[tuple[str, str]], facts: dict) -> bytes:
    """The workbook of a page."""
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    options = {f"strings_to_{what}": False for what in ("numbers", "formulas", "urls")}
    with Workbook(stream, {"in_memory": True} | options) as book:
        book.set_properties({"title": facts["title"], "subject": facts["plan"], "created": CREATED})
        sheets = _Sheets(book, facts["words"], facts["banner"])
        names = [name_sheet(f"{number} {table.resource.title}") for number, table in enumerate(tables, 1)]
        sheets.add_contents(tables, names, sources, facts)
        for table, name in zip(tables, names, strict=True):
            sheets.add_table(table, name)
    return stream.getvalue()


class _Sheets:
    """Writes the sheets of one workbook; whatever its formats, each is made once."""

    def __init__(self, book, words: dict[str, str], banner: str):
        self.book, self.words, self.banner = book, words, banner
        self.home = name_sheet(words["contents"])
        self.form = cache(lambda **given: book.add_format({"valign": "top"} | given))
        self.link = self.form(font_color=theme.GOOD, underline=1)

    def add_contents(
        self, tables: Sequence[Export], names: list[str], sources: Sequence[tuple[str, str]], facts: dict
    ) -> None:
        """The first sheet: what the page says first, its tables, its sources."""
        words, sheet = self.words, self.book.add_worksheet(self.home)
        self._write_text(sheet, 0, 0, facts["title"], bold=True, font_size=14)
        for row, text in enumerate((facts["plan"], self.banner, facts["headline"], facts["lead"]), 1):
            self._write_text(sheet, row, 0, text, bold=row in (2, 3))
        self._write_headings(sheet, 6, [words["table"], words["section"], words["rows"], words["notes"]], 0)
        for row, (table, name) in enumerate(zip(tables, names, strict=True), 7):
            title = f"{name.split()[0]} {table.resource.title}"[:LIMIT]
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self.link, title)
            self._write_text(sheet, row, 1, table.section)
            sheet.write_number(row, 2, len(table.resource.rows), self.form())
            self._write_text(sheet, row, 3, " ".join(table.resource.notes))
        for row, (title, text) in enumerate(sources, len(tables) + 8):
            self._write_text(sheet, row, 0, title, bold=True)
            self._write_text(sheet, row, 1, text)
        for column, characters in enumerate((WIDEST, 30, 8, WIDEST)):
            sheet.set_column(column, column, characters)

    def add_table(self, table: Export, name: str) -> None:
        """A sheet: what the table is, the way back, headings, rows."""
        sheet, resource = self.book.add_worksheet(name), table.resource
        first, *notes = resource.notes or ("",)
        self._write_text(sheet, 0, 0, resource.title, bold=True, font_size=14)
        self._write_text(sheet, 1, 0, " · ".join(text for text in (table.section, first) if text))
        self._write_text(sheet, 2, 0, " ".join(notes))
        sheet.write_url(HEADER - 1, 0, f"internal:'{self.home}'!A1", self.link, f"← {self.home}")
        self._write_text(sheet, HEADER - 1, 1, self.banner, bold=True)
        self._write_headings(sheet, HEADER, [field.heading for field in resource.fields], 1)
        for column, field in enumerate(resource.fields):
            self._write_column(sheet, column, field, resource)
        sheet.autofilter(HEADER, 0, HEADER + len(resource.rows), len(resource.fields) - 1)

    def _write_headings(self, sheet, row: int, headings: list[str], fixed: int) -> None:
        """The row of headings; it stays in sight with the columns that are fixed."""
        for column, heading in enumerate(headings):
            self._write_text(sheet, row, column, heading, bold=True, bottom=1, text_wrap=True, valign="bottom")
        sheet.freeze_panes(row + 1, fixed)

    def _write_column(self, sheet, column: int, field: Field, resource: Resource) -> None:
        """A column's values, as wide as they need."""
        values = [row[field.name] for row in resource.rows]
        texts = [field.write(value) for value in values]
        for row, (value, text) in enumerate(zip(values, texts, strict=True), HEADER + 1):
            if is_number(value):  # with the decimals that it shows
                decimals = len(text.partition(".")[2])
                form = self.form(num_format=f"0.{'0' * decimals}" if decimals else "0")
                sheet.write_number(row, column, float(text), form)
            else:
                self._write_text(sheet, row, column, text, text_wrap=measure(text) > WIDEST)
        heading = field.heading
        needed = max(map(measure, [*texts, *heading.split(), heading[:HEADING]]), default=0)
        sheet.set_column(column, column, min(WIDEST, needed + 2))

    def _write_text(self, sheet, row: int, column: int, text: str, **form) -> None:
        """A text, never a formula: not even when somebody edits the cell and leaves it again."""
        if not text:
            return
        text = text if len(text) <= LIMIT else f"{text[: LIMIT - 1]}…"
        form |= {"quote_prefix": True} if is_hostile(text) else {}
        sheet.write_string(row, column, text, self.form(**form))


def name_sheet(text: str) -> str:
    """As much of a text as a sheet's name has room for, without the signs that Excel forbids there."""
    return re.sub(r"[\[\]:*?/\\']|[\x00-\x1f]", " ", text)[:31].strip()


def measure(text: str) -> int:
    """Columns of a terminal that a text takes; 汉字 take two, of which XlsxWriter's own `autofit` knows nothing."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
