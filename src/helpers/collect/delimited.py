"""CSV files as departments save them: in several encodings, with commas, semicolons or tabs.

What a file is was told from its bytes, and said; a file that can be read in two ways is refused.
"""

import codecs
import csv
import io
import re
from collections import Counter
from pathlib import Path

from helpers.errors import UserError

MARKS = ((codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with BOM"), (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
         (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"))  # fmt: skip
SEPARATORS = {",": ",", ";": ";", "\t": "tabs"}
COMMON = range(0xB0, 0xD8)  # first bytes of the 3,755 most common characters of GB 2312
LEAST_COMMON_SHARE = 0.7  # of the Chinese characters of a text; a text in another encoding gives rare ones


def read(path: Path) -> tuple[list[list[str]], str]:
    """Rows of a CSV file, and a sentence that says how it was read. Raises UserError."""
    text, encoding = decode(path, path.read_bytes())
    rows, separator = split(path, text)
    return rows, f"read as {encoding}, separated by {SEPARATORS[separator]}"


def decode(path: Path, content: bytes) -> tuple[str, str]:
    """Text of some bytes and the name of their encoding. Raises UserError where it is not certain."""
    for mark, codec, name in MARKS:
        if content.startswith(mark):
            try:
                return content.decode(codec), name
            except UnicodeDecodeError as error:
                raise UserError(f"{path}: begins as {name}, but is not ({error}); save it again.") from None
    if b"\0" in content:
        raise UserError(f"{path}: may be UTF-16 without a byte order mark; save it as UTF-8.")
    for codec, name in (("utf-8", "UTF-8"), ("gb18030", "GB18030")):
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if codec == "gb18030" and not _is_plausible(text):
            break
        return text, name
    raise UserError(f"{path}: its encoding is not certain (neither UTF-8, UTF-16 nor GB18030); save it as UTF-8.")


def _is_plausible(text: str) -> bool:
    """Are most Chinese characters of a text common ones, and all of its other characters assigned?"""
    chinese = [sign for sign in text if "\u4e00" <= sign <= "\u9fff"]
    if not chinese or re.search("[\ue000-\uf8ff\ufffd\x80-\x9f]", text):
        return False
    common = sum(sign.encode("gb18030")[0] in COMMON for sign in chinese)
    return common >= LEAST_COMMON_SHARE * len(chinese)


def split(path: Path, text: str) -> tuple[list[list[str]], str]:
    """Rows of a text and what separates their cells. Raises UserError where two separators, or none, would do."""
    readings = {sign: _split_by(text, sign) for sign in SEPARATORS}
    widths = {sign: [len(row) for row in rows if any(row)] for sign, rows in readings.items()}
    even = [sign for sign, row in widths.items() if row and len({*row}) == 1 and row[0] > 1]
    if not even:
        even = [sign for sign, row in widths.items() if row and _is_mostly_even(row)]
    if len(even) == 1:
        return readings[even[0]], even[0]
    if not even:
        raise UserError(f"{path}: no table; its rows are not separated by commas, semicolons or tabs.")
    signs = " and ".join(SEPARATORS[sign] for sign in even)
    raise UserError(f"{path}: can be read with {signs} as separators; save it with tabs, or as .xlsx.")


def _is_mostly_even(widths: list[int]) -> bool:
    """Have most rows one number of cells, above one? Titles above a table may have fewer."""
    width, number = Counter(widths).most_common(1)[0]
    return width > 1 and number * 2 > len(widths) and max(widths) == width


def _split_by(text: str, separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        return []
