"""What must hold in a data package beyond its schema.

Each check takes the tables as text and the descriptor and yields (table, row, column, sentence); tables and columns are as
the schema has them.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

import pandas as pd

from helpers.numbers import period, spelling, token
from helpers.package import schema
from helpers.package.problem import Problem

NUMBER = re.compile(r"-?\d+(\.\d+)?")
PERCENT_MEASURES = ("growth_rate", "completion")
PERCENT_TARGETS = ("growth", "reduction", "relative")
RELATIVE_TARGETS = ("growth", "reduction", "gap", "increase", "relative")  # their target is no value of the indicator
DIRECTION = {"level": "up", "growth": "up", "cumulative": "up", "gap": "up", "milestone": "up", "increase": "up",
             "relative": "up", "cap": "down", "rank": "down", "reduction": "down"}  # fmt: skip
EITHER_DIRECTION = ("cumulative",)  # a total is a ceiling where less is better; DIRECTION has the usual one
WITHOUT_LAST_TARGET = ("relative", "yearly")  # kinds that need no number for the target year
NUMBERS = ("figures", "external")


def check_plan(frames, plan: schema.Plan) -> Iterator[Problem]:
    """Years, region and thresholds of the plan are possible ones."""
    years = (plan.baseline_year, plan.start_year, plan.target_year)
    if not years[0] < years[1] <= years[2]:
        what = "baseline_year, start_year and target_year of the plan are {}, {}, {}".format(*years)
        yield Problem(schema.DESCRIPTOR, 0, "plan", f"{what}; expected them in this order")
    if plan.region not in set(frames["regions"]["region"]):
        yield Problem(schema.DESCRIPTOR, 0, "plan", f"the region {plan.region!r} of the plan is not in regions.csv")
    if not 0 < plan.on_track <= plan.ahead:
        what = f"the thresholds on_track {plan.on_track} and ahead {plan.ahead} are out of order"
        yield Problem(schema.DESCRIPTOR, 0, "plan", f"{what}; expected 0 < on_track <= ahead")


def _judge_cells(frames, columns: str, judge: Callable[..., Iterator[tuple[str, str]]]) -> Iterator[tuple]:
    """Problems of figures and public figures; each combination of cells is judged once.

    columns: of the cells; judge: yields column and sentence of what is wrong with them
    """
    for table in NUMBERS:
        rows = [*zip(*(frames[table][column].tolist() for column in columns.split()), strict=True)]
        wrong = {cells: problems for cells in dict.fromkeys(rows) if (problems := [*judge(*cells)])}
        for row, cells in zip(frames[table].index, rows, strict=True) if wrong else ():
            for column, sentence in wrong.get(cells, ()):
                yield table, row, column, sentence


def check_periods(frames, descriptor):
    """Periods are written as `period.SYNTAX` says."""

    def judge(when):
        try:
            period.parse(when)
        except ValueError as error:
            meant = spelling.read_period(when)
            yield "period", f"{error}; write {meant}" if meant and meant != when else str(error)

    return _judge_cells(frames, "period", judge)


def check_units(frames, descriptor):
    """Every unit is known and fits its indicator; money may be in another currency."""
    dimension = frames["units"].set_index("unit")["dimension"].to_dict()
    indicators = frames["indicators"].set_index("indicator")
    unit_of, target_kind = indicators["unit"].to_dict(), indicators["target_kind"].to_dict()

    def judge(unit, measure, indicator):
        _, base = token.split_unit(unit)
        rate = measure == "target" and target_kind[indicator] in PERCENT_TARGETS
        wanted = "%" if rate or measure in PERCENT_MEASURES else unit_of[indicator]
        if base not in dimension:
            yield "unit", f"the unit {base!r} of {unit!r} is not in units.csv"
        elif base != wanted and not dimension[base] == dimension.get(wanted) == "money":
            yield "unit", f"{unit!r} does not fit {indicator!r}, expected {wanted!r}"

    return _judge_cells(frames, "unit measure indicator", judge)


def check_measures(frames, descriptor):
    """A number that is neither change nor target nor completion measures what its indicator is."""
    kind_of = frames["indicators"].set_index("indicator")["kind"].to_dict()

    def judge(measure, indicator):
        kind = kind_of[indicator]
        wanted = schema.MEASURE_OF_KIND[kind]
        if measure in schema.QUANTITY_MEASURES and measure != wanted:
            yield "measure", f"{measure!r} does not fit {indicator!r}, which is a {kind}; expected {wanted!r}"

    return _judge_cells(frames, "measure indicator", judge)


def find_bounded(frame: pd.DataFrame, indicators: pd.DataFrame) -> pd.Series:
    """Which numbers must lie within 0-100 %: shares and targets for them, unless the share may exceed the whole.

    frame: with columns `indicator` and `measure`; indicators: with `may_exceed` as bool
    """
    bounded = indicators.index[(indicators["kind"] == "share") & ~indicators["may_exceed"]]
    relative = frame["indicator"].isin(indicators.index[indicators["target_kind"].isin(RELATIVE_TARGETS)])
    own = (frame["measure"] == "share") | ((frame["measure"] == "target") & ~relative)
    return own & frame["indicator"].isin(bounded)


def check_shares(frames, descriptor):
    indicators = frames["indicators"].set_index("indicator")
    indicators["may_exceed"] = indicators["may_exceed"] == "true"
    for table in NUMBERS:
        for row, value in frames[table].loc[find_bounded(frames[table], indicators), "value"].items():
            if NUMBER.fullmatch(value) and not 0 <= float(value) <= 100:
                what = f"{value} % lies outside 0-100 %; if it can, set may_exceed of the indicator to true"
                yield table, row, "value", what


def check_printed(frames, descriptor):
    """The token as it stands says the same number, unit and qualifier as the row."""
    units = set(frames["units"]["unit"])

    def judge(printed, value, unit, qualifier):
        try:
            read = token.parse(printed)
        except token.PrintedError as error:
            yield "printed", f"{error}; expected the token as it stands in the source"
            return
        multiplier, base = token.split_unit(unit)
        shifts = [token.zeros(read.multiplier) - token.zeros(multiplier)]
        if read.multiplier == 1 and not read.unit:  # a table names its unit elsewhere
            shifts.append(0)
        numbers = {shift: float(read.number) * 10.0**shift for shift in shifts}
        same = [shift for shift, number in numbers.items() if _is_close(value, number, bool(read.denominator))]
        if not same or (read.unit in units and read.unit != base):
            as_read = f"{read.number:f} {token.multiplier_word(read.multiplier)}{read.unit[:20]}".strip()
            yield "printed", f"{printed!r} does not say {value} {unit}, as it is read as {as_read}; correct one of them"
        elif not read.denominator and all(what := [_judge_precision(value, printed, read, shift) for shift in same]):
            yield "value", what[0]
        if read.qualifier.name not in ("exact", qualifier):
            yield "qualifier", f"{printed!r} says {read.qualifier.name!r}, not {qualifier!r}"

    return _judge_cells(frames, "printed value unit qualifier", judge)


def _judge_precision(value: str, printed: str, read: token.Printed, shift: int) -> str:
    """What is wrong with the decimals of a value, which say to what it was rounded; nothing where they are those printed.

    shift: zeros of the printed multiplier that the unit does not have, so that 1.2万亿 is 12000 亿 (4)
    """
    decimals, exponent = len(value.partition(".")[2]), read.number.as_tuple().exponent
    most = max(0, -exponent) - shift
    if most < 0:
        what = f"{value!r} is more exact than {printed!r}, which is printed in a larger unit"
        return f"{what}; write value and unit as printed"
    # Zeros at the end of a whole number may stand for digits or not: 700,200 is 70.02万 or 70.0200万.
    zeros = len(digits) - len(digits.rstrip("0")) if exponent == 0 and (digits := str(abs(read.number))) else 0
    least = max(0, most - zeros) if shift else most
    if least <= decimals <= most:
        return ""
    wanted = f"{Decimal(value):.{least if decimals < least else most}f}"
    written = {0: "no decimals", 1: "one decimal"}.get(decimals, f"{decimals} decimals")
    meant = {0: "without", 1: "with one"}.get(most, f"with {most}")
    if shift:
        meant = f"in another unit, which gives {meant.removeprefix('with ')}"
    return f"{value!r} has {written}, but {printed!r} is printed {meant}; write {wanted}"


def _is_close(value: str, printed: float, fraction: bool) -> bool:
    """Equal but for floating point; a fraction (2/3) is given to two decimals (66.67)."""
    return bool(NUMBER.fullmatch(value)) and abs(float(value) - printed) <= (0.005 if fraction else 1e-9 * abs(printed))


def check_headlines(frames, descriptor):
    """Every headline indicator has a category, and a target in the target year."""
    plan, indicators = schema.Plan.of(descriptor), frames["indicators"]
    if plan.region not in {*frames["regions"]["region"]}:  # which `check_plan` tells
        return
    targets = frames["figures"][frames["figures"]["measure"] == "target"]
    ends = targets["period"].map(_find_year)
    here = set(targets.loc[(targets["region"] == plan.region) & (ends == plan.target_year), "indicator"])
    kind_of = indicators.set_index("indicator")["target_kind"]
    here |= {*kind_of.index[kind_of.isin(WITHOUT_LAST_TARGET)]}
    for line in indicators[indicators["headline"] != ""].itertuples():
        if line.indicator not in here:
            what = f"{line.indicator!r} is a headline indicator without a target"
            yield "indicators", line.Index, "headline", f"{what}; figures.csv needs one for {plan.target_year}"
        if not line.category:
            what = f"{line.indicator!r} is a headline indicator without a category"
            yield "indicators", line.Index, "category", f"{what}; overviews are by category"


def check_targets(frames, descriptor):
    """Every target says how it is meant and when it is due."""
    targets = frames["figures"][frames["figures"]["measure"] == "target"]
    ends = targets["period"].map(_find_year)
    kind_of = frames["indicators"].set_index("indicator")["target_kind"]
    kinds = targets["indicator"].map(kind_of)
    for row, indicator in targets.loc[kinds == "", "indicator"].items():
        what = f"{indicator!r} has a target, but its target_kind in indicators.csv is empty"
        yield "figures", row, "measure", what
    for row, when in targets.loc[(targets["period"] != "") & ends.isna(), "period"].items():
        yield "figures", row, "period", f"a target is due at the end of a year, not {when!r}"
    since = targets.get("since", "")
    aims = targets.assign(due=ends.where(ends.notna(), targets["period"]).astype(str), since=since)
    same = ["indicator", "region", "due", "since"]
    number = aims.groupby(same)["figure"].transform("size")
    wrong = (number != kinds.map({"range": 2}).fillna(1)) & (kinds != "") & ~aims.duplicated(same, keep="last")
    for row, indicator in targets.loc[wrong, "indicator"].items():
        what = f"{indicator!r} has {number[row]} targets for the same time; a target of the kind {kinds[row]!r}"
        revised = "; a target that replaces an earlier one has the year from which it holds in the column since"
        wanted = "its two ends" if kinds[row] == "range" else f"one{revised}"
        yield "figures", row, "measure", f"{what} has {wanted}"


def check_revisions(frames, descriptor):
    """Only targets are replaced, by ones that hold from a year on before they are due."""
    if "since" not in frames["figures"]:
        return
    for line in frames["figures"][frames["figures"]["since"] != ""].itertuples():
        due = _find_year(line.period)
        if line.measure != "target":
            what = f"{line.since!r} stands beside a {line.measure!r}; only a target has the year from which it holds"
            yield "figures", line.Index, "since", f"{what}; leave the cell empty"
        elif due is not None and line.since.isdecimal() and int(line.since) > due:
            what = f"the target holds since {line.since}, after it is due in {due}"
            yield "figures", line.Index, "since", f"{what}; write the year from which it replaces the earlier one"


def check_base_years(frames, descriptor):
    """A baseline of an indicator's own lies before the year of the targets."""
    last = schema.Plan.of(descriptor).target_year
    if "base_year" not in frames["indicators"]:
        return
    for line in frames["indicators"].itertuples():
        if line.base_year.isdecimal() and int(line.base_year) >= last:
            what = f"the base year {line.base_year} is not before the target year {last} of the plan"
            yield "indicators", line.Index, "base_year", f"{what}; write an earlier year, or leave the cell empty"


