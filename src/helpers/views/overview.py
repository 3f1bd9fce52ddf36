"""The overview: all headline indicators in one year, as printed and with errata, and what changed since the year before."""

import numpy as np
import pandas as pd

from helpers.charts import bars, grids
from helpers.display import theme
from helpers.display.html import Html, Markup
from helpers.display.table import Column, Parts, Picture, Table
from helpers.errors import UserError
from helpers.package.schema import QUANTITY_MEASURES
from helpers.views import reading
from helpers.views.bottom_line import BottomLine
from helpers.views.notebook import Notebook
from helpers.views.standing import list_reached

REMARKED = {
    "": "remarked", "narrower": "remarked.narrower", "wider": "remarked.wider", "other": "remarked.other",
}  # fmt: skip


class Overview(Notebook):
    """All headline indicators in one year.

    >>> o = Overview.open("0-overview", globals())
    """

    _KIND = "overview"

    @property
    def _score(self) -> pd.DataFrame:
        return self._context.score

    def opening(self) -> Html:
        """Bottom line: how many targets are met by our reading and as reported, and whether the report's own claim holds.

        >>> o.opening()
        """
        context, score = self._context, self._score
        line = BottomLine(context, score)
        lead = [line.judge_claim(), *line.explain(), *context.list_natures(score), self._targets.judged(score)]
        main = self.year == self.view.main_year
        return self._opening(line.headline("headline.overview"), lead, line.readings, main=main, brief=self._is_brief)

    @property
    def _is_brief(self) -> bool:
        """Are there data for other years only?"""
        statuses = self.targets.groupby("year")["status"].agg(lambda column: (column != "no_data").any())
        return bool(statuses.any()) and not statuses.get(self.year, False)

    def scoreboard(self) -> Table | Html:
        """All headline indicators against their targets, the reading with errata beneath those that have one.

        >>> o.scoreboard().frame
        """
        if self._score.empty or self._is_brief:
            return self._context.none("none.region" if self._score.empty else "none.completion")
        return self._targets.scoreboard(
            self._score, BottomLine(self._context, self._score).message("headline.overview")
        )

    def read(self, frame: pd.DataFrame) -> Html | None:
        """One sentence that says what a selection shows; nothing for an empty one, if the cell before has said so.

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
        return self._context.table(caption, columns, rows, "pace", "indicator", note=self._say("note.pace"))

    def _number(self, field: str):
        return lambda row: "—" if np.isnan(row[field]) else self._words.format_number(row[field])

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
        return self._context.table(self._say("caption.readings"), columns, rows, "readings", "indicator")

    def regions(self, indicator: str = "") -> Parts | Picture:
        """The region and those directly within it against their own targets; of one indicator, its values as bars.

        Nothing where fewer than two regions have data. Raises UserError for an indicator that has no target.

        >>> o.regions()
        """
        frame = self.view.region_targets
        if indicator:
            return self._picture_values(frame[frame["indicator"] == indicator], indicator)
        if frame.empty:
            return Parts()
        before_due = self.view.main_year < self.view.plan.target_year
        reached = list_reached(frame, before_due).groupby(frame["place"]).sum()
        names = {"n": frame["place"].nunique(), "year": self.view.main_year, "name": reached.idxmax()}
        key = "title.regions.schedule" if before_due else "title.regions"
        title = self._say(key, reached=int(reached.max()), **names)
        table = self._tabulate_regions(frame, self._say("caption.regions", **names))
        squares = frame.rename(columns={"place": "category"}, errors="raise")
        kicker = self._say("kicker.categories")
        picture = self._context.picture("regions", lambda: grids.squares(squares), title, kicker, table)
        return Parts(picture)

    def _picture_values(self, frame: pd.DataFrame, indicator: str) -> Picture | Html:
        """Values of one indicator, a bar a region, each labelled with its value and its own target."""
        if indicator not in {*self.view.targets["indicator"]}:
            raise UserError(f"there is no headline indicator {indicator!r} here; see o.targets['indicator'].")
        known = frame[frame["base"].notna()].sort_values("base", ascending=False, kind="stable")
        if len(known) < 2:
            return self._context.none("none.regions")
        label = [
            self._say("regions.value", actual=row.actual_text, target=row.target_text)
            if row.target_text
            else row.actual_text
            for row in known.itertuples()
        ]
        data = known.assign(
            name=known["place"], value=known["base"], lower=known["base"], upper=known["base"], form="printed", label=label
        )  # fmt: skip
        first = known.iloc[0]
        title = self._say("title.regions.values", name=first["name"], place=first["place"], value=first["actual_text"])
        kicker = self._say("kicker.regions", year=self.view.main_year)
        table = self._tabulate_regions(known, title)
        return self._context.picture(f"regions-{indicator}", lambda: bars.bars(data), title, kicker, table)

    def _tabulate_regions(self, frame: pd.DataFrame, caption: str) -> Table:
        """A row an indicator, a column a region: status and actual value."""
        places = [*dict.fromkeys(frame["place"])]
        rows = frame.drop_duplicates("indicator").sort_values("headline")[["indicator", "name"]]
        cells = frame.set_index(["indicator", "place"])
        columns = [self._context.column("name", label="indicator")]
        fields = {
            "": "status_name",
            "_code": "status",
            "_text": "actual_text",
            "_value": "actual",
            "_unit": "actual_unit",
        }
        for place in places:
            own = cells.xs(place, level="place").reindex(rows["indicator"])
            rows = rows.assign(**{f"{place}{end}": own[name].to_numpy() for end, name in fields.items()})
            columns.append(self._standing(place))
        return self._context.table(caption, columns, rows, "regions", "indicator")

    def _standing(self, place: str) -> Column:
        """A column of statuses of a region, with the values behind them."""

        def write(row: dict) -> Markup | str:
            if pd.isna(row[f"{place}_code"]):
                return ""
            amount = Markup(' <span class="reason">{}</span>').format(row[f"{place}_text"])
            return self._context.status(row[f"{place}_code"]) + (amount if row[f"{place}_text"] else "")

        fields = {place: place, f"{place}_value": f"{place} · {self._say('column.actual')}"}
        return Column(fields | {f"{place}_unit": f"{place} · {self._say('column.unit')}"}, place, write)

    def categories(self) -> Picture | Html:
        """Statuses by category, one square an indicator.

        >>> o.categories().frame
        """
        context, line = self._context, BottomLine(self._context, self._score)
        score = line.corrected if line.differs else self._score
        if score.empty or self._is_brief:
            return context.none("none.region" if score.empty else "none.completion")
        without = score[score["status"] == "no_data"].groupby("category", sort=False).size()
        if without.empty:
            title = self._say("title.categories.all")
        else:
            total = int((score["category"] == without.idxmax()).sum())
            title = self._say("title.categories", category=without.idxmax(), n=int(without.max()), total=total)
        wide = pd.crosstab(score["category"], score["status"]).reindex(dict.fromkeys(score["category"]))
        statuses = [status for status in theme.STATUSES if status in wide]
        columns = [context.column("category")]
        words = {status: self._say(f"status.{status}") for status in statuses}
        columns += [Column({status: word}, word, None, "number") for status, word in words.items()]
        table = self._context.table(title, columns, wide.reset_index())
        kicker = self._say("kicker.categories.corrected" if line.differs else "kicker.categories")
        return context.picture("categories", lambda: grids.squares(score), title, kicker, table)

    def missing(self) -> Table | Html:
        """Indicators without an actual value, their targets, and what is known from elsewhere.

        >>> o.missing().frame
        """
        context, score = self._context, self._score
        if score.empty or self._is_brief:
            return context.none("none.region" if score.empty else "none.completion")
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
        caption = self._say("caption.missing", n=len(rows), year=self.year)  # the scoreboard lists them, too
        return self._context.table(caption, columns, rows, "missing", "indicator", folded=True)

    def _elsewhere(self, indicator: str) -> str:
        """Public figures of an indicator that the report leaves out, in a few words."""
        frame = self.public
        frame = frame[(frame["indicator"] == indicator) & frame["measure"].isin(QUANTITY_MEASURES)]
        frame = frame[frame["region"] == self.view.region].sort_values("period", kind="stable")
        words = self._words
        return words.join_phrases(
            [
                self._say(REMARKED[row["scope"]], name=words.format_quantity(row), remark=words.format_period(row))
                for _, row in frame.iterrows()
            ]
        )

    def changes(self) -> Table | Html:
        """Indicators whose status, as reported or as corrected, moved since the year before, apart from those that gained or
        lost their data.

        >>> o.changes().frame
        """
        context, score, before_year = self._context, self._score, self.year - 1
        if score.empty or self._is_brief:
            return context.none("none.region" if score.empty else "none.completion")
        if before_year not in self.view.years:
            return context.none("none.changes.first")
        before = context.scores(before_year)
        if (before["status"] == "no_data").all():
            return context.none("none.changes.nothing", before=before_year)
        corrected = [
            context.scores(year, "corrected")["status"].reindex(score.index) for year in (before_year, self.year)
        ]
        moved_corrected = (corrected[0] != corrected[1]) & (corrected[0] != "no_data") & (corrected[1] != "no_data")
        both = score.assign(before=before["status"].reindex(score.index), moved_corrected=moved_corrected).reset_index()
        known = (both["status"] != "no_data") & (both["before"] != "no_data")
        both["moved"] = known & (both["status"] != both["before"])
        moved = both[(both["status"] != both["before"]) | both["moved_corrected"]]
        if moved.empty:
            return context.none("none.changes", before=before_year)
        kinds = [
            {row.before: "gained", row.status: "lost"}.get("no_data", "moved") for row in moved.itertuples(index=False)
        ]
        order = {"moved": 0, "gained": 1, "lost": 2}  # those that truly moved stand first
        counts = {kind: kinds.count(kind) for kind in order}
        by_reading = {"corrected": int(moved_corrected.sum()), "printed": int(both["moved"].sum())}
        keys = {kind: f"changes.{kind}" for kind in order}
        caption_key = "caption.changes" if counts["moved"] else "caption.changes.none"
        if counts["moved"] and by_reading["corrected"] != by_reading["printed"]:
            keys["moved"] = "changes.moved.readings"
            caption_key = "caption.changes.readings"
        rows = moved.assign(kind=kinds, group=[self._say(keys[kind], n=counts[kind]) for kind in kinds])
        for field, frame in (("before", before), ("now", score)):
            rows = self._targets.add_standing(rows, field, frame)
        rows = rows.sort_values("kind", key=lambda column: column.map(order), kind="stable")
        columns = [context.column("name", label="indicator")]
        columns += [
            self._targets.standing("before", before_year, before),
            self._targets.standing("now", self.year, score),
        ]
        numbers = {reading: number or self._say("count.zero") for reading, number in by_reading.items()}
        caption = self._say(caption_key, n=by_reading["corrected"], before=before_year, **numbers)
        return self._context.table(caption, columns, rows, "changes", "indicator", group="group")
