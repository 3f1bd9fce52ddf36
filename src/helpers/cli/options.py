"""Options that several verbs have, and types of their values; a text that is none of its type is told in one sentence."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import click

from helpers.errors import UserError

UNITS = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
MEMORY = range(256 * UNITS["M"], 1024 * UNITS["T"] + 1)  # bytes: a kernel needs the first to start
YEARS_MAX = 200  # years of one request
JOBS_MAX = 1024  # more processes than a machine has cores
TIMEOUT_MAX_S = 1_000_000  # s; longer ones are too long for the system's clocks
RETRIES_MAX = 100


class Names(click.ParamType):
    """Values separated by commas, each once, in the order given."""

    name = "names"

    def convert(self, value: str | list[str], param, context) -> list[str]:
        return value if isinstance(value, list) else list(dict.fromkeys(part.strip() for part in value.split(",")))


class Years(Names):
    """Years of `2017`, `2016-2018` or `2016,2018`."""

    name = "years"

    def convert(self, value: str | list[int], param, context) -> list[int]:
        years = []
        for part in super().convert(value, param, context):
            span = re.fullmatch(r"([0-9]{4})(?:-([0-9]{4}))?", str(part))
            if not span:
                raise UserError(f"years are {value!r}, expected 2017, 2016-2018 or 2016,2018.")
            first, last = int(span[1]), int(span[2] or span[1])
            if last < first:
                raise UserError(f"years {part!r} end before they begin.")
            years += range(first, last + 1)
        years = list(dict.fromkeys(years))
        if len(years) > YEARS_MAX:
            raise UserError(f"years are {value!r}, which are {len(years)}; expected {YEARS_MAX} at most.")
        return years


class Size(click.ParamType):
    """Bytes of `500M` or `2G`."""

    name = "size"

    def convert(self, value: str | int, param, context) -> int:
        if isinstance(value, int):
            return value
        size = re.fullmatch(r"([0-9]+)([KMGT])", value.upper())
        if not size:
            raise UserError(f"memory is {value!r}, expected a number with K, M, G or T, such as 2G.")
        memory = int(size[1][:20]) * UNITS[size[2]]  # twenty digits are too many in any unit
        if memory not in MEMORY:
            raise UserError(
                f"memory is {value!r}, expected 256M to 1024T, such as 2G; a kernel needs that much to start."
            )
        return memory


class KernelName(click.ParamType):
    """The name of a kernel, in the form that Jupyter gives them."""

    name = "kernel"

    def convert(self, value: str, param, context) -> str:
        if not re.fullmatch("[A-Za-z0-9._-]+", value):
            raise UserError(f"kernel is {value[:80]!r}, expected a name that `jupyter kernelspec list` gives.")
        return value


class Location(click.ParamType):
    """A path of a file or a folder, or an address; `~` is the home, also where the shell leaves it as it is."""

    name = "location"

    def convert(self, value: str, param, context) -> str:
        if "\0" in value:
            raise UserError(f"{param.name}: {value!r} holds a character that no path may hold; remove it.")
        try:
            os.fsencode(value)
            return str(Path(value).expanduser()) if value.startswith("~") else value
        except (RuntimeError, UnicodeError):
            raise UserError(f"{param.name}: {value!r} is no path here; expected one such as ~/pages.") from None


DATA = click.option(
    "--data", type=Location(), default="", help="Folder of a data package.  [default: the project's own]"
)
LANGUAGE = click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language of the words."
)
JOBS = click.option("--jobs", type=click.IntRange(1, JOBS_MAX), help="Runs at the same time.  [default: one a core]")
KERNEL = click.option(
    "--kernel",
    type=KernelName(),
    default="evaluation-warm",
    show_default=True,
    help="Kernel that executes the notebooks.",
)
REQUEST = (  # see `request.resolve`
    click.option("--years", type=Years(), help="Years: 2017, 2016-2018 or 2016,2018.  [default: all the data has]"),
    click.option(
        "--notebooks",
        type=Names(),
        help="Notebooks, separated by commas, such as 0-overview,2-integration.  [default: all]",
    ),
    click.option(
        "--indicators",
        type=Names(),
        help="Indicators whose pages are made, separated by commas.  [default: all that have a page]",
    ),
    click.option(
        "--languages", type=Names(), default="zh,en", show_default=True, help="Languages, separated by commas."
    ),
    click.option(
        "--region",
        "regions",
        type=Names(),
        help="Region codes, separated by commas, or all that have figures.  [default: the plan's own]",
    ),
    DATA,
    click.option(
        "--out",
        type=Location(),
        default="reports",
        show_default=True,
        help="Folder of the pages, or an address that fsspec knows.",
    ),
)


def add_request(verb: Callable) -> Callable:
    """Give a verb the options of a request for runs, and the folder of its pages."""
    for option in reversed(REQUEST):
        verb = option(verb)
    return verb
