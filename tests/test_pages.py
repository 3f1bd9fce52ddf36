"""All real pages and their index: self-contained, in the right language, linked, with everything a reader needs."""

import base64
import copy
import hashlib
import io
import json
import posixpath
import re
from collections import Counter
from itertools import pairwise

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont

from helpers import paths
from helpers.pages import links
from helpers.pages.fonts import cut_font
from helpers.pages.render import Task, dress, make_page
from helpers.runs import source
from helpers.runs.run import Run

TITLES = {"zh": "浙江省“互联网+”行动计划", "en": "Zhejiang Internet Plus Action Plan"}
LOADING = {"src", "srcset", "data", "poster", "background", "action", "formaction", "cite", "manifest"}


def alone(reports, run: Run, change=lambda notebook: None) -> BeautifulSoup:
    """The page of a run as it is made where there is no other, of its executed notebook with a change."""
    executed = (reports / "notebooks" / f"{run.name}.ipynb").read_text(encoding="utf-8")
    notebook, facts = nbformat.reads(executed, as_version=4), source.read_facts(executed)
    change(notebook)
    task = Task(run, nbformat.writes(notebook), facts, links.Siblings({run: facts}).link(run))
    return BeautifulSoup(make_page(task), "lxml")


def test_a_page_is_made_anew_from_the_outputs_of_a_version_that_had_fewer_words_for_its_script(reports):
    executed = (reports / "notebooks" / "1-innovation_2017_en.ipynb").read_text(encoding="utf-8")
    facts = source.read_facts(executed)
    spoken = json.loads(dress(facts)["spoken"])
    del facts["words"]["sort_by"]
    assert spoken.pop("sort_by") == "Sort by:"
    assert json.loads(dress(facts)["spoken"]) == spoken


def resolve(page: str, address: str) -> tuple[str, str]:
    """The page that a link of a page names, nothing for a place on the same page, and the anchor."""
    target, _, anchor = address.partition("#")
    return target and posixpath.normpath(posixpath.join(posixpath.dirname(page), target)), anchor


def list_anchors(part) -> set[str]:
    """What a link may name on a page, or on a part of it."""
    return {tag["id"] for tag in part.find_all(id=True)}


def test_all_pages_and_the_index_exist(pages, all_runs):
    assert set(pages) == {f"{run.name}.html" for run in all_runs} | {"index.html", "index_en.html"}


def test_nothing_is_loaded_from_outside(pages):
    for name, page in pages.items():
        assert page.find_all(["iframe", "object", "embed", "base"]) == [], name
        assert page.find_all("link") == [], name
        for tag in page.find_all(True):
            assert not LOADING & set(tag.attrs) or tag.name == "form", (name, tag.name)
            for attribute in ("href", "xlink:href"):
                if tag.name not in ("a",) and tag.get(attribute):
                    assert tag[attribute].startswith("#"), (name, tag[attribute])
        styles = " ".join(style.text for style in page.find_all("style")) + " ".join(
            tag["style"] for tag in page.find_all(style=True)
        )
        assert "@import" not in styles
        assert all(
            address.strip("\"'").startswith(("data:", "#")) for address in re.findall(r"url\(([^)]*)", styles)
        ), name


def test_the_policy_of_a_page_allows_its_own_script_and_nothing_from_outside(pages):
    for name, page in pages.items():
        content = page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
        policy = dict(rule.split(maxsplit=1) for rule in content.split("; "))
        (script,) = (script for script in page.find_all("script") if script.get("type") != "application/json")
        assert script.attrs == {}, name
        digest = base64.b64encode(hashlib.sha256(script.string.encode()).digest()).decode()
        assert policy == {
            "default-src": "'none'", "script-src": f"'sha256-{digest}'", "style-src": "'unsafe-inline'",
            "img-src": "data:", "font-src": "data:", "base-uri": "'none'", "form-action": "'none'",
        }, name  # fmt: skip


def test_each_page_is_in_its_language_with_a_title_and_one_heading(pages):
    for name, page in pages.items():
        language = "en" if name.endswith("_en.html") else "zh"
        assert page.html["lang"] == {"zh": "zh-CN", "en": "en"}[language], name
        assert page.title.text.endswith(TITLES[language]), name
        assert len(page.find_all("h1")) == 1, name
        headings = [int(tag.name[1]) for tag in page.find_all(re.compile(r"^h[1-6]$"))]
        assert all(b - a <= 1 for a, b in pairwise(headings)), name
        assert page.main
        assert page.header


def test_prose_of_the_other_language_and_notes_for_jupyterlab_are_left_out(pages):
    english = copy.copy(pages["4-governance_2017_en.html"].main)
    for part in english.select("pre.code, [lang|=zh]"):  # code, and names that are marked as Chinese
        part.decompose()
    assert not re.search(r"[\u4e00-\u9fff]", english.text)
    assert "Government cloud" not in pages["4-governance_2017_zh.html"].text
    assert all("run all cells" not in page.text for page in pages.values())


