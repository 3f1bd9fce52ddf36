"""Another plan is data only: any number of chapters with any names, and everything that a package holds is on a page."""

import html
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from helpers import paths
from helpers.authoring import examples, new_plan
from helpers.authoring.notebooks import make_notebooks
from helpers.cli import request, verbs
from helpers.package import notebooks, tables, validate
from helpers.runs import run, source
from helpers.views import Audit, Chapter, Outlook, Overview, select

pytestmark = pytest.mark.whole

HANGZHOU = new_plan.Place.find("330100")
CLASSES = {"overview": Overview, "chapter": Chapter, "audit": Audit, "outlook": Outlook}
NAMING = ("regions", "chapters", "sections", "indicators")  # tables that name what a plan is about


def run_cli(*arguments: str):
    return CliRunner().invoke(verbs.main, list(arguments))


def create(folder: Path, chapters: int = 3, first: int = 2021, target: int = 2025) -> Path:
    plan = new_plan.NewPlan("某市规划", "Some plan", HANGZHOU, first, target, chapters)
    new_plan.create(folder, plan, examples.make_rows(plan))
    return folder


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def read_pages(folder: str | Path) -> str:
    """What the notebooks of a package show in Chinese, by their code cells, for every year that has a page."""
    package = tables.load(folder)
    selector, shown = select.Selector(package), []
    kinds = notebooks.name_notebooks(package.chapters["notebook"].items())
    assert kinds.pop(notebooks.INDICATOR) == "indicator"  # the pages of which show nothing that the others do not
    for name, kind in kinds.items():
        view = selector.view(kind, name, "zh", package.plan.region)
        for year in package.years if kind in ("overview", "chapter") else [None]:
            notebook = CLASSES[kind](view, name, year)
            parts = [notebook.opening(), notebook.sources()]
            parts += [notebook.scoreboard(), notebook.missing()] if kind == "overview" else []
            if kind == "chapter":
                parts += [notebook.scoreboard(), notebook.stages(), notebook.places()]
                parts += map(notebook.section, notebook.sections)
            if kind == "audit":
                parts += [
                    notebook.errata(),
                    notebook.holds(),
                    notebook.unplaced(),
                    *map(notebook.cards, ("contradiction", "label", "scope", "suspicious")),
                ]
            if kind == "outlook":
                parts += [notebook.public_after(), notebook.unfinished()]
            shown += [piece.html for part in parts if part for piece in getattr(part, "parts", [part])]
    return html.unescape("\n".join(shown))


@pytest.mark.parametrize("which", ["", "examples/national-13th-plan", 1, 3, 19])
def test_every_row_of_a_package_is_on_a_page(tmp_path, which):
    """Packages that ship, by their folders, and new ones, by the number of their chapters."""
    folder = create(tmp_path / "plan", which) if isinstance(which, int) else which and paths.ROOT / which
    package, text = tables.load(folder), read_pages(folder)
    anchors = {*re.findall(r'id="([^"]+)"', text)}
    assert {f"f-{key}" for key in package.figures.index} - anchors == set()
    assert {f"p-{key}" for key in package.platforms.index} - anchors == set()
    assert {f"x-{key}" for key in package.external.index} - anchors == set()
    used = {
        *package.figures["indicator"],
        *package.external["indicator"],
        *package.indicators.index[package.indicators["headline"].notna()],
    }
    assert {name for name in used if package.indicators.at[name, "name_zh"] not in text} == set()


@pytest.mark.parametrize("chapters", [3, 19])
def test_generic_notebooks_follow_the_order_of_the_chapters(tmp_path, chapters):
    folder = create(tmp_path / "plan", chapters)
    names = list(dict.fromkeys(run.notebook for run in request.resolve(request.Package(str(folder)))))
    assert names == [
        "0-overview", *(f"{n}-chapter" for n in range(1, chapters + 1)), f"{chapters + 1}-audit", f"{chapters + 2}-outlook",
        "indicator",
    ]  # fmt: skip


