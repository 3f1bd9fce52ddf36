"""The real pages in a real Chromium: nothing requested, nothing overlaps, nothing too wide, the switches work."""

import content
import pandas as pd
import pytest
from playwright.sync_api import expect

from helpers.pages import workbook

expect.set_options(timeout=30_000)  # ms, for a busy machine

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

CUT = """() => {
  const visible = [...document.querySelectorAll('body *')].filter(element => element.checkVisibility());
  const sideways = new Set(visible.filter(element => getComputedStyle(element).overflowX === 'auto'));
  return visible.filter(element => {
    const text = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!text || element.closest('.skip, .hidden, script, svg, thead')) return false;
    for (let box = element; box; box = box.parentElement) if (sideways.has(box)) return false;
    const {left, right} = element.getBoundingClientRect();
    const isCut = element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== 'visible';
    return left < -1 || right > innerWidth + 1 || isCut;
  }).map(element => element.outerHTML.slice(0, 150));
}"""


# Tables that are wider than their place, the folded ones among them.
SIDEWAYS = """() => {
  for (const details of document.querySelectorAll('details')) details.open = true;
  const places = [...document.querySelectorAll('table')].map(table => table.closest('.scroll') ?? table.parentElement);
  return places.filter(place => place.scrollWidth > place.clientWidth + 1).map(place => place.outerHTML.slice(0, 150));
}"""


WIDTHS = (1280, 640, 390)  # a desk, a window of 1280 at 200 %, a phone


def check_pages(browser, paths) -> None:
    """Pages ask for nothing, fit each width, and no texts of a picture overlap; each is loaded once."""
    page = browser.new_page()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on(
        "request",
        lambda request: messages.append(request.url) if not request.url.startswith(("file:", "data:")) else None,
    )
    for path in sorted(paths):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if width == WIDTHS[0]:
                page.goto(path.as_uri())
                page.evaluate("document.fonts.ready")
            assert page.evaluate("innerWidth") == width
            assert page.evaluate(TEXTS) == [], (path.name, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path.name, width)
            assert page.evaluate(CUT) == [], (path.name, width)
        assert page.evaluate(SIDEWAYS) == [], path.name  # on a phone
        assert page.evaluate("[...document.fonts].every(font => font.status !== 'error')"), path.name
    assert messages == []
    page.close()


@pytest.mark.parametrize("folder", ["reports", "panel_reports"])
def test_pages_ask_for_nothing_fit_the_screen_and_no_text_overlaps(browser, folder, request):
    check_pages(browser, request.getfixturevalue(folder).glob("*.html"))


@pytest.mark.parametrize("name", ["index.html", "index_en.html"])
def test_on_a_phone_the_index_shows_every_year_without_scrolling_sideways(browser, reports, name):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto((reports / name).as_uri())
    links = page.locator("table.grid a")
    assert links.count() == content.RUNS_OF_NOTEBOOKS // len(content.LANGUAGES)
    for link in links.all():
        box = link.bounding_box()
        assert box["x"] > 0
        assert box["x"] + box["width"] <= 390
    labels = [
        cell.evaluate("cell => getComputedStyle(cell, '::before').content")
        for cell in page.locator("td[data-label]").all()
    ]
    assert labels == [f'"{year}"' for year in content.YEARS] * content.YEARLY_NOTEBOOKS
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


def test_a_page_is_read_without_any_script(browser, reports):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((reports / "2-integration_2018_en.html").as_uri())
    assert page.locator(".link, .sort").count() == 0  # what needs the script is made by it
    page.locator("label[for=show-code]").click()
    assert page.locator("pre.code").first.is_visible()
    data = page.locator("figure details").first
    data.locator("summary").click()
    assert data.locator("td").first.is_visible()
    with page.expect_download() as begun:
        page.locator("a[download$='.xlsx']").click()
    assert begun.value.suggested_filename == "2-integration_2018_en.xlsx"
    page.goto((reports / "index.html").as_uri())
    assert page.locator("#find").is_hidden()
    assert page.locator("table.grid a").first.is_visible()
    context.close()


def test_what_is_given_away_comes_as_files(browser, reports, tmp_path):
    page = browser.new_page()
    page.goto(f"{(reports / '2-integration_2018_zh.html').as_uri()}#figures-2.3")  # which opens its fold

    def taken(link: str):
        with page.expect_download() as begun:
            page.locator(link).click()
        begun.value.save_as(tmp_path / begun.value.suggested_filename)
        return tmp_path / begun.value.suggested_filename

    table = pd.read_csv(taken("a[download$='figures-2.3.csv']"))
    assert 16718.8 in list(table["数值"])
    sheets = pd.read_excel(taken("a[download$='.xlsx']"), sheet_name=None, header=workbook.HEADER)
    (table,) = (sheet for name, sheet in sheets.items() if "商务：2018年" in name)
    assert 16718.8 in list(table["数值"])
    page.close()


ORDER = "table => [...table.tBodies].map(body => [...body.rows].map(row => row.id).filter(Boolean))"


