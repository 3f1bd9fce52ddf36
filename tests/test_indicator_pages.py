"""The real pages of indicators: linked in both directions, readable in a real Chromium, and small."""

import re

import pytest
from test_browser import check_pages
from test_pages import alone


def test_names_lead_to_the_pages_of_their_indicators_where_there_are_any(pages, reports, all_runs):
    run = next(run for run in all_runs if run.name == "2-integration_2018_en")
    links = pages["2-integration_2018_en.html"].select("a.name")
    robots = [link for link in links if link.text == "Industrial robots in service"]
    assert robots
    assert {link["href"] for link in robots} == {"indicators/industrial-robots_en.html"}
    assert all(link["href"].startswith("indicators/") for link in links)
    assert all("href" not in link.attrs for link in alone(reports, run).select("a.name"))
    own = pages["indicators/industrial-robots_en.html"]
    assert "2-integration_2017_en.html#s-2.1" in {
        link["href"].removeprefix("../") for link in own.find_all("a", href=True)
    }
    switch = [link["href"] for link in own.select(".switch a")]
    assert switch == ["industrial-robots_zh.html"]
    assert own.select(".plan a")[0]["href"] == "../index_en.html"


def test_a_page_of_a_year_that_adds_nothing_keeps_the_anchors_of_its_sections(pages):
    brief, full = (pages[f"5-foundations_{year}_en.html"] for year in (2016, 2017))
    assert not brief.find("h2", id="s-5.1")
    assert full.find("h2", id="s-5.1")
    assert brief.find(id="s-5.1")


def test_pages_of_indicators_are_small_and_name_no_other_chapter_as_theirs(pages):
    own = {name: page for name, page in pages.items() if name.startswith("indicators/")}
    assert len(own) == 2 * 47
    for name, page in own.items():
        assert len(str(page)) < 200_000, name
        assert page.select("nav.chapters [aria-current]") == [], name
        assert len(page.select("nav.chapters a")) == 8, name
        assert page.h1.text.strip(), name


def test_pages_of_indicators_ask_for_nothing_fit_the_screen_and_no_text_overlaps(browser, reports):
    check_pages(browser, (reports / "indicators").glob("*.html"))


PLACES = ["p", "li", "dd", "h1", "h3", "strong", "caption", "th", "td"]
ELSEWHERE = ["a", "summary", "svg", "head", "script"]  # what leads elsewhere, opens something, is drawn, or is not read
UNSEEN = ["hidden", "unprinted"]  # but by readers of screens, or on paper


def list_unlinked(page, mention: re.Pattern, key_of: dict[str, str]) -> list[str]:
    """Texts of a page that name an indicator in a place that does not lead to its page.

    mention: of any name in small letters; key_of: keys of the indicators that should be linked, by these names
    """
    unlinked = []
    for text in page.find_all(string=lambda text: text and mention.search(text.lower())):
        if text.find_parent(ELSEWHERE) or text.find_parent(class_=UNSEEN):
            continue
        leads = {link["href"].rpartition("/")[2] for link in text.find_parent(PLACES).select("a[href]")}
        keys = {key_of[name] for name in mention.findall(text.lower()) if name in key_of}
        unlinked += [f"{key}: {text}" for key in keys if not any(lead.startswith(f"{key}_") for lead in leads)]
    return unlinked


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_name_of_an_indicator_that_has_a_page_leads_there(pages, package, language):
    names = package.indicators[f"name_{language}"].str.lower()
    mention = re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?![a-z])")
    ending, linked = f"_{language}.html", 0
    about = {name: name.removeprefix("indicators/").removesuffix(ending) for name in pages}
    paged = {key for name, key in about.items() if name.startswith("indicators/")}
    for name, page in pages.items():
        if page.html["lang"].startswith(language):
            key_of = {text: key for key, text in names.items() if key in paged - {about[name]}}
            assert list_unlinked(page, mention, key_of) == [], name
            linked += len(page.select("h1 a.name, .lead a.name, .reading a.name, figcaption a.name, .card a.name"))
    assert linked > 50
