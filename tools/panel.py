"""Make a data package of many places, to see how the project grows: Zhejiang, its 11 cities and 90 counties, all made up.

    python tools/panel.py FOLDER                the province and the 101 places below it
    python tools/panel.py FOLDER --regions 20   the province and the first 20 of them, cities before counties
    python tools/panel.py FOLDER --regions 969  970 places: beyond 102, those of made-up copies of the province

The first 102 places are real (zhejiang.csv), the figures are not: they are drawn from a fixed seed, and the same command
writes the same bytes. What is printed of each place is what the project's own report prints of the province (indicators,
periods, units, qualifiers, locators), so that its pages are as full as real ones. The numbers are true to each other: a place
is the sum of those within it, growth leads from one level to the next, a completion is its actual over its target, a part is
no more than its whole. The package says that it is synthetic, and so does the note of each figure.
"""

import argparse
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.numbers import format, period, token
from helpers.package import files, schema, tables

PLACES = Path(__file__).with_name("zhejiang.csv")
PROVINCE = "330000"
SEED = 2021
NOTE = "Made up by tools/panel.py"
PLAN = {
    "title_zh": "浙江省“互联网+”行动计划（虚构数据）",
    "title_en": "Zhejiang Internet Plus Action Plan (made-up data)",
    "report_zh": "没有报告，全部数据由 tools/panel.py 随机生成",
    "report_en": "No report: every figure was drawn at random by tools/panel.py",
    "synthetic": True,
}
COPIED = ("chapters", "sections", "units", "indicators", "terms")
EMPTY = ("external", "errata", "labels")
# Relations of these kinds hold between the drawn numbers; others are facts of the real report.
KEPT = ("total", "adds_to", "daily", "subset", "at_most", "cumulative", "scope", "without_data")
# No made-up number is put upon a firm; and how many targets lag would have to be counted in each place.
LEFT_OUT = {
    "taobao-world-rank", "alibaba-world-rank", "alipay-world-rank", "alibaba-cloud-national-rank",
    "alibaba-cloud-world-rank", "tmall-corner-shops", "hema-stores", "5g-stations-china-mobile",
    "5g-stations-china-telecom", "headline-indicators-lagging",
}  # fmt: skip
PLAIN = ("level", "flow", "share", "index", "rank")  # measures of the quantity itself
EXTENSIVE = ("count", "money", "area", "volume")  # dimensions in which a place is the sum of those within it
LARGE = 10_000  # of the province, in base units: of what is as large, the growth of the year is printed too
GROWTH = 0.08  # a year, where the report gives none
STAGES = ("planned", "supported", "approved", "building", "pilot", "running")


def list_years(own: tables.Tables) -> range:
    """Years that values are drawn of: all that a figure or a target of the report names, or that a change begins with."""
    dated = own.figures[own.figures["period"] != ""]
    changes = dated.loc[dated["measure"].isin(["growth_rate", "change"]), "period"].unique()
    points = [period.parse(when) for when in [*dated["period"].unique(), *map(period.before, changes)]]
    first, last = min(point.first[0] for point in points), max(point.last[0] for point in points)
    return range(min(own.plan.baseline_year, first), max(own.plan.target_year, last) + 1)


def recipe(own: tables.Tables) -> pd.DataFrame:
    """A row for each figure that is printed of a place: those of the project's own report, read with errata, and more growth.

    Columns: those of `Tables.figures`, and `kind`, `target_kind`, `may_exceed` of the indicator, `dimension` of the unit,
    `table` (does it stand in the table of headline indicators?).
    """
    lines = own.figures[~own.figures["indicator"].isin(LEFT_OUT)].reset_index()
    rated = set(lines.loc[lines["measure"] == "growth_rate", "indicator"])
    lines = lines.assign(table=lines["in_table"])
    large = lines["measure"].isin(["level", "flow"]) & (lines["base"] >= LARGE) & lines["whole_year"] & ~lines["table"]
    grown = lines[large & ~lines["indicator"].isin(rated)].drop_duplicates("indicator")
    grown = grown.assign(
        figure=grown["figure"] + "g", measure="growth_rate", period=grown["year"].astype(str), qualifier="exact",
        unit="%", base_unit="%", multiplier=1, decimals=1, base=100 * GROWTH,
    )  # fmt: skip
    lines = pd.concat([lines, grown]).sort_index(kind="stable").reset_index(drop=True)
    lines = lines.join(own.indicators[["kind", "target_kind", "may_exceed"]], on="indicator")
    return lines.assign(dimension=lines["base_unit"].map(own.units["dimension"]))


