"""What a run reads: a notebook shows of its view, as bytes in a batch's folder, what it shows of the whole package."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import report
import shown

from helpers import paths
from helpers.cli import request
from helpers.errors import UserError
from helpers.evaluation import history
from helpers.package import tables
from helpers.runs import source
from helpers.runs.run import Run
from helpers.views import Audit, Chapter, Indicator, Outlook, Overview, select
from helpers.views.notebook import Notebook
from helpers.views.select import Selector
from helpers.views.view import View, from_bytes, to_bytes

pytestmark = pytest.mark.whole

HOME = "330000"
KINDS = {"chapter": Chapter, "overview": Overview, "audit": Audit, "outlook": Outlook, "indicator": Indicator}
SHOWN = (
    "",
    "cross-border-retail-exports",
    "talent-net-inflow-rank",
)  # of the indicators these have everything there is


def kind_of(run: Run) -> str:
    return source.view_of(source.read_notebook(paths.NOTEBOOKS / f"{run.notebook}.ipynb"))


def view_of(selector: Selector, run: Run) -> View:
    of = run.notebook, run.language, run.region
    return selector.view_indicator(*of, run.indicator) if run.indicator else selector.view(kind_of(run), *of)


def whole_of(selector: Selector, run: Run) -> View:
    """The view of a run with everything that a view of its region can hold, whatever its notebook is about."""
    kind, where = kind_of(run), (run.notebook, run.language, run.region)
    if run.indicator:
        return replace(selector.view(kind, *where), **about_one(view_of(selector, run)))
    own, whole, region = (selector.view(name, *where) for name in (kind, "whole", "outlook"))
    if kind == "outlook":
        return replace(whole, figures=own.figures, corrected=own.corrected, public=own.public, derived=own.derived,
                       platforms=own.platforms, documents=own.documents)  # fmt: skip
    if kind == "audit":
        names = ("findings", "facts", "comparisons", "completions", "documents")
        audited = {name: getattr(own, name) for name in names}
        known = whole.figures["finding"].isin(own.findings["finding"])  # of others the region's audit has no card
        return replace(
            whole, **audited, figures=whole.figures.assign(verdict=whole.figures["verdict"].where(known, ""))
        )
    # Cells may ask these frames for all their rows, which are those that the notebook is about.
    about = {name: getattr(own, name) for name in ("targets", "region_targets", "platforms", "public", "documents")}
    if run.region == selector.package.plan.region:
        return replace(whole, **about)
    return replace(region, regions=whole.regions, errata=whole.errata, **about)


def about_one(view: View) -> dict:
    """Frames of which the cells of an indicator's notebook may ask for all rows."""
    names = ("indicator", "figures", "targets", "findings", "public", "derived", "derived_printed", "documents")
    return {name: getattr(view, name) for name in names}


@pytest.fixture(scope="module")
def package(shipped) -> tables.Tables:
    """The package as it is, of which a batch lays out views."""
    return shipped


@pytest.fixture(scope="module")
def show(tmp_path_factory):
    """Lays out a view as a batch does, and gives the outputs of the run that reads it; those of the same view are kept."""
    folder, kept = tmp_path_factory.mktemp("views"), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(select.FOLDER, str(folder))

        def lay_and_show(run: Run, view: View) -> list[tuple[str, str]]:
            name = select.file_of(kind_of(run), run.notebook, run.language, run.region, run.data, HOME, run.indicator)
            content = to_bytes(view)
            if (run, content) not in kept:
                (folder / name).write_bytes(content)
                kept[run, content] = shown.executed(run)
            return kept[run, content]

        yield lay_and_show


@pytest.fixture(scope="module")
def selector(package) -> Selector:
    return Selector(package)


def runs(*regions: str, data: str = "") -> dict[str, Run]:
    """Runs of all notebooks by their names, those of some indicators among them."""
    resolved = request.resolve(request.Package(data), regions=[*regions] or None)
    return {run.name: run for run in resolved if run.indicator in SHOWN}


