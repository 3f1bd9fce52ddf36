"""Notebooks as files: code and prose of a source, and what an executed one says of itself. Nothing heavy is imported."""

import json
from functools import lru_cache
from pathlib import Path

from helpers.display.html import PAGE_FORM, PAGE_MIME
from helpers.errors import UserError
from helpers.runs import outputs

INJECTED = "injected-parameters"  # tag of the cell that papermill inserts


def read_notebook(notebook: Path) -> dict:
    """A source, each cell's text in one piece. Raises UserError for a file that is no notebook."""
    stat = notebook.stat() if notebook.is_file() else None
    return _read(notebook, stat and (stat.st_mtime_ns, stat.st_size))


def read_cells(notebook: Path) -> list[dict]:
    """Cells of a source. Raises UserError for a file that is no notebook."""
    return read_notebook(notebook)["cells"]


def read_without_outputs(notebook: Path) -> str:
    """Text of a source without its outputs."""
    whole = read_notebook(notebook)
    emptied = [cell | ({"outputs": [], "execution_count": None} if is_code(cell) else {}) for cell in whole["cells"]]
    return json.dumps(whole | {"cells": emptied}, ensure_ascii=False)


@lru_cache(maxsize=64)
def _read(notebook: Path, stamp: tuple) -> dict:
    try:
        whole = json.loads(notebook.read_text(encoding="utf-8"))
        return whole | {"cells": [cell | {"source": "".join(cell["source"])} for cell in whole["cells"]]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{notebook}: not a notebook ({error})") from None


def view_of(notebook: dict) -> str:
    """Kind of the view that a notebook reads, as its metadata name it; the whole package where they name none."""
    return notebook.get("metadata", {}).get("evaluation", {}).get("view", "whole")


def is_code(cell: dict) -> bool:
    return cell["cell_type"] == "code"


def list_tags(cell: dict) -> list[str]:
    return cell.get("metadata", {}).get("tags", [])


def select_code(cells: list[dict]) -> list[str]:
    """Sources of the code cells."""
    return [cell["source"] for cell in cells if is_code(cell)]


def select_prose(cells: list[dict]) -> list:
    """All cells but what code is in them: what a page shows of a source beside its outputs."""
    return [[cell["cell_type"], list_tags(cell), "" if is_code(cell) else cell["source"]] for cell in cells]


def replace_prose(executed: str, source: list[dict]) -> str:
    """An executed notebook with the prose of its source as it is now; as it was where their code differs."""
    whole = json.loads(executed)
    held = [cell | {"source": "".join(cell["source"])} for cell in whole["cells"] if is_code(cell)]
    given = [cell for cell in held if INJECTED in list_tags(cell)]
    ran = [cell for cell in held if INJECTED not in list_tags(cell)]
    if select_code(ran) != select_code(source):
        return executed
    merged, rest = [], iter(ran)
    for cell in source:
        merged.append(next(rest) | {"metadata": cell["metadata"]} if is_code(cell) else cell)
        if "parameters" in list_tags(cell):
            merged += given
    from helpers.runs import shims  # noqa: F401, I001
    from nbformat.v4 import reads, writes  # they take their time, and prose changes seldom

    return writes(reads(json.dumps(whole | {"cells": merged}))) + "\n"


def read_facts(executed: str, standing: dict | None = None) -> dict | None:
    """What an executed notebook says of itself, by the output of its opening cell, and its packed `entries` (see `outputs`).

    standing: what is said of one that has no such cell. None for a notebook that was executed with another version of the
    project and has to be run again.
    """
    cells = json.loads(executed)["cells"]
    shown = (output.get("data", {}).get(PAGE_MIME) for cell in cells for output in cell.get("outputs", []))
    facts = next((facts for facts in shown if facts is not None), standing)
    if facts is None or facts.get("form") != PAGE_FORM:
        return None
    entries = outputs.entries(cells, facts["language"][:2], facts.get("brief", False))
    return facts | {"entries": outputs.pack(entries)}
