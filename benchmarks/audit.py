"""Measure the audit: put one error at a time into the figures of a data package, and count how many it finds.

    python benchmarks/audit.py            print the table
    python benchmarks/audit.py --missed   list, too, each error in a pinned figure that was not found
    python benchmarks/audit.py --write    put the table into benchmarks/README.md

An error is what a hurried reader or typesetter makes of a figure: it changes value, unit or period together with the
printed token, so that no cell contradicts another cell of its row. Only relations to other figures can show it. A qualifier
is got wrong in two ways: as whoever encodes a token errs, and as whoever prints it does.
Everything happens in memory; nothing is random, and no figure is chosen by hand. Public figures are left as they are.
README.md beside this file says how to read the table.
"""

import argparse
import os
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import audit
from helpers.numbers import format, token
from helpers.package import tables

README = Path(__file__).with_name("README.md")
MARKS = "<!-- measured -->\n", "<!-- end of measured -->\n"
REACHES = ("pinned", "bounded", "unreached")

# Checks that compare a figure with no other number of its quantity: with a bound, a name, a date or its own token.
ALONE = (
    "single_source", "coverage", "undated", "scopes", "equal_to_target", "categories", "nested", "qualifiers", "tokens",
    "shares",
)  # fmt: skip
IDLE = ("single_source",)  # lists what lacks evidence; to be on that list is no sign of an error
WHOLE = ("count", "rank")  # dimensions in which a plain number has no decimals
OTHERWISE = {"exact": "over", "over": "exact", "about": "over", "under": "over"}


@dataclass(frozen=True)
class Error:
    """An error put into a figure: its kind, the figure's key, and the cells that change."""

    kind: str
    figure: str
    cells: dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """What the audit made of an error.

    verdict: that of its gravest new alarm that names the figure, or nothing; checks: those of such alarms;
    elsewhere: does a new alarm name other figures alone? raised: the exception, if there was one.
    """

    error: Error
    reach: str
    verdict: str = ""
    checks: tuple[str, ...] = ()
    elsewhere: bool = False
    raised: str = ""


def lost_point(row: dict[str, str], dimension: str) -> Iterator[dict[str, str]]:
    """25.4 becomes 254."""
    if "." in row["value"]:
        yield {"value": plain(Decimal(row["value"].replace(".", "")))}


def factor_of_ten(row: dict[str, str], dimension: str) -> Iterator[dict[str, str]]:
    """25.4 becomes 254, and 2.54; no count of things becomes a fraction."""
    value = Decimal(row["value"])
    for power in (1, -1) if value else ():
        shifted = plain(value.scaleb(power))
        if "." not in shifted or dimension not in WHOLE or token.split_unit(row["unit"])[0] > 1:
            yield {"value": shifted}


def wan_for_yi(row: dict[str, str], dimension: str) -> Iterator[dict[str, str]]:
    """万 becomes 亿 or is lost, 亿 becomes 万, and 万亿 loses either."""
    multiplier, base = token.split_unit(row["unit"])
    for word in {10**4: ("亿", ""), 10**8: ("万",), 10**12: ("亿", "万")}.get(multiplier, ()):
        yield {"unit": word + base}


def swapped_digits(row: dict[str, str], dimension: str) -> Iterator[dict[str, str]]:
    """25.4 becomes 52.4: the first two neighbours that differ, and leave no zero in front."""
    digits = row["value"]
    for first, second in pairwise(place for place, sign in enumerate(digits) if sign.isdigit()):
        swapped = [*digits]
        swapped[first], swapped[second] = swapped[second], swapped[first]
        value = "".join(swapped)
        if value != digits and not re.match(r"-?0\d", value):
            yield {"value": value}
            return


def shifted_year(row: dict[str, str], dimension: str) -> Iterator[dict[str, str]]:
    """2017 becomes 2018, and 2016; both ends of a span move."""
    for step in (1, -1) if row["period"] else ():
        yield {"period": re.sub(r"\d{4}", lambda year, step=step: str(int(year[0]) + step), row["period"])}


def misprinted_qualifier(row: dict[str, str], dimension: str) -> Iterator[dict[str, str]]:
    """3000 becomes 3000余 and the other way round; 约 and 近 become 余; no place in a ranking has one."""
    if dimension != "rank":
        yield {"qualifier": OTHERWISE[row["qualifier"]]}


def wrong_qualifier(row: dict[str, str], dimension: str) -> Iterator[dict[str, str]]:
    """The same in the column alone, as whoever encodes a figure errs: the printed token keeps its word."""
    for cells in misprinted_qualifier(row, dimension):
        yield cells | {"printed": row["printed"]}


