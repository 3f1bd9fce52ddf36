"""CSV exports of a page's tables, each as an address inside the page; for the workbook see `workbook`.

A number is a number, without its unit, which stands in the heading or in a column of its own; a text can never become a
formula. Nothing here knows indicators.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from helpers.runs.outputs import PICTURE, Resource, is_number

INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp")  # categories of signs that do not hinder the formula behind them
FOLD = '<details class="fold'  # begins the HTML of a table that opens by its caption
NOTE = re.compile(r'(?:<p class="note">[^<]*</p>)?$')  # ends the HTML of a table that has one
FORMULA = "=+-@＝＋－＠"  # what begins a formula in some spreadsheet


class Export(NamedTuple):
    """A table of a page, the title of the section that it stands in, and the name of its CSV."""

    resource: Resource
    section: str
    file: str


def list_exports(tables: Iterable[Resource], section: str, run: str, count: int = 0) -> list[Export]:
    """Exports of some tables that hold anything; run: what names the files; count: exports that the page has already."""
    listed = []
    for table in tables:
        if table.rows:
            name = re.sub(r"[^\w.-]+", "-", table.name) or str(count + len(listed) + 1)
            listed.append(Export(table, section, f"{run}_{name}.csv"))
    return listed


def add_links(shown: str, tables: Sequence[Export], word: str, banner: str) -> str:
    """HTML of an output with links to the CSV of each of its tables: beneath it, above its note; of a picture or a fold at
    its end inside.

    word: says to download a CSV; banner: what every file must say
    """
    links = "".join(_link(table, word, banner) for table in tables)
    if not shown.startswith(FOLD) and not any(table.resource.name.startswith(PICTURE) for table in tables):
        end = NOTE.search(shown).start()
        return shown[:end] + links + shown[end:]
    before, end, after = shown.rpartition(
        "</details>"
    )  # around a fold or the data of a picture, the last in its output
    return f"{before}{links}{end}{after}"


def _link(table: Export, word: str, banner: str) -> str:
    address = _address("text/csv;charset=utf-8", write_csv(table.resource, banner))
    label = escape(f"{word} {table.resource.title}".strip())
    return f'<p class="get"><a download="{escape(table.file)}" href="{address}" aria-label="{label}">CSV</a></p>'


def write_csv(resource: Resource, banner: str = "") -> str:
    """A table as CSV; a banner is one more heading, above an empty column."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    fields, more = resource.fields, [""] if banner else []
    writer.writerow(
        [disarm(heading) for heading in [*(field.heading for field in fields), *([banner] if banner else [])]]
    )
    for row in resource.rows:
        cells = ((field.write(row[field.name]), row[field.name]) for field in fields)
        writer.writerow([*(text if is_number(value) else disarm(text) for text, value in cells), *more])
    return stream.getvalue()


def is_hostile(text: str) -> bool:
    """Would a spreadsheet take a text for a formula? What cannot be seen before it does not hinder one."""
    if text[:1].isalnum():
        return False
    seen = next((sign for sign in text if unicodedata.category(sign) not in INVISIBLE), " ")
    return seen in FORMULA or text[:1] in ("\t", "\r", "\n")


def disarm(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe goes before it."""
    return f"'{text}" if is_hostile(text) else text


def _address(media: str, text: str) -> str:
    """A `data:` address of a text; Chinese stays as it is, which is a third of what it is percent-encoded."""
    quoted = re.sub(r"[\x00-\x20\x7f\"#%&'<>?\\^`{|}]", lambda sign: f"%{ord(sign[0]):02X}", text)
    return f"data:{media},%EF%BB%BF{quoted}"
