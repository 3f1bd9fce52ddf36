"""Generic notebooks for a plan that brings none: the overview, one for each chapter, the audit, the outlook, indicators.

They are the project's own notebooks without what is said of its plan alone: cells tagged `plan`, and the sections of a
chapter. A chapter's sections come from `sections.csv`, each as its heading, its introduction, and everything that the package
holds for it.
"""

import getpass
import html
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.files import is_own_folder, write_whole
from helpers.package.files import read
from helpers.package.notebooks import INDICATOR, name_notebooks
from helpers.package.tables import Tables
from helpers.runs.source import read_notebook

OF_PLAN = "plan"  # tag of a cell that says something of the project's own plan
SECTION = "s-"  # begins the id of a section's cell
AFTER_SECTIONS = "places-zh"  # id of the first cell behind the sections
PARAMETERS = """\
indicator: str = {indicator}  # key of indicators.csv / 指标短名
year: int = {year}  # year evaluated / 评估年份
language: str = "zh"  # zh or en / 语言
region: str = ""  # code from regions.csv; empty for the plan's own / 地区代码，空为计划所在地区
data: str = {data}  # folder of the data package / 数据包的文件夹\
"""
TITLE = """\
# {title}

在下一格改参数，然后运行全部单元格。Set the parameters in the next cell, then run all cells.\
"""


def lay_out(package: Tables) -> Path:
    """Folder with the generic notebooks of a package, which the next batch finds again; a temporary one as a last resort."""
    files = make_notebooks(package)
    digest = sha256("\0".join([part for item in files.items() for part in item]).encode()).hexdigest()[:32]
    for place in _list_places():
        folder = place / "notebooks" / digest
        try:
            for name, content in files.items():
                if not (folder / name).is_file():
                    write_whole(folder / name, content.encode())
            return folder
        except OSError:
            continue
    raise OSError(f"{folder}: no notebook can be written here")


def _list_places() -> Iterator[Path]:
    """Folders for notes, the best first. In one that is shared, only a real folder of this user is believed."""
    yield paths.cache()
    shared = Path(tempfile.gettempdir(), f"evaluate-notes-{getattr(os, 'getuid', getpass.getuser)()}")
    with suppress(OSError):
        shared.mkdir(mode=0o700)
    if is_own_folder(shared):
        yield shared
    yield Path(tempfile.mkdtemp(prefix="evaluate-notes-"))


def make_notebooks(package: Tables, data: str = "") -> dict[str, str]:
    """The generic notebooks of a package as text, by their files; data: the folder that they name as their default."""
    own = read(paths.data() / "chapters.csv")
    models: dict[str, str] = {}  # the project's own notebook of each view, the first chapter for all of them
    for name, kind in name_notebooks(zip(map(int, own["chapter"]), own["notebook"], strict=True)).items():
        models.setdefault(kind, name)
    chapters = {name: number for number, name in package.chapters["notebook"].items()}
    files = {}
    for name, kind in name_notebooks(package.chapters["notebook"].items()).items():
        notebook = read_notebook(paths.NOTEBOOKS / f"{models[kind]}.ipynb")
        cells = [*_adapt(package, notebook["cells"], models[kind], name, data)]
        if kind == "chapter":
            at = next(n for n, cell in enumerate(cells) if cell["id"] == AFTER_SECTIONS)
            cells[at:at] = _make_sections(package.sections, chapters[name])
        files[f"{name}.ipynb"] = json.dumps(notebook | {"cells": cells}, ensure_ascii=False, indent=1) + "\n"
    return files


def _adapt(package: Tables, cells: list[dict], model: str, name: str, data: str) -> Iterator[dict]:
    """Cells of one of our notebooks for another plan, without their outputs."""
    number = "" if name == INDICATOR else int(name.partition("-")[0])
    chapters = {name: n for n, name in package.chapters["notebook"].items()}
    labels = package.labels.to_dict("index")
    for cell in cells:
        tags, source = cell["metadata"].get("tags", []), cell["source"]
        if OF_PLAN in tags or cell["id"].startswith(SECTION):
            continue
        if cell["id"] == "title":
            title = package.chapters.loc[chapters[name]] if name in chapters else None
            spoken = labels.get(f"notebook.{name.partition('-')[2] or name}", {"zh": name, "en": name})
            if title is not None and number:
                spoken = {"zh": title["title_zh"], "en": title["title_en"]}
            words = f"{_escape(spoken['zh'])} · {_escape(spoken['en'])}"
            source = TITLE.format(title=f"{number} {words}".strip())
        elif "parameters" in tags:
            given = {"year": package.main_year, "data": json.dumps(data, ensure_ascii=False)}
            lines = PARAMETERS.format(indicator=json.dumps(_choose_indicator(package)), **given).splitlines(True)
            source = "".join(line for line in lines if re.search(rf"^{line.partition(':')[0]}\b", source, re.MULTILINE))
        else:
            own_number = model.partition("-")[0]
            source = source.replace(f'"{model}"', f'"{name}"').replace(
                f"chapter == {own_number}", f"chapter == {number}"
            )
        code = {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}
        yield cell | {"source": source} | code


def _choose_indicator(package: Tables) -> str:
    """The indicator that a notebook shows unless it is given another: the first headline indicator, or the first of all."""
    order = package.indicators["headline"].sort_values(kind="stable", na_position="last").index
    return order[0] if len(order) else ""


def _make_sections(sections: pd.DataFrame, chapter: int) -> list[dict]:
    """Cells of a chapter's sections: heading and introduction in both languages, and what the package holds."""
    cells = []
    for key, section in sections[sections["chapter"] == chapter].iterrows():
        name = f"{SECTION}{key.replace('.', '-')}"
        for language in ("zh", "en"):
            parts = [f"## {key} {_escape(section[f'title_{language}'])}", _escape(section[f"text_{language}"])]
            prose = "\n\n".join(part for part in parts if part)
            cells.append(_make_cell(f"{name}-{language}", "markdown", prose, [language]))
        cells.append(_make_cell(f"{name}-all", "code", f'c.section("{key}")'))
    return cells


def _make_cell(name: str, kind: str, source: str, tags: list[str] | None = None) -> dict:
    code = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "id": name, "metadata": {"tags": tags} if tags else {}, "source": source} | code


def _escape(text: str) -> str:
    """A text of the data as Markdown that shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]#|~$])", r"\\\1", html.escape(text, quote=False))
