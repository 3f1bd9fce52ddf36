"""Labels, the strings that readers see: a package has only those that differ from the project's own."""

from functools import cache
from string import Formatter

import pandas as pd

from helpers import paths
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
    named = labels.assign(term=labels["key"].str.partition(".")[2]).drop_duplicates("term")
    return named.rename(columns={language: f"name_{language}" for language in LANGUAGES})[
        ["term", "name_zh", "name_en"]
    ]


def check_blanks(frames, descriptor):
    """Labels that replace one of the project's own have its blanks."""
    ours = _map_labels(_read_ours())
    for row in frames["labels"].itertuples():
        for language, own in zip(LANGUAGES, ours.get(row.key, ()), strict=False):
            other = getattr(row, language)
            if not _is_like(own, other):
                what = f"{other!r} does not have the same {{…}} and | as the project's own label, {own!r}"
                yield "labels", row.Index, language, what


def complete(labels: pd.DataFrame, older: bool = False) -> pd.DataFrame:
    """A package's labels and, of those that it lacks, the project's own.

    older: are those with other blanks replaced, too?
    """
    theirs, frame = _map_labels(labels), _read_ours()
    ours = _map_labels(frame)
    wanted = {key for key, label in ours.items() if key not in theirs}
    if older:
        wanted |= {key for key, label in ours.items() if not all(map(_is_like, label, theirs.get(key, label)))}
    return pd.concat([labels[~labels["key"].isin(wanted)], frame[frame["key"].isin(wanted)]], ignore_index=True)


@cache
def _read_ours() -> pd.DataFrame:
    """The project's own labels."""
    return read(paths.data() / "labels.csv")


def _map_labels(frame: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Labels in each language by their keys."""
    return dict(zip(frame["key"], zip(*(frame[language] for language in LANGUAGES), strict=True), strict=True))


def _is_like(own: str, other: str) -> bool:
    """Does a label have the same blanks as the project's own?"""
    return own == other or _list_blanks(own) == _list_blanks(other)


def _list_blanks(label: str) -> tuple:
    """What is filled into a label: its named blanks, and the number of its alternatives."""
    try:
        return frozenset(name for _, name, _, _ in Formatter().parse(label) if name is not None), label.count("|")
    except ValueError:
        return ()
