"""The project's own data package as far as the mid-term report goes: without the figures of later years.

What the report printed does not change when a year is added, so tests that quote its figures, sentences and counts read this part.
"""

import csv
import shutil
from pathlib import Path

import content

from helpers import paths
from helpers.numbers import period
from helpers.package import tables

DATA = paths.ROOT / "data"


def is_printed(when: str) -> bool:
    """Is a period (a cell of `figures.csv`) one of the report? Undated figures are."""
    return not when or period.parse(when).last[0] <= content.REPORT_LAST_YEAR


def load() -> tables.Tables:
    """The package in memory, without figures of later years and without documents that only these name."""
    whole = tables.load()
    figures, platforms = whole.raw["figures"], whole.raw["platforms"]
    figures = figures[figures["period"].map(is_printed)]
    sources = whole.raw["sources"]
    sources = sources[sources["document"].isin({*figures["document"], *platforms["document"]})]
    return tables.of(whole.folder, whole.plan, whole.raw | {"figures": figures, "sources": sources})


def copy(folder: Path) -> Path:
    """A copy of the package in a new folder, without the same rows as in `load`; all other rows are byte for byte as they are."""
    shutil.copytree(DATA, folder)
    figures = _keep(folder / "figures.csv", lambda row: is_printed(row["period"]))
    with (folder / "platforms.csv").open(encoding="utf-8", newline="") as handle:
        named = {row["document"] for row in [*csv.DictReader(handle), *figures]}
    _keep(folder / "sources.csv", lambda row: row["document"] in named)
    return folder


def _keep(path: Path, wanted) -> list[dict[str, str]]:
    """Take rows that are not wanted out of a CSV file of one line a row; returns the others."""
    header, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    rows = [*csv.DictReader([header, *lines])]
    assert len(rows) == len(lines), f"a cell of {path.name} has more than one line"
    kept = [(line, row) for line, row in zip(lines, rows, strict=True) if wanted(row)]
    path.write_text("".join([header, *(line for line, _ in kept)]), encoding="utf-8", newline="\n")
    return [row for _, row in kept]
