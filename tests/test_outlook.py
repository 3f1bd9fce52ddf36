"""What the outlook says after the target year, and what cannot be said."""

import pytest
from shown import Opener, chinese_in, html

from helpers.display.html import Html
from helpers.package import tables


def test_the_outlook_tells_what_cannot_be_said(opened):
    outlook = opened.outlook()
    assert "2 of 22" in outlook.opening().plain
    assert len(outlook.unanswered().frame) == 21
    title = "Headline indicators that cannot be judged for 2018: 20 after our corrections, 21 as reported"
    assert html(outlook.unanswered()).select_one("caption").text == title
    row = (
        html(outlook.unanswered())
        .find(id="unanswered")
        .find("a", string="Cross-border online retail exports")
        .find_parent("tr")
    )
    assert "exceeded (as corrected)" in row.text
    assert "156 of 241" in outlook.undated().title


def test_the_outlook_tells_first_what_came_of_the_targets_in_both_readings(opened):
    lead = html(opened.outlook().opening()).select_one(".lead").text
    assert lead.startswith(
        "For 2018, judged against the targets for 2017: after our corrections, both headline targets with data were reached; "
        "as reported, one was missed and the other cannot be judged."
    )


def test_later_public_figures_are_those_of_every_place(opened, package):
    later = opened.outlook().public_after().frame
    years = package.external["year"]
    assert {*later["figure"]} == {*package.external.index[(years > 2018).fillna(False).to_numpy(dtype=bool)]}
    assert {"end of November 2019", "November 2019"} & {*later["period"]} == {"November 2019"}


def test_undated_figures_are_counted_by_chapter_and_add_up(opened, package):
    frame = opened.outlook().undated().frame
    in_text = package.figures[~package.figures["source"].str.startswith("T.")]
    in_text = in_text[in_text["indicator"].map(package.indicators["chapter"]) > 0]
    assert (frame["undated"].sum(), frame["total"].sum()) == (in_text["year"].isna().sum(), len(in_text))
    assert [*frame["share"]] == [round(100 * row.undated / row.total) for row in frame.itertuples()]
    assert len(frame) == 5


def test_after_the_target_year_each_indicator_is_shown_in_its_latest_year(spoil):
    folder = spoil("figures.csv", "rural-stations,level,330000,2018,1.78", "rural-stations,level,330000,2020,1.78")
    frame = Opener(tables.load(folder)).outlook().after().frame
    assert [*frame.loc[frame["reading"] == "As reported", "name"]] == [
        "Online retail sales (2018)", "Cross-border online retail exports (2018)",
    ]  # fmt: skip


def test_implied_growth_is_the_quotient_of_a_printed_and_a_derived_value(opened):
    outlook = opened.outlook()
    frame = outlook.implied_growth().frame.set_index("figure")
    row = frame.loc["2.3.3-3~2.3.3-4"]
    assert row["growth"] == 25.4
    assert frame["growth"].is_monotonic_decreasing
    assert {*frame.index} <= {*outlook.derived.index}


def test_public_figures_are_those_after_the_last_year(opened):
    outlook = opened.outlook()
    keys = {*outlook.public_after().frame["figure"]}
    assert keys == {*outlook.public.index[outlook.public["year"].fillna(0) > 2018]}
    assert keys


def test_unfinished_platforms_are_counted_by_chapter_and_stage(opened, package):
    frame = opened.outlook().unfinished().frame
    assert len(frame) == 5
    assert frame.drop(columns="chapter").to_numpy().sum() == len(package.platforms)


def test_a_series_of_any_indicator_is_at_hand(opened):
    frame = opened.outlook().series("online-retail-sales").frame
    assert frame["period"].is_unique
    assert len(frame) == 3


def test_a_city_without_targets_says_so(opened):
    outlook = opened.outlook(region="330100")
    assert isinstance(outlook.after(), Html)
    assert isinstance(outlook.unanswered(), Html)
    assert outlook.opening().plain


@pytest.mark.parametrize(
    "method",
    ["opening", "after", "implied_growth", "undated", "unanswered", "unfinished", "public_after", "sources"],
)
def test_an_english_outlook_has_no_chinese_but_in_marked_titles(opened, method):
    assert chinese_in(html(getattr(opened.outlook(), method)())) == []