@pytest.mark.parametrize("folder", ["pages", "made_up"])
def test_every_link_inside_the_folder_leads_somewhere(folder, request):
    pages = request.getfixturevalue(folder)
    anchors = {name: list_anchors(page) for name, page in pages.items()}
    for name, page in pages.items():
        for address in {link["href"] for link in page.find_all("a", href=True)}:
            if address.startswith(("http", "data:")):
                continue
            target, anchor = resolve(name, address)
            assert not target or target in pages, (name, target)
            assert not anchor or anchor in anchors[target or name], (name, anchor)


def test_a_page_links_to_other_years_the_other_language_and_its_neighbours(pages):
    links = {link["href"] for link in pages["2-integration_2017_zh.html"].find_all("a", href=True)}
    assert {
        "2-integration_2016_zh.html", "2-integration_2018_zh.html", "2-integration_2017_en.html",
        "1-innovation_2017_zh.html", "3-livelihood_2017_zh.html", "index.html", "#s-2.3",
    } <= links  # fmt: skip


def test_the_bar_of_sections_leads_to_those_that_are_there(pages):
    for name, page in pages.items():
        anchors = [link["href"][1:] for link in page.select("nav.sections a")]
        assert anchors == [tag["id"] for tag in page.main.find_all("h2", id=True) if "." in tag["id"]], name


def test_a_section_that_a_notebook_leaves_out_is_not_in_its_bar(reports, all_runs):
    def leave_out(notebook):
        notebook.cells = [cell for cell in notebook.cells if not cell.source.startswith("## 2.3")]

    run = next(run for run in all_runs if run.name == "2-integration_2017_en")
    bar = alone(reports, run, leave_out).select("nav.sections a")
    assert [link["href"] for link in bar] == ["#s-2.1", "#s-2.2", "#s-2.4", "#s-2.5"]


def test_marks_of_findings_lead_to_their_cards(pages):
    count, anchors = 0, {name: list_anchors(page) for name, page in pages.items()}
    for name, page in pages.items():
        assert page.select('a[href*=".ipynb"]') == [], name
        for mark in page.select("a.verdict"):
            target, anchor = resolve(name, mark["href"])
            assert target == f"6-audit_{page.html['lang'][:2]}.html", name
            assert anchor in anchors[target], (name, mark["href"])
            assert mark.get("title") or mark.find_parent(class_="findings"), name  # where the sentence stands beside it
            count += 1
    assert count > 100


def test_without_the_page_of_the_audit_a_mark_is_no_link(reports, all_runs):
    page = alone(reports, next(run for run in all_runs if run.name == "2-integration_2018_en"))
    assert page.select("a.verdict")
    assert page.select("a.verdict[href]") == []


def test_ids_are_unique_and_sections_have_stable_anchors(pages):
    for name, page in pages.items():
        counts = Counter(tag["id"] for tag in page.find_all(id=True))
        assert [i for i, count in counts.items() if count > 1] == [], name
    for language in ("zh", "en"):
        assert pages[f"3-livelihood_2018_{language}.html"].find(id="s-3.4").name == "h2"


def test_sections_pictures_indicators_and_findings_have_anchors(pages):
    for name, page in pages.items():
        if name.startswith("index"):
            continue
        assert [h.text for h in page.select(".prose :is(h2, h3)") if not h.get("id", "").startswith("s-")] == [], name
        assert page.select("figure:not([id]), article.card:not([id])") == [], name
        assert page.select("table.score tbody tr:not([id]):not(.group):not(.read)") == [], name


def test_anchors_are_the_same_in_every_language_and_hold_over_the_years(pages, all_runs):
    named = {run.name: list_anchors(pages[f"{run.name}.html"].main) for run in all_runs}
    scored = {run.name for run in all_runs if pages[f"{run.name}.html"].select_one("table.score")}
    for run in all_runs:
        own = named[run.name]
        assert own == named[run.name.replace("_zh", "_en")], run.name
        assert all(anchor.isascii() for anchor in own), run.name
        for other in all_runs:
            if (other.notebook, other.indicator, other.language) == (run.notebook, run.indicator, run.language):
                there = named[other.name]
                if own and there and {run.name, other.name} <= scored:
                    assert {anchor for anchor in own if re.match("[si]-", anchor)} <= there, (run.name, other.name)


def test_a_locator_leads_to_the_place_of_its_paragraph_and_every_other_use_of_the_figure(pages):
    page = pages["2-integration_2018_zh.html"]
    locator = page.find(id="f-2.3.3-3").find("a", class_="locator")
    place = page.find(id=locator["href"][1:])
    assert "第2章" in place.text or "2.3" in place.text
    uses = [link["href"] for link in place.find_all("a", href=True)]
    assert "#f-2.3.3-3" in uses
    assert any(use.startswith("6-audit_zh.html#a-") for use in uses)
    assert any(use.startswith("#f-") and use != "#f-2.3.3-3" for use in uses)


