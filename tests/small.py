"""Small notebooks and a small data package for tests of the batch, and the command `evaluate` over them.

`python tests/small.py SOURCES run --out OUT …` is the real command line, but for the folder of the notebooks and for what a
data package is: a text file a notebook.
"""

import contextlib
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import psutil

from helpers import paths
from helpers.batch import batch, destination, fingerprint, pool, record
from helpers.batch.batch import Batch, BatchResult, Event, Settings
from helpers.batch.execute import Inputs
from helpers.cli import console, request, verbs
from helpers.display.html import PAGE_FORM, PAGE_MIME
from helpers.kernels import address
from helpers.package import validity
from helpers.runs import run
from helpers.runs.run import Run

YEARS = [2016, 2017, 2018]
REGION = "330000"
TWO_YEARS = ["--years", "2016-2017", "--languages", "zh", "--jobs", "2"]  # options of `evaluate run`
ONE_YEAR = ["--years", "2017", "--languages", "zh", "--jobs", "2"]
BOTH = ["reads_2017_zh", "reads_2018_zh"]  # runs of the fixture `three`
ALL = ["across_zh", *BOTH]
PATIENCE = 300  # s until something that hangs is given up
MARK = "SMALL_MARK"  # environment variable: who started a process
BEGUN: list[subprocess.Popen] = []

# --- notebooks ---------------------------------------------------------------------------------------------------

PARAMETERS = 'year: int = 2017  # a year\nlanguage: str = "zh"  # a language\nregion: str = "330000"  # a region'
with Path(__file__).parents[1].joinpath("data", "labels.csv").open(encoding="utf-8", newline="") as labels:
    KEYS = [row["key"] for row in csv.DictReader(labels)]
WORDS = [key.removeprefix("page.") for key in KEYS if key.startswith("page.")]  # that a page needs
FACTS = {
    "form": PAGE_FORM, "plan": "a plan", "headline": "a headline", "headline_html": "a headline", "lead": "a lead",
    "lead_html": "a lead", "place": "", "banner": "",
    "region": {"name": "a region", "parent": ""},
    "main": False, "years": YEARS, "sections": [], "readings": [], "detail": "",
    "words": {word: word for word in WORDS},
}  # fmt: skip
OPENING = f"""\
from IPython.display import display
facts = {FACTS!r} | {{"language": language, "title": f"{{year}}", "short": "short"}}
display({{"{PAGE_MIME}": facts, "text/plain": "opening"}}, raw=True)"""
READS = "import os, pathlib\nprint(pathlib.Path(os.environ['SMALL_DATA'], 'rows.txt').read_text())"
PRINTS = "print(year, language, region)"
RAISES = "raise ValueError('first line\\nlast line')"
DIES = "import os\nos._exit(1)"
KILLS_THE_KERNEL = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
KILLS_THE_SERVER = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)"
KILLS_THE_WORKER = "import os, signal\nos.kill(int(os.environ['JPY_PARENT_PID']), signal.SIGKILL)"
NEVER_ENDS = "import time\nwhile True:\n    time.sleep(1)"


def counted(log: Path, name: str = "") -> str:
    """A cell that says in a file that it is executed; `executions` counts them."""
    return f"with open({str(log)!r}, 'a') as stream:\n    stream.write(f'{name}_{{year}}_{{language}}\\n')"


def executions(log: Path) -> Counter:
    return Counter(log.read_text().splitlines()) if log.is_file() else Counter()


def waits(for_file: Path, tells: Path | None = None) -> str:
    """A cell that ends when there is a file, and makes another one before."""
    begin = f"pathlib.Path({str(tells)!r}).touch()\n" if tells else ""
    return f"import pathlib, time\n{begin}while not pathlib.Path({str(for_file)!r}).exists():\n    time.sleep(0.01)"


def once(marker: Path, cell: str) -> str:
    """A cell that does something the first time only."""
    body = cell.replace("\n", "\n    ")
    return (
        f"import pathlib\nif not pathlib.Path({str(marker)!r}).exists():\n"
        f"    pathlib.Path({str(marker)!r}).touch()\n    {body}"
    )


def notebook(file: Path, *code: str, parameters: str = PARAMETERS, prose: str = "") -> Path:
    """Write a notebook: prose, the cell of parameters, code cells."""
    cells = [{"cell_type": "markdown", "source": prose, "metadata": {}}] if prose else []
    for tags, source in ((["parameters"], parameters), *(([], source) for source in code)):
        metadata = {"tags": tags} if tags else {}
        cells.append(
            {"cell_type": "code", "source": source, "metadata": metadata, "outputs": [], "execution_count": None}
        )
    cells = [cell | {"id": f"cell-{number}"} for number, cell in enumerate(cells)]
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


