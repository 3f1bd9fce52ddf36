"""Labels, the strings that readers see: is every one there, in both languages, with the blanks that the project fills?"""

from string import Formatter

import pandas as pd

from helpers import paths
from helpers.package.files import read

COMPARING = "diff."  # labels of comparisons, which take the project's own where a package has none
LANGUAGES = ("zh", "en")


def check_names(frames, descriptor):
    """Owners and categories have a label."""
    labels = set(frames["labels"]["key"])
    regions = set(frames["regions"]["region"])
    for row, owner in frames["platforms"]["owner"].items():
        if owner and owner not in regions and f"owner.{owner}" not in labels:
            what = f"{owner!r} is no region code and has no label"
            yield "platforms", row, "owner", f"{what}; add 'owner.{owner}' to labels.csv"
    for row, category in frames["indicators"]["category"].items():
        if category and f"category.{category}" not in labels:
            yield "indicators", row, "category", f"no label; add 'category.{category}' to labels.csv"


def check_ours(frames, descriptor):
    """Labels that the project itself uses are there, with its blanks."""
    theirs, ours = (_map_labels(frame) for frame in (frames["labels"], _read_ours()))
    rows = dict(zip(frames["labels"]["key"], frames["labels"].index, strict=True))
    for key, label in ours.items():
        if key in theirs:
            for language, own, other in zip(LANGUAGES, label, theirs[key], strict=True):
                if not _is_like(own, other):
                    what = f"{other!r} does not have the same {{…}} and | as the project's own label, {own!r}"
                    yield "labels", rows[key], language, what
        elif not key.startswith(COMPARING):
            yield "labels", 0, "key", f"no label {key!r}; copy it from the project's own labels.csv"


def with_ours(labels: pd.DataFrame) -> pd.DataFrame:
    """Labels of an older package, with the project's own in place of those that it lacks or that have other blanks."""
    frame = _read_ours()
    theirs, ours = _map_labels(labels), _map_labels(frame)
    wanted = [key for key, label in ours.items() if not (key in theirs and all(map(_is_like, label, theirs[key])))]
    if not wanted:
        return labels
    return pd.concat([labels[~labels["key"].isin(wanted)], frame[frame["key"].isin(wanted)]], ignore_index=True)


def _read_ours() -> pd.DataFrame:
    """The project's own labels, but for those of things that a package names itself."""
    ours = paths.data() / "labels.csv"
    frame = read(ours) if ours.is_file() else pd.DataFrame(columns=["key", *LANGUAGES])
    return frame[~frame["key"].str.startswith(("owner.", "category."))]


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
