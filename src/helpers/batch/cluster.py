"""Runs on a Dask cluster: the same tasks and results, elsewhere. Dask is the engine; here it only becomes a `pool.Pool`.

A worker needs the installed package and nothing else: inputs travel with a task, outputs come back with its result. What a
dying worker was doing, the scheduler gives to another one.
"""

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import resource_tracker
from pathlib import Path

from helpers.batch import execute
from helpers.batch.destination import hide_secrets, hide_secrets_in
from helpers.batch.pool import Gone, Lost
from helpers.errors import UserError

NO_ROUTES = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}  # nothing to look at by HTTP
LOCAL = "local"  # in place of an address: a cluster of this machine
ANSWER_TIMEOUT_S = 10  # s in which a scheduler has to answer
RECONNECT_CHECK_S = 0.1  # s between two looks whether it is there again
TASKS_PER_THREAD = 1.5  # tasks handed out for each thread of a worker, so that none waits for the next
# What fails in a cluster of this machine is told by the result of a task; what its workers log while they are stopped are
# tracebacks of connections that we closed ourselves. They read their level of logging when they start.
QUIET = {"distributed.nanny.pre-spawn-environ.DASK_LOGGING__DISTRIBUTED": "critical"}


class Cluster:
    """The workers that a scheduler has; `open_cluster` connects to one."""

    def __init__(self, client, address: str, is_local: bool = False):
        """is_local: do its workers, of one thread each, end with the batch?"""
        self._client, self._address, self._is_local = client, address, is_local
        self._waiting = set()  # what nobody holds is forgotten by the scheduler

    @property
    def jobs(self) -> int:
        """Tasks to hand out; workers may come and go."""
        # It is gone, which `submit` tells; a client that gave up has no scheduler at all (AttributeError).
        with suppress(OSError, TimeoutError, RuntimeError, AttributeError):
            return max(1, int(sum(self._client.nthreads().values()) * TASKS_PER_THREAD))
        return 1

    @property
    def is_ready(self) -> bool:
        return True

    def submit(self, function: Callable, argument) -> Future:
        """Have a worker call a function. Raises Gone when there is no scheduler any more."""
        from distributed.client import ClosedClientError

        while self._client.status == "connecting":  # it tries for as long as a scheduler has to answer
            time.sleep(RECONNECT_CHECK_S)
        try:
            if self._client.status != "running":
                raise ClosedClientError
            remote = self._client.submit(_call_here, function, argument, self._is_local, pure=False)
        except ClosedClientError:
            what = "the scheduler is gone; what was finished is kept, and the same command goes on from there"
            raise Gone(f"{self._address}: {what}.") from None
        done: Future = Future()
        self._waiting.add(remote)
        remote.add_done_callback(lambda remote: self._hand_over(remote, done))
        return done

    def _hand_over(self, remote, done: Future) -> None:
        from distributed import CancelledError, KilledWorker

        try:
            done.set_result(remote.result())
        except KilledWorker:
            done.set_exception(Lost("the workers that ran it died, one after the other (killed, or out of memory?)"))
        except (CancelledError, OSError):
            done.set_exception(Lost("the scheduler lost it"))
        except Exception as error:  # what the function raised
            done.set_exception(error)
        self._waiting.discard(remote)


def _call_here(function: Callable, argument, is_local: bool = False):
    """Call a function on a worker; what it leaves, should it be killed, lies where Dask looks after it.

    is_local: does the worker end with the batch, so that it may keep a process from which shells are forked?
    """
    from distributed import get_worker
    from jupyter_core.utils import ensure_event_loop

    folder = get_worker().local_directory
    if is_local and execute.worker_folder is None:
        execute.make_worker_folder(folder)
    execute.scratch = folder
    try:
        return function(argument)
    finally:  # each call has an event loop of its own; an open one complains when it is collected after its sockets
        ensure_event_loop().close()


@contextmanager
def open_cluster(scheduler: str, jobs: int, scratch: Path) -> Iterator[Cluster]:
    """The workers of a scheduler, or `jobs` workers started here for `local`. Raises UserError where none answers.

    scratch: a folder for the temporary files of those started here
    """
    try:
        import cryptography  # noqa: F401
        from dask import config
        from distributed import Client, LocalCluster
        from distributed.security import Security
    except ImportError:
        raise UserError(
            "--scheduler needs the extra 'cluster': `make extras`, or pip install 'internet-plus-evaluation[cluster]'."
        ) from None
    with ExitStack() as stack:
        where = scheduler
        if scheduler == LOCAL:
            stack.enter_context(config.set({"temporary-directory": str(scratch)} | QUIET | NO_ROUTES))
            with _without_interrupts():
                options = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL, "host": "127.0.0.1"}
                options |= {
                    "security": Security.temporary()
                }  # whoever lacks its key cannot join, on this machine either
                where = stack.enter_context(LocalCluster(n_workers=jobs, threads_per_worker=1, **options))
                where.scheduler.http_server.stop()
        try:
            if scheduler != LOCAL:
                asyncio.run(asyncio.wait_for(_greet(scheduler), ANSWER_TIMEOUT_S))
            client = stack.enter_context(Client(where, timeout=ANSWER_TIMEOUT_S, direct_to_workers=scheduler == LOCAL))
        except (OSError, TimeoutError, ValueError) as error:
            why = str(error) or f"not within {ANSWER_TIMEOUT_S} s"
            what = f"no Dask scheduler answers there ({why}); start one with `dask scheduler`, or leave --scheduler out"
            shown = hide_secrets(scheduler)
            raise UserError(f"{shown}: {hide_secrets_in(what, scheduler)}.") from None
        yield Cluster(client, hide_secrets(scheduler), scheduler == LOCAL)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Threads and processes that begin inside, and those that they start later, do not hear Ctrl-C; we do, at the end."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # or the first process would start it, and its thread would hear again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


async def _greet(address: str) -> None:
    """Return when a scheduler has answered; a client would wait for ever for one that is silent."""
    from distributed.comm import connect

    comm = await connect(address, timeout=ANSWER_TIMEOUT_S)
    await comm.close()
