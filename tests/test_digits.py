"""A written range leaves out nothing that is possible: its ends are rounded outward, at the last digit that is shown."""

import math

import pytest

from helpers.language import digits


@pytest.mark.parametrize(
    ("ends", "step", "outward"),
    [
        ((54467.0, 55467.0), 1000.0, (54000.0, 56000.0)),
        ((87778.0, 96000.0), 1000.0, (87000.0, 96000.0)),
        ((-80.61, -79.52), 0.1, (-80.7, -79.5)),
        ((21.55, 21.65), 0.01, (21.55, 21.65)),  # ends on a step stay
        ((0.1 + 0.2, 0.7), 0.1, (0.3, 0.7)),  # what binary arithmetic leaves behind the last digit does not count
        ((1.25e12, 1.35e12), 1e10, (1.25e12, 1.35e12)),
        ((100.2, math.inf), 0.1, (100.2, math.inf)),
        ((-math.inf, 9.99), 0.1, (-math.inf, 10.0)),
    ],
)
def test_ends_are_rounded_outward(ends, step, outward):
    assert digits.round_outward(*ends, step) == pytest.approx(outward)
