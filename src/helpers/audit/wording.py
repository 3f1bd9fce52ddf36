"""Findings in words: locators, arithmetic, a sentence, what would settle it, what it changes for the targets.

`rows` is the interface for other programs; its keys (`KEYS`) stay.
"""

import json
import math
from collections import Counter
from functools import cache

import pandas as pd

from helpers.audit.arithmetic import Arithmetic
from helpers.audit.finding import Finding, Side
from helpers.audit.headline import at_target_year
from helpers.language.formatter import Formatter, lower_first, upper_first
from helpers.numbers import period
from helpers.numbers.token import QUALIFIERS
from helpers.package.schema import QUANTITY_MEASURES
from helpers.package.tables import Tables, corrected

UNBROKEN = "\N{NO-BREAK SPACE}"  # stands for a blank inside a locator where a blank separates two
KEYS = ("check", "locators", "figures", "arithmetic", "verdict", "confidence", "settled_by", "changes", "sentence")

LISTED = 3  # indicators whose changes are described one by one

TARGET = "target"  # variant of a finding with a target among its sides, of which its sentence tells
PLAIN_CASE = ("category", "fitting")  # names that begin small within a sentence

WRITERS = {  # how a finding's values are written, of those that fill one blank of their own name
    "flow": lambda words, value: words.name_of("indicators", value),
    "stock": lambda words, value: words.name_of("indicators", value),
    "region": lambda words, value: words.name_of("regions", value),
    "inner": lambda words, value: words.name_of("regions", value),
    "outer": lambda words, value: words.name_of("regions", value),
    "category": lambda words, value: words.name_of("terms", value),
    "fitting": lambda words, value: words.name_of("terms", value),
    "kind": lambda words, value: words.say(f"finding.counted.{value}"),
    "period": lambda words, value: period.label(value, words.language),
    "works": lambda words, value: words.join_names([str(n) for n in value]),
    "share": lambda words, value: words.format_percent(value),
}


def join_locators(locators: list[str]) -> str:
    """Locators in one text, separated by blanks; a blank inside one (`p. 12`) becomes a no-break space."""
    return " ".join(locator.replace(" ", UNBROKEN) for locator in locators)


