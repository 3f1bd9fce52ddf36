"""What changed between two data packages: statuses, findings, figures, errata, public figures, platforms, the rest.

Rows are identified by their keys. Numbers are compared in base units, so that 1.78万 and 17800 are one number, printed
otherwise. Each side is told by its own names; labels that an older package lacks are the project's own.
"""

import math
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import product
from pathlib import Path

from helpers import audit
from helpers.audit.wording import Wording
from helpers.compare.difference import Difference, Row, change
from helpers.display import html as display
from helpers.display.html import Markup
from helpers.evaluation import scoreboard
from helpers.language.formatter import Words
from helpers.package import schema, tables

NUMBERS = {"figures": "figures", "external": "public"}  # tables of numbers, and the sections that tell of them
OTHERS = {"platforms": "platforms"} | dict.fromkeys(
    ("indicators", "relations", "regions", "chapters", "sections", "units", "labels"), "tables"
)
PARTS = {  # columns that say one thing together; every other column stands for itself
    "value": ("value", "unit", "qualifier", "printed"),
    "quantity": ("indicator", "measure", "region"),
    "locator": ("source", "sentence"),
    "reading": ("printed", "reading"),
}
NAMES = ("name_", "title_")  # begin the columns that name a thing
KEY_OF_ERRATUM = ("table", "key", "column")
Standing = tuple[str, float]  # status, and completion in %


class Version:
    """One of the two packages, and what is computed of it; its methods say things in its own words."""

    def __init__(self, folder: str | Path, language: str):
        """Raises DataError for a folder that holds no good package."""
        self.tables = tables.load(folder, older=True)
        self.read = tables.corrected(self.tables)
        self.words = Words(self.tables, language)
        self.numbers = {name: getattr(self.tables, name).to_dict("index") for name in NUMBERS}

    def rows(self, table: str) -> dict[str, dict[str, str]]:
        """A table as in its file, by its key."""
        rows = self.tables.raw[table].to_dict("records")
        keys = KEY_OF_ERRATUM if table == "errata" else schema.COLUMNS[table][:1]
        return {" ".join(row[name] for name in keys): row for row in rows}

    @cached_property
    def standings(self) -> dict[tuple[str, str, int], list[Standing]]:
        """Status and completion as printed and with errata, by region, indicator and year."""
        aimed = self.tables.figures.loc[self.tables.figures["measure"] == "target", "region"].unique()
        found: dict[tuple[str, str, int], list[Standing]] = {}
        for region, year, package in product(aimed, self.tables.years, (self.tables, self.read)):
            for row in scoreboard.scoreboard(package, year, region).itertuples():
                found.setdefault((region, row.Index, year), []).append((row.status, row.completion))
        return found

    @cached_property
    def findings(self) -> dict[str, audit.Finding]:
        """Findings by their keys; a check may say several things of the same figures."""
        seen, found = Counter(), {}
        for one in audit.audit(self.tables):
            seen[one.key] += 1
            found[one.key if seen[one.key] == 1 else f"{one.key}-{seen[one.key]}"] = one
        return found

    @cached_property
    def wording(self) -> Wording:
        return Wording(self.tables, self.words)

    def status(self, held: Standing | None) -> str:
        if held is None:
            return ""
        word = self.words.say(f"status.{held[0]}")
        return Markup('<span class="status">{} {}</span>').format(display.sign(held[0]), word)

    def completion(self, held: Standing) -> str:
        return "—" if math.isnan(held[1]) else self.words.percent(held[1])

    def finding(self, key: str) -> str:
        if key not in self.findings:
            return ""
        one = self.findings[key]
        tag = Markup('<span class="verdict {}">{}</span> {}')
        return tag.format(one.verdict, self.words.say(f"verdict.{one.verdict}"), self.wording.sentence(one))

    def number(self, table: str, key: str, part: str = "", ranged: bool = False) -> str:
        """A part of a figure, or all of it: its number and period; ranged: with the range that it stands for."""
        if key not in self.numbers[table]:
            return ""
        row, words = self.numbers[table][key], self.words
        if part == "value" and ranged and (between := words.between(row)):
            return words.say("arithmetic.range", amount=words.said(row), range=between)
        say = {"value": words.said, "period": words.when, "quantity": words.title, "locator": words.where}
        if part:
            return say[part](row) if part in say else row.get(part, "")
        return words.say("remarked", name=words.said(row), remark=words.when(row))

    def reading(self, row: dict[str, str] | None) -> str:
        """What an erratum reads as what."""
        return self.words.say("diff.reading", printed=row["printed"], reading=row["reading"]) if row else ""

    def cell(self, column: str, value: str) -> str:
        """A cell of another table, in words where there are some."""
        labels = self.words.column("labels", self.words.language)
        family = "stage" if column == "status" else column
        return labels.get(f"{family}.{value}", value)

    def row(self, row: dict[str, str] | None) -> str:
        """A row of another table without its names."""
        if row is None:
            return ""
        told = [self.cell(column, value) for column, value in row.items() if value and not column.startswith(NAMES)]
        return self.words.listed(told[1:]) or told[0]


