"""From a process just forked to what a client asked for, and out again.

The process has the imports done and nothing else that is its own: `become` gives it everything that `python -m MODULE` would
have been started with. MODULE is `ipykernel_launcher`, for a kernel with sockets or, if the client sends a channel, with that
alone (see `shell`), or another one with a function `serve(arguments, channel)`, such as a worker of a batch.

The process holds one end of a line to its client. Over it, it tells that its sockets are bound. Later the line is silent,
until the client is gone and its end closes: then the system kills the whole group of the process, whatever runs in it, and
whether or not there is still a server.
"""

import atexit
import contextlib
import fcntl
import importlib.util
import os
import select
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NoReturn

from helpers.kernels.channel import Channel
from helpers.kernels.preload import Imports

KERNEL = "ipykernel_launcher"
BOUND = b"bound"  # the word that a client waits for; anything else is the reason why there is no kernel


def become(request: dict, descriptors: tuple[int, ...], imports: Imports) -> NoReturn:
    """Turn this process into what a request asks for; called once, in the process that the server has just forked.

    descriptors: standard output, standard error, the line to the client and, unless it has sockets, its channel.
    """
    line, code = descriptors[2], 1
    try:
        _own_process(descriptors)
        _own_surroundings(request, imports)
        _own_randomness()
        code = _serve(request["module"], request["arguments"], line, *descriptors[3:])
    except BaseException as error:
        with contextlib.suppress(OSError):  # the client is gone, and nobody waits for the reason
            os.write(line, f"{type(error).__name__}: {error}".encode())
            traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(code)


def _own_process(descriptors: tuple[int, ...]) -> None:
    """A session, signals and descriptors as of a process just started."""
    os.setsid()
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGPIPE, signal.SIGXFSZ}:
        with contextlib.suppress(OSError):  # some belong to the C library
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    stdout, stderr, *own = descriptors
    for descriptor, stream in ((os.open(os.devnull, os.O_RDONLY), 0), (stdout, 1), (stderr, 2)):
        os.dup2(descriptor, stream)
    if os.isatty(1):
        sys.stdout.reconfigure(line_buffering=True)
    for entry in Path("/proc/self/fd").iterdir():
        if int(entry.name) not in (0, 1, 2, *own):
            with contextlib.suppress(OSError):  # the listing's own
                os.close(int(entry.name))
    _die_with(own[0])
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _die_with(line: int) -> None:
    """Have the system kill this group as soon as the other end of a line is closed."""
    fcntl.fcntl(line, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(line, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(line, fcntl.F_SETFL, fcntl.fcntl(line, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([line], [], [], 0)[0]:  # closed before
        os.killpg(0, signal.SIGKILL)


def _own_surroundings(request: dict, imports: Imports) -> None:
    """Folder, environment and command line that the client asked for. Raises RuntimeError where imports would differ."""
    os.chdir(request["cwd"])
    os.umask(request["umask"])
    os.environ.clear()
    os.environ.update(request["env"])
    if path := imports.hidden_by():
        raise RuntimeError(f"{request['cwd']} holds {path}, which a preloaded module has not seen")
    sys.argv = [importlib.util.find_spec(request["module"]).origin, *request["arguments"]]
    sys.orig_argv = request["command"]
    if tempfile := sys.modules.get("tempfile"):
        tempfile.tempdir = None  # it may have looked into another environment


def _own_randomness() -> None:
    """What a process draws when it imports a module; `random` itself draws again after a fork."""
    if random := sys.modules.get("numpy.random"):
        random.seed()
    if processes := sys.modules.get("multiprocessing.process"):
        processes.current_process().authkey = os.urandom(32)


def _serve(module: str, arguments: list[str], line: int, channel: int | None = None) -> int:
    """Do what was asked for until it is done; returns the exit code."""
    if module != KERNEL:
        os.write(line, BOUND)
        return importlib.import_module(module).serve(arguments, Channel(channel))
    tell_bound, traits, code = partial(os.write, line, BOUND), {}, 0
    if channel is None:
        from ipykernel.kernelapp import IPKernelApp as App
    else:
        from helpers.kernels.shell import DirectApp as App

        traits = {"descriptor": channel}
    is_prepared = App.initialized()  # by the template that this process is forked from
    app = App.instance() if is_prepared else make_app(App, tell_bound, **traits)
    try:
        if is_prepared:
            app.attach(channel)
            tell_bound()
        else:
            app.initialize(arguments)
        app.start()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    _leave(app)
    return code


def make_app(app_class: type, tell_bound: Callable[[], object] = lambda: None, **traits):
    """What starts the kernel of this process; tell_bound: called once its sockets are bound."""

    class IPKernelApp(app_class):  # the name under which %config knows it
        def init_heartbeat(self) -> None:
            super().init_heartbeat()
            tell_bound()

        def init_gui_pylab(self) -> None:
            super().init_gui_pylab()
            # Imported without a shell, it has not registered with one: figures would silently not be shown.
            if backend := sys.modules.get("matplotlib_inline.backend_inline"):
                backend._enable_matplotlib_integration()

    # 1 is the parent that never goes away: no thread has to look whether it is still there, for the line tells.
    return IPKernelApp.instance(parent_handle=1, **traits)


def _leave(app) -> None:
    """What Python does at exit, but for taking everything apart, which ipykernel cannot always do (see `_close`)."""
    threading._shutdown()  # the user's threads end first
    atexit.unregister(app.close)
    if app.iopub_thread:
        atexit.unregister(app.iopub_thread.stop)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(Exception):  # a cell may have put anything in its place
            stream.flush()
    closing = threading.Thread(target=app.close, daemon=True)
    closing.start()
    closing.join(timeout=1)
