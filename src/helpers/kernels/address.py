"""Which server serves a request, and where it listens.

A server's name is a digest of everything that a kernel cannot be given after the fork: the interpreter, what it preloads, the
variables that Python and the imports read when they start, and what a process has from birth (limits, cores, control group).
Whoever asks for something else gets another server. Whether the files on disk are still those that were imported is for the
server to say: it alone knows which they are (see `preload`).
"""

import fcntl
import hashlib
import json
import os
import resource
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from helpers.kernels.wire import ServerError

NAME = "evaluation-warm"  # of the provisioner, and of the kernelspec that brings it
SPEC = Path(__file__).with_name("kernel.json")
INLINE = "module://matplotlib_inline.backend_inline"  # what ipykernel sets before anything imports matplotlib
LOCK_TIMEOUT_S = 30.0  # to wait for another client that is starting a server

# Read once, while Python starts or a module is imported.
READ_AT_START = (
    "PYTHON", "LD_", "LC_", "LANG", "TZ", "HOME", "USER", "XDG_CONFIG", "XDG_CACHE", "XDG_DATA", "MPL", "MATPLOTLIB",
    "OPENBLAS", "GOTO", "OMP_", "MKL_", "BLIS_", "NUMEXPR", "NUMPY_", "NPY_", "PANDAS_", "PILLOW_", "PYPARSING", "PSUTIL_",
    "PYZMQ_", "TORNADO_", "TRAITLETS_", "IPYTHON_", "JUPYTER_PLATFORM", "JUPYTER_ALLOW",
)  # fmt: skip
THREADS = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Settings:
    """What a kernelspec says of its server, in `metadata.kernel_provisioner.config`."""

    preload: tuple[str, ...] = ()  # modules that it imports ahead
    warm_up: str = ""  # `module:function` of what it does then, see `preload.warm_up`
    idle: float = 300.0  # s without kernels after which it ends

    @classmethod
    def of(cls, config: dict) -> "Settings":
        """Settings of their JSON."""
        preload, idle_s = tuple(config.get("preload", cls.preload)), float(config.get("idle", cls.idle))
        return cls(preload, config.get("warm_up", cls.warm_up), idle_s)


@dataclass(frozen=True)
class ServerSpec:
    """What a server is started with; `environment` are the variables that count, `birth` what it inherits."""

    interpreter: tuple[str, ...]
    settings: Settings
    environment: dict[str, str]
    birth: list

    @property
    def name(self) -> str:
        """Name of the server's socket."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:20]


def read_settings() -> Settings:
    """Settings of the server in our own kernelspec."""
    return Settings.of(json.loads(SPEC.read_text(encoding="utf-8"))["metadata"]["kernel_provisioner"]["config"])


def select_environment(of_kernel: dict[str, str], cwd: str) -> dict[str, str]:
    """The variables with which a server must be started to serve a kernel with that environment and folder."""
    counted = {name: value for name, value in of_kernel.items() if name.startswith(READ_AT_START)}
    if "PYTHONPATH" in counted:  # relative to the kernel's folder, which is not the server's
        entries = counted["PYTHONPATH"].split(os.pathsep)
        counted["PYTHONPATH"] = os.pathsep.join(str(Path(cwd, entry)) for entry in entries)
    if not any(name in counted for name in THREADS):
        counted |= dict.fromkeys(THREADS, "1")  # threads of the libraries would not survive the fork
    counted.setdefault("MPLBACKEND", INLINE)
    return counted


def read_birth() -> list:
    """What a process started here inherits and cannot be given later: limits, priority, cores, groups, namespaces."""
    names = sorted(name for name in dir(resource) if name.startswith("RLIMIT"))
    limits = [resource.getrlimit(getattr(resource, name)) for name in names]
    namespaces = [str(entry.readlink()) for entry in sorted(Path("/proc/self/ns").iterdir())]
    return [
        limits, os.getpriority(os.PRIO_PROCESS, 0), sorted(os.sched_getaffinity(0)), sorted(os.getgroups()),
        Path("/proc/self/cgroup").read_text(), namespaces,
    ]  # fmt: skip


def locate_folder() -> Path:
    """Where the servers of this user listen."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.access(runtime, os.W_OK):
        return Path(runtime, NAME)
    # Not `tempfile.gettempdir()`: a process may have a folder of its own for temporary files, but servers are shared.
    places = (os.environ.get("TMPDIR", ""), "/tmp")
    return Path(next((place for place in places if os.access(place, os.W_OK)), "/tmp"), f"{NAME}-{os.getuid()}")


@contextmanager
def open_folder(path: Path) -> Iterator[int]:
    """Descriptor of the folder, made where it is missing. Raises ServerError unless it is this user's alone."""
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise ServerError(f"{path}: {error.strerror}") from error
    try:
        status = os.fstat(descriptor)
        if status.st_uid != os.getuid() or stat.S_IMODE(status.st_mode) & 0o077:
            raise ServerError(f"{path}: others may write there; remove it")
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def lock_folder(path: Path) -> Iterator[int]:
    """As `open_folder`, with no one else starting or ending a server. Raises ServerError after `LOCK_TIMEOUT_S`."""
    deadline = time.monotonic() + LOCK_TIMEOUT_S
    while True:
        with open_folder(path) as descriptor:
            if _try_lock(descriptor) and _is_same(path, descriptor):  # the last server removes the folder
                yield descriptor
                return
        if time.monotonic() > deadline:
            raise ServerError(f"{path}: another process holds the lock for {LOCK_TIMEOUT_S:.0f} s")
        time.sleep(0.005)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_same(path: Path, descriptor: int) -> bool:
    """Is the folder at this path still the one that was opened?"""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def shorten_path(descriptor: int, name: str) -> str:
    """A path to a file of an open folder that is short however deep the folder lies: a socket's may have 107 bytes."""
    return f"/proc/self/fd/{descriptor}/{name}"