class Wording(Arithmetic):
    """Findings of one package in one reader's language."""

    def __init__(self, tables: Tables, words: Formatter):
        """tables: what was audited; words: names and numbers of the same package."""
        super().__init__(tables, words)
        self.corrected = corrected(tables)
        self.before, self.after = at_target_year(tables), at_target_year(self.corrected)
        columns = ("target", "actual", "printed_figure")
        self._headline = {key: name for column in columns for name, key in self.before[column].items() if key}
        # Several sentences of a finding have the same blanks, and many findings change the same indicators.
        self._fill_blanks, self._describe_change = cache(self._fill_blanks), cache(self._describe_change)

    def rows(self, findings: list[Finding]) -> list[dict[str, str]]:
        """One row a finding, with `KEYS`; locators and figures are separated by spaces (see `join_locators`)."""
        return [
            {
                "check": finding.check,
                "locators": join_locators(self.locators(finding)),
                "figures": " ".join(finding.figures),
                "arithmetic": self.arithmetic(finding),
                "verdict": finding.verdict,
                "confidence": finding.confidence,
                "settled_by": self.settled_by(finding),
                "changes": self.changes(finding),
                "sentence": self.sentence(finding),
            }
            for finding in findings
        ]

    # --- pieces of a row -----------------------------------------------------------------------------------

    def locators(self, finding: Finding) -> list[str]:
        """Places that hold the figures, without public ones, else the sections it is about."""
        places = [self.words.format_place(self.figure(key)) for key in finding.figures if not self.is_public(key)]
        return list(dict.fromkeys(places)) or list(finding.names)

    # --- sentences -----------------------------------------------------------------------------------------

    def sentence(self, finding: Finding) -> str:
        """The finding in one sentence."""
        blanks = self._fill_blanks(finding)
        sentence = self._say(f"finding.{finding.check}.{finding.verdict}", finding, blanks)
        sentences = [upper_first(sentence) if finding.variant == TARGET and self.language == "en" else sentence]
        sentences += [blanks[name] for name in ("fix", "note") if blanks[name]]
        return self.space.join(sentences)

    def settled_by(self, finding: Finding) -> str:
        """What would settle it; empty for a finding that holds."""
        if finding.verdict == "consistent":
            return ""
        return self._say(f"settled.{finding.check}", finding, self._fill_blanks(finding))

    @property
    def space(self) -> str:
        """What stands between two sentences."""
        return "" if self.language == "zh" else " "

    def _say(self, key: str, finding: Finding, blanks: dict[str, object]) -> str:
        """A label of a finding: that of its variant, or of two sides that read the same, if there is one."""
        labels = self.words.column("labels", self.language)
        exact, same = f"{key}.{finding.variant}", f"{key}.same"
        if finding.variant and exact in labels:
            key = exact
        if same in labels and blanks.get("a") == blanks.get("b") and finding.variant != TARGET:
            key = same
        return self.words.say(key, **blanks)

    def _fill_blanks(self, finding: Finding) -> dict[str, object]:
        """What a sentence may name: the quantity, both sides, where they stand, how far they are apart."""
        words, rows, units = self.words, [self.figure(key) for key in finding.figures], self.units(finding)
        blanks: dict[str, object] = {"n": 0, "fix": "", "gap": "", "name": "", "when": "", "note": ""}
        if rows:
            names = [words.name_with_place(self.figure(side.figures[0])) for side in finding.sides if side.figures]
            blanks |= {"name": words.name_with_place(rows[0]), "when": words.format_period(rows[0])}
            blanks |= {"names": words.join_names(list(dict.fromkeys(names))), "other": names[-1]}
            blanks["whole"] = words.name_of("regions", rows[-1]["region"])
        for letter, side in zip("abc", finding.sides, strict=False):
            blanks[letter], blanks[f"ranged_{letter}"] = self.amount(side, units), self.amount_qualified(side, units)
            blanks |= {f"where_{letter}": self.where(side), f"when_{letter}": self.when(side)}
            blanks[f"what_{letter}"] = self._name_measured(side)
            several = self.has_several_places(side)
            computed = "{}" in side.formula.removeprefix("{}")
            for verb in ("gives", "implies"):
                key = "implies" if computed else verb
                blanks[f"{verb}_{letter}"] = words.say(f"finding.{key}", n=1 + several)
        for key, value in finding.values:
            blanks |= self._fill_blank(key, value, finding)
        if finding.names:
            blanks["items"] = words.join_names([self._name_section(key) for key in finding.names])
        return blanks

    def _name_measured(self, side: Side) -> str:
        """What the first figure of a side is of; of a target it says that it is one."""
        if not side.figures:
            return ""
        row = self.figure(side.figures[0])
        name = self.words.name_with_place(row)
        return self.words.say("what.target.of", name=name) if row["measure"] == "target" else name

    def _fill_blank(self, key: str, value, finding: Finding) -> dict[str, object]:
        """The blanks that one of a finding's values fills."""
        words = self.words
        if key in WRITERS:
            name = WRITERS[key](words, value)
            return {key: lower_first(name) if key in PLAIN_CASE and name[1:2].islower() else name}
        match key:
            case "words":
                names = [
                    word if self.language == "zh" else words.say(f"qualifier.{QUALIFIERS[word].name}") for word in value
                ]
                return {key: words.join_names([f"“{name}”" for name in names])}
            case "times":
                share = words.format_percent((1 - 1 / value) * 100)
                return {key: self.say_times(value), "share": share, "gap": self.gap(finding.sides)}
            case "power":
                printed = words.format_quantity(self.figure(finding.sides[-1].figures[0]))
                direction = "left" if value > 0 else "right"
                return {"fix": words.say(f"finding.fix.{direction}", n=abs(value), printed=printed)}
            case "relation":
                note = self.tables.relations.at[value, "note_zh" if self.language == "zh" else "note"]
                explains = note and finding.verdict == "scope"  # why the two cannot be compared
                return {"note": words.say("finding.note", note=note.rstrip("。.")) if explains else ""}
            case "implied":
                return {key: words.format_amount(self.write_like(finding.figures[0], value.value))}
            case "regions":
                mark, *others = [self.figure(side.figures[0]) for side in finding.sides]
                places = zip([words.name_of(key, name) for name in value], others, strict=True)
                amounts = [words.say("remarked", name=name, remark=words.format_amount(row)) for name, row in places]
                when = words.join_names([*dict.fromkeys(str(words.format_period(row)) for row in others)])
                return {"region": words.join_names(amounts), "when": when, "mark": words.format_amount(mark)}
            case "items":
                names = words.join_names(self.name_items(value))
                clause = self.space + words.say("finding.items", items=names) if names else ""
                return {key: clause, "n": len(value)}
        return {key: value}

    def _name_section(self, key: str) -> str:
        """A chapter or a section by its title."""
        if key in self.tables.sections.index:
            return f"{key} {self.words.name_of('sections', key, 'title')}"
        return self.words.name_of("chapters", int(key), "title")

    # --- what it changes -----------------------------------------------------------------------------------

    def changes(self, finding: Finding) -> str:
        """What a finding changes for the targets (see `describe_changes`); nothing for one that holds."""
        return "" if finding.verdict == "consistent" else self.describe_changes(finding.figures, finding.check)

    def describe_changes(self, figures: tuple[str, ...], check: str) -> str:
        """What figures change for the targets: completions after our corrections, or those that rest on the figures."""
        say, indicators = self.words.say, self.concerned(figures)
        sentences = [self._describe_change(indicator) for indicator in indicators[:LISTED]]
        if len(indicators) > LISTED:
            sentences = [say("changes.many", n=len(indicators))]
        nothing = "changes.statement" if check == "statements" else "changes.none"
        return self.words.join_phrases(sentences) or say(nothing)

    def _describe_change(self, indicator: str) -> str:
        """What is in question for one headline indicator."""
        say, before = self.words.say, self.before.loc[indicator]
        after = self.after.loc[indicator] if indicator in self.after.index else before
        name, done = self.words.name_of("indicators", indicator), self._describe_completion(before)
        if not self._has_erratum(before):
            missing = before["standing"] == "missing"
            quoted = self._describe_completion(before, ".quoted")
            return say("changes.missing", name=name) if missing else say("changes.rests", name=name, done=quoted)
        corrected = self._describe_completion(after)
        key = "changes.errata.same" if corrected == done else "changes.errata"
        changed = say(key, name=name, before=done, after=corrected)
        others = [
            self._describe_count(before, after),
            self._describe_partly_corrected(before),
            self._describe_later(before),
        ]
        return self.words.join_phrases([changed, *filter(None, others)])

    def _describe_count(self, before: pd.Series, after: pd.Series) -> str:
        """How many targets are reached if this one is judged after our corrections; nothing where the number stays."""
        reached = int((self.before["standing"] == "reached").sum())
        change = int(after["standing"] == "reached") - int(before["standing"] == "reached")
        return self.words.say("changes.count", before=reached, after=reached + change) if change else ""

    def concerned(self, figures: tuple[str, ...]) -> list[str]:
        """Headline indicators of whose target, actual value or reported completion one of the figures is."""
        return list(dict.fromkeys(self._headline[key] for key in figures if key in self._headline))

    def _has_erratum(self, row: pd.Series) -> bool:
        errata = self.tables.errata
        keys = set(errata.loc[errata["status"] != "rejected", "key"])
        return bool(keys & {row["target"], row["actual"], row["printed_figure"]})

    def _describe_completion(self, row: pd.Series, form: str = "") -> str:
        """Where a headline indicator stands, and its completion; form: `.quoted` in the middle of a sentence."""
        standing = self.words.say(f"standing.{row['standing']}")
        if pd.isna(row["value"]):
            return self.words.say("changes.quoted", standing=standing) if form else standing
        done = self.words.format_percent(row["value"])
        return self.words.say(f"changes.done{form}", done=done, standing=standing)

    def _describe_partly_corrected(self, before: pd.Series) -> str:
        """Completion if less is corrected: the actual value and not the target, or the units and not the amounts."""
        target, actual = before["target"], before["actual"]
        if not actual or before["kind"] != "level":
            return ""
        (goal, goal_read), (value, value_read) = (
            (self.tables.figures.loc[key], self.corrected.figures.loc[key]) for key in (target, actual)
        )
        if value_read["base_unit"] == goal["base_unit"] and goal_read["base"] != goal["base"]:
            return self.words.say(
                "changes.half", done=self.words.format_percent(value_read["base"] / goal["base"] * 100)
            )
        amounts = value["base"] / value["multiplier"], value_read["base"] / value_read["multiplier"]
        if value_read["unit"] == value["unit"] or math.isclose(*amounts):
            return ""
        done = amounts[0] * value_read["multiplier"] / goal_read["base"] * 100
        return self.words.say("changes.half.unit", done=self.words.format_percent(done))

    def _describe_later(self, before: pd.Series) -> str:
        """Completion of the last value after the target year, where errata change the target that it is judged by."""
        figures, read = self.tables.figures, self.corrected.figures
        goal, goal_read = figures.loc[before["target"]], read.loc[before["target"]]
        own = read[(read["indicator"] == before.name) & (read["region"] == before["region"]) & read["whole_year"]]
        own = own[own["measure"].isin(QUANTITY_MEASURES) & (own["year"] > goal["year"])]
        own = own[own["base_unit"] == goal["base_unit"]].sort_values("year", kind="stable")
        changed = goal_read["base"] != goal["base"] and goal_read["base_unit"] == goal["base_unit"]
        own = own[figures.loc[own.index, "base_unit"] == goal["base_unit"]]
        if own.empty or before["kind"] != "level" or not changed:
            return ""
        last = own.index[-1]
        pairs = (figures.at[last, "base"], goal["base"]), (read.at[last, "base"], goal_read["base"])
        printed, corrected = (self.words.format_percent(value / target * 100) for value, target in pairs)
        return self.words.say("changes.later", year=int(own.at[last, "year"]), before=printed, after=corrected)


def format_rows(rows: list[dict[str, str]], form: str) -> str:
    """Rows as `csv` or `json`, or as a `table` for a terminal."""
    if form == "json":
        return json.dumps(rows, ensure_ascii=False, indent=1)
    if form == "csv":
        return pd.DataFrame(rows, columns=KEYS).to_csv(index=False, lineterminator="\n").rstrip("\n")
    columns = ("verdict", "confidence", "check", "locators")
    widths = {name: max((len(row[name]) for row in rows), default=0) for name in columns}
    lines = []
    for row in rows:
        cells = [row[name].ljust(widths[name]) for name in columns[:-1]]
        lines += ["  ".join([*cells, row["locators"]]).rstrip(), f"    {row['sentence']}"]
        lines += [f"    {row['arithmetic']}"] * bool(row["arithmetic"])
    counts = Counter(row["verdict"] for row in rows)
    return "\n".join([*lines, ", ".join(f"{n} {verdict}" for verdict, n in counts.items()) or "nothing found"])
