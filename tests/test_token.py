"""Printed tokens are read as they are meant."""

import pytest

from helpers.numbers import token


@pytest.mark.parametrize(
    ("printed", "number", "multiplier", "qualifier", "opened"),
    [
        ("3000", 3000, 1, "exact", False),
        ("21.6", 21.6, 1, "exact", False),
        ("1.78万个", 1.78, 10**4, "exact", False),
        ("16718.8亿元", 16718.8, 10**8, "exact", False),
        ("13.5万亿元", 13.5, 10**12, "exact", False),
        ("2064余万笔", 2064, 10**4, "over", False),
        ("10多亿条", 10, 10**8, "over", False),
        ("43000多个", 43000, 1, "over", False),
        ("超400家", 400, 1, "over", True),
        ("突破100%", 100, 1, "over", True),
        ("95%以上", 95, 1, "over", True),
        ("近8.3亿条", 8.3, 10**8, "under", False),
        ("不足50家", 50, 1, "under", True),
        ("30%左右", 30, 1, "about", False),
        ("约9000余万条", 9000, 10**4, "about", False),
        ("＞92.7", 92.7, 1, "over", True),
        (">6.5%", 6.5, 1, "over", True),
        ("≥90%", 90, 1, "over", True),
        ("＜5", 5, 1, "under", True),
        ("<-5", -5, 1, "under", True),
        ("≤5.5%", 5.5, 1, "under", True),
        ("[3.9]", 3.9, 1, "exact", False),
        ("［3.9］个百分点", 3.9, 1, "exact", False),
        ("３６．５％", 36.5, 1, "exact", False),
        ("３０，０５３．１亿元", 30053.1, 10**8, "exact", False),
        ("2017，18家", 2017, 1, "exact", False),
        ("【16】", 16, 1, "exact", False),
        ("[＞5000]万人", 5000, 1, "over", True),
        ("[>5000万人]", 5000, 10**4, "over", True),
        ("5%左右", 5, 1, "about", False),
        ("约占总售票量的15%", 15, 1, "about", False),
        ("减少80%", -80, 1, "exact", False),
        ("-5%", -5, 1, "exact", False),
        ("－5%", -5, 1, "exact", False),
        ("全国第一", 1, 1, "exact", False),
        ("全国第4", 4, 1, "exact", False),
        ("全球第三大", 3, 1, "exact", False),
        ("榜首", 1, 1, "exact", False),
        ("前三位", 3, 1, "under", True),
        ("两批", 2, 1, "exact", False),
        ("十几个", 10, 1, "over", False),
        ("十二个", 12, 1, "exact", False),
        ("二十多家", 20, 1, "over", False),
        ("三千家", 3000, 1, "exact", False),
        ("一百五十家", 150, 1, "exact", False),
        ("千兆", 1000, 1, "exact", False),
        ("700,200", 700200, 1, "exact", False),
        ("5.934 million", 5.934, 10**6, "exact", False),
        ("77.71 billion", 77.71, 10**9, "exact", False),
    ],
)
def test_a_token_is_parsed(printed, number, multiplier, qualifier, opened):
    read = token.parse(printed)
    assert (float(read.number), read.multiplier) == (number, multiplier)
    assert (read.qualifier.name, read.qualifier.open) == (qualifier, opened)


@pytest.mark.parametrize(
    ("printed", "inclusive"),
    [
        ("95%以上", True),
        ("前三位", True),
        ("超400家", False),
        ("近70家", False),
        ("≥90", True),
        ("＞90", False),
        ("≤5", True),
        ("＜5", False),
    ],
)
def test_some_words_include_the_number_itself(printed, inclusive):
    assert token.parse(printed).qualifier.inclusive == inclusive


def test_a_fraction_is_read_as_a_percentage():
    read = token.parse("2/3")
    assert read.denominator == 3
    assert float(read.number) == pytest.approx(66.667, abs=0.001)


def test_a_fraction_over_zero_is_an_error():
    with pytest.raises(token.PrintedError, match="divides by zero"):
        token.parse("3/0")


def test_a_token_without_a_number_is_an_error():
    with pytest.raises(token.PrintedError, match="no number in '暂无数据'"):
        token.parse("暂无数据")


@pytest.mark.parametrize(
    ("unit", "split"),
    [
        ("家", (1, "家")),
        ("万家", (10**4, "家")),
        ("亿元", (10**8, "元")),
        ("万亿元", (10**12, "元")),
        ("万元/人", (10**4, "元/人")),
    ],
)
def test_a_unit_is_split_into_multiplier_and_base(unit, split):
    assert token.split_unit(unit) == split


def test_a_multiplier_has_a_chinese_word():
    assert [token.multiplier_word(m) for m in (1, 10**4, 10**8, 10**12)] == ["", "万", "亿", "万亿"]
    assert [token.zeros(m) for m in (1, 10**4, 10**8)] == [0, 4, 8]


@pytest.mark.parametrize("printed", ["[3.9]个", "［＞3.9］个", "〔3.9个〕"])
def test_brackets_are_no_part_of_the_unit(printed):
    assert token.parse(printed).unit == "个"
