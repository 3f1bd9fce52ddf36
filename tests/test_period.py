"""Periods: what they stand for, where a change starts, how they are said."""

import pytest

from helpers.numbers import period


@pytest.mark.parametrize(
    ("text", "first", "last", "is_year", "ends_year", "before", "opening"),
    [
        ("2017", (2017, 1), (2017, 12), True, True, "2016", "2016"),
        ("2018-12", (2018, 12), (2018, 12), False, True, "2017-12", "2018-11"),
        ("2018-06", (2018, 6), (2018, 6), False, False, "2017-06", "2018-05"),
        ("2018H1", (2018, 1), (2018, 6), False, False, "2017H1", "2017"),
        ("2018H2", (2018, 7), (2018, 12), False, True, "2017H2", "2018-06"),
        ("2018Q3", (2018, 7), (2018, 9), False, False, "2017Q3", "2018-06"),
        ("2016/2018", (2016, 1), (2018, 12), False, True, "2016", "2015"),
        ("2017-01/2017-07", (2017, 1), (2017, 7), False, False, "2017-01", "2016"),
        ("2017-01/2017-12", (2017, 1), (2017, 12), True, True, "2017-01", "2016"),
    ],
)
def test_a_period_is_parsed(text, first, last, is_year, ends_year, before, opening):
    point = period.parse(text)
    assert (point.first, point.last) == (first, last)
    assert (point.is_year, point.ends_year) == (is_year, ends_year)
    assert (period.before(text), period.opening(text)) == (before, opening)


def test_a_year_and_its_december_end_together():
    assert period.end("2017") == period.end("2017-12")
    assert period.end("2017") != period.end("2017H2")


def test_an_empty_period_has_no_period_before():
    assert period.parse("") is None
    with pytest.raises(ValueError, match="undated"):
        period.before("")


@pytest.mark.parametrize(
    "text", ["17", "2018-13", "2018H3", "2018/", "2018年", "2018/2016", "2018-06/2018-03", "2018H2/2018H1", "2018Q5"]
)
def test_other_texts_are_refused(text):
    with pytest.raises(ValueError, match=r"period|ends before"):
        period.parse(text)


@pytest.mark.parametrize(
    ("text", "stock", "zh", "en"),
    [
        ("2017", False, "2017年", "2017"),
        ("2017", True, "2017年底", "end of 2017"),
        ("2018-12", False, "2018年底", "end of 2018"),
        ("2018-06", True, "2018年6月", "June 2018"),
        ("2018H1", True, "2018年上半年", "first half of 2018"),
        ("2016Q2", False, "2016年二季度", "second quarter of 2016"),
        ("2016/2018", False, "2016年至2018年", "2016 to 2018"),
        ("2017-01/2017-07", False, "2017年1月至7月", "January to July 2017"),
        ("", False, "", ""),
    ],
)
def test_periods_are_written_in_both_languages(text, stock, zh, en):
    assert period.label(text, "zh", stock) == zh
    assert period.label(text, "en", stock) == en
