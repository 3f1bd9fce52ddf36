"""Measure the batch beside what people use today, in the project's own environment, in one run.

    python benchmarks/batch.py                      every row of the table; half an hour
    python benchmarks/batch.py --rows batch,idle    some rows
    python benchmarks/batch.py --rows panel --regions 101   2,020 runs of a synthetic package; another half an hour
    python benchmarks/batch.py --write              put what was measured into benchmarks/README.md

Machines are noisy: what counts are the ratios, and the ways of one row are measured one after the other on one machine.
`limit` is what no batch of notebooks can undercut: the code of the cells and the rendering alone, all imports done, in as
many processes as there are cores. Snakemake, nbmake and jupyter-cache are installed into an environment of their own, from
the package registries; where that fails, a row says so. They execute notebooks in this environment all the same.
"""

import argparse
import ast
import importlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import psutil

from helpers import paths
from helpers.batch import pool, record
from helpers.cli import request
from helpers.pages import links, render
from helpers.runs import source
from helpers.runs.run import Run
from helpers.views import select

README = Path(__file__).with_name("README.md")
MARKS = "<!-- batch measured -->\n", "<!-- end of batch measured -->\n"
BIN = Path(sys.executable).parent
CHAPTER = "2-integration"
ROUNDS = 3


class Row(NamedTuple):
    """One way of doing one work, in seconds of the clock, and what is to be said of it."""

    work: str
    way: str
    seconds: float
    note: str = ""


