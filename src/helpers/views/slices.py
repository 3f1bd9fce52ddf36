"""What a run reads of a data package: its slice, cut once and carried to wherever the run is executed.

A notebook opens its package through one door (`door`). By itself, in JupyterLab or under plain papermill, it finds the
whole package there. In a batch it finds its slice: the rows that its notebook, year, region and language can show, and
what the audit says of them. It can read nothing else, so the digest of the slice tells whether the run would come out
otherwise. What is read follows from the notebook's code: methods known to stay within a chapter and a year (`RULES`), and
the sections and indicators that the code names. Code that uses anything else reads everything.
"""

import ast
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers import audit
from helpers.audit.wording import Wording
from helpers.errors import UserError
from helpers.evaluation import history
from helpers.language.formatter import Words
from helpers.numbers.interval import Interval
from helpers.package import schema, tables
from helpers.package.parameters import LANGUAGES
from helpers.package.tables import Tables

FOLDER = "EVALUATE_SLICES"  # environment variable: the folder of slices that a batch has laid out
PAGE = {"opening", "legend", "beside", "sources"}
CHAPTER = PAGE | {
    "targets", "matrix", "summary", "growth", "shares", "counts", "ranks", "earlier", "series", "parts", "figures_of",
    "platforms", "places", "public",
}  # fmt: skip
OVERVIEW = PAGE | {"categories", "scoreboard", "pace", "readings", "missing", "changes"}
AUDIT = PAGE | {"cards", "recomputed", "errata", "readings", "checks", "holds"}
OUTLOOK = {
    "after", "implied_growth", "undated", "unanswered", "unfinished", "public_after", "series",
}  # fmt: skip
REMEMBERED = 64  # parts of slices; the runs of one region follow each other
# Methods whose reads `Cutter` knows, by the class that a notebook opens.
RULES = {"Chapter": CHAPTER, "Overview": OVERVIEW, "Audit": AUDIT, "Outlook": PAGE | OUTLOOK}
EVERY_YEAR = {"series"}  # methods that show the indicators they name in all years
# What plain calls are made of. Where a name is put together, or a loop runs, only running it tells what is read.
PLAIN = (
    ast.Module, ast.ImportFrom, ast.alias, ast.Expr, ast.Assign, ast.AnnAssign, ast.Call, ast.keyword, ast.Attribute,
    ast.Name, ast.Constant, ast.expr_context,
)  # fmt: skip


class Mark(NamedTuple):
    """What the audit says of a figure: verdict, key of the finding, its sentence."""

    verdict: str
    finding: str
    sentence: str


@dataclass(frozen=True)
class Slice:
    """A package as one run sees it.

    findings: of the audit, the gravest first, and marks: by figure; None where they are to be computed from the tables
    """

    tables: Tables
    findings: list[audit.Finding] | None = None
    marks: dict[str, Mark] | None = None


# --- the door --------------------------------------------------------------------------------------------------


def door(notebook: str, language: str, region: str, year: int | None, data: str) -> Slice:
    """What a notebook with these parameters reads: its slice where a batch has laid one out, else the whole package.

    Raises DataError for a bad package, UserError for a slice that was not laid out.
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        return Slice(tables.load(data))
    path = Path(folder) / file_of(notebook, language, region, year, data)
    try:
        return loaded(path.read_bytes(), data)
    except FileNotFoundError:
        what = f"this batch has no data for {notebook} with language={language!r}, region={region!r}, year={year!r}"
        raise UserError(f"{what}, data={data!r}; run the notebook by itself, or start the batch anew.") from None


def file_of(notebook: str, language: str, region: str, year: int | None, data: str) -> str:
    """Name of a slice's file."""
    name = json.dumps([notebook, language, region, year, data])
    return f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"


# --- what code reads -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reads:
    """What a notebook's code names: the class that it opens, its text literals, and those of series over all years.

    rule: a key of `RULES`, or nothing for code that may read everything.
    """

    rule: str = ""
    named: frozenset[str] = frozenset()
    series: frozenset[str] = frozenset()


def reads(cells: Iterable[str]) -> Reads:
    """What the code cells of a notebook read."""
    opened, methods, named, series = set(), set(), set(), set()
    try:
        nodes = [node for cell in cells for node in ast.walk(ast.parse(cell))]
    except SyntaxError:  # a magic, say
        return Reads()
    if not all(isinstance(node, PLAIN) for node in nodes):
        return Reads()
    for node in nodes:
        match node:
            case ast.ImportFrom(module=module) if module != "helpers.views":
                return Reads()
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="open")):
                opened.add(name)
            case ast.Call(func=ast.Attribute(attr=method)) if method in EVERY_YEAR:
                arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
                if not all(isinstance(argument, ast.Constant) for argument in arguments):
                    return Reads()
                series |= {argument.value for argument in arguments}
            case ast.Call(func=ast.Name(id=name)) if name != "globals":
                return Reads()
        match node:
            case ast.Attribute(attr=name) if name != "open":
                methods.add(name)
            case ast.Constant(value=str(text)):
                named.add(text)
    if len(opened) != 1 or (rule := opened.pop()) not in RULES or not methods <= RULES[rule]:
        return Reads()
    return Reads(rule, frozenset(named), frozenset(series))


