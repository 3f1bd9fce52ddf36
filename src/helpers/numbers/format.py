"""Writing numbers for readers of Chinese and English, by Babel's locale data."""

import math
import re
from collections.abc import Sequence
from functools import cache, lru_cache

from babel import Locale, numbers

from helpers.numbers.token import AFTER_UNIT, BEFORE_COUNTER, zeros

MINUS = {"zh": "－", "en": "−"}
SIGNS = ("＋", "－", "−", "×", "÷")  # of a formula, between its amounts
ENGLISH = {"＋": "+", "－": "−"}  # how English writes a sign of a formula
BLANK = re.compile(r"\{([0-9]*)\}")  # of a formula
MOST_FRACTION_DIGITS = 6  # of a number of millions
ORDINAL_ENDINGS = {"one": "st", "two": "nd", "few": "rd", "other": "th"}  # by the forms of the locale
STEPS = {10**12: "trillion", 10**9: "billion", 10**6: "million"}  # English readers expect 17,800 and 42 million
COMPACT_FROM = 10**6
LETTERS = {10**12: " tn", 10**9: " bn", 10**6: " m"}  # that a picture has room for


@cache
def locale(language: str) -> Locale:
    return Locale.parse({"zh": "zh_Hans_CN", "en": "en_GB"}[language])


@lru_cache(maxsize=16384)  # a page shows a number in its table, its picture and its sentences
def number(value: float, decimals: int, language: str) -> str:
    """A number with fixed decimals; thousands grouped in English, not in Chinese yearbooks."""
    text = numbers.format_decimal(
        abs(value),
        format=f"#,##0.{'0' * decimals}" if decimals else "#,##0",
        locale=locale(language),
        group_separator=language != "zh",
    )
    negative = value < 0 and any(sign in text for sign in "123456789")
    return MINUS[language] + text if negative else text


def compact(base: float, decimals: int, multiplier: int, step: int = 0) -> str:
    """A quantity in base units as English says it: `17,800` below a million, `42 million` from there.

    decimals: those of the number as printed with `multiplier`; no more digits are shown than were printed.
    step: the million, billion or trillion that it is written in; 0 for that of its own size
    """
    if step:
        digits = int(max(0, min(zeros(step) - zeros(multiplier) + decimals, MOST_FRACTION_DIGITS)))
        word = STEPS.get(step, "")
        return f"{number(base / step, digits, 'en')} {word}".rstrip()
    digits = compact_digits(base, decimals, multiplier)
    step = find_step(base)
    if step == 1:
        return number(round(base, digits), max(0, digits), "en")
    text = numbers.format_compact_decimal(
        abs(base), format_type="long", locale=locale("en"), fraction_digits=digits + zeros(step)
    )
    return MINUS["en"] + text if base < 0 else text


def compact_digits(base: float, decimals: int, multiplier: int) -> int:
    """Digits behind the decimal point that `compact` shows of a number in base units; negative where it ends in zeros."""
    digits, step = int(decimals - zeros(multiplier)), zeros(find_step(base))
    return max(0, min(digits + step, MOST_FRACTION_DIGITS)) - step if step else digits


def find_step(base: float) -> int:
    """The million, billion or trillion that a number is written in; 1 for a smaller one."""
    return next((step for step in STEPS if abs(base) >= step), 1)


def briefly(base: float, place: int, like: float) -> str:
    """A quantity in English with the letters of a picture, in the million, billion or trillion of another one beside it.

    place: power of ten of its last digit; the other one has four digits at most: `1.33 tn`
    """
    step = find_step(like)
    digits = max(0, min(zeros(step) - place, 3 - math.floor(math.log10(like / step))))
    text = number(base / step, digits, "en")
    return (text.rstrip("0").rstrip(".") if "." in text else text) + LETTERS.get(step, "")


def fill(formula: str, amounts: Sequence[str], language: str) -> str:
    """A formula, such as `{}÷(1+{})` or `{0}÷({1}－{0})`, with its amounts; in English there are blanks around its signs.

    A negative one takes the place of a plus, and stands in brackets behind any other sign.
    """
    if language == "en":
        formula = re.sub("[＋－+×÷]", lambda sign: f" {ENGLISH.get(sign[0], sign[0])} ", formula)
    text, *parts = BLANK.split(formula)
    for number, (name, rest) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
        amount = amounts[int(name or number)]
        before, negative = text.rstrip(" "), amount.startswith(tuple(MINUS.values()))
        if negative and before.endswith("+"):
            amount = amount[0] + text[len(before) :] + amount[1:]
            text = before[:-1]
        elif negative and before.endswith(SIGNS):
            amount = f"({amount})"
        text += amount + rest
    return text


def qualified(number: str, unit: str, word: str) -> str:
    """A Chinese quantity with its qualifying word where it belongs: `2.4万余个`, `超12万家`, `90%以上`."""
    if word in BEFORE_COUNTER:
        return f"{number}{'余' if word == '几' else word}{unit}"
    return f"{number}{unit}{word}" if word in AFTER_UNIT else f"{word}{number}{unit}"


def ordinal(number: str, language: str) -> str:
    """A rank in words: `1st`, `22nd`; a number that is not whole, and any Chinese one, stays as it is."""
    if language == "zh" or not number.isdigit():
        return number
    return f"{number}{ORDINAL_ENDINGS[str(locale(language).ordinal_form(int(number)))]}"


def percent(value: float, decimals: int, language: str) -> str:
    """A percentage with its sign: `108.3%`."""
    return f"{number(value, decimals, language)}%"
