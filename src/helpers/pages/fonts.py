"""The font of the pictures, cut down to the characters that a page shows, as rules of its style sheet."""

import base64
import copy
import io
from collections.abc import Iterable
from functools import cache

from helpers import paths
from helpers.display import theme

FILES = {"400": "EvaluationSansSC-Regular.otf", "700": "EvaluationSansSC-Bold.otf"}


def write_rules(characters: dict[str, str]) -> str:
    """`@font-face` rules with some characters of each weight, as data addresses."""
    return "".join(write_rule(weight, cut_font(weight, signs)) for weight, signs in characters.items() if signs)


def collect_characters(elements: Iterable) -> dict[str, str]:
    """The characters that the pictures inside some elements draw, by weight."""
    used: dict[str, set[str]] = {weight: set() for weight in FILES}
    for element in elements:
        for text in element.iter("text"):
            bold = "font-weight: 700" in text.get("style", "")  # as Matplotlib writes it
            used["700" if bold else "400"].update(text.text_content())
    return {weight: "".join(sorted(signs)) for weight, signs in used.items()}


def write_rule(weight: str, font: bytes) -> str:
    """The `@font-face` rule of a weight of the font."""
    data = base64.b64encode(font).decode()
    source = f'url(data:font/woff;base64,{data}) format("woff")'
    return f'@font-face{{font-family:"{theme.FONT_PICTURE}";font-weight:{weight};src:{source}}}'


@cache
def cut_font(weight: str, characters: str) -> bytes:
    """A weight of the font, cut down to some characters, as WOFF; the same bytes every time.

    It is put together from the outlines; `fontTools.subset` would go through the seven thousand of the font each time.
    """
    from fontTools.fontBuilder import FontBuilder

    source = _font(weight)
    known = source.getBestCmap()
    names = {ord(sign): known[ord(sign)] for sign in characters if ord(sign) in known}
    kept = [".notdef", *sorted(set(names.values()))]
    builder = FontBuilder(source["head"].unitsPerEm, isTTF=False)
    builder.font.recalcTimestamp = builder.font.recalcBBoxes = False  # the whole font's hold for any part of it
    builder.setupGlyphOrder(kept)
    builder.setupCharacterMap(names)
    box = source["CFF "].cff.topDictIndex[0].FontBBox
    builder.setupCFF(theme.FONT_PICTURE.replace(" ", ""), {"FontBBox": box}, {n: _outline(weight, n) for n in kept}, {})
    builder.setupHorizontalMetrics({name: source["hmtx"][name] for name in kept})
    builder.setupPost(keepGlyphNames=False)
    for table in ("head", "hhea", "OS/2", "name"):
        builder.font[table] = copy.deepcopy(source[table])
    builder.font.flavor = "woff"
    stream = io.BytesIO()
    builder.font.save(stream)
    return stream.getvalue()


@cache
def _font(weight: str):
    from fontTools.ttLib import TTFont

    return TTFont(io.BytesIO((paths.FONTS / FILES[weight]).read_bytes()), lazy=True)


@cache
def _outline(weight: str, name: str):
    """A character of the font as a piece of code that needs no other."""
    from fontTools.pens.t2CharStringPen import T2CharStringPen

    pen = T2CharStringPen(_font(weight)["hmtx"][name][0], None)
    _font(weight).getGlyphSet()[name].draw(pen)
    return pen.getCharString()
