"""Completion, pace and status for every kind of target; the report's own 22 rows; values of earlier years."""

import math

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helpers.evaluation import history, scoreboard, targets
from helpers.numbers.interval import Interval
from helpers.package import tables
from helpers.views import Overview

POINT = Interval.point
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


@pytest.mark.parametrize(
    ("kind", "actual", "target", "more", "completion", "where"),
    [
        ("level", 390, 300, {}, 130, "beyond"),
        ("level", 98, 100, {}, 98, "short"),
        ("level", 90, 90, {}, 100, "equal"),
        ("level", -8, -10, {}, 120, "beyond"),
        ("level", 5, 0, {}, None, "beyond"),
        ("level", 0, 10, {}, 0, "short"),
        ("cap", 8, 10, {}, 120, "beyond"),
        ("cap", 12, 10, {}, 80, "short"),
        ("cap", 0, 0, {}, None, "equal"),
        ("range", 9, 8, {"upper": 10}, 100, "equal"),
        ("range", 6, 8, {"upper": 10}, 75, "short"),
        ("range", 12, 8, {"upper": 10}, 80, "short"),
        ("rank", 2, 3, {}, None, "beyond"),
        ("rank", 4, 3, {}, None, "short"),
        ("cumulative", 900, 800, {}, 112.5, "beyond"),
        ("milestone", 1, 1, {}, 100, "equal"),
        ("milestone", 0, 1, {}, 0, "short"),
        ("growth", 121, 10, {"baseline": POINT(100.0), "years": 2}, 100, "equal"),
        ("reduction", 80, 25, {"baseline": POINT(100.0)}, 80, "short"),
        ("gap", 47, 5, {"reference": POINT(40.0)}, 140, "beyond"),
    ],
)
def test_every_kind_of_target(kind, actual, target, more, completion, where):
    upper = more.pop("upper", None)
    reached = targets.attained(kind, POINT(float(actual)), **more)
    done = targets.completion(kind, reached, target, upper)
    assert (done is None) == (completion is None)
    if completion is not None:
        assert done.value == pytest.approx(completion)
    assert targets.judge(kind, reached, target, upper, exact=True, strict=False) == where


@pytest.mark.parametrize(("kind", "missing"), [("growth", "baseline"), ("reduction", "baseline"), ("gap", "reference")])
def test_without_what_it_is_measured_against_nothing_is_attained(kind, missing):
    assert targets.attained(kind, POINT(5.0), years=2) is None, missing


@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["level", "cap", "cumulative"]))
def test_completion_is_monotonic_in_the_actual(a, b, target, kind):
    assume(abs(target) > 1e-3)
    low, high = sorted((a, b))
    first, second = (targets.completion(kind, POINT(x), target).value for x in (low, high))
    assert first >= second if kind == "cap" else first <= second


@given(st.tuples(NUMBERS, NUMBERS, NUMBERS), NUMBERS, st.sampled_from(["level", "cap", "range"]))
def test_the_point_of_a_completion_lies_in_its_interval(three, target, kind):
    assume(abs(target) > 1e-3)
    done = targets.completion(kind, Interval(*sorted(three)), target, abs(target) * 2)
    if done is not None:
        assert done.lower <= done.value + 1e-6 * abs(done.value)
        assert done.value <= done.upper + 1e-6 * abs(done.value)


@pytest.mark.parametrize(
    ("reached", "exact", "strict", "where"),
    [
        (Interval(95, 100, 105), False, False, "open"),  # about 100
        (Interval(100, 100, 110), False, True, "beyond"),  # 100多
        (Interval(90, 100, 100), False, True, "short"),  # 近100
        (Interval(99.5, 100, 100.5), True, False, "equal"),  # equal digits are met
        (Interval(100, 100, 110), False, False, "equal"),  # 100以上 is no less than 100
        (Interval(101, 102, 103), False, False, "beyond"),
        (Interval(97, 98, 99), False, False, "short"),
    ],
)
def test_an_interval_that_straddles_the_target_is_open(reached, exact, strict, where):
    assert targets.judge("level", reached, 100, None, exact, strict) == where