ALL, ELSEWHERE = runs(), runs("330100", "330200")
# Each notebook of each year once, half of them in each language: what a view holds does not depend on it.
PLACES = {name: place for place, name in enumerate(sorted({name[:-3] for name in ALL}))}
ONE_LANGUAGE = [name for name in ALL if name.endswith(("_zh", "_en")[PLACES[name[:-3]] % 2])]


# --- what comes of a view ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ONE_LANGUAGE)
def test_a_run_shows_of_its_view_what_it_shows_of_the_whole_package(selector, show, name):
    run = ALL[name]
    assert show(run, view_of(selector, run)) == show(run, whole_of(selector, run))


@pytest.mark.parametrize(
    "name",
    [
        "0-overview_2017_en_330200", "1-innovation_2018_zh_330100", "2-integration_2018_zh_330100",
        "3-livelihood_2017_zh_330200", "4-governance_2018_en_330100", "5-foundations_2017_en_330100", "6-audit_zh_330100",
        "7-outlook_en_330100",
    ],
)  # fmt: skip
def test_a_run_of_a_city_shows_of_its_view_what_it_shows_of_the_whole_package(selector, show, name):
    run = ELSEWHERE[name]
    assert show(run, view_of(selector, run)) == show(run, whole_of(selector, run))


@pytest.mark.parametrize(
    "name", ["2-integration_2017_zh", "6-audit_en", "7-outlook_zh", "indicators/talent-net-inflow-rank_en"]
)
def test_a_view_that_a_batch_laid_out_shows_what_a_notebook_shows_by_itself(selector, show, monkeypatch, name):
    laid_out = show(ALL[name], view_of(selector, ALL[name]))
    monkeypatch.delenv(select.FOLDER)
    assert shown.executed(ALL[name]) == laid_out


@pytest.mark.parametrize(
    "name", ["0-overview_2016_en", "3-livelihood_2018_zh", "6-audit_zh", "indicators/cross-border-retail-exports_zh"]
)
def test_a_batch_lays_out_the_view_that_a_notebook_asks_for(selector, name):
    inputs = request.Package().inputs(ALL[name])
    run = ALL[name]
    assert inputs.variable == select.FOLDER
    assert inputs.file == select.file_of(
        kind_of(run), run.notebook, run.language, run.region, run.data, HOME, run.indicator
    )
    assert inputs.content == to_bytes(view_of(selector, run))


def test_the_years_of_a_notebook_share_a_view_and_nothing_else_does():
    def about(run: Run) -> tuple[str, ...]:
        return run.notebook, run.language, run.indicator

    files = {
        select.file_of(kind_of(run), run.notebook, run.language, run.region, run.data, HOME, run.indicator): about(run)
        for run in ALL.values()
    }
    assert sorted(files.values()) == sorted({about(run) for run in ALL.values()})


@pytest.fixture(scope="module")
def county(panel) -> Selector:
    """The made-up package, with the figures of its second city as those of a county in the first, and a target that is a lead
    over the region above, of which no completion is printed."""
    city = tables.load(panel)
    raw = dict(city.raw)
    lead = raw["indicators"]["indicator"] == "tourism-database-coverage"
    raw["indicators"] = raw["indicators"].assign(target_kind=raw["indicators"]["target_kind"].mask(lead, "gap"))
    raw["figures"] = raw["figures"][raw["figures"]["figure"] != "330200-T.13-completion"]
    for name, column in (("figures", "region"), ("platforms", "owner")):
        raw[name] = raw[name].assign(**{column: raw[name][column].replace("330200", "330106")})
    return Selector(tables.of(city.folder, city.plan, raw))


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("0-overview_2017_en", "330106"), ("0-overview_2017_en", "330100"), ("1-innovation_2018_zh", "330106"),
        ("2-integration_2017_zh", "330100"), ("6-audit_en", "330106"), ("7-outlook_zh", "330100"),
    ],
)  # fmt: skip
def test_a_city_and_a_county_show_of_their_views_what_they_show_of_the_whole_package(county, show, panel, name, region):
    run = runs(region, data=str(panel))[f"{name}_{region}"]
    own = view_of(county, run)
    assert show(run, own) == show(run, whole_of(county, run))
    assert {*own.figures["region"]} <= {"330000", "330100", "330106"} or run.notebook == "6-audit"
    assert region in {*own.figures["region"]}


