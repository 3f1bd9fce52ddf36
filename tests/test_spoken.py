"""What the code fills into labels where numbers are negative, stand still or are missing: sentences that a reader understands."""

from collections import defaultdict

import pytest
from grammar import LABELS, MINUS, NUMBERS, find_nonsense, list_blanks, list_missing
from shown import CHAPTERS, Opener, outputs

from helpers.language.formatter import Formatter
from helpers.package import tables

pytestmark = pytest.mark.whole

RATES = ("growth_rate", "change")
LEVELS = ("level", "flow")


def change_figures(package: tables.Tables, change) -> tables.Tables:
    """The package with other figures and without errata, which would speak of figures that are gone."""
    raw = dict(package.raw)
    raw["figures"] = change(raw["figures"].copy())
    raw["errata"] = raw["errata"].iloc[:0]
    return tables.of(package.folder, package.plan, raw, package.years)


def set_values(measures: tuple[str, ...], write, every: int = 1):
    """Changes the values of some measures, of each or of every second, third … of them."""

    def change(figures):
        rows = figures.index[figures["measure"].isin(measures)][::every]
        figures.loc[rows, "value"] = figures.loc[rows, "value"].map(write)
        figures.loc[rows, "printed"] = figures.loc[rows, "value"]
        return figures

    return change


def negate(value: str) -> str:
    return f"-{value.lstrip('-')}"


PACKAGES = {
    "as it is": lambda figures: figures,
    "everything falls": set_values(RATES, negate),
    "nothing moves": set_values(RATES, lambda value: "0"),
    "some fall, some are below zero": set_values(RATES + LEVELS, negate, every=3),
}


def show_everything(opener: Opener, language: str):
    """All that is said of a package in a language, but for chapters that say the like."""
    for name in CHAPTERS[1:3]:
        chapter = opener.chapter(name, language, 2018)
        yield from (chapter.opening(), chapter.scoreboard(), *map(chapter.section, chapter.sections))
        for frame in (chapter.figures, chapter.derived):
            yield from (chapter.read(rows) for _, rows in frame.groupby(["section", "measure"]))
    for year in (2017, 2018):
        overview = opener.overview(year, language)
        yield from (overview.opening(), overview.scoreboard(), overview.changes(), overview.regions())
    audit, outlook = opener.audit(language), opener.outlook(language)
    yield from (audit.opening(), audit.recomputed(), audit.holds(), outlook.opening(), outlook.implied_growth())
    yield from map(audit.cards, ("contradiction", "scope", "label", "suspicious"))


@pytest.fixture(scope="module", params=PACKAGES)
def spoken(request, package) -> dict[str, dict]:
    """By language, each key of a label with what was filled into it and what that said; and formulas."""
    spoken = {language: defaultdict(list) for language in MINUS}
    plain = Formatter.say

    def say(self, key, **values):
        text = plain(self, key, **values)
        spoken[self.language][key].append((values, text))
        return text

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Formatter, "say", say)
        opener = Opener(change_figures(package, PACKAGES[request.param]))
        for language in spoken:
            shown = [*show_everything(opener, language)]
            assert all(output["text/plain"] for thing in shown if thing is not None for output in outputs(thing))
            formulas = opener.view("whole", "", language, "330000").derived["formula"]
            spoken[language]["formula"] = [({}, text) for text in formulas]
    return spoken


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_sentence_says_a_sign_twice_or_names_what_is_missing(spoken, language):
    wrong = set()
    for key, said_of in spoken[language].items():
        for values, text in said_of:
            printed = {str(values.get(name, "")) for name in ("token", "printed")}  # as a document has it
            part = find_nonsense(text, language)
            if part and not any(part in token for token in printed):
                wrong.add(f"{key}: {part!r} in {text[:200]!r}")
    assert sorted(wrong) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_filled_in_is_a_number_a_text_or_one_of_the_blanks_that_may_be_empty(spoken, language):
    empty, negative = set(), set()
    for key, said_of in spoken[language].items():
        used = list_blanks(LABELS[key][language]) if key in LABELS else set()
        for values, _ in said_of:
            for name in used & values.keys():
                value = values[name]
                assert value is not None, (key, name)
                assert value == value, (key, name)  # NaN is not
                if str(value) == "" and not list_missing(key, {name}):
                    empty.add(f"{key}: {name}")
                if str(value).startswith(MINUS[language]) and name not in NUMBERS:
                    negative.add(f"{key}: {name}")
    assert sorted(empty) == []
    assert sorted(negative) == []


INSIDE = [
    ("resident-records", "residents whose records are pooled"), ("iptv-users", "IPTV subscribers"),
    ("ecommerce-towns", "e-commerce towns"), ("hema-stores", "Hema fresh-food stores"),
    ("free-wifi-hotspots", "free Wi-Fi hotspots (i-zhejiangwifi)"),
]  # fmt: skip


@pytest.mark.parametrize(("indicator", "inside"), INSIDE)
def test_a_name_inside_a_sentence_begins_with_a_small_letter_unless_it_keeps_its_capital(package, indicator, inside):
    words = Formatter(package, "en")
    name = words.name_of("indicators", indicator)
    assert words.say("title.parts", part=name, whole=name, share="2%") == f"{name} made up 2% of {inside}"
    assert words.join_names([name, name]) == f"{name} and {inside}"
    text = words.say("finding.stock_as_flow.label", flow=name, stock=name, implied="1")
    assert text.startswith(
        f"{name}: the change and rate given agree with those of {inside}; if they were those of {inside}, there would"
    )
