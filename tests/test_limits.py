"""Outputs that are too long are cut, and whoever reads the page or the summary is told; what is no text reaches no page."""

import re

import pytest
import small
from bs4 import BeautifulSoup
from small import ONE_YEAR, evaluate, outputs, ran, report

from helpers.errors import write_line
from helpers.pages import elements
from helpers.runs import limits

MARK = "cut"  # the label in the pages of small notebooks


def stream(text: str) -> dict:
    return {"msg_type": "stream", "content": {"name": "stdout", "text": text}}


def shows(kind: str = "display_data", **data) -> dict:
    return {
        "msg_type": kind,
        "content": {"data": {f"text/{name}": text for name, text in data.items()}, "metadata": {}},
    }


def take(limit: limits.Limit, *messages: tuple[int, dict]) -> list[str]:
    """What is taken up of some messages, each with the number of its cell: texts, and `cut` for a mark."""
    taken = [kept["content"] for cell, message in messages for kept in limit.cut(message, cell)]
    return ["cut" if limits.is_mark(item) else item.get("text") or next(iter(item["data"].values())) for item in taken]


CLEARS = {"msg_type": "clear_output", "content": {"text": "cleared"}}


@pytest.mark.parametrize(
    ("messages", "taken"),
    [
        ([(0, stream("a" * 10))], ["a" * 10]),
        ([(0, stream("a" * 11))], ["a" * 10, "cut"]),
        ([(0, stream("汉" * 4))], ["汉汉汉", "cut"]),
        ([(0, stream("<<<"))], ["<<", "cut"]),  # four bytes each on a page
        ([(0, stream("\x1b[0m"))], ["cut"]),
        ([(0, stream("\ud800"))], ["\ud800"]),
        ([(0, stream("a" * 6)), (0, stream("b" * 6))], ["a" * 6, "bbbb", "cut"]),
        ([(0, stream("a" * 6)), (1, stream("b" * 6))], ["a" * 6, "b" * 6]),
        ([(0, stream("a" * 10)), (1, stream("b" * 10)), (2, stream("c" * 10))], ["a" * 10, "b" * 10, "ccccc", "cut"]),
        ([(0, stream("a" * 11)), (0, stream("b")), (0, shows(plain="c")), (1, stream("d"))], ["a" * 10, "cut", "d"]),
        ([(0, shows(plain="a" * 11)), (0, shows(plain="b"))], ["cut"]),
        ([(0, shows(html="<b>12345678</b>"))], ["cut"]),
        ([(0, shows(html="<table >"))], ["cut"]),  # it is there twice, as it can be downloaded
        ([(0, shows("update_display_data", plain="a" * 11))], ["cut"]),
        ([(0, shows("update_display_data", plain="a" * 6))] * 3, ["a" * 6] * 3),
        ([(0, stream("a" * 11)), (0, CLEARS), (0, stream("b" * 10))], ["a" * 10, "cut", "cleared", "b" * 10]),
    ],
)  # fmt: skip
def test_what_exceeds_a_limit_is_left_out_and_marked(messages, taken):
    assert take(limits.Limit(cell_bytes=10, page_bytes=25), *messages) == taken


def test_an_exception_is_always_kept_but_not_its_endless_lines():
    content = {"ename": "ValueError", "evalue": "x" * 20_000, "traceback": ["y" * 20_000, "z"]}
    (kept,) = limits.Limit(1, 1).cut({"msg_type": "error", "content": content}, 0)
    assert kept["content"] == {"ename": "ValueError", "evalue": "x" * 10_000, "traceback": ["y" * 10_000, "z"]}


PRINTS_MUCH = "print('<' * 50_000_000)"
PRINTS_LESS = "for n in range(6):\n    print('汉' * 500_000)"  # 9 MB, in parts
SHOWS_MUCH = "from IPython.display import HTML, display\ndisplay(HTML('a' * 6_000_000))\nprint('after')"


@pytest.mark.kernel
@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize("kernel", ["evaluation-warm", "python3"])
def test_long_outputs_are_cut_on_the_page_and_in_the_summary(kernel, sources, out):
    small.notebook(sources / "long.ipynb", small.OPENING, PRINTS_MUCH, PRINTS_LESS, SHOWS_MUCH, small.PRINTS)
    small.notebook(sources / "short.ipynb", small.OPENING, small.PRINTS)
    result = evaluate(sources, "run", "--out", out, *ONE_YEAR, "--kernel", kernel)
    line = "long_2017_zh: the output of code cell 3, 4, 5 was cut (more than 5 MB a cell, or 20 MB a page)"
    assert result.code == 0
    assert result.err.splitlines()[-1] == line
    assert result.out == f"2 of 2 runs succeeded, 1 with outputs that were cut; {out}/index.html\n"
    assert (report(out)["long_2017_zh"]["cut"], report(out)["short_2017_zh"]["cut"]) == ([3, 4, 5], [])
    page = (out / "long_2017_zh.html").read_text(encoding="utf-8")
    assert 5_000_000 < len(page.encode()) < 15_100_000
    shown = BeautifulSoup(page, "lxml")
    assert [mark.text for mark in shown.select("p.cut")] == [MARK] * 3
    assert "2017 zh 330000" in page
    assert (
        evaluate(sources, "run", "--out", out, *ONE_YEAR, "--kernel", kernel).err == f"{line}\n"
    )  # also if it is fresh


