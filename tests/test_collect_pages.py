"""The workbook that a page offers can be imported again: it changes nothing, and a change in it is a conflict."""

import json
from pathlib import Path

import openpyxl
import pytest

from helpers import paths
from helpers.collect import importing
from helpers.language.formatter import Formatter
from helpers.package import tables
from helpers.pages import downloads, workbook
from helpers.runs import outputs

pytestmark = pytest.mark.whole

WORDS = {key: key for key in ("csv", "xlsx", "contents", "table", "section", "rows", "notes")}
FACTS = {"title": "a page", "plan": "a plan", "banner": "", "headline": "", "lead": "", "words": WORDS}
NOTEBOOKS = {path.stem: path for folder in (paths.NOTEBOOKS, paths.REFERENCES) for path in folder.glob("*.ipynb")}
CHAPTERS = [name for name in NOTEBOOKS if name[0] in "12345"]
WITH_FIGURES = [name for name in CHAPTERS if '"figures-' in NOTEBOOKS[name].read_text(encoding="utf-8")]


def make_book(notebook: Path, file: Path) -> Path:
    """The workbook of a page, from an executed notebook."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    shown = [table for cell in cells for output in cell.get("outputs", []) for table in outputs.tables_of(output)]
    file.write_bytes(workbook.make_workbook(downloads.list_exports(shown, "", "run"), [], FACTS))
    return file


def test_most_pages_of_chapters_have_figures():
    assert len(WITH_FIGURES) > len(CHAPTERS) / 2


@pytest.mark.parametrize("name", WITH_FIGURES)
def test_the_workbook_of_a_page_changes_nothing(name, tmp_path):
    work = importing.prepare([str(make_book(NOTEBOOKS[name], tmp_path / "page.xlsx"))], str(paths.data()))
    assert work.judgement.same > 0
    assert work.is_complete
    assert work.judgement.figures == []
    assert work.describe_changes("zh") == []
    assert work.notes == ["page.xlsx: from a page; its figures are compared, its computed tables are not read"]


def test_a_number_that_was_changed_in_it_is_a_conflict(tmp_path):
    path = make_book(NOTEBOOKS["2-integration"], tmp_path / "page.xlsx")
    book = openpyxl.load_workbook(path)
    changed = [
        cell for sheet in book for row in sheet.iter_rows() for cell in row if row[0].value == "T.3-actual" and cell.value == 21.6
    ]  # fmt: skip
    for cell in changed:
        cell.value = 22.6
    book.save(path)
    work = importing.prepare([str(path)], str(paths.data()))
    assert len(changed) > 0
    assert len(work.judgement.conflicts) == len(changed)
    assert "T.3-actual: 22.6万元/人 (page.xlsx!" in work.judgement.conflicts[0]
    assert "but figures.csv has 21.6 (T.3); it is not written" in work.judgement.conflicts[0]


def test_the_csv_of_a_table_changes_nothing(tmp_path):
    cells = json.loads(NOTEBOOKS["2-integration"].read_text(encoding="utf-8"))["cells"]
    shown = [table for cell in cells for output in cell.get("outputs", []) for table in outputs.tables_of(output)]
    (table,) = [table for table in shown if table.name == "figures-2.3"]
    path = tmp_path / "figures.csv"
    path.write_text(downloads.write_csv(table), encoding="utf-8-sig", newline="")
    work = importing.prepare([str(path)], str(paths.data()))
    assert work.is_complete
    assert (work.judgement.figures, work.judgement.same + work.judgement.skipped) == ([], len(table.rows))
    assert work.notes == [f"{path}: read as UTF-8 with BOM, separated by ,"]


def test_a_cell_is_named_as_the_place_of_a_figure(copy, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Sheet1"
    for row in (["指标", "单位", 2016], ["高新技术企业", "家", 2900]):
        book.active.append(row)
    book.save(tmp_path / "book.xlsx")
    importing.prepare([str(tmp_path / "book.xlsx")], str(copy)).write()
    package = tables.load(copy)
    figure = package.figures.loc["high-tech-enterprises-2016"]
    assert "book.xlsx!Sheet1!C2" in Formatter(package, "en").format_locator(figure)