# --- running things ----------------------------------------------------------------------------------------------


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for a measurement, with no warm kernels left from the one before."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        (folder / "runtime").mkdir(mode=0o700)
        before = os.environ.get("XDG_RUNTIME_DIR")
        os.environ["XDG_RUNTIME_DIR"] = str(folder / "runtime")
        try:
            yield folder
        finally:
            for process in psutil.process_iter():
                with_us = str(folder) in " ".join(_command(process))
                if with_us and process.pid != os.getpid():
                    process.kill()
            os.environ.pop("XDG_RUNTIME_DIR")
            if before is not None:
                os.environ["XDG_RUNTIME_DIR"] = before


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def call(*command: str | Path, **options) -> subprocess.CompletedProcess:
    """Run a command that has to succeed."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise SystemExit(
            f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout[-800:]}{done.stderr[-2000:]}"
        )
    return done


def evaluate(out: Path, *options: str) -> subprocess.CompletedProcess:
    return call(BIN / "evaluate", "run", "--out", out, *options)


def shell(run: Run, out: Path) -> list[list[str]]:
    """The commands that make one run and its page today."""
    given = [word for name, value in run.parameters.items() for word in ("-p", name, str(value))]
    executed = out / f"{run.name}.ipynb"
    return [
        [str(BIN / "papermill"), str(paths.NOTEBOOKS / f"{run.notebook}.ipynb"), str(executed), *given],
        [str(BIN / "jupyter"), "nbconvert", "--to", "html", "--no-input", str(executed)],
    ]


def all_runs() -> list[Run]:
    return request.resolve(request.Package())


def chapter_runs() -> list[Run]:
    """All runs but those of single indicators, whose cells are few and short."""
    return [run for run in all_runs() if run.notebook != "indicator"]


def name_notebooks(runs: list[Run]) -> tuple[str, str]:
    """The options that ask for the notebooks of runs."""
    return "--notebooks", ",".join(dict.fromkeys(run.notebook for run in runs))


# --- the whole batch ---------------------------------------------------------------------------------------------


def loop(runs: list[Run], out: Path) -> None:
    for run in runs:
        for command in shell(run, out):
            call(*command)


def xargs(runs: list[Run], out: Path) -> None:
    lines = [" && ".join(" ".join(command) for command in shell(run, out)) for run in runs]
    command = ["xargs", "-P", str(pool.count_cores()), "-I", "{}", "sh", "-c", "{}"]
    call(*command, input="".join(f'"{line}"\n' for line in lines))


def api(runs: list[Run], out: Path) -> None:
    code = (
        "import json, sys, papermill; from nbconvert import HTMLExporter\n"
        "for source, target, given in json.load(sys.stdin):\n"
        "    papermill.execute_notebook(source, target, given, progress_bar=False)\n"
        "    body, _ = HTMLExporter(exclude_input=True).from_filename(target)\n"
        "    open(target.replace('.ipynb', '.html'), 'w').write(body)\n"
    )
    asked = [
        [str(paths.NOTEBOOKS / f"{run.notebook}.ipynb"), str(out / f"{run.name}.ipynb"), run.parameters] for run in runs
    ]
    call(sys.executable, "-c", code, input=json.dumps(asked))


def snakefile(runs: list[Run], out: Path) -> Path:
    rules = [f"rule all:\n    input: {[f'{run.name}.html' for run in runs]}\n"]
    for number, run in enumerate(runs):
        commands = " && ".join(" ".join(command) for command in shell(run, Path()))
        source = paths.NOTEBOOKS / f"{run.notebook}.ipynb"
        figures = paths.data() / "figures.csv"
        rules.append(
            f"rule run{number}:\n    input: '{source}', '{figures}'\n    output: '{run.name}.html'\n    shell: {commands!r}\n"
        )
    file = out / "Snakefile"
    file.write_text("\n".join(rules))
    return file


def install_others(home: Path) -> Path | None:
    """Folder of the commands of others in an environment of their own, or nothing where they do not install.

    Their kernel `project` is the ordinary one of this environment.
    """
    call(sys.executable, "-m", "venv", home)
    wanted = ("snakemake", "nbmake", "pytest-xdist", "jupyter-cache", "ipykernel")
    done = subprocess.run([home / "bin/pip", "install", "--quiet", *wanted], capture_output=True, check=False)
    spec = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "language": "python"}
    folder = home / "share/jupyter/kernels/project"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec | {"display_name": "project"}))
    return home / "bin" if done.returncode == 0 else None


def write_parameterized(runs: list[Run], folder: Path) -> list[Path]:
    """Notebooks with the parameters of each run, for tools that have none."""
    from nbformat import write
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    files = []
    for run in runs:
        notebook = load_notebook_node(str(paths.NOTEBOOKS / f"{run.notebook}.ipynb"))
        notebook = parameterize_notebook(notebook, run.parameters)
        notebook.metadata.kernelspec = {"name": "project", "display_name": "project", "language": "python"}
        files.append(folder / f"{run.name}.ipynb")
        write(notebook, files[-1])
    return files


def limit(runs: list[Run], out: Path) -> tuple[float, float, float]:
    """Seconds of the clock, of the cells and of the pages, of what a finished batch in `out` executed."""
    for module in ("matplotlib.backends.backend_svg", "helpers.cli.warm_up"):
        importlib.import_module(module)
    package, known = request.Package(), record.read_record(out / record.FILE).entries
    siblings = links.Siblings({entry.run: entry.facts for entry in known.values()})
    with tempfile.TemporaryDirectory() as folder:
        for run in runs:
            given = package.inputs(run)
            Path(folder, given.file).write_bytes(given.content)
        os.environ[select.FOLDER] = folder
        tasks = []
        for run in runs:
            text = (out / "notebooks" / f"{run.name}.ipynb").read_text(encoding="utf-8")
            nav = siblings.link(run)
            tasks.append(render.Task(run, text, known[run.name].facts, nav))
        context = get_context("fork")
        ready = context.Barrier(pool.count_cores() + 1)
        with context.Pool(pool.count_cores(), _warmed, (tasks[0], ready)) as processes:
            ready.wait()
            begun = time.perf_counter()
            parts = list(processes.imap_unordered(bare, tasks))
            seconds = time.perf_counter() - begun
        del os.environ[select.FOLDER]
    return seconds, sum(cells for cells, _ in parts), sum(pages for _, pages in parts)


def _warmed(task: render.Task, ready) -> None:
    """Begin a process: what is imported, opened or cached at the first run is so; an open font can't be shared."""
    try:
        bare(task)
    except Exception:
        ready.abort()  # which raises in the parent; the pool would begin another process for ever
        raise
    ready.wait()


def bare(task: render.Task) -> tuple[float, float]:
    """Execute the cells of a run without a kernel, and make its page; seconds of both."""
    shell, namespace = formatting_shell(), {"In": []}
    begun = time.perf_counter()
    for number, code in enumerate(
        source.select_code(source.read_cells(paths.NOTEBOOKS / f"{task.run.notebook}.ipynb"))
    ):
        if number == 1:
            namespace |= task.run.parameters
        body = ast.parse(code).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), "cell", "exec"), namespace)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), namespace)
            shell.display_formatter.format(value)
    shell.display_pub.outputs.clear()
    executed = time.perf_counter()
    render.make_page(task)
    return executed - begun, time.perf_counter() - executed


