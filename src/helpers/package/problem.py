"""One thing that is wrong with a data package, and the error that lists all of them."""

from pathlib import Path
from typing import NamedTuple

from helpers.errors import UserError


class Problem(NamedTuple):
    """One thing wrong: file, row as an editor counts it (the header is row 1; 0 for the whole file), column, sentence."""

    file: str
    row: int
    column: str
    sentence: str

    def __str__(self) -> str:
        place = [self.file, str(self.row) if self.row else "", self.column]
        while place and not place[-1]:
            place.pop()
        return f"{':'.join(place)}: {self.sentence}"


class DataError(UserError):
    """A data package with problems; the message lists them, one a line."""

    def __init__(self, folder: Path, problems: list[Problem]):
        self.problems = problems
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        super().__init__(f"{folder}: {count} in the data package", *map(str, problems))
