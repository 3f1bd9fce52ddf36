"""Digits with which a figure and the ends of its range are written."""

import math
import re
from decimal import Decimal

import numpy as np
import pandas as pd

from helpers.numbers.format import compact_digits

FRACTION = re.compile(r"\d+/\d+")  # as a report may print a share


def is_fraction(row: dict | pd.Series) -> bool:
    return bool(FRACTION.fullmatch(row["printed"]))


def is_printed_fraction(row: dict | pd.Series) -> bool:
    """Is a figure shown as the fraction that was printed? 2/3 is no 66.67 %."""
    return row["form"] == "printed" and is_fraction(row)


def round_outward(lower: float, upper: float, step: float) -> tuple[float, float]:
    """Ends of a range at multiples of a step, so that the written range leaves nothing out; an open end stays open."""
    ends = []
    for end, rounding in ((lower, math.floor), (upper, math.ceil)):
        steps = end / step
        if np.isfinite(steps):  # what arithmetic leaves behind the last digit is no part of the range
            near = round(steps)
            end = (near if math.isclose(steps, near, rel_tol=1e-9, abs_tol=1e-6) else rounding(steps)) * step
        ends.append(end)
    return ends[0], ends[1]


def round_ends(row: dict | pd.Series) -> tuple[float, float]:
    """Ends of the range of a figure in base units, at the last digit with which they are written."""
    return round_outward(*list_ends(row), row["multiplier"] * 10.0 ** -find_end_decimals(row))


def refine(row: dict | pd.Series) -> int:
    """Decimals for ends that need one more than their number; a printed fraction has no last digit."""
    return 1 if is_fraction(row) else int(row["decimals"]) + 1


def list_ends(row: dict | pd.Series) -> tuple[float, float]:
    """Ends of the range of a figure in base units, of a view or of the package."""
    return row.get("base_lower", row["lower"]), row.get("base_upper", row["upper"])


def find_end_decimals(row: dict | pd.Series) -> int:
    """Decimals for the ends of a figure's range: those of its number, or one more where rounding needs it.

    Ends that were computed have no last digit, and are written as finely as their number.
    """
    scaled = [end / row["multiplier"] * 10 ** row["decimals"] for end in list_ends(row) if np.isfinite(end)]
    whole, tenths = (all(math.isclose(n * end, round(n * end), abs_tol=1e-6) for end in scaled) for n in (1, 10))
    rounded = row["form"] != "derived" and not whole and (tenths or is_fraction(row))
    return refine(row) if rounded else int(row["decimals"])


def round_value(row: dict | pd.Series, language: str, field: str = "value") -> float:
    """Value of a view's figure, or an end of its range, rounded to the digits that are shown; missing where it is open."""
    if not np.isfinite(value := row[field]):
        return np.nan
    decimals = int(row["decimals"])
    if field != "value":
        decimals, end = find_end_decimals(row), round_ends(row)[field == "upper"]
        value = end / row["multiplier"] if language == "zh" else end
    digits = decimals if language == "zh" else compact_digits(value, decimals, row["multiplier"])
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits)))
