"""What a run reads: its outputs follow from its slice alone, and what it does not show changes no slice."""

import ast
import json

import pytest

from helpers import chapter, paths, request, slices, tables
from helpers.batch import notebooks
from helpers.batch.runs import Run

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


# --- what comes of a slice -------------------------------------------------------------------------------------


def where(run: Run) -> tuple:
    return run.notebook, run.language, run.region, run.year, run.data


def cut(cutter: slices.Cutter, run: Run, everything: bool = False) -> bytes:
    """The slice of a run, or all that there is, as code finds it that may read everything."""
    return cutter.cut(slices.Reads() if everything else slices.reads(CODE[run.notebook]), *where(run))


@pytest.fixture(scope="module")
def cutter(package) -> slices.Cutter:
    return slices.Cutter(package)


@pytest.fixture(scope="module")
def behind(tmp_path_factory):
    """Lays bytes behind the door for a run, or nothing: then the door leads to the package itself."""
    folder = tmp_path_factory.mktemp("slices")
    with pytest.MonkeyPatch.context() as patch:

        def lay(run: Run, content: bytes | None) -> None:
            patch.delenv(slices.FOLDER, raising=False)
            if content is not None:
                (folder / slices.file_of(*where(run))).write_bytes(content)
                patch.setenv(slices.FOLDER, str(folder))

        yield lay


@pytest.fixture(scope="module")
def outputs(behind):
    """Outputs of a run's code cells in order, each after its source, executed here on what lies behind the door."""

    def executed(run: Run, content: bytes | None) -> list[tuple[str, str]]:
        behind(run, content)
        namespace, found = {"In": []}, []
        for number, source in enumerate(CODE[run.notebook]):
            *statements, last = ast.parse(source).body
            shows = isinstance(last, ast.Expr)
            statements += [] if shows else [last]
            exec(compile(ast.Module(statements, []), run.name, "exec"), namespace)
            if shows:
                output = eval(compile(ast.Expression(last.value), run.name, "eval"), namespace)
                found.append((source, json.dumps(output._repr_mimebundle_(), ensure_ascii=False, sort_keys=True)))
            if number == 0:
                namespace |= run.parameters
        return found

    return executed


RUNS = [
    "0-overview_2016_en", "0-overview_2017_zh", "0-overview_2018_en", "1-innovation_2016_zh", "1-innovation_2018_en",
    "2-integration_2017_en", "2-integration_2018_zh", "3-livelihood_2016_en", "3-livelihood_2018_zh",
    "4-governance_2017_en", "5-foundations_2017_zh", "5-foundations_2018_en", "6-audit_en", "7-outlook_zh",
]  # fmt: skip
ELSEWHERE = [
    "0-overview_2017_en_330200",
    "2-integration_2018_zh_330100",
    "5-foundations_2017_en_330100",
    "6-audit_zh_330100",
]


@pytest.mark.parametrize("name", [*RUNS, *ELSEWHERE])
def test_a_run_shows_of_its_slice_what_it_shows_of_the_whole_package(cutter, outputs, name):
    (run,) = (run for run in asked(request.Package(), "330000,330100,330200") if run.name == name)
    assert outputs(run, cut(cutter, run)) == outputs(run, cut(cutter, run, everything=True))


def asked(package: request.Package, region: str | None = None, languages: str = "zh,en") -> list[Run]:
    return request.resolve(package, None, None, languages, region)


def test_what_code_finds_that_may_read_everything_is_the_package_itself(cutter, outputs, all_runs):
    (run,) = (run for run in all_runs if run.name == "3-livelihood_2017_en")
    assert outputs(run, cut(cutter, run, everything=True)) == outputs(run, None)


@pytest.fixture(scope="module")
def county(panel) -> slices.Cutter:
    """The made-up package, with the figures of its second city as those of a county in the first, and a target that is a lead
    over the region above, of which no completion is printed."""
    city = tables.load(panel)
    raw = dict(city.raw)
    lead = raw["indicators"]["indicator"] == "tourism-database-coverage"
    raw["indicators"] = raw["indicators"].assign(target_kind=raw["indicators"]["target_kind"].mask(lead, "gap"))
    raw["figures"] = raw["figures"][raw["figures"]["figure"] != "330200-T.13-completion"]
    for name, column in (("figures", "region"), ("platforms", "owner")):
        raw[name] = raw[name].assign(**{column: raw[name][column].replace("330200", "330106")})
    return slices.Cutter(tables.of(city.folder, city.plan, raw))


@pytest.mark.parametrize("region", ["330100", "330106"])
@pytest.mark.parametrize(
    "name", ["0-overview_2017_en", "1-innovation_2018_zh", "2-integration_2017_zh", "6-audit_en", "7-outlook_zh"]
)
def test_a_city_and_a_county_show_of_their_slices_what_they_show_of_the_whole_package(
    county, outputs, panel, region, name
):
    (run,) = (run for run in asked(request.Package(str(panel)), region) if run.name == f"{name}_{region}")
    assert outputs(run, cut(county, run)) == outputs(run, cut(county, run, everything=True))
    held = slices.loaded(cut(county, run), "").tables
    assert set(held.figures["region"]) < {"330000", "330100", "330106"} or run.notebook == "6-audit"


# --- what changes a slice --------------------------------------------------------------------------------------
