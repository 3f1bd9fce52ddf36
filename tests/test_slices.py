"""What a run reads: its outputs follow from its slice alone, and what it does not show changes no slice."""

import pytest

from helpers import chapter, paths, slices
from helpers.batch import notebooks

CODE = {path.stem: notebooks.code(notebooks.cells(path)) for path in sorted(paths.NOTEBOOKS.glob("*.ipynb"))}
OPENING = [
    'year: int = 2017\nlanguage: str = "zh"',
    "from helpers.chapter import {0}",
    'c = {0}.open("2-some", globals())',
]
NAMED = {"zh", "2-some"}  # by the opening


def reads(*cells: str, opened: str = "Chapter") -> slices.Reads:
    """What the cells of a notebook read that opens a class as `c`."""
    return slices.reads([cell.format(opened) for cell in OPENING] + [*cells])


# --- what code reads -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opened", "cells", "named", "series"),
    [
        ("Chapter", ['c.figures_of("2.3")'], {"2.3"}, set()),
        ("Chapter", ["c.opening()", 'c.counts("2.1", "robots", "firms")'], {"2.1", "robots", "firms"}, set()),
        ("Chapter", ['c.beside(c.growth("2.1"), c.series("robots"))'], {"2.1", "robots"}, {"robots"}),
        ("Chapter", ['c.series(indicator="robots")'], {"robots"}, {"robots"}),
        ("Chapter", ['section = "3.1"', "c.figures_of(section)"], {"3.1"}, set()),
        ("Chapter", ['c.shares(section="3.1")'], {"3.1"}, set()),
        ("Overview", ["o.scoreboard()", "o.changes()"], set(), set()),
        ("Audit", ['a.cards("label")', "a.holds()"], {"label"}, set()),
        ("Outlook", ['o.beside(o.implied_growth(), o.series("robots"))'], {"robots"}, {"robots"}),
    ],
)
def test_plain_calls_read_what_they_name(opened, cells, named, series):
    assert reads(*cells, opened=opened) == slices.Reads(opened, frozenset(named | NAMED), frozenset(series))


@pytest.mark.parametrize(
    "cell",
    [
        "c.tables.figures",  # methods that are not known to stay within a chapter and a year
        "c.derived",
        "c.formula(1)",
        'c.growth("2.1").table',
        "c.year = 2016",
        "c.after()",  # known, but of another class
        "import pandas",
        "import helpers.chapter",
        "from helpers import tables",
        "from helpers.chapter.chapter import Chapter",
        "from . import something",
        "from helpers.chapter import chapter\nchapter.Chapter",
        'def own(section):\n    return c.growth(section)\nown("2.1")',
        "own = lambda: 1",
        "class Own:\n    pass",
        'getattr(c, "tables")',
        "vars(c)",
        "print(c.opening())",
        "show = c.growth\nshow('2.1')",
        "%matplotlib inline",
        "!ls",
        "c.growth?",
        "c.growth(",
        "null = '\0'",
        'other = Chapter.open("3-some", globals())\nd = c.open("2-some", globals())',
        "from helpers.chapter import Overview\no = Overview.open('2-some', globals())",
        'name = "robots"\nc.series(name)',  # in all years, of an indicator that only running tells
        'c.series(*["robots"])',
        'c.series(**{"indicator": "robots"})',
        '[c.series(name) for name in ("robots", "firms")]',
        'c.growth("2" + ".1")',  # a name that is put together
        'c.growth(f"{year}.1")',
        'c.growth("2-1".replace("-", "."))',
        'c.growth("2.%d" % 1)',
        'c.growth({"a": "2.1"}["a"])',
        'c.growth("x2.1"[1:])',
        '[c.growth(section) for section in ("2.1", "2.2")]',
        'for section in ("2.1", "2.2"):\n    c.growth(section)',
        'if year == 2017:\n    c.growth("2.1")',
        "globals()['c']",
        "globals().update(year=2016)",
    ],
)
def test_any_other_code_may_read_everything(cell):
    assert reads('c.figures_of("2.3")', cell) == slices.Reads()


@pytest.mark.parametrize(
    "cells",
    [
        [],
        ['c.figures_of("2.3")'],  # opened nowhere
        ['from helpers.chapter import Chapter as Page\nc = Page.open("2-some", globals())'],
        ['from helpers.chapter import Chapter as Page\nc = Page.open("2-some", globals())', 'c.growth("2.1")'],
        ['c = Notebook.open("2-some", globals())', "c.opening()"],
    ],
)
def test_code_that_opens_nothing_known_may_read_everything(cells):
    assert slices.reads(cells) == slices.Reads()


@pytest.mark.parametrize("notebook", CODE)
def test_every_method_that_a_committed_notebook_calls_is_known(notebook):
    opened = {"0-overview": "Overview", "6-audit": "Audit", "7-outlook": "Outlook"}.get(notebook, "Chapter")
    assert slices.reads(CODE[notebook]).rule == opened


def test_the_methods_that_are_known_exist():
    assert set(slices.RULES) == set(chapter.__all__)
    for opened, methods in slices.RULES.items():
        for method in methods:
            assert callable(getattr(getattr(chapter, opened), method)), (opened, method)
    assert slices.EVERY_YEAR <= slices.CHAPTER & slices.OUTLOOK
