"""Pictures and tables in a real Chromium: values shown one by one, one stop of the Tab key each, copies for other documents."""

import base64
import re
import struct

import pytest
from playwright.sync_api import expect

from helpers.charts import canvas
from helpers.pages.render import TEMPLATES

expect.set_options(timeout=30_000)  # ms, for a busy machine

ROBOTS, RATES, TABLE = "[id='pic-series-industrial-robots']", "[id='pic-2.3-growth']", "[id='figures-2.3']"
ROSE = r"Industrial robots in service rose [\d.]+% from 2017 to \d+"  # until the last year of the package
STOPS = "a[href], button, input, summary, [tabindex]"
GROUPED = """() => [...document.querySelectorAll('main figure, main table:not(.grid)')].map(group => {
    const region = group.closest('.scroll');
    const under = region?.nextElementSibling?.matches('.get') ? region.nextElementSibling : null;
    const roots = [group.localName === 'figure' ? group : region, under].filter(Boolean);
    const stops = roots.flatMap(root => [root, ...root.querySelectorAll('STOPS')]);
    const own = stops.filter(stop => group.localName !== 'figure' || !stop.closest('.scroll, .get'));
    return [group.id, own.filter(stop => stop.tabIndex >= 0 && stop.checkVisibility()).length];
  })""".replace("STOPS", STOPS)
CLIPBOARD = """async type => {
  const [item] = await navigator.clipboard.read();
  const blob = item.types.includes(type) ? await item.getType(type) : null;
  if (!blob) return null;
  if (type.startsWith('text')) return blob.text();
  return [...new Uint8Array(await blob.arrayBuffer())].map(n => String.fromCharCode(n)).join('');
}"""


