"""What differs between two folders of executed notebooks: statuses, findings, headlines, and every other cell shown.

A folder is what `evaluate run` writes, or one of executed notebooks such as the committed references. Compared is the data
that tables and pictures carry, page by page in one language. Nothing here knows indicators: a status is a field of that
name, a finding a row with the anchor of one.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from helpers.compare import frames
from helpers.compare.difference import Difference, Row
from helpers.compare.frames import Change, name_kind, name_move
from helpers.display.html import PAGE_FORM, PAGE_MIME, Markup
from helpers.errors import UserError
from helpers.runs import outputs
from helpers.runs.outputs import Field, Resource

FINDING = "a-"  # begins the anchors of findings
STATUS = "status"
OPENING = ("headline", "lead")  # bottom line, and the sentences beneath


class Page:
    """What an executed notebook shows, as frames; those that list findings are one.

    address: of the page, empty where there is none; resources: of the frames
    """

    def __init__(self, path: Path, facts: dict, resources: list[Resource], folder: Path):
        self.name, self.facts, page = path.stem, facts, folder / f"{path.stem}.html"
        self.address = str(page) if page.is_file() else ""
        self.frames: dict[str, dict] = {"": {name: {name: facts[name]} for name in OPENING}}
        self.resources: dict[str, Resource] = {}
        self.fields: dict[tuple[str, str], Field] = {}
        for number, resource in enumerate(resources, 1):
            name = FINDING if resource.anchor == FINDING else resource.name or str(number)
            frame, seen = self.frames.setdefault(name, {}), Counter()
            self.resources[name] = resource
            self.fields |= {(name, field.name): field for field in resource.fields}
            for row in resource.rows:
                key = str(row[resource.key]) if resource.key else resource.name_of(row)
                seen[key] += 1
                frame[key if seen[key] == 1 else f"{key} {seen[key]}"] = row

    def link(self, anchor: str) -> str:
        """Where something is shown, if there is a page."""
        return f"{self.address}#{anchor}" if self.address and anchor else self.address


def compare(old: Path, new: Path, words) -> Difference:
    """Everything that differs between two folders, in the language of `words`. Raises UserError for one without pages."""
    before, after = _read_folder(old, words.language), _read_folder(new, words.language)
    rows, statuses, no_data = [], set(), words.say("status.no_data")
    for name in sorted({*before, *after}):
        if name in before and name in after:
            rows += _Comparison(before[name], after[name], statuses, no_data).rows()
        else:
            page = after.get(name) or before[name]
            headlines = [pages[name].facts["headline"] if name in pages else "" for pages in (before, after)]
            kind = name_kind(before.get(name), after.get(name))
            rows.append(Row("pages", name, kind, page.facts["title"], *headlines, link=page.address))
    return Difference(str(old), str(new), rows, words)


def list_files(folder: Path) -> list[Path]:
    """The executed notebooks of a folder. Raises UserError for a folder of pages alone."""
    for place in (folder / "notebooks", folder):
        if listed := sorted(place.glob("*.ipynb")):
            return listed
    if any(folder.glob("*.html")):
        raise UserError(
            f"{folder}: pages without the notebooks that they were made of; expected a folder that `evaluate run` wrote."
        )
    return []


def _read_folder(folder: Path, language: str) -> dict[str, Page]:
    """Pages in a language by the names of their runs. Raises UserError where there is none."""
    pages = [page for path in list_files(folder) if (page := _read(path, folder))]
    wanted = {page.name: page for page in pages if page.facts["language"][:2] == language}
    if not wanted:
        others = sorted({page.facts["language"][:2] for page in pages})
        hint = f"; try --language {others[0]}" if others else ""
        raise UserError(f"{folder}: no page in the language {language!r}{hint}.")
    return wanted


def _read(path: Path, folder: Path) -> Page | None:
    """A page, or nothing for a notebook that shows none. Raises UserError for what cannot be read or is of another form."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        bundles = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
        facts = next((bundle[PAGE_MIME] for bundle in bundles if PAGE_MIME in bundle), None)
        resources = outputs.resources(cells)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path}: cannot be read as an executed notebook ({error}).") from None
    if facts and facts.get("form") != PAGE_FORM:
        raise UserError(f"{path}: was executed by another version of `evaluate`; run it again.")
    return Page(path, facts, resources, folder) if facts else None


