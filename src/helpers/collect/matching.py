"""Which indicator a name in a sheet means: by its key or name, exactly, then without punctuation, never by guessing."""

import difflib
import re
from typing import NamedTuple

from helpers.collect.headings import cut_mark
from helpers.numbers import token
from helpers.numbers.spelling import fold
from helpers.package.tables import Tables

NUMBERING = re.compile(r"^\s*(?:其中\s*[:：]?|[#*]+|[(（]?[一二三四五六七八九十\d]{1,3}\s*[)）、．.](?!\d))\s*")
BRACKET = re.compile(r"\s*\(([^()]*)\)\s*$")
MOST_SUGGESTIONS = 3


class Match(NamedTuple):
    """An indicator, the measure that the name adds (None for none), and the unit in brackets behind the name."""

    indicator: str
    measure: str | None = None
    unit: str = ""


class UnknownName(ValueError):
    """A name that is none of the package; the message has suggestions."""


class Names:
    """Names of the indicators and places of a package."""

    def __init__(self, package: Tables):
        self.exact: dict[str, set[str]] = {}
        self.folded: dict[str, set[str]] = {}
        self.units = {*package.units.index}
        for key, row in zip(package.indicators.index, package.indicators.to_dict("records"), strict=True):
            for name in (key, row["name_zh"], row["name_en"]):
                self.exact.setdefault(fold(name), set()).add(key)
                self.folded.setdefault(_simplify(name), set()).add(key)
        self.regions = {
            fold(name): key
            for key, row in zip(package.regions.index, package.regions.to_dict("records"), strict=True)
            for name in (row["name_en"], row["name_zh"], key)
        }

    def find(self, text: str) -> Match:
        """The indicator that a text names. Raises UnknownName."""
        name = fold(text)
        bracket = BRACKET.search(name)
        unit = bracket[1].strip() if bracket and token.split_unit(bracket[1].strip())[1] in self.units else ""
        for _ in range(2):
            for measure, shorter in ((None, name), cut_mark(name)[::-1]):
                if key := self._look_up(shorter, text):
                    return Match(key, measure, unit)
            bracket = BRACKET.search(name)
            if not bracket:
                break
            name, unit = name[: bracket.start()], bracket[1].strip()
        close = difflib.get_close_matches(fold(text), self.exact, MOST_SUGGESTIONS)
        hint = f"did you mean {', '.join(close)}?" if close else "write a name or key of indicators.csv"
        raise UnknownName(f"no indicator {text!r}; {hint}")

    def _look_up(self, name: str, text: str) -> str:
        for known, spelling in ((self.exact, name), (self.folded, _simplify(name))):
            keys = known.get(spelling, set()) if spelling else set()
            if len(keys) > 1:
                raise UnknownName(f"{text!r} names several indicators; write the key: {', '.join(sorted(keys))}")
            if keys:
                return next(iter(keys))
        return ""

    def find_region(self, text: str) -> str:
        """Code of a place. Raises UnknownName."""
        if fold(text) in self.regions:
            return self.regions[fold(text)]
        close = difflib.get_close_matches(fold(text), self.regions, MOST_SUGGESTIONS)
        hint = f"did you mean {', '.join(close)}?" if close else "write a name or code of regions.csv"
        raise UnknownName(f"no region {text!r}; {hint}")


def _simplify(name: str) -> str:
    """A name without numbering, blanks and punctuation."""
    return re.sub(r"[\W_]+", "", NUMBERING.sub("", fold(name)).lower())
