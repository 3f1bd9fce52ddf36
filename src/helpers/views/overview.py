"""The overview: all headline indicators in one year, as printed and with errata, and what changed since the year before."""

import numpy as np
import pandas as pd

from helpers.charts import grids
from helpers.display import theme
<<<<<<< HEAD
from helpers.display.html import Html, Markup
from helpers.display.table import Column, Picture, Table
from helpers.views import reading
=======
from helpers.display.html import Column, Html, Markup, Picture, Row, Table
from helpers.evaluation import history
from helpers.package.schema import QUANTITY_MEASURES
from helpers.package.tables import Tables
>>>>>>> data
from helpers.views.notebook import Notebook
from helpers.package.schema import QUANTITY_MEASURES


class Overview(Notebook):
    """All headline indicators in one year.

    >>> o = Overview.open("0-overview", globals())
    """

    KIND = "overview"

<<<<<<< HEAD
    @property
    def _score(self) -> pd.DataFrame:
        return self._context.score
=======
    def _score_table(self, score: pd.DataFrame, caption: str, errata: bool = False) -> Table:
        """Scoreboard as a table: target, actual, completion printed and computed, status, locator.

        With errata, what they read otherwise is struck, and the reading stands beneath.
        """
        scale = Markup('{}<span class="scale" data-target="{}"></span>').format(
            self.say("column.indicator"), self.say("target_line")
        )
        columns = [Column(scale, "measure")]
        columns += self.columns(
            "target:number", "actual:number", "completion_printed:number", "completion:number", "status", "locator"
        )
        groups: dict[str, list[Row]] = {}
        for indicator, row in score.iterrows():
            rows = groups.setdefault(self.say(f"category.{self.tables.indicators.at[indicator, 'category']}"), [])
            rows.append(self._score_row(indicator, row, strike=errata))
            if errata and self.touched(row):
                rows.append(self._reading_row(indicator, row["year"]))
        cut = score["completion"].max() > display.BAR_END
        notes = [self._judged(score), self.say("note.bars.cut" if cut else "note.bars")]
        return Table(caption, columns, list(groups.items()), note=self.run_on(notes), kind="score")

    def _score_row(self, indicator: str, row: pd.Series, strike: bool) -> Row:
        printed = "／" if np.isnan(row["printed"]) else self.percent(row["printed"], 0)
        cells = [
            self._struck(self._target(row, self.tables), strike, row["target"], row["target_upper"]),
            self._struck(self._actual(row, self.tables), strike, row["actual"]),
            self._struck(printed, strike, row["printed_figure"]),
        ]
        name = self._barred(self._titled(indicator, row), row)
        return Row([name, *cells, *self._standing(row, self.tables)], id=f"i-{indicator}", kind=row["form"])

    def _barred(self, name: str, row: pd.Series) -> Markup:
        """A name above the bar of its completion; a place in a ranking has none."""
        if row["target"] and self.tables.indicators.at[row.name, "target_kind"] == "rank":
            return Markup('<span class="name">{}</span><span class="reason">{}</span>').format(
                name, self.say("rank_no_bar")
            )
        ends = (row["completion"], row["completion_lower"], row["completion_upper"])
        return Markup('<span class="name">{}</span>{}').format(name, display.bar(*ends, row["status"], row["form"]))

    def _titled(self, indicator: str, row: pd.Series) -> str:
        """Name of an indicator, with the year where a scoreboard is of several years."""
        name = self.named("indicators", indicator)
        return name if row["year"] == self.year else self.say("remarked", name=name, remark=row["year"])

    def _reading_row(self, indicator: str, year: int) -> Row:
        """The row of an indicator as read with errata."""
        row = self.scored(year, errata=True).loc[indicator]
        name = Markup('<span class="erratum">{}</span> {}').format(self.say("erratum"), self.say("erratum.reading"))
        name = self._barred(name, row)
        cells = [self._target(row, self.read_as), self._actual(row, self.read_as), ""]
        return Row([name, *cells, *self._standing(row, self.read_as)], kind="read")

    def _struck(self, text: str, strike: bool, *figures: str) -> str:
        return Markup("<s>{}</s>").format(text) if strike and self.corrected(*figures) else text

    def _target(self, row: pd.Series, package: Tables) -> str:
        """Target of a scoreboard's row, both ends of a range."""
        target = package.figures.loc[row["target"]]
        if not row["target_upper"]:
            return self.amount(target)
        return self.span(self.value(target), self.amount(package.figures.loc[row["target_upper"]]))

    def _actual(self, row: pd.Series, package: Tables) -> str:
        """Actual of a scoreboard's row, and what it attained where the target is in other terms (growth, fall, lead)."""
        if not row["actual"]:
            return "—"
        said = self.said(self._used(row, package))
        if np.isnan(row["reached"]):
            return said
        target = package.figures.loc[row["target"]]
        decimals = target["decimals"] + 1
        if target["base_unit"] == "%":
            return self.say("remarked", name=said, remark=self.percent(row["reached"], decimals))
        lead = target.copy()
        lead["base"], lead["decimals"] = row["reached"], decimals
        return self.say("remarked", name=said, remark=self.amount(lead))

    def _used(self, row: pd.Series, package: Tables) -> pd.Series:
        """The figure that a scoreboard's row takes as its actual."""
        pool = history.derived(package) if row["form"] == "derived" else package.figures
        return pool.loc[row["actual"]]

    def _standing(self, row: pd.Series, package: Tables) -> list[str]:
        """Completion, status and locator of a scoreboard's row."""
        status = self.status(row["status"])
        if row["reason"] and row["status"] != "no_data":
            status = Markup('{} <span class="reason">{}</span>').format(status, self.say(f"reason.{row['reason']}"))
        used = self._used(row, package) if row["actual"] else package.figures.loc[row["target"]]
        if used["form"] == "derived":
            source = Markup('<span class="locator">{}</span>').format(self.formula(used, package))
        else:
            source = self._listed_at(used)
        completion = "—" if np.isnan(row["completion"]) else self.percent(row["completion"])
        return [completion, status, source]

    def _listed_at(self, figure: pd.Series) -> Markup:
        """Locator of a figure, linked to its row on the page of its chapter and this year, where it has one."""
        chapter = self.tables.indicators.at[figure["indicator"], "chapter"]
        notebook = self.tables.chapters["notebook"].get(chapter, "")
        stands, where = self.stands(figure["source"]), self.where(figure)
        if chapter == 0 or not (pd.isna(figure["year"]) or figure["year"] == self.year):
            return Markup('<span class="locator" title="{}">{}</span>').format(stands, where)
        page = "" if notebook == self.name else f"{notebook}.ipynb"
        return Markup('<a class="locator" href="{}#f-{}" title="{}">{}</a>').format(page, figure.name, stands, where)

    def _judged(self, score: pd.DataFrame) -> str:
        """By which target a year after the last one is judged."""
        due = score["due"].dropna()
        if len(due) and (due < self.year).all():
            return self.say("judged", year=self.year, due=int(due.max()))
        if len(due) and (due > self.year).all():
            return self.say("judged.before", year=self.year, due=int(due.min()))
        return ""

    def changed(self, score: pd.DataFrame) -> pd.DataFrame:
        """Rows of a scoreboard whose status differs once errata are applied; `status_read` is the other one."""
        both = score.assign(status_read=self.score_read["status"].reindex(score.index))
        return both[(both["status"] != both["status_read"]) & both["status_read"].notna()]

    def lead_errata(self, score: pd.DataFrame) -> str:
        """How many statuses errata change, or nothing."""
        changed = len(self.changed(score))
        return self.say("lead.errata", n=changed) if changed else ""

    def headline_of(self, score: pd.DataFrame, key: str) -> str:
        """`Of 15 headline targets with data, 14 were met`, or that there are no data."""
        known = int((score["status"] != "no_data").sum())
        reached = int(score["status"].isin(REACHED).sum())
        if not len(score):
            return self.say(f"{key}.without", year=self.year, name=self.short())
        if not known:
            return self.say(f"{key}.none", n=len(score), year=self.year, name=self.short())
        return self.say(f"{key}.known", n=reached, known=known, reached=reached, year=self.year, name=self.short())

    def _message(self, score: pd.DataFrame, key: str) -> str:
        """What a scoreboard says in a sentence: which targets are missed."""
        known = score[score["status"] != "no_data"]
        behind = known[known["status"].isin(["missed", "behind"])]
        if len(known) and known["status"].isin(REACHED).all():
            return self.say("title.completion.all", n=len(known))
        if behind.empty:
            return self.headline_of(score, key)
        return self.say("title.completion.behind", n=len(behind), names=self.join(self.names(behind.index)))


