"""Damage inputs in many ways, and see that nothing gets through: no traceback, no hang, nothing accepted and refused later.

    python tools/fuzz.py                            2,000 inputs of every kind
    python tools/fuzz.py --seed 7 --inputs 300      300 others; the same seed makes the same inputs
    python tools/fuzz.py packages --seed 7 --only 42    one of them again, with its traceback

`KINDS` has a function for each kind of input. It takes a source of chance and a scratch folder, makes one input, tries it,
and returns what became of it in one word; whatever it raises is a fault, and is shown with the command that repeats it.
"""

import argparse
import ast
import collections
import copy
import io
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from helpers import paths

ROOT = Path(__file__).resolve().parents[1]
BASES = (ROOT / "data", *[ROOT / "examples" / "national-13th-plan"] * 2)  # the smaller one more often
SECONDS = 30  # of work that one input may take
WAITING = 10  # times as long may pass, as others may use the machine too
REASONABLE = 200  # years that a package may ask runs for
INVISIBLE = " \t\n\r\0\u00a0\u200b\u2028\u3000\ufeff\u202e\u0085\ufffe\u0301"
CELLS = (
    "", " ", "-", "--", "…", "n.a.", "#REF!", "#N/A", "NaN", "nan", "inf", "None", "null", "0", "-0", "00", "1", "-1", "1.0",
    "0.1", "100", "100.0", "1e5", "1E+05", "1e400", "9" * 15, "9" * 30, "0." + "0" * 20 + "1", "１００", "٣", "½", "²",
    "1,000", "1.000,5", "1 000", "+1", "true", "TRUE", "2017", "2107", "0000", "9999", "２０１７", "2017H1", "2017H3",
    "2017-13", "2018/2016", "2017/2017", "1900/2100", "Jun-18", "2018/6/1", "43252", "2018年6月", "{", "}", "{n}", "{n!z}",
    "{0}", "{name:d}", "{n:>99999999}", "{n.__class__}", "{{", "|", "||", "a|b|c", "%s", "$x$", "\\", "<b>", "'", '"', ",",
    ";", "=1+1", "T.1", "T.0", "T.99999", "0.0.1", "99.99.99", "1.1", "330000", "100000", "x" * 101, "长" * 10_001, "é",
    "e\u0301", "http://", "http://[", "https://user:secret@host/", "javascript:x", "2015:planned", "/", "..", "1/3", "1/0",
    "2016:running 2015:planned", "约100", "100余", "超100%", "近1", "不足0", "两", "第三", "前三", "100万亿", "1.2万亿元",
    "减少5%", "-5", "−5", "＞5", "[5]", *INVISIBLE,
)  # fmt: skip
NUMBERS = (
    "0", "1", "2", "3", "9", "10", "99", "100", "101", "1000", "12345", "-1", "-100", "0.0", "0.1", "0.01", "1.5", "33.3",
    "99.9", "100.0", "-0", "-0.0", "-0.1", "-99.9", "0.000001", "123456789012345", "99999999999999.9", "5000",
)  # fmt: skip
PERIODS = ("", "2015", "2016", "2017", "2018", "2020", "2017H1", "2018Q3", "2018-06", "2015/2020", "1900")
JSON = (
    None, True, False, 0, -1, 1.5, 1e300, 10**19, "", "x", "http://127.0.0.1:9/x", "(a+)+$", [], {}, [[]], {"a": {}},
    "\ud800",
)  # fmt: skip
BLANKS = ("{", "}", "{n}", "{n!z}", "{n!r}", "{:d}", "{n:>9}", "|", "{{x}}", "{{", "\0", " ")
QUALIFYING = {"exact": "{}", "about": "约{}", "over": "超{}", "under": "近{}"}


# --- packages ------------------------------------------------------------------------------------------------------------


