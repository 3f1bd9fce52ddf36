"""The paper that pictures are drawn on: one width, sizes in pixels, fonts of the project, SVG that is the same every time.

A picture is `WIDTH` wide, the width that a phone of 390 px has for it, so that its letters are as large there as they say;
pages show two side by side. Text stays text (it can be found, copied and read aloud), set in the project's own font, whose
cut-down copy every page carries. What belongs to one value is a group with the key of its row in the table beneath.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import matplotlib as mpl
import numpy as np
from markupsafe import escape
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from helpers import paths
from helpers.display import theme
from helpers.display.lettering import SIZE, latin, measure, width

WIDTH = 358
SMALL = 11.5  # px of notes and axes, `SIZE` of names and values
LINE = 17  # px from one line of text to the next
LARGEST = 1.3  # times as large as it is drawn

RC = {
    "font.family": [theme.FONT_PICTURE],
    "font.size": SIZE,
    "text.color": theme.INK,
    "axes.edgecolor": theme.RULE,
    "axes.linewidth": 1,
    "xtick.color": theme.SECOND,
    "ytick.color": theme.SECOND,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "hatch.linewidth": 0.8,
    "svg.fonttype": "none",
    "svg.hashsalt": "evaluation",
    "text.parse_math": False,  # a name with two dollar signs is a name
    "axes.unicode_minus": True,
}


@contextmanager
def context() -> Iterator[None]:
    """The style of the pictures; draw and save inside it."""
    _register()
    with mpl.rc_context(RC):
        yield


@cache
def _register() -> None:
    for font in sorted(paths.FONTS.glob("*.otf")):
        font_manager.fontManager.addfont(font)


class BareX(XAxis):
    majorTicks = minorTicks = ()


class BareY(YAxis):
    majorTicks = minorTicks = ()


class Paper(Axes):
    """Axes without ticks: no picture shows any, and making them is more than half of what making Axes takes.

    Both methods are those that matplotlib lets a projection override.
    """

    def _init_axis(self) -> None:
        self.xaxis, self.yaxis = BareX(self, clear=False), BareY(self, clear=False)

    def _gen_axes_patch(self) -> PathPatch:
        """The paper as a path; for each artist on a rectangle, matplotlib works out its corners anew."""
        return PathPatch(Path.unit_rectangle())


def axes(height: float, maximum: float = WIDTH, left: float = 0, right: float = WIDTH, ax: Axes | None = None) -> Axes:
    """Axes over a whole picture of `height` px: y in px downwards, x so that 0..maximum spans `left`..`right` px."""
    if ax is None:
        figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72)
        ax = figure.add_axes((0, 0, 1, 1), axes_class=Paper)
    step = maximum / (right - left)
    ax.set(xlim=(-left * step, (WIDTH - left) * step), ylim=(height, 0))
    ax.set_axis_off()
    return ax


def write(ax: Axes, x: float, y: float, text: str | list[str], **options) -> None:
    """Lines of text, the first one's middle at (x in data, y in px); `at="px"` takes x in px of the picture."""
    if options.pop("at", "data") == "px":
        x = ax.get_xlim()[0] + x * (ax.get_xlim()[1] - ax.get_xlim()[0]) / WIDTH
    lines = [latin(text)] if isinstance(text, str) else text
    for number, line in enumerate(lines):
        ax.text(x, y - 2 + number * LINE, line, **{"va": "center_baseline", "ha": "left", **options})


