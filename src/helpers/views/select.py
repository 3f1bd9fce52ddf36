"""The view of a notebook: everything it can show of a data package, selected once for notebook, region and language.

A view is a frozen set of documented frames (`docs/frames.md`). It holds every year, so that a question about another year
finds its answer; the parameter `year` chooses what a page shows. A notebook by itself selects its view from the package; a
batch selects the views of its runs by the same function and lays them out as files. A run can read nothing else, so the
digest of its view tells whether it would come out otherwise.
"""

import hashlib
import json
import os
from dataclasses import astuple, dataclass, field, fields
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import audit
from helpers.audit.finding import Side
from helpers.audit.headline import at_target_year, attained
from helpers.audit.wording import Wording
from helpers.display.table import records_of
from helpers.errors import UserError
from helpers.evaluation import history, scoreboard
from helpers.language.formatter import Words
from helpers.package import parameters, schema, tables
from helpers.package.parameters import LANGUAGES
from helpers.package.tables import Tables

FOLDER = "EVALUATE_VIEWS"  # environment variable: the folder of views that a batch has laid out
DRAWN = ("contradiction", "label")  # verdicts whose findings are drawn, where a picture helps
LISTS = ("used", "parts", "figures")  # columns that hold tuples of keys


@dataclass(frozen=True, eq=False)
class View:
    """What a notebook reads; `docs/frames.md` describes the columns of each frame.

    kind: of notebook (`chapter`, `overview`, `audit`, `outlook`, or `whole` for all of the package); years: that can be
    evaluated; figures: as printed; corrected: the same with errata applied; derived: what the corrected figures imply, and
    derived_printed: what the printed ones do; targets: a row per headline indicator, year and reading
    """

    kind: str
    notebook: str
    language: str
    region: str
    plan: schema.Plan
    years: list[int]
    figures: pd.DataFrame
    corrected: pd.DataFrame
    derived: pd.DataFrame
    derived_printed: pd.DataFrame
    targets: pd.DataFrame
    platforms: pd.DataFrame
    public: pd.DataFrame
    findings: pd.DataFrame
    comparisons: pd.DataFrame
    completions: pd.DataFrame
    errata: pd.DataFrame
    relations: pd.DataFrame
    indicators: pd.DataFrame
    regions: pd.DataFrame
    chapters: pd.DataFrame
    sections: pd.DataFrame
    units: pd.DataFrame
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


# --- opening ---------------------------------------------------------------------------------------------------


def load(kind: str, notebook: str, language: str, region: str, data: str, year: int | None = None) -> View:
    """The view that a batch has laid out for a notebook, else one selected from the package itself.

    Raises DataError for a bad package, ParameterError for values that it lacks, UserError for a view that the batch has not
    laid out.
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        package = tables.load(data)
        values = {"language": language, "region": region} | ({} if year is None else {"year": year})
        parameters.check(values, package.choices)
        return Selector(package).view(kind, notebook, language, region)
    path = Path(folder) / file_of(kind, notebook, language, region, data)
    try:
        return from_bytes(path.read_bytes())
    except FileNotFoundError:
        what = (
            f"this batch has no {kind} view for {notebook} with language={language!r}, region={region!r}, data={data!r}"
        )
        raise UserError(
            f"{what}. A notebook names the view it reads in its metadata (`evaluation: view`); by itself it can read all."
        ) from None


def file_of(kind: str, notebook: str, language: str, region: str, data: str) -> str:
    """Name of a view's file."""
    name = json.dumps([kind, notebook, language, region, data])
    return f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"


# --- selecting -------------------------------------------------------------------------------------------------


@dataclass
class Reading:
    """The package as printed or with errata, and what is computed of it."""

    name: str
    package: Tables
    _scores: dict[tuple[str, int], pd.DataFrame] = field(default_factory=dict)

    @cached_property
    def derived(self) -> pd.DataFrame:
        return history.derived(self.package)

    def scores(self, region: str) -> pd.DataFrame:
        """Headline indicators of a region in every year; the runs of one region follow each other."""
        if region not in {key for key, _ in self._scores}:
            self._scores.clear()
        for year in self.package.years:
            if (region, year) not in self._scores:
                self._scores[region, year] = scoreboard.scoreboard(self.package, year, region)
        frames = [self._scores[region, year] for year in self.package.years]
        return pd.concat([frame for frame in frames if len(frame)] or frames[:1]).reset_index()


