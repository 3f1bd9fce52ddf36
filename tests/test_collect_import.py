"""Imports into a package: what is written, what is listed and left out, and that nothing is left on failure."""

import re
from pathlib import Path

import collected
import openpyxl
import pytest
from click.testing import CliRunner

from helpers.cli.verbs import main
from helpers.collect import citing, matching, writing
from helpers.package import tables, validate

pytestmark = pytest.mark.whole

A, B, C = "高新技术企业", "众创空间服务平台", "全省网络零售额"  # 家, 家, 元


def evaluate(*arguments, answers: str = ""):
    return CliRunner().invoke(main, [*map(str, arguments)], input=answers)


def write_book(path: Path, *rows: list) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Sheet1"
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def list_new(folder: Path) -> list[dict]:
    return [row for row in collected.read_figures(folder) if "!" in row["source"]]


def test_a_figure_is_written_with_its_cell_as_source(copy, tmp_path):
    path = write_book(
        tmp_path / "商务厅.xlsx", ["指标", "单位", 2016, "备注", "来源"], [C, "亿元", "约1.1万", "快报", "年报"]
    )
    before = (copy / "figures.csv").read_text(encoding="utf-8")
    result = evaluate("import", path, "--data", copy, "--yes")
    assert result.exit_code == 2  # 1.1万 beside 亿元 says two things
    assert "商务厅.xlsx!Sheet1!C2: '约1.1万' and the unit '亿元' do not fit" in result.output
    path = write_book(path, ["指标", "单位", 2016, "备注", "来源"], [C, "亿元", "约11000", "快报", "年报"])
    result = evaluate("import", path, "--data", copy, "--yes")
    assert result.exit_code == 0, result.output
    line = "online-retail-sales-2016,online-retail-sales,flow,330000,2016,11000,亿元,about,约11000亿元,workbook-09383e3e,商务厅.xlsx!Sheet1!C2,1,快报 (年报),\n"
    sources = (copy / "sources.csv").read_text(encoding="utf-8")
    assert sources.endswith("\nworkbook-09383e3e,商务厅.xlsx,商务厅.xlsx,,,,,,\n")
    assert (copy / "figures.csv").read_text(encoding="utf-8") == before + line
    assert evaluate("check", copy).exit_code == 0
    assert "figures: 1 new" in result.output
    assert "全省网络零售额" in result.output.split("→")[1]  # as evaluate diff shows it


def test_imports_stand_in_one_order_whatever_came_first(copy, tmp_path):
    head = ["指标", "单位", 2016, 2018]
    first = write_book(tmp_path / "1.xlsx", head, [C, "亿元", None, None], [B, "家", 40, 50])
    second = write_book(tmp_path / "2.xlsx", head, [A, "家", 2900, 3100], [C, "亿元", 11000, None])
    twin = tmp_path / "twin"
    writing.shutil.copytree(copy, twin)
    for folder, books in ((copy, [(first,), (second,)]), (twin, [(second, first)])):
        for paths in books:
            evaluate("import", *paths, "--data", folder, "--yes", "--accept-warnings")
    assert len(list_new(copy)) == 5
    assert (copy / "figures.csv").read_bytes() == (twin / "figures.csv").read_bytes()


def test_conflicts_are_listed_with_both_places_and_everything_else_is_written(copy, tmp_path):
    head = ["指标", "单位", 2016, 2017]
    first = write_book(tmp_path / "1.xlsx", head, [A, "家", 2900, 3001], [B, "家", 40, None])
    second = write_book(tmp_path / "2.xlsx", head, [A, "家", 2901, 3000], [C, "亿元", 11000, None])
    before = collected.read_figures(copy)
    result = evaluate("import", first, second, "--data", copy, "--yes", "--accept-warnings")
    assert result.exit_code == 2
    assert (
        "high-tech-enterprises level 330000 2016: 2900家 (1.xlsx!Sheet1!C2), 2901家 (2.xlsx!Sheet1!C2); none"
        in result.output
    )
    assert (
        "high-tech-enterprises level 330000 2017: 3001家 (1.xlsx!Sheet1!D2), 3000家 (2.xlsx!Sheet1!D2); none"
        in result.output
    )
    assert [row["indicator"] for row in list_new(copy)] == ["maker-spaces", "online-retail-sales"]
    only = write_book(tmp_path / "3.xlsx", head, [A, "家", None, 3001])
    result = evaluate("import", only, "--data", copy, "--yes")
    assert result.exit_code == 2
    assert "3001家 (3.xlsx!Sheet1!D2), but figures.csv has 3000 (T.1-actual, T.1); it is not written" in result.output
    assert [row for row in collected.read_figures(copy) if "!" not in row["source"]] == before


