"""Values of one quantity over time: points by the form of the number, their ranges, and the target as a line."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.markers import MarkerStyle

from helpers.charts import canvas
from helpers.charts.canvas import SIZE, SMALL, WIDTH
from helpers.display import lettering, theme

HEIGHT, TOP, BOTTOM = 262, 26, 214  # px: of the picture, of the highest and of the lowest value
PAD, GAP = 26, 11  # px beside the first and the last year; between points of one year
ROUND = MarkerStyle("o")
SHAPES = {"struck": MarkerStyle("x"), "corrected": MarkerStyle("D")}  # of points that are not round
POINT = 46  # square px
CAP = 3  # px on both sides of a range's end
LEAST = 5  # px from which a range is drawn
OUTSIDE = 3  # times the largest of the others
ROOM = 13  # px around a point that answer to a pointer
MARKS = {
    "printed": {"facecolors": theme.DATA, "edgecolors": theme.DATA, "linewidths": 1},
    "corrected": {"facecolors": theme.DATA, "edgecolors": theme.DATA, "linewidths": 1},
    "derived": {"facecolors": theme.PAPER, "edgecolors": theme.DATA, "linewidths": 1.8},
    "public": {"facecolors": theme.PAPER, "edgecolors": theme.QUIET, "linewidths": 1.2},
    "struck": {"facecolors": theme.QUIET, "edgecolors": theme.QUIET, "linewidths": 1.4},
}


class Box(NamedTuple):
    """A part of the picture that is taken, in px."""

    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


class Scale(NamedTuple):
    """Where values and years stand in the picture; turned: does the lowest value stand at the top?"""

    low: float
    high: float
    first: int
    last: int
    left: float
    turned: bool = False

    def y(self, value: float) -> float:
        part = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return TOP + part * (BOTTOM - TOP) if self.turned else BOTTOM - part * (BOTTOM - TOP)

    def x(self, year: float) -> float:
        if self.first == self.last:
            return (self.left + WIDTH) / 2
        start, end = self.left + PAD, WIDTH - PAD
        return start + (year - self.first) / (self.last - self.first) * (end - start)


def timeline(
    frame: pd.DataFrame,
    targets: pd.DataFrame,
    write: Callable[[float, float], str],
    turned: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Values of one unit over the years, each with its range; a line joins those that follow each other.

    frame: `year`, `value`, `lower`, `upper`, `form` (`printed`, `corrected`, `derived`, `public`, or `struck` for one that an
    erratum replaces), `label`, `joined` (does the line lead through it?), the most important labels first
    targets: `year`, `value`, `label`; each is a line around its year
    index of both: keys of the rows of the picture's table
    write: a value of the scale, and the step between two, as text; turned: is a lower value better, as in a ranking?
    """
    ax = canvas.axes(HEIGHT, ax=ax)
    years = [*frame["year"], *targets["year"]]
    low, high, ticks = _measure(frame, targets)
    step = ticks[1] - ticks[0]
    if turned:  # nothing ranks before the first
        low, high = 1.0, max(high, 2.0)
        ticks = [low, *(tick for tick in ticks if tick > low)]
    words = [write(tick, step) for tick in ticks]
    left = max(lettering.width(word, SMALL) for word in words) + 8
    scale = Scale(low, high, int(min(years)), int(max(years)), left, turned)
    for tick, word in zip(ticks, words, strict=True):
        canvas.line(ax, [left, WIDTH], [scale.y(tick)] * 2, color=theme.RULE, linewidth=1)
        canvas.write(ax, left - 6, scale.y(tick) + 2, word, ha="right", size=SMALL, color=theme.SECOND)
    _write_years(ax, scale)
    taken = _draw_targets(ax, scale, targets)
    joined = frame[frame["joined"].astype(bool)].sort_values("year", kind="stable")
    canvas.line(
        ax, [scale.x(year) for year in joined["year"]], [scale.y(value) for value in joined["value"]],
        color=theme.DATA, linewidth=1.2,
    )  # fmt: skip
    points = _draw_points(ax, scale, frame)
    taken += points
    for point, label in zip(points, frame["label"], strict=True):
        _write_beside(ax, point, label, taken, left)
    return ax


def has_ranges(frame: pd.DataFrame, targets: pd.DataFrame) -> bool:
    """Is any range wide enough to be drawn? frame, targets: as in `timeline`."""
    low, high, _ = _measure(frame, targets)
    widths = (frame["upper"].clip(upper=high) - frame["lower"].clip(lower=low)) / (high - low) * (BOTTOM - TOP)
    return bool((widths >= LEAST).any())


def find_outside(frame: pd.DataFrame, targets: pd.DataFrame) -> pd.Series:
    """Which values that an erratum replaces would press all others together, and are drawn at the edge instead."""
    struck = frame["form"] == "struck"
    if not struck.any():
        return struck
    others = [*frame.loc[~struck, "value"], *targets["value"]]
    return struck & (frame["value"] > OUTSIDE * max(others, default=math.inf))


def _measure(frame: pd.DataFrame, targets: pd.DataFrame) -> tuple[float, float, list[float]]:
    """Ends of the scale of some values, their ranges and targets, and round values on it."""
    inside = ~find_outside(frame, targets).to_numpy(dtype=bool)
    values, *ends = (frame[name].to_numpy(dtype=float)[inside] for name in ("value", "lower", "upper"))
    return _span([*values, *targets["value"], *(end for end in np.concatenate(ends) if math.isfinite(end))])


