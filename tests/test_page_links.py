"""Links between pages: only to pages that exist."""

from pathlib import Path

import pytest
import small
from bs4 import BeautifulSoup
from small import ran

pytestmark = [pytest.mark.kernel, pytest.mark.usefixtures("nothing_left")]


def links_of(page: Path, label: str = "") -> list[str]:
    """Where a page's links lead; label: of a switch, to look there alone."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    if label:
        switches = [switch for switch in soup.find_all(class_="switch") if switch.find(class_="label", string=label)]
        soup = switches[0] if switches else BeautifulSoup("", "html.parser")
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
    soup = BeautifulSoup((out / "1-one_2018_en.html").read_text(), "html.parser")
    assert soup.find("a", rel="prev") is None
    assert soup.find("a", rel="next")["href"] == "3-three_2018_en.html"  # past the one that is missing

    small.notebook(sources / "3-three.ipynb", small.RAISES)
    ran(sources, out, "3-three", years=[2016], languages=["zh"])
    assert not (out / "3-three_2016_zh.html").exists()
    for page in out.glob("*.html"):
        assert "3-three_2016_zh.html" not in links_of(page), page
