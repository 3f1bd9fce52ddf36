"""Cut the fonts of the pictures out of Noto Sans CJK (SIL Open Font License), once, by hand.

    apt-get install fonts-noto-cjk
    python src/helpers/fonts/make.py /usr/share/fonts/opentype/noto

Kept are the characters of GB 2312 (6,763 汉字, enough for every county of China), Latin letters and punctuation: 1.5 MB a
weight instead of 19. The family gets a name of its own, so that a font of the machine is never taken in its place.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

FAMILY = "Evaluation Sans SC"
SIMPLIFIED = "Noto Sans CJK SC"
EXTRA = "–—‘’“”…•′″‰€™−≈≠≤≥±×÷→←↑↓▲▼●○■□◆◇、。〈〉《》「」『』【】〔〕！（），．：；？～￥"


def characters() -> str:
    rows = (bytes([a, b]) for a in range(0xA1, 0xF8) for b in range(0xA1, 0xFF))
    gb2312 = {row.decode("gb2312", "ignore") for row in rows}
    latin = {chr(code) for code in range(0x20, 0x250)}
    return "".join(sorted(gb2312 | latin | set(EXTRA)))


def cut(source: Path, weight: str, target: Path) -> None:
    fonts = TTCollection(source / f"NotoSansCJK-{weight}.ttc").fonts
    font = next(f for f in fonts if (f["name"].getDebugName(16) or f["name"].getDebugName(1)) == SIMPLIFIED)
    options = subset.Options(layout_features=[], hinting=False, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14])
    options.drop_tables += ["vhea", "vmtx", "VORG", "GPOS", "GSUB", "BASE"]
    cutter = subset.Subsetter(options)
    cutter.populate(text=characters())
    cutter.subset(font)
    postscript = f"{FAMILY.replace(' ', '')}-{weight}"
    for name, value in {1: FAMILY, 2: weight, 3: postscript, 4: f"{FAMILY} {weight}", 6: postscript}.items():
        font["name"].removeNames(nameID=name)
        font["name"].setName(value, name, 3, 1, 0x409)
    number_glyphs(font)
    top = font["CFF "].cff
    top.fontNames[0] = postscript
    top.topDictIndex[0].FamilyName, top.topDictIndex[0].FullName = FAMILY, f"{FAMILY} {weight}"
    font.save(target / f"{postscript}.otf")


def number_glyphs(font: TTFont) -> None:
    """Number the glyphs of a font without gaps: FreeType reads the number of each one otherwise, which takes 2 ms."""
    font.ensureDecompiled()  # tables are read by the names that there are
    old = font.getGlyphOrder()
    new = [old[0], *(f"cid{number:05}" for number in range(1, len(old)))]
    names = dict(zip(old, new, strict=True))
    top = font["CFF "].cff.topDictIndex[0]
    top.CharStrings.charStrings = {names[name]: place for name, place in top.CharStrings.charStrings.items()}
    top.charset, top.CIDCount = new, len(new)
    font["hmtx"].metrics = {names[name]: metrics for name, metrics in font["hmtx"].metrics.items()}
    for table in font["cmap"].tables:
        table.cmap = {code: names[name] for code, name in table.cmap.items()}
    font.setGlyphOrder(new)


if __name__ == "__main__":
    for weight in ("Regular", "Bold"):
        cut(Path(sys.argv[1]), weight, Path(__file__).parent)