SLIPS = [
    (["指标", "单位", 2017], [A, "亿元", 3000], "C2: the unit '亿元' does not fit 'high-tech-enterprises' (高新技术企业), expected '家'"),
    (["指标", "单位", 2017], ["高新技术公司", "家", 3000], "C2: no indicator '高新技术公司'; did you mean 高新技术企业"),
    (["指标", "单位", 2017], [f"{A}（亿元）", "家", 1], "C2: the name says '亿元' and the column '家'; write one unit"),
    (["指标", "单位", 2017], [A, "家", "#DIV/0!"], "C2: the cell holds the error #DIV/0!"),
    (["指标", "地区", "单位", 2017], [A, "杭州省", "家", 3], "D2: no region '杭州省'; did you mean 杭州"),
    (["指标", "单位", 2021], [A, "家", 3100], "C2: the year 2021 lies outside 2015-2018"),
    (["指标", "单位", 2016], [A, "家", 30000], "C2: 30000家 is 10 times 3000家 of 2017 (T.1)"),
    (["指标", "单位", 2016], [A, "家", 300], "C2: 300家 is 1/10 of 3000家 of 2017 (T.1)"),
    (["指标", "单位", 2016], [A, "万家", 3000], "C2: 3000万家 is 1e+04 times 3000家 of 2017 (T.1)"),
    (["指标", "单位", "2017年完成率"], [A, "家", "很高"], "C2: '很高' is no number"),
    (["指标", "单位", "2016年目标"], ["在役工业机器人", "万台", 8], "C2: 'industrial-robots-in-use' has a target, but its target_kind"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "row", "sentence"), SLIPS, ids=[sentence for *_, sentence in SLIPS])
def test_a_slip_is_told_and_not_written(head, row, sentence, copy, tmp_path):
    if "industrial-robots" in sentence:
        names = tables.load(copy).indicators["name_zh"]
        sentence = sentence.replace("industrial-robots-in-use", names.index[names == row[0]][0])
    before = (copy / "figures.csv").read_bytes()
    result = evaluate("import", write_book(tmp_path / "b.xlsx", head, row), "--data", copy, "--yes")
    assert f"b.xlsx!Sheet1!{sentence}" in result.output
    assert result.exit_code == 2
    assert (copy / "figures.csv").read_bytes() == before


def test_a_name_that_fits_nothing_is_told_once_with_all_of_its_cells(copy, tmp_path):
    head = ["指标", "单位", 2015, 2016, 2017, "备注", 2018]
    rows = [["高新企业数", "家", 1, 2, 3, "", 4], [B, "家", 40, None, None, "", None]]
    paths = [write_book(tmp_path / f"{name}.xlsx", head, *rows[: 3 - n]) for n, name in enumerate("ab", 1)]
    result = evaluate("import", *paths, "--data", copy, "--dry-run")
    lines = [line for line in result.output.splitlines() if "no indicator" in line]
    assert len(lines) == 1
    assert lines[0].startswith(
        "  a.xlsx!Sheet1!C2:E2, G2; b.xlsx!Sheet1!C2:E2, G2 (8 cells): no indicator '高新企业数'"
    )
    assert "8 not read" in result.output


def test_measures_follow_the_kind_and_the_marks(copy, tmp_path):
    head = ["指标", "单位", "2016年目标值", "2016年增速", "2016年实际值"]
    path = write_book(tmp_path / "b.xlsx", head, [C, "亿元", 10000, 25.5, 11000], [f"{A}增速", "", None, None, 8])
    result = evaluate("import", path, "--data", copy, "--yes", "--accept-warnings")
    assert result.exit_code == 0, result.output
    rows = [(row["indicator"], row["measure"], row["value"], row["unit"]) for row in list_new(copy)]
    assert sorted(rows) == [
        ("high-tech-enterprises", "growth_rate", "8", "%"),
        ("online-retail-sales", "flow", "11000", "亿元"),
        ("online-retail-sales", "growth_rate", "25.5", "%"),
        ("online-retail-sales", "target", "10000", "亿元"),
    ]


@pytest.mark.parametrize(
    ("options", "answers", "number", "code"),
    [
        (["--dry-run"], "", 0, 2), (["--yes"], "", 1, 2), (["--yes", "--accept-warnings"], "", 2, 0),
        ([], "y\ny\n", 2, 0), ([], "n\ny\n", 1, 2), ([], "y\nn\n", 0, 1), (["--dry-run", "--accept-warnings"], "", 0, 0),
    ],
)  # fmt: skip
def test_what_is_written_depends_on_options_and_answers(options, answers, number, code, copy, tmp_path):
    path = write_book(tmp_path / "b.xlsx", ["指标", "单位", 2016], [A, "家", 30000], [C, "亿元", 11000])
    result = evaluate("import", path, "--data", copy, *options, answers=answers)
    assert result.exit_code == code, result.output
    assert len(list_new(copy)) == number


