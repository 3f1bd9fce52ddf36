"""What a run reads: its outputs follow from its slice alone, and what it does not show changes no slice."""

import ast
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter

import pandas as pd
import pytest
from test_audit import CASES, world

from helpers import audit, paths, views
from helpers.cli import request
from helpers.errors import UserError
from helpers.evaluation import history
from helpers.package import tables, validate
from helpers.runs import source
from helpers.runs.run import Run
from helpers.views import Chapter, slices

CODE = {path.stem: source.code(source.cells(path)) for path in sorted(paths.NOTEBOOKS.glob("*.ipynb"))}
OPENING = [
    'year: int = 2017\nlanguage: str = "zh"',
    "from helpers.views import {0}",
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
        "import helpers.views",
        "from helpers import tables",
        "from helpers.views.chapter import Chapter",
        "from . import something",
        "import helpers.views\nhelpers.views.Chapter",
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
        "from helpers.views import Overview\no = Overview.open('2-some', globals())",
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
        ['from helpers.views import Chapter as Page\nc = Page.open("2-some", globals())'],
        ['from helpers.views import Chapter as Page\nc = Page.open("2-some", globals())', 'c.growth("2.1")'],
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
    assert set(slices.RULES) == set(views.__all__)
    for opened, methods in slices.RULES.items():
        for method in methods:
            assert callable(getattr(getattr(views, opened), method)), (opened, method)
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
        for number, code in enumerate(CODE[run.notebook]):
            *statements, last = ast.parse(code).body
            shows = isinstance(last, ast.Expr)
            statements += [] if shows else [last]
            exec(compile(ast.Module(statements, []), run.name, "exec"), namespace)
            if shows:
                output = eval(compile(ast.Expression(last.value), run.name, "eval"), namespace)
                found.append((code, json.dumps(output._repr_mimebundle_(), ensure_ascii=False, sort_keys=True)))
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


@pytest.fixture(scope="module")
def odd(package) -> slices.Cutter:
    """The package with a target for the total of all years, the first of which is only known from the growth of the second;
    with a quantity printed of two years that are shown in a series; with a stock of one chapter whose additions are in another;
    and with figures that errata move to another chapter."""
    raw, like = (
        dict(package.raw),
        {"region": "330000", "qualifier": "exact", "source": "2.5.1", "sentence": "1", "note": ""},
    )
    rows = [
        "more-1 online-tourism-sales flow 2017 800 亿元", "more-2 online-tourism-sales growth_rate 2017 10 %",
        "more-3 online-tourism-sales flow 2018 900 亿元", "more-4 industrial-robots level 2016 3.2 万台",
    ]  # fmt: skip
    named = ("figure", "indicator", "measure", "period", "value", "unit")
    cells = [dict(zip(named, row.split(), strict=True)) for row in rows]
    more = pd.DataFrame([like | row | {"printed": row["value"] + row["unit"]} for row in cells])
    raw["figures"] = pd.concat([raw["figures"], more], ignore_index=True)
    indicators = raw["indicators"].set_index("indicator")
    indicators.loc["online-tourism-sales", "target_kind"] = "cumulative"
    indicators.loc["rural-stations-new", "section"] = "1.2"
    indicators.loc["smart-upgrade-service-firms", "section"] = "4.1"
    moved = package.raw["errata"]["reading"] == "market-entities"
    raw["errata"] = package.raw["errata"].assign(
        reading=package.raw["errata"]["reading"].mask(moved, "smart-upgrade-service-firms")
    )
    return slices.Cutter(tables.of(package.folder, package.plan, raw | {"indicators": indicators.reset_index()}))


@pytest.mark.parametrize(
    "name",
    [
        "0-overview_2018_zh",
        "1-innovation_2016_zh",
        "1-innovation_2018_zh",
        "2-integration_2017_zh",
        "2-integration_2018_zh",
        "4-governance_2018_zh",
        "6-audit_zh",
        "7-outlook_zh",
    ],
)
def test_a_run_shows_of_its_slice_what_it_shows_of_an_odd_package(odd, outputs, all_runs, name):
    (run,) = (run for run in all_runs if run.name == name)
    assert outputs(run, cut(odd, run)) == outputs(run, cut(odd, run, everything=True))


def test_the_odd_package_is_odd(odd):
    found = history.derived(odd.package)
    assert found.loc["more-1~more-2+more-1+more-3", "period"] == "2016/2018"
    (stock,) = found[(found["indicator"] == "rural-stations") & (found["how"] == "additions")]["used"]
    chapters = [odd.package.indicators.at[odd.package.figures.at[key, "indicator"], "chapter"] for key in stock]
    assert chapters == [2, 1]


# --- what changes a slice --------------------------------------------------------------------------------------

# A change of a figure, by its cells (none: its row goes), the runs whose slices it changes, by the number of the notebook and
# the year, and runs nearby that have to show what they showed before.
CHANGES = {
    # one of a chapter in a year, of which nothing else is known
    ("2.1.1-3", "125 125项"): ("2.18 7", "2.17 6"),
    ("1.2.1-2", "77.5 77.5万件"): ("1.18 7", "1.17"),
    ("3.1.2-9", "3.8 3.8万余例"): ("3.18 7", "3.17"),
    # one that the audit has something to say of
    ("5.2.2-1", "757 757万户"): ("5.18 6 7", "5.17"),
    # undated ones, on the pages of all years
    ("2.2.1-1", "71 近71年"): ("2.16 2.17 2.18 7", "6 3.17"),
    ("4.1.2-1", "5701 5701万"): ("4.16 4.17 4.18 6 7", "5.18"),
    # a level with growth, and growth, which tell the year before; the first in a series, and of a headline indicator
    ("2.3.3-3", "16718.9 16718.9亿元"): ("0.17 0.18 2.16 2.17 2.18 6 7", "0.16"),
    ("5.1.2-9", "21.5 21.5%"): ("5.17 5.18 7", "6 5.16"),
    # of an indicator in a series, the report's own and a public one
    ("2.1.1-6", "7.2 7.2万台"): ("2.16 2.17 2.18 6 7", "0.18"),
    ("X-37", "5.6 5.6"): ("2.16 2.17 2.18 6 7", "0.18"),
    # targets, actual values and completions
    ("T.4-target", "11 11"): ("0.16 0.17 0.18 2.16 2.17 2.18 6 7", "1.17"),
    ("T.9-actual", "7 7"): ("0.17 0.18 2.17 6 7", "2.16 2.18"),
    ("T.12-completion", "97 97%"): ("0.17 0.18 2.17 6 7", "2.18"),
    # another year, no year, none at all
    ("1.1.1-1", "period=2018"): ("1.17 1.18 6 7", "1.16"),
    ("4.2.2-2", "period="): ("4.16 4.17 4.18 6 7", "3.18"),
    ("1.2.1-2", ""): ("1.18 6 7", "1.17"),
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


def brief(run: Run) -> str:
    """`2.18` for the chapter 2 in 2018, `6` for the audit."""
    return f"{run.notebook[0]}.{run.year - 2000}" if run.year else run.notebook[0]


@pytest.fixture(scope="module")
def before(cutter) -> dict[str, tuple[Run, bytes]]:
    """Runs in Chinese with their slices."""
    return {brief(run): (run, cut(cutter, run)) for run in asked(request.Package(), languages="zh")}


@pytest.mark.parametrize(("figure", "cells"), CHANGES)
def test_a_figure_changes_the_slices_of_the_runs_that_show_it(package, before, outputs, figure, cells):
    told, same = CHANGES[figure, cells]
    others = slices.Cutter(tables.of(package.folder, package.plan, changed(package, figure, cells), package.years))
    after = {name: cut(others, run) for name, (run, _) in before.items()}
    assert [name for name in before if after[name] != before[name][1]] == told.split()
    for name in same.split():
        run, content = before[name]
        assert outputs(run, cut(others, run, everything=True)) == outputs(run, content)


def test_the_changes_leave_a_package_good(package, copy):
    """So that it is no mistake in the data that the slices are changed by."""
    for figure, cells in CHANGES:
        raw = changed(package, figure, cells)
        package = tables.of(package.folder, package.plan, raw, package.years)
    for name in ("figures", "external"):
        package.raw[name].to_csv(copy / f"{name}.csv", index=False, lineterminator="\n")
    assert validate.find_problems(copy) == []


# --- words -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def all_slices(cutter, all_runs) -> list[tuple[Run, bytes]]:
    return [(run, cut(cutter, run)) for run in all_runs]


@pytest.mark.parametrize(
    ("cells", "runs"),
    [
        # table, key, columns; how many slices change in Chinese and in English
        ("labels page.index en, labels legend en, sections 2.3 title_en, indicators grain-zones-area name_en", (0, 20)),
        ("regions 330000 name_zh, units 家 name_zh", (20, 0)),
        ("indicators grain-zones-area name_zh", (5, 0)),  # the chapter in three years, the audit, the outlook
        ("platforms {platform} name_en", (0, 5)),
        (
            "figures 2.2.1-3 note, external X-37 note, indicators grain-zones-area note, platforms {platform} note",
            (0, 0),
        ),
    ],
)
def test_words_of_the_other_language_and_notes_do_not_count(package, cutter, all_slices, cells, runs):
    platform = package.platforms.index[package.platforms["section"] == "2.3"][0]
    raw = dict(package.raw)
    for cell in cells.format(platform=platform).split(", "):
        table, key, column = cell.split()
        row = raw[table].iloc[:, 0] == key
        raw[table] = raw[table].assign(**{column: raw[table][column].mask(row, "other")})
        assert not raw[table].equals(package.raw[table])
    others = slices.Cutter(tables.of(package.folder, package.plan, raw))
    others.findings = cutter.findings  # which tell no words
    changed = Counter(run.language for run, content in all_slices if cut(others, run) != content)
    assert (changed["zh"], changed["en"]) == runs


def test_code_that_may_read_everything_finds_both_languages_and_the_notes(cutter, package, all_runs):
    held = slices.loaded(cut(cutter, all_runs[0], everything=True), "").tables
    assert list(held.raw) == list(package.raw)
    for name, frame in package.raw.items():
        assert held.raw[name].equals(frame.reset_index(drop=True)), name
    assert held.plan == package.plan
    assert held.years == package.years


# --- bytes and back --------------------------------------------------------------------------------------------


def test_the_same_slice_is_the_same_bytes_in_every_process(all_slices):
    """Whatever order sets have there, or a batch would run again what has not changed."""
    code = """
import hashlib
from helpers.cli import request
package = request.Package()
for run in request.resolve(package, None, None, "zh,en", None):
    print(run.name, hashlib.sha256(package.inputs(run).content).hexdigest())
"""
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "7"},
    )
    wanted = [f"{run.name} {hashlib.sha256(content).hexdigest()}" for run, content in all_slices]
    assert told.stdout.splitlines() == wanted


