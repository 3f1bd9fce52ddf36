"""Finds the tables of a sheet and reads their cells as entries: our own workbooks, wide sheets, lists, and pages' downloads.

A cell that holds something and is not read is named, with its place.
"""

import re
from collections.abc import Iterator

from helpers.collect import headings
from helpers.collect.entry import Entry, Reading
from helpers.collect.headings import Heading
from helpers.collect.sheets import Cell, Sheet
from helpers.numbers.spelling import is_missing, read_period

BACK = "←"  # begins a cell of every table in a page's workbook
BACK_ROW = 3  # of that cell, the first row being 0
TEMPLATE = re.compile(r"(value|target|qualifier):(\d{4}\S*)")
SERIAL = re.compile(r"\d+")  # a number of a row is no key


def read(sheets: list[Sheet], units: set[str]) -> Reading:
    """Everything in the sheets of a file; units: base units of the package."""
    reading = Reading()
    templates = [(sheet, row) for sheet in sheets if (row := _find_codes(sheet)) is not None]
    pages = [sheet for sheet in sheets if _is_of_page(sheet)]
    for sheet, row in templates:
        _read_template(sheet, row, reading)
    for sheet in pages:
        _read_tables(sheet, units, reading, of_page=True)
    if pages:
        reading.notes.append(
            f"{pages[0].book}: from a page; its figures are compared, its computed tables are not read"
        )
    if templates or pages:
        reading.recognized = True
        return reading
    for sheet in sheets:
        before = len(reading.entries) + len(reading.slips)
        _read_tables(sheet, units, reading)
        if len(reading.entries) + len(reading.slips) == before:
            name = f"{sheet.book}!{sheet.name}" if sheet.name else sheet.book
            reading.notes.append(f"{name}: no table of indicators by year; the sheet was not read")
    return reading


# --- our own workbooks ---------------------------------------------------------------------------------------------------


def _find_codes(sheet: Sheet) -> int | None:
    """Row of a workbook for collection that says what each column is."""
    for number, row in enumerate(sheet.rows[:20]):
        texts = {cell.text for cell in row}
        if {"region", "indicator", "unit"} <= texts and any(TEMPLATE.fullmatch(text) for text in texts):
            return number
    return None


def _read_template(sheet: Sheet, codes_row: int, reading: Reading) -> None:
    codes = {cell.text: number for number, cell in enumerate(sheet.rows[codes_row]) if cell.text}
    for row in sheet.rows[codes_row + 2 :]:
        texts = {code: row[number].text for code, number in codes.items()}
        for code, number in codes.items():
            match = TEMPLATE.fullmatch(code)
            cell = row[number]
            if not match or match[1] == "qualifier" or cell.value is None:
                continue
            cited = [clear_missing(texts.get(name, "")) for name in ("note", "document", "place")]
            measure = "target" if match[1] == "target" else ""
            word = "" if measure else texts.get(f"qualifier:{match[2]}", "")
            entry = Entry(sheet.locate(cell), texts["indicator"], match[2], cell, texts["unit"], measure, word,
                          texts["region"], *cited)  # fmt: skip
            _add(entry, reading)
        if not any(row[number].value for code, number in codes.items() if code.startswith("value:")):
            for code, number in codes.items():
                if code.startswith("qualifier:") and texts[code]:
                    what = (
                        f"the qualifier {texts[code]!r} stands beside no value; write the value, or clear the qualifier"
                    )
                    reading.slips.append((sheet.locate(row[number]), what))


def _add(entry: Entry, reading: Reading) -> None:
    if entry.name:
        reading.entries.append(entry)
    elif not is_missing(entry.cell.text):
        reading.slips.append((entry.place, f"{entry.cell.text!r} stands in a row without an indicator; write its name"))


def clear_missing(text: str) -> str:
    """A text, or nothing for a sign that stands for nothing, such as —."""
    return "" if is_missing(text) else text


# --- tables with headings ------------------------------------------------------------------------------------------------


class _Table:
    """Headings of a table, and what each column is by them."""

    def __init__(self, sheet: Sheet, first: int, last: int, units: set[str]):
        """first, last: rows of the headings."""
        self.first, self.last = first, last
        levels = sheet.rows[first : last + 1]
        self.columns = [headings.read([row[n] for row in levels], units) for n in range(len(levels[0]))]
        self.titles = [
            " ".join(dict.fromkeys(row[n].text for row in levels if row[n].text)) for n in range(len(levels[0]))
        ]

    def find(self, role: str) -> int | None:
        return next((n for n, column in enumerate(self.columns) if column and column.role == role), None)

    @property
    def values(self) -> dict[int, Heading]:
        """Columns with values of a period, or of the period that a column names."""
        listed = self.find("period") is not None
        return {
            n: column for n, column in enumerate(self.columns)
            if column and (column.role == "value" if listed else column.period and not column.role)
        }  # fmt: skip


def _read_tables(sheet: Sheet, units: set[str], reading: Reading, of_page: bool = False) -> None:
    tables = list(_find_tables(sheet, units))
    if of_page:  # its other tables are computed
        tables = [table for table in tables if table.find("period") is not None]
    ends = [*(table.first for table in tables[1:]), len(sheet.rows)]
    for table, last in zip(tables, ends, strict=False):
        above = [cell.text for row in sheet.rows[: table.last + 1] for cell in row if cell.text]
        _read_rows(sheet, table, sheet.rows[table.last + 1 : last], headings.find_unit(above), reading, of_page)


