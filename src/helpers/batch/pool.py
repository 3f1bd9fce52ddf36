"""Runs side by side in processes, and all of them gone at once when the batch is stopped."""

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from queue import Queue
from typing import Protocol

from helpers.batch import execute
from helpers.errors import UserError
from helpers.kernels.wire import ServerError

WORKER = "helpers.batch.worker"  # module of a forked worker
SHUTDOWN_TIMEOUT_S = 0.0  # for a worker to leave: it has nothing to do
MANY_TASKS = 20  # which gain more from a warm server than it takes to warm up


def count_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pool(Protocol):
    """Where tasks are executed: processes of this machine (`Workers`) or a cluster."""

    jobs: int

    @property
    def is_ready(self) -> bool:
        """Would `submit` return at once?"""

    def submit(self, function: Callable, argument) -> Future:
        """Have a function called; its future fails with Lost or BrokenProcessPool when whoever called it died.

        Raises Gone when there is nobody left.
        """


class Lost(Exception):
    """Whoever executed a task is gone; the message says how."""


class Gone(UserError):
    """There is nobody left to execute anything."""


class ForkedWorker:
    """A process forked from the warm server that calls functions, with the methods of a `ProcessPoolExecutor` of one.

    It ends with this process, whatever ends that.
    """

    def __init__(self, scratch: Path, tasks: int):
        """scratch: a folder for its temporary files; tasks: of the pool. Raises ServerError where none can be forked."""
        from helpers.kernels import address, client  # not on every system

        command = [sys.executable, "-m", WORKER, str(scratch)]
        self.process, self._channel = client.fork(
            command, os.environ | execute.ENVIRONMENT, address.read_settings(), after_warm_up=tasks >= MANY_TASKS
        )
        self._thread = ThreadPoolExecutor(1)
        self._lock, self._is_shut = threading.Lock(), False

    def submit(self, function: Callable, argument) -> Future:
        return self._thread.submit(self._call, function, argument)

    def _call(self, function: Callable, argument):
        try:
            self._channel.send((function, argument))
            returned, value = self._channel.receive(process=self.process.descriptor)
        except (EOFError, OSError):
            raise BrokenProcessPool from None
        if returned:
            return value
        raise value

    def shutdown(self, wait: bool = True, cancel_futures: bool = False) -> None:
        """As of an executor; a batch that ends and a thread that sees the worker's death may both ask for it."""
        with self._lock:
            if self._is_shut:
                return
            self._is_shut = True
        self.process.close(SHUTDOWN_TIMEOUT_S)
        self._thread.shutdown(wait, cancel_futures=cancel_futures)
        self._channel.close()


Worker = ForkedWorker | ProcessPoolExecutor


class Workers:
    """Processes, each on its own, so that the death of one fails only what it was doing; `open_workers` opens them.

    Those that will be needed are started by a thread, for the server of warm kernels may have all its imports to do.
    """

    def __init__(self, jobs: int, scratch: Path, tasks: int):
        self.jobs, self._scratch, self._tasks = jobs, scratch, tasks
        self._free: Queue[Worker | None] = Queue()  # none for one that has not been started
        self._workers: list[Worker] = []
        self._has_ended = False
        threading.Thread(target=self._start_all, args=(min(jobs, tasks),), daemon=True).start()

    def _start_all(self, count: int) -> None:
        """Start some of the workers; the others are started when a task is there for them."""
        for place in range(self.jobs):
            worker = None
            if place < count and not self._has_ended:
                with suppress(Exception):  # `submit` tries again, and whoever calls it is told
                    self._workers.append(worker := self._start_process())
                if worker and self._has_ended:
                    worker.shutdown(wait=False)
            self._free.put(worker)

    @property
    def is_ready(self) -> bool:
        return not self._free.empty()

    def _start_process(self) -> Worker:
        try:
            if sys.platform == "linux":
                return ForkedWorker(self._scratch, self._tasks)
        except ServerError as error:
            from helpers.kernels.provisioner import log_once  # which imports jupyter_client

            log_once(error)
        return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _begin, (str(self._scratch),))

    def submit(self, function: Callable, argument) -> Future:
        worker = self._free.get()
        if worker is None:
            self._workers.append(worker := self._start_process())
        future = worker.submit(function, argument)
        future.add_done_callback(lambda done: self._release(worker, done))
        return future

    def _release(self, worker: Worker, done: Future) -> None:
        """Have a worker take the next task, or another one in its place if it died."""
        died = not done.cancelled() and isinstance(done.exception(), BrokenProcessPool)
        if died:
            worker.shutdown(wait=False)
            self._workers.remove(worker)
        self._free.put(None if died else worker)

    def end(self) -> None:
        """End all workers, and what they have started, whatever they do."""
        _end_processes([worker.process.pid for worker in self._workers if isinstance(worker, ForkedWorker)])
        self.shutdown(wait=False, cancel_futures=True)

    def shutdown(self, **options) -> None:
        self._has_ended = True  # one that is being started is shut down by its thread
        for worker in list(self._workers):
            worker.shutdown(**options)


