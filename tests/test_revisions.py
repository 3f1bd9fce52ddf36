"""Targets that are revised, strict or approximate, two printed values of one year, and how pages show all of it."""

import math

import pytest
from small_plans import build, figure

from helpers.evaluation import scoreboard
from helpers.package import tables
from helpers.package.problem import DataError
from helpers.views import Overview, select


def score(package, year: int):
    return scoreboard.scoreboard(package, year).loc["firms"]


def overview_of(package: tables.Tables, year: int, language: str = "en") -> Overview:
    view = select.Selector(package).view("overview", "0-overview", language, package.plan.region)
    return Overview(view, year=year)


def level(year, value, **more) -> dict:
    return figure("level", str(year), value, **more)


def flows(values: dict) -> list[dict]:
    return [figure("flow", str(year), value) for year, value in values.items()]


def rates(values: dict, indicator: str = "firms") -> list[dict]:
    return [figure("growth_rate", str(year), value, indicator=indicator) for year, value in values.items()]


@pytest.fixture
def revised(copy):
    """A target of 100, raised to 120 in 2018, with a level of 110 in every year."""
    aims = [figure("target", "2020", 100), figure("target", "2020", 120, since="2018")]
    return build(copy, "level", [*aims, level(2015, "90.0"), *(level(year, "110.0") for year in range(2016, 2021))])


@pytest.mark.parametrize(
    ("year", "target", "other", "status"),
    [
        (2016, "F0", "F1", "achieved_early"),
        (2017, "F0", "F1", "achieved_early"),
        (2018, "F1", "F0", "ahead"),
        (2020, "F1", "F0", "missed"),
    ],
)
def test_years_before_a_revision_are_judged_by_the_old_target(revised, year, target, other, status):
    row = score(revised, year)
    assert (row["target"], row["target_other"], row["target_since"], row["status"]) == (target, other, 2018, status)


@pytest.mark.whole
@pytest.mark.parametrize(
    ("year", "language", "text"),
    [
        (2017, "en", "revised to 1.2 million yuan from 2018"),
        (2018, "en", "from 2018; 1 million yuan before"),
        (2018, "zh", "2018年起；此前为100万元"),
    ],
)
def test_both_targets_are_shown(revised, year, language, text):
    overview = overview_of(revised, year, language)
    assert text in overview.scoreboard().html
    row = overview.targets.query(f"year == {year} and reading == 'printed'").iloc[0]
    assert {row["target_figure"], row["target_other_figure"]} == {"F0", "F1"}


@pytest.mark.parametrize(
    ("year", "target", "status"), [(2017, "F0", "behind"), (2018, "F0", "met"), (2019, "F1", "ahead")]
)
def test_a_target_for_a_year_between_is_used_until_that_year(copy, year, target, status):
    aims = [figure("target", "2018", 50), figure("target", "2020", 60)]
    package = build(copy, "level", [*aims, level(2015, "40.0"), level(2017, 42), level(2018, 50), level(2019, "59.5")])
    row = score(package, year)
    assert (row["target"], row["status"]) == (target, status)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([figure("target", "2020", 10), figure("target", "2020", 12)], "has 2 targets for the same time"),
        ([figure("target", "2020", 10), figure("target", "2016/2020", 12)], "the column since"),
        ([figure("target", "2020", 10), figure("target", "2020", 12, since="2021")], "after it is due in 2020"),
        ([figure("target", "2020", 10), level(2016, 12, since="2018")], "only a target has the year"),
    ],
)
def test_a_revision_says_from_when_it_holds(copy, rows, sentence):
    with pytest.raises(DataError, match=sentence):
        build(copy, "level", rows)


@pytest.mark.parametrize(("year", "good"), [("2014", True), ("2020", False)])
def test_a_base_year_lies_before_the_target_year(copy, year, good):
    rows = [figure("target", "2020", 10)]
    if good:
        assert build(copy, "level", rows, base_year=year).indicators.at["firms", "base_year"] == 2014
    else:
        with pytest.raises(DataError, match="the base year 2020 is not before the target year 2020"):
            build(copy, "level", rows, base_year=year)


@pytest.mark.parametrize(
    ("kind", "target", "value", "status"),
    [
        ("level", "＞92.7", "92.7", "missed"),
        ("level", "＞92.7", "92.8", "exceeded"),
        ("level", "＞92.7", "≥92.7", "undecided"),
        ("level", "＞92.7", "＞92.7", "exceeded"),
        ("level", "≥92.7", "92.7", "met"),
        ("level", "≥92.7", "≥92.7", "met"),
        ("level", "92.7", "92.7左右", "undecided"),
        ("level", "＞0", "0", "missed"),
        ("level", "＞-5", "-5", "missed"),
        ("level", "＞-5", "-4", "exceeded"),
        ("level", "-5", "＞-5", "exceeded"),
        ("cap", "＜5", "5", "missed"),
        ("cap", "＜5", "0.6", "exceeded"),
        ("cap", "≤5", "5", "met"),
        ("cap", "＜-5", "-5", "missed"),
        ("level", "5左右", "4.6", "met"),
        ("level", "5左右", "4.4", "missed"),
        ("level", "5左右", "5.6", "exceeded"),
        ("cap", "3左右", "3.4", "met"),
        ("cap", "3左右", "3.6", "missed"),
        ("cap", "3左右", "2.4", "exceeded"),
    ],
)
def test_strict_and_approximate_targets_are_honoured(copy, kind, target, value, status):
    package = build(copy, kind, [figure("target", "2020", target), level(2020, value)])
    assert score(package, 2020)["status"] == status


