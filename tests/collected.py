"""Packages and workbooks for the tests of collection: departments that fill in made-up numbers."""

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random

import openpyxl

DEPARTMENTS = [f"第{number}厅" for number in "一二三四五六七八九十"] + ["商务厅", "经信厅"]
EACH = 22  # indicators of a department
YEARS = (2016, 2017, 2018)
# Kind, unit, may_exceed, and a number of the year for each sort of indicator.
SORTS = [
    ("stock", "家", "false", lambda random: str(random.randint(1000, 2000))),
    ("flow", "亿元", "false", lambda random: f"{random.randint(1000, 2499)}.{random.randint(1, 9)}"),
    ("share", "%", "false", lambda random: f"{random.randint(30, 79)}.{random.randint(10, 99)}"),
    ("rank", "位", "false", lambda random: str(random.randint(3, 9))),
    (
        "stock",
        "万户",
        "false",
        lambda random: f"{random.randint(10, 20)}.{random.randint(1, 9)}{random.randint(1, 9)}5",
    ),
]
WORDS = {"": "exact", "精确": "exact", "约": "about", "超": "over", "余": "over", "近": "under", "不足": "under"}


def name_indicator(department: int, number: int) -> tuple[str, str]:
    """Key and Chinese name."""
    return f"d{department}-i{number}", f"{DEPARTMENTS[department]}工作{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{number}数量"


def add_departments(folder: Path) -> None:
    """Give a package twelve departments with 22 indicators each."""
    path = folder / "indicators.csv"
    with path.open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        for department, name in enumerate(DEPARTMENTS):
            for number in range(EACH):
                key, name_zh = name_indicator(department, number)
                kind, unit, may_exceed, _ = SORTS[number % len(SORTS)]
                writer.writerow(
                    {"indicator": key, "section": "1.2", "name_zh": name_zh, "name_en": f"Number {key}", "kind": kind,
                     "unit": unit.removeprefix("亿").removeprefix("万"), "direction": "down" if kind == "rank" else "up",
                     "may_exceed": may_exceed, "responsible": name}
                )  # fmt: skip


def list_inputs(sheet) -> Iterator[tuple[str, int, object, object]]:
    """Key, year, cell of the value and of the qualifier, of a sheet to fill in."""
    codes = {cell.value: cell.column for row in sheet.iter_rows(min_row=5, max_row=5) for cell in row}
    for row in range(7, sheet.max_row + 1):
        for year in YEARS:
            cells = [sheet.cell(row, codes[f"{name}:{year}"]) for name in ("value", "qualifier")]
            yield sheet.cell(row, codes["indicator"]).value, year, *cells


def fill_in(path: Path, random: Random) -> dict[tuple[str, int], tuple[str, str, str]]:
    """Fill in every cell of a workbook; gives value, unit and qualifier by indicator and year."""
    book, given = openpyxl.load_workbook(path), {}
    sheet = book.worksheets[0]
    units = {cell.value: cell.column for row in sheet.iter_rows(min_row=5, max_row=5) for cell in row}
    for key, year, value, qualifier in list_inputs(sheet):
        _, unit, _, draw = SORTS[int(key.partition("-i")[2]) % len(SORTS)]
        digits, word = draw(random), random.choice([*WORDS]) if unit not in ("位", "%") else ""
        sheet.cell(value.row, units["unit"]).value = unit
        value.value, qualifier.value = float(digits) if "." in digits else int(digits), word or None
        if "." in digits:
            value.number_format = f"0.{'0' * len(digits.partition('.')[2])}"
        given[key, year] = digits, unit, WORDS[word]
    book.save(path)
    return given


def read_figures(folder: Path) -> list[dict]:
    with (folder / "figures.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
