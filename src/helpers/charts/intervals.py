"""Two ways of telling one number: ranges that do not meet, and a chain from one year's value to the next."""

from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.charts import canvas
from helpers.charts.bars import area
from helpers.charts.canvas import LINE, SMALL, WIDTH
from helpers.display import lettering, theme

FAR = 1.5  # times; ranges farther apart are drawn from zero
MARKS = {
    "printed": {"markerfacecolor": theme.DATA, "markeredgecolor": theme.DATA},
    "corrected": {"markerfacecolor": theme.DATA, "markeredgecolor": theme.DATA},
    "derived": {"markerfacecolor": theme.PAPER, "markeredgecolor": theme.DATA},
    "public": {"markerfacecolor": theme.PAPER, "markeredgecolor": theme.QUIET},
}


def ranges(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Ranges of one quantity beneath each other on one scale, from zero where they lie far apart; an open end has no cap.

    Columns: `name`, `label` (the value), `lower`, `value`, `upper`, `form`.
    """
    names = [lettering.wrap(name, WIDTH - 8) for name in frame["name"]]
    tops = np.cumsum([14, *(len(lines) * LINE + 42 for lines in names)])
    finite = frame[["lower", "value", "upper"]].replace([np.inf, -np.inf], np.nan)
    low, high = finite.min().min(), finite.max().max()
    zero = low >= 0 and high > FAR * max(frame["value"].min(), 0)
    pad = (high - low) * 0.12 or max(abs(high), 1) * 0.1
    left, right = (0.0, high + pad) if zero else (low - pad, high + pad)
    ax = canvas.axes(tops[-1], ax=ax)
    scale = (WIDTH - 24) / (right - left)
    for number, (row, lines, (top, end)) in enumerate(zip(frame.itertuples(), names, pairwise(tops), strict=True)):
        with canvas.mark(ax, number, *area(top, end)):
            canvas.write(ax, 4, top, lines, size=SMALL + 0.5, color=theme.SECOND)
            y = top + len(lines) * LINE + 4
            low, high = (12 + (limit - left) * scale for limit in (max(row.lower, left), min(row.upper, right)))
            canvas.line(ax, [low, high], [y, y], color=theme.INK, linewidth=1.5, solid_capstyle="butt")
            for limit, x in ((row.lower, low), (row.upper, high)):
                if np.isfinite(limit):
                    canvas.line(ax, [x, x], [y - 5, y + 5], color=theme.INK, linewidth=1.2)
            middle = 12 + (row.value - left) * scale
            dot = {"linestyle": "", "marker": "o", "markersize": 6, "markeredgewidth": 1.6} | MARKS[row.form]
            canvas.line(ax, [middle], [y], **dot)
            wide = lettering.width(row.label)
            x = min(max(middle, 4 + wide / 2), WIDTH - 4 - wide / 2)
            canvas.write(ax, x, y + 18, row.label, ha="center", weight="bold")
            if zero:
                canvas.line(ax, [12, 12], [y - 9, y + 9], color=theme.RULE, linewidth=1)
                canvas.write(ax, 9, y, "0", ha="right", size=SMALL, color=theme.SECOND)
    return ax


def chain(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """From one period to the next: the value that growth leads back to, and, dashed, the way from a printed one.

    Three rows, `other` (another value of the first period), `start` (computed for it) and `end`; columns: `period`, `value`,
    `label`, `form`, `note` (where it stands), and in the row `start` `growth`, in the row `other` `gap`.
    """
    rows = {row.Index: row for row in frame.itertuples()}
    other, start, end = rows["other"], rows["start"], rows["end"]
    top, floor = 44, 214
    left = max(lettering.width(text) for row in (other, start) for text in (row.label, row.note))
    x0 = max(left + 20, lettering.width(other.gap) + 52)  # room for labels, for the beam and for what it says
    x1 = max(WIDTH - 20 - max(lettering.width(end.label), lettering.width(end.note)), x0 + 60)
    ax = canvas.axes(244, ax=ax)
    scale = (floor - top) / frame["value"].max()
    at = {name: floor - row.value * scale for name, row in rows.items()}
    for x, row in ((x0, start), (x1, end)):
        canvas.write(ax, x, 12, row.period, ha="center", weight="bold")
        canvas.line(ax, [x, x], [26, floor], color=theme.RULE, linewidth=1)
    canvas.line(ax, [x0 - 14, x1 + 14], [floor, floor], color=theme.INK, linewidth=1)
    canvas.write(ax, x1 + 20, floor, "0", size=SMALL, color=theme.SECOND)
    canvas.line(ax, [x0, x1], [at["other"], at["end"]], color=theme.QUIET, linewidth=1.2, linestyle=(0, (4, 3)))
    canvas.line(ax, [x0, x1], [at["start"], at["end"]], color=theme.INK, linewidth=2.4)
    canvas.write(ax, (x0 + x1) / 2, (at["start"] + at["end"]) / 2 - 12, start.growth, ha="center", weight="bold")
    for x, name, row in ((x0, "other", other), (x0, "start", start), (x1, "end", end)):
        shape = "s" if name == "other" else "o"
        canvas.line(
            ax, [x], [at[name]], linestyle="", marker=shape, markersize=7, markeredgewidth=1.8, **MARKS[row.form]
        )
    for name, middle in zip(("other", "start"), _apart(at["other"], at["start"], floor), strict=True):
        row = rows[name]
        canvas.write(ax, x0 - 14, middle - 7, row.label, ha="right", weight="bold")
        canvas.write(ax, x0 - 14, middle + 9, row.note, ha="right", size=SMALL, color=theme.SECOND)
    canvas.write(ax, x1 + 14, at["end"] - 14, end.label, weight="bold")
    canvas.write(ax, x1 + 14, at["end"] + 2, end.note, size=SMALL, color=theme.SECOND)
    beam, ends = x0 - 34, sorted([at["other"], at["start"]])
    if ends[1] - ends[0] > 90:  # room for a beam between the labels
        ends = [ends[0] + 34, ends[1] - 34]
        canvas.line(ax, [beam, beam], ends, color=theme.QUIET, linewidth=1)
        for end in ends:
            canvas.line(ax, [beam - 4, beam + 4], [end, end], color=theme.QUIET, linewidth=1)
    canvas.write(ax, beam - 10, sum(ends) / 2, other.gap, ha="right", weight="bold", size=SMALL + 0.5)
    return ax


def _apart(middle_1: float, middle_2: float, floor: float) -> tuple[float, float]:
    """Middles of two labels of two lines, kept apart and above the floor."""
    need = 36.0
    low, high = min(middle_1, middle_2), max(middle_1, middle_2)
    high = min(high, floor - 16)
    low = min(low, high - need)
    return (low, high) if middle_1 <= middle_2 else (high, low)