def test_the_generic_notebook_of_indicators_shows_the_first_headline_indicator_by_itself(tmp_path):
    folder = create(tmp_path / "plan")
    package = tables.load(folder)
    first = package.indicators["headline"].idxmin()
    notebook = source.read_notebook(folder / "notebooks" / "indicator.ipynb")
    assert run.read_parameters(folder / "notebooks" / "indicator.ipynb")["indicator"] == first
    assert notebook["cells"][0]["source"].startswith("# 指标 · Indicator\n")
    resolved = request.resolve(request.Package(str(folder)), notebooks=["indicator"], languages=["zh"])
    assert f"indicators/{first}_zh" in {entry.name for entry in resolved}


def test_a_package_may_have_notebooks_without_that_of_indicators(tmp_path):
    folder = create(tmp_path / "plan")
    (folder / "notebooks" / "indicator.ipynb").unlink()
    assert validate.find_problems(folder) == []
    assert not any(entry.indicator for entry in request.resolve(request.Package(str(folder))))


def test_a_plan_without_notebooks_gets_generic_ones(tmp_path):
    folder = create(tmp_path / "plan")
    written = sorted((folder / "notebooks").glob("*.ipynb"))
    contents = [path.read_text(encoding="utf-8").replace('\\"..\\"', '\\"\\"') for path in written]
    for path in written:
        path.unlink()
    (folder / "notebooks").rmdir()
    generic = request.Package(str(folder)).notebooks
    assert generic != paths.NOTEBOOKS
    assert [path.name for path in sorted(generic.glob("*.ipynb"))] == [path.name for path in written]
    assert [path.read_text(encoding="utf-8") for path in sorted(generic.glob("*.ipynb"))] == contents


def test_another_version_of_our_package_uses_our_notebooks(copy):
    assert request.Package(str(copy)).notebooks == paths.NOTEBOOKS
    change(copy / "datapackage.json", "浙江省“互联网+”行动计划", "另一个计划")
    assert request.Package(str(copy)).notebooks != paths.NOTEBOOKS


def test_code_labels_and_generic_notebooks_name_nothing_of_our_plan(tmp_path):
    """Names of places, chapters, sections and indicators, but for words that every plan may use."""
    own = tables.load()
    words = {name for table in NAMING for column in ("name_zh", "title_zh") if column in getattr(own, table)
             for name in getattr(own, table)[column]}  # fmt: skip
    words |= {*own.regions["name_en"], *own.indicators["name_en"], *own.terms["name_zh"]}
    general = {"主要指标", "全国", "China", *(word for word in words if len(word) < 2)}
    words -= general | {"创新", "创业", "制造", "农业", "商务", "金融", "旅游", "交通", "健康"}
    words |= {"互联网+", "Internet Plus", "全省"}
    written = {path: path.read_text(encoding="utf-8") for path in paths.PACKAGE.rglob("*.py")}
    written |= {path: path.read_text(encoding="utf-8") for path in (paths.PACKAGE / "pages").rglob("*.j*")}
    written[Path("labels.csv")] = (paths.data() / "labels.csv").read_text(encoding="utf-8")
    written |= {Path(name): text for name, text in make_notebooks(tables.load(create(tmp_path / "plan"))).items()}
    examples = re.compile(r"^ *>>> .*$", re.MULTILINE)
    assert {
        (path.name, word) for path, text in written.items() for word in words if word in examples.sub("", text)
    } == set()


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("chapters.csv", "2-chapter", "1-chapter", "chapters.csv:4:notebook: '1-chapter' is the notebook of an earlier chapter too; every chapter needs its own"),
        ("chapters.csv", "2-chapter", "2-roads", "chapters.csv:4:notebook: {folder}/notebooks/ has no 2-roads.ipynb; write it, or remove the folder and use generic notebooks"),
        ("chapters.csv", "2-chapter", "", "chapters.csv:4:notebook: is empty; a value is required"),
        ("sections.csv", "2.1,2,", "2.1,9,", "sections.csv:3:chapter: '9' does not exist in chapters"),
        ("indicators.csv", "example-jobs,1.1,2,", "example-jobs,,2,", "indicators.csv:3:section: 'example-jobs' has figures, but no section; no page would show them"),
        ("indicators.csv", "example-jobs,1.1,2,", "example-jobs,8.1,2,", "indicators.csv:3:section: '8.1' does not exist in sections"),
    ],
)  # fmt: skip
def test_what_no_page_would_show_is_no_good_package(tmp_path, file, old, new, sentence):
    folder = create(tmp_path / "plan")
    change(folder / file, old, new)
    assert sentence.format(folder=folder) in [str(problem) for problem in validate.find_problems(folder)]


