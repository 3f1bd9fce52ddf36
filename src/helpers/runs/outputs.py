"""What the outputs of an executed notebook hold for others: the data of its tables and pictures, and what can be found.

Each table and picture carries its data as a Frictionless data resource. HTML is read only where an analyst shows a table
that carries none. Nothing here knows indicators.
"""

import html
import io
import json
import math
import re
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from helpers.display.html import FRAME_MIME
from helpers.runs.forms import is_resource

LANGUAGES = ("zh", "en")  # tags of prose that is of one language
REMARK = re.compile(r'<(?:p|ul) class="(?:none|reading|legend|summary|bottom-line)"')  # sentences about what is shown
EXPLAINED = re.compile(r'<(h2|dt) id="(about-[\w-]+)">(.*?)</\1>(?:<dd>(.*?)</dd>)?', re.S)  # at the end of a page
PICTURE = "pic-"  # begins the names of pictures, which are their anchors
NAMING = ("name", "sentence")  # fields that name a row, the best first; without them its first field does
BOUNDS = ("lower", "upper")  # fields of the ends of a range, which nobody looks for
GROUP = "group"  # field of a title above some rows, which tells nothing of one alone
NAME, WORDS = 240, 80  # characters of an entry's name, which may be a sentence, and of the words beside it
ENTRIES_MAX_BYTES = 20_000_000  # of the entries of a notebook
STEPS = {10**12: "trillion", 10**9: "billion", 10**6: "million"}  # that English writes large numbers in
NOTHING = ("", "NaN", "NaT", "None", "<NA>")  # how pandas shows that there is none

Value = str | float | bool | None


# --- tables and pictures -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """A column: title is its heading; decimals and unit are those of all its numbers, where they have the same."""

    name: str
    title: str
    decimals: int | None = None
    unit: str = ""

    @property
    def heading(self) -> str:
        """Title with the unit that its numbers stand without."""
        return f"{self.title} ({self.unit})".strip() if self.unit and self.unit not in self.title else self.title

    def write(self, value: Value, separator: str = "") -> str:
        """A value as text: a number as a plain decimal with the digits that are shown, its thousands separated."""
        if not is_number(value):
            return "" if value is None else str(value).lower() if isinstance(value, bool) else value
        decimal = Decimal(repr(value))
        if self.decimals is None:
            return format(decimal, f"{separator}f").removesuffix(".0")
        return format(decimal, f"{separator}.{self.decimals}f")

    def show(self, value: Value, language: str = "") -> str:
        """A value as a reader sees it, with the unit of its column: in English in words from a million on."""
        if not is_number(value):
            return self.write(value)
        step = next((step for step in STEPS if abs(value) >= step), 1) if language == "en" else 1
        if step == 1:
            return self.write(value, ",") + self.unit
        return f"{(Decimal(repr(value)) / step).normalize():f} {STEPS[step]}{self.unit}"