def between(old: str | Path, new: str | Path, language: str) -> Difference:
    """Everything that differs between two folders with data packages. Raises DataError for one that is no good package."""
    versions = Version(old, language), Version(new, language)
    words = versions[1].words
    steps = (_statuses, _findings, _numbers, _errata, _others, _descriptor)
    rows = [row for step in steps for row in step(*versions)]
    synthetic = any(one.tables.plan.synthetic for one in versions)
    return Difference(str(old), str(new), rows, words, banner=words.say("synthetic") if synthetic else "")


def _statuses(old: Version, new: Version) -> Iterator[Row]:
    """Statuses of each headline indicator and year, and completions whose status stayed."""
    for place in dict.fromkeys([*new.standings, *old.standings]):
        region, indicator, year = place
        words = (new if place in new.standings else old).words
        name = words.with_place({"indicator": indicator, "region": region})
        held = zip(*(one.standings.get(place, [None] * 2) for one in (old, new)), strict=True)
        moves = dict(zip(("as_printed", "with_errata"), [_moved(old, new, *pair) for pair in held], strict=True))
        if moves["as_printed"] == moves["with_errata"]:
            moves = {"": moves["as_printed"]}
        for reading, move in moves.items():
            if move:
                section, *told = move
                when = words.listed([*([words.say(reading)] if reading else []), words.say("the_year", year=year)])
                yield Row(section, f"{indicator} {region} {year}", told[0], name, *told[1:], when)


def _moved(
    old: Version, new: Version, before: Standing | None, after: Standing | None
) -> tuple[str, str, str, str] | None:
    """Section, change, and both standings in words; nothing where they are the same."""
    if before is None or after is None or before[0] != after[0]:
        return "statuses", change(before, after), old.status(before), new.status(after)
    done = old.completion(before), new.completion(after)
    return ("completions", "changed", *done) if done[0] != done[1] else None


def _findings(old: Version, new: Version) -> Iterator[Row]:
    """Findings that appeared, went, or have another verdict."""
    for key in dict.fromkeys([*new.findings, *old.findings]):
        before, after = old.findings.get(key), new.findings.get(key)
        if before and after and before.verdict == after.verdict:
            continue
        side, one = (new, after) if after else (old, before)
        name, where = side.words.say(f"check.{one.check}"), " · ".join(side.wording.locators(one))
        said = old.finding(key), new.finding(key)
        yield Row("findings", key, change(before, after), name, *said, where=where, figures=one.figures)


def _numbers(old: Version, new: Version) -> Iterator[Row]:
    """Figures of the report and public ones, part by part."""
    for table, section in NUMBERS.items():
        before, after = old.rows(table), new.rows(table)
        for key, part, raw in _differing(before, after):
            side = new if key in after else old
            row = side.numbers[table][key]
            again = part == "value" and _same(old.numbers[table][key], new.numbers[table][key])
            said = [one.number(table, key, part, ranged=again) for one in (old, new)]
            said = raw if said[0] == said[1] else said  # words may leave out what differs
            where = side.words.where(row) if table == "figures" else key
            what, how = _part(side, part), "reprinted" if again else change(before.get(key), after.get(key))
            yield Row(section, key, how, side.words.title(row), *said, what, where, figures=(key,))


