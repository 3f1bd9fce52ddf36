"""What a page gives away: a CSV beside each of its tables, and one workbook with all of them, as addresses inside the page.

Both are made of the page's HTML alone (`batch.outputs` reads it) and know no indicators. A number is a number, without its
unit, which stands in the heading or in a column of its own; a text can never become a formula. Same page, same bytes.
"""

import base64
import csv
import io
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from typing import NamedTuple

from helpers.batch import outputs

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PIECES = re.compile(
    r"<h2[^>]*>(?P<section>.*?)</h2>"
    r'|<figure(?: id="(?P<figure>[^"]*)")?[^>]*>'
    r"|(?P<card><article\b.*?</article>)"
    r'|<div class="kicker">(?P<kicker>.*?)</div>'
    r'|<p class="note">(?P<note>.*?)</p>'
    r'|(?P<table><table\b.*?</table>)(?P<close>\s*</div>)?(?P<after>\s*<p class="note">(?P<below>.*?)</p>)?'
    r"|(?P<left></figure>)",
    re.DOTALL,
)
FORMULA = "=+-@＝＋－＠"  # what begins a formula in some spreadsheet
WIDEST, HEADER = 60, 4  # of a column, in characters; number of the row of headings, the first being 0
LIMIT = 32_767  # characters that a cell of a workbook holds
CREATED = datetime(2000, 1, 1)  # of every workbook, so that its bytes follow from its tables


class Number(NamedTuple):
    """A number as a plain decimal, with the digits that are shown."""

    text: str


@dataclass(frozen=True)
class Flat:
    """A table for machines: headings, and rows of texts and numbers; every row has its group."""

    caption: str
    name: str  # of its file
    headings: list[str]
    rows: list[list[str | Number]]
    section: str = ""
    notes: tuple[str, ...] = ()


def given(body: str, run: str, words: dict[str, str], banner: str = "") -> tuple[str, list[Flat]]:
    """The body of a page with a link to a CSV beneath each table, and its tables.

    run: what names the files; banner: what every file must say
    """
    found: list[Flat] = []
    section, figure, kicker, note = "", "", "", ""

    def passed(piece: re.Match) -> str:
        nonlocal section, figure, kicker, note
        if piece["section"] is not None:
            section = outputs.text(piece["section"])
        elif piece["kicker"] is not None:
            kicker = outputs.text(piece["kicker"])
        elif piece["note"] is not None:
            note = outputs.text(piece["note"])
        elif piece["table"]:
            below = outputs.text(piece["below"] or "")
            table = outputs.read(piece["table"])
            name = f"{run}_{_file(table.anchor or figure or str(len(found) + 1))}"
            notes = tuple(text for text in (kicker, note, below) if text)
            flat = replace(flattened(table, words), name=name, section=section, notes=notes)
            if flat.rows:
                found.append(flat)
                link = _link(flat, words, outputs.text(banner))
                return f"{piece['table']}{piece['close'] or ''}{link}{piece['after'] or ''}"
        elif not piece["card"]:  # in or out of a picture
            figure, kicker, note = piece["figure"] or "", "", ""
        return piece[0]

    return PIECES.sub(passed, body), found


def _link(flat: Flat, words: dict[str, str], banner: str) -> str:
    said = escape(f"{words['csv']} {flat.caption}")
    address = _address("text/csv;charset=utf-8", comma_separated(flat, banner))
    return f'<p class="get"><a download="{escape(flat.name)}.csv" href="{address}" aria-label="{said}">CSV</a></p>'


def _file(anchor: str) -> str:
    return re.sub(r"[^\w.-]+", "-", anchor)


def flattened(table: outputs.Table, words: dict[str, str]) -> Flat:
    """A table with one thing in each column: groups, qualifiers, units and marks have columns of their own."""
    lines = table.lines
    columns: list[tuple[str, list[str | Number]]] = []
    if any(line.group for line in lines):
        columns.append((words["group"], [line.group for line in lines]))
    for place in range(max((len(line.cells) for line in lines), default=0)):
        heading = table.headings[place] if place < len(table.headings) else ""
        columns += _column(heading, [line.cells[place] for line in lines], words)
    if any(line.mark for line in lines):
        columns.append((words["mark"], [line.mark for line in lines]))
    headings = [heading for heading, _ in columns]
    rows = [list(row) for row in zip(*(cells for _, cells in columns), strict=True)]
    return Flat(table.caption, table.anchor, headings, rows)


