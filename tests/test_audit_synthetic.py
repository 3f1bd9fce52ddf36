"""Packages that are true by construction: the audit contradicts none of them, and compares what there is to compare."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from synthetic import BASES, DERIVED, package, world

from helpers import audit

COMPARING = (
    "completions", "growth", "same_quantity", "table_and_text", "public", "over_time", "places", "totals", "same_count",
    "subsets", "lists", "quotients", "additions", "parts_of_periods", "rankings", "cumulative", "shares",
    "possible_shares", "statements",
)  # fmt: skip
EXAMPLES, TOGETHER = 125, 16  # two thousand packages, sixteen audited at a time as one
held: Counter[str] = Counter()  # checks that found something to hold, over all examples
STORIES = st.tuples(
    st.integers(0, 2**32 - 1), st.sampled_from(BASES), st.lists(st.sampled_from(DERIVED), min_size=1, max_size=3)
)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[*HealthCheck],
    phases=[Phase.generate],  # sixteen packages at a time take minutes to shrink
)
@given(stories=st.lists(STORIES, min_size=TOGETHER, max_size=TOGETHER))
def test_no_true_package_is_contradicted(stories):
    worlds = [world(*story, prefix=f"w{n}", number=n) for n, story in enumerate(stories, 1)]
    found = audit.audit(package(worlds))
    assert [one for one in found if one.verdict == "contradiction"] == []
    held.update(one.check for one in found if one.verdict == "consistent")


@pytest.mark.parametrize("check", COMPARING)
def test_every_comparing_check_had_something_to_compare(check):
    assert held[check] > 10
