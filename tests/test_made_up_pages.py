"""Pages of made-up figures of several places: they are marked as made up, and the index leads to each place."""

import json
import re
import shutil

import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import read

from helpers.batch import batch, pool, record
from helpers.batch.destination import Folder
from helpers.batch.freshness import Workspace
from helpers.batch.pages import Pages
from helpers.cli import request
from helpers.pages import index
from helpers.runs import source
from helpers.runs.run import Run

BANNER = {"zh": "虚构数据：这里的数字都是编造的", "en": "Made-up data: the figures shown here are invented"}


def test_made_up_figures_are_never_shown_as_real(made_up):
    assert len(made_up) == 20  # four notebooks and an index, of two regions, in two languages
    for name, page in made_up.items():
        language = page.html["lang"][:2]
        (banner,) = page.select(".banner")
        assert banner["role"] == "note", name
        assert banner.text.startswith(BANNER[language]), name
        assert page.header.find(True) is banner, name  # nothing of the page stands above it
        assert not {"code", "details", "switch", "chapters"} & set(banner["class"]), name


def test_the_notebook_itself_says_so_at_the_top_of_its_output(panel_reports):
    for path in (panel_reports / "notebooks").glob("*.ipynb"):
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        first = next(cell.outputs[0].data for cell in cells if cell.outputs)
        assert first["text/html"].startswith('<p class="banner" role="note"'), path.name
        assert first["text/plain"].startswith(tuple(BANNER.values())), path.name


def test_real_figures_have_no_banner(pages):
    for name, page in pages.items():
        assert page.select(".banner, [role=note]") == [], name
        assert not any(banner in page.text for banner in BANNER.values()), name


def test_the_index_of_many_regions_lists_them_and_each_has_its_own(made_up):
    for name, language in (("index.html", "zh"), ("index_en.html", "en")):
        top, own = made_up[name], made_up[f"index_{language}_330200.html"]
        hrefs = [link["href"] for link in top.main.find_all("a", href=True)]
        assert hrefs == [
            f"0-overview_2017_{language}.html", f"2-integration_2017_{language}.html", f"6-audit_{language}.html",
            f"7-outlook_{language}.html", f"index_{language}_330200.html",
        ]  # fmt: skip
        place = top.select_one("table.places tr")
        assert place.th.text == {"zh": "宁波市", "en": "Ningbo"}[language]
        assert re.search(r"\d", place.td.text)
        hrefs = [link["href"] for link in own.main.find_all("a", href=True)]
        assert hrefs == [
            f"0-overview_2017_{language}_330200.html", f"2-integration_2017_{language}_330200.html",
            f"6-audit_{language}_330200.html", f"7-outlook_{language}_330200.html",
        ]  # fmt: skip
        assert own.header.find("a", href=name)
        assert own.header.find("a", hreflang=True)["href"] == f"index_{'en' if language == 'zh' else 'zh'}_330200.html"
        page = made_up[f"2-integration_2017_{language}_330200.html"]
        assert page.header.find("a", href=f"index_{language}_330200.html")


@pytest.fixture(scope="session")
def overview(panel_reports) -> dict:
    executed = panel_reports / "notebooks" / "0-overview_2017_zh_330200.ipynb"
    return source.read_facts(executed.read_text(encoding="utf-8"))


def many(overview, regions: int) -> dict[Run, dict]:
    """What the pages of many regions say, of three years and six notebooks and of two that have no year."""
    runs = {}
    for code in range(330101, 330101 + regions):
        for number in range(8):
            years = (2016, 2017, 2018) if number < 6 else (None,)
            for year in years:
                name = "_".join(str(part) for part in (f"{number}-some", year, "zh", code) if part)
                facts = overview | {"place": f"地区{code}", "main": (number, year) == (0, 2017)}
                runs[Run(name, f"{number}-some", "zh", str(code), year)] = facts
    return runs


def test_the_index_of_a_hundred_regions_is_small(overview):
    written = index.make_pages(many(overview, 101))
    read = {name: BeautifulSoup(page, "lxml") for name, page in written.items()}
    assert len(read) == 102
    assert len(read["index.html"].select("table.places a")) == 101
    assert read["index.html"].h1.text == "全部页面"
    assert read["index.html"].select("table:not(.places)") == []
    assert all(len(page.encode()) < 150_000 for page in written.values())
    assert len(json.loads(read["index.html"].find(id="entries").string)["entries"]) == 101
    assert len(read["index_zh_330150.html"].main.find_all("a", href=True)) == 20


def test_a_region_that_has_no_pages_any_more_has_no_index(panel, panel_reports, tmp_path):
    place = Folder(shutil.copytree(panel_reports, tmp_path / "pages"))
    for path in place.path.glob("notebooks/*_330200.ipynb"):
        path.unlink()
    package = request.Package(str(panel))
    with (
        record.open_record(place.record) as known,
        batch.open_scratch(place) as scratch,
        pool.open_workers(1, scratch) as workers,
    ):
        Pages(Workspace(package.notebooks, package, place)).make(known, lambda: workers)
    left = read(place.path)
    assert set(left) == {path.name for path in panel_reports.glob("*.html") if "330200" not in path.name}
    assert left["index.html"].select("table.places") == []
    assert len(left["index.html"].select("table.grid")) == 1
