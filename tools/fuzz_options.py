"""Odd values for every option of the command `evaluate`: each ends with a documented exit code, and no traceback.

python tools/fuzz_options.py --seed 7 --inputs 500
"""

import argparse
import os
import tempfile
from pathlib import Path
from random import Random

VALUES = (
    "", " ", ",", "-", "--", "0", "1", "-1", "999999", "9" * 5000, "1e3", "２０１７", "2017", "2016-2018", "2018-2016",
    "0-9999", "0-99999999999", "1K", "2G", "0G", "99999999999T", "zh", "en", "fr", "all", "330000", "0-overview", "x" * 300,
    "x/" * 2000, "~", "~nobody-of-that-name/x", "汉字 #%", "a\nb", "a\0b", "\ud800", "\u202e", "/dev/null", "/dev/null/x",
    "..", "file://", "file://x", "nowhere://me:pa@ss@host", "memory://x", "table", "json", "csv", "T.1", "value", "=1",
    "{n!z}", "%s", "'", "contradiction",
)  # fmt: skip
CODES = {0, 1, 2, 3, 130}
VERBS = ("run", "list", "print", "new-plan", "check", "audit", "accept", "diff", "template", "import")


def make_command(chance: Random) -> list[str]:
    """A command line of one verb; a request to run something is only listed, as that is checked before any work."""
    from helpers.cli import verbs

    verb = chance.choice(VERBS)
    words = [verb]
    for parameter in verbs.main.commands[verb].params:
        if parameter.param_type_name == "argument":
            words += [
                chance.choice(VALUES) for _ in range(chance.choice((1, 1, 1, 2) if parameter.nargs == -1 else (1,)))
            ]
        elif chance.random() < 0.3:
            name = chance.choice(parameter.opts)
            words += [name] if parameter.is_flag else [f"{name}={chance.choice(VALUES)}"]
    return words + (["--notebooks=no-such-notebook"] if verb == "run" else [])


def try_options(chance: Random, folder: Path) -> str:
    """Try one command line in a folder of its own; what became of it in a word. Raises AssertionError for a fault."""
    from click.testing import CliRunner

    from helpers.cli import verbs

    command, before = make_command(chance), Path.cwd()
    os.chdir(folder)
    try:
        result = CliRunner().invoke(verbs.main, command, input="n\n")
    finally:
        os.chdir(before)
    fault = result.exception and not isinstance(result.exception, SystemExit)
    assert not fault, f"{command}: {result.exception!r}"
    assert result.exit_code in CODES, f"{command}: exit code {result.exit_code}"
    assert "fault of this program" not in result.stderr, f"{command}: {result.stderr}"
    assert result.exit_code in (0, 1) or result.stderr, f"{command}: nothing is said"
    assert max(map(len, result.stderr.splitlines() or [""])) < 2000, f"{command}: an endless line"
    return {0: "accepted", 1: "different"}.get(result.exit_code, "refused")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inputs", type=int, default=500)
    asked = parser.parse_args()
    faults = 0
    for number in range(asked.inputs):
        with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
            try:
                try_options(Random(f"{asked.seed}-{number}"), Path(name))
            except AssertionError as error:
                faults += 1
                print(f"{number}: {str(error)[:600]!r}")
    print(f"{asked.inputs} command lines, {faults} faults")


if __name__ == "__main__":
    main()
