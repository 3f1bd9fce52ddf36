"""Names of a plan's notebooks: the overview, one for each chapter, the audit, the outlook, and one for all indicators."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from helpers import paths
from helpers.package import schema
from helpers.package.problem import Problem

FOLDER = "notebooks"  # of a package that brings its own
INDICATOR = "indicator"  # the notebook that makes a page for each indicator; a package of its own may do without
PLAN_NAMES = ("title_zh", "title_en")  # by which two versions of a package know that they describe one plan


def name_notebooks(chapters: Iterable[tuple[int, str]]) -> dict[str, str]:
    """The view that each notebook of a plan shows, by name and in order.

    chapters: number and notebook of each row of `chapters.csv`; chapter 0 is the overview
    """
    held = dict(sorted(chapters))
    overview, last = held.pop(0, "0-overview"), max(held, default=0)
    names = {overview: "overview"} | dict.fromkeys(held.values(), "chapter")
    return names | {f"{last + 1}-audit": "audit", f"{last + 2}-outlook": "outlook", INDICATOR: "indicator"}


def locate_own(folder: Path) -> Path | None:
    """Folder of the notebooks that were written for a package; None where generic ones have to serve.

    A package may hold a folder `notebooks`. The project's own notebooks serve for its own package, and for every other
    version of it: a package whose plan has the same titles.
    """
    if folder.resolve() == paths.data().resolve():
        return paths.NOTEBOOKS
    if (folder / FOLDER).is_dir():
        return folder / FOLDER
    ours, plan = (schema.read(path)["plan"] for path in (paths.data(), folder))
    return paths.NOTEBOOKS if all(plan[name] == ours[name] for name in PLAN_NAMES) else None


def check(folder: Path, frames, tables: dict[str, str]) -> Iterator[Problem]:
    """Every chapter has a notebook, no two have the same, and each shows the sections that hold anything.

    frames: tables as text; tables: file of each
    """
    chapters = frames["chapters"]
    for row, name in chapters.loc[chapters["notebook"].duplicated(), "notebook"].items():
        what = f"{name!r} is the notebook of an earlier chapter too; every chapter needs its own"
        yield Problem(tables["chapters"], row, "notebook", what)
    written = locate_own(folder)
    if written is None:
        return
    rows = dict(zip(chapters["notebook"], chapters.index, strict=True))
    names = name_notebooks(zip(map(int, chapters["chapter"]), chapters["notebook"], strict=True))
    for name in names:
        if name != INDICATOR and not (written / f"{name}.ipynb").is_file():
            what = f"{written}/ has no {name}.ipynb; write it, or remove the folder and use generic notebooks"
            yield Problem(tables["chapters"], rows.get(name, 0), "notebook", what)
    yield from _check_sections(written, frames, tables)


ANY_SECTION = r"\.sections\b|\.section\((?![\"'])"  # code that goes through sections without naming them


def _check_sections(written: Path, frames, tables: dict[str, str]) -> Iterator[Problem]:
    """Every section that holds anything is named in the code of its chapter's notebook, or the notebook goes through all."""
    if not {"sections", "indicators", "figures", "external", "platforms"} <= frames.keys():
        return
    indicators = frames["indicators"]
    named = {*frames["figures"]["indicator"], *frames["external"]["indicator"]}
    held = {*indicators.loc[indicators["indicator"].isin(named), "section"], *frames["platforms"]["section"]}
    names = dict(zip(frames["chapters"]["chapter"], frames["chapters"]["notebook"], strict=True))
    codes = {name: _read_code(written / f"{name}.ipynb") for name in names.values()}
    for line in frames["sections"].itertuples():
        code = codes.get(names.get(line.chapter, ""), "")
        pattern = rf"[\"']{re.escape(line.section)}[\"']|{ANY_SECTION}"
        if line.section in held and code and not re.search(pattern, code):
            place = written / f"{names[line.chapter]}.ipynb"
            what = f'{place} does not show section {line.section}; add a cell c.section("{line.section}"), '
            yield Problem(tables["sections"], line.Index, "section", what + "or remove the folder")


def _read_code(path: Path) -> str:
    """The code of a notebook; nothing of one that cannot be read, which whoever executes it is told."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        return "\n".join("".join(source) for source in sources)
    except (OSError, ValueError, LookupError, TypeError):
        return ""
