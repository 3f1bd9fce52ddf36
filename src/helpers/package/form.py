"""The form of single cells: what a key, a name, a text or a number may be written with, whatever its column.

Every function gives what is wrong, as the end of a sentence that begins with the file, row and column; nothing where the cell
is good. Cells are never changed.
"""

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from helpers.numbers import period, spelling

FREE = ("printed", "reading")  # columns that hold what a document prints, in whatever form
BLANK_ENDS = ("zh", "en")  # columns of labels, some of which stand beside other words
LONGEST = {"key": 100, "printed": 200, "reading": 200, "period": 40}  # characters; of any other text:
LONGEST_TEXT = 10_000
SHOWN = 80  # characters of a cell that a sentence repeats
SLUG = "[a-z0-9]+(-[a-z0-9]+)*"
PLAIN_FORMS = {  # of columns whose patterns are hard to read
    "period": period.SYNTAX, "published": "2018, 2018-02 or 2018-02-08", "accessed": "2018-02-08",
    "since": "2018 or 2018-02", "history": "2015:planned 2017:running",
}  # fmt: skip
PLAIN_PATTERNS = {  # of other columns
    SLUG: "high-tech-firms: letters a-z and digits, with - between words",
    f"([0-9]{{6}}|{SLUG})": "330000 or west-zone: six digits, or letters a-z and digits, with - between words",
    f"[0-9]{{1,3}}-{SLUG}": "2-integration: a number, -, and letters a-z",
    r"[0-9]{1,2}\.[0-9]{1,2}": "2.3", r"[^\s]+": "a.b: no blanks", r"https?://\S+": "https://www.zj.gov.cn/x",
}  # fmt: skip
DIGITS = 15  # of a number: as many as a float holds
LISTED = ("figure",)  # keys of which other cells hold several, separated by blanks
UNSEEN = ("Cc", "Zl", "Zp", "Cs")  # categories of characters that break a line or cannot be written
INTEGER = re.compile(r"0|-?[1-9][0-9]{0,8}")
THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
NUMBER = re.compile(r"(?!-0(?:\.0+)?$)-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 0?0:00(?::00)?)?")


def describe_pattern(column: str, pattern: str) -> str:
    """The form that a pattern demands, in words or by an example where it is one of the project's own."""
    return PLAIN_FORMS.get(column) or PLAIN_PATTERNS.get(pattern, pattern)


def show(cell: str) -> str:
    """A cell as a sentence repeats it: in quotes, cut where it is long, with escapes for what cannot be seen."""
    return repr(cell) if len(cell) <= SHOWN else f"{cell[:SHOWN]!r}…"


def judge_text(cell: str, column: str, is_key: bool) -> str:
    """What is wrong with the characters of a cell that is not empty; is_key: does it name a row?"""
    longest = LONGEST.get("key" if is_key else column, LONGEST_TEXT)
    if len(cell) > longest:
        return f"{show(cell)} has {len(cell)} characters; expected at most {longest}"
    if cell.isascii() and cell.isprintable():  # most are: nothing but blanks can be wrong
        return _judge_ends(cell, column) or _judge_blanks(cell, column, is_key)
    if any(map(_breaks_line, cell)):
        return f"{show(cell)} holds a line break or another control character; write it in one line"
    if column in FREE:
        return ""
    if what := _judge_ends(cell, column):
        return what
    if (composed := unicodedata.normalize("NFC", cell)) != cell:
        apart = "".join(f"\\u{ord(sign):04x}" if unicodedata.combining(sign) else sign for sign in cell[:SHOWN])
        return f"'{apart}' is not composed (Unicode NFC), so that it equals no other spelling; write {show(composed)}"
    if is_key and (sign := next(filter(_is_no_sign_of_keys, cell), "")):
        return f"{show(cell)} holds {sign!r}; a key has no invisible characters, and only the digits 0 to 9"
    if is_key and re.search("[A-Za-z]", cell) and (sign := next(filter(_resembles_latin, cell), "")):
        letter = unicodedata.name(sign).replace(" LETTER", "").lower()
        return f"{show(cell)} holds {sign!r} ({letter}) beside Latin letters; type the key again with letters a-z"
    return _judge_blanks(cell, column, is_key)


def _judge_blanks(cell: str, column: str, is_key: bool) -> str:
    if not is_key or column not in LISTED:
        return ""
    plain = "".join("-" if unicodedata.category(sign) == "Pd" else sign for sign in unicodedata.normalize("NFKC", cell))
    if plain != cell:
        return f"{show(cell)} holds a sign of another width or form; write {show(plain)}"
    if " " not in cell:
        return ""
    return f"{show(cell)} holds a blank, and evidence names keys between blanks; write {show(cell.replace(' ', '-'))}"


def _judge_ends(cell: str, column: str) -> str:
    body = cell.strip(" ") if column in BLANK_ENDS else cell
    if column in FREE or (body and not _is_invisible(body[0]) and not _is_invisible(body[-1])):
        return ""
    while body and _is_invisible(body[-1]):
        body = body[:-1]
    while body and _is_invisible(body[0]):
        body = body[1:]
    hint = f"write {show(body)}" if body else "leave it empty"
    return f"{show(cell)} begins or ends with a blank or an invisible character; {hint}"


