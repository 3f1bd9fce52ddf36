"""What jupyter_client calls to start, watch and end a warm kernel; the kernelspec `evaluation-warm` names it.

Where there can be no warm kernel, an ordinary one is started, and the reason is logged once per process: that is never wrong,
only slower. The traits are what a kernelspec may set in `metadata.kernel_provisioner.config`.
"""

import asyncio
import errno
import logging
import os
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from jupyter_client.connect import port_names
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Float, List, Unicode

from helpers.kernels import manager
from helpers.kernels.address import Settings
from helpers.kernels.wire import ServerError

log = logging.getLogger(__name__)
logged: list[str] = []  # the reason why there is no warm kernel, once it was logged
ADDRESS_IN_USE = os.strerror(errno.EADDRINUSE)
PORT_ATTEMPTS = 3  # sets of ports that are tried
SHUTDOWN_TIMEOUT_S = 1.0  # for a kernel to leave by itself; then the manager looks every 0.1 s, and kills it in the end
ONLY_LINUX = "processes can be forked safely only on Linux"
HASH_SEED = "0"  # where the user asks for none: forked kernels have the seed of their server
USUAL = {"env", "cwd", "stdout", "stderr", "kernel_id", "extra_arguments"}  # what a start is usually given


class WarmProvisioner(LocalProvisioner):
    """A kernel from the server; `process` is a `client.Kernel` or, after an ordinary start, a Popen."""

    preload = List(Unicode(), help="Modules that the server imports ahead.")
    warm_up = Unicode(help="What the server does then, as `module:function`.")
    idle = Float(300.0, help="Seconds without kernels after which the server ends.")

    _launched = False  # once it is, clients hold on to the ports, and a restarted kernel has to use them

    def __init__(self, **settings: Any):
        super().__init__(
            **{name: value for name, value in settings.items() if name in self.class_traits()}
        )  # no others

    def _finalize_env(self, env: dict[str, str]) -> None:
        """Give the kernel a hash seed that its server can have too; called by the manager before it starts a kernel."""
        super()._finalize_env(env)
        env |= set_hash_seed(env)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Start the kernel; called by the manager when it starts or restarts one."""
        if self.parent:
            manager.quicken(self.parent)
        for left in reversed(range(PORT_ATTEMPTS)):
            try:
                self.process = await asyncio.to_thread(self._start, cmd, **kwargs)
                break
            except ServerError as error:
                if ADDRESS_IN_USE in str(error) and left and self.parent and not self._launched:
                    self._take_other_ports()
                    continue
                log_once(error)
                return await super().launch_kernel(cmd, **kwargs)
        self._launched = True
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    def _take_other_ports(self) -> None:
        """Ports that were free when the manager chose them may be taken when the kernel wants them."""
        self.parent.cleanup_connection_file()
        for name in port_names:
            setattr(self.parent, name, 0)  # no choice, so that free ones are looked for
        self.parent.write_connection_file()
        self.connection_info = self.parent.get_connection_info()

    def _start(self, cmd: list[str], **kwargs: Any):
        """The kernel of a server. Raises ServerError for whatever only an ordinary start can do."""
        if sys.platform != "linux" or not hasattr(os, "pidfd_open"):
            raise ServerError(ONLY_LINUX)
        if unusual := {name for name, value in kwargs.items() if value is not None} - USUAL:
            raise ServerError(f"it was asked for with {', '.join(sorted(unusual))}")
        from helpers.kernels import client  # not on every system

        with ExitStack() as opened:
            stdout = _open_stream(kwargs.get("stdout"), 1, opened)
            stderr = _open_stream(kwargs.get("stderr"), 2, opened, stdout)
            # `~` and the variable are what the ordinary launcher adds.
            command = [str(Path(part).expanduser()) if part.startswith("~") else part for part in cmd]
            environment = kwargs["env"] | {"JPY_PARENT_PID": str(os.getpid())}
            request = client.Request(
                command, environment, str(Path(kwargs.get("cwd") or ".").absolute()), stdout, stderr
            )
            try:
                return client.start(request, Settings(tuple(self.preload), self.warm_up, self.idle))
            except OSError as error:
                raise ServerError(f"{type(error).__name__}: {error}") from error

    async def wait(self) -> int | None:
        """Return the exit code as soon as there is one; called by the manager when it ends a kernel."""
        await self._ended()
        return await super().wait()

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel's group; called by the manager, which would look for its death every 0.1 s."""
        await super().kill(restart)
        await self._ended()

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Give the kernel time to leave; called by the manager between its request and its first look."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended(), SHUTDOWN_TIMEOUT_S)

    async def _ended(self) -> None:
        if hasattr(self.process, "ended"):
            await self.process.ended()


def set_hash_seed(env: dict[str, str]) -> dict[str, str]:
    """An environment with a hash seed."""
    return env | {"PYTHONHASHSEED": env.get("PYTHONHASHSEED") or HASH_SEED}


def _open_stream(given: Any, own: int, opened: ExitStack, stdout: int = -1) -> int:
    """Descriptor of a stream as `subprocess.Popen` takes it. Raises ServerError for a pipe, which Popen would make."""
    if given == subprocess.PIPE:
        raise ServerError("it was asked for with a pipe")
    if given == subprocess.STDOUT:
        return stdout
    if given is None:
        with suppress(OSError):
            os.fstat(own)
            return own
    if given is None or given == subprocess.DEVNULL:
        return opened.enter_context(Path(os.devnull).open("w")).fileno()
    return given if isinstance(given, int) else given.fileno()


def log_once(reason: ServerError) -> None:
    if not logged:
        logged.append(str(reason))
        log.warning("no warm kernel: %s; kernels start the ordinary way", reason)