def _same(before: dict, after: dict) -> bool:
    """Are these one number, whatever its unit?"""
    alike = all(before[name] == after[name] for name in ("base_unit", "qualifier", "strict"))
    return alike and math.isclose(before["base"], after["base"], rel_tol=1e-9)


def _errata(old: Version, new: Version) -> Iterator[Row]:
    before, after = old.rows("errata"), new.rows("errata")
    for key, part, raw in _differing(before, after):
        side, row = (new, after[key]) if key in after else (old, before[key])
        known = row["table"] == "figures"
        figure = side.numbers["figures"][row["key"]] if known else None
        name, where = (side.words.title(figure), side.words.where(figure)) if known else (row["key"], row["table"])
        if part in ("", "reading"):
            raw = [one.reading(rows.get(key)) for one, rows in ((old, before), (new, after))]
        how, what = change(before.get(key), after.get(key)), _part(side, part or row["column"])
        yield Row("errata", key, how, name, *raw, what, where, figures=(row["key"],) if known else ())


def _others(old: Version, new: Version) -> Iterator[Row]:
    """Platforms, and tables without a section of their own."""
    for table in OTHERS:
        section = "platforms" if table == "platforms" else "tables"
        before, after = old.rows(table), new.rows(table)
        for key, part, raw in _differing(before, after):
            side, row = (new, after[key]) if key in after else (old, before[key])
            said = [one.cell(part, value) for one, value in zip((old, new), raw, strict=True)]
            if not part:
                said = [one.row(rows.get(key)) for one, rows in ((old, before), (new, after))]
            language = side.words.language
            name = row.get(f"name_{language}") or row.get(f"title_{language}") or key
            group = f"{table}.csv" if section == "tables" else ""
            how = change(before.get(key), after.get(key))
            where = row.get("source", "")
            yield Row(section, f"{table} {key}", how, name, *said, _part(side, part), where, group)


def _descriptor(old: Version, new: Version) -> Iterator[Row]:
    """The plan, and what else `datapackage.json` says."""
    before, after = (dict(_leaves(schema.read(one.tables.folder))) for one in (old, new))
    for key in dict.fromkeys([*after, *before]):
        said = before.get(key, ""), after.get(key, "")
        if said[0] != said[1]:
            yield Row("descriptor", key, change(*(rows.get(key) for rows in (before, after))), key, *said)


def _leaves(entry, path: str = "") -> Iterator[tuple[str, str]]:
    """Values inside an entry by their paths: `plan.target_year`; items of a list go by their names, if they have any."""
    if isinstance(entry, list):
        entry = {str(item.get("name", n) if isinstance(item, dict) else n): item for n, item in enumerate(entry)}
    if not isinstance(entry, dict):
        yield path, str(entry)
        return
    for name, value in entry.items():
        yield from _leaves(value, f"{path}.{name}" if path else name)


def _differing(before: dict[str, dict], after: dict[str, dict]) -> Iterator[tuple[str, str, list[str]]]:
    """Everything that differs between the rows of two tables: key, part (see `PARTS`), its cells in both.

    A row that is only in one of them has no part.
    """
    for key in dict.fromkeys([*after, *before]):
        if key not in before or key not in after:
            yield key, "", ["", ""]
            continue
        rows, seen = (before[key], after[key]), set()
        parts = {part: columns for part, columns in PARTS.items() if {*columns} <= {*rows[1]}}
        for column in dict.fromkeys([*rows[1], *rows[0]]):
            part, columns = next(((p, c) for p, c in parts.items() if column in c), (column, (column,)))
            raw = [" ".join(row.get(name, "") for name in columns) for row in rows]
            if part not in seen and raw[0] != raw[1]:
                yield key, part, raw
            seen.add(part)


def _part(side: Version, part: str) -> str:
    """A part in words, or as the data dictionary has it."""
    labels = side.words.column("labels", side.words.language)
    return labels.get(f"diff.what.{part}") or labels.get(f"column.{part}") or part
