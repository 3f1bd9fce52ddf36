"""Runs side by side in processes, and all of them gone at once when the batch is stopped."""

import multiprocessing
import os
import shutil
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Queue
from typing import Protocol

from helpers.errors import UserError

PRELOADED = [
    "helpers.batch.quiet",
    "helpers.runs.shims",
    "papermill",
    "nbclient",
    "helpers.batch.execute",
    "helpers.kernels.manager",
    "helpers.pages.render",
]

SOCKETS = "sockets"  # in a scratch folder: a link to multiprocessing's own, which nobody else would find


def count_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pool(Protocol):
    """Where tasks are executed: processes of this machine (`Workers`) or a cluster."""

    jobs: int

    def submit(self, function: Callable, argument) -> Future:
        """Have a function called; its future fails with Lost or BrokenProcessPool when whoever called it died.

        Raises Gone when there is nobody left.
        """


class Lost(Exception):
    """Whoever executed a task is gone; the message says how."""


class Gone(UserError):
    """There is nobody left to execute anything."""


class Workers:
    """Processes, each on its own, so that the death of one fails only what it was doing; `open_workers` opens them."""

    def __init__(self, jobs: int, context, scratch: Path):
        self.jobs, self._context, self._scratch = jobs, context, scratch
        self._free: Queue[ProcessPoolExecutor] = Queue()
        for _ in range(jobs):
            self._free.put(self._start_process())

    def _start_process(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, self._context, _begin, (str(self._scratch),))

    def submit(self, function: Callable, argument) -> Future:
        process = self._free.get()
        future = process.submit(function, argument)
        future.add_done_callback(lambda done: self._free.put(self._renew(process, done)))
        return future

    def _renew(self, process: ProcessPoolExecutor, done: Future) -> ProcessPoolExecutor:
        if done.cancelled() or not isinstance(done.exception(), BrokenProcessPool):
            return process
        process.shutdown(wait=False)
        return self._start_process()

    def shutdown(self, **options) -> None:
        while not self._free.empty():
            self._free.get().shutdown(**options)


@contextmanager
def open_workers(jobs: int, scratch: Path) -> Iterator[Workers]:
    """A pool of processes; leaving it by an exception ends every process below this one, kernels included.

    scratch: a folder for their temporary files
    """
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(PRELOADED)
        from multiprocessing import forkserver, util  # not on every system

        with suppress(FileExistsError):
            (scratch / SOCKETS).symlink_to(util.get_temp_dir())
        with _ignoring_interrupts():
            forkserver.ensure_running()
    pool = Workers(jobs, context, scratch)
    try:
        yield pool
    except BaseException:
        _end_children()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def clear(scratch: Path) -> None:
    """Remove the scratch folder of a batch that was killed, if there is one, and what its processes met in."""
    with suppress(OSError):
        sockets = (scratch / SOCKETS).readlink()
        if sockets.parent == scratch.parent and sockets.name.startswith("pymp-"):
            shutil.rmtree(sockets)
    shutil.rmtree(scratch, ignore_errors=True)


def map_tasks(
    pool: Pool,
    function: Callable,
    items: Iterable,
    argument: Callable = lambda item: item,
    started: Callable = lambda item: None,
    again: deque = (),
    going: Callable[[], bool] = lambda: True,
) -> Iterator[tuple]:
    """Each item with its finished future, as they finish; no more are handed out than can run, so that progress is true.

    items: taken only when there is room; argument: what the function is called with for one; again: further items that come
    first, put there by whoever reads the results; going: once false, what runs is finished and nothing more is begun
    """
    waiting, running, left = iter(items), {}, True
    while True:
        while going() and len(running) < pool.jobs and (again or left):
            item = again.popleft() if again else next(waiting, None)
            if item is None:
                left = False
                continue
            running[pool.submit(function, argument(item))] = item
            started(item)
        if not running:
            return
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            yield running.pop(future), future


@contextmanager
def _ignoring_interrupts() -> Iterator[None]:
    """What is started inside does not hear Ctrl-C, not even while it imports."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _begin(scratch: str) -> None:
    """Begin as a worker: Ctrl-C reaches the whole group of processes, but the batch alone decides what it means; when the
    batch is killed, its workers go with it, and with each of them its kernel."""
    from helpers.batch import execute

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    execute.scratch = scratch  # and not `tempfile.tempdir`, where the server of warm kernels would be looked for
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)


def _end_children() -> None:
    """End every process below this one. Each is suspended first: a worker that runs on could start one more kernel."""
    import psutil

    seen, suspended, own = set(), [], psutil.Process().children()
    while fresh := [child for child in psutil.Process().children(recursive=True) if child.pid not in seen]:
        for child in fresh:
            seen.add(child.pid)
            with suppress(psutil.Error):
                if "resource_tracker" not in " ".join(child.cmdline()):  # it ends by itself, after cleaning up
                    child.suspend()
                    suspended.append(child)
    for child in suspended:
        with suppress(psutil.Error):
            child.kill()
    # Those of our own are not waited for: multiprocessing does, and would miss them in the next batch of this process.
    psutil.wait_procs([child for child in suspended if child not in own], timeout=1)
