"""What a run is digested with is what its outcome depends on, and nothing else."""

import shutil
from pathlib import Path

import pytest
from test_house import FILES, imported, place_of

import helpers.views
from helpers import paths
from helpers.batch import fingerprint

PLACES = {place_of(path): path for path in FILES}


def close_over(*starts: Path) -> set[Path]:
    """Files of this package that some files import, and those that these import, with the folders' `__init__`."""
    files, waiting = set(), [*starts]
    while waiting:
        path = waiting.pop()
        if path in files or path == paths.PACKAGE / "__init__.py":
            continue
        files.add(path)
        waiting += [PLACES[place] for place in imported(path) if place in PLACES]
        waiting += [init for init in [path.with_name("__init__.py")] if path.parent != paths.PACKAGE and init.is_file()]
    return files


def sources_of(places: frozenset[str]) -> set[Path]:
    return {path for path in fingerprint.select_sources(places) if path.suffix == ".py"}


@pytest.mark.whole
def test_the_digest_of_helpers_covers_what_views_a_kernel_and_an_execution_import():
    kernel = [path for path in FILES if path.parent.name == "kernels"]
    views = [PLACES["views", module] for module in helpers.views.MODULES.values()]
    starts = [*views, PLACES["batch", "execute"], *kernel]
    wanted = close_over(*starts) - {PLACES["batch", "__init__"]}
    assert sources_of(fingerprint.OF_OUTCOME) == wanted


def test_the_digest_of_page_makers_covers_what_pages_and_their_index_import():
    wanted = close_over(PLACES["pages", "render"], PLACES["pages", "index"])
    assert sources_of(fingerprint.OF_PAGES) == wanted


def test_no_place_of_a_digest_is_missing():
    for place in fingerprint.OF_OUTCOME | fingerprint.OF_PAGES | fingerprint.APART:
        assert (paths.PACKAGE / place).exists(), place


@pytest.mark.parametrize(
    ("file", "runs_are_stale", "pages_are_stale"),
    [
        ("cli/console.py", False, False),
        ("cli/verbs.py", False, False),
        ("batch/batch.py", False, False),
        ("compare/page.py", False, False),
        ("audit/accepting.py", False, False),
        ("pages/printing.py", False, False),
        ("pages/templates/page/style.css", False, True),
        ("pages/templates/page/index.html.j2", False, True),
        ("pages/render.py", False, True),
        ("views/__init__.py", True, False),
        ("numbers/period.py", True, False),
        ("kernels/kernel.json", True, False),
        ("batch/execute.py", True, False),
        ("display/html.py", True, True),
        ("fonts/EvaluationSansSC-Bold.otf", True, True),
        ("views/new.py", True, False),
    ],
)
def test_an_edit_makes_stale_what_depends_on_the_file(file, runs_are_stale, pages_are_stale, tmp_path, monkeypatch):
    copy = tmp_path / "helpers"
    shutil.copytree(paths.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(paths, "PACKAGE", copy)
    before = fingerprint.digest_helpers(), fingerprint.digest_page_makers()
    with (copy / file).open("a") as stream:
        stream.write("\n")
    assert (fingerprint.digest_helpers() != before[0]) == runs_are_stale
    assert (fingerprint.digest_page_makers() != before[1]) == pages_are_stale


@pytest.mark.parametrize(
    ("installed", "runs_are_stale"),
    [
        ("pandas-9.0.dist-info", True),
        ("rpds_py-9.0.dist-info", True),
        ("elsewhere-1.0.dist-info", True),
        ("elsewhere", False),
        ("pytest_xdist-9.0.dist-info", False),
        ("Distributed-9.0.dist-info", False),
        ("uv-9.0.dist-info", False),
    ],
)
def test_an_installation_makes_stale_unless_only_the_extras_need_it(installed, runs_are_stale, tmp_path, monkeypatch):
    beside = tmp_path / "site-packages"
    (beside / installed).mkdir(parents=True)
    before = fingerprint.digest_versions.__wrapped__()
    monkeypatch.syspath_prepend(beside)
    assert (fingerprint.digest_versions.__wrapped__() != before) == runs_are_stale


def test_without_a_lock_every_installation_counts(tmp_path, monkeypatch):
    with_lock = fingerprint.digest_versions.__wrapped__()
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    assert fingerprint.digest_versions.__wrapped__() != with_lock
