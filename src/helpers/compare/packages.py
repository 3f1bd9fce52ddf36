"""What changed between two data packages: statuses, findings, figures, errata, public figures, platforms, the rest.

Rows are identified by their keys. Numbers are compared in base units, so that 1.78万 and 17800 are one number, printed
otherwise. Each side has its own names; labels that an older package lacks are the project's own.
"""

import math
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import product
from pathlib import Path

from helpers import audit
from helpers.audit.wording import Wording
from helpers.compare import frames
from helpers.compare.difference import Difference, Row
from helpers.compare.frames import Change, name_move
from helpers.display import html as display
from helpers.display.html import Markup
from helpers.evaluation import scoreboard
from helpers.language.formatter import Formatter
from helpers.package import documents, schema, tables

NUMBERS = ("figures", "external")  # tables of numbers
SECTION_OF = {"figures": "figures", "external": "public", "errata": "errata", "platforms": "platforms"} | dict.fromkeys(
    ("indicators", "relations", "regions", "chapters", "sections", "units", "sources", "terms", "labels"), "tables"
)
PARTS = {  # columns that say one thing together; every other column stands for itself
    "value": ("value", "unit", "qualifier", "printed"),
    "quantity": ("indicator", "measure", "region"),
    "locator": ("document", "source", "sentence"),
    "reading": ("printed", "reading"),
}
NAMES = ("name_", "title_")  # begin the columns that name a thing
KEY_OF_ERRATUM = ("table", "key", "column")
NO_DATA = "no_data"  # a status from or to which nothing moves: figures appear or end
READINGS = ("as_printed", "with_errata")


