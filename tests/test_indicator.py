"""One indicator over all years: which have a page, what is said of each, its picture, its values and what else is known."""

import re
from dataclasses import replace

import pandas as pd
import pytest
import shown

from helpers.charts import timeline
from helpers.errors import UserError
from helpers.evaluation import values
from helpers.package import tables
from helpers.views import Indicator
from helpers.views.select import Selector

HOME = "330000"


@pytest.fixture
def about(opened):
    """Opens an indicator in a language and a region."""
    return opened.indicator


@pytest.mark.parametrize(
    ("indicator", "headline"),
    [
        ("mobile-broadband-penetration", "Mobile broadband penetration (subscriptions per person): 121.8% (undated)"),
        ("fixed-broadband-penetration", "Fixed broadband penetration (lines per household): 126.9% (undated)"),
    ],
)
def test_an_exact_value_goes_before_a_bound_and_other_places_are_listed(about, indicator, headline):
    shown_page = about(indicator)
    assert shown_page.opening().plain == headline
    assert len(shown_page.elsewhere().frame) == 2


def test_two_values_of_a_year_are_told_apart_once(about):
    assert (
        "For 2017, 1.3 trillion yuan is our reading of the reported 13 trillion yuan, with a decimal point restored; 1.33324 trillion "
        "yuan is implied by other figures."
    ) in about("online-retail-sales").opening().page["lead"]
    assert "implied by" not in about("cross-border-retail-exports").opening().page["lead"]  # both are the same


# --- which have a page ---------------------------------------------------------------------------------------


def test_headline_indicators_and_those_with_two_values_have_a_page(package):
    listed = values.list_indicators(package)[HOME]
    headline = {*package.indicators.index[package.indicators["headline"].notna()]}
    assert headline <= {*listed}
    assert listed == [name for name in package.indicators.index if name in listed]  # in their own order
    counts = package.seen_from(HOME, package.figures)["indicator"].value_counts()
    assert {*counts.index[counts >= 2]} <= {*listed}
    assert "industrial-robots" in listed  # one is printed, one follows from what was added
    assert "first-set-products" not in listed  # it has one value alone


def test_another_region_has_pages_of_its_own_indicators_alone(package):
    listed = values.list_indicators(package)
    assert listed["330200"] == []  # one figure is no series
    frames = (package.figures, package.external)  # of the places within it where it has none itself
    seen = [name for frame in frames for name in package.seen_from("330100", frame)["indicator"]]
    assert {"talent-net-inflow-rank", "corridor-value-added"} <= {*listed["330100"]} <= {*seen}
    assert "cloud-capability-rank" not in listed["330100"]  # a headline indicator without any figure there


# --- what is said of it --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "language", "headline", "lead"),
    [
        (
            "online-retail-sales", "zh", "2018年，全省网络零售额为16718.8亿元，比2017年增长25.4%，由此推算2017年为13332.4亿元",
            "按疑误校正（未经发布单位确认），目标值为1.2万亿元，实际值为1.3万亿元，完成率为108.3%，结果为“超额完成”。",
        ),
        (
            "cross-border-retail-exports", "en",
            "Cross-border online retail exports: 57.44 billion yuan (2018), up 31.1% from 2017, which implies 43.81 billion yuan for 2017",
            "As corrected by us, and not confirmed by the publisher: target 50 billion yuan, actual 43.81 billion yuan, "
            "completion 87.6% (missed).",
        ),
        (
            "scenic-wifi-coverage", "en", "Free Wi-Fi coverage of 5A and 4A scenic areas: 98% (2017)",
            "The target for 2017 is 100%. The actual value in 2017 is 98%, and the computed completion is 98.0% (missed).",
        ),
        (
            "tourism-map-queries", "zh", "全省景区、酒店、旅行社电子地图在线查询实现率：暂无实际值",
            "2017年目标值为90%；2017年暂无实际值，无法判定。",
        ),
        (
            "industrial-robots", "en",
            "Industrial robots in service: 71,000 (end of 2018), up 29% from a derived 55,000 (end of 2017)",
            "",  # all of its range is 29%
        ),
        (
            "talent-net-inflow-rank", "en", "National rank in net inflow rate of talent: 1st in Hangzhou (first half of 2018); 2nd in Ningbo (2018)",
            "The audit has 2 remarks",
        ),
        ("corridor-value-added", "zh", "2018年，产业增加值（杭州城西科创大走廊）为1729.4亿元", ""),
    ],
)  # fmt: skip
def test_the_first_sentences_say_the_latest_value_and_the_target_in_both_readings(
    about, indicator, language, headline, lead
):
    page = about(indicator, language).opening().page
    assert page["headline"].startswith(headline)
    assert lead in page["lead"]
    assert page["years"] == []


