"""One function executes one run, by papermill; pools only map it, here or on another machine.

A task holds everything that its run needs, its result everything that comes of it: no folder is shared. The executed
notebook is cleaned of everything that differs from run to run. Three outcomes are told apart: it succeeded, the notebook
raised, or it failed for another reason.
"""

import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from helpers.batch import fingerprint
from helpers.errors import UserError, write_line
from helpers.runs import limits, outcome, shims, source  # noqa: F401
from helpers.runs.forms import keep_good_data, make_output
from helpers.runs.run import Run
from helpers.runs.saving import clean

KERNEL = "evaluation-warm"
IPYTHON_CONFIG = """\
import logging
logging.getLogger("tornado.general").setLevel("CRITICAL")  # a kernel that is ended in the midst of a message says so here
c = get_config()
c.IPKernelApp.log_level = "CRITICAL"
c.HistoryManager.enabled = False
"""
SOCKET_PATH_MAX_BYTES = 90  # of a connection file whose sockets are named for it
# A set of texts has the same order in every run, unless the operator wants it otherwise.
ENVIRONMENT = {"PYTHONHASHSEED": os.environ.get("PYTHONHASHSEED", "0")}
ENVIRONMENT_LOCK = threading.Lock()  # one run at a time changes the environment of a process
scratch: str | None = None  # folder that runs are laid out in; the system's, where a worker has none of its own
worker_folder: str | None = None  # of a worker that ends with its batch: all its runs have the same path in there


@dataclass(frozen=True)
class Inputs:
    """What a run reads: a file in a folder that an environment variable names to its kernel."""

    variable: str
    file: str
    content: bytes


@dataclass(frozen=True)
class RunTask:
    """A run to execute.

    notebook: text of the notebook; helpers: digest of the sources that are to execute it; kernel: name of a kernelspec;
    timeout: s for a cell; memory: bytes for the kernel's data; nav: where the links of its page lead, if it shall have one;
    makers: digest of the sources that are to make the page; facts: what pages say of a notebook that says nothing of itself
    """

    run: Run
    notebook: str
    inputs: Inputs
    helpers: str
    kernel: str = KERNEL
    timeout: int | None = None
    memory: int | None = None
    nav: dict | None = None
    makers: str = ""
    facts: dict | None = None


@dataclass(frozen=True)
class Result:
    """What became of a task: outcome (`succeeded`, `raised`, `failed`), the notebook as far as it came, the error in a line.

    cell: number of the code cell at fault; phases: s from the beginning until the kernel was ready, until the cells were
    done, until the end; facts: what the notebook says of itself; page: HTML, empty where none can be made here; cut: numbers
    of the code cells whose output was too long
    """

    outcome: str
    seconds: float
    notebook: str = ""
    cell: int | None = None
    error: str = ""
    phases: tuple[float, ...] = ()
    facts: dict | None = None
    page: str = ""
    cut: tuple[int, ...] = ()


def execute(task: RunTask) -> Result:
    """Execute one run; never raises for what a notebook or a kernel does."""
    begun = time.perf_counter()
    watch = Watch()

    def result(outcome: str, **more) -> Result:
        text = watch.text
        facts = source.read_facts(text, task.facts) if outcome == "succeeded" else None
        phases = tuple(round(moment - begun, 3) for moment in (*watch.moments, time.perf_counter()))
        cut = limits.find_cut(watch.notebook.cells) if watch.notebook else ()
        more |= {"error": write_line(more["error"])} if "error" in more else {}
        return Result(outcome, phases[-1], notebook=text, phases=phases, facts=facts, cut=cut, **more)

    if fingerprint.digest_helpers() != task.helpers:
        return result(
            "failed", error="the sources of helpers here are not those that the batch began with; start it anew"
        )
    with ENVIRONMENT_LOCK, lay_out(task) as source_path:
        return _run_notebook(task, source_path, watch, result)


def check_kernel(name: str) -> None:
    """Raises UserError for a kernel that is not installed on this machine; ours comes with the project."""
    if name == KERNEL:
        return
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        KernelSpecManager().get_kernel_spec(name)
    except NoSuchKernel:
        sentence = f"there is no kernel {name!r} here; install it, or name one that `jupyter kernelspec list` gives."
        raise UserError(sentence) from None


