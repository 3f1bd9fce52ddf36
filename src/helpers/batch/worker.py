"""A worker of a batch: a forked process that calls the functions which come over its channel."""

import pickle
import socket

from helpers.batch import execute
from helpers.kernels.channel import Channel
from helpers.pages import render  # noqa: F401 (imported before the fork)


def serve(arguments: list[str], connection: socket.socket) -> int:
    """Call functions until there are no more; returns the exit code.

    arguments: the folder for temporary files. Called in the process that the warm server has forked.
    """
    channel = Channel(connection)
    execute.scratch = arguments[0]  # and not `tempfile.tempdir`, where the server of warm kernels would be looked for
    execute.register_engines()
    while True:
        try:
            function, argument = pickle.loads(channel.receive()[0])
        except EOFError:
            return 0
        try:
            answer = pickle.dumps((True, function(argument)))
        except Exception as error:
            answer = pickle.dumps((False, error))
        channel.send_multipart([answer])