# --- cutting ---------------------------------------------------------------------------------------------------


@dataclass
class Cutter:
    """Cuts slices of one package; what it computes of the whole package it computes once."""

    package: Tables
    _wordings: dict[tuple[str, str], Wording] = field(default_factory=dict)
    _sentences: dict[tuple[audit.Finding, str, str], Mark] = field(default_factory=dict)
    _frames: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict)
    _texts: dict[tuple[str, str], str] = field(default_factory=dict)
    _parts: dict[tuple, "Part"] = field(default_factory=dict)
    _region: tuple[str, frozenset[str]] = ("", frozenset())

    @cached_property
    def findings(self) -> list[audit.Finding]:
        return audit.audit(self.package)

    @cached_property
    def concerned(self) -> dict[str, audit.Finding]:
        return concerned(self.findings)

    @cached_property
    def readings(self) -> tuple[Tables, Tables]:
        """The package as printed, and with errata."""
        return self.package, tables.corrected(self.package)

    @cached_property
    def derived(self) -> pd.DataFrame:
        """What figures imply in both readings; `level_year` is that of the value it was derived from."""
        parts = []
        for reading in self.readings:
            frame = history.derived(reading)
            parts.append(frame.assign(level_year=frame["used"].str[0].map(reading.figures["year"])))
        return pd.concat([part for part in parts if len(part)] or parts[:1])

    @cached_property
    def by_region(self) -> dict[str, pd.DataFrame]:
        """Figures of both readings by their place; an erratum may move one to another year."""
        read = [reading.figures.assign(order=range(len(reading.figures))) for reading in self.readings]
        return dict(tuple(pd.concat(read).groupby("region", sort=False)))

    def cut(self, code: Reads, notebook: str, language: str, region: str, year: int | None, data: str) -> bytes:
        """The slice of one run as bytes, the same for the same content (see `loaded`)."""
        key = (code, notebook, region, year)
        if key not in self._parts:
            if len(self._parts) >= REMEMBERED:
                self._parts.clear()
            self._parts[key] = self._part(*key)
        part = self._parts[key]
        content = {"notebook": notebook, "language": language, "region": region, "year": year, "data": data}
        content |= {"plan": list(astuple(self.package.plan)), "years": self.package.years, "findings": part.findings}
        content["marks"] = None
        if part.marked is not None:
            found = ((key, self.concerned.get(key)) for key in part.marked)
            content["marks"] = {key: self._mark(one, language, region) for key, one in found if one}
        spoken = language if code.rule else ""
        tables = ",".join(f'"{name}":{self._text(name, spoken, part.kept.get(name))}' for name in self.package.raw)
        return f'{_json(content)[:-1]},"tables":{{{tables}}}}}'.encode()

    def _text(self, name: str, language: str, kept: np.ndarray | None) -> str:
        """A table as JSON, all of it or the rows in a mask, as pages of a language show it; empty: as it is."""
        if (name, language) not in self._frames:
            frame = self.package.raw[name]
            unseen = [column for column in frame.columns if language and _unseen(name, column, language)]
            self._frames[name, language] = frame.assign(**dict.fromkeys(unseen, ""))
        if kept is not None:
            return _rows(self._frames[name, language][kept])
        if (name, language) not in self._texts:
            self._texts[name, language] = _rows(self._frames[name, language])
        return self._texts[name, language]

    def _part(self, code: Reads, notebook: str, region: str, year: int | None) -> "Part":
        """What a run reads, whatever its language."""
        if not code.rule:
            return Part({}, [_plain(one) for one in self.findings], None)
        if code.rule == "Audit":
            return self._audit(region)
        if code.rule == "Outlook":
            return self._outlook(region)
        chapters = self.package.chapters
        chapter = next(iter(chapters.index[chapters["notebook"] == notebook]), None)
        return self._chapter(code, chapter, region, year)

    def _chapter(self, code: Reads, chapter: int | None, region: str, year: int) -> "Part":
        """A chapter, or the overview, in one year."""
        package, overview = self.package, code.rule == "Overview"
        indicators = package.indicators
        sections = code.named & {*package.sections.index}
        sections |= {*package.sections.index[package.sections["chapter"] == chapter]}
        headline = indicators["headline"].notna()
        inside = headline if overview else (indicators["chapter"] == chapter) | indicators["section"].isin(sections)
        scope = {*indicators.index[inside | indicators.index.isin(code.named)]}
        figures = self._figures(scope, code.series, headline, region, [year, year - 1] if overview else [year])
        external = package.external.index[package.external["indicator"].isin(scope)]
        read = pd.concat([reading.figures.loc[figures] for reading in self.readings])
        scope |= {*read["indicator"]}
        platforms = package.platforms
        platforms = platforms[platforms["section"].isin(sections)] if not overview else platforms.iloc[:0]
        kept = {
            "indicators": indicators.index.isin(scope),
            "figures": package.figures.index.isin(figures),
            "external": package.external.index.isin(external),
            "platforms": package.platforms.index.isin(platforms.index),
            "relations": self._relations(scope),
            "errata": package.errata["key"].isin({*figures, *scope}),
        }
        places = {region, *read["region"], *package.external.loc[external, "region"]}
        places |= {*platforms["owner"]} & {*package.regions.index}
        kept["regions"] = package.regions.index.isin(self._with_all_around(places))
        marked = [] if overview else self._listed(figures, year)
        return Part({name: np.asarray(mask) for name, mask in kept.items()}, None, marked)

    def _listed(self, figures: list[str], year: int) -> list[str]:
        """Those of some figures that a chapter lists one by one, which is where it marks them: of its year, undated ones, and
        those that imply a value of its year."""
        when = self.package.figures.loc[figures, "year"]
        used = self.derived.loc[self.derived["year"] == year, "used"]
        shown = {*when.index[when.isna() | (when == year)], *(key for keys in used for key in keys)}
        return [key for key in figures if key in shown]

    def _figures(self, scope: set, series: frozenset, headline: pd.Series, region: str, years: list[int]) -> list[str]:
        """Keys of the figures that a page of some years can show, in the order of the file."""
        above = self.package.regions.at[region, "parent"]  # for targets that are a lead over it
        frames = [self.by_region[place] for place in (*self.package.within(region), above) if place in self.by_region]
        if not frames:
            return []
        frame = pd.concat(frames)
        frame = frame[
            frame.index.isin(self._seen(region)) | (frame["region"].eq(above) & frame["indicator"].map(headline))
        ]
        target = frame["indicator"].map(headline) & (
            (frame["measure"] == "target") | (frame["year"] == self.package.plan.baseline_year)
        )
        when = frame["year"].isna() | frame["year"].isin(years) | frame["indicator"].isin(series) | target
        chosen = frame["indicator"].isin(scope) & when
        implied = self.derived
        implied = implied[implied["indicator"].isin(scope) & implied["used"].str[0].isin(frame.index)]
        shown = implied["year"].isin(years) | implied["level_year"].isin(years) | implied["indicator"].isin(series)
        implied = implied[shown]
        used = {key for keys in implied["used"] for key in keys}
        frame = frame[chosen | frame.index.isin(used)].sort_values("order", kind="stable")
        return list(dict.fromkeys(frame.index))

    def _seen(self, region: str) -> frozenset[str]:
        """Figures that pages of a region show (see `Tables.seen_from`); the runs of one region follow each other."""
        if self._region[0] != region:
            shown = [self.package.seen_from(region, reading.figures).index for reading in self.readings]
            self._region = region, frozenset(shown[0]) | frozenset(shown[1])
        return self._region[1]

    def _relations(self, scope: set) -> np.ndarray:
        """Relations that pages of chapters use, where they name an indicator in scope."""
        frame = self.package.relations
        named = [
            not scope.isdisjoint({left, *right.split()})
            for left, right in zip(frame["left"], frame["right"], strict=True)
        ]
        return frame["kind"].isin(["total", "subset", "adds_to"]).to_numpy() & np.array(named, dtype=bool)

    def _with_all_around(self, places: set) -> set:
        """Places with everything above and within them."""
        found, parents = {*places}, self.package.regions["parent"]
        for place in places:
            found |= {*self.package.within(place)}
            while place := parents[place]:
                found.add(place)
        return found

    def _audit(self, region: str) -> "Part":
        """The audit: what was found in the figures of a region, the figures that this names, and those of its targets."""
        package = self.package
        here = self._seen(region)
        plan = region == package.plan.region
        found = [one for one in self.findings if here & {*one.figures} or (plan and not one.figures)]
        headline = package.indicators.index[package.indicators["headline"].notna()]
        places = {region, package.plan.region}
        places |= {package.regions.at[place, "parent"] for place in places}  # for targets that are a lead over it
        scored, used = (
            frame[frame["indicator"].isin(headline) & frame["region"].isin(places)]
            for frame in (package.figures, self.derived)
        )
        named = {*scored.index, *(key for keys in used["used"] for key in keys)}
        errata = package.errata  # all of them are shown, whatever the region
        named |= {*errata["key"], *" ".join(errata["evidence"]).split()} | {key for one in found for key in one.figures}
        return Part({"figures": package.figures.index.isin(named)}, [_plain(one) for one in found], [])

    def _outlook(self, region: str) -> "Part":
        """The outlook: the figures of a region and of the one above it, in all years."""
        package = self.package
        above = package.regions.at[region, "parent"]
        figures = package.figures.index.isin(self._seen(region)) | package.figures["region"].eq(above).to_numpy()
        external = package.external["region"].isin({*package.within(region), above}).to_numpy()
        return Part({"figures": figures, "external": external}, [], [])

    def _mark(self, finding: audit.Finding, language: str, region: str) -> Mark:
        key = finding, language, region
        if key not in self._sentences:
            sentence = self._wording(language, region).sentence(finding)
            self._sentences[key] = Mark(finding.verdict, finding.key, sentence)
        return self._sentences[key]

    def _wording(self, language: str, region: str) -> Wording:
        """Findings as a page of a region tells them, which names all places but its own; kept while its runs follow."""
        if (language, region) not in self._wordings:
            self._wordings = {key: one for key, one in self._wordings.items() if key[1] == region}
            self._wordings[language, region] = Wording(self.package, Words(self.package, language, region))
        return self._wordings[language, region]


