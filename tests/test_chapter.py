"""What a notebook holds, for every year, language and region; hostile names stay text."""

import re

import nbformat
import pytest
from bs4 import BeautifulSoup

from helpers import paths
from helpers.display.html import PAGE_MIME, Html, Markup, Picture, Table
from helpers.errors import UserError
from helpers.package import tables
from helpers.views import Audit, Chapter, Outlook, Overview
from helpers.views.notebook import plain

YEARS, LANGUAGES = (2016, 2017, 2018), ("zh", "en")


def html(shown) -> BeautifulSoup:
    return BeautifulSoup(shown._repr_mimebundle_()["text/html"], "html.parser")


def chapter(package, name="2-integration", language="en", region="330000", year=2017) -> Chapter:
    return Chapter(name, package, language, region, year)


def test_the_opening_counts_statuses_as_printed_and_with_errata(package):
    page = Overview("0-overview", package, "en", "330000", 2017).opening()._repr_mimebundle_()[PAGE_MIME]
    assert page["headline"] == "14 of 15 headline targets with data were met"
    assert page["counts"] == {"exceeded": 8, "met": 6, "missed": 1, "no_data": 7}
    assert "With errata applied, 1 status differs." in page["lead"]
    assert page["language"] == "en"


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_year_with_little_data_says_so_and_shows_no_empty_picture(package, year, language):
    shown = chapter(package, "4-governance", language, year=year)
    assert isinstance(shown.targets(), Html)
    assert isinstance(shown.growth("4.1"), Html)
    assert shown.growth("4.1").plain


def test_every_figure_of_a_section_is_in_its_table_with_locator(package):
    for number, name in enumerate(
        ["1-innovation", "2-integration", "3-livelihood", "4-governance", "5-foundations"], 1
    ):
        held = set()
        for year in YEARS:
            shown = chapter(package, name, year=year)
            for section in shown.sections:
                table = html(shown.figures_of(section))
                held |= {row["id"][2:] for row in table.select("tr[id^='f-']")}
                assert all(row.select_one(".locator").text for row in table.select("tr[id^='f-']"))
        wanted = package.figures.index[package.figures["indicator"].map(package.indicators["chapter"]) == number]
        assert set(wanted) <= held


def test_a_derived_value_shows_its_formula_and_its_range(package):
    row = html(chapter(package, language="zh").figures_of("2.3")).select_one("[id='f-2.3.3-3~2.3.3-4']")
    assert "16718.8亿元÷(1+25.4%)" in row.text
    assert "13332.4" in row.text
    assert "13327.0～13337.7" in row.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_has_a_title_a_text_alternative_and_its_data(package, language):
    shown = chapter(package, language=language, year=2018)
    pictures = [
        shown.matrix(), shown.growth("2.3"), shown.earlier("2.3"), shown.shares("2.3"),
        shown.series("online-retail-sales"), shown.ranks("2.1"), shown.parts("2.3"),
        shown.counts("2.2", "farm-entities-mapped", "traceability-entities"),
    ]  # fmt: skip
    for picture in pictures:
        assert isinstance(picture, Picture)
        figure = html(picture).figure
        assert figure.figcaption.text.strip()
        assert len(figure.svg["aria-label"]) > 20
        assert figure.svg["role"] == "img"
        assert figure.details.table.select("tbody tr")


def test_tables_have_captions_and_scoped_headers(package):
    for table in (
        chapter(package).figures_of("2.1"),
        chapter(package).platforms("2.1"),
        chapter(package).public("2.3"),
    ):
        assert isinstance(table, Table)
        found = html(table).table
        assert found.caption.text
        assert all(cell.get("scope") for cell in found.find_all("th"))


def test_derived_values_stand_beneath_what_they_are_derived_from(package):
    """On the page of the level's year beneath the level, on that of the derived value in a group of their own."""
    key = "f-2.3.3-3~2.3.3-4"
    rows = [row.get("id") for row in html(chapter(package, year=2018).figures_of("2.3")).select("tbody tr")]
    assert rows[rows.index(key) - 1] == "f-2.3.3-3"
    groups = html(chapter(package, year=2017).figures_of("2.3")).select("tbody")
    assert groups[-1].select_one("tr.group").text == "2017, derived from other years"
    assert groups[-1].find(id=key)


