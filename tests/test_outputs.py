"""What is read from the outputs of a notebook: tables cell by cell, headings and their anchors, what can be looked for."""

import pandas as pd
import pytest

from helpers.runs import outputs
from helpers.runs.outputs import Heading


def read(shown: str) -> outputs.Table:
    return outputs.read(next(outputs.parsed(shown).iter("table")))


def texts(shown: str) -> list[list[str]]:
    return [[cell.text for cell in line.cells] for line in read(f"<table>{shown}</table>").lines]


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("a <b>b</b>c", "a bc"),
        ("a<br>b<p>c</p>d", "a b c d"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("a &lt;b&gt; &amp;amp;\xa0c\n", "a <b> &amp; c"),
        ("a<!-- b --><script>c</script><style>d</style><svg><text>e</text></svg>", "a"),
        ('a<svg aria-label="met"></svg> <span aria-hidden="true">b</span><i hidden>c</i>', "amet"),
        ('a <span class="note aside">b</span><details>c</details><button>d</button>', "a"),
        ("", ""),
    ],
)
def test_a_text_is_what_a_reader_reads(shown, text):
    assert outputs.text(outputs.parsed(shown)) == text


def test_cells_that_span_are_in_every_row_and_in_the_first_column():
    shown = '<tr><th rowspan="2">a</th><td colspan="2">b</td></tr><tr><td>c</td><td>d</td></tr><tr><td>e</td></tr>'
    assert texts(shown) == [["a", "b", ""], ["a", "c", "d"], ["e", "", ""]]


def test_a_table_inside_a_table_is_not_its_rows():
    assert texts("<tr><td>a<table><tr><td>b</td></tr></table></td></tr>") == [["a b"]]


def test_a_frame_that_an_analyst_shows_is_read_with_its_numbers():
    frame = pd.DataFrame({("2017", "value"): [1.5, -2], ("2018", "value"): ["x", "1,000"]}, index=["a", "b"])
    table = read(frame.to_html())
    assert table.headings == ["", "2017 value", "2018 value"]
    assert [[cell.number for cell in line.cells] for line in table.lines] == [["", "1.5", ""], ["", "-2.0", "1000"]]


def cell(source: str, *tags: str) -> dict:
    return {"cell_type": "markdown", "source": source, "metadata": {"tags": [*tags]}}


def test_headings_have_the_same_anchors_in_both_languages():
    cells = [
        cell("# 目标", "zh"), cell("# Targets met", "en"), cell("## note", "lab"), {"cell_type": "code", "source": "# code"},
        cell("## 2.3 商务\n\n```\n# code\n```", "zh"), cell("## 2.3 Commerce", "en"), cell("Both\n===="),
        cell("## 目标", "zh"), cell("## Targets *met*", "en"),
    ]  # fmt: skip
    chinese, english = (outputs.headings(cells, language) for language in ("zh", "en"))
    assert [heading.anchor for found in chinese for heading in found] == [
        "s-targets-met", "s-2.3", "s-both", "s-targets-met-2",
    ]  # fmt: skip
    assert [h.anchor for found in english for h in found] == [h.anchor for found in chinese for h in found]
    assert [len(found) for found in chinese] == [1, 0, 0, 0, 1, 0, 1, 1, 0]
    assert chinese[4] == [Heading("2.3 商务", "s-2.3")]


def test_prose_that_only_one_language_has_spoils_no_other_anchor():
    cells = [cell("# 目标", "zh"), cell("# Targets", "en"), cell("# 附", "zh")]
    assert outputs.headings(cells, "zh")[0] == [Heading("目标", "s-targets")]
    assert outputs.headings(cells, "zh")[2] == [Heading("附", "s-附")]


def test_what_can_be_looked_for_are_sections_pictures_cards_and_rows_with_anchors():
    shown = """<figure id="pic-a"><figcaption><div class="kicker">in %</div><strong>A &amp; B</strong></figcaption></figure>
      <article class="card" id="a-1"><p class="badge"><b class="verdict">wrong</b> Finding 1</p><h3>It is wrong.</h3>
      <figure id="pic-b"><figcaption><strong>of the card</strong></figcaption></figure></article>
      <table><tr id="f-1"><th>name <a class="verdict">wrong</a></th><td>12</td><td></td></tr><tr><th>none</th></tr></table>"""
    cells = [
        cell("## 2.3 Commerce", "en"),
        {"cell_type": "code", "source": "", "outputs": [{"data": {"text/html": shown}}]},
    ]
    assert outputs.entries(cells, "en") == [
        ["s-2.3", "2.3 Commerce", "", ""],
        ["pic-a", "A & B", "", "2.3 Commerce"],
        ["a-1", "It is wrong.", "wrong Finding 1", "2.3 Commerce"],
        ["f-1", "name", "12", "2.3 Commerce"],
    ]


def test_an_entry_is_cut_where_it_is_long():
    shown = f'<table><tr id="f-1"><th>{"n" * 200}</th><td>{"w" * 200}</td></tr></table>'
    ((_, name, words, _),) = outputs.entries(
        [{"cell_type": "code", "source": "", "outputs": [{"data": {"text/html": shown}}]}], "en"
    )
    assert (len(name), len(words)) == (outputs.NAME, outputs.WORDS)
