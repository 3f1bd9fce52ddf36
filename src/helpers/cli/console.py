"""A batch as an operator sees it: a bar that says what runs, what is done and how long is left, then what became of it.

Exit codes: 0 every run succeeded, 1 a notebook raised, 2 a mistake in the request or the data, 3 a run failed for another
reason than its notebook, 130 stopped.
"""

import json
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import click

from helpers.batch.batch import FAILED, Batch, BatchResult, Event, Settings, open_scratch
from helpers.batch.destination import Address, Folder
from helpers.batch.freshness import InputSource, Workspace, locate_notebook
from helpers.batch.pages import locate_page
from helpers.batch.pool import Gone
from helpers.batch.record import FILE as RECORD
from helpers.batch.record import Entry
from helpers.errors import UserError, write_line
from helpers.runs.limits import CELL_MAX_BYTES, PAGE_MAX_BYTES
from helpers.runs.run import Run

REPORT = "runs.json"
PHASES = ("ready", "executed", "done")  # of a run: s from its beginning
SUMMARY = "GITHUB_STEP_SUMMARY"  # environment variable: a file that wants the summary too
WHY = {
    "new": "never run",
    "code": "its code has changed",
    "parameters": "its parameters have changed",
    "data": "its data has changed",
    "helpers": "the helpers have changed",
    "versions": "installed packages have changed",
    "python": "Python has changed",
    "output": "its output is missing or was changed",
}
CODES = {"succeeded": 0, "raised": 1, "failed": 3}
log = logging.getLogger("evaluate")


class InterruptHandler:
    """Ctrl-C once: what runs is finished and kept, nothing more is begun; twice, or SIGTERM: all is ended now.

    Further signals are ignored, so that the cleaning up is not interrupted.
    """

    def __init__(self):
        self.asked = self.ended = False

    def going(self) -> bool:
        return not self.asked

    def __call__(self, number: int, frame) -> None:
        if self.ended:
            return
        if self.asked or number == signal.SIGTERM:
            self.asked = self.ended = True
            raise KeyboardInterrupt
        self.asked = True
        with suppress(OSError):  # and not by `sys.stderr`, which may be in the midst of writing
            os.write(2, b"\nfinishing the runs under way; Ctrl-C again ends them now\n")

    @contextmanager
    def listening(self) -> Iterator[None]:
        before = {number: signal.signal(number, self) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, signal.SIG_IGN if self.ended else handler)


def run(
    runs: list[Run],
    place: Folder | Address,
    package: InputSource,
    settings: Settings,
    scheduler: str = "",
    journal: str = "",
) -> int:
    """Run a batch on the terminal; returns the exit code.

    scheduler: address of a Dask cluster, `local` for one on this machine, or nothing; journal: a file for the log
    """
    interrupts = InterruptHandler()
    batch = Batch(place, package, settings, going=interrupts.going)
    workers = _open_workers(place, settings, scheduler)
    try:
        with _open_journal(journal), interrupts.listening():
            done = _run_with_bar(batch, runs, workers)
            with suppress(*((OSError, UserError) if not done.executed else ())):  # as the last batch has left it
                _write_report(place, runs, done)
    except KeyboardInterrupt:
        click.echo("\nstopped; what was finished is kept", err=True)
        return 130
    except Gone as error:
        click.echo(str(error), err=True)
        return 3
    except OSError as error:
        click.echo(write_line(f"{error.filename or place}: {error.strerror or error}"), err=True)
        return 2
    return _tell_outcome(place, runs, done, settings, interrupts)


def renew(runs: list[Run], package: InputSource, settings: Settings) -> int:
    """Run a batch and make its outputs the committed ones; returns the exit code. A failed batch is kept for inspection."""
    from helpers.batch import references

    out = Path(tempfile.mkdtemp(prefix="evaluate-"))
    code = run(runs, Folder(out), package, replace(settings, pages=False))
    if code == 0:
        click.echo(references.renew(runs, out))
    if code in (0, 130):
        shutil.rmtree(out, ignore_errors=True)
    return code


