"""A whole batch: execute the runs, keep what succeeded, make pages and index of everything that is there."""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from helpers.batch import pool, record
from helpers.batch.execute import KERNEL, Outcome, execute
from helpers.batch.runs import Run
from helpers.errors import UserError

NOTEBOOKS, FAILED = "notebooks", "failed"
WORK = ".work-"  # and the number of the process


class Event(NamedTuple):
    """Something to tell the operator: a run `began` or `ended` (then with its outcome), or pages `pages` were made."""

    what: str
    run: Run | None = None
    outcome: Outcome | None = None
    pages: int = 0


def run_all(
    runs: list[Run],
    sources: Path,
    out: Path,
    jobs: int,
    tell: Callable[[Event], None],
    pages: bool = True,
    kernel: str = KERNEL,
) -> list[Outcome]:
    """Execute runs side by side, then make the pages. Outputs appear whole or not at all; one failure stops no other run.

    Raises UserError for a folder that these runs must not be mixed into, and for a page that cannot be made.
    """
    known = record.read(out)
    _check(out, sources, known, runs)
    for folder in (out, out / NOTEBOOKS):
        folder.mkdir(parents=True, exist_ok=True)
    outcomes = []
    with _work(out) as work, pool.workers(min(jobs, len(runs)) or 1) as workers:
        items = [(run, sources / f"{run.notebook}.ipynb", work, kernel) for run in runs]
        for (run, *_), future in pool.results(workers, execute, items, lambda item: tell(Event("began", item[0]))):
            outcome = _keep(out, run, _outcome(run, future))
            known[run.name] = record.entry(run, outcome)
            record.write(out, known)
            outcomes.append(outcome)
            tell(Event("ended", run, outcome))
        if pages:
            tell(Event("pages", pages=make_pages(out, work, known, workers)))
    return outcomes


def _check(out: Path, sources: Path, known: dict[str, dict], runs: list[Run]) -> None:
    """Would these runs overwrite the notebooks themselves, or mix two data packages in one folder?"""
    if (out / NOTEBOOKS).resolve() == sources.resolve():
        raise UserError(f"{out}: executed notebooks would replace the notebooks themselves; choose another --out.")
    for entry in known.values():
        if {_package(entry["data"])} != {_package(run.data) for run in runs}:
            held = entry["data"] or "the project's own"
            raise UserError(f"{out}: holds pages of another data package ({held}); choose another --out.")


def _package(data: str) -> str:
    return str(Path(data).resolve()) if data else ""


@contextmanager
def _work(out: Path) -> Iterator[Path]:
    """A folder beside the outputs for what is not whole yet; its name tells which process writes here.

    Those of batches that were killed are removed. Raises UserError while another batch writes here.
    """
    import psutil

    for left in out.glob(f"{WORK}*"):
        owner = left.name.removeprefix(WORK)
        if owner.isdecimal() and int(owner) != os.getpid() and psutil.pid_exists(int(owner)):
            what = f"another batch (process {owner}) writes here; wait for it, choose another --out, or remove {left}"
            raise UserError(f"{out}: {what}.")
        shutil.rmtree(left, ignore_errors=True)
    work = out / f"{WORK}{os.getpid()}"
    work.mkdir()
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _outcome(run: Run, future: Future) -> Outcome:
    """The result of a finished future; a worker that broke is our failure, not the notebook's."""
    match future.exception():
        case None:
            return future.result()
        case BrokenProcessPool():
            what = "the process that ran it died (killed, or out of memory?); run it again"
        case error:
            what = f"{type(error).__name__}: {error}"
    return Outcome(run.name, "failed", 0.0, "", error=what)


def _keep(out: Path, run: Run, outcome: Outcome) -> Outcome:
    """Move a succeeded notebook to its place, a failed one to where it can be inspected, and drop what it replaces."""
    place, page = out / NOTEBOOKS / f"{run.name}.ipynb", out / f"{run.name}.html"
    left = out / FAILED / f"{run.name}.ipynb"
    if outcome.status == "succeeded":
        Path(outcome.path).replace(place)
        left.unlink(missing_ok=True)
        return outcome
    for stale in (place, page):
        stale.unlink(missing_ok=True)
    if outcome.path and Path(outcome.path).is_file():
        left.parent.mkdir(exist_ok=True)
        Path(outcome.path).replace(left)
        return replace(outcome, path=str(left))
    return replace(outcome, path="")


def make_pages(out: Path, work: Path, known: dict[str, dict], workers: pool.Workers) -> int:
    """Pages and index of all recorded runs that succeeded and are still there; returns the number of pages."""
    from helpers.html import index, page

    runs = [Run.of(known[name]) for name in sorted(known) if known[name]["status"] == "succeeded"]
    runs = [run for run in runs if (out / NOTEBOOKS / f"{run.name}.ipynb").is_file()]
    facts = {run: page.facts(out / NOTEBOOKS / f"{run.name}.ipynb") for run in runs}
    for run in [run for run, said in facts.items() if said is None]:
        del facts[run]
        (out / f"{run.name}.html").unlink(missing_ok=True)
    items = [(run, out / NOTEBOOKS, work, facts) for run in facts]
    for (run, *_), future in pool.results(workers, page.make, items, lambda _: None):
        if error := future.exception():
            raise UserError(f"{run.name}: the page could not be made ({type(error).__name__}: {error}).") from error
        future.result().replace(out / f"{run.name}.html")
    index.make(out, facts)
    return len(facts)
