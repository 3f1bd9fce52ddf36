"""Findings of the audit in words, and the numbers of their pictures, as frames."""

import pandas as pd

from helpers.audit.facts import gather
from helpers.audit.finding import Finding, Side
from helpers.audit.headline import at_target_year, attained
from helpers.audit.reporting import FactWording
from helpers.audit.wording import Wording, join_locators
from helpers.language.formatter import Formatter
from helpers.package.tables import Tables

DRAWN = ("contradiction", "label")  # verdicts whose findings are drawn, where a picture helps
FINDINGS = (
    "finding", "check", "check_name", "verdict", "verdict_name", "confidence", "sentence", "arithmetic", "sign", "settled_by",
    "changes", "locators", "figures", "evidence", "of_figures",
)  # fmt: skip
FACTS = (
    "fact", "verdict", "verdict_name", "confidence", "title", "effect", "ask", "whom", "indicator", "figure", "asked",
    "figures", "arguments",
)  # fmt: skip
COMPARISONS = (
    "finding", "picture", "place", "period", "amount", "range", "label", "lower", "value", "upper", "base_unit", "form",
    "figures", "gap", "multiple",
)  # fmt: skip


LISTS = dict.fromkeys(("figures", "evidence", "asked", "arguments"), "object")
OTHER_TYPES = LISTS | {"of_figures": "bool", "lower": "float64", "value": "float64", "upper": "float64"}


def _typed(rows: list[tuple], columns: tuple[str, ...]) -> pd.DataFrame:
    """Rows as a frame whose columns have the same types when it is empty."""
    frame = pd.DataFrame(rows, columns=list(columns))
    types = {name: OTHER_TYPES.get(name, "str") for name in columns}
    if columns == COMPARISONS:
        types |= {"finding": "int64", "multiple": "int64"}
    return frame.astype({name: kind for name, kind in types.items() if frame.dtypes[name] != kind})


def _name_verdict(finding: Finding, words: Formatter) -> str:
    """The verdict in words; of a label that does not fit, what is wrong with it."""
    return words.say(f"verdict.{finding.verdict}{f'.{finding.check}' if finding.verdict == 'label' else ''}")


class WordedFindings:
    """Findings about one package, worded once for the runs of a region, which follow each other."""

    def __init__(self, package: Tables):
        self.package = package
        self._wordings: dict[tuple[str, str], Wording] = {}
        self._findings: dict[tuple, tuple] = {}

    def wording(self, language: str, region: str) -> Wording:
        """Findings as a page of a region words them, which names all places but its own; kept while its runs follow."""
        if (language, region) not in self._wordings:
            self._wordings = {key: wording for key, wording in self._wordings.items() if key[1] == region}
            self._wordings[language, region] = Wording(self.package, Formatter(self.package, language, region))
            self._findings = {key: cells for key, cells in self._findings.items() if key[2] == region}
        return self._wordings[language, region]

    def rows(self, findings: list[Finding], language: str, region: str) -> pd.DataFrame:
        """Findings in words, the gravest first."""
        wording = self.wording(language, region)
        rows = []
        for finding in findings:
            key = finding, language, region
            if key not in self._findings:
                words = wording.words
                self._findings[key] = (
                    finding.key, finding.check, words.say(f"check.{finding.check}"), finding.verdict,
                    _name_verdict(finding, words), finding.confidence, wording.sentence(finding),
                    wording.arithmetic(finding), finding.sign, wording.settled_by(finding), wording.changes(finding),
                    join_locators(wording.locators(finding)), finding.figures, finding.evidence,
                    "total" not in dict(finding.values),
                )  # fmt: skip
            rows.append(self._findings[key])
        return _typed(rows, FINDINGS)

    def facts(self, findings: list[Finding], language: str, region: str) -> pd.DataFrame:
        """What the findings question, one row a fact: what it changes, what to ask for, and whom."""
        wording = self.wording(language, region)
        words, telling, rows = wording.words, FactWording(wording), []
        for fact in gather(findings, wording.is_public):
            asked = telling.asked(fact)
            about = wording.figure(fact.figure or asked[0])["indicator"] if asked else ""
            rows.append(
                (
                    fact.key, fact.verdict, words.say(f"verdict.{fact.verdict}"), fact.confidence, telling.title(fact),
                    telling.effect(fact), telling.ask(fact), words.join_phrases(telling.whom(fact)), about, fact.figure,
                    tuple(asked), fact.figures, tuple(finding.key for finding in fact.findings),
                )
            )  # fmt: skip
        return _typed(rows, FACTS)

    def comparisons(self, findings: list[Finding], language: str, region: str) -> pd.DataFrame:
        """Both sides of the findings that have two in one unit and do not meet, for their pictures."""
        wording, rows = self.wording(language, region), []
        for number, finding in enumerate(findings):
            sides = finding.sides
            if finding.verdict not in DRAWN or len(sides) != 2 or any(s.value is None or not s.figures for s in sides):
                continue
            units = [side.unit or wording.figures.at[side.figures[0], "base_unit"] for side in sides]
            if units[0] != units[1] or sides[0].value.meets(sides[1].value):
                continue
            chained = sides[0].formula == "{}÷(1+{})" and min(side.value.value for side in sides) > 0
            one_unit, gap = wording.units(finding), wording.distance(sides)
            for side in sides:
                rows.append(
                    (
                        number, "chain" if chained else "ranges", wording.where(side), str(wording.when(side)),
                        str(wording.amount(side, one_unit)), wording.between(side, one_unit),
                        wording.words.format_label(wording.row(side, one_unit)),
                        float(side.value.lower), float(side.value.value), float(side.value.upper), units[0],
                        self._form(side), side.figures, gap,
                        one_unit.multiples.get(units[0], 0),
                    )
                )  # fmt: skip
        return _typed(rows, COMPARISONS)

    def _form(self, side: Side) -> str:
        if side.formula != "{}":
            return "derived"
        return "printed" if side.figures[0] in self.package.figures.index else "public"


def recomputed_completions(package: Tables, region: str) -> pd.DataFrame:
    """Completions in the target year, as printed and as the audit computes them."""
    frame = at_target_year(package) if region == package.plan.region else attained(package).iloc[:0]
    frame = frame[(frame["printed_figure"] != "") & frame["value"].notna()]
    kept = ["printed_value", "value", "lower", "upper", "printed_figure"]
    return frame[kept].rename_axis("indicator").reset_index()
