"""One socket between a forked shell and its client, in place of the five of a kernel: messages in the order of their making.

The messages are those of Jupyter's protocol, packed by `jupyter_client.session`; a socket of a pair needs no address, no
signature and no thread that forwards them.
"""

import fcntl
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Sequence

KEY = b"forked"  # both ends sign with it, for a session without a key would warn; the pair has no other ends
CHUNK = 1 << 20  # bytes that are read at once


class Channel:
    """An end of the pair. Several threads, and processes forked from its owner, may send over it."""

    def __init__(self, connection: socket.socket):
        self._connection = connection
        self._thread_lock, self._process_lock = threading.RLock(), os.memfd_create("channel")
        self._buffer = bytearray()

    def fileno(self) -> int:
        return self._connection.fileno()

    def send_multipart(self, parts: Sequence[bytes], **options) -> None:
        """Send the parts of a message; called by `Session.send`, as of a ZeroMQ socket, whose options are not needed."""
        views = [memoryview(part).cast("B") for part in parts]
        sizes = struct.pack(f">I{len(views)}Q", len(views), *map(len, views))
        body = b"".join([struct.pack(">Q", len(sizes) + sum(map(len, views))), sizes, *views])
        with self._thread_lock:
            fcntl.lockf(self._process_lock, fcntl.LOCK_EX)
            try:
                self._connection.sendall(body)
            finally:
                fcntl.lockf(self._process_lock, fcntl.LOCK_UN)

    def receive(self, deadline: float | None = None, process: int | None = None) -> list[bytes]:
        """Parts of the next message.

        deadline: time of the monotonic clock; process: descriptor of the process at the other end, for others may hold that
        end open after its death. Raises TimeoutError at the deadline, EOFError when nothing more can come.
        """
        waiting = select.poll()
        for descriptor in (self.fileno(), process):
            if descriptor is not None:
                waiting.register(descriptor, select.POLLIN)
        while (parts := self._take()) is None:
            timeout_ms = None if deadline is None else max(0, deadline - time.monotonic()) * 1000
            ready = {descriptor for descriptor, _ in waiting.poll(timeout_ms)}
            if not ready:
                raise TimeoutError
            data = self._connection.recv(CHUNK) if self.fileno() in ready else b""
            if not data:
                raise EOFError("the other side is gone")
            self._buffer += data
        return parts

    def _take(self) -> list[bytes] | None:
        """A whole message out of what was read."""
        if len(self._buffer) < 8:
            return None
        end = 8 + struct.unpack_from(">Q", self._buffer)[0]
        if len(self._buffer) < end:
            return None
        (count,) = struct.unpack_from(">I", self._buffer, 8)
        sizes, place, parts = struct.unpack_from(f">{count}Q", self._buffer, 12), 12 + 8 * count, []
        for size in sizes:
            parts.append(bytes(self._buffer[place : place + size]))
            place += size
        del self._buffer[:end]
        return parts

    def end(self) -> None:
        """Tell the other side that nothing more will be sent."""
        self._connection.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._connection.close()
        os.close(self._process_lock)
