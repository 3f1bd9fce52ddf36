"""A whole batch: plan what has to be done, execute it, keep what comes of it, make the pages that change.

Every step ends on disk before the record says so, and the record is all that the next batch trusts: whatever stops this one,
the next finishes it.
"""

import getpass
import json
import shutil
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

from helpers.batch import fingerprint, notebooks, pool, record
from helpers.batch.execute import KERNEL, Inputs, Result, Task, execute
from helpers.batch.record import Entry
from helpers.batch.runs import Run
from helpers.batch.store import Address, Folder
from helpers.errors import UserError
from helpers.html import links

NOTEBOOKS, FAILED = "notebooks", "failed"
INDEX = "index"  # key of a note: digests of the index pages


class Package(Protocol):
    """What a data package gives to runs; batches know nothing else of it."""

    digest: str

    def inputs(self, run: Run) -> Inputs:
        """What a run reads; costly, so that it is asked for only where it matters."""


@dataclass(frozen=True)
class Settings:
    """How a batch is executed. See the options of `evaluate run`."""

    sources: Path  # folder of the notebooks
    jobs: int = 1
    retries: int = 1
    fail_fast: bool = False
    kernel: str = KERNEL
    timeout: int | None = None
    memory: int | None = None
    pages: bool = True


class State(NamedTuple):
    """What a run is: `fresh`, or why it has to be executed; `entry` as recorded, with what is known by now."""

    run: Run
    why: tuple[str, ...]
    entry: Entry | None


class Done(NamedTuple):
    """What became of a batch: the entries of runs that are fresh or came to an end, and which of them were executed."""

    entries: list[Entry]
    executed: frozenset[Run]


class Event(NamedTuple):
    """Something to tell the operator: a run is `fresh`, `began`, `retried` (and why) or `ended`; a page was `made`."""

    what: str
    run: Run
    entry: Entry | None = None