class _Comparison:
    """Rows about two pages of one run; statuses: those that another page has shown; no_data: a status that is none."""

    def __init__(self, old: Page, new: Page, statuses: set, no_data: str):
        self.old, self.new, self.statuses, self.no_data, self.title = old, new, statuses, no_data, new.facts["title"]

    def rows(self) -> Iterator[Row]:
        for change in frames.compare(self.old.frames, self.new.frames):
            if not change.frame:
                texts = [row[change.key] for row in (change.old, change.new)]
                yield Row("headlines", self.new.name, "changed", self.title, *texts, link=self.new.address)
            elif change.frame == FINDING:
                yield from self._about_finding(change)
            else:
                yield from self._about_row(change)

    def _about_finding(self, change: Change) -> Iterator[Row]:
        row = change.new or change.old
        place, anchor = row.get("locators") or self.title, f"{FINDING}{change.key}"
        link = self._page(change).link(anchor)
        if not change.columns or "verdict" in change.columns:
            texts = map(_write_finding, (change.old, change.new))
            yield Row("findings", anchor, change.kind, place, *texts, self.title, link=link)
        else:
            yield from self._cells(change, change.columns, f"{self.new.name} {anchor}", place, self.title, link)

    def _about_row(self, change: Change) -> Iterator[Row]:
        page = self._page(change)
        resource, row = page.resources[change.frame], change.new or change.old
        name, where = _name(resource, row), f"{self.new.name} {change.frame} {change.key}"
        link = page.link(f"{resource.anchor}{change.key}" if resource.anchor else resource.name)
        judged = resource.anchor and STATUS in row
        if judged and not (change.columns and STATUS not in change.columns):
            cells = [(cells or {}).get(STATUS) for cells in (change.old, change.new)]
            kind, texts = name_move(*cells, self.no_data), [text or "" for text in cells]
            once = (self.new.name.partition("_")[2], change.key, *texts)  # a chapter repeats what the overview shows
            if kind and once not in self.statuses:
                self.statuses.add(once)
                yield Row("statuses", where, kind, name, *texts, self.title, link=link)
        group = " · ".join(part for part in (self.title, resource.title) if part)
        if change.columns:
            columns = [column for column in change.columns if not (judged and column == STATUS)]
            yield from self._cells(change, columns, where, name, group, link)
        else:
            shown = (self._field(change.frame, column).show(row[column]) for column in row)
            whole = "; ".join(text for text in shown if text)
            texts = ("", whole) if change.old is None else (whole, "")
            yield Row("cells", where, change.kind, name, *texts, group=group, link=link)

    def _cells(self, change: Change, columns, where: str, name: str, group: str, link: str) -> Iterator[Row]:
        for column in columns:
            field = self._field(change.frame, column)
            texts = [field.show(row.get(column)) for row in (change.old, change.new)]
            yield Row("cells", f"{where} {column}", "changed", name, *texts, field.title, group=group, link=link)

    def _field(self, frame: str, column: str) -> Field:
        return self.new.fields.get((frame, column)) or self.old.fields[frame, column]

    def _page(self, change: Change) -> Page:
        """The page that shows a row: the new one, or the old one if it is only there."""
        return self.old if change.new is None else self.new


def _name(resource: Resource, row: frames.Cells) -> str:
    """What names a row; of several under one name each has its next field too, such as the reading that it is of."""
    name = resource.name_of(row)
    if sum(resource.name_of(other) == name for other in resource.rows) == 1:
        return name
    place = next(n for n, field in enumerate(resource.fields) if field.write(row[field.name]) == name)
    others = [field.show(row[field.name]) for field in resource.fields[place + 1 : place + 2]]
    return " · ".join(text for text in (name, *others) if text)


def _write_finding(row: frames.Cells | None) -> str:
    """A finding in words; one that holds has no verdict of its own."""
    if row is None:
        return ""
    if not row.get("verdict"):
        return row["sentence"]
    return Markup('<span class="verdict">{}</span> {}').format(row["verdict"], row["sentence"])