def _open_workers(
    place: Folder | Address, settings: Settings, scheduler: str
) -> Callable[[int], AbstractContextManager]:
    """What opens a pool for a number of runs: of processes, or of a cluster."""

    @contextmanager
    def opened(count: int):
        from helpers.batch import cluster, pool

        with open_scratch(place) as folder:
            jobs = settings.jobs
            with (
                cluster.open_cluster(scheduler, jobs, folder)
                if scheduler
                else pool.open_workers(jobs, folder, count) as workers
            ):
                yield workers

    return opened


def _open_bar(total: int):
    """A progress bar on standard error whose time is right, also if the clock of the machine is set back."""
    from tqdm import tqdm

    began = time.monotonic()

    class Bar(tqdm):
        @property
        def format_dict(self) -> dict:
            return super().format_dict | {"elapsed": time.monotonic() - began, "rate": None}

    return Bar(unit="run", total=total, file=sys.stderr, dynamic_ncols=True)


def _run_with_bar(batch: Batch, runs: list[Run], workers) -> BatchResult:
    """Run a batch with a bar; a batch with nothing to do shows none."""
    bar, running = None, {}

    def tell(event: Event) -> None:
        nonlocal bar
        if bar is None:
            bar = _open_bar(len(runs))
        _log(event)
        match event.what:
            case "began":
                running[event.run.name] = None
            case "fresh":
                bar.initial += 1  # it took no time, and says nothing of the time left
                bar.update()
            case "ended":
                running.pop(event.run.name, None)
                bar.update()
            case "retried":
                bar.write(f"{event.run.name}: {event.entry.error}; trying again", file=sys.stderr)
            case "made":
                bar.set_description_str("pages", refresh=False)
        bar.set_postfix_str(", ".join(running), refresh=event.what != "fresh")

    batch.tell = tell
    try:
        return batch.run(runs, workers)
    finally:
        if bar is not None:
            bar.close()


def _log(event: Event) -> None:
    entry = event.entry
    match event.what:
        case "began":
            log.info("%s: begun", event.run.name)
        case "retried":
            log.warning("%s: attempt %d failed: %s", event.run.name, entry.attempts, entry.error)
        case "ended" if entry.outcome == "succeeded":
            log.info("%s: succeeded in %.2f s", event.run.name, entry.seconds)
        case "ended":
            log.error("%s: %s", event.run.name, _explain(entry))
        case "made":
            log.info("%s: page made", event.run.name)


class Journal(logging.FileHandler):
    """A log file. One that cannot be written ends the batch, as outputs do."""

    def handleError(self, record: logging.LogRecord) -> None:
        error = sys.exception()
        raise OSError(error.errno, error.strerror, self.baseFilename) if isinstance(error, OSError) else error


