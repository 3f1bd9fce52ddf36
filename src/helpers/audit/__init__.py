"""The report checked against itself and against public figures: every comparison with its arithmetic and a verdict.

`CHECKS` are functions of a package's tables that yield findings. None of them knows an indicator or a figure of a plan:
what they need to know of it are the relations of its `relations.csv`. What is found to hold is a finding too. The audit
shares no code with `helpers.evaluation` but the intervals, so that neither repeats the other's mistakes.
"""

from functools import lru_cache

from helpers.audit import evidence, headline, naming, quantities, structure
from helpers.audit.finding import ALARMS, CONFIDENCES, DOUBTS, LIMITS, VERDICTS, Finding, Side
from helpers.package.tables import Tables

CHECKS = (
    quantities.table_and_text, headline.completions, quantities.growth, quantities.same_quantity, quantities.over_time,
    structure.places, structure.totals, structure.same_count, structure.subsets, structure.lists, structure.quotients,
    structure.additions, quantities.parts_of_periods, structure.rankings, structure.first_to_pass,
    quantities.cumulative, quantities.shares, structure.possible_shares, headline.statements, naming.stock_as_flow,
    naming.rate_spans, quantities.rates, naming.categories, naming.qualifiers, naming.tokens, naming.nested,
    naming.columns, structure.one_time, naming.latest, quantities.public, structure.scopes, headline.targets,
    headline.equal_to_target, evidence.single_source, evidence.coverage, evidence.undated,
)  # fmt: skip

__all__ = ["ALARMS", "CHECKS", "CONFIDENCES", "DOUBTS", "LIMITS", "VERDICTS", "Finding", "Side", "audit"]


EXPLAINED = ("over_time", "parts_of_periods")  # by a contradiction of the same figure


def audit(tables: Tables) -> list[Finding]:
    """Everything that the checks find, the gravest first; within a verdict the surest, then in the order of the checks."""
    return [*_list_findings(tables)]


@lru_cache(maxsize=8)  # many ask for the findings of the same package
def _list_findings(tables: Tables) -> list[Finding]:
    checks = CHECKS if len(tables.figures) else (evidence.coverage,)
    findings = [finding for check in checks for finding in check(tables)]
    wrong = {key for finding in findings if finding.verdict == "contradiction" for key in finding.figures}

    def explained(finding: Finding) -> bool:
        return finding.verdict == "suspicious" and finding.check in EXPLAINED and not wrong.isdisjoint(finding.figures)

    kept = [finding for finding in findings if not explained(finding)]
    return sorted(kept, key=lambda finding: (VERDICTS.index(finding.verdict), CONFIDENCES.index(finding.confidence)))
