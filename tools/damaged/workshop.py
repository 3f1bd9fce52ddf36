"""What inputs of several kinds need: a good package, a folder with pages of it, the command line in this process."""

import atexit
import json
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import chdir
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import mock

from helpers import paths

SMALL = paths.ROOT / "examples" / "national-13th-plan"
OWN = ("own", "second")  # notebooks that are added to a copy of it, and are executed
LONGEST_LINE = 2000  # characters of a message


@dataclass(frozen=True)
class Workshop:
    """A copy of a good package with two small notebooks of an analyst's own, and a folder with their pages, all fresh."""

    folder: Path

    @property
    def package(self) -> Path:
        return self.folder / "package"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def ask(self, notebooks: Sequence[str] = OWN) -> list[str]:
        """Options of `evaluate run` and `evaluate list` that ask for some notebooks, but for `--out`."""
        return ["--data", str(self.package), "--years", "2018", "--languages", "en", "--notebooks", ",".join(notebooks)]


@cache
def lay_out() -> Workshop:
    """The workshop of this process, where nothing was executed yet."""
    folder = Path(tempfile.mkdtemp(prefix="workshop-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(SMALL, folder / "package")
    for name in OWN:
        write_notebook(folder / "package" / "notebooks" / f"{name}.ipynb", make_notebook("print(year, 1 < 2)", name))
    return Workshop(folder)


@cache
def open_workshop() -> Workshop:
    """The workshop of this process; its pages are to be read only."""
    workshop = lay_out()
    end = evaluate(["run", *workshop.ask(), "--out", str(workshop.out), "--jobs", "1"])
    assert end.code == 0, end.err
    return workshop


def copy_pages(folder: Path) -> Path:
    """A copy of the folder with the pages of the workshop."""
    return shutil.copytree(open_workshop().out, folder)


def make_notebook(code: str, title: str) -> dict:
    """A notebook with a title, a parameter and a cell of code."""
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": f"# {title}"},
        {"cell_type": "code", "id": "b", "metadata": {"tags": ["parameters"]}, "source": "year: int = 2018"},
        {"cell_type": "code", "id": "c", "metadata": {}, "source": code},
    ]
    cells = [cell | ({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}) for cell in cells]
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}


def write_notebook(file: Path, content: object) -> None:
    file.write_text(json.dumps(content), encoding="utf-8")


@dataclass(frozen=True)
class End:
    """How a command ended: its exit code, what it printed, and what it said on standard error, but for its bars."""

    code: int
    out: str
    err: str


def evaluate(arguments: Sequence[str], folder: Path | None = None) -> End:
    """Do `evaluate` with some arguments in this process, in a folder, with a home of its own; what is asked is denied.

    Raises whatever no sentence was made of, and AssertionError for lines that no one can read.
    """
    from click.testing import CliRunner

    from helpers.cli import request, verbs

    make, own = request.Package, str(lay_out().package)

    def make_once(data: str = "") -> request.Package:
        return _keep_package(make, data) if data == own else make(data)

    environment = {"EVALUATE_TRACEBACK": "1", "HOME": str(lay_out().folder)}  # the same for all, as kernels are
    with (
        chdir(folder or Path.cwd()),
        mock.patch.dict(os.environ, environment),
        mock.patch.object(request, "Package", make_once),
    ):
        result = CliRunner().invoke(verbs.main, [*arguments], input="n\n")
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    lines = [line for line in re.split(r"[\r\n]+", result.stderr) if line and "%|" not in line and "?run/s" not in line]
    assert max(map(len, lines), default=0) <= LONGEST_LINE, f"an endless line: {max(lines, key=len)[:200]}"
    return End(result.exit_code, result.stdout, "\n".join(lines))


@cache
def _keep_package(make, data: str):
    """The package of the workshop, which is read once."""
    return make(data)
