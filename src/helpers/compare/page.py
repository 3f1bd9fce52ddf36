"""What differs between two packages or two folders, as one page in the style of the others: old and new side by side."""

import os
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from helpers.compare.difference import Difference
from helpers.compare.difference import Row as Differing
from helpers.display.html import Column, Markup, Row, Table, banner
from helpers.pages import downloads
from helpers.pages.render import TEMPLATES, dressed

ANCHORS = {"figures": "f", "public": "x", "findings": "a"}  # as on the pages
NUMBERS = ("figures", "public")


def page(found: Difference, out: Path) -> str:
    """The page, for a file `out`, from which its links lead."""
    words, labels = found.words, found.words.column("labels", found.words.language)
    sections = [_Section(found, name, rows, out.parent) for name, rows in found.sections.items()]
    facts = {
        "title": words.say("diff.title"),
        "plan": f"{found.old} → {found.new}",
        "language": {"zh": "zh-CN", "en": "en"}[words.language],
        "words": {key.removeprefix("page."): label for key, label in labels.items() if key.startswith("page.")},
    }
    template = Environment(
        loader=FileSystemLoader(TEMPLATES / "page"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    ).get_template("difference.html.j2")
    tables = [{"outputs": [{"data": {"text/html": str(section.table.html)}}]} for section in sections]
    downloads.given(tables, [section.title for section in sections], out.stem, facts["words"], found.banner)
    for section, table in zip(sections, tables, strict=True):
        section.shown = Markup(table["outputs"][0]["data"]["text/html"])
    above = banner(found.banner) if found.banner else Markup()
    return template.render(found=found, facts=facts, sections=sections, banner=above, say=words.say, **dressed(facts))


class _Section:
    """A section of the page: its title, and its rows as a table."""

    def __init__(self, found: Difference, name: str, rows: list[Differing], folder: Path):
        self.id, self.title, self.folder, self.seen = name, found.words.say(f"diff.section.{name}"), folder, set()
        numbers = [row for row in found.rows if row.section in NUMBERS]
        self.known = {row.key: f"{ANCHORS[row.section]}-{row.key}" for row in numbers}
        columns = [
            Column(found.words.say(f"diff.{side}"), kind)
            for side, kind in (("thing", "measure"), ("old", ""), ("new", ""))
        ]
        groups = [(heading, [self._row(row) for row in own]) for heading, own in found.groups(rows)]
        self.table = Table(self.title, columns, groups, id=f"t-{name}", visible_caption=False, kind="difference")

    def _row(self, row: Differing) -> Row:
        prefix, anchor = ANCHORS.get(row.section), ""
        if prefix and row.key not in self.seen:
            anchor = f"{prefix}-{row.key}"
            self.seen.add(row.key)
        return Row([self._name(row), row.old or "—", row.new or "—"], id=anchor, kind=row.change)

    def _name(self, row: Differing) -> Markup:
        """The name of what differs, linked to where it is shown, which part of it, where it stands, its figures here."""
        said = Markup('<a href="{}">{}</a>').format(self._address(row.link), row.name) if row.link else row.name
        parts = [Markup('<span class="name">{}</span>').format(said)]
        parts += [Markup('<span class="reason">{}</span>').format(row.what)] if row.what else []
        parts += [Markup('<span class="locator">{}</span>').format(row.where)] if row.where else []
        if row.section not in NUMBERS:
            tag = Markup('<a class="locator" href="#{}">{}</a>')
            parts += [tag.format(self.known[key], key) for key in row.figures if key in self.known]
        return Markup(" ").join(parts)

    def _address(self, link: str) -> str:
        path, hash_, anchor = link.partition("#")
        return quote(Path(os.path.relpath(path, self.folder)).as_posix()) + (f"#{quote(anchor)}" if hash_ else "")
