"""What differs between two things of one kind, row by row, for a terminal and for other programs.

`helpers.changes` finds it between data packages, `helpers.html.diff` between folders of pages; the latter makes a page of
either. Nothing here knows figures or pages. The keys of the JSON (`of_row`, `written`) stay.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Protocol

from helpers.display import plain

# Changes, the gravest first: a target that is no longer or only now reached, another value or verdict, what is new or gone,
# then what leaves the value as it was.
CHANGES = (
    "lost", "gained", "changed", "added", "removed", "completion", "rounded", "reading", "reprinted", "noted",
    "text",
)  # fmt: skip
ASIDE = ("completion", "reprinted")  # changes that are counted by themselves


class Voice(Protocol):
    """Whoever says labels in the reader's language (`words.Words`)."""

    language: str

    def say(self, key: str, **values) -> str: ...

    def join(self, items: list[str]) -> str: ...


@dataclass(frozen=True)
class Side:
    """One of the two things: where it is, and what it is, by the names of labels `diff.fact.…`."""

    path: str
    facts: dict[str, str]


@dataclass(frozen=True)
class Row:
    """One thing that differs.

    section: where it is listed; key: what identifies it there; change: of `CHANGES`; name, what: which thing, and what of
    it; old, new: as a reader sees them, empty where there is none; before, after: the same for programs; renamed: key of
    the row that is equal in everything else; group: heading above it, else the change in words
    """

    section: str
    key: str
    change: str
    name: str
    what: str = ""
    old: str = ""
    new: str = ""
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    renamed: str = ""
    group: str = ""

    @property
    def counted(self) -> str:
        """What it is counted as: a label `diff.count.…`."""
        return self.change if self.change in ASIDE else self.section


@dataclass(frozen=True)
class Difference:
    """Everything that differs: a bottom line (`headline`, then `rest`), notes, and rows in the order of their sections."""

    kind: str
    old: Side
    new: Side
    headline: str
    rest: str
    rows: list[Row]
    words: Voice
    notes: list[str] = field(default_factory=list)
    banner: str = ""

    @property
    def line(self) -> str:
        """The bottom line, in one sentence."""
        return self.words.say("diff.line", first=self.headline, rest=self.rest) if self.rest else self.headline

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many rows by section and change."""
        return {name: dict(Counter(row.change for row in rows)) for name, rows in self.sections()}

    def sections(self) -> list[tuple[str, list[Row]]]:
        return [(name, list(rows)) for name, rows in groupby(self.rows, attrgetter("section"))]

    def group(self, row: Row) -> str:
        """The heading above a row."""
        return row.group or self.words.say(f"diff.change.{row.change}")


def tally(words: Voice, rows: Iterable[Row], names: Iterable[str]) -> str:
    """How many rows there are of each name (see `Row.counted`), in words; nothing where there is none."""
    counts = Counter(row.counted for row in rows)
    return words.join([words.say(f"diff.count.{name}", n=counts[name]) for name in names if counts[name]])


def ordered(rows: Iterable[Row], sections: tuple[str, ...]) -> list[Row]:
    """Rows by section, and there by change; else as they come."""
    return sorted(rows, key=lambda row: (sections.index(row.section), CHANGES.index(row.change)))


def written(found: Difference, form: str) -> str:
    """A difference as `json`, or as a `table` for a terminal."""
    return _json(found) if form == "json" else _table(found)


def _json(found: Difference) -> str:
    told = {
        "kind": found.kind,
        "old": {"path": found.old.path, **found.old.facts},
        "new": {"path": found.new.path, **found.new.facts},
        "changed": bool(found.rows),
        "line": found.line,
        "notes": found.notes,
        "counts": found.counts,
        "rows": [of_row(row) for row in found.rows],
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def of_row(row: Row) -> dict:
    """A row for other programs."""
    text = {name: plain(getattr(row, name)) for name in ("section", "key", "change", "name", "what", "old", "new")}
    return text | {"before": row.before, "after": row.after, "renamed": row.renamed}


def _table(found: Difference) -> str:
    say = found.words.say
    lines = [f"{say(f'diff.{name}')}  {side.path}" for name, side in (("old", found.old), ("new", found.new))]
    lines += [*found.notes, found.line]
    for section, rows in found.sections():
        lines += ["", f"{say(f'diff.section.{section}')} ({len(rows)})"]
        for heading, own in groupby(rows, found.group):
            lines.append(f"  {heading}")
            for row in own:
                lines.append("    " + "  ".join(plain(part) for part in (row.key, row.name, row.what) if part))
                lines.append(f"        {plain(row.old) or '—'} → {plain(row.new) or '—'}")
    return "\n".join(lines)
