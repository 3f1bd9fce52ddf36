"""The view of a notebook: a frozen set of documented frames (`docs/frames.md`), and its form as bytes."""

import json
from collections.abc import Collection
from dataclasses import astuple, dataclass, field, fields
from functools import cache, cached_property

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionDtype

from helpers.package import schema

FIGURES = ("figures", "corrected")  # frames of the same figures, in both readings
LISTS = ("used", "figures", "evidence", "asked", "arguments")  # columns that hold tuples of keys
TARGETS = (  # columns of `View.targets`
    "indicator", "name", "chapter", "section", "category", "headline", "nature", "year", "reading", "reading_name", "status",
    "status_name", "reason", "target", "target_end", "target_other", "target_since", "target_unit", "actual", "actual_lower",
    "actual_upper", "actual_unit", "form", "reached", "completion", "completion_lower", "completion_upper",
    "completion_printed", "due", "pace_linear", "pace_compound", "paces_differ", "target_figure", "target_end_figure",
    "target_other_figure", "actual_figure", "actual_others", "chain_figures", "completion_figure",
)  # fmt: skip
WHOLE = ("chapter", "headline", "year", "due")  # columns of whole numbers
WORDS = (
    "indicator", "name", "section", "category", "nature", "reading", "reading_name", "status", "status_name", "reason",
    "target_unit", "actual_unit", "form", "target_figure", "target_end_figure", "target_other_figure", "actual_figure",
    "actual_others", "chain_figures", "completion_figure",
)  # fmt: skip
TARGET_TYPES = (  # that they have where no row gives them any
    dict.fromkeys(TARGETS, "float64")
    | dict.fromkeys(WHOLE, "int64")
    | dict.fromkeys(WORDS, "str")
    | {"paces_differ": "bool"}
)


