"""The names that papermill sets in a Python notebook, checked before a kernel is started.

Papermill pastes names into a cell as they are given, so that a name may hold code, or replace what the notebook and the shell
themselves need. papermill calls this translator in place of its own, for every notebook of this environment: it is
registered when papermill loads the engine `fork`, as papermill has no entry point for translators.
"""

import keyword

from click import ClickException
from papermill.translators import PythonTranslator

from helpers.errors import UserError

NEEDED = frozenset(
    ("In", "Out", "exit", "get_ipython", "globals", "quit")
)  # by the shell, and by what opens a notebook


class NameOfParameterError(UserError, ClickException):
    """A name that cannot be set; the command papermill shows its sentence alone."""

    exit_code = 2

    def __init__(self, message: str):
        UserError.__init__(self, message)
        self.message = str(self)


class NameCheckingTranslator(PythonTranslator):
    """The translator."""

    @classmethod
    def codify(cls, parameters: dict, comment: str = "Parameters") -> str:
        """Source of the cell that sets some parameters; called by papermill. Raises NameOfParameterError."""
        for name in parameters:
            if not (isinstance(name, str) and name.isidentifier()) or keyword.iskeyword(name):
                raise NameOfParameterError(f"the parameter {name!r} is no name; expected one such as year.")
            if name in NEEDED or name.startswith("__"):
                raise NameOfParameterError(f"the parameter {name!r} would replace what Python itself needs; rename it.")
        return super().codify(parameters, comment)