def test_the_two_readings_of_pace():
    going = targets.pace(POINT(15.2), 20, POINT(10.0), 3, 5)
    assert going.linear.value == pytest.approx(0.8667, abs=1e-4)
    assert going.compound.value == pytest.approx(1.0, abs=0.01)
    falling = targets.pace(POINT(52.0), 20, POINT(100.0), 3, 5, falling=True)
    assert falling.linear.value == pytest.approx(1.0)
    assert falling.compound.value < 0.8  # compound growth is stricter for falls


def test_no_way_to_go_has_no_pace():
    assert targets.pace(POINT(10.0), 10, POINT(10.0), 1, 2) is None
    assert targets.pace(POINT(5.0), 10, POINT(-5.0), 1, 2).compound is None


@pytest.mark.parametrize(
    ("ratio", "status"),
    [
        (POINT(1.2), "ahead"),
        (POINT(1.0), "on_track"),
        (POINT(0.5), "behind"),
        (Interval(0.85, 0.95, 1.05), "undecided"),
    ],
)
def test_pace_by_thresholds(ratio, status):
    assert targets.pace_status(ratio, 1.1, 0.9) == status


PRINTED = {  # the report's own table: indicator by number -> completion printed, status it implies
    1: (100, "met"), 2: (130, "exceeded"), 3: (108, "exceeded"), 4: (110, "exceeded"), 5: (234, "exceeded"),
    6: (130, "exceeded"), 7: (100, "met"), 8: (100, "met"), 9: (120, "exceeded"), 10: (None, "no_data"),
    11: (None, "no_data"), 12: (98, "missed"), 13: (100, "met"), 14: (None, "no_data"), 15: (100, "met"),
    16: (None, "no_data"), 17: (None, "no_data"), 18: (100, "met"), 19: (105, "exceeded"), 20: (None, "no_data"),
    21: (230, "exceeded"), 22: (None, "no_data"),
}  # fmt: skip


def test_the_22_printed_rows_are_reproduced_and_the_one_difference_named(package):
    score = scoreboard.scoreboard(package, 2017).set_index("headline")
    assert list(score.index) == list(PRINTED)
    for number, (printed, status) in PRINTED.items():
        row = score.loc[number]
        assert row["status"] == status, number
        assert (math.isnan(row["printed"]) and printed is None) or row["printed"] == printed, number
        if printed is not None and number != 6:
            assert round(row["completion"]) == printed, number
    assert score.loc[6, "completion"] == pytest.approx(108.33, abs=0.01)


def test_errata_change_one_status_in_the_target_year(package):
    printed, read = (scoreboard.scoreboard(p, 2017) for p in (package, tables.corrected(package)))
    changed = printed.index[printed["status"] != read["status"]]
    assert list(changed) == ["cross-border-retail-exports"]
    assert read.loc["cross-border-retail-exports", ["status", "form"]].tolist() == ["missed", "corrected"]


def test_a_year_after_the_target_year_is_judged_against_the_last_target(package):
    score = scoreboard.scoreboard(tables.corrected(package), 2018)
    known = score[score["status"] != "no_data"]
    assert known["due"].tolist() == [2017, 2017]
    assert known["status"].tolist() == ["exceeded", "exceeded"]


def test_two_currencies_are_not_compared(package):
    row = scoreboard.scoreboard(package, 2018).loc["cross-border-retail-exports"]
    assert (row["status"], row["reason"]) == ("undecided", "currency")
    assert math.isnan(row["completion"])


DERIVED = {  # indicator -> value of the year before, by hand
    "information-industry-enterprises": 119000 / 1.3,
    "double-innovation-bases": 25 - 13,
    "corridor-value-added": 1729.4e8 / 1.203,
    "smart-upgrade-service-firms": 110 - 30,
    "industrial-robots": 71000 - 16033,
    "rural-stations": 17800 - 1452,
    "farm-product-online-sales": 667.6e8 / 1.319,
    "cross-border-retail-exports": 574.4e8 / 1.311,
    "online-retail-sales": 16718.8e8 / 1.254,
    "resident-online-consumption": 8470.5e8 / 1.25,
    "new-it-value-added": 378.1e8 / 1.214,
}