@dataclass(frozen=True, eq=False)
class View:
    """What a notebook reads; `docs/frames.md` describes the columns of each frame.

    kind: of notebook (`chapter`, `overview`, `audit`, `outlook`, `indicator`, or `whole` for all of the package)
    years: with figures; main_year: the target year, or the latest year with figures before it
    figures: as printed; corrected: the same with errata applied; derived: what the corrected figures imply, and
    derived_printed: what the printed ones do; targets: a row per headline indicator, year and reading; region_targets: those
    of the region and of the regions within it
    documents: keys of those that its figures and platforms come from
    paged: indicators that have a page of the region; indicator: the one that a view of this kind is about
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
    documents: tuple[str, ...] = ()
    paged: tuple[str, ...] = ()
    indicator: str = ""

    def __getattr__(self, name: str) -> pd.DataFrame:
        """A frame of a view that was read from bytes, the first time that it is asked for."""
        unmade = self.__dict__.get("_unmade", {})
        if name not in unmade:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        frame = self.__dict__[name] = _frame(unmade.pop(name))
        return frame

    def within(self, region: str) -> list[str]:
        """A region and all places in it."""
        return places_within(region, self.regions["parent"])

    @cached_property
    def _places(self) -> dict[str, list[str]]:
        """Regions of the printed figures of each indicator."""
        pairs = zip(self.figures["indicator"].tolist(), self.figures["region"].tolist(), strict=True)
        places: dict[str, list[str]] = {}
        for indicator, region in dict.fromkeys(pairs):
            places.setdefault(indicator, []).append(region)
        return places

    def find_place(self, indicator: str) -> str:
        """The place that an indicator is of: the region, or where that has no figures of it, the only place that has."""
        places = self._places.get(indicator, [])
        return places[0] if len(places) == 1 else self.region

    @cached_property
    def _held(self) -> dict[str, dict]:
        """Each frame as lists (see `_hold`), for the narrow views that share them."""
        frames = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return {name: _hold(frame) for name, frame in frames.items() if isinstance(frame, pd.DataFrame)}

    def narrow(self, indicator: str) -> "View":
        """The part of a view that is about one indicator: its figures and those that they are derived from, and the rest.

        Its frames are made when they are asked for, as those of a view that was read from bytes.
        """

        def list_column(name: str, column: str) -> list:
            held = self._held[name]
            return held["index"] if column == held["name"] else held["values"][held["columns"].index(column)]

        def find_rows(name: str, column: str, wanted: Collection[str]) -> list[int]:
            return [row for row, value in enumerate(list_column(name, column)) if value in wanted]

        own = {indicator}
        rows = {name: find_rows(name, "indicator", own) for name in ("derived", "derived_printed", "targets", "public")}
        keys = {list_column(name, "figure")[row] for name in FIGURES for row in find_rows(name, "indicator", own)}
        for name in ("derived", "derived_printed"):
            keys |= {key for row in rows[name] for key in list_column(name, "used")[row]}
        rows |= {name: find_rows(name, "figure", keys) for name in FIGURES}
        named = keys | {list_column("public", "figure")[row] for row in rows["public"]}
        rows["findings"] = [
            row for row, figures in enumerate(list_column("findings", "figures")) if not named.isdisjoint(figures)
        ]
        sides = [
            [left, *right.split()]
            for left, right in zip(list_column("relations", "left"), list_column("relations", "right"), strict=True)
        ]
        rows["relations"] = [row for row, related in enumerate(sides) if indicator in related]
        rows["errata"] = find_rows("errata", "key", keys | own)
        indicators = own | {name for row in rows["relations"] for name in sides[row]}
        indicators |= {list_column(name, "indicator")[row] for name in FIGURES for row in rows[name]}
        owners = dict(zip(list_column("figures", "figure"), list_column("figures", "indicator"), strict=True))
        about = {key for row in rows["findings"] for key in list_column("findings", "figures")[row]}
        indicators |= {owners[key] for key in about & owners.keys()}  # its findings may name them
        rows["indicators"] = find_rows("indicators", "indicator", indicators)
        plain = {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.name not in self._held}
        documents = sorted({list_column("figures", "document")[row] for row in rows["figures"]})
        taken = {name: _take(self._held[name], places) for name, places in rows.items()}
        # A finding has no number of its own: a new one about something else leaves this view as it is.
        taken["findings"]["index"] = [*range(len(rows["findings"]))]
        return _make_view(plain | {"indicator": indicator, "documents": tuple(documents)}, self._held | taken)

    def comparable(self, unit: str, other: str) -> bool:
        """Can numbers in these units be added: one unit, or counts of things?"""
        return unit == other or {self.units.at[name, "dimension"] for name in (unit, other)} == {"count"}


def places_within(region: str, parents: pd.Series) -> list[str]:
    """A region and all places in it; parents: the region above each."""
    inside: dict[str, list[str]] = {}
    for place, parent in parents.items():
        inside.setdefault(parent, []).append(place)
    places = [region]
    for place in places:  # grows while it is read
        places += [name for name in inside.get(place, ()) if name not in places]
    return places


@dataclass
class Writer:
    """Writes views as bytes; a frame that several of them share, such as the labels, is written once."""

    # Frames of the last view by their identity, each with its text.
    _written: dict[int, tuple] = field(default_factory=dict)

    def write(self, view: View) -> bytes:
        """A view as bytes, the same for the same content."""
        content, known, unmade = [], self._written, view.__dict__.get("_unmade", {})
        self._written = {}
        for entry in fields(View):
            value = unmade[entry.name] if entry.name in unmade else getattr(view, entry.name)
            if isinstance(value, pd.DataFrame | dict):
                text = known[id(value)][1] if id(value) in known else _write_json(_hold(value))
                self._written[id(value)] = value, text
            else:
                text = _write_json(list(astuple(value)) if isinstance(value, schema.Plan) else value)
            content.append(f'"{entry.name}":{text}')
        return f"{{{','.join(content)}}}".encode()


def to_bytes(view: View) -> bytes:
    """A view as bytes, the same for the same content."""
    return Writer().write(view)


def _hold(frame: pd.DataFrame | dict) -> dict:
    """A frame as lists: the index with its name, types of the index and the columns, the columns and their values."""
    if isinstance(frame, dict):
        return frame
    kinds = [str(kind) for kind in (frame.index.dtype, *frame.dtypes)]
    values = frame.to_numpy(dtype=object).T.tolist()
    held = {"name": frame.index.name, "index": frame.index.tolist(), "types": kinds}
    return held | {"columns": [*frame.columns], "values": values}


def _take(held: dict, rows: list[int]) -> dict:
    """Some rows of a frame that is held as lists."""
    values = [[column[row] for row in rows] for column in held["values"]]
    return held | {"index": [held["index"][row] for row in rows], "values": values}


def _write_json(value) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value):
    """A value that JSON has no form for: a number of numpy, or one that is missing."""
    if value is pd.NA:
        return None
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(type(value))


def from_bytes(content: bytes) -> View:
    """A view of its bytes (see `to_bytes`); a frame is made when it is asked for, as many notebooks need only some."""
    held = json.loads(content)
    frames = {name: value for name, value in held.items() if isinstance(value, dict)}
    plain = {name: value for name, value in held.items() if name not in frames}
    plain |= {"plan": schema.Plan(*held["plan"])} | {name: tuple(held[name]) for name in ("documents", "paged")}
    return _make_view(plain, frames)


def _make_view(plain: dict, frames: dict[str, dict]) -> View:
    """A view of what is no frame and of frames that are held as lists."""
    view = object.__new__(View)
    view.__dict__.update(plain | {"_unmade": {**frames}})
    return view


def _frame(held: dict) -> pd.DataFrame:
    kind, *kinds = held["types"]
    columns = {}
    for name, dtype, values in zip(held["columns"], map(_find_dtype, kinds), held["values"], strict=True):
        if name in LISTS:
            values = [tuple(items) if isinstance(items, list) else items for items in values]
        if isinstance(dtype, ExtensionDtype):
            columns[name] = dtype.construct_array_type()._from_sequence(values, dtype=dtype)
        else:  # numpy would take tuples for rows of an array
            columns[name] = pd.Series(values, dtype=dtype) if dtype.hasobject else np.array(values, dtype=dtype)
    frame = pd.DataFrame(columns, columns=held["columns"], copy=False)
    frame.index = pd.Index(held["index"], dtype=kind, name=held["name"])
    return frame


@cache
def _find_dtype(name: str):
    """The type of this name; to find one takes pandas longer than to make a short column of it."""
    return pd.api.types.pandas_dtype(name)
