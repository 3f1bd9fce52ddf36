"""What tab completion offers on the object of a notebook: few names, each with an example that can be copied."""

import ast
import inspect

import pytest

from helpers.views import Audit, Chapter, Outlook, Overview, select

KINDS = [
    ("chapter", "2-integration", Chapter),
    ("overview", "0-overview", Overview),
    ("audit", "6-audit", Audit),
    ("outlook", "7-outlook", Outlook),
]
each_kind = pytest.mark.parametrize(("kind", "name", "make"), KINDS, ids=[kind for kind, *_ in KINDS])


@pytest.fixture(scope="module")
def selector(package):
    return select.Selector(package)


def offered(notebook) -> list[str]:
    """Names that tab completion shows."""
    return [name for name in dir(notebook) if not name.startswith("_")]


@each_kind
def test_tab_completion_offers_at_most_thirty_names(selector, kind, name, make):
    assert len(offered(make(selector.view(kind, name, "zh", "330000")))) <= 30


@each_kind
def test_each_name_has_a_docstring_with_an_example(selector, kind, name, make):
    for attribute in offered(make(selector.view(kind, name, "zh", "330000"))):
        examples = [line.strip() for line in (inspect.getdoc(getattr(make, attribute)) or "").splitlines()]
        examples = [line.removeprefix(">>> ") for line in examples if line.startswith(">>> ")]
        assert examples, attribute
        for example in examples:
            assert attribute in {node.attr for node in ast.walk(ast.parse(example)) if isinstance(node, ast.Attribute)}


@each_kind
def test_each_example_runs(selector, kind, name, make):
    notebook = make(selector.view(kind, name, "zh", "330000"))
    for attribute in {*offered(notebook)} - {"open", "whole"}:  # they read a package themselves
        for line in inspect.getdoc(getattr(make, attribute)).splitlines():
            if line.startswith(">>> ") and line[4] == kind[0]:  # others inherit examples of a chapter
                eval(line[4:], {kind[0]: notebook})
