"""What changed between two data packages: targets, statuses, findings, figures, platforms, public figures, errata, the rest.

Rows are identified by their keys. Numbers are compared in base units with the ranges that they stand for, so that 1.78万 and
17800 are one number printed otherwise. Each side is told in its own words, by its own names; labels that an older package
lacks are the project's own.
"""

import math
from collections.abc import Iterator
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers import audit, display, evaluate, schema, tables
from helpers.audit.wording import Wording
from helpers.difference import Difference, Row, Side, ordered, tally
from helpers.display import Markup
from helpers.words import Words

FIRST = ("statuses", "targets", "completion", "plan")  # what a reader asks first
REST = ("findings", "figures", "reprinted", "platforms", "public", "errata", "tables")
SECTIONS = ("plan", "statuses", "targets", "findings", "figures", "platforms", "public", "errata", "tables")
OTHERS = ("indicators", "relations", "regions", "chapters", "sections", "units", "labels")  # tables without a section
KEYS = {"errata": 3}  # columns that identify a row, where it is not the first alone
SUBSTANCE = ("value", "unit", "period", "qualifier", "indicator", "measure", "region", "scope")  # what a figure says
PRINTING = ("value", "unit", "printed")
REACHED = ("exceeded", "met", "achieved_early")
JUDGING = {"headline", "target_kind", "direction"}  # columns of an indicator by which its target is judged


class Delta(NamedTuple):
    """Keys of the rows of a table that differ: `changed` with the columns, `renamed` from old to new keys of equal rows."""

    added: list[str]
    removed: list[str]
    changed: dict[str, list[str]]
    renamed: dict[str, str]


class Standing(NamedTuple):
    """Where a headline indicator stands in a year; completion in %, if it has one."""

    status: str
    completion: float | None


class Version:
    """One of the two packages, and what is computed of it."""

    def __init__(self, folder: str | Path, language: str):
        """Raises DataError for a folder that holds no good package."""
        self.folder, self.tables = folder, tables.load(folder, older=True)
        self.words = Words(self.tables, language)
        self.read = tables.corrected(self.tables)
        descriptor = schema.read(self.tables.folder)
        self.columns = {name: [*schema.constraints(descriptor, name)] for name in schema.COLUMNS}
        self.corrected = self.read.figures[self.read.figures["form"] == "corrected"].to_dict("index")

    def frame(self, table: str) -> pd.DataFrame:
        """A table as in its file; index: the key."""
        frame, count = self.tables.raw[table], KEYS.get(table, 1)
        keys, columns = schema.COLUMNS[table][:count], self.columns[table]
        return frame[[name for name in columns if name not in keys]].set_index(frame[keys].agg("/".join, axis=1))

    @cached_property
    def standings(self) -> dict[tuple[str, str, int], tuple[Standing, Standing]]:
        """As printed and with errata, by region, indicator and year."""
        printed = self._standings(self.tables)
        read = printed if self.read is self.tables else self._standings(self.read)
        return {place: (printed[place], read.get(place, printed[place])) for place in printed}

    @staticmethod
    def _standings(package: tables.Tables) -> dict[tuple[str, str, int], Standing]:
        aimed = package.figures.loc[package.figures["measure"] == "target", "region"]
        return {
            (region, row.Index, year): Standing(row.status, None if math.isnan(done) else round(done, 6))
            for region in aimed.unique()
            for year in package.years
            for row in evaluate.scoreboard(package, year, region).itertuples()
            for done in [row.completion]
        }

    @cached_property
    def findings(self) -> list[audit.Finding]:
        return audit.audit(self.tables)

    @cached_property
    def wording(self) -> Wording:
        return Wording(self.tables, self.words)

    # --- words ---------------------------------------------------------------------------------------------

    def standing(self, held: Standing | None) -> str:
        if held is None:
            return ""
        done = "" if held.completion is None else self.words.percent(held.completion)
        word = self.words.say(f"status.{held.status}")
        return Markup('<span class="status">{} {}</span> {}').format(display.sign(held.status), word, done)

    def finding(self, one: audit.Finding | None) -> str:
        if one is None:
            return ""
        word = self.words.say(f"verdict.{one.verdict}")
        return Markup('<span class="verdict {}">{}</span>').format(one.verdict, word)

    def number(self, row: dict, columns: list[str], key: str = "") -> str:
        """A figure with its reading, its period, and those of its columns that differ; key: of a figure of the report."""
        words, remarks = self.words, []
        said = words.said(row)
        if read := self.corrected.get(key):
            tag = Markup('<s>{}</s> <span class="erratum">{}</span> {}')
            said = tag.format(said, words.say("erratum"), self._reading(row, read))
        if {"printed", "rounded"} & {*columns} and (between := words.between(row)):
            remarks.append(between)
        remarks.append(words.when(row))
        if {"source", "sentence"} & {*columns}:
            remarks.append(words.where(row))
        remarks += [self.cell(name, row[name]) for name in columns if name not in TOLD and row.get(name)]
        return Markup("{}").format(said) + Markup(" ({})").format(", ".join(remarks)) if remarks else said

    def _reading(self, row: dict, read: dict) -> str:
        """How a figure is read, in that in which it differs from what is printed."""
        ways = (self.words.said, self.words.title, self.words.when)
        return next((way(read) for way in ways if way(read) != way(row)), ways[0](read))

    def cell(self, column: str, value: str) -> str:
        """A cell of a table as a reader knows it."""
        words = self.words
        if column in NAMED and value in getattr(self.tables, NAMED[column][0]).index:
            return words.named(NAMED[column][0], value, NAMED[column][1])
        family = {"type": "type", "stage": "stage", "owner": "owner", "category": "category", "verdict": "verdict"}
        return self._label(f"{family[column]}.{value}", value) if column in family else value

    def column(self, name: str) -> str:
        """A column in words, or as the data dictionary has it."""
        return self._label(f"diff.what.{name}", name)

    def _label(self, key: str, otherwise: str) -> str:
        return self.words.say(key) if key in self.words.column("labels", "zh") else otherwise
