"""A running kernel as its client holds it: watched, signalled, and killed when its client disconnects."""

import asyncio
import os
import select
import signal
import socket

from helpers.kernels import wire

EXIT_CODE_TIMEOUT_S = 1.0  # for the server to tell how a kernel ended
UNKNOWN_EXIT_CODE = 255  # exit code of a kernel whose server did not live to tell it, as asyncio has it


class Kernel:
    """What jupyter_client uses of a `subprocess.Popen`, of a process whose parent is the server."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, descriptor: int, connection: socket.socket, line: socket.socket):
        """descriptor: of the kernel's process; connection: to the server; line: to the kernel, which dies when it closes."""
        self.pid, self.returncode = pid, None
        self.descriptor, self._connection, self._line = descriptor, connection, line

    def __repr__(self) -> str:
        return f"<warm kernel {self.pid}, {'running' if self.returncode is None else f'ended: {self.returncode}'}>"

    def poll(self) -> int | None:
        """Exit code, negative for a signal; None while it runs."""
        if self.returncode is None and self._has_ended(0):
            self._end()
        return self.returncode

    def wait(self) -> int:
        """Block until it ends."""
        if self.returncode is None:
            self._has_ended(None)
            self._end()
        return self.returncode

    async def ended(self) -> None:
        """Return as soon as it has ended."""
        if self.poll() is not None:
            return
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        descriptor = os.dup(self.descriptor)  # a loop has one reader a descriptor, and others may wait
        loop.add_reader(descriptor, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(descriptor)
            os.close(descriptor)
        self.poll()

    def _has_ended(self, timeout_ms: int | None) -> bool:
        """Has it ended within that time? `None` waits for it."""
        waiting = select.poll()
        waiting.register(self.descriptor, select.POLLIN)
        return bool(waiting.poll(timeout_ms))

    def _end(self) -> None:
        """Ask the server for the exit code, and disconnect: what is left of its group is killed."""
        self._connection.settimeout(EXIT_CODE_TIMEOUT_S)
        try:
            self.returncode = wire.receive(self._connection)[0]["code"]
        except (EOFError, OSError):
            self.returncode = UNKNOWN_EXIT_CODE
        self._disconnect()

    def _disconnect(self) -> None:
        self._connection.close()
        self._line.close()
        os.close(self.descriptor)

    def close(self, timeout_s: float) -> None:
        """Give it time to end by itself, and kill it then, with all that it started; how it ended is not asked for."""
        if self.returncode is not None:
            return
        if not self._has_ended(int(timeout_s * 1000)):
            signal.pidfd_send_signal(self.descriptor, signal.SIGKILL)
            self._has_ended(None)
        self.returncode = UNKNOWN_EXIT_CODE
        self._disconnect()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            signal.pidfd_send_signal(self.descriptor, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)
