"""Does a table have the form that the descriptor says, in its header and in every cell?

It knows the part of the Table Schema standard that `descriptor` lets through, and reads each distinct cell of a column once.
Keys and references are compared as text, as they are everywhere else.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache

import pandas as pd

from helpers.numbers import spelling
from helpers.package import form, schema
from helpers.package.files import SEPARATOR, Parsed
from helpers.package.problem import Problem

MOST_UNKNOWN = 10  # columns that are told one by one
REPEATED = "{cell} stands in an earlier row too; every row needs its own"
ISO_DATES = (("platforms", "since"), ("external", "published"), ("sources", "published"), ("sources", "accessed"))


def check_shape(parsed: Parsed, file: str, columns: list[str]) -> Iterator[Problem]:
    """The header has the columns of the schema, exactly and in their order, and every row as many cells."""
    yield from (Problem(file, 1, column, sentence) for column, sentence in _judge_header(parsed.header, columns))
    labels = parsed.header if {*parsed.header} & {*columns} else columns
    width = len(labels)
    for number, row in enumerate(parsed.rows, 2):
        if not any(row):
            yield Problem(file, number, "", "the row is empty; remove it")
        elif len(row) < width:
            yield Problem(file, number, labels[len(row)], "the row ends before this column")
        elif len(row) > width:
            yield Problem(file, number, "", "the row has a cell too many; is a comma unquoted?")
    if parsed.broken:
        what = f"cannot be read as a table from here on ({parsed.broken}); is a quotation mark left open?"
        yield Problem(file, len(parsed.rows) + 2, "", what)


def _judge_header(header: list[str], columns: list[str]) -> Iterator[tuple[str, str]]:
    """Column and sentence of what is wrong with a header."""
    labels = Counter(header)
    if header == columns:
        return
    if not labels.keys() & {*columns}:
        what = f"the first row is {form.show(SEPARATOR.join(header))}" if header else "the first row is empty"
        yield "", f"{what}; expected the header {SEPARATOR.join(columns)}"
        return
    repeated = [label for label, times in labels.items() if times > 1 and label]
    yield from (("", f"the column {form.show(label)} stands twice in the header") for label in repeated)
    if repeated:
        return
    if len(header) == len(columns):
        for label, column in zip(header, columns, strict=True):
            if label != column:
                yield column, f"the header says {form.show(label)} here, expected {column!r}"
        return
    for column in columns:
        if column not in labels:
            yield column, "the column is missing from the header"
    if nameless := labels.pop("", 0):
        yield "", f"columns of the header without a name: {nameless}; remove their cells from every row"
    unknown = [label for label in labels if label not in columns]
    for label in unknown[:MOST_UNKNOWN]:
        yield "", f"the schema knows no column {form.show(label)}; remove it, or add it to the schema"
    if rest := unknown[MOST_UNKNOWN:]:
        yield "", f"the schema knows none of {len(rest)} more columns, from {form.show(rest[0])} on"


def check_cells(frame: pd.DataFrame, table: str, descriptor: dict, file: str) -> Iterator[Problem]:
    """Cells of a table with the columns of its schema, each by itself and as a key of its row."""
    block = schema.find_schema(descriptor, table)
    key = block["primaryKey"]
    naming = {*key, *(link["fields"][0] for link in block["foreignKeys"])}
    for field in block["fields"]:
        column = frame[field["name"]]
        judge = _make_judge(table, json.dumps(field), field["name"] in naming, field["name"] in key)
        wrong = {cell: what for cell in column.unique().tolist() if (what := judge(cell))}
        for row, cell in column[column.isin([*wrong])].items() if wrong else ():
            yield Problem(file, row, field["name"], wrong[cell])
        if field["constraints"].get("unique"):
            for row, cell in column[(column != "") & column.duplicated()].items():
                yield Problem(file, row, field["name"], REPEATED.format(cell=form.show(cell)))
    if key:
        for row in frame.index[frame.duplicated(key)]:
            what = "the key of this row stands in an earlier row too; every row needs its own"
            yield Problem(file, row, key[0], what)


@lru_cache(maxsize=256)  # a package is judged twice, as printed and as corrected, and again after each change of it
def _make_judge(table: str, field_json: str, names_row: bool, is_own_key: bool) -> Callable[[str], str]:
    """A function that says what is wrong with a cell of a column; nothing where it is good.

    field_json: completed by the project's own (see `descriptor.complete`); names_row: is the column a key or a reference?
    is_own_key: is it the key of its own table?
    """
    field = json.loads(field_json)
    column, kind, limits = field["name"], field["type"], field["constraints"]
    required = bool(limits.get("required")) or is_own_key
    pattern = re.compile(limits["pattern"], re.ASCII) if limits.get("pattern") else None
    longest, shortest = limits.get("maxLength", form.LONGEST_TEXT), limits.get("minLength", 0)
    is_date = (table, column) in ISO_DATES

    @lru_cache(maxsize=2**14)
    def judge(cell: str) -> str:
        if not cell:
            return f"is empty; a value is required{advise(cell) if column == 'value' else ''}" if required else ""
        if what := form.judge_text(cell, column, names_row and kind == "string"):
            return what
        if what := judge_kind(cell):
            return what if "; write" in what else f"{what}{advise(cell)}"
        return judge_limits(cell)

    def judge_kind(cell: str) -> str:
        if kind == "integer":
            return form.judge_integer(cell)
        if kind == "number":
            return form.judge_number(cell)
        if kind == "boolean" and cell not in ("true", "false"):
            return f"{form.show(cell)} is no boolean"
        return ""

    def judge_limits(cell: str) -> str:
        wanted = ""
        if "enum" in limits and cell not in limits["enum"]:
            return f"{form.show(cell)} is not allowed; expected {', '.join(limits['enum'])}{advise(cell)}"
        if pattern and not pattern.fullmatch(cell):
            wanted = f"does not have the form {form.describe_pattern(column, limits['pattern'])}"
        elif not shortest <= len(cell) <= longest:
            wanted = f"has {len(cell)} characters; expected {shortest} to {longest}"
        elif kind in ("integer", "number") and float(cell) < limits.get("minimum", float("-inf")):
            wanted = f"is too small; expected at least {limits['minimum']}"
        elif kind in ("integer", "number") and float(cell) > limits.get("maximum", float("inf")):
            wanted = f"is too large; expected at most {limits['maximum']}"
        elif is_date and form.judge_date(cell):
            return form.judge_date(cell)
        elif kind == "string" and cell[0] in "#＃" and spelling.is_error(cell) and column not in form.FREE:
            wanted = "is an error of a spreadsheet; write what belongs there"
        return f"{form.show(cell)} {wanted}{advise(cell)}" if wanted else ""

    def advise(cell: str) -> str:
        """What to write instead, if the column takes that."""
        advice = form.advise(column, cell, required)
        _, is_other, other = advice.partition("; write ")
        return "" if is_other and other != cell and judge(other) else advice

    return judge


def check_references(
    frames: dict[str, pd.DataFrame],
    descriptor: dict,
    tables: dict[str, str],
    misshapen: dict[str, set[str]] | None = None,
) -> Iterator[Problem]:
    """Whatever a cell names exists in the table that it refers to; tables that cannot be read are left out.

    frames: tables as text with the columns of their schemas; misshapen: cells of rows that have too few or too many
    """
    for table, frame in frames.items():
        for link in schema.find_schema(descriptor, table)["foreignKeys"]:
            (own,), (other,) = link["fields"], link["reference"]["fields"]
            target = link["reference"]["resource"]
            named = frames.get(target or table)
            if named is None or own not in frame or other not in named:
                continue
            missing = {*frame[own].unique().tolist()} - {"", *named[other].tolist()}
            missing -= (misshapen or {}).get(target or table, set())
            for row, cell in frame.loc[frame[own].isin(missing), own].items() if missing else ():
                what = f"{form.show(cell)} does not exist in {target or 'this table'}"
                yield Problem(tables[table], row, own, what)
