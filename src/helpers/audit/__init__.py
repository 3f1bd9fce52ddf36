"""The report checked against itself and against public figures: every comparison with its arithmetic and a verdict.

`CHECKS` are functions of a package's tables that yield findings. None of them knows an indicator or a figure of a plan:
what they need to know of it are the relations of its `relations.csv`. What is found to hold is a finding too. The audit
shares no code with `helpers.evaluation` but the intervals, so that neither repeats the other's mistakes.
"""

from functools import lru_cache

from helpers.audit.evidence import coverage, single_source, undated
from helpers.audit.finding import ALARMS, CONFIDENCES, VERDICTS, Finding, Side
from helpers.audit.headline import completions, equal_to_target, statements, targets
from helpers.audit.naming import categories, columns, latest, nested, qualifiers, rate_spans, stock_as_flow, tokens
from helpers.audit.quantities import (
    cumulative,
    growth,
    over_time,
    parts_of_periods,
    public,
    rates,
    same_quantity,
    shares,
    table_and_text,
)
from helpers.audit.structure import (
    additions,
    first_to_pass,
    lists,
    one_time,
    places,
    possible_shares,
    quotients,
    rankings,
    same_count,
    scopes,
    subsets,
    totals,
)
from helpers.package.tables import Tables

CHECKS = (
    table_and_text, completions, growth, same_quantity, over_time, places, totals, same_count, subsets, lists, quotients,
    additions, parts_of_periods, rankings, first_to_pass, cumulative, shares, possible_shares, statements, stock_as_flow,
    rate_spans, rates, categories, qualifiers, tokens, nested, columns, one_time, latest, public, scopes, targets,
    equal_to_target, single_source, coverage, undated,
)  # fmt: skip

__all__ = ["ALARMS", "CHECKS", "CONFIDENCES", "VERDICTS", "Finding", "Side", "audit"]


EXPLAINED = ("over_time", "parts_of_periods")  # by a contradiction of the same figure


def audit(tables: Tables) -> list[Finding]:
    """Everything that the checks find, the gravest first; within a verdict the surest, then in the order of the checks."""
    return [*_findings(tables)]


@lru_cache(maxsize=8)  # many ask for the findings of the same package
def _findings(tables: Tables) -> list[Finding]:
    checks = CHECKS if len(tables.figures) else (coverage,)
    findings = [finding for check in checks for finding in check(tables)]
    wrong = {key for finding in findings if finding.verdict == "contradiction" for key in finding.figures}

    def explained(finding: Finding) -> bool:
        return finding.verdict == "suspicious" and finding.check in EXPLAINED and not wrong.isdisjoint(finding.figures)

    kept = [finding for finding in findings if not explained(finding)]
    return sorted(kept, key=lambda finding: (VERDICTS.index(finding.verdict), CONFIDENCES.index(finding.confidence)))
