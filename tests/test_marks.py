"""How tables tell a figure that a finding is about, one that we read otherwise, and the formula of a derived value."""

import pytest
from shown import html
from test_chapter import table_of

from helpers.language.formatter import Formatter
from helpers.views.select import Selector


@pytest.mark.parametrize(
    ("chapter", "year", "figure", "struck"),
    [
        ("1-innovation", 2018, "1.2.1-6", ["Newly registered market entities: change"]),
        ("2-integration", 2017, "T.7-target", ["US dollars"]),
        ("2-integration", 2017, "T.7-actual", ["50 billion", "US dollars"]),
        ("2-integration", 2017, "T.6-completion", ["130"]),
    ],
)
def test_a_figure_that_we_read_otherwise_is_struck_with_our_reading_beneath(opened, chapter, year, figure, struck):
    c = opened.chapter(chapter, year=year)
    table = table_of(c, f"figures-{c.figures.at[figure, 'section']}")
    row, beneath = (html(table).find(id=f"f-{key}") for key in (figure, f"{figure}-corrected"))
    assert [cell.text for cell in row.select("s")] == struck
    assert row.find_next_sibling("tr") == beneath
    assert ("read" in beneath["class"], beneath.select("s")) == (True, [])


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ("1.2.1-5", ["口径不同", "different definition"]),  # the evidence, of which another finding says this
        ("1.2.1-5~1.2.1-6", ["口径不同", "different definition"]),  # rests on a misnamed change, and is none
        ("1.2.1-6", ["名称不当", "misnamed"]),
    ],
)
def test_a_label_is_marked_where_it_is_wrong_and_nowhere_else(opened, figure, words):
    marks = []
    for language in ("zh", "en"):
        row = html(table_of(opened.chapter("1-innovation", language, 2018), "figures-1.2")).find(id=f"f-{figure}")
        marks.append("".join(mark.text for mark in row.select("a.verdict")))
    assert marks == words


@pytest.mark.parametrize(
    ("language", "chapter", "key", "formula"),
    [
        ("zh", "2-integration", "2.1.1-6~2.1.1-5", "7.1万台－1.6033万台"),
        ("en", "2-integration", "2.1.1-6~2.1.1-5", "71,000 − 16,033"),
        ("zh", "2-integration", "2.3.1-2~2.3.1-1", "1.78万个－0.1452万个"),
        ("zh", "1-innovation", "1.2.3-4~1.2.3-3", "25－13"),  # of 25家 and 13个
        ("zh", "1-innovation", "1.2.1-5~1.2.1-6", "654.2万户－125.6万户"),
    ],
)
def test_a_formula_is_written_in_one_unit(opened, language, chapter, key, formula):
    assert opened.chapter(chapter, language).derived.at[key, "formula"] == formula


@pytest.mark.parametrize(
    ("indicator", "key", "between"),
    [
        ("online-retail-sales", "T.6-completion", "104.1–112.5"),
        ("cross-border-retail-exports", "T.7-completion", "87.5–87.7"),
        ("cross-border-retail-exports", "T.7-actual", "43.79 billion–43.84 billion"),
        ("online-retail-sales", "T.6-actual", "1.25 trillion–1.35 trillion"),
    ],
)
def test_what_we_computed_in_place_of_a_figure_has_the_range_of_what_it_was_computed_from(
    package, indicator, key, between
):
    view = Selector(package).view_indicator("indicator", "en", "330000", indicator)
    assert Formatter(package, "en").format_range(view.corrected.loc[key]) == between
