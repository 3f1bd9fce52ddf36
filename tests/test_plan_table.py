"""The table of indicators of a plan, as people type it."""

import csv

import openpyxl
import pytest
from click.testing import CliRunner

from helpers.cli.verbs import main
from helpers.evaluation import scoreboard
from helpers.package import tables, validate

HEADINGS = ["序号", "章", "指标", "单位", "类型", "目标类型", "方向", "2015年", "2020年目标值", "责任单位"]
ROWS = [
    [1, "资源环境", "森林覆盖率（％）", "", "占比", "不低于", "", "３６．０", "４０％", "林业厅"],
    [2, None, "单位GDP能耗", "％", "指数", "下降", "", "—", "〔16〕", "发展改革委"],
    [3, "社会民生", "城镇登记失业率", "%", "占比", "保持", "降", 0.041, "＜4.5", "人社厅"],
    [4, None, "城镇新增就业", "万人", "流量", "累计", "", "暂无", "【５００】", "人社厅"],
    [5, None, "高新技术企业", "家", "存量", "不低于", "", "１，２３４", "1.2万", "科技厅"],
]
VALUES = [
    ("36.0", "%", "exact", "３６．０"), ("40", "%", "exact", "４０％"), ("16", "%", "exact", "〔16〕"),
    ("4.1", "%", "exact", "4.1%"), ("4.5", "%", "under", "＜4.5"), ("500", "万人", "exact", "【５００】"),
    ("1234", "家", "exact", "１，２３４"), ("1.2", "万家", "exact", "1.2万"),
]  # fmt: skip


def create(tmp_path, rows, merged=(), form="xlsx"):
    """Run `new-plan` with a table; the result, the package, and rows of its figures and indicators."""
    book = openpyxl.Workbook()
    book.active.title = "封面"
    sheet = book.create_sheet("主要指标")
    for row in rows:
        sheet.append(row)
        if isinstance(row[7 if len(row) > 7 else 0], float):
            sheet.cell(sheet.max_row, 8).number_format = "0.0%"
    for area in merged:
        sheet.merge_cells(area)
    path = tmp_path / f"plan.{form}"
    if form == "csv":
        path.write_text(
            "".join(";".join("" if cell is None else str(cell) for cell in row) + "\r\n" for row in rows), "gb18030"
        )
    else:
        book.save(path)
    folder = tmp_path / "plan"
    options = ["--title", "规划", "--region", "330100", "--target-year", "2020", "--from", str(path)]
    result = CliRunner().invoke(main, ["new-plan", str(folder), *options])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    contents = []
    for name in ("figures", "indicators", "chapters"):
        text = (folder / f"{name}.csv").read_text(encoding="utf-8") if folder.exists() else ""
        contents.append([*csv.DictReader(text.splitlines())])
    return result, folder, contents


def list_values(figures):
    return [tuple(row[name] for name in ("value", "unit", "qualifier", "printed")) for row in figures]


def test_a_table_with_merged_titles_and_numbers_as_typed_is_read(tmp_path):
    rows = [["专栏2 主要指标"], ["（2016年3月）"], [None], HEADINGS, *ROWS, ["注：〔〕内为五年累计数。"]]
    result, folder, (figures, indicators, _) = create(tmp_path, rows, ["A1:J1", "A2:J2", "B5:B6", "B7:B9", "A10:J10"])
    assert result.exit_code == 0, result.output
    assert list_values(figures) == VALUES
    assert [row["name_zh"] for row in indicators] == [
        "森林覆盖率", "单位GDP能耗", "城镇登记失业率", "城镇新增就业", "高新技术企业",
    ]  # fmt: skip
    assert figures[0]["source"] == "plan.xlsx!主要指标!H5"
    assert validate.find_problems(folder) == []


