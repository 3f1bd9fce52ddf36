"""The view of a notebook: a frozen set of documented frames (`docs/frames.md`), and its form as bytes."""

import json
from dataclasses import astuple, dataclass, fields, replace

import numpy as np
import pandas as pd

from helpers.package import schema

LISTS = ("used", "figures", "asked", "arguments")  # columns that hold tuples of keys
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

    def narrow(self, indicator: str) -> "View":
        """The part of a view that is about one indicator: its figures and those that they are derived from, and the rest."""
        derived = [frame[frame["indicator"] == indicator] for frame in (self.derived_printed, self.derived)]
        keys = {key for frame in derived for used in frame["used"] for key in used}
        keys |= {*self.figures.index[self.figures["indicator"] == indicator]}
        keys |= {*self.corrected.index[self.corrected["indicator"] == indicator]}
        public = self.public[self.public["indicator"] == indicator]
        named = keys | {*public.index}
        about = [not named.isdisjoint(figures) for figures in self.findings["figures"]]
        related = [indicator in (row.left, *row.right.split()) for row in self.relations.itertuples()]
        relations = self.relations[np.array(related, dtype=bool)]
        indicators = {indicator, *" ".join([*relations["left"], *relations["right"]]).split()}
        figures, corrected = (frame[frame.index.isin(keys)] for frame in (self.figures, self.corrected))
        indicators |= {*figures["indicator"], *corrected["indicator"]}
        return replace(
            self, indicator=indicator, figures=figures, corrected=corrected, derived_printed=derived[0], derived=derived[1],
            targets=self.targets[self.targets["indicator"] == indicator], public=public,
            findings=self.findings[np.array(about, dtype=bool)], relations=relations,
            errata=self.errata[self.errata["key"].isin(keys | {indicator})],
            indicators=self.indicators[self.indicators.index.isin(indicators)],
        )  # fmt: skip

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
    """A view of its bytes (see `to_bytes`); a frame is made when it is asked for, as many notebooks need only some."""
    held = json.loads(content)
    view = object.__new__(View)
    frames = {name: value for name, value in held.items() if isinstance(value, dict)}
    plain = {name: value for name, value in held.items() if name not in frames}
    view.__dict__.update(plain | {"plan": schema.Plan(*held["plan"]), "paged": tuple(held["paged"]), "_unmade": frames})
    return view


def _frame(held: dict) -> pd.DataFrame:
    kind, *kinds = held["types"]
    columns = {}
    for name, dtype, values in zip(held["columns"], kinds, held["values"], strict=True):
        if name in LISTS:
            values = [tuple(items) if isinstance(items, list) else items for items in values]
        columns[name] = pd.Series(values, dtype=dtype) if dtype == "object" else pd.array(values, dtype=dtype)
    frame = pd.DataFrame(columns, columns=held["columns"], copy=False)
    frame.index = pd.Index(held["index"], dtype=kind, name=held["name"])
    return frame