def _run_notebook(task: RunTask, source_path: Path, watch: "Watch", result) -> Result:
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    if what := _judge_form(task.notebook):
        return result("raised", error=f"not a good notebook ({what}); open it in JupyterLab and save it")
    try:
        _execute_by_papermill(task, source_path, watch)
    except PapermillExecutionError as error:
        what = find_last_line(error.evalue, error.traceback)
        if error.ename == "SystemExit":
            what = outcome.describe_error(error.ename, error.evalue)
        if not what:  # the kernel could not even show it
            what = outcome.find_last_words(watch.notebook.cells, error.exec_count)
        if error.ename == "MemoryError" or what == "MemoryError":
            limit = f" (the kernel may hold {task.memory >> 20} MB, see --memory)" if task.memory else ""
            what = f"MemoryError: {find_last_line(error.evalue)}{limit}" if error.evalue else f"MemoryError{limit}"
        return result("raised", cell=error.exec_count, error=what)
    except outcome.EndedByCell as error:
        return result("raised", cell=watch.cell, error=str(error))
    except CellTimeoutError:
        return result("raised", cell=watch.cell, error=f"the cell ran longer than {task.timeout} s, see --timeout")
    except DeadKernelError:
        return result("failed", cell=watch.cell, error="the kernel died")
    except NoSuchKernel:
        return result("failed", error=f"there is no kernel {task.kernel!r} here; install the package, or see --kernel")
    except Exception as error:  # anything else is an infrastructure failure
        return result("failed", error=f"{type(error).__name__}: {find_last_line(str(error))}")
    if fault := outcome.find_fault(watch.notebook.cells):
        return result("raised", cell=fault[0], error=find_last_line(fault[1]))
    return result("succeeded")


@lru_cache(maxsize=8)  # one notebook has many runs
def _judge_form(notebook: str) -> str:
    """What in the text of a notebook does not have the form of Jupyter's; nothing where it is good."""
    from nbformat import ValidationError, validate
    from nbformat.v4 import reads

    try:
        validate(reads(notebook))
    except ValidationError as error:
        return f"{find_last_line(error.message)}, at {'.'.join(map(str, error.absolute_path))}"
    return ""


def _execute_by_papermill(task: RunTask, source_path: Path, watch: "Watch") -> None:
    """What `papermill.execute_notebook` does, but that it would write the executed notebook as a text that nobody reads."""
    from papermill.engines import papermill_engines
    from papermill.execute import raise_for_execution_errors, remove_error_markers
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    register_engines()
    engine = "fork-watched" if task.kernel == KERNEL else "kernel-watched"
    notebook = load_notebook_node(str(source_path))
    if task.run.parameters:
        notebook = parameterize_notebook(notebook, task.run.parameters, kernel_name=task.kernel, engine_name=engine)
    notebook = papermill_engines.execute_notebook_with_engine(
        engine, remove_error_markers(notebook), kernel_name=task.kernel, progress_bar=False,
        execution_timeout=task.timeout, watch=watch, memory=task.memory, record_timing=False,
        from_template=worker_folder is not None,
    )  # fmt: skip
    raise_for_execution_errors(notebook, None)


class Watch:
    """How far an execution came: the notebook, and when its kernel was ready and its cells were done."""

    def __init__(self):
        self.notebook = None
        self.moments: list[float] = []

    def mark(self) -> None:
        self.moments.append(time.perf_counter())

    @property
    def cell(self) -> int | None:
        """Number of the last code cell that was begun, as its `In [n]` counts."""
        code = [cell for cell in self.notebook.cells if cell.cell_type == "code"] if self.notebook else []
        begun = [n for n, cell in enumerate(code, 1) if cell.metadata.get("papermill", {}).get("start_time")]
        return begun[-1] if begun else None

    @property
    def text(self) -> str:
        from nbformat.v4 import writes

        return writes(clean(self.notebook)) + "\n" if self.notebook else ""


