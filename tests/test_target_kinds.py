"""Kinds of target that plans write beside levels: kept, increased, relative, yearly; chained rates; strict and about."""

import math

import pytest
from small_plans import build, figure

from helpers.evaluation import scoreboard
from helpers.language.formatter import Formatter

RELATIVE = [{"relation": "keep-up", "kind": "relative", "left": "firms", "right": "trade"}]


def score(package, year: int):
    return scoreboard.scoreboard(package, year).loc["firms"]


def levels(values: dict, **more) -> list[dict]:
    return [figure("level", str(year), value, **more) for year, value in values.items()]


def rates(values: dict, **more) -> list[dict]:
    return [figure("growth_rate", str(year), value, **more) for year, value in values.items()]


@pytest.mark.parametrize(
    ("target", "direction", "values", "year", "status", "reason"),
    [
        (("2020", "≥6.5"), "up", {2016: 6.6, 2017: 6.5, 2018: 6.7}, 2018, "on_track", ""),
        (("2020", "≥6.5"), "up", {2016: 6.6, 2017: 6.4, 2018: 6.7}, 2018, "behind", ""),
        (("2020", "≥6.5"), "up", {2016: 6.6, 2018: 6.7}, 2018, "undecided", "years_missing"),
        (("2020", "≥6.5"), "up", {2016: 6.4, 2018: 6.7}, 2018, "behind", ""),
        (("2020", "≥6.5"), "up", {2016: 6.6, 2017: 6.6}, 2018, "no_data", "no_actual"),
        (("2020", 6.5), "up", dict.fromkeys(range(2016, 2021), 6.5), 2020, "met", ""),
        (("2020", 6.5), "up", dict.fromkeys(range(2016, 2021), 6.8), 2020, "met", ""),
        (("2020", "＞6.5"), "up", dict.fromkeys(range(2016, 2021), 6.5), 2020, "missed", ""),
        (("2020", 6.5), "up", {2016: 6.5, 2017: "≥6.5", 2018: 6.9}, 2018, "on_track", ""),
        (("2020", 6.5), "up", {2016: 6.5, 2017: "6.5左右", 2018: 6.9}, 2018, "undecided", "straddles"),
        (("2020", "＜5.5"), "down", {2016: 4.0, 2017: 3.9, 2018: 3.8}, 2018, "on_track", ""),
        (("2020", "＜5.5"), "down", {2016: 4.0, 2017: 5.5, 2018: 3.8}, 2018, "behind", ""),
        (("2020", "＜5.5"), "down", {2016: 4.0, 2017: 5.4, 2018: 3.8, 2019: 3, 2020: 3, 2021: 6}, 2021, "missed", ""),
        (("2020", 0), "up", {2016: 0, 2017: 1, 2018: -1}, 2018, "behind", ""),
        (("2016/2020", "＜5.5"), "down", {2016: 4.0, 2017: 5.9, 2018: 3.8}, 2018, "on_track", ""),
        (("2016/2020", "＜5.5"), "down", {2016: 6.0, 2017: 5.9, 2018: 5.0}, 2018, "behind", ""),
        (("2016/2020", 6.5), "up", {2016: 6.4, 2017: 6.6}, 2017, "on_track", ""),
        (("2016/2020", "＞6.5"), "up", {2016: 6.4, 2017: 6.6}, 2017, "behind", ""),
        (("2016/2020", 6.5), "up", {2016: 6.4, 2018: 6.9}, 2018, "undecided", "years_missing"),
        (("2016/2020", 6.5), "up", {2016: 6, 2017: 7, 2018: 7, 2019: 7, 2020: 6}, 2020, "undecided", "straddles"),
        (("2016/2020", "5左右"), "up", dict.fromkeys(range(2016, 2021), 4.6), 2020, "met", ""),
    ],
)
def test_a_value_is_to_be_kept(copy, target, direction, values, year, status, reason):
    package = build(copy, "hold", [figure("target", *target), *levels(values)], direction=direction)
    row = score(package, year)
    assert (row["status"], row["reason"]) == (status, reason)


