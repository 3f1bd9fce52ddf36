"""The server: does the imports, listens on a socket, forks kernels, tells their end, and ends itself when nobody needs it.

A connection stands for a kernel. When it closes, or the process that opened it ends, the kernel's group is killed; when the
kernel ends, its exit code is told over it. Kernels do not need the server to live: when it is killed they run on, and their
line to the client (see `child`) still ends them with it. A server whose imports are older than the files on disk says so,
listens no more, and ends with its last kernel.
"""

import contextlib
import json
import math
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn, Protocol

from helpers.kernels import address, child, preload, wire
from helpers.kernels.wire import ServerError

BEGAN_NS = time.time_ns()
LISTENING = "listening"
WARM_UP_AFTER_S = 2.0  # s without clients; whoever comes sooner waits for nothing
WARM_UP_AFTER_FORKS = 4  # of which there will be many more: they gain more than the steps take
REQUEST_TIMEOUT_S = 5.0  # for a client to send its request
AGAIN = {"again": True}  # the answer to a client that shall start a new server


@dataclass(eq=False)
class Client:
    """A connection, what was asked over it, and the kernel that was made for it."""

    connection: socket.socket
    owner: int  # descriptor of the client's process, for a process forked from it may keep the connection open
    request: dict
    descriptors: tuple[int, ...]
    process: int = 0
    ended: int = -1  # descriptor of the kernel's process
    code: int | None = None
    gone: bool = False


class Listener(Protocol):
    """Where the connections of clients come from."""

    def fileno(self) -> int:
        """Descriptor that is readable when there is a connection."""

    def accept(self) -> socket.socket:
        """The next connection. Raises EOFError when there will be no more."""

    def withdraw(self) -> None:
        """Have nobody come any more; `accept` raises OSError when all that have come are taken."""

    def close(self) -> None:
        """Close the descriptor."""


class SocketListener:
    """A socket in a folder."""

    def __init__(self, folder: Path, name: str):
        """Bind the socket; the client that started this process holds the lock of the folder."""
        self._folder, self._name = folder, name
        self._socket = socket.socket(socket.AF_UNIX)
        with address.open_folder(folder) as descriptor:
            before = os.umask(0o177)
            self._socket.bind(address.shorten_path(descriptor, name))
            os.umask(before)
        self._socket.listen(128)
        self._bound = (folder / name).stat()
        self.fileno, self.close = self._socket.fileno, self._socket.close

    def accept(self) -> socket.socket:
        return self._socket.accept()[0]

    def withdraw(self) -> None:
        """Leave no file."""
        with contextlib.suppress(ServerError, OSError), address.lock_folder(self._folder) as descriptor:
            path = self._folder / self._name
            if os.path.samestat(path.stat(), self._bound):  # not the next server's
                os.unlink(self._name, dir_fd=descriptor)
            self._folder.rmdir()  # unless others listen there
        self._socket.setblocking(False)


