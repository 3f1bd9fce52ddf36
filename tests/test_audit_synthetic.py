"""Packages that are true by construction: the audit contradicts none of them, and compares what there is to compare."""

from collections import Counter
from random import Random

import pytest
from synthetic import BASES, DERIVED, package, world

from helpers import audit

COMPARING = (
    "completions", "growth", "same_quantity", "table_and_text", "public", "over_time", "places", "totals", "same_count",
    "subsets", "lists", "quotients", "additions", "parts_of_periods", "rankings", "cumulative", "shares",
    "possible_shares", "statements",
)  # fmt: skip
EXAMPLES, TOGETHER = 125, 16  # two thousand packages, sixteen audited at a time as one
held: Counter[str] = Counter()  # checks that found something to hold, over all examples


def test_no_true_package_is_contradicted():
    random = Random(0)  # and no search for examples, which would depend on what else is imported
    for _ in range(EXAMPLES):
        worlds = [
            world(
                random.getrandbits(32),
                random.choice(BASES),
                random.choices(DERIVED, k=random.randint(1, 3)),
                f"w{n}",
                n,
            )
            for n in range(1, TOGETHER + 1)
        ]
        found = audit.audit(package(worlds))
        assert [one for one in found if one.verdict == "contradiction"] == []
        held.update(one.check for one in found if one.verdict == "consistent")


@pytest.mark.parametrize("check", COMPARING)
def test_every_comparing_check_had_something_to_compare(check):
    assert held[check] > 10
