"""The imports that kernels find done, and whether the files they came from are still the same.

Only what imports silently is imported ahead: a module that prints or starts a thread would do so in the server, and no kernel
would show it or have it.
"""

import contextlib
import gc
import importlib
import os
import sys
import sysconfig
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from helpers.kernels.wire import ServerError

# What an ipykernel imports until it runs its first cell and until it has left.
KERNEL = (
    "ipykernel.ipkernel", "ipykernel.kernelapp", "ipykernel.debugger", "tornado.platform.asyncio", "psutil", "sqlite3",
    "faulthandler", "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger", "IPython.core.oinspect",
    "IPython.extensions.storemagic", "IPython.utils.wildcard", "helpers.kernels.shell",
)  # fmt: skip


State = tuple[int, int] | None  # time (ns) and size (bytes) of a file; None where it may have changed during the import


@dataclass(frozen=True)
class Imports:
    """What was imported: the state of each file then, and the file of each name outside the standard library."""

    files: dict[str, State]
    origins: dict[str, str]

    def hidden_by(self) -> str:
        """A file in the working folder that would have been used, had the imports been made there; empty without one."""
        names = {*os.listdir()}  # noqa: PTH208 (one look at the folder, not one for each of hundreds of names)
        for name in {file.removesuffix(".py") for file in names} & self.origins.keys():
            for path in (Path(f"{name}.py"), Path(name, "__init__.py")):
                if path.exists() and not path.samefile(self.origins[name]):
                    return str(path)
        return "matplotlibrc" if "matplotlib" in self.origins and "matplotlibrc" in names else ""


def load(modules: tuple[str, ...]) -> Imports:
    """Import what an ipykernel needs and then these modules.

    Raises ServerError for a module that cannot be imported, prints, or starts a thread.
    """
    began = time.time_ns()
    gc.disable()  # all of this stays; looking for garbage in it costs a third of the imports
    sys.modules["debugpy"] = None  # ipykernel imports it where it can, and nobody asked for it
    with _capture_output() as read_last_line:
        for name in (*KERNEL, *modules):
            try:
                importlib.import_module(name)
            except (Exception, SystemExit) as error:
                raise ServerError(f"cannot preload {name}: {type(error).__name__}: {error}") from error
            if line := read_last_line():
                raise ServerError(f"cannot preload {name}: importing it prints {line!r}")
            if threading.active_count() > 1:
                raise ServerError(f"cannot preload {name}: importing it starts a thread")
    del sys.modules["debugpy"]
    imports = Imports(read_states(began), _find_origins())
    gc.enable()
    gc.collect()
    gc.freeze()  # or the first collection of every kernel would copy all pages
    return imports


def warm_up(name: str) -> Iterator[Imports]:
    """Take the steps of a generator function, `module:function`, and say after each what is imported by then.

    Its warnings are not shown, and what it raises ends it: it makes kernels faster, and nothing else.
    """
    began_ns = time.time_ns()
    module, function = name.split(":")
    steps = None
    with contextlib.suppress(Exception):  # of the steps, and StopIteration at their end
        while True:
            with warnings.catch_warnings():  # a process forked between two steps has the filters of a new one
                warnings.simplefilter("ignore")
                steps = steps or getattr(importlib.import_module(module), function)()
                next(steps)
            gc.freeze()
            yield Imports(read_states(began_ns), _find_origins())


def _find_origins() -> dict[str, str]:
    files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items() if "." not in name}
    return {name: file for name, file in files.items() if file and name != "__main__" and not _is_standard(file)}


def _is_standard(file: str) -> bool:
    """Is it of the standard library, which is searched before the working folder?"""
    return file.startswith(sysconfig.get_path("stdlib")) and not {"site-packages", "dist-packages"} & {
        *Path(file).parts
    }


@contextmanager
def _capture_output() -> Iterator[Callable[[], str]]:
    """A function that returns the last line that was written to the standard streams meanwhile."""
    captured = os.memfd_create("captured")
    kept = [os.dup(1), os.dup(2)]
    for stream in (1, 2):
        os.dup2(captured, stream)

    def read_last_line() -> str:
        sys.stdout.flush()
        sys.stderr.flush()
        lines = os.pread(captured, 1 << 16, 0).decode(errors="replace").splitlines()
        return lines[-1] if lines else ""

    try:
        yield read_last_line
    finally:
        for stream, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, stream)
            os.close(copy)
        os.close(captured)


def read_states(began_ns: int) -> dict[str, State]:
    """Time and size of every file that was imported, and of every folder that packages are installed in.

    began_ns: when the imports began; a file written since then may be newer than what was imported, its state is None.
    """
    modules = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    folders = (folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages")))
    files = {sys.executable, *folders, *filter(None, modules)}
    now_ns = time.time_ns()
    states = {file: _read_state(file) for file in files if Path(file).is_absolute()}
    return {file: None if began_ns <= state[0] <= now_ns else state for file, state in states.items()}


def _read_state(file: str) -> tuple[int, int]:
    try:
        status = os.stat(file)  # noqa: PTH116 (Path takes five times as long, for a thousand files at every start)
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def are_unchanged(known: Iterable[tuple[str, State]]) -> bool:
    """Are files still as they were when they were imported?"""
    return all(_read_state(file) == state for file, state in known)
