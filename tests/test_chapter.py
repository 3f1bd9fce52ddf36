"""What a chapter holds, for every year, language and region; hostile names stay text."""

import pandas as pd
import pytest
from shown import CHAPTERS, CODE, Opener, chinese_in, html, outputs, plain, returned

from helpers.display.html import Html, Markup
from helpers.display.html import plain as plain_cell
from helpers.display.table import Picture, Table
from helpers.errors import UserError
from helpers.package import tables
from helpers.runs.run import Run
from helpers.views.chapter import Chapter

YEARS, LANGUAGES = (2016, 2017, 2018), ("zh", "en")


def table_of(chapter: Chapter, name: str) -> Table:
    """A table of the section that its name ends in: `figures-2.3`."""
    (table,) = [part for part in chapter.section(name.rpartition("-")[2]).parts if getattr(part, "name", "") == name]
    return table


def summary_of(chapter: Chapter, section: str) -> Html:
    return chapter.section(section).parts[0]


# --- years and sections --------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_year_with_little_data_says_so_and_shows_no_empty_picture(opened, year, language):
    chapter = opened.chapter("4-governance", language, year)
    assert isinstance(chapter.scoreboard(), Html)
    assert isinstance(chapter.growth("4.1"), Html)
    assert chapter.growth("4.1").plain
    assert all(len(part.frame) for part in chapter.section("4.1").parts[1:])


@pytest.mark.whole
@pytest.mark.parametrize(("number", "name"), [*enumerate(CHAPTERS, 1)])
def test_every_figure_of_a_chapter_is_in_the_table_of_its_section_with_its_place(shipped, number, name):
    held = set()
    opened = Opener(shipped)
    for year in shipped.years:
        chapter = opened.chapter(name, year=year)
        for section in chapter.sections:
            frames = chapter.section(section).frames
            tables = [frames[key] for kind in ("figures", "undated") if (key := f"{kind}-{section}") in frames]
            for frame in tables:
                assert (frame["source"] != "").all()
                printed = {key for key in frame["figure"] if "~" not in key}
                assert held.isdisjoint(printed), "each figure stands once"
                held |= printed
    wanted = shipped.figures.index[shipped.figures["indicator"].map(shipped.indicators["chapter"]) == number]
    assert {*wanted} <= held


def test_a_derived_value_shows_its_formula_and_its_range(opened):
    table = table_of(opened.chapter(language="zh"), "figures-2.3")
    row = table.frame.set_index("figure").loc["2.3.3-3~2.3.3-4"]
    assert (row["source"], row["value"], row["unit"]) == ("16718.8亿元÷(1+25.4%)", 13332.4, "亿元")
    assert (row["lower"], row["upper"]) == (13327.0, 13337.8)
    cells = html(table).select_one("[id='f-2.3.3-3~2.3.3-4']").text
    assert "16718.8亿元÷(1+25.4%)" in cells
    assert "13332.4" in cells
    assert "13327.0～13337.8" in cells


def test_derived_values_stand_beneath_what_they_are_derived_from(opened):
    """On the page of the level's year beneath the level, on that of the derived value in a group of their own."""
    key = "2.3.3-3~2.3.3-4"
    keys = [*table_of(opened.chapter(year=2018), "figures-2.3").frame["figure"]]
    assert keys[keys.index(key) - 1] == "2.3.3-3"
    frame = table_of(opened.chapter(year=2017), "figures-2.3").frame
    assert frame["group"].iloc[-1] == "2017, derived from other years"
    assert key in {*frame.loc[frame["group"] == frame["group"].iloc[-1], "figure"]}


def test_a_section_shows_everything_but_what_cells_before_have_drawn(opened):
    chapter = opened.chapter(year=2018)
    everything = [*chapter.section("2.3").frames]
    assert {"pic-2.3-growth", "pic-2.3-earlier", "figures-2.3"} <= {*everything}
    chapter.growth(chapter.figures.query("section == '2.3' and measure == 'growth_rate' and year == 2018"))
    assert [*chapter.section("2.3").frames] == [name for name in everything if name != "pic-2.3-growth"]
    assert [*chapter.section("2.3").frames] == [name for name in everything if name != "pic-2.3-growth"]


def test_a_section_that_the_chapter_lacks_is_refused_with_what_there_is(opened):
    with pytest.raises(
        UserError, match=r"^2-integration has no section '9\.1'; it has 2\.1, 2\.2, 2\.3, 2\.4, 2\.5\.$"
    ):
        opened.chapter().section("9.1")


def test_a_chapter_that_the_package_lacks_is_told_in_a_sentence(opened):
    with pytest.raises(UserError, match=r"chapters\.csv has no chapter with the notebook '9-more'"):
        opened.chapter("9-more")