def _find_year(when: str) -> int | None:
    """Year with which a period ends, if it does."""
    try:
        point = period.parse(when)
    except ValueError:
        return None
    return point.last[0] if point and point.ends_year else None


def check_directions(frames, descriptor):
    """The better direction is the one in which the target lies."""
    for line in frames["indicators"].itertuples():
        wanted = DIRECTION.get(line.target_kind, line.direction)
        if line.direction != wanted and line.target_kind not in EITHER_DIRECTION:
            what = f"{line.direction!r} does not fit a target of the kind {line.target_kind!r}"
            yield "indicators", line.Index, "direction", f"{what}; expected {wanted!r}"


# What stands on the right of a relation: keys of this table; those of `list` may be names as printed.
RIGHT_OF = {"list": "", "about": "sections", "located": "regions"}
EXACTLY = {"quotient": 2, "share_of": 1, "ranks_by": 1, "about": 1, "daily": 1, "relative": 1}  # things on the right


def check_relations(frames, descriptor):
    """Relations name what exists, as many as their kind needs."""
    keys = {table: {*frames[table][schema.COLUMNS[table][0]]} for table in ("indicators", "sections", "regions")}
    for line in frames["relations"].itertuples():
        table, names = RIGHT_OF.get(line.kind, "indicators"), line.right.split()
        for name in names:
            if table and name not in keys[table]:
                yield "relations", line.Index, "right", f"{name!r} does not exist in {table}"
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            yield "relations", line.Index, "right", f"{name!r} stands there twice; name it once"
        wanted = EXACTLY.get(line.kind)
        if wanted and len(names) != wanted:
            what = f"a relation of the kind {line.kind!r} has {wanted} on the right"
            yield "relations", line.Index, "right", f"{what}, not {len(names)}"