@dataclass
class Selector:
    """Selects the views of one package; what it computes of the whole package it computes once."""

    package: Tables
    _wordings: dict[tuple[str, str], Wording] = field(default_factory=dict)
    _described: dict[tuple, pd.DataFrame] = field(default_factory=dict)
    _findings: dict[tuple, list] = field(default_factory=dict)

    @cached_property
    def findings(self) -> list[audit.Finding]:
        return audit.audit(self.package)

    @cached_property
    def readings(self) -> tuple[Reading, Reading]:
        """The package as printed, and with errata."""
        return Reading("printed", self.package), Reading("corrected", tables.corrected(self.package))

    def view(self, kind: str, notebook: str, language: str, region: str) -> View:
        """The view of a notebook. Raises UserError for a chapter that the package lacks."""
        package = self.package
        scope = self._scope(kind, notebook)
        keys = self._figures(kind, region, scope)
        findings = self._concerning(kind, region, keys)
        words = self._wording(language, region).words
        if kind == "audit":
            keys |= {key for finding in findings for key in finding.figures}
            keys |= {*package.errata["key"], *" ".join(package.errata["evidence"]).split()}
        derived = [self._derived(reading, language, region, scope, keys) for reading in self.readings]
        keys |= {key for frame in derived for used in frame["used"] for key in used}
        figures = [
            self._numbers(f"figures {r.name}", r.package.figures, r.package, language, region) for r in self.readings
        ]
        figures = [frame[frame.index.isin(keys)] for frame in figures]
        public = self._numbers("external", package.external, package, language, region)
        public = public[self._public(kind, region, scope, public, findings)]
        platforms = self._platforms(kind, region, scope, words)
        indicators = {*scope, *figures[0]["indicator"], *figures[1]["indicator"], *public["indicator"]}
        indicators |= {name for finding in findings for name in finding.names}
        regions = {region, package.plan.region, *figures[0]["region"], *figures[1]["region"], *public["region"]}
        regions |= {*platforms["owner_region"]} - {""}
        rows = self._finding_rows(findings, language, region)
        figures[0] = _marked(figures[0], rows)
        named = package.indicators.index.isin(indicators) if kind not in ("audit", "whole") else slice(None)
        relations = package.relations[package.relations["kind"].isin(["total", "subset", "adds_to"])]
        relations = relations[[not indicators.isdisjoint([r.left, *r.right.split()]) for r in relations.itertuples()]]
        errata = package.errata
        errata = errata if kind == "audit" else errata[errata["key"].isin(keys | indicators)]
        return View(
            kind, notebook, language, region, package.plan, package.years,
            figures=figures[0], corrected=figures[1], derived=derived[1], derived_printed=derived[0],
            targets=self._targets(region, scope, derived, language),
            platforms=platforms, public=public, findings=rows,
            comparisons=self._comparisons(findings if kind in ("audit", "whole") else [], language, region),
            completions=self._completions(region if kind in ("audit", "whole") else ""),
            errata=errata.drop(columns=["reason_en" if language == "zh" else "reason"]),
            relations=relations[["kind", "left", "right"]],
            indicators=_spoken(package.indicators[named], language),
            regions=_spoken(self._around(kind, regions), language),
            chapters=_spoken(package.chapters, language), sections=_spoken(package.sections, language),
            units=_spoken(package.units, language), labels=package.labels[[language]],
        )  # fmt: skip

    # --- rows of each frame ----------------------------------------------------------------------------------

    def _scope(self, kind: str, notebook: str) -> set[str]:
        """Indicators that a notebook is about; an erratum may move one to another chapter."""
        package = self.package
        if kind == "chapter":
            numbers = package.chapters.index[package.chapters["notebook"] == notebook]
            if numbers.empty:
                what = f"chapters.csv has no chapter with the notebook {notebook!r}"
                raise UserError(f"{what}; add it there, or open the notebook with the view 'whole'.")
            frames = [reading.package.indicators for reading in self.readings]
            return {key for frame in frames for key in frame.index[frame["chapter"] == numbers[0]]}
        if kind in ("overview", "audit"):
            return {*package.indicators.index[package.indicators["headline"].notna()]}
        return {*package.indicators.index}

    def _figures(self, kind: str, region: str, scope: set[str]) -> set[str]:
        """Keys of the figures in scope that pages of a region show (see `Tables.seen_from`), in either reading."""
        keys: set[str] = set()
        for reading in self.readings:
            frame = reading.package.figures
            seen = frame if kind == "whole" else self.package.seen_from(region, frame)
            keys |= {*seen.index[seen["indicator"].isin(scope)]}
        return keys

    def _derived(self, reading: Reading, language: str, region: str, scope: set[str], keys: set[str]) -> pd.DataFrame:
        """What figures imply, where the value that it was derived from is in the view."""
        frame = self._numbers(f"derived {reading.name}", reading.derived, reading.package, language, region)
        return frame[frame["indicator"].isin(scope) & frame["used"].str[0].isin(keys)]

    def _numbers(self, name: str, frame: pd.DataFrame, package: Tables, language: str, region: str) -> pd.DataFrame:
        """Figures as a reader of one language expects them; described once for the runs of a region."""
        key = name, language, region
        if key not in self._described:
            self._described = {k: v for k, v in self._described.items() if k[2] == region}
            self._described[key] = described(frame, package, Words(package, language, region))
        return self._described[key]

    def _public(self, kind: str, region: str, scope: set[str], public: pd.DataFrame, findings: list) -> pd.Series:
        """Which public figures a notebook can show."""
        if kind == "audit":
            named = {key for finding in findings for key in finding.figures} | {
                *" ".join(self.package.errata["evidence"]).split()
            }
            return public.index.isin(named)
        if kind == "outlook":
            return public["region"].isin(self.package.within(region))
        return public["indicator"].isin(scope)

    def _platforms(self, kind: str, region: str, scope: set[str], words: Words) -> pd.DataFrame:
        """Platforms of the sections in scope; of another region than the plan's, those that it or a place in it owns."""
        package = self.package
        frame = package.platforms
        if kind in ("overview", "audit"):
            frame = frame.iloc[:0]
        if kind == "chapter":
            chapters = {*package.indicators.loc[[*scope], "chapter"]} if scope else set()
            frame = frame[frame["section"].map(package.sections["chapter"]).isin(chapters)]
        if region != package.plan.region:
            frame = frame[frame["owner"].isin(package.within(region))]
        places = package.regions.index
        owners = [
            "" if not owner else words.named("regions", owner) if owner in places else words.say(f"owner.{owner}")
            for owner in frame["owner"]
        ]
        return pd.DataFrame(
            {
                "name": frame[f"name_{words.language}"],
                "chapter": frame["section"].map(package.sections["chapter"]).astype("Int64"),
                "section": frame["section"],
                "type": [words.say(f"type.{kind}") for kind in frame["type"]],
                "owner": owners,
                "owner_region": frame["owner"].where(frame["owner"].isin(places), ""),
                "status": frame["status"],
                "status_name": [words.say(f"stage.{status}") for status in frame["status"]],
                "since": frame["since"],
                "source": frame["source"],
            },
            index=frame.index,
        )

    def _around(self, kind: str, places: set[str]) -> pd.DataFrame:
        """Places with everything above and within them."""
        regions = self.package.regions
        if kind == "whole":
            return regions
        around = {*places}
        for place in places:
            around |= {*self.package.within(place)}
            while place := regions.at[place, "parent"]:
                around.add(place)
        return regions[regions.index.isin(around)]

    def _targets(self, region: str, scope: set[str], derived: list[pd.DataFrame], language: str) -> pd.DataFrame:
        """Headline indicators in scope against their targets: a row for each year and reading."""
        frames = []
        for reading, implied in zip(self.readings, derived, strict=True):
            score = reading.scores(region)
            score = score[score["indicator"].isin(scope)]
            words = Words(reading.package, language, region)
            numbers = self._numbers(
                f"figures {reading.name}", reading.package.figures, reading.package, language, region
            )
            pool = pd.concat([numbers, implied]) if len(implied) else numbers
            amounts = {
                "target": pool.reindex(score["target"])["value"].to_numpy(),
                "target_end": pool.reindex(score["target_upper"])["value"].to_numpy(),
                "target_unit": pool.reindex(score["target"])["unit"].to_numpy(),
                "actual": pool.reindex(score["actual"])["value"].to_numpy(),
                "actual_lower": pool.reindex(score["actual"])["lower"].to_numpy(),
                "actual_upper": pool.reindex(score["actual"])["upper"].to_numpy(),
                "actual_unit": pool.reindex(score["actual"])["unit"].to_numpy(),
            }
            names = {
                "name": words.names(score["indicator"]),
                "category": [
                    words.say(f"category.{category}")
                    for category in self.package.indicators.loc[score["indicator"], "category"]
                ],
                "status_name": [words.say(f"status.{status}") for status in score["status"]],
            }
            renamed = {"target": "target_figure", "target_upper": "target_end_figure", "actual": "actual_figure",
                       "printed": "completion_printed", "printed_figure": "completion_figure"}  # fmt: skip
            score = score.drop(columns=["value", "lower", "upper"]).rename(columns=renamed)
            frames.append(score.assign(reading=reading.name, **names, **amounts))
        return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)[list(TARGETS)]

    # --- findings --------------------------------------------------------------------------------------------

    def _concerning(self, kind: str, region: str, keys: set[str]) -> list[audit.Finding]:
        """Findings about the figures of a view; the audit of the plan's own region has those of the plan as a whole, too."""
        if kind == "whole":
            return self.findings
        plan = kind == "audit" and region == self.package.plan.region
        if kind == "audit":
            keys = self._figures("outlook", region, {*self.package.indicators.index})
        return [finding for finding in self.findings if keys & {*finding.figures} or (plan and not finding.figures)]

    def _wording(self, language: str, region: str) -> Wording:
        """Findings as a page of a region words them, which names all places but its own; kept while its runs follow."""
        if (language, region) not in self._wordings:
            self._wordings = {key: wording for key, wording in self._wordings.items() if key[1] == region}
            self._wordings[language, region] = Wording(self.package, Words(self.package, language, region))
            self._findings = {key: cells for key, cells in self._findings.items() if key[2] == region}
        return self._wordings[language, region]

    def _finding_rows(self, findings: list[audit.Finding], language: str, region: str) -> pd.DataFrame:
        """Findings in words, the gravest first."""
        wording = self._wording(language, region)
        rows = []
        for finding in findings:
            key = finding, language, region
            if key not in self._findings:
                words = wording.words
                self._findings[key] = (
                    finding.key, finding.check, words.say(f"check.{finding.check}"), finding.verdict,
                    words.say(f"verdict.{finding.verdict}"), finding.confidence, wording.sentence(finding),
                    wording.arithmetic(finding), finding.sign, wording.settled_by(finding), wording.changes(finding),
                    " ".join(wording.locators(finding)), finding.figures, "total" not in dict(finding.values),
                )  # fmt: skip
            rows.append(self._findings[key])
        return pd.DataFrame(rows, columns=list(FINDINGS))

    def _comparisons(self, findings: list[audit.Finding], language: str, region: str) -> pd.DataFrame:
        """Both sides of the findings that have two in one unit and do not meet, for their pictures."""
        wording, rows = self._wording(language, region), []
        for number, finding in enumerate(findings):
            sides = finding.sides
            if finding.verdict not in DRAWN or len(sides) != 2 or any(s.value is None or not s.figures for s in sides):
                continue
            units = [side.unit or wording.figures.at[side.figures[0], "base_unit"] for side in sides]
            if units[0] != units[1] or sides[0].value.meets(sides[1].value):
                continue
            chained = sides[0].formula == "{}÷(1+{})" and min(side.value.value for side in sides) > 0
            values = [side.value.value for side in sides]
            gap = wording.gap(max(values[0] / values[1], values[1] / values[0])) if min(values) > 0 else ""
            for side in sides:
                rows.append(
                    (
                        number, "chain" if chained else "ranges", wording.where(side), str(wording.when(side)),
                        str(wording.amount(side)), wording.between(side), wording.words.label_of(wording.row(side)),
                        float(side.value.lower), float(side.value.value), float(side.value.upper), units[0],
                        self._form(side), side.figures, gap,
                    )
                )  # fmt: skip
        return pd.DataFrame(rows, columns=list(COMPARISONS))

    def _form(self, side: Side) -> str:
        if side.formula != "{}":
            return "derived"
        return "printed" if side.figures[0] in self.package.figures.index else "public"

    def _completions(self, region: str) -> pd.DataFrame:
        """Completions in the target year, as printed and as the audit computes them."""
        frame = at_target_year(self.package) if region == self.package.plan.region else attained(self.package).iloc[:0]
        frame = frame[(frame["printed_figure"] != "") & frame["value"].notna()]
        kept = ["printed_value", "value", "lower", "upper", "printed_figure"]
        return frame[kept].rename_axis("indicator").reset_index()


