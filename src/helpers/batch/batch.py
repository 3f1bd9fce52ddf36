"""A whole batch: plan what has to be done, execute it, keep what comes of it, make the pages that change.

Every step ends on disk before the record says so, and the record is all that the next batch trusts: whatever stops this one,
the next finishes it.
"""

import getpass
import json
import os
import shutil
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from helpers.batch import fingerprint, pool, record
from helpers.batch.destination import Address, Folder
from helpers.batch.execute import KERNEL, Result, RunTask
from helpers.batch.freshness import InputSource, Workspace, locate_notebook
from helpers.batch.pages import Pages, compute_parts, locate_page
from helpers.batch.record import Entry
from helpers.batch.worker import execute_with_page
from helpers.files import is_own_folder, is_there
from helpers.pages import links
from helpers.runs import source
from helpers.runs.run import Run

NAMES = 100  # that a scratch folder may have
FAILED = "failed"  # folder of notebooks that did not succeed


@dataclass(frozen=True)
class Settings:
    """How a batch is executed. See the options of `evaluate run`."""

    sources: Path  # folder of the notebooks
    jobs: int = 1
    retries: int = 1  # of a run that failed for another reason than its notebook
    fail_fast: bool = False
    kernel: str = KERNEL
    timeout: int | None = None  # s for a cell
    memory: int | None = None  # bytes of a kernel's data
    pages: bool = True


class BatchResult(NamedTuple):
    """What became of a batch: the entries of runs that are fresh or came to an end, and which of them were executed."""

    entries: list[Entry]
    executed: frozenset[Run]
    rebuilt: str = ""  # why the record was not believed, or nothing


class Event(NamedTuple):
    """Something to tell the operator: a run is `fresh`, `began`, `retried` (and why) or `ended`; a page was `made`."""

    what: str
    run: Run
    entry: Entry | None = None


