"""What a worker of a batch does: it executes a run, and makes its page from what it has in memory."""

from dataclasses import replace

from helpers.batch import execute, fingerprint
from helpers.batch.execute import Result, RunTask
from helpers.kernels.channel import Channel


def serve(arguments: list[str], channel: Channel) -> int:
    """Call functions that come over a channel until there are no more; returns the exit code.

    arguments: the folder for temporary files. Called in the process that the warm server has forked.
    """
    execute.make_worker_folder(arguments[0])
    while True:
        try:
            function, argument = channel.receive()
        except EOFError:
            return 0
        try:
            returned, value = True, function(argument)
        except Exception as error:
            returned, value = False, error
        channel.send((returned, value))


def execute_with_page(task: RunTask) -> Result:
    """Execute one run, and make its page if it shall have one; never raises for what a notebook or a kernel does.

    A page that cannot be made is left to whoever makes the missing ones, and says why.
    """
    from helpers.pages import render  # not in the process that hands out the tasks

    result = execute.execute(task)
    if not (result.facts and task.nav and fingerprint.digest_page_makers() == task.makers):
        return result
    try:
        return replace(result, page=render.make_page(render.Task(task.run, result.notebook, result.facts, task.nav)))
    except Exception:
        return result
