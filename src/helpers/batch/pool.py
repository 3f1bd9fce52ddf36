"""Runs side by side in processes, and all of them gone at once when the batch is stopped."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """A pool of processes that is renewed when one of them dies; `workers` opens one."""

    def __init__(self, jobs: int, context):
        self.jobs, self._context = jobs, context
        self._renew()

    def _renew(self) -> None:
        self._pool = ProcessPoolExecutor(self.jobs, mp_context=self._context, initializer=_ignore_interrupts)

    def submit(self, function: Callable, *arguments) -> Future:
        try:
            return self._pool.submit(function, *arguments)
        except BrokenProcessPool:
            self._pool.shutdown(wait=False)
            self._renew()
            return self._pool.submit(function, *arguments)

    def shutdown(self, **options) -> None:
        self._pool.shutdown(**options)


@contextmanager
def workers(jobs: int) -> Iterator[Workers]:
    """A pool of processes; leaving it by an exception ends every process below this one, kernels included."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["papermill", "helpers.batch.execute"])
        from multiprocessing import forkserver  # not on every system

        with _ignoring_interrupts():
            forkserver.ensure_running()
    pool = Workers(jobs, context)
    try:
        yield pool
    except BaseException:
        _end_children()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def results(
    pool: Workers, function: Callable, items: list[tuple], started: Callable[[tuple], None]
) -> Iterator[tuple[tuple, Future]]:
    """Each item with its finished future, as they finish; no more are handed out than can run, so that progress is true.

    When a process dies, the items that were running fail with BrokenProcessPool and the others go on in new processes.
    """
    waiting, running = list(reversed(items)), {}
    while waiting or running:
        while waiting and len(running) < pool.jobs:
            item = waiting.pop()
            running[pool.submit(function, *item)] = item
            started(item)
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


def _ignore_interrupts() -> None:
    """Ctrl-C reaches the whole group of processes; the parent alone decides what it means."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _end_children() -> None:
    """End every process below this one. Each is suspended first: a worker that runs on could start one more kernel."""
    import psutil

    seen, suspended = set(), []
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
    psutil.wait_procs(suspended, timeout=1)
