"""Periods as the data writes them: `2017`, `2018H1`, `2018Q1`, `2018-06`, `2016/2018` (from/to).

A stock of a month stands at some time in it, one of a December at the end of the year.
"""

import re
from functools import cache
from typing import NamedTuple

POINT = r"(?P<year{0}>[0-9]{{4}})(?:(?P<part{0}>H[12]|Q[1-4])|-(?P<month{0}>0[1-9]|1[0-2]))?"
PATTERN = re.compile(rf"{POINT.format('')}(?:/{POINT.format('_to')})?")
SYNTAX = "2017, 2018H1, 2018Q1, 2018-06, 2016/2018 or nothing"

Month = tuple[int, int]  # year, month


class Period(NamedTuple):
    """First and last month of a period, and what follows its last year in writing (`H1`, `Q3`, `-06` or nothing)."""

    first: Month
    last: Month
    part: str

    @property
    def ends_year(self) -> bool:
        """Does a stock at its end stand for that year?"""
        return self.last[1] == 12

    @property
    def spans_years(self) -> bool:
        """Does it begin in an earlier year than it ends?"""
        return self.first[0] < self.last[0]

    @property
    def is_year(self) -> bool:
        """Does a flow over it stand for that year?"""
        return self.first == (self.last[0], 1) and self.last[1] == 12


@cache
def parse(text: str) -> Period | None:
    """Period of a text; `None` for an empty one. Raises ValueError for any other text."""
    if not text:
        return None
    match = PATTERN.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no period; expected {SYNTAX}")
    end = "_to" if match["year_to"] else ""
    part = match[f"part{end}"] or (f"-{match[f'month{end}']}" if match[f"month{end}"] else "")
    first, _ = _read_months(match, "")
    _, last = _read_months(match, end)
    if last < first:
        raise ValueError(f"{text!r} ends before it begins")
    return Period(first, last, part)


def _read_months(match: re.Match, end: str) -> tuple[Month, Month]:
    """First and last month of one point of a period."""
    year, part, month = int(match[f"year{end}"]), match[f"part{end}"], match[f"month{end}"]
    if month:
        return (year, int(month)), (year, int(month))
    if part:
        length = {"H": 6, "Q": 3}[part[0]]
        number = int(part[1])
        return (year, (number - 1) * length + 1), (year, number * length)
    return (year, 1), (year, 12)


def before(text: str) -> str:
    """Period that a growth rate or a change starts from: `2018H1` gives `2017H1`, `2016/2018` gives `2016`."""
    period = parse(text)
    if period is None:
        raise ValueError("an undated figure has no period before it")
    if "/" in text:
        return text.split("/")[0]
    return f"{period.last[0] - 1}{period.part}"


def opening(text: str) -> str:
    """Last point before a period: a stock there plus what is added in `2018H1` gives the stock at its end (`2017`)."""
    year, month = parse(text).first
    return str(year - 1) if month == 1 else f"{year}-{month - 1:02}"


def end(text: str) -> tuple[int, str]:
    """Year and part of the year at which a period ends; a year and its December end together."""
    period = parse(text)
    return period.last[0], "" if period.part == "-12" else period.part


def label(text: str, language: str, stock: bool = False) -> str:
    """Period as a reader expects it; a stock of a year stands at its end."""
    if "/" in text:
        points = text.split("/")
        first, last = (_name_point(part, language, ends=False) for part in points)
        if points[0][:4] == points[1][:4] and all(part[4:] for part in points):  # January to July of one year
            year = points[0][:4]
            first, last = first.removesuffix(f" {year}"), last.removeprefix(f"{year}年")
        return f"{first}至{last}" if language == "zh" else f"{first} to {last}"
    return _name_point(text, language, ends=True, stock=stock) if text else ""


def _name_point(text: str, language: str, ends: bool, stock: bool = False) -> str:
    """One point of a period; a December or a stock's year is named by its end when `ends` is set, no other month is."""
    _, (year, month), part = parse(text)
    zh = language == "zh"
    if part.startswith(("H", "Q")):
        number = int(part[1]) - 1
        return f"{year}年{PARTS_ZH[part[0]][number]}" if zh else f"{PARTS_EN[part[0]][number]} of {year}"
    if part and not (ends and part == "-12"):
        return f"{year}年{month}月" if zh else f"{MONTHS[month - 1]} {year}"
    name = f"{year}年" if zh else str(year)
    if not (ends and (stock or part)):
        return name
    return f"{name}底" if zh else f"end of {name}"


PARTS_ZH = {"H": ("上半年", "下半年"), "Q": ("一季度", "二季度", "三季度", "四季度")}
PARTS_EN = {
    "H": ("first half", "second half"),
    "Q": ("first quarter", "second quarter", "third quarter", "fourth quarter"),
}
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
