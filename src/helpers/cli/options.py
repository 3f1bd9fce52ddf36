"""Values of options that click has no type for; a bad one is a user's mistake, told in a sentence."""

import click

from helpers.errors import UserError

BYTES_OF = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


class Years(click.ParamType):
    """Years as a list: `2017`, `2016-2018` or `2016,2018`."""

    name = "years"

    def convert(self, value: str | list[int], param, ctx) -> list[int]:
        """Raises UserError for anything else."""
        if isinstance(value, list):
            return value
        years: list[int] = []
        for part in value.split(","):
            first, dash, last = part.strip().partition("-")
            if not first.isdecimal() or (dash and not last.isdecimal()):
                raise UserError(f"years are {value!r}, expected 2017, 2016-2018 or 2016,2018.")
            ends = int(first), int(last or first)
            if ends[1] < ends[0]:
                raise UserError(f"years {part.strip()!r} end before they begin.")
            years += range(ends[0], ends[1] + 1)
        return list(dict.fromkeys(years))


class Size(click.ParamType):
    """A number of bytes: `500M` or `2G`."""

    name = "size"

    def convert(self, value: str | int, param, ctx) -> int:
        """Raises UserError for anything else."""
        if isinstance(value, int):
            return value
        number, unit = value[:-1], value[-1:].upper()
        if unit not in BYTES_OF or not number.isdecimal() or not int(number):
            raise UserError(f"memory is {value!r}, expected a number with K, M, G or T, such as 2G.")
        return int(number) * BYTES_OF[unit]