def _column(heading: str, cells: list[outputs.Cell], words: dict[str, str]) -> list[tuple[str, list[str | Number]]]:
    """A column of a table as one or several: the qualifier before a number, its unit after it or in the heading."""
    values = [Number(cell.number) if cell.number else cell.text for cell in cells]
    units = {cell.unit for cell in cells if cell.number}
    columns = []
    if any(cell.qualifier for cell in cells):
        columns.append((f"{heading} · {words['qualifier']}", [cell.qualifier for cell in cells]))
    if len(units) == 1 and "" not in units:
        unit = units.pop()
        named = heading if unit in heading else f"{heading} ({unit})".strip()
        return [*columns, (named, values)]
    columns.append((heading, values))
    if units - {""}:
        columns.append((f"{heading} · {words['unit']}", [cell.unit for cell in cells]))
    return columns


# --- CSV ---------------------------------------------------------------------------------------------------


def comma_separated(flat: Flat, banner: str = "") -> str:
    """A table as CSV; a banner is one more heading, above an empty column."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([harmless(heading) for heading in [*flat.headings, *([banner] if banner else [])]])
    for row in flat.rows:
        cells = [cell.text if isinstance(cell, Number) else harmless(cell) for cell in row]
        writer.writerow([*cells, *([""] if banner else [])])
    return stream.getvalue()


def hostile(text: str) -> bool:
    """Would a spreadsheet take a text for a formula? What cannot be seen before it does not hinder one."""
    seen = next((sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cf", "Zs", "Zl", "Zp")), "")
    return seen in FORMULA and bool(seen) or text[:1] in ("\t", "\r", "\n")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe goes before it."""
    return f"'{text}" if hostile(text) else text


def _address(media: str, text: str) -> str:
    """A `data:` address of a text; Chinese stays as it is, which is a third of what it is percent-encoded."""
    quoted = re.sub(r"[\x00-\x20\x7f\"#%&'<>?\\^`{|}]", lambda sign: f"%{ord(sign[0]):02X}", text)
    return f"data:{media},%EF%BB%BF{quoted}"


# --- XLSX --------------------------------------------------------------------------------------------------


def workbook_link(tables: list[Flat], facts: dict, run: str, sources: list[tuple[str, str]]) -> str:
    """The link to a page's workbook, or nothing where there is no table."""
    if not tables:
        return ""
    content = workbook(tables, facts, sources)
    address = f"data:{SHEET};base64,{base64.b64encode(content).decode()}"
    return f'<a class="button get" download="{escape(run)}.xlsx" href="{address}">{escape(facts["words"]["xlsx"])}</a>'


def workbook(tables: list[Flat], facts: dict, sources: list[tuple[str, str]]) -> bytes:
    """All tables of a page: a sheet of contents with notes and sources, then a sheet a table.

    Every table has its headings in row 5. facts: what the page says of itself; sources: titles and texts
    """
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    options = {f"strings_to_{what}": False for what in ("numbers", "formulas", "urls")}
    with Workbook(stream, {"in_memory": True} | options) as book:
        book.set_properties({"title": facts["title"], "subject": facts["plan"], "created": CREATED})
        written = _Book(book, facts["words"], outputs.text(facts["banner"]))
        names = written.names([table.caption for table in tables])
        written.contents(tables, names, facts, sources)
        for table, name in zip(tables, names, strict=True):
            written.sheet(table, name)
    return stream.getvalue()