# --- what is true --------------------------------------------------------------------------------------------------------


def draw_values(
    lines: pd.DataFrame, places: pd.DataFrame, relations: pd.DataFrame, years: range, random
) -> dict[str, np.ndarray]:
    """Values of each indicator in base units, a row for each of `years` and a column a place."""
    counties = places[~places["region"].isin(places["parent"])]
    weight = random.lognormal(0, 0.7, len(counties))
    rates = lines[(lines["measure"] == "growth_rate") & ~lines["period"].str.contains("/")]
    rates = rates.drop_duplicates("indicator").set_index("indicator")["base"] / 100
    drawn, parts = {}, {}
    for name, rows in lines[lines["measure"].isin([*PLAIN, "target"])].groupby("indicator", sort=False):
        like, rate = rows.iloc[-1], rates.get(name, GROWTH)
        if like["kind"] == "rank":
            drawn[name] = np.tile(_draw_ranks(places, random), (len(years), 1))
        elif like["kind"] == "share":
            drawn[name] = _draw_shares(like, len(places), len(years), random)
        elif like["dimension"] in EXTENSIVE:
            part = weight * random.lognormal(0, 0.25, len(counties))
            parts[name] = _draw_back(np.ceil(like["base"] * part / part.sum()), rate, len(years), random, np.ceil)
        else:
            drawn[name] = _draw_back(
                like["base"] * random.lognormal(0, 0.15, len(places)), rate, len(years), random, np.asarray
            )
    _relate(parts, relations)
    within = np.array([counties["region"] == place for place in places["region"]])
    within |= np.array([counties["parent"] == place for place in places["region"]])
    within[places["region"] == PROVINCE] = True
    drawn |= {name: values @ within.T.astype(float) for name, values in parts.items()}
    for row in relations[relations["kind"] == "without_data"].itertuples():  # the same targets lack data everywhere
        drawn[row.left] = np.full((len(years), len(places)), float(len(row.right.split())))
    return drawn


def _draw_back(last: np.ndarray, rate: float, years: int, random, whole) -> np.ndarray:
    """Values of a number of years, from those of the last one back by growth rates about `rate`."""
    values = [last]
    for _ in range(1, years):
        values.insert(0, whole(values[0] / (1 + np.maximum(random.normal(rate, 0.03, len(last)), 0.01))))
    return np.array(values)


def _draw_ranks(places: pd.DataFrame, random) -> np.ndarray:
    """Places in a ranking of those that lie in one and the same place."""
    order = pd.Series(random.random(len(places)), index=places.index)
    return order.groupby(places["parent"]).rank().to_numpy()


def _draw_shares(like: pd.Series, size: int, years: int, random) -> np.ndarray:
    """Shares about that of the province, a point less each year back."""
    last = like["base"] + random.normal(0, 6, size)
    last = last if like["may_exceed"] else np.clip(last, 2, 100)
    return np.maximum(last - np.arange(years)[::-1, None], 1.0)


def _relate(values: dict[str, np.ndarray], relations: pd.DataFrame) -> None:
    """Change values so that the relations hold in each county and year, and so in each sum of counties."""
    of_kind = {
        kind: [(row.left, row.right.split()) for row in rows.itertuples()] for kind, rows in relations.groupby("kind")
    }
    for whole, parts in of_kind["total"]:
        values[whole] = sum(values[part] for part in parts)
    for _ in range(3):  # a whole may itself be part of another one
        for part, wholes in [*of_kind["subset"], *of_kind["at_most"]]:
            for whole in wholes:
                values[part] = np.minimum(values[part], values[whole])
    for flow, (stock,) in of_kind["adds_to"]:
        more = np.diff(values[stock], axis=0, prepend=values[stock][:1])
        values[flow] = np.clip(values.get(flow, values[stock] / 5), more, values[stock])
    for average, (flow,) in of_kind["daily"]:
        values[average] = np.ceil(values[flow] / 300)  # more days than are worked, fewer than there are


def take_period(values: np.ndarray, kind: str, when: str, years: range) -> np.ndarray:
    """Values of all places in a period: of a flow what fell into it, of anything else what there was at its end."""
    point = period.parse(when)
    first, last = (years.index(year) for year, _ in (point.first, point.last))
    if kind == "flow" and first < last:
        return values[first : last + 1].sum(axis=0)
    if kind == "flow":
        return _take_months(values[last], point.last[1] - point.first[1] + 1)
    if kind == "stock" and point.last[1] < 12:
        return values[last - 1] + _take_months(values[last] - values[last - 1], point.last[1])
    return values[last]