def test_the_guide_of_a_package_tells_of_examples_only_where_it_has_some(tmp_path):
    _, folder, _ = create(tmp_path, [HEADINGS, *ROWS])
    options = ["--title", "规划", "--region", "330100", "--target-year", "2020"]
    assert CliRunner().invoke(main, ["new-plan", str(tmp_path / "examples"), *options]).exit_code == 0
    guides = [(path / "README.md").read_text(encoding="utf-8") for path in (folder, tmp_path / "examples")]
    assert [("example-" in guide, "示例" in guide) for guide in guides] == [(False, False), (True, True)]
    assert ["come from the table" in guide for guide in guides] == [True, False]
    assert (folder / "sources.csv").read_text(encoding="utf-8").splitlines()[1].startswith("plan-table,")


def test_headings_in_two_rows_are_read(tmp_path):
    above = ["序号", "章", "指标", "单位", "类型", "目标类型", "方向", "基期值和目标值", None, "责任单位"]
    below = [None] * 7 + ["2015年", "2020年", None]
    merged = ["H1:I1", *(f"{letter}1:{letter}2" for letter in "ABCDEFGJ")]
    result, _, (figures, *_) = create(tmp_path, [above, below, *ROWS], merged)
    assert result.exit_code == 0, result.output
    assert list_values(figures) == VALUES
    assert "not read" not in result.output


def test_a_csv_of_a_plan_is_read_and_how_is_told(tmp_path):
    rows = [HEADINGS, *(row for row in ROWS if row[0] != 3)]
    result, _, (figures, *_) = create(tmp_path, rows, form="csv")
    assert result.exit_code == 0, result.output
    assert list_values(figures) == [row for row in VALUES if row[3] not in ("4.1%", "＜4.5")]
    assert "read as GB18030, separated by ;" in result.output


def test_a_title_above_rows_is_their_chapter(tmp_path):
    rows = [[cell for n, cell in enumerate(row) if n != 1] for row in [HEADINGS, *ROWS]]
    rows[1:1], rows[4:4] = [["一、资源环境"]], [["（二）社会民生"]]
    result, _, (_, indicators, chapters) = create(tmp_path, rows, ["A2:I2"])
    assert [row["title_zh"] for row in chapters] == ["主要指标", "资源环境", "社会民生"]
    assert [row["section"] for row in indicators] == ["1.1", "1.1", "2.1", "2.1", "2.1"]
    assert "plan.xlsx!主要指标!A5: '(二)社会民生' was read as the chapter of the rows below it" in result.output


def test_a_column_that_is_not_read_is_named(tmp_path):
    rows = [[*HEADINGS, "年均增速", "2018年"], *([*row, 3.1, 5] for row in ROWS)]
    result, *_ = create(tmp_path, rows)
    assert "plan.xlsx!主要指标!K1: the column '年均增速' is none of a plan's table, and was not read" in result.output
    assert "L1: the column '2018年'" in result.output
    assert "序号" not in result.output


@pytest.mark.parametrize(
    ("kind", "direction", "meant"),
    [
        ("比基期下降", "", ("reduction", "down")),
        ("比基期降低", "下降", ("reduction", "down")),
        ("不超过", "", ("cap", "down")),
        ("各年保持", "越高越好", ("hold", "up")),
        ("逐年目标", "升", ("yearly", "up")),
        ("Level", "Up", ("level", "up")),
    ],
)
def test_other_words_for_a_kind_of_target_are_read(tmp_path, kind, direction, meant):
    _, _, (_, indicators, _) = create(tmp_path, [HEADINGS, [*ROWS[0][:5], kind, direction, *ROWS[0][7:]]])
    assert [(row["target_kind"], row["direction"]) for row in indicators] == [meant]


