"""What pages give away, read by those who read it at home: pandas, and openpyxl, which keeps formulas and formats."""

import base64
import csv
import io
import math
import re
from urllib.parse import unquote

import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from openpyxl.utils import get_column_letter

from helpers.display import html as display
from helpers.display.html import Column, Row, Table, Value
from helpers.pages import downloads, workbook
from helpers.pages.downloads import Number
from helpers.runs import outputs

WORDS = {
    key: key
    for key in ("csv", "xlsx", "contents", "table", "section", "rows", "notes", "group", "unit", "qualifier", "mark")
}


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


def flat(*rows: Row, columns: str = "name value", **more) -> downloads.Flat:
    """A table of a notebook as it is given away."""
    heads = [Column(heading, "number" if heading == "value" else "") for heading in columns.split()]
    shown = Table("a caption", heads, [("", list(rows))], **more).html
    return downloads.flattened(outputs.read(next(outputs.parsed(shown).iter("table"))), WORDS)


@pytest.mark.parametrize(
    ("cell", "headings", "row"),
    [
        ("12", ["value"], [Number("12")]),
        ("-3.50", ["value"], [Number("-3.50")]),
        ("−3.5%", ["value (%)"], [Number("-3.5")]),
        ("+1,234", ["value"], [Number("1234")]),
        ("—", ["value"], ["—"]),
        ("", ["value"], [""]),
        ("12 of 15", ["value"], ["12 of 15"]),
        (Value("1.3万亿元", "1.3", "万亿元", 10**12), ["value (万亿元)"], [Number("1.3")]),
        (Value("超12家", "12", "家", qualifier="超"), ["value · qualifier", "value (家)"], ["超", Number("12")]),
        (Value("2018上半年", order="2018H1"), ["value"], ["2018上半年"]),
        (display.Markup('{} <span class="aside">note</span>').format(Value("7", "7")), ["value"], [Number("7")]),
        (
            display.Markup("{}～{}").format(Value("7 家", "7", "家"), Value("8 家", "8", "家")),
            ["value"],
            ["7 家～8 家"],
        ),
        (display.Markup('<a class="verdict">wrong</a> 7'), ["value", "mark"], [Number("7"), "wrong"]),
    ],
)
def test_a_number_is_a_number_and_what_belongs_to_it_has_columns_of_its_own(cell, headings, row):
    found = flat(Row(["a", cell]))
    assert (found.headings, found.rows) == (["name", *headings], [["a", *row]])


def test_units_that_differ_have_a_column():
    found = flat(Row(["a", Value("7家", "7", "家")]), Row(["b", Value("8%", "8", "%")]))
    assert found.headings == ["name", "value", "value · unit"]
    assert found.rows == [["a", Number("7"), "家"], ["b", Number("8"), "%"]]


def test_every_row_has_its_group():
    table = Table("", [Column("name")], [("first", [Row(["a"]), Row(["b"])]), ("", [Row(["c"])])])
    found = downloads.flattened(outputs.read(next(outputs.parsed(table.html).iter("table"))), WORDS)
    assert found.headings == ["group", "name"]
    assert found.rows == [["first", "a"], ["first", "b"], ["", "c"]]