def test_values_of_the_year_before_follow_from_growth_change_and_additions(package):
    frame = history.earlier(package).set_index("indicator")
    assert set(frame.index) == set(DERIVED)
    for indicator, value in DERIVED.items():
        assert frame.loc[indicator, "base"] == pytest.approx(value), indicator
    assert frame.loc["new-it-value-added", "period"] == "2017H1"


def test_with_errata_the_market_entities_of_2016_follow_by_the_narrower_way(package):
    row = history.earlier(tables.corrected(package)).set_index("indicator").loc["market-entities"]
    assert (row["period"], row["how"]) == ("2016", "change")
    assert row["base"] == pytest.approx(5286000)


def test_a_derived_value_grown_again_gives_the_printed_one(package):
    frame = history.earlier(package)
    for row in frame[frame["how"] == "growth"].itertuples():
        printed, rate = (history.as_interval(package.figures.loc[key]) for key in row.used)
        again = Interval(row.lower, row.base, row.upper) * (rate * 0.01 + 1)
        assert again.value == pytest.approx(printed.value)
        assert again.lower <= printed.lower <= printed.upper <= again.upper


@given(st.floats(1, 1e6), st.floats(0, 0.01), st.floats(-50, 200), st.floats(0, 0.5))
def test_any_base_value_grown_again_holds_the_value_it_came_from(value, spread, growth, half):
    printed = Interval(value * (1 - spread), value, value * (1 + spread))
    rate = Interval(growth - half, growth, growth + half) * 0.01 + 1
    again = printed / rate * rate
    assert again.value == pytest.approx(value)
    assert again.lower <= printed.lower * (1 + 1e-9)
    assert again.upper >= printed.upper * (1 - 1e-9)


SMALL = """indicator,section,headline,category,name_zh,name_en,unit,kind,direction,target_kind,may_exceed,group,note
{rows}"""
UNITS = {"rank": "位", "share": "%"}
DOWN = ("cap", "rank", "reduction")


@pytest.fixture
def plan_of(copy):
    """A package with one headline indicator and the figures given: measure, region, period, value and perhaps a unit."""

    def build(target_kind: str, figures: list[tuple], kind: str = "stock", unit: str = "") -> tables.Tables:
        unit = unit or UNITS.get(kind, "家")
        direction = "down" if target_kind in DOWN else "up"
        row = f"firms,1.1,1,innovation,企业,Firms,{unit},{kind},{direction},{target_kind},false,,"
        (copy / "indicators.csv").write_text(SMALL.format(rows=row + "\n"), encoding="utf-8")
        head = "figure,indicator,measure,region,period,value,unit,qualifier,printed,source,sentence,note\n"
        lines = []
        for n, (measure, region, when, value, *other) in enumerate(figures):
            percent = measure == "target" and target_kind in ("growth", "reduction")
            own = other[0] if other else "%" if percent else unit
            lines.append(f"F{n},firms,{measure},{region},{when},{value},{own},exact,{value},T.1,1,")
        (copy / "figures.csv").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
        for name in ("external", "errata", "relations", "platforms"):
            path = copy / f"{name}.csv"
            path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
        return tables.load(copy)

    return build


HERE, ABOVE = "330000", "100000"