def test_every_picture_has_caption_alternative_and_data(pages):
    count = 0
    for name, page in pages.items():
        for figure in page.find_all("figure"):
            count += 1
            assert figure.figcaption.text.strip(), name
            assert figure.svg["aria-label"].strip(), name
            assert figure.details.table.find_all("td"), name
            assert figure.svg.find_all("text"), name
    assert count > 100


def test_no_page_shows_an_error_or_a_bare_object(pages):
    for name, page in pages.items():
        assert "Traceback" not in page.text, name
        assert not re.search(r"\bnan\b|\bNone\b(?! of)|<NA>|Picture\(|object at 0x", page.main.text), name


def test_code_is_there_but_hidden_behind_one_button(pages):
    page = pages["1-innovation_2017_en.html"]
    assert len(page.select("input#show-code[type=checkbox]")) == 1
    assert len(page.select("label[for=show-code]")) == 1
    assert any("c.section(" in code.text for code in page.select("main pre.code"))
    assert ".code{display:none" in page.style.text


def test_the_font_of_the_pictures_comes_along_cut_to_their_characters(pages):
    for name, page in pages.items():
        if page.find("figure"):
            assert "@font-face" in page.style.text, name


def drawn(font: TTFont, sign: str) -> tuple:
    """Width and outline of a character."""
    name, pen = font.getBestCmap()[ord(sign)], RecordingPen()
    font.getGlyphSet()[name].draw(pen)
    return font["hmtx"][name], pen.value


@pytest.mark.parametrize(("weight", "file"), [("400", "Regular"), ("700", "Bold")])
def test_a_cut_font_has_the_characters_asked_for_as_they_are_and_its_licence(weight, file):
    whole, cut = (
        TTFont(paths.FONTS / f"EvaluationSansSC-{file}.otf"),
        TTFont(io.BytesIO(cut_font(weight, "网络 100%龘"))),
    )
    assert {chr(code) for code in cut.getBestCmap()} == set("网络 100%")  # 龘 is in neither
    assert all(drawn(cut, sign) == drawn(whole, sign) for sign in "网络 100%")
    assert cut["name"].getDebugName(13) == whole["name"].getDebugName(13)
    assert cut["hhea"].ascent == whole["hhea"].ascent


def test_a_cut_font_is_the_same_bytes_whatever_was_cut_before():
    first = cut_font("400", "创新")
    cut_font("400", "创业")
    cut_font.cache_clear()
    assert cut_font("400", "创新") == first


def test_a_picture_that_an_analyst_added_says_that_it_has_no_description(reports, all_runs):
    def add(notebook):
        picture = nbformat.v4.new_output("display_data", {"image/png": "iVBORw0KGgo="})
        notebook.cells.append(nbformat.v4.new_code_cell("added", outputs=[picture]))

    image = alone(reports, next(run for run in all_runs if run.name == "7-outlook_en"), add).img
    assert image["src"].startswith("data:image/png")
    assert image["alt"]


def test_a_frame_that_an_analyst_shows_can_be_downloaded(reports, all_runs):
    def add(notebook):
        frame = {"text/html": pd.DataFrame({"=x": [1.5, None]}).to_html(), "text/plain": "a frame"}
        output = nbformat.v4.new_output("display_data", frame)
        notebook.cells.append(nbformat.v4.new_code_cell("frame", outputs=[output]))

    page = alone(reports, next(run for run in all_runs if run.name == "7-outlook_en"), add)
    link = page.select("main a[download$='.csv']")[-1]
    assert re.fullmatch(r"7-outlook_en_\d+\.csv", link["download"])
    assert link["href"].endswith("%27=x%0D%0A0,1.5%0D%0A1,%0D%0A")
    assert link.find_previous("table")["class"] == ["dataframe"]


def test_pages_are_small_enough_to_mail(reports):
    sizes = sorted(path.stat().st_size for path in reports.glob("*.html"))
    assert sizes[len(sizes) // 2] < 300_000
    assert sizes[-1] < 600_000


def test_the_index_has_every_page_with_its_counts(pages):
    for name, language in (("index.html", "zh"), ("index_en.html", "en")):
        links = {link["href"] for link in pages[name].main.find_all("a", href=True)}
        assert links == {page for page in pages if page.endswith(f"_{language}.html") and not page.startswith("index")}
    cell = pages["index_en.html"].find("a", href="2-integration_2017_en.html")
    assert "5 exceeded, 3 met, 1 missed, 2 without data" in cell.text
    assert "14 of 15" in pages["index_en.html"].h1.text
