"""A growth is written in no more decimals than its range bears, the same in both languages."""

import pytest

from helpers.language.formatter import Formatter
from helpers.numbers.interval import Interval
from helpers.views.growth import Growth

WRITTEN = [
    # lower, value, upper: size, range
    ((31.05, 31.1, 31.15), "31.1%", ""),  # a rate that is reported with one decimal
    ((29.5, 30.0, 30.5), "30%", ""),  # one that is reported without
    ((25.0, 30.0, 35.0), "30%", "25.0%～35.0%"),  # 30%左右
    ((28.9, 29.17, 29.44), "29%", ""),  # all of it is 29
    ((28.86, 29.17, 29.6), "29%", "28.8%～29.6%"),
    ((23.745, 23.76, 23.775), "23.8%", ""),
    ((37.5, 37.5, 37.5), "37.5%", ""),  # of counts
    ((-80.05, -80.0, -79.95), "80.0%", ""),
    ((-80.6, -79.8, -79.5), "80%", "79.5%～80.6%"),
    ((-2.0, 0.6, 3.2), "1%", "－2.0%～3.2%"),  # the ends of a rise, one of which is a fall
    ((-0.9, 0.1, 1.1), "0.1%", "－0.9%～1.1%"),  # is not told as 0%
    ((1.4, 1.75, 1.75), "1.8%", "1.4%～1.8%"),  # is not told as 2%, which its range leaves out
    ((100.0, 130.0, float("inf")), "130%", "100.0%以上"),
]  # fmt: skip


@pytest.mark.parametrize(("ends", "size", "between"), WRITTEN)
def test_a_growth_claims_no_more_than_its_range_bears(shipped, ends, size, between):
    growth, words = Growth(Interval(*ends)), Formatter(shipped, "zh")
    assert (growth.write_size(words), growth.write_range(words)) == (size, between)


@pytest.mark.parametrize(("ends", "size", "between"), WRITTEN)
def test_a_growth_has_the_same_digits_in_english(shipped, ends, size, between):
    growth, words = Growth(Interval(*ends)), Formatter(shipped, "en")
    assert growth.write_size(words) == size
    assert [sign for sign in growth.write_range(words) if sign.isdigit()] == [s for s in between if s.isdigit()]


@pytest.mark.parametrize(
    ("ends", "signed"),
    [((28.9, 29.2, 29.5), "+29%"), ((-5.02, -5.0, -4.98), "－5.0%"), ((0.0, 0.0, 0.0), "0.0%")],
)
def test_a_growth_beside_a_bar_has_its_sign(shipped, ends, signed):
    assert Growth(Interval(*ends)).write_signed(Formatter(shipped, "zh")) == signed