@pytest.fixture
def page(browser, reports):
    """The English page of a chapter, with a table that is open, which may use the clipboard."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto((reports / "2-integration_2018_en.html").as_uri())
    page.locator(TABLE).evaluate("table => { table.closest('details').open = true; }")
    page.evaluate("document.fonts.ready")
    yield page
    context.close()


def lines(page) -> dict[str, str]:
    """The tooltip: headings and values."""
    names, values = (page.locator(f".tip {tag}").all_inner_texts() for tag in ("dt", "dd"))
    return dict(zip(names, values, strict=True))


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    return struct.unpack(">II", png[16:24])


# --- values --------------------------------------------------------------------------------------------------------


def test_the_pointer_shows_value_range_period_and_source(page):
    page.locator(f"{ROBOTS} .mark").nth(1).hover()
    expect(page.locator(".tip b")).to_have_text("Industrial robots in service")
    tooltip = lines(page)
    assert tooltip["Value"] == "71,000"
    assert tooltip["Range"] == "70,500–71,500"
    assert tooltip["Period"] == "end of 2018"
    assert tooltip["Locator or formula"].startswith("2.1.1")
    page.locator(f"{ROBOTS} .mark").nth(0).hover()
    assert lines(page)["Value"] == "55,000"
    page.keyboard.press("Escape")
    expect(page.locator(".tip")).to_be_hidden()
    page.locator(f"{ROBOTS} .mark").nth(2).hover()
    page.locator("h1").hover()
    expect(page.locator(".tip")).to_be_hidden()
    assert page.locator(".mark.on").count() == 0


def test_a_finding_about_the_figure_is_shown_with_its_value(page):
    page.locator(f"{RATES} .mark", has_text="Cross-border").hover()
    tooltip = lines(page)
    assert "Cross-border online retail exports" in tooltip["contradiction"]


def test_the_arrow_keys_go_from_value_to_value_and_on_to_what_is_beneath(page):
    page.keyboard.press("Tab")  # from here on focus is shown
    page.locator(f"{RATES} svg").focus()
    names = []
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "Home", "End", "ArrowUp"):
        names.append(page.locator(".tip b").inner_text())
        page.keyboard.press(key)
    assert len({*names[:4]}) == 4
    assert names[4] == names[0]
    assert names[5] == names[3]
    assert page.locator(".tip b").inner_text() == names[2]
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".tip")).to_be_hidden()
    assert page.evaluate("document.activeElement.className") == "name"  # in the title
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.ariaLabel") == "Copy link"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "Copy picture"
    page.keyboard.press("Tab")
    assert page.evaluate(f"document.activeElement.closest('figure')?.matches(\"{RATES}\") || false") is False
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "Copy picture"  # where the reader was before


def test_every_mark_has_its_row_or_its_words(browser, reports):
    """Each mark of each picture names a row of the table beneath, but for pictures whose rows are others."""
    page = browser.new_page()
    unmatched = """() => [...document.querySelectorAll('.mark')].filter(mark =>
      !mark.closest('figure').querySelector(`tr[data-key="${CSS.escape(mark.dataset.key)}"]`)).map(mark =>
      mark.closest('figure').id + ' ' + mark.dataset.key)"""
    for path in sorted(reports.glob("[0-9]*.html")):
        page.goto(path.as_uri())
        assert [key for key in page.evaluate(unmatched) if not key.startswith("pic-a-")] == [], path.name
    page.close()


# --- stops of the Tab key ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["2-integration_2018_en", "3-livelihood_2017_zh", "6-audit_en", "0-overview_2017_zh", "7-outlook_en"]
)
def test_a_picture_and_a_table_are_one_stop_each(browser, reports, name):
    page = browser.new_page()
    page.goto((reports / f"{name}.html").as_uri())
    stops = page.evaluate(GROUPED)
    assert len(stops) > 4
    assert [key for key, count in stops if count > 1] == []
    assert page.evaluate(
        "[...document.querySelectorAll('main figure svg:has(.mark)')].every(svg => svg.tabIndex === 0)"
    )
    page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
    assert [key for key, count in page.evaluate(GROUPED) if count != 1] == []
    page.close()


def test_the_arrow_keys_reach_everything_in_a_table(page):
    table = page.locator(TABLE)
    table.locator("a, button").first.focus()
    stops = page.evaluate(
        f'[...document.querySelectorAll("{TABLE} a[href], {TABLE} button")].filter(stop => stop.checkVisibility()).length'
    )
    for _ in range(stops):
        page.evaluate("document.activeElement.dataset.reached = ''")
        page.keyboard.press("ArrowRight")
    assert table.locator("[data-reached]").count() == stops
    row = "document.activeElement.closest('tr')"
    locator = table.locator("a.locator").nth(2)
    locator.focus()
    before, column = page.evaluate(f"[{row}.id, document.activeElement.closest('td').cellIndex]")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(f"{row}.previousElementSibling.id") == before
    assert page.evaluate("document.activeElement.closest('td, th').cellIndex") == column
    page.keyboard.press("ArrowUp")
    assert page.evaluate(f"{row}.id") == before


# --- copies --------------------------------------------------------------------------------------------------------


def test_a_picture_is_saved_with_its_title_note_and_source(page, tmp_path):
    figure = page.locator(ROBOTS)
    files = {}
    for ending in ("PNG", "SVG"):
        with page.expect_download() as begun:
            figure.get_by_role("button", name=f"Save {ending}").click()
        files[ending] = tmp_path / begun.value.suggested_filename
        begun.value.save_as(files[ending])
    assert [path.name for path in files.values()] == [
        f"2-integration_2018_en_pic-series-industrial-robots.{end}" for end in ("png", "svg")
    ]
    svg = files["SVG"].read_text(encoding="utf-8")
    width, height = (int(number) for number in re.search(r'width="(\d+)" height="(\d+)" viewBox', svg).groups())
    assert width == canvas.WIDTH + 32
    assert size_of(files["PNG"].read_bytes()) == (2 * width, 2 * height)
    shown = re.sub(r"\s+", " ", " ".join(re.findall(r"<text[^>]*>([^<]+)<", svg)))
    note = figure.locator("> .note").inner_text()
    title, source = figure.locator("figcaption strong").inner_text(), figure.get_attribute("data-source")
    assert re.fullmatch(ROSE, title)
    for text in (title, "71,000", note, f"Source: {source}"):
        assert text in shown
    assert "Mid-term evaluation report" in source
    assert "@font-face" in svg
    assert "<script" not in svg


def test_what_is_saved_is_a_picture_that_a_browser_shows(browser, page, tmp_path):
    with page.expect_download() as begun:
        page.locator(ROBOTS).get_by_role("button", name="Save SVG").click()
    begun.value.save_as(tmp_path / "saved.svg")
    alone = browser.new_page()
    alone.goto((tmp_path / "saved.svg").as_uri())
    outside = """() => [...document.querySelectorAll('text')].filter(text => {
      const box = text.getBoundingClientRect(), paper = document.documentElement.getBoundingClientRect();
      return box.left < paper.left || box.right > paper.right || box.bottom > paper.bottom;
    }).map(text => text.textContent)"""
    assert alone.locator("text").count() > 10
    assert alone.evaluate(outside) == []
    alone.close()


def test_a_picture_is_copied(page):
    page.locator(ROBOTS).get_by_role("button", name="Copy picture").click()
    expect(page.locator(".said")).to_have_text("Copied")
    width, _ = size_of(page.evaluate(CLIPBOARD, "image/png").encode("latin-1"))
    assert width == 2 * (canvas.WIDTH + 32)


def test_a_sentence_a_picture_and_a_source_are_copied_for_a_word_processor(page):
    page.locator(ROBOTS).get_by_role("button", name="Copy for Word").click()
    expect(page.locator(".said")).to_have_text("Copied")
    html, plain = (page.evaluate(CLIPBOARD, f"text/{kind}") for kind in ("html", "plain"))
    sentence, *rest = plain.splitlines()
    assert re.fullmatch(ROSE, sentence)
    assert sentence == page.locator(f"{ROBOTS} figcaption strong").inner_text()
    assert rest[0].startswith("Source: ")
    parts = [html.index(part) for part in (sentence, 'src="data:image/png;base64,', rest[0])]
    assert parts == sorted(parts)
    png = base64.b64decode(re.search(r'src="data:image/png;base64,([^"]+)"', html)[1])
    assert size_of(png)[0] == 2 * (canvas.WIDTH + 32)


def test_a_table_is_copied_as_rich_text(page):
    page.locator(TABLE).locator("xpath=../following-sibling::p[1]").get_by_role("button").click()
    expect(page.locator(".said")).to_have_text("Copied")
    html, plain = (page.evaluate(CLIPBOARD, f"text/{kind}") for kind in ("html", "plain"))
    assert "<table" in html
    assert "<a " not in html
    assert "<button" not in html
    heads = next(line for line in plain.splitlines() if "\t" in line).split("\t")
    row = next(line for line in plain.splitlines() if line.startswith("Online retail sales contradiction")).split("\t")
    assert dict(zip(heads, row, strict=True))["Value"] == "1.67188 trillion"
    assert plain.splitlines()[-1].startswith("Source: Industry integration")


def test_a_browser_without_rich_copies_is_asked_in_the_old_way(browser, reports):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    context.add_init_script("delete window.ClipboardItem")
    page = context.new_page()
    page.goto((reports / "2-integration_2018_en.html").as_uri())
    page.locator(ROBOTS).get_by_role("button", name="Copy for Word").click()
    expect(page.locator(".said")).to_have_text("Copied")
    assert 'src="data:image/png;base64,' in page.evaluate(CLIPBOARD, "text/html")
    page.locator(ROBOTS).get_by_role("button", name="Copy picture").click()
    expect(page.locator(".said")).to_have_text("The browser does not allow copying; save a file instead")
    context.close()


# --- without a script, on paper, on a phone ------------------------------------------------------------------------


def test_without_a_script_nothing_is_added_and_everything_is_reached(browser, reports):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((reports / "2-integration_2018_en.html").as_uri())
    assert page.locator(".share, .tip, figure button, .get button").count() == 0
    assert page.locator(f"{ROBOTS} svg[tabindex]").count() == 0
    assert page.locator(f"{TABLE} a.locator:not([tabindex])").count() > 10
    context.close()


def test_on_paper_a_picture_is_the_same_with_and_without_a_script(page):
    page.emulate_media(media="print")
    assert page.locator(".share:visible, .get:visible, .tip:visible").count() == 0
    painted = "svg => [...svg.querySelectorAll('.hit')].every(hit => getComputedStyle(hit).fill === 'none')"
    assert page.locator(f"{ROBOTS} svg").evaluate(painted)


def test_letters_of_pictures_are_large_enough_on_a_phone(browser, reports):
    small = """() => [...document.querySelectorAll('figure svg text')].filter(text => {
      const svg = text.ownerSVGElement, scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      return scale && parseFloat(getComputedStyle(text).fontSize) * scale < 11;
    }).map(text => text.closest('figure').id + ' ' + text.textContent)"""
    page = browser.new_page(viewport={"width": 390, "height": 844})
    for path in sorted(reports.glob("[0-9]*.html")):
        page.goto(path.as_uri())
        assert page.evaluate(small) == [], path.name
    page.close()


def test_the_tooltip_stays_on_the_screen_of_a_phone(browser, reports):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto((reports / "2-integration_2018_en.html").as_uri())
    for number in range(page.locator(f"{RATES} .mark").count()):
        page.locator(f"{RATES} .mark").nth(number).hover()
        box = page.locator(".tip").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert 0 <= box["y"] <= 844 - box["height"] + 1
    page.close()


def test_the_script_that_tells_values_is_small():
    assert (TEMPLATES / "page" / "marks.js").stat().st_size <= 6 * 1024