@cache
def formatting_shell():
    """A shell that keeps what cells display in memory; it runs nothing."""
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    module = ModuleType("cells")  # else the shell puts a module of its own in the place of this one
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}), user_module=module)
    shell.display_pub = CapturingDisplayPublisher()
    return shell


def batch() -> Iterator[Row]:
    """All runs with their pages, and those of whole chapters alone, nothing cached."""
    yield from compare_with_limit(all_runs())
    runs = chapter_runs()
    yield from compare_with_limit(runs, *name_notebooks(runs))


def compare_with_limit(runs: list[Run], *options: str) -> Iterator[Row]:
    """Runs with their pages: medians of rounds in which each way has its turn. options: which runs these are."""
    work, seconds, notes = f"{len(runs)} runs with pages", {}, {}

    def measure(way: str, clock_s: float, note: str = "") -> None:
        seconds.setdefault(way, []).append(clock_s)
        notes[way] = note

    for _ in range(ROUNDS):
        with scratch() as folder:
            measure("evaluate run, no server yet", timed(lambda: evaluate(folder / "first", *options)))
            wait_until_warm()
            begun = datetime.now()
            ours = timed(lambda: evaluate(folder / "ours", "--log", folder / "log", *options))
            measure("evaluate run, the server is there", ours, where_it_goes(folder / "ours", folder / "log", begun))
            clock_s, cells, pages = limit(runs, folder / "ours")
            measure("limit", clock_s, f"cells {cells:.1f} s, pages {pages:.1f} s, in {pool.count_cores()} processes")
    for way, values in seconds.items():
        yield Row(work, way, statistics.median(values), notes[way])


def others() -> Iterator[Row]:
    """The runs of whole chapters by what people use today; after `batch` in one call, so that ours is measured, too."""
    runs = chapter_runs()
    work = f"{len(runs)} runs with pages"
    with scratch() as folder:
        options = (*name_notebooks(runs), "--kernel", "python3")
        ordinary = timed(lambda: evaluate(folder / "ordinary", *options))
        yield Row(work, "evaluate run --kernel python3", ordinary)
    for name, way in (("papermill's API in one process", api), ("xargs -P", xargs), ("loop of commands", loop)):
        with scratch() as folder:
            yield Row(work, name, timed(lambda way=way, folder=folder: way(runs, folder)))
    with scratch() as folder:
        commands = install_others(folder / "environment")
        if commands is None:
            yield Row(work, "Snakemake, nbmake, jupyter-cache", float("nan"), "do not install here")
            return
        yield from snakemade(commands / "snakemake", runs, folder)
        files = write_parameterized(runs, folder)
        cores = str(pool.count_cores())
        nbmake = (commands / "pytest", "--nbmake", "--quiet", "--numprocesses", cores, *files)
        yield Row(work, "nbmake, without pages", timed(lambda: call(*nbmake, cwd=folder)))
        cache = ("--cache-path", folder / "cache")
        call(commands / "jcache", "notebook", *cache, "add", *files, input="y\n")  # make the cache
        execute = (commands / "jcache", "project", *cache, "execute", "--executor", "local-parallel")
        yield Row(work, "jupyter-cache, local-parallel, without pages", timed(lambda: call(*execute, cwd=folder)))


def snakemade(snakemake: Path, runs: list[Run], folder: Path) -> Iterator[Row]:
    """Snakemake: everything, and then with nothing changed."""
    file = snakefile(runs, folder)
    arguments = (snakemake, "--snakefile", file, "--directory", folder, "--cores", pool.count_cores(), "--quiet", "all")
    yield Row(f"{len(runs)} runs with pages", "Snakemake", timed(lambda: call(*arguments)))
    yield Row("nothing changed", "Snakemake", median(3, lambda: call(*arguments)))


def where_it_goes(out: Path, log: Path, begun: datetime) -> str:
    """Seconds by phase: of the clock for the whole batch, from its log; of all runs added up, from its report."""
    lines = [line.split(" ", 3) for line in log.read_text(encoding="utf-8").splitlines()]
    events = [(datetime.strptime(f"{day} {clock}", "%Y-%m-%d %H:%M:%S,%f"), what) for day, clock, _, what in lines]
    first = min(moment for moment, what in events if what.endswith("begun"))
    last = max(moment for moment, what in events if "succeeded" in what)
    end = max(moment for moment, _ in events)
    start, runs, pages = (part.total_seconds() for part in (first - begun, last - first, end - last))
    rows = json.loads((out / "runs.json").read_text(encoding="utf-8"))["runs"]
    ready = sum(row["phases"]["ready"] for row in rows)
    cells = sum(row["phases"]["executed"] - row["phases"]["ready"] for row in rows)
    rest = sum(row["phases"]["done"] - row["phases"]["executed"] for row in rows)
    return (
        f"start and imports {start:.1f} s, runs {runs:.1f} s, pages {pages:.1f} s; of all runs together: "
        f"kernels start {ready:.1f} s, cells {cells:.1f} s, shut down and save {rest:.1f} s"
    )


