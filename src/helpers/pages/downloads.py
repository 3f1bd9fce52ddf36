"""What a page gives away of its tables: a CSV beside each, as an address inside the page; for the workbook see `workbook`.

Tables are read from the outputs of the executed notebook (`batch.outputs`); nothing here knows indicators. A number is a
number, without its unit, which stands in the heading or in a column of its own; a text can never become a formula.
"""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, replace
from html import escape
from typing import NamedTuple

from helpers.runs import outputs

NOTES = (  # what is said of a table: all that its picture says, or the note beneath it
    "ancestor::figure[1]//*[@class='kicker' or @class='note']",
    "ancestor::div[@class='scroll'][1]/following-sibling::*[1][@class='note']",
)
CARD = "ancestor::article"  # whose figures are in other tables
SOURCES = ".//section[@class='sources']/div"
INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp")  # categories of signs that do not hinder the formula behind them
FORMULA = "=+-@＝＋－＠"  # what begins a formula in some spreadsheet


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


class Given(NamedTuple):
    """What a page gives away: its tables, and titles and texts of its sources."""

    tables: list[Flat]
    sources: list[tuple[str, str]]


def given(cells: list[dict], sections: list[str], run: str, words: dict[str, str], banner: str = "") -> Given:
    """Put a link to a CSV beneath each table in the outputs of some cells, and say what there is.

    sections: title of the section of each cell; run: what names the files; banner: what every file must say
    """
    found = Given([], [])
    for cell, section in zip(cells, sections, strict=True):
        for data in (output["data"] for output in cell.get("outputs", []) if "text/html" in output.get("data", {})):
            shown, links = outputs.parsed(data["text/html"]), []
            for table in shown.iter("table"):
                flat = _flat(table, section, str(len(found.tables) + 1), words)
                wanted = flat.rows and not table.xpath(CARD)
                found.tables.extend([flat] * bool(wanted))
                links.append(_link(flat, run, words["csv"], banner) if wanted else "")
            data["text/html"] = _linked(data["text/html"], links)
            found.sources.extend(tuple(map(outputs.text, block)) for block in shown.xpath(SOURCES))
    return found


def _flat(table, section: str, number: str, words: dict[str, str]) -> Flat:
    """A table from its element; its file is named by its anchor, that of its picture, or a number."""
    read = outputs.read(table)
    name = next(iter([*filter(None, [read.anchor]), *table.xpath("ancestor::figure/@id"), number]))
    notes = tuple(outputs.text(note) for path in NOTES for note in table.xpath(path))
    return replace(flattened(read, words), name=re.sub(r"[^\w.-]+", "-", name), section=section, notes=notes)


def _linked(shown: str, links: list[str]) -> str:
    """A piece of HTML with a link behind each of its tables and what that scrolls in; else it stays as it was written."""
    waiting = iter(links)
    return re.sub(r"</table>(\s*</div>)?", lambda end: end[0] + next(waiting, ""), shown)


def _link(flat: Flat, run: str, word: str, banner: str) -> str:
    address = _address("text/csv;charset=utf-8", comma_separated(flat, banner))
    name, said = escape(f"{run}_{flat.name}.csv"), escape(f"{word} {flat.caption}")
    return f'<p class="get"><a download="{name}" href="{address}" aria-label="{said}">CSV</a></p>'


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
    seen = next((sign for sign in text if unicodedata.category(sign) not in INVISIBLE), " ")
    return seen in FORMULA or text[:1] in ("\t", "\r", "\n")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe goes before it."""
    return f"'{text}" if hostile(text) else text


def _address(media: str, text: str) -> str:
    """A `data:` address of a text; Chinese stays as it is, which is a third of what it is percent-encoded."""
    quoted = re.sub(r"[\x00-\x20\x7f\"#%&'<>?\\^`{|}]", lambda sign: f"%{ord(sign[0]):02X}", text)
    return f"data:{media},%EF%BB%BF{quoted}"
