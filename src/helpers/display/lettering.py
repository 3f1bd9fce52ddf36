"""Texts in the project's own font: how wide they are, where their lines end, and the outlines of their characters."""

import io
import re
from functools import cache

import numpy as np
from matplotlib.ft2font import FT2Font, LoadFlags

from helpers import paths

SIZE = 12.5  # px of names and values in a picture
MOST_LINES = 6  # of a text


def width(text: str, size: float = SIZE, weight: str = "Bold") -> float:
    """Width of a text in px, in the pictures' own font; bold is the wider, so the safe one."""
    return size * sum(measure(sign, weight)[0] for sign in text)


@cache
def measure(sign: str, weight: str) -> tuple[float, float, float]:
    """Width, top and bottom of a character for a font size of 1, up from the base line.

    One that the font lacks is as wide as a 汉字 of the reader's machine.
    """
    font = _font(weight)
    index = font.get_char_index(ord(sign))
    glyph = font.load_glyph(index, LoadFlags.NO_HINTING)
    _, bottom, _, top = glyph.bbox
    return glyph.linearHoriAdvance / 65536 / 100 if index else 1.0, top / 6400, bottom / 6400


def is_known(sign: str) -> bool:
    """Has the font a character?"""
    return _font("Regular").get_char_index(ord(sign)) != 0


@cache
def _font(weight: str) -> FT2Font:
    # Not by its path: FreeType reads glyphs when they are asked for, and forked processes share the place in an open file.
    font = FT2Font(io.BytesIO((paths.FONTS / f"EvaluationSansSC-{weight}.otf").read_bytes()))
    font.set_size(100, 72)
    return font


@cache
def trace(sign: str, weight: str) -> tuple[np.ndarray, np.ndarray]:
    """Outline of a character for a font size of 1, up from the base line, as vertices and codes of a path.

    One that the font lacks is the font's own mark for that.
    """
    font = _font(weight)
    font.load_glyph(font.get_char_index(ord(sign)), LoadFlags.NO_HINTING)
    vertices, codes = font.get_path()
    return vertices / 100, codes


WIDE = "⺀-\u9fff＀-\uffef\u3000-\u303f"  # 汉字 and the stops and brackets set as wide as they
STOPS = "[、，。）；：》」]*"
# Pieces that stay whole: a 汉字, or a word of anything else, with the stops and the space behind it.
PIECE = re.compile(rf"[{WIDE}]{STOPS}\s*|[^{WIDE}\s]+{STOPS}\s*|\s+")


STRAIGHT = str.maketrans("‘’“”", "''\"\"")


def latin(text: str) -> str:
    """A text without 汉字 gets straight quotes: the font sets curved ones as wide as 汉字."""
    return text if re.search(f"[{WIDE}]", text) else text.translate(STRAIGHT)


def wrap(text: str, pixels: float, size: float = SIZE, most: int = MOST_LINES) -> list[str]:
    """Lines of a text that fit into a width; words stay whole if they fit, 汉字 may break anywhere but before 、，。）.

    A text that would fill the picture is cut; the table beneath has it all. most: lines of it
    """
    lines, line = [], ""
    words = PIECE.findall(latin(text))
    for piece in (part for word in words for part in ([word] if width(word.rstrip(), size) <= pixels else word)):
        if line and width((line + piece).rstrip(), size) > pixels:
            lines.append(line.rstrip())
            line = ""
        line += piece
    lines += [line.rstrip()] if line else []
    if len(lines) > 1 and re.fullmatch(f"[{WIDE}]", lines[-1]) and re.search(f"[{WIDE}]{{2}}$", lines[-2]):
        lines[-2:] = [lines[-2][:-1], lines[-2][-1] + lines[-1]]  # no 汉字 stands alone
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1][:-1]}…"]
