"""A whole batch: execute the runs, keep what succeeded, make pages and index of everything that is there."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from helpers.batch import pool, record
from helpers.batch.execute import KERNEL, Outcome, execute
from helpers.batch.runs import Run

NOTEBOOKS, FAILED = "notebooks", "failed"


class Event(NamedTuple):
    """Something to tell the operator: a run `began` or `ended` (then with its outcome), or pages `pages` were made."""

    what: str
    run: Run | None = None
    outcome: Outcome | None = None
    pages: int = 0


def run_all(
    runs: list[Run], sources: Path, out: Path, jobs: int, tell: Callable[[Event], None], kernel: str = KERNEL
) -> list[Outcome]:
    """Execute runs side by side, then make the pages. Outputs appear whole or not at all; one failure stops no other run."""
    for folder in (out, out / NOTEBOOKS):
        folder.mkdir(parents=True, exist_ok=True)
    outcomes = []
    known = record.read(out)
    with tempfile.TemporaryDirectory(prefix=".work-", dir=out, ignore_cleanup_errors=True) as work:
        items = [(run, sources / f"{run.notebook}.ipynb", Path(work), kernel) for run in runs]
        with pool.workers(min(jobs, len(runs)) or 1) as workers:
            finished = pool.results(workers, execute, items, lambda item: tell(Event("began", item[0])), jobs)
            for (run, *_), future in finished:
                outcome = _outcome(run, future)
                outcome = _keep(out, run, outcome)
                known[run.name] = record.entry(run, outcome)
                record.write(out, known)
                outcomes.append(outcome)
                tell(Event("ended", run, outcome))
            tell(Event("pages", pages=make_pages(out, known, workers, jobs)))
    return outcomes


def _outcome(run: Run, future) -> Outcome:
    """The result of a finished future; a worker that broke is our failure, not the notebook's."""
    error = future.exception()
    if error is None:
        return future.result()
    return Outcome(run.name, "failed", 0.0, "", error=f"{type(error).__name__}: {error}")


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


def make_pages(out: Path, known: dict[str, dict], workers, jobs: int) -> int:
    """Pages and index of all recorded runs that succeeded and are still there; returns the number of pages."""
    from helpers.html import index, page

    runs = [Run.of(known[name]) for name in sorted(known) if known[name]["status"] == "succeeded"]
    runs = [run for run in runs if (out / NOTEBOOKS / f"{run.name}.ipynb").is_file()]
    facts = {run: page.facts(out / NOTEBOOKS / f"{run.name}.ipynb") for run in runs}
    for run in [run for run, said in facts.items() if said is None]:
        del facts[run]
        (out / f"{run.name}.html").unlink(missing_ok=True)
    items = [(run, out, facts) for run in facts]
    for _, future in pool.results(workers, page.make, items, lambda _: None, jobs):
        future.result()
    index.make(out, facts)
    return len(facts)
