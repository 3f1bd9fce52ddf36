"""Reading a number as it is printed in Chinese or English.

`parse` takes a token of a report apart: number, multiplier (万, 亿, million), qualifier, unit. It is a table of pieces, each
with its reason, and one named error.
"""

import re
from decimal import Decimal
from functools import cache
from typing import NamedTuple

MULTIPLIERS = {  # longest first: 万亿 is not 万
    "万亿": 10**12, "千万": 10**7, "百万": 10**6, "亿": 10**8, "万": 10**4,
    "trillion": 10**12, "billion": 10**9, "million": 10**6,
}  # fmt: skip


class Qualifier(NamedTuple):
    """What a word says of a number: `about`, `over` or `under`; open: not how far; inclusive: the number itself too."""

    name: str
    open: bool = False
    inclusive: bool = False
    literal: bool = False  # a sign of mathematics: ＞-5 lies above -5, while 减少超5% lies below it


QUALIFIERS = {
    "约": Qualifier("about"),  # rounded by the writer, to either side
    "左右": Qualifier("about"),
    "超": Qualifier("over", open=True),  # 超, 超过: beyond, no upper limit
    "突破": Qualifier("over", open=True),
    "以上": Qualifier("over", open=True, inclusive=True),  # 90%以上 may be 90%
    "余": Qualifier("over"),  # odd ones beyond, fewer than the next round number: 43000多 is less than 44000
    "多": Qualifier("over"),
    "几": Qualifier("over"),
    "近": Qualifier("under"),  # close to, not reached
    "不足": Qualifier("under", open=True),  # below, no lower limit
    "前": Qualifier("under", open=True, inclusive=True),  # 前三: among the first three
    **dict.fromkeys("＞>", Qualifier("over", open=True, literal=True)),  # as tables of plans write targets: ＞6.5
    **dict.fromkeys("≥≧", Qualifier("over", open=True, inclusive=True, literal=True)),
    **dict.fromkeys("＜<", Qualifier("under", open=True, literal=True)),
    **dict.fromkeys("≤≦", Qualifier("under", open=True, inclusive=True, literal=True)),
}
BRACKETS = "[]［］〔〕【】"  # around a total over the years of a plan: [3.9]
AFTER_UNIT = ("以上", "左右")  # 60%左右; 余 多 几 stand before the counter, all others before the number
BEFORE_COUNTER = ("余", "多", "几")
REDUCTIONS = ("减少", "下降", "降低", "缩短")
NUMERALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
POWERS = {"十": 10, "百": 100, "千": 1000}
FIRST = ("最大", "最高", "之首", "榜首", "首位")  # ranks without a number

DIGITS = re.compile(r"(?P<digits>\d[\d,]*(?:\.\d+)?)(?:/(?P<denominator>\d+))?")
HALF_WIDTH = str.maketrans("０１２３４５６７８９．％", "0123456789.%")
WIDE_COMMA = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")  # between thousands; any other ends a clause
MOST_DIGITS = 15  # of a number, and of a fraction; a float holds as many
WORDS = re.compile(f"[{''.join(NUMERALS)}{''.join(POWERS)}]+")


class PrintedError(ValueError):
    """A token without a number."""


class Printed(NamedTuple):
    """A printed token taken apart; `number` counts in units of `multiplier`."""

    number: Decimal
    multiplier: int
    qualifier: Qualifier
    unit: str = ""  # what stands behind number and multiplier, without qualifying words
    denominator: int = 0  # of a fraction; its number is a percentage


def qualifier_word(token: str) -> str:
    """The word in a token that qualifies its number (`余` in `2064余万笔`), the first if there are two, or nothing."""
    return min((word for word in QUALIFIERS if word in token), key=token.index, default="")


@cache  # a table repeats its tokens, and each is read by several checks
def parse(token: str) -> Printed:
    """Number, multiplier, qualifier and unit of a printed token such as `2064余万笔`. Raises PrintedError."""
    token = WIDE_COMMA.sub(",", token.translate(HALF_WIDTH))
    qualifier = QUALIFIERS.get(qualifier_word(token), Qualifier("exact"))
    sign = -1 if any(word in token for word in REDUCTIONS) else 1
    match = DIGITS.search(token)
    if not match:
        return Printed(Decimal(sign * _parse_words(token)), 1, qualifier)
    if match.start() and token[match.start() - 1] in "-−－":
        sign = -1
    if sum(map(str.isdecimal, match[0])) > MOST_DIGITS:
        raise PrintedError(f"{token!r} has more than {MOST_DIGITS} digits")
    value = sign * Decimal(match["digits"].replace(",", ""))
    rest = re.sub(r"^[余多几\s]+", "", token[match.end() :])
    word = next((w for w in MULTIPLIERS if rest.startswith(w)), "")
    unit = re.sub(rf"[余多几]|以上|左右|[{re.escape(BRACKETS)}]", "", rest[len(word) :])
    if match["denominator"]:
        denominator = int(match["denominator"])
        if not denominator:
            raise PrintedError(f"{token!r} divides by zero")
        return Printed(100 * value / denominator, 1, qualifier, unit, denominator)
    return Printed(value, MULTIPLIERS.get(word, 1), qualifier, unit)


def _parse_words(token: str) -> int:
    """Value of a number given in words: 第三大, 两批, 十几个, 三千家, 最大."""
    if any(word in token for word in FIRST):
        return 1
    match = WORDS.search(token)
    if not match:
        raise PrintedError(f"no number in {token!r}")
    total = digit = 0
    for sign in match[0]:
        if sign in POWERS:
            total, digit = total + (digit or 1) * POWERS[sign], 0
        else:
            digit = NUMERALS[sign]
    return total + digit


@cache
def split_unit(unit: str) -> tuple[int, str]:
    """Multiplier and base unit: `亿元` gives (100000000, `元`), `家` gives (1, `家`)."""
    for word, multiplier in MULTIPLIERS.items():
        if unit.startswith(word) and len(unit) > len(word):
            return multiplier, unit[len(word) :]
    return 1, unit


def multiplier_word(multiplier: int) -> str:
    """Chinese word of a multiplier: 万, 亿, 万亿, or nothing for 1."""
    return next((word for word, value in MULTIPLIERS.items() if value == multiplier and not word.isascii()), "")


def zeros(multiplier: int) -> int:
    """Zeros of a power of ten."""
    return len(str(multiplier)) - 1
