"""Where the server takes the processes from that become kernels; both kinds do the same in `child`.

`Forks` have one hash seed, which was asked for. `Stock` gives each kernel a random one: its processes are started one by one,
do the imports, and wait; each is given away once. The server is the parent of all of them and hears their end.
"""

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
from functools import partial
from typing import NoReturn

from helpers.kernels import child, preload, wire
from helpers.kernels.wire import ServerError


class Forks:
    """Kernels forked from the server itself, which does the imports for all of them."""

    def __init__(self, modules: list[str]):
        """Do the imports. Raises ServerError for what cannot be imported."""
        self._imports = preload.load(modules)

    def fresh(self) -> bool:
        return preload.fresh(self._imports.files)

    def start(self, request: dict, descriptors: tuple[int, ...]) -> int:
        """Make a kernel; returns its process. Raises ServerError."""
        unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())  # until it has its own handlers
        try:
            process = os.fork()
            if process == 0:
                child.become(request, descriptors, self._imports)
        except OSError as error:
            raise ServerError(f"cannot fork: {error.strerror}") from error
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
        return process

    def close(self) -> None:
        pass


class Spare:
    """A process of the stock; `files` is empty until it has done the imports."""

    def __init__(self, modules: list[str]):
        self.connection, theirs = socket.socketpair()
        self.files: dict[str, preload.State] = {}
        flags = sys.orig_argv[1 : sys.orig_argv.index("-m")]
        command = [sys.executable, *flags, "-m", __name__, str(theirs.fileno()), json.dumps(modules)]
        with theirs:
            popen = subprocess.Popen(command, cwd="/", pass_fds=[theirs.fileno()], start_new_session=True)
        self.process = popen.pid
        popen.returncode = 0  # the server waits for it, as for any kernel


class Stock:
    """Processes that have done the imports and wait for a request, each with a hash seed of its own."""

    def __init__(self, modules: list[str], size: int, selector: selectors.BaseSelector):
        self._modules, self._size, self._selector = modules, max(size, 1), selector
        self._spares: list[Spare] = []
        self._fill()

    def _fill(self) -> None:
        """Start one more process if there are too few; one after another, for the first is waited for."""
        if len(self._spares) < self._size and all(spare.files for spare in self._spares):
            spare = Spare(self._modules)
            self._spares.append(spare)
            self._selector.register(spare.connection, selectors.EVENT_READ, partial(self._heard, spare))

    def _heard(self, spare: Spare) -> None:
        """A process tells that it has done the imports, or died. Raises ServerError when it cannot do them."""
        if spare not in self._spares:
            return
        try:
            told, _ = wire.receive(spare.connection)
        except (EOFError, OSError):
            told = {"error": "the process that does the imports died"}
        if "files" in told:
            spare.files = told["files"]
        else:
            self._remove(spare)
            spare.connection.close()
            os.waitpid(spare.process, 0)
            if not spare.files:
                raise ServerError(told["error"])
        self._fill()

    def _remove(self, spare: Spare) -> None:
        self._selector.unregister(spare.connection)
        self._spares.remove(spare)

    def fresh(self) -> bool:
        return all(preload.fresh(spare.files) for spare in self._spares)

    def start(self, request: dict, descriptors: tuple[int, ...]) -> int:
        """Make a kernel; returns its process, 0 while none has done the imports."""
        for spare in [spare for spare in self._spares if spare.files]:
            self._remove(spare)
            try:
                wire.send(spare.connection, request, descriptors)
            except OSError:  # it died waiting
                continue
            finally:
                spare.connection.close()
                self._fill()
            return spare.process
        return 0

    def close(self) -> None:
        """Have what waits end."""
        for spare in list(self._spares):
            self._remove(spare)
            spare.connection.close()


def main(connection: socket.socket, modules: list[str]) -> NoReturn:
    """Life of a process of the stock: import, tell, wait for a request, become a kernel."""
    try:
        imports = preload.load(modules)
        wire.send(connection, {"files": imports.files})
        request, descriptors = wire.receive(connection)
    except ServerError as error:
        wire.send(connection, {"error": str(error)})
        sys.exit(1)
    except (EOFError, OSError):  # the server is gone
        sys.exit(0)
    child.become(request, descriptors, imports)


if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]  # the folder it was started in, which is nothing to import from
    main(socket.socket(fileno=int(sys.argv[1])), json.loads(sys.argv[2]))
