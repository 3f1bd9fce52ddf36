"""Counts and places in a grid: platforms by section and status, statuses by category, ranks."""

import re
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from helpers.charts import canvas
from helpers.charts.bars import DOT, area
from helpers.charts.canvas import LINE, SMALL, WIDTH
from helpers.display import lettering, theme

CELL = 28  # px, the height of a cell
CATEGORY = 138  # px for the name of a category
ABREAST = 8  # unit squares in a row
PALE = 3  # shades that dark figures can be read on


def matrix(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Counts in a table of rows by columns, darker for more, the number in each cell, none where it is zero.

    The name of a row stands above its cells. frame: counts; index and columns are the names shown.
    """
    wide = (WIDTH - 4) / frame.shape[1]
    heads = [lettering.wrap(name, wide - 2, SMALL) for name in frame.columns]
    names = [lettering.wrap(str(name), WIDTH - 4) for name in frame.index]
    head = max(len(lines) for lines in heads) * LINE + 4
    tops = head + np.cumsum([0, *(len(lines) * LINE + CELL + 10 for lines in names)])
    ax = canvas.axes(tops[-1], ax=ax)
    shades = sns.light_palette(theme.DATA, n_colors=6)[:5]
    most = frame.to_numpy().max()
    for column, lines in enumerate(heads):
        top = head - len(lines) * LINE + 4
        canvas.write(ax, 2 + (column + 0.5) * wide, top, lines, ha="center", size=SMALL)
    rows = enumerate(zip(frame.itertuples(index=False), names, pairwise(tops), strict=True))
    for number, (counts, lines, (top, end)) in rows:
        with canvas.mark(ax, number, top, end):
            canvas.write(ax, 2, top + LINE / 2, lines)
            y = top + len(lines) * LINE + 2
            canvas.line(ax, [2, WIDTH - 2], [y + CELL, y + CELL], color=theme.HAIRLINE, linewidth=1)
            for column, count in enumerate(counts):
                if count:
                    shade = int(np.ceil(5 * count / most)) - 1
                    x, colour = 2 + column * wide, theme.INK if shade < PALE else theme.PAPER
                    canvas.box(ax, x + 1, y, wide - 2, CELL, facecolor=shades[shade], linewidth=0)
                    middle = x + wide / 2, y + CELL / 2 + 2
                    canvas.write(ax, *middle, f"{count}", ha="center", weight="bold", color=colour)
    return ax


def squares(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """One square an indicator, by category, in status order, the status's sign white inside; no data is an empty square.

    Columns: `category` (name), `status`. Categories stand in the order of their first row.
    """
    order = {status: number for number, status in enumerate(theme.STATUSES)}
    categories = list(dict.fromkeys(frame["category"]))
    names = [lettering.wrap(name, CATEGORY - 8) for name in categories]
    counts = frame["category"].value_counts()
    rows = [-(-counts[category] // ABREAST) for category in categories]
    heights = [max(26 * count, len(lines) * LINE + 8) for lines, count in zip(names, rows, strict=True)]
    tops = np.cumsum([4, *heights])
    ax = canvas.axes(tops[-1], ax=ax)
    shown = zip(categories, names, rows, tops, heights, strict=False)
    for key, (category, lines, count, top, height) in enumerate(shown):
        with canvas.mark(ax, key, top, top + height):
            middle = top + height / 2
            canvas.write(ax, 2, middle - (len(lines) - 1) * LINE / 2, lines)
            own = sorted(frame.loc[frame["category"] == category, "status"], key=order.get)
            for number, status in enumerate(own):
                row, place = divmod(number, ABREAST)
                square(ax, CATEGORY + 12 + place * 25, middle + (row - (count - 1) / 2) * 26, status)
    return ax


def square(ax: Axes, x: float, y: float, status: str, side: float = 20) -> None:
    """A unit square with a status's sign, its left middle at (x, y) px."""
    colour = theme.SIGNS[status].colour
    empty = colour == theme.NONE
    paint = {"facecolor": theme.PAPER if empty else colour, "edgecolor": colour}
    style_of_edge = (0, (2, 2)) if empty else "solid"
    canvas.box(ax, x, y - side / 2, side, side, linewidth=1, linestyle=style_of_edge, **paint)
    colour = colour if empty else theme.PAPER
    canvas.marks(ax, x + side / 2, y, 90, marker(status), color=colour, linewidth=0, zorder=3)


def ranks(frame: pd.DataFrame, words: dict[str, str], ax: Axes | None = None) -> Axes:
    """Places in rankings, the first place at the left, one row a ranking.

    Columns: `name`, `value` (rank), `label`. words: `first`, the name of the left end.
    """
    names = [lettering.wrap(name, WIDTH - 4) for name in frame["name"]]
    tops = np.cumsum([36, *(len(lines) * LINE + 26 for lines in names)])
    last = int(max(5, frame["value"].max()))
    ax = canvas.axes(tops[-1] - 4, maximum=last - 1, left=10, right=WIDTH - 60, ax=ax)
    canvas.write(ax, 2, 13, words["first"], at="px", size=SMALL, color=theme.SECOND)
    places = np.arange(last)
    for row, lines, (top, end) in zip(frame.itertuples(), names, pairwise(tops), strict=True):
        with canvas.mark(ax, row.Index, *area(top + 2, end + 2)):
            canvas.write(ax, 2, top + 2, lines, at="px")
            y = top + 2 + len(lines) * LINE - 1
            canvas.line(ax, [0, last - 1], [y, y], color=theme.HAIRLINE, linewidth=1)
            canvas.marks(ax, places, np.full(last, y), 14, DOT, color=theme.RULE, linewidth=0)
            canvas.marks(ax, row.value - 1, y, 70, DOT, color=theme.DATA, linewidth=0, zorder=3)
            canvas.write(ax, WIDTH - 44, y, row.label, at="px", weight="bold")
    return ax


@cache
def marker(status: str) -> MarkerStyle:
    """The sign of a status as a matplotlib marker (from the same outline as on the pages)."""
    shape = theme.SIGNS[status]
    outline = theme.SHAPES[shape.shape] + (theme.BAR if shape.bar else "")
    vertices, codes = _outline(outline)
    upright = Affine2D().translate(-0.5, -0.5).scale(1, -1)
    # The square's corners, drawn as empty moves, keep matplotlib from scaling each outline to its own size.
    frame = Path([(0, 0), (1, 1)], [Path.MOVETO, Path.MOVETO])
    return MarkerStyle(Path.make_compound_path(Path(vertices, codes), frame).transformed(upright))


def _outline(text: str) -> tuple[list, list]:
    """Vertices and codes of an SVG outline made of M, H, V, C, a (a whole circle, from its top) and Z."""
    vertices, codes = [], []
    for command, numbers in re.findall(r"([MHVCaZ])([^MHVCaZ]*)", text):
        values = [float(n) for n in re.findall(r"-?(?:\d*\.\d+|\d+)", numbers)]
        if command == "M":
            vertices += [tuple(values[:2])]
            codes += [Path.MOVETO]
            points = list(zip(values[2::2], values[3::2], strict=True))
            vertices += points
            codes += [Path.LINETO] * len(points)
        elif command in "HV":
            x, y = vertices[-1]
            vertices.append((values[0], y) if command == "H" else (x, values[0]))
            codes.append(Path.LINETO)
        elif command == "C":
            points = list(zip(values[::2], values[1::2], strict=True))
            vertices += points
            codes += [Path.CURVE4] * len(points)
        elif command == "a":
            radius, (x, y) = values[0], vertices.pop()
            codes.pop()
            circle = Path.circle((x, y + radius), radius)
            vertices += [tuple(v) for v in circle.vertices]
            codes += list(circle.codes)
        elif command == "Z" and codes[-1] != Path.CLOSEPOLY:
            vertices.append(vertices[0])
            codes.append(Path.CLOSEPOLY)
    return vertices, codes
