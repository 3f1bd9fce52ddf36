"""What is read from the outputs of a notebook: data of tables and pictures, headings and their anchors, what can be found."""

import json

import pandas as pd
import pytest

from helpers.display.html import FRAME_MIME
from helpers.display.table import Column, Table
from helpers.runs import outputs
from helpers.runs.outputs import Field, Heading, Resource


def output(resource: dict) -> dict:
    """An output that carries its data."""
    return {"data": {"text/html": "<p>shown</p>", FRAME_MIME: resource}}


def resource(fields: list[dict], rows: list[dict], **more) -> dict:
    """The data of a table as an output carries it."""
    named = {"name": more.pop("name", "t"), "title": more.pop("title", "a title"), "notes": more.pop("notes", [])}
    schema = {"fields": fields} | ({"primaryKey": [more.pop("key")]} if "key" in more else {})
    return named | {"schema": schema, "data": rows} | more


@pytest.mark.parametrize(
    ("value", "decimals", "separator", "text"),
    [
        (12.0, None, "", "12"),
        (12, None, "", "12"),
        (-3.5, 2, "", "-3.50"),
        (108.3, 0, "", "108"),
        (16718.8, None, ",", "16,718.8"),
        (1_671_880_000_000.0, None, "", "1671880000000"),
        (1e22, None, "", "10000000000000000000000"),
        (0.00001, None, "", "0.00001"),
        (100.0, 1, ",", "100.0"),
        (None, 1, ",", ""),
        (True, None, "", "true"),
        ("12.0", 1, ",", "12.0"),
    ],
)
def test_numbers_have_the_digits_that_are_shown(value, decimals, separator, text):
    assert Field("value", "Value", decimals).write(value, separator) == text


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [(1e11, "en", "100 billion"), (1671880000000.0, "en", "1.67188 trillion"), (71000, "en", "71,000"), (1e11, "zh", "100,000,000,000")],
)  # fmt: skip
def test_a_reader_is_shown_large_numbers_in_words(value, language, text):
    assert Field("value", "Value").show(value, language) == text


@pytest.mark.parametrize(
    ("title", "unit", "heading"),
    [("Value", "", "Value"), ("Value", "%", "Value (%)"), ("in %", "%", "in %"), ("", "%", "(%)")],
)
def test_a_heading_has_the_unit_of_its_column(title, unit, heading):
    assert Field("value", title, unit=unit).heading == heading


def test_a_table_is_read_as_it_was_shown():
    frame = pd.DataFrame({"key": ["a", "b"], "value": [1.5, None], "place": ["here", ""]})
    columns = [Column({"value": "Value"}, "Value", str, decimals=1, unit="%"), Column({"place": "Place"}, "Place")]
    table = Table("a caption", columns, frame, "t-1", "key", "f-", note="a note")
    (read,) = outputs.resources([{"outputs": [{"data": table._repr_mimebundle_()}, {"text": "printed"}]}])
    fields = (Field("key", "key"), Field("value", "Value", 1, "%"), Field("place", "Place"))
    rows = [{"key": "a", "value": 1.5, "place": "here"}, {"key": "b", "value": None, "place": ""}]
    assert read == Resource("t-1", "a caption", fields, rows, ("a note",), "key", "f-")


def test_what_is_neither_text_nor_number_is_text_or_nothing():
    rows = [{"a": ["x"], "b": float("nan")}, {}]
    fields = [{"name": name, "type": "any"} for name in "ab"]
    (read,) = outputs.resources([{"outputs": [output(resource(fields, rows))]}])
    assert read.rows == [{"a": "['x']", "b": None}, {"a": None, "b": None}]
    assert read.fields == (Field("a", "a"), Field("b", "b"))


def html(shown: str) -> list[Resource]:
    return outputs.tables_of({"data": {"text/html": shown}})


def test_a_frame_that_an_analyst_shows_is_read_with_its_numbers():
    frame = pd.DataFrame({("2017", "value"): [1.5, -2], ("2018", "value"): ["x", None]}, index=["a", "b"])
    (read,) = html(frame.to_html())
    assert [field.title for field in read.fields] == ["", "2017 value", "2018 value"]
    assert [[*row.values()] for row in read.rows] == [["a", 1.5, "x"], ["b", -2.0, None]]


def test_pandas_own_table_schema_is_enough():
    frame = pd.DataFrame({"value": [1.5]}, index=pd.Index(["a"], name="place"))
    (read,) = outputs.resources([{"outputs": [output(json.loads(frame.to_json(orient="table")))]}])
    assert (read.key, read.rows) == ("place", [{"place": "a", "value": 1.5}])


@pytest.mark.parametrize("shown", ["", "a <p>text</p>", "&lt;table&gt;", "<table></table>", "<table><tr></tr></table>"])
def test_where_there_is_no_table_there_is_no_data(shown):
    assert html(shown) == []


def cell(source: str, *tags: str) -> dict:
    return {"cell_type": "markdown", "source": source, "metadata": {"tags": [*tags]}}