class Package:
    """A copy of a good package that is damaged: its tables as rows of cells, its files as bytes, its descriptor."""

    def __init__(self, base: Path):
        from helpers.package import files, schema

        self.descriptor, self.good = schema.read(base), schema.read(base)
        self.names = schema.resources(self.good)
        parsed = {name: files.parse((base / file).read_bytes()) for name, file in self.names.items()}
        self.tables = {name: [table.header, *table.rows] for name, table in parsed.items()}
        self.after: list[Callable[[Path], None]] = []  # what is done to the files once they are written

    def write(self, folder: Path) -> None:
        import csv

        for name, rows in self.tables.items():
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(rows)
            (folder / self.names[name]).write_bytes(text.getvalue().encode("utf-8", "surrogatepass"))
        (folder / "datapackage.json").write_text(json.dumps(self.descriptor), encoding="utf-8")
        for change in self.after:
            change(folder)

    def draw(self, random: Random, table: str = "", column: str = "") -> tuple[list[list[str]], int, int]:
        """Rows of a table, and the place of a cell in them; an empty table is passed over."""
        filled = [name for name, rows in self.tables.items() if len(rows) > 1]
        rows = self.tables[table if table in filled else random.choice(filled)]
        place = rows[0].index(column) if column in rows[0] else random.randrange(len(rows[0]))
        return rows, random.randrange(1, len(rows)), place


def put_cell(random: Random, package: Package) -> None:
    rows, row, place = package.draw(random)
    rows[row][place] = random.choice(CELLS)


def insert_sign(random: Random, package: Package) -> None:
    rows, row, place = package.draw(random)
    cell, sign = rows[row][place], random.choice([*INVISIBLE, "{", "}", "|", "\ud800"])
    at = random.choice([0, len(cell), random.randrange(len(cell) + 1)])
    rows[row][place] = cell[:at] + sign + cell[at:]


def copy_cell(random: Random, package: Package) -> None:
    """A cell takes what another row of the column has: of the right form, in the wrong place."""
    rows, row, place = package.draw(random)
    rows[row][place] = rows[random.randrange(1, len(rows))][place]


def choose_another(random: Random, package: Package) -> None:
    """A cell with few allowed values takes another of them."""
    chosen = [
        (resource["name"], field["name"], field["constraints"]["enum"])
        for resource in package.good["resources"]
        for field in resource["schema"]["fields"]
        if "enum" in field.get("constraints", {}) and len(package.tables[resource["name"]]) > 1
    ]
    table, column, values = random.choice(chosen)
    rows, row, place = package.draw(random, table, column)
    rows[row][place] = random.choice(values)


def put_number(random: Random, package: Package) -> None:
    """A figure takes another value, and is printed so: the schema finds nothing wrong, and everything is computed anew."""
    rows, row, place = package.draw(random, random.choice(["figures", "external"]), "value")
    if "qualifier" not in rows[0]:
        return
    number, qualifier = random.choice(NUMBERS), random.choice([*QUALIFYING])
    rows[row][place] = number
    rows[row][rows[0].index("printed")] = QUALIFYING[qualifier].format(number)
    rows[row][rows[0].index("qualifier")] = qualifier


def put_period(random: Random, package: Package) -> None:
    rows, row, place = package.draw(random, "figures", "period")
    rows[row][place] = random.choice(PERIODS)


def put_target(random: Random, package: Package) -> None:
    """An indicator has another kind of target, of quantity, or another direction, each fitting the others where it can."""
    from helpers.package import rules

    rows, row, _ = package.draw(random, "indicators")
    if "target_kind" not in rows[0]:
        return
    kind = random.choice([*rules.DIRECTION, "range", "hold", "yearly", ""])
    rows[row][rows[0].index("target_kind")] = kind
    rows[row][rows[0].index("direction")] = rules.DIRECTION.get(kind, random.choice(["up", "down"]))


def put_relation(random: Random, package: Package) -> None:
    """A relation of any kind between any indicators."""
    kinds = next(r for r in package.good["resources"] if r["name"] == "relations")["schema"]["fields"][1]
    keys = [row[0] for row in package.tables["indicators"][1:]]
    kind = random.choice(kinds["constraints"]["enum"])
    others = " ".join(random.choices(keys, k=random.choice([1, 1, 2, 3])))
    header = package.tables["relations"][0]
    line = {"relation": f"fuzz-{random.randrange(999)}", "kind": kind, "left": random.choice(keys), "right": others}
    package.tables["relations"].append([line.get(name, "") for name in header])


