"""How spreadsheets and their writers spell periods and missing values, and what the data writes instead.

Nothing here decides that a cell is good: `period.parse` and `token.parse` do. This module names what was probably meant.
"""

import re
import unicodedata
from datetime import date, timedelta

MISSING = {
    "", "-", "--", "---", "—", "——", "–", "―", "…", "……", "...", "......", "..", ".", "/", "\\", "*", "x",
    "n.a.", "n.a", "n/a", "na", "nan", "nil", "null", "none", "#n/a", "not available", "no data",
    "暂无", "暂无数据", "无", "无数据", "缺", "缺失", "空", "未统计", "不详", "未知", "待定", "未公布", "尚未公布",
}  # fmt: skip
ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#N/A", "#SPILL!", "#CALC!", "#GETTING_DATA")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS_OF_PART = {"1-3": "Q1", "4-6": "Q2", "7-9": "Q3", "10-12": "Q4", "1-6": "H1", "7-12": "H2", "1-12": ""}
PARTS = {"上半年": "H1", "下半年": "H2", "一季度": "Q1", "二季度": "Q2", "三季度": "Q3", "四季度": "Q4"}
EPOCH = date(1899, 12, 30)  # day 0 of Excel's calendar, for days from March 1900 on
SERIALS = range(32874, 73051)  # days of the years 1990 to 2099, as Excel counts them
FIRST_YEAR, LAST_YEAR = 1900, 2199


def fold(text: str) -> str:
    """A text with full-width signs made half-width and all digits 0 to 9, without blanks at its ends."""
    text = unicodedata.normalize("NFKC", text).replace("\u2026", "…").strip()
    return text if text.isascii() else "".join(str(unicodedata.decimal(sign, sign)) for sign in text)


def is_missing(text: str) -> bool:
    """Does a cell say that there is no value?"""
    return text.strip() in MISSING or fold(text).lower() in MISSING


def is_error(text: str) -> bool:
    """Does a cell hold an error of a spreadsheet, such as `#REF!`?"""
    return fold(text).upper() in ERRORS


def read_period(text: str) -> str:
    """Period that a text means, as the data writes it: `2018年6月` gives `2018-06`; nothing where it means none."""
    text = re.sub(r"\s+", " ", fold(text))
    for pattern, write in PATTERNS:
        if match := pattern.fullmatch(text):
            return write(match)
    return ""


def read_date(day: date) -> str:
    """Month of a date: Excel makes 2018-06-01 of 2018-06."""
    return f"{day.year}-{day.month:02}"


def _write_month(year: str, month: str) -> str:
    return f"{year}-{int(month):02}" if 1 <= int(month) <= 12 and FIRST_YEAR <= int(year) <= LAST_YEAR else ""


def _write_year(match: re.Match) -> str:
    return match["y"] if FIRST_YEAR <= int(match["y"]) <= LAST_YEAR else ""


def _write_named_month(match: re.Match) -> str:
    name = match["m"].lower()[:3]
    year = match["y"] if len(match["y"]) == 4 else f"20{match['y']}"
    return _write_month(year, str(MONTHS.index(name) + 1)) if name in MONTHS else ""


def _write_months(match: re.Match) -> str:
    """The months of a quarter, half or year; others have no period of their own."""
    part = MONTHS_OF_PART.get(f"{int(match['a'])}-{int(match['b'])}")
    return "" if part is None else match["y"] + part


def _write_serial(match: re.Match) -> str:
    day = read_serial(match[0])
    return read_date(day) if day else ""


def read_serial(text: str) -> date | None:
    """The day that a number of Excel's calendar means, such as `43252` or `43252.0`; None for another text or number."""
    days = int(text.partition(".")[0]) if re.fullmatch(r"[0-9]{5}(\.0)?", text) else 0
    return EPOCH + timedelta(days=days) if days in SERIALS else None


PATTERNS = [
    (re.compile(pattern, re.IGNORECASE), write)
    for pattern, write in (
        (r"(?P<y>\d{4})(\.0)?(年|年度|年末|年底|年全年)?", _write_year),
        (r"FY ?(?P<y>\d{4})|(end of|year) (?P<z>\d{4})", lambda match: match["y"] or match["z"]),
        (r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})月?(末|底|份)?", lambda match: _write_month(match["y"], match["m"])),
        (r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](\d{1,2})日?( 00:00:00)?",
         lambda match: _write_month(match["y"], match["m"])),
        (r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})", lambda match: _write_month(match["y"], match["m"])),
        (r"(\d{1,2}[-./ ])?(?P<m>[a-z]{3,9})[-./ ']*(?P<y>\d{4}|\d{2})", _write_named_month),
        (r"(?P<y>\d{4})年?-?第?(?P<p>上半年|下半年|[一二三四]季度)(末|底)?", lambda match: match["y"] + PARTS[match["p"]]),
        (r"(?P<y>\d{4})[-/ 年]?(?P<p>H[12]|Q[1-4])", lambda match: match["y"] + match["p"].upper()),
        (r"(?P<p>H[12]|Q[1-4])[-/ ]?(?P<y>\d{4})", lambda match: match["y"] + match["p"].upper()),
        (r"(?P<a>\d{4})年?(至|到|—|–|~|/)(?P<b>\d{4})年?", lambda match: f"{match['a']}/{match['b']}"),
        (r"(?P<y>\d{4})年?(?P<a>\d{1,2})月?[-—–~至到](?P<b>\d{1,2})月(份|末|底)?", _write_months),
        (r"\d{5}(\.0)?", _write_serial),
    )
]  # fmt: skip