def test_the_worst_year_is_what_was_kept(copy):
    row = score(build(copy, "hold", [figure("target", "2020", 50), *levels({2016: 60, 2017: 40, 2018: 70})]), 2018)
    assert (row["actual"], row["reached"], row["completion"]) == ("F3", 400000, pytest.approx(80))


@pytest.mark.parametrize(
    ("target", "figures", "year", "status", "reached"),
    [
        (1, levels({2015: 76.34, 2018: "76.90"}), 2018, "on_track", 0.56),
        (1, levels({2015: 76.34, 2018: 76.5}), 2018, "behind", 0.16),
        (1, levels({2015: 76.34, 2018: 76.2}), 2018, "behind", -0.14),
        (1, levels({2015: 76.34, 2018: 77.5}), 2018, "achieved_early", 1.16),
        (1, levels({2015: 76.34, 2020: 77.93}), 2020, "exceeded", 1.59),
        (1, levels({2015: 76.34, 2020: "77.30"}), 2020, "missed", 0.96),
        (1, [figure("change", "2015/2020", 1.2)], 2020, "exceeded", 1.2),
        (1, [figure("change", "2015/2018", 1.2), figure("level", "2018", 70)], 2018, "achieved_early", 1.2),
        ("＞1", [figure("change", str(year), 0.25) for year in range(2016, 2020)], 2019, "ahead", 1.0),
        (1, [figure("change", str(year), 0.25) for year in (2016, 2018)], 2018, "no_data", None),
        (1, levels({2018: 77.0}), 2018, "undecided", None),
        (0, levels({2015: -2, 2020: -2}), 2020, "met", 0),
        (2, levels({2015: "-2.0", 2020: "1.0"}), 2020, "exceeded", 3),
    ],
)
def test_a_rise_over_the_base(copy, target, figures, year, status, reached):
    row = score(build(copy, "increase", [figure("target", "2020", target), *figures], unit="元"), year)
    assert row["status"] == status
    assert math.isnan(row["reached"]) if reached is None else row["reached"] == pytest.approx(reached)


@pytest.mark.parametrize(
    ("target", "figures", "year", "status", "reason"),
    [
        (None, [*rates({2018: 6.5}), *rates({2018: 6.5}, indicator="trade")], 2018, "on_track", ""),
        (None, [*rates({2018: 6.4}), *rates({2018: 6.5}, indicator="trade")], 2018, "behind", ""),
        (None, [*rates({2020: 6.6}), *rates({2020: 6.5}, indicator="trade")], 2020, "met", ""),
        (None, [*rates({2020: -1.0}), *rates({2020: -0.5}, indicator="trade")], 2020, "missed", ""),
        (None, rates({2018: 6.5}), 2018, "undecided", "no_reference"),
        (None, rates({2018: 6.5}), 2019, "no_data", "no_actual"),
        (1, [*rates({2018: 7.6}), *rates({2018: 6.5}, indicator="trade")], 2018, "on_track", ""),
        (1, [*rates({2018: 7.4}), *rates({2018: 6.5}, indicator="trade")], 2018, "behind", ""),
        ("＞1", [*rates({2018: 7.5}), *rates({2018: 6.5}, indicator="trade")], 2018, "behind", ""),
        # rates of every year since the base come before those of the year
        (
            None,
            [*rates({2016: 9.0, 2017: 6.0}), *rates({2016: 6.0, 2017: 7.0}, indicator="trade")],
            2017,
            "on_track",
            "",
        ),
        # so do levels where no rates are printed
        (
            None,
            [*levels({2015: 100, 2017: 130}), *levels({2015: 100, 2017: 120}, indicator="trade")],
            2017,
            "on_track",
            "",
        ),
        (
            None,
            [*levels({2015: 100, 2020: 110}), *levels({2015: 100, 2020: 120}, indicator="trade")],
            2020,
            "missed",
            "",
        ),
    ],
)
def test_growth_is_compared_with_that_of_another_indicator(copy, target, figures, year, status, reason):
    aims = [] if target is None else [figure("target", "2020", target)]
    row = score(build(copy, "relative", [*aims, *figures], relations=RELATIVE), year)
    assert (row["status"], row["reason"]) == (status, reason)