# --- one run, nothing changed, one figure ------------------------------------------------------------------------


def median(times: int, work: Callable[[], object]) -> float:
    return statistics.median(timed(work) for _ in range(times))


def single_run() -> Iterator[Row]:
    """One chapter in one year, from the shell."""
    options = ("--notebooks", CHAPTER, "--years", "2017", "--languages", "zh")
    source, work = paths.NOTEBOOKS / f"{CHAPTER}.ipynb", "one chapter, one year, from the shell"
    ways: dict[str, list[float]] = {}
    for _ in range(5):
        with scratch() as folder:

            def papermill(*more: str, folder: Path = folder) -> Callable[[], object]:
                return lambda: call(BIN / "papermill", source, folder / "out.ipynb", *more)

            for way, work_of in (
                ("evaluate run, with its page, no server yet", lambda f=folder: evaluate(f / "ours", *options)),
                ("evaluate run, with its page, the server is there", lambda f=folder: evaluate(f / "again", *options)),
                ("papermill --engine fork, without a page", papermill("--engine", "fork")),
                ("papermill -k evaluation-warm, without a page", papermill("-k", "evaluation-warm")),
                ("papermill, without a page", papermill()),
            ):
                ways.setdefault(way, []).append(timed(work_of))
    for way, seconds in ways.items():
        yield Row(work, way, statistics.median(seconds))


def wait_until_warm() -> None:
    """Return when servers do nothing any more."""
    while any(
        process.cpu_percent(0.5) > 5
        for process in psutil.process_iter()
        if "helpers.kernels.server" in _command(process)
    ):
        pass


def forks() -> Iterator[Row]:
    """Many runs of a small notebook by the engine, one after the other: does one fail?"""
    from nbformat.v4 import new_code_cell, new_notebook
    from papermill import execute_notebook

    kernelspec = {"name": "python3", "language": "python", "display_name": "Python 3"}
    cell, failures, count = new_code_cell("import matplotlib.pyplot as plt; plt.plot([1, 2]);"), 0, 2000
    options = {"engine_name": "fork", "progress_bar": False, "request_save_on_cell_execute": False}
    with scratch():
        begun = time.perf_counter()
        for _ in range(count):
            try:
                execute_notebook(new_notebook(cells=[cell], metadata={"kernelspec": kernelspec}), None, **options)
            except Exception as error:
                failures += 1
                print(error, file=sys.stderr)
        seconds = time.perf_counter() - begun
    yield Row(f"{count} notebooks with a picture", "papermill's API, engine fork", seconds, f"{failures} failed")


def idle() -> Iterator[Row]:
    """Nothing has changed."""
    with scratch() as folder:
        evaluate(folder / "ours")
        yield Row("nothing changed", "evaluate run", median(7, lambda: evaluate(folder / "ours")))
        yield from changed(folder)


def changed(folder: Path) -> Iterator[Row]:
    """One figure is corrected."""
    data = shutil.copytree(paths.data(), folder / "data")
    out = folder / "other"
    evaluate(out, "--data", str(data))
    file = data / "figures.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("98,项,exact,98项", "99,项,exact,99项"), encoding="utf-8")
    seconds = timed(lambda: evaluate(out, "--data", str(data)))
    rows = json.loads((out / "runs.json").read_text(encoding="utf-8"))["runs"]
    executed = sum(row["executed"] for row in rows)
    yield Row("one figure of chapter 1 in 2017 corrected", "evaluate run", seconds, f"{executed} runs")


# --- nbval, cluster, panel ---------------------------------------------------------------------------------------


def nbval() -> Iterator[Row]:
    """Every reference executed again and compared."""
    arguments = (BIN / "pytest", "--nbval", paths.NOTEBOOKS, paths.REFERENCES, "--quiet")
    where = {"cwd": paths.ROOT}
    fast = ("--nbval-kernel-name", "evaluation-warm", "--numprocesses", "auto", "--dist", "loadscope")
    seeded = {"env": os.environ | {"PYTHONHASHSEED": "0"}}
    with scratch():
        ours = timed(lambda: call(*arguments, *fast, **where, **seeded))
        yield Row("nbval over every reference", "make test's command", ours)
        yield Row(
            "nbval over every reference", "pytest --nbval, ordinary kernels", timed(lambda: call(*arguments, **where))
        )


