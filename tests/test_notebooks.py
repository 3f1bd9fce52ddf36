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
    "indicator",
]
DEFINITIONS = {
    ast.FunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.For,
    ast.While,
    ast.If,
    ast.ListComp,
    ast.DictComp,
    ast.With,
}
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_numbered = pytest.mark.parametrize("path", NOTEBOOKS[:8], ids=lambda path: path.stem)
each_chapter = pytest.mark.parametrize("path", NOTEBOOKS[1:6], ids=lambda path: path.stem)


def read(path: Path):
    return nbformat.read(path, as_version=4)


def tagged(cell, tag: str) -> bool:
    return tag in cell.metadata.get("tags", [])


def test_there_are_nine_notebooks():
    assert [path.stem for path in NOTEBOOKS] == NAMES


@each_notebook
def test_one_parameters_cell_of_commented_literals(path):
    cells = [cell for cell in read(path).cells if tagged(cell, "parameters")]
    lines = cells[0].source.splitlines()
    assert len(cells) == 1
    assert len(lines) <= 6
    assert all("#" in line and ":" in line for line in lines)
    first = {"6-audit": [], "7-outlook": [], "indicator": ["indicator"]}.get(path.stem, ["year"])
    assert list(run.read_parameters(path)) == [*first, "language", "region", "data"]


def code_of(path: Path) -> list[str]:
    """Sources of the code cells but the parameters."""
    return [cell.source for cell in read(path).cells if cell.cell_type == "code" and not tagged(cell, "parameters")]


@each_notebook
def test_a_notebook_begins_with_its_title_for_the_lab(path):
    notebook = read(path)
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.evaluation.view in ("chapter", "overview", "audit", "outlook", "indicator")
    assert tagged(notebook.cells[0], "lab")
    assert notebook.cells[0].source.startswith("# 指标 " if path.stem == "indicator" else f"# {path.stem[0]} ")


@each_notebook
def test_a_notebook_calls_and_does_not_define(path):
    for source in code_of(path):
        lines = source.splitlines()
        assert len(lines) <= 5, source
        assert all(len(line) <= 100 for line in lines), source
        kinds = {type(node) for node in ast.walk(ast.parse(source))}
        assert kinds.isdisjoint(DEFINITIONS), source


@each_notebook
def test_one_cell_sets_up_and_every_other_ends_with_what_it_shows(path):
    setup, *others = code_of(path)
    assert re.fullmatch(rf'from helpers.views import (\w+)\n\n[coai] = \1.open\("{path.stem}", globals\(\)\)', setup)
    for source in others:
        *selections, shown = ast.parse(source).body
        assert isinstance(shown, ast.Expr), source
        assert all(isinstance(statement, ast.Assign) for statement in selections), source


