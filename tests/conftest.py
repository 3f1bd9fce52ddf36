"""What tests share: copies of the data package to spoil, whole batches of real pages, a real browser.

What is heavy is imported by whoever needs it: nbval and its workers read this file too. Pages of a batch are made once, by the
worker of pytest-xdist that first needs them; the others wait for it.
"""

import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from helpers import paths
from helpers.batch import pool
from helpers.errors import UserError

# Files of tests that take longest, the longest first: they begin first, so that no core is left with a long one at the end.
LONGEST = (
    "test_cluster", "test_interruptions", "test_fuzz", "test_browser", "test_freshness", "test_access", "test_diff", "test_views",
    "test_view_changes", "test_sparse_packages", "test_numbers", "test_collect_import", "test_collect_pages",
    "test_any_plan", "test_any_plan_pages", "test_collect_round",
    "test_fork_outputs", "test_fork_engine", "test_outcomes", "test_chapter", "test_destinations", "test_lab", "test_print",
    "test_record", "test_pages", "test_spoken", "test_kernels",
    "test_notebooks", "test_hostile", "test_kernel_clients", "test_kernel_fallback", "test_run_options", "test_kernel_servers",
    "test_validity", "test_new_year", "test_kernel_isolation", "test_audit_command", "test_kernel_deaths", "test_house", "test_downloads",
    "test_audit_synthetic", "test_audit", "test_validate", "test_targets", "test_panel", "test_audit_report", "test_cli",
)  # fmt: skip

# What a fixture needs, as a marker: `make check` leaves out the tests that have one.
NEEDS = {
    **dict.fromkeys(("runtime", "kernel_servers", "reports", "panel_reports", "hostile_reports"), "kernel"),
    **dict.fromkeys(("pages", "made_up"), "kernel"),  # which parameters name too
    "show": "kernel",  # the cells of notebooks, executed by the test itself
    "chromium": "browser",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with what its fixtures need, those too that a parameter names, and begin with the longest files."""
    for item in items:
        parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
        names = {*getattr(item, "fixturenames", ()), *(value for value in parameters if isinstance(value, str))}
        for marker in sorted({NEEDS[name] for name in names & set(NEEDS)}):
            item.add_marker(marker)
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than cores: some tests wait for processes that end, are killed or do not answer."""
    return pool.count_cores() + 1


def pytest_configure(config: pytest.Config) -> None:
    """With --nbval, what the committed runs read is laid out once, as in a batch, for the kernels of all workers."""
    gc.set_threshold(
        20_000, 20, 50
    )  # frames are many objects without rings: a sixth of the time goes into looking for them
    if not getattr(config.option, "nbval", False) or hasattr(config, "workerinput"):
        return
    from helpers.cli import request

    folder = Path(tempfile.mkdtemp(prefix="evaluate-nbval-"))
    config.add_cleanup(lambda: shutil.rmtree(folder))
    package = request.Package()
    try:
        for run in request.resolve(package):
            inputs = package.inputs(run)
            (folder / inputs.file).write_bytes(inputs.content)
    except UserError as error:
        raise pytest.UsageError(str(error)) from None
    config.add_cleanup(lambda: os.environ.pop(inputs.variable))
    os.environ[inputs.variable] = str(folder)
    for variable in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):  # which may be in a home that cannot be written
        os.environ[variable] = str(folder / variable)
        config.add_cleanup(lambda variable=variable: os.environ.pop(variable))


