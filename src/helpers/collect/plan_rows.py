"""Rows of a data package from the table of indicators of a plan."""

import re

from helpers.authoring.new_plan import NewPlan, read_units
from helpers.collect.plan_table import CARRIED, PlanTable
from helpers.numbers import token
from helpers.package.schema import MEASURE_OF_KIND

DOCUMENT = "plan-table"  # key of the workbook in sources.csv


def make_rows(table: PlanTable, plan: NewPlan) -> dict[str, list[dict]]:
    """Rows of each table of a package."""
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
    """Units with those of the table that are new, of which it says what they measure."""
    known = {unit["unit"]: unit for unit in units}
    for row in table.rows:
        unit = _base_unit(row["unit"])
        if unit not in known and row["dimension"]:
            name = row["unit_en"] or unit
            known[unit] = {"unit": unit, "dimension": row["dimension"], "name_zh": unit, "name_en": name}
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
    years = {"base": str(plan.baseline_year), "target": str(plan.target_year)}
    if row["target_kind"] == "cumulative" and plan.start_year < plan.target_year:
        years["target"] = f"{plan.start_year}/{plan.target_year}"
    figures = []
    for column, measure in (("base", MEASURE_OF_KIND[row["kind"]]), ("target", "target")):
        if amount := row["amounts"][column]:
            figures.append(
                {
                    "figure": f"{key}-{column}", "indicator": key, "measure": measure, "region": plan.place.code,
                    "period": years[column], "value": amount.value, "unit": amount.unit, "qualifier": amount.qualifier,
                    "printed": amount.printed, "document": DOCUMENT, "source": table.locate(row, column), "sentence": "1",
                }
            )  # fmt: skip
    return figures
