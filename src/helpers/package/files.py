"""Files of a data package: their bytes, and their cells as text, read in one dialect that is never guessed."""

import codecs
import csv
import gc
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers.package import form
from helpers.package.problem import Problem

BOM = b"\xef\xbb\xbf"
# Commas, double quotes doubled inside quotes, LF: what `dialect` of each resource in the project's own descriptor says.
SEPARATOR, QUOTE = ",", '"'
SEPARATORS = {
    ";": "';'",
    "\t": "tabs",
    "|": "'|'",
    "，": "'，'",
    "、": "'、'",
    "；": "'；'",
    ":": "':'",
}  # that others write
LONGEST_CELL = 10_000_000  # characters that the parser takes; how long a cell may be, `form` says


def read(path: Path) -> pd.DataFrame:
    """A good CSV file as text, cell by cell; row labels are the rows of the file (the header is row 1).

    A byte order mark and line ends of Windows, which Excel writes, are no part of any cell. `parse` reads the same cells, and
    says what is wrong with a file that is not good.
    """
    frame = pd.read_csv(
        path, dtype=str, keep_default_na=False, encoding="utf-8-sig", sep=SEPARATOR, quotechar=QUOTE, doublequote=True,
        escapechar=None, comment=None, skipinitialspace=False, skip_blank_lines=False, index_col=False,
    )  # fmt: skip
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="row")
    return frame


class Parsed(NamedTuple):
    """A CSV file as text: its header, its rows, which may have any number of cells, and why there are no more of them.

    broken: what the parser says of the row behind the last one; empty where it could read all of them
    """

    header: list[str]
    rows: list[list[str]]
    broken: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Rows that have as many cells as the header, by their rows in the file; the names in the header are distinct."""
        good = {n: row for n, row in enumerate(self.rows, 2) if len(row) == len(self.header) and any(row)}
        rows = pd.Index([*good], name="row")
        # Checks go through the cells one by one, which takes half the time where they are plain objects.
        return pd.DataFrame([*good.values()], index=rows, columns=self.header, dtype=object)

    def list_misshapen(self) -> set[str]:
        """Cells of the rows that `to_frame` leaves out, among which are keys that other tables name."""
        return {cell for row in self.rows if len(row) != len(self.header) for cell in row}


def parse(content: bytes) -> Parsed:
    """Cells of a file with UTF-8 text, as far as it is a CSV file."""
    text = io.StringIO(normalize(content).decode("utf-8"), newline="")
    limit, collecting, rows, broken = csv.field_size_limit(LONGEST_CELL), gc.isenabled(), [], ""
    gc.disable()  # it would look through the growing rows again and again
    try:
        rows.extend(csv.reader(text, delimiter=SEPARATOR, quotechar=QUOTE, doublequote=True, strict=True))
    except csv.Error as error:
        broken = str(error)
    finally:
        csv.field_size_limit(limit)
        if collecting:
            gc.enable()
    return Parsed(rows[0] if rows else [], rows[1:], broken)


def check_bytes(folder: Path, name: str) -> Iterator[Problem]:
    """What makes a file of a package unreadable or its diffs noisy, and whether it is a table with commas."""
    path = folder / name
    if not path.exists():
        yield Problem(name, 0, "", "the file is missing; datapackage.json names it")
        return
    if not path.is_file():
        yield Problem(name, 0, "", "this is no file, but a folder, a pipe or a device; put the table there")
        return
    try:
        content = path.read_bytes()
    except OSError as error:
        yield Problem(name, 0, "", f"the file cannot be read ({error.strerror}); give yourself the right to read it")
        return
    if not content.strip():
        yield Problem(name, 0, "", "the file is empty; expected at least its header row")
        return
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        hint = "UTF-16" if is_wide else "GB 18030" if _can_decode(content, "gb18030") else ""
        hint = f"{hint}, as Excel saves it" if hint else "another encoding"
        yield Problem(name, row, "", f"not UTF-8 (it may be {hint}); save the file as UTF-8")
        return
    plain = normalize(content)
    if b"\r" in plain:
        row = plain[: plain.index(b"\r")].count(b"\n") + 1
        yield Problem(name, row, "", "a line ends with CR alone; save the file with LF (Unix) or CR LF line ends")
        return
    first, _, _ = plain.decode("utf-8").partition("\n")
    if what := _judge_separator(first):
        yield Problem(name, 1, "", what)
        return


def _judge_separator(header: str) -> str:
    """What is wrong with a header that has no comma but one of the signs that separate columns elsewhere."""
    if header.strip('"').lower().startswith("sep="):
        return (
            f"{form.show(header)} tells a spreadsheet how columns are separated; remove this row, and save with commas"
        )
    present = [sign for sign in SEPARATORS if sign in header]
    if SEPARATOR in header or not present:
        return ""
    return f"columns are separated by {SEPARATORS[max(present, key=header.count)]}; save the file with commas"


def normalize(content: bytes) -> bytes:
    """Bytes of a file without a byte order mark and with LF line ends, as the project writes its own."""
    return content.removeprefix(BOM).replace(b"\r\n", b"\n")


def _can_decode(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def check_reading(folder: Path, name: str, parsed: Parsed) -> Iterator[Problem]:
    """Does `read` give the cells that were checked? It is ten times as fast as `parse`, which proves it."""
    columns = [*zip(*parsed.rows, strict=True)] or [()] * len(parsed.header)
    try:
        frame = read(folder / name)
        same = [*frame] == parsed.header and all(
            (*frame[column].tolist(),) == cells for column, cells in zip(parsed.header, columns, strict=True)
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError):
        same = False
    if not same:
        what = "two programs read different cells in this file; save it once more as CSV with UTF-8 and commas"
        yield Problem(name, 0, "", what)
