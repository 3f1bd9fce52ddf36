"""Ways to damage a copy of a good data package: its cells, headers, rows, files, descriptor, labels and relations."""

import copy
import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from random import Random

from damaged.values import CELLS, INVISIBLE, JSON, NUMBERS, PERIODS
from helpers import paths

BLANKS = ("{", "}", "{n}", "{n!z}", "{n!r}", "{:d}", "{n:>9}", "|", "{{x}}", "{{", "\0", " ")
QUALIFYING = {"exact": "{}", "about": "约{}", "over": "超{}", "under": "近{}"}


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
        lambda content: content.replace(b"\n", random.choice([b"\r\n", b"\r", b"\n\n"]), random.choice([3, -1])),
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


def _read_labels() -> list[list[str]]:
    """Rows of the project's own labels."""
    from helpers.package import files

    return files.parse((paths.data() / "labels.csv").read_bytes()).rows


DAMAGES = (
    put_cell, put_cell, put_cell, insert_sign, insert_sign, copy_cell, copy_cell, choose_another, choose_another, put_number,
    put_number, put_number, put_period, put_target, put_relation, put_relation, put_erratum, put_erratum, change_rows,
    change_header, change_file, change_descriptor, change_descriptor, change_plan, change_parent, change_label, change_label,
)  # fmt: skip
