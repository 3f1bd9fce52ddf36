"""What the server of warm kernels does after its imports: it uses once what notebooks use.

Code that has run is faster, and what a library makes at its first use is there: a forked process finds both. Nothing of it is
shown or kept, and no code of a notebook is run.
"""

import contextlib
import inspect
import io
from collections.abc import Iterator
from functools import partial

import nbformat

from helpers.evaluation import values
from helpers.package import tables
from helpers.pages import render
from helpers.views import Chapter, Indicator, select
from helpers.views.notebook import Notebook
from helpers.views.view import from_bytes, to_bytes


def list_steps() -> Iterator[None]:
    """Compile what pages need, and show what the notebooks of a chapter and of an indicator can show.

    They use nearly all that the others use. Called by the server between requests, which may wait for a step: each is short.
    """
    nbformat.validate(nbformat.v4.new_notebook())  # which compiles the schema
    render.compile_templates()
    yield
    package = tables.load()
    yield
    selector, plan = select.Selector(package), package.plan
    selector.findings  # noqa: B018 (the audit, which takes longest)
    yield
    chapter = package.chapters.loc[package.sections["chapter"].mode().iloc[0], "notebook"]  # that of most sections
    view = selector.view(Chapter._KIND, chapter, "zh", plan.region)
    yield
    yield from _show_all(Chapter(view, chapter, package.main_year))
    for indicator in values.list_indicators(package)[plan.region][:1]:
        for language in ("zh", "en"):
            held = selector.view_indicator("indicator", language, plan.region, indicator)
            yield from _show_all(Indicator(from_bytes(to_bytes(held)), "indicator"))


def _show_all(notebook: Notebook) -> Iterator[None]:
    """Call every method that needs nothing, and that for each section, and have what each returns formatted."""
    from IPython.core.formatters import DisplayFormatter

    formatter = DisplayFormatter()
    calls = [partial(notebook.section, section) for section in getattr(notebook, "sections", ())]
    for name, method in inspect.getmembers(type(notebook), inspect.isfunction):
        needed = [value for value in inspect.signature(method).parameters.values() if value.default is value.empty]
        if not name.startswith("_") and len(needed) == 1:
            calls.append(partial(method, notebook))
    for call in calls:
        with contextlib.redirect_stdout(io.StringIO()):
            formatter.format(call())
        yield
