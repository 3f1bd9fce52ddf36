"""The preview of a link: pages that are published at an address name it, and a picture that shows the main result."""

import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from PIL import Image

from helpers import paths
from helpers.batch.forms import is_of_index
from helpers.cli import verbs
from helpers.display import theme
from helpers.package import form, validate
from helpers.pages import links, preview

ADDRESS = "https://www.example.gov.cn/plans/one"
PICTURES = ["preview_en.png", "preview_zh.png"]
NAMES = [
    "0-overview_2017_en",
    "0-overview_2017_zh",
    "indicators/industrial-robots_en",
    "indicators/industrial-robots_zh",
]
RUN = ["--notebooks", "0-overview,indicator", "--indicators", "industrial-robots", "--years", "2017", "--jobs", "1"]
LONG = "有数据的15项主要指标中，13项达到目标值（校正疑误后；按报告原数为14项），其余暂不能判定。" * 4
COUNTS = {"exceeded": 8, "met": 5, "missed": 2, "no_data": 7}


def publish(folder: Path, **entries: str) -> None:
    """Write entries into the plan of a package, `address` among them or not."""
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    descriptor["plan"] = {name: value for name, value in descriptor["plan"].items() if name != "address"} | entries
    path.write_text(json.dumps(descriptor, ensure_ascii=False), encoding="utf-8")


def make(folder: Path, out: Path) -> dict[str, dict[str, str]]:
    """Make some pages of a package by a real batch; of each page what it says to chat programs."""
    done = CliRunner().invoke(verbs.main, ["run", "--data", str(folder), "--out", str(out), *RUN])
    assert done.exit_code == 0, done.output
    return {path.relative_to(out).as_posix(): read_head(path) for path in sorted(out.rglob("*.html"))}


def read_head(page: Path) -> dict[str, str]:
    head = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml").head
    return {tag["property"]: tag["content"] for tag in head.find_all("meta", property=True)}


@pytest.fixture(scope="module")
def plan(tmp_path_factory) -> Path:
    """A copy of the project's package and notebooks."""
    folder = Path(shutil.copytree(paths.ROOT / "data", tmp_path_factory.mktemp("preview") / "data"))
    shutil.copytree(paths.NOTEBOOKS, folder / "notebooks")
    return folder


@pytest.mark.kernel
@pytest.mark.usefixtures("kernel_servers")
def test_a_page_names_its_address_and_its_picture_as_long_as_the_plan_has_an_address(plan, tmp_path):
    out = tmp_path / "out"
    publish(plan, address=ADDRESS)
    heads = make(plan, out)
    assert sorted(heads) == sorted([*(f"{name}.html" for name in NAMES), "index.html", "index_en.html"])
    for name, head in heads.items():
        language = "en" if name.endswith("_en.html") else "zh"
        assert head["og:url"] == f"{ADDRESS}/{name}"
        assert head["og:image"] == f"{ADDRESS}/preview_{language}.png"
        assert (head["og:image:width"], head["og:image:height"]) == ("1200", "630")
        title = {"zh": "浙江省“互联网+”行动计划：", "en": "Zhejiang Internet Plus Action Plan: "}[language]
        assert head["og:image:alt"].startswith(title)
    drawn = {path.name: path.read_bytes() for path in out.glob("*.png")}
    assert sorted(drawn) == PICTURES
    assert drawn["preview_zh.png"] != drawn["preview_en.png"]
    for content in drawn.values():
        assert measure(content) == (1200, 630)

    (out / "preview_zh.png").unlink()
    (out / "preview_en.png").write_bytes(b"spoilt")
    make(plan, out)
    assert {path.name: path.read_bytes() for path in out.glob("*.png")} == drawn

    publish(plan, address="http://moved.example.org/", synthetic=True)
    heads = make(plan, out)
    assert heads["index_en.html"]["og:image"] == "http://moved.example.org/preview_en.png"
    assert (out / "preview_en.png").read_bytes() != drawn["preview_en.png"]  # it says that the figures are made up

    publish(plan, synthetic=False)
    heads = make(plan, out)
    assert {*heads["index.html"], *heads["0-overview_2017_zh.html"]} == {"og:type", "og:title", "og:description"}
    assert list(out.glob("*.png")) == []


@pytest.mark.parametrize("folder", ["pages", "made_up"])
def test_without_an_address_nothing_names_a_picture(folder, request):
    for name, page in request.getfixturevalue(folder).items():
        properties = [tag["property"] for tag in page.head.find_all("meta", property=True)]
        assert properties == ["og:type", "og:title", "og:description"], name


def test_a_name_in_an_address_is_escaped():
    facts = {"address": "https://a.cn/'&/", "language": "zh-CN", "preview": '"<&>'}
    head = BeautifulSoup(links.write_preview(facts, "园区 1_zh.html"), "lxml")
    values = {tag["property"]: tag["content"] for tag in head.find_all("meta")}
    assert values["og:url"] == "https://a.cn/'&/%E5%9B%AD%E5%8C%BA%201_zh.html"
    assert values["og:image:alt"] == '"<&>'


# --- the picture -------------------------------------------------------------------------------------------------


def measure(content: bytes) -> tuple[int, int]:
    """Size of a picture, which is read as a whole."""
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        assert image.format == "PNG"
        return image.size


