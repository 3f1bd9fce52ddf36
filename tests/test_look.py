"""Status colours stay apart in grey and for the colour-blind, and everything else can be read on paper."""

import re
from itertools import combinations, pairwise

import pytest

from helpers.display import theme
from helpers.pages import render

COLOURED = (theme.GOOD, theme.EVEN, theme.BAD)
# Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation of Color Vision Deficiency (IEEE TVCG
# 15(6), 2009), severity 1.0, on linear RGB
BLINDNESS = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}


def linear(colour: str) -> list[float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def luminance(rgb: list[float]) -> float:
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]


def lab(rgb: list[float]) -> tuple[float, float, float]:
    r, g, b = (min(max(c, 0), 1) for c in rgb)
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    )
    f = [t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_status_colours_stay_apart(blindness):
    matrix = BLINDNESS[blindness]
    seen = [[sum(m * c for m, c in zip(row, linear(colour), strict=True)) for row in matrix] for colour in COLOURED]
    for a, b in combinations(map(lab, seen), 2):
        assert sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5 > 20


def test_status_colours_stay_apart_in_grey_print():
    lightness = sorted(lab([luminance(linear(colour))] * 3)[0] for colour in COLOURED)
    assert all(b - a > 10 for a, b in pairwise(lightness))


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(linear(a)), luminance(linear(b))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def papers() -> list[str]:
    """What text stands on: the paper, and every other background of the pages' style sheet."""
    sheet = (render.TEMPLATES / "page" / "style.css").read_text(encoding="utf-8")
    return [theme.PAPER, *sorted(set(re.findall(r"background(?:-color)?:(#[0-9a-f]{6})", sheet)))]


@pytest.mark.parametrize("paper", papers())
@pytest.mark.parametrize("colour", [theme.INK, theme.SECOND, theme.QUIET, theme.DATA])
def test_text_has_contrast(colour, paper):
    assert contrast(colour, paper) >= 4.5


@pytest.mark.parametrize("sign", theme.SIGNS.values(), ids=theme.SIGNS)
def test_signs_and_bars_have_contrast(sign):
    assert contrast(sign.colour, theme.PAPER) >= 3


def test_on_dark_text_is_light_enough():
    assert contrast(theme.PAPER, theme.INK) >= 4.5


def test_signs_tell_what_colours_tell_and_none_is_left_over():
    assert len({(sign.shape, sign.bar, sign.colour) for sign in theme.SIGNS.values()}) == 6
    assert {sign.shape for sign in theme.SIGNS.values()} == set(theme.SHAPES)