# --- pictures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_has_a_title_a_text_alternative_and_its_data(opened, language):
    chapter, earlier = (opened.chapter("2-integration", language, year) for year in (2018, 2017))
    schools = opened.chapter("3-livelihood", language, 2017)
    pictures = [
        earlier.stages(), chapter.growth("2.3"), chapter.earlier("2.3"), chapter.series("online-retail-sales"),
        chapter.parts("2.3"), schools.shares("3.4"), schools.ranks("3.4"),
    ]  # fmt: skip
    for picture in pictures:
        assert isinstance(picture, Picture)
        assert len(picture.frame) > 0
        figure = html(picture).figure
        assert figure.figcaption.text.strip()
        assert len(figure.svg["aria-label"]) > 20
        assert figure.svg["role"] == "img"
        assert len(figure.details.table.select("tbody tr")) == len(picture.frame)


def test_a_picture_of_a_selection_shows_the_rows_selected(opened):
    chapter = opened.chapter(year=2018)
    rates = chapter.figures.query("section == '2.3' and measure == 'growth_rate' and year == 2018")
    frame = chapter.growth(rates).frame
    assert sorted(frame["figure"]) == sorted(rates.index)
    assert [*frame["value"]] == sorted(rates["value"], reverse=True)


@pytest.mark.parametrize(
    ("language", "words", "label"), [("zh", "30%左右", "+30%左右"), ("en", "about 30%", "about +30%")]
)
def test_a_rate_of_change_keeps_its_qualifier(opened, language, words, label):
    chapter = opened.chapter("1-innovation", language, 2018)
    rates = chapter.figures.query("section == '1.2' and measure == 'growth_rate' and year == 2018")
    growth = chapter.growth(rates.assign(period="2018"))
    assert words in growth.title
    assert label in growth.svg


def test_text_alternatives_keep_signs_that_look_like_markup(opened):
    assert plain_cell("a < b & c > d") == "a < b & c > d"
    assert plain_cell(Markup("<b>a</b> &lt; b")) == "a < b"
    assert opened.chapter().stages().html.count("aria-label") == 2


def test_an_indicator_that_the_package_lacks_is_refused_in_a_sentence(opened):
    with pytest.raises(UserError, match=r"^there is no indicator 'robots' here; `2-integration` holds [^\n]+\.$"):
        opened.chapter().series("robots")


def test_a_group_that_the_package_lacks_is_refused_in_a_sentence(opened):
    with pytest.raises(UserError, match=r"^indicators\.csv has no group 'robots' in 2-integration\.$"):
        opened.chapter().counts("robots")


def test_years_come_from_the_text_then_derived_then_the_table_then_elsewhere(opened):
    frame = opened.chapter()._pictures.select_series("online-retail-sales").set_index("year")
    assert frame["form"].to_dict()[2018] == "printed"
    assert frame["form"].to_dict()[2017] == "derived"
    assert {*frame["form"].loc[:2016]} == {"public"}


# --- tables --------------------------------------------------------------------------------------------------


def test_tables_have_captions_and_scoped_headers(opened):
    tables_shown = [part for section in ("2.1", "2.3") for part in opened.chapter().section(section).parts[1:]]
    tables_shown = [part for part in tables_shown if isinstance(part, Table)]
    assert {table.name for table in tables_shown} >= {"figures-2.1", "platforms-2.1", "public-2.3"}
    for table in tables_shown:
        head = html(table).table
        assert head.caption.text
        assert all(cell.get("scope") for cell in head.find_all("th"))


def test_platforms_are_a_matrix_of_stages(opened):
    platforms = table_of(opened.chapter(), "platforms-2.3")
    soup = html(platforms)
    heads = [head.text for head in soup.select("thead th")]
    for key, stage in zip(platforms.frame["platform"], platforms.frame["status_name"], strict=True):
        (row,) = soup.select(f"#p-{key}")
        marked = [heads[place] for place, cell in enumerate(row.find_all(["th", "td"])) if cell.select(".dot")]
        assert marked == [stage]
        assert row.select_one(".dot").find_next("span").text == stage  # in words for readers of screens


def test_public_figures_carry_title_address_and_confidence(opened):
    rows = html(table_of(opened.chapter(), "public-2.3")).select("tbody tr")
    assert len(rows) == 14
    assert all(row.select_one("td a")["href"].startswith("http") for row in rows)
    assert {row.find_all("td")[-1].text for row in rows} <= {"high", "medium"}


def test_any_selection_is_a_table(opened):
    chapter = opened.chapter(year=2018)
    selected = chapter.figures.query("section == '2.3' and year == 2018")
    assert [*chapter.table(selected).frame["name"]] == [chapter._figures.title(row) for _, row in selected.iterrows()]
    counts = chapter.figures.groupby("section").size().reset_index(name="n")
    pd.testing.assert_frame_equal(chapter.table(counts, "Figures").frame, counts)
    assert chapter.table(counts, "Figures").caption == "Figures"
    assert isinstance(chapter.table(selected.iloc[:0]), Html)