@contextmanager
def _open_journal(file: str) -> Iterator[None]:
    """The log of a batch is appended to a file, a line an event."""
    if not file:
        yield
        return
    handler = Journal(file, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        with suppress(OSError):  # as was told when it was written to
            handler.close()


def _explain(entry: Entry) -> str:
    """What became of a run that did not succeed, and where."""
    who = "the notebook raised" if entry.outcome == "raised" else "failed"
    where = f" at code cell {entry.cell}" if entry.cell else ""
    tries = f" after {entry.attempts} attempts" if entry.attempts > 1 else ""
    return f"{who}{where}{tries}: {entry.error}"


def _explain_cut(entry: Entry) -> str:
    """Which outputs of a run are not whole."""
    cells = ", ".join(map(str, entry.cut))
    limits = f"more than {CELL_MAX_BYTES // 10**6} MB a cell, or {PAGE_MAX_BYTES // 10**6 + 1} MB a page"
    return f"the output of code cell {cells} was cut ({limits})"


def _tell_outcome(place, runs: list[Run], done: BatchResult, settings: Settings, interrupts: InterruptHandler) -> int:
    """Say what became of a batch; returns the exit code."""
    if done.rebuilt:
        what = f"{place.describe(RECORD)}: not believed ({done.rebuilt}), and made anew; every run was executed again"
        click.echo(write_line(what), err=True)
    failed = [entry for entry in done.entries if entry.outcome != "succeeded"]
    for entry in failed:
        left = place.describe(f"{FAILED}/{entry.run.name}.ipynb") if entry.left else ""
        click.echo(write_line(f"{entry.run.name}: {_explain(entry)}{f' ({left})' if left else ''}"), err=True)
    long = [f"{entry.run.name}: {_explain_cut(entry)}" for entry in done.entries if entry.cut]
    for line in long:
        click.echo(line, err=True)
    summary = _summarize(place, runs, done, settings)
    click.echo(write_line(summary))
    code = max((CODES[entry.outcome] for entry in done.entries), default=0)
    if interrupts.asked:
        click.echo("stopped; what was finished is kept", err=True)
        code = 130
    if file := os.environ.get(SUMMARY):
        try:
            with Path(file).open("a", encoding="utf-8") as stream:
                lines = [summary, "", *(f"- {entry.run.name}: {_explain(entry)}" for entry in failed)]
                lines += [f"- {line}" for line in long]
                stream.write("\n".join(lines) + "\n")
        except OSError as error:
            click.echo(write_line(f"{file}: {error.strerror}"), err=True)
            return code or 2
    return code


def _summarize(place, runs: list[Run], done: BatchResult, settings: Settings) -> str:
    """What became of a batch, in one line of plain text."""
    counts = Counter(entry.outcome for entry in done.entries)
    counts["not begun"] = len(runs) - len(done.entries)
    parts = [f"{counts['succeeded']} of {len(runs)} runs succeeded"]
    parts += [f"{counts[what]} {what}" for what in ("raised", "failed", "not begun") if counts[what]]
    fresh = len(done.entries) - len(done.executed)
    parts += [f"{fresh} of them fresh already"] if fresh else []
    cut = sum(bool(entry.cut) for entry in done.entries)
    parts += [f"{cut} with outputs that were cut"] if cut else []
    where = [place.describe("index.html")] if settings.pages and counts["succeeded"] else []
    return "; ".join([", ".join(parts), *where])


def list_runs(runs: list[Run], place: Folder | Address, package: InputSource, settings: Settings) -> Iterator[str]:
    """A line a run: its name, what it is, and its last seconds or error."""
    known = place.read_record().entries
    for state in Workspace(settings.sources, package, place).judge(runs, known):
        entry = state.entry
        if entry is not None and entry.outcome != "succeeded":
            yield f"{state.run.name}\t{_explain(entry)}"
        elif state.why:
            yield f"{state.run.name}\tstale: {', '.join(WHY[part] for part in state.why)}"
        else:
            yield f"{state.run.name}\tfresh\t{entry.seconds:.1f} s"


def _write_report(place, runs: list[Run], done: BatchResult) -> None:
    """The run report for other programs: `runs.json`, one entry a run."""
    known = {entry.run.name: entry for entry in done.entries}
    rows = []
    for run in runs:
        entry = known.get(run.name)
        good = entry is not None and entry.outcome == "succeeded"
        rows.append(
            {
                "name": run.name,
                "notebook": run.notebook,
                "parameters": {"year": run.year, "language": run.language, "region": run.region, "data": run.data},
                "outcome": entry.outcome if entry else "not begun",
                "executed": run in done.executed,
                "seconds": entry.seconds if entry else None,
                "phases": dict(zip(PHASES, entry.phases, strict=False)) if entry else {},
                "attempts": entry.attempts if entry else 0,
                "cell": entry.cell if entry else None,
                "error": entry.error if entry else "",
                "cut": entry.cut if entry else [],
                "output": locate_notebook(run) if good else "",
                "page": locate_page(run) if good and entry.page else "",
                "digest": entry.notebook if good else "",
            }
        )
    place.put(REPORT, json.dumps({"runs": rows}, ensure_ascii=False, indent=1) + "\n")
