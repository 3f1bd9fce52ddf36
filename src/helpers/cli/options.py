"""Options that several verbs have, and types of their values; a text that is none of its type is told in one sentence."""

import re
from collections.abc import Callable

import click

from helpers.errors import UserError

UNITS = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


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
            span = re.fullmatch(r"(\d+)(?:-(\d+))?", str(part))
            if not span:
                raise UserError(f"years are {value!r}, expected 2017, 2016-2018 or 2016,2018.")
            first, last = int(span[1]), int(span[2] or span[1])
            if last < first:
                raise UserError(f"years {part!r} end before they begin.")
            years += range(first, last + 1)
        return list(dict.fromkeys(years))


class Size(click.ParamType):
    """Bytes of `500M` or `2G`."""

    name = "size"

    def convert(self, value: str | int, param, context) -> int:
        if isinstance(value, int):
            return value
        size = re.fullmatch(r"(\d+)([KMGT])", value.upper())
        if not size or not int(size[1]):
            raise UserError(f"memory is {value!r}, expected a number with K, M, G or T, such as 2G.")
        return int(size[1]) * UNITS[size[2]]


DATA = click.option("--data", default="", help="Folder of a data package.  [default: the project's own]")
LANGUAGE = click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language of the words."
)
JOBS = click.option("--jobs", type=click.IntRange(1), help="Runs at the same time.  [default: one a core]")
KERNEL = click.option(
    "--kernel", default="evaluation-warm", show_default=True, help="Kernel that executes the notebooks."
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
        "--out", default="reports", show_default=True, help="Folder of the pages, or an address that fsspec knows."
    ),
)


def add_request(verb: Callable) -> Callable:
    """Give a verb the options of a request for runs, and the folder of its pages."""
    for option in reversed(REQUEST):
        verb = option(verb)
    return verb