@contextmanager
def mark(ax: Axes, key, top: float, bottom: float, left: float = 0, right: float = WIDTH) -> Iterator[None]:
    """What is drawn inside belongs to one row of the picture's table; key: of that row, or its place in the table.

    top, bottom, left, right: of the area that answers to a pointer, in px. Marks are drawn above what is in no mark.
    """
    before = ax.get_children()
    yield
    above = 100 * (1 + max(int(artist.zorder) for artist in before) // 100)
    for artist in {*ax.get_children()} - {*before}:
        artist.set_gid(f"{key}\n{left:.4g} {top:.4g} {right - left:.4g} {bottom - top:.4g}")
        artist.set_zorder(above + artist.zorder)


# Artists are added as they are: what `ax.plot`, `ax.bar` and `ax.scatter` do besides (units, cycles of colours, limits of
# the data) takes several times as long as the artist itself, and no picture needs it.


def line(ax: Axes, xs: list[float], ys: list[float], **options) -> None:
    """A line through points in data coordinates."""
    ax.add_artist(Line2D(xs, ys, **options))


def box(ax: Axes, x: float, y: float, wide: float, high: float, **options) -> None:
    """A rectangle from a corner in data coordinates, to the left or upwards where a side is negative."""
    ax.add_artist(Rectangle((x, y), wide, high, **options))


def marks(ax: Axes, xs, ys, size: float, marker: MarkerStyle, **options) -> None:
    """Marks at points in data coordinates, each of an area of `size` square px."""
    outline, points = marker.get_path().transformed(marker.get_transform()), np.column_stack([xs, ys])
    drawn = PathCollection([outline], [size], offsets=points, offset_transform=ax.transData, **options)
    drawn.set_transform(IdentityTransform())  # sizes are not those of the data
    ax.add_artist(drawn)


class Pen(RendererSVG):
    """Writes SVG without groups but for marks, and measures texts by their characters, most of which it has met before."""

    mark = ""  # of the group that is open

    def open_group(self, _: str, gid: str | None = None) -> None:
        if gid is None or gid == self.mark:
            return
        self.close_mark()
        key, _, area = gid.partition("\n")
        x, y, width, height = area.split()
        self.mark = gid
        self.writer.start("g", attrib={"class": "mark", "data-key": key})
        self.writer.element("rect", attrib={"class": "hit", "x": x, "y": y, "width": width, "height": height,
                                            "fill": "none", "pointer-events": "all"})  # fmt: skip

    def close_mark(self) -> None:
        if self.mark:
            self.writer.end("g")
        self.mark = ""

    def close_group(self, *_) -> None:
        pass

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: bool) -> tuple[float, float, float]:
        size, weight = prop.get_size_in_points(), "Bold" if prop.get_weight() == "bold" else "Regular"
        _, tops, bottoms = zip(*(measure(sign, weight) for sign in s), strict=True)
        return width(s, size, weight), size * (max(tops) - min(bottoms)), -size * min(bottoms)


def svg(ax: Axes, alt: str, name: str) -> str:
    """The picture of an Axes as SVG for a page: ids begin with its name, no style leaks, it has a text alternative."""
    ax.figure.set_dpi(72)
    for artist in ax.get_children():
        artist.set_clip_on(False)  # what lies outside the paper is not shown anyway
    wide, high = ax.figure.bbox.size
    stream = io.StringIO()
    pen = Pen(wide, high, stream, metadata={"Date": None})
    ax.draw(pen)
    pen.close_mark()
    pen.finalize()
    _, _, text = stream.getvalue().partition("</defs>")  # matplotlib's own head ends with these
    text = re.sub(r"(<path id=\"|href=\"#)", rf"\g<1>{name}-", text)
    text = re.sub(r" transform=\"rotate\(-0 [^\"]*\"", "", text)
    text = re.sub(r"\s*\n\s*", " ", text).replace("> <", "><").replace("text-anchor: start; ", "")
    # The family stands once, at the root, with a fallback: JupyterLab does not have the font.
    text = text.replace(f"font-family: '{theme.FONT_PICTURE}'; ", "")
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {wide:g} {high:g}" role="img" aria-label="{escape(alt)}" '
        f'stroke-linejoin="round" stroke-linecap="butt" '
        f"style=\"width:100%;max-width:{LARGEST * WIDTH:.0f}px;font-family:'{theme.FONT_PICTURE}',sans-serif\">"
    )
    return head + text.strip()
