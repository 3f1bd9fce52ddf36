"""Is a folder a usable data package? All problems at once, each a sentence with file, row and column.

First the descriptor and what can be seen in the bytes and by the schema (`files`, unless `conformity` proves it good), then
what a schema cannot say (`rules`, `labels`) of all rows that can be read (`partial`), and last the same again with errata
applied (`errata`). Values are not evaluated here, and nothing is repaired.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from helpers.package import bounds, citations, conformity, errata, files, labels, notebooks, partial, rules, schema
from helpers.package import descriptor as descriptors
from helpers.package.problem import Problem

CHECKS = (*rules.CHECKS, *bounds.CHECKS, *citations.CHECKS, errata.check, labels.check_terms, labels.check_blanks)

LENIENT = (labels.check_blanks, rules.check_headlines)  # checks that an older or an unfinished package may fail

# Tables of which a check must know every row; if one lacks some, the check is not made.
WHOLE = {
    rules.check_units: ("units",),
    rules.check_printed: ("units",),
    rules.check_headlines: ("figures", "indicators"),
    rules.check_targets: ("figures", "indicators"),
    bounds.check_values: ("indicators",),
    rules.check_relations: ("indicators", "sections", "regions"),
    rules.check_sections: ("relations",),
    citations.check_documents: ("sources", "chapters", "sections", "indicators"),
    errata.check: ("figures", "external", "indicators"),
    labels.check_terms: ("terms", "labels", "regions"),
}


def find_problems(folder: Path, lenient: bool = False) -> list[Problem]:
    """Everything wrong with the package in a folder, in the order of its files and rows; empty for a good one.

    lenient: may it be of an older version, so that labels have other blanks, or unfinished, so that targets are missing?
    """
    if not folder.is_dir():
        return [Problem(str(folder), 0, "", "no such folder; a data package is a folder with a datapackage.json")]
    try:
        descriptor = schema.read(folder)
    except FileNotFoundError:
        what = f"{schema.DESCRIPTOR} is missing; a data package is a folder that holds one"
        return [Problem(str(folder), 0, "", what)]
    except (OSError, ValueError) as error:
        what = f"not a usable descriptor ({error}); compare it with the one of the project"
        return [Problem(schema.DESCRIPTOR, 0, "", what)]
    if problems := [Problem(schema.DESCRIPTOR, 0, "", what) for what in descriptors.check(descriptor)]:
        return problems
    tables = schema.resources(descriptor)
    problems = _check_tables(folder, descriptors.complete(descriptor), schema.Plan.of(descriptor), tables, lenient)
    order = {name: n for n, name in enumerate(tables.values())}
    return sorted(problems, key=lambda p: (order.get(p.file, -1), p.row, p.column))


def _check_tables(
    folder: Path, descriptor: dict, plan: schema.Plan, tables: dict[str, str], lenient: bool
) -> list[Problem]:
    """Problems of the tables: of their bytes and schema, then of what can be read."""
    problems = [problem for file in tables.values() for problem in files.check_bytes(folder, file)]
    unreadable = {problem.file for problem in problems}
    parsed = {
        name: files.parse((folder / file).read_bytes()) for name, file in tables.items() if file not in unreadable
    }
    descriptor = schema.without_absent(descriptor, {name: table.header for name, table in parsed.items()})
    frames = {}
    for name, table in parsed.items():
        columns = [*schema.constraints(descriptor, name)]
        problems += (wrong := [*conformity.check_shape(table, tables[name], columns)])
        problems += () if wrong else files.check_reading(folder, tables[name], table)
        if table.header == columns and not table.broken:
            frames[name] = table.to_frame()
    problems += _check_form(frames, descriptor, tables, {name: parsed[name].list_misshapen() for name in frames})
    damaged: set[str] = set()
    if problems:
        frames, damaged = partial.keep_good(frames, descriptor, tables, problems)
    checks = [check for check in CHECKS if not (lenient and check in LENIENT)]
    checks = [check for check in checks if not damaged & {*WHOLE.get(check, ())}]
    if "regions" not in damaged:
        problems += rules.check_plan(frames, plan)
    if "chapters" not in damaged:
        problems += notebooks.check(folder, frames, tables)
    problems += _run_checks(frames, descriptor, tables, checks)
    if not damaged:
        problems += _check_readings(frames, descriptor, tables, problems)
    return problems


def _check_form(
    frames: dict[str, pd.DataFrame],
    descriptor: dict,
    tables: dict[str, str],
    misshapen: dict[str, set[str]] | None = None,
) -> list[Problem]:
    """What the schema says of tables with its columns."""
    cells = (conformity.check_cells(frame, name, descriptor, tables[name]) for name, frame in frames.items())
    return [*itertools.chain(*cells, conformity.check_references(frames, descriptor, tables, misshapen))]


def _run_checks(frames, descriptor: dict, tables: dict[str, str], checks) -> list[Problem]:
    return [Problem(tables[table], *rest) for check in checks for table, *rest in check(frames, descriptor)]


def _check_readings(frames, descriptor: dict, tables: dict[str, str], known: list[Problem]) -> Iterator[Problem]:
    """A reading is as good a cell as what is printed: the package is checked once more with its errata applied."""
    if frames["errata"].empty or known:
        return
    read_as = frames | {
        name: errata.apply(frames["errata"], frames[name], name, key) for name, key in errata.KEYS.items()
    }
    problems = _check_form(read_as, descriptor, tables)
    if not problems:  # a token says what is printed, not how it is read
        repeated = [check for check in CHECKS if check not in (rules.check_printed, errata.check, labels.check_blanks)]
        problems = _run_checks(read_as, descriptor, tables, repeated)
    made = (Problem(tables["errata"], _find_erratum(p, frames, tables), "reading", p.sentence) for p in problems)
    yield from dict.fromkeys(made)


def _find_erratum(problem: Problem, frames, tables: dict[str, str]) -> int:
    """Row of the erratum that makes a problem: of the same cell, else of the same row, else of one that this row names, else
    the first there is.
    """
    rows = frames["errata"]
    for table in [name for name, file in tables.items() if file == problem.file and problem.row in frames[name].index]:
        line = frames[table].loc[problem.row]
        own = rows[(rows["table"] == table) & (rows["key"] == line.get(errata.KEYS.get(table), ""))]
        for likely in (own[own["column"] == problem.column], own, rows[rows["key"].isin(line)]):
            if len(likely):
                return likely.index[0]
    return rows.index[0]
