"""Parameters: what papermill is given, and cells as it inserts them, in a real notebook of a package.

What papermill takes is executed here, cell by cell, as far as the cell that opens the notebook; a few by papermill too.
"""

import base64
import json
from collections.abc import Callable
from contextlib import chdir
from functools import cache, partial
from pathlib import Path
from random import Random
from types import SimpleNamespace
from unittest import mock

from damaged.values import CELLS, JSON
from damaged.workshop import LONGEST_LINE, SMALL

NOTEBOOKS = SMALL / "notebooks"  # which name their package from there
EXECUTED = 0.05  # of the inputs by papermill, with a kernel
REFUSED = ("ParameterError", "DataError", "UserError")
NAMES = (
    "year", "year", "language", "region", "data", "indicator", "Year", "yaer", "years", "In", "Out", "_", "__builtins__",
    "globals", "get_ipython", "exit", "print", "c", "o", "display", "a.b", "a[0]", "a b", "class", "None", "1", "", " ",
    "年",
    "ｙｅａｒ", "year ", "year\n", "year=1;x", 'open("x", "w");year', "%pwd", "!ls", "x" * 900, "\u202eyear", "type",
    "match",
)  # fmt: skip
GOOD = (
    "2018", "2016", "zh", "en", "100000", "330000", str(SMALL), "", "gdp", "0", "1.0", "1e3", "true", "None", "nan",
    "inf", "-5",
)  # fmt: skip
YAML = (
    "{%s: 2018-01-01}", "{%s: !!set {a, b}}", "{%s: !!binary aGVsbG8=}", "{%s: [2018]}",
    "{%s: {a: {b: [1, null, .nan]}}}",
    "{%s: .inf}", "{%s: 0x7E2}", "{%s: 2_018}", "{%s: 20:18}", '{%s: "a\\0b"}', '{%s: "\\uD800"}',
    '{%s: "\\u2028\\n\\"\'"}',
    "{%s: ~}", "{%s: yes}", "{%s: {1: a, 2: b}}", "{%s: " + "[" * 300 + "]" * 300 + "}",
)  # fmt: skip
PLAIN = (
    "year = 2018",
    "language = 'en'",
    "region = '100000'",
    "year = 2016",
    "",
    "# a comment",
    "data = ''",
    "region = 100000",
)
CODE = (
    "import os", "year += 1", "year = year", "year, language = 2018, 'zh'", "year: int = 2018", "del year",
    "year = len('a')",
    "def year(): pass", "(year := 2018)", "year = f'{1}'", "if True: year = 2018", "open", "year = [x for x in 'a']",
    "pass",
    "global year", "unknown = 1", "a.b = 1", "year = language = 2018", "year = 1 or 2", "'# Parameters'",
    "year = lambda: 1", "get_ipython", "year = float('1')", "year = {**{}}", "assert True", "try: pass\nfinally: pass",
    "globals()['year'] = 2017", "year = print", "@str\nclass year: pass",
    "year = {1}",
)  # fmt: skip


def try_parameters(random: Random, scratch: Path) -> str:
    """Names and values are refused in a sentence, or they are those that the opened notebook has."""
    name = random.choice([*list_notebooks()])
    if random.random() < 0.35:
        lines = random.choices(PLAIN, k=random.choice([0, 1, 1, 2]))
        lines.insert(random.randrange(len(lines) + 1), random.choice(CODE))
        end = open_notebook(name, "\n".join(["# Parameters", *lines, ""]))
        assert end == "refused", f"code was taken for parameters: {lines}"
        return end
    written = scratch / "out.ipynb"
    words = [word for _ in range(random.choice([1, 1, 2, 3])) for word in draw_words(random)]
    if not inject(name, written, words):
        return "refused"
    cell = next(cell for cell in json.loads(written.read_text(encoding="utf-8"))["cells"] if is_injected(cell))
    end = open_notebook(name, "".join(cell["source"]))
    if random.random() < EXECUTED:
        execute(written, end)
    return end


def draw_words(random: Random) -> list[str]:
    """Options of papermill that set a parameter."""
    name, how = random.choice(NAMES), random.choice(["-p", "-p", "-p", "-r", "-y", "-b"])
    if how in ("-p", "-r"):
        value = random.choice(CELLS if random.random() < 0.4 else GOOD)
        return [how, name, value]
    if how == "-b":
        return [how, base64.b64encode(json.dumps({name: random.choice(JSON)}).encode()).decode()]
    return [how, random.choice(YAML) % json.dumps(name)]


def inject(name: str, written: Path, words: list[str]) -> bool:
    """Have papermill insert its cell, and execute nothing; False where it refuses a parameter in a sentence."""
    from click.testing import CliRunner
    from papermill.cli import papermill

    source = NOTEBOOKS / f"{name}.ipynb"
    result = CliRunner().invoke(papermill, [str(source), str(written), "--prepare-only", "--no-progress-bar", *words])
    if result.exit_code == 0:
        return True
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    check_sentence(result.stderr.strip().splitlines()[-1])
    return False


def open_notebook(name: str, cell: str) -> str:
    """Execute the cells of a notebook until it is opened; cell: what papermill inserts behind its parameters."""
    from helpers.errors import UserError
    from helpers.package import tables

    namespace: dict = {
        "In": [""],
        "year": 2018,
        "a": SimpleNamespace(),
        "get_ipython": print,
    }  # names that odd cells use
    parameters, opening = list_notebooks()[name]
    with chdir(NOTEBOOKS), mock.patch.object(tables, "load", partial(keep_tables, tables.load)):
        try:
            for code in (parameters, cell, opening):
                namespace["In"].append(code)
                exec(compile(code, name, "exec"), namespace)
        except UserError as error:
            check_sentence(str(error))
            return "refused"
        except SyntaxError:  # Python refuses the cell by itself, before anything is executed
            return "refused"
    return "accepted"


def check_sentence(text: str) -> None:
    assert text, "an empty message"
    assert len(text) <= LONGEST_LINE, text[:300]
    assert "Traceback" not in text, text


def execute(written: Path, end: str) -> None:
    """Papermill executes a notebook to the same end."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    raised = ""
    try:
        papermill.execute_notebook(str(written), None, engine_name="fork", progress_bar=False, cwd=str(NOTEBOOKS))
    except PapermillExecutionError as error:
        raised = error.ename
    assert raised in REFUSED if end == "refused" else not raised, f"{end} here, and papermill: {raised or 'executed'}"


def is_injected(cell: dict) -> bool:
    return "injected-parameters" in cell["metadata"].get("tags", ())


@cache
def list_notebooks() -> dict[str, list[str]]:
    """The notebooks of a package by name: sources of their cell of parameters, and of the next one, which opens it."""
    notebooks = {}
    for file in sorted(NOTEBOOKS.glob("*.ipynb")):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        notebooks[file.stem] = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"][:2]
    return notebooks


@cache
def keep_tables(load: Callable, data: str = ""):
    """The tables of a package, read once."""
    return load(data)
