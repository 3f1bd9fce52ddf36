"""True values printed truthfully: rounded, cut off or qualified, in 万 or 亿, as a value, unit, qualifier and token."""

from decimal import Decimal
from fractions import Fraction
from random import Random

from helpers.numbers import format, token

COUNTERS = ("个", "家", "户", "人次")
EXTENSIVE = (*COUNTERS, "元", "亩")  # of places add up to that of the whole


def digits(count: int, exponent: int) -> str:
    """`count` times ten to the `exponent` as a plain number: (1250, -2) gives 12.50."""
    return f"{Decimal(count).scaleb(exponent):f}"


def rounded(number: Fraction, exponent: int) -> int:
    """A number of zero or more in units of ten to the `exponent`, half rounded up."""
    return int(number / Fraction(10) ** exponent + Fraction(1, 2))


def magnitude(number: Fraction) -> int:
    """Power of ten of the first digit: 4 for 12345, -1 for 0.5."""
    size = len(str(int(number))) - 1 if number >= 1 else -1
    while number < Fraction(10) ** size:
        size -= 1
    return size


def show(true: Fraction, unit: str, random: Random, exact: bool = False, fine: bool = False) -> tuple[str, ...]:
    """A true value as value, unit, qualifier and token; exact: rounded, without a qualifier; fine: to three digits or more."""
    size, down = abs(true), true < 0
    multiplier = 1
    if unit in (*EXTENSIVE, "美元"):
        fitting = [m for m in (1, 10**4, 10**8, 10**12) if m == 1 or size >= m]
        multiplier = random.choice(fitting)
    number, counted = size / multiplier, unit in (*COUNTERS, "位") and multiplier == 1
    style = "exact" if exact or not number else random.choice(["exact"] * 4 + ["about", "odd", "over", "near", "below"])
    value, word, qualifier = _styled(number, style, random, counted, unit == "%", fine)
    full = token.multiplier_word(multiplier) + unit
    printed = format.qualified(value, "%" if unit == "%" else full, word) if word or random.random() < 0.6 else value
    if down:
        value = f"-{value}"
        printed = random.choice(["下降", "减少"]) + printed
    return value, full, qualifier, printed


def _styled(
    number: Fraction, style: str, random: Random, counted: bool, percent: bool, fine: bool
) -> tuple[str, str, str]:
    """Digits, word and qualifier of a number of zero or more; `exact` where a style would not be true."""
    top, whole = magnitude(number) if number else 0, counted and number.denominator == 1
    place = top - (2 if fine else random.choice([0, 1, 1, 2]))
    place = max(place, 0) if whole else place
    step = Fraction(10) ** place
    low = int(number / step)
    less = number / 10**5  # nobody says 近96% of 95.9999999%
    high = low + (low * step < number)
    more = number - low * step > less
    close = high * step - number > less
    if style == "about":
        return digits(rounded(number, place), place), random.choice(["约", "左右"]), "about"
    if style == "odd" and more:
        return digits(low, place), random.choice(["余", "多"]), "over"
    if style == "over":
        return digits(low, place), random.choice(["超", "突破", "以上"] if more else ["以上"]), "over"
    if style == "near" and close and number >= high * step * 9 / 10:
        return digits(high, place), "近", "under"
    if style == "below" and close and not (percent and high * step > 100):
        return digits(high, place), "不足", "under"
    if whole:
        return digits(int(number), 0), "", "exact"
    decimals = max(0, 2 - top) if fine else random.choice([0, 1, 1, 2])
    decimals = max(decimals, 1) if counted else decimals  # a whole number of a count would be exact
    while number and not rounded(number, -decimals):
        decimals += 1
    return digits(rounded(number, -decimals), -decimals), "", "exact"
