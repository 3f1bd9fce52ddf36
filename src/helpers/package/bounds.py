"""What numbers, years and places in a data package can be: bounds beyond which a cell is a slip, and rings that never end.

Each check takes the tables as text and the descriptor and yields (table, row, column, sentence), as those of `rules`.
"""

import re
from urllib.parse import urlsplit

from helpers.package import form, schema
from helpers.package.descriptor import YEARS

YEAR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
DATED = (  # columns that begin with a year, or hold several
    ("figures", "period"), ("external", "period"), ("figures", "since"), ("platforms", "since"), ("platforms", "history"),
    ("external", "published"), ("sources", "published"), ("sources", "accessed"),
)  # fmt: skip
AFTER_PLAN = 20  # years beyond the target year in which something may still have been measured
ADDRESSES = (("external", "address"), ("sources", "address"))


def check_years(frames, descriptor):
    """Years are of our time, and nothing was measured long after the plan."""
    last = schema.Plan.of(descriptor).target_year + AFTER_PLAN
    for table, column in DATED:
        if table not in frames or column not in frames[table]:
            continue
        cells = frames[table][column]
        wrong = {cell: what for cell in cells.unique().tolist() if (what := _judge_years(cell))}
        for row, cell in cells[cells.isin([*wrong])].items() if wrong else ():
            yield table, row, column, wrong[cell]
    for table in ("figures", "external"):
        measured = frames[table].loc[frames[table]["measure"] != "target", "period"]
        late = {
            cell for cell in measured.unique().tolist() if any(last < int(y) <= YEARS[-1] for y in YEAR.findall(cell))
        }
        for row, cell in measured[measured.isin(late)].items() if late else ():
            what = f"{cell!r} lies more than {AFTER_PLAN} years after the target year of the plan"
            yield table, row, "period", f"{what}; correct the year, or write target in measure"


def _judge_years(cell: str) -> str:
    wrong = next((year for year in YEAR.findall(cell) if int(year) not in YEARS), "")
    return f"the year {wrong} of {form.show(cell)} is not from {YEARS[0]} to {YEARS[-1]}; correct it" if wrong else ""


def check_rings(frames, descriptor):
    """A place never lies in itself, however many places are between."""
    regions = frames["regions"]
    parent = dict(zip(regions["region"], regions["parent"], strict=True))
    row_of = dict(zip(regions["region"], regions.index, strict=True))
    settled: set[str] = {""}
    for region in parent:
        way = []
        while region not in settled and region in parent:
            settled.add(region)
            way.append(region)
            region = parent[region]
        if region in way:
            ring = [*way[way.index(region) :], region]
            names = " in ".join(map(repr, [*ring[:3], "…", *ring[-2:]] if len(ring) > 6 else ring))
            what = f"a place lies in itself: {names}; write the place above, or leave the cell empty"
            yield "regions", row_of[region], "parent", what


def check_relations(frames, descriptor):
    """An indicator is not compared with itself, and does not follow from itself, however many relations are between."""
    relations = frames["relations"]
    for line in relations[~relations["kind"].isin([*ACYCLIC, *OF_ITSELF])].itertuples():
        if line.left in line.right.split():
            what = f"{line.left!r} is compared with itself by a relation of the kind {line.kind!r}"
            yield "relations", line.Index, "right", f"{what}; name what it is compared with, or leave the relation out"
    for kind in ACYCLIC:
        lines = relations[relations["kind"] == kind]
        named: dict[str, set[str]] = {}
        for line in lines.itertuples():
            named.setdefault(line.left, set()).update(line.right.split())
        for line in lines.itertuples():
            if line.left in _list_reached(line.right.split(), named):
                what = f"{line.left!r} follows from itself by relations of the kind {kind!r}; leave one of them out"
                yield "relations", line.Index, "right", what


# Kinds of relations whose left side is made of what stands on the right, or is compared with it as something else.
ACYCLIC = ("total", "adds_to", "daily", "subset", "quotient", "share_of", "relative")
OF_ITSELF = ("currency", "cumulative", "first")  # kinds that say something of one quantity alone


def _list_reached(names: list[str], named: dict[str, set[str]]) -> set[str]:
    """Names and all that they name in turn."""
    reached, new = set(), {*names}
    while new:
        reached |= new
        new = {other for name in new for other in named.get(name, ())} - reached
    return reached


def check_repeats(frames, descriptor):
    """No figure stands twice: one that only has another key would confirm itself."""
    for table in ("figures", "external"):
        frame = frames[table]
        columns = [column for column in frame if column not in ("figure", "note")]
        again = frame.duplicated(columns)
        for row, figure in frame.loc[again, "figure"].items():
            same = (frame.loc[: row - 1, columns] == frame.loc[row, columns]).all(axis=1)
            first = frame.at[same.idxmax(), "figure"]
            yield table, row, "figure", f"{figure!r} is {first!r} once more, under another key; remove one of them"


def check_values(frames, descriptor):
    """A place in a ranking is a whole number from 1 on, and what is completed is not less than nothing."""
    kind_of = frames["indicators"].set_index("indicator")["target_kind"].to_dict()
    for table in ("figures", "external"):
        frame = frames[table]
        chosen = frame[frame["measure"].isin(["rank", "target", "completion"])]
        for row, measure, indicator, value in zip(
            chosen.index, chosen["measure"], chosen["indicator"], chosen["value"], strict=True
        ):
            ranked = measure == "rank" or (measure == "target" and kind_of.get(indicator) == "rank")
            if ranked and not re.fullmatch("[1-9][0-9]*", value):
                yield table, row, "value", f"{form.show(value)} is no place in a ranking; expected 1, 2, 3 …"
            elif measure == "completion" and value.startswith("-"):
                what = f"{form.show(value)} is less than nothing; a completion is the actual value in % of the target"
                yield table, row, "value", f"{what}; correct it, or choose another measure"


def check_addresses(frames, descriptor):
    """Addresses have a host, by which pages name them."""
    for table, column in ADDRESSES:
        cells = frames[table][column] if table in frames else []
        for row, cell in cells.items() if len(cells) else ():
            if cell and "@" in (host := _find_host(cell)):  # which is not repeated
                what = "the address holds an @ before its host, where a name and a password stand; leave them out"
                yield table, row, column, what
            elif cell and not host:
                what = f"{form.show(cell)} is no address; expected one such as https://www.zj.gov.cn/x"
                yield table, row, column, what


def _find_host(address: str) -> str:
    """Host of an address, with what stands before an @; nothing where it has none, or a port that cannot be."""
    try:
        parts = urlsplit(address)
        return parts.netloc if parts.hostname and parts.port != 0 else ""
    except ValueError:
        return ""


CHECKS = (check_years, check_rings, check_repeats, check_relations, check_values, check_addresses)
