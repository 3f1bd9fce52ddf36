"""Everybody can use the pages: axe-core in a real Chromium, and what it cannot see: order, keyboard, focus, languages."""

from importlib.resources import files

import pytest

from helpers import paths
from helpers.cli import request
from helpers.compare import page as compare_page

LANGUAGES = ("zh", "en")
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

AXE = """async ([levels, left]) => {
  const rules = Object.fromEntries(left.map(rule => [rule, {enabled: false}]));
  const result = await axe.run(document, {runOnly: {type: 'tag', values: levels}, resultTypes: ['violations'], rules});
  return result.violations.flatMap(rule => rule.nodes.map(node => rule.id + ': ' + node.html.slice(0, 200)));
}"""

SHOW_ALL = """() => {
  for (const details of document.querySelectorAll('details')) details.open = true;
  document.getElementById('show-code')?.click();
  const search = document.getElementById('search');
  if (search) { search.value = '2018'; search.dispatchEvent(new Event('input')); }
}"""

SET_FONT = """font => {
  for (const name of ['--font-en', '--font-zh']) document.documentElement.style.setProperty(name, font);
}"""

STRUCTURE = """() => {
  const all = what => [...document.querySelectorAll(what)], wrong = [];
  const levels = all('h1, h2, h3, h4, h5, h6').map(heading => Number(heading.tagName[1]));
  if (levels[0] !== 1 || levels.filter(level => level === 1).length !== 1) wrong.push('h1: ' + levels);
  levels.forEach((level, n) => { if (n && level > levels[n - 1] + 1) wrong.push(`h${level} after h${levels[n - 1]}`); });
  for (const landmark of ['main', 'body > header']) if (all(landmark).length !== 1) wrong.push(landmark);
  const names = all('nav').map(nav => nav.ariaLabel);
  if (names.includes(null) || new Set(names).size !== names.length) wrong.push('nav: ' + names);
  for (const table of all('table')) {
    if (!table.caption?.textContent.trim()) wrong.push('no caption: ' + table.outerHTML.slice(0, 100));
    for (const head of table.querySelectorAll('th')) if (!head.scope) wrong.push('no scope: ' + head.outerHTML);
  }
  const ids = all('[id]').map(element => element.id);
  for (const [n, id] of ids.entries()) if (ids.indexOf(id) !== n) wrong.push('id twice: ' + id);
  return wrong;
}"""

FOREIGN = """() => {
  const wrong = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent, place = walk.currentNode.parentElement;
    if (place.closest('script, style, code')) continue;
    const chinese = place.closest('[lang]').lang.startsWith('zh'), han = /[\\u3400-\\u9fff]/.test(text);
    if (chinese ? !han && /([A-Za-z]+[ ,:']+){4}/.test(text) : han) wrong.push(text.trim());
  }
  return wrong;
}"""

STOPS = "a[href], button, input, summary, [tabindex]"
SEEN = """() => {
  const shown = element => {
    const style = getComputedStyle(element.id === 'show-code' ? document.querySelector('.tools label') : element);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1 && Number(style.opacity) === 1;
  };
  return [...document.querySelectorAll('STOPS')].filter(element => element.checkVisibility()).filter(element => {
    element.focus();
    return document.activeElement !== element || !shown(element);
  }).map(element => element.outerHTML.slice(0, 150));
}""".replace("STOPS", STOPS)


def pages(reports, language: str):
    """The pages of a language, the index among them, and those of some indicators."""
    index = reports / ("index.html" if language == "zh" else "index_en.html")
    names = (
        "online-retail-sales",
        "talent-net-inflow-rank",
    )  # these have everything that a page of an indicator may have
    indicators = [reports / "indicators" / f"{name}_{language}.html" for name in names]
    numbered = [path for path in sorted(reports.glob("[0-9]*.html")) if f"_{language}" in path.name]
    return [index, *numbered, *indicators]


# Both indexes, two pages of indicators that have all they may have, and of each notebook one page, which those of other years and of
# the other language are made like.
SAMPLE = (
    "index", "index_en", "0-overview_2017_zh", "1-innovation_2018_en", "2-integration_2016_zh", "3-livelihood_2017_en",
    "4-governance_2018_zh", "5-foundations_2016_en", "6-audit_zh", "7-outlook_en", "indicators/online-retail-sales_en",
    "indicators/talent-net-inflow-rank_zh",
)  # fmt: skip


