"""What `content` says of the project's own data package is so: the only test that fails when rows of a new year are added."""

from collections import Counter

import content
import pytest

from helpers import audit, paths
from helpers.evaluation import scoreboard
from helpers.package import tables

CHANGE = "if data/ is right, write this line into tests/content.py instead:"


def check(name: str, actual) -> None:
    """A constant of `content` has the value that the package has; else the failure names the line to write."""
    assert getattr(content, name) == actual, f"{CHANGE} {name} = {actual!r}"


def test_the_years_are_those_of_the_package(shipped):
    check("YEARS", shipped.years)


def test_the_figures_are_as_many_a_year(shipped):
    dated = Counter(map(int, shipped.figures["year"].dropna()))
    check("FIGURES", dict(sorted(dated.items())) | {None: int(shipped.figures["year"].isna().sum())})


def test_the_places_are_those_with_figures(shipped):
    check("PLACES", shipped.choices.covered)


def test_the_findings_are_as_many_of_each_verdict(shipped):
    check("FINDINGS", dict(sorted(Counter(finding.verdict for finding in audit.audit(shipped)).items())))


@pytest.mark.parametrize("form", ["printed", "corrected"])
def test_the_headline_indicators_are_as_many_of_each_status(shipped, form):
    read = shipped if form == "printed" else tables.corrected(shipped)
    counted = {year: Counter(scoreboard.scoreboard(read, year)["status"]) for year in shipped.years}
    check(f"STATUSES_{form.upper()}", {year: dict(sorted(statuses.items())) for year, statuses in counted.items()})


def test_the_notebooks_are_as_many(all_runs):
    names = {run.notebook: run.year is None for run in all_runs if not run.indicator}
    check("OTHER_NOTEBOOKS", sum(names.values()))
    check("YEARLY_NOTEBOOKS", len(names) - content.OTHER_NOTEBOOKS)
    check("LANGUAGES", tuple(dict.fromkeys(run.language for run in all_runs)))
    check("INDICATOR_PAGES", len({run.indicator for run in all_runs if run.indicator}))
    assert len(all_runs) == content.RUNS
    assert len(names) + 1 == len([*paths.NOTEBOOKS.glob("*.ipynb")])


def test_the_report_s_part_of_the_package_has_the_years_of_the_report(package):
    check("REPORT_YEARS", package.years)
