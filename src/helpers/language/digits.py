"""Digits with which the ends of a figure's range are written."""

import math
import re

import numpy as np
import pandas as pd

FRACTION = re.compile(r"\d+/\d+")  # as a report may print a share


def is_fraction(row: dict | pd.Series) -> bool:
    return bool(FRACTION.fullmatch(row["printed"]))


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
