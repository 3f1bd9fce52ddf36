"""The committed notebooks: thin, paired in two languages, executed in order, and checked so that a change is seen."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from helpers import paths
from helpers.batch import references
from helpers.runs import run

NOTEBOOKS = sorted(paths.NOTEBOOKS.glob("*.ipynb"))
COMMITTED = [*NOTEBOOKS, *sorted(paths.REFERENCES.glob("*.ipynb"))]
NAMES = [
    "0-overview",
    "1-innovation",
    "2-integration",
    "3-livelihood",
    "4-governance",
    "5-foundations",
    "6-audit",
    "7-outlook",
]


def read(path: Path):
    return nbformat.read(path, as_version=4)


def tagged(cell, tag: str) -> bool:
    return tag in cell.metadata.get("tags", [])


def test_there_are_eight_notebooks():
    assert [path.stem for path in NOTEBOOKS] == NAMES


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_one_parameters_cell_of_commented_literals(path):
    cells = [cell for cell in read(path).cells if tagged(cell, "parameters")]
    lines = cells[0].source.splitlines()
    assert len(cells) == 1
    assert len(lines) <= 6
    assert all("#" in line and ":" in line for line in lines)
    wanted = (
        ["language", "region", "data"]
        if path.stem in ("6-audit", "7-outlook")
        else ["year", "language", "region", "data"]
    )
    assert list(run.parameters_of(path)) == wanted


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_calls_and_does_not_define(path):
    notebook = read(path)
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        if cell.cell_type == "code" and not tagged(cell, "parameters"):
            assert len(cell.source.splitlines()) <= 3
            kinds = {type(node) for node in ast.walk(ast.parse(cell.source))}
            assert kinds.isdisjoint({ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.If})


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_prose_is_paired_and_holds_no_typed_number(path):
    prose = [cell for cell in read(path).cells if cell.cell_type == "markdown" and not tagged(cell, "lab")]
    for zh, en in zip(prose[::2], prose[1::2], strict=True):
        assert tagged(zh, "zh")
        assert tagged(en, "en")
        for cell in (zh, en):
            heading, *body = cell.source.split("\n")
            assert heading.startswith("## ")
            assert not re.search(r"\d", "".join(body)), cell.source


@pytest.mark.parametrize("path", NOTEBOOKS[1:6], ids=lambda path: path.stem)
def test_each_section_is_covered_in_order_under_its_own_title(path, package):
    sections = package.sections[package.sections["chapter"] == int(path.stem[0])]
    source = [cell.source for cell in read(path).cells]
    for language in ("zh", "en"):
        titles = [f"## {key} {row[f'title_{language}']}" for key, row in sections.iterrows()]
        assert [text.split("\n")[0] for text in source if text.split("\n")[0] in titles] == titles
    for part in ("summary", "figures_of", "platforms"):
        assert [key for key in sections.index if f'c.{part}("{key}")' in source] == list(sections.index)


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_committed_outputs_can_be_trusted(path):
    assert references.problems(path) == []


def test_every_run_has_committed_outputs(all_runs):
    held = {path.stem for path in paths.REFERENCES.glob("*.ipynb")}
    assert held == {run.name for run in all_runs if run.given}
    assert {run.notebook for run in all_runs if not run.given} == set(NAMES)


def test_references_are_small():
    assert sum(path.stat().st_size for path in COMMITTED) < 10 * 2**20


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda cells: [cell.update(execution_count=None, outputs=[]) for cell in cells], "code cell 1 was never run"),
        (lambda cells: cells[3].update(execution_count=None), "code cell 4 was never run"),
        (lambda cells: cells[3].update(execution_count=9), "code cell 4 was run as number 9, out of order"),
        (lambda cells: [cell.update(outputs=[]) for cell in cells], "no cell has an output"),
    ],
)
def test_a_notebook_that_never_ran_is_noticed(tmp_path, spoil, problem):
    notebook = read(NOTEBOOKS[6])
    spoil([cell for cell in notebook.cells if cell.cell_type == "code"])
    path = tmp_path / NOTEBOOKS[6].name
    nbformat.write(notebook, path)
    assert f"6-audit.ipynb: {problem}" in references.problems(path)


def test_a_reference_whose_code_has_changed_is_noticed(tmp_path, monkeypatch):
    folder = tmp_path / "references"
    folder.mkdir()
    monkeypatch.setattr(paths, "REFERENCES", folder)
    source = COMMITTED[-1]
    notebook = read(source)
    notebook.cells[-1].source += "  # changed"
    nbformat.write(notebook, folder / source.name)
    assert "run `make references`" in references.problems(folder / source.name)[0]


def nbval(notebook: Path) -> str:
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider", str(notebook)]
    return subprocess.run(command, capture_output=True, text=True, cwd=notebook.parent, check=False).stdout


@pytest.mark.kernel
def test_one_figure_changed_by_one_unit_fails_in_table_and_picture(copy, spoil, tmp_path):
    """The committed outputs of a chapter, compared with the same package and with one in which 98 products are 99."""
    notebook = tmp_path / "1-innovation.ipynb"
    shutil.copy(paths.NOTEBOOKS / "1-innovation.ipynb", notebook)
    content = read(notebook)
    parameters = next(cell for cell in content.cells if tagged(cell, "parameters"))
    parameters.source = parameters.source.replace('data: str = ""', f"data: str = {str(copy)!r}")
    assert "sources()" in content.cells.pop().source  # it names the folder of the data
    nbformat.write(content, notebook)
    assert " passed" in nbval(notebook)
    assert " failed" not in nbval(notebook)
    spoil("figures.csv", "98,项,exact,98项", "99,项,exact,99项")
    told = nbval(notebook)
    failed = set(re.findall(r"FAILED \S+::Cell (\d+)", told))
    code = [cell.source for cell in content.cells if cell.cell_type == "code"]
    sources = {code[int(number)] for number in failed}
    assert 'c.figures_of("1.1")' in sources
    assert any("c.parts(" in source for source in sources)
    assert 'c.platforms("1.1")' not in sources
