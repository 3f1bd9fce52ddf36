"""Names that plain papermill sets: only names, told in a sentence before a kernel starts, and looked at again in the notebook."""

import re
import subprocess
import sys

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell

from helpers import paths
from helpers.kernels.translator import CheckingTranslator, ParameterError

NOTEBOOK = paths.NOTEBOOKS / "7-outlook.ipynb"
NO_NAME = "the parameter {!r} is no name; expected one such as year."
NEEDED = "the parameter {!r} would replace what Python itself needs; rename it."


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("a.b", NO_NAME), ("a[0]", NO_NAME), ("class", NO_NAME), ("a b", NO_NAME), ('open("x", "w");year', NO_NAME),
        ("year = 1\nprint", NO_NAME), ("In", NEEDED), ("globals", NEEDED), ("get_ipython", NEEDED), ("__builtins__", NEEDED),
    ],
)  # fmt: skip
def test_what_is_no_name_of_a_parameter_is_refused(name, sentence):
    with pytest.raises(ParameterError, match=f"^{re.escape(sentence.format(name))}$"):
        CheckingTranslator.codify({name: 2018})


def test_the_command_papermill_refuses_it_in_a_sentence(tmp_path):
    name = 'open("x", "w");year'
    command = [sys.executable, "-m", "papermill", str(NOTEBOOK), "out.ipynb", "-p", name, "2018"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == f"Error: {NO_NAME.format(name)}"
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_papermill_refuses_it_for_a_program_too(tmp_path):
    with pytest.raises(ParameterError, match=r"^the parameter 'a\.b' is no name; expected one such as year\.$"):
        papermill.execute_notebook(NOTEBOOK, tmp_path / "out.ipynb", {"a.b": 1})


def nest(depth: int) -> list:
    return [nest(depth - 1)] if depth else []


@pytest.mark.parametrize("value", ["\ud800", {1}, b"2018", [{"a": {2018}}], nest(300), object()])
def test_a_value_that_no_notebook_can_hold_is_refused(value):
    sentence = (
        "the parameter 'year' has a value that no notebook can hold; expected a number, a text, or a list of them."
    )
    with pytest.raises(ParameterError, match=re.escape(sentence)):
        CheckingTranslator.codify({"year": value})


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("In = 1", "unknown parameter 'In'; the notebook 7-outlook takes language, region, data."),
        ("year = open", "the cell '# Parameters' does more than set a name to a value ('year = open'); expected"),
    ],
)
def test_a_notebook_looks_at_what_was_inserted_before_any_work(cell, sentence, tmp_path, kernel_servers):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    at = next(n for n, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", []))
    notebook.cells.insert(at + 1, new_code_cell(f"# Parameters\n{cell}\n"))
    with pytest.raises(papermill.PapermillExecutionError) as caught:
        papermill.execute_notebook(notebook, None, engine_name="fork", progress_bar=False)
    assert caught.value.ename == "ParameterError"
    assert caught.value.evalue.startswith(sentence)