def test_platforms_are_a_matrix_of_stages(package):
    table = html(chapter(package).platforms("2.3"))
    heads = [head.text for head in table.select("thead th")]
    (row,) = table.select("#p-" + package.platforms.index[package.platforms["section"] == "2.3"][0])
    marked = [heads[place] for place, cell in enumerate(row.find_all(["th", "td"])) if cell.select(".dot")]
    assert len(marked) == 1
    assert row.select_one(".dot").find_next("span").text == marked[0]  # in words for readers of screens


def test_a_locator_leads_to_its_paragraph_and_that_to_every_other_use(package):
    shown = chapter(package, year=2018)
    page = html(shown.places())
    for link in html(shown.figures_of("2.3")).select("a.locator"):
        assert page.find(id=link["href"].removeprefix("#")), link["href"]
        assert link["title"].startswith(("Chapter 2", "Table of headline indicators"))
    entry = next(item for item in page.select("li") if item.a["href"] == "#f-2.3.3-3")
    assert [link["href"] for link in entry.select(".also a")][:2] == [
        "#f-2.3.3-3~2.3.3-4", "0-overview.ipynb#i-online-retail-sales",
    ]  # fmt: skip
    assert any(link["href"].startswith("6-audit.ipynb#a-") for link in entry.select(".also a"))


@pytest.mark.parametrize(
    ("section", "year", "said"),
    [
        ("2.3", 2018, "Of 4 growth rates the highest is +31.9%: Online retail sales of farm products."),
        ("2.3", 2017, "3 headline indicators, 3 with data, 3 reached their targets."),
        ("2.2", 2017, "2 figures are contradicted elsewhere."),
        ("4.2", 2016, ""),
    ],
)
def test_each_section_begins_with_its_bottom_line(package, section, year, said):
    assert (
        said
        in chapter(package, f"{section[0]}-" + {"2": "integration", "4": "governance"}[section[0]], year=year)
        .summary(section)
        .plain
    )


@pytest.mark.parametrize(("language", "said"), [("zh", "+30%左右"), ("en", "about +30%")])
def test_a_rate_of_change_keeps_its_qualifier(package, language, said):
    shown = chapter(package, "1-innovation", language, year=2018)
    growth = shown.growth("1.2")
    assert said in growth.title
    assert said in growth.svg
    assert said in shown.summary("1.2").plain


@pytest.mark.parametrize(
    ("language", "unit", "said"),
    [("zh", True, "超12万家"), ("zh", False, "超12万家"), ("en", True, "over 120,000"), ("en", False, "over 120,000")],
)
def test_a_label_in_a_picture_keeps_its_qualifier(package, language, unit, said):
    shown = chapter(package, language=language)
    assert shown.label_of(shown.figures.loc["2.1.2-4"], unit) == said


def test_the_scoreboard_strikes_what_an_erratum_reads_otherwise(package):
    board = html(Overview("0-overview", package, "en", "330000", 2017).scoreboard())
    assert len(board.select("tr[id^='i-']")) == 22
    struck = {row["id"]: [s.text for s in row.select("s")] for row in board.select("tr[id]") if row.s}
    assert struck == {
        "i-online-retail-sales": ["12 trillion yuan", "13 trillion yuan", "130%"],
        "i-cross-border-retail-exports": ["50 billion US dollars", "50 billion US dollars", "100%"],
    }
    readings = [" ".join(row.text.split()) for row in board.select("tr.read")]
    assert any("43.81 billion yuan" in reading and "missed" in reading for reading in readings)


def test_another_region_shows_only_its_own(package):
    shown = chapter(package, region="330100", year=2018, name="1-innovation")
    ids = {row["id"] for row in html(shown.figures_of("1.2")).select("tr[id^='f-']")}
    assert {"f-1.2.2-7", "f-1.2.3-7"} <= ids
    assert "f-1.2.1-5" not in ids
    assert "no headline indicators" in Overview("0-overview", package, "en", "330100", 2017).opening().plain


def test_public_figures_carry_title_address_and_confidence(package):
    rows = html(chapter(package).public("2.3")).select("tbody tr")
    assert len(rows) > 20
    assert all(row.a["href"].startswith("http") and row.find_all("td")[-1].text in ("high", "medium") for row in rows)


def test_the_audit_finds_the_one_completion_that_does_not_follow(package):
    audit = Audit("6-audit", package, "en", "330000")
    rows = html(audit.recomputed()).select("tbody tr")
    assert len(rows) == 15
    assert [row.th.text for row in rows if row.find_all("td")[-1].text == "inconsistent"] == ["Online retail sales"]
    assert "consistent" not in {card.b.text for card in html(audit.cards("contradiction")).select(".card")}
    rows = {row["id"]: [cell.text for cell in row.find_all("td")] for row in html(audit.errata()).select("tbody tr")}
    assert set(rows) == {f"e-{key}" for key in package.errata["key"]}
    assert rows["e-T.7-actual"][:2] == ["50 billion US dollars", "erratum 43.81 billion yuan"]