def test_what_was_asked_for_before_changes_no_slice(package, all_slices):
    fresh = slices.Cutter(package)
    assert [cut(fresh, run) for run, _ in reversed(all_slices)] == [content for _, content in reversed(all_slices)]


def test_a_slice_has_the_rows_of_the_package_with_their_types(package, all_slices):
    for run, content in all_slices[::3]:
        held = slices.loaded(content, "some").tables
        assert str(held.folder) == "some"
        for name in ("figures", "external", "platforms"):
            frame = getattr(held, name)
            wanted = getattr(package, name).loc[frame.index]
            unseen = [
                column
                for column in wanted
                if column == "note" or column.endswith("_en" if run.language == "zh" else "_zh")
            ]
            assert frame.drop(columns=unseen).equals(wanted.drop(columns=unseen)), (run.name, name)
            assert frame.dtypes.equals(wanted.dtypes)


def test_every_finding_survives_the_way(package, cutter, county):
    found = [*cutter.findings, *county.findings]
    seen = {one.check for one in found}
    for check, figures, relations, external, indicators, _ in CASES.values():
        if check not in seen:
            found += audit.audit(world(package, figures, relations, external, **indicators))
    raw = dict(world(package, "a stock-a level - 43000家").raw)
    raw["figures"] = raw["figures"].assign(qualifier="over")  # which the token does not say
    found += audit.audit(tables.of(package.folder, package.plan, raw))
    assert {one.check for one in found} == {check.__name__ for check in audit.CHECKS}
    for one in found:
        assert slices._finding(json.loads(json.dumps(slices._plain(one)))) == one


