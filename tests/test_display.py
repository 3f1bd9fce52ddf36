"""What cells show, as HTML, as text and as data: tables, pictures, parts, and bars that say what the numbers beside them say."""

import json
import math
import re
from itertools import product

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from frictionless import Schema
from shown import CHAPTERS, html, outputs

from helpers.display import html as display
from helpers.display import theme
from helpers.display.html import FRAME_MIME, Html, Markup, Value
from helpers.display.table import Column, Parts, Picture, Table

NAN = math.nan
HOSTILE = '<script>alert(1)</script> & "x"'


def drawn(value: float, lower: float, upper: float, status: str = "met", form: str = "printed") -> str:
    return display.bar(value, lower, upper, status, form)


def table(**options) -> Table:
    """Two rows of a name and a number."""
    frame = pd.DataFrame({"key": ["a", "b"], "name": ["A", HOSTILE], "value": [1.25, NAN], "place": ["here", "there"]})
    columns = [
        Column({"name": "Name"}, "Name"),
        Column({"value": "Value"}, "Value", lambda row: f"{row['value']:.2f}", "number", 2, "%"),
    ]
    return Table(**{"caption": "Two rows", "columns": columns, "rows": frame, "name": "t", "key": "key"} | options)


def picture(of: Table) -> Picture:
    return Picture("pic-t", "A title", "In %", '<svg role="img" aria-label="A: 1.25"></svg>', "A note", of, "Data")


# --- tables ----------------------------------------------------------------------------------------------------


def test_everything_from_the_data_is_escaped():
    shown = table(caption=HOSTILE, group="name", anchor="r-", note=HOSTILE)
    shown.columns[0] = Column({"name": HOSTILE}, HOSTILE)
    soup = html(shown)
    assert soup.find_all("script") == []
    assert soup.caption.text == soup.select_one(".note").text == soup.select_one("thead th").text == HOSTILE
    assert soup.select("tr.group")[1].text == HOSTILE
    assert soup.select_one("[role=region]")["aria-label"] == HOSTILE


def test_markup_of_a_column_stays_markup():
    shown = table()
    shown.columns[0] = Column({"name": "Name"}, "Name", lambda row: Markup("<b>{}</b>").format(row["name"]))
    assert [cell.text for cell in html(shown).select("tbody th b")] == ["A", HOSTILE]


def test_rows_stand_under_the_title_of_their_group():
    bodies = html(table(group="place")).select("tbody")
    assert [[row.text for row in body.select("tr")] for body in bodies] == [
        ["here", "A1.25"], ["there", f"{HOSTILE}nan"],
    ]  # fmt: skip
    assert all(body.select_one("tr.group th[scope=rowgroup]")["colspan"] == "2" for body in bodies)


def test_a_row_has_its_anchor_where_it_may_be_linked():
    assert [row.get("id") for row in html(table(anchor="r-")).select("tbody tr")] == ["r-a", "r-b"]
    assert [row.get("id") for row in html(table()).select("tbody tr")] == [None, None]
    rows = table().rows.assign(anchored=[True, False])
    assert [row.get("id") for row in html(table(anchor="r-", rows=rows)).select("tbody tr")] == ["r-a", None]


def test_each_row_has_one_header_and_each_header_a_scope():
    soup = html(table())
    assert all(len(row.select("th[scope=row]")) == 1 for row in soup.select("tbody tr"))
    assert [head["scope"] for head in soup.select("thead th")] == ["col", "col"]


def test_a_table_that_folds_says_its_columns_in_each_cell():
    shown = table(kind="score")
    shown.columns[:] = [
        Column({"name": "name"}, Markup('name<span data-target="100"></span>')), Column({"value": "value"}, "a < b"),
    ]  # fmt: skip
    assert 'data-label="a &lt; b"' in shown.html
    assert 'data-label="name"' in shown.html
    assert "data-label" not in table().html


def test_the_text_of_a_table_is_its_data():
    caption, heads, *rows = table().plain.splitlines()
    assert caption == "Two rows"
    assert heads.split() == ["key", "name", "value"]
    assert rows[0].split() == ["a", "A", "1.25"]
    assert len(rows) == 2


