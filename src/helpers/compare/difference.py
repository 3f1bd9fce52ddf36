"""What differs between two things of one kind, row by row: for a terminal, for other programs, and for a page.

`packages` finds it between two data packages, `notebooks` between two folders of executed notebooks; `page` makes a page of
either. The keys of the JSON (`Row`, `to_json`) stay.
"""

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter

from helpers.display.html import plain

# The gravest first; `reprinted`: the same number, written otherwise.
CHANGES = ("changed", "added", "removed", "reprinted")
COMPARED = ("changed", "added", "removed")  # of which the bottom line tells; what appears or is gone is no change
PAGES = "pages"  # the section that is only mentioned beneath the bottom line
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

    @cached_property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many things there are of each of `CHANGES`, by section; the gravest of a thing counts."""
        counts: dict[str, dict[str, int]] = {change: {} for change in CHANGES}
        for name, rows in self.sections.items():
            gravest_last = sorted(rows, key=lambda row: -CHANGES.index(row.change))
            for change, n in Counter({row.key: row.change for row in gravest_last}.values()).items():
                counts[change][name] = n
        return counts

    @property
    def line(self) -> str:
        """The bottom line: `1 status, 2 findings and 3 figures changed.`"""
        return next(iter(self._sentences), self.words.say("diff.none"))

    @property
    def remarks(self) -> list[str]:
        """What stands beneath the bottom line: what appeared, what is gone, what is only mentioned."""
        return self._sentences[1:] + [self.words.say(f"diff.aside.{name}", n=n) for name, n in self.aside.items()]

    @property
    def aside(self) -> dict[str, int]:
        """How many things are only printed otherwise, and how many pages are only in one of the two."""
        counts = {
            PAGES: sum(own.get(PAGES, 0) for own in self.counts.values()),
            "reprinted": sum(self.counts["reprinted"].values()),
        }
        return {name: n for name, n in counts.items() if n}

    @cached_property
    def _sentences(self) -> list[str]:
        """What changed, what appeared and what is gone, each counted by itself, if there is any."""
        say, sentences = self.words.say, []
        for change in COMPARED:
            counted = [say(f"diff.count.{name}", n=n) for name, n in self.counts[change].items() if name != PAGES]
            if counted:
                sentences.append(say(f"diff.line.{change}", what=self.words.join_names(counted)))
        return sentences

    def groups(self, rows: list[Row]) -> list[tuple[str, list[Row]]]:
        """Rows of a section under their headings."""
        return [(name, list(own)) for name, own in groupby(rows, self._heading)]

    def _heading(self, row: Row) -> str:
        return row.group or self.words.say(f"diff.change.{row.change}")


def to_json(difference: Difference) -> str:
    """A difference for other programs."""
    rows = [vars(row) | {name: plain(getattr(row, name)) for name in ("old", "new")} for row in difference.rows]
    whole = {name: getattr(difference, name) for name in ("old", "new", "line", "remarks")}
    whole |= {"counts": difference.counts["changed"] | difference.aside}
    whole |= {change: difference.counts[change] for change in COMPARED[1:]}
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
