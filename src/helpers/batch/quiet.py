"""Imported ahead in the process that workers of a batch are forked from, so that it ends silently when the batch is killed.

A batch may be killed while it asks for a worker. Whoever reads the rest of that request, this process or the worker that it
has just forked, finds an early end, which Python would report with a traceback.
"""

import sys
from pickle import UnpicklingError

EARLY_END = (EOFError, UnpicklingError, ConnectionError)


def _report(kind: type[BaseException], error: BaseException, traceback) -> None:
    if not issubclass(kind, EARLY_END):
        sys.__excepthook__(kind, error, traceback)


sys.excepthook = _report
