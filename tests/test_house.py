"""Imports run only downward and have no effects, nothing useless is imported, and names and files can be read."""

import ast
import functools
import importlib.metadata
import subprocess
import sys

import pytest

import helpers
from helpers import paths
from helpers.batch import pool

# Rooms from the bottom up, each with the layers of its files; rooms of one layer do not import each other.
ROOMS = [
    ["errors", "paths", "files"],
    ["numbers", "display", "kernels"],
    ["package", "charts", "runs"],
    ["evaluation", "language", "pages"],
    ["audit", "batch"],
    ["views"],
    ["authoring", "compare"],
    ["collect"],
    ["cli"],
]
# Inside a room, files from the bottom up where one imports another.
FILES_OF = {
    "audit": [["finding"], ["facts", "pairs"], ["figures"], ["arithmetic", "estimates", "naming"], ["headline", "quantities", "structure"], ["evidence", "wording"], ["reporting"], ["__init__"], ["accepting"]],
    "authoring": [["guide", "notebooks"], ["new_plan"], ["examples"]],
    "batch": [["fingerprint", "forms"], ["execute", "record"], ["destination", "pool", "worker"], ["cluster", "freshness"], ["pages", "references"], ["batch"]],
    "charts": [["canvas"], ["bars"], ["grids", "intervals", "series", "timeline"]],
    "cli": [["console", "group", "options", "request", "warm_up"], ["verbs"]],
    "collect": [["delimited"], ["sheets"], ["amounts", "entry", "headings"], ["citing", "matching", "plan_table", "reading", "template"], ["judging", "plan_rows"], ["writing"], ["importing"]],
    "compare": [["difference", "frames"], ["notebooks", "packages", "page"]],
    "display": [["lettering", "theme"], ["html"], ["table"]],
    "evaluation": [["history", "targets"], ["actuals", "aims", "status", "values"], ["scoreboard"]],
    "kernels": [["channel", "manager", "session", "translator", "wire"], ["address", "kernel", "preload", "shell"], ["child"], ["client"], ["provisioner"], ["forked", "server"], ["engine", "template"]],
    "language": [["blanks", "digits", "locators"], ["formatter"], ["units"]],
    "numbers": [["interval", "period", "spelling", "token"], ["format"]],
    "package": [["documents", "errata", "form", "problem", "schema"], ["citations", "descriptor", "files", "notebooks", "rules", "validity"], ["bounds", "conformity", "labels", "parameters", "partial"], ["validate"], ["tables"]],
    "pages": [["downloads", "elements", "fonts", "links"], ["preview", "printing", "workbook"], ["render"], ["index"]],
    "runs": [["forms", "limits", "outcome", "saving", "shims"], ["outputs"], ["source"], ["run"]],
    "views": [["citing", "describe", "standing", "view", "worded"], ["computed", "context", "regions"], ["select"], ["errata", "growth", "places", "scores", "selection", "tables"], ["changes"], ["reading"], ["bottom_line", "facts", "imprint", "titles"], ["pictures", "trend"], ["indicator_lead", "notebook", "sections"], ["chapter", "findings", "indicator", "overview"], ["outlook"], ["__init__"]],
}  # fmt: skip
EXECUTION = {"batch", "kernels", "pages", "runs"}  # they know notebooks and files, and nothing of indicators
INDICATORS = {"numbers", "package", "evaluation", "language", "audit", "views", "charts"}
FILES = sorted(
    path for path in paths.PACKAGE.rglob("*.py") if path.name != "make.py" and path != paths.PACKAGE / "__init__.py"
)
SOURCES = [path for folder in ("src", "tests", "benchmarks", "tools") for path in (paths.ROOT / folder).rglob("*.py")]
VAGUE = {"found", "said", "told", "one", "two"}  # names that do not tell what a variable holds
LEVEL = {room: number for number, layer in enumerate(ROOMS) for room in layer}


def place_of(path) -> tuple[str, str]:
    """Room and name of a file: `("batch", "pool")`; a file of its own is its room: `("errors", "")`."""
    room, *name = path.relative_to(paths.PACKAGE).with_suffix("").parts
    return room, ".".join(name)


