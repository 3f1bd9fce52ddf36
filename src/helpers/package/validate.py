"""Is a folder a usable data package? All problems at once, each a sentence with file, row and column.

First what can be seen in the bytes (encoding, byte order mark, line ends), then the schema, by the frictionless library,
then what a schema cannot say. Values are not evaluated here, and nothing is repaired.
"""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pandas as pd

from helpers import paths
from helpers.errors import UserError
from helpers.numbers import period, text
from helpers.package import schema

NUMBER = re.compile(r"-?\d+(\.\d+)?")
BOM = b"\xef\xbb\xbf"
QUANTITY_MEASURE = {"stock": "level", "flow": "flow", "share": "share", "index": "index", "rank": "rank"}
PERCENT_MEASURES = ("growth_rate", "completion")
PERCENT_TARGETS = ("growth", "reduction")
RELATIVE_TARGETS = ("growth", "reduction", "gap")  # their target is no value of the indicator itself
DIRECTION = {"level": "up", "growth": "up", "cumulative": "up", "gap": "up", "milestone": "up",
             "cap": "down", "rank": "down", "reduction": "down"}  # fmt: skip


class Problem(NamedTuple):
    """One thing wrong: file, row as an editor counts it (the header is row 1; 0 for the whole file), column, sentence."""

    file: str
    row: int
    column: str
    sentence: str

    def __str__(self) -> str:
        place = [self.file, str(self.row) if self.row else "", self.column]
        while place and not place[-1]:
            place.pop()
        return f"{':'.join(place)}: {self.sentence}"


class DataError(UserError):
    """A data package with problems; the message lists them, one a line."""

    def __init__(self, folder: Path, problems: list[Problem]):
        self.problems = problems
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        super().__init__("\n".join([f"{folder}: {count} in the data package", *map(str, problems)]))


