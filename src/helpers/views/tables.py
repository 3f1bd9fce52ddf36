"""Tables of figures and of public figures, which several notebooks show."""

from collections.abc import Callable, Collection

import pandas as pd

from helpers.display import html as display
from helpers.display.html import Markup
from helpers.display.table import Column, Table, records_of
from helpers.language.digits import is_printed_fraction
from helpers.package.errata import READ
from helpers.views.citing import cite_public
from helpers.views.context import Context

NAMED = {"derived": "derived.name", "corrected": "erratum.reading"}  # forms that a name tells, and how
ROW_KINDS = {"derived": "derived", "public": "public", "corrected": "read"}  # of rows, by the form of their figure
BENEATH = ("growth_rate", "change", "completion")  # measures whose rows are set in


class FigureTables:
    """Tables of figures, each with its place in a document or the formula that it was derived by."""

    def __init__(self, context: Context):
        self.context, self.words, self.say = context, context.words, context.say

    def columns(self, *fields: str) -> list[Column]:
        """Columns of a table of figures, by the names of `_COLUMNS`."""
        return [getattr(self, f"_column_{field}")() for field in fields]

    def _column_name(self) -> Column:
        return self.context.column("name", write=self._name, label="figure")

    def _column_qualifier(self) -> Column:
        return self.context.column("qualifier", "qualifier", self._strike("qualifier", lambda row: row["qualifier"]))

    def _column_value(self) -> Column:
        return self.context.column("value", "number", self._strike("value", self._value))

    def _column_unit(self) -> Column:
        return self.context.column("unit", "unit", self._strike("unit", self._unit))

    def _column_period(self) -> Column:
        return self.context.column("period", write=self._strike("period", self._period))

    def _column_range(self) -> Column:
        headings = {end: self.say(f"column.{end}") for end in ("lower", "upper")}
        return Column(headings, self.say("column.range"), self.words.format_range, "range")

    def _column_source(self) -> Column:
        return self.context.column("source", write=lambda row: row["locator"])

    def _column_place(self) -> Column:
        return self.context.column("place", "word", label="region")

    def _column_confidence(self) -> Column:
        return self.context.column("confidence", "word")

    def _value(self, row: dict) -> str:
        """A number without its unit; a printed fraction has none."""
        return row["printed"] if is_printed_fraction(row) else self.words.format_value(row)

    def _unit(self, row: dict) -> str:
        return "" if is_printed_fraction(row) else row["unit"]

    def _period(self, row: dict) -> str:
        return self.words.format_period(row | {"period": row["when"]})

    def _strike(self, field: str, write: Callable[[dict], str]) -> Callable[[dict], str]:
        """Writes a cell, struck where our reading in the row beneath is another one."""

        def write_struck(row: dict) -> str:
            text = write(row)
            return Markup("<s>{}</s>").format(text) if field in row["struck"] else text

        return write_struck

    def _name(self, row: dict) -> str:
        name = self._strike("name", lambda row: self.context.link_indicator(row["name"], row["indicator"]))(row)
        if row["form"] == "derived":
            name = Markup('<span class="ring"></span>{}').format(name)
        elif row["form"] == "corrected":
            name = Markup('<span class="erratum">{}</span> {}').format(self.say("erratum"), name)
        return self.context.marked(name, *row["marked"])

    def add_readings(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Figures of a view, and beneath each that we read otherwise the same as we read it, under a key of its own."""
        own = frame.index[(frame["form"] == "printed").to_numpy(dtype=bool)]
        readings = self.context.corrected_figures[self.context.corrected_figures.index.isin(own)]
        if readings.empty:
            return frame
        places = {key: (n, 0) for n, key in enumerate(frame.index)}
        places |= {f"{key}{READ}": (places[key][0], 1) for key in readings.index}
        both = pd.concat([frame, readings.set_axis([f"{key}{READ}" for key in readings.index])])
        return both.iloc[sorted(range(len(both)), key=lambda n: places[both.index[n]])]

    def _find_struck(self, row: dict) -> tuple[str, ...]:
        """Which cells of a figure as reported our reading writes otherwise."""
        if row["form"] != "printed" or row["figure"] not in self.context.corrected_figures.index:
            return ()
        words, reading = self.words, self.context.corrected_figures.loc[row["figure"]]
        writers = {
            "name": words.name_figure, "qualifier": words.name_qualifier, "value": words.format_value,
            "unit": words.name_unit, "period": words.format_period,
        }  # fmt: skip
        return tuple(field for field, write in writers.items() if write(row) != write(reading))

    def rows(
        self, frame: pd.DataFrame, link: bool = True, titled: bool = True, named: Collection[str] = NAMED
    ) -> pd.DataFrame:
        """Figures of a view with the fields that the columns show and need.

        link: does a figure's place lead to its entry on the page? titled: see `Formatter.format_locator`; named: forms that
        names tell
        """
        context, words = self.context, self.words
        records = [row | {"figure": key} for key, row in zip(frame.index, records_of(frame), strict=True)]
        rows = context.shown(frame, records).assign(when=frame["period"], qualifier_code=frame["qualifier"])
        rows["period"] = [str(words.format_period(row)) for row in records]
        rows["name"] = [self.title(row, named) for row in records]
        rows["qualifier"] = [words.name_qualifier(row) if row["form"] != "derived" else "" for row in records]
        rows["marked"] = [self._list_marked(row) for row in records]
        locators = [self._locator(row, link, titled) for row in records]
        rows["locator"], rows["source"] = locators, [display.plain(locator) for locator in locators]
        rows["row_kind"] = [self._kind(row) for row in records]
        rows["struck"] = [self._find_struck(row) for row in records]
        return rows.rename_axis("figure").reset_index()

    def _list_marked(self, row: dict) -> list[str]:
        """Figures whose findings mark a row: its own, or those that a derived value rests on, however they are labelled."""
        if row["form"] != "derived":
            return [row["figure"]]
        marks = self.context.marks
        return [key for key in row["used"] if key in marks and marks[key][0] != "label"]

    def title(self, row: dict, forms: Collection[str] = NAMED) -> str:
        """Name of a figure, which tells its form if that is one of these."""
        title, form = self.words.name_figure(row), row["form"]
        if form == "public" and row["scope"]:
            return self.say(f"name.scope.{row['scope']}", name=title)
        return self.say(NAMED[form], name=title) if form in forms else title

    def _kind(self, row: dict) -> str:
        return ROW_KINDS.get(row["form"]) or ("sub" if row["measure"] in BENEATH else "")

    def _locator(self, row: dict, link: bool, titled: bool) -> str:
        if row["form"] == "derived":
            return Markup('<span class="locator">{}</span>').format(row["formula"])
        if row["form"] == "public":
            return cite_public(self.words, row, link)
        where = self.words.format_locator(row, titled)
        return self.context.locator(row, where) if link else where

    def of_picture(self, frame: pd.DataFrame, title: str) -> Table:
        """The data of a picture of figures."""
        columns = self.columns("name", "value", "unit", "period", "range", "source")
        columns[0] = self.context.column("name", label="figure")  # marks stand in the table of figures
        rows = self.rows(frame, link=False, named=("corrected",))
        return self.context.table(title, columns, rows.assign(row_kind=""), key="figure")

    def public(self, frame: pd.DataFrame, caption: str, name: str) -> Table:
        """Public figures with publisher, title, address and confidence of their source."""
        rows = self.rows(frame)
        records = zip(rows["confidence"], rows["place"], strict=True)
        rows["confidence"], rows["place"] = zip(*[(self.say(f"confidence.{c}"), p) for c, p in records], strict=True)
        columns = self.columns("name", "place", "value", "unit", "period", "source", "confidence")
        columns[2:3] = [self._qualified()]
        columns[5] = self.context.column("source", write=lambda row: row["locator"], label="public_source")
        rows["row_kind"] = "public"
        note = self.say("note.public")
        return self.context.table(caption, columns, rows, name, "figure", "x-", note=note, folded=True)

    def _qualified(self) -> Column:
        """Number of a figure with its qualifier, for a column beside its unit."""

        def write(row: dict) -> str:
            original = row | {"qualifier": row["qualifier_code"]}
            if row["qualifier_code"] == "exact":
                return self.words.format_value(row)
            if self.words.find_dimension(row) == "rank":  # whose unit stands beside it
                return self.words.format_quantity(original).removesuffix(row["unit"])
            return self.say(self.words.name_limit(original), amount=self.words.format_value(row))

        fields = {"qualifier": self.say("column.qualifier"), "value": self.say("column.value")}
        return Column(fields, self.say("column.value"), write, "number")