class Version:
    """One of the two packages, and what is computed of it; its methods say things in its own words."""

    def __init__(self, folder: str | Path, language: str):
        """Raises DataError for a folder that holds no good package."""
        self.tables = tables.load(folder, lenient=True)
        self.words = Formatter(self.tables, language)
        self.numbers = {name: getattr(self.tables, name).to_dict("index") for name in NUMBERS}

    # --- frames ----------------------------------------------------------------------------------------------

    @cached_property
    def frames(self) -> dict[str, dict]:
        """What is compared, by name; rows by their keys."""
        descriptor = {key: {"entry": text} for key, text in _leaves(schema.read(self.tables.folder))}
        findings = {key: {"verdict": finding.verdict} for key, finding in self.findings.items()}
        rows = {name: self._rows(name) for name in SECTION_OF}
        return {"statuses": self._statuses(), "findings": findings, **rows, "descriptor": descriptor}

    def _rows(self, table: str) -> dict[str, dict[str, str]]:
        """A table as in its file, by its key; a document by its title, which packages without sources.csv have too."""
        if table == "sources" and table not in schema.resources(schema.read(self.tables.folder)):
            return {}
        keys = KEY_OF_ERRATUM if table == "errata" else schema.COLUMNS[table][:1]
        frame = self.tables.raw[table]
        if table in documents.PLACED:
            frame = frame.assign(document=frame["document"].map(self.words.name_document))
        return {" ".join(row[name] for name in keys): row for row in frame.to_dict("records")}

    def _statuses(self) -> dict[tuple[str, str, int], dict[str, tuple]]:
        """Status and completion in % as printed and with errata, by region, indicator and year."""
        aimed = self.tables.figures.loc[self.tables.figures["measure"] == "target", "region"].unique()
        packages = zip(READINGS, (self.tables, tables.corrected(self.tables)), strict=True)
        rows: dict[tuple[str, str, int], dict[str, tuple]] = {}
        for region, year, (reading, package) in product(aimed, self.tables.years, list(packages)):
            for row in scoreboard.scoreboard(package, year, region).itertuples():
                rows.setdefault((region, row.Index, year), {})[reading] = (row.status, row.completion)
        return rows

    @cached_property
    def findings(self) -> dict[str, audit.Finding]:
        """Findings by their keys; a check may say several things of the same figures."""
        seen, findings = Counter(), {}
        for finding in audit.audit(self.tables):
            seen[finding.key] += 1
            findings[finding.key if seen[finding.key] == 1 else f"{finding.key}-{seen[finding.key]}"] = finding
        return findings

    # --- words -----------------------------------------------------------------------------------------------

    @cached_property
    def wording(self) -> Wording:
        return Wording(self.tables, self.words)

    def write_status(self, cell: tuple | None) -> str:
        if cell is None:
            return ""
        word = self.words.say(f"status.{cell[0]}")
        return Markup('<span class="status">{} {}</span>').format(display.sign(cell[0]), word)

    def write_completion(self, cell: tuple) -> str:
        return "—" if math.isnan(cell[1]) else self.words.format_percent(cell[1])

    def write_finding(self, key: str) -> str:
        if key not in self.findings:
            return ""
        finding = self.findings[key]
        tag, word = Markup('<span class="verdict {}">{}</span> {}'), self.words.say(f"verdict.{finding.verdict}")
        return tag.format(finding.verdict, word, self.wording.sentence(finding))

    def describe(self, table: str, key: str, row: dict[str, str]) -> tuple[str, str, tuple[str, ...]]:
        """Name of a row, where it stands, and keys of the figures that it is about."""
        if table == "errata":
            if row["table"] != "figures":
                return row["key"], row["table"], ()
            return self.describe("figures", row["key"], row)
        if table in NUMBERS:
            number = self.numbers[table][key]
            return (
                self.words.name_figure(number),
                self.words.format_locator(number) if table == "figures" else key,
                (key,),
            )
        named = (row.get(f"{column}_{self.words.language}") for column in ("name", "title"))
        return next(filter(None, named), key), row.get("source", ""), ()

    def write(self, table: str, key: str, row: dict[str, str] | None, part: str, raw: str) -> str:
        """A part of a row, or all of it, as a reader expects it; raw: as it stands in the file."""
        if row is None:
            return ""
        if table in NUMBERS:
            return self._write_number(self.numbers[table][key], part, raw)
        if table == "errata":  # what is read as what
            whole = self.words.say("diff.reading", printed=row["printed"], reading=row["reading"])
            return whole if part in ("", "reading") else raw
        return self._write_cell(part, raw) if part else self._write_row(row)

    def _write_number(self, number: dict, part: str, raw: str) -> str:
        """A part of a figure, or its number and period."""
        words = self.words
        write = {
            "value": words.format_quantity,
            "period": words.format_period,
            "quantity": words.name_figure,
            "locator": words.format_locator,
        }
        if part:
            return write[part](number) if part in write else raw
        return words.say("remarked", name=words.format_quantity(number), remark=words.format_period(number))

    def write_range(self, table: str, key: str) -> str:
        """A figure with the range that it stands for."""
        number, words = self.numbers[table][key], self.words
        between = words.format_range(number)
        return (
            words.say("arithmetic.range", amount=words.format_quantity(number), range=between)
            if between
            else words.format_quantity(number)
        )

    def _write_cell(self, column: str, value: str) -> str:
        """A cell of another table, in words where there are some."""
        labels = self.words.column("labels", self.words.language)
        family = "stage" if column == "status" else column
        return labels.get(f"{family}.{value}", value)

    def _write_row(self, row: dict[str, str]) -> str:
        """A row of another table without its names."""
        cells = [self._write_cell(name, value) for name, value in row.items() if value and not name.startswith(NAMES)]
        return self.words.join_phrases(cells[1:]) or cells[0]

    def write_part(self, part: str) -> str:
        """The name of a part in words, or as the data dictionary has it."""
        labels = self.words.column("labels", self.words.language)
        return labels.get(f"diff.what.{part}") or labels.get(f"column.{part}") or part


def compare(old: str | Path, new: str | Path, language: str) -> Difference:
    """Everything that differs between two folders with data packages. Raises DataError for one that is no good package."""
    versions = Version(old, language), Version(new, language)
    words = versions[1].words
    comparison = _Comparison(*versions)
    rows = [row for change in frames.compare(*(v.frames for v in versions)) for row in comparison.rows(change)]
    synthetic = any(version.tables.plan.synthetic for version in versions)
    return Difference(str(old), str(new), rows, words, banner=words.say("synthetic") if synthetic else "")


