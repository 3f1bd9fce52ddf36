"""A process in which a shell is ready, and from which those of many runs are forked.

To begin a shell takes a third of the time of a short notebook. A client that executes many notebooks in one environment has
the server fork a template, with the function `serve`; the template then does for that client what the server does for all.
It ends with its client.
"""

import gc
import os
import socket
from multiprocessing.reduction import recv_handle

from helpers.kernels import child
from helpers.kernels.address import Settings
from helpers.kernels.channel import Channel
from helpers.kernels.server import Server
from helpers.kernels.shell import DirectApp

IDLE_S = 86400.0  # after which it ends, should its client have forgotten it
RECHECK_AFTER_S = 1.0  # a look at the files of all imports costs a tenth of a short notebook


class ChannelListener:
    """Connections that a client hands over a channel (see `client.Template`)."""

    def __init__(self, channel: Channel):
        self._channel = channel
        self.fileno, self.close = channel.fileno, channel.close

    def accept(self) -> socket.socket:
        return socket.socket(fileno=recv_handle(self._channel))

    def withdraw(self) -> None:
        os.set_blocking(self.fileno(), False)


def serve(arguments: list[str], channel: Channel) -> int:
    """Begin a shell, and fork a process for each request, until the client is gone; returns the exit code.

    arguments: of the kernel
    """
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):  # nobody reads what the configuration prints, as of an ordinary kernel
        os.dup2(nowhere, stream)
    os.close(nowhere)
    child.make_app(DirectApp).prepare(arguments)
    gc.freeze()  # as the server's own objects: looking for garbage among them would copy their pages in every shell
    Server(ChannelListener(channel), RECHECK_AFTER_S).run(Settings(idle=IDLE_S))
    return 0