@each_notebook
def test_ids_of_cells_are_words(path):
    ids = [cell.id for cell in read(path).cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(-\w+)*", name) for name in ids)


@each_notebook
def test_prose_is_paired_and_holds_no_typed_number(path):
    prose = [cell for cell in read(path).cells if cell.cell_type == "markdown" and not tagged(cell, "lab")]
    for zh, en in zip(prose[::2], prose[1::2], strict=True):
        assert tagged(zh, "zh")
        assert tagged(en, "en")
        for cell in (zh, en):
            heading, *body = cell.source.split("\n")
            assert heading.startswith("## ")
            assert not re.search(r"\d", "".join(body)), cell.source


@each_notebook
def test_prose_asks_questions_in_both_languages(path):
    prose = [cell for cell in read(path).cells if cell.cell_type == "markdown" and not tagged(cell, "lab")]
    for cell in prose[:-2] if path.stem[0] in "12345" else prose:  # a chapter ends with the places in the report
        assert ("？" if tagged(cell, "zh") else "?") in cell.source, cell.source


@each_numbered
def test_a_notebook_selects_with_pandas_and_reads_what_it_selects(path):
    source = "\n".join(code_of(path))
    assert source.count(".query(") >= 2
    assert source.count(".read(") >= 2


def sections_of(path: Path) -> dict[str, list[str]]:
    """Sources of the code cells beneath each numbered heading in English."""
    sections, number = {}, ""
    for cell in read(path).cells:
        if tagged(cell, "en"):
            number = (re.findall(r"^## (\d\.\d) ", cell.source) or [""])[0]
        elif cell.cell_type == "code" and number:
            sections.setdefault(number, []).append(cell.source)
    return sections


@each_chapter
def test_each_section_stands_in_order_under_its_own_title(path, package):
    sections = package.sections[package.sections["chapter"] == int(path.stem[0])]
    headings = [cell.source.split("\n")[0] for cell in read(path).cells if cell.cell_type == "markdown"]
    for language in ("zh", "en"):
        titles = [f"## {key} {row[f'title_{language}']}" for key, row in sections.iterrows()]
        assert [heading for heading in headings if heading in titles] == titles
    assert [*sections_of(path)] == [*sections.index]


@each_chapter
def test_each_section_selects_shows_reads_and_then_lists_the_rest(path):
    for number, sources in sections_of(path).items():
        *own, rest = sources
        assert rest == f'c.section("{number}")'
        assert any(re.search(r"^\w+ = c\.(\w+\.query|years)\(", source) for source in own), number
        assert any(
            re.search(r"^c\.(growth|shares|counts|ranks|parts|earlier|series|table)\(\w", source, re.M)
            for source in own
        ), number
        assert own[-1].splitlines()[-1].startswith("c.read("), number


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_committed_outputs_can_be_trusted(path):
    assert references.list_problems(path) == []


def test_every_run_has_committed_outputs(all_runs):
    held = {path.stem for path in paths.REFERENCES.glob("*.ipynb")}
    runs = [run for run in all_runs if not run.indicator]
    indicators = {name for name in held if name.startswith("indicator_")}  # one stands for all of them
    assert held - indicators == {run.name for run in runs if run.given}
    assert len(indicators) == 1
    assert {run.notebook for run in runs if not run.given} | {"indicator"} == set(NAMES)


def test_references_are_small():
    assert sum(path.stat().st_size for path in COMMITTED) < len(COMMITTED) * 2**18


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
    assert f"6-audit.ipynb: {problem}" in references.list_problems(path)


def test_a_reference_whose_code_has_changed_is_noticed(tmp_path, monkeypatch):
    folder = tmp_path / "references"
    folder.mkdir()
    monkeypatch.setattr(paths, "REFERENCES", folder)
    source = COMMITTED[-1]
    notebook = read(source)
    notebook.cells[-1].source += "  # changed"
    nbformat.write(notebook, folder / source.name)
    assert "run `make references`" in references.list_problems(folder / source.name)[0]


def nbval(notebook: Path) -> str:
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider", str(notebook)]
    return subprocess.run(command, capture_output=True, text=True, cwd=notebook.parent, check=False).stdout


@pytest.mark.kernel
def test_one_figure_changed_by_one_unit_fails_in_its_section(tmp_path):
    """The committed outputs of a chapter, compared with the same package and with one in which 98 products are 99."""
    folder = shutil.copytree(paths.ROOT / "data", tmp_path / "data")
    notebook = tmp_path / "1-innovation.ipynb"
    shutil.copy(paths.NOTEBOOKS / "1-innovation.ipynb", notebook)
    content = read(notebook)
    parameters = next(cell for cell in content.cells if tagged(cell, "parameters"))
    parameters.source = parameters.source.replace('data: str = ""', f"data: str = {str(folder)!r}")
    assert "sources()" in content.cells.pop().source  # it names the folder of the data
    nbformat.write(content, notebook)
    stdout = nbval(notebook)
    assert " passed" in stdout
    assert " failed" not in stdout
    rows = (folder / "figures.csv").read_text(encoding="utf-8")
    assert "98,项,exact,98项" in rows
    (folder / "figures.csv").write_text(rows.replace("98,项,exact,98项", "99,项,exact,99项", 1), encoding="utf-8")
    stdout = nbval(notebook)
    failed = set(re.findall(r"FAILED \S+::Cell (\d+)", stdout))
    code = [cell.source for cell in content.cells if cell.cell_type == "code"]
    sources = {code[int(number)] for number in failed}
    assert 'c.section("1.1")' in sources
    assert 'c.section("1.2")' not in sources