class _Comparison:
    """Rows about each change between two versions."""

    def __init__(self, old: Version, new: Version):
        self.old, self.new, self.both = old, new, (old, new)

    def rows(self, change: Change) -> Iterator[Row]:
        own = {"statuses": self._statuses, "findings": self._findings, "descriptor": self._entries}
        return own.get(change.frame, self._parts)(change)

    def _statuses(self, change: Change) -> Iterator[Row]:
        """Statuses of a headline indicator in a year, and completions whose status stayed."""
        region, indicator, year = change.key
        words = self._side(change).words
        name = words.name_with_place({"indicator": indicator, "region": region})
        pairs = {reading: [(row or {}).get(reading) for row in (change.old, change.new)] for reading in READINGS}
        moves = {reading: self._move(*pair) for reading, pair in pairs.items()}
        if len({*moves.values()}) == 1:
            moves = {"": moves[READINGS[0]]}
        for reading, move in moves.items():
            if move:
                section, *texts = move
                when = words.join_phrases(
                    [*([words.say(reading)] if reading else []), words.say("the_year", year=year)]
                )
                yield Row(section, f"{indicator} {region} {year}", texts[0], name, *texts[1:], when)

    def _move(self, before: tuple | None, after: tuple | None) -> tuple[str, str, str, str] | None:
        """Section, kind of change, and both cells in words; nothing where they are the same."""
        statuses = [cell[0] if cell else None for cell in (before, after)]
        if statuses[0] != statuses[1]:
            kind = name_move(*statuses, NO_DATA)
            texts = self.old.write_status(before), self.new.write_status(after)
            return ("statuses", kind, *texts) if kind else None
        if before is None or after is None:
            return None
        texts = self.old.write_completion(before), self.new.write_completion(after)
        return ("completions", "changed", *texts) if texts[0] != texts[1] else None

    def _findings(self, change: Change) -> Iterator[Row]:
        """A finding that appeared, went, or has another verdict."""
        side = self._side(change)
        finding = side.findings[change.key]
        name, where = side.words.say(f"check.{finding.check}"), " · ".join(side.wording.locators(finding))
        texts = [version.write_finding(change.key) for version in self.both]
        yield Row("findings", change.key, change.kind, name, *texts, where=where, figures=finding.figures)

    def _parts(self, change: Change) -> Iterator[Row]:
        """A row of a table, part by part."""
        table, key, side, section = change.frame, change.key, self._side(change), SECTION_OF[change.frame]
        name, where, figures = side.describe(table, key, change.new or change.old)
        for part in _list_parts(change):
            raw, kind, what = _raw(change, part), change.kind, side.write_part(part)
            if table == "errata" and not part:
                what = side.write_part((change.new or change.old)["column"])
            if table in NUMBERS and part == "value" and _is_same(*(v.numbers[table][key] for v in self.both)):
                kind, texts = "reprinted", [version.write_range(table, key) for version in self.both]
            else:
                sides = zip(self.both, (change.old, change.new), raw, strict=True)
                texts = [version.write(table, key, row, part, text) for version, row, text in sides]
            texts = raw if texts[0] == texts[1] else texts  # words may leave out what differs
            group = f"{table}.csv" if section == "tables" else ""
            whole = f"{table} {key}" if section in ("platforms", "tables") else key
            yield Row(section, whole, kind, name, *texts, what, where, group, figures=figures)

    def _entries(self, change: Change) -> Iterator[Row]:
        """The plan, and what else `datapackage.json` says."""
        texts = [(row or {}).get("entry", "") for row in (change.old, change.new)]
        yield Row("descriptor", change.key, change.kind, change.key, *texts)

    def _side(self, change: Change) -> Version:
        """The version that describes a change: the new one, or the old one of what is only there."""
        return self.old if change.new is None else self.new


def _list_parts(change: Change) -> list[str]:
    """What differs of a row by `PARTS`, an empty text for the whole row."""
    columns = {*(change.new or change.old)}
    whole = {column: part for part, own in PARTS.items() if {*own} <= columns for column in own}
    return list(dict.fromkeys(whole.get(column, column) for column in change.columns)) or [""]


def _raw(change: Change, part: str) -> list[str]:
    """A part of a row as it stands in the files."""
    columns = PARTS.get(part, (part,))
    return [" ".join(row.get(name, "") for name in columns) if row else "" for row in (change.old, change.new)]


def _is_same(before: dict, after: dict) -> bool:
    """Are these one number, whatever its unit?"""
    alike = all(before[name] == after[name] for name in ("base_unit", "qualifier", "strict"))
    return alike and math.isclose(before["base"], after["base"], rel_tol=1e-9)


def _leaves(entry, path: str = "") -> Iterator[tuple[str, str]]:
    """Values inside an entry by their paths: `plan.target_year`; items of a list go by their names, if they have any."""
    if isinstance(entry, list):
        entry = {str(item.get("name", n) if isinstance(item, dict) else n): item for n, item in enumerate(entry)}
    if not isinstance(entry, dict):
        yield path, str(entry)
        return
    for name, value in entry.items():
        yield from _leaves(value, f"{path}.{name}" if path else name)