def problems(folder: Path, older: bool = False) -> list[Problem]:
    """Everything wrong with the package in a folder, in the order of its files and rows; empty for a good one.

    older: may it lack labels that the project has gained since (see `with_our_labels`)?
    """
    if not folder.is_dir():
        return [Problem(str(folder), 0, "", "no such folder; a data package is a folder with a datapackage.json")]
    try:
        descriptor = schema.read(folder)
        plan = schema.Plan.of(descriptor)
        tables = schema.resources(descriptor)
        found = list(_descriptor(descriptor, tables))
    except FileNotFoundError:
        what = f"{schema.DESCRIPTOR} is missing; a data package is a folder that holds one"
        return [Problem(str(folder), 0, "", what)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"not a usable descriptor ({error}); compare it with the one of the project"
        return [Problem(schema.DESCRIPTOR, 0, "", what)]
    if not found:
        for name in tables.values():
            found += _bytes(folder / name)
    if not found:
        found += _schema(folder, descriptor, tables)
    checks = [check for check in CHECKS if not (older and check is _our_labels)]
    if not found:
        try:
            frames = {name: read(folder / path) for name, path in tables.items()}
        except pd.errors.ParserError as error:
            what = f"cannot be read as a table ({' '.join(str(error).split())}); is a quotation mark left open?"
            return [Problem(str(folder), 0, "", what)]
        found += _plan(frames, plan)
        found += _checked(frames, descriptor, tables, checks)
        found += _readings(folder, frames, descriptor, tables, found)
    order = {str(name): n for n, name in enumerate(tables.values())}
    return sorted(found, key=lambda p: (order.get(p.file, -1), p.row, p.column))


def _checked(frames, descriptor: dict, tables: dict[str, str], checks) -> list[Problem]:
    return [Problem(tables[table], *rest) for check in checks for table, *rest in check(frames, descriptor)]


def read(path: Path) -> pd.DataFrame:
    """A CSV file as text, cell by cell; row labels are the rows of the file (the header is row 1)."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="row")
    return frame


def _descriptor(descriptor: dict, tables: dict[str, str]) -> Iterator[Problem]:
    for table, columns in schema.COLUMNS.items():
        if table not in tables:
            yield Problem(schema.DESCRIPTOR, 0, "", f"no resource {table!r}; every package has one")
            continue
        resource = next(r for r in descriptor["resources"] if r["name"] == table)
        if not isinstance(resource["path"], str):
            yield Problem(
                schema.DESCRIPTOR, 0, "", f"the path of {table!r} is {resource['path']!r}, expected one file name"
            )
        named = {field["name"] for field in resource.get("schema", {}).get("fields", [])}
        for column in columns:
            if column not in named:
                yield Problem(schema.DESCRIPTOR, 0, "", f"the schema of {table!r} lacks the field {column!r}")


def _plan(frames, plan: schema.Plan) -> Iterator[Problem]:
    """The plan that the descriptor names is one that the tables can evaluate."""
    years = (plan.baseline_year, plan.start_year, plan.target_year)
    if not years[0] < years[1] <= years[2]:
        what = "baseline_year, start_year and target_year of the plan are {}, {}, {}".format(*years)
        yield Problem(schema.DESCRIPTOR, 0, "plan", f"{what}; expected them in this order")
    if plan.region not in set(frames["regions"]["region"]):
        yield Problem(schema.DESCRIPTOR, 0, "plan", f"the region {plan.region!r} of the plan is not in regions.csv")
    if not 0 < plan.on_track <= plan.ahead:
        what = f"the thresholds on_track {plan.on_track} and ahead {plan.ahead} are out of order"
        yield Problem(schema.DESCRIPTOR, 0, "plan", f"{what}; expected 0 < on_track <= ahead")


def _bytes(path: Path) -> Iterator[Problem]:
    """What makes a file unreadable or its diffs noisy, before any parsing."""
    if not path.is_file():
        yield Problem(path.name, 0, "", "the file is missing; datapackage.json names it")
        return
    content = path.read_bytes()
    if not content.strip():
        yield Problem(path.name, 0, "", "the file is empty; expected at least its header row")
        return
    if content.startswith(BOM):
        yield Problem(path.name, 1, "", "begins with a byte order mark (BOM); save the file as UTF-8 without BOM")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        hint = "GB 18030, as Excel saves it" if _decodes(content, "gb18030") else "another encoding"
        yield Problem(path.name, row, "", f"not UTF-8 (it may be {hint}); save the file as UTF-8")
    if b"\r" in content:
        row = content[: content.index(b"\r")].count(b"\n") + 1
        yield Problem(path.name, row, "", "lines end with CR LF or CR; save the file with LF (Unix) line ends")


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _schema(folder: Path, descriptor: dict, tables: dict[str, str]) -> Iterator[Problem]:
    """What the Table Schema says, checked by frictionless."""
    import frictionless  # slow to import, and only needed for packages not checked before

    report = frictionless.validate(str(folder / schema.DESCRIPTOR))
    for error in report.errors:  # of the package itself, not of one table
        yield Problem(schema.DESCRIPTOR, 0, "", error.note or error.message)
    for task in report.tasks:
        constraints = schema.constraints(descriptor, task.name)
        for error in (error.to_dict() for error in task.errors):
            row = error.get("rowNumber") or (1 if "labels" in error else 0)
            column = error.get("fieldName") or " ".join(error.get("fieldNames", []))
            if error["type"] == "primary-key":
                column = schema.key(descriptor, task.name)[0]
            yield Problem(tables[task.name], row, column, _sentence(error, constraints.get(column, {})))


def _sentence(error: dict, constraints: dict) -> str:
    """A frictionless error in one sentence that says what was found and what was expected."""
    cell = error.get("cell", "")
    match error["type"]:
        case "missing-label":
            return "the column is missing from the header"
        case "incorrect-label":
            return f"the header says {error['label']!r} here, expected {error['fieldName']!r}"
        case "extra-label":
            return f"the schema knows no column {error['label']!r}"
        case "duplicate-label":
            return f"the column {error['label']!r} stands twice in the header"
        case "primary-key":
            return "the key of this row stands in an earlier row too; every row needs its own"
        case "unique-error":
            return f"{cell!r} stands in an earlier row too; every row needs its own"
        case "foreign-key":
            return f"{' '.join(error['fieldCells'])!r} does not exist in {error['referenceName'] or 'this table'}"
        case "type-error":
            kind = error["note"].split('"')[1].split("/")[0]
            return f"{cell!r} is no {kind}"
        case "constraint-error":
            name = error["note"].split('"')[1]
            return CONSTRAINTS[name].format(cell=cell, wanted=_wanted(constraints.get(name)))
        case "missing-cell":
            return "the row ends before this column"
        case "extra-cell":
            return "the row has a cell too many; is a comma unquoted?"
        case "blank-row":
            return "the row is empty; remove it"
    return error["note"] or error["message"]


CONSTRAINTS = {
    "required": "is empty; a value is required",
    "enum": "{cell!r} is not allowed; expected {wanted}",
    "pattern": "{cell!r} does not have the form {wanted}",
    "minimum": "{cell!r} is too small; expected at least {wanted}",
    "maximum": "{cell!r} is too large; expected at most {wanted}",
    "unique": "{cell!r} stands in an earlier row too; every row needs its own",
}


def _wanted(constraint) -> str:
    return ", ".join(map(str, constraint)) if isinstance(constraint, list) else str(constraint)


# What a schema cannot say. Each check takes the tables as text and the descriptor and yields
# (table, row, column, sentence); tables and columns are as the schema has them.

NUMBERS = ("figures", "external")


def _plain(frames, descriptor):
    """Values are written as plain numbers; whoever reads the file sees what is computed with."""
    for table in NUMBERS:
        for row, value in frames[table]["value"].items():
            if not NUMBER.fullmatch(value):
                yield table, row, "value", f"{value!r} is no plain number; expected digits and a decimal point"


def _periods(frames, descriptor):
    for table in NUMBERS:
        for row, value in frames[table]["period"].items():
            try:
                period.parse(value)
            except ValueError as error:
                yield table, row, "period", str(error)


def _units(frames, descriptor):
    """Every unit is known and fits its indicator; money may be in another currency."""
    dimension = frames["units"].set_index("unit")["dimension"].to_dict()
    indicators = frames["indicators"].set_index("indicator")
    unit_of, target_kind = indicators["unit"].to_dict(), indicators["target_kind"].to_dict()
    for table in NUMBERS:
        for line in frames[table].itertuples():
            _, base = text.split_unit(line.unit)
            if base not in dimension:
                yield table, line.Index, "unit", f"the unit {base!r} of {line.unit!r} is not in units.csv"
                continue
            rate = line.measure == "target" and target_kind[line.indicator] in PERCENT_TARGETS
            wanted = "%" if rate or line.measure in PERCENT_MEASURES else unit_of[line.indicator]
            if base != wanted and not dimension[base] == dimension.get(wanted) == "money":
                yield table, line.Index, "unit", f"{line.unit!r} does not fit {line.indicator!r}, expected {wanted!r}"


def _measures(frames, descriptor):
    """A number that is neither change nor target nor completion measures what its indicator is."""
    kind_of = frames["indicators"].set_index("indicator")["kind"].to_dict()
    plain = set(QUANTITY_MEASURE.values())
    for table in NUMBERS:
        for line in frames[table].itertuples():
            kind = kind_of[line.indicator]
            wanted = QUANTITY_MEASURE[kind]
            if line.measure in plain and line.measure != wanted:
                what = f"{line.measure!r} does not fit {line.indicator!r}, which is a {kind}"
                yield table, line.Index, "measure", f"{what}; expected {wanted!r}"


def _shares(frames, descriptor):
    indicators = frames["indicators"].set_index("indicator")
    bounded = set(indicators.index[(indicators["kind"] == "share") & (indicators["may_exceed"] == "false")])
    for table in NUMBERS:
        frame = frames[table]
        inside = frame["indicator"].isin(bounded) & frame["measure"].isin(["share", "target"])
        relative = frame["indicator"].map(indicators["target_kind"]).isin(RELATIVE_TARGETS)
        inside &= ~(relative & (frame["measure"] == "target"))
        for row, value in frame.loc[inside, "value"].items():
            if NUMBER.fullmatch(value) and not 0 <= float(value) <= 100:
                what = f"{value} % lies outside 0-100 %"
                yield table, row, "value", f"{what}; if it can, set may_exceed of the indicator to true"


def _printed(frames, descriptor):
    """The token as it stands says the same number, unit and qualifier as the row."""
    units = set(frames["units"]["unit"])
    for table in NUMBERS:
        for line in frames[table].itertuples():
            row = line.Index
            try:
                token = text.parse(line.printed)
            except text.PrintedError as error:
                yield table, row, "printed", f"{error}; expected the token as it stands in the source"
                continue
            multiplier, base = text.split_unit(line.unit)
            said = float(token.number) * token.multiplier
            readings = [said / multiplier]
            if token.multiplier == 1 and not token.unit:  # a table names its unit elsewhere
                readings.append(said)
            same = any(_close(line.value, reading, bool(token.below)) for reading in readings)
            if not same or (token.unit in units and token.unit != base):
                yield table, row, "printed", f"{line.printed!r} does not say {line.value} {line.unit}"
            said = token.qualifier.name
            if said not in ("exact", line.qualifier):
                yield table, row, "qualifier", f"{line.printed!r} says {said!r}, not {line.qualifier!r}"


def _close(value: str, said: float, fraction: bool) -> bool:
    """Equal but for floating point; a fraction (2/3) is given to two decimals (66.67)."""
    return bool(NUMBER.fullmatch(value)) and abs(float(value) - said) <= (0.005 if fraction else 1e-9 * abs(said))


def _targets(frames, descriptor):
    """Every headline indicator has a target in the target year, every target says how it is meant and when it is due."""
    plan, indicators = schema.Plan.of(descriptor), frames["indicators"]
    targets = frames["figures"][frames["figures"]["measure"] == "target"]
    ends = targets["period"].map(_year_of)
    here = set(targets.loc[(targets["region"] == plan.region) & (ends == plan.target_year), "indicator"])
    kind_of = indicators.set_index("indicator")["target_kind"]
    for row, line in indicators[indicators["headline"] != ""].iterrows():
        if line["indicator"] not in here:
            what = f"{line['indicator']!r} is a headline indicator without a target"
            yield "indicators", row, "headline", f"{what}; figures.csv needs one for {plan.target_year}"
        if not line["category"]:
            what = f"{line['indicator']!r} is a headline indicator without a category"
            yield "indicators", row, "category", f"{what}; overviews are by category"
    for row, line in targets.iterrows():
        if not kind_of[line["indicator"]]:
            what = f"{line['indicator']!r} has a target, but its target_kind in indicators.csv is empty"
            yield "figures", row, "measure", what
        if line["period"] and pd.isna(ends[row]):
            yield "figures", row, "period", f"a target is due at the end of a year, not {line['period']!r}"
    for (indicator, _, _), rows in targets.groupby(["indicator", "region", "period"], sort=False):
        wanted = 2 if kind_of[indicator] == "range" else 1
        if len(rows) != wanted and kind_of[indicator]:
            what = f"{indicator!r} has {len(rows)} targets for the same time"
            ends_of = "its two ends" if wanted == 2 else "one"
            yield (
                "figures",
                rows.index[-1],
                "measure",
                f"{what}; a target of the kind {kind_of[indicator]!r} has {ends_of}",
            )


def _year_of(when: str) -> int | None:
    """Year with which a period ends, if it does."""
    try:
        point = period.parse(when)
    except ValueError:
        return None
    return point.last[0] if point and point.ends_year else None


def _directions(frames, descriptor):
    """The better direction is the one in which the target lies."""
    for row, line in frames["indicators"].iterrows():
        wanted = DIRECTION.get(line["target_kind"], line["direction"])
        if line["direction"] != wanted:
            what = f"{line['direction']!r} does not fit a target of the kind {line['target_kind']!r}"
            yield "indicators", row, "direction", f"{what}; expected {wanted!r}"


ERRATA_KEYS = {"figures": "figure", "indicators": "indicator"}


def _errata(frames, descriptor):
    """An erratum names an existing cell, still says what is printed there, and has evidence."""
    known = set(frames["figures"]["figure"]) | set(frames["external"]["figure"])
    for row, line in frames["errata"].iterrows():
        frame = frames[line["table"]].set_index(ERRATA_KEYS[line["table"]])
        if line["key"] not in frame.index:
            yield "errata", row, "key", f"{line['key']!r} is no row of {line['table']}"
        elif line["column"] not in frame.columns:
            yield "errata", row, "column", f"{line['column']!r} is no column of {line['table']}"
        elif frame.at[line["key"], line["column"]] != line["printed"]:
            now = frame.at[line["key"], line["column"]]
            what = f"the erratum has expired: {line['key']} {line['column']} is now {now!r}, not {line['printed']!r}"
            yield "errata", row, "printed", f"{what}; check it again or remove it"
        for key in line["evidence"].split():
            if key not in known:
                yield "errata", row, "evidence", f"{key!r} is no figure of figures.csv or external.csv"


def _readings(
    folder: Path, frames, descriptor: dict, tables: dict[str, str], known: list[Problem]
) -> Iterator[Problem]:
    """A reading is as good a cell as what is printed: the package is checked once more with its errata applied."""
    errata = frames["errata"]
    if errata.empty or known:
        return
    read_as = frames | {name: apply(errata, frames[name], name, key) for name, key in ERRATA_KEYS.items()}
    with tempfile.TemporaryDirectory(prefix="errata-") as copy:
        for table, path in tables.items():
            target = Path(copy, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            read_as[table].to_csv(target, index=False, lineterminator="\n", encoding="utf-8")
        Path(copy, schema.DESCRIPTOR).write_bytes((folder / schema.DESCRIPTOR).read_bytes())
        found = list(_schema(Path(copy), descriptor, tables))
    if not found:  # a token says what is printed, not how it is read
        again = [check for check in CHECKS if check not in (_printed, _errata, _our_labels)]
        found = _checked(read_as, descriptor, tables, again)
    for problem in found:
        yield Problem(tables["errata"], _blamed(problem, frames, tables), "reading", problem.sentence)


def _blamed(problem: Problem, frames, tables: dict[str, str]) -> int:
    """Row of the erratum that makes a problem: of the same cell, else of the same row, else the first there is."""
    errata = frames["errata"]
    for table, key in ERRATA_KEYS.items():
        if problem.file == tables[table] and problem.row in frames[table].index:
            own = errata[(errata["table"] == table) & (errata["key"] == frames[table].at[problem.row, key])]
            same = own[own["column"] == problem.column]
            if len(own):
                return (same if len(same) else own).index[0]
    return errata.index[0]


def apply(errata: pd.DataFrame, frame: pd.DataFrame, table: str, key: str) -> pd.DataFrame:
    """A table as text with the readings of its errata in place of what is printed; rejected ones are left out."""
    frame = frame.copy()
    row_of = {name: row for row, name in frame[key].items()}
    for line in errata[(errata["table"] == table) & (errata["status"] != "rejected")].itertuples():
        if line.key in row_of and line.column in frame.columns:
            frame.at[row_of[line.key], line.column] = line.reading
    return frame


# What stands on the right of a relation: keys of this table; those of `list` may be names as printed.
RIGHT_OF = {"list": None, "about": ("sections", "section"), "located": ("regions", "region")}
EXACTLY = {"quotient": 2, "share_of": 1, "ranks_by": 1, "about": 1, "daily": 1}  # things on the right


def _relations(frames, descriptor):
    """Relations name what exists, as many as their kind needs."""
    for row, line in frames["relations"].iterrows():
        table = RIGHT_OF.get(line["kind"], ("indicators", "indicator"))
        names = line["right"].split()
        for name in names:
            if table and name not in set(frames[table[0]][table[1]]):
                yield "relations", row, "right", f"{name!r} does not exist in {table[0]}"
        wanted = EXACTLY.get(line["kind"])
        if wanted and len(names) != wanted:
            what = f"a relation of the kind {line['kind']!r} has {wanted} on the right"
            yield "relations", row, "right", f"{what}, not {len(names)}"


def _labels(frames, descriptor):
    """Whatever a reader sees has a name in both languages."""
    labels = set(frames["labels"]["key"])
    regions = set(frames["regions"]["region"])
    for row, owner in frames["platforms"]["owner"].items():
        if owner and owner not in regions and f"owner.{owner}" not in labels:
            what = f"{owner!r} is no region code and has no label"
            yield "platforms", row, "owner", f"{what}; add 'owner.{owner}' to labels.csv"
    for row, category in frames["indicators"]["category"].items():
        if category and f"category.{category}" not in labels:
            yield "indicators", row, "category", f"no label; add 'category.{category}' to labels.csv"


def _our_labels(frames, descriptor):
    """Labels that the project itself uses are there, with its blanks."""
    ours, theirs = _ours(), frames["labels"].set_index("key")
    for key, label in ours.iterrows():
        if key not in theirs.index:
            if not key.startswith(COMPARING):
                yield "labels", 0, "key", f"no label {key!r}; copy it from the project's own labels.csv"
            continue
        for language in LANGUAGES:
            if _blanks(label[language]) != _blanks(theirs.at[key, language]):
                row = frames["labels"].index[frames["labels"]["key"] == key][0]
                what = f"{theirs.at[key, language]!r} does not have the same {{…}} and | as the project's own label"
                yield "labels", row, language, f"{what}, {label[language]!r}"


def with_our_labels(labels: pd.DataFrame) -> pd.DataFrame:
    """Labels of an older package, with the project's own in place of those that it lacks or that have other blanks."""
    theirs, ours = labels.set_index("key"), _ours()
    wanted = [
        key
        for key, label in ours.iterrows()
        if key not in theirs.index or any(_blanks(label[at]) != _blanks(theirs.at[key, at]) for at in LANGUAGES)
    ]
    if not wanted:
        return labels
    return pd.concat([labels[~labels["key"].isin(wanted)], ours.loc[wanted].reset_index()], ignore_index=True)


COMPARING = "diff."  # labels of comparisons, which take the project's own where a package has none
LANGUAGES = ("zh", "en")


def _ours() -> pd.DataFrame:
    """The project's own labels by their keys, but for those of things that a package names itself."""
    ours = paths.data() / "labels.csv"
    frame = read(ours) if ours.is_file() else pd.DataFrame(columns=["key", *LANGUAGES])
    return frame[~frame["key"].str.startswith(("owner.", "category."))].set_index("key")


def _blanks(label: str) -> tuple:
    """What is filled into a label: its named blanks, and the number of its alternatives."""
    try:
        return frozenset(name for _, name, _, _ in Formatter().parse(label) if name is not None), label.count("|")
    except ValueError:
        return ()


CHECKS = (
    _plain, _periods, _units, _measures, _shares, _printed, _targets, _directions, _errata, _relations, _labels,
    _our_labels,
)  # fmt: skip
