"""Tables of errata: what is read otherwise, why, and which statuses that changes."""

import pandas as pd

from helpers.display.html import Html, Markup
from helpers.display.table import Column, Table, records_of
from helpers.language.formatter import upper_first
from helpers.package.schema import QUANTITY_MEASURES
from helpers.views.context import Context


def name_reported(context: Context, figure: pd.Series) -> str:
    """Name of a figure of the documents; of an actual value in a table of headline indicators it says that it is one."""
    plain = figure["in_table"] and figure["measure"] in QUANTITY_MEASURES
    return f"{context.words.name_figure(figure)}{context.say('measure.actual') if plain else ''}"


class ErrataTables:
    """Tables of the errata of a view."""

    def __init__(self, context: Context):
        self.context, self.words, self.say, self.view = context, context.words, context.say, context.view

    def readings(self) -> Table | Html:
        """Readings that differ from what is printed, each with its reason and its evidence."""
        applied = self.view.errata[self.view.errata["status"] != "rejected"]
        if applied.empty:
            return self.context.none("none.errata")
        context, words, say = self.context, self.words, self.say
        reason, stop = ("reason", "；") if self.context.language == "zh" else ("reason_en", ". ")
        rows = []
        for (table, key), errata in applied.groupby(["table", "key"], sort=False):
            evidence = dict.fromkeys(name for names in errata["evidence"] for name in names.split())
            rows.append(
                {
                    "key": key,
                    "place": self._place(table, key),
                    "printed": self._content(table, key, errata, "printed"),
                    "reading": self._content(table, key, errata, "reading"),
                    "reason": stop.join(dict.fromkeys(errata[reason])),
                    "evidence": self._list_evidence([*evidence], table, key),
                    "state": words.join_phrases(
                        [say(f"erratum.{status}") for status in dict.fromkeys(errata["status"])]
                    ),
                }
            )
        tag, link = Markup('<span class="erratum">{}</span> {}'), context.link_names
        columns = [
            context.sentences("place"),
            context.column("printed", write=lambda row: Markup("<s>{}</s>").format(link(row["printed"]))),
            context.column("reading", write=lambda row: tag.format(say("erratum"), link(row["reading"]))),
            context.column("reason"), context.sentences("evidence"), context.column("state", "word"),
        ]  # fmt: skip
        return self.context.table(
            say("caption.errata", n=len(rows)), columns, pd.DataFrame(rows), "errata", "key", "e-"
        )

    def _place(self, table: str, key: str) -> str:
        """Which row of a table: the figure with its place, or the indicator."""
        if table != "figures":
            return self.context.named("indicators", key)
        figure = self.view.figures.loc[key]
        return self.say("place", title=name_reported(self.context, figure), where=self.words.name_place(figure))

    def _content(self, table: str, key: str, errata: pd.DataFrame, which: str) -> str:
        """What is printed, or how it is read: an amount, the name of an indicator, or the cells as they are."""
        if table == "figures" and {*errata["column"]} <= {"value", "unit"}:
            figures = self.view.figures if which == "printed" else self.view.corrected
            return str(self.words.format_quantity(figures.loc[key]))
        names = self.view.indicators.index
        cells = [self.context.named("indicators", cell) if cell in names else cell for cell in errata[which]]
        return self.words.join_phrases(cells)

    def _list_evidence(self, keys: list[str], table: str, about: str) -> str:
        """Figures used as evidence: the place of each or `public figures`, once, what is measured, amount and period.

        about: key of the figure or the indicator that is read otherwise; what is of another quantity is named
        """
        words, places = self.words, {}
        own = words.name_with_place(self.view.figures.loc[about]) if table == "figures" else self._place(table, about)
        for row in map(self.context.number, keys):
            where = self.say("finding.public") if row["form"] == "public" else words.name_place(row)
            plain = row["measure"] in QUANTITY_MEASURES
            what = "" if plain and not row["in_table"] else self.say(f"what.{'actual' if plain else row['measure']}")
            name = words.name_with_place(row)
            what = self.say("what.of", name=name, what=what) if name != own else what
            values = {"when": words.format_period(row), "what": what, "amount": words.format_quantity(row)}
            key = "evidence.more" if where in places else "evidence"
            places.setdefault(where, []).append(self.say(key, where=where, **values))
        return upper_first(words.join_phrases([words.join_names(parts) for parts in places.values()]))

    def statuses(self) -> Table | Html:
        """Status of each indicator that errata touch, as printed and with errata."""
        context, score = self.context, self.context.score
        touched = [row["indicator"] for row in records_of(score.reset_index()) if context.is_read_otherwise(row)]
        if not touched:
            return context.none("none.readings")
        rows = pd.DataFrame({"indicator": touched, "name": self.words.name_indicators(touched)})
        columns = [context.column("name", label="indicator")]
        for reading_name, label in (("printed", "as_printed"), ("corrected", "with_errata")):
            own = context.scores(context.year, reading_name).loc[touched]
            code, done = f"{reading_name}_code", f"completion_{reading_name}"
            rows = rows.assign(
                **{reading_name: [*own["status_name"]], code: [*own["status"]], done: [*own["completion"].round(1)]}
            )
            columns.append(context.column(reading_name, write=self._status(code), label=label))
            heading = self.say("column.completion")
            title = f"{self.say(f'column.{label}')} · {heading}"
            columns.append(Column({done: title}, heading, self._percent(done), "number", 1, "%"))
        return self.context.table(self.say("caption.touched"), columns, rows, "readings", "indicator")

    def _status(self, field: str):
        return lambda row: self.context.status(row[field])

    def _percent(self, field: str):
        return lambda row: "—" if pd.isna(row[field]) else self.words.format_percent(row[field])
