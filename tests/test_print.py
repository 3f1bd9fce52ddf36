"""Pages on paper, printed by a real Chromium and read back: nothing is lost, broken or torn."""

import re
import shutil

import numpy as np
import pypdfium2
import pytest
from click.testing import CliRunner

from helpers.cli import verbs
from helpers.pages import printing

NAMES = ("0-overview_2017_zh", "0-overview_2017_en", "0-overview_2018_en", "2-integration_2017_zh", "6-audit_en")
SHEETS = (*NAMES, "1-innovation_2018_en", "6-audit_zh", "7-outlook_en")  # with what is hardest to spread over sheets
RADICALS = re.compile("[\u2e80-\u2fdf]")


def evaluate(*arguments: str):
    return CliRunner().invoke(verbs.main, ["print", *arguments])


@pytest.fixture(scope="module")
def folder(chromium, reports, tmp_path_factory):
    """A folder of some pages and an index, printed."""
    folder = tmp_path_factory.mktemp("printed")
    for name in ("index", *SHEETS):
        shutil.copy(reports / f"{name}.html", folder)
    result = evaluate(str(folder))
    assert (result.exit_code, result.stderr) == (0, "")
    assert sorted(result.output.splitlines()) == sorted(str(folder / f"{name}.pdf") for name in SHEETS)
    return folder


@pytest.fixture(scope="module")
def read(folder):
    """The PDFs by name."""
    from pypdf import PdfReader

    return {name: PdfReader(folder / f"{name}.pdf") for name in NAMES}


@pytest.fixture(scope="module")
def texts(read):
    """Text of each sheet of each PDF, as a search finds it: without spaces."""
    return {name: [tight(page.extract_text()) for page in pdf.pages] for name, pdf in read.items()}


