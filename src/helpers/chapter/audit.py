"""The report checked against itself: completions recomputed, counts in the text against the table, errata."""

import numpy as np
import pandas as pd

from helpers import evaluate
from helpers.chapter.notebook import Notebook
from helpers.charts import bars, style
from helpers.display import Html, Markup, Picture, Row, Table
from helpers.interval import Interval

# Indicators that count rows of the table of headline indicators, and the statuses they count.
COUNTED = {
    "headline-indicators-without-data": ("no_data",),
    "headline-indicators-lagging": ("missed", "behind"),
}


class Audit(Notebook):
    """What the report says twice, compared; it looks across the years, at the target year of the plan."""

    PARAMETERS = ("language", "region", "data")

    def __init__(self, *args, **values):
        super().__init__(*args, **values)
        self.year = self.plan.target_year

    def opening(self) -> Html:
        """How many printed completions hold, how many counts, how many errata are proposed."""
        checked = self._checked()
        differ = int(checked["differs"].sum())
        counts = self._counted_rows()
        wrong = sum(not same for *_, same in counts)
        lead = [
            self.say("lead.audit.completions", n=len(checked), hold=len(checked) - differ, differ=differ),
            self.say("lead.audit.counts", n=len(counts), hold=len(counts) - wrong),
            self.say("lead.audit.errata", n=len(self._errata())),
        ]
        key = "headline.audit" if differ else "headline.audit.none" if len(checked) else "none.recomputed"
        headline = self.say(key, n=differ)
        rows = [(self.say("as_printed"), self.score), (self.say("with_errata"), self.score_read)]
        return self._opening(headline, self.run_on(lead), rows if len(self.score) else [])

    def _checked(self) -> pd.DataFrame:
        """Printed completions beside the computed ones; `differs` where their ranges do not meet."""
        frame = self.score[self.score["printed"].notna() & self.score["completion"].notna()].copy()
        said = self.tables.figures.loc[frame["printed_figure"]]
        frame["differs"] = [
            not Interval(low, value, high).meets(evaluate.as_interval(row))
            for low, value, high, (_, row) in zip(
                frame["completion_lower"], frame["completion"], frame["completion_upper"], said.iterrows(),
                strict=True,
            )
        ]  # fmt: skip
        return frame

    def recomputed(self) -> Picture | Html:
        """Printed completions against the quotient of the printed actual and target."""
        frame = self._checked()
        if frame.empty:
            return self.none("none.recomputed")
        data = pd.DataFrame(
            {
                "name": self.names(frame.index),
                "printed": frame["printed"].clip(upper=250),
                "value": frame["completion"].clip(upper=250),
                "lower": frame["completion_lower"].clip(upper=250),
                "upper": frame["completion_upper"].clip(upper=250),
                "differs": frame["differs"],
                "label": [
                    self.say("compared", printed=self.percent(printed, 0), computed=self.percent(computed))
                    for printed, computed in zip(frame["printed"], frame["completion"], strict=True)
                ],
            }
        )
        differ = frame.index[frame["differs"]]
        if len(differ):
            title = self.say("title.recomputed", n=len(differ), names=self.join(self.names(differ)))
        else:
            title = self.say("title.recomputed.none", n=len(frame))
        columns = self.columns("indicator", "completion_printed:number", "completion:number", "range:range", "verdict")
        rows = [
            Row(
                [
                    self.named("indicators", key),
                    self.percent(row["printed"], 0),
                    self.percent(row["completion"]),
                    self.ranged(row["completion_lower"], row["completion_upper"], self.percent),
                    self.say("differs" if row["differs"] else "holds"),
                ]
            )
            for key, row in frame.iterrows()
        ]
        with style.context():
            ax = bars.compared(data, {"target": "100%"})
            table = Table(title, columns, [("", rows)])
            note = self.say("note.recomputed")
            return self.picture("recomputed", ax, title, self.say("kicker.recomputed"), table, note)

    def _counted_rows(self) -> list[tuple[pd.Series, int, int, bool]]:
        """Counts stated in the text, counted in the table as printed and with errata, and whether they agree."""
        rows = []
        for indicator, statuses in COUNTED.items():
            stated = self.figures[self.figures["indicator"] == indicator]
            for _, row in stated.iterrows():
                printed = int(self.score["status"].isin(statuses).sum())
                read = int(self.score_read["status"].isin(statuses).sum())
                rows.append((row, printed, read, row["base"] == printed))
        return rows

    def counted(self) -> Table | Html:
        """Counts that the text states against those of the table."""
        counted = self._counted_rows()
        if not counted:
            return self.none("none.counted")
        columns = self.columns(
            "statement", "stated:number", "as_printed:number", "with_errata:number", "verdict", "locator"
        )
        rows = [
            Row(
                [
                    self.title(row),
                    self.value(row),
                    str(printed),
                    str(read),
                    self.say("holds" if same else "differs"),
                    Markup('<span class="locator">{}</span>').format(self.where(row)),
                ],
                id=f"f-{row.name}",
            )
            for row, printed, read, same in counted
        ]
        return Table(self.say("caption.counted"), columns, [("", rows)], id="counted")

    def _errata(self) -> list[tuple[str, str, pd.DataFrame]]:
        """Rows of errata that are applied, by the row of the table that they change: table, key, errata."""
        applied = self.tables.errata[self.tables.errata["status"] != "rejected"]
        return [(*place, rows) for place, rows in applied.groupby(["table", "key"], sort=False)]

    def errata(self) -> Table | Html:
        """Readings that differ from what is printed, each with its reason and its evidence."""
        changed = self._errata()
        if not changed:
            return self.none("none.errata")
        columns = self.columns("place", "printed", "reading", "reason", "evidence", "state:word")
        reason = "reason" if self.language == "zh" else "reason_en"
        rows = []
        for table, key, errata in changed:
            evidence = dict.fromkeys(name for names in errata["evidence"] for name in names.split())
            reading = Markup('<span class="erratum">{}</span> {}').format(
                self.say("erratum"), self._content(table, key, errata, "reading")
            )
            cells = [
                self._place(table, key),
                Markup("<s>{}</s>").format(self._content(table, key, errata, "printed")),
                reading,
                self.listed(list(dict.fromkeys(errata[reason]))),
                self.listed([self._evidence(name) for name in evidence]),
                self.listed([self.say(f"erratum.{status}") for status in dict.fromkeys(errata["status"])]),
            ]
            rows.append(Row(cells, id=f"e-{key}"))
        return Table(self.say("caption.errata", n=len(rows)), columns, [("", rows)], id="errata")

    def _place(self, table: str, key: str) -> str:
        """Which row of a table: the figure with its locator, or the indicator."""
        if table != "figures":
            return self.named("indicators", key)
        figure = self.tables.figures.loc[key]
        return self.say("place", title=f"{self.title(figure)}{self._actual(figure)}", where=self.where(figure))

    def _actual(self, figure: pd.Series) -> str:
        """Says of a figure of the table that it is the actual value."""
        plain = figure.get("source", "").startswith("T.") and figure["measure"] in evaluate.PLAIN
        return self.say("measure.actual") if plain else ""

    def _content(self, table: str, key: str, errata: pd.DataFrame, which: str) -> str:
        """What is printed, or how it is read: an amount, the name of an indicator, or the cells as they are."""
        if table == "figures" and set(errata["column"]) <= {"value", "unit"}:
            package = self.tables if which == "printed" else self.read_as
            return self.said(package.figures.loc[key])
        names = self.tables.indicators.index
        return self.listed([self.named("indicators", cell) if cell in names else cell for cell in errata[which]])

    def _evidence(self, key: str) -> str:
        """A figure used as evidence: locator or `public`, what is measured, period and amount."""
        public = key not in self.tables.figures.index
        row = (self.tables.external if public else self.tables.figures).loc[key]
        where = self.say("form.public") if public else self.where(row)
        measure = row["measure"]
        what = self.say(f"what.{measure}") if measure not in evaluate.PLAIN else ""
        return self.say("evidence", where=where, when=self.when(row), what=what, amount=self.said(row))

    def readings(self) -> Table | Html:
        """Status of each indicator that errata touch, as printed and with errata."""
        touched = [key for key, row in self.score.iterrows() if self.touched(row)]
        if not touched:
            return self.none("none.readings")
        columns = self.columns("indicator", "as_printed", "completion:number", "with_errata", "completion:number")
        rows = []
        for key in touched:
            cells = [self.named("indicators", key)]
            for score in (self.score, self.score_read):
                done = score.at[key, "completion"]
                cells += [self.status(score.at[key, "status"]), "—" if np.isnan(done) else self.percent(done)]
            rows.append(Row(cells))
        return Table(self.say("caption.touched"), columns, [("", rows)], id="readings")
