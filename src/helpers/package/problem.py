"""One thing that is wrong with a data package, and the error that lists all of them."""

import unicodedata
from collections import Counter
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
        sentence = self.sentence
        if len(sentence) > LONGEST:
            sentence = f"{sentence[: LONGEST // 2]} … {sentence[-LONGEST // 4 :]}"
        return escape(f"{':'.join(place)}: {sentence}")


LONGEST = 1000  # characters of a sentence


def escape(text: str) -> str:
    """A text in one line: what breaks a line or changes its direction stands as an escape."""
    return "".join(
        sign.encode("unicode_escape").decode() if unicodedata.category(sign) in ESCAPED else sign for sign in text
    )


ESCAPED = ("Cc", "Cf", "Cs", "Zl", "Zp")


class DataError(UserError):
    """A data package with problems; the message lists them, one a line, but for the same of too many rows."""

    def __init__(self, folder: Path, problems: list[Problem]):
        self.problems = problems
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        super().__init__(f"{folder}: {count} in the data package", *_list_lines(problems))


MOST_ALIKE = 10  # problems of a column with one sentence that are listed one by one


def _list_lines(problems: list[Problem]) -> list[str]:
    """A line for each problem; the eleventh of a column with the same sentence stands for all that follow it."""
    lines, rows = [], Counter()
    alike = Counter(problem._replace(row=0) for problem in problems)
    for problem in problems:
        kind = problem._replace(row=0)
        rows[kind] += 1
        rest = alike[kind] - MOST_ALIKE
        if rows[kind] <= MOST_ALIKE or rest == 1:
            lines.append(str(problem))
        elif rows[kind] == MOST_ALIKE + 1:
            lines.append(f"{problem}; the same in {rest - 1} more rows")
    return lines
