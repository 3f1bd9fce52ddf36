"""The sentence that reads a selection: each kind of frame, singular and plural, zero, negative, ranks and undated figures."""

import pandas as pd
import pytest

from helpers.views import Audit, Chapter, select

RATES = "measure == 'growth_rate' and year == 2018"
FIGURES = [
    (
        "2-integration", "figure == '2.3.3-4'",
        "全省网络零售额增长25.4%。",
        "Online retail sales grew by 25.4%.",
    ),
    (
        "1-innovation", "figure == '1.2.1-1'",
        "企业登记需提交的材料减少80%。",
        "Documents required for business registration fell by 80%.",
    ),
    (
        "1-innovation", "figure in ['1.2.1-10', '1.2.1-7']",
        "在册信息产业企业增长30%左右；各类市场主体（校正后）增长23.8%。各类市场主体（校正后）的增幅跨2年，不能与一年的增幅直接比较。",
        "Registered information industry enterprises grew by about 30%; market entities (as corrected) grew by 23.8%. The rate "
        "for market entities (as corrected) spans 2 years and cannot be compared with one-year rates.",
    ),
    (
        "2-integration", f"section == '2.3' and {RATES}",
        "4项均为增长，增幅在25.0%至31.9%之间。",
        "All 4 quantities grew, by between 25.0% and 31.9%.",
    ),
    (
        "3-livelihood", "section == '3.1' and measure == 'share' and year.isna()",
        "3项比率中，最高的是高速公路监测精度，95%以上；最低的是线上售票占总售票量比重，约15%。",
        "The 3 shares range from about 15% (online share of tickets sold) to over 95% (accuracy of motorway monitoring).",
    ),
    (
        "3-livelihood", "section == '3.3' and measure == 'share'",  # two are equally high
        "4项比率中，最高的是县域影像共享比例、县域心电共享比例，100%；最低的是县域检验共享比例，97.14%。",
        "The 4 shares range from 97.14% (county laboratory tests shared) to 100% (county medical imaging shared and county "
        "electrocardiograms shared).",
    ),
    (
        "3-livelihood", "figure in ['3.3.2-4', '3.3.2-5']",
        "2项均为100%。",
        "Each of the 2 numbers is 100%.",
    ),
    (
        "2-integration", "figure == '2.5.2-1'",
        "杭州旅游护照商户：超5000家（时期不明）。",
        "Merchants in the Hangzhou tourism passport: over 5,000 (undated).",
    ),
    (
        "2-integration", "figure in ['2.5.3-1', '2.5.3-2']",
        "归集刷卡数据的旅游休闲企业（杭州）为30000家；归集点评和价格数据的酒店、景点（杭州）为3000家。",
        "Tourism and leisure firms whose card data is collected (Hangzhou): 30,000; hotels and sights whose ratings and prices "
        "are collected (Hangzhou): 3,000.",
    ),
    (
        "2-integration", "figure in ['2.3.1-5', '2.3.1-7', '2.3.1-4']",
        "共3个数据，其中1个未注明时期。",
        "There are 3 figures, 1 of them undated.",
    ),
    (
        "2-integration", "figure in ['2.2.1-3', '2.2.1-4']",
        "共2个数据，均未注明时期。",
        "There are 2 figures; all of them are undated.",
    ),
    ("2-integration", "figure == 'none'", "没有符合条件的数据。", "There is no such figure."),
]  # fmt: skip
PLATFORMS = [
    ("section == '2.4'", "5个平台和计划中，已运行4个、在建1个。", "Of 5 platforms and programmes, 4 are in use and 1 is being built."),
    ("section == '2.4' and status == 'running'", "4个平台和计划均已经运行。", "All 4 platforms and programmes are in use."),
    ("section == 'none'", "没有平台和计划。", "No platform or programme is named."),
]  # fmt: skip
TARGETS = [
    (
        "year == 2016 and reading == 'printed'",
        "11项主要指标均无数据。",
        "None of the 11 headline indicators has data.",
    ),
    (
        "year == 2017 and reading == 'printed'",
        "11项主要指标中，9项有数据，8项达到目标值。未达到的是全省5A、4A级景区免费WiFi覆盖率。校正疑误后，7项达到目标值。",
        "Of 11 headline indicators, 9 have data and 8 reached the target. Free Wi-Fi coverage of 5A and 4A "
        "scenic areas fell short of the target. After our corrections, 7 reached the target.",
    ),
    (
        "year == 2017 and reading == 'printed' and status == 'no_data'",
        "11项主要指标中，2项没有实际值。",
        "Of 11 headline indicators, 2 have no actual value.",
    ),
    (
        "year == 2018 and reading == 'printed'",
        "11项主要指标中，2项有数据，1项未达到目标值，1项无法判定。未达到的是全省网络零售额。校正疑误后，2项达到目标值。",
        "Of 11 headline indicators, 2 have data; one was missed and the other cannot be judged. Online retail sales fell short of the target. "
        "After our corrections, 2 reached the target.",
    ),
    (
        "year == 2017 and reading == 'printed' and section == '2.2'",
        "2项主要指标均达到目标值。",
        "Both headline indicators reached their targets.",
    ),
    (
        "reading == 'printed' and section == '2.4'",
        "具有全国影响力的互联网金融企业：2016年暂无数据、2017年超额完成、2018年暂无数据。",
        "Internet finance enterprises with nationwide influence: no data in 2016, exceeded in 2017 and no data in 2018.",
    ),
    (
        "year == 2017",
        "校正疑误后，跨境网络零售出口额由“完成”变为“未完成”。",
        "With our corrections, the result for cross-border online retail exports changes from met to missed.",
    ),
    (
        "year == 2018",
        "校正疑误后，全省网络零售额由“未完成”变为“超额完成”；跨境网络零售出口额由“无法判定”变为“超额完成”。",
        "With our corrections, the result for online retail sales changes from missed to exceeded; the result for cross-border "
        "online retail exports changes from undecided to exceeded.",
    ),
    ("year == 2016", "校正疑误不改变结果。", "Our corrections change no result."),
    ("section == 'none'", "没有主要指标。", "There is no headline indicator."),
]
FINDINGS = [
    (
        "verdict == 'contradiction'",
        "共6项，其中可信度高的3项、可信度中的3项。最多的一类是“指标表与正文”，2项。",
        "There are 6 findings, 3 of high confidence and 3 of medium confidence. The largest group is “Table against text”, with 2.",
    ),
    (
        "check == 'completions'",
        "共比对15项：1项矛盾、14项相符。",
        "Of 15 comparisons, 1 is contradictory and 14 are consistent.",
    ),
    ("verdict == 'none'", "没有这一类结果。", "There is no finding of this kind."),
]