@pytest.fixture(scope="module")
def odd() -> Selector:
    """The package of the report with a target for the total of all years, the first of which is only known from the growth of the second;
    with a quantity printed of two years that are shown in a series; with a stock of one chapter whose additions are in another;
    and with figures that errata move to another chapter."""
    package = report.load()
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
    more = more.reindex(columns=raw["figures"].columns, fill_value="").assign(document="mid-term-report")
    raw["figures"] = pd.concat([raw["figures"], more], ignore_index=True)
    indicators = raw["indicators"].set_index("indicator")
    indicators.loc["online-tourism-sales", "target_kind"] = "cumulative"
    indicators.loc["rural-stations-new", "section"] = "1.2"
    indicators.loc["smart-upgrade-service-firms", "section"] = "4.1"
    moved = package.raw["errata"]["reading"] == "market-entities"
    raw["errata"] = package.raw["errata"].assign(
        reading=package.raw["errata"]["reading"].mask(moved, "smart-upgrade-service-firms")
    )
    return Selector(tables.of(package.folder, package.plan, raw | {"indicators": indicators.reset_index()}))


@pytest.mark.parametrize(
    "name",
    [
        "0-overview_2018_zh", "1-innovation_2016_zh", "1-innovation_2018_zh", "2-integration_2017_zh",
        "2-integration_2018_zh", "4-governance_2018_zh", "6-audit_zh", "7-outlook_zh",
    ],
)  # fmt: skip
def test_a_run_shows_of_its_view_what_it_shows_of_an_odd_package(odd, show, name):
    run = ALL[name]
    assert show(run, view_of(odd, run)) == show(run, whole_of(odd, run))


def test_the_odd_package_is_odd(odd):
    derived = history.derived(odd.package)
    assert derived.loc["more-1~more-2+more-1+more-3", "period"] == "2016/2018"
    (stock,) = derived[(derived["indicator"] == "rural-stations") & (derived["how"] == "additions")]["used"]
    chapters = [odd.package.indicators.at[odd.package.figures.at[key, "indicator"], "chapter"] for key in stock]
    assert chapters == [2, 1]


# --- the view itself -----------------------------------------------------------------------------------------


FRAMES = [name for name, kind in View.__annotations__.items() if kind is pd.DataFrame]


@pytest.mark.parametrize("region", ["330000", "330100"])
@pytest.mark.parametrize("kind", [*KINDS, "whole"])
def test_a_view_survives_its_bytes_with_all_types(selector, kind, region):
    view = selector.view(kind, "2-integration", "zh", region)
    again = from_bytes(to_bytes(view))
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(view, name))
    for name in {*View.__annotations__} - {*FRAMES}:
        assert getattr(again, name) == getattr(view, name), name
    assert to_bytes(again) == to_bytes(view)


def test_a_view_has_the_rows_of_the_package_with_their_numbers(package, selector):
    view = selector.view("chapter", "2-integration", "zh", "330000")
    own = package.figures.loc[view.figures.index]
    for column in ("indicator", "measure", "period", "year", "qualifier", "printed", "source", "base", "decimals"):
        pd.testing.assert_series_equal(view.figures[column], own[column])
    assert list(view.figures["base_lower"]) == list(own["lower"])


def test_a_view_is_frozen(selector):
    view = selector.view("overview", "0-overview", "en", "330000")
    with pytest.raises(AttributeError):
        view.region = "330100"


