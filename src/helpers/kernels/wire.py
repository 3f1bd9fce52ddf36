"""Messages between client and server: JSON with its length in front, and open descriptors beside it."""

import json
import os
import socket

LENGTH = 4  # bytes that tell the length of a message
DESCRIPTORS = 8  # the most that come with one


class ServerError(Exception):
    """Why there is no warm kernel, in one sentence; an ordinary start always remains."""


def send(connection: socket.socket, message: dict, descriptors: tuple[int, ...] = ()) -> None:
    """Send a message; the receiver gets descriptors of its own for the same open files."""
    body = json.dumps(message).encode("ascii")
    socket.send_fds(connection, [len(body).to_bytes(LENGTH, "big")], descriptors)
    connection.sendall(body)


def receive(connection: socket.socket) -> tuple[dict, tuple[int, ...]]:
    """The next message and its descriptors, which no process started later inherits.

    Raises EOFError when there is none, ValueError for one that is no JSON, OSError; no descriptor stays open then.
    """
    length, descriptors, _, _ = socket.recv_fds(connection, LENGTH, DESCRIPTORS, socket.MSG_CMSG_CLOEXEC)
    try:
        return json.loads(_receive_body(connection, int.from_bytes(length, "big"))), tuple(descriptors)
    except BaseException:  # the sender may have been killed between the two parts of a message
        for descriptor in descriptors:
            os.close(descriptor)
        raise


def _receive_body(connection: socket.socket, length: int) -> bytes:
    left, parts = length, []
    while left:
        part = connection.recv(left)
        if not part:
            break
        parts.append(part)
        left -= len(part)
    if left or not parts:
        raise EOFError("the other side is gone")
    return b"".join(parts)


def peer(connection: socket.socket) -> tuple[int, int]:
    """Process and user at the other end, as the system knows them."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    numbers = [int.from_bytes(credentials[start : start + 4], "little", signed=True) for start in (0, 4)]
    return numbers[0], numbers[1]