def _find_tables(sheet: Sheet, units: set[str]) -> Iterator[_Table]:
    """Tables of a sheet: with headings that name the columns, else the first row of periods and what stands below it."""
    named, free, number = [], [], 0
    while number < len(sheet.rows):
        table = _read_headings(sheet, number, units)
        if table is None:
            number += 1
            continue
        (free if table.find("name") is None and table.find("key") is None else named).append(table)
        number = table.last + 1
    yield from named or free[:1]


def _read_headings(sheet: Sheet, number: int, units: set[str]) -> _Table | None:
    """The table whose headings begin in a row, with the rows of headings around it; None for any other row."""
    row = sheet.rows[number]
    own = [headings.read([cell], units) for cell in row]
    periods = [part for part, cell in zip(own, row, strict=True) if cell.value is not None and part and part.period]
    roles = {part.role for part in own if part}
    is_list = {"period", "value"} <= roles
    others = [cell for part, cell in zip(own, row, strict=True) if cell.is_number and not (part and part.period)]
    if not (periods or is_list) or (others and not roles & {"name", "key"}):
        return None
    first = last = number
    if number and _continues(sheet.rows[number - 1], units) and not is_list:
        first -= 1
    while last + 1 < len(sheet.rows) and _continues(sheet.rows[last + 1], units) and not is_list:
        last += 1
    table = _Table(sheet, first, last, units)
    return table if table.values else None


def _continues(row: list[Cell], units: set[str]) -> bool:
    """Is a row one more level of headings, without a number and without anything that is no heading?"""
    filled = [cell for cell in row if cell.value is not None]
    parts = [headings.read([cell], units) for cell in filled]
    marked = any(part and (part.measure is not None or part.unit or part.period) for part in parts)
    return (
        marked
        and all(parts)
        and not any(cell.is_number and not part.period for cell, part in zip(filled, parts, strict=True))
    )


def _read_rows(sheet: Sheet, table: _Table, rows: list[list[Cell]], unit: str, reading: Reading, of_page: bool) -> None:
    """unit: that stands above the table."""
    places = {role: table.find(role) for role in headings.ROLES}
    if places["name"] is None and places["key"] is None:
        places["name"] = _find_names(table, rows)
    strange, name = {}, ""
    for row in rows:
        texts = {role: row[n].text if n is not None else "" for role, n in places.items()}
        if len({cell.text for cell in row if cell.text}) <= 1 and not any(cell.is_number for cell in row):
            continue  # an empty row, a title, a remark
        rest, mark = headings.cut_mark(re.sub(headings.BRACKETS, "", texts["name"]).strip())
        if mark is not None and not rest and name:  # 同比增长（%） beneath its indicator
            texts["name"], texts["key"] = f"{name} {texts['name']}", ""
        else:
            name = texts["name"] or name
        for n, column in table.values.items():
            if row[n].value is not None:
                _add(_make_entry(sheet, row[n], column, texts, unit, of_page), reading)
        for n, column in enumerate(table.columns):
            if n not in table.values and not (column and column.role) and n != places["name"] and row[n].is_number:
                strange.setdefault(n, row[n])
    for n, cell in ({} if of_page else strange).items():
        title = table.titles[n]
        hint = f" (write {period} if it is that month)" if (period := read_period(title)) else ""
        what = f"the heading {title!r} of this column names no period{hint}; its numbers are not read"
        reading.slips.append((sheet.locate(cell), what))


def _find_names(table: _Table, rows: list[list[Cell]]) -> int | None:
    """The first column with texts beside values, for a table that does not say which one has the names."""
    valued = [row for row in rows if any(row[n].value is not None for n in table.values)]
    before = range(min(table.values, default=0))
    return next((n for n in before if any(row[n].text and not row[n].is_number for row in valued)), None)


def _make_entry(sheet: Sheet, cell: Cell, column: Heading, texts: dict[str, str], unit: str, of_page: bool) -> Entry:
    """An entry of a cell; texts: of its row by role; unit: that stands above the table."""
    key = "" if SERIAL.fullmatch(texts["key"]) else texts["key"]
    _, mark = headings.cut_mark(texts["measure"])
    measure = column.measure or mark or ""
    percent = column.measure in headings.PERCENT
    own = column.unit or ("%" if percent else texts["unit"] or unit)
    return Entry(
        place=sheet.locate(cell),
        name=texts["name"] if of_page else key or texts["name"],
        period=column.period or read_period(texts["period"]) or texts["period"],
        cell=cell,
        unit=own,
        measure=measure,
        word=texts["qualifier"],
        region=texts["region"],
        note=clear_missing(texts["note"]),
        document=clear_missing(texts["document"]),
        within=clear_missing(texts["place"]),
        figure=key if of_page else "",
    )


def _is_of_page(sheet: Sheet) -> bool:
    return len(sheet.rows) > BACK_ROW and sheet.rows[BACK_ROW][0].text.startswith(BACK)