@dataclass
class Package:
    """A folder with a text file for each notebook that reads one; by default the one beside the sources."""

    data: str = ""

    @property
    def folder(self) -> Path:
        return Path(self.data) if self.data else paths.NOTEBOOKS.parent / "data"

    @property
    def notebooks(self) -> Path:
        return paths.NOTEBOOKS

    @property
    def catalogue(self) -> validity.Choices:
        return validity.Choices(YEARS, REGION, [REGION, "330100"], [REGION, "330100"], YEARS)

    @property
    def indicators(self) -> dict[str, list[str]]:
        return {}

    @cached_property
    def digest(self) -> str:
        return fingerprint.digest_folder(self.folder) if self.folder.is_dir() else ""

    def inputs(self, run: Run) -> Inputs:
        file = self.folder / f"{run.notebook}.txt"
        return Inputs("SMALL_DATA", "rows.txt", file.read_bytes() if file.is_file() else b"")

    def describe(self, run: Run) -> dict:
        return FACTS | {"short": "short", "form": 0}  # a notebook without an opening has no page here


# --- a batch in this process -------------------------------------------------------------------------------------


def plan(
    sources: Path, *names: str, years=(2017,), languages=("zh",), data: str = "", indicators: tuple[str, ...] = ()
) -> list[Run]:
    """Runs of some notebooks of a folder, of all without names; indicators: those that have a page."""
    notebooks = [sources / f"{name}.ipynb" for name in names] or sorted(sources.glob("*.ipynb"))
    pages = {REGION: list(indicators)}
    return run.list_runs(notebooks, list(years), list(languages), [REGION], REGION, data, pages)


class Ran(NamedTuple):
    """What became of a batch in this process: entries by the names of their runs, what was executed, events."""

    entries: dict[str, record.Entry]
    executed: set[str]
    events: list[Event]

    @property
    def outcomes(self) -> dict[str, str]:
        return {name: entry.outcome for name, entry in self.entries.items()}

    @property
    def made(self) -> set[str]:
        """Names of the runs whose pages were made."""
        return {event.run.name for event in self.events if event.what == "made"}


def ran(
    sources: Path,
    out: Path | str,
    *names: str,
    package=None,
    years=(2017,),
    languages=("zh",),
    indicators=(),
    **settings,
) -> Ran:
    """Run a batch."""
    place, events = destination.locate(out), []
    package = package or Package(str(sources.parent / "data"))
    chosen = Settings(sources, **{"jobs": 2} | settings)

    @contextmanager
    def workers(count: int) -> Iterator[pool.Pool]:
        with batch.open_scratch(place) as folder, pool.open_workers(chosen.jobs, folder, count) as opened:
            yield opened

    asked = plan(sources, *names, years=years, languages=languages, indicators=indicators)
    done: BatchResult = Batch(place, package, chosen, events.append).run(asked, workers)
    return Ran({entry.run.name: entry for entry in done.entries}, {run.name for run in done.executed}, events)


def entries(out: Path) -> dict[str, record.Entry]:
    return record.read_record(out / record.FILE).entries


def listed(sources: Path, out: Path, **more) -> dict[str, str]:
    """What `evaluate list` says of each run."""
    package = Package(str(sources.parent / "data"))
    lines = console.list_runs(plan(sources, **more), destination.locate(out), package, Settings(sources))
    return {name: re.sub(r"\t[\d.]+ s$", "", state) for name, state in (line.split("\t", 1) for line in lines)}


def prepare(folder: Path) -> Path:
    """Make a folder with sources, a package and a place in which all runs are fresh: see the fixture `three`."""
    sources, data = folder / "sources", folder / "data"
    data.mkdir(parents=True)
    (data / "reads.txt").write_text("rows")
    (data / "other.txt").write_text("rows of nobody")
    notebook(sources / "reads.ipynb", OPENING, READS, PRINTS, prose="# 1 Old heading")
    parameters = PARAMETERS.split("\n", 1)[1]  # it has no year
    opening = OPENING.replace('f"{year}"', '"of all years"')
    notebook(sources / "across.ipynb", opening, parameters=parameters, prose="# 1 Old heading")
    assert ran(sources, folder / "out", years=[2017, 2018]).executed == {*ALL}
    return folder


