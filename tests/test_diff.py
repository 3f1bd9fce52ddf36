"""What changed: between two real data packages, between two real folders of pages, as rows, as a page and on the command line."""

import json
import shutil
import subprocess
import sys
from collections import Counter

import pytest
import report
from bs4 import BeautifulSoup

from helpers import paths
from helpers.cli import request
from helpers.compare import difference, frames, packages
from helpers.compare.page import make_page
from helpers.display.html import PAGE_MIME
from helpers.errors import UserError

pytestmark = pytest.mark.whole
HOSTILE = "<script>alert(1)</script>{{x}}</table>"
EDITS = [  # file, what stands there, what stands there instead
    ("figures.csv", "T.1-actual,high-tech-enterprises,level,330000,2017,3000,家,exact,3000,", "T.1-actual,high-tech-enterprises,level,330000,2017,2900,家,exact,2900,"),
    ("figures.csv", "T.4-actual,smart-agriculture-zones,level,330000,2017,11,个,exact,11,", "T.4-actual,smart-agriculture-zones,level,330000,2017,12,个,exact,12,"),
    ("figures.csv", "rural-stations,level,330000,2018,1.78,万个,exact,1.78万个", "rural-stations,level,330000,2018,17800,个,exact,17800个"),
    ("figures.csv", "1.1.2-1,national-technology-centres-new,flow,330000,2017/2018,14,家,exact,14家,mid-term-report,1.1.2,2,,\n", ""),
    ("figures.csv", "1.1.2-2,provincial-innovation-centres-new,flow,330000,2017/2018,10,家,exact,10家,mid-term-report,1.1.2,2,", "1.1.2-2,provincial-innovation-centres-new,flow,330000,2016/2018,10,家,about,约10家,mid-term-report,1.1.2,3,a note,\n1.1.2-9,national-technology-centres-new,flow,330000,2017,15,家,exact,15家,mid-term-report,1.1.2,2,"),
    ("figures.csv", "1.2.3-5,incubators,", "1.2.3-5,maker-spaces-provincial,"),
    ("errata.csv", "figures,T.7-actual,value,500,438.1,", "figures,T.7-actual,value,500,438.2,"),
    ("external.csv", "X-1,high-tech-enterprises,level,330000,2017,3000,家,exact,3000,narrower,", "X-1,high-tech-enterprises,level,330000,2016,3100,家,exact,3100,,"),
    ("platforms.csv", "taobao,1.1,淘宝网,Taobao,commercial,,running,", f"taobao,1.1,淘宝网,{HOSTILE},commercial,,pilot,"),
    ("regions.csv", "100000,全国,China,", "100000,中国,China,"),
    ("datapackage.json", '"on_track": 0.9', '"on_track": 0.8'),
]  # fmt: skip
EXPECTED = {  # section: change, name, part, old, new
    "statuses": [("changed", "High-tech enterprises", "2017", "met", "missed")],
    "completions": [("changed", "Smart agriculture demonstration zones", "2017", "110.0%", "120.0%")],
    "figures": [
        ("changed", "High-tech enterprises", "Value", "3,000", "2,900"),
        ("changed", "Smart agriculture demonstration zones", "Value", "11", "12"),
        ("changed", "Provincial manufacturing innovation centres set up", "Period", "2017 to 2018", "2016 to 2018"),
        ("changed", "Provincial manufacturing innovation centres set up", "Value", "10", "about 10"),
        ("changed", "Provincial manufacturing innovation centres set up", "Locator", "1.1.2, s. 2", "1.1.2, s. 3"),
        ("changed", "Provincial manufacturing innovation centres set up", "Note", "", "a note"),
        ("changed", "Maker spaces at provincial level or above", "Quantity", "Technology incubators at provincial level or above", "Maker spaces at provincial level or above"),
        ("added", "National enterprise technology centres newly recognised", "", "", "15 (2017)"),
        ("removed", "National enterprise technology centres newly recognised", "", "14 (2017 to 2018)", ""),
        ("reprinted", "Rural e-commerce service stations", "Value", "17,800 (17,750–17,850)", "17,800"),
    ],
    "errata": [("changed", "Cross-border online retail exports", "Our reading", "500, read as 438.1", "500, read as 438.2")],
    "public": [
        ("changed", "High-tech enterprises", "Period", "end of 2017", "end of 2016"),
        ("changed", "High-tech enterprises", "Value", "3,000", "3,100"),
        ("changed", "High-tech enterprises", "Scope", "narrower", ""),
    ],
    "platforms": [
        ("changed", HOSTILE, "English name", "Taobao", HOSTILE),
        ("changed", HOSTILE, "Status", "in use", "pilot"),
    ],
    "tables": [("changed", "China", "Chinese name", "全国", "中国")],
    "descriptor": [("changed", "plan.thresholds.on_track", "", "0.9", "0.8")],
}  # fmt: skip


