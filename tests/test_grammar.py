"""Sentences made of labels agree in number, whatever they count, and have no gaps where a value is missing."""

import csv
import itertools
import re
from string import Formatter

import pytest

from helpers import paths

with (paths.ROOT / "data" / "labels.csv").open(encoding="utf-8", newline="") as handle:
    LABELS = {row["key"]: row for row in csv.DictReader(handle)}
NUMBERS = (0, 1, 2, 5, 112)
# Words behind a count that are no nouns: `3 met`, `2 of high confidence`.
NO_NOUNS = {
    "achieved", "ahead", "behind", "doubtful", "exceeded", "in", "met", "missed", "of", "on", "reached",
    "undecided", "without",
}  # fmt: skip
# Labels that are only used where two or more are counted.
SEVERAL = ("reading.counts", "reading.derived.", "reading.equal", "reading.figures", "reading.rates.", "reading.shares",
           "title.changes.", "title.growth.", "title.ranks.", "title.shares.")  # fmt: skip
# Verbs, and nouns whose singular ends in an s.
VERBS = {"appears", "falls", "has", "is", "its", "stands", "status", "this", "was"}


COUNTED = [key for key, row in LABELS.items() if "{n}" in row["en"] and not key.startswith(SEVERAL)]


def write(key: str, language: str, number: int) -> str:
    """A label as `Formatter.say` fills it in; each of its other values is a name."""
    pattern = LABELS[key][language]
    if "|" in pattern:
        pattern = pattern.split("|")[number != 1]
    fields = {name for _, name, _, _ in Formatter().parse(pattern) if name}
    return pattern.format(**{name: number if name == "n" else "Name" for name in fields})


def test_a_noun_agrees_with_its_number():
    wrong = []
    for key in COUNTED:
        singular, plural = (set(re.findall(rf"\b{n} ([a-z]+)\b", write(key, "en", n))) for n in (1, 5))
        wrong += [f"{key}: 1 {word}" for word in singular if word.endswith("s") and word not in VERBS]
        if not plural <= NO_NOUNS and "|" not in LABELS[key]["en"]:
            wrong.append(f"{key}: write singular|plural")
    assert wrong == []


GAPS = re.compile(r"  | [,;:)]| \.(?!\w)|\( |。。|\.\.(?!\.)|，，")
HALF_WIDTH = re.compile(r"(?<=[\u4e00-\u9fff])[,;:](?=[\u4e00-\u9fff])")
SENTENCES = ("lead.", "headline.", "summary.")  # labels with no blank at either end


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_sentence_has_no_gaps(language):
    wrong = []
    for key, number in itertools.product(LABELS, NUMBERS):
        text = write(key, language, number)
        blank = key.startswith(SENTENCES) and text != text.strip()
        if blank or GAPS.search(text) or (language == "zh" and HALF_WIDTH.search(text)):
            wrong.append(f"{key}: {text!r}")
    assert wrong == []


def test_a_label_with_two_forms_chooses_by_a_count():
    """The count may be in one of the forms only: `the only one`, `both`."""
    for key, row in LABELS.items():
        for language in ("zh", "en"):
            assert row[language].count("|") <= 1, key
