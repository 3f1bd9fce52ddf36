"""What differs between two folders of pages: statuses, findings, headlines, and every other cell of their tables.

A folder is what `evaluate run` writes, a folder of executed notebooks such as the committed references, or one of pages
alone. Only what is shown is compared, page by page in one language. Nothing here knows indicators: a status is a cell that
is marked as one, a finding a card or a row with the anchor of one.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from helpers.compare.difference import Difference, Row, change
from helpers.display.html import PAGE_MIME, Markup
from helpers.errors import UserError
from helpers.runs import outputs

INDEX = "index"  # begins the names of pages that list others
FINDING = "a-"  # begins the anchors of findings
OPENING = (".//p[@class='kicker']", ".//h1", ".//p[@class='lead']")  # title, bottom line, the sentences beneath


class Line(NamedTuple):
    """A row of a table: the caption above it, its name, where it is, its cells by column, and which of them is a status."""

    caption: str
    name: str
    anchor: str
    cells: dict[str, str]
    status: str


class Finding(NamedTuple):
    """A card, or a row that says what holds and has no verdict of its own; place: where its figures stand."""

    verdict: str
    word: str
    sentence: str
    place: str


@dataclass
class Page:
    """What a page shows: its bottom line and the sentences beneath, findings by anchor, rows by table and row."""

    name: str
    language: str
    title: str
    headline: tuple[str, str]
    address: str  # of the page itself, empty where there is none
    lines: dict[tuple, Line] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)


def between(old: Path, new: Path, words) -> Difference:
    """Everything that differs between two folders, in the language of `words`. Raises UserError for one without pages."""
    before, after = pages(old, words.language), pages(new, words.language)
    rows, told = [], set()
    for name in sorted({*before, *after}):
        if name in before and name in after:
            rows += _differing(before[name], after[name], told)
        else:
            page = after.get(name) or before[name]
            said = [shown[name].headline[0] if name in shown else "" for shown in (before, after)]
            how = change(before.get(name), after.get(name))
            rows.append(Row("pages", name, how, page.title, *said, link=page.address))
    return Difference(str(old), str(new), rows, words)


def pages(folder: Path, language: str) -> dict[str, Page]:
    """Pages in a language by the names of their runs. Raises UserError where there is none."""
    found = [_page(path, folder) for path in files(folder)]
    wanted = {page.name: page for page in found if page.language == language}
    if not wanted:
        others = sorted({page.language for page in found if page.language})
        hint = f"; try --language {others[0]}" if others else ""
        raise UserError(f"{folder}: no page in the language {language!r}{hint}.")
    return wanted


def files(folder: Path) -> list[Path]:
    """The executed notebooks of a folder, else its pages."""
    for place, form in ((folder / "notebooks", "*.ipynb"), (folder, "*.ipynb"), (folder, "*.html")):
        if found := sorted(path for path in place.glob(form) if not path.name.startswith(INDEX)):
            return found
    return []


def _page(path: Path, folder: Path) -> Page:
    """A page, or what an executed notebook shows. Raises UserError for a file that is neither."""
    try:
        content = path.read_text(encoding="utf-8")
        shown, language = _executed(content) if path.suffix == ".ipynb" else _written(content)
        shown = outputs.parsed(shown)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path}: cannot be read as a page or an executed notebook ({error}).") from None
    title, *headline = (next(map(outputs.text, shown.xpath(place)), "") for place in OPENING)
    address = folder / f"{path.stem}.html"
    page = Page(path.stem, language, title or path.stem, tuple(headline), str(address) if address.is_file() else "")
    _read(page, shown)
    return page


def _executed(content: str) -> tuple[str, str]:
    """What the outputs of a notebook show, and its language."""
    shown, language = [], ""
    for cell in json.loads(content)["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            shown.append("".join(data.get("text/html", "")))
            language = data.get(PAGE_MIME, {}).get("language", language)
    return "\n".join(shown), language[:2]


def _written(content: str) -> tuple[str, str]:
    """A page, and its language."""
    found = re.search(r'<html lang="(\w\w)', content)
    return content, found[1] if found else ""


def _read(page: Page, shown) -> None:
    """Findings and rows of tables, in the order in which they are shown."""
    for card in shown.xpath(".//article[@id]"):
        verdict = card.find_class(outputs.MARK)[:1]
        kind = " ".join(name for mark in verdict for name in mark.classes if name != outputs.MARK)
        place = " ".join(map(outputs.text, card.xpath("./p[@class='badge']//*[@class='locator']")))
        sentence = " ".join(map(outputs.text, card.xpath(".//h3")))
        page.findings[card.get("id")] = Finding(kind, "".join(map(outputs.text, verdict)), sentence, place)
    tables = Counter()
    for element in shown.iter("table"):
        table, inside = outputs.read(element), element.xpath("(ancestor::article | ancestor::figure)[last()]/@id")
        place = table.anchor or "".join(inside)
        name = table.anchor or " ".join([place, *table.headings])
        tables[name] += 1
        for key, line in _lines(element, table, place):
            page.lines[name, tables[name], *key] = line
            if line.anchor.startswith(FINDING) and line.anchor not in page.findings:
                page.findings[line.anchor] = Finding("", "", line.name, [*line.cells.values()][-1])


def _lines(element, table: outputs.Table, place: str) -> Iterator[tuple[tuple, Line]]:
    """Rows of a table by their anchor or name; one without an anchor belongs to the one with an anchor above it."""
    owner, owner_name, seen = "", "", Counter()
    for row, (group, cells) in zip(outputs.rows(element), table.lines, strict=True):
        name = next((cell.text for cell in cells if cell.head), cells[0].text)
        anchor = row.get("id", "")
        if anchor:
            owner, owner_name = anchor, name
        key = (anchor,) if anchor else (owner, group, name)
        seen[key] += 1
        headings = [*table.headings, *[""] * (len(cells) - len(table.headings))]
        headings = [said if headings.index(said) == n else f"{said} {n + 1}" for n, said in enumerate(headings)]
        said = {heading: f"{cell.text} {cell.mark}".strip() for heading, cell in zip(headings, cells, strict=True)}
        status = next((row.index(cell) for cell in row if cell.find_class("status")), None)
        name = f"{owner_name} · {name}" if owner and not anchor else name
        status = headings[status] if owner and status is not None else ""
        yield (*key, seen[key]), Line(table.caption, name, owner or place, said, status)


def _differing(before: Page, after: Page, told: set) -> Iterator[Row]:
    """Everything that differs between two pages of one run; told: statuses of which another page has told."""
    name, title = after.name, after.title

    def link(new, anchor: str) -> str:
        """Where something is shown: on the new page, or on the old one if it is only there."""
        address = before.address if new is None else after.address
        return f"{address}#{anchor}" if address else ""

    for said in zip(before.headline, after.headline, strict=True):
        if said[0] != said[1]:
            yield Row("headlines", name, "changed", title, *said, link=after.address)
    for anchor in dict.fromkeys([*after.findings, *before.findings]):
        old, new = before.findings.get(anchor), after.findings.get(anchor)
        at, place = link(new, anchor), (new or old).place
        if old is None or new is None or old.verdict != new.verdict:
            yield Row("findings", anchor, change(old, new), place or title, _said(old), _said(new), title, link=at)
        elif old.sentence != new.sentence:
            said, key = (old.sentence, new.sentence), f"{name} {anchor}"
            yield Row("cells", key, "changed", place, *said, old.word, group=title, link=at)
    for key in dict.fromkeys([*after.lines, *before.lines]):
        old, new = before.lines.get(key), after.lines.get(key)
        line, where = new or old, " ".join(map(str, (name, *key)))
        at = link(new, line.anchor)
        said = [one.cells[one.status] if one and one.status else "" for one in (old, new)]
        once = (name.partition("_")[2], *key[1:], *said)  # a chapter's page repeats what the overview says of a year
        if said[0] != said[1] and once not in told:
            told.add(once)
            yield Row("statuses", where, change(old, new), line.name, *said, title, link=at)
        group = " · ".join(part for part in (title, line.caption) if part)
        if old is None or new is None:
            if not line.anchor.startswith(FINDING):
                whole = [", ".join(filter(None, one.cells.values())) if one else "" for one in (old, new)]
                yield Row("cells", where, change(old, new), line.name, *whole, group=group, link=at)
            continue
        for column in dict.fromkeys([*new.cells, *old.cells]):
            said = old.cells.get(column, ""), new.cells.get(column, "")
            if said[0] != said[1] and column not in {old.status, new.status} - {""}:
                yield Row("cells", f"{where} {column}", "changed", line.name, *said, column, group=group, link=at)


def _said(finding: Finding | None) -> str:
    if finding is None:
        return ""
    tag = Markup('<span class="verdict {}">{}</span> {}')
    return tag.format(finding.verdict, finding.word, finding.sentence) if finding.word else finding.sentence
