"""Notebooks that no program of Jupyter's would write: a sentence says what is wrong, or they are run as if it were right."""

import json

import lxml.html
import pytest
import small
from nbformat.v4 import output_from_msg
from small import FACTS, ran

from helpers.display.html import FRAME_MIME, PAGE_MIME
from helpers.errors import UserError
from helpers.runs import forms, outputs, source

CELL = {"cell_type": "code", "id": "a", "metadata": {}, "source": "1", "outputs": [], "execution_count": None}
GOOD = {"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
SAVE = "open it in JupyterLab and save it."
NO_CELLS = f"not a notebook (it has no list of cells); {SAVE}"
NO_CELL = f"its cell 1 does not have the form of Jupyter's (cell_type, source, metadata, tags, attachments); {SAVE}"
NO_METADATA = f"the metadata of this notebook do not have the form of Jupyter's; {SAVE}"
HALF = f"its {{}} holds {{}}, half of a character, which no file can hold; {SAVE}"
R = {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ([], NO_CELLS),
        ("text", NO_CELLS),
        ({}, NO_CELLS),
        (GOOD | {"cells": {}}, NO_CELLS),
        (GOOD | {"nbformat": 3}, f"a notebook of the form 3.5, expected 4.5; {SAVE}"),
        (GOOD | {"nbformat": [{}]}, f"a notebook of the form [{{}}].5, expected 4.5; {SAVE}"),
        (GOOD | {"nbformat_minor": True}, f"a notebook of the form 4.True, expected 4.5; {SAVE}"),
        (GOOD | {"metadata": None}, NO_METADATA),
        (GOOD | {"metadata": {"kernelspec": None}}, NO_METADATA),
        (GOOD | {"metadata": {"evaluation": 1}}, NO_METADATA),
        (GOOD | {"metadata": {"evaluation": {"view": []}}}, NO_METADATA),
        (GOOD | {"metadata": R}, f"a notebook in the language 'R', expected Python; {SAVE}"),
        (GOOD | {"cells": [None]}, NO_CELL),
        (GOOD | {"cells": [{}]}, NO_CELL),
        (GOOD | {"cells": [CELL | {"cell_type": "heading"}]}, NO_CELL),
        (GOOD | {"cells": [CELL | {"source": 1}]}, NO_CELL),
        (GOOD | {"cells": [CELL | {"source": ["a", 1]}]}, NO_CELL),
        (GOOD | {"cells": [CELL | {"metadata": {"tags": None}}]}, NO_CELL),
        (GOOD | {"cells": [CELL | {"metadata": {"tags": "zh"}}]}, NO_CELL),
        (GOOD | {"cells": [CELL | {"attachments": ["a.png"]}]}, NO_CELL),
        (GOOD | {"cells": [CELL, CELL | {"source": "a\ud800"}]}, HALF.format("cell 2", r"'\ud800'")),
        (GOOD | {"cells": [CELL | {"metadata": {"\udfff": 1}}]}, HALF.format("cell 1", r"'\udfff'")),
        (GOOD | {"metadata": {"title": "\ud83d"}}, HALF.format("metadata", r"'\ud83d'")),
    ],
)
def test_what_is_no_notebook_is_told_before_any_work(content, sentence, tmp_path):
    file = tmp_path / "odd.ipynb"
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        source.read_notebook(file)
    assert str(caught.value) == f"{file}: {sentence}"


@pytest.mark.parametrize("text", ["", "{", "[" * 5000, "\ufeff"])
def test_what_is_no_json_is_no_notebook(text, tmp_path):
    file = tmp_path / "odd.ipynb"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"odd\.ipynb: not a notebook \("):
        source.read_notebook(file)


def test_a_byte_order_mark_is_no_part_of_a_notebook(tmp_path):
    file = tmp_path / "odd.ipynb"
    file.write_text(f"\ufeff{json.dumps(GOOD)}", encoding="utf-8")
    assert source.read_cells(file) == [CELL]


