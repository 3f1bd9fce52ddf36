"""Twelve departments fill in their workbooks: nothing is lost, and every mistake is told."""

from pathlib import Path
from random import Random

import collected
import openpyxl
import pytest
from click.testing import CliRunner

from helpers.cli.verbs import main
from helpers.collect import importing
from helpers.package import tables, validate

pytestmark = pytest.mark.whole


def evaluate(*arguments):
    return CliRunner().invoke(main, [*map(str, arguments)])


@pytest.fixture
def departments(copy: Path) -> Path:
    """A package in which twelve departments are responsible for indicators."""
    collected.add_departments(copy)
    assert validate.find_problems(copy) == []
    return copy


@pytest.fixture
def books(departments: Path, tmp_path: Path) -> list[Path]:
    """Empty workbooks of the twelve departments."""
    result = evaluate("template", departments, tmp_path / "book.xlsx", "--years", "2016-2018")
    assert result.exit_code == 0, result.output
    paths = sorted(tmp_path.glob("book-*.xlsx"))
    assert [path.stem for path in paths] == sorted(f"book-{name}" for name in collected.DEPARTMENTS)
    return paths


def test_what_twelve_departments_fill_in_arrives_to_the_last_digit(departments, books):
    random, given = Random(1), {}
    for path in books:
        given |= collected.fill_in(path, random)
    assert len(given) == 12 * 22 * 3
    before = (departments / "figures.csv").read_bytes()
    result = evaluate("import", *books, "--data", departments, "--yes", "--accept-warnings")
    assert result.exit_code == 0, result.output[-2000:]
    rows = [row for row in collected.read_figures(departments) if "!" in row["source"]]
    read = {(row["indicator"], int(row["period"])): (row["value"], row["unit"], row["qualifier"]) for row in rows}
    assert read == given
    assert len(rows) == len(given)
    assert all(row["source"].startswith("book-") and row["source"].count("!") == 2 for row in rows)
    assert (departments / "figures.csv").read_bytes().startswith(before)
    assert evaluate("check", departments).exit_code == 0
    again = evaluate("import", *books, "--data", departments, "--yes")
    assert again.exit_code == 0
    assert "792 there already" in again.output


SLIPS = ("unit", "year", "name", "ten times", "duplicate")


def spoil(sheet, row: int, slip: str, number: int) -> str:
    """Make a slip in a row of a wide sheet; gives what has to stand in its sentence."""
    cell = sheet.cell(row, 4)
    match slip:
        case "unit":
            sheet.cell(row, 2).value = "万吨"
            return "does not fit"
        case "year":
            sheet.cell(row, 4).value, sheet.cell(row, 7).value = None, cell.value
            return "the year 2031 lies outside"
        case "name":
            sheet.cell(row, 1).value = f"{sheet.cell(row, 1).value}误{number}"
            return "no indicator"
        case "ten times":
            cell.value = cell.value * (10 if number % 2 else 0.1)
            return " times " if number % 2 else " is 1/"
        case _:
            sheet.append([sheet.cell(row, n).value for n in range(1, 8)])
            sheet.cell(sheet.max_row, 4).value = cell.value + 1
            return "none is written"


def test_each_of_two_hundred_slips_is_told_with_its_place_and_nothing_else_is_left_out(departments, tmp_path):
    random, wanted = Random(2), []
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "汇总"
    sheet.append(["填报汇总表"])
    sheet.append(["指标", "单位", 2016, 2017, 2018, "备注", 2031])
    keys = [(department, number) for department in range(12) for number in range(22)]
    scaled = [pair for pair in keys if collected.SORTS[pair[1] % 5][1] in ("家", "亿元", "万户")]
    spoilt = random.sample(scaled, 150) + [pair for pair in keys if pair not in scaled][:50]
    for pair in keys:
        _, unit, _, draw = collected.SORTS[pair[1] % 5]
        sheet.append([collected.name_indicator(*pair)[1], unit, *(float(draw(random)) for _ in range(3))])
    for number, pair in enumerate(spoilt):
        slip = SLIPS[number % 5] if pair in scaled else ("unit", "year", "name")[number % 3]
        row = keys.index(pair) + 3
        sentence = spoil(sheet, row, slip, number)
        column = {"unit": "C", "name": "C", "year": "G"}.get(slip, "D")
        wanted.append((f"汇总!{column}{row}", sentence))
    path = tmp_path / "sum.xlsx"
    book.save(path)
    work = importing.prepare([str(path)], str(departments))
    work.leave_out_invalid()
    lines = [*work.list_slips(), *work.list_doubtful()]
    missing = [pair for pair in wanted if not any(pair[0] in line and pair[1] in line for line in lines)]
    assert len(wanted) == 200
    assert missing == []
    of_unit_or_name = sum(sentence in ("does not fit", "no indicator") for _, sentence in wanted)
    others = 200 - of_unit_or_name
    assert len(work.judgement.slips) == 3 * of_unit_or_name
    assert len(work.judgement.doubtful) + len(work.judgement.conflicts) == others
    assert len(work.judgement.figures) == 792 - 3 * of_unit_or_name - others


def test_a_workbook_is_for_one_department_on_request(departments, tmp_path):
    path = tmp_path / "one.xlsx"
    result = evaluate("template", departments, path, "--responsible", "商务厅")
    assert result.output == f"{path}: 22 indicators\n"
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet.protection.sheet
    assert not sheet.protection.password
    codes = [cell.value for cell in sheet[5]]
    plan = tables.load(departments).plan
    assert [code for code in codes if code.startswith("value")] == [
        f"value:{year}" for year in range(plan.baseline_year, plan.target_year + 1)
    ]
    locked = {code: sheet.cell(7, column).protection.locked for column, code in enumerate(codes, 1)}
    assert {code for code, is_locked in locked.items() if is_locked} == {
        "region", "indicator", "name_zh", "name_en", "reference",
    }  # fmt: skip
    assert [rule.type for rule in sheet.data_validations.dataValidation] == ["list"] * 3
    instructions = openpyxl.load_workbook(path).worksheets[1]
    assert "白色单元格" in instructions["A2"].value
    assert "white cells" in instructions["B2"].value


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["x.xlsx", "--responsible", "外贸厅"], "no indicator of the department '外贸厅'; there is 第一厅, "),
        (["x.csv"], "x.csv: expected the name of a workbook (.xlsx)."),
        (["there.xlsx"], "there.xlsx exists already and may be filled in; remove it, or choose another name."),
    ],
)
def test_a_workbook_that_cannot_be_is_refused(departments, tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    Path("there.xlsx").write_bytes(b"")
    result = evaluate("template", departments, *arguments)
    assert result.exit_code == 2
    assert sentence in result.output