def tight(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_printed_page_is_a4_numbered_tagged_and_in_its_language(read, texts, name):
    pdf, root = read[name], read[name].trailer["/Root"]
    for number, page in enumerate(pdf.pages, 1):
        assert [round(float(side) * 25.4 / 72) for side in page.mediabox[2:]] == [210, 297]
        assert f"{number}/{len(pdf.pages)}" in texts[name][number - 1]
    assert root["/Lang"].startswith(name[-2:])
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert pdf.outline


@pytest.mark.parametrize("name", NAMES)
def test_the_text_of_a_page_is_in_its_pdf_to_be_searched_and_copied(read, texts, pages, name):
    page, text = pages[f"{name}.html"], "".join(texts[name])
    assert read[name].metadata.title == page.title.string
    for place in page.select("h1, main h2, caption:not(.hidden), main th[scope=row] .name, .lead"):
        for hidden in place.select("[data-reading^=only]"):  # of a page that shows one reading
            hidden.extract()
        if not place.find_parent("details"):
            assert tight(place.get_text()) in text, place
    assert RADICALS.findall(text) == []


@pytest.mark.parametrize("name", [name for name in NAMES if "overview" in name])
def test_the_whole_scoreboard_stands_beneath_the_bottom_line(texts, pages, name):
    rows = pages[f"{name}.html"].select("#scoreboard tbody tr:not(.group)")
    assert len(rows) > 21
    for row in rows:
        assert tight(row.th.select_one(".name").get_text()) in texts[name][0]


@pytest.mark.parametrize("name", NAMES)
def test_no_row_is_broken(texts, pages, name):
    """All cells of a row stand on one sheet, and their text is whole there."""
    for row in pages[f"{name}.html"].select("main tbody tr:not(.group)"):
        cells = [tight(cell.get_text()) for cell in row.find_all(["th", "td"]) if not cell.select("ul, a[href^=http]")]
        if not row.find_parent("details"):
            assert any(all(cell in sheet for cell in cells) for sheet in texts[name]), cells


@pytest.mark.parametrize("name", ["index", "index_en"])
def test_an_index_takes_one_sheet(chromium, reports, tmp_path, name):
    from pypdf import PdfReader

    page = shutil.copy(reports / f"{name}.html", tmp_path)
    assert evaluate(str(page)).exit_code == 0
    assert len(PdfReader(tmp_path / f"{name}.pdf").pages) == 1


def test_the_audit_takes_at_most_ten_sheets(read, texts):
    assert len(read["6-audit_en"].pages) <= 10
    assert any("Checklist:20items" in sheet for sheet in texts["6-audit_en"])


@pytest.mark.parametrize("name", SHEETS)
def test_no_sheet_but_the_last_is_filled_less_than_half(folder, name):
    """How far down what is printed reaches, between the head and the foot of a sheet."""
    with pypdfium2.PdfDocument(folder / f"{name}.pdf") as pdf:
        sheets = [np.asarray(pdf[n].render(scale=0.5).to_pil().convert("L")) for n in range(len(pdf) - 1)]
    for number, sheet in enumerate(sheets, 1):
        top, bottom = (round(len(sheet) * millimetres / 297) for millimetres in (17, 283))
        inked = np.flatnonzero((sheet[top:bottom] < 225).any(axis=1))
        assert inked[-1] / (bottom - top) >= 0.5, number


def test_a_pdf_names_no_folder_of_this_machine_and_no_time(folder, read):
    for name, pdf in read.items():
        links = [note["/A"]["/URI"] for page in pdf.pages for note in page.get("/Annots", []) if "/A" in note]
        assert all(re.match("https?:", link) for link in links), name
        assert str(folder).encode() not in (folder / f"{name}.pdf").read_bytes()
        assert not pdf.metadata.creation_date


def test_the_address_of_a_source_is_printed_and_no_other(texts):
    text = "".join(texts["2-integration_2017_zh"])
    assert text.count("(https:") + text.count("(http:") > 3
    assert ".html#" not in text


def test_the_same_page_gives_the_same_bytes_and_is_never_torn(folder, monkeypatch):
    path = folder / "0-overview_2017_zh.pdf"
    before = path.read_bytes()
    assert evaluate(str(path.with_suffix(".html"))).exit_code == 0
    assert path.read_bytes() == before
    monkeypatch.setattr(printing, "TIMEOUT_S", 0.01)
    result = evaluate(str(path.with_suffix(".html")))
    assert result.exit_code == 3
    assert result.stderr == f"{path}: Chromium was not done within 0.01 s\n"
    assert path.read_bytes() == before
    assert [left.name for left in folder.iterdir() if left.suffix not in (".html", ".pdf")] == []


def test_what_differs_from_print_to_print_is_made_the_same():
    first = b"<</CreationDate (D:20261128)>> /Names [(node00000213) 82 0 R (node00000215) 85 0 R] /ID (node00000215)"
    later = b"<</CreationDate (D:20261129)>> /Names [(node00000217) 82 0 R (node00000221) 85 0 R] /ID (node00000221)"
    wanted = (
        b"<<"
        + b" " * len("/CreationDate (D:20261128)")
        + b">> /Names [(node00000001) 82 0 R (node00000002) 85 0 R] /ID (node00000002)"
    )
    assert printing.make_reproducible(first) == printing.make_reproducible(later) == wanted


def test_without_chromium_a_sentence_says_so(reports, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    result = evaluate(str(reports / "6-audit_en.html"))
    assert result.exit_code == 2
    assert result.stderr.startswith(
        "no Chromium on the PATH; install it (or Google Chrome), or print the pages from any"
    )


@pytest.mark.parametrize("name", ["nowhere", "README.md", "."])
def test_a_name_without_a_page_is_a_mistake(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    result = evaluate(name)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{name}: no page; expected an HTML page or a folder of them")


def test_one_page_that_fails_stops_no_other(chromium, reports, tmp_path):
    shutil.copy(reports / "7-outlook_en.html", tmp_path)
    (tmp_path / "spoiled.html").write_bytes(b"\xff\xfe\xff")
    result = evaluate(str(tmp_path))
    assert result.exit_code == 3
    assert result.stderr.startswith(f"{tmp_path / 'spoiled.pdf'}: ")
    assert [path.name for path in tmp_path.glob("*.pdf")] == ["7-outlook_en.pdf"]
