"""The evaluation's arithmetic: what is attained, completion, judgement and pace, for every kind of target."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helpers.evaluation import targets
from helpers.numbers.interval import Interval

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
def test_a_target_without_its_reference_has_no_result(kind, missing):
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
def test_an_interval_that_straddles_the_target_is_undecided(reached, exact, strict, where):
    assert targets.judge("level", reached, 100, None, exact, strict) == where


def test_the_two_readings_of_pace():
    going = targets.pace(POINT(15.2), 20, POINT(10.0), 3, 5)
    assert going.linear.value == pytest.approx(0.8667, abs=1e-4)
    assert going.compound.value == pytest.approx(1.0, abs=0.01)
    falling = targets.pace(POINT(52.0), 20, POINT(100.0), 3, 5, falling=True)
    assert falling.linear.value == pytest.approx(1.0)
    assert falling.compound.value < 0.8  # compound growth is stricter for falls


def test_no_distance_means_no_pace():
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


def test_rounding_errors_do_not_count():
    assert targets.judge("level", Interval(0.2, 0.3, 0.1 + 0.2), 0.3, None, exact=False, strict=True) == "short"
    assert targets.judge("cap", Interval(0.1 + 0.2, 0.3, 0.4), 0.3, None, exact=False, strict=True) == "short"


@given(st.floats(1, 1e6), st.floats(0, 0.01), st.floats(-50, 200), st.floats(0, 0.5))
def test_a_base_value_grown_again_contains_the_printed_value(value, spread, growth, half):
    printed = Interval(value * (1 - spread), value, value * (1 + spread))
    rate = Interval(growth - half, growth, growth + half) * 0.01 + 1
    again = printed / rate * rate
    assert again.value == pytest.approx(value)
    assert again.lower <= printed.lower * (1 + 1e-9)
    assert again.upper >= printed.upper * (1 - 1e-9)
