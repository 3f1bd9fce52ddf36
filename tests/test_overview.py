"""What the overview says of all headline indicators in a year, as printed and with errata."""

import pytest
from bs4 import BeautifulSoup
from shown import chinese_in, html

from helpers.display import theme
from helpers.display.html import PAGE_MIME, Html

YEARS = (2016, 2017, 2018)


def test_the_opening_counts_statuses_as_printed_and_with_errata(opened):
    page = opened.overview().opening()._repr_mimebundle_()[PAGE_MIME]
    assert (
        page["headline"] == "After our corrections, 13 of 15 headline targets with data were reached; as reported, 14"
    )
    counts = {reading["reading"]: reading["counts"] for reading in page["readings"]}
    assert counts == {
        "corrected": {"exceeded": 8, "met": 5, "missed": 2, "no_data": 7},
        "printed": {"exceeded": 8, "met": 6, "missed": 1, "no_data": 7},
    }
    assert page["language"] == "en"


def test_the_scoreboard_has_a_row_for_each_indicator_and_each_reading(opened):
    frame = opened.overview().scoreboard().frame
    printed, corrected = (frame[frame["reading"] == reading] for reading in ("As reported", "As corrected"))
    assert len(printed) == 22
    assert [*corrected["row"]] == ["online-retail-sales-corrected", "cross-border-retail-exports-corrected"]
    assert frame.at[corrected.index[1], "status"] == "missed"
    assert frame.at[corrected.index[1] - 1, "row"] == "cross-border-retail-exports"


def test_the_scoreboard_strikes_what_an_erratum_reads_otherwise(opened):
    board = html(opened.overview().scoreboard())
    assert len(board.select("tr[id^='i-']")) == 24
    struck = {row["id"]: [s.text for s in row.select("s")] for row in board.select("tr[id]") if row.s}
    assert struck == {
        "i-online-retail-sales": ["12 trillion yuan", "13 trillion yuan", "130%"],
        "i-cross-border-retail-exports": ["50 billion US dollars", "50 billion US dollars", "100%"],
    }
    readings = [" ".join(row.text.split()) for row in board.select("tr.read")]
    assert any("43.81 billion yuan" in reading and "missed" in reading for reading in readings)


def test_each_anchor_of_the_scoreboard_is_there_once(opened):
    ids = [row["id"] for row in html(opened.overview().scoreboard()).select("tr[id]")]
    assert len(ids) == len({*ids})


def test_statuses_that_errata_change_stand_side_by_side(opened):
    (row,) = opened.overview().corrections().frame.to_dict("records")
    assert (row["indicator"], row["as_printed"], row["with_errata"]) == (
        "cross-border-retail-exports", "met", "missed",
    )  # fmt: skip


def test_categories_count_every_indicator_once(opened):
    overview = opened.overview()
    counts = overview.categories().frame.set_index("category")
    assert counts.to_numpy().sum() == 22
    assert counts.sum().to_dict() == {"exceeded": 8, "met": 5, "missed": 2, "no_data": 7}  # as corrected


def test_indicators_without_data_are_those_of_the_opening(opened):
    overview = opened.overview()
    assert len(overview.missing().frame) == overview.opening().page["readings"][0]["counts"]["no_data"]


def test_the_first_year_has_none_before_it_to_compare(opened):
    shown = opened.overview(2016).changes()
    assert isinstance(shown, Html)
    assert shown.plain == "No headline indicator has data for 2016."


def test_what_moved_since_the_year_before_stands_apart_from_what_gained_or_lost_its_data(opened):
    changes = {year: opened.overview(year).changes() for year in (2017, 2018)}
    assert changes[2017].plain == "No headline indicator has data for 2016, so there is nothing to compare."
    assert [*changes[2018].frame["group"].unique()] == [
        "Result changed, as reported or as corrected: 2",
        "No data this year for 13 indicators",
    ]
    title = "Results that differ from 2017: 1 after our corrections, 2 as reported"
    assert html(changes[2018]).select_one("caption").text == title
    first = html(changes[2018]).select("tbody tr:not(.group)")[0]
    assert [" ".join(cell.text.split()) for cell in first] == [
        "Online retail sales", "exceeded 13 trillion yuan exceeded (as corrected) 1.3 trillion yuan",
        "missed 1.67188 trillion yuan exceeded (as corrected) 1.67188 trillion yuan",
    ]  # fmt: skip


def test_another_region_has_no_headline_indicators_and_says_so(opened):
    assert "no headline indicators" in opened.overview(region="330100").opening().plain


def test_a_selection_of_targets_is_read_in_a_sentence(opened):
    overview = opened.overview()
    printed = overview.targets.query("year == 2017 and reading == 'printed'")
    assert overview.read(printed).plain.startswith("Of 22 headline indicators, 15 have data and 14")


@pytest.mark.parametrize("year", YEARS)
def test_an_english_overview_has_no_chinese_but_in_marked_titles(opened, year):
    overview = opened.overview(year)
    methods = ["opening", "legend", "categories", "scoreboard", "pace", "corrections", "missing", "changes", "sources"]
    assert [(name, signs) for name in methods if (signs := chinese_in(html(getattr(overview, name)())))] == []


@pytest.mark.parametrize(("language", "years"), [("zh", "（2016～2017年）"), ("en", " (2016–2017) ")])
def test_the_index_says_which_plan_is_evaluated_by_which_report(opened, language, years):
    overview = opened.overview(2017, language)
    scope, plan = overview.opening().page["scope"], overview.view.plan
    assert years in scope
    assert getattr(plan, f"title_{language}") in scope
    assert getattr(plan, f"report_{language}") in scope
    assert "scope" not in opened.overview(2018, language).opening().page


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "状态和标记说明"), ("en", "What the status words and tags mean")]
)
def test_the_index_ends_as_the_overview_of_the_main_year_does(opened, language, words):
    assert "imprint" not in opened.overview(2018, language).opening().page
    end = BeautifulSoup(opened.overview(2017, language).opening().page["imprint"], "lxml")
    assert end.summary.text == words
    tags = len(end.select("dt")) - len(end.select("dt[id]"))
    assert (len(end.select("dt[id]")), tags) == (len(theme.STATUSES), 4)
    whole = {
        "zh": "《浙江省“互联网+”行动计划》执行情况评价。",
        "en": "Zhejiang Internet Plus Action Plan: evaluation of results. ",
    }
    assert end.find(id="about-cite").find_next("p").text.startswith(whole[language])
    assert not end.code


@pytest.mark.parametrize(
    ("language", "amount"), [("en", "3,000 (end of 2017, narrower definition)"), ("zh", "3000家（2017年底，口径较窄）")]
)
def test_a_public_figure_of_another_definition_says_so_beside_what_has_no_data(opened, language, amount):
    frame = opened.overview(2018, language).missing().frame
    assert [*frame.loc[frame["indicator"] == "high-tech-enterprises", "elsewhere"]] == [amount]
