"""Values of options, from their text; what is none is told in one sentence."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from helpers.cli.options import KernelName, Location, Names, Size, Years
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
        (KernelName(), "python3.11", "python3.11"),
        (Size(), "300000K", 307_200_000),
        (Size(), "1024T", 2**50),
        (Size(), "500M", 524_288_000),
        (Size(), "2G", 2_147_483_648),
        (Size(), "2g", 2_147_483_648),
        (Size(), "1T", 2**40),
    ],
)
def test_a_text_is_this_value(kind, text, value):
    assert convert(kind, text) == convert(kind, value) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ",",
        "2016,",
        "2016-",
        "-2018",
        "2016-2017-2018",
        "2016–2018",
        "last",
        "²",
        "0-99999999999",
        "２０１７",
        "17",
        "02017",
    ],
)
def test_any_other_text_is_no_years(text):
    with pytest.raises(UserError) as caught:
        convert(Years(), text)
    assert str(caught.value) == f"years are {text!r}, expected 2017, 2016-2018 or 2016,2018."


def test_a_span_of_years_does_not_end_before_it_begins():
    with pytest.raises(UserError, match=r"^years '2018-2016' end before they begin\.$"):
        convert(Years(), "2017,2018-2016")


@pytest.mark.parametrize("text", ["", " ", "python3 ", "a/b", "汉字"])
def test_the_name_of_a_kernel_has_the_form_that_jupyter_gives_it(text):
    with pytest.raises(UserError, match="expected a name that `jupyter kernelspec list` gives"):
        convert(KernelName(), text)


@pytest.mark.parametrize("text", ["", "G", "2", "2048", "-1G", "1.5G", "2GB", "two G", " 2G", "２G"])
def test_any_other_text_is_no_size(text):
    with pytest.raises(UserError) as caught:
        convert(Size(), text)
    assert str(caught.value) == f"memory is {text!r}, expected a number with K, M, G or T, such as 2G."


@pytest.mark.parametrize("text", ["0G", "1K", "255M", "1025T", "99999999999T", "9" * 5000 + "K"])
def test_a_size_that_no_kernel_can_live_with_is_told(text):
    with pytest.raises(UserError, match=r", expected 256M to 1024T, such as 2G; a kernel needs that much to start\.$"):
        convert(Size(), text)


def test_years_are_not_endless():
    assert len(convert(Years(), "1900-2099")) == 200
    with pytest.raises(UserError, match=r"^years are '1000-9999', which are 9000; expected 200 at most\.$"):
        convert(Years(), "1000-9999")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", ""),
        ("a/~/b", "a/~/b"),
        ("~", str(Path.home())),
        ("~/pages", str(Path.home() / "pages")),
        ("s3://bucket/~", "s3://bucket/~"),
        ("汉字 #%", "汉字 #%"),
    ],
)
def test_a_location_may_begin_at_home(text, path):
    assert convert(Location(), text) == path


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a\0b", "out: 'a\\x00b' holds a character that no path may hold; remove it."),
        (
            "~nobody-of-that-name/x",
            "out: '~nobody-of-that-name/x' is no path here; expected one such as ~/pages.",
        ),
        ("\ud800", "out: '\\ud800' is no path here; expected one such as ~/pages."),
    ],
)
def test_a_text_that_is_no_location_is_told(text, sentence):
    with pytest.raises(UserError) as caught:
        Location().convert(text, SimpleNamespace(name="out"), None)
    assert str(caught.value) == sentence
