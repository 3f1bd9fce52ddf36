"""What tests share: copies of the data package to spoil, whole batches of real pages, a real browser.

What is heavy is imported by whoever needs it: nbval and its workers read this file too.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from helpers import paths
from helpers.errors import UserError


def pytest_configure(config: pytest.Config) -> None:
    """With --nbval, what the committed runs read is laid out once, as in a batch, for the kernels of all workers."""
    if not getattr(config.option, "nbval", False) or hasattr(config, "workerinput"):
        return
    from helpers.cli import request

    folder = Path(tempfile.mkdtemp(prefix="evaluate-nbval-"))
    config.add_cleanup(lambda: shutil.rmtree(folder))
    package = request.Package()
    try:
        for run in request.resolve(package, None, None, "zh,en", None):
            inputs = package.inputs(run)
            (folder / inputs.file).write_bytes(inputs.content)
    except UserError as error:
        raise pytest.UsageError(str(error)) from None
    config.add_cleanup(lambda: os.environ.pop(inputs.variable))
    os.environ[inputs.variable] = str(folder)


@pytest.fixture(scope="session")
def package():
    """The project's own data package, in memory."""
    from helpers.package import tables

    return tables.load()


@pytest.fixture(scope="session")
def opened(package):
    """Opens the notebooks' classes on the project's own package (see `shown.Opener`)."""
    from shown import Opener

    return Opener(package)


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
def all_runs() -> list:
    """Every run of the project: notebooks x years x languages."""
    from helpers.cli import request

    return request.resolve(request.Package(), None, None, "zh,en", None)


def reported(runs: list, data: str, out: Path) -> Path:
    """The folder, with the pages of some runs of a data package, made by one real batch."""
    from helpers.batch import batch, destination, pool
    from helpers.cli import request

    place, settings = destination.place(out), batch.Settings(paths.NOTEBOOKS, pool.cores())

    @contextmanager
    def workers():
        with batch.scratch(place) as scratch, pool.workers(settings.jobs, scratch) as opened:
            yield opened

    done = batch.Batch(place, request.Package(data), settings).run(runs, workers)
    assert [entry for entry in done.entries if entry.outcome != "succeeded"] == []
    assert len(done.entries) == len(runs)
    return out


@pytest.fixture(scope="session")
def reports(all_runs, tmp_path_factory) -> Path:
    """A folder with all pages."""
    return reported(all_runs, "", tmp_path_factory.mktemp("reports"))


def read(folder: Path) -> dict:
    """Every page of a folder by its name, read once."""
    from bs4 import BeautifulSoup

    found = sorted(folder.glob("*.html"))
    return {path.name: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in found}


@pytest.fixture(scope="session")
def pages(reports) -> dict:
    """Every page of a real batch."""
    return read(reports)


@pytest.fixture(scope="session")
def made_up(panel_reports) -> dict:
    """Every page of a batch of made-up figures of two regions."""
    return read(panel_reports)


@pytest.fixture(scope="session")
def panel(tmp_path_factory) -> Path:
    """A small made-up data package: the province and two of its cities."""
    folder = tmp_path_factory.mktemp("panel") / "data"
    command = [sys.executable, paths.ROOT / "tools" / "panel.py", folder, "--regions", "2"]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def panel_reports(panel, tmp_path_factory) -> Path:
    """Pages of the made-up package: a notebook of each sort, of two regions, in both languages."""
    from helpers.cli import request

    names = "0-overview,2-integration,6-audit,7-outlook"
    runs = request.resolve(request.Package(str(panel)), "2017", names, "zh,en", "330000,330200")
    return reported(runs, str(panel), tmp_path_factory.mktemp("panel-reports"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a real Chromium; without one the test is left out, but under CI its absence is a failure."""
    from helpers.pages import printing

    executable = printing.chromium()
    if executable is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: CI must have a browser")
        pytest.skip("no Chromium on this machine; the pages are not looked at in a browser")
    return executable


@pytest.fixture(scope="module")
def browser(chromium):
    """A real Chromium, driven by Playwright.

    Of a module, as its event loop runs until it closes, and other tests run loops of their own.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        chromium = playwright.chromium.launch(executable_path=chromium, args=options)
        yield chromium
        chromium.close()
