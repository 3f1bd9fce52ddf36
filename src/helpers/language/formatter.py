"""Figures in words: names, numbers, units, periods and locators as a reader of one language expects them.

Labels come from the package's `labels.csv`; numbers are written by `numbers.format`. Nothing is computed here. A text that
is one number is a `Value`, which sorts by it.
"""

import calendar
import math
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.display.html import Value
from helpers.language.blanks import find_inside
from helpers.language.digits import find_end_decimals, is_printed_fraction, round_ends, round_outward
from helpers.language.locators import Locators
from helpers.numbers import format, period, token
from helpers.package.problem import DataError, Problem

WORD_END = re.compile(r"[\s’]")
CAPITAL_OR_DIGIT = re.compile("[A-Z0-9]")
WHOLE = re.compile("^全[省市区县]")  # begins a name that is of the whole place, and holds of no other


NAMED_IN_PLURAL = ("time", "volume")  # dimensions whose units are English nouns: `1 hour`, `2 hours`


def upper_first(text: str) -> str:
    """What begins a cell, as a sentence does."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """A sentence as it goes on after a colon or a comma."""
    return text[:1].lower() + text[1:]


class Formatter(Locators):
    """What a package's rows say in one language; `region` is the place that goes without saying.

    data: a package (`Tables`), or a view of one
    """

    def __init__(self, data, language: str, region: str = ""):
        self.tables, self.language, self.region = data, language, region or data.plan.region
        self._columns: dict[tuple[str, str], dict] = {}

    def say(self, key: str, **values) -> str:
        """A label in the reader's language, filled in; `singular|plural` is chosen by the value `n`.

        A label that speaks of the report has another one beside it, `….documents`, for packages with other documents.
        """
        labels = self.column("labels", self.language)
        if not self.has_one_report and f"{key}.documents" in labels:
            key = f"{key}.documents"
        if key not in labels:
            what = f"no label {key!r}, which this page needs; copy it from the project's own labels.csv"
            raise DataError(getattr(self.tables, "folder", Path()), [Problem("labels.csv", 0, "key", what)])
        chosen = labels[key]
        if "|" in chosen and "n" in values:
            singular, plural = chosen.split("|")
            chosen = singular if values["n"] == 1 else plural
        text, inside = find_inside(chosen)
        return text.format(**values | {f"{name} inside": self.write_in_sentence(values[name]) for name in inside})

    def write_in_sentence(self, value):
        """What is filled in within a sentence: a name of an indicator begins small there, but for a proper name."""
        if self.language != "en" or not isinstance(value, str) or not value.startswith(self._names):
            return value
        first = WORD_END.split(value, maxsplit=1)[0]
        keeps = first in self._proper or CAPITAL_OR_DIGIT.search(first[1:])  # as `IPTV` and `Wi-Fi` do
        return value if keeps else value[:1].lower() + value[1:]

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """Names of all indicators."""
        return tuple(self.column("indicators", f"name_{self.language}").values())

    @cached_property
    def _proper(self) -> set[str]:
        """First words of proper names: of places, and of those that the label `names.proper` lists."""
        places = self.column("regions", f"name_{self.language}").values()
        return {name.split(" ")[0] for name in [*self.say("names.proper").split(", "), *places]}

    def name_of(self, table: str, key, column: str = "name") -> str:
        """Name or title of a row in the reader's language."""
        return self.column(table, f"{column}_{self.language}")[key]

    def name_body(self, body: str) -> str:
        """Name of a publisher or department in the reader's language, if terms.csv has one; else as it is written."""
        return self.column("terms", f"name_{self.language}").get(body, body)

    def name_notebook(self, name: str) -> str:
        """Short name of a notebook: the title of its chapter, or what it shows of the whole plan."""
        chapters = self.column("chapters", "notebook")
        key = f"notebook.{name.partition('-')[2] or name}"  # of those that are about no chapter
        titles = {
            notebook: self.name_of("chapters", number, "title") for number, notebook in chapters.items() if number
        }
        return titles.get(name) or self.column("labels", self.language).get(key, name)

    def list_page_words(self) -> dict[str, str]:
        """What pages say around their content: the labels `page.…` by the rest of their keys."""
        labels = self.column("labels", self.language)
        return {key.removeprefix("page."): label for key, label in labels.items() if key.startswith("page.")}

    def describe_preview(self) -> dict[str, str]:
        """Where the plan's pages are published, and what the picture in the preview of a link shows; nothing for nowhere."""
        plan = self.tables.plan
        if not plan.address:
            return {}
        title = getattr(plan, f"title_{self.language}")
        return {"address": f"{plan.address.rstrip('/')}/", "preview": self.say("preview.alt", plan=title)}

    def describe_region(self, region: str) -> dict[str, str]:
        """Name of a region, and the code of the place that it lies in."""
        return {"name": self.name_of("regions", region), "parent": self.column("regions", "parent")[region]}

    def column(self, table: str, name: str) -> dict:
        """A column of a table by the table's key, made once: words ask for single cells by the hundred thousand."""
        if (table, name) not in self._columns:
            frame = getattr(self.tables, table)
            self._columns[table, name] = dict(zip(frame.index.tolist(), frame[name].tolist(), strict=True))
        return self._columns[table, name]

    def name_indicators(self, indicators: pd.Series) -> list[str]:
        return [self.name_of("indicators", key) for key in indicators]

    def join_names(self, items: list[str]) -> str:
        """A list in prose."""
        items = [*items[:1], *map(self.write_in_sentence, items[1:])]
        if self.language == "zh":
            holding = len(items) > 1 and any("、" in item for item in items)  # which a list of its own would run into
            return f"{'，'.join(items[:-1])}和{items[-1]}" if holding else "、".join(items)
        return ", ".join(items[:-1]) + (" and " if len(items) > 1 else "") + items[-1] if items else ""

    def join_phrases(self, items: list[str]) -> str:
        """A list of phrases that may hold commas themselves."""
        return ("；" if self.language == "zh" else "; ").join([*items[:1], *map(self.write_in_sentence, items[1:])])

    def format_value(self, row: pd.Series, base: float | None = None) -> Value:
        """Number of a figure without its unit: as printed in Chinese, in base units in English."""
        base = row["base"] if base is None else base
        multiplier, decimals = row["multiplier"], row["decimals"]
        if self.language == "zh":
            return Value(format.number(base / multiplier, decimals, "zh"), base)
        return Value(format.compact(base, decimals, multiplier, row.get("step", 0)), base)

    def write_in(self, row: dict | pd.Series, multiple: int) -> dict | pd.Series:
        """A row that is written in a multiple of its base unit (10**12: 万亿, trillion), with as many digits; 0: as it is."""
        if not multiple:
            return row
        changed = row.copy()
        if self.language != "zh":
            changed["step"] = multiple
            return changed
        changed["decimals"] = max(0, row["decimals"] + round(math.log10(multiple / row["multiplier"])))
        changed["multiplier"] = multiple
        return changed

    def name_unit(self, row: pd.Series) -> str:
        """Unit that stands beside `value`."""
        if self.language == "zh":
            return token.multiplier_word(row["multiplier"]) + self._name_counter(row)
        return self.column("units", "name_en")[row["base_unit"]]

    def _name_counter(self, row: pd.Series) -> str:
        """Chinese unit of a row; nothing for a count in an arithmetic that writes none (see `OneUnit`)."""
        return row.get("counter", row["base_unit"])

    def find_dimension(self, row: pd.Series) -> str:
        """What a figure's unit measures: count, money, rank, …"""
        return self.column("units", "dimension")[row["base_unit"]]

    def format_amount(self, row: pd.Series) -> Value:
        """Number with its unit: `16718.8亿元`, `1.67188 trillion yuan`, `98%`; a count in English goes without."""
        number, unit, dimension = self.format_value(row), self.name_unit(row), self.find_dimension(row)
        if row["base_unit"] == "%":
            text = f"{number}%"
        elif dimension == "rank":
            text = self.say("rank", rank=format.ordinal(number, self.language))
        elif dimension == "index" or (self.language == "en" and dimension == "count"):
            text = number
        else:
            unit = unit.removesuffix("s") if number == "1" and dimension in NAMED_IN_PLURAL else unit
            text = f"{number}{unit}" if self.language == "zh" else f"{number} {unit}"
        return Value(text, number.order)

    def format_quantity(self, row: pd.Series, signed: bool = False) -> Value:
        """Amount with its qualifier, as in prose: `超12万家`, `over 120,000`; signed: with a plus where it grows."""
        amount, sign = self.format_amount(row), "+" if signed and row["base"] > 0 else ""
        if is_printed_fraction(row):
            return Value(f"{sign}{row['printed']}", amount.order)
        if row["form"] == "derived" or row["qualifier"] == "exact":
            return Value(f"{sign}{amount}", amount.order)
        return Value(self._qualifying(row, amount, sign), amount.order)

    def name_qualifier(self, row: pd.Series) -> str:
        """The word that qualifies a figure: as printed in Chinese; nothing where it is exact."""
        if row["qualifier"] == "exact":
            return ""
        word = token.qualifier_word(row["printed"]) if self.language == "zh" else ""
        first = row["qualifier"] == "under" and self.find_dimension(row) == "rank"
        return word or self.say("qualifier.rank.under" if first else f"qualifier.{row['qualifier']}")

    def _qualifying(self, row: pd.Series, amount: str, sign: str) -> str:
        if self.find_dimension(row) == "rank":
            key = "said.rank.under" if row["qualifier"] == "under" else f"said.{row['qualifier']}"
            return self.say(key, n=self.format_value(row), amount=amount)
        printed, word = row["printed"], token.qualifier_word(row["printed"])
        if self.language == "zh" and token.qualifier_word(printed.replace(word, "", 1)):
            # `约9000余万条`, which would lose one of its words
            return f"{sign}{printed.removesuffix(row['base_unit'])}{self._name_counter(row)}"
        if self.language == "zh" and word:
            number, scale = sign + self.format_value(row), token.multiplier_word(row["multiplier"])
            before = bool(scale) and f"{word}{scale}" in printed  # 10多亿 are 11 to 19, 10亿多 little more than 10
            number, unit = (number, scale) if before else (number + scale, "")
            return format.qualified(number, unit + self._name_counter(row), word)
        return self.say(self.name_limit(row), amount=f"{sign}{amount}")

    def name_limit(self, row: dict | pd.Series) -> str:
        """Label of a qualifier; a limit that the number itself may reach, or need not come near, is told as such."""
        meant = token.QUALIFIERS.get(token.qualifier_word(row["printed"]), token.Qualifier(""))
        plain = meant.name != row["qualifier"] or not meant.open or (row["base"] < 0 and not meant.literal)
        if plain or (meant.name == "over" and not (meant.literal and meant.inclusive)):
            return f"said.{row['qualifier']}"
        return f"said.{row['qualifier']}.{'inclusive' if meant.inclusive else 'open'}"

    def format_labels(self, rows: list[pd.Series], unit: bool = True, brief: bool = True) -> list[str]:
        """Amounts that are compared, all in the unit of the last row and no finer than they can be compared.

        A derived value has the last digit of the last row, but two digits at least. A number with a qualifier is told
        whole, even where the unit stands elsewhere. brief: in English, four digits at most and `bn` for billion
        """
        last = rows[-1]
        like = abs(last["base"]) or max(abs(row["base"]) for row in rows)
        coarse = token.zeros(last["multiplier"]) - last["decimals"]
        labels = []
        for row in rows:
            place, shown = token.zeros(row["multiplier"]) - row["decimals"], row.copy()
            if row["form"] == "derived" and row["base"]:
                place = max(place, min(coarse, math.floor(math.log10(abs(row["base"]))) - 1))
                shown["base"] = round(row["base"] / 10.0**place) * 10.0**place
            shown["multiplier"] = last["multiplier"]
            shown["decimals"] = max(0, token.zeros(last["multiplier"]) - place)
            if brief and self.language == "en" and row["base"] and like < format.COMPACT_FROM:
                fine = max(0, 3 - math.floor(math.log10(abs(row["base"]))))
                shown["decimals"] = min(shown["decimals"], token.zeros(last["multiplier"]) + fine)
            qualified = row["form"] != "derived" and row["qualifier"] != "exact"
            text = str(self.format_quantity(shown) if unit or qualified else self.format_value(shown))
            if brief and self.language == "en" and like >= format.COMPACT_FROM:
                text = text.replace(str(self.format_value(shown)), format.briefly(shown["base"], place, like), 1)
            labels.append(text)
        return labels

    def format_label(self, row: pd.Series, unit: bool = True) -> str:
        """Amount for a label in a picture (see `format_labels`)."""
        return self.format_labels([row], unit)[0]

    def format_number(self, value: float, decimals: int = 2) -> Value:
        """A number with fixed decimals."""
        return Value(format.number(value, decimals, self.language), value)

    def format_percent(self, value: float, decimals: int = 1) -> Value:
        """A percentage with its sign."""
        return Value(format.percent(value, decimals, self.language), value)

    def format_range(self, row: pd.Series) -> str:
        """The range a number stands for, or nothing where it is exact."""
        fine = row.copy()
        fine["decimals"] = find_end_decimals(row)
        return self.format_ends(*round_ends(row), lambda end: self.format_value(fine, end))

    def format_percents(self, lower: float, upper: float, decimals: int, write: Callable[[float, int], str]) -> str:
        """A range of percentages in words, its ends rounded outward; write: a percentage with decimals."""
        ends = round_outward(lower, upper, 10.0**-decimals)
        return self.format_ends(*ends, lambda end: write(end, decimals))

    def format_ends(self, lower: float, upper: float, write: Callable[[float], str]) -> str:
        """A range in words; one end may be open; nothing where both ends read the same."""
        low, high = (write(end) if np.isfinite(end) else "" for end in (lower, upper))
        if low == high:
            return ""
        if not high:
            return self.say("range.from", low=low)
        if not low:
            return self.say("range.to", high=high)
        return self.format_span(low, high)

    def format_growth(self, value: float, decimals: int) -> Value:
        """A growth in % with its sign: `+25.0%`."""
        growth = self.format_percent(value, decimals)
        return Value(f"+{growth}", growth.order) if value > 0 else growth

    def format_span(self, low: str, high: str) -> str:
        """From one number to another."""
        if self.language == "zh":
            return f"{low}～{high}"
        negative = any(end.startswith(format.MINUS["en"]) for end in (low, high))  # a dash and a minus look the same
        return f"{low} to {high}" if negative else f"{low}–{high}"

    def format_period(self, row: pd.Series) -> Value:
        """Period of a figure in words; undated figures say so, a stock stands at the end of its year."""
        stock = self.column("indicators", "kind")[row["indicator"]] == "stock"
        stock = stock and row.get("measure", "level") in ("level", "target")
        return Value(period.label(row["period"], self.language, stock) or self.say("undated"), row["period"])

    @cached_property
    def has_one_report(self) -> bool:
        """Do all figures come from the plan's report, numbered by paragraphs, and from no other document?"""
        return len(self.tables.sources) == 1 and bool(self.main_document)

    def format_date(self, date: str) -> str:
        """A day, a month or a year in words; date: `2018-02-08`, `2018-02` or `2018`."""
        year, *rest = map(int, date.split("-"))
        if self.language == "zh":
            return "".join(f"{number}{unit}" for number, unit in zip((year, *rest), "年月日", strict=False))
        months = [calendar.month_name[number] for number in rest[:1]]
        return " ".join(map(str, [*rest[1:], *months, year]))

    def name_with_place(self, row: pd.Series, *more: str) -> str:
        """Name of a figure's indicator, its place where it is only a part of the region, and what else qualifies it."""
        name = self.name_of("indicators", row["indicator"])
        place = self.name_of("regions", row["region"])
        remarks = [place] if row["region"] != self.region and place not in name else []
        name = WHOLE.sub("", name) if remarks else name
        remarks += more
        if not remarks:
            return name
        return self.say("remarked", name=name, remark=("，" if self.language == "zh" else ", ").join(remarks))

    def name_equals(self, rows: pd.DataFrame, row: pd.Series) -> str:
        """Names of all figures that are as high as one of them."""
        return self.join_names(
            [self.name_with_place(other) for _, other in rows[rows["base"] == row["base"]].iterrows()]
        )

    def name_figure(self, row: pd.Series) -> str:
        """Name of a figure: its indicator, and what is measured of it where that is not the quantity itself."""
        name = self.name_with_place(row)
        if row.get("measure") in ("growth_rate", "change", "target", "completion"):
            name = self.say(f"measure.{row['measure']}", name=name)
        return name
