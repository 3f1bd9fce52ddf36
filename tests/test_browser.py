"""The real pages in a real Chromium: nothing requested, nothing overlaps, nothing too wide, the switches work."""

import pytest

TEXTS = """() => [...document.querySelectorAll('figure svg')].flatMap(svg => {
  const paper = svg.getBoundingClientRect(), name = svg.closest('figure').id;
  const boxes = [...svg.querySelectorAll('text')].map(text => {
    const box = text.getBoundingClientRect(), ink = box.height * 0.25;  // a line box is taller than its letters
    return {text: text.textContent, left: box.left, right: box.right, top: box.top + ink, bottom: box.bottom - ink};
  });
  const outside = boxes.filter(b => b.left < paper.left - 1 || b.right > paper.right + 1 ||
                                    b.top < paper.top - 1 || b.bottom > paper.bottom + 1);
  const over = boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1).map(b => a.text + ' / ' + b.text));
  return [...outside.map(b => name + ' outside: ' + b.text), ...over.map(pair => name + ' overlap: ' + pair)];
})"""

CUT = """() => [...document.querySelectorAll('body *')].filter(element => {
  const text = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()), style = getComputedStyle(element);
  if (!text || element.closest('.skip, .hidden, script, svg, thead') || !element.checkVisibility()) return false;
  for (let box = element; box; box = box.parentElement) if (getComputedStyle(box).overflowX === 'auto') return false;
  const {left, right} = element.getBoundingClientRect();
  return left < -1 || right > innerWidth + 1 || (style.overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1);
}).map(element => element.outerHTML.slice(0, 150))"""


@pytest.mark.parametrize("width", [1280, 640, 390])  # 640: a window of 1280 at 200 %
@pytest.mark.parametrize("folder", ["reports", "panel_reports"])
def test_pages_ask_for_nothing_fit_the_screen_and_no_text_overlaps(browser, folder, width, request):
    reports = request.getfixturevalue(folder)
    page = browser.new_page(viewport={"width": width, "height": 900})
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on(
        "request", lambda request: told.append(request.url) if not request.url.startswith(("file:", "data:")) else None
    )
    for path in sorted(reports.glob("*.html")):
        page.goto(path.as_uri())
        page.evaluate("document.fonts.ready")
        assert page.evaluate(TEXTS) == [], path.name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
        assert page.evaluate(CUT) == [], path.name
        assert page.evaluate("[...document.fonts].every(font => font.status !== 'error')"), path.name
    assert told == []
    page.close()


def test_the_banner_of_made_up_figures_stands_above_all_on_screen_and_on_paper(browser, panel_reports):
    above = """() => {
      const top = element => element.getBoundingClientRect().top;
      const banner = document.querySelector('.banner');
      const others = [...document.querySelectorAll('h1, .plan, nav, .switch')].filter(e => e.offsetParent !== null);
      return others.length > 0 && others.every(other => top(other) > top(banner));
    }"""
    page = browser.new_page()
    for path in sorted(panel_reports.glob("*.html")):
        page.goto(path.as_uri())
        for media in ("screen", "print"):
            page.emulate_media(media=media)
            assert page.locator(".banner").is_visible(), (path.name, media)
            assert page.evaluate(above), (path.name, media)
    page.close()


def test_code_shows_at_one_click_and_by_keyboard(browser, reports):
    page = browser.new_page()
    page.goto((reports / "6-audit_en.html").as_uri())
    code = page.locator("pre.code").first
    assert not code.is_visible()
    page.locator("label[for=show-code]").click()
    assert code.is_visible()
    page.locator("#show-code").press("Space")
    assert not code.is_visible()
    page.close()


def test_year_and_language_switches_lead_to_the_same_notebook(browser, reports):
    page = browser.new_page()
    page.goto((reports / "2-integration_2017_zh.html").as_uri())
    page.get_by_role("link", name="2018", exact=True).click()
    assert page.url.endswith("2-integration_2018_zh.html")
    page.get_by_role("link", name="English").click()
    assert page.url.endswith("2-integration_2018_en.html")
    assert page.locator("h1").inner_text().startswith("Integration")
    page.close()


def test_chinese_text_in_pictures_is_set_in_the_font_that_comes_along(browser, reports):
    page = browser.new_page()
    page.goto((reports / "0-overview_2017_zh.html").as_uri())
    page.evaluate("document.fonts.ready")
    faces = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)")
    assert any("Evaluation Sans SC" in face for face in faces)
    page.close()