@pytest.mark.parametrize(
    ("direction", "year", "status", "reason"),
    [
        ("up", 2016, "exceeded", ""),
        ("up", 2017, "met", ""),
        ("up", 2018, "missed", ""),
        ("up", 2019, "no_data", "no_target"),
        ("down", 2016, "missed", ""),
        ("down", 2018, "exceeded", ""),
    ],
)
def test_each_year_has_its_own_target(copy, direction, year, status, reason):
    last = "＞120" if direction == "up" else "＜120"
    aims = [figure("target", str(y), value) for y, value in {2016: 100, 2017: 110, 2018: last}.items()]
    values = levels({2016: 105, 2017: 110, 2018: 120 if direction == "up" else 110, 2019: 130})
    row = score(build(copy, "yearly", [*aims, *values], direction=direction), year)
    assert (row["status"], row["reason"], row["due"]) == (status, reason, year)


@pytest.mark.parametrize(
    ("kind", "target", "figures", "year", "status", "reached"),
    [
        ("growth", "＞6.5", rates({2016: 6.7, 2017: 6.9, 2018: 6.6}), 2018, "on_track", 6.733),
        ("growth", "＞6.5", rates({2016: 6.7, 2017: 6.9, 2018: 6.6, 2019: 6.1, 2020: 2.3}), 2020, "missed", 5.705),
        ("growth", 6.5, rates(dict.fromkeys(range(2016, 2021), 6.5)), 2020, "met", 6.5),
        ("growth", "＞6.5", rates(dict.fromkeys(range(2016, 2021), 6.5)), 2020, "missed", 6.5),
        ("growth", "5左右", rates(dict.fromkeys(range(2016, 2021), 4.6)), 2020, "met", 4.6),
        ("growth", "5左右", rates(dict.fromkeys(range(2016, 2021), 4.3)), 2020, "missed", 4.3),
        ("growth", "5左右", rates(dict.fromkeys(range(2016, 2021), 5.7)), 2020, "exceeded", 5.7),
        ("growth", 0, rates({2016: 0.5, 2017: 0.2}), 2017, "on_track", 0.35),
        ("growth", 0, rates({2016: -0.5, 2017: -0.2}), 2017, "behind", -0.35),
        ("growth", 6.5, rates({2016: 6.7, 2018: 6.6}), 2018, "no_data", None),
        ("growth", 6.5, [figure("growth_rate", "2015/2018", 30.0)], 2018, "ahead", 9.139),
        # rates come before values, which may be in the prices of their years
        ("growth", 6.5, [*rates({2016: 9, 2017: 9}), *levels({2015: 100, 2017: 102})], 2017, "ahead", 9),
        ("growth", 6.5, [*rates({2016: 5, 2017: 5}), *levels({2015: 100, 2017: 121})], 2017, "behind", 5),
        ("growth", 6.5, [*rates({2017: 9}), *levels({2015: 100, 2017: 102})], 2017, "behind", 0.995),
        ("growth", 6.5, [*rates({2016: 9}), *rates({2016: 5}), *levels({2015: 100, 2016: 109})], 2016, "undecided", None),
        ("reduction", 15, [*rates({2016: "-4", 2017: "-4"}), *levels({2015: 100, 2017: 99})], 2017, "ahead", 7.84),
        ("reduction", 15, rates({2016: -5.0, 2017: -3.7, 2018: -3.1}), 2018, "ahead", 11.351),
        ("reduction", 15, rates({2016: -2.0, 2017: -1.0, 2018: -2.0}), 2018, "behind", 4.920),
        ("reduction", 15, rates({2016: 1.0, 2017: 0.5}), 2017, "behind", -1.505),
        ("reduction", 15, rates({2016: -8.0, 2017: -9.0}), 2017, "achieved_early", 16.28),
        ("reduction", 15, rates({2016: -5.0, 2018: -3.1}), 2018, "no_data", None),
        ("reduction", 15, [*rates({2016: -5.0, 2017: -3.7}), figure("level", "2017", 80)], 2017, "ahead", 8.515),
        ("cumulative", 20, [figure("change", str(year), 6) for year in (2016, 2017)], 2017, "ahead", 120000),
        ("cumulative", 20, [figure("change", "2017", 6)], 2017, "no_data", None),
    ],
)  # fmt: skip
def test_printed_rates_are_chained(copy, kind, target, figures, year, status, reached):
    row = score(build(copy, kind, [figure("target", "2020", target), *figures]), year)
    assert row["status"] == status
    assert math.isnan(row["reached"]) if reached is None else row["reached"] == pytest.approx(reached, abs=1e-3)


