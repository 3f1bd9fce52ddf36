"""Words that the numbers contradict: a flow that behaves as a stock, a category that does not fit, idle qualifiers."""

from collections.abc import Iterator

from helpers.audit.figures import TABLE, list_relations, mislabelled, numbers, report, select_dated
from helpers.audit.finding import Finding, Side
from helpers.audit.pairs import iterate, printed_side, range_of
from helpers.numbers import token
from helpers.package.tables import Tables

COLUMN = 0.9  # of the figures of a column that share a period; a table of several years has no such column
PRECISE = 4  # significant digits from which 多 or 余 behind a count or a decimal says nothing


def stock_as_flow(tables: Tables) -> Iterator[Finding]:
    """Change and rate printed for a flow that are those of the stock it enters."""
    for row in iterate(mislabelled(tables)):
        computed = Side("{0}÷({1}－{0})", (row.a_figure, row.c_figure), range_of(row, "computed"), "%")
        values = (("flow", row.a_indicator), ("stock", row.right), ("implied", range_of(row, "flow")))
        sides = computed, printed_side(row, "b")
        evidence = (row.c_figure,)
        yield Finding("stock_as_flow", "label", "high", sides, values=values, bounds_both_sides=True, evidence=evidence)


def rate_spans(tables: Tables) -> Iterator[Finding]:
    """A rate over several years is told apart from the yearly ones beside it."""
    frame = report(tables)
    frame = frame[
        (frame["measure"] == "growth_rate") & (frame["last"] - frame["first"] >= 12) & (frame["lower"] > -100)
    ]
    for row in iterate(frame):
        years = row.last // 12 - row.first // 12
        yearly = ((range_of(row) * 0.01 + 1) ** (1 / years) - 1) * 100
        sides = printed_side(row), Side(f"(1+{{}})^(1/{years})－1", (row.figure,), yearly, "%")
        yield Finding("rate_spans", "scope", "high", sides, sign=";", values=(("n", years),))


def categories(tables: Tables) -> Iterator[Finding]:
    """An indicator stands in the category of what it measures."""
    indicators = tables.indicators[tables.indicators["headline"].notna()]
    targets = numbers(tables)
    targets = targets[targets["measure"] == "target"].drop_duplicates("indicator").set_index("indicator")["figure"]
    for _, left, (section,) in list_relations(tables, "about"):
        if left not in indicators.index:
            continue
        printed = indicators.at[left, "category"]
        others = indicators[(indicators["section"] == section) & (indicators.index != left)]
        fitting = others["category"].mode()
        wrong = len(fitting) and fitting[0] != printed
        values = (("category", printed), ("section", section))
        values += (("fitting", fitting[0]),) if wrong else ()
        side = Side("named", (targets[left],))
        yield Finding("categories", "label" if wrong else "consistent", "medium", (side,), values=values)


def qualifiers(tables: Tables) -> Iterator[Finding]:
    """One number has one qualifier, and one that says something: not 约9000余万, nor 多 behind a number to the last digit."""
    frame = report(tables)
    frame = frame[frame["qualifier"] != "exact"]
    for row in iterate(frame):
        words = sorted((word for word in token.QUALIFIERS if word in row.printed), key=row.printed.index)
        number = f"{row.number:.{row.decimals}f}"
        digits = number.replace(".", "").strip("0")
        # 45160多 may be up to 45170: only a number whose last digit is not 0 is exact to it.
        counted = row.comparable_unit == "count" and row.multiplier == 1 and not number.endswith("0")
        fine = row.decimals > 0 or (counted and row.upper < float("inf"))
        if len({token.QUALIFIERS[word].name for word in words}) > 1:
            variant, confidence = "two", "high"
        elif fine and row.qualifier == "over" and len(digits) >= PRECISE:
            variant, confidence = "idle", "medium"
        else:
            continue
        values = (("token", row.printed), ("words", tuple(words)))
        yield Finding("qualifiers", "label", confidence, (printed_side(row),), variant=variant, values=values)


def tokens(tables: Tables) -> Iterator[Finding]:
    """A figure is qualified as its printed token says."""
    frame = report(tables)
    for row in iterate(frame):
        if row.qualifier != token.parse(row.printed).qualifier.name:
            yield Finding("tokens", "suspicious", "medium", (printed_side(row),), values=(("token", row.printed),))


def columns(tables: Tables) -> Iterator[Finding]:
    """Figures of one column of the table (targets, actual values, completions) are of one period and qualified alike."""
    frame = report(tables)
    frame = frame[frame["origin"] == TABLE]
    column = frame["measure"].where(frame["measure"].isin(["target", "completion"]), "actual")
    for _, figures in frame.groupby(column, sort=False):
        for name, variant, confidence in (("period", "", "high"), ("qualifier", "qualifier", "low")):
            shares = figures[name].value_counts(normalize=True)
            if shares.iloc[0] >= COLUMN and len(figures) >= 1 / (1 - COLUMN):
                for row in iterate(figures[figures[name] != shares.index[0]]):
                    sides, values = (printed_side(row),), ((name, shares.index[0]),)
                    yield Finding("columns", "suspicious", confidence, sides, variant=variant, values=values)


def latest(tables: Tables) -> Iterator[Finding]:
    """No figure alone is later than all others; targets may be."""
    frame = select_dated(report(tables))
    frame = frame[frame["measure"] != "target"]
    years = frame["last"] // 12
    late = frame[years == years.max()]
    if len(late) == 1 and len(frame) > 1:
        yield Finding("latest", "suspicious", "medium", (printed_side(next(iterate(late))),))


def nested(tables: Tables) -> Iterator[Finding]:
    """Places named side by side do not lie in one another."""
    rows = {row.indicator: row for row in iterate(report(tables).drop_duplicates("indicator"))}
    for _, left, names in list_relations(tables, "located"):
        pairs = (
            (("inner", inner), ("outer", outer))
            for outer in names
            for inner in tables.within(outer)
            if inner in names and inner != outer
        )
        if left in rows:
            values = next(pairs, ())
            verdict = "label" if values else "consistent"
            yield Finding("nested", verdict, "low", (printed_side(rows[left]),), values=values)