@pytest.mark.whole
def test_a_suspected_reading_never_stands_alone(about, package):
    """Where an erratum touches target or actual value of a headline indicator, the corrected reading follows the printed one."""
    touched = {*package.errata["key"]}
    for indicator in package.indicators.index[package.indicators["headline"].notna()]:
        for language, words in (("zh", "疑误校正（未经发布单位确认）"), ("en", "not confirmed by the publisher")):
            i = about(indicator, language)
            score = i.targets.query("year == @i.year and reading == 'printed'")
            rests = {*score["target_figure"], *score["actual_figure"], *score["target_end_figure"]}
            if rests & touched:
                assert words in i.opening().page["lead"], (indicator, language)


# --- picture and table ---------------------------------------------------------------------------------------


def test_the_picture_shows_target_printed_derived_and_public_values_in_their_forms(about):
    trend = about("online-retail-sales")._trend
    forms = dict(zip(trend.drawn.index, trend.drawn["drawn_form"], strict=True))
    assert forms["2.3.3-3"] == "printed"
    assert forms["2.3.3-3~2.3.3-4"] == "derived"
    assert forms["X-10"] == "public"
    assert (forms["T.6-actual"], forms["T.6-actual printed"]) == ("corrected", "struck")
    assert "X-11" not in forms  # a quarter is no year
    assert [*trend.aims["base"]] == [1.2e12]
    assert [*trend.own["year"]] == [2017, 2018]


def values_frame(**changes) -> pd.DataFrame:
    frame = {"year": [2016, 2017, 2018], "value": [10.0, 12.0, 15.0], "lower": [10.0, 11.0, 15.0],
             "upper": [10.0, 13.0, 15.0], "form": ["derived", "printed", "printed"], "label": ["10", "12", "15"],
             "joined": [True, True, True]}  # fmt: skip
    return pd.DataFrame(frame | changes)


TARGET = pd.DataFrame({"year": [2017], "value": [14.0], "label": ["target 14"]})
NO_TARGET = TARGET.iloc[:0]


def texts(ax) -> dict[str, tuple[float, float]]:
    return {text.get_text(): text.get_position() for text in ax.texts}


def test_values_stand_over_their_years_and_the_target_is_a_line_around_its_year():
    ax = timeline.timeline(values_frame(), TARGET, lambda value, step: f"{value:g}")
    written = texts(ax)
    assert {"2016", "2017", "2018", "10", "12", "15", "target 14"} <= {*written}
    assert written["2016"][0] < written["2017"][0] < written["2018"][0]
    assert written["10"][1] > written["12"][1] > written["15"][1]  # y grows downwards
    wide = next(line for line in ax.lines if line.get_linewidth() == 2)
    assert wide.get_xdata()[1] > written["2017"][0] > wide.get_xdata()[0] > written["2016"][0]
    assert wide.get_xdata()[1] < written["2018"][0]
    assert len({*wide.get_ydata()}) == 1


def test_a_lower_rank_stands_higher():
    ax = timeline.timeline(values_frame(), NO_TARGET, lambda value, step: f"{value:g}", turned=True)
    assert texts(ax)["10"][1] < texts(ax)["15"][1]


def test_a_range_is_drawn_where_it_is_wide_enough_to_be_seen():
    def upright(frame: pd.DataFrame) -> int:
        ax = timeline.timeline(frame, NO_TARGET, lambda value, step: f"{value:g}")
        return sum(line.get_xdata()[0] == line.get_xdata()[-1] and len(line.get_xdata()) == 2 for line in ax.lines)

    assert upright(values_frame()) == 1
    assert upright(values_frame(lower=[10.0, 12.0, 15.0], upper=[10.0, 12.0, 15.0])) == 0


