"""What differs between two things of one kind, row by row: for a terminal, for other programs, and for a page.

`packages` finds it between two data packages, `notebooks` between two folders of executed notebooks; `page` makes a page of
either. The keys of the JSON (`Row`, `to_json`) stay.
"""

import json
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from helpers.display.html import plain

# The gravest first; `reprinted`: the same number, written otherwise.
CHANGES = ("changed", "added", "removed", "reprinted")
ASIDE = ("reprinted", "pages")  # of what is mentioned beneath the bottom line
# In this order: what a reader asks first stands first.
SECTIONS = (
    "statuses", "completions", "findings", "figures", "errata", "public", "platforms", "tables", "descriptor",
    "pages", "headlines", "cells",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """Something that differs: `old` and `new` as a reader sees them, one of them empty where it is only in the other.

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


class Difference:
    """Rows in the order of their sections, with what was compared and the words that describe it (`Formatter`)."""

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
        return (
            self.words.say("diff.line", what=self.words.join_names(counted)) if counted else self.words.say("diff.none")
        )

    @property
    def remarks(self) -> list[str]:
        """What stands beneath the bottom line."""
        return [self.words.say(f"diff.aside.{name}", n=n) for name, n in self.counts.items() if name in ASIDE]

    def groups(self, rows: list[Row]) -> list[tuple[str, list[Row]]]:
        """Rows of a section under their headings."""
        return [(name, list(own)) for name, own in groupby(rows, self._heading)]

    def _heading(self, row: Row) -> str:
        return row.group or self.words.say(f"diff.change.{row.change}")


def to_json(difference: Difference) -> str:
    """A difference for other programs."""
    rows = [vars(row) | {name: plain(getattr(row, name)) for name in ("old", "new")} for row in difference.rows]
    whole = {name: getattr(difference, name) for name in ("old", "new", "line", "remarks", "counts")}
    return json.dumps(whole | {"rows": rows}, ensure_ascii=False, indent=1)


def to_text(difference: Difference) -> str:
    """A difference for a terminal."""
    lines = [f"{difference.old} → {difference.new}", difference.line, *difference.remarks]
    for section, rows in difference.sections.items():
        lines += ["", difference.words.say(f"diff.section.{section}")]
        for heading, own in difference.groups(rows):
            lines.append(f"  {heading}")
            for row in own:
                lines.append("    " + "  ".join(plain(part) for part in (row.name, row.what, row.where) if part))
                lines.append(f"        {plain(row.old) or '—'} → {plain(row.new) or '—'}")
    return "\n".join(lines)
