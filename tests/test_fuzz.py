"""Nothing gets through: 200 damaged inputs, the same ones every time; `make fuzz` tries more (see tools/README.md)."""

import os
from collections import Counter
from random import Random

import pytest
from damaged import damages, notebooks, packages, trying
from damaged.damages import Package

from helpers import paths
from helpers.authoring.notebooks import make_notebooks
from helpers.package import notebooks as names
from helpers.package import tables, validate
from helpers.views.select import Selector

pytestmark = pytest.mark.whole

SEED, INPUTS, PARTS = 1, 200, 4
NUMBERS = trying.share_out(INPUTS, [*trying.KINDS])
OUTCOMES = {"accepted", "refused", "different", "raised", "died"}


@pytest.fixture(scope="module", autouse=True)
def no_notes(tmp_path_factory):
    """What is found valid is noted in a folder of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.mark.kernel
@pytest.mark.usefixtures("kernel_servers")
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", trying.KINDS)
def test_no_input_raises_or_hangs_or_is_refused_after_it_was_accepted(kind, part):
    outcomes = Counter(trying.try_input(kind, SEED, number) for number in range(part, NUMBERS[kind], PARTS))
    assert {*outcomes} <= OUTCOMES
    assert sum(NUMBERS.values()) == INPUTS


def test_an_input_is_the_same_each_time(tmp_path):
    written = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        random, package = Random("packages 1 3"), Package(paths.data())
        for _ in range(9):
            random.choice(damages.DAMAGES)(random, package)
        package.write(folder)
        written.append((read_all(folder), notebooks.make_file(random)))
    assert written[0] == written[1]


def read_all(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_what_a_check_lets_through_is_noticed(monkeypatch):
    monkeypatch.setattr(validate, "find_problems", lambda folder, lenient=False: [])
    monkeypatch.setattr(packages, "DAMAGES", (damages.put_cell,))
    monkeypatch.setattr(packages, "read_everything", lambda random, folder, base: tables.load(folder))
    faults = 0
    for number in range(20):
        try:
            trying.try_input("packages", SEED, number)
        except Exception:
            faults += 1
    assert faults > 0


def work(random, scratch):
    while True:
        pass


def wait(random, scratch):
    os.mkfifo(scratch / "pipe")
    (scratch / "pipe").read_bytes()


@pytest.mark.parametrize("hang", [work, wait])
def test_a_hang_is_noticed(hang, monkeypatch):
    monkeypatch.setitem(trying.KINDS, "hang", hang)
    monkeypatch.setattr(trying, "SECONDS", 0.2)
    with pytest.raises(trying.TooSlow):
        trying.try_input("hang", SEED, 0)


# Good packages that a page could not show, or was thought not to.
SHOWN = {
    "a whole number as growth": ("6-audit", "figures.csv", ",23.8,%,exact,23.8%,", ",100,%,exact,100,"),
    "two indicators with one name": (
        "0-overview",
        "indicators.csv",
        "Maker-space service platforms",
        "High-tech enterprises",
    ),
    "a label with braces": ("4-governance", "labels.csv", "{report}", "{report} {{x}}"),
}


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_good_is_shown(name, spoil):
    notebook, *change = SHOWN[name]
    package = tables.load(spoil(*change))
    kind = names.name_notebooks(package.chapters["notebook"].items())[notebook]
    view = Selector(package).view(kind, notebook, "en", package.plan.region)
    packages.show_page(view, kind, notebook, 2017, packages.list_code(make_notebooks(package)[f"{notebook}.ipynb"]))