@pytest.mark.parametrize(
    ("target_kind", "kind", "figures", "status", "reason", "linear"),
    [
        ("cap", "stock", [200, ("2015", 400), ("2016", 290)], "ahead", "", 1.1),
        ("cap", "stock", [200, ("2015", 400), ("2016", 350)], "behind", "", 0.5),
        ("cap", "stock", [200, ("2015", 100), ("2016", 150)], "achieved_early", "", None),
        ("reduction", "stock", [20, ("2015", 100), ("2016", 90)], "on_track", "", 1.0),
        ("reduction", "stock", [20, ("2015", 100), ("2016", 97)], "behind", "", 0.3),
        ("reduction", "stock", [20, ("2015", 100), ("2016", 75)], "achieved_early", "", None),
        ("growth", "stock", [10, ("2015", 1000), ("2016", 1100)], "on_track", "", 0.952),
        ("growth", "stock", [10, ("2015", 1000), ("2016", 1093)], "on_track", "", 0.886),
        ("growth", "stock", [10, ("2015", 1000), ("2016", 1200)], "ahead", "", 1.905),
        ("growth", "stock", [10, ("2015", 1000), ("2016", 1220)], "achieved_early", "", None),
        ("growth", "stock", [10, ("2015", 1000), ("2016", 1050)], "behind", "", 0.476),
        ("cumulative", "flow", [200, ("2016", 100)], "on_track", "", 1.0),
        ("cumulative", "flow", [200, ("2016", 60)], "behind", "", 0.6),
        ("cumulative", "flow", [200, ("2016", 260)], "achieved_early", "", None),
        ("cumulative", "stock", [200, ("2015", 180), ("2016", 185)], "behind", "", 0.5),
        ("level", "stock", [200, ("2015", 250), ("2016", 180)], "undecided", "no_pace", None),
        ("range", "stock", [150, 200, ("2015", 100), ("2016", 120)], "undecided", "no_pace", None),
    ],
)  # fmt: skip
def test_pace_in_the_terms_of_each_kind_of_target(plan_of, target_kind, kind, figures, status, reason, linear):
    measure = "flow" if kind == "flow" else "level"
    rows = [
        ("target", HERE, "2017", figure) if isinstance(figure, int) else (measure, HERE, *figure) for figure in figures
    ]
    row = scoreboard.scoreboard(plan_of(target_kind, rows, kind), 2016).loc["firms"]
    assert (row["status"], row["reason"]) == (status, reason)
    assert pd.isna(row["pace_linear"]) if linear is None else row["pace_linear"] == pytest.approx(linear, abs=1e-3)


@pytest.mark.parametrize(
    ("target_kind", "kind", "figures", "status", "value", "completion"),
    [
        ("range", "stock", [150, 200, ("2017", 180)], "met", 180, 100),
        ("range", "stock", [150, 200, ("2017", 240)], "missed", 240, 80),
        ("cumulative", "flow", [200, ("2016", 100), ("2017", 120)], "exceeded", 220, 110),
        ("cumulative", "flow", [200, ("2016", 100), ("2016/2017", 190), ("2017", 120)], "missed", 190, 95),
        ("cumulative", "flow", [200, ("2017", 120)], "no_data", None, None),
        ("growth", "stock", [10, ("2015", 1000), ("2017", 1210)], "met", 1210, 100),
        ("growth", "stock", [10, ("2017", 1210)], "undecided", 1210, None),
        ("reduction", "stock", [20, ("2015", 100), ("2017", 85)], "missed", 85, 75),
        ("reduction", "stock", [20, ("2015", -10), ("2017", -15)], "exceeded", -15, 250),
        ("reduction", "stock", [20, ("2015", 0), ("2017", 5)], "undecided", 5, None),
        ("level", "flow", [100, ("2017-12", 120)], "no_data", None, None),
        ("level", "stock", [100, ("2017-12", 120)], "exceeded", 120, 120),
        ("level", "stock", [100, ("2017H1", 120)], "no_data", None, None),
    ],
)
def test_at_the_end_every_kind_is_judged_by_its_own_measure(
    plan_of, target_kind, kind, figures, status, value, completion
):
    measure = "flow" if kind == "flow" else "level"
    rows = [
        ("target", HERE, "2017", figure) if isinstance(figure, int) else (measure, HERE, *figure) for figure in figures
    ]
    row = scoreboard.scoreboard(plan_of(target_kind, rows, kind), 2017).loc["firms"]
    assert row["status"] == status
    assert pd.isna(row["value"]) if value is None else row["value"] == value
    assert pd.isna(row["completion"]) if completion is None else row["completion"] == pytest.approx(completion)


@pytest.mark.parametrize(
    ("figures", "status", "reason"),
    [
        ([(HERE, "2015", 120), (ABOVE, "2015", 100), (HERE, "2016", 135), (ABOVE, "2016", 100)], "on_track", ""),
        ([(HERE, "2015", 120), (HERE, "2016", 135), (ABOVE, "2016", 100)], "undecided", "no_baseline"),
        ([(HERE, "2016", 135)], "undecided", "no_reference"),
        ([(HERE, "2016", 155), (ABOVE, "2016", 100)], "achieved_early", ""),
    ],
)
def test_a_lead_over_the_region_above_starts_from_its_own_baseline(plan_of, figures, status, reason):
    rows = [("target", HERE, "2017", 50), *(("level", *figure) for figure in figures)]
    row = scoreboard.scoreboard(plan_of("gap", rows), 2016).loc["firms"]
    assert (row["status"], row["reason"]) == (status, reason)