@pytest.mark.kernel
@pytest.mark.usefixtures("nothing_left")
def test_a_page_of_many_long_outputs_is_cut(sources, out):
    colours = "print('\\x1b[31mred\\x1b[0m' * 200_000)"
    small.notebook(sources / "long.ipynb", small.OPENING, *["print('&' * 900_000)"] * 5, colours)
    assert ran(sources, out).entries["long_2017_zh"].cut == (7, 8)
    assert len((out / "long_2017_zh.html").read_bytes()) < 20_000_000


HOSTILE = """\
from IPython.display import HTML, Markdown, display
print('nul\\x00 bell\\x07 back\\x08 feed\\x0c escape\\x1b[31m del\\x7f next\\x85 last\\uffff')
display(HTML('<p>html\\x00\\x01</p><table><tr><th>a\\x02</th></tr><tr><td>b\\x03</td></tr></table>'))
display(HTML('<META http-equiv=refresh content="0;url=https://outside.invalid"><p>one</p><base href="https://outside.invalid">'))
display(HTML('<noscript><meta http-equiv="refresh" content="0"></noscript><iframe srcdoc="<meta http-equiv=refresh>"></iframe>'))
display(HTML('<link rel="preconnect" href="https://outside.invalid"><object data=x>two</object><embed src=x>'))
display(Markdown('<meta http-equiv="refresh" content="0">'))
display(HTML('<svg xmlns="http://www.w3.org/2000/svg"><metadata>kept</metadata></svg>'))
'\\x01'"""


@pytest.mark.kernel
@pytest.mark.usefixtures("nothing_left")
def test_control_signs_and_elements_that_lead_away_reach_no_page(sources, out):
    prose = "# 1 head\x00\n\n<meta http-equiv='refresh' content='0'>\x1b"
    small.notebook(sources / "hostile.ipynb", small.OPENING, HOSTILE, f"# {chr(7)}\n1", prose=prose)
    assert ran(sources, out).outcomes == {"hostile_2017_zh": "succeeded"}
    pages = {name: content.decode() for name, content in outputs(out).items() if name.endswith(".html")}
    assert [*pages] == ["hostile_2017_zh.html", "index.html"]
    for page in pages.values():
        assert re.findall(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\uffff]", page) == []
        body = page.partition("</head>")[2]
        assert re.findall(r"<(?:meta|base|link|iframe|object|embed)\b", body, re.IGNORECASE) == []
    shown = BeautifulSoup(pages["hostile_2017_zh.html"], "lxml").main
    assert [tag.text for tag in shown.find_all("p") if tag.text in ("one", "two")] == ["one"]
    assert "two" in shown.text
    assert shown.find("metadata").text == "kept"
    assert "nul\ufffd bell\ufffd" in shown.text


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ('<meta http-equiv="refresh"><p>a</p>', "<p>a</p>"),
        ("<MeTa/http-equiv=refresh>a", "a"),
        ("<metadata>a</metadata>", "<metadata>a</metadata>"),
        ('<object data="x"><p>a</p></object>', "<p>a</p>"),
        ("<object><meta><embed></object>a", "a"),
        ("&lt;meta&gt;", "&lt;meta&gt;"),
    ],
)
def test_elements_that_lead_away_are_left_out(shown, kept):
    assert elements.mend(shown, {}) == kept


@pytest.mark.parametrize(
    ("body", "finished"),
    [
        ("<p><meta x></p>", "<p>&lt;meta x></p>"),
        ("<scr<meta>ipt>", "<scr&lt;meta>ipt>"),
        ("<svg><metadata></metadata></svg>", "<svg><metadata></metadata></svg>"),
        ("a\x00b", "a\ufffdb"),
    ],
)
def test_a_whole_page_is_looked_at_once_more(body, finished):
    head = '<head><meta charset="utf-8"></head>'
    assert elements.finish(head + body) == head + finished


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a sentence: '汉字', ×", "a sentence: '汉字', ×"),
        ("two\nlines\r\n", "two\\nlines\\r\\n"),
        ("\x1b[2J\0\u202e\ud800", "\\x1b[2J\\x00\\u202e\\ud800"),
        ("x" * 900, "x" * 900),
        ("x" * 100_000, f"{'x' * 600} … {'x' * 300}"),
    ],
)
def test_a_message_is_a_line_that_has_an_end(text, line):
    assert write_line(text) == write_line(line) == line


@pytest.mark.kernel
@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize(
    ("cell", "error"),
    [
        ("raise ValueError('x' * 100_000)", f"{'x' * 600} … {'x' * 300}"),
        ("raise ValueError('a\\x07b\\x1b[31m\\u202e')", "a\\x07b\\u202e"),
    ],
)
def test_the_error_of_a_run_is_a_line_that_has_an_end(cell, error, sources, out):
    small.notebook(sources / "raises.ipynb", cell)
    assert ran(sources, out).entries["raises_2017_zh"].error == error
