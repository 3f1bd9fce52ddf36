"""The paper that pictures are drawn on: one width, sizes in pixels, fonts of the project, SVG that is the same every time.

A picture is `WIDTH` wide so that it is read on a phone as it stands; pages show two side by side. Text stays text (it can
be found, copied and read aloud), set in the project's own font, whose cut-down copy every page carries.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import matplotlib as mpl
from markupsafe import escape
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font, LoadFlags

from helpers import look, paths

WIDTH = 400
SIZE, SMALL = 12.5, 11  # px of names and values, of notes and axes
LINE = 17  # px from one line of text to the next

RC = {
    "font.family": [look.FONT_PICTURE],
    "font.size": SIZE,
    "text.color": look.INK,
    "axes.edgecolor": look.RULE,
    "axes.linewidth": 1,
    "xtick.color": look.SECOND,
    "ytick.color": look.SECOND,
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


def axes(height: float, maximum: float = WIDTH, left: float = 0, right: float = WIDTH, ax: Axes | None = None) -> Axes:
    """Axes over a whole picture of `height` px: y in px downwards, x so that 0..maximum spans `left`..`right` px."""
    if ax is None:
        figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72)
        ax = figure.add_axes((0, 0, 1, 1))
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


def width(text: str, size: float = SIZE, weight: str = "Bold") -> float:
    """Width of a text in px, in the pictures' own font; bold is the wider, so the safe one."""
    return size * sum(_advance(sign, weight) for sign in text)


@cache
def _advance(sign: str, weight: str) -> float:
    """Width of a character for a font size of 1; one that the font lacks is as wide as a 汉字 of the reader's machine."""
    font = _font(weight)
    if not font.get_char_index(ord(sign)):
        return 1.0
    return font.load_char(ord(sign), LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / 100


@cache
def _font(weight: str) -> FT2Font:
    font = FT2Font(paths.FONTS / f"EvaluationSansSC-{weight}.otf")
    font.set_size(100, 72)
    return font


WIDE = "⺀-\u9fff＀-\uffef\u3000-\u303f"  # 汉字 and the stops and brackets set as wide as they
STOPS = "[、，。）；：》」]*"
# Pieces that stay whole: a 汉字, or a word of anything else, with the stops and the space behind it.
PIECE = re.compile(rf"[{WIDE}]{STOPS}\s*|[^{WIDE}\s]+{STOPS}\s*|\s+")


STRAIGHT = str.maketrans("‘’“”", "''\"\"")


def latin(text: str) -> str:
    """A text without 汉字 gets straight quotes: the font sets curved ones as wide as 汉字."""
    return text if re.search(f"[{WIDE}]", text) else text.translate(STRAIGHT)


def wrap(text: str, pixels: float, size: float = SIZE) -> list[str]:
    """Lines of a text that fit into a width; words stay whole, 汉字 may break anywhere but before 、，。）."""
    lines, line = [], ""
    for piece in PIECE.findall(latin(text)):
        if line and width((line + piece).rstrip(), size) > pixels:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line else lines


def svg(ax: Axes, alt: str, name: str) -> str:
    """The picture of an Axes as SVG for a page: ids begin with its name, no style leaks, it has a text alternative."""
    stream = io.StringIO()
    ax.figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<style type=\"text/css\">.*?</style>", "", text)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", text))
    text = re.sub(r" id=\"([^\"]+)\"", lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", text)
    text = re.sub(r"(url\(#|href=\"#)([^)\"]+)", rf"\g<1>{name}-\g<2>", text)
    text = re.sub(r"\s*\n\s*", " ", text).replace("> <", "><").replace("<defs></defs>", "")
    # The family stands once, at the root, with a fallback: JupyterLab does not have the font.
    text = text.replace(f"font-family: '{look.FONT_PICTURE}'; ", "")
    _, _, width, height = re.search(r"viewBox=\"([^\"]+)\"", text)[1].split()
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{escape(alt)}" '
        f'stroke-linejoin="round" stroke-linecap="butt" '
        f"style=\"width:100%;max-width:{1.25 * WIDTH:.0f}px;font-family:'{look.FONT_PICTURE}',sans-serif\">"
    )
    return head + text[text.index(">") + 1 :].strip()
