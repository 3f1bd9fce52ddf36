"""The table of indicators of a plan, as a workbook has it: a row for each, with its chapter, unit, base and target.

The first sheet with a row of headings is read. Headings are Chinese or English (`HEADINGS`); a chapter, a section or a
category that is left empty, as in merged cells, is that of the row above. Nothing is guessed: what is missing or not
understood is a problem with its cell.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from helpers.authoring.new_plan import NewPlan, read_units
from helpers.errors import UserError
from helpers.numbers import token
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
DOCUMENT = "plan-table"  # key of the workbook in sources.csv
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


@dataclass(frozen=True)
class PlanTable:
    """Rows of a plan's table by the names of `HEADINGS`, each with the row of its sheet as `row`; place: file and sheet."""

    place: str
    rows: list[dict]
    columns: dict[str, str]  # letter of each column

    def locate(self, row: dict, column: str) -> str:
        """Where a cell stands: `plan.xlsx!Sheet1!C7`."""
        return f"{self.place}!{self.columns[column]}{row['row']}"


def read(book: Path) -> PlanTable:
    """The table of a workbook. Raises UserError, which lists every problem."""
    from openpyxl import load_workbook

    try:
        workbook = load_workbook(book, data_only=True)
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise UserError(f"{book}: cannot be read as a workbook ({error}); save it as .xlsx.") from None
    for sheet in workbook.worksheets:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            if headings := _find_headings(cells):
                place = f"{book.name}!{sheet.title}"
                letters = {name: sheet.cell(1, at + 1).column_letter for name, at in headings.items()}
                body = sheet.iter_rows(min_row=number + 1, values_only=True)
                return _read_body(PlanTable(place, [], letters), headings, enumerate(body, number + 1))
    wanted = ", ".join(f"{HEADINGS[name][0]} ({HEADINGS[name][1]})" for name in NEEDED)
    raise UserError(f"{book}: no sheet has a row of headings; expected at least {wanted}.")


def _find_headings(cells: tuple) -> dict[str, int]:
    """Places of the known headings in a row, if it has those that are needed."""
    texts = ["" if cell is None else re.sub(r"[（(].*|\s", "", str(cell)).lower() for cell in cells]
    known = {word.replace(" ", ""): name for name, words in HEADINGS.items() for word in words}
    headings: dict[str, int] = {}
    for at, text in enumerate(texts):
        if text in known:
            headings.setdefault(known[text], at)
    return headings if headings.keys() >= {*NEEDED} else {}


def _read_body(table: PlanTable, headings: dict[str, int], lines) -> PlanTable:
    problems: list[str] = []
    above = dict.fromkeys(CARRIED, "")
    for number, cells in lines:
        row = {name: _to_text(cells[at]) if at < len(cells) else "" for name, at in headings.items()} | {"row": number}
        if not any(row[name] for name in headings):
            continue
        for name in CARRIED:
            if row.get(name):
                above |= {name: row[name], f"{name}_en": row.get(f"{name}_en", "")}
        row = dict.fromkeys(HEADINGS, "") | row | above
        problems += [f"{table.place}!{what}" for what in _translate(table, row)]
        table.rows.append(row)
    if not table.rows:
        problems.append(f"{table.place}: no indicator stands below the headings.")
    if problems:
        raise UserError(*problems)
    return table


def _translate(table: PlanTable, row: dict) -> list[str]:
    """Put the words of the data package in place of Chinese ones; returns what is wrong, each with its cell."""
    problems = []

    def complain(column: str, what: str) -> None:
        problems.append(f"{table.columns.get(column, '')}{row['row']}: {what}")

    for column in NEEDED:
        if not row[column]:
            complain(column, f"{HEADINGS[column][0]} is empty" + _offer(column))
    for column, words in WORDS.items():
        text = row[column]
        if text and text not in (*words, *words.values()):
            complain(column, f"{text!r} is not known" + _offer(column))
        row[column] = words.get(text, text)
    if row["target"] and not row["target_kind"]:
        complain("target_kind", f"the target {row['target']!r} has no kind" + _offer("target_kind"))
    if row["target_kind"]:
        row["direction"] = row["direction"] or DIRECTION.get(row["target_kind"], "")
        if not row["direction"]:
            complain(
                "direction", f"a target of the kind {row['target_kind']!r} needs a direction" + _offer("direction")
            )
    row["direction"] = row["direction"] or "up"
    for column in ("base", "target"):
        if row[column]:
            try:
                token.parse(row[column])
            except token.PrintedError as error:
                complain(column, f"{error}; write the number as it stands in the plan, or nothing")
    if row["kind"] and row["kind"] not in MEASURE_OF_KIND:
        row["kind"] = ""
    return problems


def _offer(column: str) -> str:
    """What can be written into a column."""
    if column not in WORDS:
        return ""
    return "; write " + ", ".join(f"{word} ({name})" for word, name in WORDS[column].items())


