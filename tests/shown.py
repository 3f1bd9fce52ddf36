"""What cells show, read back: executed here without a kernel, and parsed."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup

from helpers import paths
from helpers.display.html import Shown
from helpers.display.table import Parts
from helpers.package.tables import Tables
from helpers.runs import source
from helpers.runs.run import Run
from helpers.views import Audit, Chapter, Indicator, Outlook, Overview
from helpers.views.select import Selector
from helpers.views.view import View

CODE = {path.stem: source.select_code(source.read_cells(path)) for path in sorted(paths.NOTEBOOKS.glob("*.ipynb"))}
CHAPTERS = [name for name in CODE if name[0] in "12345"]
CJK = re.compile(r"[\u4e00-\u9fff]")


def outputs(thing) -> list[dict]:
    """Mime bundles of what a cell returns, one for each of its outputs; none for nothing."""
    if thing is None:
        return []
    if not isinstance(thing, Parts | Shown):
        return [{"text/html": thing._repr_html_() or "", "text/plain": repr(thing)}]
    return [part._repr_mimebundle_() for part in (thing.parts if isinstance(thing, Parts) else [thing])]


def html(thing) -> BeautifulSoup:
    """The HTML of all outputs of what a cell returns."""
    return BeautifulSoup("".join(output["text/html"] for output in outputs(thing)), "lxml")


def plain(thing) -> str:
    """The text of all outputs of what a cell returns."""
    return "\n".join(output["text/plain"] for output in outputs(thing))


def returned(run: Run) -> Iterator[tuple[str, Any]]:
    """Each code cell of a run's notebook that returns something, in order, with what it returns."""
    namespace = {}
    for number, code in enumerate(CODE[run.notebook]):
        *statements, last = ast.parse(code).body
        returns = isinstance(last, ast.Expr)
        exec(compile(ast.Module(statements if returns else [*statements, last], []), run.name, "exec"), namespace)
        if returns:
            yield code, eval(compile(ast.Expression(last.value), run.name, "eval"), namespace)
        if number == 0:
            namespace |= run.parameters


def executed(run: Run) -> list[tuple[str, str]]:
    """Outputs of the code cells of a run's notebook in order, each after its source."""
    return [(code, json.dumps(outputs(thing), ensure_ascii=False, sort_keys=True)) for code, thing in returned(run)]


def chinese_in(soup: BeautifulSoup) -> list[str]:
    """Chinese signs in HTML, but for titles that are marked as Chinese, which it loses."""
    for marked in soup.select("[lang|=zh]"):
        marked.decompose()
    return CJK.findall(soup.text)


class Opener:
    """Opens notebooks of a package in memory, in English and of the plan's own region."""

    def __init__(self, package: Tables):
        self._selector = Selector(package)
        self._views: dict[tuple, View] = {}

    def view(self, kind: str, name: str, language: str, region: str) -> View:
        key = kind, name, language, region
        if key not in self._views:
            self._views[key] = self._selector.view(*key)
        return self._views[key]

    def chapter(self, name="2-integration", language="en", year=2017, region="330000") -> Chapter:
        return Chapter(self.view("chapter", name, language, region), name, year)

    def indicator(self, indicator: str, language="en", region="330000") -> Indicator:
        return Indicator(self._selector.view_indicator("indicator", language, region, indicator), "indicator")

    def overview(self, year=2017, language="en", region="330000") -> Overview:
        return Overview(self.view("overview", "0-overview", language, region), "0-overview", year)

    def audit(self, language="en", region="330000") -> Audit:
        return Audit(self.view("audit", "6-audit", language, region), "6-audit")

    def outlook(self, language="en", region="330000") -> Outlook:
        return Outlook(self.view("outlook", "7-outlook", language, region), "7-outlook")
