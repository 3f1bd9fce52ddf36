"""One computed sentence that reads a selection of figures, platforms, targets or findings."""

import pandas as pd

from helpers.display import html as display
from helpers.display.html import Html
from helpers.evaluation import history
from helpers.numbers.interval import Interval
from helpers.views.context import REACHED, Context

KINDS_NAMED = 3  # kinds of findings that a sentence names


def read(context: Context, frame: pd.DataFrame) -> Html:
    """What a selection shows, in a sentence; that there is nothing, where it is empty.

    frame: rows of any frame of a view; which sentence it is follows from what they are.
    """
    return display.sentence(_sentence(context, frame), "reading")


def _sentence(context: Context, frame: pd.DataFrame) -> str:
    for column, write in (("reading", _targets), ("owner", _platforms), ("check", _findings)):
        if column in frame:
            return write(context, frame)
    if frame.empty:
        return context.say("reading.none", year=context.year)
    if frame["measure"].isin(["growth_rate", "change"]).all():
        return _growth(context, frame)
    if frame["indicator"].nunique() == 1 and frame["year"].nunique() > 1:
        return _series(context, frame)
    if (frame["form"] == "derived").all():
        return _derived(context, frame)
    if (frame["measure"] == "rank").all():
        return _ranks(context, frame)
    return _numbers(context, frame)


def _targets(context: Context, frame: pd.DataFrame) -> str:
    """How many headline indicators have data, and how many of these reached their targets."""
    known = frame[frame["status"] != "no_data"]
    reached = int(known["status"].isin(REACHED).sum())
    key = "empty" if frame.empty else "none" if known.empty else "known" if reached else "short"
    n = len(frame) if known.empty else len(known)
    return context.say(f"reading.targets.{key}", n=n, total=len(frame), reached=reached)


def _platforms(context: Context, frame: pd.DataFrame) -> str:
    """How many platforms are in use."""
    running = int((frame["status"] == "running").sum())
    key = "empty" if frame.empty else "all" if running == len(frame) else "known"
    return context.say(f"reading.platforms.{key}", n=len(frame), running=running)


def _findings(context: Context, frame: pd.DataFrame) -> str:
    """How many findings there are, and of which kinds most of them are."""
    if frame.empty:
        return context.say("reading.findings.empty")
    counts = frame["check_name"].value_counts()
    kinds = [context.say("remarked", name=name, remark=n) for name, n in counts.head(KINDS_NAMED).items()]
    key = "reading.findings.most" if len(counts) > KINDS_NAMED else "reading.findings"
    return context.say(key, n=len(frame), names=context.words.listed(kinds))


def _growth(context: Context, frame: pd.DataFrame) -> str:
    """By how much a quantity grew or fell; of several, the highest and the lowest."""
    words, ordered = context.words, frame.sort_values("base", ascending=False, kind="stable")
    first, last = (row for _, row in ordered.iloc[[0, -1]].iterrows())
    if len(frame) > 1:
        return _ends(context, "reading.growth", ordered, signed=bool((frame["base"] < 0).any()))
    size = first.copy()
    size["base"] = abs(size["base"])
    key = "reading.growth.fell" if last["base"] < 0 else "reading.growth.rose"
    return context.say(key, name=words.with_place(first), value=words.said(size))


def _ends(context: Context, key: str, ordered: pd.DataFrame, signed: bool = False) -> str:
    """The highest and the lowest of numbers in order."""
    words = context.words
    first, last = (row for _, row in ordered.iloc[[0, -1]].iterrows())
    high, low = (words.said(row, signed=signed) for row in (first, last))
    names = {"high": words.with_place(first), "low": words.with_place(last)}
    return context.say(key, n=len(ordered), high_value=high, low_value=low, **names)


def _series(context: Context, frame: pd.DataFrame) -> str:
    """From the first to the last value of one quantity that the report gives or implies, and the growth between them."""
    words, own = context.words, frame[frame["year"].notna() & (frame["form"] != "public")]
    ordered = (own if len(own) > 1 else frame).sort_values("year", kind="stable")
    first, last = (row for _, row in ordered.iloc[[0, -1]].iterrows())
    values = {"name": words.with_place(last), "from_when": words.when(first), "from_value": words.said(first),
              "when": words.when(last), "value": words.said(last)}  # fmt: skip
    if min(first["base"], last["base"]) <= 0 or first["base_unit"] != last["base_unit"]:
        return context.say("reading.series.plain", **values)
    ratio = history.as_interval(in_base(last)) / history.as_interval(in_base(first))
    rose = ratio.value >= 1
    growth = Interval(*sorted(abs(end - 1) * 100 for end in (ratio.lower, ratio.value, ratio.upper)))
    between = words.ranged(growth.lower, growth.upper, words.percent)
    size = words.percent(growth.value)
    size = context.say("arithmetic.range", amount=size, range=between) if between else size
    return context.say("reading.series.rose" if rose else "reading.series.fell", growth=size, **values)


def in_base(row: pd.Series) -> dict:
    """The range of a row of a view, in its base unit."""
    return {"base": row["base"], "lower": row["base_lower"], "upper": row["base_upper"]}


def _derived(context: Context, frame: pd.DataFrame) -> str:
    """What is derived; the first of it with its range."""
    row, words = frame.iloc[0], context.words
    value, between = words.amount(row), words.between(row)
    value = context.say("arithmetic.range", amount=value, range=between) if between else value
    names = {"name": words.with_place(row), "when": words.when(row), "value": value}
    return context.say("reading.derived" if len(frame) > 1 else "reading.derived.one", n=len(frame), **names)


def _ranks(context: Context, frame: pd.DataFrame) -> str:
    """How many of some rankings are first places; the best of them, if none is."""
    best, words = frame.sort_values("base", kind="stable").iloc[0], context.words
    first = int((frame["base"] == 1).sum())
    key = "one" if len(frame) == 1 else "all" if first == len(frame) else "some" if first else "none"
    names = {"name": words.with_place(best), "value": words.said(best)}
    return context.say(f"reading.ranks.{key}", n=len(frame), first=first, **names)


def _numbers(context: Context, frame: pd.DataFrame) -> str:
    """The highest and the lowest of numbers in one unit; of others, how many there are, and how many are undated."""
    words, row = context.words, frame.iloc[0]
    if len(frame) == 1:
        return context.say("reading.figure", name=words.title(row), value=words.said(row), when=words.when(row))
    if frame["base_unit"].nunique() == 1:
        key = "reading.shares" if (frame["unit"] == "%").all() else "reading.counts"
        return _ends(context, key, frame.sort_values("base", ascending=False, kind="stable"))
    undated = int(frame["year"].isna().sum())
    key = "reading.figures.undated" if undated == len(frame) else "reading.figures"
    return context.say(key, n=len(frame), undated=undated)