def put_erratum(random: Random, package: Package) -> None:
    """A reading of any cell of a figure or an indicator."""
    table = random.choice(["figures", "indicators"])
    rows, row, place = package.draw(random, table)
    if rows is not package.tables[table]:
        return
    line = {
        "table": table, "key": rows[row][0], "column": rows[0][place], "printed": rows[row][place], "reason": "理由",
        "reading": random.choice([*CELLS, *NUMBERS, rows[random.randrange(1, len(rows))][place]]), "reason_en": "Why",
        "evidence": package.tables["figures"][1][0], "status": random.choice(["suspected", "confirmed", "rejected"]),
    }  # fmt: skip
    package.tables["errata"].append([line.get(name, "") for name in package.tables["errata"][0]])


def change_rows(random: Random, package: Package) -> None:
    rows, row, _ = package.draw(random)
    how = random.choice(["remove", "repeat", "clear", "shuffle", "blank", "short", "long", "half"])
    if how == "remove":
        del rows[row]
    elif how == "repeat":
        rows.insert(row, [f"{rows[row][0]}-again", *rows[row][1:]])
    elif how == "clear":
        del rows[1:]
    elif how == "half":
        rows[1:] = [line for line in rows[1:] if random.random() < 0.5]
    elif how == "shuffle":
        rows[1:] = random.sample(rows[1:], len(rows) - 1)
    else:
        rows[row] = {"blank": [], "short": rows[row][:-1], "long": [*rows[row], ""]}[how]


def change_header(random: Random, package: Package) -> None:
    rows, _, place = package.draw(random)
    header, label = rows[0], rows[0][place]
    other = random.choice(
        [f"{label} ", f" {label}", label.upper(), "", f"\ufeff{label}", header[0], "ｘ", label + "\0"]
    )
    how = random.choice(["rename", "swap", "drop", "add", "without"])
    if how == "rename":
        header[place] = other
    elif how == "swap":
        header[place], header[0] = header[0], label
    elif how == "drop":
        del header[place]
    else:
        for number, row in enumerate(rows):
            row[place : place + (how == "without")] = [] if how == "without" else [other if number == 0 else ""]


def change_file(random: Random, package: Package) -> None:
    name = random.choice([*package.names.values(), "datapackage.json"])
    at, sign = random.random(), random.choice([b"\0", b"\xff", b'"', b"\r", b"\n", b",", b"{", b"]"])
    changes = [
        lambda content: content.replace(b",", random.choice([b";", b"\t", b"|", "，".encode()])),
        lambda content: content.replace(b"\n", random.choice([b"\r\n", b"\r", b"\n\n"])),
        lambda content: b"\xef\xbb\xbf" * random.choice([1, 2]) + content,
        lambda content: content.decode("utf-8", "replace").encode(
            random.choice(["utf-16", "gb18030", "utf-32-be", "utf-7"])
        ),
        lambda content: content[: int(at * len(content))],
        lambda content: content[: int(at * len(content))] + sign + content[int(at * len(content)) :],
        lambda content: content + content,
        lambda content: b"sep=,\n" + content,
        lambda content: b"",
        lambda content: random.randbytes(100),
    ]
    change = random.choice(changes)

    def spoil(folder: Path) -> None:
        (folder / name).write_bytes(change((folder / name).read_bytes()))

    def replace(folder: Path) -> None:
        (folder / name).unlink()
        make = random.choice([os.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: None])
        make(folder / name)

    package.after.append(replace if random.random() < 0.2 else spoil)


def change_descriptor(random: Random, package: Package) -> None:
    """An entry of the descriptor, however deep, gets another value, another name, or goes."""
    block: object = package.descriptor
    while True:
        names = [*block] if isinstance(block, dict) else [*range(len(block))]
        if not names:
            return
        name = random.choice(names)
        if isinstance(block[name], dict | list) and random.random() < 0.85:
            block = block[name]
            continue
        how = random.choice(["value", "value", "remove", "add", "deep"])
        if how == "remove":
            del block[name]
        elif how == "deep":
            for _ in range(random.choice([3, 30, 200])):
                block[name] = [block[name]]
        elif how == "add" and isinstance(block, dict):
            block[random.choice(["dialect", "profile", "$schema", "pattern", "data", "bytes", "enum"])] = random.choice(
                JSON
            )
        else:
            block[name] = copy.deepcopy(random.choice(JSON))
        return