@pytest.fixture(scope="module")
def selector(package):
    return select.Selector(package)


@pytest.fixture(scope="module")
def notebook(selector):
    """Opens a notebook on the package; year: 2018, its last one."""

    def opened(name: str, language: str):
        kind, make = ("audit", Audit) if name == "6-audit" else ("chapter", Chapter)
        return make(selector.view(kind, name, language, "330000"))

    return opened


def cases(rows: list[tuple]) -> pytest.MarkDecorator:
    """Each row in both languages: what comes before the sentences, the language, the sentence."""
    both = [
        (*row[:-2], language, sentence)
        for row in rows
        for language, sentence in zip(("zh", "en"), row[-2:], strict=True)
    ]
    return pytest.mark.parametrize("case", both, ids=[" ".join(row[:-1]) for row in both])


@cases(FIGURES)
def test_figures_are_read_in_a_sentence(notebook, case):
    name, query, language, sentence = case
    shown = notebook(name, language)
    assert shown.read(shown.figures.query(query)).plain == sentence


@cases(PLATFORMS)
def test_platforms_are_read_by_stage(notebook, case):
    query, language, sentence = case
    shown = notebook("2-integration", language)
    assert shown.read(shown.platforms.query(query)).plain == sentence


@cases(TARGETS)
def test_targets_are_read_by_result(notebook, case):
    query, language, sentence = case
    shown = notebook("2-integration", language)
    assert shown.read(shown.targets.query(query)).plain == sentence


