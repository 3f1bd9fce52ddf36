"""What each notebook holds: one object with the frames of its view, and a method per table or picture.

A class is imported when it is asked for: who selects views draws nothing, and needs no matplotlib. What imports say on
standard error, such as that some folder cannot be written, would be an output of the notebook, and is left out.
"""

import contextlib
import io
from importlib import import_module

MODULES = {
    "Audit": "findings",
    "Chapter": "chapter",
    "Indicator": "indicator",
    "Outlook": "outlook",
    "Overview": "overview",
}


def __getattr__(name: str):
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with contextlib.redirect_stderr(io.StringIO()):
        return getattr(import_module(f"{__name__}.{MODULES[name]}"), name)
