"""The search of the index in a real Chromium: one result for an indicator, found however it is written."""

import pytest
from playwright.sync_api import expect

from helpers.display import theme
from helpers.views import select

expect.set_options(timeout=30_000)  # ms, for a busy machine


@pytest.fixture(scope="module")
def indexes(browser, reports):
    """Opens an index once, and gives what it finds: for each result its text and where its first link leads."""
    opened = {}

    def find(index: str, asked: str) -> list[tuple[str, str]]:
        if index not in opened:
            opened[index] = browser.new_page()
            opened[index].goto((reports / index).as_uri())
        page = opened[index]
        page.fill("#search", asked)
        return [tuple(pair) for pair in page.evaluate(
            "[...document.querySelectorAll('#found li')].map(hit => [hit.innerText, hit.querySelector('a').getAttribute('href')])"
        )]  # fmt: skip

    yield find
    for page in opened.values():
        page.close()


SALES = "indicators/online-retail-sales"


@pytest.mark.parametrize(("index", "language"), [("index.html", "zh"), ("index_en.html", "en")])
@pytest.mark.parametrize(
    ("asked", "page"),
    [
        ("16718.8", SALES),
        ("16718.8亿元", SALES),
        ("１６７１８．８亿元", SALES),
        ("1,671.88 billion", SALES),
        ("1.67188 trillion yuan", SALES),
        ("1.67万亿", SALES),
        ("1.67 Trillion", SALES),
        ("网络零售", SALES),
        ("online shopping", SALES),
        ("两化融合", "indicators/it-industry-integration-index"),
        ("wifi", "indicators/scenic-wifi-coverage"),
        ("Wi-Fi", "indicators/scenic-wifi-coverage"),
        ("ＷＩＦＩ", "indicators/scenic-wifi-coverage"),
        ("机器人", "indicators/industrial-robots"),
        ("robotics", "indicators/industrial-robots"),
        ("跨境电子商务", "indicators/cross-border-retail-exports"),
        ("CBEC", "indicators/cross-border-retail-exports"),
    ],
)
def test_an_indicator_is_found_by_its_other_names_and_its_numbers(indexes, index, language, asked, page):
    hits = indexes(index, asked)
    assert hits
    assert hits[0][1] == f"{page}_{language}.html"
    assert sum(where == hits[0][1] for _, where in hits) == 1


@pytest.mark.parametrize(
    ("asked", "words"),
    [("1.68万亿", "1.67188"), ("1.67亿", "1.67188 trillion"), ("5g", "Online retail"), ("2017.5", "2017")],
)
def test_another_number_is_not_taken_for_it(indexes, asked, words):
    assert not any(
        "Online retail sales\n" in text or text.startswith("Online retail sales ")
        for text, _ in indexes("index_en.html", asked)
    ), words


@pytest.mark.parametrize(("index", "language"), [("index.html", "zh"), ("index_en.html", "en")])
@pytest.mark.parametrize("status", theme.STATUSES)
def test_a_status_word_finds_its_meaning_and_the_indicators_that_have_it(indexes, package, index, language, status):
    """In the main year, as reported or as corrected; in either language, and by the words for it that people use."""
    view = select.Selector(package).view("overview", "0-overview", language, package.plan.region)
    rows = view.targets[(view.targets["year"] == view.main_year) & (view.targets["status"] == status)]
    having = [f"indicators/{key}_{language}.html" for key in dict.fromkeys(rows["indicator"])]
    words = package.labels.at[f"page.also.{status}", language].split(" / ")
    assert {*package.labels.loc[f"status.{status}"]} <= {*words}
    for word in words:
        meaning, *others = [where for _, where in indexes(index, word)]
        assert meaning == f"0-overview_2017_{language}.html#about-{status}", word
        own, rest = others[: len(having)], others[len(having) :]
        assert {*own} == {*having}, word
        assert {meaning, *own}.isdisjoint(rest), "one result each"


def test_a_status_word_finds_no_part_of_another_word(indexes):
    assert not any("Method" in text or "Telemetric" in text for text, _ in indexes("index_en.html", "met"))


def test_an_indicator_is_one_result_with_what_was_asked_for(indexes):
    hits = [text for text, _ in indexes("index.html", "全省网络零售额")]
    assert (
        sum(text.startswith("全省网络零售额") and "：" not in text.split("\n")[0].split(" ")[0] for text in hits) == 1
    )
    (first, *_) = indexes("index.html", "16718.8")
    assert "16,718.8" in first[0] or "16718.8" in first[0]


def test_an_indicator_comes_before_sentences_about_it_and_tells_of_its_own_place(indexes):
    (text, link), *_ = indexes("index.html", "网络零售")
    assert link.startswith(SALES)
    assert "全国" not in text


