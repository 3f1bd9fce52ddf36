"""What the server of warm kernels does after its imports: it uses once what notebooks use.

Code that has run is faster, and what a library makes at its first use is there: a forked process finds both. Nothing of it is
shown or kept, and no code of a notebook is run.
"""

import contextlib
import inspect
import io
from collections.abc import Iterator

import nbformat

from helpers import audit
from helpers.evaluation import values
from helpers.numbers import format
from helpers.package import tables
from helpers.package.parameters import LANGUAGES
from helpers.pages import render
from helpers.views import Indicator, select
from helpers.views.view import from_bytes, to_bytes


class _QuickSelector(select.Selector):
    """Selects views without findings, which take longer than all the rest."""

    findings = ()


def list_steps() -> Iterator[None]:
    """Compile what pages need, load how each language writes numbers, and show an indicator; then audit the package.

    Called by the server, the first step also while a batch waits for its workers. To show a chapter too, or an indicator in
    another language, was measured: no notebook gains from it.
    """
    nbformat.validate(nbformat.v4.new_notebook())  # which compiles the schema
    render.compile_templates()
    for language in LANGUAGES:
        format.number(0, 0, language)
    package = tables.load()
    region = package.plan.region
    for indicator in values.list_indicators(package)[region][:1]:
        view = _QuickSelector(package).view_indicator("indicator", "zh", region, indicator)
        _show_all(Indicator(from_bytes(to_bytes(view)), "indicator"))
    yield
    audit.audit(package)
    yield


def _show_all(notebook: Indicator) -> None:
    """Call every method that needs nothing, and have what it returns formatted."""
    from IPython.core.formatters import DisplayFormatter

    formatter = DisplayFormatter()
    for name, method in inspect.getmembers(type(notebook), inspect.isfunction):
        needed = [value for value in inspect.signature(method).parameters.values() if value.default is value.empty]
        if not name.startswith("_") and len(needed) == 1:
            with contextlib.redirect_stdout(io.StringIO()):
                formatter.format(method(notebook))