@pytest.mark.parametrize(
    "numbers", [[0.0, 0.0, 0.0], [5.0, 5.0, 5.0], [-3.0, 0.0, 2.0], [1e12, 1.1e12, 9e12], [98.0, 98.5, 99.0], [1, 2, 1]]
)
def test_the_scale_holds_every_value_between_round_numbers(numbers):
    low, high, ticks = timeline._span(numbers)
    assert low <= min(numbers) <= max(numbers) <= high
    assert low < high
    assert (ticks[0], ticks[-1]) == pytest.approx((low, high))
    assert 2 <= len(ticks) <= 6


@pytest.mark.parametrize(("struck", "high"), [(130.0, 15.0), (30.0, 30.0)])
def test_a_suspected_error_that_is_far_away_does_not_press_the_others_together(struck, high):
    frame = values_frame(value=[10.0, struck, 15.0], upper=[10.0, struck, 15.0], form=["derived", "struck", "printed"])
    _, top, _ = timeline._measure(frame, NO_TARGET)
    assert high <= top < 2 * high
    assert [*timeline.find_outside(frame, NO_TARGET)] == [False, struck > 100, False]


def test_labels_of_one_year_do_not_cover_each_other():
    frame = values_frame(year=[2017, 2017, 2017], value=[10.0, 10.1, 10.2], label=["10.000", "10.100", "10.200"])
    ax = timeline.timeline(frame, TARGET, lambda value, step: f"{value:g}")
    places = [position for text, position in texts(ax).items() if text.startswith("10.")]
    assert len(places) == len(set(places)) >= 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_value_stands_in_the_table_with_its_source(about, package, language):
    i = about("online-retail-sales", language)
    frame = i.values().frame
    wanted = {*package.figures.query("indicator == 'online-retail-sales' and region == '330000'").index}
    public = package.external.query("indicator == 'online-retail-sales' and region == '330000'")
    corrected = {f"T.6-{name}-corrected" for name in ("target", "actual", "completion")}
    assert {*frame["figure"]} == wanted | {*public.index} | {*i.derived.index} | corrected
    struck = {"zh": ["12", "13", "130"], "en": ["12 trillion", "13 trillion", "130"]}[language]
    assert [cell.text for cell in shown.html(i.values()).select("s")] == struck
    assert (frame["source"] != "").all()
    dated = frame["period"].str.extract(r"(\d{4})")[0].astype(int)
    assert dated.is_monotonic_increasing


def test_one_value_alone_is_no_picture(about):
    parts = about("tourism-map-queries").history().parts
    assert not any(getattr(part, "svg", "") for part in parts)
    assert len(parts[-1].frame) == 1


# --- what else is known --------------------------------------------------------------------------------------


def test_findings_lead_to_their_cards(about):
    i = about("cross-border-retail-exports")
    html = shown.html(i.checked())
    doubts = i.findings[i.findings["verdict"] != "consistent"]
    assert len(doubts) > 0
    assert [link["href"] for link in html.select("a.verdict")] == [
        f"6-audit.ipynb#a-{key}" for key in doubts["finding"]
    ]


def test_places_within_the_region_have_a_table_of_their_own(about):
    assert [*about("talent-net-inflow-rank").within().frame["place"]] == ["Hangzhou", "Ningbo", "Hangzhou"]
    assert about("scenic-wifi-coverage").within() is None


@pytest.mark.parametrize(
    ("indicator", "missing"),
    [("industrial-robots", "There are no figures for 2016."), ("online-retail-sales", ""), ("tourism-map-queries", "")],
)
def test_years_of_the_plan_without_a_value_are_named(about, indicator, missing):
    opening = about(indicator).opening().html
    assert missing in opening
    assert ("There are no figures for" in opening) == bool(missing)


@pytest.mark.parametrize(
    ("language", "caption"),
    [
        ("zh", "全省网络零售额：11个数值及其出处（另有校正值3个）"),
        ("en", "Online retail sales: 11 values and their sources (corrections: 3)"),
    ],
)
def test_the_caption_counts_values_and_corrections(about, language, caption):
    assert about("online-retail-sales", language).values().caption == caption


def test_a_value_that_was_derived_from_a_growth_is_not_compared_with_it(about):
    headline = shown.html(about("online-retail-sales").opening()).h1.text
    assert headline.endswith(", up 25.4% from 2017, which implies 1.33324 trillion yuan for 2017")


