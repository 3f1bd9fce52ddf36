"""What changes a view: a figure changes those that hold it, and nothing that a page does not show changes any."""

import hashlib
import os
import subprocess
import sys
from collections import Counter

import content
import pytest

from helpers import paths
from helpers.cli import request
from helpers.evaluation import values
from helpers.package import tables, validate
from helpers.runs import source
from helpers.views.select import Selector
from helpers.views.view import View, to_bytes

pytestmark = pytest.mark.whole

NOTEBOOKS = {
    path.stem: source.view_of(source.read_notebook(path)) for path in sorted(paths.NOTEBOOKS.glob("[0-9]*.ipynb"))
}


def views_of(selector: Selector, language: str = "zh") -> dict[str, View]:
    """The view of each notebook."""
    return {name: selector.view(kind, name, language, "330000") for name, kind in NOTEBOOKS.items()}


@pytest.fixture(scope="module")
def selector(package) -> Selector:
    return Selector(package)


@pytest.fixture(scope="module")
def before(selector) -> dict[str, dict[str, View]]:
    """Views of all notebooks by language."""
    return {language: views_of(selector, language) for language in ("zh", "en")}


@pytest.fixture(scope="module")
def digests(before) -> dict[str, dict[str, bytes]]:
    """Bytes of these views."""
    return {language: {name: to_bytes(view) for name, view in views.items()} for language, views in before.items()}


# A change of a figure, by its cells (none: its row goes), and the notebooks whose views it changes, by their numbers.
CHANGES = {
    # one of a chapter in a year, of which nothing else is known
    ("3.1.2-9", "3.8 3.8万余例"): "3 7",
    # an undated one
    ("2.2.1-1", "71 近71年"): "2 7",
    # ones that the audit compares with figures of other chapters
    ("4.1.2-1", "5701 5701万"): "3 4 5 6 7",
    # a level with growth, and growth, which tell the year before; the first in a series, and of a headline indicator
    ("2.3.3-3", "16718.9 16718.9亿元"): "0 2 6 7",
    # of an indicator in a series, the report's own and a public one
    ("2.1.1-6", "7.2 7.2万台"): "2 6 7",
    ("X-37", "5.6 5.6"): "2 6 7",
    # targets, actual values and completions; one that no longer follows is named by a finding about the whole table
    ("T.4-target", "11 11"): "0 2 6 7",
    ("T.12-completion", "97 97%"): "0 2 6 7",
    # another year, no year, none at all: the audit counts dates
    ("4.2.2-2", "period="): "4 6 7",
    ("1.2.1-2", ""): "1 6 7",
}  # fmt: skip


def changed(package: tables.Tables, figure: str, cells: str) -> dict:
    """The tables of a package, with other cells for one figure: `value printed`, or `column=cell`."""
    name = "external" if figure.startswith("X-") else "figures"
    frame = package.raw[name].copy()
    row = frame["figure"] == figure
    column, is_column, cell = cells.partition("=")
    if not cells:
        frame = frame[~row]
    elif is_column:
        frame.loc[row, column] = cell
    else:
        frame.loc[row, ["value", "printed"]] = cells.split()
    return package.raw | {name: frame}


def holds(view: View, figure: str) -> bool:
    """Is a figure in a view, or a finding about it?"""
    frames = (view.figures, view.corrected, view.public)
    findings = view.findings[view.findings["of_figures"]]  # others only count it
    return any(figure in frame.index for frame in frames) or any(figure in keys for keys in findings["figures"])


@pytest.mark.parametrize(("figure", "cells"), CHANGES)
def test_a_figure_changes_the_views_of_the_notebooks_that_hold_it(package, before, digests, figure, cells):
    holding = {name[0] for name, view in before["zh"].items() if holds(view, figure)}
    other = Selector(tables.of(package.folder, package.plan, changed(package, figure, cells), package.years))
    after = {name: to_bytes(view) for name, view in views_of(other).items()}
    assert [name[0] for name in after if after[name] != digests["zh"][name]] == CHANGES[figure, cells].split()
    assert holding <= {*CHANGES[figure, cells].split()}