@pytest.mark.parametrize(
    ("kind", "base", "target", "value"),
    [
        ("level", "87", "90", "86.8"),
        ("level", "87.0", "90", "86.8"),
        ("level", "87", "87.3", "86.8"),
        ("level", "87.0", "87.3", "86.8"),
        ("cap", "87", "86.8", "87.3"),
        ("cap", "87.0", "86.8", "87.3"),
        ("level", "-3", "-2.8", "-3.2"),
        ("reduction", "87", "1", "87.3"),
        ("growth", "87", "1", "86.8"),
        ("increase", "87", "1", "86.8"),
    ],
)
@pytest.mark.parametrize("year", [2016, 2019])
def test_a_value_on_the_wrong_side_of_its_base_is_behind(copy, kind, base, target, value, year):
    package = build(copy, kind, [figure("target", "2020", target), level(2015, base), level(year, value)])
    assert score(package, year)["status"] == "behind"


@pytest.mark.parametrize(
    ("values", "status", "actual", "others"),
    [
        ([{"value": 90}, {"value": 95}], "missed", "F1", "F2"),
        ([{"value": 90}, {"value": 105}], "undecided", "F1", "F2"),
        ([{"value": 105}, {"value": 90}], "undecided", "F1", "F2"),
        ([{"value": 100}, {"value": "100.2"}], "exceeded", "F2", ""),
        ([{"value": "1.2", "unit": "亿元", "printed": "1.2亿元"}, {"value": 12003}], "exceeded", "F2", ""),
        ([{"value": "21.6"}, {"value": "21.7"}], "missed", "F1", "F2"),
        ([{"value": "≥100"}, {"value": 120}], "exceeded", "F2", ""),
        ([{"value": 90}, {"value": 15, "unit": "万美元", "printed": "15万美元"}], "missed", "F1", ""),
    ],
)
def test_two_printed_values_of_one_year(copy, values, status, actual, others):
    rows = [level(2020, row["value"], **{name: row[name] for name in row if name != "value"}) for row in values]
    row = score(build(copy, "level", [figure("target", "2020", 100), *rows]), 2020)
    assert (row["status"], row["actual"], row["others"]) == (status, actual, others)
    assert row["reason"] == ("two_values" if status == "undecided" else "")
    assert math.isnan(row["completion"]) == (status == "undecided")


def test_a_derived_value_does_not_compete_with_a_printed_one(copy):
    later = [level(2020, 120), figure("growth_rate", "2020", 50)]  # they make 80 of 2019
    row = score(
        build(copy, "level", [figure("target", "2019", 100), figure("target", "2020", 100), level(2019, 105), *later]),
        2019,
    )
    assert (row["status"], row["others"]) == ("exceeded", "")


def test_both_values_are_shown_with_the_finding_about_them(copy):
    rows = [figure("target", "2020", 100), level(2020, 90), level(2020, 105, source="1.1.1")]
    html = overview_of(build(copy, "level", rows), 2020).scoreboard().html
    assert "900,000 yuan; 1.05 million yuan" in html
    assert "two reported values lead to different results" in html
    cell = html[html.index("900,000 yuan; ") :]
    assert "6-audit.ipynb#a-" in cell[: cell.index("</td>")]


TOTAL = figure("target", "2016/2020", 300)
LAG = [{"relation": "keep-up", "kind": "relative", "left": "firms", "right": "trade"}]


