"""Values over years: columns by form of the number, and slopes between two years."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.charts import canvas
from helpers.charts.bars import FORMS
from helpers.charts.canvas import SIZE, SMALL, WIDTH
from helpers.display import theme

COLUMN = 44  # px


def columns(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """One quantity over the years, a column each, with the growth between neighbours in a row beneath.

    Columns: `year` (label), `value`, `form`, `label`, `form_label`, `growth` (label of the growth to this year, or empty).
    """
    height, top, bottom = 236, 28, 170
    count = len(frame)
    pitch = WIDTH / max(count, 3)
    ax = canvas.axes(height, ax=ax)
    low, high = min(0.0, frame["value"].min()), max(0.0, frame["value"].max())
    if low < 0:
        bottom -= 16  # room for the number below a column that hangs down
    scale = (bottom - top) / ((high - low) or 1.0)
    base = bottom + low * scale
    size = _fitting(frame[["label", "form_label"]].melt()["value"], pitch - 4)
    for number, row in enumerate(frame.itertuples()):
        x = (number + 0.5) * pitch + (WIDTH - pitch * count) / 2
        end = base - row.value * scale
        wide = min(COLUMN, pitch * 0.62)
        canvas.box(ax, x - wide / 2, base, wide, end - base, **FORMS[row.form])
        canvas.write(ax, x, end + (12 if row.value < 0 else -10), row.label, ha="center", weight="bold", size=size)
        canvas.write(ax, x, 184, row.year, ha="center", weight="bold", size=size)
        canvas.write(ax, x, 200, row.form_label, ha="center", size=min(SMALL, size), color=theme.SECOND)
        if row.growth:
            canvas.write(ax, x - pitch / 2, 222, row.growth, ha="center", size=min(SMALL, size))
    canvas.line(ax, [4, WIDTH - 4], [base, base], color=theme.INK, linewidth=1)
    return ax


def _fitting(texts: pd.Series, pixels: float) -> float:
    """Size of type at which every text fits into a width, the ordinary one at most."""
    widest = texts.map(canvas.width).max()
    return min(SIZE, SIZE * pixels / widest) if widest else SIZE


def slopes(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Growth between two years as lines from 100: names at the right, kept apart, growth behind them.

    Columns: `name`, `before` and `after` (index, the first year is 100), `label` (the growth).
    """
    frame = frame.sort_values("after", ascending=False, kind="stable")
    lines = [canvas.wrap(f"{row.name}  {row.label}", 196) for row in frame.itertuples(index=False)]
    need = [len(text) * canvas.LINE + 3 for text in lines]
    height = max(190, sum(need) + 30)
    low, high = min(100.0, frame["after"].min()), max(100.0, frame["after"].max())
    ax = canvas.axes(height, ax=ax)
    span = (high - low) or 1.0
    start, *ends = (height - 20 - (value - low) / span * (height - 44) for value in (100, *frame["after"]))
    for end in ends:
        way = {"linewidth": 1.5, "marker": "o", "markersize": 5, "markeredgewidth": 0.75}
        canvas.line(ax, [30, 180], [start, end], color=theme.DATA, **way)
    canvas.write(ax, 22, start, "100", ha="right", size=SMALL, color=theme.SECOND)
    for text, end, y in zip(lines, ends, apart(ends, need, height), strict=True):
        first = y - (len(text) - 1) * canvas.LINE / 2
        canvas.line(ax, [184, 197], [end, y], color=theme.RULE, linewidth=1)
        canvas.write(ax, 202, first, text, size=SMALL + 0.5)
    ax.set_axis_off()
    return ax


def apart(wanted: list[float], need: list[float], height: float) -> list[float]:
    """Middles of labels, in order from the top, moved as little as keeps each `need` px of its own."""
    placed, floor = [], 4.0
    for middle, size in zip(wanted, need, strict=True):
        placed.append(max(middle, floor + size / 2))
        floor = placed[-1] + size / 2
    ceiling = height - 4.0
    for number in reversed(range(len(placed))):
        placed[number] = min(placed[number], ceiling - need[number] / 2)
        ceiling = placed[number] - need[number] / 2
    return [float(np.round(y, 2)) for y in placed]
