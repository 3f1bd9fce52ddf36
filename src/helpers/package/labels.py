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
    theirs, rows = frames["labels"].set_index("key"), {key: row for row, key in frames["labels"]["key"].items()}
    for key, label in _read_ours().iterrows():
        if key in theirs.index:
            for language in LANGUAGES:
                own, other = label[language], theirs.at[key, language]
                if _list_blanks(own) != _list_blanks(other):
                    what = f"{other!r} does not have the same {{…}} and | as the project's own label, {own!r}"
                    yield "labels", rows[key], language, what
        elif not key.startswith(COMPARING):
            yield "labels", 0, "key", f"no label {key!r}; copy it from the project's own labels.csv"


def with_ours(labels: pd.DataFrame) -> pd.DataFrame:
    """Labels of an older package, with the project's own in place of those that it lacks or that have other blanks."""
    theirs, ours = labels.set_index("key"), _read_ours()

    def fits(key: str) -> bool:
        pairs = ((ours.at[key, language], theirs.at[key, language]) for language in LANGUAGES)
        return all(_list_blanks(own) == _list_blanks(other) for own, other in pairs)

    wanted = [key for key in ours.index if key not in theirs.index or not fits(key)]
    if not wanted:
        return labels
    return pd.concat([labels[~labels["key"].isin(wanted)], ours.loc[wanted].reset_index()], ignore_index=True)


def _read_ours() -> pd.DataFrame:
    """The project's own labels by their keys, but for those of things that a package names itself."""
    ours = paths.data() / "labels.csv"
    frame = read(ours) if ours.is_file() else pd.DataFrame(columns=["key", *LANGUAGES])
    return frame[~frame["key"].str.startswith(("owner.", "category."))].set_index("key")


def _list_blanks(label: str) -> tuple:
    """What is filled into a label: its named blanks, and the number of its alternatives."""
    try:
        return frozenset(name for _, name, _, _ in Formatter().parse(label) if name is not None), label.count("|")
    except ValueError:
        return ()