@pytest.fixture(scope="session")
def shared(tmp_path_factory, worker_id) -> Callable[[str, Callable[[Path], object]], Path]:
    """Make a folder once for all workers: `shared(name, make)` calls `make(folder)` unless another worker has done so."""
    own = tmp_path_factory.getbasetemp()
    place = (own if worker_id == "master" else own.parent) / "shared"
    place.mkdir(exist_ok=True)

    def folder(name: str, make: Callable[[Path], object]) -> Path:
        path, done = place / name, place / f"{name}.done"
        with FileLock(place / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(path, ignore_errors=True)  # what a worker left that failed
                path.mkdir()
                make(path)
                done.touch()
        return path

    return folder


@pytest.fixture(scope="session")
def shipped():
    """The project's own data package as it is in `data/`, in memory."""
    from helpers.package import tables

    return tables.load()


@pytest.fixture(scope="session")
def package():
    """The project's own data package as far as the mid-term report goes (see `report`), in memory."""
    import report

    return report.load()


@pytest.fixture(scope="session")
def opened(package):
    """Opens the notebooks' classes on the package of the report (see `shown.Opener`)."""
    from shown import Opener

    return Opener(package)


@pytest.fixture(scope="session")
def findings(package) -> list:
    """What the audit finds in the package of the report."""
    from helpers import audit

    return audit.audit(package)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the data package of the report (see `report`) that a test may spoil."""
    import report

    return report.copy(tmp_path / "data")


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

    return request.resolve(request.Package())


def reported(runs: list, data: str, out: Path) -> Path:
    """The folder, with the pages of some runs of a data package, made by one real batch."""
    from helpers.batch import batch, destination
    from helpers.cli import request

    package = request.Package(data)
    place, settings = destination.locate(out), batch.Settings(package.notebooks, pool.count_cores())

    @contextmanager
    def workers(count: int):
        with batch.open_scratch(place) as scratch, pool.open_workers(settings.jobs, scratch, count) as opened:
            yield opened

    done = batch.Batch(place, package, settings).run(runs, workers)
    assert [entry for entry in done.entries if entry.outcome != "succeeded"] == []
    assert len(done.entries) == len(runs)
    return out


@pytest.fixture(scope="session")
def reports(all_runs, shared) -> Path:
    """A folder with all pages; to be read only."""
    return shared("reports", lambda folder: reported(all_runs, "", folder))


def read(folder: Path) -> dict:
    """Every page of a folder by its name in it, read once."""
    from bs4 import BeautifulSoup

    pages = sorted(folder.rglob("*.html"))
    return {
        path.relative_to(folder).as_posix(): BeautifulSoup(path.read_text(encoding="utf-8"), "lxml") for path in pages
    }


@pytest.fixture(scope="session")
def pages(reports) -> dict:
    """Every page of a real batch."""
    return read(reports)


@pytest.fixture(scope="session")
def made_up(panel_reports) -> dict:
    """Every page of a batch of made-up figures of two regions."""
    return read(panel_reports)


@pytest.fixture(scope="session")
def panel(shared) -> Path:
    """A small made-up data package, of the province and two of its cities; to be read only."""
    script = paths.ROOT / "tools" / "panel.py"

    def make(folder: Path) -> None:
        command = [sys.executable, script, folder, "--regions", "2"]
        subprocess.run(command, check=True, capture_output=True)

    return shared("panel", make)


@pytest.fixture(scope="session")
def panel_reports(panel, shared) -> Path:
    """Pages of the made-up package: a notebook of each sort, of two regions, in both languages; to be read only."""
    from helpers.cli import request

    names = ["0-overview", "2-integration", "6-audit", "7-outlook"]
    runs = request.resolve(request.Package(str(panel)), [2017], names, regions=["330000", "330200"])
    return shared("panel-reports", lambda folder: reported(runs, str(panel), folder))


FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{folder}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


@pytest.fixture(scope="session")
def chromium(tmp_path_factory) -> Iterator[str]:
    """Path of a real Chromium, with the fonts of the system and, for machines without a Chinese one, ours; without a browser the test is left out, but under CI its absence is a failure."""
    from helpers.pages import printing

    executable = printing.find_chromium()
    if executable is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: CI must have a browser")
        pytest.skip("no Chromium on this machine; the pages are not looked at in a browser")
    config = tmp_path_factory.mktemp("fonts") / "fonts.conf"
    config.write_text(FONTS.format(folder=paths.FONTS, cache=config.parent), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FONTCONFIG_FILE", str(config))
        yield executable


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


# --- batches of small notebooks ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def batch_servers(tmp_path_factory) -> Iterator[Path]:
    """A folder with the servers of warm kernels for all batches of a worker's tests: to start one takes seconds."""
    import warm

    folder = tmp_path_factory.mktemp("runtime")
    yield folder
    warm.end_servers(folder)


@pytest.fixture(scope="module")
def runtime(batch_servers) -> Iterator[Path]:
    """The folder of the servers that batches of these tests use."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(batch_servers))
        for name in ("GITHUB_STEP_SUMMARY", "PYTHONUNBUFFERED"):
            patch.delenv(name, raising=False)
        yield batch_servers


@pytest.fixture
def nothing_left(runtime, tmp_path) -> Iterator[Path]:
    """Whatever a test does, no worker, no kernel and no temporary file of the command line stays."""
    import small

    with small.leaving_nothing(tmp_path, runtime) as temporary:
        yield temporary


@pytest.fixture
def sources(tmp_path) -> Path:
    """Where a test puts its notebooks."""
    return tmp_path / "sources"


@pytest.fixture
def out(tmp_path) -> Path:
    """Where the batches of a test put their outputs."""
    return tmp_path / "out"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, runtime) -> Path:
    """A folder with sources, a package and a place in which all runs are fresh: see `three`."""
    import small

    return small.prepare(tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def three(prepared, tmp_path, out) -> Path:
    """Runs of a notebook that reads a file of the package, in two years, and of one that reads none; all of them fresh."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    return out


# --- warm kernels ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def warm_servers(tmp_path_factory) -> Iterator[Path]:
    """A folder with the servers of warm kernels for all tests of kernels of a worker: to start one takes seconds."""
    import warm

    folder = tmp_path_factory.mktemp("kernels")
    yield folder
    warm.end_servers(folder)
    assert list(folder.iterdir()) == []  # they leave no file


@pytest.fixture(scope="module")
def kernel_servers(warm_servers) -> Iterator[Path]:
    """A folder with the servers of warm kernels that these tests use, which have one hash seed."""
    import warm

    with warm.using_servers(warm_servers) as folder:
        yield folder


@pytest.fixture
def kernelspec(kernel_servers, tmp_path, monkeypatch) -> Callable[..., str]:
    """Make a kernelspec with its own settings of the provisioner; returns its name."""
    import warm

    def make(**settings) -> str:
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
        return warm.write_kernelspec(tmp_path, settings)

    return make


@pytest.fixture
def start(kernel_servers) -> Iterator[Callable]:
    """Start kernels, which end with the test."""
    import warm

    with ExitStack() as kernels:

        def new(name: str = warm.WARM, **options) -> warm.Running:
            kernel = warm.Running(name, **options)
            kernels.callback(kernel.close)
            return kernel

        yield new
