"""Links between pages: only to pages that exist."""

from pathlib import Path

import pytest
import small
from bs4 import BeautifulSoup
from small import ran

pytestmark = [pytest.mark.kernel, pytest.mark.usefixtures("nothing_left")]


def links_of(page: Path, label: str = "") -> list[str]:
    """Where a page's links lead; label: of a switch, to look there alone."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
    if label:
        switches = [switch for switch in soup.find_all(class_="switch") if switch.find(class_="label", string=label)]
        soup = switches[0] if switches else BeautifulSoup("", "lxml")
    return [link["href"] for link in soup.find_all("a", href=True) if ".html" in link["href"]]


def test_pages_link_only_to_pages_that_exist(sources, out):
    for name in ("1-one", "2-two", "3-three"):
        small.notebook(
            sources / f"{name}.ipynb",
            small.OPENING,
            "assert (year, language) != (2018, 'en')" if name[0] == "2" else "1",
        )
    settings = {"years": small.YEARS, "languages": ["zh", "en"]}
    done = ran(sources, out, **settings)
    assert [name for name, outcome in done.outcomes.items() if outcome != "succeeded"] == ["2-two_2018_en"]
    pages = {path.name for path in out.glob("*.html")}
    assert len(pages) == 3 * 3 * 2 - 1 + 2
    for page in pages:
        assert set(links_of(out / page)) <= pages, page

    expected = {
        "2-two_2017_en.html": (["2-two_2016_en.html"], ["2-two_2017_zh.html"]),  # not of 2018
        "2-two_2018_zh.html": (["2-two_2016_zh.html", "2-two_2017_zh.html"], []),
        "1-one_2018_en.html": (["1-one_2016_en.html", "1-one_2017_en.html"], ["1-one_2018_zh.html"]),
    }
    for page, (years, languages) in expected.items():
        assert (links_of(out / page, "year"), links_of(out / page, "language")) == (years, languages), page
    soup = BeautifulSoup((out / "1-one_2018_en.html").read_text(), "lxml")
    assert soup.find("a", rel="prev") is None
    assert soup.find("a", rel="next")["href"] == "3-three_2018_en.html"  # past the one that is missing

    small.notebook(sources / "3-three.ipynb", small.RAISES)
    ran(sources, out, "3-three", years=[2016], languages=["zh"])
    assert not (out / "3-three_2016_zh.html").exists()
    for page in out.glob("*.html"):
        assert "3-three_2016_zh.html" not in links_of(page), page


NAMED = """\
from IPython.display import HTML
HTML('<p><a class="name" href="indicator.ipynb#robots">Robots</a> <a class="name" href="indicator.ipynb#ships">Ships</a></p>')"""
OF_INDICATOR = (
    'indicator: str = "robots"  # a key\nlanguage: str = "zh"  # a language\nregion: str = "330000"  # a region'
)


def names_of(page: Path) -> dict[str, str]:
    """Where the names of indicators on a page lead; nothing for one that is no link."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
    return {link.text: link.get("href", "") for link in soup.select("a.name")}


@pytest.fixture
def named(sources) -> Path:
    """A chapter that names two indicators, and the notebook that makes their pages."""
    opening = small.OPENING.replace('f"{year}"', "indicator").replace('"short": "short"', '"short": indicator')
    chapter = 'HTML(\'<a class="name" href="1-one.ipynb#here">Chapter</a>\')'
    small.notebook(sources / "1-one.ipynb", small.OPENING, NAMED)
    code = f"from IPython.display import HTML\n{chapter}"
    small.notebook(sources / "indicator.ipynb", opening, code, parameters=OF_INDICATOR)
    return sources


@pytest.mark.parametrize("order", [("1-one", "indicator"), ("indicator", "1-one"), ("1-one,indicator",)])
def test_a_name_leads_to_the_page_of_its_indicator_whichever_was_made_first(named, out, order):
    for names in order:
        ran(named, out, *names.split(","), years=[2016, 2017], indicators=["robots"])
    assert names_of(out / "1-one_2017_zh.html") == {"Robots": "indicators/robots_zh.html", "Ships": ""}
    page = out / "indicators" / "robots_zh.html"
    assert names_of(page) == {"Chapter": "../1-one_2017_zh.html#here"}  # the latest year
    assert {link for link in links_of(page) if not (page.parent / link.partition("#")[0]).resolve().is_file()} == set()
    index = BeautifulSoup((out / "index.html").read_text(encoding="utf-8"), "lxml")
    assert [link["href"] for link in index.select("nav.indicators a")] == ["indicators/robots_zh.html"]
    assert [link["href"] for link in index.select("table.grid a")] == ["1-one_2016_zh.html", "1-one_2017_zh.html"]


def test_a_name_is_no_link_before_and_after_its_page(named, out):
    ran(named, out, "1-one")
    assert names_of(out / "1-one_2017_zh.html") == {"Robots": "", "Ships": ""}
    done = ran(named, out, "indicator", indicators=["robots", "ships"], languages=["zh", "en"])
    assert done.made >= {"1-one_2017_zh", "indicators/robots_zh", "indicators/ships_en"}
    assert names_of(out / "1-one_2017_zh.html") == {
        "Robots": "indicators/robots_zh.html",
        "Ships": "indicators/ships_zh.html",
    }
    assert links_of(out / "indicators" / "ships_en.html", "language") == ["ships_zh.html"]
    small.notebook(named / "indicator.ipynb", "assert indicator != 'ships'", small.OPENING.replace('f"{year}"', "''"),
                   parameters=OF_INDICATOR)  # fmt: skip
    ran(named, out, "indicator", indicators=["robots", "ships"], languages=["zh", "en"])
    assert not (out / "indicators" / "ships_zh.html").exists()
    assert names_of(out / "1-one_2017_zh.html") == {"Robots": "indicators/robots_zh.html", "Ships": ""}