TARGETS = (
    "indicator", "name", "category", "headline", "year", "reading", "status", "status_name", "reason", "target", "target_end",
    "target_unit", "actual", "actual_lower", "actual_upper", "actual_unit", "form", "reached", "completion",
    "completion_lower", "completion_upper", "completion_printed", "due", "pace_linear", "pace_compound", "paces_differ",
    "target_figure", "target_end_figure", "actual_figure", "completion_figure",
)  # fmt: skip
FINDINGS = (
    "finding", "check", "check_name", "verdict", "verdict_name", "confidence", "sentence", "arithmetic", "sign", "settled_by",
    "changes", "locators", "figures", "of_figures",
)  # fmt: skip
COMPARISONS = (
    "finding", "picture", "place", "period", "amount", "range", "label", "lower", "value", "upper", "base_unit", "form",
    "figures", "gap",
)  # fmt: skip


def described(frame: pd.DataFrame, package: Tables, words: Words) -> pd.DataFrame:
    """Figures with what a reader of one language calls them, and numbers in the unit that stands beside them.

    frame: `Tables.figures`, `Tables.external` or `history.derived`. Adds `name`, `place`, `chapter`, `section`, `headline`,
    `kind`, `value`, `lower`, `upper` (in `unit`) and `formula`; `base`, `base_lower` and `base_upper` are in `base_unit`.
    """
    names, places = (
        words.column("indicators", f"name_{words.language}"),
        words.column("regions", f"name_{words.language}"),
    )
    rows = frame.copy()
    rows["name"] = pd.array([names[key] for key in rows["indicator"]], dtype="str")
    rows["place"] = pd.array([places[key] for key in rows["region"]], dtype="str")
    rows = rows.join(package.indicators[["chapter", "section", "headline", "kind"]], on="indicator")
    records = records_of(rows)
    rows["unit"] = pd.array([words.unit(row) for row in records], dtype="str")
    scale = rows["multiplier"] if words.language == "zh" else 1
    rows["base_lower"], rows["base_upper"] = rows["lower"], rows["upper"]
    # A division by 1e8 and a product with it leave no more than noise in the last of fifteen digits.
    for column, base in (("value", "base"), ("lower", "base_lower"), ("upper", "base_upper")):
        rows[column] = _significant(rows[base] / scale)
    derived = "how" in rows
    if derived:
        formulas = [_formula(row, package, words) for row in records]
        rows = rows.assign(measure="level", qualifier="exact", printed="", source="", sentence="")
        rows["formula"] = pd.array(formulas, dtype="str")
    public = "address" in rows
    if public:  # their place is their address
        rows = rows.assign(source="", sentence="")
    columns = [*FIGURES, *(DERIVED if derived else PUBLIC if public else ())]
    return rows[columns]