# --- the command line in a process of its own --------------------------------------------------------------------


class Told(NamedTuple):
    """What a process said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The last line of what it said."""
        return self.err.splitlines()[-1] if self.err else ""


def begin(sources: Path, *arguments: str, environment: dict[str, str] | None = None) -> subprocess.Popen:
    """Begin `evaluate` with some arguments, over small notebooks."""
    command = [sys.executable, __file__, str(sources), *map(str, arguments)]
    process = subprocess.Popen(
        command, env=os.environ | (environment or {}), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True,
    )  # fmt: skip
    BEGUN.append(process)
    return process


def end_all() -> None:
    """End what a failed test has left running."""
    while BEGUN:
        with BEGUN.pop() as process:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()


def ended(process: subprocess.Popen) -> Told:
    """What became of it. One that hangs is killed, and so is what it left."""
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return Told(process.returncode, out, err)


def heard(process: subprocess.Popen, text: str) -> None:
    """Return as soon as a process has said something on standard error."""
    output = ""
    while text not in output:
        part = os.read(process.stderr.fileno(), 1 << 16)
        assert part, f"it ended and said {output}"
        output += part.decode(errors="replace")


def evaluate(sources: Path, *arguments: str, environment: dict[str, str] | None = None) -> Told:
    """Do `evaluate` with some arguments, over small notebooks."""
    return ended(begin(sources, *arguments, environment=environment))


def report(out: Path) -> dict[str, dict]:
    """`runs.json` by the names of its runs."""
    return {row["name"]: row for row in json.loads((out / "runs.json").read_text(encoding="utf-8"))["runs"]}


def outputs(out: Path) -> dict[str, bytes]:
    """Executed notebooks and pages with their content."""
    files = [path for path in out.rglob("*") if path.suffix in (".html", ".ipynb") and path.is_file()]
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(files)}


def unfinished(out: Path) -> list[Path]:
    """Files of a place that are not whole."""
    return [path for path in out.rglob("*") if path.name.startswith(".") or path.name.endswith("-journal")]


# --- processes ---------------------------------------------------------------------------------------------------


def until(condition: Callable, what: str = ""):
    """The condition's value, as soon as it is true."""
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < deadline, what or condition
        time.sleep(0.01)
    return value


def warm(folder: Path) -> tuple[list[psutil.Process], list[psutil.Process]]:
    """Servers of warm kernels that listen in a folder, and their kernels, which are forked from them and lead a session."""

    def bears_its_name(process: psutil.Process) -> bool:
        line = process.cmdline()
        return "helpers.kernels.server" in line and f'"folder": "{folder / address.NAME}"' in line[-1]

    processes = _those(bears_its_name)
    numbers = {process.pid for process in processes}

    def is_kernel(process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error):  # it may end meanwhile
            return _lives(process) and (_session(process.pid) == process.pid or process.ppid() in numbers)
        return False

    kernels = [process for process in processes if is_kernel(process)]
    return [process for process in processes if process not in kernels], kernels


def left_of(mark: str, folder: Path) -> list[psutil.Process]:
    """Processes that whoever bears a mark started and that are not gone, and warm kernels of a folder; but no server."""
    servers, kernels = warm(folder)
    own = _those(lambda process: process.environ().get(MARK) == mark)
    return [process for process in {*own, *kernels} if process not in servers and _lives(process)]


def _those(which: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
    processes = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if which(process):
                processes.append(process)
    return processes


def _session(process: int) -> int:
    with contextlib.suppress(OSError):
        return os.getsid(process)
    return 0


def _lives(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


@contextmanager
def leaving_nothing(place: Path, runtime: Path) -> Iterator[Path]:
    """A folder for the temporary files of the command line; at the end no process of a test and no file of it is left."""
    import pytest

    temporary = Path(tempfile.mkdtemp(prefix="t-"))  # a short path, for sockets
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(MARK, str(place))
        patch.setenv("TMPDIR", str(temporary))
        yield temporary
        end_all()
        until(lambda: not left_of(str(place), runtime), "processes are left")
    left = list(temporary.iterdir())
    shutil.rmtree(temporary)
    assert left == []


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the tests themselves may run where it is ignored
    paths.NOTEBOOKS, request.Package = Path(sys.argv[1]), Package
    verbs.main(sys.argv[2:], prog_name="evaluate")