@pytest.mark.parametrize(("address", "cited"), [("https://www.zj.gov.cn/plan/", True), ("", False)])
def test_a_citation_has_the_address_where_the_pages_are_published(package, address, cited):
    published = tables.of(package.folder, replace(package.plan, address=address), dict(package.raw))
    view = Selector(published).view_indicator("indicator", "en", HOME, "industrial-robots")
    text = shown.html(Indicator(view, "indicator").sources()).find(id="about-cite").find_next("p").text
    assert text.startswith(
        "Zhejiang Internet Plus Action Plan: evaluation of results, “Industrial robots in service · all years”."
    )
    assert text.endswith("data up to 2018. Address: https://www.zj.gov.cn/plan/") == cited


def test_who_is_responsible_and_how_to_cite_it(package):
    raw = dict(package.raw)
    own = raw["indicators"]["indicator"] == "industrial-robots"
    raw["indicators"] = raw["indicators"].assign(responsible=raw["indicators"]["responsible"].mask(own, "经信厅"))
    view = Selector(tables.of(package.folder, package.plan, raw)).view_indicator(
        "indicator", "zh", HOME, "industrial-robots"
    )
    i = Indicator(view, "indicator")
    assert "责任单位: 经信厅" in shown.plain(i.facts())
    assert "2.1" in shown.plain(i.facts())
    cited = shown.html(i.sources()).text
    assert "浙江省“互联网+”行动计划" in cited
    assert "在役工业机器人" in cited


def test_an_indicator_that_there_is_not_is_told_with_the_closest_ones(monkeypatch):
    with pytest.raises(
        UserError,
        match=re.escape(
            "unknown indicator 'industrial-robot'; indicators.csv has 249, did you mean 'industrial-robots'"
        ),
    ):
        Indicator.open("indicator", {"indicator": "industrial-robot", "language": "en", "region": "", "data": ""})


@pytest.mark.whole
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_has_a_headline_and_shows_values_or_says_that_there_are_none(package, about, language):
    for indicator in values.list_indicators(package)[HOME]:
        i = about(indicator, language)
        page = i.opening().page
        shown_words = shown.plain(i.history()) + shown.plain(i.more())
        assert page["headline"], indicator
        assert not re.search(r"\bnan\b|None|<NA>", page["headline"] + page["lead"] + shown_words), indicator
        assert language == "zh" or not shown.chinese_in(shown.html(i.opening())), indicator


def test_all_labels_of_a_picture_are_in_the_unit_of_its_scale(about):
    trend = about("online-retail-sales", "zh")._trend
    labels = dict(zip(trend.drawn.index, trend._write_labels(trend.drawn), strict=True))
    assert (labels["T.6-actual"], labels["T.6-actual printed"], labels["2.3.3-3"]) == ("13000", "130000", "16718.8")
    assert [trend._write_amount(row) for _, row in trend.aims.iterrows()] == ["12000亿元"]


def test_a_name_in_a_sentence_is_a_link_once_but_no_part_of_a_longer_one_and_not_on_its_own_page(opened, about):
    farm = '<a class="name" href="indicator.ipynb#farm-product-online-sales">Online retail sales of farm products</a>'
    sales = '<a class="name" href="indicator.ipynb#online-retail-sales">online retail sales</a>'
    text = "<b> Online retail sales of farm products; online retail sales; Online retail sales"
    link_names = opened.chapter("2-integration", "en", 2018)._context.link_names
    assert link_names(text) == f"&lt;b&gt; {farm}; {sales}; Online retail sales"
    assert "#online-retail-sales" not in about("online-retail-sales")._context.link_names(text)


@pytest.mark.parametrize(
    ("indicator", "note"),
    [
        (
            "industrial-robots",
            "Solid: as reported; hollow: derived; thin ring: public figure from elsewhere. Values derived from additions assume "
            "no retirements and an unchanged definition.",
        ),
        (
            "cross-border-retail-exports",
            "Solid: as reported; diamond: our correction, not confirmed by the publisher; hollow: derived; "
            "thin ring: public figure from elsewhere; thick line: target. Amounts derived from growth rates assume growth at "
            "current prices.",
        ),
    ],
)
def test_the_note_of_a_picture_explains_the_marks_that_it_has(about, indicator, note):
    assert shown.html(about(indicator).picture()).select_one(".note").text == note
