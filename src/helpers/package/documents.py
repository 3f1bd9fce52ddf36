"""Documents that figures come from, and places in them.

A document whose places are `paragraphs` is numbered as an evaluation report is: chapter, section and paragraph (`2.3.1`), and
rows of its table of headline indicators (`T.6`). A place in any other document is a text, which is shown as it stands.
"""

import hashlib
import re
from typing import NamedTuple

import pandas as pd

PARAGRAPHS = "paragraphs"
PLACED = ("figures", "platforms")  # tables whose rows have a place in a document
REPORT = "report"  # key of the only document of a package without sources.csv
ROW, PARAGRAPH, TEXT = "row", "paragraph", "text"
COUNT = "(0|[1-9][0-9]*)"  # with no other spelling, as places are compared as text
KINDS = ((ROW, re.compile(rf"T\.{COUNT}")), (PARAGRAPH, re.compile(rf"{COUNT}\.{COUNT}\.{COUNT}")))
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")  # a place that is a good id as it stands
NUMBERS = re.compile(r"([0-9]+)")


class Place(NamedTuple):
    """A place in a document: `kind` is `row`, `paragraph` or `text`, of which the last one has no numbers."""

    kind: str
    numbers: tuple[int, ...] = ()


def parse(source: str, numbered: bool) -> Place:
    """A place taken apart; numbered: are the document's places paragraphs?"""
    for kind, form in KINDS if numbered else ():
        if match := form.fullmatch(source):
            return Place(kind, tuple(map(int, match.groups())))
    return Place(TEXT)


def order(source: str, numbered: bool) -> tuple:
    """Sorts the places of one document: rows of the table, paragraphs by number (2.3.10 behind 2.3.9), then other texts.

    Numbers inside a text count as numbers, so that `p. 12` stands behind `p. 2`.
    """
    kind, numbers = parse(source, numbered)
    parts = [(len(digits) > 0, int(digits or 0), text) for text, digits in _split(source)] if kind == TEXT else []
    return (ROW, PARAGRAPH, TEXT).index(kind), numbers, parts


def _split(source: str) -> list[tuple[str, str]]:
    """Texts and numbers of a place: each part is either a text or digits."""
    parts = NUMBERS.split(source)
    return [("", part) if n % 2 else (part, "") for n, part in enumerate(parts)]


def make_id(document: str, source: str, alone: bool) -> str:
    """A text without blanks that no other place has, for an id of HTML and a link to it.

    alone: is it the package's only document? Then a place such as `2.3.1` stays as it is.
    """
    if alone and PLAIN.fullmatch(source):
        return source
    digest = hashlib.sha256("\0".join([document, source]).encode()).hexdigest()
    return f"~{digest[:16]}"


def list_sources(raw: dict[str, pd.DataFrame], plan) -> pd.DataFrame:
    """Documents of a package as text; of one without sources.csv the plan's report, whose places are paragraphs."""
    if "sources" in raw:
        return raw["sources"]
    report = {"document": REPORT, "title_zh": plan.report_zh, "title_en": plan.report_en, "places": PARAGRAPHS}
    empty = dict.fromkeys(("publisher", "published", "address", "accessed", "licence"), "")
    return pd.DataFrame([report | empty], dtype="str")


def name_only(frame: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Rows of a table as text that name no document with the only one there is; sources: as `list_sources` gives them."""
    if len(sources) != 1:
        return frame
    return frame.assign(document=frame["document"].mask(frame["document"] == "", sources["document"].iloc[0]))


def are_in_table(frame: pd.DataFrame, places: dict[str, str]) -> list[bool]:
    """Which figures stand in a document's table of headline indicators; places: of the documents, by their keys."""
    pairs = zip(frame["document"].tolist(), frame["source"].tolist(), strict=True)
    return [parse(source, places.get(document) == PARAGRAPHS).kind == ROW for document, source in pairs]
