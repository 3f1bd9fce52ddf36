"""Findings in words: locators, arithmetic, a sentence, what would settle it, what it changes for the targets.

`rows` is the interface for other programs; its keys (`KEYS`) stay.
"""

import csv
import io
import json
from collections import Counter

import pandas as pd

from helpers.audit.estimates import PUBLIC, numbers
from helpers.audit.finding import Finding, Side
from helpers.audit.headline import at_target_year
from helpers.language.formatter import Words
from helpers.numbers import period
from helpers.package.tables import Tables, corrected

KEYS = ("check", "locators", "figures", "arithmetic", "verdict", "confidence", "settled_by", "changes", "sentence")
SIGNS = {"en": {"＋": " + ", "－": " − ", "÷": " ÷ ", "×": " × "}, "zh": {}}


class Wording:
    """Findings of one package in one reader's language."""

    def __init__(self, tables: Tables, words: Words):
        """tables: what was audited; words: names and numbers of the same package."""
        self.tables, self.words, self.language = tables, words, words.language
        self.figures = pd.concat([tables.figures, tables.external]) if len(tables.external) else tables.figures
        self.read = corrected(tables)
        self.before, self.after = at_target_year(tables), at_target_year(self.read)
        self._rows: dict[str, pd.Series] = {}
        columns = ("target", "actual", "printed_figure")
        self._headline = {key: name for column in columns for name, key in self.before[column].items() if key}
        self._origin = numbers(tables).set_index("figure")["origin"].to_dict()

    def rows(self, findings: list[Finding]) -> list[dict[str, str]]:
        """One row a finding, with `KEYS`; locators and figures are separated by spaces."""
        return [
            {
                "check": one.check,
                "locators": " ".join(self.locators(one)),
                "figures": " ".join(one.figures),
                "arithmetic": self.arithmetic(one),
                "verdict": one.verdict,
                "confidence": one.confidence,
                "settled_by": self.settled_by(one),
                "changes": self.changes(one),
                "sentence": self.sentence(one),
            }
            for one in findings
        ]

    def figure(self, key: str) -> pd.Series:
        """A figure's row, read once: a big package has tens of thousands of findings."""
        if key not in self._rows:
            self._rows[key] = self.figures.loc[key]
        return self._rows[key]

    # --- pieces of a row -----------------------------------------------------------------------------------

    def locators(self, finding: Finding) -> list[str]:
        """Paragraphs and rows of the table that hold the report's figures, else the sections it is about."""
        found = [self.figure(key)["source"] for key in finding.figures if self._origin[key] != PUBLIC]
        return list(dict.fromkeys(found)) or list(finding.names)

    def arithmetic(self, finding: Finding) -> str:
        """What was computed from what, with ranges, and how the sides stand to each other."""
        values = dict(finding.values)
        sides = [side for side in (self.side(side, finding) for side in finding.sides) if side]
        if finding.sign == "of":
            return self.words.say("arithmetic.of", share=sides[0], whole=sides[1])
        if finding.sign == ";":
            return self.words.listed(sides)
        if "total" in values:
            return f"{values['n']}÷{values['total']} = {self.words.percent(100 * values['n'] / values['total'])}"
        if "fitting" in values:
            return f"{self.words.say('category.' + values['category'])} ≠ {self.words.say('category.' + values['fitting'])}"
        if "inner" in values:
            return f"{self.words.named('regions', values['inner'])} ⊂ {self.words.named('regions', values['outer'])}"
        if "token" in values and self.language == "zh":
            return values["token"]
        return f" {finding.sign} ".join(sides)

    def side(self, side: Side, finding: Finding) -> str:
        """One side: its formula, what that gives, and the range."""
        if side.formula in ("named", "listed"):
            return self._listed(side, finding)
        if side.formula == "bound":
            return self.amount(side)
        if side.formula == "none":
            return ""
        said = [self.words.said(self.figure(key)) for key in side.figures]
        formula = side.formula.format(*said, days=self.words.say("finding.days"))
        for sign, spaced in SIGNS[self.language].items():
            formula = formula.replace(sign, spaced)
        if side.formula != "{}":
            formula += f" = {self.amount(side)}"
        between = self.between(side)
        return self.words.say("arithmetic.range", amount=formula, range=between) if between else formula

    def _listed(self, side: Side, finding: Finding) -> str:
        items = self._names(dict(finding.values).get("items", ()))
        if side.value is None:
            return ""
        count = self.words.number(side.value.value, 0)
        return self.words.say("arithmetic.listed", n=count, names=self.words.listed(items)) if items else count

    def amount(self, side: Side) -> str:
        """What a side comes to: as printed, or as it was computed."""
        if side.value is None:
            return ""
        if side.formula == "{}":
            return self.words.said(self.figure(side.figures[0]))
        if side.unit == "%":
            return self.words.percent(side.value.value, 1 if abs(side.value.value) >= 100 else 2)
        if not side.figures:
            return self.words.number(side.value.value, 0)
        return self.words.amount(self.row(side))

    def row(self, side: Side, finer: int = 0) -> pd.Series:
        """A row that writes a side's value as the first of its figures is written, in the unit of the side."""
        row = self.figure(side.figures[0]).copy()
        row["base"], row["form"] = side.value.value, "derived"
        row["decimals"] += finer
        row["base_unit"] = side.unit or row["base_unit"]
        return row

    def between(self, side: Side) -> str:
        """The range of a side, or nothing where it is exact."""
        value = side.value
        if value is None or value.lower == value.upper or not side.figures:
            return ""
        if side.unit == "%":
            return self.words.ranged(value.lower, value.upper, lambda end: self.words.percent(end, 2))
        first = self.figure(side.figures[0])
        whole = first["multiplier"] == 1 and self.words.dimension(first) == "count"
        row = self.row(side, int(side.formula == "{}" and not whole))
        return self.words.ranged(value.lower, value.upper, lambda end: self.words.value(row, end))

    # --- sentences -----------------------------------------------------------------------------------------

    def sentence(self, finding: Finding) -> str:
        """The finding for a reader who wants only that."""
        return self._say(f"finding.{finding.check}.{finding.verdict}", finding)

    def settled_by(self, finding: Finding) -> str:
        """What would settle it; nothing where nothing is open."""
        return "" if finding.verdict == "consistent" else self._say(f"settled.{finding.check}", finding)

    def _say(self, key: str, finding: Finding) -> str:
        labels = self.words.column("labels", self.language)
        exact = f"{key}.{finding.variant}"
        return self.words.say(exact if finding.variant and exact in labels else key, **self._blanks(finding))

    def _blanks(self, finding: Finding) -> dict[str, object]:
        """What a sentence may name: the quantity, both sides, where they stand, how far they are apart."""
        words, values = self.words, dict(finding.values)
        blanks: dict[str, object] = {"n": 0, "fix": "", "gap": "", "name": "", "when": "", "note": ""} | {
            key: value for key, value in values.items() if isinstance(value, int | float | str)
        }
        rows = [self.figure(key) for key in finding.figures]
        if rows:
            blanks |= {"name": words.with_place(rows[0]), "when": words.when(rows[0])}
            names = [words.with_place(self.figure(side.figures[0])) for side in finding.sides if side.figures]
            blanks |= {"names": words.join(list(dict.fromkeys(names))), "other": names[-1]}
        for letter, side in zip("abc", finding.sides, strict=False):
            blanks[letter] = self.amount(side)
            blanks[f"where_{letter}"] = self.where(side)
            blanks[f"when_{letter}"] = self.when(side)
        if "times" in values:
            blanks["times"] = words.number(values["times"], 2 if values["times"] < 100 else 0)
            blanks["gap"] = self.gap(values["times"])
        if "power" in values:
            power = values["power"]
            printed = words.said(self.figure(finding.sides[-1].figures[0]))
            blanks["fix"] = words.say(
                "finding.fix.left" if power > 0 else "finding.fix.right", n=abs(power), printed=printed
            )
        if "relation" in values:
            relation = self.tables.relations.loc[values["relation"]]
            blanks["note"] = relation["note_zh" if self.language == "zh" else "note"]
        if "implied" in values:
            row = self.figure(finding.figures[0]).copy()
            row["base"], row["form"] = values["implied"].value, "derived"
            blanks["implied"] = words.amount(row)
        for key in ("flow", "stock"):
            if key in values:
                blanks[key] = words.named("indicators", values[key])
        for key in ("region", "inner", "outer"):
            if key in values:
                blanks[key] = words.named("regions", values[key])
        for key in ("category", "fitting"):
            if key in values:
                blanks[key] = words.say(f"category.{values[key]}")
        if "regions" in values:
            blanks["region"] = words.join([words.named("regions", key) for key in values["regions"]])
        if "period" in values:
            blanks["period"] = period.label(values["period"], self.language)
        if "works" in values:
            blanks["works"] = words.join([str(n) for n in values["works"]])
        if "items" in values:
            blanks["items"], blanks["n"] = words.join(self._names(values["items"])), len(values["items"])
        if "kind" in values:
            blanks["kind"] = words.say(f"finding.counted.{values['kind']}")
        if "share" in values:
            blanks["share"] = words.percent(values["share"])
        if finding.names:
            blanks["items"] = words.join([self._named(key) for key in finding.names])
        return blanks

    def _names(self, items: tuple[str, ...]) -> list[str]:
        """Names of indicators, places and platforms; what is none of them is a name already, in the report's language."""
        tables = ("indicators", "regions", "platforms")
        found = [next((name for name in tables if item in getattr(self.tables, name).index), "") for item in items]
        if self.language != "zh" and not all(found):
            return []
        return [self.words.named(table, item) if table else item for item, table in zip(items, found, strict=True)]

    def _named(self, key: str) -> str:
        """A chapter or a section by its title."""
        if key in self.tables.sections.index:
            return f"{key} {self.words.named('sections', key, 'title')}"
        return self.words.named("chapters", int(key), "title")

    def gap(self, times: float) -> str:
        """How far two numbers are apart: in % up to twice, else how many times."""
        if times < 2:
            return self.words.say("finding.gap.percent", share=self.words.percent((times - 1) * 100))
        return self.words.say("finding.gap.times", times=self.words.number(times, 2 if times < 100 else 0))

    def when(self, side: Side) -> str:
        """The period that a side is of."""
        if not side.figures:
            return ""
        row = self.figure(side.figures[0])
        return self.words.when(row if not side.period else pd.Series({**row, "period": side.period}))

    def where(self, side: Side) -> str:
        """Where a side's figures stand."""
        keys = side.figures
        places = [
            self.words.say("finding.public") if self._origin[k] == PUBLIC else self.figure(k)["source"] for k in keys
        ]
        return self.words.join(list(dict.fromkeys(places)))

    # --- what it changes -----------------------------------------------------------------------------------

    def changes(self, finding: Finding) -> str:
        """What a finding changes for the targets: completions with errata applied, or those that rest on its figures."""
        if finding.verdict == "consistent":
            return ""
        sentences = []
        for indicator in self.concerned(finding):
            before = self.before.loc[indicator]
            after = self.after.loc[indicator] if indicator in self.after.index else before
            name = self.words.named("indicators", indicator)
            if self._read_otherwise(before):
                sentences.append(
                    self.words.say("changes.errata", name=name, before=self._done(before), after=self._done(after))
                )
                sentences.append(self._half(before, after))
            elif before["standing"] != "missing":
                sentences.append(self.words.say("changes.rests", name=name, done=self._done(before)))
            else:
                sentences.append(self.words.say("changes.missing", name=name))
        text_ = self.words.listed([sentence for sentence in sentences if sentence])
        return text_ or self.words.say("changes.none")

    def concerned(self, finding: Finding) -> list[str]:
        """Headline indicators whose target, actual value or printed completion a finding names."""
        return list(dict.fromkeys(self._headline[key] for key in finding.figures if key in self._headline))

    def _read_otherwise(self, row: pd.Series) -> bool:
        errata = self.tables.errata
        keys = set(errata.loc[errata["status"] != "rejected", "key"])
        return bool(keys & {row["target"], row["actual"], row["printed_figure"]})

    def _done(self, row: pd.Series) -> str:
        standing = self.words.say(f"standing.{row['standing']}")
        if pd.isna(row["value"]):
            return standing
        return self.words.say("changes.done", done=self.words.percent(row["value"]), standing=standing)

    def _half(self, before: pd.Series, after: pd.Series) -> str:
        """Completion if only the actual value is read otherwise, where errata change the target too."""
        read, figures = self.read.figures, self.tables.figures
        target, actual = before["target"], before["actual"]
        if not actual or before["kind"] != "level" or read.at[target, "base"] == figures.at[target, "base"]:
            return ""
        if read.at[actual, "base_unit"] != figures.at[target, "base_unit"]:
            return ""
        done = read.at[actual, "base"] / figures.at[target, "base"] * 100
        return self.words.say("changes.half", done=self.words.percent(done))


def written(rows: list[dict[str, str]], form: str) -> str:
    """Rows as `csv` or `json`, or as a `table` for a terminal."""
    if form == "json":
        return json.dumps(rows, ensure_ascii=False, indent=1)
    if form == "csv":
        stream = io.StringIO()
        writer = csv.DictWriter(stream, KEYS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return stream.getvalue().rstrip("\n")
    columns = ("verdict", "confidence", "check", "locators")
    widths = {name: max((len(row[name]) for row in rows), default=0) for name in columns}
    lines = []
    for row in rows:
        cells = [row[name].ljust(widths[name]) for name in columns[:-1]]
        lines += ["  ".join([*cells, row["locators"]]).rstrip(), f"    {row['sentence']}"]
        lines += [f"    {row['arithmetic']}"] * bool(row["arithmetic"])
    counts = Counter(row["verdict"] for row in rows)
    return "\n".join([*lines, ", ".join(f"{n} {verdict}" for verdict, n in counts.items()) or "nothing found"])
