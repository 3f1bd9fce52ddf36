"""What tests share: copies of the data package to spoil, a whole batch of real pages, a real browser."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import paths, tables
from helpers.batch import batch, pool, runs

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def package() -> tables.Tables:
    """The project's own data package."""
    return tables.load()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the data package that a test may spoil."""
    return Path(shutil.copytree(paths.ROOT / "data", tmp_path / "data"))


@pytest.fixture
def spoil(copy: Path):
    """Replace a text in a file of the copied package; the text must be there."""

    def change(file: str, old: str, new: str) -> Path:
        path = copy / file
        content = path.read_text(encoding="utf-8")
        assert old in content, f"{old!r} is not in {file}"
        path.write_text(content.replace(old, new, 1), encoding="utf-8", newline="\n")
        return copy

    return change


@pytest.fixture(scope="session")
def all_runs(package) -> list[runs.Run]:
    """Every run of the project: notebooks x years x languages."""
    notebooks, region = sorted(paths.NOTEBOOKS.glob("*.ipynb")), package.plan.region
    return runs.plan(notebooks, package.years, ["zh", "en"], [region], region)


@pytest.fixture(scope="session")
def reports(all_runs, tmp_path_factory) -> Path:
    """A folder with all pages, made by one real batch."""
    out = tmp_path_factory.mktemp("reports")
    outcomes = batch.run_all(all_runs, paths.NOTEBOOKS, out, pool.cores(), lambda _: None)
    assert [outcome for outcome in outcomes if outcome.status != "succeeded"] == []
    return out


@pytest.fixture(scope="session")
def panel(tmp_path_factory) -> Path:
    """A small made-up data package: the province and two of its cities."""
    folder = tmp_path_factory.mktemp("panel") / "data"
    command = [sys.executable, paths.ROOT / "benchmarks" / "panel.py", folder, "--regions", "2"]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def panel_reports(panel, tmp_path_factory) -> Path:
    """Pages of the made-up package: a notebook of each sort, of two regions, in both languages."""
    notebooks = [paths.NOTEBOOKS / f"{name}.ipynb" for name in ("0-overview", "2-integration", "6-audit", "7-outlook")]
    wanted = runs.plan(notebooks, [2017], ["zh", "en"], ["330000", "330200"], "330000", str(panel))
    out = tmp_path_factory.mktemp("panel-reports")
    outcomes = batch.run_all(wanted, paths.NOTEBOOKS, out, pool.cores(), lambda _: None)
    assert [outcome for outcome in outcomes if outcome.status != "succeeded"] == []
    return out


@pytest.fixture(scope="session")
def browser():
    """A real Chromium; without one the test is left out, but under CI its absence is a failure."""
    executable = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if executable is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: CI must have a browser")
        pytest.skip("no Chromium on this machine; the pages are not looked at in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        chromium = playwright.chromium.launch(executable_path=executable, args=options)
        yield chromium
        chromium.close()
