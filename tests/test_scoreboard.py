"""The scoreboard and the earlier values of the project's own report: the 22 printed rows, errata, derived values."""

import math

import pytest

from helpers.evaluation import history, scoreboard
from helpers.numbers.interval import Interval
from helpers.package import tables
from helpers.views import Overview, select


def overview_of(package: tables.Tables, year: int) -> Overview:
    """The overview of a package's own region in English."""
    return Overview(select.Selector(package).view("overview", "0-overview", "en", package.plan.region), year=year)


PRINTED = {  # the report's own table: indicator by number -> completion printed, status it implies
    1: (100, "met"), 2: (130, "exceeded"), 3: (108, "exceeded"), 4: (110, "exceeded"), 5: (234, "exceeded"),
    6: (130, "exceeded"), 7: (100, "met"), 8: (100, "met"), 9: (120, "exceeded"), 10: (None, "no_data"),
    11: (None, "no_data"), 12: (98, "missed"), 13: (100, "met"), 14: (None, "no_data"), 15: (100, "met"),
    16: (None, "no_data"), 17: (None, "no_data"), 18: (100, "met"), 19: (105, "exceeded"), 20: (None, "no_data"),
    21: (230, "exceeded"), 22: (None, "no_data"),
}  # fmt: skip


def test_the_22_printed_rows_are_reproduced(package):
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


def test_later_years_are_judged_against_the_last_target(package):
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


def test_earlier_values_follow_from_growth_or_change(package):
    frame = history.earlier(package).set_index("indicator")
    assert set(frame.index) == set(DERIVED)
    for indicator, value in DERIVED.items():
        assert frame.loc[indicator, "base"] == pytest.approx(value), indicator
    assert frame.loc["new-it-value-added", "period"] == "2017H1"


def test_the_narrower_derivation_is_chosen(package):
    row = history.earlier(tables.corrected(package)).set_index("indicator").loc["market-entities"]
    assert (row["period"], row["how"]) == ("2016", "change")
    assert row["base"] == pytest.approx(5286000)


def test_derived_values_lead_back_to_the_printed_ones(package):
    frame = history.earlier(package)
    for row in frame[frame["how"] == "growth"].itertuples():
        printed, rate = (history.as_interval(package.figures.loc[key]) for key in row.used)
        again = Interval(row.lower, row.base, row.upper) * (rate * 0.01 + 1)
        assert again.value == pytest.approx(printed.value)
        assert again.lower <= printed.lower <= printed.upper <= again.upper


def test_additions_are_not_taken_for_the_stock(package):
    """Industrial robots: those added in 2018 are a flow; no growth or change is taken from them."""
    used = history.derived(package)["used"]
    firsts = package.figures.loc[[keys[0] for keys in used]]
    assert not firsts["indicator"].str.endswith("-new").any()


def test_half_year_additions_lead_back_to_the_year_s_start(spoil):
    spoil("figures.csv", "rural-stations-new,flow,330000,2018,", "rural-stations-new,flow,330000,2018H1,")
    folder = spoil("figures.csv", "rural-stations,level,330000,2018,", "rural-stations,level,330000,2018H1,")
    row = history.earlier(tables.load(folder)).set_index("indicator").loc["rural-stations"]
    assert (row["period"], row["how"]) == ("2017", "additions")


def test_the_overview_says_that_no_pace_is_known(package):
    assert overview_of(package, 2016).pace().plain.startswith("No pace can be given")