def _take_months(year: np.ndarray, months: int) -> np.ndarray:
    return year if months == 12 else np.floor(year * months / 12)


# --- what is printed -----------------------------------------------------------------------------------------------------


def printed(
    lines: pd.DataFrame, values: dict[str, np.ndarray], years: range, random
) -> Iterator[list[tuple[str, ...]]]:
    """For each line of the recipe what is printed of each place (see `show`)."""
    size = next(iter(values.values())).shape[1]
    dated = lines[lines["measure"].isin(PLAIN) & (lines["period"] != "")].groupby("indicator")["period"].last()
    table: dict[tuple[str, str], list[float]] = {}
    for line in lines.itertuples():
        when = line.period or dated.get(line.indicator, str(years[-1]))  # undated figures are of the latest time known
        change = line.measure in ("growth_rate", "change")
        if line.measure == "completion":
            ends = zip(table[line.indicator, "actual"], table[line.indicator, "target"], strict=True)
            numbers = [100 * actual / target for actual, target in ends]
        elif change and line.period and line.indicator in values:
            start, end = (
                take_period(values[line.indicator], line.kind, p, years)
                for p in (period.before(when), when.split("/")[-1])
            )
            numbers = end - start if line.measure == "change" else 100 * (end / start - 1)
        elif change:  # of something that no level is printed of
            numbers = line.base * random.lognormal(0, 0.15, size)
        else:
            numbers = take_period(values[line.indicator], line.kind, when, years)
            numbers = _draw_targets(line, numbers, random) if line.measure == "target" else numbers
        shown = [show(number, line) for number in numbers]
        if line.table:
            key = line.measure if line.measure == "target" else "actual"
            table[line.indicator, key] = [float(value) * token.split_unit(unit)[0] for value, unit, *_ in shown]
        yield shown


def _draw_targets(line, actual: np.ndarray, random) -> np.ndarray:
    """Targets for actual values: some are missed, some met to the digit, most of them passed."""
    if line.kind == "rank":
        return np.maximum(actual + random.integers(-1, 3, len(actual)), 1)
    factor = random.choice([0.8, 0.95, 1.0, 1.1, 1.25, 1.6], len(actual), p=[0.06, 0.1, 0.12, 0.36, 0.24, 0.12])
    if line.kind == "share":
        return np.clip(np.round(actual / factor / 5) * 5, 5, 100)
    round_ones = np.array([float(f"{number:.2g}") for number in actual / factor])
    return np.where(factor == 1, actual, np.maximum(np.round(round_ones), 1))


def show(number: float, line) -> tuple[str, str, str, str]:
    """A number in base units as value, unit, qualifier and token, like those of a line of the recipe."""
    size, multiplier = abs(number), line.multiplier
    while multiplier > max(size, 1):
        multiplier = max(m for m in (10**8, 10**4, 1) if m < multiplier)
    counted = line.dimension in ("count", "rank")
    decimals = line.decimals if multiplier == line.multiplier else int(not counted)
    decimals = 0 if counted and multiplier == 1 else decimals
    value, qualifier = f"{size / multiplier:.{decimals}f}", "exact"
    if line.qualifier != "exact":
        value, qualifier = _qualified(size / multiplier, line, value, counted and multiplier == 1)
    word = token.qualifier_word(line.printed) if qualifier != "exact" else ""
    multiplied = token.multiplier_word(multiplier)
    sign = "-" if number < 0 else ""
    if line.dimension == "index" or (line.table and line.base_unit != "%"):
        printed = value
    elif line.dimension == "rank":
        printed = f"第{value}位"
    else:
        printed = format.qualified(value + multiplied, line.base_unit, word)
    return sign + value, multiplied + line.base_unit, qualifier, ("减少" if sign else "") + printed


def _qualified(size: float, line, plain: str, whole: bool) -> tuple[str, str]:
    """A number cut off or rounded at as many digits as in the line; plain where it is a round one itself."""
    digits = len(f"{line.value:g}".replace(".", "").strip("0"))
    place = math.floor(math.log10(size)) - min(digits, 3) + 1
    place = max(place, 0) if whole else place
    cut = {"over": math.floor, "under": math.ceil, "about": round}[line.qualifier]
    count = cut(round(size / 10.0**place, 9))
    if math.isclose(count * 10.0**place, size):
        return plain, "exact"
    return f"{count * 10.0**place:.{max(0, -place)}f}", line.qualifier


# --- the package ---------------------------------------------------------------------------------------------------------


