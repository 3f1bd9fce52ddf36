"""Imports run only downward, importing has no effects, and nothing is imported that is slow and of no use."""

import ast
import importlib.util
import subprocess
import sys

import pytest

import helpers
from helpers import catalogue, paths
from helpers.batch import pool

LAYERS = [
    {"errors", "paths", "period", "text", "interval", "look", "schema"},
    {"validate", "display", "catalogue"},
    {"difference"},
    {"tables"},
    {"parameters", "words"},
    {"evaluate", "audit"},
    {"slices", "changes"},
    {"charts"},
    {"chapter"},
]
BOTH_SIDES = {"cli", "request"}  # they join what runs with what is run
EXECUTION = {"batch", "html", "kernels"}
BELOW_EXECUTION = {"errors", "paths", "look", "display", "difference"}  # what knows nothing of indicators
BELOW_KERNELS = {"errors", "paths"}
LEVEL = {module: number for number, layer in enumerate(LAYERS) for module in layer}
FILES = sorted(path for path in paths.PACKAGE.rglob("*.py") if path.name != "make.py")


def module_of(path) -> str:
    return path.relative_to(paths.PACKAGE).parts[0].removesuffix(".py")


def imported(path) -> set[str]:
    """Top modules of this package that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("helpers.")}
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "helpers":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(paths.PACKAGE)))
def test_imports_run_downward(path):
    module, used = module_of(path), imported(path)
    if module in BOTH_SIDES | {"__init__"}:
        return
    if module == "kernels":
        assert used <= {"kernels"} | BELOW_KERNELS
    elif module in EXECUTION:
        assert used <= EXECUTION | BELOW_EXECUTION
    else:
        assert module in LEVEL, f"{module} has no layer"
        assert {name for name in used - {module} if LEVEL.get(name, 99) >= LEVEL[module]} == set()


def test_the_bottom_imports_nothing_of_ours_but_its_neighbours():
    for path in FILES:
        if module_of(path) in LAYERS[0]:
            assert imported(path) <= LAYERS[0], path.name


def test_the_package_s_own_words_name_every_module():
    for path in FILES:
        assert f"`{module_of(path)}`" in helpers.__doc__ or path.name == "__init__.py", path.name


def test_a_note_that_a_package_is_good_holds_for_all_the_code_that_checks_it():
    checking = {"validate"}
    for path in [path for _ in LAYERS for path in FILES]:
        checking |= imported(path) if module_of(path) in checking else set()
    assert {f"{name}.py" for name in checking - {"errors", "paths"}} <= {*catalogue.CODE}


def test_importing_everything_changes_nothing():
    """No file is written, no option set, no font registered by an import."""
    names = ", ".join(f"helpers.{name}" for name in ("chapter", "batch.batch", "html.index", "cli"))
    code = (
        "import matplotlib as m, pandas as p; before = dict(m.rcParams), p.describe_option;"
        f"import {names}; assert dict(m.rcParams) == before[0];"
        "from matplotlib import font_manager as f; assert 'Evaluation Sans SC' not in f.get_font_names()"
    )
    subprocess.run([sys.executable, "-W", "error::DeprecationWarning:helpers", "-c", code], check=True)


def test_a_process_of_a_batch_does_without_a_checker_that_takes_a_second_to_build(tmp_path):
    assert importlib.util.find_spec("rfc3987_syntax"), "it is not installed any more: `batch/lean.py` can go"
    parts = {"papermill", "nbformat", "jsonschema", "lark", "rfc3987_syntax"}
    asked = f"""[
        __import__('nbformat').validate(__import__('nbformat').v4.new_notebook(), version=4),
        sorted(name for name in {parts} if __import__('sys').modules.get(name)),
    ]"""
    with pool.workers(1, tmp_path) as workers:
        assert workers.submit(eval, asked).result() == [None, ["jsonschema", "nbformat", "papermill"]]