class Server:
    """Serves who comes to a listener; `run` returns when nobody needs it any more."""

    def __init__(self, listener: Listener, recheck_after_s: float = 0.0):
        """recheck_after_s: until files that were unchanged are looked at again."""
        self._files = preload.read_states(BEGAN_NS)
        self._recheck_after_s, self._checked_at = recheck_after_s, -math.inf
        self._selector = selectors.DefaultSelector()
        self._clients: list[Client] = []
        self._imports: preload.Imports | None = None
        self._forks = 0
        self._ending = False
        self._steps: Iterator[preload.Imports] | None = None
        self._is_warm = False  # has the first step been taken?
        self._listener: Listener | None = listener

    def run(self, settings: address.Settings) -> None:
        """Serve until nobody has needed it for a while."""
        needed = time.monotonic()
        try:
            self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
            self._telling_errors(partial(self._import, settings.preload))
            self._steps = preload.warm_up(settings.warm_up) if settings.warm_up else None
            while not self._ending and (self._clients or self._listener):
                timeout_s = None if self._clients else max(0, needed + settings.idle - time.monotonic())
                if self._steps and self._forks > WARM_UP_AFTER_FORKS:
                    warm_up_at = 0.0
                elif self._steps and self._forks and not self._clients:
                    warm_up_at = needed + WARM_UP_AFTER_S
                else:
                    warm_up_at = math.inf
                if warm_up_at < math.inf:
                    timeout_s = max(0, warm_up_at - time.monotonic())
                ready = self._selector.select(timeout_s)
                for key, _ in ready:
                    self._telling_errors(key.data)
                self._telling_errors(self._serve)
                if not ready and time.monotonic() >= warm_up_at:
                    self._take_step()
                if self._clients:
                    needed = time.monotonic()
                elif time.monotonic() >= needed + settings.idle:
                    self._withdraw(AGAIN)
        finally:
            self._withdraw(AGAIN)

    def end(self, *signal_and_frame) -> NoReturn:
        """End at once, or after the step of warming up in which the exception gets lost."""
        self._ending = True
        sys.exit()

    def _take_step(self) -> None:
        """Go on warming up; the next client waits for as long as a step takes."""
        self._is_warm = True
        try:
            self._imports = next(self._steps)
        except StopIteration:
            self._steps = None

    def _import(self, modules: tuple[str, ...]) -> None:
        if sys.flags.ignore_environment:
            raise ServerError("its interpreter is to ignore PYTHONHASHSEED")
        self._imports = preload.load(modules)

    def _telling_errors(self, step: Callable[[], None]) -> None:
        """Do a step; when no kernel can be made, whoever waits for one is told why."""
        try:
            step()
        except ServerError as error:
            self._withdraw({"error": str(error)})

    # --- clients come ----------------------------------------------------------------------------------------

    def _accept(self) -> None:
        if self._listener is None:
            return
        try:
            connection = self._listener.accept()
        except EOFError:
            self._withdraw(AGAIN)
        else:
            self._take(connection)

    def _take(self, connection: socket.socket) -> None:
        """Take a client, if it asks for something."""
        client = self._read_client(connection)
        if client is None:
            return
        self._clients.append(client)
        for descriptor in (connection, client.owner):
            self._selector.register(descriptor, selectors.EVENT_READ, partial(self._left, client))

    def _read_client(self, connection: socket.socket) -> Client | None:
        """Who asks for what; who says nothing sensible, or has ended, is no client, and nothing of it stays open."""
        with contextlib.ExitStack() as opened, contextlib.suppress(OSError, EOFError, ValueError):
            opened.enter_context(connection)
            connection.settimeout(REQUEST_TIMEOUT_S)
            process, user = wire.peer(connection)
            if user != os.getuid():
                raise PermissionError(f"user {user} is not this server's")
            owner = os.pidfd_open(process)
            opened.callback(os.close, owner)
            client = Client(connection, owner, *wire.receive(connection))
            opened.pop_all()
            return client
        return None

    def _serve(self) -> None:
        """Fork a kernel for each client that waits for one. Raises ServerError."""
        waiting = [client for client in self._clients if not client.process]
        if waiting and not self._is_current():
            self._withdraw(AGAIN)
            return
        if self._steps and not self._is_warm and any(client.request["after_warm_up"] for client in waiting):
            self._take_step()
        for client in waiting:
            self._forks += 1
            client.process = self._fork(client)
            client.ended = os.pidfd_open(client.process)
            self._selector.register(client.ended, selectors.EVENT_READ, partial(self._ended, client))
            self._release(client)
            self._tell(client, {"process": client.process}, (client.ended,))

    def _is_current(self) -> bool:
        """Are the files still as they were when they were imported?"""
        if time.monotonic() >= self._checked_at + self._recheck_after_s:
            # Of a file with two states, at least one is not that of today.
            if not preload.are_unchanged({*self._files.items(), *self._imports.files.items()}):
                return False
            self._checked_at = time.monotonic()
        return True

    def _fork(self, client: Client) -> int:
        """Fork a kernel; returns its process. Raises ServerError."""
        unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())  # until it has its own handlers
        try:
            process = os.fork()
            if process == 0:
                child.become(client.request, client.descriptors, self._imports)
        except OSError as error:
            raise ServerError(f"cannot fork: {error.strerror}") from error
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
        return process

    # --- kernels and clients go ------------------------------------------------------------------------------

    def _ended(self, client: Client) -> None:
        """A kernel ended, and with it what it started: tell its exit code, as `subprocess` would.

        Its number stays taken until the client is gone.
        """
        how = os.waitid(os.P_PIDFD, client.ended, os.WEXITED | os.WNOWAIT)
        client.code = how.si_status if how.si_code == os.CLD_EXITED else -how.si_status
        self._selector.unregister(client.ended)
        with contextlib.suppress(OSError):  # there is nobody
            os.killpg(client.process, signal.SIGKILL)
        if client.gone:
            self._forget(client)
        else:
            self._tell(client, {"code": client.code})

    def _left(self, client: Client) -> None:
        """A client is gone or done: nothing of its kernel stays."""
        if client.gone:
            return
        client.gone = True
        self._selector.unregister(client.connection)
        self._selector.unregister(client.owner)
        client.connection.close()
        os.close(client.owner)
        if client.process:
            for kill in (os.killpg, os.kill):  # a process just forked has no group yet
                with contextlib.suppress(OSError):
                    kill(client.process, signal.SIGKILL)
        if not client.process or client.code is not None:
            self._forget(client)

    def _forget(self, client: Client) -> None:
        self._clients.remove(client)
        if client.process:
            os.waitpid(client.process, 0)
            os.close(client.ended)
        self._release(client)

    def _release(self, client: Client) -> None:
        for descriptor in client.descriptors:
            os.close(descriptor)
        client.descriptors = ()

    def _tell(self, client: Client, message: dict, descriptors: tuple[int, ...] = ()) -> None:
        with contextlib.suppress(OSError):  # gone: its connection is readable
            wire.send(client.connection, message, descriptors)

    # --- the end ---------------------------------------------------------------------------------------------

    def _withdraw(self, answer: dict) -> None:
        """Listen no more, leave no file, and answer so whoever waits for a kernel."""
        if self._listener is None:
            return
        listener, self._listener = self._listener, None
        listener.withdraw()
        with contextlib.suppress(OSError, EOFError):
            while True:
                self._take(listener.accept())
        self._selector.unregister(listener)
        listener.close()
        for client in [client for client in self._clients if not client.process]:
            self._tell(client, answer)
            self._left(client)


def main(folder: str, name: str, settings: dict) -> None:
    """Become nobody's child, listen, tell so, and serve; the arguments are those of `client`."""
    if os.fork():
        os._exit(0)
    server = Server(SocketListener(Path(folder), name))
    signal.signal(signal.SIGTERM, server.end)
    print(LISTENING, flush=True)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    server.run(address.Settings.of(settings))


if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]  # the folder it was started in, which is nothing to import from
    main(**json.loads(sys.argv[1]))
