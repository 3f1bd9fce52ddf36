"""The picture that chat programs show with a link to a page: the plan, the main result, and the counts by status as one bar.

It is a PNG with the outlines of its letters, so that it needs no font of the reader's, and it is the same bytes every time.
"""

import io
import unicodedata

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from helpers.display import theme
from helpers.display.lettering import is_known, trace, width, wrap
from helpers.pages.links import PREVIEW_SIZE

DPI = 100
EDGE = 72  # px around everything
WIDE = PREVIEW_SIZE[0] - 2 * EDGE
LEADING = 1.3  # from one line to the next, times the size of the letters
PLAN, BANNER, COUNTS = (34, 30, 26), (28, 24, 20), (30, 26, 22)  # px of letters: the largest with which a text fits
HEADLINE = (64, 56, 50, 44, 38, 32)
FEW = 2  # lines of what stands around the headline
UNKNOWN, LIKE = "□", {"〇": "○"}  # stands for a sign that the font lacks; signs that look the same
BAR, GAP, NUMBER = 76, 4, 36  # px: height of the bar, between its parts, of the numbers in it


def draw(plan: str, headline: str, counts: dict[str, int], words: str, banner: str = "") -> bytes:
    """The picture as PNG.

    counts: of targets by status; words: say the same; banner: what stands above everything, where the figures are made up
    """
    sheet = _Sheet()
    top = EDGE
    if banner:
        top = sheet.write_framed(banner, top) + 24
    top = sheet.write(plan, top, PLAN, theme.SECOND, FEW * PLAN[0] * LEADING)
    bottom = PREVIEW_SIZE[1] - EDGE
    if parts := {status: counts[status] for status in theme.STATUSES if counts.get(status, 0) > 0}:
        lines, size = fit(words, COUNTS, FEW * COUNTS[0] * LEADING, WIDE)
        bottom -= len(lines) * size * LEADING
        sheet.set_lines(lines, bottom, size, theme.INK)
        bottom -= BAR + 16
        sheet.stack(parts, bottom)
    sheet.write(headline, top + 20, HEADLINE, theme.INK, bottom - 24 - (top + 20), "Bold")
    return sheet.save()


def fit(text: str, sizes: tuple[int, ...], height: float, pixels: float) -> tuple[list[str], int]:
    """Lines of a text and the largest size with which they fit; with the smallest one, it is cut if it has to be."""
    text = " ".join(_spell(text).split())
    for size in sizes:
        lines = wrap(text, pixels, size, len(text) + 1)
        if len(lines) * size * LEADING <= height:
            return lines, size
    most = max(1, int(height / (size * LEADING)))
    return wrap(text, pixels - size, size, most), size  # the sign of the cut may be wider than what it replaces


def _spell(text: str) -> str:
    """A text in signs that the font has; those that only change another sign are left out where it lacks them."""
    return "".join(
        sign if is_known(sign) else "" if unicodedata.category(sign) in ("Cf", "Mn") else LIKE.get(sign, UNKNOWN)
        for sign in text
    )


class _Sheet:
    """A picture with its origin at the top, in px."""

    def __init__(self):
        wide, high = PREVIEW_SIZE
        self.figure = Figure(figsize=(wide / DPI, high / DPI), dpi=DPI, facecolor=theme.PAPER)
        self.high = high

    def write(
        self, text: str, top: float, sizes: tuple[int, ...], colour: str, height: float, weight: str = "Regular"
    ) -> float:
        """A text from a place downwards, no higher than it may be; where it ends."""
        lines, size = fit(text, sizes, height, WIDE)
        return self.set_lines(lines, top, size, colour, weight=weight)

    def write_framed(self, text: str, top: float) -> float:
        """A text inside a frame; where it ends."""
        lines, size = fit(text, BANNER, FEW * BANNER[0] * LEADING, WIDE - 40)
        bottom = top + len(lines) * size * LEADING + 16
        self.box(EDGE, top, WIDE, bottom - top, facecolor=theme.PAPER, edgecolor=theme.INK, linewidth=3)
        self.set_lines(lines, top + 8, size, theme.INK, EDGE + 20, "Bold")
        return bottom

    def set_lines(
        self, lines: list[str], top: float, size: float, colour: str, left: float = EDGE, weight: str = "Regular"
    ) -> float:
        """Lines of text, one beneath another; where they end."""
        for number, line in enumerate(lines):
            self.set_line(line, left, top + (number * LEADING + 1) * size, size, colour, weight)
        return top + len(lines) * size * LEADING

    def set_line(self, text: str, left: float, base: float, size: float, colour: str, weight: str = "Regular") -> None:
        """A line of text on its base line, as outlines."""
        outlines = []
        for sign in text:
            vertices, codes = trace(sign, weight)
            if len(codes):
                outlines.append(Path(vertices * size + np.array([left, self.high - base]), codes))
            left += width(sign, size, weight)
        if outlines:
            self._add(Path.make_compound_path(*outlines), facecolor=colour, edgecolor="none", linewidth=0)

    def stack(self, parts: dict[str, int], top: float) -> None:
        """Counts by status side by side, each as wide as its share, with its number where there is room for it."""
        room, left = WIDE - GAP * (len(parts) - 1), EDGE
        for status, n in parts.items():
            wide, colour = room * n / sum(parts.values()), theme.SIGNS[status].colour
            empty = colour == theme.NONE
            line = {"edgecolor": colour, "linewidth": 2, "linestyle": (0, (4, 3))} if empty else {"edgecolor": "none"}
            inset = 1 if empty else 0  # of half the line around it
            sides = left + inset, top + inset, max(wide - 2 * inset, 1), BAR - 2 * inset
            self.box(*sides, facecolor=theme.PAPER if empty else colour, **line)
            long = width(str(n), NUMBER)
            if long + 8 <= wide:
                ink = colour if empty else theme.PAPER
                self.set_line(str(n), left + (wide - long) / 2, top + BAR / 2 + 0.36 * NUMBER, NUMBER, ink, "Bold")
            left += wide + GAP

    def box(self, left: float, top: float, wide: float, high: float, **options) -> None:
        """A rectangle."""
        corners = np.array([(0, 0), (wide, 0), (wide, -high), (0, -high), (0, 0)])
        self._add(Path(corners + np.array([left, self.high - top]), closed=True), **options)

    def _add(self, path: Path, **options) -> None:
        self.figure.add_artist(PathPatch(path, transform=None, antialiased=True, **options))

    def save(self) -> bytes:
        """The picture without a date, and without the version of what drew it."""
        stream = io.BytesIO()
        FigureCanvasAgg(self.figure).print_png(stream, metadata={"Software": None})
        return stream.getvalue()
