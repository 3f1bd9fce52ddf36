"""Downloads of a page, read as at home: by pandas, and by openpyxl, which keeps formulas and formats."""

import base64
import csv
import io
import math
import re
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from openpyxl.utils import get_column_letter

from helpers.pages import downloads, workbook
from helpers.pages.downloads import Export
from helpers.runs.outputs import Field, Resource

WORDS = {key: key for key in ("csv", "xlsx", "contents", "table", "section", "rows", "notes")}


def given_by(page: BeautifulSoup, ending: str) -> dict[str, str]:
    """Addresses of the files that a page gives away, by their names."""
    links = page.find_all("a", download=re.compile(re.escape(ending) + "$"))
    return {link["download"]: link["href"] for link in links}


def csv_of(address: str) -> str:
    """Text of a CSV, which begins with a byte order mark so that Excel takes it for UTF-8."""
    head, _, body = address.partition(",")
    assert head == "data:text/csv;charset=utf-8"
    content = unquote(body).encode()
    assert content.startswith(b"\xef\xbb\xbf")
    return content.decode("utf-8-sig")


def workbook_of(address: str) -> openpyxl.Workbook:
    head, _, body = address.partition(",")
    assert head == f"data:{workbook.MEDIA};base64"
    return openpyxl.load_workbook(io.BytesIO(base64.b64decode(body)))


# --- one table -----------------------------------------------------------------------------------------------------


def table(*rows: dict, name: str = "t", title: str = "a title", notes=(), **units: str) -> Resource:
    """A table whose fields are named as their headings."""
    fields = tuple(Field(field, field, unit=units.get(field, "")) for field in rows[0]) if rows else ()
    return Resource(name, title, fields, [*rows], notes)


@pytest.mark.parametrize(
    ("text", "hostile"),
    [
        ("=1+1", True), ("+1", True), ("-1", True), ("@x", True), ("\tx", True), ("\rx", True), ("\nx", True),
        (" =1", True), ("\u200b=1", True), ("＝1", True), ("", False), ("a=1", False), ("2-1", False), ("'=1", False),
        ("—", False), ("−5", False),
    ],
)  # fmt: skip
def test_text_that_a_spreadsheet_would_take_for_a_formula_is_disarmed(text, hostile):
    assert downloads.is_hostile(text) is hostile
    assert downloads.disarm(text) == ("'" + text if hostile else text)


def test_a_csv_keeps_negative_numbers_and_names_the_banner():
    rows = [{"=name": "-a", "value": -5.0}, {"=name": "b,\n", "value": None}]
    written = list(csv.reader(io.StringIO(downloads.write_csv(table(*rows, value="%"), "made up"))))
    assert written == [["'=name", "value (%)", "made up"], ["'-a", "-5", ""], ["b,\n", "", ""]]


def test_a_table_without_rows_has_no_csv():
    tables = [table(), table({"name": "a"}, name=""), table({"name": "a"}, name="a b/c")]
    files = [export.file for export in downloads.list_exports(tables, "a section", "run", 4)]
    assert files == ["run_5.csv", "run_a-b-c.csv"]


def test_the_link_stands_beneath_a_table_and_with_the_data_of_a_picture():
    exports = downloads.list_exports([table({"name": "a"}, title="<a>")], "", "run")
    link = downloads.add_links("", exports, "CSV of", "")
    assert link.startswith(
        '<p class="get"><a download="run_t.csv" href="data:text/csv;charset=utf-8,%EF%BB%BFname%0D%0Aa'
    )
    assert 'aria-label="CSV of &lt;a&gt;"' in link
    shown = "<table></table><details>x</details>"
    assert downloads.add_links(shown, exports, "CSV of", "") == shown + link
    assert downloads.add_links(shown, [], "CSV of", "") == shown
    picture = [exports[0]._replace(resource=table({"name": "a"}, name="pic-t", title="<a>"))]
    shown = "<figure><svg/><details>data</details></figure>"
    assert downloads.add_links(shown, picture, "CSV of", "") == f"<figure><svg/><details>data{link}</details></figure>"


# --- a workbook ----------------------------------------------------------------------------------------------------

FACTS = {"title": "a title", "plan": "a plan", "headline": "a headline", "lead": "a lead", "banner": "", "words": WORDS}
LONG = table({"name": "x" * 40_000}, title="first: a/b")
SHORT = Resource(
    "1", "first: a/b", (Field("name", "name"), Field("value", "value", 2)),
    [{"name": "=1+1", "value": -3.5}, {"name": "网" * 20, "value": None}], ("in %", "a note"),
)  # fmt: skip
TABLES = [Export(SHORT, "2.3", ""), Export(LONG, "", "")]


def open_workbook(sources=(), **facts) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook.make_workbook(TABLES, sources, FACTS | facts)))


@pytest.fixture(scope="module")
def book() -> openpyxl.Workbook:
    return open_workbook([("Source", "a report")])


def test_a_workbook_begins_with_its_contents_and_has_a_sheet_for_each_table(book):
    assert book.sheetnames == ["contents", "1 first  a b", "2 first  a b"]
    cells = [[cell.value for cell in row] for row in book["contents"]]
    assert [row[0] for row in cells[:5]] == ["a title", "a plan", None, "a headline", "a lead"]
    assert cells[6:9] == [
        ["table", "section", "rows", "notes"],
        ["1 first: a/b", "2.3", 2, "in % a note"],
        ["2 first: a/b", None, 1, None],
    ]
    assert cells[-1] == ["Source", "a report", None, None]
    assert book["contents"]["A8"].hyperlink.location == "'1 first  a b'!A1"


