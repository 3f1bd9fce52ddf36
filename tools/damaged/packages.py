"""Data packages: a copy of a good one is damaged; it is refused in sentences, or everything that reads a package reads it."""

import ast
import json
import re
import shutil
from pathlib import Path
from random import Random

from damaged.damages import DAMAGES, Package
from helpers import paths

BASES = (paths.data(), *[paths.ROOT / "examples" / "national-13th-plan"] * 2)  # the smaller one more often
REASONABLE = 200  # years that a package may ask runs for
COMPARED = 0.3  # of the good ones with what they were copied from, as that takes longest


def try_package(random: Random, scratch: Path) -> str:
    """A package is damaged once or a few times; if it is still good, everything that reads a package reads it."""
    from helpers.package import validate

    base = random.choice(BASES)
    package = Package(base)
    for _ in range(random.choice([1, 1, 1, 2, 4])):
        random.choice(DAMAGES)(random, package)
    folder = scratch / "package"
    folder.mkdir()
    package.write(folder)
    shutil.copytree(base / "notebooks", folder / "notebooks") if (base / "notebooks").is_dir() else None
    problems = validate.find_problems(folder)
    check_sentences(problems)
    if problems:
        return "refused"
    read_everything(random, folder, base)
    return "accepted"


def check_sentences(problems: list) -> None:
    """Each problem is one line of a length that can be read, and no text of Python's."""
    for problem in problems:
        assert "\n" not in str(problem), problem
        assert len(str(problem)) < 2000, problem
        assert not re.search("object has no attribute|object is not|unhashable|argument of type", problem.sentence), (
            problem
        )


def read_everything(random: Random, folder: Path, base: Path) -> None:
    """What `evaluate` does with a good package: load, audit, compare, and one page of each sort."""
    from helpers import audit
    from helpers.authoring.notebooks import make_notebooks
    from helpers.compare import difference, packages
    from helpers.package import tables
    from helpers.views.select import Selector

    package = tables.load(folder)
    assert len(package.choices.askable) <= REASONABLE, package.choices.askable
    audit.audit(package)
    language = random.choice(["zh", "en"])
    if random.random() < COMPARED:
        compared = packages.compare(base, folder, language)
        difference.to_text(compared)
        difference.to_json(compared)
    selector, texts = Selector(package), make_notebooks(package)
    for kind, name in draw_pages(random, package):
        region = random.choice([package.plan.region, random.choice(package.choices.covered or [package.plan.region])])
        year = random.choice(package.choices.askable)
        view = selector.view(kind, name, language, region)
        if kind == "indicator":
            view = view.narrow(random.choice(sorted(package.indicators.index)))
        show_page(view, kind, name, year, list_code(texts[f"{name}.ipynb"]))


def draw_pages(random: Random, package) -> list[tuple[str, str]]:
    """The view and the name of two of a package's notebooks."""
    from helpers.package import notebooks

    chapters = package.chapters["notebook"].items()
    names = notebooks.name_notebooks((number, name) for number, name in chapters)
    return random.sample([(kind, name) for name, kind in names.items()], min(2, len(names)))


def list_code(notebook: str) -> list[str]:
    """Sources of the code cells of a notebook."""
    return [cell["source"] for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code"]


def show_page(view, kind: str, name: str, year: int, cells: list[str]) -> None:
    """Execute the cells of a notebook without a kernel; each shows what it returns."""
    from helpers import views
    from helpers.display.html import Shown
    from helpers.display.table import Parts

    view_class, given = getattr(views, kind.capitalize()), [year] if kind in ("chapter", "overview") else []
    namespace = dict.fromkeys("caoi", view_class(view, name, *given)) | {"year": year}
    for code in cells[2:]:  # behind the parameters and the cell that opens it
        *statements, last = ast.parse(code).body
        is_shown = isinstance(last, ast.Expr)
        exec(compile(ast.Module(statements if is_shown else [*statements, last], []), name, "exec"), namespace)
        shown = eval(compile(ast.Expression(last.value), name, "eval"), namespace) if is_shown else None
        for part in shown.parts if isinstance(shown, Parts) else [shown] if isinstance(shown, Shown) else []:
            part._repr_mimebundle_()
