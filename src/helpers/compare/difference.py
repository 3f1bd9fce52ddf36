"""What differs between two things of one kind, row by row: for a terminal, for other programs, and for a page.

`changes` finds it between two data packages, `batch.changes` between two folders of pages; `html.difference` makes a page
of either. The keys of the JSON (`Row`, `json_of`) stay.
"""

import json
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from helpers.display.html import plain

# The gravest first; `reprinted`: the same number, written otherwise.
CHANGES = ("changed", "added", "removed", "reprinted")
ASIDE = ("reprinted", "pages")  # of what is told beneath the bottom line
# In this order: what a reader asks first stands first.
SECTIONS = (
    "statuses", "completions", "findings", "figures", "errata", "public", "platforms", "tables", "descriptor",
    "pages", "headlines", "cells",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One thing that differs: `old` and `new` as a reader sees them, one of them empty where it is only in the other.

    section: of `SECTIONS`; key: what identifies it there; change: of `CHANGES`; name: of the thing; what: which part of it
    differs, empty for the whole; where: where it stands; group: the heading above it, else the change in words; link: an
    address that shows it; figures: keys of the figures that it is about
    """

    section: str
    key: str
    change: str
    name: str
    old: str = ""
    new: str = ""
    what: str = ""
    where: str = ""
    group: str = ""
    link: str = ""
    figures: tuple[str, ...] = ()


def change(before, after) -> str:
    """What became of something of which one of the two may be missing."""
    return "added" if before is None else "removed" if after is None else "changed"


class Difference:
    """Rows in the order of their sections, with what was compared and the voice that tells it (`words.Words`)."""

    def __init__(self, old: str, new: str, rows: list[Row], words, banner: str = ""):
        """old, new: names of what was compared; banner: what stands above everything."""
        self.rows = sorted(
            rows, key=lambda row: (SECTIONS.index(row.section), not row.group and CHANGES.index(row.change))
        )
        self.old, self.new, self.words, self.banner = old, new, words, banner

    @property
    def sections(self) -> dict[str, list[Row]]:
        return {name: list(rows) for name, rows in groupby(self.rows, attrgetter("section"))}

    @property
    def counts(self) -> dict[str, int]:
        """How many things differ in each section, those that are only printed otherwise by themselves."""
        counts = {}
        for name, rows in self.sections.items():
            changed = {row.key for row in rows if row.change != "reprinted"}
            again = {row.key for row in rows} - changed
            counts |= {name: len(changed)} if changed else {}
            counts |= {"reprinted": counts.get("reprinted", 0) + len(again)} if again else {}
        return counts

    @property
    def line(self) -> str:
        """The bottom line: `1 status, 2 findings and 3 figures changed.`"""
        counted = [self.words.say(f"diff.count.{name}", n=n) for name, n in self.counts.items() if name not in ASIDE]
        return self.words.say("diff.line", what=self.words.join(counted)) if counted else self.words.say("diff.none")

    @property
    def remarks(self) -> list[str]:
        """What is said beneath the bottom line."""
        return [self.words.say(f"diff.aside.{name}", n=n) for name, n in self.counts.items() if name in ASIDE]

    def groups(self, rows: list[Row]) -> list[tuple[str, list[Row]]]:
        """Rows of a section under their headings."""
        return [(name, list(own)) for name, own in groupby(rows, self._heading)]

    def _heading(self, row: Row) -> str:
        return row.group or self.words.say(f"diff.change.{row.change}")


def json_of(found: Difference) -> str:
    """A difference for other programs."""
    rows = [vars(row) | {name: plain(getattr(row, name)) for name in ("old", "new")} for row in found.rows]
    told = {"old": found.old, "new": found.new, "line": found.line, "remarks": found.remarks, "counts": found.counts}
    return json.dumps(told | {"rows": rows}, ensure_ascii=False, indent=1)


def table_of(found: Difference) -> str:
    """A difference for a terminal."""
    lines = [f"{found.old} → {found.new}", found.line, *found.remarks]
    for section, rows in found.sections.items():
        lines += ["", found.words.say(f"diff.section.{section}")]
        for heading, own in found.groups(rows):
            lines.append(f"  {heading}")
            for row in own:
                lines.append("    " + "  ".join(plain(part) for part in (row.name, row.what, row.where) if part))
                lines.append(f"        {plain(row.old) or '—'} → {plain(row.new) or '—'}")
    return "\n".join(lines)
