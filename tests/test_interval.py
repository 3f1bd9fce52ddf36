"""A printed number stands for a range, and arithmetic keeps what is true inside."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.numbers import interval
from helpers.numbers.interval import Interval

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
POSITIVE = st.floats(0.001, 1e6)


def intervals(numbers=NUMBERS):
    return st.tuples(numbers, numbers, numbers).map(lambda three: Interval(*sorted(three)))


@pytest.mark.parametrize(
    ("value", "half", "digits", "qualifier", "opened", "lower", "upper"),
    [
        (21.6, 0.05, "21.6", "exact", False, 21.55, 21.65),
        (1.78, 0.005, "1.78", "exact", False, 1.775, 1.785),
        (98, 0, "98", "exact", False, 98, 98),
        (43000, 0, "43000", "over", False, 43000, 44000),
        (10, 0.5, "10", "over", False, 10, 20),
        (12, 0.5, "12", "over", True, 12, np.inf),
        (70, 0.5, "70", "under", False, 60, 70),
        (100, 0, "100", "under", False, 90, 100),
        (8.3, 0.05, "8.3", "under", False, 8.2, 8.3),
        (50, 0, "50", "under", True, -np.inf, 50),
        (30, 0.5, "30", "about", False, 25, 35),
        (15, 0.5, "15", "about", False, 14.5, 15.5),
    ],
)
def test_a_qualifier_gives_a_range(value, half, digits, qualifier, opened, lower, upper):
    stands_for = interval.printed(value, half, interval.step_of(digits), qualifier, opened)
    assert (stands_for.lower, stands_for.upper) == (pytest.approx(lower), pytest.approx(upper))


@pytest.mark.parametrize(
    ("digits", "step"), [("43000", 1000), ("8.3", 0.1), ("25.0", 1), ("1300", 100), ("7", 1), ("-55", 1)]
)
def test_the_step_is_the_place_of_the_last_nonzero_digit(digits, step):
    assert interval.step_of(digits) == pytest.approx(step)


@given(intervals(), intervals())
def test_a_result_lies_in_its_range(a, b):
    for result in (a + b, a - b, a * b, a / b, -a):
        if not np.isnan(result.value):
            slack = 1e-9 * (1 + abs(result.value)) if np.isfinite(result.value) else 0.0
            assert result.lower - slack <= result.value <= result.upper + slack


def _pick(range_: Interval, share: float) -> float:
    """A number of a range; the share of its width may be rounded to a number beyond the end."""
    return min(max(range_.lower + share * (range_.upper - range_.lower), range_.lower), range_.upper)


@given(intervals(), intervals(POSITIVE), st.floats(0, 1), st.floats(0, 1))
def test_a_range_holds_the_result_for_any_numbers(a, b, s, t):
    x, y = _pick(a, s), _pick(b, t)
    for exact, result in ((x + y, a + b), (x - y, a - b), (x * y, a * b), (x / y, a / b)):
        slack = 1e-9 * (1 + abs(exact))
        assert result.lower - slack <= exact <= result.upper + slack


def test_division_by_a_range_through_zero_is_unbounded():
    result = Interval.point(1) / Interval(-1, 0, 1)
    assert (result.lower, result.upper) == (-np.inf, np.inf)
    assert np.isnan(result.value)


def test_arrays_and_numbers_give_the_same_result():
    a = Interval(np.array([1.0, 2.0]), np.array([1.5, 2.5]), np.array([2.0, 3.0]))
    single = [Interval(1.0, 1.5, 2.0) / 2, Interval(2.0, 2.5, 3.0) / 2]
    assert (a / 2).value.tolist() == [s.value for s in single]
    assert (a / 2).upper.tolist() == [s.upper for s in single]


def test_ranges_meet_when_they_touch():
    assert Interval(1, 2, 3).meets(Interval(3, 4, 5))
    assert not Interval(1, 2, 2.9).meets(Interval(3, 4, 5))
