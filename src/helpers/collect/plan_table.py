"""The table of indicators of a plan, as a workbook has it: a row for each, with its chapter, unit, base and target.

The first sheet with a row of headings is read. Headings are Chinese or English (`HEADINGS`); a chapter, a section or a
category that is left empty, as in merged cells, is that of the row above. Nothing is guessed: what is missing or not
understood is a problem with its cell.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from helpers.authoring.new_plan import NewPlan, read_units
from helpers.collect import amounts, sheets
from helpers.collect.headings import ROLES, cut_unit
from helpers.collect.sheets import Cell, Sheet
from helpers.errors import UserError
from helpers.numbers import token
from helpers.numbers.spelling import fold, is_missing
from helpers.package.rules import DIRECTION, PERCENT_TARGETS
from helpers.package.schema import MEASURE_OF_KIND

HEADINGS = {
    "chapter": ("章", "chapter"), "chapter_en": ("章英文名", "chapter in english"),
    "section": ("节", "section"), "section_en": ("节英文名", "section in english"),
    "category": ("类别", "category"), "category_en": ("类别英文名", "category in english"),
    "name_zh": ("指标", "indicator"), "name_en": ("英文名", "english", "name in english"), "unit": ("单位", "unit"),
    "unit_en": ("单位英文名", "unit in english"), "dimension": ("量纲", "dimension"),
    "kind": ("类型", "kind"), "target_kind": ("目标类型", "target kind"), "direction": ("方向", "direction"),
    "base": ("基期值", "base", "baseline"), "target": ("目标值", "target"), "nature": ("性质", "属性", "nature"),
    "responsible": ("责任单位", "responsible"), "note": ("备注", "note"),
}  # fmt: skip
NEEDED = ("name_zh", "unit", "kind")
FINDING = ("name_zh", "kind")  # headings by which a table is known; units may stand behind the names
OF_YEAR = {  # what may stand beside the year of a column: 2015年, 2020年目标值
    "base": ("", "末", "基期", "基期值", "现状", "现状值", "实际", "实际值", "base", "baseline"),
    "target": ("", "末", "目标", "目标值", "规划目标", "规划目标值", "target"),
}
YEAR = re.compile(r"((?:19|20)\d{2})年?度?")
GROUP = re.compile(r"[(]?[一二三四五六七八九十]+[)、.,]")  # begins the title of a group of rows: 一、经济发展
REMARK = re.compile(r"(注|备注|说明|来源|资料来源|数据来源|notes?|sources?)\d*\s*[:.]", re.IGNORECASE)
CARRIED = ("chapter", "section", "category")  # an empty cell is that of the row above, and so is its English name
WORDS = {  # what Chinese words in a column mean; the English ones are those of the data package
    "kind": {"存量": "stock", "流量": "flow", "占比": "share", "指数": "index", "位次": "rank"},
    "target_kind": {
        "不低于": "level", "不高于": "cap", "区间": "range", "排名": "rank", "年均增速": "growth", "累计": "cumulative",
        "下降": "reduction", "增加": "increase", "高于上级": "gap", "同步": "relative", "保持": "hold",
        "是否完成": "milestone", "逐年": "yearly",
    },
    "direction": {"升": "up", "降": "down"},
    "nature": {"约束性": "binding", "预期性": "expected"},
    "dimension": {
        "计数": "count", "金额": "money", "占比": "share", "比率": "ratio", "位次": "rank", "指数": "index", "时间": "time",
        "面积": "area", "体积": "volume", "带宽": "bandwidth", "重量": "mass",
    },
}  # fmt: skip

SYNONYMS = {  # other Chinese words for the same, those of the data dictionary among them
    "target_kind": {
        "不少于": "level", "不超过": "cap", "不多于": "cap", "区间内": "range", "位次": "rank", "年均增长": "growth",
        "降低": "reduction", "比基期下降": "reduction", "比基期降低": "reduction", "比基期增加": "increase",
        "高于上级地区": "gap", "增速不低于另一指标": "relative", "各年保持": "hold", "逐年目标": "yearly",
    },
    "direction": {"上升": "up", "下降": "down", "越高越好": "up", "越低越好": "down"},
    "nature": {"约束": "binding", "预期": "expected"},
}  # fmt: skip

KNOWN = {word.replace(" ", ""): name for name, words in HEADINGS.items() for word in words}


@dataclass(frozen=True)
class PlanTable:
    """Rows of a plan's table by the names of `HEADINGS`, and their cells; sentences on what was not read.

    Of a row, `cells` has its cells by heading, `amounts` base and target as numbers.
    """

    sheet: Sheet
    headings: dict[str, int]  # number of each column, from 0
    rows: list[dict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def locate(self, row: dict, column: str) -> str:
        """Where a cell stands: `plan.xlsx!Sheet1!C7`; the name of its row where there is no such column."""
        return self.sheet.locate(row["cells"].get(column, row["cells"]["name_zh"]))


def read(book: Path, plan: NewPlan) -> PlanTable:
    """The table of a workbook or CSV file. Raises UserError, which lists every problem."""
    pages, notes = sheets.read(book)
    for sheet in pages:
        for number in range(len(sheet.rows)):
            if _find_headings([sheet.rows[number]], plan).keys() >= {*FINDING}:
                return _read_body(sheet, number, plan, notes)
    wanted = ", ".join(f"{HEADINGS[name][0]} ({HEADINGS[name][1]})" for name in NEEDED)
    raise UserError(f"{book}: no sheet has a row of headings; expected at least {wanted}.")


def _find_headings(levels: list[list[Cell]], plan: NewPlan) -> dict[str, int]:
    """Columns of the known headings in some rows; the lower row decides."""
    headings: dict[str, int] = {}
    for row in reversed(levels):
        for at, cell in enumerate(row):
            name = _name_heading(cell.text, plan)
            if name and at not in headings.values():
                headings.setdefault(name, at)
    return headings


def _name_heading(text: str, plan: NewPlan) -> str:
    """What a heading means: a name of `HEADINGS`, nothing where it is not known."""
    text = re.sub(r"[(\[].*|\s", "", text).lower()
    if text in KNOWN:
        return KNOWN[text]
    if year := YEAR.search(text):
        rest = text.replace(year[0], "")
        for name, wanted in (("base", plan.baseline_year), ("target", plan.target_year)):
            if int(year[1]) == wanted and rest in OF_YEAR[name]:
                return name
    return ""


def _read_body(sheet: Sheet, first: int, plan: NewPlan, notes: list[str]) -> PlanTable:
    """The rows below the headings, which begin in a row and may have a second one: 目标 above 2015年 and 2020年."""
    last = first
    while last + 1 < len(sheet.rows) and _continues(sheet.rows[last], sheet.rows[last + 1], plan):
        last += 1
    levels = sheet.rows[first : last + 1]
    table = PlanTable(sheet, _find_headings(levels, plan), notes=[*notes])
    problems = _check_years(table, levels, plan)
    above, body = dict.fromkeys(CARRIED, ""), []
    units = {unit["unit"] for unit in read_units()}
    for line in sheet.rows[last + 1 :]:
        cells = {name: line[at] for name, at in table.headings.items()}
        if title := _read_title(line, cells):
            _keep_title(table, title, above)
            continue
        body.append(line)
        row = {name: _to_text(cell) for name, cell in cells.items()}
        if not any(row.values()):
            continue
        for name in CARRIED:
            if row.get(name):
                above |= {name: row[name], f"{name}_en": row.get(f"{name}_en", "")}
        row = dict.fromkeys(HEADINGS, "") | row | above | {"cells": cells, "amounts": {}}
        problems += _translate(table, row, units)
        table.rows.append(row)
    _name_unread(table, levels, body)
    if not table.rows:
        problems.append(f"{sheet.locate(levels[0][0])}: no indicator stands below the headings.")
    if problems:
        raise UserError(*problems)
    return table


def _continues(above: list[Cell], row: list[Cell], plan: NewPlan) -> bool:
    """Is a row one more level of the headings above it?"""
    own = [cell for cell, upper in zip(row, above, strict=True) if cell.text and cell.text != upper.text]
    return bool(own) and all(_name_heading(cell.text, plan) for cell in own)


def _check_years(table: PlanTable, levels: list[list[Cell]], plan: NewPlan) -> list[str]:
    """Headings that name another year than the plan has: 基期值（2014年）."""
    problems = []
    for name, wanted in (("base", plan.baseline_year), ("target", plan.target_year)):
        if name in table.headings:
            for cell in (row[table.headings[name]] for row in levels):
                years = {int(year) for year in YEAR.findall(cell.text)}
                if years and wanted not in years:
                    option = "--start-year, the year after it" if name == "base" else "--target-year"
                    what = f"{cell.text!r} names another year than the plan has ({wanted}); give {option}"
                    problems.append(f"{table.sheet.locate(cell)}: {what}, or correct the heading")
    return [*dict.fromkeys(problems)]


def _read_title(line: list[Cell], cells: dict[str, Cell]) -> Cell | None:
    """The cell of a row that has one text alone, and is no unfinished row of an indicator."""
    filled = [cell for cell in line if cell.text]
    if not filled or len({cell.text for cell in filled}) > 1 or filled[0].is_number:
        return None
    title = filled[0]
    is_name = len(filled) == 1 and title.column == cells["name_zh"].column
    carried = any(title.column == cells[name].column for name in CARRIED if name in cells) and len(filled) == 1
    return None if carried or (is_name and not GROUP.match(title.text) and not REMARK.match(title.text)) else title


def _keep_title(table: PlanTable, title: Cell, above: dict[str, str]) -> None:
    """A title above rows is their chapter, if no column has chapters."""
    if REMARK.match(title.text):
        return
    place = table.sheet.locate(title)
    if "chapter" in table.headings:
        table.notes.append(f"{place}: {title.text!r} stands alone in its row, which was not read")
        return
    above |= {"chapter": re.sub(rf"^{GROUP.pattern}\s*", "", title.text), "section": "", "category": ""}
    table.notes.append(f"{place}: {title.text!r} was read as the chapter of the rows below it")


def _name_unread(table: PlanTable, levels: list[list[Cell]], rows: list[list[Cell]]) -> None:
    """Note the columns with contents whose heading means nothing here; rows: those that are no titles."""
    for at in range(len(levels[0])):
        title = next((row[at].text for row in reversed(levels) if row[at].text), "")
        running = re.sub(r"\s", "", title).lower() in ROLES["other"].split()
        held = any(row[at].text and not is_missing(row[at].text) for row in rows)
        if title and held and not running and at not in table.headings.values():
            place = table.sheet.locate(levels[-1][at])
            table.notes.append(f"{place}: the column {title!r} is none of a plan's table, and was not read")


def _translate(table: PlanTable, row: dict, units: set[str]) -> list[str]:
    """Put the words of the data package in place of Chinese ones; returns what is wrong, each with its cell.

    units: base units of the project, to which those are added of which a row says what they measure; one in brackets behind a
    name is the unit of the row
    """
    problems = []

    def complain(column: str, what: str, place: str = "") -> None:
        lacking = "" if column in table.headings else f", into a column {' or '.join(HEADINGS[column])}"
        problems.append(f"{table.locate(row, place or column)}: {what}{lacking}")

    row["unit"] = fold(row["unit"])
    name, unit = cut_unit(row["name_zh"], units | {token.split_unit(row["unit"])[1]} - {""})
    if unit and row["unit"] and unit != row["unit"]:
        complain("unit", f"the name says {unit!r}, and the column {row['unit']!r}; write one unit")
    row["name_zh"], row["unit"] = name, row["unit"] or unit
    for column in NEEDED:
        if not row[column]:
            complain(column, f"{HEADINGS[column][0]} is empty" + offer(column))
    unknown = set()
    for column, words in WORDS.items():
        text, known = row[column], words | SYNONYMS.get(column, {})
        row[column] = known.get(text, text.lower())
        if text and row[column] not in words.values():
            complain(column, f"{text!r} is not known" + offer(column))
            unknown.add(column)
    unit = token.split_unit(row["unit"])[1]
    if row["dimension"]:
        units.add(unit)
    elif unit and unit not in units:
        what = f"the unit {unit!r} is new, and nothing says what it measures"
        complain("dimension", what + offer("dimension"), "unit")
    if row["target"] and not row["target_kind"]:
        complain("target_kind", f"the target {row['target']!r} has no kind" + offer("target_kind"))
    if row["target_kind"] and "target_kind" not in unknown:
        row["direction"] = row["direction"] or DIRECTION.get(row["target_kind"], "")
        if not row["direction"]:
            complain("direction", f"a target of the kind {row['target_kind']!r} needs a direction" + offer("direction"))
    row["direction"] = row["direction"] or "up"
    for column in ("base", "target"):
        try:
            row["amounts"][column] = _read_amount(row, column)
        except ValueError as error:
            complain(column, str(error))
    if row["kind"] and row["kind"] not in MEASURE_OF_KIND:
        row["kind"] = ""
    return problems


def _read_amount(row: dict, column: str) -> amounts.Amount | None:
    """Base or target as a number, None where there is none. Raises ValueError with a sentence."""
    cell = row["cells"].get(column)
    if cell is None or is_missing(cell.text):
        return None
    unit = "%" if column == "target" and row["target_kind"] in PERCENT_TARGETS else row["unit"]
    try:
        amount = amounts.read(cell, unit or "个")  # a missing unit has been told
    except amounts.CellError as error:
        amount = _read_words(cell, unit) if row["kind"] == "rank" or re.search(r"\d", cell.text) else None
        if amount is None:
            raise error from None
    if amount and cell.is_number:
        return amount._replace(printed=f"{amount.value}%" if "%" in cell.form else amount.value)
    return amount and amount._replace(printed=str(cell.value).strip())


def _read_words(cell: Cell, unit: str) -> amounts.Amount | None:
    """A number among words of the plan: 前三, 下降15. None where it is in doubt."""
    try:
        number = token.parse(cell.text)
    except token.PrintedError:
        return None
    sure = not cell.is_number and not cell.is_date and number.multiplier == 1 and number.unit in ("", unit)
    digits = len(re.findall(r"\d+(?:\.\d+)?", cell.text.replace(",", "")))
    return amounts.Amount(f"{number.number:f}", unit, number.qualifier.name, "") if sure and digits <= 1 else None


def offer(column: str) -> str:
    """What can be written into a column."""
    if column == "unit":
        return "; write it there, or in brackets behind the name"
    if column not in WORDS:
        return ""
    return "; write " + ", ".join(f"{word} ({name})" for word, name in WORDS[column].items())


def _to_text(cell: Cell) -> str:
    """A cell of words; nothing where it says that there is nothing."""
    text = cell.text if cell.is_number else str(cell.value or "").strip()
    return "" if is_missing(text) else text