@dataclass
class Batch:
    """One batch into one place."""

    place: Folder | Address
    package: Package
    settings: Settings
    tell: Callable[[Event], None] = lambda event: None
    going: Callable[[], bool] = lambda: True  # once false, no further run is begun

    def states(self, runs: list[Run], known: dict[str, Entry]) -> Iterator[State]:
        """Which runs are fresh, and why the others are not; reads tables only where the package has changed.

        Raises UserError for a place that these runs must not be mixed into.
        """
        self._check(runs, known)
        helpers = fingerprint.helpers()
        for run in runs:
            yield self._state(run, known.get(run.name), helpers)

    def _state(self, run: Run, entry: Entry | None, helpers: str) -> State:
        if entry is None:
            return State(run, ("new",), None)
        if entry.outcome != "succeeded":
            return State(run, (entry.outcome,), entry)
        code = notebooks.code(self._cells(run))
        parts = fingerprint.of(run, code, entry.parts.get("data", ""), helpers)
        changed = fingerprint.changed(entry.parts, parts)
        # A slice follows from the package, the run and the code; where all are as they were, so is the slice.
        if not changed and entry.package != self.package.digest:
            parts["data"] = fingerprint.digest(self.package.inputs(run).content)
            changed = fingerprint.changed(entry.parts, parts)
            entry = replace(entry, package=self.package.digest)
        if not changed and not self.place.holds(_notebook(run), entry.notebook):
            changed = ["output"]
        return State(run, tuple(changed), entry)

    def _check(self, runs: list[Run], known: dict[str, Entry]) -> None:
        """Would these runs overwrite the notebooks themselves, or mix two data packages in one place?"""
        if (
            isinstance(self.place, Folder)
            and (self.place.path / NOTEBOOKS).resolve() == self.settings.sources.resolve()
        ):
            raise UserError(
                f"{self.place}: executed notebooks would replace the notebooks themselves; choose another --out."
            )
        for entry in known.values():
            if {_package(entry.run.data)} != {_package(run.data) for run in runs}:
                held = entry.run.data or "the project's own"
                raise UserError(f"{self.place}: holds pages of another data package ({held}); choose another --out.")

    def _cells(self, run: Run) -> list[dict]:
        return notebooks.cells(self._source(run))

    def _source(self, run: Run) -> Path:
        return self.settings.sources / f"{run.notebook}.ipynb"

    # --- executing -----------------------------------------------------------------------------------------

    def run(self, runs: list[Run], workers: Callable[[], AbstractContextManager[pool.Pool]]) -> Done:
        """Execute the runs that are not fresh, then make the pages that change.

        workers: opens a pool; called only where there is work.
        Raises UserError for a place that cannot take these runs, OSError where nothing can be written.
        """
        if idle := self._idle(runs):
            return idle
        with self.place.held(), record.opened(self.place.record) as known, ExitStack() as opened:
            open_pool = cache(lambda: opened.enter_context(workers()))
            states = list(self.states(runs, known.entries))
            known.put(*(s.entry for s in states if not s.why and s.entry is not known.entries[s.run.name]))
            stale = [state.run for state in states if state.why]
            for run in set(runs) - set(stale):
                self.tell(Event("fresh", run))
            executed = self._execute(stale, known, open_pool) if stale else frozenset()
            if self.settings.pages and self.going():
                self._make_pages(known, open_pool)
            done = [known.entries[run.name] for run in runs if run in executed or run not in stale]
            return Done(done, executed)

    def _idle(self, runs: list[Run]) -> Done | None:
        """What there is, if there is nothing to do at all; nothing is written, and nothing heavy imported."""
        known = record.read(self.place.record)
        for state in self.states(runs, known.entries):
            if state.why or state.entry is not known.entries[state.run.name]:
                return None
        if self.settings.pages:
            shown, hidden = self._shown(known)
            if any(entry.page for entry in hidden) or self._to_make(shown) or self._index_parts(shown, known):
                return None
        return Done([known.entries[run.name] for run in runs], frozenset())

    def _execute(self, runs: list[Run], known: record.Record, open_pool: Callable[[], pool.Pool]) -> frozenset[Run]:
        """Execute runs; those that came to an end."""
        helpers, ended, stopped = fingerprint.helpers(), [], []
        attempts: Counter[Run] = Counter()
        again: deque[Task] = deque()

        def began(task: Task) -> None:
            attempts[task.run] += 1
            self.tell(Event("began", task.run))

        def going() -> bool:
            return self.going() and not stopped

        tasks = (self._task(run, helpers) for run in runs)
        for task, future in pool.results(open_pool(), execute, tasks, started=began, again=again, going=going):
            result, tried = _result(future), attempts[task.run]
            entry = Entry(
                task.run, result.outcome, result.seconds, tried, result.cell, result.error, phases=result.phases
            )
            if result.outcome == "failed" and tried <= self.settings.retries and going():
                self.tell(Event("retried", task.run, entry))
                again.append(task)
                continue
            known.put(self._kept(task, entry, result))
            self.place.saved()
            ended.append(task.run)
            self.tell(Event("ended", task.run, known.entries[task.run.name]))
            if self.settings.fail_fast and result.outcome != "succeeded":
                stopped.append(task.run)
        return frozenset(ended)

    def _task(self, run: Run, helpers: str) -> Task:
        settings, source = self.settings, notebooks.bare(self._source(run))
        return Task(run, source, self.package.inputs(run), helpers, settings.kernel, settings.timeout, settings.memory)

    def _kept(self, task: Task, entry: Entry, result: Result) -> Entry:
        """Put a succeeded notebook in its place, a failed one where it can be inspected, and drop what it replaces."""
        run, left = task.run, f"{FAILED}/{task.run.name}.ipynb"
        if result.outcome != "succeeded":
            for stale in (_notebook(run), _page(run)):
                self.place.remove(stale)
            if result.notebook:
                self.place.put(left, result.notebook)
            return replace(entry, left=bool(result.notebook))
        held = self.place.put(_notebook(run), result.notebook)
        self.place.remove(left)
        data = fingerprint.digest(task.inputs.content)
        parts = fingerprint.of(run, task.code, data, task.helpers)
        said = notebooks.facts(result.notebook)
        return replace(entry, parts=parts, package=self.package.digest, notebook=held, facts=said)

    # --- pages ---------------------------------------------------------------------------------------------

    def _make_pages(self, known: record.Record, open_pool: Callable[[], pool.Pool]) -> None:
        """Make the pages that are missing or not of what they should be, then the index."""
        shown, hidden = self._shown(known)
        for entry in hidden:
            self.place.remove(_page(entry.run))
        known.put(*(replace(entry, page="", page_parts={}) for entry in hidden if entry.page))
        if items := self._to_make(shown):
            self._render(items, known, open_pool)
        self._index(shown, known)

    def _shown(self, known: record.Record) -> tuple[list[Entry], list[Entry]]:
        """Entries that have a page, and those that have none."""
        shown, hidden = [], []
        for _, entry in sorted(known.entries.items()):
            good = entry.outcome == "succeeded" and entry.facts and self._source(entry.run).is_file()
            good = good and self.place.holds(_notebook(entry.run), entry.notebook)
            (shown if good else hidden).append(entry)
        return shown, hidden

    def _to_make(self, shown: list[Entry]) -> list[tuple[Entry, dict, dict]]:
        """Entries whose pages have to be made, each with what the page is made of and where it links to."""
        siblings, makers, items = links.siblings({entry.run: entry.facts for entry in shown}), _makers(), []
        for entry in shown:
            run, prose = entry.run, fingerprint.told(notebooks.prose(self._cells(entry.run)))
            nav = links.links(run, siblings[run.region, run.data])
            parts = makers | {"nav": fingerprint.told(nav), "prose": prose, "notebook": entry.notebook}
            if entry.page_parts != parts or not self.place.holds(_page(run), entry.page):
                items.append((entry, parts, nav))
        return items

    def _render(self, items: list[tuple[Entry, dict, dict]], known: record.Record, open_pool) -> None:
        from helpers.html import page

        prepared = (self._prepared(*item) for item in items)
        for (entry, parts, _), future in pool.results(
            open_pool(), page.made, prepared, lambda item: item[2], going=self.going
        ):
            if error := future.exception():
                what = f"the page could not be made ({type(error).__name__}: {error})"
                raise UserError(f"{entry.run.name}: {what}.") from error
            made = self.place.put(_page(entry.run), future.result())
            known.put(replace(entry, page=made, page_parts=parts))
            self.place.saved()
            self.tell(Event("made", entry.run, entry))

    def _prepared(self, entry: Entry, parts: dict, nav: dict):
        """What a page is made of, after its executed notebook has taken over what has changed in the prose."""
        from helpers.html.page import Task

        run = entry.run
        executed = self.place.read(_notebook(run)).decode()
        if entry.page_parts.get("prose") != parts["prose"]:
            merged = notebooks.with_prose(executed, self._cells(run))
            if merged != executed:
                entry = replace(entry, notebook=self.place.put(_notebook(run), merged))
                executed = merged
        return entry, parts | {"notebook": entry.notebook}, Task(run, executed, entry.facts, nav)

    def _index_parts(self, shown: list[Entry], known: record.Record) -> str:
        """What the index is to be made of, or nothing if it is what it should be."""
        parts = fingerprint.told([[[entry.run.name, entry.facts] for entry in shown], _makers()])
        note = json.loads(known.notes.get(INDEX, "{}"))
        held = note.get("parts") == parts and all(self.place.holds(*file) for file in note["files"].items())
        return "" if held else parts

    def _index(self, shown: list[Entry], known: record.Record) -> None:
        """Make the index pages of all pages that there are, and remove those that are no longer wanted."""
        if not (parts := self._index_parts(shown, known)):
            return
        from helpers.html import index

        pages = index.pages({entry.run: entry.facts for entry in shown}) if shown else {}
        made = {name: self.place.put(name, content) for name, content in pages.items()}
        for name in set(json.loads(known.notes.get(INDEX, "{}")).get("files", {})) - set(made):
            self.place.remove(name)
        known.keep(INDEX, json.dumps({"parts": parts, "files": made}))
        self.place.saved()


def _makers() -> dict[str, str]:
    """What pages are made with."""
    return {"pages": fingerprint.pages(), "versions": fingerprint.versions()}


def _notebook(run: Run) -> str:
    return f"{NOTEBOOKS}/{run.name}.ipynb"


def _page(run: Run) -> str:
    return f"{run.name}.html"


def _package(data: str) -> str:
    return str(Path(data).resolve()) if data else ""


def _result(future: Future) -> Result:
    """The result of a finished future; a worker that broke is our failure, not the notebook's."""
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
def scratch(place: Folder | Address) -> Iterator[Path]:
    """A folder for what is not whole yet, named for the place, so that the next batch into it removes what a killed one left.

    Only whoever holds the place may ask for it.
    """
    folder = Path(tempfile.gettempdir()) / f"evaluate-{getpass.getuser()}-{fingerprint.digest(place.identity)[:16]}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
