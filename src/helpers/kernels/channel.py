"""One pipe between a forked process and its client, in place of the sockets of a kernel; messages stay in order.

A pipe has two ends and no others, so that it needs no address, no signature and no thread that forwards.
"""

import fcntl
import os
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait


class Channel:
    """An end of the pipe. Several threads, and processes forked from its owner, may send over it."""

    def __init__(self, descriptor: int | None = None):
        """descriptor: of a socket; without one, `open` gives it later, in a process that is forked from this one."""
        if descriptor is not None:
            self.open(descriptor)

    def open(self, descriptor: int) -> None:
        self._connection = Connection(descriptor)
        self._thread_lock, self._process_lock = threading.RLock(), os.memfd_create("channel")

    def fileno(self) -> int:
        return self._connection.fileno()

    def send(self, message) -> None:
        """Send what can be pickled."""
        with self._thread_lock:
            fcntl.lockf(self._process_lock, fcntl.LOCK_EX)
            try:
                self._connection.send(message)
            finally:
                fcntl.lockf(self._process_lock, fcntl.LOCK_UN)

    def send_multipart(self, parts: Sequence[bytes], **options) -> None:
        """Send the parts of a message, unless the other side has left: then nobody misses it.

        Called by `Session.send`, as of a ZeroMQ socket, whose options are not needed.
        """
        with suppress(ConnectionError):
            self.send([bytes(part) for part in parts])

    def receive(self, deadline: float | None = None, process: int | None = None):
        """The next message.

        deadline: time of the monotonic clock; process: descriptor of the process at the other end, for others may hold that
        end open after its death. Raises TimeoutError at the deadline, EOFError when nothing more can come.
        """
        timeout_s = None if deadline is None else max(0, deadline - time.monotonic())
        ready = wait([self._connection, *([] if process is None else [process])], timeout_s)
        if not ready:
            raise TimeoutError
        if self._connection not in ready:
            raise EOFError("the process at the other end has ended")
        try:
            return self._connection.recv()
        except ConnectionResetError:  # closed with messages in it that nobody has read
            raise EOFError("the other end is closed") from None

    def close(self) -> None:
        """Tell the other side that nothing more will come."""
        self._connection.close()
        os.close(self._process_lock)
