"""Ranges that printed numbers stand for, and arithmetic with them.

A printed number is a range: `21.6` is anything that rounds to it, `43000多` lies between 43,000 and 44,000, `近70` below 70.
`printed` is the one table that says what each qualifier means; everything computed from figures carries the range on.
Values may be floats or numpy arrays of one shape. Nothing here knows indicators, units or tables.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Interval:
    """`lower <= value <= upper`, each a float or an array of one shape, all in one unit."""

    lower: float
    value: float
    upper: float

    @classmethod
    def point(cls, value: float) -> "Interval":
        """A number known exactly."""
        return cls(value, value, value)

    def __neg__(self) -> "Interval":
        return Interval(-self.upper, -self.value, -self.lower)

    def __add__(self, other: "Interval | float") -> "Interval":
        other = as_interval(other)
        return Interval(self.lower + other.lower, self.value + other.value, self.upper + other.upper)

    def __sub__(self, other: "Interval | float") -> "Interval":
        return self + -as_interval(other)

    def __rsub__(self, other: float) -> "Interval":
        return as_interval(other) - self

    def __mul__(self, other: "Interval | float") -> "Interval":
        other = as_interval(other)
        corners = [_product(a, b) for a in (self.lower, self.upper) for b in (other.lower, other.upper)]
        return Interval(np.minimum.reduce(corners), self.value * other.value, np.maximum.reduce(corners))

    def __truediv__(self, other: "Interval | float") -> "Interval":
        """Quotient; unbounded where the divisor can be zero, and no number where it is zero."""
        other = as_interval(other)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            inverse = Interval(np.divide(1.0, other.upper), np.divide(1.0, other.value), np.divide(1.0, other.lower))
            quotient = self * inverse
        through_zero = (np.asarray(other.lower) <= 0) & (np.asarray(other.upper) >= 0)
        zero = np.asarray(other.value) == 0
        return Interval(
            np.where(through_zero, -np.inf, quotient.lower)[()],
            np.where(zero, np.nan, quotient.value)[()],
            np.where(through_zero, np.inf, quotient.upper)[()],
        )

    def __pow__(self, exponent: float) -> "Interval":
        """Power of a non-negative interval, exponent above zero (a root of a growth factor)."""
        return Interval(self.lower**exponent, self.value**exponent, self.upper**exponent)

    def meets(self, other: "Interval") -> bool:
        """Do the two ranges have a value in common? Floating point is not what keeps them apart (5.1万 is 51000)."""
        nothing = 1e-9 * np.maximum(np.abs(self.value), np.abs(other.value))
        return (self.lower <= other.upper + nothing) & (other.lower <= self.upper + nothing)

    def above(self, other: "Interval") -> bool:
        """Does every value of this range lie above every one of the other?"""
        return (self.lower > other.lower) & ~self.meets(other)


def as_interval(value: "Interval | float") -> Interval:
    return value if isinstance(value, Interval) else Interval.point(value)


def _product(a, b):
    """Product in which zero times infinity is zero: a bound that cannot be reached adds nothing."""
    if isinstance(a, float) and isinstance(b, float):  # in a tenth of the time
        return a * b if a and b else 0.0
    with np.errstate(invalid="ignore"):
        return np.where((np.asarray(a) == 0) | (np.asarray(b) == 0), 0.0, np.multiply(a, b))[()]


def printed(value, half_unit, step, qualifier, opened) -> Interval:
    """Range of printed numbers, by this table.

    | qualifier | from | to | why |
    |---|---|---|---|
    | `exact` | value - half_unit | value + half_unit | rounded at the last printed digit; a count (half_unit 0) is itself |
    | `about` 约 左右 | value - step / 2 | value + step / 2 | rounded at the last digit that is not zero |
    | `over` 余 多 几 | value | value + step | odd ones beyond, fewer than the next round number |
    | `over` 超 突破 以上 (open) | value | no limit | says nothing about how far beyond |
    | `under` 近 | value - step | value | close to, not reached; 近100 means the nineties, so a tenth of a round step |
    | `under` 不足 前 (open) | no limit | value | below, nothing more said |

    A reduction is read by its size: 减少超80% is -80 or less.

    value, half_unit, step: in one unit; step is the place of the last digit that is not zero (see `step_of`).
    qualifier: `exact`, `about`, `over` or `under`; opened: bool. All broadcast against each other.
    """
    signed, half_unit, step = (np.asarray(part, dtype=float) for part in (value, half_unit, step))
    qualifier, opened = np.asarray(qualifier), np.asarray(opened, dtype=bool)
    value = np.abs(signed)
    about = np.maximum(step / 2, half_unit)
    cases = [qualifier == "exact", qualifier == "about", qualifier == "over", qualifier == "under"]
    close = np.where(np.isclose(value, step), step / 10, step)
    below = np.select(cases, [half_unit, about, 0.0, np.where(opened, np.inf, close)], np.nan)
    above = np.select(cases, [half_unit, about, np.where(opened, np.inf, step), 0.0], np.nan)
    lower, upper = value - below, value + above
    reduction = signed < 0
    return Interval(np.where(reduction, -upper, lower)[()], signed[()], np.where(reduction, -lower, upper)[()])


def step_of(digits: str) -> float:
    """Place of the last digit that is not zero: 43000 gives 1000, 8.3 gives 0.1, 10 gives 10; 1 where all are zero."""
    whole, _, fraction = digits.lstrip("-").partition(".")
    fraction, kept = fraction.rstrip("0"), whole.rstrip("0")
    if fraction:
        return 10.0 ** -len(fraction)
    return 10.0 ** (len(whole) - len(kept)) if kept else 1.0