@pytest.mark.parametrize(
    ("kind", "quantity", "figures", "year", "status"),
    [
        ("cumulative", "flow", [TOTAL, *flows({2016: 100, 2017: 100}), *flows({2018: 100}), *flows({2018: 50})], 2018, "undecided"),
        ("cumulative", "flow", [TOTAL, *flows({2016: 100, 2018: 100}), *flows({2017: 100}), *flows({2017: 50})], 2018, "undecided"),
        ("cumulative", "flow", [TOTAL, *flows({2016: 100, 2018: 100}), *flows({2017: 110}), *flows({2017: 150})], 2018, "achieved_early"),
        ("level", "stock", [figure("target", "2020", 100), level(2015, 50), level(2015, 90), level(2018, 85)], 2018, "undecided"),
        ("level", "stock", [figure("target", "2020", 100), level(2015, 50), level(2015, 90), level(2020, 100)], 2020, "met"),
        ("increase", "stock", [figure("target", "2020", 5), level(2015, 51), level(2015, 53), level(2020, 57)], 2020, "undecided"),
        ("gap", "stock", [figure("target", "2020", 5), level(2020, 56), *(level(2020, v, region="100000") for v in (51, 53))], 2020, "undecided"),
        ("growth", "stock", [figure("target", "2020", 6.5), *rates({2016: 6.6}), *rates({2017: 6.5}), *rates({2017: 6.6})], 2017, "on_track"),
        ("relative", "stock", [*rates({2018: 6.5}), *rates({2018: 6.2}, "trade"), *rates({2018: 6.9}, "trade")], 2018, "undecided"),
        ("relative", "stock", [*rates({2018: 6.5}), *rates({2018: 6.2}, "trade"), *rates({2018: 6.3}, "trade")], 2018, "on_track"),
    ],
)  # fmt: skip
def test_values_that_differ_count_wherever_they_are_computed_with(copy, kind, quantity, figures, year, status):
    relations = LAG if kind == "relative" else []
    row = score(build(copy, kind, figures, quantity=quantity, relations=relations), year)
    assert (row["status"], row["reason"]) == (status, "two_values" if status == "undecided" else "")


@pytest.mark.parametrize(
    ("figures", "year", "status", "value"),
    [
        ([figure("flow", "2016/2018", 190), *flows({2019: 60})], 2019, "on_track", 2500000),
        ([figure("flow", "2016/2018", 190), *flows({2019: 60, 2020: 60})], 2020, "exceeded", 3100000),
        ([figure("flow", "2016/2018", 190), *flows({2020: 60})], 2020, "no_data", None),
        ([figure("flow", "2017/2018", 190), *flows({2019: 60})], 2019, "no_data", None),
    ],
)
def test_a_printed_total_goes_on_with_later_years(copy, figures, year, status, value):
    row = score(build(copy, "cumulative", [TOTAL, *figures], quantity="flow"), year)
    assert row["status"] == status
    assert math.isnan(row["value"]) if value is None else row["value"] == value


@pytest.mark.parametrize("kind", ["level", "growth", "increase", "relative"])
@pytest.mark.parametrize("year", [2017, 2018])
def test_nothing_is_behind_before_its_base(copy, kind, year):
    values = [level(2017, 100), level(2018, 110)]
    aims = [] if kind == "relative" else [figure("target", "2020", 150)]
    row = score(build(copy, kind, [*aims, *values], base_year="2018", relations=LAG if not aims else []), year)
    assert (row["status"], row["reason"]) == ("undecided", "no_reference" if kind == "relative" else "no_pace")


def test_two_rates_of_one_year_that_differ_make_no_chain(copy):
    rates = [figure("growth_rate", "2016", 5.0), figure("growth_rate", "2016", 6.0)]
    row = score(build(copy, "growth", [figure("target", "2020", 5), *rates]), 2016)
    assert (row["status"], row["reason"], row["others"]) == ("undecided", "two_values", "F2")


@pytest.mark.parametrize(("nature", "language", "lead", "cell"), [
    ("binding", "en", "Binding targets: 1 (1 met).", "binding"),
    ("expected", "zh", "预期性指标1项：1项完成。", "预期性"),
    ("", "en", "", ""),
])  # fmt: skip
def test_binding_and_expected_targets_are_told_apart(copy, nature, language, lead, cell):
    package = build(copy, "level", [figure("target", "2020", 100), level(2020, 100)], nature=nature)
    overview = overview_of(package, 2020, language)
    assert set(overview.targets["nature"]) == {nature}
    assert lead in overview.opening().html
    assert ("Binding" in overview.opening().html) == (nature == "binding")
    table = overview.scoreboard()
    assert ("nature" in table.frame) == bool(nature)
    assert cell in table.html


@pytest.mark.whole
@pytest.mark.parametrize(
    ("kind", "figures", "more", "texts"),
    [
        ("relative", [figure("growth_rate", "2018", 7.0), figure("growth_rate", "2018", 6.5, indicator="trade")],
         {"relations": [{"relation": "keep-up", "kind": "relative", "left": "firms", "right": "trade"}]},
         ["growth no less than that of trade", "difference in growth 0.50 percentage points"]),
        ("yearly", [figure("target", "2017", 100), level(2018, 110)], {}, ["no target for the year", "—"]),
        ("growth", [figure("target", "2020", "＞6.5"), *(figure("growth_rate", str(y), 6.9) for y in (2016, 2017, 2018))],
         {}, ["over 6.5%", "6.90%"]),
        ("hold", [figure("target", "2020", 100), *(level(y, 210 - y + 1908) for y in (2016, 2017, 2018))], {}, ["on track"]),
    ],
)  # fmt: skip
def test_a_page_shows_each_kind(copy, kind, figures, more, texts):
    overview = overview_of(build(copy, kind, figures, **more), 2018)
    html = overview.scoreboard().html
    for text in texts:
        assert text in html
    for show in (overview.opening, overview.pace, overview.missing, overview.changes, overview.categories):
        assert show() is not None