def test_headings_have_the_same_anchors_in_both_languages():
    cells = [
        cell("# 目标", "zh"), cell("# Targets met", "en"), cell("## note", "lab"), {"cell_type": "code", "source": "# code"},
        cell("## 2.3 商务\n\n```\n# code\n```", "zh"), cell("## 2.3 Commerce", "en"), cell("Both\n===="),
        cell("## 目标", "zh"), cell("## Targets *met*", "en"),
    ]  # fmt: skip
    chinese, english = (outputs.headings(cells, language) for language in ("zh", "en"))
    assert [heading.anchor for own in chinese for heading in own] == [
        "s-targets-met", "s-2.3", "s-both", "s-targets-met-2",
    ]  # fmt: skip
    assert [h.anchor for own in english for h in own] == [h.anchor for own in chinese for h in own]
    assert [len(own) for own in chinese] == [1, 0, 0, 0, 1, 0, 1, 1, 0]
    assert chinese[4] == [Heading("2.3 商务", "s-2.3")]


def test_prose_that_only_one_language_has_spoils_no_other_anchor():
    cells = [cell("# 目标", "zh"), cell("# Targets", "en"), cell("# 附", "zh")]
    assert outputs.headings(cells, "zh")[0] == [Heading("目标", "s-targets")]
    assert outputs.headings(cells, "zh")[2] == [Heading("附", "s-附")]


FIELDS = [
    {"name": "figure", "type": "string"},
    {"name": "name", "type": "string", "title": "Figure"},
    {"name": "value", "type": "number", "title": "Value", "unit": "%", "decimals": 1},
    {"name": "source", "type": "string", "title": "Source"},
]


def test_sections_pictures_and_rows_with_anchors_can_be_found():
    row = {"figure": "2.3.1-1", "name": "Sales", "value": 1234.5, "source": "2.3.1"}
    claim = {"finding": "x", "verdict": "wrong", "sentence": "It is wrong."}
    claims = [{"name": name, "type": "string"} for name in claim]
    shown = [
        output(resource(FIELDS, [row], name="pic-a", title="A & B", key="figure")),
        output(resource(claims, [claim], name="cards-wrong", key="finding", anchor="a-")),
        output(resource(FIELDS, [row, row | {"figure": "none", "name": ""}], key="figure", anchor="f-")),
        output(resource(FIELDS, [row], key="figure")),
    ]
    cells = [cell("## 2.3 Commerce", "en"), {"cell_type": "code", "source": "", "outputs": shown}]
    assert outputs.entries(cells, "en") == [
        ["s-2.3", "2.3 Commerce", "", "", ""],
        ["pic-a", "A & B", "", "2.3 Commerce", ""],
        ["a-x", "It is wrong.", "wrong", "2.3 Commerce", ""],
        ["f-2.3.1-1", "Sales", "1,234.5% 2.3.1", "2.3 Commerce", ""],
    ]


def test_prose_is_found_as_it_is_read():
    prose = "## 2.3 Commerce\n\nHow did [sales](indicator.ipynb#sales)\n*grow*?\n\nTwo ways."
    assert outputs.entries([cell(prose, "en")], "en") == [
        ["s-2.3", "2.3 Commerce", "How did sales grow? Two ways.", "", ""]
    ]


def test_what_the_end_of_a_page_explains_can_be_found():
    end = '<section class="sources"><div><h2 id="about-cite">How to cite</h2><p>Plan.</p></div><dl>{}</dl></section>'
    word = '<dt id="about-met"><span class="status"><svg></svg> met</span></dt><dd>A &amp; B</dd>'
    cells = [{"cell_type": "code", "source": "", "outputs": [{"data": {"text/html": end.format(word)}}]}]
    assert outputs.entries(cells, "en") == [
        ["about-cite", "How to cite", "", "", ""],
        ["about-met", "met", "A & B", "", ""],
    ]


def test_what_rows_and_pictures_are_about_comes_last_with_its_other_names():
    row = {"figure": "1", "name": "Sales", "value": 5.0, "source": "2.3.1"}
    subjects = {"sales": ["Sales", "turnover|revenue"], "shops": ["Shops", ""]}
    table = resource(FIELDS, [row, row | {"figure": "2"}], key="figure", anchor="f-")
    picture = resource(FIELDS, [row], name="pic-a", title="Rising")
    shown = [
        output(table | {"about": ["sales", "shops"], "subjects": subjects}),
        output(picture | {"about": ["sales"], "subjects": subjects}),
    ]
    assert outputs.entries([{"cell_type": "code", "source": "", "outputs": shown}], "en") == [
        ["f-1", "Sales", "5.0% 2.3.1", "", "sales"],
        ["f-2", "Sales", "5.0% 2.3.1", "", "shops"],
        ["pic-a", "Rising", "", "", "sales"],
        ["", "Sales", "turnover|revenue", "", "sales"],
        ["", "Shops", "", "", "shops"],
    ]


def test_an_entry_is_cut_where_it_is_long():
    row = {"figure": "1", "name": "n" * 300, "value": None, "source": "w" * 300}
    shown = [output(resource(FIELDS, [row], key="figure", anchor="f-"))]
    ((_, name, words, *_),) = outputs.entries([{"cell_type": "code", "source": "", "outputs": shown}], "en")
    assert (len(name), len(words)) == (outputs.NAME, outputs.WORDS)