def lost_sign(row: dict[str, str], dimension: str) -> Iterator[dict[str, str]]:
    """A fall becomes a rise; of growth rates and changes, a rise becomes a fall."""
    if row["value"].startswith("-") or row["measure"] in ("growth_rate", "change"):
        yield {"value": row["value"].removeprefix("-") if row["value"].startswith("-") else f"-{row['value']}"}


KINDS = {
    "lost decimal point": lost_point,
    "factor of 10": factor_of_ten,
    "wan for yi": wan_for_yi,
    "two digits swapped": swapped_digits,
    "year shifted": shifted_year,
    "wrong qualifier": wrong_qualifier,
    "sign lost": lost_sign,
    "wrong qualifier, printed so": misprinted_qualifier,
}


def plain(value: Decimal) -> str:
    """A number as the tables write it, without an exponent or zeros that a shift of the point left behind."""
    digits = f"{value:f}"
    return re.sub(r"\.0+$", "", digits)


def write_token(row: dict[str, str], before: str) -> str:
    """The printed token of a changed row, with the qualifying word that it had if the qualifier is the same.

    Raises ValueError where the token would not say what the row says.
    """
    word = token.qualifier_word(before)
    if row["qualifier"] == "exact":
        word = ""
    elif not word or token.QUALIFIERS[word].name != row["qualifier"]:
        word = {"over": "超" if row["unit"] in ("%", "指数") else "余", "about": "约", "under": "近"}[row["qualifier"]]
    multiplier, base = token.split_unit(row["unit"])
    number, unit = row["value"].lstrip("-"), row["unit"].removesuffix(base)
    printed = format.qualified(f"{number}{unit}", base, word)
    printed = f"减少{printed}" if row["value"].startswith("-") else printed
    read = token.parse(printed)
    if (read.number * read.multiplier, read.qualifier.name) != (Decimal(row["value"]) * multiplier, row["qualifier"]):
        raise ValueError(f"{printed!r} does not say {row['value']} {row['unit']} {row['qualifier']}")
    return printed


def errors(figure: str) -> Iterator[Error]:
    """Every error to be put into one figure."""
    package = clean().package
    frame = package.raw["figures"]
    row = frame[frame["figure"] == figure].iloc[0].to_dict()
    dimension = package.units.at[token.split_unit(row["unit"])[1], "dimension"]
    for kind, made in KINDS.items():
        for cells in made(row, dimension):
            changed = row | cells
            printed = cells.get("printed") or write_token(changed, row["printed"])
            yield Error(kind, figure, cells | {"printed": printed})


def key(finding: audit.Finding) -> tuple:
    return finding.check, finding.figures, finding.verdict, finding.sign


def alarms(findings: Iterable[audit.Finding]) -> dict[tuple, audit.Finding]:
    return {
        key(finding): finding for finding in findings if finding.verdict in audit.ALARMS and finding.check not in IDLE
    }


@dataclass(frozen=True)
class Clean:
    """The package without errors: what the audit finds, how each figure is reached, which ones are left out."""

    package: tables.Tables
    findings: tuple[audit.Finding, ...]
    reach: dict[str, str]
    left_out: frozenset[str]

    @property
    def figures(self) -> list[str]:
        """Figures that errors are put into."""
        return [figure for figure in self.reach if figure not in self.left_out]


@cache
def clean() -> Clean:
    """The project's own package, read and audited once a process."""
    package = tables.load()
    findings = audit.audit(package)
    known = {name for finding in findings if finding.verdict in ("contradiction", "label") for name in finding.figures}
    pinned, bounded = set(), set()
    for finding in findings:
        if finding.verdict == "consistent" and finding.check not in ALONE:
            (pinned if finding.bounds_both_sides and fixes(finding) else bounded).update(compared(finding))
    reach = {
        name: "pinned" if name in pinned else "bounded" if name in bounded else "unreached"
        for name in package.figures.index
    }
    return Clean(package, tuple(findings), reach, frozenset(known & {*reach}))


def compared(finding: audit.Finding) -> list[str]:
    """Figures whose size a finding compares; those that it only counts are not among them."""
    return [name for side in finding.sides if side.formula != "listed" for name in side.figures]


def fixes(finding: audit.Finding) -> bool:
    """Do both sides have two ends? What is said to be over 100 fixes nothing from above."""
    ranges = [side.value for side in finding.sides if side.value is not None]
    return all(np.isfinite([side.lower, side.upper]).all() for side in ranges)


def tried(figure: str) -> list[Outcome]:
    """Audit the package once for each error of a figure."""
    return [outcome(error) for error in errors(figure)]


