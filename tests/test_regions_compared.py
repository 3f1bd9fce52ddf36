"""A region beside those within it: targets of each against its own, as a frame, a table and pictures; links between pages."""

import pytest
from conftest import read

from helpers.errors import UserError
from helpers.evaluation.scoreboard import scoreboard
from helpers.package import tables
from helpers.views import Overview, select


@pytest.fixture(scope="module")
def places(panel) -> tables.Tables:
    return tables.load(panel)


def open_overview(places: tables.Tables, region: str, language: str = "en") -> Overview:
    return Overview(select.Selector(places).view("overview", "0-overview", language, region), "0-overview", 2017)


def test_each_region_is_judged_against_its_own_target(places):
    frame = open_overview(places, "330000").view.region_targets
    within = [region for region in places.choices.covered if places.regions.at[region, "parent"] == "330000"]
    assert [*dict.fromkeys(frame["region"])] == ["330000", *within]
    for region, own in frame.groupby("region"):
        score = scoreboard(places, places.main_year, region)
        assert own.set_index("indicator")["status"].to_dict() == score["status"].to_dict()
        targets = own.set_index("indicator")["target_text"]
        assert (targets != "").all()
    assert frame.groupby("indicator")["target_text"].nunique().max() > 1


def test_a_region_with_nothing_within_is_compared_with_none(places):
    covered = places.choices.covered
    parents = {places.regions.at[region, "parent"] for region in covered}
    leaf = next(region for region in covered if region not in parents)
    overview = open_overview(places, leaf)
    assert overview.view.region_targets.empty
    assert overview.regions().parts == []


def test_the_table_has_a_column_a_region_and_the_picture_a_row(places):
    overview = open_overview(places, "330000")
    (picture,) = overview.regions().parts
    names = [*dict.fromkeys(overview.view.region_targets["place"])]
    assert [name for name in picture.frame.columns if name in names] == names
    assert picture.title.startswith("Most targets reached: ")
    assert all(name in picture.svg for name in names)


def test_one_indicator_is_drawn_as_bars_with_each_target(places):
    picture = open_overview(places, "330000").regions("high-tech-enterprises")
    assert picture.name == "pic-regions-high-tech-enterprises"
    assert "(target " in picture.svg
    overview = open_overview(places, "330000")
    overview.view.region_targets["target_text"] = ""  # as of a target without a number
    assert "(target" not in overview.regions("high-tech-enterprises").svg
    with pytest.raises(UserError, match="there is no headline indicator 'robots' here"):
        open_overview(places, "330000").regions("robots")


def test_pages_lead_to_the_region_above_and_to_those_within(places, panel_reports):
    pages = {name: page for name, page in read(panel_reports).items() if not name.startswith("index")}
    home, parents = places.plan.region, places.regions["parent"]
    assert any(name.endswith("_330200.html") for name in pages)
    for name, page in pages.items():
        region = name.removesuffix(".html").rpartition("_")[2]
        own = region if region in places.regions.index else home
        stem = name.removesuffix(".html").removesuffix(f"_{own}")
        around = [parents[own], *parents.index[parents == own]]
        files = [f"{stem}{'' if other == home else f'_{other}'}.html" for other in around]
        links = [link["href"] for link in page.select("nav.sections a") if not link["href"].startswith("#")]
        assert links == [file for file in files if file in pages]