def _span(values: list[float]) -> tuple[float, float, list[float]]:
    """Ends of the scale and round values on it; it begins at zero unless all values are far from it."""
    low, high = min(values), max(values)
    if low >= 0 and (low < 0.6 * high or low == high):
        low = 0.0
    step = _round_step((high - low) / 3 or 1.0)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = max(last, first + 1)
    return first * step, last * step, [number * step for number in range(first, last + 1)]


def _round_step(step: float) -> float:
    """The next round number: 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * size for size in (1, 2, 2.5, 5, 10) if power * size >= step * (1 - 1e-9))


def _write_years(ax: Axes, scale: Scale) -> None:
    """Years under the picture, as many as have room, the last one always."""
    years = range(scale.first, scale.last + 1)
    pitch = scale.x(scale.first + 1) - scale.x(scale.first) if len(years) > 1 else WIDTH
    every = max(1, math.ceil((lettering.width("2000") + 8) / pitch))
    for year in years:
        if (scale.last - year) % every == 0:
            canvas.write(ax, scale.x(year), BOTTOM + 22, str(year), ha="center", weight="bold")


def _draw_targets(ax: Axes, scale: Scale, targets: pd.DataFrame) -> list[Box]:
    """The line of each target with its label above; what the labels take of the picture."""
    taken: list[Box] = []
    half = (scale.x(scale.first + 1) - scale.x(scale.first)) * 0.4 if scale.first != scale.last else WIDTH / 4
    for target in targets.itertuples():
        x, y = scale.x(target.year), scale.y(target.value)
        start, end = max(x - half, scale.left), min(x + half, WIDTH)
        with canvas.mark(ax, target.Index, y - 6, y + 6, start, end):
            canvas.line(ax, [start, end], [y, y], color=theme.INK, linewidth=2)
        wide = lettering.width(target.label, SMALL)
        left = min(start, WIDTH - wide)
        for middle in (y - 9, y + 13):
            box = Box(left, left + wide, middle - 8, middle + 6)
            if middle > 8 and not any(box.meets(other) for other in taken):
                canvas.write(ax, left, middle, target.label, size=SMALL)
                taken.append(box)
                break
    return taken


def _draw_points(ax: Axes, scale: Scale, frame: pd.DataFrame) -> list[Box]:
    """Points with their ranges; what each takes of the picture. Those of one year that would hide each other stand side by
    side.
    """
    boxes: list[Box] = []
    standing: dict[int, list[float]] = {}
    for row in frame.itertuples():
        x, y = scale.x(row.year), scale.y(row.value)
        near = [other for other in standing.setdefault(row.year, []) if abs(other - y) < GAP]
        standing[row.year].append(y)
        x += (GAP if len(near) % 2 else -GAP) * ((len(near) + 1) // 2)
        box = Box(x - 5, x + 5, y - 5, y + 5)
        ends = [scale.y(end) for end in (row.lower, row.upper)]
        ranged = abs(ends[0] - ends[1]) >= LEAST
        if ranged:
            box = box._replace(top=min(box.top, *ends), bottom=max(box.bottom, *ends))
        with canvas.mark(ax, row.Index, y - ROOM, y + ROOM, x - ROOM, x + ROOM):
            if ranged:
                _draw_range(ax, scale, x, row)
            canvas.marks(ax, [x], [y], POINT, SHAPES.get(row.form, ROUND), zorder=3, **MARKS[row.form])
        boxes.append(box)
    return boxes


def _draw_range(ax: Axes, scale: Scale, x: float, row) -> None:
    """A line from one end of a range to the other, with a cap where the end is on the scale."""
    ends, colour = [scale.y(end) for end in (row.lower, row.upper)], MARKS[row.form]["edgecolors"]
    canvas.line(ax, [x, x], ends, color=colour, linewidth=1)
    for end, value in zip(ends, (row.lower, row.upper), strict=True):
        if scale.low <= value <= scale.high:
            canvas.line(ax, [x - CAP, x + CAP], [end, end], color=colour, linewidth=1)


def _write_beside(ax: Axes, point: Box, label: str, taken: list[Box], left: float) -> None:
    """Write a label above, below or beside its point where there is room; without any, the table beneath has the number."""
    if not label:
        return
    wide, x, y = lettering.width(label, SIZE), (point.left + point.right) / 2, (point.top + point.bottom) / 2
    centre = min(max(x, left + wide / 2), WIDTH - wide / 2)
    beside = (point.right + 4 + wide / 2, point.left - 4 - wide / 2)
    for middle, height in (
        (centre, point.top - 10),
        (centre, point.bottom + 12),
        *((place, y + 2) for place in beside),
    ):
        box = Box(middle - wide / 2 - 2, middle + wide / 2 + 2, height - 9, height + 7)
        inside = box.top > 0 and box.bottom < BOTTOM + 13 and box.left >= left - 3 and box.right <= WIDTH + 3
        if inside and not any(box.meets(other) for other in taken):
            canvas.write(ax, middle, height, label, ha="center", weight="bold")
            taken.append(box)
            return
