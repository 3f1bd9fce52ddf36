"""Notebooks as files: code and prose of a source, and what an executed one says of itself. Nothing heavy is imported."""

import json
from functools import lru_cache
from itertools import count
from pathlib import Path

from helpers.display.html import PAGE_FORM, PAGE_MIME
from helpers.errors import UserError
from helpers.runs import outputs
from helpers.runs.forms import CELL, FACTS, METADATA, has_form

INJECTED = "injected-parameters"  # tag of the cell that papermill inserts
MINOR_WITH_IDS = 5  # of nbformat 4
PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def read_notebook(notebook: Path) -> dict:
    """A source, each cell's text in one piece. Raises UserError for a file that is no notebook."""
    stat = notebook.stat() if notebook.is_file() else None
    return _read(notebook, stat and (stat.st_mtime_ns, stat.st_size))


def read_cells(notebook: Path) -> list[dict]:
    """Cells of a source. Raises UserError for a file that is no notebook."""
    return read_notebook(notebook)["cells"]


def read_without_outputs(notebook: Path) -> str:
    """Text of a source without its outputs; it says that it is in Python, and each cell has an id of its own."""
    whole = read_notebook(notebook)
    emptied = [cell | ({"outputs": [], "execution_count": None} if is_code(cell) else {}) for cell in whole["cells"]]
    if whole["nbformat_minor"] >= MINOR_WITH_IDS:
        _name_cells(emptied)
    return json.dumps(whole | {"cells": emptied, "metadata": PYTHON | whole["metadata"]}, ensure_ascii=False)


def _name_cells(cells: list[dict]) -> None:
    """Give a cell without an id, or with that of an earlier one, an id."""
    taken = set()
    for number, cell in enumerate(cells):
        if not isinstance(cell.get("id"), str) or cell["id"] in taken:
            cell["id"] = next(name for n in count(number) if (name := f"cell-{n}") not in taken)
        taken.add(cell["id"])


@lru_cache(maxsize=64)
def _read(notebook: Path, stamp: tuple) -> dict:
    try:
        whole = json.loads(notebook.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{notebook}: not a notebook ({error})") from None
    if wrong := _judge(whole):
        raise UserError(f"{notebook}: {wrong}; open it in JupyterLab and save it.")
    return whole | {"cells": [cell | {"source": "".join(cell["source"])} for cell in whole["cells"]]}


def _judge(whole: object) -> str:
    """What is wrong with the content of a file that should be a notebook in Python; nothing where it is good."""
    if not isinstance(whole, dict) or not isinstance(whole.get("cells"), list):
        return "not a notebook (it has no list of cells)"
    if whole.get("nbformat") != 4 or not has_form(whole.get("nbformat_minor"), int):
        return f"a notebook of the form {whole.get('nbformat')}.{whole.get('nbformat_minor')}, expected 4.5"
    if not has_form(whole.get("metadata"), METADATA):
        return "the metadata of this notebook do not have the form of Jupyter's"
    kinds = whole["metadata"].get("kernelspec", {}), whole["metadata"].get("language_info", {})
    language = kinds[0].get("language") or kinds[1].get("name") or "python"
    if language.lower() != "python":
        return f"a notebook in the language {language!r}, expected Python"
    wrong = next((n for n, cell in enumerate(whole["cells"], 1) if not has_form(cell, CELL)), 0)
    if wrong:
        entries = "cell_type, source, metadata, tags, attachments"
        return f"its cell {wrong} does not have the form of Jupyter's ({entries})"
    for part, name in (
        (whole["metadata"], "metadata"),
        *((cell, f"cell {n}") for n, cell in enumerate(whole["cells"], 1)),
    ):
        if sign := _find_half_character({key: value for key, value in part.items() if key != "outputs"}):
            return f"its {name} holds {sign!r}, half of a character, which no file can hold"
    return ""


def _find_half_character(value: object) -> str:
    """The first surrogate of a value of JSON, which an escape in the file can stand for."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        return error.object[error.start]
    return ""


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

    standing: what is said of one that has no such cell, or whose facts do not have their form. None for a notebook that has
    no page, and without `standing` for one that was executed with another version of the project and has to be run again.
    """
    cells = json.loads(executed)["cells"]
    shown = (output.get("data", {}).get(PAGE_MIME) for cell in cells for output in cell.get("outputs", []))
    facts = next((facts for facts in shown if has_form(facts, FACTS) and facts["form"] == PAGE_FORM), standing)
    if facts is None or facts["form"] != PAGE_FORM:
        return None
    entries = outputs.entries(cells, facts["language"][:2], facts.get("brief", False))
    return facts | {"entries": outputs.pack(entries)}
