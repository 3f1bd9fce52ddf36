"""The first sentences of an indicator's page: what is known of one without a value of its own, and how sure it is."""

import pytest
import shown

from helpers.display.table import records_of
from helpers.language.formatter import Formatter
from helpers.package import tables

HOME = "330000"


@pytest.fixture
def about(opened):
    """Opens an indicator in a language."""
    return opened.indicator


@pytest.mark.parametrize(
    ("indicator", "language", "headline"),
    [
        ("market-entities-new", "en", "Newly registered market entities: only a public figure, 1.13 million (2017)"),
        ("market-entities-new", "zh", "新设市场主体：只有公开数据，2017年为113万户"),
        ("farm-entities-mapped", "zh", "地图模式管理的农业主体：所载数值不同，45160多个；43000多个（时期不明）"),
        ("talent-net-inflow-rank", "zh", "人才净流入率全国位次：杭州第1位（2018年上半年）；宁波第2位（2018年）"),
        (
            "information-industry-enterprises",
            "en",
            "Registered information industry enterprises: 119,000 (end of 2018), up about 30% from end of 2017, "
            "which implies 92,000 for end of 2017",
        ),
    ],
)
def test_a_headline_says_what_is_known_and_how_it_is_qualified(about, indicator, language, headline):
    assert about(indicator, language).opening().plain == headline


def test_a_latest_value_that_is_corrected_has_the_reported_one_beside_it(package):
    figures = package.raw["figures"]
    later = (figures["indicator"] == "online-retail-sales") & (figures["period"] == "2018")
    without = tables.of(package.folder, package.plan, dict(package.raw) | {"figures": figures[~later]})
    headline = shown.Opener(without).indicator("online-retail-sales").opening().plain
    assert headline == "Online retail sales: 1.3 trillion yuan, as corrected from 13 trillion yuan (2017)"


@pytest.mark.parametrize(
    ("indicator", "gaps"),
    [
        ("maker-spaces", "There are no figures for 2016 and 2018."),
        ("it-industry-integration-rank", ""),  # the sentence about its target has said it
        ("talent-net-inflow", ""),  # its only value is of a period that spans these years
    ],
)
def test_years_without_a_figure_are_named_once(about, indicator, gaps):
    lead = about(indicator).opening().page["lead"]
    assert ("There are no figures for" in lead, gaps in lead) == (bool(gaps), True)


@pytest.mark.parametrize(
    ("indicator", "as_reported"),
    [("online-retail-sales", True), ("maker-spaces", False), ("high-tech-enterprises", False)],
)
def test_a_suspected_target_or_value_is_said_to_be_as_reported(about, indicator, as_reported):
    assert ("As reported, the target" in about(indicator).opening().page["lead"]) == as_reported


def test_among_the_first_three_is_a_range_from_the_first_place(about):
    notebook = about("it-industry-integration-rank")
    table = notebook.values()
    row = table.frame.set_index("figure").filter(like="X-", axis=0).iloc[0]
    assert (row["qualifier"], row["lower"], row["upper"]) == ("top", 1, 3)
    texts = [text.text for text in shown.html(notebook.picture()).find_all("text")]
    assert ("1" in texts, "0" in texts) == (True, False)


def test_a_public_figure_of_another_scope_says_so_in_its_name(about):
    names = about("high-tech-enterprises").values().frame.set_index("figure")["name"]
    assert names["X-1"] == "High-tech enterprises (narrower definition)"
    assert names["T.1-actual"] == "High-tech enterprises"


@pytest.mark.parametrize(
    ("indicator", "figure", "tag"),
    [
        ("high-tech-enterprises", "T.1-actual", "doubtful"),  # also of another definition, which is no fault
        ("scenic-wifi-coverage", "T.12-target", ""),  # the text's count of indicators is in doubt, not the target
    ],
)
def test_a_figure_is_marked_with_the_gravest_verdict_about_itself(about, indicator, figure, tag):
    row = shown.html(about(indicator).values()).find(id=f"f-{figure}")
    assert (row.find(class_="verdict").text if row.find(class_="verdict") else "") == tag


@pytest.mark.parametrize(
    ("figure", "written"),
    [("3.1.1-1", "10多亿条"), ("3.3.1-3", "4200余万份"), ("2.1.2-1", "2.4万余个"), ("2.1.2-3", "254万余家次")],
)
def test_a_qualifying_word_stands_before_or_behind_the_scale_as_printed(package, figure, written):
    """10多亿 are 11 to 19, 10亿多 are little more than 10."""
    words = Formatter(package, "zh", HOME)
    assert str(words.format_quantity(records_of(package.figures.loc[[figure]])[0])) == written