def edit(folder, edits) -> None:
    for file, old, new in edits:
        content = (folder / file).read_text(encoding="utf-8")
        assert content.count(old) == 1, old
        (folder / file).write_text(content.replace(old, new), encoding="utf-8", newline="\n")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The data package of the mid-term report."""
    return report.copy(tmp_path_factory.mktemp("unedited") / "data")


@pytest.fixture(scope="module")
def edited(tmp_path_factory):
    """A copy of it with `EDITS`."""
    folder = report.copy(tmp_path_factory.mktemp("edited") / "data")
    edit(folder, EDITS)
    return folder


@pytest.fixture(scope="module")
def differences(data, edited):
    """What differs, by language."""
    return {language: packages.compare(data, edited, language) for language in ("zh", "en")}


@pytest.fixture(scope="module")
def english(differences):
    return differences["en"]


@pytest.fixture(scope="module")
def reports(data, edited, tmp_path_factory):
    """Two folders of pages, of the package and of the edited one, as `evaluate run` makes them."""
    place = tmp_path_factory.mktemp("reports")
    for name, folder, years in (("old", data, "2017,2018"), ("new", edited, "2017")):
        options = [
            "--notebooks",
            "0-overview,1-innovation,6-audit",
            "--years",
            years,
            "--languages",
            "en",
            "--out",
            place / name,
        ]
        assert run("run", "--data", folder, *options).returncode == 0
    return place / "old", place / "new"


def run(*arguments) -> subprocess.CompletedProcess:
    """The command, as a process."""
    command = [sys.executable, "-m", "helpers.cli.verbs", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def in_words(rows) -> list[tuple[str, ...]]:
    return [tuple(map(difference.plain, (row.change, row.name, row.what, row.old, row.new))) for row in rows]


# --- the engine ------------------------------------------------------------------------------------------------


def test_frames_are_compared_row_by_row_and_cell_by_cell():
    old = {"a": {1: {"x": 1, "y": "b", "z": None}, 2: {"x": 2.0}, 3: {"x": (1.0, float("nan"))}}, "gone": {1: {"x": 1}}}
    new = {"a": {1: {"x": 1.5, "y": "c", "z": ""}, 2: {"x": 2}, 3: {"x": (1, float("nan"))}, 4: {"x": 3}}}
    assert [(change.frame, change.key, change.kind, change.columns) for change in frames.compare(old, new)] == [
        ("a", 1, "changed", ("x", "y")), ("a", 4, "added", ()), ("gone", 1, "removed", ()),
    ]  # fmt: skip
    assert list(frames.compare(old, old)) == []


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (0.1 + 0.2, 0.3, True),
        (1, True, True),
        ("1", 1, False),
        (None, 0, False),
        (None, "", True),
        ((1,), (1, 2), False),
    ],
)
def test_cells_are_the_same_where_their_numbers_are(old, new, same):
    assert (list(frames.compare({"a": {1: {"x": old}}}, {"a": {1: {"x": new}}})) == []) is same


# --- data packages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", EXPECTED)
def test_each_section_lists_what_differs_between_two_packages(english, section):
    assert in_words(english.sections[section]) == EXPECTED[section]


def test_only_findings_are_listed_besides(english):
    assert [name for name in english.sections if name != "findings"] == [*EXPECTED]


def test_findings_are_listed_that_appeared_went_or_have_another_verdict(english):
    verdicts = {
        row.key: (
            row.change,
            *(text.striptags().split()[0] if text else "" for text in (row.old, row.new)),
            row.figures,
        )
        for row in english.sections["findings"]
    }
    figures = ("T.1-actual", "T.1-target", "T.1-completion")
    assert verdicts[f"completions-{'-'.join(figures)}"] == ("changed", "consistent", "contradiction", figures)
    assert verdicts["equal_to_target-T.1-actual-T.1-target"][:3] == ("removed", "doubtful", "")
    assert verdicts["same_quantity-1.2.3-6-1.2.3-5"][:3] == ("added", "", "contradiction")


def test_the_bottom_line_counts_what_changed_and_tells_reprints_apart(english):
    findings = Counter(row.change for row in english.sections["findings"])
    assert english.line == (
        f"1 status, 1 completion, {findings['changed']} findings, 4 figures, 1 suspected error, 1 public figure, 1 platform, "
        "1 row of other tables and 1 entry of the descriptor changed."
    )
    assert english.remarks == [
        f"New: {findings['added']} findings and 1 figure.",
        f"No longer there: {findings['removed']} findings and 1 figure.",
        "1 figure is printed otherwise, its value being the same.",
    ]


def test_statuses_that_figures_give_or_take_are_no_changes(data, copy):
    target = "T.1-actual,high-tech-enterprises,level,330000,2017,3000,家,exact,3000,"
    edit(copy, [("figures.csv", target, target.replace(",2017,", ",2019,"))])
    compared = packages.compare(data, copy, "en")
    rows = compared.sections["statuses"]
    moves = [("added", "2019", "", "met"), ("removed", "2017", "met", "no data")]
    assert [row[:1] + row[2:] for row in in_words(rows)] == moves, "a year without figures has no statuses"
    held = json.loads(difference.to_json(compared))
    assert "status" not in held["line"]
    assert "statuses" not in held["counts"]
    assert held["added"]["statuses"] == held["removed"]["statuses"] == 1
    words = ("New: 1 status", "No longer there: 1 status")
    assert [held["remarks"][n][: len(text)] for n, text in enumerate(words)] == [*words]


@pytest.mark.parametrize(
    ("edits", "section", "row"),
    [
        # The errata of a target lost: only the reading with errata moves.
        (
            [("errata.csv", "figures,T.7-actual,value,500,438.1,", "figures,T.7-actual,value,500,638.1,")],
            "statuses", ("changed", "Cross-border online retail exports", "As corrected; 2017", "missed", "exceeded"),
        ),
        # A number in another unit that is not the same number.
        (
            [("figures.csv", "2018,1.78,万个,exact,1.78万个", "2018,17801,个,exact,17801个")],
            "figures", ("changed", "Rural e-commerce service stations", "Value", "17,800", "17,801"),
        ),
        # The same number, no longer qualified.
        (
            [("figures.csv", "1.2.3-1,information-industry-bases,level,330000,,40,个,over,40余个", "1.2.3-1,information-industry-bases,level,330000,,40,个,exact,40个")],
            "figures", ("changed", "National and provincial information industry bases", "Value", "over 40", "40"),
        ),
        # What words do not tell apart is told as it stands in the file.
        (
            [("figures.csv", "2018,7.1,万台,exact,7.1万台", "2018,7.1,万台,exact,7.1万 台")],
            "figures", ("reprinted", "Industrial robots in service", "Value", "7.1 万台 exact 7.1万台", "7.1 万台 exact 7.1万 台"),
        ),
    ],
)  # fmt: skip
def test_an_edit_is_listed_as(data, copy, edits, section, row):
    edit(copy, edits)
    assert in_words(packages.compare(data, copy, "en").sections[section]) == [row]


def test_a_package_is_equal_to_its_copy_and_to_one_that_is_older_than_labels_of_ours(data, copy):
    assert packages.compare(data, copy, "zh").rows == []
    labels = copy / "labels.csv"
    lines = labels.read_text(encoding="utf-8").splitlines(keepends=True)
    labels.write_text("".join(line for line in lines if not line.startswith(("diff.", "page."))), encoding="utf-8")
    assert packages.compare(copy, data, "zh").rows == []
    assert run("check", copy).returncode == 0, "a package needs no labels but those that differ from ours"


# --- folders of pages ------------------------------------------------------------------------------------------


def test_what_pages_show_is_compared_in_sections(reports):
    compared = request.compare(*map(str, reports), "en")
    sections = compared.sections
    assert in_words(sections["statuses"]) == [("changed", "High-tech enterprises", "Overview · 2017", "met", "missed")]
    assert in_words(sections["headlines"])[0] == (
        "changed", "Overview · 2017", "",
        "After our corrections, 13 of 15 headline targets with data were reached; as reported, 14",
        "After our corrections, 12 of 15 headline targets with data were reached; as reported, 13",
    )  # fmt: skip
    assert {row[:4] for row in in_words(sections["findings"])} >= {("removed", "T.1", "Audit · all years", "doubtful High-tech enterprises: actual and target are exactly equal (3,000).")}  # fmt: skip
    cells = in_words(sections["cells"])
    assert ("changed", "High-tech enterprises", "Actual", "3,000", "2,900") in cells
    assert ("changed", "High-tech enterprises", "Computed completion", "100.0%", "96.7%") in cells
    assert ("changed", "Innovation and start-ups", "met", "1", "0") in cells, "the data of a picture"
    assert not any(row[2] == "Status" for row in cells), "a status is told once"
    assert not any(
        row.link.rpartition("#")[2].startswith("a-") and row.change != "changed" for row in sections["cells"]
    )
    assert [row[:3] for row in in_words(sections["pages"])] == [
        ("removed", "Overview · 2018", ""),
        ("removed", "Innovation and start-ups · 2018", ""),
    ]
    gone = next(row for row in sections["findings"] if row.change == "removed")
    assert gone.link == f"{reports[0]}/6-audit_en.html#{gone.key}", "what is gone is shown by the old page"
    assert compared.remarks[2:] == ["2 pages are only in one of the two."]


def test_pages_without_their_notebooks_are_not_compared(reports, tmp_path):
    _, new = reports
    assert request.compare(str(new), str(new / "notebooks"), "en").rows == []
    for path in new.glob("*.html"):
        shutil.copy(path, tmp_path)
    with pytest.raises(UserError, match=r"pages without the notebooks that they were made of; expected a folder that"):
        request.compare(str(new), str(tmp_path), "en")


def test_committed_references_can_be_compared():
    compared = request.compare(str(paths.REFERENCES), str(paths.NOTEBOOKS), "zh")
    assert {row.section for row in compared.rows} == {"pages"}


# --- the page --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "lang"), [("en", "en"), ("zh", "zh-CN")])
def test_the_page_is_whole_accessible_and_safe(differences, tmp_path, language, lang):
    rows, words = differences[language].rows, differences[language].words
    content = make_page(difference.Difference(HOSTILE, "new", rows, words, banner=HOSTILE), tmp_path / "diff.html")
    assert HOSTILE not in content
    shown = BeautifulSoup(content, "lxml")
    assert shown.html["lang"] == lang
    assert len(shown.find_all("h1")) == 1
    assert len(shown.find_all("script")) == 1
    assert shown.find_all(["link", "img", "iframe"]) == []
    assert len(shown.main.find_all("h2")) == len(shown.find_all("table")) == len(EXPECTED) + 1
    for table in shown.find_all("table"):
        assert table.caption.get_text(strip=True)
        assert all(head.get("scope") for head in table.find_all("th"))
    ids = [element["id"] for element in shown.find_all(id=True)]
    assert [*dict.fromkeys(ids)] == ids
    links = {link["href"] for link in shown.find_all("a") if link["href"].startswith("#")}
    assert "#f-T.1-actual" in links, "a finding leads to its figure"
    assert {link.removeprefix("#") for link in links} <= {*ids}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_fits_the_screen_and_asks_for_nothing(differences, tmp_path, browser, language):
    out = tmp_path / "diff.html"
    out.write_text(make_page(differences[language], out), encoding="utf-8")
    for width in (1280, 390):
        shown = browser.new_page(viewport={"width": width, "height": 900})
        heard: list[str] = []
        shown.on("console", lambda message, heard=heard: heard.append(message.text))
        shown.on("request", lambda request, heard=heard: heard.append(request.url))
        shown.goto(out.as_uri())
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        narrow = "[...document.querySelectorAll('.scroll')].every(table => table.scrollWidth <= table.clientWidth)"
        assert shown.evaluate(narrow), "old and new stand beside each other"
        assert heard == [out.as_uri()]
        shown.close()


def test_the_page_leads_to_the_pages_that_it_compares(reports, tmp_path):
    out = tmp_path / "deeper" / "diff.html"
    shown = BeautifulSoup(make_page(request.compare(*map(str, reports), "en"), out), "lxml")
    links = {link["href"] for link in shown.main.find_all("a") if "overview_2017" in link["href"]}
    assert any(link.endswith("0-overview_2017_en.html#i-high-tech-enterprises") for link in links)
    assert not any(link.startswith("/") for link in links), "they hold where the folders are moved together"
    assert all((out.parent / link.partition("#")[0]).resolve().is_file() for link in links)


# --- the command -----------------------------------------------------------------------------------------------


def test_the_command_says_whether_anything_differs(data, edited, copy, tmp_path):
    out = tmp_path / "page.html"
    same, other = (
        run("diff", data, copy, "--format", "table"),
        run("diff", data, edited, "--out", out, "--language", "en"),
    )
    assert (same.returncode, same.stdout.splitlines()[1:]) == (0, ["没有变化。"])
    assert (other.returncode, other.stdout.splitlines()[1]) == (1, str(out))
    assert other.stdout.splitlines()[0] in out.read_text(encoding="utf-8")
    assert same.stderr == other.stderr == ""


def test_json_has_a_row_for_each_thing_that_differs(data, edited):
    done = run("diff", data, edited, "--format", "json", "--language", "en")
    held = json.loads(done.stdout)
    assert done.returncode == 1
    assert list(held) == ["old", "new", "line", "remarks", "counts", "added", "removed", "rows"]
    assert (held["counts"]["figures"], held["added"]["figures"], held["removed"]["figures"]) == (4, 1, 1)
    row = next(row for row in held["rows"] if row["section"] == "statuses")
    assert row == {
        "section": "statuses", "key": "high-tech-enterprises 330000 2017", "change": "changed",
        "name": "High-tech enterprises", "old": "met", "new": "missed", "what": "2017", "where": "", "group": "",
        "link": "", "figures": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "options", "sentence"),
    [
        ("data", "nowhere", [], "{tmp}/nowhere: no such folder; expected a data package or a folder of pages."),
        ("data", "empty", [], "{tmp}/empty: neither a data package (no datapackage.json) nor a folder of pages or notebooks."),
        ("data", "damaged", [], "{tmp}/data is a data package and {tmp}/damaged a folder of pages; expected two of one kind."),
        ("damaged", "damaged", [], "{tmp}/damaged/a.ipynb: cannot be read as an executed notebook ("),
        ("unexecuted", "unexecuted", [], "{tmp}/unexecuted: no page in the language 'zh'."),
        ("spoiled", "data", [], "{tmp}/spoiled: 1 problem in the data package\nregions.csv:"),
        ("older", "older", [], "{tmp}/older/a.ipynb: was executed by another version of `evaluate`; run it again."),
        ("chinese", "chinese", ["--language", "en"], "{tmp}/chinese: no page in the language 'en'; try --language zh."),
        ("data", "data", ["--out", "/"], "/: cannot be written ("),
    ],
)  # fmt: skip
def test_a_sentence_says_what_cannot_be_compared(copy, tmp_path, old, new, options, sentence):
    for name in ("empty", "damaged", "chinese", "unexecuted", "older"):
        (tmp_path / name).mkdir()
    older = {"cells": [{"outputs": [{"data": {PAGE_MIME: {"form": 1, "language": "zh-CN"}}}]}]}
    (tmp_path / "older" / "a.ipynb").write_text(json.dumps(older), encoding="utf-8")
    (tmp_path / "unexecuted" / "a.ipynb").write_text('{"cells": []}', encoding="utf-8")
    (tmp_path / "damaged" / "a.ipynb").write_text("{", encoding="utf-8")
    shutil.copy(paths.REFERENCES / "0-overview_2016_zh.ipynb", tmp_path / "chinese")
    shutil.copytree(copy, tmp_path / "spoiled")
    edit(tmp_path / "spoiled", [("regions.csv", "100000,全国,China,\n", "100000,全国,China,nowhere\n")])
    done = run("diff", tmp_path / old, tmp_path / new, *options)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(sentence.format(tmp=tmp_path)), done.stderr
    assert "Traceback" not in done.stderr
