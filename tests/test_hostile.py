"""A data package whose every text is hostile: it tries to run, to load, to be a formula, to break the page; nothing comes of it.

The pages are real ones in a real Chromium, the downloads are read by those who read them at home.
"""

import csv
import io
import json
import re
import shutil
from itertools import cycle
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import read, reported
from test_downloads import csv_of, given_by, workbook_of

from helpers import paths
from helpers.cli import request
from helpers.package import validate

MARK = "owned"  # what a script of it would leave in the title
TEXTS = [
    f"<script>document.title='{MARK}'</script>",
    f'"><img src=x onerror="document.title=\'{MARK}\'">',
    f"' onmouseover='document.title=`{MARK}`' autofocus onfocus='document.title=`{MARK}`",
    f"[link](javascript:document.title='{MARK}') ![picture](https://outside.invalid/x.png)",
    f"<svg onload=document.title='{MARK}'><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "</style><style>body{display:none!important}</style><link rel=stylesheet href=https://outside.invalid/x.css>",
    "</title></table></figure></article><h1>another</h1><base href=https://outside.invalid/>",
    "# heading **bold** `code` $x$ \\(y\\) 1. <!-- comment -->",
    "{{ 7*7 }}{{ self }}",
    "a\u202eturned\u202c \u200f\u2067isolated\u2069 text",
    "W" * 500,
    "长" * 500,
    '=HYPERLINK("https://outside.invalid","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "＝1+1",
    "=\u200b1+1",
    "-\u00a0=1+1",
    "]]></text></svg>&lt;b&gt;&#60;script&#62;</data>",
]
LONG = ("ten thousand " * 770)[:9_999]
COLUMNS = {
    "regions": ("name_zh", "name_en"),
    "chapters": ("title_zh", "title_en"),
    "sections": ("title_zh", "title_en"),
    "indicators": ("name_zh", "name_en", "note"),
    "figures": ("note",),
    "platforms": ("name_zh", "name_en", "note"),
    "sources": ("title_zh", "title_en", "publisher", "licence"),
    "external": ("publisher", "title", "note"),
    "errata": ("reason", "reason_en"),
    "relations": ("note", "note_zh"),
    "labels": ("zh", "en"),
}


def spoil(folder: Path) -> Path:
    """Make a copied data package hostile; each text in turn, the first of a table's names as long as a name can get."""
    for table, columns in COLUMNS.items():
        path = folder / f"{table}.csv"
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        for row in rows if table == "external" else ():
            row["copy"] = row["copy"] or "true"  # each has a publisher now
        for column in columns:
            texts = cycle(TEXTS)
            for number, row in enumerate(rows):
                text = LONG if number == 3 and table not in ("labels", "chapters") else next(texts)
                row[column] = after(row[column], text) if table == "labels" else text
        written = io.StringIO()
        writer = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        path.write_text(written.getvalue(), encoding="utf-8", newline="\n")
    descriptor = folder / "datapackage.json"
    package = json.loads(descriptor.read_text(encoding="utf-8"))
    for number, name in enumerate(("title_zh", "title_en", "report_zh", "report_en")):
        package["plan"][name] = TEXTS[number] + TEXTS[number + 5]
    descriptor.write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
    return folder


def after(label: str, text: str) -> str:
    """A label with a text behind it, whose braces and bars fill nothing in."""
    return label + text.replace("{", "{{").replace("}", "}}").replace("|", "/")


@pytest.fixture(scope="module")
def package_folder(tmp_path_factory) -> Path:
    return spoil(Path(shutil.copytree(paths.ROOT / "data", tmp_path_factory.mktemp("hostile") / "data")))


@pytest.fixture(scope="module")
def hostile_reports(package_folder, tmp_path_factory) -> Path:
    """Pages of the hostile package: a notebook of each sort, in both languages."""
    names = ["0-overview", "2-integration", "6-audit", "7-outlook"]
    runs = request.resolve(request.Package(str(package_folder)), [2017], names)
    return reported(runs, str(package_folder), tmp_path_factory.mktemp("hostile-reports"))


@pytest.fixture(scope="module")
def hostile_pages(hostile_reports) -> dict[str, BeautifulSoup]:
    return read(hostile_reports)


def test_such_a_package_is_a_good_one(package_folder):
    assert validate.find_problems(package_folder) == []


