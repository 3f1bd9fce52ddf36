"""What the outputs of an executed notebook hold for others: its tables as rows of cells, and what a reader may look for.

Nothing here knows indicators. A number is a `<data>` element (`display.Value`) or a plain number in a column of numbers;
`data-order` is what sorts a text. What stands in a cell beside its content (class `aside`, `<details>`) is left out, and a
mark (class `verdict`) is kept apart.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
TOKEN = re.compile(r"""<!--.*?-->|<((?:[^<>"']|"[^"]*"|'[^']*')*)>|([^<]+)""", re.DOTALL)
ATTRIBUTE = re.compile(r"""([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
NUMBER = re.compile(r"[-−－+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
LEFT_OUT = {"svg", "script", "style", "template", "details", "button"}
VOID = {"br", "img", "hr", "wbr", "input", "col", "link", "meta"}
APART = {"br", "p", "div", "li", "td", "th", "dt", "dd", "tr"}  # texts in two of them are two words
MARKS = {"verdict"}  # classes of what marks a cell
NAME, WORDS = 100, 80  # characters of an entry's name and of the words beside it


@dataclass
class Cell:
    """A cell as text, and the number that it is, with what `display.Value` says of it."""

    text: str = ""
    kind: str = ""
    head: bool = False
    span: tuple[int, int] = (1, 1)  # columns, rows
    number: str = ""
    unit: str = ""
    qualifier: str = ""
    mark: str = ""


class Line(NamedTuple):
    """A row of a table, under the title of its group."""

    group: str
    anchor: str
    kind: str
    cells: list[Cell]

    @property
    def name(self) -> str:
        """What heads the row."""
        return next((cell.text for cell in self.cells if cell.head), self.cells[0].text if self.cells else "")

    @property
    def mark(self) -> str:
        return " ".join(dict.fromkeys(cell.mark for cell in self.cells if cell.mark))


@dataclass
class Table:
    """A table as it was shown: caption, anchor, headings of its columns, rows."""

    caption: str = ""
    anchor: str = ""
    headings: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def tables(shown: str) -> list[Table]:
    """The tables in a piece of HTML."""
    return [read(found[0]) for found in TABLE.finditer(shown)]


def text(shown: str) -> str:
    """A piece of HTML as its text."""
    return _Reader(f"<td>{shown}</td>").cells[0].text


def read(shown: str) -> Table:
    """One table, from its HTML."""
    return _Reader(shown).table()


class _Reader:
    """Goes through the HTML of a table once."""

    def __init__(self, shown: str):
        self.caption, self.anchor = Cell(), ""
        self.rows: list[tuple[bool, str, str, list[Cell]]] = []  # in the head?, anchor, kind, cells
        self.cells: list[Cell] = []  # of the row that is open; the last one takes the text
        self._target: Cell | None = None  # whose text is read
        self._said: list[str] = []
        self._head = self._frame = False
        self._skipped, self._left = "", 0  # element that is left out, and how many of its name are open
        self._marking, self._kept = "", []  # element that is a mark, and the text that it interrupts
        self._values, self._begun, self._number_text = (
            0,
            0,
            "",
        )  # numbers of the open cell; where the last begins; its text
        for tag, said in TOKEN.findall(shown):
            if said:
                self._text(said)
            elif tag.startswith("/"):
                self._closed(tag[1:].strip().lower())
            elif tag:
                self._opened(tag)
        self._ended()

    def _text(self, said: str) -> None:
        if not self._skipped:
            self._said.append(html.unescape(said))

    def _opened(self, tag: str) -> None:
        name = re.match(r"[\w:-]*", tag)[0].lower()
        if self._skipped:
            self._left += name == self._skipped and not tag.endswith("/")
            return
        given = {key.lower(): html.unescape(a or b or c) for key, a, b, c in ATTRIBUTE.findall(tag[len(name) :])}
        classes = given.get("class", "").split()
        if name in VOID or tag.endswith("/"):
            self._said.append(" " if name in APART else given.get("alt", ""))
            return
        if name in LEFT_OUT or "aside" in classes or given.get("aria-hidden") == "true" or "hidden" in given:
            self._skipped, self._left = name, 1
            self._said.append(given.get("aria-label", ""))
            return
        match name:
            case "table":
                self.anchor, self._frame = given.get("id", ""), "dataframe" in classes
            case "caption":
                self._said, self._target = [], self.caption
            case "thead" | "tbody" | "tfoot":
                self._head = name == "thead"
            case "tr":
                self._ended()
                self.cells = []
                self.rows.append((self._head, given.get("id", ""), given.get("class", ""), self.cells))
            case "td" | "th":
                self._ended()
                span = (_span(given.get("colspan", "")), _span(given.get("rowspan", "")))
                self._target = Cell(kind=given.get("class", ""), head=name == "th", span=span)
                self.cells.append(self._target)
                self._values = 0
            case "data" if self.cells:
                self._values += 1
                number = given.get("value", "")
                self.cells[-1].number = number if re.fullmatch(r"-?\d+(\.\d+)?", number) else ""
                self.cells[-1].unit = given.get("data-unit", "")
                self.cells[-1].qualifier = given.get("data-qualifier", "")
                self._begun = len(self._said)
            case "span" if "status" in classes and self.cells:
                self.cells[-1].kind = f"{self.cells[-1].kind} status".strip()
            case _ if MARKS & {*classes} and self.cells:
                self._marking, self._kept, self._said = name, self._said, []
            case _ if name in APART:
                self._said.append(" ")

    def _closed(self, name: str) -> None:
        if self._skipped:
            self._left -= name == self._skipped
            self._skipped = self._skipped if self._left else ""
        elif name == self._marking:
            self.cells[-1].mark = _joined(self._said)
            self._said, self._marking = self._kept, ""
        elif name == "data":
            self._number_text = _joined(self._said[self._begun :])
        elif name in ("td", "th", "caption"):
            self._ended()
        elif name in APART:
            self._said.append(" ")

    def _ended(self) -> None:
        """The open cell has all its text."""
        cell = self._target
        if cell is None:
            self._said = []
            return
        cell.text = _joined(self._said)
        if self._values and (self._values > 1 or cell.text != self._number_text):
            cell.number = cell.unit = cell.qualifier = ""  # the number is but a part of the text
        if not self._values and not cell.head and ("number" in cell.kind.split() or self._frame):
            _take_number(cell)
        self._target, self._said, self._values = None, [], 0

    def table(self) -> Table:
        heads = [cells for head, _, _, cells in self.rows if head]
        grid = _filled(heads)
        headings = [" ".join(dict.fromkeys(cell.text for cell in column if cell.text)) for column in zip(*grid)]
        body = [row for row in self.rows if not row[0]]
        lines, group = [], ""
        filled = _filled([cells for *_, cells in body])
        for (_, anchor, kind, cells), whole in zip(body, filled, strict=True):
            if len(cells) == 1 and cells[0].head and cells[0].span[0] > 1:
                group = cells[0].text
            elif cells:
                lines.append(Line(group, anchor, kind, whole))
        return Table(self.caption.text, self.anchor, headings, lines)


def _span(said: str) -> int:
    return min(max(int(said), 1), 1000) if said.isascii() and said.isdecimal() and len(said) < 6 else 1


def _joined(said: list[str]) -> str:
    return " ".join("".join(said).split())


def _take_number(cell: Cell) -> None:
    """A cell that holds a written number and no more is that number."""
    if NUMBER.fullmatch(cell.text):
        plain = re.sub("[−－]", "-", cell.text.replace(",", "")).removeprefix("+")
        cell.number, cell.unit = plain.removesuffix("%"), "%" if plain.endswith("%") else ""


def _filled(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Rows of a table with a cell in every place: one that spans rows is repeated, columns beyond the first stay empty."""
    width, open_rows = max((sum(cell.span[0] for cell in row) for row in rows), default=0), {}
    filled = []
    for row in rows:
        waiting, line = iter(row), []
        while len(line) < width or open_rows.get(len(line), (0,))[0]:
            left, cell = open_rows.get(len(line), (0, None))
            if left:
                open_rows[len(line)] = (left - 1, cell)
                line.append(cell)
                continue
            cell = next(waiting, None)
            if cell is None:
                line.append(Cell())
                continue
            for more in range(cell.span[0]):
                shown = cell if not more else Cell(kind=cell.kind)
                open_rows[len(line)] = (cell.span[1] - 1, shown)
                line.append(shown)
        filled.append(line)
    width = max(map(len, filled), default=0)
    return [[*line, *(Cell() for _ in range(width - len(line)))] for line in filled]


# --- what a reader may look for ----------------------------------------------------------------------------

FIGURE = re.compile(r'<figure id="([^"]+)">\s*<figcaption>(.*?)</figcaption>', re.DOTALL)
CARD = re.compile(r'<article[^>]* id="([^"]+)"[^>]*>(.*?)<h3[^>]*>(.*?)</h3>', re.DOTALL)


class Heading(NamedTuple):
    """A heading of prose; its anchor is the same in every language."""

    title: str
    anchor: str


def headings(cells: list[dict], language: str, languages: tuple[str, ...] = ("zh", "en")) -> list[list[Heading]]:
    """Headings of each cell that are of a language or of none, with anchors.

    A number makes the anchor (`s-2.3`), else the words of the last of the languages that says them, cell by cell: prose is
    paired, and a link holds in both.
    """
    titles = [_titles(cell) for cell in cells]
    by_language = {
        code: [title for cell, own in zip(cells, titles, strict=True) if code in _tags(cell) for title in own]
        for code in languages
    }
    paired = len({len(own) for own in by_language.values()}) == 1
    names, found, taken = iter(by_language[languages[-1]]) if paired else iter(()), [], set()
    for cell, own in zip(cells, titles, strict=True):
        tags, here = _tags(cell), []
        if "lab" in tags or ({*languages} & tags and language not in tags):
            found.append([])
            continue
        for title in own:
            name = next(names, title) if language in tags else title
            here.append(Heading(title, _anchor(name, taken)))
        found.append(here)
    return found


def _titles(cell: dict) -> list[str]:
    if cell["cell_type"] != "markdown":
        return []
    prose = re.sub(r"^```.*?^```", "", "".join(cell["source"]), flags=re.MULTILINE | re.DOTALL)
    return [title.strip() for title in re.findall(r"^#{1,6} +(.+?) *#*$", prose, re.MULTILINE)]


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


def entries(cells: list[dict], language: str) -> list[list[str]]:
    """What a reader may look for in an executed notebook: anchor, name, a few words, title of the section.

    Sections, pictures, cards, and the rows of tables that have an anchor.
    """
    found, section = [], ""
    for cell, here in zip(cells, headings(cells, language), strict=True):
        for heading in here:
            section = heading.title
            found.append([heading.anchor, heading.title, "", ""])
        for output in cell.get("outputs", []):
            shown = "".join(output.get("data", {}).get("text/html", ""))
            found += ([*(part for part in entry), section] for entry in _entries(shown))
    return [[anchor, _cut(name, NAME), _cut(words, WORDS), section] for anchor, name, words, section in found if name]


def _cut(said: str, most: int) -> str:
    return said if len(said) <= most else f"{said[: most - 1].rstrip()}…"


def _entries(shown: str) -> Iterator[tuple[str, str, str]]:
    for anchor, caption in FIGURE.findall(re.sub(r"<article\b.*?</article>", "", shown, flags=re.DOTALL)):
        title = re.search(r"<strong>(.*?)</strong>", caption, re.DOTALL)
        yield html.unescape(anchor), text(title[1] if title else caption), ""
    for anchor, badge, title in CARD.findall(shown):
        yield html.unescape(anchor), text(title), text(re.sub(r'class="verdict[^"]*"', "", badge))
    for table in tables(shown):
        for line in table.lines:
            if line.anchor:
                words = [cell.text for cell in line.cells if cell.text and cell.text != line.name]
                yield line.anchor, line.name, " ".join(words)