def package(regions: int, seed: int = SEED) -> tuple[dict, dict[str, pd.DataFrame]]:
    """Descriptor and tables of the province and some places below it, cities before counties, and then of its copies."""
    own = tables.corrected(tables.load())
    real, lines, years = files.read(PLACES).reset_index(drop=True), recipe(own), list_years(own)
    below = real[real["region"] != PROVINCE].sort_values("parent", key=lambda parent: parent != PROVINCE, kind="stable")
    order = [PROVINCE, *below["region"]]
    country = own.raw["regions"][own.raw["regions"]["parent"] == ""]
    relations = own.raw["relations"][own.raw["relations"]["kind"].isin(KEPT)]
    relations = relations[[LEFT_OUT.isdisjoint(f"{row.left} {row.right}".split()) for row in relations.itertuples()]]
    numbered = own.sources.index[own.sources["places"] == "paragraphs"][0]  # the document whose places are of sections
    known, figures, platforms = [], [], []
    for number in range(1, 2 + regions // len(real)):
        random = np.random.default_rng(seed if number == 1 else [seed, number])
        values = draw_values(lines, real, relations, years, random)
        columns = list(printed(lines, values, years, random))
        places = real if number == 1 else copy_places(real, number)
        chosen = places[real["region"].isin(order[: regions + 1 - len(real) * (number - 1)])]
        known += [country if number == 1 else copy_places(country, number), places]
        figures += [
            (f"{place.region}-{line.figure}", line.indicator, line.measure, place.region, line.period,
             *columns[line.Index][place.Index], line.document, line.source, line.sentence, NOTE)
            for place in chosen.itertuples() for line in lines.itertuples()
        ]  # fmt: skip
        platforms += [
            (f"{place.region}-{section.replace('.', '-')}", section, f"{place.name_zh}虚构平台{section}",
             f"Made-up platform {section} of {place.name_en}", "platform", place.region, random.choice(STAGES), "",
             numbered, f"{section}.1", NOTE)
            for place in chosen.itertuples() for section in own.sections.index
        ]  # fmt: skip
    made = {name: own.raw[name] for name in COPIED} | {name: own.raw[name][:0] for name in EMPTY}
    made |= {"regions": pd.concat(known), "relations": relations}
    for name, rows in (("figures", figures), ("platforms", platforms)):
        names = [*schema.COLUMNS[name]]
        names.insert(names.index("source"), "document")
        made[name] = pd.DataFrame(rows, columns=names)
    unknown = dict.fromkeys(("publisher", "published", "address", "accessed", "licence"), "")
    made["sources"] = own.raw["sources"].assign(title_zh=PLAN["report_zh"], title_en=PLAN["report_en"], **unknown)
    descriptor = schema.read(own.folder)
    titles = {"name": "synthetic-panel", "title": PLAN["title_en"], "sources": [{"title": PLAN["report_en"]}]}
    return descriptor | titles | {"plan": descriptor["plan"] | PLAN}, made


def copy_places(places: pd.DataFrame, number: int) -> pd.DataFrame:
    """Places that do not exist, named after those that do; a copy of the province lies in a country of its own."""
    return places.assign(
        region=places["region"] + f"-{number}",
        name_zh=places["name_zh"] + f"（虚构{number}）",
        name_en=places["name_en"] + f" (made-up {number})",
        parent=places["parent"].where(places["parent"] == "", places["parent"] + f"-{number}"),
    )


def write(folder: Path, descriptor: dict, made: dict[str, pd.DataFrame]) -> None:
    """Write a package into a folder, in place of an older one of the same kind."""
    folder.mkdir(parents=True, exist_ok=True)
    written = json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"
    (folder / schema.DESCRIPTOR).write_text(written, encoding="utf-8", newline="\n")
    for name, file in schema.resources(descriptor).items():
        made[name].to_csv(folder / file, index=False, lineterminator="\n", encoding="utf-8")


def _is_made_up(folder: Path) -> bool:
    try:
        return schema.Plan.of(schema.read(folder)).synthetic
    except (OSError, ValueError):
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where the package is written")
    places = "how many places beside the province: its 11 cities, its 90 counties, then those of made-up copies of it"
    parser.add_argument("--regions", type=int, default=101, metavar="N", help=places)
    options = parser.parse_args()
    if options.regions < 0:
        parser.error(f"--regions is {options.regions}, expected 0 or more")
    if any(options.folder.glob("*")) and not _is_made_up(options.folder):
        sys.exit(f"{options.folder}: holds something else than a made-up package; choose another folder")
    descriptor, made = package(options.regions)
    write(options.folder, descriptor, made)
    print(f"{options.folder}: {len(made['figures'])} made-up figures of {made['figures']['region'].nunique()} places")


if __name__ == "__main__":
    main()