FIGURES = (
    "indicator", "name", "measure", "region", "place", "chapter", "section", "headline", "kind", "period", "year",
    "whole_year", "value", "lower", "upper", "unit", "qualifier", "printed", "source", "sentence", "form", "base",
    "base_lower", "base_upper", "base_unit", "multiplier", "decimals",
)  # fmt: skip
DERIVED = ("how", "formula", "used")
PUBLIC = ("title", "address", "confidence")


def _significant(values: pd.Series) -> pd.Series:
    """Numbers to fourteen significant digits."""
    array = values.to_numpy(dtype=float)
    finite = np.isfinite(array) & (array != 0)
    power = np.zeros_like(array)
    power[finite] = 13 - np.floor(np.log10(np.abs(array[finite])))
    scale = 10.0 ** np.clip(power, -300, 300)
    with np.errstate(over="ignore"):
        return pd.Series(np.where(finite, np.round(array * scale) / scale, array), index=values.index)


def _formula(row: dict, package: Tables, words: Words) -> str:
    """How a derived value comes about: `16718.8÷(1+25.4%)`."""
    first, *others = (
        str(words.amount(package.figures.loc[key]))
        if key in package.figures.index
        else _formula(history.derived(package).loc[key], package, words)
        for key in row["parts"]
    )
    if row["how"] == "growth":
        return f"{first}÷(1+{others[0]})"
    sign = "+" if row["how"] == "sum" else "－" if words.language == "zh" else "−"
    return (sign if words.language == "zh" else f" {sign} ").join([first, *others])


def _marked(figures: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """Figures with the gravest verdict of the audit on each, and the finding that gives it."""
    marks: dict[str, tuple[str, str]] = {}
    for row in findings[(findings["verdict"] != "consistent") & findings["of_figures"]].itertuples():
        for key in row.figures:
            marks.setdefault(key, (row.verdict, row.finding))
    pairs = [marks.get(key, ("", "")) for key in figures.index]
    return figures.assign(
        verdict=pd.array([verdict for verdict, _ in pairs], dtype="str"),
        finding=pd.array([finding for _, finding in pairs], dtype="str"),
    )


def _spoken(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """A table without the words of other languages, and without notes for whoever keeps the data."""
    unseen = [
        column
        for column in frame.columns
        if column == "note" or ((spoken := column.rpartition("_")[2]) in LANGUAGES and spoken != language)
    ]
    return frame.drop(columns=unseen)


# --- bytes and back --------------------------------------------------------------------------------------------


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