def test_the_frame_of_a_table_has_what_its_columns_show():
    assert [*table().frame.columns] == ["key", "name", "value"]
    assert [*table(group="place").frame.columns] == ["key", "place", "name", "value"]
    assert table().frame["value"].dtype == float


def test_an_empty_field_is_an_empty_cell():
    assert Column({"x": "x"}, "x").cell({"x": None}) == Column({"x": "x"}, "x").cell({"x": NAN}) == ""


# --- data ------------------------------------------------------------------------------------------------------


def test_the_data_of_a_table_is_a_frictionless_resource():
    resource = table(anchor="r-", note="A note").resource
    schema = Schema.from_descriptor(resource["schema"])
    assert schema.field_names == ["key", "name", "value"]
    assert schema.primary_key == ["key"]
    assert (resource["name"], resource["title"], resource["notes"], resource["anchor"]) == (
        "t", "Two rows", ["A note"], "r-",
    )  # fmt: skip
    (value,) = [field for field in resource["schema"]["fields"] if field["name"] == "value"]
    assert (value["type"], value["title"], value["decimals"], value["unit"]) == ("number", "Value", 2, "%")


def test_a_missing_number_is_null_in_the_data():
    assert [row["value"] for row in table().resource["data"]] == [1.25, None]
    for missing in (np.inf, -np.inf, NAN):
        rows = table().rows.assign(value=missing)
        assert [row["value"] for row in table(rows=rows).resource["data"]] == [None, None]


def test_the_data_is_json_without_signs_that_json_lacks():
    text = json.dumps(table().resource, allow_nan=False)
    assert json.loads(text)["data"][1]["name"] == HOSTILE


def test_a_picture_has_the_data_of_its_table_under_its_own_name():
    of = table(anchor="r-")
    shown = picture(of)
    assert shown.frame is of.frame
    assert shown.resource["data"] == of.resource["data"]
    assert (shown.resource["name"], shown.resource["title"]) == ("pic-t", "A title")
    assert shown.resource["notes"] == ["In %", "A note"]
    assert "anchor" not in shown.resource
    assert shown.plain.splitlines() == ["A title", *of.plain.splitlines()[1:]]
    soup = html(shown)
    assert soup.figure["id"] == "pic-t"
    assert len(soup.figure.details.table.select("tbody tr")) == 2


def resources(opened) -> list[dict]:
    """The data of everything that all notebooks show in 2017 and 2018 in English."""
    things = [opened.overview().scoreboard(), opened.overview().missing(), opened.overview(2018).changes(),
              opened.audit().cards("label"), opened.audit().summary(), opened.audit().checklist(), opened.audit().limits(),
              opened.audit().scopes(), opened.audit().errata(), opened.audit().checks(), opened.audit().holds(),
              opened.audit().recomputed(), opened.outlook().after(), opened.outlook().undated(),
              opened.outlook().unanswered(), opened.outlook().public_after(), opened.outlook().implied_growth()]  # fmt: skip
    for name, year in product(CHAPTERS, (2017, 2018)):
        chapter = opened.chapter(name, year=year)
        things += [chapter.scoreboard(), chapter.stages(), *map(chapter.section, chapter.sections), chapter.places()]
    shown = [output.get(FRAME_MIME) for thing in things for output in outputs(thing)]
    return [resource for resource in shown if resource is not None]


@pytest.mark.whole
def test_all_data_of_the_notebooks_follow_their_schemas(opened):
    shown = resources(opened)
    assert len(shown) > 60
    for resource in shown:
        schema = Schema.from_descriptor(resource["schema"])
        names = schema.field_names
        assert all([*row] == names for row in resource["data"]), resource["name"]
        json.dumps(resource, allow_nan=False)
        for field in schema.fields:
            values = [row[field.name] for row in resource["data"]]
            python = {"number": (int, float), "integer": int, "string": str, "boolean": bool}[field.type]
            assert all(value is None or isinstance(value, python) for value in values), (resource["name"], field.name)
            assert field.title, (resource["name"], field.name)
        if schema.primary_key:
            keys = [tuple(row[name] for name in schema.primary_key) for row in resource["data"]]
            assert len(keys) == len({*keys}), resource["name"]


