"""A frame of the analyst's own, as a table of the page: what names its rows is a column, and each column has a name."""

from collections.abc import Callable

import pandas as pd

from helpers.display.table import Column
from helpers.errors import UserError
from helpers.views.context import Context

KEYS = ("figure", "platform")  # index of a view's frames, which names rows for programs
MOST_DIGITS = 2  # after the point, of a number that is no completion


def as_frame(selection: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """A selection with its index as its first columns, unless that only numbers the rows or holds a view's keys.

    The frame of a grouping, a count or `describe` loses the names of its rows otherwise. The levels of a heading make one
    name. Raises UserError for what is no frame, and where two columns have the same name.

    >>> as_frame(c.figures.groupby("section")["value"].count())
    """
    if not isinstance(selection, pd.DataFrame | pd.Series):
        raise UserError(f"a table shows a DataFrame or a Series of pandas, and not a {type(selection).__name__}.")
    frame = pd.DataFrame(selection)
    if isinstance(frame.columns, pd.MultiIndex):
        frame = frame.set_axis([" ".join(map(str, name)).strip() for name in frame.columns], axis="columns")
    levels = [level for level, name in enumerate(frame.index.names) if _names_rows(frame.index, level, name)]
    for level in reversed(levels):
        name = frame.index.names[level]
        frame.insert(0, "index" if name is None else name, frame.index.get_level_values(level), allow_duplicates=True)
    if repeated := sorted({str(name) for name in frame.columns[frame.columns.duplicated()]}):
        raise UserError(f"the frame has several columns named {', '.join(repeated)}; give each a name of its own.")
    return frame.reset_index(drop=True) if levels else frame


def _names_rows(index: pd.Index, level: int, name: object) -> bool:
    if name is None:
        return not pd.api.types.is_integer_dtype(index.get_level_values(level))
    return name not in KEYS


def name_columns(context: Context, frame: pd.DataFrame) -> list[Column]:
    """Columns for any frame: headings in the notebook's language where the dictionary of labels has them."""
    labels = context.words.column("labels", context.language)
    named = {"source": "locator"}  # a figure's source may be a formula
    headings = {name: labels.get(f"column.{named.get(name, name)}", str(name)) for name in frame.columns}
    return [
        Column({name: heading}, heading, _write_cell(context, name), _kind(frame[name]))
        for name, heading in headings.items()
    ]


def round_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """The numbers of a frame as its table writes them."""
    numbers = frame.select_dtypes("float").columns
    return frame.round({name: 1 if "completion" in str(name) else MOST_DIGITS for name in numbers})


def _kind(values: pd.Series) -> str:
    return "number" if pd.api.types.is_numeric_dtype(values) else ""


def _write_cell(context: Context, name: object) -> Callable[[dict], str]:
    """Writes a cell of a column that is none of a figure's: a number with the digits it has, nothing for a gap."""

    def write(row: dict) -> str:
        value = row[name]
        if isinstance(value, tuple | list):  # keys of figures
            return " ".join(map(str, value))
        if not isinstance(value, float):
            is_gap = pd.api.types.is_scalar(value) and pd.isna(value)
            return "" if is_gap else context.link_names(str(value))
        if pd.isna(value):
            return ""
        decimals = next((n for n in range(MOST_DIGITS) if value == round(value, n)), MOST_DIGITS)
        if "completion" in str(name):  # a computed one has one decimal in every table
            return context.words.format_percent(value, decimals if name == "completion_printed" else 1)
        return context.words.format_value({"base": value, "multiplier": 1, "decimals": decimals})

    return write
