"""A new data package: an empty plan with an example of every kind of row, its notebooks, and a page that explains it.

Every key of an example begins with `example-`. As long as a package holds one, its pages say that their figures are made up.
"""

import csv
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

from helpers import paths
from helpers.authoring.guide import write_guide
from helpers.authoring.notebooks import make_notebooks
from helpers.errors import UserError
from helpers.files import write_whole
from helpers.package import schema, tables
from helpers.package.notebooks import FOLDER

EXAMPLE = schema.EXAMPLE
MOST_CHAPTERS = 50
REGION = re.compile(r"\d{6}|[a-z][a-z0-9]*(-[a-z0-9]+)*")
YEARS = range(1950, 2200)


@dataclass(frozen=True)
class Place:
    """The region of a plan: its code, and rows of `regions.csv` for it and the places that it lies in."""

    code: str
    rows: tuple[dict, ...]

    @classmethod
    def find(cls, code: str, name_zh: str = "", name_en: str = "") -> "Place":
        """A place that the project knows, or another one with its names. Raises UserError where these are missing."""
        with (paths.data() / "regions.csv").open(encoding="utf-8", newline="") as file:
            known = {row["region"]: row for row in csv.DictReader(file)}
        if not REGION.fullmatch(code):
            raise UserError(
                f"region {code!r}: expected a code of GB/T 2260 such as 330100, or a name such as new-town."
            )
        if name_zh:
            return cls(code, ({"region": code, "name_zh": name_zh, "name_en": name_en or name_zh},))
        if code not in known:
            raise UserError(f"region {code!r} is not in data/regions.csv; give its name with --region-name.")
        rows, above = [], code
        while above in known:
            rows.insert(0, known.pop(above))
            above = rows[0]["parent"]
        return cls(code, tuple(rows))


@dataclass(frozen=True)
class NewPlan:
    """What a new package is to hold: titles, a region, years, and the number of its chapters."""

    title_zh: str
    title_en: str
    place: Place
    start_year: int
    target_year: int
    chapters: int = 3

    @property
    def baseline_year(self) -> int:
        return self.start_year - 1


def create(folder: Path, plan: NewPlan) -> list[str]:
    """Write a package that passes every check into a folder that is new or empty, and return the names of its files.

    Raises UserError for a plan that cannot be, and for a folder that holds something.
    """
    _check(folder, plan)
    contents = {f"{name}.csv": _to_csv(name, rows) for name, rows in _make_rows(plan).items()}
    contents["units.csv"] = (paths.data() / "units.csv").read_text(encoding="utf-8")
    contents[schema.DESCRIPTOR] = _describe(plan)
    try:
        for name, content in contents.items():
            write_whole(folder / name, content.encode())
        package = tables.load(folder)
        notebooks = {f"{FOLDER}/{name}": text for name, text in make_notebooks(package, "..").items()}
        guide = {"README.md": write_guide(package, folder)}
        for name, content in (notebooks | guide).items():
            write_whole(folder / name, content.encode())
    except OSError as error:
        raise UserError(f"{folder}: cannot be written ({error.strerror}).") from None
    return [*contents, *notebooks, *guide]


def _check(folder: Path, plan: NewPlan) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder}: holds something already; a new plan needs a new or an empty folder.")
    if not plan.title_zh.strip() or not plan.title_en.strip():
        raise UserError("the title is empty; give the name of the plan, such as --title 某市数字经济规划.")
    if plan.start_year not in YEARS or plan.target_year not in YEARS or plan.start_year > plan.target_year:
        what = f"the plan begins in {plan.start_year} and its target year is {plan.target_year}"
        raise UserError(f"{what}; expected years from {YEARS[0]} to {YEARS[-1]}, the first one no later.")
    if not 1 <= plan.chapters <= MOST_CHAPTERS:
        raise UserError(f"a plan has 1 to {MOST_CHAPTERS} chapters, not {plan.chapters}.")


def _describe(plan: NewPlan) -> str:
    """The descriptor: the project's own schema with another plan."""
    descriptor = schema.read(paths.data())
    block = {
        "title_zh": plan.title_zh, "title_en": plan.title_en, "report_zh": plan.title_zh, "report_en": plan.title_en,
        "region": plan.place.code, "baseline_year": plan.baseline_year, "start_year": plan.start_year,
        "target_year": plan.target_year, "thresholds": descriptor["plan"]["thresholds"],
    }  # fmt: skip
    changed = {"name": f"plan-{plan.place.code}-{plan.target_year}".lower(), "title": plan.title_en, "plan": block}
    kept = {name: value for name, value in descriptor.items() if name not in ("licenses", "sources")}
    return json.dumps(kept | changed, ensure_ascii=False, indent=2) + "\n"


def _make_rows(plan: NewPlan) -> dict[str, list[dict]]:
    """Rows of each table, with one example of each kind in the first section."""
    chapters = range(1, plan.chapters + 1)
    share, jobs = f"{EXAMPLE}coverage", f"{EXAMPLE}jobs"
    place = {"region": plan.place.code, "qualifier": "exact", "source": "1.1.1", "sentence": "1", "note": NOTE}

    def figure(key: str, indicator: str, measure: str, period: str, value: str, unit: str) -> dict:
        number = {"value": value, "unit": unit, "printed": f"{value}{unit}"}
        return (
            place | number | {"figure": f"{EXAMPLE}{key}", "indicator": indicator, "measure": measure, "period": period}
        )

    first, target, base = (str(year) for year in (plan.start_year, plan.target_year, plan.baseline_year))
    public = {name: value for name, value in place.items() if name not in ("source", "sentence")}
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
                "since": first, "source": "1.1.1", "note": NOTE,
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
        "labels": [],
    }  # fmt: skip


EXAMPLE_CATEGORY = f"{EXAMPLE}category"
NOTE = "示例，请删除 · an example, delete it"


def _to_csv(table: str, rows: list[dict]) -> str:
    """Rows as a table of the package; what they do not say is empty."""
    descriptor = schema.read(paths.data())
    text = io.StringIO()
    writer = csv.DictWriter(text, [*schema.constraints(descriptor, table)], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