def _to_text(cell) -> str:
    """A cell as text: a number with the digits that it is shown with, as far as Excel keeps them."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell).strip()


# --- rows of a data package --------------------------------------------------------------------------------------


def make_rows(table: PlanTable, plan: NewPlan) -> dict[str, list[dict]]:
    """Rows of each table of a package. Raises UserError for a unit that `units.csv` does not have."""
    units = _add_units(table, read_units())
    english = {row[name]: row[f"{name}_en"] for row in table.rows for name in CARRIED if row[f"{name}_en"]}
    chapters = _number([row["chapter"] or plan.title_zh for row in table.rows])
    titles = [
        (row["chapter"] or plan.title_zh, row["section"] or row["chapter"] or plan.title_zh) for row in table.rows
    ]
    sections: dict[tuple[str, str], str] = {}
    for chapter, section in titles:
        if (chapter, section) not in sections:
            within = 1 + sum(known == chapter for known, _ in sections)
            sections[chapter, section] = f"{chapters[chapter]}.{within}"
    categories = _number([row["category"] or title for row, (title, _) in zip(table.rows, titles, strict=True)])
    indicators, figures, keys = [], [], _name_keys(table.rows)
    for number, (row, title, key) in enumerate(zip(table.rows, titles, keys, strict=True), 1):
        category = f"category-{categories[row['category'] or title[0]]}" if row["target_kind"] else ""
        indicators.append(
            {name: row[name] for name in ("name_zh", "kind", "target_kind", "direction", "nature", "responsible", "note")}
            | {
                "indicator": key, "section": sections[title], "headline": str(number) if row["target_kind"] else "",
                "category": category, "name_en": row["name_en"] or row["name_zh"], "unit": _base_unit(row["unit"]),
                "may_exceed": "false",
            }
        )  # fmt: skip
        figures += _make_figures(table, plan, row, key)
    return {
        "regions": [*plan.place.rows],
        "chapters": [
            {"chapter": "0", "title_zh": "主要指标", "title_en": "Headline indicators", "notebook": "0-overview"},
            *(
                {
                    "chapter": str(n), "title_zh": title, "title_en": english.get(title, title),
                    "notebook": f"{n}-{_slug(english.get(title, '')) or 'chapter'}",
                }
                for title, n in chapters.items()
            ),
        ],
        "sections": [
            {"section": key, "chapter": key.partition(".")[0], "title_zh": title, "title_en": english.get(title, title)}
            for (_, title), key in sections.items()
        ],
        "indicators": indicators,
        "figures": figures,
        "terms": [
            {"term": f"category-{n}", "name_zh": title, "name_en": english.get(title, title)}
            for title, n in categories.items()
        ],
        "sources": [
            {
                "document": DOCUMENT, "title_zh": f"{plan.title_zh}（指标表）",
                "title_en": f"{plan.title_en} (table of indicators)",
            }
        ],
        "units": units,
        **{name: [] for name in ("platforms", "external", "errata", "relations", "labels")},
    }  # fmt: skip


def _add_units(table: PlanTable, units: list[dict]) -> list[dict]:
    """Units with those of the table that are new. Raises UserError for a new one of which nobody says what it measures."""
    known, problems = {unit["unit"]: unit for unit in units}, []
    for row in table.rows:
        unit = _base_unit(row["unit"])
        if unit not in known and row["dimension"]:
            name = row["unit_en"] or unit
            known[unit] = {"unit": unit, "dimension": row["dimension"], "name_zh": unit, "name_en": name}
        elif unit not in known:
            what = f"the unit {unit!r} is new; write what it measures into a column {HEADINGS['dimension'][0]}"
            problems.append(f"{table.locate(row, 'unit')}: {what}{_offer('dimension')}")
    if problems:
        raise UserError(*problems)
    return [*known.values()]


def _base_unit(unit: str) -> str:
    return token.split_unit(unit)[1]


def _number(titles: list[str]) -> dict[str, int]:
    """Titles in the order of their first row, numbered from 1."""
    return {title: n for n, title in enumerate(dict.fromkeys(titles), 1)}


def _name_keys(rows: list[dict]) -> list[str]:
    """Short names of indicators: from their English names where they have one, else their numbers; each once."""
    keys: list[str] = []
    for number, row in enumerate(rows, 1):
        key = _slug(row["name_en"]) or f"indicator-{number}"
        keys.append(f"{key}-{number}" if key in keys else key)
    return keys


def _slug(text: str) -> str:
    """A text as a short name: small letters, digits and hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))[:60].strip("-")


def _make_figures(table: PlanTable, plan: NewPlan, row: dict, key: str) -> list[dict]:
    """Base and target of an indicator as figures, each with its cell as its place."""
    percent = row["target_kind"] in PERCENT_TARGETS
    years = {"base": str(plan.baseline_year), "target": str(plan.target_year)}
    if row["target_kind"] == "cumulative" and plan.start_year < plan.target_year:
        years["target"] = f"{plan.start_year}/{plan.target_year}"
    figures = []
    for column, measure in (("base", MEASURE_OF_KIND[row["kind"]]), ("target", "target")):
        if not row[column]:
            continue
        number = token.parse(row[column])
        unit = "%" if percent and column == "target" else row["unit"]
        figures.append(
            {
                "figure": f"{key}-{column}", "indicator": key, "measure": measure, "region": plan.place.code,
                "period": years[column], "value": f"{number.number:f}", "unit": unit,
                "qualifier": number.qualifier.name, "printed": row[column], "document": DOCUMENT,
                "source": table.locate(row, column),
                "sentence": "1",
            }
        )  # fmt: skip
    return figures
