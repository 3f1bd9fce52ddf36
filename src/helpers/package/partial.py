"""What can still be checked of a package in which something is wrong by its bytes or its schema.

Rows with problems are left out, and so are rows that name them; a table without its header, or that cannot be read, is empty.
What is left has the form that the rules expect. Checks that would miss what was left out are not made.
"""

from collections.abc import Iterable

import pandas as pd

from helpers.package import schema
from helpers.package.problem import Problem


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
            (own,), (other,) = link["fields"], link["reference"]["fields"]
            target = frames[link["reference"]["resource"] or name]
            frame = frames[name]
            if own in frame and other in target:
                good = frame[own].isin(target[other]) | (frame[own] == "")
                if not good.all():
                    frames[name], lessened = frame[good], lessened | {name}
    return lessened