def test_the_findings_of_a_region_survive_the_way_in_their_order(cutter, all_slices):
    for run, content in all_slices:
        if run.notebook == "6-audit":
            assert slices.loaded(content, "").findings == cutter.findings


def test_marks_are_those_that_the_notebook_makes_itself(package, cutter, all_slices):
    said = {language: Chapter("2-integration", package, language, "330000", 2018).marks for language in ("zh", "en")}
    count = 0
    for run, content in all_slices:
        marks, held = slices.loaded(content, "").marks, slices.loaded(content, "").tables
        if run.notebook[0] in "12345":
            assert marks == {key: said[run.language][key] for key in marks}
            assert {*marks} <= {*held.figures.index}
            count += len(marks)
        else:
            assert not marks
    assert count > 100


# --- the door --------------------------------------------------------------------------------------------------


def test_by_itself_a_notebook_finds_the_whole_package(monkeypatch, package):
    monkeypatch.delenv(slices.FOLDER, raising=False)
    held = slices.door("2-integration", "zh", "330000", 2017, "")
    assert held.tables.figures.equals(package.figures)
    assert (held.findings, held.marks) == (None, None)


def test_a_run_that_was_not_laid_out_is_refused_in_a_sentence(monkeypatch, tmp_path, all_slices):
    run, content = all_slices[0]
    (tmp_path / slices.file_of(*where(run))).write_bytes(content)
    monkeypatch.setenv(slices.FOLDER, str(tmp_path))
    assert slices.door(*where(run)).tables.years == [2016, 2017, 2018]
    name, language, region, year, data = where(run)
    others = [
        ("1-some", language, region, year, data), (name, "en", region, year, data), (name, language, "330100", year, data),
        (name, language, region, None, data), (name, language, region, year, "elsewhere"),
    ]  # fmt: skip
    for name, language, region, year, data in others:
        with pytest.raises(UserError) as caught:
            slices.door(name, language, region, year, data)
        assert str(caught.value) == (
            f"this batch has no data for {name} with language={language!r}, region={region!r}, year={year!r}, data={data!r}; "
            "run the notebook by itself, or start the batch anew."
        )


def test_each_run_has_a_file_of_its_own(all_runs):
    assert len({slices.file_of(*where(run)) for run in all_runs}) == len(all_runs)
