"""The plan in examples/ is a good package, its statuses follow from its figures, and its notebooks run."""

import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from helpers import paths
from helpers.evaluation.scoreboard import scoreboard
from helpers.package import tables, validate

FOLDER = paths.ROOT / "examples" / "national-13th-plan"
STATUSES = {
    "gross-domestic-product-gdp": ("on_track", "missed"),
    "labour-productivity": ("on_track", "missed"),
    "urban-share-of-permanent-residents": ("ahead", "no_data"),
    "urban-share-of-registered-residents": ("ahead", "no_data"),
    "service-industry-share-of-value-added": ("behind", "missed"),
    "spending-on-research-and-development-share-of-gdp": ("behind", "missed"),
    "invention-patents-held-per-10-000-people": ("ahead", "exceeded"),
    "disposable-income-per-person": ("on_track", "missed"),
    "new-urban-jobs": ("ahead", "exceeded"),
    "rural-people-lifted-out-of-poverty": ("ahead", "no_data"),
    "rebuilt-homes-in-rundown-urban-areas": ("ahead", "no_data"),
    "water-use-per-unit-of-gdp": ("ahead", "no_data"),
    "energy-use-per-unit-of-gdp": ("ahead", "missed"),
    "surface-water-of-grade-iii-or-better": ("no_data", "exceeded"),
    "surface-water-worse-than-grade-v": ("no_data", "exceeded"),
}


@pytest.fixture(scope="module")
def plan() -> tables.Tables:
    return tables.load(FOLDER)


def test_the_package_is_good():
    assert validate.find_problems(FOLDER) == []


def test_every_indicator_of_the_plan_and_every_figure_has_its_document(plan):
    assert plan.indicators["headline"].tolist() == list(range(1, 34))
    assert {*plan.figures["document"]} == {"plan-table", *(f"communique-{year}" for year in range(2016, 2021))}
    assert plan.sources["address"].str.startswith("https://www.").all()


@pytest.mark.parametrize(("column", "year"), [(0, 2018), (1, 2020)])
def test_statuses_follow_from_the_figures(plan, column, year):
    score = scoreboard(plan, year)
    known = {key: statuses[column] for key, statuses in STATUSES.items()}
    assert score["status"].to_dict() == dict.fromkeys(score.index, "no_data") | known


@pytest.mark.kernel
def test_its_notebooks_make_pages(runtime, tmp_path):
    command = [Path(sys.executable).with_name("evaluate"), "run", "--data", FOLDER, "--out", tmp_path / "pages"]
    done = subprocess.run([*command, "--years", "2018", "--languages", "en"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    page = BeautifulSoup((tmp_path / "pages" / "0-overview_2018_en.html").read_text(encoding="utf-8"), "lxml")
    assert page.h1.text == "By 2018, 11 of 13 headline targets with data were on or ahead of schedule"
    behind = "Service industry share of value added and spending on research and development, share of GDP fell behind schedule"
    assert behind in page.text
    sources = page.select_one(".sources").text
    assert "Statistical communiqué 2018" in sources
    assert "Zhejiang" not in page.text