@contextmanager
def lay_out(task: RunTask) -> Iterator[Path]:
    """A kernel's surroundings: its inputs, a profile of its own (nobody's startup files, no history, no chatter).

    Returns where the notebook is.
    """
    with make_folder() as name:
        folder = Path(name)
        profile = folder / "profile_default"
        profile.mkdir()
        (profile / "ipython_kernel_config.py").write_text(IPYTHON_CONFIG)
        (folder / task.inputs.file).write_bytes(task.inputs.content)
        source_path = folder / "source.ipynb"
        source_path.write_text(task.notebook, encoding="utf-8")
        ours = {"IPYTHONDIR": name, "JUPYTER_RUNTIME_DIR": name, task.inputs.variable: name} | ENVIRONMENT
        before = {key: os.environ.get(key) for key in ours}
        os.environ.update(ours)
        try:
            yield source_path
        finally:
            for key, value in before.items():
                os.environ.pop(key, None)
                if value is not None:
                    os.environ[key] = value


@contextmanager
def make_folder() -> Iterator[str]:
    """A folder for a run; in a process with a folder of its own, always the same path, so that all shells start alike."""
    if worker_folder is None:
        with tempfile.TemporaryDirectory(prefix="evaluate-", dir=scratch) as name:
            yield name
        return
    folder = Path(worker_folder, "run")
    folder.mkdir(mode=0o700)
    try:
        yield str(folder)
    finally:
        shutil.rmtree(folder)


def make_worker_folder(parent: str) -> None:
    """Have runs of this process laid out in a folder of its own.

    It is not `tempfile.tempdir`, where the server of warm kernels would be looked for.
    """
    global worker_folder
    worker_folder = tempfile.mkdtemp(dir=parent)


@cache
def register_engines() -> None:
    """Make our engines known to papermill: `fork-watched`, and `kernel-watched` for a kernel that the operator names."""
    import nbclient.client
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import papermill_engines

    from helpers.kernels.engine import ForkEngine
    from helpers.kernels.forked import ForkClient

    nbclient.client.output_from_msg = make_output  # in this process, which executes runs and nothing else

    def check_reply(cell, cell_index: int, execute_reply: dict | None) -> None:
        outcome.check_reply(execute_reply)

    class Watched:
        """Mixed into a client: what a run leaves is kept however it ends, and its memory has a limit."""

        def __init__(self, nb_man, watch: Watch, memory: int | None, **options):
            super().__init__(nb_man, on_cell_executed=check_reply, **options)
            self.watch, self.memory, self.limit = watch, memory, limits.Limit()
            watch.notebook = nb_man.nb

        def process_message(self, message: dict, cell, cell_index: int):
            taken, content = None, message["content"]
            if isinstance(content.get("data"), dict) and "metadata" in content:
                message = message | {"content": content | {"data": keep_good_data(content["data"])}}
            for kept in self.limit.cut(message, cell_index):
                taken = super().process_message(kept, cell, cell_index)
            return taken

        def papermill_execute_cells(self):
            limit_memory(self.process, self.memory)
            self.watch.mark()
            super().papermill_execute_cells()
            self.watch.mark()

    class WatchedForkClient(Watched, ForkClient):
        @property
        def process(self) -> int:
            return self.kc.process.pid

    class WatchedKernelClient(Watched, PapermillNotebookClient):
        @property
        def process(self) -> int:
            return self.km.provisioner.pid

        def create_kernel_manager(self):
            manager = super().create_kernel_manager()
            manager.connection_file = str(Path(os.environ["JUPYTER_RUNTIME_DIR"], "kernel.json"))  # goes with the run
            if sys.platform != "win32" and len(os.fsencode(manager.connection_file)) < SOCKET_PATH_MAX_BYTES:
                manager.transport = "ipc"  # a port that is free now may be taken when the kernel wants it
            return manager

    class KernelEngine(ForkEngine):
        @classmethod
        def list_clients(cls) -> list[type]:
            return [WatchedKernelClient]

    class WatchedForkEngine(ForkEngine):
        @classmethod
        def list_clients(cls) -> list[type]:
            return [WatchedForkClient, WatchedKernelClient]

    papermill_engines.register("kernel-watched", KernelEngine)
    papermill_engines.register("fork-watched", WatchedForkEngine)


def limit_memory(process: int, memory: int | None) -> None:
    """Let a process and what it starts hold no more than `memory` bytes of data each; beyond it has a MemoryError."""
    if memory is None:
        return
    import resource

    resource.prlimit(process, resource.RLIMIT_DATA, (memory, memory))


def find_last_line(text: str, traceback: list[str] = ()) -> str:
    """Last line that says something, without terminal colours."""
    lines = "\n".join([*traceback, text] if not text else [text]).splitlines()
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in lines]
    return next((line for line in reversed(plain) if line), "")
