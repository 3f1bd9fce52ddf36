"""After the target year: what is known, growth that the figures imply, and what cannot be said for lack of data."""

import pandas as pd

from helpers.charts import bars, canvas, series
from helpers.display.html import Column, Html, Picture, Row, Table
from helpers.evaluation import history
from helpers.views.chapter import Chapter


class Outlook(Chapter):
    """The whole plan after its target year; it looks across the years."""

    PARAMETERS = ("language", "region", "data")

    def opening(self) -> Html:
        """How much is known after the target year, and how much never can be from these figures."""
        known = self._after()
        undated = int(self.figures["year"].isna().sum())
        across = {"n": len(known), "total": len(self.score), "due": self.plan.target_year}
        lead = [
            self.say("lead.outlook.after", **across) if len(self.score) else "",
            self.say("lead.outlook.derived", n=len(self.derived)),
            self.say("lead.outlook.undated", n=undated, total=len(self.figures)),
        ]
        headline = self.say("headline.outlook", **across) if len(self.score) else self.say("headline.outlook.without")
        return self._opening(headline, self.run_on(lead), [])

    def _after(self) -> pd.DataFrame:
        """Headline indicators with a value in a year after the target year, each in its latest one; in printed order."""
        years = [year for year in self.tables.years if year > self.plan.target_year]
        if not years:
            return self.score.iloc[:0]
        known = pd.concat([score[score["status"] != "no_data"] for score in map(self.scored, reversed(years))])
        return known[~known.index.duplicated()].sort_values("headline", kind="stable")

    def after(self) -> Table | Html:
        """Headline indicators known after the target year, against the last target, as printed and with errata."""
        if self.score.empty:
            return self.none("none.region")
        known = self._after()
        if known.empty:
            return self.none("none.after")
        when = self.join(sorted({str(year) for year in known["year"]}))
        due = self.join(sorted({str(year) for year in known["due"]}))
        caption = self.say("caption.after", year=when, due=due)
        return self._score_table(known, caption, errata=True)

    def implied_growth(self) -> Picture | Html:
        """Growth between the derived and the printed year, the first year as 100."""
        frame = self.derived
        frame = frame[(frame["region"] == self.region) & (frame["how"] != "sum")]
        if frame.empty:
            return self.none("none.earlier")
        rows = []
        for _, before in frame.iterrows():
            after = self.read_as.figures.loc[before["used"][0]]
            if min(before["base"], after["base"]) <= 0:
                continue
            ratio = history.as_interval(after) / history.as_interval(before)
            rows.append(
                {
                    "name": self.named("indicators", before["indicator"]),
                    "before": 100.0,
                    "after": ratio.value * 100,
                    "label": self.change(ratio.value),
                    "range": self.ranged(ratio.lower, ratio.upper, self.change),
                    "first": self.say("remarked", name=self.amount(before), remark=self.when(before)),
                    "last": self.say("remarked", name=self.said(after), remark=self.when(after)),
                }
            )
        if not rows:
            return self.none("none.earlier")
        data = pd.DataFrame(rows).sort_values("after", ascending=False, kind="stable", ignore_index=True)
        grew = len(data) > 1 and data.at[0, "after"] > 100
        title = self.say(
            "title.slopes" if grew else "title.slopes.first",
            n=len(data),
            name=data.at[0, "name"],
            value=data.at[0, "label"],
        )
        columns = self.columns("figure", "from", "to", "growth:number", "range:range")
        cells = [Row([row.name, row.first, row.last, row.label, row.range]) for row in data.itertuples(index=False)]
        with canvas.context():
            ax = series.slopes(data)
            table = Table(title, columns, [("", cells)])
            note = self.say("note.slopes")
            return self.picture("implied-growth", ax, title, self.say("kicker.slopes"), table, note)

    def undated(self) -> Picture | Html:
        """Share of each chapter's figures that carry no date."""
        frame = self.figures[~self.figures["source"].str.startswith("T.") & (self.figures["chapter"] > 0)]
        if frame.empty:
            return self.none("none.figures")
        grouped = frame.groupby("chapter")["year"].agg(total="size", dated="count")
        grouped["undated"] = grouped["total"] - grouped["dated"]
        grouped["share"] = 100 * grouped["undated"] / grouped["total"]
        grouped = grouped.sort_values("share", ascending=False, kind="stable")
        titles = [self.named("chapters", key, "title") for key in grouped.index]
        counts = [
            self.say("of", part=part, whole=whole)
            for part, whole in zip(grouped["undated"], grouped["total"], strict=True)
        ]
        data = pd.DataFrame(
            {
                "name": titles,
                "value": grouped["share"].to_numpy(),
                "lower": grouped["share"].to_numpy(),
                "upper": grouped["share"].to_numpy(),
                "form": "printed",
                "label": counts,
            }
        )
        title = self.say(
            "title.undated", undated=int(grouped["undated"].sum()), total=int(grouped["total"].sum()),
            share=self.percent(100 * grouped["undated"].sum() / grouped["total"].sum(), 0),
        )  # fmt: skip
        columns = self.columns("chapter", "undated:number", "total:number", "share:number")
        rows = [
            Row([name, str(row.undated), str(row.total), self.percent(row.share, 0)])
            for name, row in zip(titles, grouped.itertuples(), strict=True)
        ]
        with canvas.context():
            ax = bars.bars(data, 100)
            table = Table(title, columns, [("", rows)])
            return self.picture("undated", ax, title, self.say("kicker.undated"), table)

    def unanswered(self) -> Table | Html:
        """Targets on which nothing can be said, and why."""
        if self.score.empty:
            return self.none("none.region")
        due = self.scored(self.plan.target_year)
        columns = [*self.columns("indicator"), Column(str(self.plan.target_year)), *self.columns("after")]
        rows = [
            Row(
                [
                    self.named("indicators", key),
                    self.status(row["status"]),
                    self.status(self.score.at[key, "status"]),
                ]
            )
            for key, row in due.iterrows()
            if self.score.at[key, "status"] in ("no_data", "undecided")
        ]
        if not rows:
            return self.none("none.missing")
        caption = self.say("caption.unanswered", n=len(rows), year=self.year)
        return Table(caption, columns, [("", rows)], id="unanswered")

    def unfinished(self) -> Picture | Html:
        """Platforms by chapter and stage: what was still being built."""
        frame = self._platforms_all()
        if frame.empty:
            return self.none("none.platforms.any")
        chapters = [key for key in self.tables.chapters.index if key > 0]
        return self.matrix_picture(frame, chapters, "chapter")

    def _platforms_all(self) -> pd.DataFrame:
        frame = self.tables.platforms
        if self.region != self.plan.region:
            frame = frame[frame["owner"].isin(self.within)]
        return frame.assign(chapter=frame["section"].map(self.tables.sections["chapter"]))

    def public_after(self) -> Table | Html:
        """Public figures for years after the report's last one."""
        frame = self.tables.external
        frame = frame[(frame["year"] > self.year) & frame["region"].isin(self.within)]
        if frame.empty:
            return self.none("none.public")
        return self.public_table(frame, self.say("caption.public_after", n=len(frame), year=self.year), "public-after")
