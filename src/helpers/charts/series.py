"""Values over years: columns by form of the number, and slopes between two years."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.charts import bars, canvas
from helpers.charts.bars import FORMS
from helpers.charts.canvas import SMALL, WIDTH
from helpers.display import lettering, theme

COLUMN = 44  # px
NAMES = 170  # px, where the names beside slopes begin


def columns(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """One quantity over the years, a column each, with the growth between neighbours in a row beneath; many years lie down.

    Columns: `year` (label), `value`, `form`, `label`, `form_label`, `growth` (label of the growth to this year, or empty).
    """
    height, top, bottom = 236, 28, 170
    count = len(frame)
    pitch = WIDTH / max(count, 3)
    if not _fit(frame[["label", "form_label", "growth"]].melt()["value"], pitch - 4):
        return lie_down(frame, ax)
    ax = canvas.axes(height, ax=ax)
    low, high = min(0.0, frame["value"].min()), max(0.0, frame["value"].max())
    if low < 0:
        bottom -= 16  # room for the number below a column that hangs down
    scale = (bottom - top) / ((high - low) or 1.0)
    base = bottom + low * scale
    canvas.line(ax, [4, WIDTH - 4], [base, base], color=theme.INK, linewidth=1)
    for number, row in enumerate(frame.itertuples()):
        x = (number + 0.5) * pitch + (WIDTH - pitch * count) / 2
        end = base - row.value * scale
        wide = min(COLUMN, pitch * 0.62)
        with canvas.mark(ax, row.Index, 0, height, x - pitch / 2, x + pitch / 2):
            canvas.box(ax, x - wide / 2, base, wide, end - base, **FORMS[row.form])
            canvas.write(ax, x, end + (12 if row.value < 0 else -10), row.label, ha="center", weight="bold")
            canvas.write(ax, x, 184, row.year, ha="center", weight="bold")
            canvas.write(ax, x, 200, row.form_label, ha="center", size=SMALL, color=theme.SECOND)
            if row.growth:
                canvas.write(ax, x - pitch / 2, 222, row.growth, ha="center", size=SMALL)
    return ax


def lie_down(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """The same as bars beneath each other, for years whose numbers would not fit beside each other."""
    names = [" ".join(part for part in (row.year, row.form_label) if part) for row in frame.itertuples()]
    labels = [f"{row.label} ({row.growth})" if row.growth else row.label for row in frame.itertuples()]
    return bars.bars(frame.assign(name=names, label=labels, lower=frame["value"], upper=frame["value"]), ax=ax)


def _fit(texts: pd.Series, pixels: float) -> bool:
    """Do texts of the ordinary size fit into a width?"""
    return texts.map(lettering.width).max() <= pixels


def slopes(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Growth between two years as lines from 100: names at the right, kept apart, growth behind them.

    Columns: `name`, `before` and `after` (index, the first year is 100), `label` (the growth).
    """
    frame = frame.sort_values("after", ascending=False, kind="stable")
    lines = [lettering.wrap(f"{row.name}  {row.label}", WIDTH - NAMES - 2) for row in frame.itertuples(index=False)]
    need = [len(text) * canvas.LINE + 3 for text in lines]
    height = max(190, sum(need) + 30)
    low, high = min(100.0, frame["after"].min()), max(100.0, frame["after"].max())
    ax = canvas.axes(height, ax=ax)
    span = (high - low) or 1.0
    start, *ends = (height - 20 - (value - low) / span * (height - 44) for value in (100, *frame["after"]))
    canvas.write(ax, 22, start, "100", ha="right", size=SMALL, color=theme.SECOND)
    for key, text, end, y, room in zip(frame.index, lines, ends, apart(ends, need, height), need, strict=True):
        with canvas.mark(ax, key, y - room / 2, y + room / 2, NAMES - 20):
            way = {"linewidth": 1.5, "marker": "o", "markersize": 5, "markeredgewidth": 0.75}
            canvas.line(ax, [30, NAMES - 22], [start, end], color=theme.DATA, **way)
            first = y - (len(text) - 1) * canvas.LINE / 2
            canvas.line(ax, [NAMES - 18, NAMES - 5], [end, y], color=theme.RULE, linewidth=1)
            canvas.write(ax, NAMES, first, text, size=SMALL + 0.5)
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
