"""What the evaluation rests on: single sources, chapters and sections that no target covers, figures without a date."""

from collections.abc import Iterator

import numpy as np

from helpers.audit.figures import TABLE, report
from helpers.audit.finding import Finding, Side
from helpers.audit.headline import at_target_year
from helpers.audit.quantities import agreements
from helpers.package.tables import Tables


def single_source(tables: Tables) -> Iterator[Finding]:
    """Actual values of headline indicators that nothing else in the report or outside it bears out."""
    frame = at_target_year(tables)
    actuals = frame.loc[frame["actual"] != "", "actual"]
    pairs = agreements(tables)
    borne_out = set(pairs[["a_figure", "a_figure_2", "b_figure", "b_figure_2"]].to_numpy().ravel())
    figures = report(tables)
    repeated = figures[figures.duplicated(["indicator", "region", "measure"], keep=False)]
    alone = [key for key in actuals if key not in borne_out and key not in set(repeated["figure"])]
    if len(actuals):
        values = (("n", len(alone)), ("total", len(actuals)))
        verdict = "suspicious" if alone else "consistent"
        yield Finding("single_source", verdict, "low", (Side("named", tuple(alone)),), values=values)


def coverage(tables: Tables) -> Iterator[Finding]:
    """Chapters and sections in which no headline indicator lies."""
    headline = tables.indicators[tables.indicators["headline"].notna()]
    without = [key for key in tables.sections.index if key not in set(headline["section"])]
    chapters = [key for key in tables.chapters.index if key > 0 and key not in set(headline["chapter"])]
    for key in chapters:
        yield Finding("coverage", "scope", "high", (Side("none"),), variant="chapter", names=(str(key),))
    if without:
        values = (("n", len(without)), ("total", len(tables.sections)))
        yield Finding("coverage", "scope", "high", (Side("none"),), names=tuple(without), values=values)


def undated(tables: Tables) -> Iterator[Finding]:
    """Share of the text's figures that no year can be given to."""
    frame = report(tables)
    frame = frame[(frame["origin"] > TABLE) & frame["indicator"].map(tables.indicators["chapter"]).gt(0)]
    without = int((frame["last"] < 0).sum())
    if without:
        values = (("n", without), ("total", len(frame)), ("share", float(np.round(100 * without / len(frame), 1))))
        yield Finding("undated", "scope", "high", (Side("none"),), values=values)