def change_plan(random: Random, package: Package) -> None:
    plan, year = package.descriptor.get("plan"), random.choice([1900, 1999, 2010, 2015, 2016, 2017, 2018, 2020, 2100])
    if isinstance(plan, dict):
        plan[random.choice(["baseline_year", "start_year", "target_year"])] = year
        plan["region"] = random.choice([row[0] for row in package.tables["regions"][1:]] or ["x"])


def change_parent(random: Random, package: Package) -> None:
    rows, row, place = package.draw(random, "regions", "parent")
    rows[row][place] = random.choice([line[0] for line in rows[1:]] or [""])


def change_label(random: Random, package: Package) -> None:
    """A label of the project's own, with other blanks, or none."""
    ours = _read_labels()
    key, *texts = random.choice(ours)
    place = random.randrange(len(texts))
    text, sign = texts[place], random.choice(BLANKS)
    at = random.randrange(len(text) + 1)
    texts[place] = random.choice([text[:at] + sign + text[at:], text.replace("{n}", sign), sign, text[:at]])
    rows = [row for row in package.tables["labels"] if row[:1] != [key]]
    package.tables["labels"] = [*rows, [random.choice([key, key, f"{key}.documents", "category.x"]), *texts]]


DAMAGES = (
    put_cell, put_cell, put_cell, insert_sign, insert_sign, copy_cell, copy_cell, choose_another, choose_another, put_number,
    put_number, put_number, put_period, put_target, put_relation, put_relation, put_erratum, put_erratum, change_rows,
    change_header, change_file, change_descriptor, change_descriptor, change_plan, change_parent, change_label, change_label,
)  # fmt: skip


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


def _read_labels() -> list[list[str]]:
    from helpers.package import files

    return files.parse((paths.data() / "labels.csv").read_bytes()).rows


KINDS: dict[str, Callable[[Random, Path], str]] = {"packages": try_package}


# --- trying --------------------------------------------------------------------------------------------------------------


class TooSlow(AssertionError):
    """An input took longer than it may."""


@contextmanager
def limit(seconds: int) -> Iterator[None]:
    """Raises TooSlow in the block after some seconds of work, or WAITING times as many without any.

    The work is that of the processor, as others may use the machine too; a program that waits for a pipe does none.
    """

    def stop(*_) -> None:
        raise TooSlow(f"not done after {seconds} s")

    timers = {signal.ITIMER_VIRTUAL: (signal.SIGVTALRM, 1), signal.ITIMER_REAL: (signal.SIGALRM, WAITING)}
    before = {number: signal.signal(number, stop) for number, _ in timers.values()}
    for timer, (_, times) in timers.items():
        signal.setitimer(timer, seconds * times)
    try:
        yield
    finally:
        for timer, (number, _) in timers.items():
            signal.setitimer(timer, 0)
            signal.signal(number, before[number])


def try_input(kind: str, seed: int, number: int) -> str:
    """Make and try one input; it is the same for the same kind, seed and number. Raises whatever the code raises."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch, limit(SECONDS):
        return KINDS[kind](Random(f"{kind} {seed} {number}"), Path(scratch))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "kinds", nargs="*", default=[*KINDS], metavar="KIND", help=f"of {', '.join(KINDS)} (default: all)"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inputs", type=int, default=2000, help="of each kind")
    parser.add_argument("--only", type=int, help="number of the one input to try")
    asked = parser.parse_args()
    warnings.simplefilter("error")  # on a page, a warning is an output
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="fuzz-cache-")
    faults, start = 0, time.monotonic()
    for kind in asked.kinds:
        outcomes = collections.Counter()
        for number in [asked.only] if asked.only is not None else range(asked.inputs):
            try:
                outcomes[try_input(kind, asked.seed, number)] += 1
            except Exception as error:
                outcomes["fault"] += 1
                print(f"python tools/fuzz.py {kind} --seed {asked.seed} --only {number}")
                print(
                    "  " + (f"{type(error).__name__}: {error}"[:300] if asked.only is None else traceback.format_exc())
                )
                sys.stdout.flush()
        faults += outcomes["fault"]
        print(f"{kind}: {dict(outcomes)} in {time.monotonic() - start:.0f} s", flush=True)
    shutil.rmtree(os.environ["XDG_CACHE_HOME"])
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
