"""Findings in words: locators, arithmetic, a sentence, what would settle it, what it changes for the targets.

`rows` is the interface for other programs; its keys (`KEYS`) stay.
"""

import json
from collections import Counter

import pandas as pd

from helpers.audit.figures import PUBLIC, numbers
from helpers.audit.finding import Finding, Side
from helpers.audit.headline import at_target_year
from helpers.language.formatter import Formatter
from helpers.numbers import period
from helpers.package.tables import Rows, Tables, corrected

UNBROKEN = "\N{NO-BREAK SPACE}"  # stands for a blank inside a locator where a blank separates two
KEYS = ("check", "locators", "figures", "arithmetic", "verdict", "confidence", "settled_by", "changes", "sentence")
SIGNS = {"en": {"＋": " + ", "－": " − ", "÷": " ÷ ", "×": " × "}, "zh": {}}

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


class Wording:
    """Findings of one package in one reader's language."""

    def __init__(self, tables: Tables, words: Formatter):
        """tables: what was audited; words: names and numbers of the same package."""
        self.tables, self.words, self.language = tables, words, words.language
        self.figures = pd.concat([tables.figures, tables.external]) if len(tables.external) else tables.figures
        self.corrected = corrected(tables)
        self.before, self.after = at_target_year(tables), at_target_year(self.corrected)
        self._figures, self._rows = Rows(self.figures), {}
        columns = ("target", "actual", "printed_figure")
        self._headline = {key: name for column in columns for name, key in self.before[column].items() if key}
        self._origin = numbers(tables).set_index("figure")["origin"].to_dict()

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

    def figure(self, key: str) -> dict:
        """A figure's row, read once: a big package has tens of thousands of findings."""
        if key not in self._rows:
            self._rows[key] = self._figures[key]
        return self._rows[key]

    # --- pieces of a row -----------------------------------------------------------------------------------

    def locators(self, finding: Finding) -> list[str]:
        """Places that hold the figures, without public ones, else the sections it is about."""
        places = [self.words.format_place(self.figure(key)) for key in finding.figures if self._origin[key] != PUBLIC]
        return list(dict.fromkeys(places)) or list(finding.names)

    def arithmetic(self, finding: Finding) -> str:
        """What was computed from what, with ranges, and how the sides stand to each other."""
        values = dict(finding.values)
        sides = [side for side in (self.side(side, finding) for side in finding.sides) if side]
        if finding.sign == "of":
            return self.words.say("arithmetic.of", share=sides[0], whole=sides[1])
        if finding.sign == ";":
            return self.words.join_phrases(sides)
        if "total" in values:
            return f"{values['n']}÷{values['total']} = {self.words.format_percent(100 * values['n'] / values['total'])}"
        if "fitting" in values:
            return " ≠ ".join(self.words.name_of("terms", values[name]) for name in ("category", "fitting"))
        if "inner" in values:
            return (
                f"{self.words.name_of('regions', values['inner'])} ⊂ {self.words.name_of('regions', values['outer'])}"
            )
        if "token" in values and self.language == "zh":
            return values["token"]
        return f" {finding.sign} ".join(sides)

    def side(self, side: Side, finding: Finding) -> str:
        """One side: its formula, what that gives, and the range."""
        if side.formula in ("named", "listed"):
            return self._list_items(side, finding)
        if side.formula == "bound":
            return self.amount(side)
        if side.formula == "none":
            return ""
        printed = [self.words.format_quantity(self.figure(key)) for key in side.figures]
        formula = side.formula.format(*printed, days=self.words.say("finding.days"))
        for sign, spaced in SIGNS[self.language].items():
            formula = formula.replace(sign, spaced)
        if side.formula != "{}":
            formula += f" = {self.amount(side)}"
        between = self.between(side)
        return self.words.say("arithmetic.range", amount=formula, range=between) if between else formula

    def _list_items(self, side: Side, finding: Finding) -> str:
        items = self._name_items(dict(finding.values).get("items", ()))
        if side.value is None:
            return ""
        count = self.words.format_number(side.value.value, 0)
        return self.words.say("arithmetic.listed", n=count, names=self.words.join_phrases(items)) if items else count

    def amount(self, side: Side) -> str:
        """What a side comes to: as printed, or as it was computed."""
        if side.value is None:
            return ""
        if side.formula == "{}":
            return self.words.format_quantity(self.figure(side.figures[0]))
        if side.unit == "%":
            return self.words.format_percent(side.value.value, 1 if abs(side.value.value) >= 100 else 2)
        if not side.figures:
            return self.words.format_number(side.value.value, 0)
        return self.words.format_amount(self.row(side))

    def row(self, side: Side, finer: int = 0) -> dict:
        """A row that writes a side's value as the first of its figures is written, in the unit of the side."""
        row = self._like(side.figures[0], side.value.value)
        return row | {"decimals": row["decimals"] + finer, "base_unit": side.unit or row["base_unit"]}

    def _like(self, key: str, value: float) -> dict:
        """A row that writes a value in base units as a figure is written."""
        return self.figure(key) | {"base": value, "form": "derived"}

    def between(self, side: Side) -> str:
        """The range of a side, or nothing where it is exact."""
        value = side.value
        if value is None or value.lower == value.upper or not side.figures:
            return ""
        if side.unit == "%":
            return self.words.format_ends(value.lower, value.upper, lambda end: self.words.format_percent(end, 2))
        first = self.figure(side.figures[0])
        whole = first["multiplier"] == 1 and self.words.find_dimension(first) == "count"
        row = self.row(side, int(side.formula == "{}" and not whole))
        return self.words.format_ends(value.lower, value.upper, lambda end: self.words.format_value(row, end))

    # --- sentences -----------------------------------------------------------------------------------------

    def sentence(self, finding: Finding) -> str:
        """The finding in one sentence."""
        return self._say(f"finding.{finding.check}.{finding.verdict}", finding)

    def settled_by(self, finding: Finding) -> str:
        """What would settle it; empty for a finding that holds."""
        return "" if finding.verdict == "consistent" else self._say(f"settled.{finding.check}", finding)

    def _say(self, key: str, finding: Finding) -> str:
        labels = self.words.column("labels", self.language)
        exact = f"{key}.{finding.variant}"
        return self.words.say(exact if finding.variant and exact in labels else key, **self._fill_blanks(finding))

    def _fill_blanks(self, finding: Finding) -> dict[str, object]:
        """What a sentence may name: the quantity, both sides, where they stand, how far they are apart."""
        words, rows = self.words, [self.figure(key) for key in finding.figures]
        blanks: dict[str, object] = {"n": 0, "fix": "", "gap": "", "name": "", "when": "", "note": ""}
        if rows:
            names = [words.name_with_place(self.figure(side.figures[0])) for side in finding.sides if side.figures]
            blanks |= {"name": words.name_with_place(rows[0]), "when": words.format_period(rows[0])}
            blanks |= {"names": words.join_names(list(dict.fromkeys(names))), "other": names[-1]}
        for letter, side in zip("abc", finding.sides, strict=False):
            blanks[letter] = self.amount(side)
            blanks[f"where_{letter}"] = self.where(side)
            blanks[f"when_{letter}"] = self.when(side)
        for key, value in finding.values:
            blanks |= self._fill_blank(key, value, finding)
        if finding.names:
            blanks["items"] = words.join_names([self._name_section(key) for key in finding.names])
        return blanks

    def _fill_blank(self, key: str, value, finding: Finding) -> dict[str, object]:
        """The blanks that one of a finding's values fills."""
        words = self.words
        if key in WRITERS:
            return {key: WRITERS[key](words, value)}
        match key:
            case "times":
                return {key: words.format_number(value, 2 if value < 100 else 0), "gap": self.gap(value)}
            case "power":
                printed = words.format_quantity(self.figure(finding.sides[-1].figures[0]))
                direction = "left" if value > 0 else "right"
                return {"fix": words.say(f"finding.fix.{direction}", n=abs(value), printed=printed)}
            case "relation":
                return {"note": self.tables.relations.at[value, "note_zh" if self.language == "zh" else "note"]}
            case "implied":
                return {key: words.format_amount(self._like(finding.figures[0], value.value))}
            case "regions":
                return {"region": words.join_names([words.name_of(key, name) for name in value])}
            case "items":
                return {key: words.join_names(self._name_items(value)), "n": len(value)}
        return {key: value}

    def _name_items(self, items: tuple[str, ...]) -> list[str]:
        """Names of indicators, places and platforms; what is none of them is a name already, in the report's language."""
        tables = ("indicators", "regions", "platforms")
        table_of = {
            item: next((name for name in tables if item in getattr(self.tables, name).index), "") for item in items
        }
        if self.language != "zh" and not all(table_of.values()):
            return []
        return [self.words.name_of(table_of[item], item) if table_of[item] else item for item in items]

    def _name_section(self, key: str) -> str:
        """A chapter or a section by its title."""
        if key in self.tables.sections.index:
            return f"{key} {self.words.name_of('sections', key, 'title')}"
        return self.words.name_of("chapters", int(key), "title")

    def gap(self, times: float) -> str:
        """How far two numbers are apart: in % up to twice, else how many times."""
        if times < 2:
            return self.words.say("finding.gap.percent", share=self.words.format_percent((times - 1) * 100))
        return self.words.say("finding.gap.times", times=self.words.format_number(times, 2 if times < 100 else 0))

    def when(self, side: Side) -> str:
        """The period that a side is of."""
        if not side.figures:
            return ""
        row = self.figure(side.figures[0])
        return self.words.format_period(row | {"period": side.period or row["period"]})

    def where(self, side: Side) -> str:
        """Where a side's figures stand."""
        keys = side.figures
        places = [
            self.words.say("finding.public") if self._origin[k] == PUBLIC else self.words.format_place(self.figure(k))
            for k in keys
        ]
        return self.words.join_names(list(dict.fromkeys(places)))

    # --- what it changes -----------------------------------------------------------------------------------

    def changes(self, finding: Finding) -> str:
        """What a finding changes for the targets: completions with errata applied, or those that rest on its figures."""
        if finding.verdict == "consistent":
            return ""
        say, sentences = self.words.say, []
        for indicator in self.concerned(finding):
            before = self.before.loc[indicator]
            after = self.after.loc[indicator] if indicator in self.after.index else before
            name, done = self.words.name_of("indicators", indicator), self._describe_completion(before)
            if self._has_erratum(before):
                corrected = self._describe_completion(after)
                sentences.append(say("changes.errata", name=name, before=done, after=corrected))
                sentences.append(self._describe_half(before))
            elif before["standing"] != "missing":
                sentences.append(say("changes.rests", name=name, done=done))
            else:
                sentences.append(say("changes.missing", name=name))
        return self.words.join_phrases([text for text in sentences if text]) or say("changes.none")

    def concerned(self, finding: Finding) -> list[str]:
        """Headline indicators whose target, actual value or printed completion a finding names."""
        return list(dict.fromkeys(self._headline[key] for key in finding.figures if key in self._headline))

    def _has_erratum(self, row: pd.Series) -> bool:
        errata = self.tables.errata
        keys = set(errata.loc[errata["status"] != "rejected", "key"])
        return bool(keys & {row["target"], row["actual"], row["printed_figure"]})

    def _describe_completion(self, row: pd.Series) -> str:
        standing = self.words.say(f"standing.{row['standing']}")
        if pd.isna(row["value"]):
            return standing
        return self.words.say("changes.done", done=self.words.format_percent(row["value"]), standing=standing)

    def _describe_half(self, before: pd.Series) -> str:
        """Completion if only the actual value is read otherwise, where errata change the target too."""
        readings, figures = self.corrected.figures, self.tables.figures
        target, actual = before["target"], before["actual"]
        if not actual or before["kind"] != "level" or readings.at[target, "base"] == figures.at[target, "base"]:
            return ""
        if readings.at[actual, "base_unit"] != figures.at[target, "base_unit"]:
            return ""
        done = readings.at[actual, "base"] / figures.at[target, "base"] * 100
        return self.words.say("changes.half", done=self.words.format_percent(done))


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
