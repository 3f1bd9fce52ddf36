"""A batch as an operator sees it: a bar that says what runs, what is done and how long is left, then what failed."""

import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from helpers import paths
from helpers.batch.batch import Event, run_all
from helpers.batch.execute import Outcome
from helpers.batch.runs import Run


def run(runs: list[Run], out: Path | None, jobs: int, after: Callable[[list[Run], Path], None] | None = None) -> int:
    """Run a batch on the terminal; returns the exit code. Without `out` the outputs go to a folder that `after` reads."""
    if out is None:
        with tempfile.TemporaryDirectory(prefix="evaluate-") as folder:
            code = run(runs, Path(folder), jobs)
            if not code and after:
                after(runs, Path(folder))
            return code
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a stopped service ends as Ctrl-C does
    try:
        outcomes = _with_bar(runs, out, jobs)
    except KeyboardInterrupt:
        click.echo("\nstopped; what was finished is kept", err=True)
        return 130
    except OSError as error:
        click.echo(f"{error.filename or out}: {error.strerror or error}", err=True)
        return 2
    failed = [outcome for outcome in outcomes if outcome.status != "succeeded"]
    for outcome in failed:
        click.echo(_failure(outcome), err=True)
    done = len(outcomes) - len(failed)
    click.echo(f"{done} of {len(outcomes)} runs succeeded; {out / 'index.html'}" if done else "no run succeeded")
    return 1 if failed else 0


def _with_bar(runs: list[Run], out: Path, jobs: int) -> list[Outcome]:
    from tqdm import tqdm

    running: dict[str, None] = {}
    with tqdm(total=len(runs), unit="run", file=sys.stderr, dynamic_ncols=True, smoothing=0.1) as bar:

        def tell(event: Event) -> None:
            if event.what == "began":
                running[event.run.name] = None
            elif event.what == "ended":
                running.pop(event.run.name, None)
                bar.update()
            elif event.what == "pages":
                bar.set_description_str(f"{event.pages} pages")
            bar.set_postfix_str(", ".join(running))

        return run_all(runs, paths.NOTEBOOKS, out, jobs, tell)


def _failure(outcome: Outcome) -> str:
    """What an operator needs of a failed run: which, where, why, and where its notebook is."""
    who = "the notebook raised" if outcome.status == "raised" else "failed"
    where = f" at cell {outcome.cell}" if outcome.cell else ""
    left = f" ({outcome.path})" if outcome.path else ""
    return f"{outcome.name}: {who}{where}: {outcome.error}{left}"
