"""Horizontal bars with the name above: values, pairs of years, parts of a whole, printed against computed.

Each function takes a frame, one row a bar, draws on one Axes and returns it. Bars begin at zero; a value without status is
dark, a derived one hollow, a public one dashed. Long names wrap, values stand behind the bar. The frame's index has the keys
of the rows of the picture's table, if these have keys.
"""

from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.markers import MarkerStyle

from helpers.charts import canvas
from helpers.charts.canvas import LINE, SMALL, WIDTH
from helpers.display import lettering, theme

DOT, CROSS = MarkerStyle("o"), MarkerStyle("x")
BAR = 10  # px
GAP = 18  # px between rows

FORMS = {
    "printed": {"facecolor": theme.DATA, "edgecolor": theme.DATA, "linewidth": 1},
    "corrected": {"facecolor": theme.DATA, "edgecolor": theme.DATA, "linewidth": 1},
    "derived": {"facecolor": theme.PAPER, "edgecolor": theme.DATA, "linewidth": 1.8},
    "public": {"facecolor": theme.PAPER, "edgecolor": theme.QUIET, "linewidth": 1.2, "linestyle": (0, (3, 2))},
}


def bar(ax: Axes, y: float, value: float, form: str, left: float = 0, colour: str | None = None) -> None:
    """One bar from `left` over `value`, its top at `y` px, in its form; a status colours it."""
    paint = dict(FORMS[form])
    if colour:
        paint["edgecolor"] = colour
        if paint["facecolor"] != theme.PAPER:
            paint["facecolor"] = colour
    canvas.box(ax, left, y, value, BAR, **paint)


def interval(ax: Axes, y: float, lower: float, upper: float, least: float | None = None) -> None:
    """An I-beam under a bar; an end without a limit has no cap.

    least: width from which a range is drawn, in units of the axis (4 px if it is not given).
    """
    low, high = ax.get_xlim()
    start, end = max(lower, low), min(upper, high)
    if end - start < (4 * (high - low) / WIDTH if least is None else least):
        return
    y += BAR + 6  # below the letters of the number beside the bar
    canvas.line(ax, [start, end], [y, y], color=theme.INK, linewidth=1, solid_capstyle="butt")
    for limit in (lower, upper):
        if low <= limit <= high:
            canvas.line(ax, [limit, limit], [y - 2.5, y + 2.5], color=theme.INK, linewidth=1)


def words_from(labels: pd.Series) -> float:
    """Where a column of small labels begins so that the widest ends with the picture, in px."""
    return WIDTH - max(106, labels.map(lambda label: lettering.width(label, SMALL)).max() + 4)


def bars(frame: pd.DataFrame, maximum: float | None = None, ax: Axes | None = None) -> Axes:
    """Values of one unit as bars; negative ones go to the left of the base line.

    Columns: `name`, `value`, `lower`, `upper`, `form`, `label`. maximum: end of the scale where it is given by the matter
    (100 for parts of a whole), else the largest value.
    """
    names = [lettering.wrap(name, WIDTH - 4) for name in frame["name"]]
    tops = np.cumsum([14, *(len(lines) * LINE + BAR + GAP for lines in names)])
    low = min(0.0, frame["value"].min())
    high = maximum or max(frame["value"].max(), 0.0)
    labels = frame["label"].map(lettering.width)
    before = labels[frame["value"] < 0].max() + 10 if low < 0 else 2
    after = labels[frame["value"] >= 0].max() + 10 if high > 0 else 2
    pixels = (WIDTH - before - after) / ((high - low) or 1.0)  # px for each unit
    zero = before - low * pixels
    ax = canvas.axes(tops[-1] - 4, maximum=1, left=zero, right=zero + pixels, ax=ax)
    if low < 0:
        canvas.line(ax, [0, 0], [22, tops[-1] - 12], color=theme.INK, linewidth=1)
    for row, lines, (top, end) in zip(frame.itertuples(), names, pairwise(tops), strict=True):
        with canvas.mark(ax, row.Index, *area(top, end)):
            canvas.write(ax, 2, top, lines, at="px")
            y = top + len(lines) * LINE - 6
            if maximum:
                canvas.box(ax, 0, y, maximum, BAR, facecolor=theme.PAPER, edgecolor=theme.RULE, linewidth=1)
            bar(ax, y, row.value, row.form)
            interval(ax, y, row.lower, row.upper)
            if row.value < 0:
                canvas.write(ax, row.value - 6 / pixels, y + BAR / 2, row.label, ha="right", weight="bold")
            else:
                reach = maximum or max(row.value, 0)
                canvas.write(ax, reach + 6 / pixels, y + BAR / 2, row.label, weight="bold")
    return ax


def area(top: float, end: float) -> tuple[float, float]:
    """Where a row answers to a pointer: from the top of its first line of text to that of the next row, in px."""
    return top - LINE / 2 - 4, end - LINE / 2 - 4


