"""Rows of figures side by side: frames joined and read row by row, with the ranges of their numbers.

A range is in three columns `lower`, `value`, `upper`. In a joined frame the columns of each side begin with its tag:
`a_lower`, `b_lower`.
"""

from collections import namedtuple
from collections.abc import Iterator
from functools import cache
from operator import attrgetter

import numpy as np
import pandas as pd

from helpers.audit.finding import CONFIDENCES, Side
from helpers.numbers.interval import Interval

ENDS = ("lower", "value", "upper")


def prefixed(tag: str, name: str) -> str:
    """Name of a column of one side of a joined frame; a frame that is not joined has no tag."""
    return f"{tag}_{name}" if tag else name


def join(a: pd.DataFrame, b: pd.DataFrame, *on: str, **also: str) -> pd.DataFrame:
    """Rows of two frames that agree in some columns, side by side as `a_…` and `b_…`.

    on: columns of both; also: a column of `a` and the column of `b` that it equals.
    """
    left = [f"a_{name}" for name in (*on, *also)]
    right = [f"b_{name}" for name in (*on, *also.values())]
    return a.add_prefix("a_").merge(b.add_prefix("b_"), left_on=left, right_on=right)


def ranges(frame: pd.DataFrame, tag: str = "") -> Interval:
    """All ranges of one side of a frame, as one interval of arrays."""
    return Interval(*(frame[prefixed(tag, end)].to_numpy(dtype=float) for end in ENDS))


def add_ranges(frame: pd.DataFrame, tag: str, computed: Interval) -> pd.DataFrame:
    """The frame with computed ranges as one more side."""
    return frame.assign(**{prefixed(tag, end): getattr(computed, end) for end in ENDS})


def iterate(frame: pd.DataFrame, **columns) -> Iterator:
    """The rows of a frame as named tuples, with further columns."""
    cells = {name: values.tolist() for name, values in frame.items()}
    cells |= {name: np.asarray(values).tolist() for name, values in columns.items()}
    return map(_row_type(*cells)._make, zip(*cells.values(), strict=True))


@cache  # making a type takes longer than reading the rows of a small frame
def _row_type(*names: str) -> type:
    return namedtuple("Row", names)


def range_of(row, tag: str = "") -> Interval:
    """The range of one side of a row."""
    return Interval(*map(float, _read_ends(tag)(row)))


@cache
def _read_ends(tag: str) -> attrgetter:
    return attrgetter(*(prefixed(tag, end) for end in ENDS))


def printed_side(row, tag: str = "") -> Side:
    """One side of a comparison: a figure as it is printed."""
    return Side("{}", (getattr(row, prefixed(tag, "figure")),), range_of(row, tag))


def figures_of(row, *tags: str) -> tuple[str, ...]:
    """Keys of the figures behind the estimates on some sides of a row."""
    keys = (getattr(row, prefixed(tag, name)) for tag in tags for name in ("figure", "figure_2"))
    return tuple(filter(None, keys))


def estimated_side(row, tag: str) -> Side:
    """One side of a comparison: an estimate (see `estimates`) with its unit and period."""
    formula, unit, period = (getattr(row, f"{tag}_{name}") for name in ("formula", "unit", "period"))
    return Side(formula, figures_of(row, tag), range_of(row, tag), unit, period)


def confidence_of(row, tags: str = "ab", least: int = 0) -> str:
    """Confidence of the least sure side; least: 1 for `medium` at most."""
    return CONFIDENCES[max(least, *(getattr(row, f"{tag}_confidence") for tag in tags))]