def test_a_kind_that_is_not_known_is_told_once(tmp_path):
    result, *_ = create(tmp_path, [HEADINGS, [*ROWS[0][:5], "不差于", *ROWS[0][6:]]])
    assert "F2: '不差于' is not known; write 不低于 (level)" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        (8, "约莫四成", "I2: '约莫四成' is no number; write digits such as 3000 or 12.5, or leave the cell empty"),
        (8, "40-45", "I2: '40-45' is no number"),
        (8, "40家", "I2: '40家' is not in %, which its row or column names; write one unit"),
        (3, "家", "D2: the name says '%', and the column '家'; write one unit"),
        (2, "森林覆盖率", "D2: 单位 is empty; write it there, or in brackets behind the name"),
    ],
)
def test_a_wrong_cell_is_told(tmp_path, column, value, sentence):
    row = [*ROWS[0]]
    row[column] = value
    result, folder, _ = create(tmp_path, [HEADINGS, row])
    assert (result.exit_code, folder.exists()) == (2, False)
    assert f"plan.xlsx!主要指标!{sentence}" in result.stderr


def test_a_unit_that_is_new_is_told_with_all_else(tmp_path):
    result, folder, _ = create(tmp_path, [HEADINGS, [*ROWS[0][:2], "耗煤", "吨标准煤", "流量", "不差于", *ROWS[0][6:]]])
    new = "plan.xlsx!主要指标!D2: the unit '吨标准煤' is new, and nothing says what it measures; write "
    assert any(line.startswith(new) and line.endswith("量纲 or dimension") for line in result.stderr.splitlines())
    assert "F2: '不差于' is not known" in result.stderr
    assert not folder.exists()


def test_headings_of_another_year_are_told(tmp_path):
    headings = [*HEADINGS[:7], "基期值（2014年）", "目标值（2020年）", HEADINGS[9]]
    result, *_ = create(tmp_path, [headings, *ROWS])
    assert result.exit_code == 2
    what = "'基期值(2014年)' names another year than the plan has (2015); give --start-year, the year after it"
    assert f"plan.xlsx!主要指标!H1: {what}, or correct the heading" in result.stderr


def test_a_kind_of_target_without_a_column_is_asked_for(tmp_path):
    rows = [[cell for n, cell in enumerate(row) if n != 5] for row in [HEADINGS, ROWS[0]]]
    result, *_ = create(tmp_path, rows)
    assert "C2: the target '４０％' has no kind; write 不低于 (level)" in result.stderr
    assert "逐年 (yearly), into a column 目标类型 or target kind" in result.stderr


def test_a_workbook_asks_for_rates_and_for_the_unit_of_the_target(tmp_path):
    _, folder, _ = create(tmp_path, [HEADINGS, *ROWS])
    path = tmp_path / "book.xlsx"
    result = CliRunner().invoke(
        main, ["template", str(folder), str(path), "--responsible", "发展改革委", "--years", "2016-2018"]
    )
    assert result.output == f"{path}: 1 indicator\n"
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    codes = {cell.value: cell.column for cell in sheet[5]}
    rate = sheet[8]
    assert [rate[codes[name] - 1].value for name in ("indicator", "name_zh", "unit")] == [
        "indicator-2 growth rate", "单位GDP能耗：增减率", "%",
    ]  # fmt: skip
    for year, value in ((2016, "下降4.98"), (2017, -5.2), (2018, "降低４.1%")):
        sheet.cell(8, codes[f"value:{year}"]).value = value
    book.save(path)
    assert CliRunner().invoke(main, ["import", str(path), "--data", str(folder), "--yes"]).exit_code == 0
    package = tables.load(folder)
    own = package.figures.query("indicator == 'indicator-2' and measure == 'growth_rate'")
    assert [*zip(own["year"], own["value"], own["unit"], strict=True)] == [
        (2016, -4.98, "%"),
        (2017, -5.2, "%"),
        (2018, -4.1, "%"),
    ]
    assert scoreboard.scoreboard(package, 2018).loc["indicator-2", "status"] == "ahead"
    other = tmp_path / "jobs.xlsx"
    CliRunner().invoke(main, ["template", str(folder), str(other), "--responsible", "人社厅"])
    assert [row[4].value for row in openpyxl.load_workbook(other).worksheets[0].iter_rows(min_row=7)] == ["%", "万人"]