def test_nothing_is_left_when_the_file_cannot_be_written(copy, tmp_path, monkeypatch):
    path = write_book(tmp_path / "b.xlsx", ["指标", "单位", 2016], [C, "亿元", 11000])
    before = {file.name: file.read_bytes() for file in copy.iterdir() if file.is_file()}

    def fail(file: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.whole, "write_whole", fail)
    result = evaluate("import", path, "--data", copy, "--yes")
    assert result.exit_code == 2
    assert "data: cannot be written (No space left on device); nothing was changed." in result.output
    assert {file.name: file.read_bytes() for file in copy.iterdir() if file.is_file()} == before


def test_a_csv_is_imported_and_how_it_was_read_is_said(copy, tmp_path):
    path = tmp_path / "b.csv"
    path.write_bytes(f"指标;单位;2016年\r\n{C};亿元;１１,０００\r\n{A};家;暂无\r\n".encode("gb18030"))
    save = (copy / "figures.csv").read_bytes()
    (copy / "figures.csv").write_bytes(b"\xef\xbb\xbf" + save.replace(b"\n", b"\r\n"))
    result = evaluate("import", path, "--data", copy, "--yes")
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"{path}: read as GB18030, separated by ;\n")
    (row,) = list_new(copy)
    assert (row["value"], row["printed"], row["source"]) == ("11000", "11,000亿元", "b.csv!C2")
    assert (copy / "figures.csv").read_bytes().startswith(save)  # without byte order mark, with LF
    assert validate.find_problems(copy) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("high-tech-enterprises", ("high-tech-enterprises", None, "")), (f" {A} ", ("high-tech-enterprises", None, "")),
        ("1. 高新技术企业", ("high-tech-enterprises", None, "")), ("其中：高新技术企业（家）", ("high-tech-enterprises", None, "家")),
        ("High-Tech Enterprises", ("high-tech-enterprises", None, "")), (f"{A}目标值", ("high-tech-enterprises", "target", "")),
        (f"{A}同比增长（%）", ("high-tech-enterprises", "growth_rate", "%")),
        ("人才净流入率（％）", ("talent-net-inflow", None, "%")),
        ("全省5A、4A级景区免费WiFi覆盖率", ("scenic-areas-free-wifi", None, "")),
    ],
)  # fmt: skip
def test_a_name_is_matched_exactly_or_without_punctuation(text, wanted, package):
    names = matching.Names(package)
    if "WiFi" in text:
        own = package.indicators["name_zh"]
        wanted = (own.index[own == text][0], None, "")
    assert names.find(text) == wanted


def test_two_files_of_one_name_are_refused(copy, tmp_path):
    paths = [
        write_book(tmp_path / folder / "b.xlsx", ["指标", "单位", 2016])
        for folder in ("a", "b")
        if (tmp_path / folder).mkdir() is None
    ]
    result = evaluate("import", *paths, "--data", copy, "--yes")
    assert result.exit_code == 2
    assert "two files are named b.xlsx; rename one" in result.output


@pytest.mark.parametrize(
    ("document", "place", "cited"),
    [
        ("mid-term-report", "2.3.9", ("mid-term-report", "2.3.9", "b.xlsx!Sheet1!C2")),
        ("mid-term-report", None, ("workbook-b", "b.xlsx!Sheet1!C2", "mid-term-report")),
        ("年报", "p. 3", ("workbook-b", "b.xlsx!Sheet1!C2", "年报, p. 3")),
        (None, None, ("workbook-b", "b.xlsx!Sheet1!C2", "")),
    ],
)
def test_a_figure_stands_in_a_known_document_only_with_its_place(copy, tmp_path, document, place, cited):
    head = ["指标", "单位", 2016, "来源", "出处"]
    path = write_book(tmp_path / "b.xlsx", head, [C, "亿元", 11000, document, place])
    assert evaluate("import", path, "--data", copy, "--yes").exit_code == 0
    (row,) = [row for row in collected.read_figures(copy) if row["figure"] == "online-retail-sales-2016"]
    assert (row["document"], row["source"], row["note"]) == cited


def test_no_two_workbooks_have_the_same_key():
    titles = ["b.xlsx", "b.csv", "B.xlsx", "b-商务厅.xlsx", "b-科技局.xlsx", "商务厅.xlsx", "b c.xlsx", "b-c.xlsx"]
    keys = [citing.name_workbook(title) for title in titles]
    assert len({*keys}) == len(titles)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) for key in keys)