@functools.cache
def nodes_of(path) -> list[ast.AST]:
    """All nodes of a file, from its module down."""
    return [*ast.walk(ast.parse(path.read_text(encoding="utf-8")))]


@functools.cache
def imported(path) -> set[tuple[str, str]]:
    """Files of this package that a file imports, wherever in it, each as room and name."""
    names = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    places = set()
    for name in names:
        package, *parts = name.split(".")
        if package != "helpers":
            continue
        file = next(
            (p for n in range(len(parts), 0, -1) for p in candidates(parts[:n]) if p.is_file()),
            paths.PACKAGE / "__init__.py",
        )
        places.add(place_of(file))
    return places


def candidates(parts: list[str]):
    """The files that a dotted name may mean."""
    path = paths.PACKAGE.joinpath(*parts)
    return path.with_suffix(".py"), path / "__init__.py"


def test_a_file_imports_only_from_below():
    wrong = []
    for path in FILES:
        room, name = place_of(path)
        assert room in LEVEL, f"{room} has no layer"
        within = {file: number for number, layer in enumerate(FILES_OF.get(room, [])) for file in layer}
        for other_room, other in imported(path):
            if other_room != room and LEVEL[other_room] >= LEVEL[room]:
                wrong.append(f"{path} imports {other_room}, which is not below {room}")
            elif other_room == room and other != name and within[other] >= within[name]:
                wrong.append(f"{path} imports {other}, which is not below {name}")
    assert wrong == []


def test_every_file_has_a_layer():
    for path in FILES:
        room, name = place_of(path)
        layers = [file for layer in FILES_OF.get(room, []) for file in layer]
        empty = name == "__init__" and not imported(path)
        assert room in LEVEL, room
        assert not name or name in layers or empty, f"{room}/{name}"


def test_the_execution_side_knows_nothing_of_indicators():
    for path in FILES:
        if place_of(path)[0] in EXECUTION:
            assert {room for room, _ in imported(path)} & INDICATORS == set(), path


def test_the_description_of_the_package_names_every_room():
    for layer in ROOMS:
        for room in layer:
            assert f"`{room}`" in helpers.__doc__, room


def test_a_name_says_what_it_holds():
    wrong = []
    for path in SOURCES:
        names = {node.id for node in nodes_of(path) if isinstance(node, ast.Name)}
        names |= {node.arg for node in nodes_of(path) if isinstance(node, ast.arg)}
        names |= {node.name for node in nodes_of(path) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        wrong += [f"{path}: {name}" for name in names & VAGUE]
    assert wrong == []


@pytest.mark.parametrize(("folder", "longest"), [("src", 350), ("tests", 399)])
def test_no_file_is_too_long_to_be_read_at_once(folder, longest):
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (paths.ROOT / folder).rglob("*.py")}
    assert [f"{path}: {lines} lines" for path, lines in lengths.items() if lines > longest] == []


def test_importing_everything_changes_nothing():
    """No file is written, no option set, no font registered by an import."""
    names = ", ".join(
        f"helpers.{name}" for name in ("views", "batch.batch", "pages.index", "compare.page", "cli.verbs")
    )
    code = (
        "import matplotlib as m, pandas as p; before = dict(m.rcParams), p.describe_option;"
        f"import {names}; assert dict(m.rcParams) == before[0];"
        "from matplotlib import font_manager as f; assert 'Evaluation Sans SC' not in f.get_font_names()"
    )
    subprocess.run([sys.executable, "-W", "error::DeprecationWarning:helpers", "-c", code], check=True)


@pytest.mark.whole
def test_a_process_of_a_batch_does_without_a_checker_that_takes_a_second_to_build(tmp_path):
    assert importlib.metadata.version("rfc3987-syntax")  # without it, `runs/shims.py` can go
    parts = {"papermill", "nbformat", "jsonschema", "lark", "rfc3987_syntax"}
    asked = f"""[
        __import__('nbformat').validate(__import__('nbformat').v4.new_notebook(), version=4),
        sorted(name for name in {parts} if __import__('sys').modules.get(name)),
    ]"""
    with pool.open_workers(1, tmp_path) as workers:
        assert workers.submit(eval, asked).result() == [None, ["jsonschema", "nbformat", "papermill"]]