def test_chapters_mark_the_figures_that_a_finding_concerns(opened):
    table = table_of(opened.chapter(year=2018), "figures-2.3")
    rows = {row.get("id"): row for row in html(table).select("tbody tr")}
    mark = rows["f-2.3.3-3"].select_one("a.verdict")
    page, _, anchor = mark["href"].partition("#")
    assert (page, mark.text) == ("6-audit.ipynb", "contradiction")
    assert anchor in {card["id"] for card in html(opened.audit().cards("contradiction")).select(".card")}
    assert rows["f-2.3.1-5"].select_one("a.verdict") is None


# --- places --------------------------------------------------------------------------------------------------


def test_a_locator_leads_to_its_paragraph_and_that_to_every_other_use(opened):
    chapter = opened.chapter(year=2018)
    page = html(chapter.places())
    for link in html(table_of(chapter, "figures-2.3")).select("a.locator"):
        assert page.find(id=link["href"].removeprefix("#")), link["href"]
        assert link["title"].startswith(("Chapter 2", "Table of headline indicators"))
    entry = next(item for item in page.select("li") if item.a["href"] == "#f-2.3.3-3")
    assert [link["href"] for link in entry.select(".also a")][:2] == [
        "#f-2.3.3-3~2.3.3-4", "0-overview.ipynb#i-online-retail-sales",
    ]  # fmt: skip
    assert any(link["href"].startswith("6-audit.ipynb#a-") for link in entry.select(".also a"))


@pytest.mark.whole
@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("name", CHAPTERS)
def test_links_inside_a_chapter_lead_somewhere_and_only_marked_titles_are_in_the_other_language(opened, name, year):
    chapter = opened.chapter(name, "en", year)
    shown = [chapter.opening(), chapter.legend(), chapter.scoreboard(), chapter.stages(),
             *map(chapter.section, chapter.sections), chapter.places()]  # fmt: skip
    soups = [html(thing) for thing in shown]
    ids = {tag["id"] for soup in soups for tag in soup.select("[id]")}
    links = {link["href"][1:] for soup in soups for link in soup.select("a[href^='#']")}
    assert links <= ids
    assert [signs for soup in soups if (signs := chinese_in(soup))] == []


def test_what_a_section_lacks_is_said_of_nothing_else(opened):
    chapter = opened.chapter("3-livelihood", year=2018)
    assert chapter.shares("3.1").plain == "The text gives no share for 2018."  # 3.5 has two
    assert "Bars show" not in chapter.scoreboard().html  # there is none


def test_what_one_section_lacks_does_not_silence_the_next(opened):
    chapter = opened.chapter("4-governance", year=2018)
    assert "no figure" in chapter.section("4.1").parts[0].plain
    assert chapter.read(chapter.platforms.query("section == '4.2'")).plain.startswith("Of 10 platforms and programmes")


def test_a_chapter_has_as_many_figures_as_its_sections(opened):
    chapter = opened.chapter("1-innovation", year=2017)
    texts = [chapter.opening().page["lead"], *(summary_of(chapter, section).plain for section in chapter.sections)]
    assert [text.split(" figures for 2017")[0].split()[-1] for text in texts] == ["12", "3", "9"]
    text = opened.chapter("1-innovation", year=2018).opening().page["lead"]
    assert "17 figures for 2018, 7 figures for several years up to 2018 and 4 values derived for earlier years" in text


# --- sentences -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "year", "sentence"),
    [
        ("2.3", 2017, "After our corrections, 2 of 3 headline targets with data were reached; as reported, all were."),
        ("2.2", 2017, "2 figures contradict others."),
        ("4.2", 2016, ""),
    ],
)
def test_each_section_begins_with_its_bottom_line(opened, section, year, sentence):
    name = {"2": "2-integration", "4": "4-governance"}[section[0]]
    assert sentence in summary_of(opened.chapter(name, year=year), section).plain


def test_a_section_with_all_targets_of_its_chapter_does_not_repeat_the_headline(opened):
    chapter = opened.chapter("1-innovation", year=2017)
    assert "both headline targets with data were reached" in chapter.opening().plain
    assert "headline targets" not in summary_of(chapter, "1.2").plain


