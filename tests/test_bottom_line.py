"""What pages say first: counts in both readings, whether the report's own claim holds, one switch for the whole page."""

import pytest
from shown import html

from helpers.views.bottom_line import BottomLine

# Statuses as reported and as corrected, the headline in Chinese and in English.
HEADLINES = [
    (["met"], ["met"], "有数据的1项主要指标达到目标值", "The only headline target with data was reached"),
    (["missed"], ["missed"], "有数据的1项主要指标未达到目标值", "The only headline target with data was not reached"),
    (["undecided"], ["undecided"], "有数据的1项主要指标不能确认达到目标值",
     "The only headline target with data cannot be confirmed as reached"),
    (["met", "exceeded"], ["met", "exceeded"], "有数据的2项主要指标均达到目标值", "Both headline targets with data were reached"),
    (["missed"] * 2, ["missed"] * 2, "有数据的2项主要指标均未达到目标值", "Neither of the two headline targets with data was reached"),
    (["missed"] * 3, ["missed"] * 3, "有数据的3项主要指标均未达到目标值", "None of the 3 headline targets with data was reached"),
    (["met"] * 3, ["met"] * 3, "有数据的3项主要指标全部达到目标值", "All 3 headline targets with data were reached"),
    (["met", "missed", "missed", "no_data"], ["met", "missed", "missed", "no_data"], "有数据的3项主要指标中，1项达到目标值",
     "1 of 3 headline targets with data was reached"),
    (["no_data"], ["no_data"], "2017年1项主要指标暂无数据", "The headline indicator has no data for 2017"),
    (["no_data"] * 2, ["no_data"] * 2, "2017年2项主要指标均暂无数据", "Neither headline indicator has data for 2017"),
    (["no_data"] * 3, ["no_data"] * 3, "2017年3项主要指标均暂无数据", "None of the 3 headline indicators has data for 2017"),
    (["met", "met", "missed"], ["met", "missed", "missed"],
     "有数据的3项主要指标中，1项达到目标值（校正疑误后；按报告原数为2项）",
     "After our corrections, 1 of 3 headline targets with data was reached; as reported, 2"),
    (["missed", "undecided"], ["exceeded", "exceeded"],
     "有数据的2项主要指标均达到目标值（校正疑误后；按报告原数1项未达到，1项无法判定）",
     "After our corrections, both headline targets with data were reached; as reported, one was missed and the other cannot be judged"),
    (["met"] * 3, ["met", "met", "missed"], "有数据的3项主要指标中，2项达到目标值（校正疑误后；按报告原数全部达到）",
     "After our corrections, 2 of 3 headline targets with data were reached; as reported, all were"),
]  # fmt: skip


def make_line(notebook, printed: list[str], corrected: list[str]) -> BottomLine:
    """The bottom line of as many headline indicators as there are statuses."""
    score = notebook._context.score.head(len(printed))
    line = BottomLine(notebook._context, score.assign(status=printed))
    line.corrected, line.differs = score.assign(status=corrected), printed != corrected
    return line


@pytest.mark.parametrize(("printed", "corrected", "chinese", "english"), HEADLINES)
def test_a_headline_counts_in_both_readings(opened, printed, corrected, chinese, english):
    for language, sentence in (("zh", chinese), ("en", english)):
        assert make_line(opened.overview(2017, language), printed, corrected).headline("headline.overview") == sentence


def test_a_status_that_rests_on_a_suspected_figure_never_stands_alone(opened):
    page = html(opened.overview(2018).opening())
    both = page.h1.select_one("[data-reading=both]").text
    assert (
        both
        == "After our corrections, both headline targets with data were reached; as reported, one was missed and the other cannot be judged"
    )
    assert [row["data-reading"] for row in page.select(".row")] == ["corrected", "printed"]
    cells = opened.overview(2018).changes()
    first = html(cells).select("tbody tr:not(.group)")[0].find_all("td")[-1]
    assert [part["data-reading"] for part in first.select("[data-reading]")] == ["printed", "corrected"]


def test_the_claim_of_the_report_is_judged_in_its_year_only(opened):
    lead = opened.overview(2017).opening().page["lead"]
    assert "The report says that only one indicator is behind: free Wi-Fi coverage of 5A and 4A scenic areas." in lead
    assert "By the report’s own table this holds; as corrected, 2 fall short." in lead
    assert "from met (100%) to missed (87.6%)" in lead
    assert "The report says" not in opened.overview(2018).opening().page["lead"]


def test_a_year_that_adds_nothing_is_one_line(opened):
    opening = opened.chapter("5-foundations", year=2016).opening()
    assert opening.page["brief"]
    assert "The page for 2017 has the " in opening.page["lead"]
    assert not opened.chapter("5-foundations", year=2018).opening().page["brief"]


@pytest.mark.parametrize(("shown", "headline", "rows"), [
    ("both", "After our corrections, 13 of 15 headline targets with data were reached; as reported, 14", 24),
    ("as reported", "14 of 15 headline targets with data were reached", 22),
    ("as corrected", "13 of 15 headline targets with data were reached", 22),
])  # fmt: skip
def test_a_switch_shows_the_whole_page_in_one_reading(browser, reports, shown, headline, rows):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((reports / "0-overview_2017_en.html").as_uri())
    page.get_by_role("button", name=shown, exact=True).click()
    shown_headline = page.locator("h1").inner_text()
    assert shown_headline.replace("as published", "as reported") == headline  # the former of several documents
    assert page.locator("#scoreboard tbody tr:not(.group):visible").count() == rows
    assert page.locator(".opening .row:visible").count() == (2 if shown == "both" else 1)
    page.close()
