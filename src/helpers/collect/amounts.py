"""A cell of a collected sheet as a printed number: digits, unit, qualifier; or no value; or a sentence on what is wrong."""

import re
from typing import NamedTuple

from helpers.collect.sheets import FORMULA_WITHOUT_RESULT, Cell, write_number
from helpers.numbers import format, token
from helpers.numbers.spelling import is_error, is_missing

# Words of the column of qualifiers, and what each means; the first of each kind stands for it where no word was given.
QUALIFIER_WORDS = {
    "精确": "exact", "约": "about", "左右": "about", "超": "over", "超过": "over", "突破": "over", "余": "over",
    "多": "over", "以上": "over", "近": "under", "不足": "under",
}  # fmt: skip
CODES = ("exact", "about", "over", "under")
MULTIPLIERS = "|".join(word for word in token.MULTIPLIERS if not word.isascii())
RISES = ("增长", "上升", "提高", "增加")  # a change that goes without its sign, as token.REDUCTIONS
AMOUNT = re.compile(
    rf"(?P<change>{'|'.join((*RISES, *token.REDUCTIONS))})?"
    r"(?P<before>[>≥<≤]|大约|约|超过|超|突破|接近|近|不足)?(?P<sign>[-−－+]?)(?P<digits>\d[\d,]*(?:\.\d+)?)(?P<odd>[余多]?)"
    rf"(?P<word>{MULTIPLIERS})?(?P<more>[余多]?)(?P<unit>[^\d,.+\-]*?(?:/\d*[^\d,.+\-]+?)?)(?P<after>以上|左右)?"
)
GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")


class Amount(NamedTuple):
    """A number as the data writes it: digits, unit, qualifier, and the cell as it stands, with the unit."""

    value: str
    unit: str
    qualifier: str
    printed: str


class CellError(ValueError):
    """A cell that cannot be read; the message says what to write."""


def read(cell: Cell, unit: str, word: str = "") -> Amount | None:
    """The number of a cell, `None` where it says that there is none.

    unit: of its row or column, empty where none is named; word: of the column of qualifiers. Raises CellError.
    """
    text = cell.text
    if text == f"#{FORMULA_WITHOUT_RESULT}":
        raise CellError("the formula has no result; open the workbook in Excel, and save it")
    if is_error(text):
        raise CellError(f"the cell holds the error {text}; write the number, or leave the cell empty")
    if isinstance(cell.value, bool) or cell.is_date:
        raise CellError(f"{text!r} is no number; write a number, or leave the cell empty")
    if is_missing(text):
        return None
    qualifier = _read_word(word)
    if cell.is_number:
        digits, unit = _write_digits(cell, unit)
        return _compose(digits, unit, qualifier, word)
    return _read_text(text, unit, qualifier, word)


def _read_word(word: str) -> str:
    """Qualifier that the column of qualifiers names: a code, or a word; exact where it is empty."""
    if not word:
        return "exact"
    if word in CODES:
        return word
    if word not in QUALIFIER_WORDS:
        known = ", ".join(QUALIFIER_WORDS)
        raise CellError(f"the qualifier {word!r} is not known; write one of {known}")
    return QUALIFIER_WORDS[word]


def _write_digits(cell: Cell, unit: str) -> tuple[str, str]:
    """Digits and unit of a number, with the decimals that its format shows at least; 21.6% is kept as 0.216 by Excel."""
    form = cell.form.split(";")[0]
    value = cell.value
    if "%" in form:
        if unit not in ("", "%"):
            raise CellError(f"the cell is a percentage, and its unit is {unit}; write the number in {unit}")
        unit, value = "%", float(write_number(value * 100))
    shown = re.search(r"0\.(0+)(?![^\"]*\"$)", form)
    digits = write_number(value)
    missing = (len(shown[1]) if shown else 0) - len(digits.partition(".")[2])
    if missing > 0:
        digits = f"{digits}{'' if '.' in digits else '.'}{'0' * missing}"
    return digits, unit


def _compose(digits: str, unit: str, qualifier: str, word: str) -> Amount:
    """A number whose qualifier stands in a column of its own; the word goes where it belongs: 超3000家, 3000余家."""
    if not unit:
        raise CellError(f"{digits} has no unit; name it in a column, behind the name of the indicator, or in the cell")
    if qualifier == "exact" or word in CODES:
        return Amount(digits, unit, qualifier, f"{digits}{unit}")
    _, base = token.split_unit(unit)
    printed = format.qualified(f"{digits}{unit[: len(unit) - len(base)]}", base, word)
    return Amount(digits, unit, qualifier, printed)


def _read_text(text: str, unit: str, qualifier: str, word: str) -> Amount:
    """The number of a text such as `约1.2万家`."""
    text = re.sub(r"\s+", "", text).strip(token.BRACKETS)
    match = AMOUNT.fullmatch(text)
    if not match or ("," in match["digits"] and not GROUPED.fullmatch(match["digits"])):
        raise CellError(f"{text!r} is no number; write digits such as 3000 or 12.5, or leave the cell empty")
    own = (match["word"] or "") + match["unit"]
    unit, more = _join_units(text, own, match["word"] or "", unit)
    sign = match["sign"].replace("−", "-").replace("－", "-").replace("+", "")
    if sign and match["change"]:
        raise CellError(f"{text!r} has a sign behind {match['change']}; write one of the two")
    digits = ("-" if match["change"] in token.REDUCTIONS else sign) + match["digits"].replace(",", "")
    words = [match[name] for name in ("before", "odd", "more", "after") if match[name]]
    if len(words) > 1 or (words and word):
        raise CellError(f"{text!r} has two qualifiers; write one, in the cell or in its own column")
    if not words:
        amount = _compose(digits, unit, qualifier, word)
        return amount if word else amount._replace(printed=f"{match[0]}{more}")
    end = match["after"] or ""
    printed = f"{text.removesuffix(end)}{more}{end}"
    return Amount(digits, unit, token.parse(printed).qualifier.name, printed)


def _join_units(text: str, own: str, word: str, unit: str) -> tuple[str, str]:
    """Unit of a text, and what has to be added behind the text for it; own: what the text says, unit: its row's."""
    if not own:
        if not unit:
            raise CellError(
                f"{text!r} has no unit; name it in a column, behind the name of the indicator, or in the cell"
            )
        return unit, unit
    if own == word:  # 1.2万, and the row says of what
        multiplier, base = token.split_unit(unit)
        if not unit or multiplier not in (1, token.MULTIPLIERS[word]):
            raise CellError(f"{text!r} and the unit {unit or 'of its row'!r} do not fit; write the number in one unit")
        return word + base, base
    if unit and token.split_unit(unit)[1] != token.split_unit(own)[1]:
        raise CellError(f"{text!r} is not in {unit}, which its row or column names; write one unit")
    return own, ""