def test_what_moved_since_the_year_before_stands_apart_from_what_gained_or_lost_its_data(package):
    moved = {year: html(Overview("0-overview", package, "en", "330000", year).changes()) for year in (2016, 2017, 2018)}
    assert moved[2016].text == "2016 is the first year of the plan; there is no year before it to compare."
    assert [row.text for row in moved[2017].select("tr.group")] == ["No data the year before: 15"]
    assert [row.text for row in moved[2018].select("tr.group")] == ["Another status: 2", "No data this year: 13"]
    first = moved[2018].select("tbody tr:not(.group)")[0]
    assert [" ".join(cell.text.split()) for cell in first] == [
        "Online retail sales",
        "exceeded 13 trillion yuan",
        "missed 1.67188 trillion yuan",
    ]


def test_the_bottom_line_of_the_audit_says_what_contradicts_and_what_that_changes(package):
    opening = html(Audit("6-audit", package, "en", "330000").opening())
    assert opening.h1.text == "149 of 200 comparisons hold; in 6 the figures contradict each other or public sources"
    lead = opening.select_one(".lead").text
    assert "Online retail sales, Cross-border online retail exports and Agricultural entities" in lead
    assert "another status: Cross-border online retail exports." in lead


def test_a_card_has_figures_arithmetic_and_what_settles_it(package):
    audit = Audit("6-audit", package, "en", "330000")
    cards = html(audit.cards("contradiction")).select(".card")
    first = cards[0]
    assert first.h3.text.startswith("Online retail sales: 1.33324 trillion yuan by 2.3.3")
    assert [row.find_all("td")[1].text for row in first.select(".left tbody tr")] == [
        "1.67188 trillion yuan",
        "25.4%",
        "13 trillion yuan",
    ]
    assert first.select_one(".sum").text.endswith("≠ 13 trillion yuan (12.5 trillion–13.5 trillion)")
    assert [term.text for term in first.select("dt")] == ["Confidence", "What would settle it", "What it changes"]
    assert all(card.select_one("figure svg[role=img]") for card in cards)
    assert html(Audit("6-audit", package, "en", "330100").cards("contradiction")).text == "No contradiction."


def test_chapters_mark_the_figures_that_a_finding_concerns(package):
    rows = {row.get("id"): row for row in html(chapter(package, year=2018).figures_of("2.3")).select("tbody tr")}
    mark = rows["f-2.3.3-3"].a
    assert (mark["href"].split("#")[0], mark.text) == ("6-audit.ipynb", "contradiction")
    anchors = {
        card["id"] for card in html(Audit("6-audit", package, "en", "330000").cards("contradiction")).select(".card")
    }
    assert mark["href"].split("#")[1] in anchors
    assert rows["f-2.3.1-5"].select_one("a.verdict") is None


def test_every_comparison_of_the_audit_is_counted_once(package):
    audit = Audit("6-audit", package, "en", "330000")
    counts = [[int(cell.text or 0) for cell in row.find_all("td")] for row in html(audit.checks()).select("tbody tr")]
    assert counts[-1] == [sum(column) for column in zip(*counts[:-1], strict=True)]
    assert counts[-1][0] == len(audit.found) == sum(counts[-1][1:])
    assert len(html(audit.holds()).select("tbody tr[id]")) == counts[-1][-1]


def test_the_outlook_tells_what_cannot_be_said(package):
    outlook = Outlook("7-outlook", package, "en", "330000")
    assert "2 of 22" in outlook.opening().plain
    assert len(html(outlook.unanswered()).select("tbody tr")) == 21
    assert "156 of 241" in outlook.undated().title


def test_numbers_are_said_as_each_language_expects(package):
    zh, en = (chapter(package, language=language, year=2018) for language in LANGUAGES)
    row = package.figures.loc["2.3.3-3"]
    assert (zh.amount(row), en.amount(row)) == ("16718.8亿元", "1.67188 trillion yuan")
    row = package.figures.loc["2.1.2-4"]
    assert (zh.said(row), en.said(row)) == ("超12万家", "over 120,000")
    row = package.figures.loc["3.3.1-15"]
    assert (zh.said(row), en.said(row)) == ("近8.3亿条", "nearly 830 million")