@pytest.mark.parametrize(
    ("unit", "sentences"),
    [
        ("%", ["indicators.csv:4:section: 'rate' has public figures, but no section; no page would show them"]),
        ("元/100美元", []),  # the audit converts by it
    ],
)
def test_public_figures_belong_to_a_section_but_for_exchange_rates(tmp_path, unit, sentences):
    folder = create(tmp_path / "plan")
    with (folder / "indicators.csv").open("a", encoding="utf-8") as file:
        file.write(f"rate,,,,比率,Rate,{unit},index,up,,,,false,,,,\n")
    change(folder / "external.csv", "example-public,example-coverage,share,", "example-public,rate,index,")
    change(folder / "external.csv", ",71,%,exact,71%,", f",71,{unit},exact,71,")
    assert [str(problem) for problem in validate.find_problems(folder)] == sentences


def test_a_section_that_its_notebook_does_not_show_is_told(tmp_path):
    folder = create(tmp_path / "plan")
    with (folder / "sections.csv").open("a", encoding="utf-8") as file:
        file.write("2.2,2,第2章第2节,Section 2.2,,\n")
    assert validate.find_problems(folder) == []  # it holds nothing yet
    change(folder / "platforms.csv", "example-portal,1.1,", "example-portal,2.2,")
    notebook = folder / "notebooks" / "2-chapter.ipynb"
    sentence = f'sections.csv:5:section: {notebook} does not show section 2.2; add a cell c.section("2.2"), or remove the folder'
    assert [str(problem) for problem in validate.find_problems(folder)] == [sentence]
    change(notebook, 'c.section(\\"2.1\\")', "[c.section(section) for section in c.sections]")
    assert validate.find_problems(folder) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--target-year", "3000"], "the plan begins in 2996 and its target year is 3000; expected years from 1950 to 2199, the first one no later."),
        (["--target-year", "2025", "--start-year", "2026"], "the plan begins in 2026 and its target year is 2025; expected years from 1950 to 2199, the first one no later."),
        (["--target-year", "2025", "--chapters", "0"], "a plan has 1 to 50 chapters, not 0."),
        (["--target-year", "2025", "--region", "410000"], "region '410000' is not in data/regions.csv; give its name with --region-name."),
        (["--target-year", "2025", "--region", "41 00"], "region '41 00': expected a code of GB/T 2260 such as 330100, or a name such as new-town."),
        (["--target-year", "2025", "--title", " "], "the title is empty; give the name of the plan, such as --title 某市数字经济规划."),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_is_told_in_a_sentence(tmp_path, arguments, sentence):
    result = run_cli("new-plan", str(tmp_path / "plan"), "--title", "规划", "--region", "330100", *arguments)
    assert (result.exit_code, result.stderr.strip()) == (2, sentence)


