"""What the outputs of an executed notebook hold for others: its tables as rows of cells, and what a reader may look for.

Nothing here knows indicators. A number is a `<data>` element (`display.Value`) or a plain number in a column of numbers.
What stands in a cell beside its content (class `aside`, `<details>`) is left out, and a mark (class `verdict`) is kept apart.
lxml reads HTML as browsers do; it is imported by whoever has something to read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

LANGUAGES = ("zh", "en")  # tags of prose that is of one language
LEFT_OUT = {"svg", "script", "style", "template", "details", "button"}
BLOCKS = {"br", "p", "div", "li", "td", "th", "dt", "dd", "tr"}  # texts in two of them are two words
MARK = "verdict"  # class of what marks a cell
ROWS = "./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr"  # not those of a table inside a table
GROUP = "th[@scope='rowgroup']"  # heads a group of rows
NUMBERS = (
    "self::td[contains(@class, 'number') or ancestor::table[contains(@class, 'dataframe')]]"  # may hold plain ones
)
WRITTEN = re.compile(r"[-−－+]?\d[\d,]*(\.\d+)?%?")
PLAIN = re.compile(r"-?\d+(\.\d+)?")
NAME, WORDS = 100, 80  # characters of an entry's name and of the words beside it


@dataclass
class Cell:
    """A cell as text, and the number that it is, with what `display.Value` says of it."""

    text: str = ""
    head: bool = False
    number: str = ""
    unit: str = ""
    qualifier: str = ""
    mark: str = ""


class Line(NamedTuple):
    """A row of a table, under the title of its group."""

    group: str
    cells: list[Cell]

    @property
    def mark(self) -> str:
        return " ".join(dict.fromkeys(cell.mark for cell in self.cells if cell.mark))


class Table(NamedTuple):
    """A table as it was shown: caption, anchor, headings of its columns, rows."""

    caption: str
    anchor: str
    headings: list[str]
    lines: list[Line]


def parsed(shown: str):
    """A piece of HTML as an element around it."""
    from lxml import html

    return html.fragment_fromstring(shown, create_parent="div")


def text(element, marks: bool = True) -> str:
    """The text of an element; without what is left out, and without the marks inside if they are not wanted."""
    return " ".join("".join(_said(element, marks)).split())


def _said(element, marks: bool) -> Iterator[str]:
    yield element.text or ""
    for child in element.iterchildren("*"):
        gap = " " if child.tag in BLOCKS else ""
        yield gap
        if _left_out(child) or (not marks and MARK in child.classes):
            yield child.get("aria-label", "")
        else:
            yield from _said(child, marks)
        yield gap + (child.tail or "")


def _left_out(element) -> bool:
    hidden = element.get("aria-hidden") == "true" or "hidden" in element.attrib
    return hidden or element.tag in LEFT_OUT or "aside" in element.classes


# --- tables ------------------------------------------------------------------------------------------------


def read(table) -> Table:
    """A table, from its element."""
    above = _filled([row for row in table.xpath(ROWS) if len(row) and row.getparent().tag == "thead"])
    body = rows(table)
    headings = [
        " ".join(dict.fromkeys(cell.text for cell in column if cell.text)) for column in zip(*above, strict=True)
    ]
    groups = [" ".join(map(text, row.getparent().xpath(f"./tr/{GROUP}"))) for row in body]
    lines = [Line(group, cells) for group, cells in zip(groups, _filled(body), strict=True)]
    return Table(" ".join(map(text, table.xpath("./caption"))), table.get("id", ""), headings, lines)


def rows(table) -> list:
    """The elements of a table's rows, one a line."""
    found = [row for row in table.xpath(ROWS) if len(row)]
    return [row for row in found if row.getparent().tag != "thead" and not row.xpath(GROUP)]


def _cell(element) -> Cell:
    """A cell of a table; its number is one that is all its text."""
    cell = Cell(text(element, marks=False), element.tag == "th")
    cell.mark = " ".join(map(text, element.find_class(MARK)))
    value = next((value for value in element.iter("data") if text(value) == cell.text), None)
    if value is not None and PLAIN.fullmatch(value.get("value", "")):
        cell.number, cell.unit = value.get("value"), value.get("data-unit", "")
        cell.qualifier = value.get("data-qualifier", "")
    elif WRITTEN.fullmatch(cell.text) and element.xpath(NUMBERS):
        plain = re.sub("[−－]", "-", cell.text.replace(",", "")).removeprefix("+")
        cell.number, cell.unit = plain.removesuffix("%"), "%" if plain.endswith("%") else ""
    return cell