def look(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB"))


def colour(code: str) -> tuple[int, ...]:
    return tuple(int(code[i : i + 2], 16) for i in (1, 3, 5))


def test_it_is_the_same_bytes_every_time_without_a_date():
    drawn = [preview.draw("某计划", "A headline", COUNTS, "8 exceeded", "Made up") for _ in range(2)]
    assert drawn[0] == drawn[1]
    with Image.open(io.BytesIO(drawn[0])) as image:
        assert set(image.info) == {"dpi"}


def test_the_bar_has_a_part_for_each_status_as_wide_as_its_share():
    row = look(preview.draw("plan", "headline", COUNTS | {"behind": 0}, "words"))[440]
    wide = {status: int((row == colour(theme.SIGNS[status].colour)).all(axis=1).sum()) for status in COUNTS}
    assert wide["exceeded"] / wide["met"] == pytest.approx(8 / 5, rel=0.02)
    assert wide["exceeded"] / wide["missed"] == pytest.approx(4, rel=0.03)
    assert wide["no_data"] < 12  # a dashed frame alone
    without = look(preview.draw("plan", "headline", {}, ""))
    assert not (without == colour(theme.GOOD)).all(axis=2).any()


@pytest.mark.parametrize("counts", [{}, COUNTS, dict.fromkeys(theme.STATUSES, 1) | {"no_data": 1000}])
@pytest.mark.parametrize("text", ["", "短", LONG, "W" * 500, "met in full " * 60, "龘😀\u202e\0〇 " * 30, " \n\t"])
def test_no_text_runs_into_the_edge(text, counts):
    shown = look(preview.draw(text, text, counts, text, text)) != 255
    shown = shown.any(axis=2)
    edge = preview.EDGE - 3  # half of the frame's line, and the overhang of letters
    assert not shown[:edge].any()
    assert not shown[-edge:].any()
    assert not shown[:, :edge].any()
    assert not shown[:, -edge:].any()


@pytest.mark.parametrize("text", [LONG, "met in full " * 60])
def test_a_long_text_is_set_smaller_then_cut(text):
    sizes = (40, 30, 20)
    assert preview.fit("met", sizes, 100, 1000) == (["met"], 40)
    lines, size = preview.fit(text[:60], sizes, 100, 1000)
    assert size in (30, 40)
    assert "".join(lines).replace(" ", "") == text[:60].replace(" ", "")
    lines, size = preview.fit(text * 9, sizes, 100, 1000)
    assert (len(lines), size, lines[-1][-1]) == (3, 20, "…")


def test_a_sign_that_the_font_lacks_is_not_left_out_without_a_word():
    assert preview.fit("二〇三五年龘e\u0301\ufe0f", (20,), 100, 900)[0] == ["二○三五年□e"]


# --- the address -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("www.example.gov.cn/plan", "plan.address is 'www.example.gov.cn/plan'; expected the http or https address of a folder"),
        ("ftp://example.org/", "plan.address is 'ftp://example.org/'; expected the http or https address"),
        ("javascript:alert(1)", "plan.address is 'javascript:alert(1)'; expected the http or https address"),
        ("file:///srv/pages", "plan.address is 'file:///srv/pages'; expected the http or https address"),
        ("https://", "plan.address is 'https://'; expected the http or https address"),
        ("https:///plan", "plan.address is 'https:///plan'; expected the http or https address"),
        ("https://[::1", "plan.address is 'https://[::1'; expected the http or https address"),
        ("https://a.cn:99999/", "plan.address is 'https://a.cn:99999/'; expected the http or https address"),
        ("https://me:secret@a.cn/", "plan.address holds an @, before which a name and a password stand"),
        ("https://me:sec/ret@a.cn/", "plan.address holds an @, before which a name and a password stand"),
        ("https://a.cn/?token=secret", "plan.address has a part behind ? or #, which no folder has; leave it out"),
        ("https://a.cn/#top", "plan.address has a part behind ? or #, which no folder has; leave it out"),
        ("https://a.cn/my plan/", "plan.address is 'https://a.cn/my plan/', which holds a blank or a sign"),
        ("https://a.cn/规划/", "plan.address is 'https://a.cn/规划/', which holds a blank or a sign"),
        ("https://a.cn/\\", r"plan.address is 'https://a.cn/\\', which holds a blank or a sign"),
        ("https://a.cn/index.html", "plan.address is 'https://a.cn/index.html', which names a page"),
        (7, "plan.address is '7'; expected a text in quotes"),
    ],
)  # fmt: skip
def test_an_address_where_no_folder_can_be_is_a_problem(copy, address, sentence):
    publish(copy, address=address)
    (problem,) = map(str, validate.find_problems(copy))
    assert problem.startswith(f"datapackage.json: {sentence}")
    assert "secret" not in problem


@pytest.mark.parametrize(
    "address", ["https://a.cn", "http://a.cn:8080/x/y", "HTTPS://xn--fiq.cn/%E8/", "http://[::1]/"]
)
def test_the_address_of_a_folder_is_a_good_one(address):
    assert form.judge_folder_address(address) == ""


def test_a_record_names_no_other_files_of_an_index_than_pages_and_previews():
    assert all(map(is_of_index, ["index.html", "index_zh_330100.html", *PICTURES]))
    assert not any(map(is_of_index, ["preview_fr.png", "../preview_zh.png", "x.png", "preview_zh.png/", 1, None]))
