"""The client's side: find or start the server, and ask it for a kernel."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from multiprocessing.reduction import send_handle
from pathlib import Path
from typing import NamedTuple

from helpers.kernels import address, child, wire
from helpers.kernels.channel import Channel
from helpers.kernels.kernel import Kernel
from helpers.kernels.wire import ServerError

ATTEMPTS = 3  # a server may end, or grow stale, between two messages
SERVER_TIMEOUT_S = 60.0  # for a server to answer; it may have all its imports to do
TEMPLATE = "helpers.kernels.template"  # module of a template
BIND_TIMEOUT_S = 10.0  # for a kernel to bind its sockets; later, whoever connects finds out


class Request(NamedTuple):
    """A kernel, as `subprocess.Popen` would be asked for it.

    channel: descriptor of its channel, if it shall have one; after_warm_up: shall the server warm up first?
    """

    command: list[str]
    env: dict[str, str]
    cwd: str
    stdout: int
    stderr: int
    channel: int | None = None
    after_warm_up: bool = False


def start(request: Request, settings: address.Settings) -> Kernel:
    """A kernel from the server, which is started where there is none. Raises ServerError.

    Called by the provisioner in a thread, for it waits: until the kernel's sockets are bound, or it is dead.
    """
    server, message = _describe(request, settings)
    for _ in range(ATTEMPTS):
        with contextlib.suppress(EOFError, ConnectionError):
            return _ask(partial(_connect, server), message, request)
    raise ServerError("the server ends without an answer")


def _describe(request: Request, settings: address.Settings) -> tuple[address.ServerSpec, dict]:
    """Which server shall be asked, and what. Raises ServerError for what none can do."""
    if not request.env.get("PYTHONHASHSEED", "").isdecimal():
        raise ServerError("each kernel is to have a hash seed of its own")
    interpreter, module, arguments = _split_command(request)
    counted = address.select_environment(request.env, request.cwd)
    server = address.ServerSpec(interpreter, settings, counted, address.read_birth())
    return server, {
        "command": request.command, "module": module, "arguments": arguments, "cwd": request.cwd, "env": request.env,
        "umask": _read_umask(), "after_warm_up": request.after_warm_up,
    }  # fmt: skip


def fork(
    command: list[str],
    env: dict[str, str],
    settings: address.Settings,
    starting: Callable = start,
    after_warm_up: bool = False,
) -> tuple[Kernel, Channel]:
    """A process of the server that runs `python -m MODULE` here, and the channel to it. Raises ServerError.

    starting: has it forked; `start`, or that of a template; after_warm_up: see `Request`
    """
    own, theirs = socket.socketpair()
    with theirs:
        request = Request(command, env, str(Path.cwd()), 1, 2, theirs.fileno(), after_warm_up)
        try:
            return starting(request, settings), Channel(own.detach())
        except BaseException:
            own.close()
            raise


class Template:
    """A process in which a shell is ready, and which is asked in place of the server (see the module `template`)."""

    def __init__(self, command: list[str], env: dict[str, str], settings: address.Settings):
        """command: of the kernels that it shall fork. Raises ServerError where there can be none."""
        module = command.index(child.KERNEL)
        self._process, self._channel = fork([*command[:module], TEMPLATE, *command[module + 1 :]], env, settings)

    def start(self, request: Request, settings: address.Settings) -> Kernel:
        """A kernel from it, as from a server. Raises ServerError, EOFError or ConnectionError where it makes none."""
        return _ask(self._hand_over, _describe(request, settings)[1], request)

    def _hand_over(self) -> socket.socket:
        """A connection to it."""
        own, theirs = socket.socketpair()
        with theirs:
            try:
                send_handle(self._channel, theirs.fileno(), self._process.pid)
            except OSError:  # it has ended
                own.close()
                raise
        return own

    def close(self) -> None:
        """End it; what was forked from it runs on."""
        self._channel.close()
        self._process.close(0)


def _split_command(request: Request) -> tuple[tuple[str, ...], str, list[str]]:
    """The interpreter with its options, the module, and its arguments. Raises ServerError for another command."""
    name, *rest = request.command
    place = rest.index("-m") if "-m" in rest else len(rest)
    if not rest[place + 1 :] or (rest[place + 1] != child.KERNEL and request.channel is None):
        raise ServerError(f"its command is not `python -m {child.KERNEL}`")
    path = Path(request.cwd, name) if os.sep in name else shutil.which(name, path=request.env.get("PATH"))
    if not path or not os.access(path, os.X_OK):
        raise ServerError(f"there is no {name}")
    return (str(path), *rest[:place]), rest[place + 1], rest[place + 2 :]


def _read_umask() -> int:
    """As the system knows it; asking `os.umask` would change it for all threads."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1], 8) for line in lines if line.startswith("Umask:"))


