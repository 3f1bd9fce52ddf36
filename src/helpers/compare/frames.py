"""What differs between two sets of frames, row by row and cell by cell: the engine of every comparison.

A frame is rows by key, a row cells by column. How a difference is worded is the business of who asks.
"""

import math
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, NamedTuple

Cells = Mapping[str, Any]
Frame = Mapping[Hashable, Cells]


class Change(NamedTuple):
    """A row that differs: in some columns, or as a whole where one of the two has no such row."""

    frame: str
    key: Any
    old: Cells | None
    new: Cells | None
    columns: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return name_kind(self.old, self.new)


def name_kind(old, new) -> str:
    """What became of something of which one of the two may be missing."""
    return "added" if old is None else "removed" if new is None else "changed"


def name_move(old, new, nothing) -> str:
    """As `name_kind`, where one thing stands for a missing one too; an empty text where nothing is on both sides."""
    old, new = (None if each in (None, nothing) else each for each in (old, new))
    return name_kind(old, new) if old != new else ""


def compare(old: Mapping[str, Frame], new: Mapping[str, Frame]) -> Iterator[Change]:
    """Rows that differ between frames of the same name, in the order of the new ones."""
    for name in dict.fromkeys([*new, *old]):
        before, after = old.get(name, {}), new.get(name, {})
        for key in dict.fromkeys([*after, *before]):
            rows = before.get(key), after.get(key)
            columns = _differing(*rows)
            if columns or None in rows:
                yield Change(name, key, *rows, columns)


def _differing(old: Cells | None, new: Cells | None) -> tuple[str, ...]:
    """Columns whose cells differ."""
    if old is None or new is None:
        return ()
    return tuple(column for column in dict.fromkeys([*new, *old]) if not _is_same(old.get(column), new.get(column)))


def _is_same(old, new) -> bool:
    """Are two cells the same, numbers up to the last digits of their computation?"""
    if isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new):
        return all(map(_is_same, old, new))
    if isinstance(old, int | float) and isinstance(new, int | float):
        return math.isclose(old, new, rel_tol=1e-9) or (old != old and new != new)
    return old == new or {old, new} == {None, ""}