@pytest.mark.parametrize("name", [name for name in ALL if "en" in name])
def test_every_figure_with_an_anchor_is_in_the_view(selector, show, name):
    run, view = ALL[name], view_of(selector, ALL[name])
    text = "".join(content for _, content in show(run, view))
    anchors = {part.partition('\\"')[0] for part in text.split('id=\\"f-')[1:]}
    own = {*(view.public.index if run.indicator else ()), *(f"{key}-corrected" for key in view.corrected.index)}
    assert anchors <= {*view.figures.index, *view.derived.index, *own}


# --- the door ------------------------------------------------------------------------------------------------


@pytest.fixture
def laid_out(selector, tmp_path, monkeypatch) -> Path:
    """The folder of a batch that has laid out the view of one chapter."""
    view = selector.view("chapter", "2-integration", "en", "330000")
    (tmp_path / select.file_of("chapter", "2-integration", "en", "", "")).write_bytes(to_bytes(view))
    monkeypatch.setenv(select.FOLDER, str(tmp_path))
    return tmp_path


def test_by_itself_a_notebook_selects_its_view_from_the_package(monkeypatch, selector):
    monkeypatch.delenv(select.FOLDER, raising=False)
    view = select.load("chapter", "2-integration", "zh", "330000", "", 2017)
    assert to_bytes(view) == to_bytes(selector.view("chapter", "2-integration", "zh", "330000"))


@pytest.mark.parametrize(
    "asked",
    [
        ("chapter", "1-innovation", "en", "330000", ""), ("chapter", "2-integration", "zh", "330000", ""),
        ("chapter", "2-integration", "en", "330100", ""), ("chapter", "2-integration", "en", "330000", "elsewhere"),
        ("whole", "2-integration", "en", "330000", ""),
    ],
)  # fmt: skip
def test_a_view_that_was_not_laid_out_is_refused_in_one_line(laid_out, asked):
    kind, notebook, language, region, data = asked
    with pytest.raises(UserError) as caught:
        select.load(*asked)
    assert str(caught.value).startswith(
        f"this batch has no {kind} view for {notebook} with language={language!r}, region={region!r}, data={data!r}. "
    )
    assert "\n" not in str(caught.value)


def notebook(monkeypatch, language: str = "en") -> Notebook:
    """A chapter as a notebook opens it by itself."""
    monkeypatch.delenv(select.FOLDER, raising=False)
    return Chapter.open("2-integration", {"year": 2017, "language": language, "region": "330000", "data": ""})


def test_an_indicator_of_another_chapter_is_refused_with_what_answers_it(monkeypatch, package):
    c = notebook(monkeypatch)
    other = package.indicators.index[package.indicators["chapter"] == 4][0]
    with pytest.raises(UserError) as caught:
        c.series(other)
    assert str(caught.value) == (
        f"there is no indicator '{other}' here; `2-integration` holds the indicators of its chapter, "
        "see c.figures['indicator'], and c.whole all others."
    )


def test_the_whole_package_answers_questions_beyond_a_chapter(monkeypatch, package):
    whole = notebook(monkeypatch).whole
    assert len(whole.figures) == len(package.figures)
    assert len(whole.platforms) == len(package.platforms)
    assert len(whole.public) == len(package.external)
    assert (whole.year, whole.language, whole.view.region) == (2017, "en", "330000")
    assert whole.table(whole.figures.query("chapter == 4").head(3)).frame.shape[0] == 3


def test_in_a_batch_the_whole_package_is_refused_in_words(laid_out):
    c = Chapter.open("2-integration", {"year": 2017, "language": "en", "region": "330000", "data": ""})
    with pytest.raises(UserError, match=r"this batch has no whole view for 2-integration with language='en'"):
        c.whole  # noqa: B018


def test_a_notebook_whose_view_is_the_whole_package_has_it_in_a_batch(selector, laid_out):
    view = selector.view("whole", "2-integration", "en", "330000")
    (laid_out / select.file_of("whole", "2-integration", "en", "", "")).write_bytes(to_bytes(view))
    c = Chapter.open("2-integration", {"year": 2017, "language": "en", "region": "330000", "data": ""})
    assert len(c.whole.figures) == len(view.figures)