def test_a_gap_in_the_rates_is_named(copy):
    figures = [figure("target", "2020", 15), *rates({2016: -5.0, 2018: -3.1})]
    rows = [score(build(copy, "reduction", figures), year) for year in (2018, 2019)]
    assert [(row["status"], row["reason"]) for row in rows] == [("no_data", "years_missing"), ("no_data", "no_actual")]


def test_a_chain_names_the_rates_it_is_made_of_and_carries_their_ranges(copy):
    figures = [figure("target", "2020", 15), *rates({2016: -5.0, 2017: -3.7})]
    row = score(build(copy, "reduction", figures), 2017)
    assert (row["actual"], row["used"]) == ("F2", "F1 F2")
    low, high = (100 - (100 - 5.0 + half) * (100 - 3.7 + half) / 100 for half in (0.05, -0.05))
    ends = row[["completion_lower", "completion_upper"]].tolist()
    assert ends == pytest.approx([low / 15 * 100, high / 15 * 100])


def test_values_that_differ_are_shown_beside_the_rates_that_decide(copy):
    figures = [figure("target", "2020", 6.5), *rates({2016: 9, 2017: 9}), *levels({2015: 100, 2017: 102})]
    row = score(build(copy, "growth", [*figures, *levels({2017: 140})]), 2017)
    assert (row["status"], row["actual"], row["others"], row["used"]) == ("ahead", "F4", "F5", "F1 F2")


@pytest.mark.parametrize(
    ("base_year", "year", "status", "linear"), [("", 2018, "behind", 0.5), ("2017", 2018, "on_track", 0.929)]
)
def test_an_indicator_may_have_a_base_year_of_its_own(copy, base_year, year, status, linear):
    figures = [figure("target", "2020", 200), *levels({2015: 100, 2017: 110.2, 2018: 130})]
    figures[3] = figure("level", "2018", 130 if not base_year else 138)
    row = score(build(copy, "level", figures, base_year=base_year), year)
    assert (row["status"], row["pace_linear"]) == (status, pytest.approx(linear, abs=2e-2))


@pytest.mark.parametrize("kind", ["growth", "reduction", "increase"])
def test_the_base_year_counts_for_each_kind_that_is_measured_by_it(copy, kind):
    figures = [figure("target", "2020", 20), *levels({2014: 100, 2015: 400, 2020: 125 if kind != "reduction" else 75})]
    reached = {"growth": (1.25 ** (1 / 6) - 1) * 100, "reduction": 25, "increase": 250000}[kind]
    assert score(build(copy, kind, figures, base_year="2014"), 2020)["reached"] == pytest.approx(reached)


@pytest.mark.parametrize(
    ("value", "year", "status"),
    [(-20, 2018, "undecided"), (-120, 2018, "behind"), (-80, 2020, "exceeded"), (-120, 2020, "missed")],
)
def test_a_total_may_have_a_floor_below_zero(copy, value, year, status):
    figures = [figure("target", "2016/2020", -100), figure("flow", f"2016/{year}", value)]
    assert score(build(copy, "cumulative", figures, "flow"), year)["status"] == status


