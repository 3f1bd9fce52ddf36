"""Labels, the strings that readers see: a package has only those that differ from the project's own."""

from functools import cache
from string import Formatter

import pandas as pd

from helpers import paths
from helpers.package import form
from helpers.package.files import read

LANGUAGES = ("zh", "en")


def check_terms(frames, descriptor):
    """Owners and categories have a name."""
    terms = {*list_terms(frames)["term"]}
    places = {*frames["regions"]["region"]}
    for row, owner in frames["platforms"]["owner"].items():
        if owner and owner not in places and owner not in terms:
            what = f"{owner!r} is no region code and no term"
            yield "platforms", row, "owner", f"{what}; add a row {owner!r} to terms.csv"
    for row, category in frames["indicators"]["category"].items():
        if category and category not in terms:
            yield "indicators", row, "category", f"{category!r} has no name; add a row {category!r} to terms.csv"


def list_terms(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Names of categories and owners; packages without the table of them have labels instead, such as `category.finance`."""
    if "terms" in frames:
        return frames["terms"]
    labels = frames["labels"][frames["labels"]["key"].str.match(r"(category|owner)\.")]
    terms = [key.partition(".")[2] for key in labels["key"]]
    named = labels.assign(term=terms).drop_duplicates("term")
    return named.rename(columns={language: f"name_{language}" for language in LANGUAGES})[
        ["term", "name_zh", "name_en"]
    ]


def check_blanks(frames, descriptor):
    """What is filled into a label is what the project's own label has: names, and how each is written."""
    ours = _map_labels(_read_ours())
    for row in frames["labels"].itertuples():
        for language, own in zip(LANGUAGES, _find_own(row.key, ours), strict=True):
            other = getattr(row, language)
            if _is_like(own, other):
                continue
            if own is None:
                what = f"{form.show(other)} holds a brace, but the project has no label {form.show(row.key)}"
                yield "labels", row.Index, language, f"{what}, into which something is filled in; write it without"
            else:
                what = f"{form.show(other)} does not have the same {{…}} and | as the project's own label, {own!r}"
                yield "labels", row.Index, language, f"{what}; copy them from it"


def _find_own(key: str, ours: dict[str, tuple[str, ...]]) -> tuple[str | None, ...]:
    """The project's own label of a key in each language; of one for packages of several documents, the label beside it."""
    return ours.get(key) or ours.get(key.removesuffix(DOCUMENTS)) or (None,) * len(LANGUAGES)


DOCUMENTS = ".documents"  # ends the key of a label that is used where a package has other documents than the report


def complete(labels: pd.DataFrame, older: bool = False) -> pd.DataFrame:
    """A package's labels and, of those that it lacks, the project's own.

    older: are those with other blanks replaced, too?
    """
    theirs, frame = _map_labels(labels), _read_ours()
    ours = _map_labels(frame)
    wanted, unlike = {key for key in ours if key not in theirs}, set()
    if older:
        unlike = {key for key, label in theirs.items() if not all(map(_is_like, _find_own(key, ours), label))}
    kept = labels[~labels["key"].isin(unlike)]
    return pd.concat([kept, frame[frame["key"].isin(wanted | unlike)]], ignore_index=True)


@cache
def _read_ours() -> pd.DataFrame:
    """The project's own labels."""
    return read(paths.data() / "labels.csv")


def _map_labels(frame: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Labels in each language by their keys."""
    return dict(zip(frame["key"], zip(*(frame[language] for language in LANGUAGES), strict=True), strict=True))


def _is_like(own: str | None, other: str) -> bool:
    """Does a label have the same blanks as the project's own? Without one of its own, it has none."""
    return own == other or _list_blanks(own or "") == _list_blanks(other, alone=own is None)


def _list_blanks(label: str, alone: bool = False) -> tuple:
    """What is filled into a label: its named blanks, each as it is written, and the number of its alternatives.

    alone: is the label shown as it stands, so that a bar in it means nothing, and a brace is none?
    """
    if alone:
        return frozenset(label) & {*"{}"}, 0
    try:
        blanks = [
            (name, kind, conversion) for _, name, kind, conversion in Formatter().parse(label) if name is not None
        ]
    except ValueError:
        return ()
    return frozenset(blanks), label.count("|")