def is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True)
class Resource:
    """A table, or what a picture is drawn from: fields and rows, the numbers as they are shown.

    name: HTML id of the table or picture; key: field that identifies a row, if there is one; anchor: with the key, the HTML
    id of a row; about: key of what each row is about, or the picture as a whole; subjects: name of each, and other names
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    rows: list[dict[str, Value]]
    notes: tuple[str, ...] = ()
    key: str = ""
    anchor: str = ""
    about: tuple[str, ...] = ()
    subjects: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, content: dict) -> "Resource":
        """A resource from its JSON (https://specs.frictionlessdata.io/tabular-data-resource)."""
        schema = content["schema"]
        fields = tuple(
            Field(field["name"], field.get("title", field["name"]), field.get("decimals"), field.get("unit", ""))
            for field in schema["fields"]
        )
        rows = [{field.name: _plain(row.get(field.name)) for field in fields} for row in content["data"]]
        keys, notes = schema.get("primaryKey", []), tuple(content.get("notes", ()))
        named = (content.get("name", ""), content.get("title", ""))
        about = tuple(content.get("about", ())), content.get("subjects", {})
        return cls(*named, fields, rows, notes, keys[0] if len(keys) == 1 else "", content.get("anchor", ""), *about)

    def name_of(self, row: dict[str, Value]) -> str:
        """What names a row for a reader."""
        field = self._naming
        return field.write(row[field.name])

    @property
    def _naming(self) -> Field:
        fields = {field.name: field for field in self.fields}
        named = next((name for name in NAMING if name in fields), "")
        return fields.get(named) or next((field for field in self.fields if field.name != self.key), self.fields[0])

    def words_of(self, row: dict[str, Value], language: str) -> str:
        """What a row says beside its name."""
        others = [field for field in self.fields if field.name not in (self.key, self._naming.name, GROUP, *BOUNDS)]
        return " ".join(text for field in others if (text := field.show(row[field.name], language)))


def _plain(value) -> Value:
    """A value of JSON or pandas: nothing for what is no finite number, text for a list and its like."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value if isinstance(value, str | int | float) else str(value)


def resources(cells: list[dict]) -> list[Resource]:
    """Tables and pictures of some cells that carry their data, in the order in which they are shown."""
    data = (output.get("data", {}) for cell in cells for output in cell.get("outputs", []))
    return [Resource.of(bundle[FRAME_MIME]) for bundle in data if is_resource(bundle.get(FRAME_MIME))]


def tables_of(output: dict) -> list[Resource]:
    """What an output shows: one table or picture with its data, or tables of an analyst's that carry none."""
    if carried := resources([{"outputs": [output]}]):
        return carried
    shown = "".join(output.get("data", {}).get("text/html", ""))
    return _read_html(shown) if "<table" in shown else []


def _read_html(shown: str) -> list[Resource]:
    """Tables of a piece of HTML, as pandas understands them."""
    import pandas as pd

    try:
        frames = pd.read_html(io.StringIO(shown), flavor="lxml", keep_default_na=False, na_values=NOTHING)
    except ValueError:  # no table that holds anything
        return []
    return [_from_frame(frame) for frame in frames]


def _from_frame(frame) -> Resource:
    titles = [name if isinstance(name, tuple) else (name,) for name in frame.columns]
    titles = [" ".join(dict.fromkeys(str(part) for part in parts if not _is_invented(part))) for parts in titles]
    fields = tuple(Field(f"column-{number}", title) for number, title in enumerate(titles, 1))
    rows = frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
    names = [field.name for field in fields]
    return Resource("", "", fields, [dict(zip(names, map(_plain, row), strict=True)) for row in rows])


def _is_invented(heading) -> bool:
    """Is a heading one that pandas gives to a column without one?"""
    return isinstance(heading, int) or heading.startswith("Unnamed: ")


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
    shown, taken = [], set()
    for cell in cells:
        titles = _titles(cell) if is_shown(cell, language) else []
        named = _titles(pairs.get(id(cell), cell))
        named = named if len(named) == len(titles) else titles
        shown.append([Heading(title, _anchor(name, taken)) for title, name in zip(titles, named, strict=True)])
    return shown


def find_title(cells: list[dict], language: str) -> str:
    """The first heading of the prose that a page in a language shows, or nothing."""
    return next((title for cell in cells if is_shown(cell, language) for title in _titles(cell)), "")


def select_shown(cells: list[dict], language: str, brief: bool = False) -> list[tuple[dict, list[Heading]]]:
    """Cells that a page in a language shows, each with its headings.

    brief: the page of a year that adds nothing; prose and sentences about what is not there are left out, too.
    """
    pairs = [pair for pair in zip(cells, headings(cells, language), strict=True) if is_shown(pair[0], language)]
    if not brief:
        return pairs
    kept, prose = [], []
    for cell, here in pairs:
        if cell["cell_type"] == "markdown":
            prose = [(cell, here)] if here else [*prose, (cell, here)]
        elif not all(map(_is_remark, cell.get("outputs", []))):
            prose = [] if any(map(_names_sources, cell["outputs"])) else prose  # which stand under no heading
            kept += [*prose, (cell, here)]
            prose = []
    return kept


def _is_remark(output: dict) -> bool:
    """Does an output only speak of other ones, or say that there are none?"""
    shown = "".join(output.get("data", {}).get("text/html", ""))
    return REMARK.match(shown) is not None


def _names_sources(output: dict) -> bool:
    return 'class="sources"' in "".join(output.get("data", {}).get("text/html", ""))


def is_shown(cell: dict, language: str) -> bool:
    """Is a cell part of the page in a language? Prose of the other one and notes for JupyterLab are not."""
    return not _tags(cell) & ({"lab", *LANGUAGES} - {language})


def _titles(cell: dict) -> list[str]:
    return [_words(piece) for piece in _pieces(cell) if piece["type"] == "heading"]


def _pieces(cell: dict) -> list[dict]:
    """Headings, paragraphs, lists and so on of a cell; none of code."""
    return _parse_prose("".join(cell["source"])) if cell["cell_type"] == "markdown" else []


@lru_cache(maxsize=1024)  # years and languages of a notebook have the same prose, and it is looked at several times
def _parse_prose(text: str) -> list[dict]:
    import mistune

    return mistune.create_markdown(renderer="ast")(text)


def _words(piece: dict) -> str:
    if piece["type"] in ("softbreak", "linebreak"):
        return " "
    raw = "" if piece["type"] == "inline_html" else piece.get("raw", "")
    return raw + "".join(map(_words, piece.get("children", ())))


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


def entries(cells: list[dict], language: str, brief: bool = False) -> list[list[str]]:
    """What a reader may look for in an executed notebook: anchor, name, a few words, title of the section, subject.

    Sections, pictures, the rows of tables that have an anchor, and what the end of the page explains; then, without an
    anchor, the subjects that some of these are about, each with its other names as words. brief: see `select_shown`.
    """
    listed, section, subjects = [], "", {}
    for cell, here in select_shown(cells, language, brief):
        for heading in here:
            section = heading.title
            listed.append((heading.anchor, heading.title, _prose(cell), "", ""))
        for resource in resources([cell]):
            for anchor, name, words, subject in _entries(resource, language):
                listed.append((anchor, name, words, section, subject))
                if subject and subject not in subjects:
                    subjects[subject] = ["", *resource.subjects[subject], section, subject]
        for output in filter(_names_sources, cell.get("outputs", [])):
            explained = EXPLAINED.findall("".join(output["data"]["text/html"]))
            listed += [(anchor, _strip(name), _strip(words), "", "") for _, anchor, name, words in explained]
    cut = [[anchor, _cut(name, NAME), _cut(words, WORDS), *more] for anchor, name, words, *more in listed if name]
    return [*cut, *subjects.values()]


def pack(listed: list[list[str]]) -> str:
    """Entries as a text of a tenth of their size, for whoever keeps those of thousands of notebooks."""
    return b64encode(zlib.compress(json.dumps(listed, ensure_ascii=False).encode())).decode()


def unpack(packed: str) -> list[list[str]]:
    """Entries of what `pack` made of them; none of nothing, and of what it did not make."""
    if not packed:
        return []
    try:
        whole = zlib.decompressobj().decompress(b64decode(packed), ENTRIES_MAX_BYTES)
        listed = json.loads(whole)
        good = all(len(entry) == 5 and all(isinstance(part, str) for part in entry) for entry in listed)
    except (ValueError, TypeError, RecursionError, zlib.error):
        return []
    return listed if good else []


def _entries(resource: Resource, language: str) -> list[tuple[str, str, str, str]]:
    if resource.name.startswith(PICTURE):
        return [(resource.name, resource.title, "", "".join(resource.about))]
    if not resource.anchor:
        return []
    about = resource.about or [""] * len(resource.rows)
    return [
        (f"{resource.anchor}{row[resource.key]}", resource.name_of(row), resource.words_of(row, language), subject)
        for row, subject in zip(resource.rows, about, strict=True)
    ]


def _prose(cell: dict) -> str:
    """What stands under the heading of a cell, as a reader sees it: of a link its text alone."""
    return " ".join(filter(None, (_words(piece).strip() for piece in _pieces(cell) if piece["type"] != "heading")))


def _strip(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup)).strip()


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