def test_a_new_plan_needs_an_empty_folder(tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    arguments = ["--title", "规划", "--region", "330100", "--target-year", "2025"]
    result = run_cli("new-plan", str(tmp_path), *arguments)
    assert result.exit_code == 2
    assert "holds something already" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(("year", "stage"), [(2021, None), (2022, "planned"), (2023, "planned"), (2024, "building")])
def test_a_platform_is_shown_in_the_stage_of_the_year(tmp_path, year, stage):
    folder = create(tmp_path / "plan")
    change(folder / "platforms.csv", ",building,,", ",building,2022:planned 2024:building,")
    package = tables.load(folder)
    view = select.Selector(package).view("chapter", "1-chapter", "en", "330100")
    chapter = Chapter(view, "1-chapter", year)
    parts = chapter.section("1.1").parts
    frames = [part.frame for part in parts if part.name == "platforms-1.1"]
    names = {"planned": "planned", "building": "being built"}
    assert [frame["status_name"].tolist() for frame in frames] == ([[names[stage]]] if stage else [])
    sentence = Chapter(view, "1-chapter", year).read(chapter.platforms).html
    assert ("portal is being built" in sentence) == (stage == "building")
    assert ("portal is planned" in sentence) == (stage == "planned")


@pytest.mark.parametrize(
    ("history", "sentence"),
    [
        ("2024:building 2022:planned", "the years of '2024:building 2022:planned' are not in order; write each year once, the first one first"),
        ("2022:begun 2024:building", "'begun' is no stage; expected planned, supported, approved, building, pilot, running"),
        ("2022:planned", "'2022:planned' ends with 'planned', but the status is 'building'; write the same in both"),
    ],
)  # fmt: skip
def test_a_wrong_history_is_told(tmp_path, history, sentence):
    folder = create(tmp_path / "plan")
    change(folder / "platforms.csv", ",building,,", f",building,{history},")
    assert f"platforms.csv:2:history: {sentence}" in [str(problem) for problem in validate.find_problems(folder)]


def test_a_plan_is_filled_in_by_workbooks_of_departments_alone(tmp_path):
    """Targets, too: a package whose headline indicators have none yet can be handed out and filled in."""
    folder = create(tmp_path / "plan")
    change(folder / "figures.csv", (folder / "figures.csv").read_text(encoding="utf-8").partition("\n")[2], "")
    for table in ("errata", "external"):
        (folder / f"{table}.csv").write_text(
            (folder / f"{table}.csv").read_text(encoding="utf-8").partition("\n")[0] + "\n"
        )
    change(folder / "indicators.csv", "up,level,,expected,false,,,", "up,level,,expected,false,,市统计局,")
    change(folder / "indicators.csv", "up,cumulative,,binding,false,,,", "up,cumulative,,binding,false,,市人社局,")
    assert len(validate.find_problems(folder)) == 2
    assert run_cli("template", str(folder), str(tmp_path / "book.xlsx")).exit_code == 0
    cells = {
        "example-coverage": {"target:2025": ">90%", "value:2020": 60, "value:2021": 70},
        "example-jobs": {"unit": "万个", "target:2025": 50, "value:2021": 12},
    }
    books = sorted(tmp_path.glob("book-*.xlsx"))
    for path in books:
        book = load_workbook(path)
        sheet = book.worksheets[0]
        columns = {cell.value: cell.column for cell in sheet[5] if cell.value}
        for column, value in cells[sheet.cell(7, columns["indicator"]).value].items():
            sheet.cell(7, columns[column]).value = value
        book.save(path)
    result = run_cli("import", *map(str, books), "--data", str(folder), "--yes")
    assert result.exit_code == 0, result.output
    assert validate.find_problems(folder) == []
    package = tables.load(folder)
    assert package.figures["printed"].tolist() == ["60%", "70%", ">90%", "12万个", "50万个"]
    assert package.figures["document"].map(package.sources["title_zh"]).tolist() == [
        *["book-市统计局.xlsx"] * 3, *["book-市人社局.xlsx"] * 2,
    ]  # fmt: skip
    assert package.figures.at["example-coverage-target-2025", "strict"]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (["覆盖率", "%", "占比", "不低于", 60, 150], "figures.csv:3:value: 150 % lies outside 0-100 %"),
        (["覆盖率", "%", "占比", "不低于", 60, None], "indicators.csv:2:headline: 'indicator-1' is a headline indicator without a target"),
        (["覆盖率", "%", "比例", None, 60, None], "plan.xlsx!Sheet!C2: '比例' is not known; write 存量 (stock), 流量 (flow), 占比 (share)"),
        (["覆盖率", "%", None, None, 60, None], "plan.xlsx!Sheet!C2: 类型 is empty; write 存量 (stock)"),
        (["耗能", "吨标准煤", "流量", None, 60, None], "plan.xlsx!Sheet!B2: the unit '吨标准煤' is new, and nothing says what it measures; write "),
    ],
)  # fmt: skip
def test_a_wrong_table_of_a_plan_is_told_and_leaves_nothing(tmp_path, cells, sentence):
    book = Workbook()
    for row in (["指标", "单位", "类型", "目标类型", "基期值", "目标值"], cells):
        book.active.append(row)
    book.save(tmp_path / "plan.xlsx")
    options = ["--title", "规划", "--region", "330100", "--target-year", "2025", "--from", str(tmp_path / "plan.xlsx")]
    result = run_cli("new-plan", str(tmp_path / "plan"), *options)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["plan.xlsx"]
