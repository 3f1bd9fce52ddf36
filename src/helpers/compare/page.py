"""What differs between two packages or two folders, as one page in the style of the others: old and new side by side."""

import os
from pathlib import Path
from urllib.parse import quote

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from helpers.compare.difference import Difference, Row
from helpers.display.html import Markup, banner, plain
from helpers.display.table import Column, Table
from helpers.pages import downloads
from helpers.pages.elements import finish
from helpers.pages.render import TEMPLATES, dress
from helpers.runs.outputs import Resource

ANCHORS = {"figures": "f-", "public": "x-", "findings": "a-"}  # as on the pages
NUMBERS = ("figures", "public")


def make_page(difference: Difference, out: Path) -> str:
    """The page, for a file `out`, from which its links lead."""
    words, labels = difference.words, difference.words.column("labels", difference.words.language)
    facts = {
        "title": words.say("diff.title"),
        "plan": f"{difference.old} → {difference.new}",
        "language": {"zh": "zh-CN", "en": "en"}[words.language],
        "words": {key.removeprefix("page."): label for key, label in labels.items() if key.startswith("page.")},
    }
    sections = []
    for name, rows in difference.sections.items():
        table = _Section(difference, name, out.parent).make_table(rows)
        exports = downloads.list_exports([Resource.of(table.resource)], table.caption, out.stem)
        shown = downloads.add_links(table.html, exports, facts["words"]["csv"], difference.banner)
        sections.append({"id": name, "title": table.caption, "shown": Markup(shown)})
    template = Environment(
        loader=FileSystemLoader(TEMPLATES / "page"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    ).get_template("difference.html.j2")
    above = banner(difference.banner) if difference.banner else Markup()
    more = {"facts": facts, "sections": sections, "banner": above, "say": words.say}
    return finish(template.render(difference=difference, **more, **dress(facts)))


class _Section:
    """A section of the page."""

    def __init__(self, difference: Difference, name: str, folder: Path):
        self.difference, self.name, self.folder = difference, name, folder
        self.known = {row.key: f"{ANCHORS[row.section]}{row.key}" for row in difference.rows if row.section in NUMBERS}

    def make_table(self, rows: list[Row]) -> Table:
        """Its rows under their headings; the first about something has an anchor."""
        say, anchor = self.difference.words.say, ANCHORS.get(self.name, "")
        groups = ((heading, row) for heading, own in self.difference.groups(rows) for row in own)
        frame = pd.DataFrame([self._cells(row) | {"group": heading} for heading, row in groups])
        frame["anchored"] = ~frame["key"].duplicated()
        columns = [
            Column({side: say(f"diff.{side}")}, say(f"diff.{side}"), lambda row, side=side: row[f"{side}_html"], kind)
            for side, kind in (("thing", "measure"), ("old", ""), ("new", ""))
        ]
        table = Table(say(f"diff.section.{self.name}"), columns, frame, f"t-{self.name}", "key", anchor, "group")
        table.kind, table.visible_caption = "difference", False
        return table

    def _cells(self, row: Row) -> dict[str, str]:
        sides = {side: plain(getattr(row, side)) for side in ("old", "new")}
        shown = {f"{side}_html": getattr(row, side) or "—" for side in sides}
        thing = " · ".join(part for part in (row.name, row.what, row.where) if part)
        key = row.key.removeprefix(ANCHORS.get(self.name, "")) if self.name == "findings" else row.key
        return sides | shown | {"key": key, "thing": thing, "thing_html": self._name(row), "row_kind": row.change}

    def _name(self, row: Row) -> Markup:
        """The name of what differs, linked to where it is shown, which part of it, where it stands, its figures here."""
        name = Markup('<a href="{}">{}</a>').format(self._address(row.link), row.name) if row.link else row.name
        parts = [Markup('<span class="name">{}</span>').format(name)]
        parts += [Markup('<span class="reason">{}</span>').format(row.what)] if row.what else []
        parts += [Markup('<span class="locator">{}</span>').format(row.where)] if row.where else []
        if self.name not in NUMBERS:
            tag = Markup('<a class="locator" href="#{}">{}</a>')
            parts += [tag.format(self.known[key], key) for key in row.figures if key in self.known]
        return Markup(" ").join(parts)

    def _address(self, link: str) -> str:
        path, hash_, anchor = link.partition("#")
        return quote(Path(os.path.relpath(path, self.folder)).as_posix()) + (f"#{quote(anchor)}" if hash_ else "")
