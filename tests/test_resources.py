"""The data of a table as a Frictionless resource, whatever an analyst's frame holds, and its text for a terminal."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from frictionless import Resource, Schema

from helpers.display.table import Column, Table
from helpers.views import Audit, Chapter, Outlook, Overview
from helpers.views.select import Selector

pytestmark = pytest.mark.whole

HOSTILE = '"<script>alert("1")</script> & Co'
# A figure, a derived row beneath it, and a quantity without value or year.
ROWS = pd.DataFrame(
    {
        "figure": ["1.1-1", "1.1-1~1.1-2", "1.2-1"],
        "name": ["Sales", "Sales, derived", "Firms"],
        "value": [16718.8, 13332.4, float("nan")],
        "year": pd.array([2018, 2017, None], dtype="Int64"),
        "known": [True, True, False],
        "unseen": ["kept", "for", "writers"],
    }
)
COLUMNS = [Column({name: name.title()}, name.title()) for name in ("name", "value", "year", "known")]


def table(rows: pd.DataFrame = ROWS, **more) -> Table:
    return Table("Figures of 1.1", COLUMNS, rows, **{"name": "figures-1.1", "key": "figure"} | more)


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        ROWS.assign(name=["a,b", 'a"b', "a\nb"]),
        ROWS.assign(name=[None, "", "null"]),
        ROWS.assign(name=[("a", "b"), (), ("c",)]),
        ROWS.assign(name=pd.Categorical(["a", "b", "a"])),
        ROWS.assign(name=[1, "a", None]),
        ROWS.assign(name=pd.Series([1, 2, 3], dtype=object)),
        ROWS.set_axis([5, 5, 7]),
    ],
    ids=["plain", "punctuation", "missing", "lists", "categories", "mixed", "untyped", "index"],
)
def test_any_table_is_a_valid_resource(rows):
    resource = table(rows).resource
    report = Resource.from_descriptor(resource).validate()
    assert report.flatten(["rowNumber", "fieldName", "note"]) == []
    assert len(resource["data"]) == len(rows)


def test_an_empty_table_keeps_its_types():
    resource = table(ROWS.iloc[:0]).resource
    assert resource["data"] == []
    assert resource["schema"] == table().resource["schema"]
    assert [field["type"] for field in resource["schema"]["fields"]] == [
        "string", "string", "number", "integer", "boolean",
    ]  # fmt: skip


def test_a_table_without_a_name_is_a_resource_without_one():
    resource = table(name="").resource
    assert "name" not in resource
    assert Resource.from_descriptor(resource | {"name": "table-1"}).validate().valid


def test_columns_named_by_numbers_are_named_by_text():
    frame = pd.DataFrame({2017: pd.array([1, None], dtype="Int64")})
    numbered = Table("Counts", [Column({2017: "2017"}, "2017")], frame)
    assert Schema.from_descriptor(numbered.resource["schema"]).field_names == ["2017"]
    assert numbered.resource["data"] == [{"2017": 1}, {"2017": None}]
    assert numbered.plain.split() == ["Counts", "2017", "1"]


def test_keys_in_a_list_are_one_text():
    resource = table(ROWS.assign(name=[("a", "b"), (), ("c",)])).resource
    assert [row["name"] for row in resource["data"]] == ["a b", "", "c"]


def test_a_gap_is_blank_in_plain_text():
    lines = table().plain.splitlines()
    assert lines[-1].split() == ["1.2-1", "Firms", "False"]
    assert table().frame["year"].dtype == "Int64"  # the frame itself keeps its gaps


def test_the_plain_text_of_a_long_table_is_cut_and_says_so():
    rows = pd.DataFrame({"n": range(1000), "text": "x" * 500})
    lines = Table("Long", [Column({"n": "n"}, "n"), Column({"text": "text"}, "text")], rows).plain.splitlines()
    assert len(lines) < 70
    assert max(map(len, lines)) < 80
    assert any(set(line) == {".", " "} for line in lines)


def test_ids_headings_groups_and_notes_are_text():
    rows = pd.DataFrame({"key": [HOSTILE], "name": [HOSTILE], "group": [HOSTILE], "row_kind": [HOSTILE]})
    columns = [Column({"name": HOSTILE}, HOSTILE)]
    page = BeautifulSoup(Table(HOSTILE, columns, rows, HOSTILE, "key", "f-", "group", HOSTILE, "score").html, "lxml")
    texts = ["caption", "thead th", "tr.group th", "th[scope=row]", "p.note"]
    assert page.script is None
    assert [page.select_one(where).text for where in texts] == [HOSTILE] * len(texts)
    assert (page.table["id"], page.select_one("tr[id]")["id"]) == (HOSTILE, f"f-{HOSTILE}")
    assert page.find(role="region")["aria-label"] == HOSTILE
    assert page.select_one("th[scope=row]")["data-label"] == HOSTILE


NOTEBOOKS = {
    "chapter": (Chapter, "2-integration", ["scoreboard", "stages", "places"]),
    "overview": (Overview, "0-overview", ["scoreboard", "corrections", "categories", "missing", "changes"]),
    "audit": (Audit, "6-audit", ["recomputed", "errata", "corrections", "checks", "holds"]),
    "outlook": (
        Outlook,
        "7-outlook",
        ["after", "implied_growth", "undated", "unanswered", "unfinished", "public_after"],
    ),
}


@pytest.fixture(scope="module")
def selector(package) -> Selector:
    return Selector(package)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", NOTEBOOKS)
def test_what_notebooks_show_are_valid_resources(selector, kind, language):
    opened, name, methods = NOTEBOOKS[kind]
    notebook = opened(selector.view(kind, name, language, "330000"), year=2018)
    shown = [getattr(notebook, method)() for method in methods]
    if kind == "chapter":
        shown += [part for section in notebook.sections for part in notebook.section(section).parts]
    if kind == "audit":
        shown += map(notebook.cards, ("contradiction", "label", "suspicious", "scope"))
    resources = [thing.resource for thing in shown if thing.frame is not None]
    assert len(resources) >= len(methods) - 1
    for resource in resources:
        assert Resource.from_descriptor(resource).validate().flatten(["note"]) == [], resource["name"]


@pytest.mark.parametrize("frame", ["figures", "targets", "derived", "platforms", "public", "findings"])
def test_an_analyst_s_table_of_any_frame_is_a_valid_resource(selector, frame):
    chapter = Chapter(selector.view("chapter", "2-integration", "en", "330000"), year=2018)
    resource = chapter.table(getattr(chapter, frame)).resource
    assert Resource.from_descriptor(resource | {"name": frame}).validate().flatten(["note"]) == []