class Overview(Targets):
    """All headline indicators in one year."""
>>>>>>> data

    def opening(self) -> Html:
        """Bottom line: how many targets are met, as printed and with errata.

        >>> o.opening()
        """
        context, score, lead = self._context, self._score, []
        if len(score):
            lead.append(self._say("lead.overview", n=len(score), counts=context.list_statuses(score)))
            lead.append(self._lead_errata(score))
        lead.append(self._targets.judged(score))
        rows = [(self._say("as_printed"), score), (self._say("with_errata"), context.scores(self.year, "corrected"))]
        return self._opening(
            context.headline_of(score, "headline.overview"), context.join_sentences(lead), rows if len(score) else [],
            main=self.year == self.view.plan.target_year,
        )  # fmt: skip

    def scoreboard(self) -> Table | Html:
        """All headline indicators against their targets, the reading with errata beneath those that have one.

        >>> o.scoreboard().frame
        """
        if self._score.empty:
            return self._context.none("none.region")
        return self._targets.scoreboard(self._score, self._targets.message(self._score, "headline.overview"))

    def read(self, frame: pd.DataFrame) -> Html:
        """One sentence that says what a selection shows.

        >>> o.read(o.targets.query("year == 2017 and reading == 'printed'"))
        """
        return reading.read(self._context, frame)

    def pace(self) -> Table | Html:
        """Before the target year: the two readings of the pace side by side, and where they disagree.

        >>> o.pace()
        """
        context, score = self._context, self._score
        if score.empty:
            return context.none("none.region")
        if (score["due"] <= self.year).all():
            return context.none("none.pace.after")
        known = score[score["pace_linear"].notna()].reset_index()
        if known.empty:
            return context.none("none.pace")
        rows = known.assign(
            status_code=known["status"], status=known["status_name"], pace_linear=known["pace_linear"].round(2),
            pace_compound=known["pace_compound"].round(2),
            verdict=np.where(known["paces_differ"].astype(bool), self._say("paces_differ"), ""),
        )  # fmt: skip
        columns = [context.column("name", label="indicator")]
        for field in ("pace_linear", "pace_compound"):
            columns.append(context.column(field, "number", self._number(field), decimals=2))
        columns += [self._status("status"), context.column("verdict")]
        caption = self._say("caption.pace", n=len(rows))
        return Table(caption, columns, rows, "pace", "indicator", note=self._say("note.pace"))

    def _number(self, field: str):
        return lambda row: "—" if np.isnan(row[field]) else self._words.number(row[field])

    def _status(self, field: str, heading: str = "") -> Column:
        """A column with the sign and word of a status, whose code is in `{field}_code`."""
        heading = heading or self._say("column.status")
        return Column({field: heading}, heading, lambda row: self._context.status(row[f"{field}_code"]))

    def corrections(self) -> Table | Html:
        """Statuses that differ between the figures as printed and with errata.

        >>> o.corrections().frame
        """
        context, score = self._context, self._score
        if score.empty:
            return context.none("none.region")
        changed = context.changed(score).reset_index()
        if changed.empty:
            return context.none("none.readings")
        rows = changed.assign(
            as_printed_code=changed["status"], as_printed=changed["status_name"],
            with_errata_code=changed["status_corrected"],
            with_errata=[self._say(f"status.{status}") for status in changed["status_corrected"]],
        )  # fmt: skip
        columns = [context.column("name", label="indicator")]
        columns += [self._status(field, self._say(f"column.{field}")) for field in ("as_printed", "with_errata")]
        return Table(self._say("caption.readings"), columns, rows, "readings", "indicator")

    def categories(self) -> Picture | Html:
        """Statuses by category, one square an indicator.

        >>> o.categories().frame
        """
        context, score = self._context, self._score
        if score.empty:
            return context.none("none.region")
        without = score[score["status"] == "no_data"].groupby("category", sort=False).size()
        if without.empty:
            title = self._say("title.categories.all")
        else:
            title = self._say("title.categories", category=without.idxmax(), n=int(without.max()))
        wide = pd.crosstab(score["category"], score["status"]).reindex(dict.fromkeys(score["category"]))
        statuses = [status for status in theme.STATUSES if status in wide]
        columns = [context.column("category")]
        words = {status: self._say(f"status.{status}") for status in statuses}
        columns += [Column({status: word}, word, None, "number") for status, word in words.items()]
        table, kicker = Table(title, columns, wide.reset_index()), self._say("kicker.categories")
        return context.picture("categories", lambda: grids.squares(score), title, kicker, table)

    def missing(self) -> Table | Html:
        """Indicators without an actual value, their targets, and what is known from elsewhere.

        >>> o.missing().frame
        """
        context, score = self._context, self._score
        if score.empty:
            return context.none("none.region")
        without = score[score["status"] == "no_data"].reset_index()
        if without.empty:
            return context.none("none.missing")
        rows = without.assign(reading_code="printed", elsewhere=[self._elsewhere(key) for key in without["indicator"]])
        fields = {"target": self._say("column.target"), "target_unit": self._say("column.unit")}
        columns = [
            context.column("name", label="indicator"),
            Column(fields, self._say("column.target"), self._targets.target, "number"),
            context.column("elsewhere", write=lambda row: row["elsewhere"] or "—"),
        ]
        return Table(self._say("caption.missing", n=len(rows), year=self.year), columns, rows, "missing", "indicator")

    def _elsewhere(self, indicator: str) -> str:
        """Public figures of an indicator that the report leaves out, in a few words."""
