"""A batch as an operator sees it: a bar that says what runs, what is done and how long is left, then what failed."""

import shutil
import signal
import sys
import tempfile
from pathlib import Path

import click

from helpers import paths
from helpers.batch import references
from helpers.batch.batch import Event, run_all
from helpers.batch.execute import Outcome
from helpers.batch.runs import Run


def run(runs: list[Run], out: Path, jobs: int, pages: bool = True) -> int:
    """Run a batch on the terminal; returns the exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a stopped service ends as Ctrl-C does
    try:
        outcomes = _with_bar(runs, out, jobs, pages)
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
    where = f"; {out / 'index.html'}" if pages and done else ""
    click.echo(f"{done} of {len(outcomes)} runs succeeded{where}")
    return 1 if failed else 0


def renew(runs: list[Run], jobs: int) -> int:
    """Run a batch and make its outputs the committed ones; returns the exit code. A failed batch is kept for inspection."""
    out = Path(tempfile.mkdtemp(prefix="evaluate-"))
    code = run(runs, out, jobs, pages=False)
    if code == 0:
        click.echo(references.renew(runs, out))
    if code != 1:
        shutil.rmtree(out, ignore_errors=True)
    return code


def _with_bar(runs: list[Run], out: Path, jobs: int, pages: bool) -> list[Outcome]:
    from tqdm import tqdm

    running: dict[str, None] = {}
    with tqdm(total=len(runs), unit="run", file=sys.stderr, dynamic_ncols=True, smoothing=0.1, delay=0.1) as bar:

        def tell(event: Event) -> None:
            if event.what == "began":
                running[event.run.name] = None
            elif event.what == "ended":
                running.pop(event.run.name, None)
                bar.update()
            elif event.what == "pages":
                bar.set_description_str(f"{event.pages} pages")
            bar.set_postfix_str(", ".join(running))

        return run_all(runs, paths.NOTEBOOKS, out, jobs, tell, pages)


def _failure(outcome: Outcome) -> str:
    """What an operator needs of a failed run: which, where, why, and where its notebook is."""
    who = "the notebook raised" if outcome.status == "raised" else "failed"
    where = f" at code cell {outcome.cell}" if outcome.cell else ""
    left = f" ({outcome.path})" if outcome.path else ""
    return f"{outcome.name}: {who}{where}: {outcome.error}{left}"
