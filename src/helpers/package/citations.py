"""What must hold of where figures come from: documents, places in them, and publishers of public figures.

Each check takes the tables as text and the descriptor and yields (table, row, column, sentence), as those of `rules`.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from helpers.package import documents

LONGEST_PLACE = 200
SUMMARY = (0, 0)  # chapter and section of what stands before the first chapter
MOST_PARAGRAPHS = 999


def check_documents(frames, descriptor):
    """Every figure and platform names its document, and its place there has the form that the document's places have."""
    known = "sources" in frames
    sources = frames["sources"].set_index("document") if known else pd.DataFrame()
    places = sources["places"].to_dict() if "places" in sources else {}
    held = _list_held(frames)
    for table in documents.PLACED:
        frame = frames[table]
        keys = frame["document"] if "document" in frame else pd.Series("", frame.index)
        sentences = frame["sentence"] if "sentence" in frame else pd.Series("1", frame.index)
        for row, key, source, sentence in zip(frame.index, keys, frame["source"], sentences, strict=True):
            if key and not known:
                what = f"{key!r} names a document, but the package has no sources.csv"
                yield table, row, "document", f"{what}; add the table, or leave the cell empty for the plan's report"
            elif not key and known and len(sources) != 1:
                what = f"is empty, and sources.csv has {len(sources)} documents"
                yield table, row, "document", f"{what}; name the one that the row comes from"
            if what := _judge_place(source):
                yield table, row, "source", what
            if not key and known and len(sources) == 1:
                key = sources.index[0]
            if places.get(key) == documents.PARAGRAPHS:
                yield from ((table, row, *problem) for problem in _judge_paragraph(key, source, sentence, held))


def _judge_place(source: str) -> str:
    """What is wrong with a place of any form; nothing where it is good."""
    if len(source) > LONGEST_PLACE:
        return f"the place has {len(source)} characters; expected at most {LONGEST_PLACE}"
    return ""


class Held(NamedTuple):
    """What a document of paragraphs can have: sections, as numbers of chapter and section, and rows of its table."""

    sections: set[tuple[int, int]]
    rows: int


def _list_held(frames) -> Held:
    """The sections of the package, and as many rows as there are headline indicators, or as the last one's number says."""
    sections = {tuple(map(int, section.split("."))) for section in frames["sections"]["section"]}
    sections |= {(int(chapter), 0) for chapter in frames["chapters"]["chapter"]}  # what stands before its first section
    headlines = [int(number) for number in frames["indicators"]["headline"] if number]
    return Held(sections, max([len(headlines), *headlines]))


def _judge_paragraph(document: str, source: str, sentence: str, held: Held) -> Iterator[tuple[str, str]]:
    """Column and sentence of what is wrong with a place in a document of paragraphs."""
    kind, numbers = documents.parse(source, True)
    if kind == documents.ROW and not 1 <= numbers[0] <= held.rows:
        what = f"{source!r} is no row of the table of headline indicators, which has {held.rows}"
        yield "source", f"{what}; correct it, or give the indicator of that row its number in `headline`"
    if kind == documents.PARAGRAPH and (what := _judge_numbers(source, numbers, held)):
        yield "source", what
    if kind == documents.TEXT:
        what = f"{source!r} is no paragraph (2.3.1) and no row of the table (T.6), which places in {document!r} are"
        yield "source", f"{what}; correct it, or leave `places` of the document empty in sources.csv"
    if not sentence:
        what = f"is empty, but the places of {document!r} are paragraphs"
        yield "sentence", f"{what}; write the number of the sentence"


def _judge_numbers(source: str, numbers: tuple[int, ...], held: Held) -> str:
    """What is wrong with chapter, section and paragraph; the summary before the chapters is their number 0."""
    chapter, section, paragraph = numbers
    if numbers[:2] not in held.sections | {SUMMARY}:
        return f"{source!r} is a paragraph of a section {chapter}.{section}, which is not in sections.csv; correct it"
    if not 1 <= paragraph <= MOST_PARAGRAPHS:
        return f"{source!r} is no paragraph; paragraphs of a section are numbered from 1 to {MOST_PARAGRAPHS}"
    return ""


def check_copies(frames, descriptor):
    """A public figure with a publisher says whether it was read in a copy, and one that was is not trusted fully."""
    frame = frames["external"]
    if not {"publisher", "copy"} <= {*frame}:
        return
    for line in frame.itertuples():
        if line.publisher and not line.copy:
            what = f"is empty, but the publisher is {line.publisher!r}; write true if the address is not its own"
            yield "external", line.Index, "copy", f"{what}, else false"
        if line.copy and not line.publisher:
            what = "is empty; name who published the figure first"
            yield "external", line.Index, "publisher", f"{what}, or leave `copy` empty where nobody can tell"
        if line.copy == "true" and line.confidence == "high":
            what = "'high' does not fit a figure that was read in a copy only; expected 'medium' or 'low'"
            yield "external", line.Index, "confidence", f"{what}, or the publisher's own address and copy false"


CHECKS = (check_documents, check_copies)
