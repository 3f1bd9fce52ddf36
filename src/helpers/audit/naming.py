"""Words that the numbers contradict: a flow that behaves as a stock, a category that does not fit, idle qualifiers."""

from collections.abc import Iterator

from helpers.audit.estimates import TABLE, mislabelled, numbers, report
from helpers.audit.finding import Finding, Side
from helpers.numbers import token
from helpers.numbers.interval import Interval
from helpers.package.tables import Tables

COLUMN = 0.9  # of the figures of a column that share a period; a table of several years has no such column
PRECISE = 4  # significant digits from which 多 or 余 behind a count or a decimal says nothing


def stock_as_flow(tables: Tables) -> Iterator[Finding]:
    """Change and rate printed for a flow that are those of the stock it enters."""
    figures = numbers(tables).set_index("figure")
    for row in mislabelled(tables).itertuples(index=False):
        rate = figures.loc[row.rate]
        sides = (
            Side("{0}÷({1}－{0})", (row.change, row.level), Interval(row.lower, row.value, row.upper), "%"),
            Side("{}", (row.rate,), Interval(rate["lower"], rate["value"], rate["upper"])),
        )
        flow = Interval(row.flow_lower, row.flow_value, row.flow_upper)
        values = (("flow", row.flow), ("stock", row.stock), ("implied", flow))
        yield Finding("stock_as_flow", "label", "high", sides, values=values, pins=True)


def rate_spans(tables: Tables) -> Iterator[Finding]:
    """A rate over several years is told apart from the yearly ones beside it."""
    frame = report(tables)
    frame = frame[
        (frame["measure"] == "growth_rate") & (frame["last"] - frame["first"] >= 12) & (frame["lower"] > -100)
    ]
    for row in frame.itertuples(index=False):
        years = row.last // 12 - row.first // 12
        rate = Interval(row.lower, row.value, row.upper)
        yearly = ((rate * 0.01 + 1) ** (1 / years) - 1) * 100
        sides = Side("{}", (row.figure,), rate), Side(f"(1+{{}})^(1/{years})－1", (row.figure,), yearly, "%")
        yield Finding("rate_spans", "scope", "high", sides, sign=";", values=(("n", years),))


def categories(tables: Tables) -> Iterator[Finding]:
    """An indicator stands in the category of what it measures."""
    indicators = tables.indicators[tables.indicators["headline"].notna()]
    targets = numbers(tables)
    targets = targets[targets["measure"] == "target"].drop_duplicates("indicator").set_index("indicator")["figure"]
    for relation in tables.relations[tables.relations["kind"] == "about"].itertuples():
        if relation.left not in indicators.index:
            continue
        printed = indicators.at[relation.left, "category"]
        others = indicators[(indicators["section"] == relation.right) & (indicators.index != relation.left)]
        fitting = others["category"].mode()
        wrong = len(fitting) and fitting[0] != printed
        values = (("category", printed), ("section", relation.right))
        values += (("fitting", fitting[0]),) if wrong else ()
        side = Side("named", (targets[relation.left],))
        yield Finding("categories", "label" if wrong else "consistent", "medium", (side,), values=values)


def qualifiers(tables: Tables) -> Iterator[Finding]:
    """One number has one qualifier, and one that says something: not 约9000余万, nor 多 behind a number to the last digit."""
    frame = report(tables)
    frame = frame[frame["qualifier"] != "exact"]
    said = {text: {rule.name for word, rule in token.QUALIFIERS.items() if word in text} for text in frame["printed"]}
    for row in frame.itertuples(index=False):
        side = Side("{}", (row.figure,), Interval(row.lower, row.value, row.upper))
        digits = f"{row.number:.{row.decimals}f}".replace(".", "").strip("0")
        fine = row.decimals > 0 or (row.sort == "count" and row.multiplier == 1 and row.upper < float("inf"))
        if len(said[row.printed]) > 1:
            variant, confidence = "two", "high"
        elif fine and row.qualifier == "over" and len(digits) >= PRECISE:
            variant, confidence = "idle", "medium"
        else:
            continue
        yield Finding("qualifiers", "label", confidence, (side,), variant=variant, values=(("token", row.printed),))


def tokens(tables: Tables) -> Iterator[Finding]:
    """A figure is qualified as its printed token says."""
    frame = report(tables)
    said = {text: token.parse(text).qualifier.name for text in frame["printed"].unique()}
    for row in frame[frame["qualifier"] != frame["printed"].map(said)].itertuples(index=False):
        side = Side("{}", (row.figure,), Interval(row.lower, row.value, row.upper))
        yield Finding("tokens", "suspicious", "medium", (side,), values=(("token", row.printed),))


def columns(tables: Tables) -> Iterator[Finding]:
    """Figures of one column of the table (targets, actual values, completions) are of one period and qualified alike."""
    frame = report(tables)
    frame = frame[frame["origin"] == TABLE]
    column = frame["measure"].where(frame["measure"].isin(["target", "completion"]), "actual")
    for _, figures in frame.groupby(column, sort=False):
        for name, variant, confidence in (("period", "", "high"), ("qualifier", "qualifier", "low")):
            shares = figures[name].value_counts(normalize=True)
            if shares.iloc[0] >= COLUMN and len(figures) >= 1 / (1 - COLUMN):
                for row in figures[figures[name] != shares.index[0]].itertuples(index=False):
                    side = Side("{}", (row.figure,), Interval(row.lower, row.value, row.upper))
                    values = ((name, shares.index[0]),)
                    yield Finding("columns", "suspicious", confidence, (side,), variant=variant, values=values)


def latest(tables: Tables) -> Iterator[Finding]:
    """No figure alone is later than all others; targets may be."""
    frame = report(tables)
    frame = frame[(frame["measure"] != "target") & (frame["last"] >= 0)]
    years = frame["last"] // 12
    late = frame[years == years.max()]
    if len(late) == 1 and len(frame) > 1:
        row = next(late.itertuples(index=False))
        side = Side("{}", (row.figure,), Interval(row.lower, row.value, row.upper))
        yield Finding("latest", "suspicious", "medium", (side,))


def nested(tables: Tables) -> Iterator[Finding]:
    """Places named side by side do not lie in one another."""
    frame = report(tables).drop_duplicates("indicator").set_index("indicator")
    for relation in tables.relations[tables.relations["kind"] == "located"].itertuples():
        names = relation.right.split()
        pairs = [
            (inner, outer) for outer in names for inner in tables.within(outer) if inner in names and inner != outer
        ]
        if relation.left in frame.index:
            row = frame.loc[relation.left]
            side = Side("{}", (row["figure"],), Interval(row["lower"], row["value"], row["upper"]))
            values = (("inner", pairs[0][0]), ("outer", pairs[0][1])) if pairs else ()
            yield Finding("nested", "label" if pairs else "consistent", "low", (side,), values=values)