EXCHANGE = re.compile(r"\w+/\d*\w*元")  # units such as 元/100美元
COUNTING = ("without_data", "lagging")  # relations whose left side counts headline indicators; the audit shows it


def check_sections(frames, descriptor):
    """An indicator with figures belongs to a section, whose page shows them; the audit shows exchange rates."""
    relations = frames["relations"]
    counts = {*relations.loc[relations["kind"].isin(COUNTING), "left"]}
    printed, public = {*frames["figures"]["indicator"]} - counts, {*frames["external"]["indicator"]}
    for line in frames["indicators"][frames["indicators"]["section"] == ""].itertuples():
        if line.indicator in printed:
            what = f"{line.indicator!r} has figures, but no section; no page would show them"
            yield "indicators", line.Index, "section", what
        elif line.indicator in public and not EXCHANGE.fullmatch(line.unit):
            what = f"{line.indicator!r} has public figures, but no section; no page would show them"
            yield "indicators", line.Index, "section", what


def check_histories(frames, descriptor):
    """The stages of a platform by year are known ones, in order, and the last one is its status."""
    if "history" not in frames["platforms"]:
        return
    stages = schema.constraints(descriptor, "platforms")["status"].get("enum", [])
    for line in frames["platforms"][frames["platforms"]["history"] != ""].itertuples():
        entries = [entry.partition(":")[::2] for entry in line.history.split()]
        years, names = zip(*entries, strict=True)
        if [*years] != sorted({*years}):
            what = f"the years of {line.history!r} are not in order; write each year once, the first one first"
            yield "platforms", line.Index, "history", what
        for name in names:
            if name not in stages:
                yield "platforms", line.Index, "history", f"{name!r} is no stage; expected {', '.join(stages)}"
        if names[-1] != line.status:
            what = (
                f"{line.history!r} ends with {names[-1]!r}, but the status is {line.status!r}; write the same in both"
            )
            yield "platforms", line.Index, "history", what


CHECKS = (
    check_periods, check_units, check_measures, check_shares, check_printed, check_headlines, check_targets,
    check_revisions, check_base_years, check_directions, check_relations, check_sections, check_histories,
)  # fmt: skip