CJK = re.compile(r"[\u4e00-\u9fff]")
METHODS = {
    Overview: ("0-overview", ["opening", "legend", "categories", "scoreboard", "pace", "readings", "missing", "changes", "sources"]),
    Audit: ("6-audit", ["opening", "recomputed", "errata", "readings", "checks", "holds", "sources"]),
    Outlook: ("7-outlook", ["opening", "after", "implied_growth", "undated", "unanswered", "unfinished", "public_after", "sources"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", METHODS)
def test_an_english_page_has_no_chinese_but_in_marked_titles(package, kind):
    name, methods = METHODS[kind]
    shown = kind(name, package, "en", "330000")
    for method in methods:
        found = html(getattr(shown, method)())
        for marked in found.select("[lang|=zh]"):
            marked.decompose()
        assert not CJK.search(found.text), (method, CJK.findall(found.text)[:5])


@pytest.mark.parametrize("year", YEARS)
def test_english_chapters_have_no_chinese_either(package, year):
    for name in ("1-innovation", "2-integration", "3-livelihood", "4-governance", "5-foundations"):
        shown = chapter(package, name, "en", year=year)
        for section in shown.sections:
            for part in (
                shown.summary,
                shown.figures_of,
                shown.platforms,
                shown.growth,
                shown.shares,
                shown.ranks,
                shown.parts,
            ):
                assert not CJK.search(html(part(section)).text), (name, section, part)


HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{ 7*7 }} {% raw %}", "$\\alpha$ $x$",
    "]]></svg><script>x</script>", "\u202egnp.exe", "a" * 300,
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(copy, name):
    path = copy / "indicators.csv"
    quoted = '"' + name.replace('"', '""') + '"'
    path.write_text(path.read_text(encoding="utf-8").replace("全省网络零售额", quoted, 1), encoding="utf-8")
    shown = chapter(tables.load(copy), language="zh", year=2018)
    for thing in (shown.growth("2.3"), shown.figures_of("2.3"), shown.targets(), shown.series("online-retail-sales")):
        found = html(thing)
        assert found.find_all("script") == []
        assert found.find_all("img") == []
        assert not any(attribute.startswith("on") for tag in found.find_all(True) for attribute in tag.attrs)
        assert name in found.text or name in str(found.svg and found.svg["aria-label"])


@pytest.mark.parametrize("region", ["330100", "330600", "hangzhou-west-corridor", "310000"])
@pytest.mark.parametrize("notebook", sorted(paths.NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_cell_shows_something_for_every_region(notebook, region):
    cells = [cell.source for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    parameters, setup, *shown = cells
    space: dict = {}
    exec(parameters, space)
    space |= {"region": region, "language": "en"}
    exec(setup, space)
    for source in shown:
        assert eval(source, space)._repr_mimebundle_()["text/plain"], source


def test_a_chapter_that_the_package_lacks_is_told_in_a_sentence(package):
    with pytest.raises(UserError, match=r"chapters\.csv has no chapter with the notebook '9-more'"):
        chapter(package, "9-more").opening()


def test_an_indicator_that_the_package_lacks_is_said_in_the_place_of_its_picture(package):
    assert chapter(package).series("robots").plain == "The data has no indicator robots."


def test_years_come_from_the_text_then_derived_then_the_table_then_elsewhere(package):
    frame = chapter(package)._years_of("online-retail-sales").set_index("year")
    assert frame["form"].to_dict()[2018] == "printed"
    assert frame["form"].to_dict()[2017] == "derived"
    assert set(frame["form"].loc[:2016]) == {"public"}


def test_text_alternatives_keep_signs_that_look_like_markup(package):
    shown = chapter(package)
    assert plain("a < b & c > d") == "a < b & c > d"
    assert plain(Markup("<b>a</b> &lt; b")) == "a < b"
    assert shown.matrix().html.count("aria-label") == 2


def test_the_page_says_how_to_run_it_again_with_region_and_data(package):
    shown = Chapter("2-integration", package, "en", "330100", 2017, folder="my data")
    assert "-p year 2017 -p language en -p region 330100 -p data &#39;my data&#39;" in shown.sources().html


def test_after_the_target_year_each_indicator_is_shown_in_its_latest_year(spoil):
    folder = spoil("figures.csv", "rural-stations,level,330000,2018,1.78", "rural-stations,level,330000,2020,1.78")
    outlook = Outlook("7-outlook", tables.load(folder), "en", "330000")
    names = [row.th.text for row in html(outlook.after()).select("tr[id^='i-']")]
    assert names == ["Online retail sales (2018)", "Cross-border online retail exports (2018)"]
