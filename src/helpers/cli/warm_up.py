"""What the server of warm kernels does after its imports: it uses once what notebooks use.

Code that has run is faster, and what a library makes at its first use is there: a forked process finds both. Nothing of it is
shown or kept, and no code of a notebook is run.
"""

import contextlib
import inspect
import io
from collections.abc import Iterator

from helpers.evaluation import values
from helpers.package import tables
from helpers.package.parameters import LANGUAGES
from helpers.views import Audit, Chapter, Indicator, Outlook, Overview, select
from helpers.views.notebook import Notebook
from helpers.views.view import from_bytes, to_bytes


def list_steps() -> Iterator[None]:
    """Show all that the notebooks of our own package can show, a notebook a step; called by the server between requests."""
    package = tables.load()
    yield
    selector = select.Selector(package)
    chapters = package.chapters["notebook"]
    for language in LANGUAGES:
        for kind, notebook in ((Overview, ""), *((Chapter, name) for name in chapters), (Audit, ""), (Outlook, "")):
            view = selector.view(kind._KIND, notebook, language, package.plan.region)
            with contextlib.redirect_stdout(io.StringIO()):
                _show_all(kind(view, notebook, package.main_year))
            yield
        with contextlib.redirect_stdout(io.StringIO()):
            for indicator in values.list_indicators(package)[package.plan.region][:1]:
                held = selector.view_indicator("indicator", language, package.plan.region, indicator)
                _show_all(Indicator(from_bytes(to_bytes(held)), "indicator"))
        yield


def _show_all(notebook: Notebook) -> None:
    """Call every method that needs nothing, and that for each section, and have what they return formatted."""
    from IPython.core.formatters import DisplayFormatter

    formatter = DisplayFormatter()
    for name, method in inspect.getmembers(type(notebook), inspect.isfunction):
        needed = [value for value in inspect.signature(method).parameters.values() if value.default is value.empty]
        if not name.startswith("_") and len(needed) == 1:
            formatter.format(method(notebook))
    for section in getattr(notebook, "sections", ()):
        formatter.format(notebook.section(section))