@pytest.mark.parametrize(("value", "status"), [(1000, "ahead"), (1954, "on_track"), (2600, "behind"), (3300, "behind")])
def test_a_total_may_be_a_ceiling(copy, value, status):
    flows = [figure("flow", f"2016/{2018}", value)]
    figures = [figure("target", "2016/2020", "＜3256"), *flows]
    package = build(copy, "cumulative", figures, "flow", direction="down")
    assert score(package, 2018)["status"] == status


@pytest.mark.parametrize(
    ("target", "actual", "status"),
    [
        ("2.0左右", "1.81", "missed"),
        ("2.0左右", "1.95", "met"),
        ("2左右", "1.81", "met"),
        ("2.50左右", "2.46", "missed"),
    ],
)
def test_a_zero_behind_the_point_of_an_approximate_target_counts(copy, target, actual, status):
    figures = [figure("target", "2020", target), *levels({2020: actual})]
    assert score(build(copy, "level", figures, unit="元"), 2020)["status"] == status


@pytest.mark.parametrize(
    ("target", "zh", "en"),
    [
        ("＜4.5", "＜4.5元", "below 4.5 yuan"), ("≤4.5", "≤4.5元", "at most 4.5 yuan"),
        ("≥4.5", "≥4.5元", "at least 4.5 yuan"), ("＞4.5", "＞4.5元", "over 4.5 yuan"), ("＜-4.5", "＜－4.5元", "below −4.5 yuan"),
        ("4.5左右", "4.5元左右", "about 4.5 yuan"),
    ],
)  # fmt: skip
def test_a_limit_is_written_as_it_is_meant(copy, target, zh, en):
    package = build(copy, "level", [figure("target", "2020", target), *levels({2020: 4})], unit="元")
    row = package.figures.loc["F0"]
    assert [str(Formatter(package, language).format_quantity(row)) for language in ("zh", "en")] == [zh, en]


def flows(values: dict) -> list[dict]:
    return [figure("flow", str(year), value) for year, value in values.items()]


@pytest.mark.parametrize(
    ("target", "direction", "values", "status", "reason"),
    [
        ("5000", "up", [1000] * 5, "met", ""),
        ("＞5000", "up", [1000] * 5, "missed", ""),
        ("≤5000", "down", [1000] * 5, "met", ""),
        ("＜5000", "down", [1000] * 5, "missed", ""),
        ("0", "down", [0] * 5, "met", ""),
        ("5000", "up", [1000] * 4 + [1001], "undecided", "straddles"),
        ("5000", "up", ["1000左右"] + [1000] * 4, "undecided", "straddles"),
        ("5000", "up", [1000, 1000, None, 1000, 1000], "no_data", "years_missing"),
    ],
)
def test_a_total_of_years_is_compared_by_its_digits(copy, target, direction, values, status, reason):
    years = {year: value for year, value in zip(range(2016, 2021), values, strict=True) if value is not None}
    figures = [figure("target", "2016/2020", target), *flows(years)]
    row = score(build(copy, "cumulative", figures, "flow", "元", direction=direction), 2020)
    assert (row["status"], row["reason"]) == (status, reason)


@pytest.mark.parametrize(
    ("kind", "change", "years", "year", "status", "reached"),
    [
        ("reduction", "-4.0", range(2016, 2021), 2018, "ahead", 12),
        ("reduction", "-4.0", range(2016, 2021), 2020, "exceeded", 20),
        ("reduction", "1.0", range(2016, 2021), 2018, "behind", -3),
        ("reduction", "-4.0", (2016, 2018), 2018, "no_data", None),
        ("growth", "15.0", range(2016, 2021), 2018, "behind", 13.19),
    ],
)
def test_amounts_of_change_lead_on_from_the_base(copy, kind, change, years, year, status, reached):
    figures = [figure("target", "2020", 15), *flows({2015: "100.0"})]
    figures += [figure("change", str(other), change) for other in years]
    row = score(build(copy, kind, figures, "flow", "元"), year)
    assert row["status"] == status
    assert math.isnan(row["reached"]) if reached is None else row["reached"] == pytest.approx(reached, abs=0.01)
