"""The view of a notebook: a frozen set of documented frames (`docs/frames.md`), and its form as bytes."""

import json
from dataclasses import astuple, dataclass, fields

import numpy as np
import pandas as pd

from helpers.package import schema

LISTS = ("used", "figures", "asked", "arguments")  # columns that hold tuples of keys


@dataclass(frozen=True, eq=False)
class View:
    """What a notebook reads; `docs/frames.md` describes the columns of each frame.

    kind: of notebook (`chapter`, `overview`, `audit`, `outlook`, or `whole` for all of the package); years: with figures;
    main_year: the target year, or the latest year with figures before it; figures: as printed; corrected: the same with
    errata applied; derived: what the corrected figures imply, and derived_printed: what the printed ones do; targets: a row
    per headline indicator, year and reading; region_targets: those of the region and of the regions within it
    """

    kind: str
    notebook: str
    language: str
    region: str
    plan: schema.Plan
    years: list[int]
    main_year: int
    figures: pd.DataFrame
    corrected: pd.DataFrame
    derived: pd.DataFrame
    derived_printed: pd.DataFrame
    targets: pd.DataFrame
    region_targets: pd.DataFrame
    platforms: pd.DataFrame
    public: pd.DataFrame
    findings: pd.DataFrame
    facts: pd.DataFrame
    comparisons: pd.DataFrame
    completions: pd.DataFrame
    errata: pd.DataFrame
    relations: pd.DataFrame
    indicators: pd.DataFrame
    regions: pd.DataFrame
    chapters: pd.DataFrame
    sections: pd.DataFrame
    units: pd.DataFrame
    sources: pd.DataFrame
    labels: pd.DataFrame

    def within(self, region: str) -> list[str]:
        """A region and all places in it."""
        return places_within(region, self.regions["parent"])

    def comparable(self, unit: str, other: str) -> bool:
        """Can numbers in these units be added: one unit, or counts of things?"""
        return unit == other or {self.units.at[name, "dimension"] for name in (unit, other)} == {"count"}


def places_within(region: str, parents: pd.Series) -> list[str]:
    """A region and all places in it; parents: the region above each."""
    inside = parents.index.to_series().groupby(parents).agg(list).to_dict()
    places = [region]
    for place in places:  # grows while it is read
        places += [name for name in inside.get(place, ()) if name not in places]
    return places


def to_bytes(view: View) -> bytes:
    """A view as bytes, the same for the same content."""
    content = {}
    for entry in fields(View):
        value = getattr(view, entry.name)
        if isinstance(value, pd.DataFrame):
            kinds = [str(kind) for kind in (value.index.dtype, *value.dtypes)]
            columns = [value[column].tolist() for column in value.columns]
            value = {
                "name": value.index.name,
                "index": value.index.tolist(),
                "types": kinds,
                "columns": [*value.columns],
                "values": columns,
            }
        content[entry.name] = list(astuple(value)) if isinstance(value, schema.Plan) else value
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()


def _plain(value):
    """A value that JSON has no form for: a number of numpy, or one that is missing."""
    if value is pd.NA:
        return None
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(type(value))


def from_bytes(content: bytes) -> View:
    """A view of its bytes (see `to_bytes`)."""
    held = json.loads(content)
    for name, value in held.items():
        if isinstance(value, dict):
            held[name] = _frame(value)
    return View(**held | {"plan": schema.Plan(*held["plan"])})


def _frame(held: dict) -> pd.DataFrame:
    kind, *kinds = held["types"]
    columns = {}
    for name, dtype, values in zip(held["columns"], kinds, held["values"], strict=True):
        if name in LISTS:
            values = [tuple(items) if isinstance(items, list) else items for items in values]
        columns[name] = pd.Series(values, dtype=dtype)
    frame = pd.DataFrame(columns, columns=held["columns"])
    frame.index = pd.Index(held["index"], dtype=kind, name=held["name"])
    return frame
