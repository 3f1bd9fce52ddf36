"""What cells show, read back: executed here without a kernel, and parsed."""

import ast
import json

from bs4 import BeautifulSoup

from helpers import paths
from helpers.display.table import Parts
from helpers.runs import source
from helpers.runs.run import Run

CODE = {path.stem: source.code(source.cells(path)) for path in sorted(paths.NOTEBOOKS.glob("*.ipynb"))}


def outputs(thing) -> list[dict]:
    """Mime bundles of what a cell returns, one for each of its outputs; none for nothing."""
    if thing is None:
        return []
    return [part._repr_mimebundle_() for part in (thing.parts if isinstance(thing, Parts) else [thing])]


def html(thing) -> BeautifulSoup:
    """The HTML of all outputs of what a cell returns."""
    return BeautifulSoup("".join(output["text/html"] for output in outputs(thing)), "html.parser")


def plain(thing) -> str:
    """The text of all outputs of what a cell returns."""
    return "\n".join(output["text/plain"] for output in outputs(thing))


def executed(run: Run) -> list[tuple[str, str]]:
    """Outputs of the code cells of a run's notebook in order, each after its source."""
    namespace, shown = {}, []
    for number, code in enumerate(CODE[run.notebook]):
        *statements, last = ast.parse(code).body
        returns = isinstance(last, ast.Expr)
        exec(compile(ast.Module(statements if returns else [*statements, last], []), run.name, "exec"), namespace)
        if returns:
            thing = eval(compile(ast.Expression(last.value), run.name, "eval"), namespace)
            content = [thing.to_html()] if hasattr(thing, "to_html") else outputs(thing)
            shown.append((code, json.dumps(content, ensure_ascii=False, sort_keys=True)))
        if number == 0:
            namespace |= run.parameters
    return shown