@dataclass
class Batch:
    """One batch into one place."""

    place: Folder | Address
    package: InputSource
    settings: Settings
    tell: Callable[[Event], None] = lambda event: None
    going: Callable[[], bool] = lambda: True  # once false, no further run is begun

    @cached_property
    def workspace(self) -> Workspace:
        return Workspace(self.settings.sources, self.package, self.place)

    @cached_property
    def pages(self) -> Pages:
        def made(entry: Entry) -> None:
            self.tell(Event("made", entry.run, entry))

        return Pages(self.workspace, self.settings.retries, made, self.going)

    def run(self, runs: list[Run], workers: Callable[[int], AbstractContextManager[pool.Pool]]) -> BatchResult:
        """Execute the runs that are not fresh, then make the pages that change.

        workers: opens a pool for a number of runs; called only where there is work.
        Raises UserError for a place that cannot take these runs, OSError where nothing can be written.
        """
        left = locate_scratch(self.place)
        if not left.exists() and (idle := self._find_all_fresh(runs)):
            return idle
        with self.place.hold(), self.place.open_record() as known, ExitStack() as opened:
            shutil.rmtree(left, ignore_errors=True)
            states = list(self.workspace.judge(runs, known.entries))
            known.put(*(s.entry for s in states if not s.why and s.entry is not known.entries[s.run.name]))
            stale = {state.run: None for state in states if state.why}
            open_pool = cache(lambda: opened.enter_context(workers(len(stale))))
            for run in runs:
                if run not in stale:
                    self.tell(Event("fresh", run))
            executed = self._execute([*stale], known, open_pool()) if stale else frozenset()
            if self.settings.pages and self.going():
                self.pages.make(known, open_pool)
            done = [known.entries[run.name] for run in runs if run in executed or run not in stale]
            return BatchResult(done, executed, known.rebuilt)

    def _find_all_fresh(self, runs: list[Run]) -> BatchResult | None:
        """What there is, if there is nothing to do at all; nothing is written, and nothing heavy imported."""
        known = self.place.read_record()
        for state in self.workspace.judge(runs, known.entries):
            if state.why or state.entry is not known.entries[state.run.name]:
                return None
        if self.settings.pages and not self.pages.idle(known):
            return None
        return BatchResult([known.entries[run.name] for run in runs], frozenset())

    def _execute(self, runs: list[Run], known: record.Record, workers: pool.Pool) -> frozenset[Run]:
        """Execute runs; those that came to an end."""
        ended, stopped, make_task = [], [], self._prepare_tasks(runs, known)
        attempts: Counter[Run] = Counter()
        again: deque[RunTask] = deque()

        def began(task: RunTask) -> None:
            attempts[task.run] += 1
            self.tell(Event("began", task.run))

        def going() -> bool:
            return self.going() and not stopped

        def prepare() -> Iterator[RunTask]:
            yield from map(make_task, _put_longest_first(runs, known))
            if self.settings.pages:
                from helpers.pages import index  # noqa: F401 - the last runs are executed meanwhile

        ahead = not self.settings.fail_fast
        results = pool.map_tasks(
            workers, execute_with_page, prepare(), started=began, again=again, going=going, ahead=ahead
        )
        for task, future in results:
            run, result, tried = task.run, _take_result(future), attempts[task.run]
            entry = Entry(run, result.outcome, result.seconds, tried, result.cell, result.error)
            entry = replace(entry, phases=result.phases, cut=result.cut)
            if result.outcome == "failed" and tried <= self.settings.retries and going():
                self.tell(Event("retried", run, entry))
                again.append(task)
                continue
            known.put(self._keep(task, entry, result))
            self.place.save_record()
            ended.append(run)
            self.tell(Event("ended", run, known.entries[run.name]))
            if self.settings.fail_fast and result.outcome != "succeeded":
                stopped.append(run)
        return frozenset(ended)

    def _prepare_tasks(self, runs: list[Run], known: record.Record) -> Callable[[Run], RunTask]:
        """What makes the task of a run; its page links to all pages that there will be if every run succeeds."""
        settings, helpers = self.settings, fingerprint.digest_helpers()
        shown = {entry.run: entry.facts for entry in known.entries.values() if entry.facts}
        standing = {run: self.package.describe(run) for run in runs}
        siblings = links.Siblings(shown | standing)
        makers = fingerprint.digest_page_makers()

        def make_task(run: Run) -> RunTask:
            text = source.read_without_outputs(self.workspace.locate_source(run))
            nav = siblings.link(run) if settings.pages else None
            how = (settings.kernel, settings.timeout, settings.memory)
            return RunTask(run, text, self.package.inputs(run), helpers, *how, nav, makers, standing[run])

        return make_task

    def _keep(self, task: RunTask, entry: Entry, result: Result) -> Entry:
        """Put a succeeded notebook in its place, a failed one where it can be inspected, and drop what it replaces."""
        run, left = task.run, f"{FAILED}/{task.run.name}.ipynb"
        if result.outcome != "succeeded":
            for stale in (locate_notebook(run), locate_page(run)):
                self.place.remove(stale)
            if result.notebook:
                self.place.put(left, result.notebook)
            return replace(entry, left=bool(result.notebook))
        held = self.place.put(locate_notebook(run), result.notebook)
        self.place.remove(left)
        data = fingerprint.digest(task.inputs.content)
        notebook = json.loads(task.notebook)
        parts = fingerprint.compute_parts(run, notebook, data, task.helpers)
        entry = replace(entry, parts=parts, package=self.package.digest, notebook=held, facts=result.facts)
        if not result.page:
            return entry
        return self.pages.keep(entry, result.page, compute_parts(notebook["cells"], held, task.nav))


def _put_longest_first(runs: list[Run], known: record.Record) -> list[Run]:
    """Runs by the time that their notebook last took, so that no core is left with a long one at the end."""
    seconds: dict[str, float] = {}
    for entry in known.entries.values():
        seconds[entry.run.notebook] = max(entry.seconds, seconds.get(entry.run.notebook, 0.0))
    return sorted(runs, key=lambda run: -seconds.get(run.notebook, float("inf")))


def _take_result(future: Future) -> Result:
    """The result of a finished future; a worker that broke is an infrastructure failure, not the notebook's."""
    match future.exception():
        case None:
            return future.result()
        case BrokenProcessPool():
            what = "the process that ran it died (killed, or out of memory?)"
        case pool.Lost() as error:
            what = str(error)
        case error:
            what = f"{type(error).__name__}: {error}"
    return Result("failed", 0.0, error=what)


@contextmanager
def open_scratch(place: Folder | Address) -> Iterator[Path]:
    """A folder for what is not whole yet. Only whoever holds the place may ask for it."""
    folder = locate_scratch(place)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def locate_scratch(place: Folder | Address) -> Path:
    """Named for the user and the place, so that the next batch removes what a killed one left.

    Others can take names in a folder that is shared, with a folder or a link of theirs: then it has another one.
    """
    user = os.getuid() if hasattr(os, "getuid") else getpass.getuser()  # who may have no name
    folder = Path(tempfile.gettempdir()) / f"evaluate-{user}-{fingerprint.digest(place.identity)[:16]}"
    names = (folder, *(folder.with_name(f"{folder.name}-{number}") for number in range(2, NAMES)))
    return next((name for name in names if is_own_folder(name) or not is_there(name)), folder)