def _filled(rows: list) -> list[list[Cell]]:
    """Cells of rows, one in every place: one that spans rows is repeated, one that spans columns has empty ones behind it."""
    grid: list[dict[int, Cell]] = [{} for _ in rows]
    for place, row in enumerate(rows):
        for element in row.iterchildren("td", "th"):
            left = next(n for n in range(len(grid[place]) + 1) if n not in grid[place])
            cell = _cell(element)
            for line in grid[place : place + _span(element, "rowspan")]:
                line |= {left + n: Cell() if n else cell for n in range(_span(element, "colspan"))}
    width = max((max(line) + 1 for line in grid if line), default=0)
    return [[line.get(n, Cell()) for n in range(width)] for line in grid]


def _span(element, name: str) -> int:
    said = element.get(name, "")
    return min(max(int(said), 1), 1000) if said.isdecimal() else 1


# --- prose -------------------------------------------------------------------------------------------------


class Heading(NamedTuple):
    """A heading of prose; its anchor is the same in every language."""

    title: str
    anchor: str


def headings(cells: list[dict], language: str, naming: str = "en") -> list[list[Heading]]:
    """Headings of each cell that a page in a language shows, with anchors.

    A number makes the anchor (`s-2.3`), else the words of the language that names: prose is paired cell by cell, and a link
    to a section holds in every language.
    """
    own, names = ([cell for cell in cells if code in _tags(cell)] for code in (language, naming))
    pairs = {id(cell): other for cell, other in zip_longest(own, names, fillvalue={}) if cell and other}
    found, taken = [], set()
    for cell in cells:
        titles = [] if _tags(cell) & ({"lab", *LANGUAGES} - {language}) else _titles(cell)
        named = _titles(pairs.get(id(cell), cell))
        named = named if len(named) == len(titles) else titles
        found.append([Heading(title, _anchor(name, taken)) for title, name in zip(titles, named, strict=True)])
    return found


def _titles(cell: dict) -> list[str]:
    if cell["cell_type"] != "markdown":
        return []
    import mistune

    pieces = mistune.create_markdown(renderer="ast")("".join(cell["source"]))
    return [_words(piece) for piece in pieces if piece["type"] == "heading"]


def _words(piece: dict) -> str:
    return piece.get("raw", "") + "".join(map(_words, piece.get("children", ())))


def _tags(cell: dict) -> set[str]:
    return {*cell.get("metadata", {}).get("tags", [])}


def _anchor(title: str, taken: set[str]) -> str:
    number = re.match(r"\d+(?:\.\d+)*", title)
    words = re.sub(r"[^\w.]+", "-", title.lower()).strip("-")
    name = f"s-{number[0] if number else words}"
    while name in taken:
        name += "-2"
    taken.add(name)
    return name


# --- what a reader may look for ----------------------------------------------------------------------------


def entries(cells: list[dict], language: str) -> list[list[str]]:
    """What a reader may look for in an executed notebook: anchor, name, a few words, title of the section.

    Sections, pictures, cards, and the rows of tables that have an anchor.
    """
    found, section = [], ""
    for cell, here in zip(cells, headings(cells, language), strict=True):
        for heading in here:
            section = heading.title
            found.append((heading.anchor, heading.title, "", ""))
        for output in cell.get("outputs", []):
            if shown := "".join(output.get("data", {}).get("text/html", "")):
                found += ((*entry, section) for entry in _entries(parsed(shown)))
    return [[anchor, _cut(name, NAME), _cut(words, WORDS), section] for anchor, name, words, section in found if name]


def _entries(shown) -> Iterator[tuple[str, str, str]]:
    for element in shown.xpath(".//figure[@id][not(ancestor::article)] | .//article[@id] | .//tr[@id]"):
        if element.tag == "tr":
            cells = [text(cell, marks=False) for cell in element]
            name = next((text(cell, marks=False) for cell in element.iterchildren("th")), cells[0] if cells else "")
            words = " ".join(cell for cell in cells if cell and cell != name)
        elif element.tag == "figure":
            name, words = " ".join(map(text, element.xpath("./figcaption//strong"))), ""
        else:
            name, words = (" ".join(map(text, element.xpath(path))) for path in (".//h3", "./p[@class='badge']"))
        yield element.get("id"), name, words


def _cut(said: str, most: int) -> str:
    return said if len(said) <= most else f"{said[: most - 1].rstrip()}…"
