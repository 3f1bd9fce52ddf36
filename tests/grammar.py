"""What no sentence may say, and which blanks of labels hold which numbers; tests of labels and of what the code fills in share it."""

import csv
import re
from string import Formatter

from helpers import paths

with (paths.ROOT / "data" / "labels.csv").open(encoding="utf-8", newline="") as handle:
    LABELS = {row["key"]: row for row in csv.DictReader(handle)}
MINUS = {"zh": "－", "en": "−"}
# Blanks that hold a number with or without its unit, which may be negative where no word before it says so already.
NUMBERS = {
    "a", "actual", "amount", "b", "completion", "computed", "done", "from_value", "growth", "high", "high_value", "implied",
    "low", "low_value", "points", "printed", "range", "share", "target", "value", "whole",
}  # fmt: skip
# Blanks of labels that are filled with nothing where there is nothing to say, or no such number.
EMPTY = re.compile(
    r"finding\.(?!(?:gap|items|note)\b)[a-z_.]+ (?:fix|gap|note)|finding\.statements\.[a-z.]+ items|title\.changes\.[a-z]+ span|evidence(?:\.more)? what"
)
# A word that says which way a number goes, and then a sign that says it once more; nothing that is missing has a name.
TWICE = {
    "zh": re.compile(r"(?:增长|减少|下降|增加|多|少|高|低|相差|[增降]幅最大，为|降幅在|增长最快，为|占\S*的)－"),
    "en": re.compile(r"\b(?:by|by between|up|down|rose|fell|grew|falls?) −|−\S* (?:apart|more|less)\b"),
}
NONSENSE = re.compile(
    r"\b(?:nan|NaN|NaT|inf)\b|\bNone\b(?! of)|<NA>"  # what Python calls something that is missing
    r"|[+－−–＋-] ?[－−]|(?<![\w.–-])-\d"  # two signs; a hyphen
    r"|[(（]\s*[)）]|“\s*”|[(（][,;，；]"  # brackets around nothing
    r"|  | [,;:)]|。。|，，|\bof +$|[:：] *$"  # gaps
)


def split_forms(pattern: str) -> list[str]:
    """A label's forms: `singular|plural`."""
    return pattern.split("|") if "{n}" in pattern or "|" in pattern else [pattern]


def list_blanks(pattern: str) -> set[str]:
    """Names of what is filled into a label."""
    return {name for _, name, _, _ in Formatter().parse(pattern) if name}


def list_missing(key: str, blanks: set[str]) -> set[str]:
    """Blanks of a label that may be filled with nothing."""
    return {name for name in blanks if EMPTY.fullmatch(f"{key} {name}")}


def find_nonsense(text: str, language: str) -> str:
    """The part of a text that no reader should see, or nothing; the sign of the other language is none of ours."""
    other = MINUS["en" if language == "zh" else "zh"]
    match = NONSENSE.search(text) or TWICE[language].search(text) or re.search(rf"{other}(?=\d)", text)
    return match[0] if match else ""