def number_in(text: str) -> float | None:
    """The number that a text of the page begins with, in the unit written."""
    match = re.match(r"[^\d−-]*([−-]?[\d.,]+)", text)
    return float(match[1].replace(",", "").replace("−", "-")) if match else None


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_number_is_rounded_in_the_data_as_it_is_shown(opened, name):
    """In Chinese a number is written in the unit beside it, so both can be compared digit by digit."""
    chapter, compared = opened.chapter(name, "zh", 2017), 0
    for section in chapter.sections:
        for part in chapter.section(section).parts:
            if not isinstance(part, Table) or not part.name.startswith(("figures-", "undated-")):
                continue
            cells = {row["id"][2:]: row.select_one("td.number").text for row in html(part).select("tr[id^='f-']")}
            for row in part.frame.itertuples():
                if row.unit and re.fullmatch(r"[−-]?[\d.,]+", cells[row.figure]):
                    assert number_in(cells[row.figure]) == row.value, row.figure
                    compared += 1
    assert compared > 10


# --- parts -----------------------------------------------------------------------------------------------------


def test_each_part_is_an_output_of_its_own(capsys):
    sentence = Html(Markup("<p>First.</p>"), "First.")
    parts = Parts(sentence, table(), picture(table(name="u")))
    assert [*parts.frames] == ["t", "pic-t"]
    assert [part.plain for part in parts.parts] == repr(parts).split("\n\n")
    parts._ipython_display_()  # without a kernel, IPython prints what a terminal shows
    assert capsys.readouterr().out.split() == repr(parts).split()


def test_a_sentence_has_no_data():
    assert FRAME_MIME not in Html(Markup("<p>First.</p>"), "First.")._repr_mimebundle_()


def test_text_that_sorts_otherwise_carries_its_order():
    cell = BeautifulSoup(Markup("{}").format(Value("1.2 trillion", 1.2e12)), "lxml")
    assert (cell.span["data-order"], cell.text) == ("1200000000000", "1.2 trillion")
    assert Markup("{}").format(Value("2018", "2018")) == "2018"
    assert Markup("{}").format(Value("<b>", 0.5)) == '<span data-order="0.5">&lt;b&gt;</span>'


# --- bars ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "end"), [(98.0, "98"), (100.0, "100"), (0.0, "0"), (-20.0, "0"), (234.0, "150"), (13.93, "13.93")]
)
def test_a_bar_ends_at_its_value_and_at_the_end_of_the_scale(value, end):
    assert f'd="M0 3H{end}V11H0Z"' in drawn(value, value, value)


def test_a_bar_past_the_scale_is_cut():
    assert drawn(234, 234, 234).count("<path") == drawn(134, 134, 134).count("<path") + 1


def test_the_target_is_a_line_and_what_is_missing_a_dotted_one():
    for value in (50.0, NAN):
        assert 'd="M100 0V14"' in drawn(value, value, value)
    assert "V11H0Z" not in drawn(NAN, NAN, NAN)
    assert "stroke-dasharray" in drawn(NAN, NAN, NAN)


@pytest.mark.parametrize(
    ("lower", "upper", "ends"),
    [(90, 110, "M90 15.5H110M90 13V18M110 13V18"), (99.5, 100.5, ""), (140, math.inf, "M140 15.5H150M140 13V18")],
)
def test_a_range_is_drawn_beneath_where_it_can_be_seen(lower, upper, ends):
    paths = re.findall(r'd="(M[^"]*15\.5[^"]*)"', drawn(100, lower, upper))
    assert paths == [ends] * bool(ends)


@pytest.mark.parametrize(
    ("form", "inside", "dashed"), [("printed", theme.EVEN, 0), ("derived", theme.PAPER, 0), ("public", theme.PAPER, 1)]
)
def test_forms_are_told_apart(form, inside, dashed):
    paths = drawn(90, 90, 90, form=form)
    assert f'fill="{inside}" stroke="{theme.EVEN}"' in paths
    assert paths.count("dasharray") == dashed


def test_readers_of_screens_hear_the_numbers_only():
    assert 'aria-hidden="true"' in drawn(90, 90, 90)