def test_the_changes_leave_a_package_good(package, copy):
    """So that it is no mistake in the data that the views are changed by."""
    for figure, cells in CHANGES:
        raw = changed(package, figure, cells)
        package = tables.of(package.folder, package.plan, raw, package.years)
    for name in ("figures", "external"):
        package.raw[name].to_csv(copy / f"{name}.csv", index=False, lineterminator="\n")
    assert validate.find_problems(copy) == []


# --- words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "views"),
    [
        # table, key, columns; how many views change in Chinese and in English
        ("labels page.index en, labels legend en, sections 2.3 title_en, indicators grain-zones-area name_en", (0, 8)),
        ("regions 330000 name_zh, units 家 name_zh", (8, 0)),
        ("indicators grain-zones-area name_zh", (3, 0)),  # the chapter, the audit, the outlook
        ("platforms {platform} name_en", (0, 2)),
        (
            "figures 2.2.1-3 note, external X-37 note, indicators grain-zones-area note, platforms {platform} note",
            (0, 0),
        ),
    ],
)
def test_words_of_the_other_language_and_notes_do_not_count(package, selector, digests, cells, views):
    platform = package.platforms.index[package.platforms["section"] == "2.3"][0]
    raw = dict(package.raw)
    for cell in cells.format(platform=platform).split(", "):
        table, key, column = cell.split()
        row = raw[table].iloc[:, 0] == key
        raw[table] = raw[table].assign(**{column: raw[table][column].mask(row, "other")})
        assert not raw[table].equals(package.raw[table])
    other = Selector(tables.of(package.folder, package.plan, raw))
    other.findings = selector.findings  # which tell no words
    changed = Counter(
        language
        for language, kept in digests.items()
        for name, view in views_of(other, language).items()
        if to_bytes(view) != kept[name]
    )
    assert (changed["zh"], changed["en"]) == views


# --- bytes -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def as_shipped(shipped) -> dict[str, dict[str, bytes]]:
    """Bytes of the views of the package as it is, by language and notebook."""
    selector = Selector(shipped)
    return {
        language: {name: to_bytes(view) for name, view in views_of(selector, language).items()}
        for language in ("zh", "en")
    }


def test_the_same_view_is_the_same_bytes_in_every_process(as_shipped):
    """Whatever order sets have there, or a batch would run again what has not changed."""
    code = """
import hashlib
from helpers.cli import request
package = request.Package()
for run in (run for run in request.resolve(package, [2017]) if not run.indicator):
    print(run.notebook, run.language, hashlib.sha256(package.inputs(run).content).hexdigest())
"""
    process = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "1"},  # that of this process is random, or the 0 of warm kernels
    )
    wanted = [
        f"{name} {language} {hashlib.sha256(content).hexdigest()}"
        for language, contents in as_shipped.items()
        for name, content in contents.items()
    ]
    assert sorted(process.stdout.splitlines()) == sorted(wanted)


def test_what_was_asked_for_before_changes_no_view(shipped, as_shipped):
    fresh = Selector(shipped)
    for region in ("330100", "330000"):
        for language in ("en", "zh"):
            for name, kind in reversed(NOTEBOOKS.items()):
                content = to_bytes(fresh.view(kind, name, language, region))
                assert region != "330000" or content == as_shipped[language][name], (language, name)


def test_every_run_has_a_view_in_a_batch(as_shipped):
    package = request.Package()
    for run in (run for run in request.resolve(package, [2016, content.LATEST_YEAR]) if not run.indicator):
        assert package.inputs(run).content == as_shipped[run.language][run.notebook], run.name


def test_a_new_finding_changes_no_view_of_an_indicator_that_it_does_not_name(package, copy, spoil):
    spoil("figures.csv", "98,项,exact,98项", "99,项,exact,99项")  # more than its parts together
    changed = tables.load(copy)
    of_package, of_changed = Selector(package), Selector(changed)
    verdicts = [[finding.verdict for finding in selector.findings] for selector in (of_package, of_changed)]
    assert verdicts[0] != verdicts[1]
    for indicator in values.list_indicators(package)["330000"]:
        before, after = (
            to_bytes(selector.view_indicator("indicator", "en", "330000", indicator))
            for selector in (of_package, of_changed)
        )
        assert before == after, indicator
