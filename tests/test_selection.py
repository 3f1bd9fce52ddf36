"""Any frame that pandas makes of a notebook's frames is a table of the page, with the names of its rows."""

import pandas as pd
import pytest
from shown import html

from helpers.errors import UserError

FIGURES = pd.DataFrame({"section": ["2.1", "2.1", "2.2"], "year": [2017, 2018, 2017], "value": [1.5, 2.0, 3.25]})


@pytest.fixture(scope="module")
def chapter(opened):
    return opened.chapter(language="en", year=2018)


def texts(table) -> list[list[str]]:
    """Rows of a table as its page shows them, the headings first."""
    return [[cell.text for cell in row.select("th, td")] for row in html(table).select("tr")]


@pytest.mark.parametrize(
    ("selection", "rows"),
    [
        (FIGURES.groupby("section")["value"].max(), [["Section", "Value"], ["2.1", "2"], ["2.2", "3.25"]]),
        (FIGURES["section"].value_counts(), [["Section", "count"], ["2.1", "2"], ["2.2", "1"]]),
        (FIGURES.groupby(["section", "year"]).size().rename("n"), [["Section", "Year", "n"], ["2.1", "2017", "1"], ["2.1", "2018", "1"], ["2.2", "2017", "1"]]),
        (FIGURES.pivot(index="section", columns="year", values="value"), [["Section", "2017", "2018"], ["2.1", "1.5", "2"], ["2.2", "3.25", ""]]),
        (FIGURES.groupby("section").agg({"value": ["min", "max"]}), [["Section", "value min", "value max"], ["2.1", "1.5", "2"], ["2.2", "3.25", "3.25"]]),
        (FIGURES["value"].describe()[["count", "max"]], [["Item", "Value"], ["count", "3"], ["max", "3.25"]]),
        (FIGURES[["value"]].rename_axis("figure"), [["Value"], ["1.5"], ["2"], ["3.25"]]),
        (FIGURES["value"], [["Value"], ["1.5"], ["2"], ["3.25"]]),
        (pd.Series([1, 2]), [["0"], ["1"], ["2"]]),
        (pd.DataFrame({"actual": [847.05], "completion": [87.64]}), [["Actual", "Computed completion"], ["847.05", "87.6%"]]),
        (pd.DataFrame({"actual": [1.23456, "a word"]}), [["Actual"], ["1.23"], ["a word"]]),  # objects, which are not rounded
        (pd.DataFrame({"keys": [("a", "b"), ["c"]]}), [["keys"], ["a b"], ["c"]]),
        (pd.DataFrame({"day": pd.to_datetime(["2018-01-02", None])}), [["day"], ["2018-01-02 00:00:00"], [""]]),
    ],
)  # fmt: skip
def test_a_selection_is_a_table_with_the_names_of_its_rows(chapter, selection, rows):
    assert texts(chapter.table(selection)) == rows


def test_the_frame_of_a_table_holds_the_names_of_its_rows(chapter):
    frame = chapter.table(FIGURES.groupby("section")["value"].max()).frame
    pd.testing.assert_frame_equal(
        frame, pd.DataFrame({"section": ["2.1", "2.2"], "value": [2.0, 3.25]}), check_dtype=False
    )


@pytest.mark.parametrize(
    ("selection", "sentence"),
    [
        (
            pd.concat([FIGURES, FIGURES], axis="columns"),
            "the frame has several columns named section, value, year; give each a name",
        ),
        (
            FIGURES.set_axis(["a", "b", "c"], axis="columns").groupby("a").max().assign(a=1),
            "the frame has several columns named a;",
        ),
        ({"a": [1]}, "a table shows a DataFrame or a Series of pandas, and not a dict."),
    ],
)
def test_what_cannot_be_a_table_is_told_in_a_sentence(chapter, selection, sentence):
    with pytest.raises(UserError, match=sentence):
        chapter.table(selection)
