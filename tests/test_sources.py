"""Every figure names its document: places of any form, packages with and without sources.csv, and copies of public figures."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest
import report
from bs4 import BeautifulSoup

from helpers.compare import packages
from helpers.display.html import plain
from helpers.language.formatter import Formatter, upper_first
from helpers.package import documents, schema, tables, validate
from helpers.views import select
from helpers.views.chapter import Chapter
from helpers.views.citing import cite_document, cite_public
from helpers.views.findings import Audit

REPORT = "浙江“互联网+”行动计划“十三五”中期评估报告"
COMMUNIQUE = (
    "communique,某省统计公报,Statistical communiqué,某省统计局,2020-03,https://example.org/a,2020-05-01,CC-BY-4.0,\n"
)
OTHER_PLACES = [
    "T.3",
    "p. 12",
    "p. 2",
    "表3第4行",
    "BOOK.xlsx!Sheet1!C7",
    'a "quoted" <b>place</b> &c',
    "2.3.1",
    "#f-1",
]
LONG = "x" * 201


def write_two_documents(folder, others=OTHER_PLACES):
    """Add a communiqué to a copy of the package, with a figure of 2019 at each place."""
    head, *known = (folder / "sources.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "sources.csv").write_text("".join([head, COMMUNIQUE, *known]), encoding="utf-8")
    rows = [
        {"figure": f"C-{n}", "indicator": "industrial-robots", "measure": "growth_rate", "region": "330000", "period": "2019",
         "value": f"{n}", "unit": "%", "qualifier": "exact", "printed": f"{n}%", "document": "communique", "source": place}
        for n, place in enumerate(others, 1)
    ]  # fmt: skip
    figures = pd.read_csv(folder / "figures.csv", dtype=str, keep_default_na=False)
    figures = pd.concat([figures, pd.DataFrame(rows)]).fillna("")
    figures.to_csv(folder / "figures.csv", index=False, lineterminator="\n", encoding="utf-8")
    return folder


def remove_sources(folder):
    """Make a copy of the package one without sources.csv, as older ones are."""
    (folder / "sources.csv").unlink()
    for name in ("figures", "platforms"):
        frame = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False).drop(columns="document")
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    descriptor = schema.read(folder)
    descriptor["resources"] = [each for each in descriptor["resources"] if each["name"] != "sources"]
    (folder / schema.DESCRIPTOR).write_text(json.dumps(descriptor, ensure_ascii=False, indent=2), encoding="utf-8")
    return folder


def html_of(*things):
    """HTML of what cells show, part by part."""
    return "".join(str(part.html) for thing in things for part in getattr(thing, "parts", [thing]))


def open_chapter(package, language="en", year=2017, name="2-integration"):
    return Chapter(select.Selector(package).view("chapter", name, language, "330000"), name, year)


@pytest.fixture(scope="module")
def two_documents(tmp_path_factory):
    return tables.load(write_two_documents(report.copy(tmp_path_factory.mktemp("two") / "data")))


# --- places ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "numbered", "place"),
    [
        ("T.6", True, ("row", (6,))),
        ("2.3.10", True, ("paragraph", (2, 3, 10))),
        ("0.0.2", True, ("paragraph", (0, 0, 2))),
        ("T.6", False, ("text", ())),
        ("2.3.10", False, ("text", ())),
        ("T.6a", True, ("text", ())),
        ("T.", True, ("text", ())),
        ("2.3", True, ("text", ())),
        ("2.3.1.4", True, ("text", ())),
        ("p. 12", True, ("text", ())),
        ("BOOK.xlsx!Sheet1!C7", True, ("text", ())),
    ],
)
def test_only_a_document_of_paragraphs_has_a_table_and_paragraphs(source, numbered, place):
    assert documents.parse(source, numbered) == place


@pytest.mark.parametrize(
    ("numbered", "places"),
    [
        (True, ["T.1", "T.10", "0.0.2", "2.3.9", "2.3.10", "p. 2"]),
        (
            False,
            ["", "2", "2.3.1", "10", "BOOK.xlsx!Sheet1!C7", "BOOK.xlsx!Sheet1!C10", "T.3", "p. 2", "p. 12", "表3第4行"],
        ),
    ],
)
def test_places_are_sorted_by_the_numbers_in_them(numbered, places):
    mixed = places[1::2] + places[::2]
    assert sorted(mixed, key=lambda place: documents.order(place, numbered)) == places


def test_anchors_of_places_are_good_ids_and_no_two_are_alike():
    pairs = [(document, source) for document in ("a", "b") for source in [*OTHER_PLACES, "a b", "a\u3000b", LONG]]
    ids = [documents.make_id(*pair, False) for pair in pairs]
    ids += [
        documents.make_id("a", source, True) for _, source in pairs[: len(pairs) // 2] if source not in ("T.3", "2.3.1")
    ]
    assert all(re.fullmatch(r"[A-Za-z0-9.~_-]+", name) for name in ids)
    assert len({*ids[: len(pairs)]}) == len(pairs)
    assert documents.make_id("a", "2.3.1", True) == "2.3.1", "links to paragraphs of the report stay as they are"


# --- rules -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "sentences"),
    [
        ("figures.csv", "exact,3000,mid-term-report,T.1,", "exact,3000,other,T.1,", ["figures.csv:4:document: 'other' does not exist in sources"]),
        ("figures.csv", "exact,3000,mid-term-report,T.1,", "exact,3000,,T.1,", []),
        ("figures.csv", "exact,3000,mid-term-report,T.1,", "exact,3000,mid-term-report,p. 12,", [
            "figures.csv:4:source: 'p. 12' is no paragraph (2.3.1) and no row of the table (T.6), which places in 'mid-term-report' are; "
            "correct it, or leave `places` of the document empty in sources.csv"]),
        ("figures.csv", "exact,3000,mid-term-report,T.1,", "exact,3000,mid-term-report,,", ["figures.csv:4:source: is empty; a value is required"]),
        ("figures.csv", "exact,3000,mid-term-report,T.1,1,", "exact,3000,mid-term-report,T.1,,", [
            "figures.csv:4:sentence: is empty, but the places of 'mid-term-report' are paragraphs; write the number of the sentence"]),
        ("sources.csv", ",paragraphs", ",", []),
        ("sources.csv", ",paragraphs", ",pages", ["sources.csv:2:places: 'pages' is not allowed; expected paragraphs"]),
        ("sources.csv", ",paragraphs\n", ",paragraphs\n" + COMMUNIQUE, []),
        ("external.csv", "true,medium,\"Listed under digital", "true,high,\"Listed under digital", [
            "external.csv:2:confidence: 'high' does not fit a figure that was read in a copy only; expected 'medium' or 'low', "
            "or the publisher's own address and copy false"]),
        ("external.csv", "true,medium,\"Listed under digital", ",medium,\"Listed under digital", [
            "external.csv:2:copy: is empty, but the publisher is '浙江省'; write true if the address is not its own, else false"]),
        ("external.csv", "narrower,浙江省,,浙江省数字经济", "narrower,,,浙江省数字经济", [
            "external.csv:2:publisher: is empty; name who published the figure first, or leave `copy` empty where nobody can tell"]),
        ("external.csv", "中评社,2015-11,", "中评社,2015-13,", [
            r"external.csv:4:published: '2015-13' does not have the form 2018, 2018-02 or 2018-02-08"]),
    ],
)  # fmt: skip
def test_a_mistake_about_documents_and_copies_has_its_sentence(spoil, file, old, new, sentences):
    assert [*map(str, validate.find_problems(spoil(file, old, new)))] == sentences


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        (LONG, "the place has 201 characters; expected at most 200"),
        (" p. 12", "' p. 12' begins or ends with a blank or an invisible character; write 'p. 12'"),
        ("p.\n12", r"'p.\n12' holds a line break or another control character; write it in one line"),
        ("p.\x0712", r"'p.\x0712' holds a line break or another control character; write it in one line"),
        *((place, "") for place in OTHER_PLACES),
    ],
)
def test_a_place_is_one_line_of_any_text(copy, place, sentence):
    problems = validate.find_problems(write_two_documents(copy, [place]))
    assert [problem.sentence for problem in problems] == ([sentence] if sentence else [])


def test_a_row_without_a_document_is_refused_where_there_are_several(copy):
    folder = write_two_documents(copy)
    path = folder / "figures.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",mid-term-report,T.1,", ",,T.1,", 1), encoding="utf-8")
    (problem,) = validate.find_problems(folder)
    assert (
        str(problem)
        == "figures.csv:4:document: is empty, and sources.csv has 2 documents; name the one that the row comes from"
    )


# --- packages without sources.csv -------------------------------------------------------------------------------


@pytest.mark.whole
def test_a_package_without_sources_has_the_report_of_its_plan(copy, package):
    older = tables.load(remove_sources(copy))
    assert older.sources[["title_zh", "places"]].to_numpy().tolist() == [[REPORT, "paragraphs"]]
    assert (older.figures["document"] == "report").all()
    assert older.figures["in_table"].equals(package.figures["in_table"])
    for language in ("zh", "en"):
        ours, theirs = (open_chapter(each, language) for each in (package, older))
        assert theirs.places().html == ours.places().html
        assert html_of(theirs.section("2.3")) == html_of(ours.section("2.3"))


def test_its_rows_name_no_document(copy):
    folder = remove_sources(copy)
    path = folder / "figures.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.insert(9, "document", ["x", *[""] * (len(frame) - 1)])
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
    (problem,) = validate.find_problems(folder)
    assert problem.sentence.startswith("'x' names a document, but the package has no sources.csv; add the table")


@pytest.mark.whole
def test_naming_the_documents_changes_no_figure(copy, tmp_path):
    rows = packages.compare(remove_sources(copy), report.copy(tmp_path / "named"), "en").rows
    assert {(row.section, row.group) for row in rows if row.section != "descriptor"} == {("tables", "sources.csv")}


# --- several documents ------------------------------------------------------------------------------------------


@pytest.mark.whole
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_figure_is_shown_with_its_own_document(two_documents, language):
    words = Formatter(two_documents, language)
    title, report = (words.name_document(key) for key in ("communique", "mid-term-report"))
    chapter = open_chapter(two_documents, language, 2019)
    page = BeautifulSoup(html_of(chapter.section("2.1"), chapter.places()), "lxml")
    for n, place in enumerate(OTHER_PLACES, 1):
        locator = page.select_one(f'[id="f-C-{n}"] a.locator')
        assert locator.text == place
        assert locator["title"] == words.add_title("communique", place), "no place of it is a row of the report's table"
        assert len(page.find_all(id=locator["href"][1:])) == 1
        (heading,) = [row.text for row in page.select("tr.group") if row.text == words.add_title("communique", place)]
        assert title in heading
    groups = [row.text for row in page.select("#places tr.group")]
    assert groups == [title], "the report has no figures of that year"
    main = open_chapter(two_documents, language, 2017)
    assert [row.text for row in BeautifulSoup(html_of(main.places()), "lxml").select("#places tr.group")] == [report]


def test_the_table_of_places_is_sorted_by_document_and_place(two_documents):
    frame = open_chapter(two_documents, "en", 2019).places().frame
    own = frame[frame["group"] == "Statistical communiqué"]["source"].tolist()
    assert own == sorted(own, key=lambda place: documents.order(place, False))
    assert {*own} == {*OTHER_PLACES}
    assert frame["place_id"].is_unique


@pytest.mark.parametrize(("language", "words"), [("zh", "报告"), ("en", "the report")])
def test_pages_of_several_documents_do_not_speak_of_the_report(two_documents, language, words):
    chapter = open_chapter(two_documents, language, 2019)
    shown = [chapter.legend(), chapter.section("2.1"), chapter.ranks("2.1"), chapter.sources()]
    text = plain(html_of(*shown)).replace(REPORT, "")
    text = text.replace("发展报告", "").replace("情况报告", "").replace("状况报告", "")  # titles of public sources
    assert words not in text.replace("报告全文", "")


def test_the_sources_of_a_page_are_the_documents_that_it_uses(two_documents):
    used = open_chapter(two_documents).sources().html
    assert '<a href="https://example.org/a" rel="noreferrer">Statistical communiqué</a>' in used
    assert "published March 2020, licence: CC-BY-4.0, read 1 May 2020" in used
    assert "Mid-term evaluation report of the Zhejiang Internet Plus action plan" in used
    assert "communiqué" not in open_chapter(two_documents, name="4-governance").sources().html
    blocks = BeautifulSoup(used, "lxml").section.find_all("div", recursive=False)
    assert [len(block.find_all(recursive=False)) for block in blocks] == [2] * 5, (
        "a workbook has title and text of each"
    )


def test_only_rows_of_a_report_s_table_count_as_the_table(two_documents):
    figures = two_documents.figures
    assert figures.loc["T.6-actual", "in_table"]
    assert not figures.loc["C-1", "in_table"]


def test_locators_of_findings_keep_their_blanks(two_documents):
    audit = Audit(select.Selector(two_documents).view("audit", "6-audit", "zh", "330000"))
    held = [locator for locators in audit.findings["locators"] for locator in locators.split(" ") if locator]
    assert "《某省统计公报》p.\N{NO-BREAK SPACE}12" in held
    assert all(re.fullmatch(r"T\.\d+|[\d.]+|《.+", locator) for locator in held)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_picture_of_a_finding_has_places_of_the_report_without_its_title(two_documents, language):
    audit = Audit(select.Selector(two_documents).view("audit", "6-audit", language, "330000"), "6-audit")
    page = BeautifulSoup(html_of(audit.cards(audit.facts.query("verdict == 'contradiction'"))), "lxml")
    title = Formatter(two_documents, language).name_document("mid-term-report")
    row = {"zh": "指标表第{}行", "en": "row {} of the table"}[language]
    for finding, number in (("2.3.3-3-2.3.3-4-T.6-actual", 6), ("2.3.2-4-2.3.2-5-T.7-actual-X-68", 7)):
        figure, place = page.find(id=f"pic-a-table_and_text-{finding}"), row.format(number)
        drawn = "\n".join(text.get_text() for text in figure.svg.find_all("text"))
        assert place in drawn
        assert title not in drawn, "it would not fit beside the line"
        assert upper_first(place) in figure.table.get_text()


@pytest.mark.parametrize(
    ("language", "title", "places", "single"),
    [
        ("zh", "《{}》", ["{}正文第2.3.2、2.3.3段", "{}指标表第6行", "《某省统计公报》p. 12", "公开数据"], "{}正文第2.3.3段第7句"),
        ("en", "{}, ", ["{}paragraphs 2.3.2 and 2.3.3", "{}row 6 of the table", "Statistical communiqué, p. 12", "public figures"],
         "{}sentence 7 of paragraph 2.3.3"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("titled", [False, True])
def test_a_sentence_names_places_in_words(two_documents, language, title, places, single, titled):
    """Rows and paragraphs of a report in words, those of one kind together; places of other documents as they stand.

    Those of the plan's report go without its title; any other document has it.
    """
    if titled:
        plan = replace(two_documents.plan, report_zh="另一份报告", report_en="Another report")
        two_documents = replace(two_documents, plan=plan)
    words, figures = Formatter(two_documents, language), two_documents.figures
    there = figures[figures["source"] == "p. 12"].iloc[0]
    rows = [*(figures.loc[key] for key in ("2.3.2-4", "2.3.3-3", "T.6-actual", "2.3.2-5")), there]
    title = title.format(words.name_document("mid-term-report")) if titled else ""
    named = words.name_places([*rows, two_documents.external.iloc[0]])
    assert named == [place.format(title) for place in places]
    assert words.name_place(figures.loc["2.3.3-3"]) == single.format(title)


def test_a_communique_alone_is_not_called_the_report(copy):
    (copy / "sources.csv").write_text(
        (copy / "sources.csv").read_text(encoding="utf-8").replace(",paragraphs", ","), encoding="utf-8"
    )
    chapter = open_chapter(tables.load(copy), "en")
    row = chapter.figures.loc["2.3.3-3"]
    assert chapter._words.format_locator(row) == "2.3.3", "the title stands in the heading above it"
    assert chapter._words.describe_place(row).endswith("action plan, 2.3.3")
    assert "Table of headline indicators" not in html_of(chapter.section("2.3"))
    assert "report" not in chapter.ranks("2.2").html


# --- citing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "language", "cited"),
    [
        ("X-34", "zh", "浙江日报，2019年11月20日，高新技术企业百强榜单，转引自hznews.hangzhou.com.cn"),
        (
            "X-34",
            "en",
            "Zhejiang Daily, 20 November 2019, 高新技术企业百强榜单, read in a copy at hznews.hangzhou.com.cn",
        ),
        ("X-3", "en", "China Review News Agency, November 2015, 浙江创新创业（二）, read in a copy at 49.213.0.198"),
        ("X-19", "en", "China Daily, 7 May 2020, Zhejiang's cross-border e-commerce pilot zones to number 10"),
        ("X-19", "zh", "中国日报，2020年5月7日，Zhejiang's cross-border e-commerce pilot zones to number 10"),
        ("X-1", "zh", "浙江省，浙江省数字经济五年倍增计划，转引自www.emrcity.com"),
    ],
)
def test_a_public_figure_is_cited_by_publisher_date_and_title(package, figure, language, cited):
    row = select.Selector(package).view("whole", "", language, "330000").public.loc[figure]
    assert plain(cite_public(Formatter(package, language), row)) == cited


def test_what_is_not_known_of_a_document_is_left_out(package):
    cited = plain(cite_document(Formatter(package, "zh"), "mid-term-report"))
    assert cited == f"《{REPORT}》，浙江省发展和改革委员会高技处"


def test_every_public_figure_names_its_publisher(shipped):
    assert [*shipped.external.index[shipped.external["publisher"] == ""]] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_publisher_has_a_name_in_the_language_of_the_page(shipped, language):
    words = Formatter(shipped, language)
    names = {*map(words.name_body, shipped.external["publisher"])} - {"ITBear"}
    chinese = {name for name in names if re.search("[\u4e00-\u9fff]", name)}
    assert chinese == (names if language == "zh" else set())