@pytest.mark.parametrize(("language", "caption"), [("zh", "建设中：15项"), ("en", "Being built: 15")])
def test_a_long_selection_is_folded_behind_what_it_holds(opened, language, caption):
    chapter = opened.chapter("4-governance", language, 2017)
    building = chapter.platforms.query("section == '4.1' and status == 'building'")[["name", "status_name"]]
    folded = html(chapter.table(building)).details
    assert (folded.summary.text, len(folded.select("tbody tr"))) == (caption, 15)
    assert "printed" in folded["class"], "paper shows it"
    assert html(chapter.table(building.head(10))).details is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_selection_is_read_in_one_sentence(opened, language):
    chapter = opened.chapter(language=language, year=2018)
    selections = [
        chapter.figures.query("section == '2.3' and measure == 'growth_rate' and year == 2018"), chapter.figures,
        chapter.figures.query("unit == '%'"), chapter.figures.iloc[:1], chapter.figures.iloc[:0], chapter.platforms,
        chapter.targets.query("year == 2017"), chapter.findings, chapter.derived, chapter.public,
        chapter.public.query("indicator == 'industrial-robots'"),
    ]  # fmt: skip
    sentences = [chapter.read(selection).plain for selection in selections]
    assert all(sentence.endswith(("。", ".")) and "\n" not in sentence for sentence in sentences)
    assert language == "zh" or not any(chinese_in(html(chapter.read(selection))) for selection in selections)


def test_numbers_are_written_as_each_language_expects(opened):
    zh, en = (opened.chapter(language=language, year=2018) for language in LANGUAGES)
    written = [
        (
            chapter._words.format_amount(chapter.figures.loc["2.3.3-3"]),
            chapter._words.format_quantity(chapter.figures.loc["2.1.2-4"]),
        )
        for chapter in (zh, en)
    ]
    assert written == [("16718.8亿元", "超12万家"), ("1.67188 trillion yuan", "over 120,000")]
    zh, en = (opened.chapter("3-livelihood", language, 2018) for language in LANGUAGES)
    assert [chapter._words.format_quantity(chapter.figures.loc["3.3.1-15"]) for chapter in (zh, en)] == [
        "近8.3亿条", "nearly 830 million",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "unit", "words"),
    [("zh", True, "超12万家"), ("zh", False, "超12万家"), ("en", True, "over 120,000"), ("en", False, "over 120,000")],
)
def test_a_label_in_a_picture_keeps_its_qualifier(opened, language, unit, words):
    chapter = opened.chapter(language=language)
    assert chapter._words.format_label(chapter.figures.loc["2.1.2-4"], unit) == words


def test_the_page_says_how_to_run_it_again_with_region_and_data(opened):
    view = opened.view("chapter", "2-integration", "en", "330100")
    sources = Chapter(view, "2-integration", 2017, "my data").sources()
    options = "--data &#39;my data&#39; --notebooks 2-integration --years 2017 --languages en --region 330100"
    assert f"evaluate run {options}<" in sources.html


# --- other regions and hostile names -------------------------------------------------------------------------


def test_another_region_shows_only_its_own(opened):
    keys = {*table_of(opened.chapter("1-innovation", year=2018, region="330100"), "figures-1.2").frame["figure"]}
    assert {"1.2.2-7", "1.2.3-7"} <= keys
    assert "1.2.1-5" not in keys


@pytest.mark.kernel
@pytest.mark.parametrize("region", ["330100", "hangzhou-west-corridor", "310000"])  # a city, a zone, another province
@pytest.mark.parametrize("notebook", CODE)
def test_every_cell_shows_something_for_every_region(notebook, region):
    parameters = (("language", "en"), ("region", region))
    run = Run(f"{notebook}_{region}", notebook, "en", region, given=parameters)
    for code, thing in returned(run):
        assert all(output["text/plain"] for output in outputs(thing)), code


HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>", "{{ 7*7 }} {% raw %} $\\alpha$ $x$ a\u202egnp.exe",
    "]]></svg><script>x</script>", "a" * 300,
]  # fmt: skip


@pytest.mark.whole
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(copy, name):
    path = copy / "indicators.csv"
    quoted = '"' + name.replace('"', '""') + '"'
    path.write_text(path.read_text(encoding="utf-8").replace("全省网络零售额", quoted, 1), encoding="utf-8")
    chapter = Opener(tables.load(copy)).chapter(language="zh", year=2018)
    shown = (chapter.growth("2.3"), chapter.section("2.3"), chapter.scoreboard(), chapter.series("online-retail-sales"))
    for thing in shown:
        soup = html(thing)
        assert soup.find_all("script") == []
        assert soup.find_all("img") == []
        assert not any(attribute.startswith("on") for tag in soup.find_all(True) for attribute in tag.attrs)
        assert name in soup.text or name in str(soup.svg and soup.svg["aria-label"])
        assert name in plain(thing) or len(name) > 60


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_printed_fraction_is_shown_as_it_is_printed_and_exported_as_a_number(opened, language):
    table = table_of(opened.chapter("2-integration", language), "undated-2.2")
    row = html(table).find(id="f-2.2.1-7")
    assert [cell.text for cell in row.select(".number, .unit")] == ["2/3", ""]
    exported = table.frame.set_index("figure").loc["2.2.1-7"]
    assert (exported["value"], exported["unit"]) == (66.67, "%")
