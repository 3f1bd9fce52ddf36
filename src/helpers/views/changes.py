"""Sentences that read rates and values over time: what grew, by how much, and over how many years.

They never say that numbers of different spans can be compared.
"""

from collections import Counter

import numpy as np
import pandas as pd

from helpers.numbers import period
from helpers.views.context import Context
from helpers.views.growth import measure_growth

LISTED = 3  # so many numbers or names are given one by one


def name_reading(context: Context, *rows: pd.Series) -> str:
    """Name of the indicator of figures with the place of the last; it says so where we read one of them otherwise."""
    name = context.words.name_with_place(rows[-1])
    return context.say("erratum.reading", name=name) if any(map(context.is_corrected, rows)) else name


def read_rates(context: Context, frame: pd.DataFrame) -> str:
    """What grew or fell by how much; of more than a few, between which rates, and which rates span several years."""
    ordered = frame.sort_values("base", ascending=False, kind="stable")
    if len(ordered) <= LISTED:
        clauses = [_moved(context, row) for _, row in ordered.iterrows()]
        sentences = [context.say("reading.sentence", text=context.words.join_phrases(clauses))]
    else:
        sentences = [_rates(context, ordered[ordered["measure"] == "growth_rate"])]
    spans = [
        (name_reading(context, row), years)
        for _, row in ordered.iterrows()
        if (years := _count_years(row["period"])) > 1
    ]
    if 0 < len(spans) < len(ordered):
        names, lengths = context.words.join_names([name for name, _ in spans]), {years for _, years in spans}
        key = "reading.rates.spans" if len(lengths) == 1 else "reading.rates.spans.several"
        sentences.append(context.say(key, n=len(spans), names=names, years=min(lengths)))
    return context.join_sentences(sentences)


def _count_years(when: str) -> int:
    """Years from the point that a period starts from to its end: 2 for `2016/2018`."""
    point = period.parse(when)
    return point.last[0] - point.first[0] if point and "/" in when else 0


def _rates(context: Context, rates: pd.DataFrame) -> str:
    """Between which ends rates lie; rates: the highest first."""
    rose, fell = int((rates["base"] > 0).sum()), int((rates["base"] < 0).sum())
    key = "mixed" if rose < len(rates) and fell < len(rates) else "rose" if rose else "fell"
    ends = [row if key == "mixed" else _size(row) for _, row in rates.iloc[[0, -1]].iterrows()]
    high, low = (context.words.format_quantity(row, signed=key == "mixed") for row in ends)
    return context.say(f"reading.rates.{key}", n=len(rates), rose=rose, fell=fell, high=high, low=low)


def _moved(context: Context, row: pd.Series) -> str:
    """A rate or an absolute change as a clause: what grew, fell or stayed."""
    name, value = name_reading(context, row), context.words.format_quantity(_size(row))
    return context.say(f"reading.growth.{_direction(row['base'])}", name=name, value=value)


def _size(row: pd.Series) -> pd.Series:
    """A change without its sign."""
    size = row.copy()
    size["base"] = abs(size["base"])
    return size


def _direction(change: float) -> str:
    return "rose" if change > 0 else "fell" if change < 0 else "same"


def read_series(context: Context, frame: pd.DataFrame) -> str:
    """From the first to the last value of one quantity that the report gives or implies, and the growth between them."""
    own = frame[frame["year"].notna() & (frame["form"] != "public")]
    ordered = (own if len(own) > 1 else frame[frame["year"].notna()]).sort_values("year", kind="stable")
    return _between(context, ordered.iloc[0], ordered.iloc[-1])


def _between(context: Context, first: pd.Series, last: pd.Series) -> str:
    """What changed from one value to a later one, and by how much where that has a meaning."""
    words = context.words
    from_value, value = words.format_labels([first, last], brief=False)
    values = {"name": name_reading(context, first, last), "from_when": words.format_period(first), "from_value": from_value,
              "when": words.format_period(last), "value": value}  # fmt: skip
    if min(first["base"], last["base"]) <= 0 or first["base_unit"] != last["base_unit"] or first["measure"] == "rank":
        return context.say("reading.series.plain", **values)
    growth = measure_growth(context.view, first, last)
    return context.say(f"reading.series.{growth.way}", growth=growth.write(words), **values)


def read_derived(context: Context, frame: pd.DataFrame) -> str:
    """Growth from derived values to the figures that they were derived from; of many, what grew most in a year."""
    words, corrected = context.words, context.view.corrected
    pairs = [(row, corrected.loc[row["used"][0]]) for _, row in frame[frame["how"] != "sum"].iterrows()]
    if not pairs:
        row = frame.iloc[0]
        return context.say(
            "reading.figure",
            name=name_reading(context, row),
            value=words.format_amount(row),
            when=words.format_period(row),
        )
    if len(pairs) == 1:
        return _between(context, *pairs[0])
    growing = [pair for pair in pairs if min(row["base"] for row in pair) > 0]
    here = [pair for pair in growing if pair[1]["region"] == context.view.region]
    growing = here if len(here) > LISTED else growing
    if not growing:
        return context.say("reading.figures.dated", n=len(frame))
    if len(growing) == 1:
        return _between(context, *growing[0])
    growths = [measure_growth(context.view, *pair) for pair in growing]
    names, sizes = (
        [name_reading(context, after) for _, after in growing],
        [growth.write(words) for growth in growths],
    )
    if len(growing) <= LISTED and {*_count_spans(growing)} == {1}:
        clauses = [
            context.say(f"reading.growth.{growth.way}", name=name, value=size)
            for growth, name, size in zip(growths, names, sizes, strict=True)
        ]
        return context.say("reading.derived", text=words.join_phrases(clauses))
    most, rose = int(np.argmax([growth.value for growth in growths])), sum(growth.value > 0 for growth in growths)
    key = "all" if rose == len(growing) else "some" if rose else "none"
    values = {"n": len(growing), "rose": rose, "spans": _list_spans(context, growing)}
    text = context.say(f"reading.derived.{key}", name=names[most], value=sizes[most], **values)
    away = [after["place"] for _, after in pairs if after["region"] != context.view.region] if growing is here else []
    places = words.join_names([*dict.fromkeys(away)])
    return context.join_sentences(
        [text, context.say("reading.derived.elsewhere", n=len(away), places=places) if away else ""]
    )


def _count_spans(pairs: list[tuple[pd.Series, pd.Series]]) -> Counter[int]:
    """How many pairs of values lie how many years apart."""
    return Counter(int(after["year"] - before["year"]) for before, after in pairs)


def _list_spans(context: Context, pairs: list[tuple[pd.Series, pd.Series]]) -> str:
    """Over how many years quantities grew: the commonest span by its number of quantities, the others by their names."""
    clauses, counts = [], _count_spans(pairs)
    if len(counts) == 1:
        return context.say("reading.derived.spans.one", span=context.say("reading.derived.span", n=min(counts)))
    for number, (years, count) in enumerate(counts.most_common()):
        span = context.say("reading.derived.span", n=years)
        names = [name_reading(context, after) for before, after in pairs if after["year"] - before["year"] == years]
        if number and count <= LISTED:
            clauses.append(context.say("reading.derived.named", names=context.words.join_names(names), span=span))
        else:
            clauses.append(context.say("reading.derived.counted", n=count, span=span))
    return context.say("reading.derived.spans", spans=context.words.join_names(clauses))
