"""Files of a data package: their bytes, their cells as text, and whether they have the form that the schema says."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from helpers.numbers import spelling
from helpers.package import schema
from helpers.package.problem import Problem

BOM = b"\xef\xbb\xbf"


def read(path: Path) -> pd.DataFrame:
    """A CSV file as text, cell by cell; row labels are the rows of the file (the header is row 1).

    A byte order mark and line ends of Windows, which Excel writes, are no part of any cell.
    """
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="row")
    return frame


def check_descriptor(descriptor: dict, tables: dict[str, str]) -> Iterator[Problem]:
    """Every table that the code reads has a resource with one file and all columns."""
    for table, columns in schema.COLUMNS.items():
        if table not in tables and table in schema.OPTIONAL_TABLES:
            continue
        if table not in tables:
            yield Problem(schema.DESCRIPTOR, 0, "", f"no resource {table!r}; every package has one")
            continue
        if not isinstance(tables[table], str):
            what = f"the path of {table!r} is {tables[table]!r}, expected one file name"
            yield Problem(schema.DESCRIPTOR, 0, "", what)
        for column in columns:
            if column not in schema.constraints(descriptor, table):
                yield Problem(schema.DESCRIPTOR, 0, "", f"the schema of {table!r} lacks the field {column!r}")


def check_bytes(path: Path) -> Iterator[Problem]:
    """What makes a file unreadable or its diffs noisy, before any parsing."""
    if not path.is_file():
        yield Problem(path.name, 0, "", "the file is missing; datapackage.json names it")
        return
    content = path.read_bytes()
    if not content.strip():
        yield Problem(path.name, 0, "", "the file is empty; expected at least its header row")
        return
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        hint = "GB 18030, as Excel saves it" if _can_decode(content, "gb18030") else "another encoding"
        yield Problem(path.name, row, "", f"not UTF-8 (it may be {hint}); save the file as UTF-8")
    plain = normalize(content)
    if b"\r" in plain:
        row = plain[: plain.index(b"\r")].count(b"\n") + 1
        yield Problem(path.name, row, "", "a line ends with CR alone; save the file with LF (Unix) or CR LF line ends")


def normalize(content: bytes) -> bytes:
    """Bytes of a file without a byte order mark and with LF line ends, as the project writes its own."""
    return content.removeprefix(BOM).replace(b"\r\n", b"\n")


@contextmanager
def _normalized(folder: Path, tables: dict[str, str]) -> Iterator[Path]:
    """The folder, or a copy of its tables if one of them has a byte order mark or CR LF line ends."""
    contents = {name: (folder / name).read_bytes() for name in tables.values() if (folder / name).is_file()}
    if all(normalize(content) == content for content in contents.values()):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="check-") as copy:
        for name, content in contents.items():
            (Path(copy) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(copy) / name).write_bytes(normalize(content))
        yield Path(copy)


def _can_decode(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def check_schema(folder: Path, descriptor: dict, tables: dict[str, str]) -> Iterator[Problem]:
    """What the Table Schema says, checked by frictionless."""
    import frictionless  # slow to import, and only needed where `conformity` proves nothing

    try:
        with _normalized(folder, tables) as place:
            report = frictionless.Package.from_descriptor(descriptor, basepath=str(place)).validate()
    except frictionless.FrictionlessException as error:
        for wrong in error.reasons or [error.error]:
            yield Problem(schema.DESCRIPTOR, 0, "", wrong.note or wrong.message)
        return
    for error in report.errors:  # of the package itself, not of one table
        yield Problem(schema.DESCRIPTOR, 0, "", error.note or error.message)
    for task in report.tasks:
        constraints = schema.constraints(descriptor, task.name)
        for error in (error.to_dict() for error in task.errors):
            row = error.get("rowNumber") or (1 if "labels" in error else 0)
            column = error.get("fieldName") or " ".join(error.get("fieldNames", []))
            if error["type"] == "primary-key":
                column = schema.key(descriptor, task.name)[0]
            sentence = _describe(error, constraints.get(column, {}))
            yield Problem(tables[task.name], row, column, f"{sentence}{advise(column, str(error.get('cell') or ''))}")


def advise(column: str, cell: str) -> str:
    """What to write instead of a value or a period that is spelt otherwise; nothing where that is not known."""
    if column == "value" and (spelling.is_missing(cell) or spelling.is_error(cell)):
        return "; leave the row out where there is no value"
    if column == "period" and (meant := spelling.read_period(cell)) and meant != cell:
        return f"; write {meant}"
    return ""


SENTENCES = {  # errors of frictionless, and below them the constraints that a cell can break
    "missing-label": "the column is missing from the header",
    "incorrect-label": "the header says {label!r} here, expected {fieldName!r}",
    "extra-label": "the schema knows no column {label!r}",
    "duplicate-label": "the column {label!r} stands twice in the header",
    "primary-key": "the key of this row stands in an earlier row too; every row needs its own",
    "foreign-key": "{cell!r} does not exist in {table}",
    "type-error": "{cell!r} is no {name}",
    "missing-cell": "the row ends before this column",
    "extra-cell": "the row has a cell too many; is a comma unquoted?",
    "blank-row": "the row is empty; remove it",
    "unique-error": "{cell!r} stands in an earlier row too; every row needs its own",
    "required": "is empty; a value is required",
    "enum": "{cell!r} is not allowed; expected {wanted}",
    "pattern": "{cell!r} does not have the form {wanted}",
    "minimum": "{cell!r} is too small; expected at least {wanted}",
    "maximum": "{cell!r} is too large; expected at most {wanted}",
    "unique": "{cell!r} stands in an earlier row too; every row needs its own",
}


def check_columns(frames: dict[str, pd.DataFrame], tables: dict[str, str]) -> Iterator[Problem]:
    """The columns that the code reads have exactly these names; to the Table Schema, blanks around a name are nothing."""
    for table, frame in frames.items():
        for column in schema.COLUMNS.get(table, ()):
            if column not in frame:
                yield Problem(tables[table], 1, column, SENTENCES["missing-label"])


def _describe(error: dict, constraints: dict) -> str:
    """A frictionless error in one sentence that says what was found and what was expected."""
    kind, blanks = error["type"], dict(error)
    if kind == "foreign-key":
        blanks |= {"cell": " ".join(error["fieldCells"]), "table": error["referenceName"] or "this table"}
    if kind in ("type-error", "constraint-error"):  # the note begins with the name of the type or of the constraint
        blanks["name"] = error["note"].split('"')[1].split("/")[0]
    if kind == "constraint-error":
        kind = blanks["name"]
        wanted = constraints.get(kind)
        blanks["wanted"] = ", ".join(map(str, wanted)) if isinstance(wanted, list) else wanted
    sentence = SENTENCES.get(kind)
    return sentence.format(**blanks) if sentence else error["note"] or error["message"]
