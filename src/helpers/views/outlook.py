"""After the target year: what is known, growth that the figures imply, and what cannot be said for lack of data."""

from collections.abc import Callable

import pandas as pd

from helpers.charts import bars, series
from helpers.display.html import Html, Markup, Readings
from helpers.display.table import Column, Picture, Table
from helpers.language.formatter import lower_first
from helpers.views.bottom_line import BottomLine
from helpers.views.chapter import Chapter
from helpers.views.growth import FINEST, measure_growth
from helpers.views.notebook import Notebook

UNJUDGED = ("no_data", "undecided")


class Outlook(Notebook):
    """The whole plan after its target year; it looks across the years.

    >>> o = Outlook.open("7-outlook", globals())
    """

    _KIND = "outlook"
    _PARAMETERS = ("language", "region", "data")
    read = Chapter.read
    years, series = Chapter.years, Chapter.series

    @property
    def _score(self) -> pd.DataFrame:
        return self._context.score

    def opening(self) -> Html:
        """How much is known after the target year, and how much never can be from these figures.

        >>> o.opening()
        """
        undated = int(self.figures["year"].isna().sum())
        across = {"n": len(self._after()), "total": len(self._score), "due": self.view.plan.target_year}
        still_to_come = self.year < self.view.plan.target_year
        lead = [
            *([] if still_to_come else self._judge_after()),
            self._say("lead.outlook.derived", n=len(self.derived)),
            self._say("lead.outlook.undated", n=undated, total=len(self.figures)),
        ]
        key = "headline.outlook" if len(self._score) else "headline.outlook.without"
        headline = self._say("headline.outlook.before" if still_to_come else key, **across)
        return self._opening(headline, lead, [])

    def _judge_after(self) -> list[Readings]:
        """What the values after the target year come to, in both readings; nothing where they are of different years."""
        known = self._after()
        if known.empty or (known["year"] != self.year).any():
            return []
        line = BottomLine(self._context, known)
        headline, due = line.headline("headline.overview"), self._words.join_names(sorted({*known["due"].map(str)}))
        texts = [
            self._say("lead.outlook.judged", year=self.year, due=due, text=lower_first(text))
            for text in (headline, headline.printed, headline.corrected)
        ]
        return [Readings(*texts), *line.explain()]

    def _after(self) -> pd.DataFrame:
        """Headline indicators with a value in a year after the target year, each in its latest one; in printed order."""
        years = [year for year in self.view.years if year > self.view.plan.target_year]
        if not years:
            return self._score.iloc[:0]
        scores = [self._context.scores(year) for year in reversed(years)]
        known = pd.concat([score[score["status"] != "no_data"] for score in scores])
        return known[~known.index.duplicated()].sort_values("headline", kind="stable")

    def after(self) -> Table | Html:
        """Headline indicators known after the target year, against the last target, as printed and with errata.

        >>> o.after().frame
        """
        if self._score.empty:
            return self._context.none("none.region")
        known = self._after()
        if known.empty:
            return self._context.none("none.after")
        years, due = (self._words.join_names(sorted({str(year) for year in known[name]})) for name in ("year", "due"))
        return self._targets.scoreboard(known, self._say("caption.after", year=years, due=due), "after")

    def implied_growth(self) -> Picture | Html:
        """Growth between the derived and the printed year, the first year as 100.

        >>> o.implied_growth().frame
        """
        frame = self.derived
        frame = frame[(frame["region"] == self.view.region) & (frame["how"] != "sum")]
        words, rows, changes = self._words, [], []
        for key, before in frame.iterrows():
            after = self.view.corrected.loc[before["used"][0]]
            if min(before["base"], after["base"]) <= 0:
                continue
            changes.append(self._pictures.titles.compare(before, after))
            growth = measure_growth(self.view, before, after)
            between = growth.write_range(words, signed=True)
            rows.append(
                {
                    "figure": key,
                    "name": self._context.named("indicators", before["indicator"]),
                    "indicator": before["indicator"],
                    "before": 100.0,
                    "after": 100 + growth.value,
                    "label": growth.write_signed(words),
                    "range": between,
                    "first": self._say("remarked", name=words.format_amount(before), remark=words.format_period(before)),
                    "last": self._say("remarked", name=words.format_quantity(after), remark=words.format_period(after)),
                    "lower": round(growth.percent.lower, FINEST) if between else None,
                    "growth": round(growth.value, growth.decimals), "decimals": growth.decimals,
                    "upper": round(growth.percent.upper, FINEST) if between else None,
                }
            )  # fmt: skip
        if not rows:
            return self._context.none("none.earlier")
        data = pd.DataFrame(rows).sort_values("after", ascending=False, kind="stable", ignore_index=True)
        title = self._pictures.titles.say_changes(changes)
        context, ends = self._context, {end: self._say(f"column.{end}") for end in ("lower", "upper")}
        decimals = data["decimals"].iloc[0] if data["decimals"].nunique() == 1 else None
        columns = [
            context.column("name", label="figure"), context.column("first", label="from"), context.column("last", label="to"),
            context.column("growth", "number", lambda row: row["label"], decimals=decimals, unit="%"),
            Column(ends, self._say("column.range"), lambda row: row["range"], "range", FINEST, "%"),
        ]  # fmt: skip
        table = context.table(title, columns, data, key="figure")
        note = context.explain_derived(self._say("note.slopes"), frame)
        return context.picture(
            "implied-growth",
            lambda: series.slopes(data.set_index("figure")),
            title,
            self._say("kicker.slopes"),
            table,
            note,
        )

    def undated(self) -> Picture | Html:
        """Share of each chapter's figures that carry no date.

        >>> o.undated().frame
        """
        frame = self.figures[~self.figures["in_table"] & (self.figures["chapter"] > 0)]
        if frame.empty:
            return self._context.none("none.figures")
        rows = frame.groupby("chapter")["year"].agg(total="size", dated="count").reset_index()
        rows["undated"] = rows["total"] - rows["dated"]
        rows["share"] = 100 * rows["undated"] / rows["total"]
        rows = rows.sort_values("share", ascending=False, kind="stable", ignore_index=True)
        rows["name"] = [self._context.named("chapters", key, "title") for key in rows["chapter"]]
        labels = [
            self._say("of", part=part, whole=whole) for part, whole in zip(rows["undated"], rows["total"], strict=True)
        ]
        data = rows.assign(value=rows["share"], lower=rows["share"], upper=rows["share"], form="printed", label=labels)
        undated, total = int(rows["undated"].sum()), int(rows["total"].sum())
        share = self._words.format_percent(100 * undated / total, 0)
        title = self._say("title.undated", undated=undated, total=total, share=share)
        context = self._context
        columns = [
            context.column("name", label="chapter"), context.column("undated", "number"), context.column("total", "number"),
            context.column("share", "number", lambda row: self._words.format_percent(row["share"], 0), decimals=0, unit="%"),
        ]  # fmt: skip
        table = self._context.table(title, columns, rows.assign(share=rows["share"].round()), key="chapter")
        return context.picture(
            "undated", lambda: bars.bars(data.set_index("chapter"), 100), title, self._say("kicker.undated"), table
        )

    def unanswered(self) -> Table | Html:
        """Targets on which nothing can be said, and why.

        >>> o.unanswered().frame
        """
        context, year = self._context, self.view.plan.target_year
        if self._score.empty:
            return context.none("none.region")
        due = context.scores(year)
        rows = due.assign(after=self._score["status_name"], after_code=self._score["status"], due_code=due["status"])
        rows = rows[rows["after_code"].isin(UNJUDGED)].reset_index()
        if rows.empty:
            return context.none("none.missing")
        corrected = [context.scores(when, "corrected")["status"] for when in (year, self.year)]

        def write(field: str, statuses: pd.Series) -> Callable[[dict], Markup]:
            return lambda row: self._targets.write_readings(row[field], statuses.get(row["indicator"]))

        columns = [
            context.column("name", label="indicator"),
            Column({"status_name": str(year)}, str(year), write("due_code", corrected[0])),
            context.column("after", write=write("after_code", corrected[1])),
        ]
        counts = {"printed": len(rows), "corrected": int(corrected[1].isin(UNJUDGED).sum())}
        key = "caption.unanswered" if counts["printed"] == counts["corrected"] else "caption.unanswered.readings"
        numbers = {reading: number or self._say("count.zero") for reading, number in counts.items()}
        caption = self._say(key, n=counts["corrected"], year=self.year, **numbers)
        return self._context.table(caption, columns, rows, "unanswered", "indicator")

    def unfinished(self) -> Picture | Html:
        """Platforms by chapter and stage: what was still being built.

        >>> o.unfinished().frame
        """
        if self.platforms.empty:
            return self._context.none("none.platforms.any")
        chapters = [key for key in self.view.chapters.index if key > 0]
        return self._pictures.stages(self.platforms, chapters, "chapter")

    def public_after(self) -> Table | Html:
        """Public figures for years after the report's last one.

        >>> o.public_after().frame
        """
        frame = self.public[(self.public["year"] > self.year).fillna(False).to_numpy(dtype=bool)]
        if frame.empty:
            return self._context.none("none.public")
        return self._figures.public(
            frame, self._say("caption.public_after", n=len(frame), year=self.year), "public-after"
        )
