"""Rows of a new package without data of its own: chapters to rename, and an example of every kind of row.

Every key of an example begins with `example-`. As long as a package holds one, its pages say that their figures are made up.
"""

from helpers.authoring.new_plan import NewPlan, read_units
from helpers.package.documents import PARAGRAPHS
from helpers.package.schema import EXAMPLE

DOCUMENT = f"{EXAMPLE}report"
EXAMPLE_CATEGORY = f"{EXAMPLE}category"
NOTE = "示例，请删除 · an example, delete it"


def make_rows(plan: NewPlan) -> dict[str, list[dict]]:
    """Rows of each table, with one example of each kind in the first section."""
    chapters = range(1, plan.chapters + 1)
    share, jobs = f"{EXAMPLE}coverage", f"{EXAMPLE}jobs"
    place = {
        "region": plan.place.code,
        "qualifier": "exact",
        "document": DOCUMENT,
        "source": "1.1.1",
        "sentence": "1",
        "note": NOTE,
    }

    def figure(key: str, indicator: str, measure: str, period: str, value: str, unit: str) -> dict:
        number = {"value": value, "unit": unit, "printed": f"{value}{unit}"}
        return (
            place | number | {"figure": f"{EXAMPLE}{key}", "indicator": indicator, "measure": measure, "period": period}
        )

    first, target, base = (str(year) for year in (plan.start_year, plan.target_year, plan.baseline_year))
    public = {name: value for name, value in place.items() if name not in ("document", "source", "sentence")}
    return {
        "regions": [*plan.place.rows],
        "chapters": [
            {"chapter": "0", "title_zh": "主要指标", "title_en": "Headline indicators", "notebook": "0-overview"},
            *(
                {"chapter": str(n), "title_zh": f"第{n}章", "title_en": f"Chapter {n}", "notebook": f"{n}-chapter"}
                for n in chapters
            ),
        ],
        "sections": [
            {"section": f"{n}.1", "chapter": str(n), "title_zh": f"第{n}章第1节", "title_en": f"Section {n}.1"}
            for n in chapters
        ],
        "indicators": [
            {
                "indicator": share, "section": "1.1", "headline": "1", "category": EXAMPLE_CATEGORY,
                "name_zh": "示例：覆盖率", "name_en": "Example: coverage", "unit": "%", "kind": "share",
                "direction": "up", "target_kind": "level", "nature": "expected", "may_exceed": "false", "note": NOTE,
            },
            {
                "indicator": jobs, "section": "1.1", "headline": "2", "category": EXAMPLE_CATEGORY,
                "name_zh": "示例：新增岗位", "name_en": "Example: new jobs", "unit": "个", "kind": "flow",
                "direction": "up", "target_kind": "cumulative", "nature": "binding", "may_exceed": "false", "note": NOTE,
            },
        ],
        "figures": [
            figure("1", share, "target", target, "90", "%"),
            figure("2", share, "share", base, "60", "%"),
            figure("3", share, "share", first, "70", "%"),
            figure("4", jobs, "target", f"{first}/{target}" if first != target else target, "50", "万个"),
            figure("5", jobs, "flow", first, "12", "万个"),
            figure("6", jobs, "growth_rate", first, "5.5", "%"),
        ],
        "platforms": [
            {
                "platform": f"{EXAMPLE}portal", "section": "1.1", "name_zh": "示例：服务平台",
                "name_en": "Example: service portal", "type": "platform", "owner": plan.place.code, "status": "building",
                "since": first, "document": DOCUMENT, "source": "1.1.1", "note": NOTE,
            }
        ],
        "external": [
            public
            | {
                "figure": f"{EXAMPLE}public", "indicator": share, "measure": "share", "period": first, "value": "71",
                "unit": "%", "printed": "71%", "title": "示例来源 Example source", "address": "https://example.org/",
                "confidence": "low",
            }
        ],
        "errata": [
            {
                "table": "figures", "key": f"{EXAMPLE}3", "column": "value", "printed": "70", "reading": "71",
                "reason": "示例：与公开数据不符", "reason_en": "Example: public figures differ",
                "evidence": f"{EXAMPLE}public", "status": "rejected",
            }
        ],
        "relations": [
            {"relation": f"{EXAMPLE}topic", "kind": "about", "left": share, "right": "1.1", "note": NOTE, "note_zh": NOTE}
        ],
        "terms": [{"term": EXAMPLE_CATEGORY, "name_zh": "示例类别", "name_en": "Example category"}],
        "sources": [
            {
                "document": DOCUMENT, "title_zh": "示例：评估报告", "title_en": "Example: evaluation report",
                "publisher": "示例发布单位 Example publisher", "published": target, "places": PARAGRAPHS,
            }
        ],
        "labels": [],
        "units": read_units(),
    }  # fmt: skip