def test_a_total_names_the_years_it_is_made_of(plan_of):
    rows = [("target", HERE, "2017", 200), ("flow", HERE, "2016", 100), ("flow", HERE, "2017", 120)]
    package = plan_of("cumulative", rows, "flow")
    total = history.derived(package).iloc[0]
    assert (total["how"], total["period"], total["used"]) == ("sum", "2016/2017", ("F1", "F2"))
    overview = Overview("0-overview", package, "en", HERE, 2017)
    assert overview.formula(total) == "100 + 120"
    assert "100 + 120" in overview.scoreboard().html


def test_a_total_may_begin_with_a_year_that_is_only_implied(plan_of):
    rows = [("target", HERE, "2017", 200), ("flow", HERE, "2017", 120), ("growth_rate", HERE, "2017", 20, "%")]
    package = plan_of("cumulative", rows, "flow")
    (total,) = (row for _, row in history.derived(package).iterrows() if row["how"] == "sum")
    assert (total["parts"], total["used"], total["base"]) == (("F1~F2", "F1"), ("F1", "F2"), pytest.approx(220))
    overview = Overview("0-overview", package, "en", HERE, 2017)
    assert overview.formula(total) == "120÷(1+20%) + 120"
    assert "120÷(1+20%) + 120" in overview.scoreboard().html
    assert total.name in overview.derived.index


def test_a_baseline_in_another_currency_is_none(plan_of):
    rows = [("target", HERE, "2017", 200), ("level", HERE, "2015", 10, "美元"), ("level", HERE, "2016", 150)]
    row = scoreboard.scoreboard(plan_of("level", rows, unit="元"), 2016).loc["firms"]
    assert (row["status"], row["reason"]) == ("undecided", "no_baseline")


def test_of_two_currencies_the_target_s_own_is_compared(plan_of):
    rows = [("target", HERE, "2017", 100), ("flow", HERE, "2017", 20, "美元"), ("flow", HERE, "2017", 130)]
    row = scoreboard.scoreboard(plan_of("level", rows, "flow", "元"), 2017).loc["firms"]
    assert (row["status"], row["completion"]) == ("exceeded", pytest.approx(130))


def test_the_growth_of_a_year_is_not_that_of_its_december(plan_of):
    rows = [("target", HERE, "2017", 100), ("flow", HERE, "2018-12", 20), ("growth_rate", HERE, "2018", 10, "%")]
    assert history.earlier(plan_of("level", rows, "flow")).empty


def test_a_completion_of_half_a_year_is_not_that_of_the_year(plan_of):
    rows = [("target", HERE, "2017", 100), ("level", HERE, "2017", 110), ("completion", HERE, "2017H1", 55, "%")]
    assert pd.isna(scoreboard.scoreboard(plan_of("level", rows), 2017).loc["firms", "printed"])


def test_what_a_rate_attained_stands_beside_its_actual_and_both_ends_of_a_range_are_shown(plan_of):
    growth = [("target", HERE, "2017", 10), ("level", HERE, "2015", 1000), ("level", HERE, "2017", 1210)]
    assert "1,210 (10.0%)" in Overview("0-overview", plan_of("growth", growth), "en", HERE, 2017).scoreboard().html
    ends = [("target", HERE, "2017", 150), ("target", HERE, "2017", 200), ("level", HERE, "2017", 180)]
    assert "150–200" in Overview("0-overview", plan_of("range", ends), "en", HERE, 2017).scoreboard().html


def test_a_new_stock_s_additions_are_no_value_of_the_stock(package):
    """Industrial robots: those added in 2018 are a flow; no growth or change is taken from them."""
    used = history.derived(package)["used"]
    firsts = package.figures.loc[[keys[0] for keys in used]]
    assert not firsts["indicator"].str.endswith("-new").any()


