"""A year is added by rows alone: a copy of the package takes made-up ones of the year after its latest, and nothing else changes."""

import runpy
import shutil
from pathlib import Path

import content
import pytest
import report
import shown
from click.testing import CliRunner

from helpers import paths
from helpers.cli import request, verbs
from helpers.package import tables

pytestmark = pytest.mark.whole

YEAR = content.LATEST_YEAR + 1
ROWS = [  # indicator, measure, period, value, unit; their numbers are made up
    ("online-retail-sales", "flow", YEAR, "19778.3", "亿元"),
    ("online-retail-sales", "growth_rate", YEAR, "18.3", "%"),
    ("high-tech-enterprises", "level", YEAR, "3456", "家"),
    ("incubators", "level", f"{YEAR}-12", "180", "家"),
    ("industrial-robots", "level", YEAR, "8.9", "万台"),
    ("iptv-users", "level", f"{YEAR}-06", "812", "万户"),
]
KEYS = [f"N-{YEAR}-{number}" for number, _ in enumerate(ROWS, 1)]
DOCUMENT = f"communique-of-{YEAR}"
SOURCE = f"{DOCUMENT},统计公报,Statistical communiqué,统计局,,,,,\n"


def add_rows(folder: Path, document: str, place: str) -> None:
    """Write `ROWS` of a document behind the figures of a package."""
    lines = [
        f"{key},{indicator},{measure},330000,{period},{value},{unit},exact,{value}{unit},{document},{place},1,,\n"
        for key, (indicator, measure, period, value, unit) in zip(KEYS, ROWS, strict=True)
    ]
    with (folder / "figures.csv").open("a", encoding="utf-8", newline="") as handle:
        handle.writelines(lines)


@pytest.fixture(scope="module", params=["the report", "a document of its own"])
def longer(request, tmp_path_factory) -> Path:
    """A copy of the package with the rows, which cite the report or a new row of `sources.csv`."""
    folder = Path(shutil.copytree(paths.ROOT / "data", tmp_path_factory.mktemp("longer") / "data"))
    if request.param == "the report":
        add_rows(folder, "mid-term-report", "2.3.3")
    else:
        with (folder / "sources.csv").open("a", encoding="utf-8", newline="") as handle:
            handle.write(SOURCE)
        add_rows(folder, DOCUMENT, "p. 1")
    return folder


def test_the_package_is_good_and_has_the_year(longer):
    result = CliRunner().invoke(verbs.main, ["check", str(longer)])
    assert (result.exit_code, result.stderr) == (0, "")
    assert tables.load(longer).years == [*content.YEARS, YEAR]


def test_a_batch_has_the_runs_of_the_year_beside_those_of_all_others(longer):
    runs = request.resolve(request.Package(str(longer)))
    names = {run.name.partition(".")[0] for run in runs if not run.indicator}
    known = {run.name for run in request.resolve(request.Package()) if not run.indicator}
    assert known < names
    assert {str(YEAR) in name for name in names - known} == {True}
    assert len(names) == content.RUNS_OF_NOTEBOOKS + content.RUNS_A_YEAR
    assert len([run for run in runs if run.indicator]) >= content.RUNS_OF_INDICATORS


def test_the_notebooks_show_the_figures_of_the_year(longer):
    opened = shown.Opener(tables.load(longer))
    chapters = [opened.chapter(name, year=YEAR) for name in shown.CHAPTERS]
    text = "".join(str(shown.html(chapter.section(section))) for chapter in chapters for section in chapter.sections)
    assert [key for key in KEYS if f'id="f-{key}"' not in text] == []
    assert "both headline targets with data" in opened.overview(YEAR).opening().plain, (
        "the others have no value of the year"
    )
    latest = opened.outlook().after().frame["name"]
    assert {"Online retail sales", "High-tech enterprises"} <= {*latest}, "a name without a year is of the latest one"


def test_the_report_s_part_of_the_package_stays_as_it_is(longer, tmp_path, monkeypatch):
    before = report.copy(tmp_path / "before")
    monkeypatch.setattr(report, "DATA", longer)
    after = report.copy(tmp_path / "after")
    assert [path.name for path in before.iterdir() if path.read_bytes() != (after / path.name).read_bytes()] == []


def test_the_made_up_package_of_many_places_has_the_year_too(longer, tmp_path, monkeypatch):
    panel = runpy.run_path(str(paths.ROOT / "tools" / "panel.py"))
    own = tables.load(longer)
    monkeypatch.setattr(tables, "load", lambda *_: own)
    panel["write"](tmp_path, *panel["package"](1))
    monkeypatch.undo()
    assert tables.load(tmp_path).years == own.years