def test_a_sheet_has_real_numbers_frozen_headings_and_widths_that_fit(book):
    sheet = book.worksheets[1]
    assert [sheet["A1"].value, sheet["A2"].value, sheet["A3"].value] == ["first: a/b", "2.3 · in %", "a note"]
    assert [cell.value for cell in sheet[5]] == ["name", "value"]
    assert sheet.freeze_panes == "B6"
    assert sheet.auto_filter.ref == "A5:B7"
    assert (sheet["B6"].value, sheet["B6"].number_format, sheet["B7"].value) == (-3.5, "0.00", None)
    assert 40 <= sheet.column_dimensions["A"].width <= 60
    assert (sheet["A6"].value, sheet["A6"].data_type, sheet["A6"].quotePrefix) == ("=1+1", "s", True)
    assert len(book.worksheets[2]["A6"].value) == workbook.LIMIT


def test_the_same_tables_make_the_same_bytes():
    assert len({workbook.make_workbook(TABLES, [], FACTS) for _ in range(2)}) == 1
    assert open_workbook().properties.created == workbook.CREATED  # not the time of day


def test_every_sheet_names_made_up_figures():
    for sheet in open_workbook(banner="made up"):
        assert "made up" in [cell.value for row in sheet for cell in row]


# --- the real pages ------------------------------------------------------------------------------------------------


def test_each_table_has_a_csv_beside_it_that_pandas_reads(pages):
    count = 0
    for name, page in pages.items():
        if name.startswith("index"):
            continue
        tables = [table for table in page.main.find_all("table") if not table.find_parent("article")]
        cards = page.main.select("div.cards")
        links = page.main.find_all("a", download=re.compile(r"\.csv$"))
        assert len(tables) + len(cards) == len(links) == len({link["download"] for link in links}), name
        for link in links:
            run, _, own = link["download"].removesuffix(".csv").rpartition("_")
            assert run == Path(name).stem
            if own.startswith("cards-"):
                continue
            frame, table = pd.read_csv(io.StringIO(csv_of(link["href"]))), link.find_previous("table")
            named = link.find_parent("figure") or table
            assert named.get("id", own) == own, (name, own)
            assert len(frame) == len(table.select("tbody tr:not(.group)")), (name, own)
            count += 1
    assert count > 400


def test_numbers_in_a_csv_are_those_of_the_page(pages):
    address = given_by(pages["2-integration_2018_zh.html"], ".csv")["2-integration_2018_zh_figures-2.3.csv"]
    frame = pd.read_csv(io.StringIO(csv_of(address)))
    assert {"数据", "限定词", "数值", "单位", "时期", "出处或算式"} <= {*frame.columns}
    assert pd.api.types.is_numeric_dtype(frame["数值"])
    rows = frame[frame["数据"] == "全省网络零售额"][["数值", "单位", "时期", "出处或算式"]]
    assert [16718.8, "亿元", "2018年", "2.3.3第7句"] in rows.to_numpy().tolist()
    english = given_by(pages["2-integration_2018_en.html"], ".csv")["2-integration_2018_en_figures-2.3.csv"]
    assert 1_671_880_000_000 in list(pd.read_csv(io.StringIO(csv_of(english)))["Value"])


def test_each_page_has_a_workbook_of_its_tables(pages):
    for name, page in pages.items():
        if name.startswith("index"):
            continue
        if not given_by(page, ".csv"):  # of a year that adds nothing
            assert given_by(page, ".xlsx") == {}
            continue
        ((file, address),) = given_by(page, ".xlsx").items()
        assert file == f"{Path(name).stem}.xlsx"
        book, addresses = workbook_of(address), list(given_by(page, ".csv").values())
        assert len(book.worksheets) == len(addresses) + 1, name
        for sheet, csv_address in zip(book.worksheets[1:], addresses, strict=True):
            rows = list(csv.reader(io.StringIO(csv_of(csv_address))))
            cells = [
                [cell.value for cell in row[: len(rows[0])]] for row in sheet.iter_rows(min_row=workbook.HEADER + 1)
            ]
            assert [len(line) for line in cells] == [len(line) for line in rows], (name, sheet.title)
            pairs = zip(cells, rows, strict=True)
            assert all(is_same(*pair) for line, row in pairs for pair in zip(line, row, strict=True))
            assert sheet.freeze_panes == "B6", (name, sheet.title)
            for column in range(1, len(rows[0]) + 1):
                assert 2 < sheet.column_dimensions[get_column_letter(column)].width <= workbook.WIDEST + 1


def is_same(cell, text: str) -> bool:
    """Does a cell of a workbook hold what one of the CSV does, a number as a number?"""
    if isinstance(cell, int | float):
        return math.isclose(cell, float(text), rel_tol=1e-12)
    return not re.fullmatch(r"-?\d+\.\d+", text) and (cell or "") == text.removeprefix("'")


def test_a_workbook_names_notes_and_sources(pages):
    contents = workbook_of(next(iter(given_by(pages["2-integration_2017_zh.html"], ".xlsx").values()))).worksheets[0]
    text = "\n".join(str(cell.value) for row in contents for cell in row if cell.value)
    assert "浙江“互联网+”行动计划“十三五”中期评估报告" in text
    assert "空心为推算值" in text
    assert "2.3 商务" in text


def test_every_download_says_that_figures_are_made_up(made_up):
    for name, page in made_up.items():
        for address in given_by(page, ".csv").values():
            assert re.search("虚构|Made-up", csv_of(address).splitlines()[0]), name
        for address in given_by(page, ".xlsx").values():
            for sheet in workbook_of(address):
                assert any(re.search("虚构|Made-up", str(cell.value)) for row in sheet for cell in row), (
                    name,
                    sheet.title,
                )