def _is_invisible(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) == "Cf" or _is_blank_letter(sign)


def _is_blank_letter(sign: str) -> bool:
    """Letters and marks that are drawn as nothing: fillers of Korean, the Braille blank, selectors of variants."""
    return sign in "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0" or "\ufe00" <= sign <= "\ufe0f"


def _breaks_line(sign: str) -> bool:
    code = ord(sign)
    return unicodedata.category(sign) in UNSEEN or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _is_no_sign_of_keys(sign: str) -> bool:
    return sign != " " and (_is_invisible(sign) or (sign.isdecimal() and not sign.isascii()))


def _resembles_latin(sign: str) -> bool:
    """Letters of other alphabets, some of which are drawn as Latin ones are: Cyrillic Т is no T."""
    return unicodedata.name(sign, "").split(" ")[0] in ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")


def judge_integer(cell: str) -> str:
    if INTEGER.fullmatch(cell):
        return ""
    if re.fullmatch(r"-?[0-9]{10,}", cell):
        return f"{show(cell)} is too large; expected at most nine digits"
    whole = re.sub(r"\.0+$", "", cell)
    hint = f"; write {whole}" if whole != cell and INTEGER.fullmatch(whole) else advise_number(cell)
    return f"{show(cell)} is no integer{hint if '.' not in hint else ''}"


def judge_number(cell: str) -> str:
    if not NUMBER.fullmatch(cell):
        try:
            Decimal(cell)
        except InvalidOperation:
            wanted = "; expected digits and a decimal point" if any(map(str.isnumeric, cell)) else ""
            return f"{show(cell)} is no number{wanted}{advise_number(cell)}"
        return f"{show(cell)} is no plain number; expected digits and a decimal point{advise_number(cell)}"
    if sum(map(str.isdigit, cell)) > DIGITS:
        return f"{show(cell)} has too many digits; expected at most {DIGITS}"
    return ""


def advise_number(cell: str) -> str:
    """How a number is written that has other digits, signs, blanks or zeros before it; nothing where that is not sure."""
    plain = re.sub(r"[\s\u200b-\u200f\u2060\ufeff]", "", spelling.fold(cell)).replace("−", "-").removeprefix("+")
    plain = plain.replace(",", "") if THOUSANDS.fullmatch(plain) else plain.removesuffix("%")
    plain = re.sub(r"^(-?)0+(?=[0-9])", r"\1", re.sub(r"^(-?)(?=\.)", r"\g<1>0", plain).removesuffix("."))
    plain = re.sub(r"^-(?=0(?:\.0+)?$)", "", plain)
    return f"; write {plain}" if plain != cell and NUMBER.fullmatch(plain) else ""


def judge_date(cell: str) -> str:
    """A year, month or day in the form of ISO 8601 that exists."""
    try:
        date.fromisoformat(cell + "-01-01"[len(cell) - 4 :] if len(cell) < 10 else cell)
    except ValueError:
        return f"{show(cell)} is no date of the calendar"
    return ""


def judge_folder_address(address: str) -> str:
    """What is wrong with the address of a folder of pages; one that may hold a secret is not repeated."""
    if "@" in address:
        return "holds an @, before which a name and a password stand; leave them out (in a path, @ is %40)"
    if "?" in address or "#" in address:
        return "has a part behind ? or #, which no folder has; leave it out"
    if not re.fullmatch("[!-~]*", address) or set(address) & {*'"<>\\^`{|}'}:
        return f"is {show(address)}, which holds a blank or a sign that no address has; copy it from a browser"
    try:
        parts = urlsplit(address)
        known = parts.scheme in ("http", "https") and re.search("[A-Za-z0-9]", parts.hostname or "") and parts.port != 0
    except ValueError:
        known = False
    if not known:
        return (
            f"is {show(address)}; expected the http or https address of a folder, such as https://www.zj.gov.cn/plan/"
        )
    if re.search(r"\.html?$", parts.path):
        return f"is {show(address)}, which names a page; expected the address of its folder"
    return ""


def advise(column: str, cell: str, required: bool) -> str:
    """What to write instead of a cell that spreadsheets and tables spell otherwise; nothing where that is not known."""
    if column == "value" and not any(map(str.isnumeric, cell)):
        return "; leave the row out where there is no value"
    if spelling.is_missing(cell) or spelling.is_error(cell):
        return "" if required else "; leave the cell empty where there is nothing"
    if column in ("period", "since", "published", "accessed"):
        if column in ("published", "accessed") and (match := DAY.fullmatch(spelling.fold(cell))):
            return f"; write {int(match[1]):04}-{int(match[2]):02}-{int(match[3]):02}"
        if column in ("published", "accessed") and (day := spelling.read_serial(spelling.fold(cell))):
            return f"; write {day}"
        meant = spelling.read_period(cell)
        return f"; write {meant}" if meant and meant != cell else ""
    plain = spelling.fold(cell).lower()
    slug = plain if plain in ("true", "false") else re.sub(r"[\s_.-]+", "-", plain).strip("-")
    return f"; write {slug}" if slug != cell and re.fullmatch(f"(?=.*[a-z]){SLUG}", slug) else ""
