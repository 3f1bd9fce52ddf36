"""Values of options, from their text; what is none is told in one sentence."""

import pytest

from helpers.cli.options import Names, Size, Years
from helpers.errors import UserError


def convert(kind, text: str):
    return kind.convert(text, None, None)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Years(), "2017", [2017]),
        (Years(), " 2017 ", [2017]),
        (Years(), "2016-2018", [2016, 2017, 2018]),
        (Years(), "2017-2017", [2017]),
        (Years(), "2018,2016", [2018, 2016]),
        (Years(), "2016,2016-2017", [2016, 2017]),
        (Names(), "b", ["b"]),
        (Names(), "b,a", ["b", "a"]),
        (Names(), " a , b ,", ["a", "b", ""]),
        (Names(), "a,a", ["a"]),
        (Names(), "", [""]),
        (Size(), "500K", 512_000),
        (Size(), "500M", 524_288_000),
        (Size(), "2G", 2_147_483_648),
        (Size(), "2g", 2_147_483_648),
        (Size(), "1T", 2**40),
    ],
)
def test_a_text_is_this_value(kind, text, value):
    assert convert(kind, text) == convert(kind, value) == value


@pytest.mark.parametrize("text", ["", " ", ",", "2016,", "2016-", "-2018", "2016-2017-2018", "2016–2018", "last", "²"])
def test_any_other_text_is_no_years(text):
    with pytest.raises(UserError) as caught:
        convert(Years(), text)
    assert str(caught.value) == f"years are {text!r}, expected 2017, 2016-2018 or 2016,2018."


def test_a_span_of_years_does_not_end_before_it_begins():
    with pytest.raises(UserError, match=r"^years '2018-2016' end before they begin\.$"):
        convert(Years(), "2017,2018-2016")


@pytest.mark.parametrize("text", ["", "G", "2", "2048", "0G", "-1G", "1.5G", "2GB", "two G", " 2G"])
def test_any_other_text_is_no_size(text):
    with pytest.raises(UserError) as caught:
        convert(Size(), text)
    assert str(caught.value) == f"memory is {text!r}, expected a number with K, M, G or T, such as 2G."