class _Book:
    def __init__(self, book, words: dict[str, str], banner: str):
        self.book, self.words, self.banner = book, words, banner
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.text = book.add_format({"valign": "top"})
        self.link = book.add_format({"font_color": "#004672", "underline": 1, "valign": "top"})
        self._formats: dict[tuple, object] = {}

    def names(self, captions: list[str]) -> list[str]:
        """Names of sheets: a number, and as much of the caption as there is room for; Excel forbids some signs."""
        clean = [re.sub(r"[\[\]:*?/\\']|[\x00-\x1f]", " ", caption) for caption in captions]
        return [f"{number} {caption}"[:31].strip() for number, caption in enumerate(clean, 1)]

    def number(self, cell: Number):
        """Format of a number: the decimals that it shows."""
        decimals = len(cell.text.partition(".")[2])
        return self._format(num_format="0" + ("." + "0" * decimals if decimals else ""), valign="top")

    def _format(self, **given):
        key = tuple(given.items())
        if key not in self._formats:
            self._formats[key] = self.book.add_format(given)
        return self._formats[key]

    def write(self, sheet, row: int, column: int, text: str, form=None) -> None:
        """A text, never a formula: not even when somebody edits the cell and leaves it again."""
        text = text if len(text) <= LIMIT else f"{text[: LIMIT - 1]}…"
        if hostile(text):
            form = self._format(quote_prefix=True, valign="top")
        sheet.write_string(row, column, text, form)

    def contents(self, tables: list[Flat], names: list[str], facts: dict, sources: list[tuple[str, str]]) -> None:
        words = self.words
        sheet = self.book.add_worksheet(words["contents"][:31])
        opening = [facts["title"], facts["plan"], self.banner, facts["headline"], facts["lead"]]
        for row, text in enumerate(opening):
            self.write(sheet, row, 0, text, self.title if row == 0 else self.bold if row in (2, 3) else None)
        row = len(opening) + 1
        for column, text in enumerate((words["table"], words["section"], words["rows"], words["notes"])):
            self.write(sheet, row, column, text, self.head)
        sheet.freeze_panes(row + 1, 0)
        for row, (table, name) in enumerate(zip(tables, names, strict=True), row + 1):
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self.link, f"{name.split()[0]} {table.caption}"[:LIMIT])
            self.write(sheet, row, 1, table.section, self.text)
            sheet.write_number(row, 2, len(table.rows), self.text)
            self.write(sheet, row, 3, " ".join(table.notes), self.text)
        for row, (title, text) in enumerate(sources, row + 2):
            self.write(sheet, row, 0, title, self.bold)
            self.write(sheet, row, 1, text, self.text)
        sheet.set_column(0, 0, WIDEST)
        sheet.set_column(1, 1, 30)
        sheet.set_column(2, 2, 8)
        sheet.set_column(3, 3, WIDEST)

    def sheet(self, table: Flat, name: str) -> None:
        sheet = self.book.add_worksheet(name)
        first, *notes = table.notes or ("",)
        above = [table.caption, " · ".join(text for text in (table.section, first) if text), " ".join(notes)]
        for row, text in enumerate(above):
            self.write(sheet, row, 0, text, self.title if row == 0 else None)
        home = self.words["contents"][:31]
        sheet.write_url(HEADER - 1, 0, f"internal:'{home}'!A1", self.link, f"← {home}")
        if self.banner:
            self.write(sheet, HEADER - 1, 1, self.banner, self.bold)
        for column, heading in enumerate(table.headings):
            self.write(sheet, HEADER, column, heading, self.head)
            cells = [row[column] for row in table.rows]
            widths = [width(cell.text if isinstance(cell, Number) else cell) for cell in cells]
            words = [width(word) for word in heading.split()]
            sheet.set_column(column, column, min(WIDEST, max([*widths, *words, min(width(heading), 16)]) + 2))
        for row, cells in enumerate(table.rows, HEADER + 1):
            for column, cell in enumerate(cells):
                if isinstance(cell, Number):
                    sheet.write_number(row, column, float(cell.text), self.number(cell))
                elif cell:
                    self.write(sheet, row, column, cell, self.wrap if width(cell) > WIDEST else self.text)
        sheet.freeze_panes(HEADER + 1, 1)
        sheet.autofilter(HEADER, 0, HEADER + len(table.rows), max(len(table.headings) - 1, 0))


def width(text: str) -> int:
    """Columns of a terminal that a text takes; 汉字 take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
