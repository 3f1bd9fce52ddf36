"""What the headings of a sheet say: which column has names, units or values, and of which period and measure.

A heading may have several levels (merged cells), and each may name a period, a measure and a unit: `2017年（亿元）` above
`目标值`. What is not wholly understood is no heading.
"""

import re
from typing import NamedTuple

from helpers.collect.sheets import Cell
from helpers.numbers import token
from helpers.numbers.spelling import fold, read_date, read_period

ROLES = {
    "key": "编号 键 代码 指标代码 指标编码 key id code",
    "name": "指标 指标名称 名称 数据 项目 指标项 主要指标 指标内容 indicator indicators name figure item",
    "unit": "单位 计量单位 unit units",
    "measure": "类型 口径 数据类型 measure type",
    "region": "地区 区域 region place",
    "qualifier": "限定词 qualifier",
    "period": "时期 年份 年度 期间 period year",
    "value": "数值 值 数据值 value",
    "note": "备注 说明 note notes remark remarks",
    "document": "来源 资料来源 数据来源 source document",
    "place": "出处 页码 place page",
    "other": "序号 no. no # 责任单位 牵头单位 责任部门 填报单位 填报人 department responsible group 分组",
}
ROLE_OF = {word: role for role, words in ROLES.items() for word in words.split()}
ROLE_OF |= {"indicator key": "key", "indicator name": "name", "source or formula": "document", "出处或算式": "document"}
MARKS = {
    "target": ("规划目标值", "规划目标", "预期目标", "年度目标", "目标任务", "目标数", "计划值", "计划数",
               "目标值", "目标", "target"),
    "growth_rate": ("同比增长速度", "同比增长率", "同比增长", "增长速度", "增长率", "增减率", "同比", "增速", "增长",
                    "growth rate", "growth"),
    "completion": ("完成率", "completion"),
    "": ("实际完成值", "实际完成", "完成情况", "实际值", "实际数", "完成值", "完成数", "实绩", "现状值", "实际",
         "actual"),
}  # fmt: skip
MARK_OF = {mark: measure for measure, marks in MARKS.items() for mark in marks}
PERCENT = ("growth_rate", "completion")  # measures whose unit goes without saying
BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
UNIT_WORD = re.compile(r"[(\[](?:计量)?(?:单位|units?)[)\]]$", re.IGNORECASE)  # 指标名称（单位）: behind each name
UNIT_LINE = re.compile(r"(?:^|[\s(,;])(?:计量)?(?:单位|unit)\s*[:：]\s*([^\s)）;；]+)", re.IGNORECASE)


class Heading(NamedTuple):
    """What stands above a column; each part is empty, and `measure` is None, where nothing says it."""

    role: str = ""
    period: str = ""
    measure: str | None = None
    unit: str = ""


def read(cells: list[Cell], units: set[str]) -> Heading | None:
    """What the levels of a heading say together, None where one of them is not understood; units: known base units."""
    whole = Heading()
    for text in dict.fromkeys(_write(cell) for cell in cells):
        if not text:
            continue
        part = _read_level(text, units)
        if part is None:
            return None
        whole = Heading(
            part.role or whole.role,
            part.period or whole.period,
            whole.measure if part.measure is None else part.measure,
            part.unit or whole.unit,
        )
    return whole


def _write(cell: Cell) -> str:
    """A heading as text; a date cell that shows no month is a year."""
    if not cell.is_date:
        return cell.text
    form = re.sub(r"\"[^\"]*\"|\\.|\[[^\]]*\]", "", cell.form).lower()
    return str(cell.value.year) if "y" in form and "m" not in form else read_date(cell.value)


def _read_level(text: str, units: set[str]) -> Heading | None:
    """One level of a heading."""
    rest, unit = cut_unit(UNIT_WORD.sub("", text), units)
    lower = " ".join(rest.lower().split())
    if lower in ROLE_OF:
        return Heading(role=ROLE_OF[lower], unit=unit)
    if re.fullmatch(r"\d{5}", rest):  # Excel's number of a day; told, and not guessed
        return None
    if period := read_period(rest):
        return Heading(period=period, unit=unit)
    rest, measure = cut_mark(rest)
    if measure is None:
        return Heading(unit=unit) if unit and not rest else None
    period = read_period(rest)
    return None if rest and not period else Heading(period=period, measure=measure, unit=unit)


def cut_unit(text: str, units: set[str]) -> tuple[str, str]:
    """A text without its unit in brackets, and that unit: `销售额（亿元）`; other brackets stay."""
    text = fold(text)
    for match in BRACKETS.finditer(text):
        for part in re.split(r"[,，;；:：]", match[1]):
            if token.split_unit(part.strip())[1] in units:
                return f"{text[: match.start()]}{text[match.end() :]}".strip(), part.strip()
    return text, ""


def cut_mark(text: str) -> tuple[str, str | None]:
    """A text without the words that name a measure at its end or beginning, and that measure; None without such words."""
    for mark in sorted(MARK_OF, key=len, reverse=True):
        lower = text.lower()
        if lower.endswith(mark):
            return text[: -len(mark)].rstrip(" :：-—·,，_"), MARK_OF[mark]
        if lower.startswith(mark):
            return text[len(mark) :].lstrip(" :：-—·,，_"), MARK_OF[mark]
    return text, None


def find_unit(texts: list[str]) -> str:
    """Unit that stands above a table: `单位：亿元`; nothing where there are several."""
    units = {match[1].rstrip("、，,") for text in texts for match in UNIT_LINE.finditer(text)}
    return units.pop() if len(units) == 1 else ""
