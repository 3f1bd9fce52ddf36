"""Command lines: odd values for every option of `evaluate`; each ends with a documented exit code, and a sentence."""

import shutil
from pathlib import Path
from random import Random

from damaged.workshop import OWN, SMALL, copy_pages, evaluate, lay_out

PACKAGE, PAGES = (
    "package",
    "pages",
)  # values that are a good package and a folder of pages, in the folder of the command
VALUES = (
    "", " ", ",", "-", "--", "0", "1", "-1", "999999", "9" * 5000, "1e3", "1.5", "nan", "inf", "２０１７", "2017",
    "2016-2018",
    "2018-2016", "0-9999", "0-99999999999", "1K", "2G", "0G", "-1G", "99999999999T", "zh", "en", "fr", "all", "330000",
    "0-overview", "x" * 300, "x/" * 2000, "~", "~nobody-of-that-name/x", "汉字 #%", "a\nb", "a\0b", "\ud800", "\u202e",
    "/dev/null", "/dev/null/x", "..", ".", "file://", "file://x", "nowhere://me:pa@ss@host", "memory://x", "table",
    "json",
    "csv", "html", "T.1", "value", "=1", "{n!z}", "%s", "'", "contradiction", "book.xlsx", PACKAGE, PACKAGE, PAGES, *OWN,
)  # fmt: skip
CODES = {0, 1, 2, 3, 130}
VERBS = ("run", "list", "print", "new-plan", "check", "audit", "accept", "diff", "template", "import")
WRITING = ("accept", "import")  # into the package that they are given


def try_options(random: Random, scratch: Path) -> str:
    """A command line of any verb ends well or in a sentence."""
    words = make_command(random)
    if any(PACKAGE in word for word in words):
        shutil.copytree(SMALL, scratch / PACKAGE)
    if any(PAGES in word for word in words):
        copy_pages(scratch / PAGES)
    end = evaluate(words, scratch)
    assert end.code in CODES, f"exit code {end.code}: {words}"
    assert end.code in (0, 1) or end.err, f"exit code {end.code}, and nothing is said: {words}"
    assert "pa@ss" not in end.out + end.err, f"a password is shown: {words}"
    return {0: "accepted", 1: "different"}.get(end.code, "refused")


def make_command(random: Random) -> list[str]:
    """Words of a command line. One in four requests for runs is a good one but for one option; no other executes anything."""
    from helpers.cli import verbs

    verb = random.choice(VERBS)
    words, good = [verb], verb in ("run", "list") and random.random() < 0.25
    parameters = [parameter for parameter in verbs.main.commands[verb].params if parameter.name != "help"]
    if good:
        odd = random.choice(parameters)
        words += [*lay_out().ask([OWN[0]]), "--out", PAGES, *write_option(random, odd)]
    else:
        for parameter in parameters:
            if parameter.param_type_name == "argument":
                number = random.choice((1, 1, 1, 2)) if parameter.nargs == -1 else 1
                words += random.choices(VALUES, k=number)
            elif random.random() < (0.8 if parameter.required else 0.3):
                words += write_option(random, parameter)
        words += ["--notebooks=no-such-notebook"] if verb == "run" else []
    return words + ([f"--data={PACKAGE}"] if verb in WRITING else [])


def write_option(random: Random, parameter) -> list[str]:
    name = random.choice(parameter.opts)
    return [name] if parameter.is_flag else [f"{name}={random.choice(VALUES)}"]
