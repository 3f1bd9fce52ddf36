"""The audit's page in a browser: short, its summary on the first screen, its folds open for links."""

import content
import pytest

# As many screens for the six contradictions of the report, and one more for each that later figures add.
SCREENS = 12 + content.FINDINGS["contradiction"] - 6


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_audit_is_short(browser, reports, language, width, height):
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto((reports / f"6-audit_{language}.html").as_uri())
    assert page.evaluate("document.documentElement.scrollHeight") <= SCREENS * height
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_summary_ends_on_the_first_screen(browser, reports, language):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((reports / f"6-audit_{language}.html").as_uri())
    assert page.locator("#facts").evaluate("table => table.getBoundingClientRect().bottom") <= 800
    page.close()


def test_a_link_to_a_finding_in_a_fold_opens_it(browser, reports):
    page = browser.new_page()
    address = (reports / "6-audit_en.html").as_uri()
    page.goto(address)
    folded = page.evaluate("[...document.querySelectorAll('.fold [id^=a-]')].map(finding => finding.id)")
    assert len(folded) > 100  # what agrees, what differs in definition, further arguments, facts of low confidence
    hidden = [finding for finding in folded if not page.locator(f'[id="{finding}"]').is_visible()]
    assert hidden == folded
    for finding in (folded[0], folded[-1]):
        page.goto(f"{address}#{finding}")
        page.locator(f'[id="{finding}"]').wait_for(state="visible")
    page.close()


def test_on_paper_the_checklist_is_open_and_long_lists_are_counted(browser, reports):
    page = browser.new_page(viewport={"width": 711, "height": 1012})
    page.goto((reports / "6-audit_en.html").as_uri())
    page.emulate_media(media="print")
    assert page.locator("#checklist tbody tr").last.is_visible()
    assert page.locator("#checklist th.answer").is_visible()
    assert page.locator(".fold .arguments li").first.is_visible()
    assert not page.locator("#holds").is_visible()
    notes = page.locator(".unprinted").all_inner_texts()
    agreed = content.FINDINGS["consistent"]
    assert f"{agreed} comparisons that agree: {agreed} rows, not printed; see the workbook of this page." in notes
    page.emulate_media(media="screen")
    assert not page.locator("#checklist").is_visible()
    assert not page.locator(".unprinted").first.is_visible()
    page.close()