@cases(FINDINGS)
def test_findings_are_read_by_confidence_or_verdict(notebook, case):
    query, language, sentence = case
    shown = notebook("6-audit", language)
    assert shown.read(shown.findings.query(query)).plain == sentence


@pytest.mark.parametrize(
    ("language", "series", "derived"),
    [
        (
            "zh",
            "在役工业机器人由2017年底的5.5万台增加到2018年底的7.1万台，增长29%。",
            "据推算，省级智能化改造工程服务公司增长37.5%；在役工业机器人增长29%。",
        ),
        (
            "en",
            "Industrial robots in service rose from 55,000 (end of 2017) to 71,000 (end of 2018), by 29%.",
            "Derived values show that provincial smart-upgrade engineering service firms grew by 37.5%; industrial robots in service "
            "grew by 29%.",
        ),
    ],
)
def test_growth_over_time_is_read_with_its_range(notebook, language, series, derived):
    shown = notebook("2-integration", language)
    assert shown.read(shown.years("industrial-robots")).plain == series
    assert shown.read(shown.derived.query("indicator == 'industrial-robots'")).plain == series
    assert shown.read(shown.derived.query("section == '2.1'")).plain == derived


def test_many_derived_values_are_read_with_the_years_that_they_span(opened):
    shown = opened.outlook()
    text = shown.read(shown.derived.query("how != 'sum'")).plain
    assert text.startswith(
        "All 11 quantities with a derived earlier value grew, 10 over 1 year and market entities over 2 years; "
    )
    assert text.endswith("1 more derived value is for Hangzhou West Science and Innovation Corridor.")


def test_a_fall_over_time_is_read_without_a_sign(notebook):
    shown = notebook("2-integration", "en")
    frame = shown.years("industrial-robots").query("form != 'public'").copy()
    frame["year"] = [*frame["year"]][::-1]
    assert "fell from 71,000" in shown.read(frame).plain
    assert ", by 23% (21.3%–23.9%)" in shown.read(frame).plain


@pytest.mark.parametrize(
    ("last", "sentence"), [(100.1, "by 0.1% (−0.9% to 1.1%)."), (99.9, "by 0.1% (−0.9% to 1.1%).")]
)
def test_the_range_of_a_growth_that_may_be_a_fall_has_a_sign_at_that_end(notebook, last, sentence):
    shown = notebook("2-integration", "en")
    frame = shown.years("industrial-robots").query("form != 'public'").iloc[:2].copy()
    frame["base"] = frame["base_lower"] = frame["base_upper"] = [100.0, last]
    frame[["base_lower", "base_upper"]] = [[100.0, 100.0], [last - 1, last + 1]]
    frame["year"] = [2017, 2018]
    assert shown.read(frame).plain.endswith(sentence)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("zh", "4项均为下降，降幅在25.0%至31.9%之间。"), ("en", "All 4 quantities fell, by between 25.0% and 31.9%.")],
)
def test_rates_that_all_fall_are_read_from_the_smallest_fall_to_the_largest(notebook, language, sentence):
    shown = notebook("2-integration", language)
    rates = shown.figures.query(f"section == '2.3' and {RATES}").copy()
    rates["base"] = -rates["base"]
    assert shown.read(rates).plain == sentence


def test_what_did_not_change_is_read_so(notebook):
    shown = notebook("2-integration", "en")
    row = shown.figures.loc[["2.3.3-4"]].assign(base=0.0)
    assert shown.read(row).plain == "Online retail sales did not change."


def test_ranks_are_read_by_place(notebook):
    shown = notebook("5-foundations", "zh")
    ranks = shown.read(shown.figures.query("section == '5.1' and measure == 'rank'")).plain
    assert ranks == (
        "数字安防产业集群全国位次、人工智能平均单笔融资全国位次均为第1位；人工智能企业数量全国位次、人工智能融资规模全国位次均为第4位。"
    )


def test_an_empty_selection_is_not_told_twice(notebook):
    shown = notebook("2-integration", "en")
    nothing = pd.DataFrame(shown.figures.iloc[:0])
    assert shown.growth(nothing).plain
    assert shown.read(nothing) is None
    assert shown.read(nothing).plain == "There is no such figure."