def test_cells_without_an_id_of_their_own_have_one_when_they_are_executed(tmp_path):
    file = tmp_path / "odd.ipynb"
    bare = {name: value for name, value in CELL.items() if name != "id"}
    cells = [CELL, bare, CELL, CELL | {"id": 7}, CELL | {"id": "cell-1"}]
    file.write_text(json.dumps(GOOD | {"cells": cells}), encoding="utf-8")
    taken = [cell["id"] for cell in json.loads(source.read_without_outputs(file))["cells"]]
    assert taken[:2] == ["a", "cell-1"]
    assert len({*taken}) == len(cells)


def show(kind: str, value) -> dict:
    return CELL | {"outputs": [{"output_type": "display_data", "data": {kind: value}, "metadata": {}}]}


@pytest.mark.parametrize("facts", ["text", [], 1, {"form": 1}, {"form": FACTS["form"]}, FACTS | {"years": ["2017"]}])
def test_facts_of_another_form_are_not_believed(facts):
    standing = FACTS | {"language": "en", "title": "standing", "short": "s"}
    executed = json.dumps(GOOD | {"cells": [show(PAGE_MIME, facts)]})
    assert source.read_facts(executed, standing)["title"] == "standing"


FIELDS = {"fields": [{"name": "a"}]}


@pytest.mark.parametrize(
    "resource",
    [
        "text",
        {"data": [], "schema": {}},
        {"data": [], "schema": {"fields": []}},
        {"data": {}, "schema": FIELDS},
        {"data": [1], "schema": FIELDS},
        {"data": [], "schema": {"fields": [{"name": 1}]}},
        {"data": [{"a": 1}], "schema": FIELDS | {"primaryKey": ["b"]}, "anchor": "x"},
        {"data": [{}], "schema": FIELDS | {"primaryKey": ["a"]}, "anchor": "x"},
        {"data": [{"a": 1}], "schema": FIELDS | {"primaryKey": ["a"]}, "anchor": "x", "about": ["b"]},
    ],
)
def test_data_of_another_form_are_not_believed(resource):
    cells = [show(FRAME_MIME, resource)]
    assert outputs.resources(cells) == []
    assert outputs.entries(cells, "en") == []


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({"text/plain": "a", "text/html": ["a", "b"]}, ["text/plain", "text/html"]),
        ({"text/plain": {"a": 1}, "image/png": None, "x": [1]}, []),
        ({"application/json": {"a": 1}, "application/vnd.x.v5+json": [1], "application/javascript": {}}, ["application/json", "application/vnd.x.v5+json"]),
    ],
)  # fmt: skip
def test_what_no_notebook_can_hold_is_not_shown(data, kept):
    assert [*forms.keep_good_data(data)] == kept


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("stream", {"name": "stderr", "text": "a"}),
        ("stream", {"name": "stderr", "text": ["a"]}),
        ("stream", {"name": "stderr", "text": None}),
        ("display_data", {"data": {"text/plain": "a", "application/json": {"b": [{"c": 1}]}}, "metadata": {"d": {}}, "transient": {}}),
        ("display_data", {"data": {"text/plain": 1}, "metadata": {}}),
        ("display_data", {"data": {}, "metadata": []}),
        ("execute_result", {"data": {"text/plain": "a"}, "metadata": {}, "execution_count": 3}),
        ("execute_result", {"data": {"text/plain": "a"}, "metadata": {}, "execution_count": None}),
        ("execute_result", {"data": {"text/plain": "a"}, "metadata": {}, "execution_count": -1}),
        ("execute_result", {"data": {"text/plain": "a"}, "metadata": {}, "execution_count": True}),
        ("error", {"ename": "E", "evalue": "a", "traceback": ["b"]}),
        ("error", {"ename": "E", "evalue": "a", "traceback": "b"}),
        ("comm_open", {"data": {}, "metadata": {}}),
    ],
)  # fmt: skip
def test_an_output_is_what_nbformat_makes_of_a_message(kind, content):
    def make(function):
        try:
            output = function({"header": {"msg_type": kind}, "content": content})
        except Exception as error:
            return type(error)
        return type(output), output

    assert make(forms.make_output) == make(output_from_msg)