<<<<<<< HEAD
        frame = self.public
        frame = frame[(frame["indicator"] == indicator) & frame["measure"].isin(QUANTITY_MEASURES)]
        frame = frame[frame["region"] == self.region].sort_values("period", kind="stable")
        words = self._words
        return words.listed(
            [self._say("remarked", name=words.said(row), remark=words.when(row)) for _, row in frame.iterrows()]
        )
=======
        found = self.tables.external
        found = found[(found["indicator"] == indicator) & found["measure"].isin(QUANTITY_MEASURES)]
        found = found[found["region"] == self.region].sort_values("period", kind="stable")
        parts = [self.say("remarked", name=self.said(row), remark=self.when(row)) for _, row in found.iterrows()]
        return self.listed(parts) if parts else "—"
>>>>>>> data

    def changes(self) -> Table | Html:
        """Indicators whose status moved since the year before, apart from those that gained or lost their data.

        >>> o.changes().frame
        """
        context, score, before_year = self._context, self._score, self.year - 1
        if score.empty:
            return context.none("none.region")
        if before_year not in self.view.years:
            return context.none("none.changes.first")
        before = context.scores(before_year)
        both = score.assign(before=before["status"].reindex(score.index)).reset_index()
        moved = both[both["status"] != both["before"]]
        if moved.empty:
            return context.none("none.changes", before=before_year)
        kinds = [
            {row.before: "gained", row.status: "lost"}.get("no_data", "moved") for row in moved.itertuples(index=False)
        ]
        order = {"moved": 0, "gained": 1, "lost": 2}  # those that truly moved stand first
        counts = {kind: kinds.count(kind) for kind in order}
        rows = moved.assign(
            kind=kinds, group=[self._say(f"changes.{kind}", n=counts[kind]) for kind in kinds],
            before_code=moved["before"], before=[self._say(f"status.{status}") for status in moved["before"]],
            now_code=moved["status"], now=moved["status_name"],
        )  # fmt: skip
        rows = rows.sort_values("kind", key=lambda column: column.map(order), kind="stable")
        columns = [context.column("name", label="indicator")]
        columns += [self._standing("before", before_year, before), self._standing("now", self.year, score)]
        caption = self._say("caption.changes", n=len(rows), year=self.year, before=before_year)
        return Table(caption, columns, rows, "changes", "indicator", group="group")

    def _standing(self, field: str, year: int, score: pd.DataFrame) -> Column:
        """A column of statuses in a year, with the values behind them."""

        def write(row: dict) -> Markup:
            held = score.loc[row["indicator"]].to_dict() | {"reading_code": "printed"}
            value = Markup(' <span class="reason">{}</span>').format(self._targets.actual(held))
            return self._context.status(row[f"{field}_code"]) + (value if held["actual_figure"] else "")

        return Column({field: str(year)}, str(year), write)
