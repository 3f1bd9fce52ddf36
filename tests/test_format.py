"""Numbers are written as readers of each language expect them."""

import pytest

from helpers.numbers import format


@pytest.mark.parametrize(
    ("base", "decimals", "multiplier", "written"),
    [
        (17800, 2, 10**4, "17,800"),
        (3000, 0, 1, "3,000"),
        (216000, 1, 10**4, "216,000"),
        (91538.46, 1, 10**4, "92,000"),
        (1.67188e12, 1, 10**8, "1.67188 trillion"),
        (42e6, 0, 10**4, "42 million"),
        (7.34, 2, 1, "7.34"),
        (-55, 0, 1, "−55"),
        (-1.5e9, 1, 10**8, "−1.5 billion"),
    ],
)
def test_english_quantities_are_in_base_units(base, decimals, multiplier, written):
    assert format.compact(base, decimals, multiplier) == written


@pytest.mark.parametrize(
    ("value", "decimals", "language", "written"),
    [(16718.8, 1, "zh", "16718.8"), (16718.8, 1, "en", "16,718.8"), (-55, 0, "zh", "－55"), (-55, 0, "en", "−55")],
)
def test_a_number_is_written_in_each_language(value, decimals, language, written):
    assert format.number(value, decimals, language) == written


def test_a_number_rounded_to_zero_has_no_sign():
    assert format.number(-0.04, 1, "en") == "0.0"


@pytest.mark.parametrize(
    ("number", "unit", "word", "written"),
    [
        ("2.4万", "个", "余", "2.4万余个"),
        ("12万", "家", "超", "超12万家"),
        ("90", "%", "以上", "90%以上"),
        ("10", "个", "几", "10余个"),
    ],
)
def test_a_qualifying_word_is_placed_by_its_kind(number, unit, word, written):
    assert format.qualified(number, unit, word) == written


@pytest.mark.parametrize(
    ("formula", "amounts", "language", "written"),
    [
        ("{}÷(1+{})", ["5", "25%"], "zh", "5÷(1+25%)"),
        ("{}÷(1+{})", ["5", "25%"], "en", "5 ÷ (1 + 25%)"),
        ("{}÷(1+{})", ["5", "－25%"], "zh", "5÷(1－25%)"),
        ("(1+{})^(1/2)－1", ["−25%"], "en", "(1 − 25%)^(1/2) − 1"),
        ("{0}÷({1}－{0})", ["－5", "3"], "zh", "－5÷(3－(－5))"),
        ("{}＋{}", ["－5", "－3"], "zh", "－5＋(－3)"),
        ("{}+{}", ["5", "－3"], "zh", "5－3"),
        ("{}+{}+{}", ["5", "−3", "2"], "en", "5 − 3 + 2"),
        ("{}－{}", ["5", "−3"], "en", "5 − (−3)"),
        ("{}×365", ["－5"], "zh", "－5×365"),
        ("{}÷{}", ["10", "15"], "en", "10 ÷ 15"),
    ],
)
def test_a_formula_has_no_two_signs_beside_each_other_and_in_english_blanks(formula, amounts, language, written):
    assert format.fill(formula, amounts, language) == written