@pytest.mark.parametrize(
    ("text", "hostile"),
    [
        ("=1+1", True), ("+1", True), ("-1", True), ("@x", True), ("\tx", True), ("\rx", True), ("\nx", True),
        (" =1", True), ("\u200b=1", True), ("＝1", True), ("", False), ("a=1", False), ("2-1", False), ("'=1", False),
        ("—", False), ("−5", False),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_take_for_a_formula_is_known(text, hostile):
    assert downloads.hostile(text) is hostile
    assert downloads.harmless(text) == ("'" + text if hostile else text)


def test_a_csv_keeps_negative_numbers_and_says_whose_figures_are_made_up():
    table = downloads.Flat("", "t", ["=name", "value"], [["-a", Number("-5")], ["b,\n", ""]])
    written = list(csv.reader(io.StringIO(downloads.comma_separated(table, "made up"))))
    assert written == [["'=name", "value", "made up"], ["'-a", "-5", ""], ["b,\n", "", ""]]


def test_links_stand_behind_what_their_table_scrolls_in_and_the_rest_is_as_it_was():
    shown = str(Table("a", [Column("x")], [("", [Row(["1"])])], note="a note").html) + '<svg viewBox="0 0 1 1"/>'
    cell = {"cell_type": "code", "outputs": [{"data": {"text/html": shown}}, {"text": "printed"}]}
    given = downloads.given([cell], ["a section"], "run", WORDS)
    (table,) = given.tables
    assert (table.caption, table.section, table.notes, table.name) == ("a", "a section", ("a note",), "1")
    before, link, after = re.split(r'(<p class="get">.*?</p>)', cell["outputs"][0]["data"]["text/html"])
    assert before + after == shown
    assert before.endswith("</table></div>")
    assert 'download="run_1.csv"' in link


# --- a workbook ----------------------------------------------------------------------------------------------------

FACTS = {"title": "a title", "plan": "a plan", "headline": "a headline", "lead": "a lead", "banner": "", "words": WORDS}
TABLES = [
    downloads.Flat("first: a/b", "1", ["name", "value"], [["=1+1", Number("-3.50")], ["网" * 20, "—"]], "2.3", ("in %", "a note")),
    downloads.Flat("first: a/b", "2", ["name"], [["x" * 40_000]]),
]  # fmt: skip


@pytest.fixture(scope="module")
def book() -> openpyxl.Workbook:
    made = workbook.made(downloads.Given(TABLES, [("Source", "a report")]), FACTS)
    return openpyxl.load_workbook(io.BytesIO(made))


def test_a_workbook_begins_with_its_contents_and_has_a_sheet_for_each_table(book):
    assert book.sheetnames == ["contents", "1 first  a b", "2 first  a b"]
    said = [[cell.value for cell in row] for row in book["contents"]]
    assert [row[0] for row in said[:5]] == ["a title", "a plan", None, "a headline", "a lead"]
    assert said[6:9] == [
        ["table", "section", "rows", "notes"],
        ["1 first: a/b", "2.3", 2, "in % a note"],
        ["2 first: a/b", None, 1, None],
    ]
    assert said[-1] == ["Source", "a report", None, None]
    assert book["contents"]["A8"].hyperlink.location == "'1 first  a b'!A1"


def test_a_sheet_has_real_numbers_frozen_headings_and_widths_that_fit(book):
    sheet = book.worksheets[1]
    assert [sheet["A1"].value, sheet["A2"].value, sheet["A3"].value] == ["first: a/b", "2.3 · in %", "a note"]
    assert [cell.value for cell in sheet[5]] == ["name", "value"]
    assert sheet.freeze_panes == "B6"
    assert sheet.auto_filter.ref == "A5:B7"
    assert (sheet["B6"].value, sheet["B6"].number_format) == (-3.5, "0.00")
    assert 40 <= sheet.column_dimensions["A"].width <= 60
    assert (sheet["A6"].value, sheet["A6"].data_type, sheet["A6"].quotePrefix) == ("=1+1", "s", True)
    assert len(book.worksheets[2]["A6"].value) == workbook.LIMIT


def test_the_same_tables_make_the_same_bytes():
    one, two = (workbook.made(downloads.Given(TABLES, []), FACTS) for _ in range(2))
    assert one == two
    assert openpyxl.load_workbook(io.BytesIO(one)).properties.created == workbook.CREATED  # not the time of day


def test_made_up_figures_are_told_on_every_sheet():
    made = workbook.made(downloads.Given(TABLES, []), FACTS | {"banner": "made up"})
    for sheet in openpyxl.load_workbook(io.BytesIO(made)):
        assert "made up" in [cell.value for row in sheet for cell in row]


# --- the real pages ------------------------------------------------------------------------------------------------


def test_each_table_has_a_csv_beside_it_that_pandas_reads(pages):
    count = 0
    for name, page in pages.items():
        tables = (
            [] if name.startswith("index") else [t for t in page.main.find_all("table") if not t.find_parent("article")]
        )
        links = page.main.find_all("a", download=re.compile(r"\.csv$"))
        assert len(tables) == len(links) == len({link["download"] for link in links}), name
        for table, link in zip(tables, links, strict=True):
            assert link["download"].startswith(name.removesuffix(".html")), name
            assert table.parent.find_next_sibling(class_="get").a is link, (name, link["download"])
            frame = pd.read_csv(io.StringIO(csv_of(link["href"])))
            rows = [
                row
                for row in table.find_all("tr")
                if not row.find_parent("thead") and "group" not in row.get("class", [])
            ]
            assert len(frame) == len(rows), (name, link["download"])
            count += 1
    assert count > 500


def test_numbers_in_a_csv_are_those_of_the_page(pages):
    address = given_by(pages["2-integration_2018_zh.html"], ".csv")["2-integration_2018_zh_figures-2.3.csv"]
    frame = pd.read_csv(io.StringIO(csv_of(address)))
    assert list(frame.columns) == ["分组", "数据", "限定词", "数值", "单位", "时期", "出处或算式", "区间", "核对"]
    assert pd.api.types.is_numeric_dtype(frame["数值"])
    rows = frame[frame["数据"] == "全省网络零售额"][["数值", "单位", "时期", "出处或算式"]]
    assert [16718.8, "亿元", "2018年", "2.3.3第7句"] in rows.to_numpy().tolist()
    english = given_by(pages["2-integration_2018_en.html"], ".csv")["2-integration_2018_en_figures-2.3.csv"]
    assert 1_671_880_000_000 in list(pd.read_csv(io.StringIO(csv_of(english)))["Value"])


def test_each_page_has_a_workbook_of_its_tables(pages):
    for name, page in pages.items():
        if name.startswith("index"):
            continue
        ((file, address),) = given_by(page, ".xlsx").items()
        assert file == name.replace(".html", ".xlsx")
        book, addresses = workbook_of(address), list(given_by(page, ".csv").values())
        assert len(book.worksheets) == len(addresses) + 1, name
        for sheet, csv_address in zip(book.worksheets[1:], addresses, strict=True):
            rows = list(csv.reader(io.StringIO(csv_of(csv_address))))
            said = [
                [cell.value for cell in row[: len(rows[0])]] for row in sheet.iter_rows(min_row=workbook.HEADER + 1)
            ]
            assert [len(line) for line in said] == [len(line) for line in rows], (name, sheet.title)
            assert all(
                same(*cells) for one, two in zip(said, rows, strict=True) for cells in zip(one, two, strict=True)
            )
            assert sheet.freeze_panes == "B6", (name, sheet.title)
            for column in range(1, len(rows[0]) + 1):
                assert 2 < sheet.column_dimensions[get_column_letter(column)].width <= workbook.WIDEST + 1


def same(cell, text: str) -> bool:
    """Does a cell of a workbook say what one of the CSV does, a number as a number?"""
    if isinstance(cell, int | float):
        return math.isclose(cell, float(text), rel_tol=1e-12)
    return not re.fullmatch(r"-?\d+\.\d+", text) and (cell or "") == text.removeprefix("'")


def test_a_workbook_names_notes_and_sources(pages):
    contents = workbook_of(next(iter(given_by(pages["2-integration_2017_zh.html"], ".xlsx").values()))).worksheets[0]
    said = "\n".join(str(cell.value) for row in contents for cell in row if cell.value)
    assert "浙江“互联网+”行动计划“十三五”中期评估报告" in said
    assert "空心为推算值" in said
    assert "2.3 商务" in said


def test_made_up_figures_are_told_in_every_download(made_up):
    for name, page in made_up.items():
        for address in given_by(page, ".csv").values():
            assert re.search("虚构|Made-up", csv_of(address).splitlines()[0]), name
        for address in given_by(page, ".xlsx").values():
            for sheet in workbook_of(address):
                assert any(re.search("虚构|Made-up", str(cell.value)) for row in sheet for cell in row), (
                    name,
                    sheet.title,
                )
