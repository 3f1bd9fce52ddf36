"""Errata: readings that differ from what is printed, checked and applied."""

import pandas as pd

READ = "-corrected"  # ends the key of what we read otherwise, where it stands beside what is reported
KEYS = {"figures": "figure", "indicators": "indicator"}


def check(frames, descriptor):
    """An erratum names an existing cell, still says what is printed there, and has evidence."""
    known = {*frames["figures"]["figure"].tolist(), *frames["external"]["figure"].tolist()}
    for row, line in frames["errata"].iterrows():
        frame = frames[line["table"]].set_index(KEYS[line["table"]])
        if line["key"] not in frame.index:
            yield "errata", row, "key", f"{line['key']!r} is no row of {line['table']}"
        elif line["column"] not in frame.columns:
            yield "errata", row, "column", f"{line['column']!r} is no column of {line['table']}"
        elif line["column"] == "printed":
            what = "'printed' is the text as it stands in the document"
            yield (
                "errata",
                row,
                "column",
                f"{what}; name the column that is read otherwise, such as value, unit or qualifier",
            )
        elif frame.at[line["key"], line["column"]] != line["printed"]:
            now = frame.at[line["key"], line["column"]]
            what = f"the erratum has expired: {line['key']} {line['column']} is now {now!r}, not {line['printed']!r}"
            yield "errata", row, "printed", f"{what}; check it again or remove it"
        elif line["reading"] == line["printed"]:
            yield (
                "errata",
                row,
                "reading",
                f"{line['reading']!r} is what is printed; write how it is to be read, or remove the row",
            )
        for key in line["evidence"].split():
            if key not in known:
                yield "errata", row, "evidence", f"{key!r} is no figure of figures.csv or external.csv"


def are_computed(errata: pd.DataFrame) -> pd.Series:
    """Errata that read a value with other digits than are printed: 438.1 for 500 was computed, 1.3 for 13 was not.

    Such a number was not rounded by whoever printed it, so that its last digit says nothing of its range.
    """
    printed, reading = (
        errata[name].str.replace(r"[.,\-]", "", regex=True).str.strip("0") for name in ("printed", "reading")
    )
    return (errata["column"] == "value") & (printed != reading)


def apply(errata: pd.DataFrame, frame: pd.DataFrame, table: str, key: str) -> pd.DataFrame:
    """A table as text with the readings of its errata in place of what is printed; rejected ones are left out."""
    frame = frame.copy()
    row_of = {name: row for row, name in frame[key].items()}
    for line in errata[(errata["table"] == table) & (errata["status"] != "rejected")].itertuples():
        if line.key in row_of and line.column in frame.columns:
            frame.at[row_of[line.key], line.column] = line.reading
    return frame