def pairs(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Small multiples of two years: for each quantity the earlier value above the later one, on a scale of its own.

    Columns: `name`, and for `before` and `after` the value itself and its form, label, period and key: `before`,
    `before_form`, `before_label`, `before_period`, `before_figure` and so on.
    """
    names = [lettering.wrap(name, WIDTH - 4) for name in frame["name"]]
    tops = np.cumsum([14, *(len(lines) * LINE + 2 * (BAR + 9) + GAP - 2 for lines in names)])
    after = pd.concat([frame["before_label"], frame["after_label"]]).map(lettering.width).max() + 12
    ax = canvas.axes(tops[-1] - 4, maximum=1, left=82, right=WIDTH - after, ax=ax)
    for row, lines, top in zip(frame.itertuples(), names, tops, strict=False):
        canvas.write(ax, 2, top, lines, at="px")
        scale = max(abs(row.before), abs(row.after)) or 1.0
        for number, which in enumerate(("before", "after")):
            y = top + len(lines) * LINE - 5 + number * (BAR + 9)
            value, form = getattr(row, which), getattr(row, f"{which}_form")
            label, when = getattr(row, f"{which}_label"), getattr(row, f"{which}_period")
            length = max(value, 0.0) / scale  # below zero there is no bar, only the number
            with canvas.mark(ax, getattr(row, f"{which}_figure"), y - 4, y + BAR + 5):
                canvas.write(ax, 2, y + BAR / 2, when, at="px", size=SMALL, color=theme.SECOND)
                bar(ax, y, length, form)
                canvas.write(ax, length + 0.025, y + BAR / 2, label, weight="bold")
    return ax


def parts(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Parts of wholes: one bar a whole, its part filled, the rest empty.

    Columns: `name` (of the part), `whole` (name and value of the whole), `share` (in %), `label` (value of the part);
    index: key of the part.
    """
    names = [lettering.wrap(name, WIDTH - 4) for name in frame["name"]]
    wholes = [lettering.wrap(name, WIDTH - 4, SMALL) for name in frame["whole"]]
    heights = [len(a) * LINE + BAR + 6 + len(b) * LINE + GAP - 2 for a, b in zip(names, wholes, strict=True)]
    tops = np.cumsum([14, *heights])
    after = frame["label"].map(lettering.width).max() + 12
    ax = canvas.axes(tops[-1] - 6, maximum=100, left=2, right=WIDTH - after, ax=ax)
    rows = zip(frame.itertuples(), names, wholes, pairwise(tops), strict=True)
    for row, above, below, (top, end) in rows:
        with canvas.mark(ax, row.Index, *area(top, end)):
            canvas.write(ax, 2, top, above, at="px")
            y = top + len(above) * LINE - 7
            canvas.box(ax, 0, y, 100, BAR, facecolor=theme.PAPER, edgecolor=theme.DATA, linewidth=1)
            bar(ax, y, min(row.share, 100), "printed")
            canvas.write(ax, 102, y + BAR / 2, row.label, weight="bold")
            canvas.write(ax, 2, y + BAR + 12, below, at="px", size=SMALL, color=theme.SECOND)
    return ax


def compared(frame: pd.DataFrame, words: dict[str, str], ax: Axes | None = None) -> Axes:
    """Completion as printed (a cross) against completion as computed (a ring) on one scale with a line at 100.

    Columns: `name`, `printed`, `value`, `lower`, `upper` (all in %), `label`, `differs`. words: `target`.
    """
    names = [lettering.wrap(name, WIDTH - 4) for name in frame["name"]]
    tops = np.cumsum([30, *(len(lines) * LINE + BAR + GAP - 2 for lines in names)])
    words_at = words_from(frame["label"])
    ax = canvas.axes(tops[-1], maximum=250, left=2, right=words_at - 8, ax=ax)
    canvas.write(ax, 100, 13, words["target"], ha="center", size=SMALL, color=theme.SECOND)
    canvas.line(ax, [100, 100], [24, tops[-1] - 8], color=theme.RULE, linewidth=1)
    for number, (row, lines, top) in enumerate(zip(frame.itertuples(), names, tops, strict=False)):
        with canvas.mark(ax, getattr(row, "indicator", number), *area(top + 3, tops[number + 1] + 3)):
            canvas.write(ax, 2, top + 3, lines, at="px", weight="bold" if row.differs else "normal")
            y = top + 3 + len(lines) * LINE - 1
            canvas.line(ax, [0, 250], [y, y], color=theme.HAIRLINE, linewidth=1)
            canvas.line(ax, [row.printed, row.value], [y, y], color=theme.INK, linewidth=1.5)
            canvas.line(ax, [row.lower, row.upper], [y, y], color=theme.INK, linewidth=3, solid_capstyle="butt")
            canvas.marks(ax, row.value, y, 46, DOT, facecolor=theme.PAPER, edgecolor=theme.INK, linewidth=1.5, zorder=3)
            canvas.marks(ax, row.printed, y, 26, CROSS, color=theme.INK, linewidth=1.5, zorder=4)
            weight = "bold" if row.differs else "normal"
            canvas.write(ax, words_at, y, row.label, at="px", size=SMALL, weight=weight)
    return ax
