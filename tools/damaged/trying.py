"""What becomes of an input: each follows from its kind, a seed and its number, and has a limit of time."""

import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from damaged.notebooks import try_notebook
from damaged.options import try_options
from damaged.packages import try_package
from damaged.parameters import try_parameters
from damaged.records import try_record

SECONDS = 30  # of work that one input may take
WAITING = 10  # times as long may pass, as others may use the machine too
KINDS: dict[str, Callable[[Random, Path], str]] = {
    "packages": try_package,
    "parameters": try_parameters,
    "options": try_options,
    "records": try_record,
    "notebooks": try_notebook,
}
SHARES = {
    "packages": 15,
    "parameters": 25,
    "options": 25,
    "records": 17,
    "notebooks": 18,
}  # % of all inputs: many of the quick


class TooSlow(BaseException):
    """An input took longer than it may; what is tried must not take it for an error of its own."""


def share_out(inputs: int, kinds: list[str]) -> dict[str, int]:
    """How many of some inputs belong to each kind; the sum is exact."""
    whole, begun, numbers = sum(SHARES[kind] for kind in kinds), 0, {}
    for kind in kinds:
        begun += SHARES[kind]
        numbers[kind] = inputs * begun // whole - sum(numbers.values())
    return numbers


@contextmanager
def limit(seconds: int) -> Iterator[None]:
    """Raises TooSlow in the block after some seconds of work, or WAITING times as many without any.

    The work is that of the processor, as others may use the machine too; a program that waits for a pipe does none.
    """

    def stop(*_) -> None:
        raise TooSlow(f"not done after {seconds} s")

    timers = {signal.ITIMER_VIRTUAL: (signal.SIGVTALRM, 1), signal.ITIMER_REAL: (signal.SIGALRM, WAITING)}
    before = {number: signal.signal(number, stop) for number, _ in timers.values()}
    for timer, (_, times) in timers.items():
        signal.setitimer(timer, seconds * times)
    try:
        yield
    finally:
        for timer, (number, _) in timers.items():
            signal.setitimer(timer, 0)
            signal.signal(number, before[number])


def try_input(kind: str, seed: int, number: int) -> str:
    """Make and try one input; it is the same for the same kind, seed and number. Raises whatever the code raises."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch, limit(SECONDS):
        return KINDS[kind](Random(f"{kind} {seed} {number}"), Path(scratch))