class Part(NamedTuple):
    """What runs of one notebook, region and year read.

    kept: masks of rows, for tables of which not all are read; findings: of the audit, as JSON can hold them, and marked:
    figures to be marked with what it found; None for what is to be computed from the tables
    """

    kept: dict[str, np.ndarray]
    findings: list[dict] | None
    marked: list[str] | None


def _unseen(table: str, column: str, language: str) -> bool:
    """Does no page of a language show a column? It is of another language, or a note for whoever keeps the data."""
    spoken = column.rpartition("_")[2]
    return (spoken in LANGUAGES and spoken != language) or (column == "note" and table != "relations")


def _rows(frame: pd.DataFrame) -> str:
    return _json({"columns": [*frame.columns], "rows": frame.to_numpy().tolist()})


def _json(value) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def concerned(findings: Iterable[audit.Finding]) -> dict[str, audit.Finding]:
    """The gravest finding that concerns each figure; what speaks of all figures together concerns none."""
    found: dict[str, audit.Finding] = {}
    for one in findings:
        if one.verdict != "consistent" and "total" not in dict(one.values):
            for key in one.figures:
                found.setdefault(key, one)
    return found


# --- bytes and back --------------------------------------------------------------------------------------------


def loaded(content: bytes, data: str) -> Slice:
    """A slice of its bytes (see `Cutter.cut`); data: the package's folder as the parameter names it."""
    held = json.loads(content)
    raw = {
        name: pd.DataFrame(table["rows"], columns=table["columns"], dtype=str) for name, table in held["tables"].items()
    }
    package = tables.of(Path(data), schema.Plan(*held["plan"]), raw, held["years"])
    findings = None if held["findings"] is None else [_finding(one) for one in held["findings"]]
    marks = None if held["marks"] is None else {key: Mark(*mark) for key, mark in held["marks"].items()}
    return Slice(package, findings, marks)


def _plain(finding: audit.Finding) -> dict:
    """A finding as JSON can hold it."""
    sides = [[side.formula, side.figures, _flat(side.value), side.unit, side.period] for side in finding.sides]
    values = [[key, _flat(value)] for key, value in finding.values]
    held = {
        name: getattr(finding, name) for name in ("check", "verdict", "confidence", "sign", "variant", "names", "pins")
    }
    return held | {"sides": sides, "values": values}


def _flat(value):
    return (
        {"range": [float(value.lower), float(value.value), float(value.upper)]}
        if isinstance(value, Interval)
        else value
    )


def _round(value):
    """A value as it was before `_flat` and JSON."""
    if isinstance(value, dict):
        return Interval(*value["range"])
    return tuple(value) if isinstance(value, list) else value


def _finding(held: dict) -> audit.Finding:
    sides = tuple(
        audit.Side(formula, tuple(figures), _round(value), unit, when)
        for formula, figures, value, unit, when in held["sides"]
    )
    values = tuple((key, _round(value)) for key, value in held["values"])
    return audit.Finding(**held | {"sides": sides, "values": values, "names": tuple(held["names"])})
