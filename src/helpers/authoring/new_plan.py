"""A new data package for another plan: its tables, its descriptor, its notebooks, and a page that explains it."""

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
from helpers.package.problem import DataError

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


def create(folder: Path, plan: NewPlan, rows: dict[str, list[dict]]) -> list[str]:
    """Write a package into a folder that is new or empty, and return the names of its files.

    rows: of each table (see `examples.make_rows` and `plan_rows.make_rows`)

    Raises UserError for a plan that cannot be, for a folder that holds something, and for rows that make no good package;
    then nothing is left.
    """
    _check(folder, plan)
    contents = {f"{name}.csv": _to_csv(name, table) for name, table in rows.items()}
    contents[schema.DESCRIPTOR] = _describe(plan)
    try:
        for name, content in contents.items():
            write_whole(folder / name, content.encode())
        package = _load_or_remove(folder, [*contents])
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


def _load_or_remove(folder: Path, names: list[str]) -> tables.Tables:
    """The package that was just written; its files are removed again if it is no good one. Raises UserError."""
    try:
        return tables.load(folder)
    except DataError as error:
        for name in names:
            (folder / name).unlink()
        folder.rmdir()
        what = f"{folder}: nothing was written, as the package would have problems:"
        raise UserError(what, *map(str, error.problems)) from None


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


def read_units() -> list[dict]:
    """Rows of `units.csv` of the project's own package."""
    with (paths.data() / "units.csv").open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


def _to_csv(table: str, rows: list[dict]) -> str:
    """Rows as a table of the package; what they do not say is empty."""
    descriptor = schema.read(paths.data())
    text = io.StringIO()
    writer = csv.DictWriter(text, [*schema.constraints(descriptor, table)], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
