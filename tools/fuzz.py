"""Damage inputs in many ways, and see that nothing gets through: no traceback, no hang, nothing accepted and refused later.

    python tools/fuzz.py                            2,000 inputs, shared out among all kinds
    python tools/fuzz.py --seed 7 --inputs 300      300 others; the same seed makes the same inputs
    python tools/fuzz.py packages --seed 7 --only 42    one of them again, with its traceback

Each kind is a module of `damaged`, with a function that takes a source of chance and a scratch folder, makes one input, tries
it, and returns what became of it in one word. Whatever it raises is a fault, and is shown with the command that repeats it.
"""

import argparse
import collections
import os
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context

from damaged.trying import KINDS, TooSlow, share_out, try_input

from helpers.batch.pool import count_cores

FAULT = "fault"  # what became of an input that something did not withstand


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)} (default: all)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inputs", type=int, default=2000, help="of all kinds")
    parser.add_argument("--only", type=int, help="number of the one input to try")
    parser.add_argument(
        "--jobs", type=int, default=count_cores(), help="inputs at the same time (default: one per core)"
    )
    asked = parser.parse_args()
    if unknown := {*asked.kinds} - {*KINDS}:
        parser.error(f"unknown kinds {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    kinds = asked.kinds or [*KINDS]
    if asked.only is not None:
        prepare()
        print(try_input(kinds[0], asked.seed, asked.only))
        return 0
    begun, outcomes = time.monotonic(), collections.defaultdict(collections.Counter)
    for kind, outcome, message in try_all(share_out(asked.inputs, kinds), asked.seed, asked.jobs):
        outcomes[kind][outcome] += 1
        if message:
            print(message, flush=True)
    for kind, counted in sorted(outcomes.items()):
        print(f"{kind}: {', '.join(f'{number} {outcome}' for outcome, number in counted.most_common())}")
    faults = sum(counted[FAULT] for counted in outcomes.values())
    minutes = (time.monotonic() - begun) / 60
    print(f"{asked.inputs} inputs with seed {asked.seed}: {faults} faults, {minutes:.1f} minutes on {asked.jobs} cores")
    return 1 if faults else 0


def try_all(numbers: dict[str, int], seed: int, jobs: int) -> Iterator[tuple[str, str, str]]:
    """Kind and outcome of each input, and what to print of it, as they end; numbers: inputs of each kind."""
    inputs = [(kind, number) for kind in numbers for number in range(numbers[kind])]
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        os.environ["TMPDIR"] = os.environ["XDG_CACHE_HOME"] = folder
        while inputs:
            ended = set()
            with ProcessPoolExecutor(jobs, get_context("spawn"), prepare) as pool:
                tried = {pool.submit(try_safely, kind, seed, number): (kind, number) for kind, number in inputs}
                for done in as_completed(tried):
                    with suppress(BrokenProcessPool):  # a process has died
                        yield done.result()
                        ended.add(tried[done])
            inputs = [tried for tried in inputs if tried not in ended]
            if inputs and jobs == 1:
                kind, number = inputs.pop(0)
                yield kind, FAULT, f"{say_command(kind, seed, number)}\n  the process died"
            jobs = 1  # the input of which the process dies is then the first that has not ended


def prepare() -> None:
    warnings.simplefilter("error")  # on a page, a warning is an output


def try_safely(kind: str, seed: int, number: int) -> tuple[str, str, str]:
    """Kind and outcome of one input, and what to print of it."""
    try:
        return kind, try_input(kind, seed, number), ""
    except (Exception, TooSlow) as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{type(error).__name__}: {error}"[:400]
        return kind, FAULT, f"{say_command(kind, seed, number)}\n  {what!a} ({where.filename}:{where.lineno})"


def say_command(kind: str, seed: int, number: int) -> str:
    """What repeats one input."""
    return f"python tools/fuzz.py {kind} --seed {seed} --only {number}"


if __name__ == "__main__":
    sys.exit(main())
