"""Committed outputs: the notebooks themselves for their default parameters, a small reference for every other run.

nbval executes them again and compares every output. A reference holds code and outputs only; prose is not compared.
"""

from pathlib import Path

import nbformat

from helpers import paths
from helpers.batch.destination import Folder
from helpers.batch.freshness import locate_notebook
from helpers.runs.run import Run


def renew(runs: list[Run], out: Path) -> str:
    """Replace all committed outputs by those of a finished batch in `out`; says how many changed."""
    kept, changed = set(), 0
    for run in runs:
        notebook = nbformat.read(out / locate_notebook(run), as_version=4)
        if run.given:
            notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
            name = f"{run.notebook}_{run.file}" if run.indicator else run.name
            target = paths.REFERENCES / f"{name}.ipynb"
            kept.add(target)
        else:
            target = paths.NOTEBOOKS / f"{run.notebook}.ipynb"
        content = nbformat.writes(notebook) + "\n"
        if not target.is_file() or target.read_text(encoding="utf-8") != content:
            Folder(target.parent).put(target.name, content)
            changed += 1
    stale = set(paths.REFERENCES.glob("*.ipynb")) - kept
    for path in stale:
        path.unlink()
    return (
        f"{changed} of {len(runs)} committed outputs changed, {len(stale)} removed; read the difference with git diff"
    )


def list_problems(path: Path) -> list[str]:
    """Why the outputs of a committed notebook cannot be trusted; nbval alone passes a notebook that never ran."""
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    problems = []
    for number, cell in enumerate(code, 1):
        if cell.execution_count is None:
            problems.append(f"{path.name}: code cell {number} was never run")
        elif cell.execution_count != number:
            problems.append(f"{path.name}: code cell {number} was run as number {cell.execution_count}, out of order")
        if any(output.output_type == "error" for output in cell.outputs):
            problems.append(f"{path.name}: code cell {number} shows an error")
    if code and not any(cell.outputs for cell in code):
        problems.append(f"{path.name}: no cell has an output")
    if path.parent == paths.REFERENCES:
        source = paths.NOTEBOOKS / f"{path.stem.split('_')[0]}.ipynb"
        wanted = [cell.source for cell in nbformat.read(source, as_version=4).cells if cell.cell_type == "code"]
        held = [cell.source for cell in code if "injected-parameters" not in cell.metadata.get("tags", [])]
        if held != wanted:
            problems.append(f"{path.name}: its code differs from {source.name}; run `make references`")
    return problems
