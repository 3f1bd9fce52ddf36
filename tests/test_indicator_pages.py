"""The real pages of indicators: linked in both directions, readable in a real Chromium, and small."""

import pytest
from test_browser import CUT, SIDEWAYS, TEXTS
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


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_of_indicators_ask_for_nothing_fit_the_screen_and_no_text_overlaps(browser, reports, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    for path in sorted((reports / "indicators").glob("*.html")):
        page.goto(path.as_uri())
        page.evaluate("document.fonts.ready")
        assert page.evaluate(TEXTS) == [], path.name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
        assert page.evaluate(CUT) == [], path.name
        assert width > 390 or page.evaluate(SIDEWAYS) == [], path.name
    assert messages == []
    page.close()


NAMING = "figure tbody th[scope=row], #checklist tbody th[scope=row], .card h3, .card details tbody th[scope=row]"


@pytest.mark.parametrize(("language", "index"), [("zh", "index.html"), ("en", "index_en.html")])
def test_names_in_cards_in_the_checklist_and_beneath_pictures_are_links(pages, language, index):
    names = tuple(link.text for link in pages[index].select("nav.indicators dd a"))
    chapters = {name: page for name, page in pages.items() if name[0].isdecimal() and name.endswith(f"{language}.html")}
    for name, page in chapters.items():
        naming = [place for place in page.select(NAMING) if place.get_text().startswith(names)]
        assert [place.get_text() for place in naming if not place.select("a.name[href]")] == [], name
    assert len(chapters[f"6-audit_{language}.html"].select(".card h3 a.name")) > 5
    assert len(chapters[f"6-audit_{language}.html"].select("#checklist a.name")) > 5
