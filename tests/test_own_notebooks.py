"""A notebook of an analyst's own, with no object of ours, has a page: its first heading is its title, and the index lists it."""

import json
import shutil

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

from helpers import paths
from helpers.cli import verbs
from helpers.errors import UserError
from helpers.runs import outputs, run

pytestmark = [pytest.mark.kernel, pytest.mark.usefixtures("kernel_servers")]

TABLE = "import pandas as pd\npd.DataFrame({'city': ['杭州'], 'parks': [3]})"


def write(folder, name: str, *cells: str | tuple[str, str]) -> None:
    """A notebook of some cells: a text is code, a pair is prose with its tag, or the code of the parameters."""
    written = []
    for number, cell in enumerate(cells):
        tag, source = ("", cell) if isinstance(cell, str) else cell
        content = {"id": f"c{number}", "source": source, "metadata": {"tags": [tag]} if tag else {}}
        code = {"cell_type": "code", "outputs": [], "execution_count": None}
        written.append(content | ({"cell_type": "markdown"} if source.startswith(("#", "prose")) else code))
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    content = {"cells": written, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    (folder / f"{name}.ipynb").write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def evaluate(tmp_path, monkeypatch):
    """The command line over a copy of the project's notebooks; returns the exit code and what it prints."""
    folder = tmp_path / "notebooks"
    shutil.copytree(paths.NOTEBOOKS, folder)
    monkeypatch.setattr(paths, "NOTEBOOKS", folder)

    def command(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(verbs.main, ["run", "--out", str(tmp_path / "out"), "--years", "2017", *arguments])
        return result.exit_code, result.output

    return command


def read(folder, name: str) -> BeautifulSoup:
    return BeautifulSoup((folder / name).read_text(encoding="utf-8"), "lxml")


def test_it_has_a_page_and_a_line_in_the_index(evaluate, tmp_path):
    write(tmp_path / "notebooks", "parks", "'before'", ("", "# Parks & <b>fun</b>\n\n## Second"), TABLE)
    write(tmp_path / "notebooks", "scratch", "print(1)")
    names = ["--notebooks", "7-outlook,parks,scratch"]
    code, output = evaluate(*names)
    assert code == 0, output
    out = tmp_path / "out"
    index, page, untitled = (read(out, name) for name in ("index_en.html", "parks_en.html", "scratch_en.html"))
    assert [row.th.text for row in index.select(".grid tbody tr")] == ["7 Outlook"]
    assert index.select_one(".more h2").text == "More"
    links = {link["href"]: link.text for link in index.select(".more a")}
    assert links == {"parks_en.html": "Parks & fun", "scratch_en.html": "scratch"}
    assert page.title.text == "Parks & fun — Zhejiang Internet Plus Action Plan"
    assert (page.html["lang"], [tag.text for tag in page.find_all("h1")]) == ("en", ["Parks & fun"])
    assert [tag.text for tag in page.select("nav.chapters a")] == ["7 Outlook", " Parks & fun", " scratch"]
    assert page.select_one('a[download="parks_en_1.csv"]')
    assert [tag.text for tag in untitled.find_all("h1")] == ["scratch"]
    assert '"Parks & fun"' in index.select_one("#entries").text
    assert evaluate(*names)[1].startswith("6 of 6 runs succeeded, 6 of them fresh already")


def test_the_index_of_such_notebooks_alone_is_one_too(evaluate, tmp_path):
    write(tmp_path / "notebooks", "parks", ("", "# Parks"), "1 + 1")
    assert evaluate("--notebooks", "parks", "--languages", "zh")[0] == 0
    index = read(tmp_path / "out", "index.html")
    assert index.h1.text == "全部页面"
    assert [link["href"] for link in index.select(".more a")] == ["parks_zh.html"]


def test_it_may_have_parameters_and_prose_in_two_languages(evaluate, tmp_path):
    prose = ("zh", "# 园区"), ("en", "# Parks")
    write(tmp_path / "notebooks", "parks", ("parameters", "year: int = 2016"), *prose, "print(year)")
    assert evaluate("--notebooks", "parks")[0] == 0
    zh, en = (read(tmp_path / "out", f"parks_2017_{language}.html") for language in ("zh", "en"))
    assert [page.h1.text for page in (zh, en)] == ["园区", "Parks"]
    assert zh.title.text.startswith("园区 · 2017年 — ")
    assert "2017\n" in en.text


def test_a_new_heading_is_the_new_title(evaluate, tmp_path):
    write(tmp_path / "notebooks", "parks", ("", "# Parks"), "1 + 1")
    assert evaluate("--notebooks", "parks", "--languages", "en")[0] == 0
    write(tmp_path / "notebooks", "parks", ("", "# Zones"), "1 + 1")
    assert evaluate("--notebooks", "parks", "--languages", "en")[0] == 0
    assert read(tmp_path / "out", "index.html").select_one(".more a").text == "Zones"


def test_one_that_opens_our_objects_needs_a_cell_of_parameters(tmp_path):
    write(tmp_path, "parks", "from helpers.views import Chapter\nc = Chapter.open('parks', globals())")
    with pytest.raises(UserError, match=r"parks\.ipynb: no cell is tagged 'parameters'; papermill needs one to set"):
        run.read_parameters(tmp_path / "parks.ipynb")


@pytest.mark.parametrize(
    ("cells", "title"),
    [
        ([], ""),
        ([("", "prose")], ""),
        ([("lab", "# no"), ("zh", "# 不"), ("en", "## yes *and*"), ("en", "# no")], "yes and"),
    ],
)
def test_a_title_is_the_first_heading_of_a_page(cells, title):
    shown = [{"cell_type": "markdown", "source": source, "metadata": {"tags": [tag]}} for tag, source in cells]
    assert outputs.find_title(shown, "en") == title
