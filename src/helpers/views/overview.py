"""The overview: all headline indicators in one year, as printed and with errata, and what changed since the year before."""

import numpy as np
import pandas as pd

from helpers.charts import canvas, grids
from helpers.display import html as display
from helpers.display import theme
from helpers.display.html import Column, Html, Markup, Picture, Row, Table
from helpers.evaluation import history
from helpers.package.schema import QUANTITY_MEASURES
from helpers.package.tables import Tables
from helpers.views.notebook import Notebook

REACHED = ("exceeded", "met", "achieved_early")


class Targets(Notebook):
    """What notebooks with headline indicators show of them."""

    def targets_table(self, score: pd.DataFrame, key: str) -> Table:
        """Actuals against targets: what is printed, what it comes to, and beneath it the reading with errata.

        key: of the labels of `headline_of`, for a title where nothing is behind
        """
        table = self._score_table(score, self._message(score, key), errata=True)
        table.id = "scoreboard"
        return table

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

    def opening(self) -> Html:
        """Bottom line: how many targets are met, as printed and with errata."""
        lead = []
        if len(self.score):
            lead.append(self.say("lead.overview", n=len(self.score), counts=self.count_words(self.score)))
            lead.append(self.lead_errata(self.score))
        lead.append(self._judged(self.score))
        rows = [
            (self.say("as_printed"), self.score),
            (self.say("with_errata"), self.score_read),
        ]
        return self._opening(
            self.headline_of(self.score, "headline.overview"), self.run_on(lead), rows if len(self.score) else [],
            main=self.year == self.plan.target_year,
        )  # fmt: skip

    def scoreboard(self) -> Table | Html:
        """All headline indicators against their targets, the reading with errata beneath those that have one."""
        if self.score.empty:
            return self.none("none.region")
        return self.targets_table(self.score, "headline.overview")

    def pace(self) -> Table | Html:
        """Before the target year: the two readings of the pace side by side, and where they disagree."""
        if self.score.empty:
            return self.none("none.region")
        if (self.score["due"] <= self.year).all():
            return self.none("none.pace.after")
        known = self.score[self.score["pace_linear"].notna()]
        if known.empty:
            return self.none("none.pace")
        columns = self.columns("indicator", "pace_linear:number", "pace_compound:number", "status", "verdict")
        rows = [
            Row(
                [
                    self.named("indicators", key),
                    self.number(row["pace_linear"]),
                    "—" if np.isnan(row["pace_compound"]) else self.number(row["pace_compound"]),
                    self.status(row["status"]),
                    self.say("paces_differ") if row["paces_differ"] else "",
                ]
            )
            for key, row in known.iterrows()
        ]
        return Table(
            self.say("caption.pace", n=len(known)), columns, [("", rows)], id="pace", note=self.say("note.pace")
        )

    def readings(self) -> Table | Html:
        """Statuses that differ between the figures as printed and with errata."""
        if self.score.empty:
            return self.none("none.region")
        changed = self.changed(self.score)
        if changed.empty:
            return self.none("none.readings")
        columns = self.columns("indicator", "as_printed", "with_errata")
        rows = [
            Row([self.named("indicators", key), self.status(row["status"]), self.status(row["status_read"])])
            for key, row in changed.iterrows()
        ]
        return Table(self.say("caption.readings"), columns, [("", rows)], id="readings")

    def categories(self) -> Picture | Html:
        """Statuses by category, one square an indicator."""
        if self.score.empty:
            return self.none("none.region")
        score = self.score
        names = [self.say(f"category.{self.tables.indicators.at[key, 'category']}") for key in score.index]
        frame = pd.DataFrame({"category": names, "status": score["status"]})
        without = frame[frame["status"] == "no_data"].groupby("category", sort=False).size()
        if without.empty:
            title = self.say("title.categories.all")
        else:
            title = self.say("title.categories", category=without.idxmax(), n=int(without.max()))
        wide = pd.crosstab(frame["category"], frame["status"]).reindex(dict.fromkeys(names))
        statuses = [status for status in theme.STATUSES if status in wide]
        columns = [*self.columns("category"), *(Column(self.word(status), "number") for status in statuses)]
        rows = [Row([name, *(str(wide.at[name, status]) for status in statuses)]) for name in wide.index]
        with canvas.context():
            ax = grids.squares(frame)
            return self.picture(
                "categories", ax, title, self.say("kicker.categories"), Table(title, columns, [("", rows)])
            )

    def missing(self) -> Table | Html:
        """Indicators without an actual value, their targets, and what is known from elsewhere."""
        if self.score.empty:
            return self.none("none.region")
        without = self.score[self.score["status"] == "no_data"]
        if without.empty:
            return self.none("none.missing")
        columns = self.columns("indicator", "target:number", "elsewhere")
        rows = [
            Row(
                [
                    self.named("indicators", key),
                    self._target(row, self.tables),
                    self._elsewhere(key),
                ]
            )
            for key, row in without.iterrows()
        ]
        caption = self.say("caption.missing", n=len(without), year=self.year)
        return Table(caption, columns, [("", rows)], id="missing")

    def _elsewhere(self, indicator: str) -> str:
        """Public figures of an indicator that the report leaves out, in a few words."""
        found = self.tables.external
        found = found[(found["indicator"] == indicator) & found["measure"].isin(QUANTITY_MEASURES)]
        found = found[found["region"] == self.region].sort_values("period", kind="stable")
        parts = [self.say("remarked", name=self.said(row), remark=self.when(row)) for _, row in found.iterrows()]
        return self.listed(parts) if parts else "—"

    def changes(self) -> Table | Html:
        """Indicators whose status moved since the year before, apart from those that gained or lost their data."""
        if self.score.empty:
            return self.none("none.region")
        if self.year - 1 not in self.tables.years:
            return self.none("none.changes.first")
        before = self.scored(self.year - 1)
        both = self.score.assign(status_before=before["status"].reindex(self.score.index))
        moved = both[both["status"] != both["status_before"]]
        if moved.empty:
            return self.none("none.changes", before=self.year - 1)
        columns = [*self.columns("indicator"), Column(str(self.year - 1)), Column(str(self.year))]
        groups: dict[str, list[Row]] = {"moved": [], "gained": [], "lost": []}  # those that truly moved stand first
        for key, row in moved.iterrows():
            kind = {row["status_before"]: "gained", row["status"]: "lost"}.get("no_data", "moved")
            cells = [self._stood(before.loc[key]), self._stood(row)]
            groups[kind].append(Row([self.named("indicators", key), *cells]))
        groups = [(self.say(f"changes.{kind}", n=len(rows)), rows) for kind, rows in groups.items() if rows]
        caption = self.say("caption.changes", n=len(moved), year=self.year, before=self.year - 1)
        return Table(caption, columns, groups, id="changes")

    def _stood(self, row: pd.Series) -> Markup:
        """Status of a scoreboard's row, and the value behind it."""
        said = Markup(' <span class="reason">{}</span>').format(self._actual(row, self.tables)) if row["actual"] else ""
        return self.status(row["status"]) + said
