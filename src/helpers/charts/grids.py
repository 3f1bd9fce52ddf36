"""Counts and places in a grid: platforms by section and status, statuses by category, ranks."""

import re
from functools import cache

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from helpers.charts import canvas
from helpers.charts.bars import DOT
from helpers.charts.canvas import LINE, SIZE, SMALL, WIDTH
from helpers.display import theme

GUTTER = 112  # px for the names of rows
CELL = 34  # px, at least
ABREAST = 8  # unit squares in a row


def matrix(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Counts in a table of rows by columns, darker for more, the number in each cell, none where it is zero.

    frame: counts; index and columns are the names shown.
    """
    rows, cols = frame.shape
    names = [canvas.wrap(name, GUTTER - 10) for name in frame.index]
    cell = max(CELL, *(len(lines) * (LINE - 1) + 4 for lines in names))
    height = rows * cell + 44
    ax = canvas.axes(height, ax=ax)
    width = (WIDTH - GUTTER - 4) / cols
    shades = sns.light_palette(theme.DATA, n_colors=6, reverse=False)[:5]
    sns.heatmap(
        frame.mask(frame == 0), cmap=ListedColormap(shades), vmin=0, annot=frame.where(frame > 0), fmt=".0f",
        cbar=False, linewidths=2, linecolor=theme.PAPER, ax=ax, xticklabels=False, yticklabels=False,
        annot_kws={"size": SIZE, "weight": "bold"},
    )  # fmt: skip
    # seaborn works in cells; the picture works in px
    ax.set_position((GUTTER / WIDTH, 4 / height, 1 - (GUTTER + 4) / WIDTH, rows * cell / height))
    for number, name in enumerate(frame.columns):
        lines = canvas.wrap(name, width + 2, SMALL - 1)  # into the gaps between columns
        for line, text in enumerate(reversed(lines)):
            ax.text(number + 0.5, -(12 + line * 15) / cell, text, ha="center", va="center", size=SMALL - 1)
    for number, lines in enumerate(names):
        for line, text in enumerate(lines):
            y = number + 0.5 + (line - (len(lines) - 1) / 2) * (LINE - 1) / cell
            ax.text(-0.1, y, text, ha="right", va="center")
    ax.set(xlabel="", ylabel="")
    ax.set_axis_off()
    return ax


def squares(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """One square an indicator, by category, in status order, the status's sign white inside; no data is an empty square.

    Columns: `category` (name), `status`. Categories stand in the order of their first row.
    """
    order = {status: number for number, status in enumerate(theme.STATUSES)}
    categories = list(dict.fromkeys(frame["category"]))
    names = [canvas.wrap(name, 170) for name in categories]
    counts = frame["category"].value_counts()
    rows = [-(-counts[category] // ABREAST) for category in categories]
    heights = [max(26 * count, len(lines) * LINE + 8) for lines, count in zip(names, rows, strict=True)]
    tops = np.cumsum([4, *heights])
    ax = canvas.axes(tops[-1], ax=ax)
    for category, lines, count, top, height in zip(categories, names, rows, tops, heights, strict=False):
        middle = top + height / 2
        canvas.write(ax, 2, middle - (len(lines) - 1) * LINE / 2, lines)
        own = sorted(frame.loc[frame["category"] == category, "status"], key=order.get)
        for number, status in enumerate(own):
            row, place = divmod(number, ABREAST)
            square(ax, 184 + place * 25, middle + (row - (count - 1) / 2) * 26, status)
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
    names = [canvas.wrap(name, WIDTH - 4) for name in frame["name"]]
    tops = np.cumsum([36, *(len(lines) * LINE + 26 for lines in names)])
    last = int(max(5, frame["value"].max()))
    ax = canvas.axes(tops[-1] - 4, maximum=last - 1, left=10, right=WIDTH - 60, ax=ax)
    canvas.write(ax, 2, 13, words["first"], at="px", size=SMALL, color=theme.SECOND)
    places = np.arange(last)
    for row, lines, top in zip(frame.itertuples(), names, tops, strict=False):
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
