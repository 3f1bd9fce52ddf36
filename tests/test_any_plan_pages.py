"""Pages of another plan: made by the batch from generic notebooks, and again by the command that each of them prints."""

import html
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from test_any_plan import change, create

from helpers.package import tables

BIN = Path(sys.executable).parent
pytestmark = pytest.mark.kernel


def run(*arguments: str, folder: Path) -> str:
    """Output of `evaluate` in a folder, which must succeed."""
    done = subprocess.run([BIN / "evaluate", *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def read_words(page: str) -> list[str]:
    """Words of the content of a page."""
    content = re.search(r'<main id="content">.*?</main>', page, re.DOTALL)[0]
    return re.sub(r"<[^>]*>", " ", content).split()


@pytest.fixture(scope="module")
def pages(runtime, tmp_path_factory) -> Path:
    """Folder with a plan of two chapters without notebooks, `my plan`, and its pages, `pages`."""
    folder = tmp_path_factory.mktemp("any")
    plan = create(folder / "my plan", 2)
    for path in (plan / "notebooks").iterdir():
        path.unlink()
    (plan / "notebooks").rmdir()
    change(plan / "chapters.csv", "第2章,Chapter 2", "道路 *与* <桥梁>,Roads & *bridges*")
    run("run", "--data", "my plan", "--out", "pages", "--years", "2021", folder=folder)
    return folder


def test_every_notebook_has_a_page_with_the_names_of_the_plan(pages):
    names = ["0-overview_2021", "1-chapter_2021", "2-chapter_2021", "3-audit", "4-outlook"]
    made = {path.stem for path in (pages / "pages").glob("*.html")}
    assert made == {f"{name}_{code}" for name in names for code in ("zh", "en")} | {"index", "index_en"}
    indicators = tables.load(pages / "my plan").indicators
    headline = indicators.index[indicators["headline"].notna()]
    made = {path.stem for path in (pages / "pages" / "indicators").glob("*.html")}
    assert made >= {f"{name}_{code}" for name in headline for code in ("zh", "en")}
    text = (pages / "pages" / "1-chapter_2021_en.html").read_text(encoding="utf-8")
    assert "Roads &amp; *bridges*</a>" in text
    own = (pages / "pages" / "2-chapter_2021_zh.html").read_text(encoding="utf-8")
    assert "道路 *与* &lt;桥梁&gt;" in own


@pytest.mark.parametrize("page", ["0-overview_2021_zh", "2-chapter_2021_en", "3-audit_en", "4-outlook_zh"])
def test_the_command_that_a_page_prints_makes_it_again(pages, page):
    path = pages / "pages" / f"{page}.html"
    text = path.read_text(encoding="utf-8")
    program, *arguments = shlex.split(html.unescape(re.search(r"<code>(evaluate .*?)</code>", text)[1]))
    assert program == "evaluate"
    out = pages / f"again-{page}"
    run(*arguments, "--out", str(out), folder=pages)
    assert [path.name for path in out.glob("*_*.html") if not path.name.startswith("index")] == [path.name]
    # Links to the other pages are missing, as these are not there.
    assert read_words((out / path.name).read_text(encoding="utf-8")) == read_words(text)


def test_a_year_without_figures_has_a_page_only_when_asked_for(pages):
    plan = ["--data", "my plan", "--languages", "en"]
    assert "2022" not in run("list", *plan, "--out", "pages", folder=pages)
    run("run", *plan, "--notebooks", "0-overview", "--years", "2022", "--out", "later", folder=pages)
    text = (pages / "later" / "0-overview_2022_en.html").read_text(encoding="utf-8")
    assert "Neither headline indicator has data for 2022" in text
