"""Tables of headline indicators against their targets, which several notebooks show."""

import numpy as np
import pandas as pd
from markupsafe import escape

from helpers.display import html as display
from helpers.display.html import Markup
from helpers.display.table import Column, Table, records_of
from helpers.language.digits import round_value
from helpers.package.errata import READ
from helpers.views.context import Context

OF_CHANGE = ("growth", "cumulative", "reduction", "increase")  # kinds whose target is no value of the quantity itself
LONG = 40  # characters of a locator, from which it may break into lines


class TargetTables:
    """Tables of headline indicators against their targets."""

    def __init__(self, context: Context):
        self.context, self.words, self.say = context, context.words, context.say

    def scoreboard(self, score: pd.DataFrame, caption: str, name: str = "scoreboard") -> Table:
        """Target, actual, completion printed and computed, status, locator; the reading with errata stands beneath.

        score: rows of `View.targets`, by indicator; what errata read otherwise is struck.
        """
        context, rows = self.context, []
        for row in records_of(score.reset_index()):
            corrected = context.is_read_otherwise(row)
            rows.append(self._row(row, "printed"))
            if corrected:
                again = context.scores(row["year"], "corrected").loc[row["indicator"]].to_dict()
                rows.append(self._row(again | {"indicator": row["indicator"]}, "corrected"))
        frame = pd.DataFrame(rows)
        names = {"name": self.say("column.indicator"), "reading": self.say("column.reading_of")}
        statuses = {name: self.say(f"column.{name}") for name in ("status", "reason")}
        columns = [
            Column(names, self._scale(), self._name, "measure"),
            Column(self._with_unit("target", frame), self.say("column.target"), self.target, "number"),
            Column(self._with_unit("actual", frame), self.say("column.actual"), self._actual, "number"),
            context.column("completion_printed", "number", self._printed, decimals=0, unit="%"),
            context.column("completion", "number", self._completion, decimals=1, unit="%"),
            Column(statuses, self.say("column.status"), self._status),
            context.column("source", write=lambda row: row["locator"], label="locator"),
        ]  # fmt: skip
        if frame["completion_printed"].isna().all():
            columns = [column for column in columns if "completion_printed" not in column.fields]
        if score["nature"].any():
            columns.insert(1, context.column("nature", "word"))
        cut = score["completion"].max() > display.BAR_END
        bars = self.say("note.bars.cut" if cut else "note.bars") if frame["completion"].notna().any() else ""
        note = context.join_sentences([self.judged(score), bars])
        return self.context.table(caption, columns, frame, name, "row", "i-", "category", note, "score")

    def _scale(self) -> Markup:
        return Markup('{}<span class="scale" data-target="{}"></span>').format(
            self.say("column.indicator"), self.say("target_line")
        )

    def _with_unit(self, field: str, frame: pd.DataFrame) -> dict[str, str]:
        """Fields of a number whose unit stands with it, and of the other end of a range, where there is one."""
        heading, fields = self.say(f"column.{field}"), {}
        more = (
            {f"{field}_end": "target_end", f"{field}_other": "target_other"}
            if field == "target"
            else {"reached": "reached"}
        )
        fields = {name: self.say(f"column.{label}") for name, label in more.items() if frame[name].notna().any()}
        return {field: heading, f"{field}_unit": f"{heading} · {self.say('column.unit')}"} | fields

    def _row(self, row: dict, reading: str) -> dict:
        """A row of the scoreboard: what it shows, and the figures that this rests on."""
        context = self.context
        name = context.named("indicators", row["indicator"])
        if row["year"] != context.year:
            name = self.say("remarked", name=name, remark=row["year"])
        target = context.number(row["target_figure"], reading) if row["target_figure"] else None
        used = context.number(row["actual_figure"], reading) if row["actual_figure"] else None
        digits = {
            "reached": 1 if target is None else int(target["decimals"]) + 1,
            "completion": 1,
            "completion_printed": 0,
        }
        if reading == "corrected":  # a completion is printed once
            row = row | {"completion_printed": np.nan}
        rounded = {field: round(row[field], n) for field, n in digits.items() if not np.isnan(row[field])}
        actual = round_value(used, context.language) if used is not None else np.nan
        known = used if used is not None else target
        locator = "" if known is None else self._locator(known)
        reason = row["reason"] if row["reason"] != "no_actual" else ""
        nature = row["nature"] if reading == "printed" else ""
        empty = used is None and np.isnan(row["completion_printed"])
        kind = "read" if reading == "corrected" else "empty" if empty else row["form"]
        return row | rounded | {
            "row": row["indicator"] if reading == "printed" else f"{row['indicator']}{READ}",  # its anchor
            "name": name, "reading": self.say("as_printed" if reading == "printed" else "with_errata"),
            "reading_code": reading, "actual": actual, "row_kind": kind,
            "status": self.say(f"status.{row['status']}"), "status_code": row["status"],
            "reason": self.say(f"reason.{reason}") if reason else "",
            "nature": self.say(f"nature.{nature}") if nature else "",
            "locator": locator, "source": display.plain(locator),
        }  # fmt: skip

    def _name(self, row: dict) -> Markup:
        """A name above the bar of its completion; a rank has none."""
        name = self.context.link_indicator(row["name"], row["indicator"])
        if row["reading_code"] == "corrected":
            text = escape(self.say("erratum.reading", name="{name}")).format(name=name)  # the name is a link
            name = Markup('<span class="erratum">{}</span> {}').format(self.say("erratum"), text)
        if self.context.view.indicators.at[row["indicator"], "target_kind"] == "rank":
            reason = self.say("rank_no_bar")
            return Markup('<span class="name">{}</span><span class="reason">{}</span>').format(name, reason)
        ends = (row["completion"], row["completion_lower"], row["completion_upper"])
        bar = display.bar(*ends, row["status_code"], row["form"])
        return Markup('<span class="name">{}</span>{}').format(name, bar)

    def _struck(self, text: str, row: dict, *figures: str) -> str:
        """A text, struck where errata read one of its figures otherwise and it is the printed one."""
        struck = row["reading_code"] == "printed" and not self.context.read_otherwise.isdisjoint(figures)
        return Markup("<s>{}</s>").format(text) if struck else text

    def target(self, row: dict) -> str:
        """Target, both ends of a range, and the one that it replaced, or that replaces it later."""
        fields = ("target_figure", "target_end_figure", "target_other_figure")
        target, end, other = (self._number(row, field) for field in fields)
        if target is None:
            compared = self._name_compared(row)
            return self.context.link_names(self.say("target.relative", name=compared)) if compared else "—"
        text = self._write_target(target)
        if end is not None:
            text = self.words.format_span(self.words.format_value(target), self.words.format_amount(end))
        if other is not None:
            since = int(row["target_since"])
            key = "target.former" if since <= row["year"] else "target.later"
            remark = self.say(key, year=since, target=self._write_target(other))
            text = self.say("remarked", name=text, remark=remark)
        kind = self.context.view.indicators.at[row["indicator"], "target_kind"]
        text = self.say(f"target.{kind}", target=text) if kind in OF_CHANGE else text
        figures = (row[field] for field in fields)
        return self._struck(text, row, *figures)

    def _write_target(self, target: pd.Series) -> str:
        """A target with the sign or the word that it is printed with, if it has any."""
        if target["qualifier"] == "exact":
            return self.words.format_amount(target)
        return self.words.format_quantity(target)

    def _name_compared(self, row: dict) -> str:
        """Name of the indicator whose growth a target without a number is measured by."""
        relations = self.context.view.relations
        right = relations.loc[(relations["kind"] == "relative") & (relations["left"] == row["indicator"]), "right"]
        return self.context.named("indicators", right.iloc[0]) if len(right) else ""

    def _actual(self, row: dict) -> str:
        """Actual, and what it attained where the target is in other terms (growth, fall, lead)."""
        text = self._struck(self.actual(row), row, row["actual_figure"])
        others = row["actual_others"].split()
        return self.context.marked(text, row["actual_figure"], *others) if others else text

    def actual(self, row: dict) -> str:
        """Actual value of a row in words."""
        used, target = (self._number(row, field) for field in ("actual_figure", "target_figure"))
        if used is None:
            return "—"
        others = [self.context.number(key, row["reading_code"]) for key in row["actual_others"].split()]
        text = self.words.join_phrases([str(self.words.format_quantity(number)) for number in (used, *others)])
        text = text if others else self.words.format_quantity(used)
        if np.isnan(row["reached"]):
            return text
        decimals = 1 if target is None else int(target["decimals"]) + 1
        if self.context.view.indicators.at[row["indicator"], "target_kind"] == "relative":
            lead = self.words.format_number(round(row["reached"], decimals))
            return self.say("remarked", name=text, remark=self.say("target.lead", points=lead))
        if target["base_unit"] == "%":
            return self.say("remarked", name=text, remark=self.words.format_percent(row["reached"], decimals))
        lead = target.copy()
        lead["base"], lead["decimals"] = row["reached"], decimals
        return self.say("remarked", name=text, remark=self.words.format_amount(lead))

    def _number(self, row: dict, field: str) -> pd.Series | None:
        """The figure that a field of a row names, in the reading of the row."""
        return self.context.number(row[field], row["reading_code"]) if row[field] else None

    def _printed(self, row: dict) -> str:
        if row["reading_code"] == "corrected":
            return ""
        text = "—" if np.isnan(row["completion_printed"]) else self.words.format_percent(row["completion_printed"], 0)
        return self._struck(text, row, row["completion_figure"])

    def _completion(self, row: dict) -> str:
        return "—" if np.isnan(row["completion"]) else self.words.format_percent(row["completion"])

    def _status(self, row: dict) -> Markup:
        status = self.context.status(row["status_code"])
        if not row["reason"]:
            return status
        return Markup('{} <span class="reason">{}</span>').format(status, row["reason"])

    def _locator(self, figure: pd.Series) -> Markup:
        """Locator of a figure, linked to its row on the page of its chapter and this year, where it has one."""
        context = self.context
        if figure["form"] == "derived":
            return Markup('<span class="{}">{}</span>').format(_class_of(figure["formula"]), figure["formula"])
        notebook = context.view.chapters["notebook"].get(figure["chapter"], "")
        place, where = self.words.describe_place(figure), self.words.format_locator(figure)
        if figure["chapter"] == 0 or not (pd.isna(figure["year"]) or figure["year"] == context.year):
            return Markup('<span class="{}" title="{}">{}</span>').format(_class_of(where), place, where)
        page = "" if notebook == context.name else f"{notebook}.ipynb"
        link = Markup('<a class="{}" href="{}#f-{}" title="{}">{}</a>')
        return link.format(_class_of(where), page, figure.name, place, where)

    def judged(self, score: pd.DataFrame) -> str:
        """By which target a year after the last one is judged."""
        due, year = score["due"].dropna(), self.context.year
        if len(due) and (due < year).all() and (score["status"] != "no_data").any():
            return self.say("judged", year=year, due=int(due.max()))
        if len(due) and (due > year).all():
            return self.say("judged.before", year=year, due=int(due.min()))
        return ""

    def by_year(self, scores: dict[int, pd.DataFrame], caption: str, name: str) -> Table:
        """Targets, and status and actual value in each year.

        scores: rows of `View.targets` by indicator, the same ones in every year
        """
        first, *_ = scores.values()
        keys = ["target_figure", "target_end_figure", "target_other_figure", "target_since", "year"]
        rows = first.reset_index()[["indicator", "name", "target", "target_unit", *keys]]
        fields = {
            "target": self.say("column.target"),
            "target_unit": f"{self.say('column.target')} · {self.say('column.unit')}",
        }
        printed = rows.assign(reading_code="printed")
        columns = [
            self.context.column("name", label="indicator"),
            Column(fields, self.say("column.target"), self.target, "number"),
        ]
        for year, score in scores.items():
            printed = self.add_standing(printed, str(year), score)
            columns.append(self.standing(str(year), year, score))
        return self.context.table(caption, columns, printed, name, "indicator", "t-", folded=True)

    def add_standing(self, rows: pd.DataFrame, field: str, score: pd.DataFrame) -> pd.DataFrame:
        """Rows with status, value and unit of their indicators in a year, as `standing` shows them."""
        own = score.reindex(rows["indicator"])
        values = [
            round_value(self.context.number(key), self.context.language) if isinstance(key, str) and key else np.nan
            for key in own["actual_figure"]
        ]
        return rows.assign(**{
            f"{field}_code": [*own["status"]], field: [*own["status_name"]], f"{field}_value": values,
            f"{field}_unit": [*own["actual_unit"]],
        })  # fmt: skip

    def write_readings(self, status: str, corrected: str | None, value: str = "", corrected_value: str = "") -> Markup:
        """A status as reported and, where errata make it or its value another one, as corrected beneath.

        value, corrected_value: stand behind each of them
        """
        behind = Markup(' <span class="reason">{}</span>')
        shown = self.context.status(status) + (behind.format(value) if value else "")
        if corrected is None or (corrected, corrected_value) == (status, value):
            return shown
        reading = self.say("standing.corrected", status=self.say(f"status.{corrected}"))
        marked = Markup("{} {}").format(display.sign(corrected), reading)
        marked += behind.format(corrected_value) if corrected_value else ""
        marked = display.mark_reading(marked, "corrected")
        return display.mark_reading(shown, "printed") + Markup("<br>") + marked

    def standing(self, field: str, year: int, score: pd.DataFrame) -> Column:
        """A column of statuses in a year, with the values behind them; a status that errata change has both readings."""
        corrected = self.context.scores(year, "corrected")

        def write(row: dict) -> Markup:
            key, values = row["indicator"], []
            for name, frame in (("printed", score), ("corrected", corrected)):
                held = frame.loc[key].to_dict() if key in frame.index else {"actual_figure": ""}
                held |= {"indicator": key, "reading_code": name}
                values.append(self.actual(held) if held["actual_figure"] else "")
            return self.write_readings(row[f"{field}_code"], corrected["status"].get(key), *values)

        fields = {field: str(year), f"{field}_value": f"{year} · {self.say('column.actual')}"}
        fields |= {f"{field}_unit": f"{year} · {self.say('column.unit')}"}
        return Column(fields, str(year), write)


def _class_of(locator: str) -> str:
    """Class of a locator or formula: a long one, as with the title of a document, may break into lines."""
    return "locator long" if len(locator) > LONG else "locator"