def dask(regions: int) -> Iterator[Row]:
    """Two workers of a cluster on this machine against the local pool, with the same package of some regions."""
    with scratch() as folder:
        options = make_panel(folder / "data", regions)
        for name, more in (
            ("local pool", ("--jobs", "2")),
            ("2 Dask workers here", ("--scheduler", "local", "--jobs", "2")),
        ):
            seconds = timed(lambda more=more, name=name: evaluate(folder / name, *options, *more))
            yield Row(f"{count_runs(folder / name)} runs by", name, seconds)


def make_panel(data: Path, regions: int) -> tuple[str, ...]:
    """Make a package of some regions; the options that ask for the runs of all of them in Chinese."""
    call(sys.executable, paths.ROOT / "tools" / "panel.py", data, "--regions", str(regions))
    return "--data", str(data), "--region", "all", "--languages", "zh"


def count_runs(out: Path) -> int:
    return len(json.loads((out / "runs.json").read_text(encoding="utf-8"))["runs"])


def panel(regions: int) -> Iterator[Row]:
    """Runs of many regions: seconds and memory per run, few against many."""
    with scratch() as folder:
        for asked in (1, regions):
            name = f"{asked}-regions"
            watch = Watch(["run", "--out", str(folder / name), *make_panel(folder / f"data-{asked}", asked)])
            count = count_runs(folder / name)
            yield Row(f"{count} runs of a synthetic panel", "evaluate run", watch.seconds, watch.describe(count))


class Watch:
    """A command, watched: seconds, and the memory and descriptors of its processes on the way."""

    def __init__(self, arguments: list[str]):
        begun = time.perf_counter()
        process = psutil.Popen(
            [str(BIN / "evaluate"), *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.runner: list[tuple[int, int]] = []
        while process.poll() is None:
            try:
                self.runner.append((process.memory_info().rss >> 20, process.num_fds()))
            except psutil.Error:
                break
            time.sleep(0.5)
        process.wait()
        self.seconds = time.perf_counter() - begun

    def describe(self, count: int) -> str:
        third = max(1, len(self.runner) // 3)
        early, late = self.runner[third : 2 * third], self.runner[-third:]
        memory = [statistics.mean(mb for mb, _ in part) for part in (early, late) if part]
        files = [max(fds for _, fds in part) for part in (early, late) if part]
        sizes = " then ".join(f"{mb:.0f} MB" for mb in memory)
        return (
            f"{self.seconds / count:.2f} s a run; the runner has {sizes}, {' then '.join(map(str, files))} descriptors"
        )


ROWS = {"batch": batch, "others": others, "one": single_run, "idle": idle, "nbval": nbval, "forks": forks}
OF_REGIONS = {"dask": dask, "panel": panel}


def table(rows: list[Row]) -> str:
    """What was measured, as Markdown; each way against ours, the first of its work."""
    ours: dict[str, float] = {}
    lines = ["| work | way | seconds | times ours | |", "|---|---|--:|--:|---|"]
    for row in rows:
        first = ours.setdefault(row.work, row.seconds)
        ratio = "" if row.seconds == first else f"{row.seconds / first:.2f}"
        lines.append(f"| {row.work} | {row.way} | {row.seconds:.2f} | {ratio} | {row.note} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", default=",".join(ROWS), help=f"some of {', '.join([*ROWS, *OF_REGIONS])}")
    parser.add_argument("--regions", type=int, default=20, help="of `dask` and `panel`; 20 are 420 runs, 101 are 2,040")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    rows = []
    for name in options.rows.split(","):
        for row in OF_REGIONS[name](options.regions) if name in OF_REGIONS else ROWS[name]():
            print(row, flush=True)
            rows.append(row)
    machine = f"{date.today()}, {pool.count_cores()} cores ({platform.machine()}), Python {platform.python_version()}"
    measured = f"`python benchmarks/batch.py {' '.join(sys.argv[1:])}`, {machine}\n\n{table(rows)}"
    print(measured)
    if options.write:
        before, rest = README.read_text(encoding="utf-8").split(MARKS[0])
        README.write_text(
            f"{before}{MARKS[0]}\n{measured}\n{MARKS[1]}{rest.split(MARKS[1])[1]}", encoding="utf-8", newline="\n"
        )


if __name__ == "__main__":
    main()