def outcome(error: Error) -> Outcome:
    """Audit the package with one error in it."""
    good = clean()
    raw = {name: frame.copy() for name, frame in good.package.raw.items()}
    raw["figures"].loc[raw["figures"]["figure"] == error.figure, [*error.cells]] = [*error.cells.values()]
    reach = good.reach[error.figure]
    try:
        findings = audit.audit(tables.of(good.package.folder, good.package.plan, raw))
    except Exception as exception:  # whatever it is, it is counted and shown
        return Outcome(error, reach, raised=f"{type(exception).__name__}: {exception}")
    known = alarms(good.findings)
    new = [finding for name, finding in alarms(findings).items() if name not in known]
    own = [finding for finding in new if error.figure in finding.figures]
    gravest = min((finding.verdict for finding in own), key=audit.VERDICTS.index, default="")
    return Outcome(error, reach, gravest, tuple(sorted({finding.check for finding in own})), len(new) > len(own))


def share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.0f} %)" if whole else "–"


def table(outcomes: list[Outcome]) -> str:
    """What was found, a row a kind of error, as Markdown."""
    heads = ["error"]
    for reach in REACHES:
        heads += [f"in {reach} figures", "found"]
    lines = [[*heads, "contradictions among the found"], ["---"] + ["--:"] * (2 * len(REACHES) + 1)]
    kinds = {kind: [outcome for outcome in outcomes if outcome.error.kind == kind] for kind in KINDS}
    for kind, tries in (kinds | {"all": outcomes}).items():
        cells = [kind]
        for reach in REACHES:
            within = [outcome for outcome in tries if outcome.reach == reach]
            cells += [str(len(within)), share(sum(bool(outcome.verdict) for outcome in within), len(within))]
        grave = sum(outcome.verdict == "contradiction" for outcome in tries)
        lines.append([*cells, share(grave, sum(bool(outcome.verdict) for outcome in tries))])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def summary(outcomes: list[Outcome]) -> str:
    """Sizes behind the table, as a Markdown list."""
    good = clean()
    sizes = Counter(good.reach[name] for name in good.figures)
    verdicts = Counter(finding.verdict for finding in good.findings)
    missed = [outcome for outcome in outcomes if not outcome.verdict and not outcome.raised]
    elsewhere = sum(outcome.elsewhere for outcome in missed)
    raised = Counter(outcome.raised for outcome in outcomes if outcome.raised)
    lines = [
        f"{len(good.reach)} figures: " + ", ".join(f"{sizes[reach]} {reach}" for reach in REACHES)
        + f", {len(good.left_out)} left out, as a contradiction or a label of the clean package names them already",
        f"findings of the clean package: {', '.join(f'{verdicts[name]} {name}' for name in audit.VERDICTS)}",
        f"{len(outcomes)} errors, one at a time; of the {len(missed)} not found, {elsewhere} "
        "raise a new alarm, but at other figures alone",
        f"errors at which the audit itself fails: {sum(raised.values())}",
        *(f"  {message} ({count})" for message, count in raised.items()),
    ]  # fmt: skip
    return "".join(f"- {line}\n" for line in lines)


def written(measured: str) -> None:
    """Put what was measured between the marks of the README."""
    before, rest = README.read_text(encoding="utf-8").split(MARKS[0])
    _, after = rest.split(MARKS[1])
    README.write_text(f"{before}{MARKS[0]}\n{measured}\n{MARKS[1]}{after}", encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    parser.add_argument("--missed", action="store_true", help="list each error in a pinned figure that was not found")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="audits at the same time")
    options = parser.parse_args()
    start = time.perf_counter()
    with ProcessPoolExecutor(options.jobs) as pool:
        outcomes = [outcome for tries in pool.map(tried, clean().figures) for outcome in tries]
    seconds = (time.perf_counter() - start) * options.jobs / len(outcomes)
    measured = f"{table(outcomes)}\n{summary(outcomes)}"
    print(measured, f"\n{seconds:.2f} seconds an audit", sep="")
    if options.missed:
        print(missed(outcomes).to_string(index=False))
    if options.write:
        written(measured)


def missed(outcomes: list[Outcome]) -> pd.DataFrame:
    """Errors in pinned figures that were not found."""
    rows = [
        {
            "figure": outcome.error.figure,
            "error": outcome.error.kind,
            **outcome.error.cells,
            "elsewhere": outcome.elsewhere,
        }
        for outcome in outcomes
        if outcome.reach == "pinned" and not outcome.verdict
    ]
    return pd.DataFrame(rows).fillna("")


if __name__ == "__main__":
    main()