@pytest.mark.kernel
@pytest.mark.usefixtures("nothing_left")
def test_a_run_succeeds_without_what_no_notebook_can_hold(sources, out):
    shows = (
        "from IPython.display import display\ndisplay({'application/javascript': {}, 'text/plain': 'kept'}, raw=True)"
    )
    small.notebook(sources / "odd.ipynb", small.OPENING, shows)
    assert ran(sources, out).outcomes == {"odd_2017_zh": "succeeded"}
    assert "kept" in (out / "odd_2017_zh.html").read_text(encoding="utf-8")


@pytest.mark.kernel
@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"metadata": {"tags": ["a,b"]}}, "'a,b' does not match '^[^,]+$', at cells.1.metadata.tags.0"),
        ({"id": "a b"}, "'a b' does not match '^[a-zA-Z0-9-_]+$', at cells.1.id"),
    ],
)
def test_what_only_a_checker_of_notebooks_notices_is_told_before_any_cell(change, error, sources, out):
    path = small.notebook(sources / "odd.ipynb", small.RAISES)
    content = json.loads(path.read_text())
    content["cells"][1] |= change
    path.write_text(json.dumps(content))
    entry = ran(sources, out).entries["odd_2017_zh"]
    assert (entry.outcome, entry.cell) == ("raised", None)
    assert entry.error == f"not a good notebook ({error}); open it in JupyterLab and save it"


@pytest.mark.kernel
@pytest.mark.usefixtures("nothing_left")
def test_a_page_shows_the_pictures_that_a_cell_holds_and_the_words_of_those_it_lacks(sources, out):
    path = small.notebook(sources / "odd.ipynb", small.OPENING)
    content = json.loads(path.read_text())
    text = "![甲](<attachment:图 1.png>) ![乙](attachment:b.png) ![丙](attachment:c.png)"
    held = {"图 1.png": {"image/png": "aGVsbG8="}, "c.png": {}}
    cell = {"cell_type": "markdown", "id": "held", "metadata": {}, "source": text, "attachments": held}
    path.write_text(json.dumps(content | {"cells": [*content["cells"], cell]}))
    assert ran(sources, out).outcomes == {"odd_2017_zh": "succeeded"}
    pictures = lxml.html.parse(out / "odd_2017_zh.html").findall(".//main//img")
    assert [(picture.get("alt"), picture.get("src", "")) for picture in pictures] == [
        ("甲", "data:image/png;base64,aGVsbG8="), ("乙", ""), ("丙", ""),
    ]  # fmt: skip


@pytest.mark.kernel
@pytest.mark.usefixtures("nothing_left")
def test_a_page_says_that_it_cannot_show_an_output_and_no_warning_is_printed(sources, out):
    kinds = (
        "'application/geo+json': {}",
        "'application/javascript': 'x'",
        "'a<b>': 'x', 'application/pdf': 'eA=='",
        "",
    )
    cells = [f"from IPython.display import display\ndisplay({{{kind}}}, raw=True)" for kind in kinds]
    opening = small.OPENING.replace("'unshown': 'unshown'", "'unshown': 'not shown: {kinds}'")
    small.notebook(sources / "odd.ipynb", opening, *cells)
    done = small.evaluate(sources, "run", "--out", out, "--years", "2017", "--languages", "en")
    assert (done.code, "Warning" in done.err) == (0, False)
    page = lxml.html.parse(out / "odd_2017_en.html")
    assert [part.text_content() for part in page.findall(".//main//p[@class='cut']")] == [
        f"not shown: {kinds}" for kinds in ("application/geo+json", "application/javascript", "a<b>, application/pdf")
    ]