def test_an_address_that_is_no_address_is_a_problem(spoil):
    folder = spoil("external.csv", "https://www.emrcity.com/research_show-127.html", "javascript:alert(1)")
    assert [problem.column for problem in validate.find_problems(folder)] == ["address"]


def test_no_text_becomes_an_element_or_an_attribute(hostile_pages):
    ours = {"href", "xlink:href", "src"}
    for name, page in hostile_pages.items():
        assert len(page.find_all("h1")) == 1, name
        assert len(page.find_all("style")) == 1, name
        assert page.find_all(["base", "link", "iframe", "object", "embed", "foreignobject", "animate", "set"]) == [], (
            name
        )
        assert [image for image in page.find_all("img") if not image["src"].startswith("data:")] == [], name
        assert all(script.find_parent("main") is None for script in page.find_all("script")), name
        for tag in page.find_all(True):
            assert not any(attribute.startswith("on") or attribute == "autofocus" for attribute in tag.attrs), tag
            for address in (tag[attribute] for attribute in ours & set(tag.attrs)):
                assert re.match(r"#|https?://|data:(text/csv|application/vnd)|[\w-]+\.html(#|$)", address), (
                    name,
                    address,
                )


def test_braces_and_markdown_are_shown_as_they_stand(hostile_pages):
    text = hostile_pages["2-integration_2017_en.html"].main.text
    assert "{{ 7*7 }}" in text
    assert "# heading **bold** `code` $x$" in text


@pytest.mark.parametrize("width", [1280, 390])
def test_in_a_browser_nothing_runs_nothing_is_asked_for_and_the_page_keeps_its_width(browser, hostile_reports, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    page.on(
        "request", lambda request: None if request.url.startswith(("file:", "data:")) else heard.append(request.url)
    )
    for path in sorted(hostile_reports.glob("*.html")):
        page.goto(path.as_uri())
        title = page.title()
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        if path.name.startswith("index"):
            page.fill("#search", "document.title")
            assert page.locator("#found li").count() > 5, path.name
            assert page.locator("#found img, #found script, #found svg").count() == 0, path.name
        for element in ("a", "button", "td", "text"):
            for event in ("mouseover", "focus"):
                page.evaluate(
                    f"document.querySelectorAll('{element}').forEach(element => element.dispatchEvent(new Event('{event}')))"
                )
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
        assert page.locator("body").is_visible(), path.name
        assert page.title() == title != MARK, path.name
        outside = "svg => ['visible', 'auto'].includes(getComputedStyle(svg).overflow)"
        assert not page.evaluate(f"[...document.querySelectorAll('figure svg')].some({outside})"), path.name
    assert heard == []
    page.close()


def begins_a_formula(text: str) -> bool:
    """Found in another way than by the code: from what is left of a text without all that cannot be seen."""
    return re.sub(r"[\s\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]", "", text)[
        :1
    ] in [*"=+-@＝＋－＠"]


def test_in_no_csv_a_text_begins_a_formula(hostile_pages):
    numbers = texts = 0
    for name, page in hostile_pages.items():
        for file, address in given_by(page, ".csv").items():
            for row in csv.reader(io.StringIO(csv_of(address))):
                for cell in row:
                    if re.fullmatch(r"-?\d+(\.\d+)?", cell):
                        numbers += 1
                    else:
                        assert not begins_a_formula(cell), (name, file, cell)
                        assert cell[:1] not in ("\t", "\r", "\n"), (name, file, cell)
                        texts += cell.startswith("'")
    assert numbers > 1000
    assert texts > 100


def test_in_no_workbook_a_text_is_a_formula_or_a_link_outside(hostile_pages):
    quoted = 0
    for name, page in hostile_pages.items():
        for address in given_by(page, ".xlsx").values():
            book = workbook_of(address)
            for cell in (cell for sheet in book for row in sheet for cell in row if cell.value is not None):
                assert cell.data_type in ("s", "n"), (name, cell)
                assert cell.hyperlink is None or cell.hyperlink.target is None, (name, cell)
                if cell.data_type == "s" and begins_a_formula(cell.value):
                    assert cell.quotePrefix or cell.value.startswith("'"), (name, cell)
                    quoted += 1
    assert quoted > 100
