"""One function executes one run, by papermill; pools only map it.

The notebook is executed into a folder of its own and cleaned of everything that differs from run to run; whoever called
moves it to its place when it is whole. Three outcomes are told apart: it succeeded, the notebook raised, we failed.
"""

import os
import re
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from helpers.batch.runs import Run

KERNEL = "python3"
PROFILE = """\
c = get_config()
c.IPKernelApp.log_level = "CRITICAL"
c.HistoryManager.enabled = False
"""


@dataclass(frozen=True)
class Outcome:
    """What became of a run; `error` is one line, `cell` the number of the code cell at fault, `path` the notebook."""

    name: str
    status: str  # succeeded, raised, failed
    seconds: float
    path: str
    cell: int | None = None
    error: str = ""


def execute(run: Run, source: Path, folder: Path, kernel: str = KERNEL) -> Outcome:
    """Execute one run of the notebook `source` into `folder`; never raises for what a notebook or kernel does."""
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    target = folder / f"{run.name}.ipynb"
    begun = time.monotonic()

    def outcome(status: str, **more) -> Outcome:
        return Outcome(run.name, status, round(time.monotonic() - begun, 2), str(target), **more)

    with tempfile.TemporaryDirectory(prefix="ipython-", dir=folder) as profile:
        # A profile of its own: nobody's startup files, no history on disk, no chatter on the terminal.
        os.environ["IPYTHONDIR"] = profile
        configuration = Path(profile, "profile_default", "ipython_kernel_config.py")
        configuration.parent.mkdir()
        configuration.write_text(PROFILE)
        try:
            papermill.execute_notebook(
                source, target, run.parameters, kernel_name=kernel, progress_bar=False,
                request_save_on_cell_execute=False, engine_name=engine(), kept=target,
            )  # fmt: skip
        except PapermillExecutionError as error:
            return outcome("raised", cell=error.exec_count, error=last_line(error.evalue, error.traceback))
        except DeadKernelError:
            return outcome("failed", cell=stopped_at(target), error="the kernel died")
        except Exception as error:  # whatever else goes wrong is ours, and is told as such
            return outcome("failed", error=f"{type(error).__name__}: {last_line(str(error))}")
    clean(target)
    return outcome("succeeded")


@cache
def engine() -> str:
    """Name of papermill's own engine, but for one thing: what a dead kernel leaves behind is kept for inspection."""
    from papermill.engines import NBClientEngine, papermill_engines
    from papermill.iorw import write_ipynb

    class KeepingEngine(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man, kernel_name, kept=None, **options):
            try:
                return super().execute_managed_notebook(nb_man, kernel_name, **options)
            except Exception:
                write_ipynb(nb_man.nb, str(kept))
                raise

    papermill_engines.register("keeping", KeepingEngine)
    return "keeping"


def last_line(text: str, traceback: list[str] = ()) -> str:
    """Last line that says something, without terminal colours."""
    lines = "\n".join([*traceback, text] if not text else [text]).splitlines()
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in lines]
    return next((line for line in reversed(plain) if line), "")


def stopped_at(notebook: Path) -> int | None:
    """Number of the last code cell that was begun in a notebook left behind by a dead kernel, as its `In [n]` counts."""
    import nbformat

    try:
        cells = nbformat.read(notebook, as_version=4).cells
    except (OSError, ValueError):
        return None
    code = [cell for cell in cells if cell.cell_type == "code"]
    begun = [n for n, cell in enumerate(code, 1) if cell.metadata.get("papermill", {}).get("start_time")]
    return begun[-1] if begun else None


def clean(path: Path) -> None:
    """Take out of an executed notebook what differs between two runs of the same thing."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    nbformat.write(cleaned(notebook), path)


def cleaned(notebook):
    """The notebook without times, durations, paths and random ids; outputs, sources and counts stay."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    for number, cell in enumerate(notebook.cells):
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]  # papermill adds empty ones
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = f"injected-{number}"
    return notebook