def test_additions_of_half_a_year_lead_back_to_the_end_of_the_year_before(spoil):
    spoil("figures.csv", "rural-stations-new,flow,330000,2018,", "rural-stations-new,flow,330000,2018H1,")
    folder = spoil("figures.csv", "rural-stations,level,330000,2018,", "rural-stations,level,330000,2018H1,")
    row = history.earlier(tables.load(folder)).set_index("indicator").loc["rural-stations"]
    assert (row["period"], row["how"]) == ("2017", "additions")


@pytest.mark.parametrize(
    ("measure", "unit", "earlier"), [("growth_rate", "%", 0), ("change", "元", 0), ("change", "美元", 1)]
)
def test_nothing_is_derived_from_numbers_in_two_currencies(plan_of, measure, unit, earlier):
    rows = [("target", HERE, "2017", 200), ("flow", HERE, "2017", 150, "美元"), (measure, HERE, "2017", 20, unit)]
    assert len(history.earlier(plan_of("level", rows, "flow", "元"))) == earlier


def test_equal_but_for_floating_point_is_equal():
    assert targets.judge("level", Interval(0.2, 0.3, 0.1 + 0.2), 0.3, None, exact=False, strict=True) == "short"
    assert targets.judge("cap", Interval(0.1 + 0.2, 0.3, 0.4), 0.3, None, exact=False, strict=True) == "short"


TARGET = ("target", "330000", "2017", 200)


@pytest.mark.parametrize(
    ("target_kind", "figures", "status", "reason"),
    [
        ("level", [TARGET, ("level", "330000", "2015", 100), ("level", "330000", "2016", 180)], "ahead", ""),
        ("level", [TARGET, ("level", "330000", "2015", 100), ("level", "330000", "2016", 150)], "on_track", ""),
        ("level", [TARGET, ("level", "330000", "2015", 100), ("level", "330000", "2016", 110)], "behind", ""),
        ("level", [TARGET, ("level", "330000", "2015", 100), ("level", "330000", "2016", 210)], "achieved_early", ""),
        ("level", [TARGET, ("level", "330000", "2016", 150)], "undecided", "no_baseline"),
        ("level", [TARGET], "no_data", "no_actual"),
        ("gap", [TARGET, ("level", "330000", "2016", 150)], "undecided", "no_reference"),
        ("gap", [TARGET, ("level", "330000", "2016", 350), ("level", "100000", "2016", 100)], "achieved_early", ""),
    ],
)
def test_before_the_target_year_pace_decides(plan_of, target_kind, figures, status, reason):
    row = scoreboard.scoreboard(plan_of(target_kind, figures), 2016).loc["firms"]
    assert (row["status"], row["reason"]) == (status, reason)


def test_where_the_two_readings_of_pace_differ_it_says_so(plan_of):
    figures = [("target", "330000", "2017", 400), ("level", "330000", "2015", 100), ("level", "330000", "2016", 205)]
    row = scoreboard.scoreboard(plan_of("level", figures), 2016).loc["firms"]
    assert row["status"] == "behind"
    assert row["paces_differ"]


def test_a_rank_is_met_or_not(plan_of):
    figures = [("target", "330000", "2017", 3), ("rank", "330000", "2017", 1)]
    row = scoreboard.scoreboard(plan_of("rank", figures, "rank"), 2017).loc["firms"]
    assert row["status"] == "met"
    assert pd.isna(row["completion"])


def test_the_overview_shows_both_readings_and_where_they_disagree(plan_of):
    figures = [("target", "330000", "2017", 400), ("level", "330000", "2015", 100), ("level", "330000", "2016", 205)]
    overview = Overview("0-overview", plan_of("level", figures), "en", "330000", 2016)
    row = overview.pace()._repr_mimebundle_()["text/html"]
    assert "0.70" in row
    assert "1.05" in row
    assert "the two measures disagree" in row


def test_without_a_baseline_the_overview_says_that_there_is_no_pace(package):
    assert (
        Overview("0-overview", package, "en", "330000", 2016)
        .pace()
        .plain.startswith("No indicator has both a baseline")
    )
