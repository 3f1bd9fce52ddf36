"""Sheets as departments send them: layouts, units, periods, missing values, encodings."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from helpers.cli.verbs import main
from helpers.collect import amounts, delimited, importing, reading, sheets
from helpers.collect.sheets import Cell
from helpers.errors import UserError
from helpers.numbers import spelling

UNITS = {"家", "元", "%", "个", "位", "人"}
A, B = "高新技术企业", "众创空间服务平台"


def write_book(path: Path, rows: list[list], merged=(), title="Sheet1") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append([cell[0] if isinstance(cell, tuple) else cell for cell in row])
        for column, cell in enumerate(row, 1):
            if isinstance(cell, tuple):
                sheet.cell(sheet.max_row, column).number_format = cell[1]
    for area in merged:
        sheet.merge_cells(area)
    book.save(path)
    return path


def list_entries(path: Path) -> tuple[list[tuple], list[tuple[str, str]]]:
    """Name, measure, period, text and unit of each entry, and the slips."""
    read = reading.read(sheets.read(path)[0], UNITS)
    rows = [(entry.name, entry.measure, entry.period, entry.cell.text, entry.unit) for entry in read.entries]
    return rows, read.slips


LAYOUTS = {
    "names and years": (
        [["指标", "单位", 2017, 2018], [A, "家", 3000, 3100], [B, "个", 5, None]],
        [(A, "", "2017", "3000", "家"), (A, "", "2018", "3100", "家"), (B, "", "2017", "5", "个")],
    ),
    "titles above, and the unit there": (
        [["2018年报表", None, None], ["填报单位：科技厅", None, "单位：家"], ["指标名称", "2017年", "2018年"], [A, 3000, 3100]],
        [(A, "", "2017", "3000", "家"), (A, "", "2018", "3100", "家")],
    ),
    "a unit in brackets behind the name": (
        [["指标", "2017年"], ["销售额（亿元）", 12.5]],
        [("销售额(亿元)", "", "2017", "12.5", "")],
    ),
    "a unit in brackets behind the year": (
        [["指标", "2017年（亿元）"], ["销售额", 12.5]],
        [("销售额", "", "2017", "12.5", "亿元")],
    ),
    "a date that Excel made of a month": (
        [["指标", "单位", (datetime(2018, 6, 1), "yyyy-mm")], [A, "家", 3000]],
        [(A, "", "2018-06", "3000", "家")],
    ),
    "a date that shows its year only": (
        [["指标", "单位", (datetime(2018, 1, 1), 'yyyy"年"')], [A, "家", 3000]],
        [(A, "", "2018", "3000", "家")],
    ),
    "marks below the years": (
        [["指标", "单位", "2017年", None, None], [None, None, "目标值", "实际值", "增速（%）"], [A, "家", 3000, 3100, 8.5]],
        [(A, "target", "2017", "3000", "家"), (A, "", "2017", "3100", "家"), (A, "growth_rate", "2017", "8.5", "%")],
    ),
    "marks above the years": (
        [["指标", "单位", "实际值", None, "目标值"], [None, None, 2016, 2017, 2017], [A, "家", 1, 2, 3]],
        [(A, "", "2016", "1", "家"), (A, "", "2017", "2", "家"), (A, "target", "2017", "3", "家")],
    ),
    "marks in the heading of a year": (
        [["指标", "单位", "2017年目标值", "2017年实际值"], [A, "家", 3000, 3100]],
        [(A, "target", "2017", "3000", "家"), (A, "", "2017", "3100", "家")],
    ),
    "a row of growth beneath its indicator": (
        [["指标", "单位", 2017], [A, "家", 3000], ["同比增长（%）", None, 8.5]],
        [(A, "", "2017", "3000", "家"), (f"{A} 同比增长(%)", "", "2017", "8.5", "")],
    ),
    "rows marked in a column": (
        [["指标", "类型", "单位", 2017], [A, "目标值", "家", 3000], [None, "实际值", "家", 3100]],
        [(A, "target", "2017", "3000", "家"), (A, "", "2017", "3100", "家")],
    ),
    "no heading above the names": (
        [["", "单位", 2017], [A, "家", 3000]],
        [(A, "", "2017", "3000", "家")],
    ),
    "a running number, headings of groups, and remarks": (
        [["序号", "指标", "单位", 2017], ["一、创新", None, None, None], [1, A, "家", 3000], ["注：数据来自科技厅。", None, None, None]],
        [(A, "", "2017", "3000", "家")],
    ),
    "a heading that announces units, and a remark in the first column": (
        [["序号", "指标名称（单位）", "2017年"], [1, "销售额（亿元）", 12.5], ["注：年末数。", None, None]],
        [("销售额(亿元)", "", "2017", "12.5", "")],
    ),
    "no heading above the names, and a remark in the first column": (
        [["序号", "", 2017], [1, A, "3000家"], ["注：年末数。", None, None]],
        [(A, "", "2017", "3000家", "")],
    ),
    "a list": (
        [["指标", "年份", "数值", "单位"], [A, "2017年", 3000, "家"], [A, "2018年上半年", 3050, "家"]],
        [(A, "", "2017", "3000", "家"), (A, "", "2018H1", "3050", "家")],
    ),
    "two tables": (
        [["指标", "单位", 2017], [A, "家", 3000], [None], ["指标", "单位", 2018], [B, "个", 5]],
        [(A, "", "2017", "3000", "家"), (B, "", "2018", "5", "个")],
    ),
    "numbers that look like years": (
        [["指标", "单位", 2017, 2018], [A, "家", 2016, 2018], [B, "个", 2017, 2015]],
        [(A, "", "2017", "2016", "家"), (A, "", "2018", "2018", "家"), (B, "", "2017", "2017", "个"), (B, "", "2018", "2015", "个")],
    ),
}  # fmt: skip
MERGED = {
    "titles above, and the unit there": ["A1:C1"],
    "marks below the years": ["A1:A2", "B1:B2", "C1:E1"],
    "marks above the years": ["A1:A2", "B1:B2", "C1:D1"],
    "rows marked in a column": ["A2:A3"],
    "a running number, headings of groups, and remarks": ["A4:D4"],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_sheet_is_read_with(layout, tmp_path):
    rows, wanted = LAYOUTS[layout]
    entries, slips = list_entries(write_book(tmp_path / "b.xlsx", rows, MERGED.get(layout, ())))
    assert entries == wanted
    assert slips == []


def test_a_column_of_numbers_without_a_period_is_named(tmp_path):
    path = write_book(tmp_path / "b.xlsx", [["指标", "单位", 2017, 43252, "预计"], [A, "家", 1, 2, 3]])
    _, slips = list_entries(path)
    assert [place for place, _ in slips] == ["b.xlsx!Sheet1!D2", "b.xlsx!Sheet1!E2"]
    assert "'43252' of this column names no period (write 2018-06 if it is that month)" in slips[0][1]
    assert "'预计' of this column names no period; its numbers are not read" in slips[1][1]


def test_a_row_of_numbers_without_a_name_is_named(tmp_path):
    path = write_book(tmp_path / "b.xlsx", [["指标", "单位", 2017], [None, "家", 2]])
    assert list_entries(path)[1] == [("b.xlsx!Sheet1!C2", "'2' stands in a row without an indicator; write its name")]


# --- a cell --------------------------------------------------------------------------------------------------------------


def make_cell(value, form="General") -> Cell:
    return Cell(value, form, 7, 3)


@pytest.mark.parametrize(
    ("value", "form", "unit", "word", "wanted"),
    [
        (3000, "General", "家", "", ("3000", "家", "exact", "3000家")),
        (21.6, "0.00", "%", "", ("21.60", "%", "exact", "21.60%")),
        (0.216, "0.0%", "%", "", ("21.6", "%", "exact", "21.6%")),
        (0.216, "0.0%", "", "", ("21.6", "%", "exact", "21.6%")),
        (0.1 + 0.2, "General", "亿元", "", ("0.3", "亿元", "exact", "0.3亿元")),
        (1234567.5, "#,##0", "元", "", ("1234567.5", "元", "exact", "1234567.5元")),
        (-3.5, "General", "%", "", ("-3.5", "%", "exact", "-3.5%")),
        (3000, "General", "家", "超", ("3000", "家", "over", "超3000家")),
        (3000, "General", "家", "余", ("3000", "家", "over", "3000余家")),
        (2.4, "General", "万个", "多", ("2.4", "万个", "over", "2.4万多个")),
        (3000, "General", "家", "about", ("3000", "家", "about", "3000家")),
        ("3,000", "@", "家", "", ("3000", "家", "exact", "3,000家")),
        ("３０００", "@", "家", "", ("3000", "家", "exact", "3000家")),
        ("１，２３４．５", "@", "亿元", "", ("1234.5", "亿元", "exact", "1,234.5亿元")),
        ("约3000家", "@", "家", "", ("3000", "家", "about", "约3000家")),
        ("约1.2万", "@", "家", "", ("1.2", "万家", "about", "约1.2万家")),
        ("3000多", "@", "家", "", ("3000", "家", "over", "3000多家")),
        ("2.4万余个", "@", "", "", ("2.4", "万个", "over", "2.4万余个")),
        ("90%以上", "@", "%", "", ("90", "%", "over", "90%以上")),
        ("16718.8 亿元", "@", "亿元", "", ("16718.8", "亿元", "exact", "16718.8亿元")),
        ("近100", "@", "家", "", ("100", "家", "under", "近100家")),
        ("3000", "@", "家", "约", ("3000", "家", "about", "约3000家")),
        ("98％", "@", "%", "", ("98", "%", "exact", "98%")),
        (">8%", "@", "%", "", ("8", "%", "over", ">8%")),
        ("＜5.5", "@", "%", "", ("5.5", "%", "under", "<5.5%")),
        ("≥90", "@", "%", "", ("90", "%", "over", "≥90%")),
        ("下降5.6%", "@", "%", "", ("-5.6", "%", "exact", "下降5.6%")),
        ("增长5.6", "@", "%", "", ("5.6", "%", "exact", "增长5.6%")),
        ("减少超80%", "@", "", "", ("-80", "%", "over", "减少超80%")),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_stands(value, form, unit, word, wanted):
    assert amounts.read(make_cell(value, form), unit, word) == wanted


@pytest.mark.parametrize("text", [None, "", "—", "……", "…", "暂无", "n.a.", "N/A", "-", "/", "－－"])
def test_a_cell_without_a_value_is_none(text):
    assert amounts.read(make_cell(text), "家") is None


@pytest.mark.parametrize(
    ("value", "unit", "word", "sentence"),
    [
        ("#REF!", "家", "", "holds the error #REF!"), ("约三千", "家", "", "is no number; write digits"),
        ("3,5", "家", "", "is no number"), ("3000-3100", "家", "", "is no number"), (True, "家", "", "is no number"),
        (datetime(2018, 6, 1), "家", "", "'2018-06-01' is no number"), (3000, "", "", "3000 has no unit"),
        (3000, "家", "大概", "the qualifier '大概' is not known"), ("约3000", "家", "超", "has two qualifiers"),
        ("下降-5.6%", "%", "", "has a sign behind 下降; write one of the two"),
        ("3000亿元", "家", "", "is not in 家, which its row or column names"), ("1.2万", "亿元", "", "do not fit"),
        (f"#{sheets.FORMULA_WITHOUT_RESULT}", "家", "", "the formula has no result; open the workbook in Excel"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_is_described(value, unit, word, sentence):
    with pytest.raises(amounts.CellError, match=sentence.replace("(", r"\(")):
        amounts.read(make_cell(value), unit, word)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2018", "2018"), ("２０１８年", "2018"), ("2018年度", "2018"), ("2018.0", "2018"), ("2018年6月", "2018-06"),
        ("2018/6/1", "2018-06"), ("2018-06-01 00:00:00", "2018-06"), ("Jun-18", "2018-06"), ("June 2018", "2018-06"),
        ("43252", "2018-06"), ("2018年上半年", "2018H1"), ("2018年一季度", "2018Q1"), ("2018Q3", "2018Q3"),
        ("2016年至2018年", "2016/2018"), ("2018年1-6月", "2018H1"), ("2018年1—12月", "2018"), ("2018年1-9月", ""), ("2018年13月", ""), ("12", ""), ("0018", ""), ("目标", ""), ("99999", ""),
    ],
)  # fmt: skip
def test_a_period_is_known_by_its_spelling(text, wanted):
    assert spelling.read_period(text) == wanted


# --- CSV -----------------------------------------------------------------------------------------------------------------

TABLE = f"指标,单位,2017,2018\n{A},家,3000,3100\n{B},个,约5,—\n"


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with BOM"), ("utf-16", "UTF-16"), ("gbk", "GB18030"), ("gb18030", "GB18030")],
)  # fmt: skip
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_csv_is_read_in_the_encoding_and_with_the_separator_it_has(codec, encoding, separator, ends, tmp_path):
    path = tmp_path / "b.csv"
    path.write_bytes(TABLE.replace(",", separator).replace("\n", ends).encode(codec))
    rows, sentence = delimited.read(path)
    assert rows == [line.split(",") for line in TABLE.splitlines()]
    assert sentence == f"read as {encoding}, separated by {delimited.SEPARATORS[separator]}"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a,b;c\n1,2;3\n", "can be read with , and ; as separators; save it with tabs"),
        ("指标\n一\n".encode(), "its rows are not separated by commas, semicolons or tabs"),
        ("指标,2017\n".encode("utf-16-le"), "may be UTF-16 without a byte order mark; save it as UTF-8"),
        ("指標,單位\n銷售額,億元\n網絡零售額,億元\n".encode("big5"), "its encoding is not certain"),
        ("naïve,2017\nété,5\n".encode("latin-1"), "its encoding is not certain"),
    ],
)  # fmt: skip
def test_a_csv_that_can_be_read_in_several_ways_is_refused(content, sentence, tmp_path):
    path = tmp_path / "b.csv"
    path.write_bytes(content)
    with pytest.raises(UserError, match=sentence):
        delimited.read(path)


def test_thousands_and_titles_do_not_hide_the_separator(tmp_path):
    path = tmp_path / "b.csv"
    path.write_text(f"科技厅填报表\n指标;单位;2017\n{A};家;3,000\n{B};个;1,200\n", encoding="utf-8")
    assert delimited.read(path)[1] == "read as UTF-8, separated by ;"


# --- files ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("none.xlsx", None, "none.xlsx: no such file"),
        ("b.xlsx", b"not a zip", "b.xlsx: cannot be read as a workbook"),
        ("b.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old workbook (XLS) or one with a password"),
        ("b.xls", b"x", "save it as an Excel workbook (.xlsx) or as CSV"),
        ("b.csv", "地方,数\n甲,1\n".encode(), "b.csv: no table of indicators by year; see docs/howto.md."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(name, content, sentence, copy, tmp_path):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = CliRunner().invoke(main, ["import", str(tmp_path / name), "--data", str(copy), "--yes"])
    assert result.exit_code == 2
    assert sentence in result.output


def test_hidden_sheets_are_named_and_not_read(copy, tmp_path):
    path = write_book(tmp_path / "b.xlsx", [["指标", "单位", 2017], [A, "家", 3000]])
    book = openpyxl.load_workbook(path)
    book.create_sheet("其他").sheet_state = "hidden"
    book.save(path)
    assert importing.prepare([str(path)], str(copy)).notes == [f"{path}: the sheet '其他' is hidden and was not read"]


def test_a_place_has_no_blanks_and_two_marks(tmp_path):
    path = write_book(tmp_path / "商务厅 2018!.xlsx", [["指标", "单位", 2017], [A, "家", 3000]], title="表 1")
    (entry,) = reading.read(sheets.read(path)[0], UNITS).entries
    assert entry.place == "商务厅_2018_.xlsx!表_1!C2"
