"""Sentences made of labels agree in number, whatever they count, and have no gaps where a value is missing."""

import itertools
import re

import pytest
from grammar import LABELS, MINUS, NUMBERS, TWICE, find_nonsense, list_blanks, list_missing, split_forms

from helpers.numbers import format

COUNTS = (0, 1, 2, 5, 112)
# Words behind a count that are no nouns: `3 met`, `2 of high confidence`.
NO_NOUNS = {
    "achieved", "ahead", "behind", "doubtful", "exceeded", "in", "met", "missed", "of", "on", "reached",
    "undecided", "without",
}  # fmt: skip
# Labels that are only used where two or more are counted.
SEVERAL = ("reading.counts", "reading.derived.", "reading.equal", "reading.figures", "reading.rates.", "reading.shares",
           "title.changes.", "title.growth.", "title.ranks.", "title.shares.")  # fmt: skip
# Verbs, and nouns whose singular ends in an s.
VERBS = {"appears", "concerns", "falls", "has", "involves", "is", "its", "stands", "status", "this", "was"}


COUNTED = [key for key, row in LABELS.items() if "{n}" in row["en"] and not key.startswith(SEVERAL)]


def write(key: str, language: str, number: int) -> str:
    """A label as `Formatter.say` fills it in; each of its other values is a name."""
    pattern = LABELS[key][language]
    if "|" in pattern:
        pattern = pattern.split("|")[number != 1]
    return pattern.format(**{name: number if name == "n" else "Name" for name in list_blanks(pattern)})


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
    for key, number in itertools.product(LABELS, COUNTS):
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


# Labels that say themselves which way their number goes: the code fills in its size (see test_spoken.py).
SIZES = {
    "finding.gap.less", "finding.gap.more", "finding.over_time.suspicious.fall",
    "gap.share", "indicator.latest.fell", "indicator.latest.implied", "indicator.latest.rose", "reading.derived.all", "reading.derived.some",
    "reading.growth.fell", "reading.growth.rose", "reading.rates.fell", "reading.rates.rose", "reading.series.fell",
    "reading.series.rose", "title.change.fell", "title.change.fell.points", "title.change.fell.year", "title.change.fell.year.points",
    "title.change.rose", "title.change.rose.points", "title.change.rose.year", "title.change.rose.year.points",
    "title.changes.all", "title.changes.none", "title.changes.some", "title.growth.all", "title.growth.none",
    "title.growth.some", "title.parts",
}  # fmt: skip


def write_amounts(key: str, language: str, number: float) -> list[str]:
    """A label's forms with an amount in each blank that can hold one, as the code writes it."""
    amount = format.percent(number, 1, language)
    forms = split_forms(LABELS[key][language])
    return [
        form.format(**{name: amount if name in NUMBERS else "Name" for name in list_blanks(form)}) for form in forms
    ]


HOLDING = [key for key, row in LABELS.items() if NUMBERS & (list_blanks(row["zh"]) | list_blanks(row["en"]))]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("number", [-1, -80.5])
def test_a_negative_number_has_one_sign_which_no_word_before_it_says_already(language, number):
    wrong = []
    for key in set(HOLDING) - SIZES:
        for form, text in zip(split_forms(LABELS[key][language]), write_amounts(key, language, number), strict=True):
            held = sum(form.count(f"{{{name}}}") for name in NUMBERS)
            if find_nonsense(text, language) or text.count(MINUS[language]) != held:
                wrong.append(f"{key}: {text!r}")
    assert wrong == []


def test_of_labels_that_say_which_way_a_number_goes_all_are_known():
    directed = {
        key
        for key in HOLDING
        for language in MINUS
        if any(TWICE[language].search(text) for text in write_amounts(key, language, -1))
    }
    assert directed == SIZES


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_sentence_does_without_what_may_be_missing(language):
    wrong = []
    for key in LABELS:
        for form in split_forms(LABELS[key][language]):
            blanks = list_blanks(form)
            missing = list_missing(key, blanks)
            text = form.format(**{name: "" if name in missing else "Name" for name in blanks})
            if missing and (find_nonsense(text, language) or GAPS.search(text)):
                wrong.append(f"{key}: {text!r}")
    assert wrong == []
