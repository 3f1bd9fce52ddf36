"""What must hold in a data package beyond its schema.

Each check takes the tables as text and the descriptor and yields (table, row, column, sentence); tables and columns are as
the schema has them.
"""

import re
from collections.abc import Iterator

import pandas as pd

from helpers.numbers import period, token
from helpers.package import schema
from helpers.package.problem import Problem

NUMBER = re.compile(r"-?\d+(\.\d+)?")
PERCENT_MEASURES = ("growth_rate", "completion")
PERCENT_TARGETS = ("growth", "reduction")
RELATIVE_TARGETS = ("growth", "reduction", "gap")  # their target is no value of the indicator itself
DIRECTION = {"level": "up", "growth": "up", "cumulative": "up", "gap": "up", "milestone": "up",
             "cap": "down", "rank": "down", "reduction": "down"}  # fmt: skip
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


def _iterate(frames) -> Iterator[tuple[str, object]]:
    """The rows of figures and public figures, each with its table; `Index` is the row of the file."""
    for table in NUMBERS:
        for line in frames[table].itertuples():
            yield table, line


def check_numbers(frames, descriptor):
    """Values are written as plain numbers; whoever reads the file sees what is computed with."""
    for table, line in _iterate(frames):
        if not NUMBER.fullmatch(line.value):
            what = f"{line.value!r} is no plain number; expected digits and a decimal point"
            yield table, line.Index, "value", what


def check_periods(frames, descriptor):
    for table, line in _iterate(frames):
        try:
            period.parse(line.period)
        except ValueError as error:
            yield table, line.Index, "period", str(error)


def check_units(frames, descriptor):
    """Every unit is known and fits its indicator; money may be in another currency."""
    dimension = frames["units"].set_index("unit")["dimension"].to_dict()
    indicators = frames["indicators"].set_index("indicator")
    unit_of, target_kind = indicators["unit"].to_dict(), indicators["target_kind"].to_dict()
    for table, line in _iterate(frames):
        _, base = token.split_unit(line.unit)
        rate = line.measure == "target" and target_kind[line.indicator] in PERCENT_TARGETS
        wanted = "%" if rate or line.measure in PERCENT_MEASURES else unit_of[line.indicator]
        if base not in dimension:
            yield table, line.Index, "unit", f"the unit {base!r} of {line.unit!r} is not in units.csv"
        elif base != wanted and not dimension[base] == dimension.get(wanted) == "money":
            yield table, line.Index, "unit", f"{line.unit!r} does not fit {line.indicator!r}, expected {wanted!r}"


def check_measures(frames, descriptor):
    """A number that is neither change nor target nor completion measures what its indicator is."""
    kind_of = frames["indicators"].set_index("indicator")["kind"].to_dict()
    for table, line in _iterate(frames):
        kind = kind_of[line.indicator]
        wanted = schema.MEASURE_OF_KIND[kind]
        if line.measure in schema.QUANTITY_MEASURES and line.measure != wanted:
            what = f"{line.measure!r} does not fit {line.indicator!r}, which is a {kind}; expected {wanted!r}"
            yield table, line.Index, "measure", what


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
    for table, line in _iterate(frames):
        try:
            printed = token.parse(line.printed)
        except token.PrintedError as error:
            yield table, line.Index, "printed", f"{error}; expected the token as it stands in the source"
            continue
        multiplier, base = token.split_unit(line.unit)
        value = float(printed.number) * printed.multiplier
        readings = [value / multiplier]
        if printed.multiplier == 1 and not printed.unit:  # a table names its unit elsewhere
            readings.append(value)
        same = any(_is_close(line.value, reading, bool(printed.denominator)) for reading in readings)
        if not same or (printed.unit in units and printed.unit != base):
            yield table, line.Index, "printed", f"{line.printed!r} does not say {line.value} {line.unit}"
        qualifier = printed.qualifier.name
        if qualifier not in ("exact", line.qualifier):
            yield table, line.Index, "qualifier", f"{line.printed!r} says {qualifier!r}, not {line.qualifier!r}"


def _is_close(value: str, printed: float, fraction: bool) -> bool:
    """Equal but for floating point; a fraction (2/3) is given to two decimals (66.67)."""
    return bool(NUMBER.fullmatch(value)) and abs(float(value) - printed) <= (0.005 if fraction else 1e-9 * abs(printed))


def check_targets(frames, descriptor):
    """Every headline indicator has a target in the target year, every target says how it is meant and when it is due."""
    plan, indicators = schema.Plan.of(descriptor), frames["indicators"]
    targets = frames["figures"][frames["figures"]["measure"] == "target"]
    ends = targets["period"].map(_find_year)
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
            what += f"; a target of the kind {kind_of[indicator]!r} has {'its two ends' if wanted == 2 else 'one'}"
            yield "figures", rows.index[-1], "measure", what


def _find_year(when: str) -> int | None:
    """Year with which a period ends, if it does."""
    try:
        point = period.parse(when)
    except ValueError:
        return None
    return point.last[0] if point and point.ends_year else None


def check_directions(frames, descriptor):
    """The better direction is the one in which the target lies."""
    for row, line in frames["indicators"].iterrows():
        wanted = DIRECTION.get(line["target_kind"], line["direction"])
        if line["direction"] != wanted:
            what = f"{line['direction']!r} does not fit a target of the kind {line['target_kind']!r}"
            yield "indicators", row, "direction", f"{what}; expected {wanted!r}"


# What stands on the right of a relation: keys of this table; those of `list` may be names as printed.
RIGHT_OF = {"list": None, "about": ("sections", "section"), "located": ("regions", "region")}
EXACTLY = {"quotient": 2, "share_of": 1, "ranks_by": 1, "about": 1, "daily": 1}  # things on the right


def check_relations(frames, descriptor):
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


CHECKS = (
    check_numbers, check_periods, check_units, check_measures, check_shares, check_printed, check_targets,
    check_directions, check_relations,
)  # fmt: skip
