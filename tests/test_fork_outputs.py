"""The engine `fork` gives awkward notebooks the outputs, errors and files that a real kernel gives them.

The notebooks are in tests/awkward/. A line `# =====` begins a notebook, a line `# %%` a cell; it may name the type of the cell,
or its tag. What differs between two runs with a real kernel is not in them.
"""

import re
import shutil
from pathlib import Path

import nbformat
import papermill
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from warm import PATIENCE, WARM

from helpers.batch import execute
from helpers.kernels import forked

pytestmark = [pytest.mark.kernel, pytest.mark.usefixtures("kernel_servers")]

ENGINE, KERNEL = "fork", "python3"
PARAMETERS = {
    "has parameters": {"year": 2018, "name": "汉'\"\\\n", "values": [1.5, None, {"a": True}], "unknown": 1},
    "has no cell for its parameters": {"year": 2018, "name": ""},
}
# Compared with an ordinary kernel, which gives what a warm one gives and starts later; the others with a warm one.
ORDINARY = (
    "prints with pauses longer than a stream waits", "has subprocesses that write", "draws several figures",
    "has values whose representations fail", "has a thread that goes on after its cell", "looks at its surroundings",
)  # fmt: skip
VARYING = re.compile(  # processes in the path of a cell's code and in warnings; addresses
    r"(?<=ipykernel_)\d+|(?<=pid=)\d+|\b0x[0-9a-f]{8,}"
)


def read_notebooks() -> dict[str, NotebookNode]:
    """Each notebook by its name."""
    notebooks = {}
    for path in sorted(Path(__file__).with_name("awkward").iterdir()):
        _, *texts = re.split(r"^# ===== (.*)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        notebooks |= dict(zip(texts[::2], map(make_notebook, texts[1::2]), strict=True))
    return notebooks


def make_notebook(text: str) -> NotebookNode:
    """A notebook with the cells of a text."""
    if text and not text.startswith("# %%"):
        text = "# %%\n" + text
    _, *parts = re.split(r"^# %% ?(.*)\n", text, flags=re.MULTILINE)
    cells = []
    for kind, source in zip(parts[::2], parts[1::2], strict=True):
        make = {"markdown": new_markdown_cell, "raw": new_raw_cell}.get(kind, new_code_cell)
        metadata = {"tags": [kind]} if kind and make is new_code_cell else {}
        cells.append(make(source.removesuffix("\n"), id=f"cell-{len(cells)}", metadata=metadata))
    kernelspec = {"name": KERNEL, "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernelspec})


NOTEBOOKS = read_notebooks()
SERVED = [*NOTEBOOKS][
    ::3
]  # executed from the server, too; its shells differ from those of a template in how they begin alone


def join_pieces(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs with no stream divided.

    A kernel divides it by chance: 0.2 s after a cell has printed something, it sends whatever was printed by then.
    """
    joined = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if "name" in output and last.get("name") == output.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Execute a notebook in an empty folder, always the same; returns everything that comes of it."""
    folder, out = tmp_path / "folder", tmp_path / "out.ipynb"

    def execute_notebook(name: str, **options) -> dict[str, object]:
        # Set anew for each phase of a test; with it, ipykernel does not forward what is written to descriptors.
        monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)
        folder.mkdir()
        error = None
        try:
            papermill.execute_notebook(
                NOTEBOOKS[name], out, PARAMETERS.get(name), cwd=folder, progress_bar=False, **options
            )
        except Exception as raised:
            error = [type(raised).__name__, execute.find_last_line(str(raised))]
        files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        shutil.rmtree(folder)
        notebook = nbformat.read(out, as_version=4)
        out.unlink()
        states = [cell.metadata.get("papermill", {}) for cell in notebook.cells]
        for number, cell in enumerate(notebook.cells):
            if "papermill-error-cell-tag" in cell.metadata.get("tags", []):
                cell.id = f"error-{number}"
            if cell.cell_type == "code":
                cell.outputs = join_pieces(cell.outputs)
        return {
            "error": error,
            "states": [(state.get("status"), state.get("exception")) for state in states],
            "widgets": notebook.metadata.get("widgets"),
            "files": files,
            "notebook": VARYING.sub("…", nbformat.writes(execute.clean(notebook))).splitlines(),
        }

    yield execute_notebook
    forked.close_template()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_engine_gives_what_a_kernel_gives_to_a_notebook_that(run, name):
    reference = "python3" if name in ORDINARY else WARM
    expected = run(name, kernel_name=reference, iopub_timeout=PATIENCE)
    for from_template in (True, False) if name in SERVED else (True,):
        actual = run(name, kernel_name=KERNEL, engine_name=ENGINE, from_template=from_template)
        for part, value in expected.items():
            assert actual[part] == value, (part, from_template)
