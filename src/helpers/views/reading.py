"""One computed sentence that reads a selection of figures, platforms, targets or findings."""

import pandas as pd

from helpers.display import html as display
from helpers.display.html import Html
from helpers.evaluation import history
from helpers.package.schema import QUANTITY_MEASURES
from helpers.views.context import REACHED, Context


def read(context: Context, frame: pd.DataFrame) -> Html:
    """What a selection says, in a sentence; that there is nothing, where it is empty.

    frame: rows of any frame of a view; which sentence it is follows from what they are.
    """
    return display.sentence(_sentence(context, frame), "reading")


def _sentence(context: Context, frame: pd.DataFrame) -> str:
    if frame.empty:
        return context.say("reading.none", year=context.year)
    if "owner" in frame:
        return _platforms(context, frame)
    if "reading" in frame:
        return _targets(context, frame)
    if "sentence" in frame and "check" in frame:
        return _findings(context, frame)
    if frame["measure"].isin(["growth_rate", "change"]).all():
        return _growth(context, frame)
    if "how" in frame:
        return _derived(context, frame)
    if frame["indicator"].nunique() == 1 and frame["year"].nunique() > 1:
        return _series(context, frame)
    if (frame["unit"] == "%").all():
        return _range(context, frame, "reading.shares")
    return _figures(context, frame)


def _platforms(context: Context, frame: pd.DataFrame) -> str:
    running = int((frame["status"] == "running").sum())
    return context.say("reading.platforms", n=len(frame), running=running)


def _targets(context: Context, frame: pd.DataFrame) -> str:
    known = frame[frame["status"] != "no_data"]
    reached = int(known["status"].isin(REACHED).sum())
    if known.empty:
        return context.say("reading.targets.none", n=len(frame))
    return context.say("reading.targets", n=len(frame), known=len(known), reached=reached)


def _findings(context: Context, frame: pd.DataFrame) -> str:
    names = context.words.join([*frame["check_name"].value_counts().index[:3]])
    return context.say("reading.findings", n=len(frame), names=names)


def _growth(context: Context, frame: pd.DataFrame) -> str:
    """Which quantity grew most; which fell, if one did."""
    return _range(context, frame, "reading.growth")


def _range(context: Context, frame: pd.DataFrame, key: str) -> str:
    """The highest and the lowest of numbers of one unit."""
    ordered = frame.sort_values("base", ascending=False, kind="stable")
    first, last = (row for _, row in ordered.iloc[[0, -1]].iterrows())
    words = context.words
    values = [words.said(row, signed=key == "reading.growth") for row in (first, last)]
    if len(frame) == 1:
        return context.say(f"{key}.one", name=words.with_place(first), value=values[0])
    return context.say(
        key,
        n=len(frame),
        high=words.with_place(first),
        high_value=values[0],
        low=words.with_place(last),
        low_value=values[1],
    )


def _derived(context: Context, frame: pd.DataFrame) -> str:
    """What is derived, and the first of it with its range."""
    row, words = frame.iloc[0], context.words
    value = words.amount(row)
    between = words.between(row)
    value = context.say("arithmetic.range", amount=value, range=between) if between else value
    return context.say("reading.derived", n=len(frame), name=words.with_place(row), when=words.when(row), value=value)


def _series(context: Context, frame: pd.DataFrame) -> str:
    """From the first to the last value of one quantity, and the growth between them."""
    ordered = frame[frame["year"].notna()].sort_values("year", kind="stable")
    first, last = (row for _, row in ordered.iloc[[0, -1]].iterrows())
    words = context.words
    values = {"name": words.with_place(last), "from_when": words.when(first), "from_value": words.said(first),
              "when": words.when(last), "value": words.said(last)}  # fmt: skip
    if min(first["base"], last["base"]) <= 0 or first["base_unit"] != last["base_unit"]:
        return context.say("reading.series.plain", **values)
    ratio = history.as_interval(_in_base(last)) / history.as_interval(_in_base(first))
    between = words.ranged(ratio.lower, ratio.upper, words.change)
    growth = words.change(ratio.value)
    growth = context.say("arithmetic.range", amount=growth, range=between) if between else growth
    return context.say("reading.series", growth=growth, **values)


def _in_base(row: pd.Series) -> dict:
    return {"base": row["base"], "lower": row["base_lower"], "upper": row["base_upper"]}


def _figures(context: Context, frame: pd.DataFrame) -> str:
    """How many figures there are, how many of them are dated, and the first of them."""
    words, row = context.words, frame.iloc[0]
    undated = int(frame["year"].isna().sum())
    quantity = frame[frame["measure"].isin(QUANTITY_MEASURES)]
    row = quantity.iloc[0] if len(quantity) else row
    if len(frame) == 1:
        return context.say("reading.figures.one", name=words.title(row), value=words.said(row), when=words.when(row))
    return context.say("reading.figures", n=len(frame), undated=undated, name=words.title(row), value=words.said(row))
