"""The parameters of a notebook, checked before any work: known names, right types, values that the data has.

Papermill pastes what it is given into a cell and only warns of a name that the notebook lacks, so the notebook itself
looks at that cell. In JupyterLab there is none, and whatever else the analyst has defined is left alone.
"""

import ast
import difflib
import sys
from collections.abc import Collection

from helpers.errors import UserError
from helpers.package.validity import Choices

INJECTED = "# Parameters"  # first line of the cell that papermill inserts
TYPES = {"indicator": str, "year": int, "language": str, "region": str, "data": str}
LANGUAGES = ("zh", "en")
EXAMPLES = {
    "indicator": "'industrial-robots'",
    "year": "2017",
    "language": "'zh'",
    "region": "'330000'",
    "data": "'data'",
}


class ParameterError(UserError):
    """A parameter that this notebook does not have, of a wrong type, or with a value that the data lacks."""


def read(notebook: str, names: tuple[str, ...], namespace: dict) -> dict:
    """Values of a notebook's parameters from its namespace (`globals()`). Raises ParameterError."""
    for name in injected(namespace):
        if name not in names:
            close = difflib.get_close_matches(name, names, 1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            raise ParameterError(f"unknown parameter {name!r}{hint}; the notebook {notebook} takes {', '.join(names)}.")
    values = {}
    for name in names:
        if name not in namespace:
            raise ParameterError(
                f"the parameter {name!r} is not set; run the cell tagged 'parameters' first, or set it to {EXAMPLES[name]}."
            )
        values[name] = _check_type(name, namespace[name])
    return values


def injected(namespace: dict) -> list[str]:
    """Names that papermill has set in this kernel, from the last cell it inserted.

    Raises ParameterError for anything else in that cell: papermill pastes names as they are given, code included.
    """
    cells = [cell for cell in _list_cells(namespace) if isinstance(cell, str) and cell.startswith(INJECTED)]
    names = []
    for statement in ast.parse(cells[-1]).body if cells else ():
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_literal(value):
                names.append(name)
            case _:
                what = f"the cell {INJECTED!r} does more than set a name to a value ({ast.unparse(statement)!r})"
                raise ParameterError(f"{what}; expected parameters such as year = {EXAMPLES['year']}.")
    return names


def _list_cells(namespace: dict) -> list:
    """Sources of the cells that were executed. The shell is asked, as a parameter may have taken the place of `In`."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    cells = (
        namespace.get("In")
        if shell is None or shell.user_ns is not namespace
        else shell.history_manager.input_hist_parsed
    )
    return cells if isinstance(cells, list) else []


def _is_literal(value: ast.expr) -> bool:
    """Is it what papermill writes for a value of YAML? Numbers that are none are calls, such as `float('nan')`."""
    match value:
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value="nan" | "inf" | "-inf")], keywords=[]):
            return True
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return all(map(_is_literal, parts))
        case ast.Dict(keys=keys, values=parts):
            return all(map(_is_literal, parts)) and all(isinstance(key, ast.Constant) for key in keys)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()) | ast.Constant():
            return True
    return False


def _check_type(name: str, value):
    if name == "region" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # `papermill -p region 330100` passes a number; a code never begins with 0
    if not isinstance(value, TYPES[name]) or isinstance(value, bool):
        kind = {int: "a whole number", str: "text"}[TYPES[name]]
        raise ParameterError(f"{name} is {value!r}, expected {kind} such as {EXAMPLES[name]}.")
    return value


def check(values: dict, choices: Choices) -> None:
    """Does the data offer these values? Raises ParameterError that lists what there is."""
    if values["language"] not in LANGUAGES:
        raise ParameterError(f"language is {values['language']!r}, expected one of {', '.join(map(repr, LANGUAGES))}.")
    if "year" in values and values["year"] not in choices.askable:
        years = ", ".join(map(str, choices.years))
        raise ParameterError(f"the data has nothing for the year {values['year']}; it has {years}.")
    if values["region"] not in choices.regions:
        known = ", ".join(difflib.get_close_matches(values["region"], choices.regions, 3) or choices.regions[:6])
        raise ParameterError(
            f"unknown region {values['region']!r}; regions.csv has {len(choices.regions)}, such as {known}."
        )


def check_indicator(indicator: str, known: Collection[str]) -> None:
    """Does the data have this indicator? Raises ParameterError that names the closest ones."""
    if indicator not in known:
        close = ", ".join(map(repr, difflib.get_close_matches(indicator, known, 3)))
        hint = f"did you mean {close}?" if close else "its keys are in the column `indicator`."
        raise ParameterError(f"unknown indicator {indicator!r}; indicators.csv has {len(known)}, {hint}")