def _ask(connect: Callable[[], socket.socket], message: dict, request: Request) -> Kernel:
    """Ask once. Raises EOFError or ConnectionError where it is worth asking again, else ServerError."""
    channel = () if request.channel is None else (request.channel,)
    with contextlib.ExitStack() as opened:
        connection = opened.enter_context(connect())
        line, theirs = (opened.enter_context(end) for end in socket.socketpair())
        connection.settimeout(SERVER_TIMEOUT_S)
        try:
            wire.send(connection, message, (request.stdout, request.stderr, theirs.fileno(), *channel))
            theirs.close()
            answer, descriptors = wire.receive(connection)
        except TimeoutError:
            raise ServerError(f"the server does not answer within {SERVER_TIMEOUT_S:.0f} s") from None
        if "error" in answer:
            raise ServerError(answer["error"])
        if "again" in answer:
            raise ConnectionAbortedError
        opened.callback(os.close, descriptors[0])
        _wait_until_bound(line)
        opened.pop_all()
        return Kernel(answer["process"], descriptors[0], connection, line)


def _wait_until_bound(line: socket.socket) -> None:
    """Wait until the kernel's sockets are bound, or it is dead. Raises ServerError where there shall be none."""
    line.settimeout(BIND_TIMEOUT_S)
    try:
        answer = line.recv(1 << 16)
    except TimeoutError:
        return
    if answer not in (b"", b"bound"):
        raise ServerError(answer.decode(errors="replace"))


def _connect(server: address.ServerSpec) -> socket.socket:
    """A connection to the server, which is started if it must be. Raises ServerError."""
    path = address.locate_folder()
    with contextlib.suppress(OSError), address.open_folder(path) as folder:
        return _reach(address.shorten_path(folder, server.name))
    with address.lock_folder(path) as folder:
        with contextlib.suppress(OSError):  # another client was faster
            return _reach(address.shorten_path(folder, server.name))
        with contextlib.suppress(FileNotFoundError):  # left by a server that was killed
            os.unlink(server.name, dir_fd=folder)
        _start_server(path, server)
        return _reach(address.shorten_path(folder, server.name))


def _reach(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(path)
        if wire.peer(connection)[1] != os.getuid():
            raise PermissionError("another user's server")
    except OSError:
        connection.close()
        raise
    return connection


def _start_server(path: Path, server: address.ServerSpec) -> None:
    """Start a server and return when it listens; it has still its imports to do. Raises ServerError."""
    options = {"folder": str(path), "name": server.name, "settings": asdict(server.settings)}
    command = [*server.interpreter, "-m", "helpers.kernels.server", json.dumps(options)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(address.READ_AT_START)}
    try:
        done = subprocess.run(
            command, env=environment | server.environment, cwd="/", start_new_session=True, timeout=SERVER_TIMEOUT_S,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise ServerError(f"the server cannot be started: {error}") from error
    *_, last = ["", *done.stdout.decode(errors="replace").splitlines()]
    if last != "listening":
        raise ServerError(f"the server cannot be started: {last}")
