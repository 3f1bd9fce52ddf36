"""What can still be checked of a package in which something is wrong by its bytes or its schema.

Rows with problems are left out, and so are rows that name them; a table without its header, or that cannot be read, is empty.
What is left has the form that the rules expect. Checks that would miss what was left out are not made.
"""

import csv
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from helpers.package import schema
from helpers.package.problem import Problem


def read(path: Path) -> pd.DataFrame:
    """Rows of a CSV file that have as many cells as its header, as text, by their rows in the file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            header, *rows = csv.reader(file)
        except (csv.Error, ValueError):
            return pd.DataFrame()
    if len({*header}) < len(header):
        return pd.DataFrame()
    good = {number: row for number, row in enumerate(rows, 2) if len(row) == len(header) and any(row)}
    return pd.DataFrame([*good.values()], index=pd.Index([*good], name="row"), columns=header, dtype=str)


def without_tables(descriptor: dict, absent: set[str]) -> dict:
    """A descriptor without some tables, and without references to them."""
    resources = []
    for resource in descriptor["resources"]:
        block = resource["schema"]
        links = [link for link in block.get("foreignKeys", []) if link["reference"]["resource"] not in absent]
        if resource["name"] not in absent:
            resources.append(resource | {"schema": block | {"foreignKeys": links}})
    return descriptor | {"resources": resources}


def keep_good(
    frames: dict[str, pd.DataFrame], descriptor: dict, tables: dict[str, str], problems: Iterable[Problem]
) -> tuple[dict[str, pd.DataFrame], set[str]]:
    """Tables without the rows that have problems or name such rows, and the names of those that lack some.

    frames: tables as text, of those that can be read; tables: file of each
    """
    name_of = {path: name for name, path in tables.items()}
    wrong: dict[str, set[int]] = {name: set() for name in tables}
    for problem in problems:
        if problem.file in name_of:
            wrong[name_of[problem.file]].add(problem.row)
    kept = {}
    for name in tables:
        columns = schema.COLUMNS.get(name, [])
        frame = frames.get(name, pd.DataFrame())
        if not {*columns} <= {*frame.columns} or wrong[name] & {0, 1}:
            frame = pd.DataFrame(columns=columns, index=pd.RangeIndex(2, 2, name="row"), dtype=str)
            wrong[name].add(0)
        kept[name] = frame[~frame.index.isin(wrong[name])]
    damaged = {name for name, rows in wrong.items() if rows}
    while more := _drop_dangling(kept, descriptor):
        damaged |= more
    return kept, damaged


def _drop_dangling(frames: dict[str, pd.DataFrame], descriptor: dict) -> set[str]:
    """Leave out rows that name what is not there; returns the tables that lost some."""
    lessened = set()
    for resource in descriptor["resources"]:
        name = resource["name"]
        for link in resource["schema"].get("foreignKeys", []):
            (own,), (other,) = (_as_list(part) for part in (link["fields"], link["reference"]["fields"]))
            target = frames[link["reference"]["resource"] or name]
            frame = frames[name]
            if own in frame and other in target:
                good = frame[own].isin(target[other]) | (frame[own] == "")
                if not good.all():
                    frames[name], lessened = frame[good], lessened | {name}
    return lessened


def _as_list(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names
