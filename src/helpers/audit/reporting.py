"""Facts in words: what is in question, what it changes, what to ask for, and whom."""

from helpers.audit.facts import Fact, list_questioned
from helpers.audit.wording import Wording
from helpers.language.formatter import upper_first

ASKED = 2  # ways of settling a fact that are named, those of its gravest findings
DERIVED = "completion"  # measure of figures that follow from others, which are asked for instead


def strip_name(text: str, name: str) -> str:
    """A sentence about an indicator without its name, where that stands above it already."""
    for colon in ("：", ": "):
        if name and text.startswith(name + colon):
            rest = text.removeprefix(name + colon)
            return upper_first(rest)
    return text


class FactWording:
    """Facts of one package in one reader's language."""

    def __init__(self, wording: Wording):
        self.wording, self.words, self.tables = wording, wording.words, wording.tables
        errata = self.tables.errata
        self._read_otherwise = {*errata.loc[errata["status"] != "rejected", "key"]}

    def title(self, fact: Fact) -> str:
        """The finding in a sentence; of several contradictions of one figure, how many there are."""
        grave = [finding for finding in fact.findings if finding.verdict == "contradiction"]
        if len(grave) < 2:
            return self.wording.sentence(fact.findings[0])
        row = self.wording.figure(fact.figure)
        (where,) = self.words.name_places([row])
        return self.words.say(
            "fact.contradictions", n=len(grave), name=self.words.name_with_place(row),
            amount=self.words.format_quantity(row), where=where,
        )  # fmt: skip

    def effect(self, fact: Fact) -> str:
        """What an answer would change for the targets."""
        findings = [finding for finding in fact.findings if finding.verdict == fact.verdict]
        public = self.wording.is_public
        keys = [key for finding in findings for key in list_questioned(finding, public)] or fact.figures
        changes = self.wording.describe_changes(tuple(keys), findings[0].check)
        return strip_name(changes, self._name(fact))

    def _name(self, fact: Fact) -> str:
        """Name of the indicator that a fact is about, empty where it is about several."""
        keys = [fact.figure] if fact.figure else [*fact.figures]
        names = {self.wording.figure(key)["indicator"] for key in keys}
        return self.words.name_of("indicators", *names) if len(names) == 1 else ""

    def ask(self, fact: Fact) -> str:
        """What to ask for, so that its gravest findings are settled."""
        ways = dict.fromkeys(self.wording.settled_by(finding) for finding in fact.findings)
        return self.wording.space.join([*ways][:ASKED])

    def asked(self, fact: Fact) -> list[str]:
        """Keys of the figures to ask for: the one in question, what it contradicts, and those that we read otherwise."""
        public, first = self.wording.is_public, fact.findings[0]
        if not fact.figure:
            return [key for key in fact.figures if not public(key)]
        keys = [key for finding in fact.findings for key in list_questioned(finding, public)]
        others = [key for key in keys if key in self._read_otherwise and self._measure(key) != DERIVED]
        sides = first.sides if fact.verdict == "contradiction" else ()
        plain = [key for side in sides if side.formula == "{}" for key in side.figures if not public(key)]
        return list(dict.fromkeys([fact.figure, *plain, *others]))

    def _measure(self, key: str) -> str:
        return self.wording.figure(key)["measure"]

    def whom(self, fact: Fact) -> list[str]:
        """Whom to ask: the departments in charge, else the publishers of the documents, else the publisher unnamed."""
        rows = [self.wording.figure(key) for key in self.asked(fact)]
        departments = [self.tables.indicators.at[row["indicator"], "responsible"] for row in rows]
        publishers = [self.tables.sources.at[row["document"], "publisher"] for row in rows]
        named = [department or publisher for department, publisher in zip(departments, publishers, strict=True)]
        return [*map(self.words.name_body, dict.fromkeys(filter(None, named)))] or [self.words.say("ask.publisher")]
