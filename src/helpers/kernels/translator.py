"""The names and values that papermill sets in a Python notebook, checked before a kernel is started.

Papermill pastes names into a cell as they are given, so that a name may hold code, or replace what the notebook and the shell
themselves need. papermill calls this translator in place of its own, for every notebook of this environment: it is
registered when papermill loads the engine `fork`, as papermill has no entry point for translators.
"""

import ast
import json
import keyword

from click import ClickException
from papermill.translators import PythonTranslator

from helpers.errors import UserError

NEEDED = frozenset(
    ("In", "Out", "exit", "get_ipython", "globals", "quit")
)  # by the shell, and by what opens a notebook


class ParameterError(UserError, ClickException):
    """A name or a value that cannot be set; the command papermill shows its sentence alone."""

    exit_code = 2

    def __init__(self, message: str):
        UserError.__init__(self, message)
        self.message = str(self)


class CheckingTranslator(PythonTranslator):
    """The translator."""

    @classmethod
    def codify(cls, parameters: dict, comment: str = "Parameters") -> str:
        """Source of the cell that sets some parameters; called by papermill. Raises ParameterError."""
        for name, value in parameters.items():
            if not (isinstance(name, str) and name.isidentifier()) or keyword.iskeyword(name):
                raise ParameterError(f"the parameter {name!r} is no name; expected one such as year.")
            if name in NEEDED or name.startswith("__"):
                raise ParameterError(f"the parameter {name!r} would replace what Python itself needs; rename it.")
            if not _can_be_written(value):
                what = "has a value that no notebook can hold"
                raise ParameterError(f"the parameter {name!r} {what}; expected a number, a text, or a list of them.")
        return super().codify(parameters, comment)


def _can_be_written(value: object) -> bool:
    """Can a file of JSON in UTF-8 hold a value, and a cell of Python?"""
    try:
        json.dumps(value, ensure_ascii=False).encode()
        ast.parse(PythonTranslator.translate(value))
    except (TypeError, ValueError, SyntaxError, RecursionError, MemoryError):
        return False
    return True
