"""Findings that question one figure are arguments about one fact.

Which figure is wrong a finding alone does not say. The figure that most findings have in common explains them all, so facts
are gathered around such figures, contradictions first. Figures that a finding only lists belong to no fact by that.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from helpers.audit.finding import ALARMS, Finding

LISTING = ("named", "listed")  # formulas of sides whose figures are only named


@dataclass(frozen=True, slots=True)
class Fact:
    """What findings say of one figure.

    figure: key of the figure that all of them question, empty where there is none; findings: the gravest first
    """

    figure: str
    findings: tuple[Finding, ...]

    @property
    def key(self) -> str:
        """Name of the fact: that of its gravest finding."""
        return self.findings[0].key

    @property
    def verdict(self) -> str:
        return self.findings[0].verdict

    @property
    def confidence(self) -> str:
        return self.findings[0].confidence

    @property
    def figures(self) -> tuple[str, ...]:
        """Keys of all figures that its findings name, each once."""
        return tuple(dict.fromkeys(key for finding in self.findings for key in finding.figures))


def gather(findings: Iterable[Finding], is_public: Callable[[str], bool]) -> list[Fact]:
    """The facts that alarms are about, the gravest first.

    findings: in the order of `audit`; is_public: tells the keys of public figures, which are not in question
    """
    alarms = [finding for finding in findings if finding.verdict in ALARMS]
    keys = [list_questioned(finding, is_public) for finding in alarms]
    grave = [n for n, finding in enumerate(alarms) if finding.verdict == "contradiction"]
    groups: dict[int, tuple[str, list[int]]] = {}  # by their first alarm: the figure, and places of the alarms
    first_of = _group(grave, keys, Counter(key for named in keys for key in named), groups)
    # A lesser alarm is one more argument about a fact with which it shares a figure.
    rest = []
    for n in sorted({*range(len(alarms))} - {*grave}):
        fact = next((first_of[key] for key in keys[n] if key in first_of), None)
        if fact is None:
            rest.append(n)
        else:
            groups[fact][1].append(n)
    _group(rest, keys, Counter(), groups)
    return [Fact(figure, tuple(alarms[n] for n in sorted(places))) for _, (figure, places) in sorted(groups.items())]


def _group(
    places: list[int], keys: list[list[str]], weights: Counter, groups: dict[int, tuple[str, list[int]]]
) -> dict[str, int]:
    """Add groups of alarms around the figures that most of them question; returns the group of each figure.

    weights: decide between figures that equally many of them question
    """
    holders: dict[str, list[int]] = {}
    for n in places:
        for key in keys[n]:
            holders.setdefault(key, []).append(n)
    order = sorted(holders, key=lambda key: (-len(holders[key]), -weights[key]))
    left, first_of = {*places}, {}
    for figure in order:
        own = [n for n in holders[figure] if n in left]
        if own:
            groups[own[0]] = figure, own
            left -= {*own}
    for n in left:  # about no figure of its own
        groups[n] = "", [n]
    for first in sorted(n for n in groups if n in {*places}):
        for n in groups[first][1]:
            first_of |= {key: first for key in keys[n] if key not in first_of}
    return first_of


def list_questioned(finding: Finding, is_public: Callable[[str], bool]) -> list[str]:
    """Figures of the report that a finding compares, the one in question first.

    The reported side stands last; where both sides agree and that is what is odd, the first one is in question.
    """
    sides = [side for side in finding.sides if side.formula not in LISTING]
    ordered = sides if finding.sign == "=" else sides[::-1]
    keys = [key for side in ordered for key in side.figures]
    return [key for key in keys if key not in finding.evidence and not is_public(key)]
