"""Packages that are true by construction: the audit contradicts none of them, and compares what there is to compare."""

from collections import Counter
from random import Random

import pytest
from synthetic import BASES, DERIVED, world
from synthetic_package import package

from helpers import audit

pytestmark = pytest.mark.whole

COMPARING = (
    "completions", "growth", "same_quantity", "table_and_text", "public", "over_time", "places", "totals", "same_count",
    "subsets", "lists", "quotients", "additions", "parts_of_periods", "rankings", "cumulative", "shares",
    "possible_shares", "statements",
)  # fmt: skip
EXAMPLES, TOGETHER = 16, 48


@pytest.fixture(scope="module")
def findings() -> list[audit.Finding]:
    """What the audit finds in true packages, some audited at a time as one."""
    random, results = Random(0), []  # and no search for examples, which would depend on what else is imported
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
        results += audit.audit(package(worlds))
    return results


def test_no_true_package_is_contradicted(findings):
    assert [finding for finding in findings if finding.verdict == "contradiction"] == []


@pytest.mark.parametrize("check", COMPARING)
def test_every_comparing_check_compared_something(findings, check):
    counts = Counter(finding.check for finding in findings if finding.verdict == "consistent")
    assert counts[check] > 10