@pytest.fixture(scope="module")
def axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def test_axe_finds_no_violation_on_screen(browser, reports, axe):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    for name in SAMPLE:
        page.goto((reports / f"{name}.html").as_uri())
        page.evaluate(SHOW_ALL)
        page.evaluate(axe)
        assert page.evaluate(AXE, [LEVELS, []]) == [], name
    page.close()


def test_axe_finds_no_violation_on_paper(browser, reports, axe):
    """One page of each sort: what is printed in the other language or of another year differs by its words alone."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.emulate_media(media="print")
    for name in ("index_en", "0-overview_2017_en", "2-integration_2018_zh", "6-audit_en", "7-outlook_zh"):
        page.goto((reports / f"{name}.html").as_uri())
        page.evaluate(SHOW_ALL)
        page.evaluate(axe)
        assert page.evaluate(AXE, [LEVELS, ["target-size"]]) == [], name  # nobody points at paper
    page.close()


OTHER_FONTS = ["serif", "monospace", "cursive"]  # what these are differs between machines


SMALL = """async () => (await axe.run(document, {runOnly: ['target-size']}))
  .violations.flatMap(rule => rule.nodes).map(node => node.html)"""


def test_links_are_large_enough_in_any_font(browser, reports, axe):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    for name in ("index", "index_en", "0-overview_2017_en", "2-integration_2018_zh", "6-audit_en"):
        page.goto((reports / f"{name}.html").as_uri())
        page.evaluate(SHOW_ALL)
        page.evaluate(axe)
        for font in OTHER_FONTS:
            page.evaluate(SET_FONT, font)
            assert page.evaluate(SMALL) == [], (name, font)
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_no_violation_in_a_page_of_changes(browser, axe, spoil, tmp_path, language):
    edited = spoil("figures.csv", "2017,390,家,exact,390,", "2017,290,家,exact,290,")
    out = tmp_path / "diff.html"
    out.write_text(
        compare_page.make_page(request.compare(str(paths.ROOT / "data"), str(edited), language), out), "utf-8"
    )
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(out.as_uri())
    page.evaluate(axe)
    assert page.evaluate(AXE, [LEVELS, []]) == []
    assert page.evaluate(STRUCTURE) == []
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_landmarks_tables_and_languages_are_told(browser, reports, language):
    page = browser.new_page()
    for path in pages(reports, language):
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.lang").startswith(language)
        assert page.evaluate(STRUCTURE) == [], path.name
        assert page.evaluate(FOREIGN) == [], path.name
    page.close()


def test_the_first_stop_leads_past_the_head_to_the_content(browser, reports):
    page = browser.new_page()
    for path in (reports / "index.html", reports / "2-integration_2017_en.html"):
        page.goto(path.as_uri())
        assert page.locator(".skip").bounding_box()["x"] < 0
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('.skip')"), path.name
        assert page.locator(".skip").bounding_box()["x"] >= 0
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null"), path.name
    page.close()


def test_the_tab_key_reaches_everything(browser, reports):
    page = browser.new_page()
    for name in ("index.html", "0-overview_2017_zh.html"):
        page.goto((reports / name).as_uri())
        stops = page.evaluate(
            f"[...document.querySelectorAll('{STOPS}')].filter(e => e.tabIndex >= 0 && e.checkVisibility()).length"
        )
        for _ in range(stops):
            page.keyboard.press("Tab")
            page.evaluate("document.activeElement.dataset.reached = ''")
        assert page.locator("[data-reached]").count() == stops, name
    page.close()


def test_focus_can_be_seen_wherever_it_is(browser, reports):
    page = browser.new_page()
    for path in [*pages(reports, "zh")[:9:3], reports / "6-audit_en.html"]:
        page.goto(path.as_uri())
        page.keyboard.press("Tab")  # from here on focus is shown
        assert page.evaluate(SEEN) == [], path.name
    page.close()


def test_nothing_moves_for_those_who_ask_for_that(browser, reports):
    still = "[...document.querySelectorAll('*')].every(e => parseFloat(getComputedStyle(e).transitionDuration) === 0)"
    page = browser.new_page(reduced_motion="reduce")
    page.goto((reports / "2-integration_2017_en.html").as_uri())
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate(still)
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    page.close()
