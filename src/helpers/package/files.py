"""Files of a data package: their bytes, their cells as text, and whether they have the form that the schema says."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from helpers.package import schema
from helpers.package.problem import Problem

BOM = b"\xef\xbb\xbf"


def read(path: Path) -> pd.DataFrame:
    """A CSV file as text, cell by cell; row labels are the rows of the file (the header is row 1)."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="row")
    return frame


def check_descriptor(descriptor: dict, tables: dict[str, str]) -> Iterator[Problem]:
    for table, columns in schema.COLUMNS.items():
        if table not in tables:
            yield Problem(schema.DESCRIPTOR, 0, "", f"no resource {table!r}; every package has one")
            continue
        resource = next(r for r in descriptor["resources"] if r["name"] == table)
        if not isinstance(resource["path"], str):
            yield Problem(
                schema.DESCRIPTOR, 0, "", f"the path of {table!r} is {resource['path']!r}, expected one file name"
            )
        named = {field["name"] for field in resource.get("schema", {}).get("fields", [])}
        for column in columns:
            if column not in named:
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
    if content.startswith(BOM):
        yield Problem(path.name, 1, "", "begins with a byte order mark (BOM); save the file as UTF-8 without BOM")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        hint = "GB 18030, as Excel saves it" if _can_decode(content, "gb18030") else "another encoding"
        yield Problem(path.name, row, "", f"not UTF-8 (it may be {hint}); save the file as UTF-8")
    if b"\r" in content:
        row = content[: content.index(b"\r")].count(b"\n") + 1
        yield Problem(path.name, row, "", "lines end with CR LF or CR; save the file with LF (Unix) line ends")


def _can_decode(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def check_schema(folder: Path, descriptor: dict, tables: dict[str, str]) -> Iterator[Problem]:
    """What the Table Schema says, checked by frictionless."""
    import frictionless  # slow to import, and only needed for packages not checked before

    report = frictionless.validate(str(folder / schema.DESCRIPTOR))
    for error in report.errors:  # of the package itself, not of one table
        yield Problem(schema.DESCRIPTOR, 0, "", error.note or error.message)
    for task in report.tasks:
        constraints = schema.constraints(descriptor, task.name)
        for error in (error.to_dict() for error in task.errors):
            row = error.get("rowNumber") or (1 if "labels" in error else 0)
            column = error.get("fieldName") or " ".join(error.get("fieldNames", []))
            if error["type"] == "primary-key":
                column = schema.key(descriptor, task.name)[0]
            yield Problem(tables[task.name], row, column, _describe(error, constraints.get(column, {})))


def _describe(error: dict, constraints: dict) -> str:
    """A frictionless error in one sentence that says what was found and what was expected."""
    cell = error.get("cell", "")
    match error["type"]:
        case "missing-label":
            return "the column is missing from the header"
        case "incorrect-label":
            return f"the header says {error['label']!r} here, expected {error['fieldName']!r}"
        case "extra-label":
            return f"the schema knows no column {error['label']!r}"
        case "duplicate-label":
            return f"the column {error['label']!r} stands twice in the header"
        case "primary-key":
            return "the key of this row stands in an earlier row too; every row needs its own"
        case "unique-error":
            return f"{cell!r} stands in an earlier row too; every row needs its own"
        case "foreign-key":
            return f"{' '.join(error['fieldCells'])!r} does not exist in {error['referenceName'] or 'this table'}"
        case "type-error":
            kind = error["note"].split('"')[1].split("/")[0]
            return f"{cell!r} is no {kind}"
        case "constraint-error":
            name = error["note"].split('"')[1]
            return CONSTRAINTS[name].format(cell=cell, wanted=_format_constraint(constraints.get(name)))
        case "missing-cell":
            return "the row ends before this column"
        case "extra-cell":
            return "the row has a cell too many; is a comma unquoted?"
        case "blank-row":
            return "the row is empty; remove it"
    return error["note"] or error["message"]


CONSTRAINTS = {
    "required": "is empty; a value is required",
    "enum": "{cell!r} is not allowed; expected {wanted}",
    "pattern": "{cell!r} does not have the form {wanted}",
    "minimum": "{cell!r} is too small; expected at least {wanted}",
    "maximum": "{cell!r} is too large; expected at most {wanted}",
    "unique": "{cell!r} stands in an earlier row too; every row needs its own",
}


def _format_constraint(constraint) -> str:
    return ", ".join(map(str, constraint)) if isinstance(constraint, list) else str(constraint)
