"""The look, in one place: colours, sizes and the signs of each status, for pictures and pages alike.

Status colours stay apart in grey print and for the colour-blind, and are never used for anything else. Each status has a
sign and a word beside its colour; signs are drawn, not taken from a font.
"""

from typing import NamedTuple

PAPER = "#ffffff"
INK = "#1a1a1a"
SECOND = "#555555"
QUIET = "#6b6b6b"
DATA = "#333333"  # a value without status
RULE = "#c9c9c9"
HAIRLINE = "#e3e3e3"

GOOD, EVEN, BAD, NONE = "#004672", "#00a67c", "#a83a05", QUIET


class Sign(NamedTuple):
    """Colour and drawn sign of a status: `up`, `dot`, `down`, `dash` or `query`, with or without a bar over it."""

    colour: str
    shape: str
    bar: bool = False


SIGNS = {
    "exceeded": Sign(GOOD, "up"),
    "achieved_early": Sign(GOOD, "up", bar=True),
    "ahead": Sign(GOOD, "up"),
    "met": Sign(EVEN, "dot"),
    "on_track": Sign(EVEN, "dot"),
    "missed": Sign(BAD, "down"),
    "behind": Sign(BAD, "down"),
    "undecided": Sign(NONE, "query"),
    "no_data": Sign(NONE, "dash"),
}
STATUSES = tuple(SIGNS)  # in the order in which they are listed

# Outlines of the signs in a square of side 1, y downwards.
SHAPES = {
    "up": "M.5.1.92.88H.08Z",
    "down": "M.5.9.08.12H.92Z",
    "dot": "M.5.1a.4.4 0 1 0 .001 0Z",
    "dash": "M.08.42H.92V.58H.08Z",
    "query": "M.24.36C.24.02.76.02.76.36C.76.56.56.56.56.74H.44C.44.48.62.5.62.36C.62.2.38.2.38.36ZM.43.82H.57V.96H.43Z",
}
BAR = "M.08.0H.92V.1H.08Z"

FONT_ZH = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif'
FONT_EN = '"Segoe UI","Helvetica Neue","Noto Sans",Arial,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif'
FONT_PICTURE = "Evaluation Sans SC"
