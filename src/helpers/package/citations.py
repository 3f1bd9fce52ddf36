"""What must hold of where figures come from: documents, places in them, and publishers of public figures.

Each check takes the tables as text and the descriptor and yields (table, row, column, sentence), as those of `rules`.
"""

import unicodedata
from collections.abc import Iterator

import pandas as pd

from helpers.package import documents

LONGEST_PLACE = 200
UNSEEN = ("Cc", "Zl", "Zp")  # characters that break a line or are not to be seen


def check_documents(frames, descriptor):
    """Every figure and platform names its document, and its place there has the form that the document's places have."""
    known = "sources" in frames
    sources = frames["sources"].set_index("document") if known else pd.DataFrame()
    places = sources["places"].to_dict() if "places" in sources else {}
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
                yield from ((table, row, *problem) for problem in _judge_paragraph(key, source, sentence))


def _judge_place(source: str) -> str:
    """What is wrong with a place of any form; nothing where it is good."""
    if source != source.strip():
        return f"{source!r} begins or ends with a blank; remove it"
    if any(unicodedata.category(character) in UNSEEN for character in source):
        return f"{source!r} holds a line break or another control character; write the place in one line"
    if len(source) > LONGEST_PLACE:
        return f"the place has {len(source)} characters; expected at most {LONGEST_PLACE}"
    return ""


def _judge_paragraph(document: str, source: str, sentence: str) -> Iterator[tuple[str, str]]:
    """Column and sentence of what is wrong with a place in a document of paragraphs."""
    if documents.parse(source, True).kind == documents.TEXT:
        what = f"{source!r} is no paragraph (2.3.1) and no row of the table (T.6), which places in {document!r} are"
        yield "source", f"{what}; correct it, or leave `places` of the document empty in sources.csv"
    if not sentence:
        what = f"is empty, but the places of {document!r} are paragraphs"
        yield "sentence", f"{what}; write the number of the sentence"


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