def test_a_table_is_sorted_by_a_column_within_its_groups_and_back(browser, reports):
    page = browser.new_page()
    page.goto(f"{(reports / '2-integration_2018_zh.html').as_uri()}#figures-2.3")  # which opens its fold
    table = page.locator("#figures-2\\.3")
    button, head = table.get_by_role("button", name="数值"), table.locator("th:has-text('数值')").first
    before = table.evaluate(ORDER)
    sizes = """table => [...table.tBodies].map(body => [...body.rows].filter(row => row.matches('[id]:not(.sub):not(.child)'))
      .map(row => row.querySelector('td.number'))
      .map(cell => Number(cell.querySelector('[data-order]')?.dataset.order ?? cell.textContent.replace(/,/g, ''))))"""
    button.click()
    assert head.get_attribute("aria-sort") == "ascending"
    rising = table.evaluate(sizes)
    assert rising == [sorted(group) for group in rising]
    assert table.evaluate(ORDER) != before
    button.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    falling = table.evaluate(sizes)
    assert falling == [sorted(group, reverse=True) for group in falling]
    assert [sorted(group) for group in table.evaluate(ORDER)] == [sorted(group) for group in before]
    beneath = "table => [...table.querySelectorAll('tr.child')].map(row => [row.previousElementSibling.id, row.id])"
    under = table.evaluate(beneath)
    button.click()
    assert head.get_attribute("aria-sort") is None
    assert table.evaluate(ORDER) == before
    assert under
    assert under == sorted(table.evaluate(beneath), key=under.index)
    page.close()


def test_a_link_to_a_section_or_a_figure_is_copied(browser, reports):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    address = (reports / "2-integration_2018_en.html").as_uri()
    page.goto(f"{address}#figures-2.3")  # which opens its fold
    for owner in ("s-2.3", "f-2.3.3-3", "pic-2.3-growth", "scoreboard"):
        place = page.locator(f"[id='{owner}']")
        place.hover()
        place.locator(".link").first.click()
        copied = "address => navigator.clipboard.readText().then(text => text === address)"
        page.wait_for_function(copied, arg=f"{address}#{owner}")
        expect(page.locator(".said")).to_have_text("Link copied")
    link = page.locator("[id='f-2.3.3-3'] .link")
    link.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('tr').previousElementSibling.id") == "f-2.3.3-3"
    context.close()


def test_year_and_language_switches_keep_the_place(browser, reports):
    page = browser.new_page()

    for start, name, end in (
        ("2-integration_2017_zh.html#figures-2.3", "2018", "2-integration_2018_zh.html#figures-2.3"),
        ("2-integration_2018_zh.html#f-2.3.3-3", "English", "2-integration_2018_en.html#f-2.3.3-3"),
        ("2-integration_2018_en.html#f-2.3.3-3", "2016", "2-integration_2016_en.html#s-2.3"),  # the row is not there
        ("2-integration_2018_en.html", "2017", "2-integration_2017_en.html"),
    ):
        page.goto(f"{reports.as_uri()}/{start}")
        page.get_by_role("link", name=name, exact=True).first.click()
        expect(page).to_have_url(f"{reports.as_uri()}/{end}")
    page.goto((reports / "2-integration_2018_zh.html").as_uri())
    page.locator("[id='s-2.4']").evaluate("heading => scrollTo(0, heading.offsetTop - 40)")
    page.get_by_role("link", name="English").dispatch_event("click")
    page.wait_for_url("**/*_en.html#s-2.4")
    assert page.locator("[id='s-2.4']").evaluate("heading => Math.abs(heading.getBoundingClientRect().top) < 100")
    page.close()


def test_a_link_to_a_row_shows_its_table_from_the_first_column_on_a_phone(browser, reports):
    page = browser.new_page(viewport={"width": 390, "height": 900})
    for anchor in ("figures-2.3", "f-2.3.3-3"):
        page.goto(f"{(reports / '2-integration_2018_zh.html').as_uri()}#{anchor}")
        page.reload()
        place = page.locator(f"[id='{anchor}']")
        assert place.is_visible()
        assert place.evaluate("place => place.closest('.scroll').scrollLeft") == 0, anchor
    page.close()


def test_year_and_language_switches_lead_to_the_same_notebook(browser, reports):
    page = browser.new_page()
    page.goto((reports / "2-integration_2017_zh.html").as_uri())
    page.get_by_role("link", name="2018", exact=True).click()
    page.wait_for_url("**/2-integration_2018_zh.html")
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**/2-integration_2018_en.html")
    assert page.locator("h1").inner_text().startswith("Industry integration")
    page.close()


def test_chinese_text_in_pictures_is_set_in_the_font_that_comes_along(browser, reports):
    page = browser.new_page()
    page.goto((reports / "0-overview_2017_zh.html").as_uri())
    page.evaluate("document.fonts.ready")
    faces = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)")
    assert any("Evaluation Sans SC" in face for face in faces)
    page.close()