@contextmanager
def open_workers(jobs: int, scratch: Path, tasks: int = 1) -> Iterator[Workers]:
    """A pool of processes; leaving it by an exception ends every process below this one, kernels included.

    scratch: a folder for their temporary files; tasks: about how many there will be
    """
    pool = Workers(jobs, scratch, tasks)
    try:
        yield pool
    except BaseException:
        pool.end()
        raise
    pool.shutdown()


def map_tasks(
    pool: Pool,
    function: Callable,
    items: Iterable,
    argument: Callable = lambda item: item,
    started: Callable = lambda item: None,
    again: deque = (),
    going: Callable[[], bool] = lambda: True,
    ahead: bool = True,
) -> Iterator[tuple]:
    """Each item with its finished future, as they finish; no more are handed out than can run, so that progress is true.

    items: a few are taken before there is room, as it may take a while to make one, and more while the pool is not ready;
    argument: what the function is called with for one; again: further items that come first, put there by whoever reads
    the results; going: once false, what runs is finished and nothing more is begun; ahead: is the next one begun before the
    result of the last one is read?
    """
    waiting, prepared, running, begun = iter(items), deque(), {}, deque()

    def take() -> bool:
        """Prepare one more item, if there is one."""
        before = len(prepared)
        prepared.extend(islice(waiting, 1))
        return len(prepared) > before

    def begin() -> None:
        while going() and len(running) < pool.jobs and (again or prepared or take()):
            items_to_begin = again or prepared
            item = items_to_begin[0]
            running[pool.submit(function, argument(item))] = item
            begun.append(items_to_begin.popleft())

    while going() and not pool.is_ready and take():  # nobody else needs this process until workers have started
        pass
    while True:
        begin()
        while begun:  # only now, as whoever is told may be slow: a terminal, say
            started(begun.popleft())
        if not running:
            return
        while going() and len(prepared) < pool.jobs and not any(future.done() for future in running) and take():
            pass
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        finished = [(running.pop(future), future) for future in done]
        if ahead:
            with suppress(Gone):  # which is raised again when the results that there are have been read
                begin()
        yield from finished


def _begin(scratch: str) -> None:
    """Begin as a worker: Ctrl-C reaches the whole group of processes, but the batch alone decides what it means; when the
    batch is killed, its workers go with it, and with each of them its kernel."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    execute.make_worker_folder(scratch)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)


def _end_processes(workers: list[int]) -> None:
    """End some processes and every process below them and this one.

    Each is suspended first: a worker that runs on could start one more kernel.
    """
    import psutil

    seen, suspended = set(), []
    own = psutil.Process().children()

    def list_new() -> list[psutil.Process]:
        listed = []
        for number in (os.getpid(), *workers):
            with suppress(psutil.Error):
                process = psutil.Process(number)
                listed += [*process.children(recursive=True), *([process] if number in workers else [])]
        return [process for process in listed if process.pid not in seen]

    while new := list_new():
        for process in new:
            seen.add(process.pid)
            with suppress(psutil.Error):
                if "resource_tracker" not in " ".join(process.cmdline()):  # it ends by itself, after cleaning up
                    process.suspend()
                    suspended.append(process)
    for process in suspended:
        with suppress(psutil.Error):
            process.kill()
    # Those of our own are not waited for: multiprocessing does, and would miss them in the next batch of this process.
    psutil.wait_procs([process for process in suspended if process not in own], timeout=1)