@pytest.mark.parametrize(
    ("index", "asked", "first"),
    [
        ("index.html", "小数点", "#a-"),  # the end of a long sentence
        ("index_en.html", "decimal point", "#a-"),
        ("index_en.html", "currency", "#a-"),
        ("index.html", "宽带 北京", "#a-"),  # a finding that has both words, and an indicator that has one
        ("index.html", "移动宽带", "indicators/"),
        ("index.html", "口径不同", "#a-"),
    ],
)
def test_what_matches_all_words_comes_first_be_it_a_finding_or_an_indicator(indexes, index, asked, first):
    assert first in indexes(index, asked)[0][1]


def test_findings_come_after_what_they_are_about_and_the_gravest_first(indexes):
    hits = indexes("index.html", "网络零售")
    findings = [n for n, (_, link) in enumerate(hits) if "#a-" in link]
    assert findings[0] <= 5
    assert "矛盾" in hits[findings[0]][0]
    assert not any("#pic-" in link or "#l-" in link for _, link in hits[: findings[0]])


def test_an_indicator_of_another_place_is_told_with_it(indexes):
    assert indexes("index.html", "产业增加值")[0][0].startswith("产业增加值（杭州城西科创大走廊）")
    assert indexes("index_en.html", "net inflow rate")[0][0].startswith("Net inflow rate of talent (Hangzhou)")


def test_an_indicator_without_a_page_leads_to_its_row(indexes):
    hits = indexes("index_en.html", "shared courses zhijianghui")
    assert hits[0][0].startswith("Courses shared on Zhijianghui")
    assert hits[0][1].startswith("3-livelihood_2017_en.html#f-")


@pytest.mark.parametrize(
    ("index", "asked", "first", "page_of_first"),
    [
        ("index.html", "天猫小店", "天猫小店", "2-integration"),
        ("index.html", "阿里巴巴", "阿里巴巴", "1-innovation"),
        ("index.html", "首台（套）", "首台（套）产品", "1-innovation"),
        ("index.html", "杭州", "杭州", ""),
        ("index.html", "有关部门", "核实清单", "6-audit"),  # a word under the heading
        ("index_en.html", "tmall corner", "Tmall Corner Stores", "2-integration"),
        ("index_en.html", "ＡＬＩＢＡＢＡ", "Alibaba", ""),
        ("index_en.html", "hangzhou", "Hangzhou", ""),
        ("index_en.html", "20,698", "Free Wi-Fi hotspots", "5-foundations"),
    ],
)
def test_all_pages_are_searched_from_the_index(browser, reports, index, asked, first, page_of_first):
    page = browser.new_page()
    page.goto((reports / index).as_uri())
    page.fill("#search", asked)
    hits = page.locator("#found li")
    assert hits.count() > 0
    assert first.lower() in hits.first.inner_text().lower()
    rows = page.locator("table.grid tbody tr")
    assert rows.count() == 8
    assert rows.locator("visible=true").count() > 0
    hits.first.locator("a").first.click()
    page.wait_for_url("**/*.html#*")
    file, _, anchor = page.url.rpartition("/")[2].partition("#")
    assert file.startswith(page_of_first)
    assert page.evaluate("document.getElementById(decodeURIComponent(location.hash.slice(1))) !== null"), anchor
    page.close()


def test_the_search_is_used_by_keyboard_narrows_the_index_and_says_what_it_found(browser, reports):
    page = browser.new_page()
    page.goto((reports / "index_en.html").as_uri())
    page.fill("#search", "zzz")
    expect(page.locator("#count")).to_have_text(
        "Nothing found. Try another word, an abbreviation, or the number alone."
    )
    assert page.locator("table.grid tbody tr:visible").count() == 0
    page.fill("#search", "tourism")
    expect(page.locator("#count")).to_contain_text("results")
    shown = page.locator("table.grid tbody tr:visible").all_inner_texts()
    assert 0 < len(shown) < 8
    assert any("Industry integration" in row for row in shown)
    page.press("#search", "ArrowDown")
    assert page.evaluate("document.activeElement.closest('#found li') !== null")
    page.keyboard.press("Escape")
    assert page.locator("#search").input_value() == ""
    assert page.locator("table.grid tbody tr:visible").count() == 8
    page.fill("#search", "tourism")
    page.press("#search", "Enter")
    page.wait_for_url("**/indicators/*_en.html")
    page.close()


@pytest.mark.parametrize(
    ("index", "asked", "page"),
    [
        ("index.html", "下载", "0-overview_2017_zh.html#about-data"),
        ("index.html", "Excel", "0-overview_2017_zh.html#about-data"),
        ("index_en.html", "Excel", "0-overview_2017_en.html#about-data"),
        ("index_en.html", "download", "0-overview_2017_en.html#about-data"),
        ("index.html", "引用", "0-overview_2017_zh.html#about-cite"),
    ],
)
def test_how_to_take_data_and_to_cite_is_found(indexes, index, asked, page):
    assert indexes(index, asked)[0][1] == page


def test_a_place_is_found_by_its_full_name_too(indexes):
    short, full = indexes("index.html", "杭州"), indexes("index.html", "杭州市")
    assert len(full) > 5
    assert {text for text, _ in full} == {text for text, _ in short}
