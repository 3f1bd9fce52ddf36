"""What a check finds: figures, the arithmetic with its ranges, a verdict."""

from dataclasses import dataclass

from helpers.numbers.interval import Interval

VERDICTS = ("contradiction", "label", "suspicious", "scope", "consistent")
ALARMS = VERDICTS[:3]
DOUBTS = VERDICTS[:4]  # which figures are marked with
LIMITS = ("coverage", "undated")  # checks of what the figures cannot tell; they compare none
CONFIDENCES = ("high", "medium", "low")
OPPOSITE = {"=": "≠", "≤": ">"}


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a formula over figures, and the range that it gives.

    formula: with `{}` for each figure in turn, such as `{}÷(1+{})`; or `listed` (a count of things named in the finding's
    values), `named` (figures that are only named), `bound` (a limit) or `none`
    value: in base units of `unit`, which is empty for that of the first figure
    period: which it is of, where that is not the period of the first figure
    """

    formula: str
    figures: tuple[str, ...] = ()
    value: Interval | None = None
    unit: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says of some figures.

    check: slug of the check; verdict, confidence: as in `VERDICTS`, `CONFIDENCES`; sides: what was compared, the first of
    them computed; sign: how they stand to each other; variant: which sentence says it, empty for that of the
    verdict; names: indicators, sections or chapters it is about beside those of its figures; values: more blanks of
    the sentence; bounds_both_sides: does it bound the size of its figures from both sides, as an equality does?
    evidence: keys of those of its figures that it takes for right, and questions nowhere
    """

    check: str
    verdict: str
    confidence: str
    sides: tuple[Side, ...]
    sign: str = "="
    variant: str = ""
    names: tuple[str, ...] = ()
    values: tuple[tuple[str, object], ...] = ()
    bounds_both_sides: bool = False
    evidence: tuple[str, ...] = ()

    @property
    def figures(self) -> tuple[str, ...]:
        """Keys of its figures in `figures.csv` and `external.csv`, each once, in the order of the arithmetic."""
        return tuple(dict.fromkeys(key for side in self.sides for key in side.figures))

    @property
    def key(self) -> str:
        """Name of the finding, the same as long as check and figures are."""
        return "-".join([self.check, *(self.figures or self.names)])


def compare(
    check: str, sides: tuple[Side, ...], relation: str, holds: bool, confidence: str = "high", variant: str = "",
    otherwise: str = "contradiction", values: tuple = (), bounds_both_sides: bool = False,
) -> Finding:  # fmt: skip
    """The finding of a check that wants a relation (`=`, `≤`) to hold between two sides.

    otherwise: the verdict where it does not hold
    """
    verdict, sign = ("consistent", relation) if holds else (otherwise, OPPOSITE[relation])
    return Finding(check, verdict, confidence, sides, sign, variant, (), values, bounds_both_sides)
