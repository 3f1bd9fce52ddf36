"""The report checked against itself and against public figures: what was found, finding by finding, and what holds."""

import pandas as pd

from helpers.audit import CHECKS, VERDICTS
from helpers.audit.wording import UNBROKEN
from helpers.charts import bars, intervals
from helpers.display.html import Html, Markup
from helpers.display.table import Column, Picture, Table
from helpers.views import reading
from helpers.views.citing import cite_public
from helpers.views.errata import ErrataTables, name_actual
from helpers.views.notebook import Notebook

CUT = 250  # % at which a bar of a completion ends
CARD_FIELDS = ("finding", "verdict", "confidence", "sentence", "arithmetic", "locators", "settled_by", "changes")


class Audit(Notebook):
    """Findings of the audit; it looks across the years, at the latest one that can be judged.

    >>> a = Audit.open("6-audit", globals())
    """

    _KIND = "audit"
    _PARAMETERS = ("language", "region", "data")

    def __init__(self, view, name: str = "", year: int | None = None, data: str = ""):
        super().__init__(view, name, view.main_year, data)

    def _by_verdict(self, verdict: str) -> pd.DataFrame:
        return self.findings[self.findings["verdict"] == verdict]

    def read(self, frame: pd.DataFrame) -> Html | None:
        """One sentence that says what a selection shows; nothing for an empty one, if the cell before has said so.

        >>> a.read(a.findings.query("verdict == 'contradiction'"))
        """
        return reading.read(self._context, frame)

    # --- opening ---------------------------------------------------------------------------------------------

    def opening(self) -> Html:
        """How much was checked and holds, what contradicts, and what that changes for the targets.

        >>> a.opening()
        """
        context, say = self._context, self._say
        wrong, holds = self._by_verdict("contradiction"), self._by_verdict("consistent")
        key = (
            "headline.audit"
            if len(wrong)
            else "headline.audit.none"
            if len(self.findings)
            else "headline.audit.without"
        )
        headline = say(key, n=len(self.findings), hold=len(holds), wrong=len(wrong))
        lead = []
        if len(wrong):
            concerned = dict.fromkeys(context.number(figures[0])["indicator"] for figures in wrong["figures"])
            lead.append(say("lead.audit.wrong", names=self._words.join_names(self._words.name_indicators(concerned))))
        others = [(verdict, len(self._by_verdict(verdict))) for verdict in VERDICTS[1:-1]]
        counts = self._words.join_names([say(f"count.{verdict}", n=n) for verdict, n in others if n])
        lead.append(say("lead.audit.others", counts=counts) if counts else "")
        changed = context.changed(context.score)
        if len(changed):
            names = self._words.join_names(self._words.name_indicators(changed.index))
            lead.append(say("lead.audit.changes", n=len(changed), names=names))
        rows = [(say("as_printed"), context.score), (say("with_errata"), context.scores(self.year, "corrected"))]
        return self._opening(headline, context.join_sentences(lead), rows if len(context.score) else [])

    # --- findings --------------------------------------------------------------------------------------------

    def cards(self, verdict: str) -> Html:
        """The findings of one verdict, a card each: figures, arithmetic, a picture, what settles it, what it changes.

        >>> a.cards("contradiction").frame
        """
        frame = self._by_verdict(verdict)
        if frame.empty:
            return self._context.none(f"none.{verdict}")
        numbered = enumerate(frame.itertuples(), 1)
        cards = Markup("").join(self._card(finding, number) for number, finding in numbered)
        caption = self._say(f"count.{verdict}", n=len(frame))
        columns = [Column({name: self._say(f"card.{name}")}, name) for name in CARD_FIELDS[1:]]
        data = frame.assign(
            verdict=frame["verdict_name"], confidence=[self._say(f"confidence.{word}") for word in frame["confidence"]]
        )
        table = self._context.table(caption, columns, data, f"cards-{verdict}", "finding", "a-")
        html = Markup('<div class="cards">{}</div>').format(cards)
        return Html(html, table.plain, name=table.name, frame=table.frame, resource=table.resource)

    def _card(self, finding, number: int) -> Markup:
        """One finding; its sentence is the heading."""
        where = finding.locators.replace(" ", " · ").replace(UNBROKEN, " ")
        badge = Markup('<p class="badge"><b class="verdict {}">{}</b> {} <span class="locator">{}</span></p>').format(
            finding.verdict, finding.verdict_name, self._say("finding.number", n=number), where
        )
        parts = [badge, Markup("<h3>{}</h3>").format(finding.sentence)]
        left = [self._printed(finding)] if finding.figures else []
        if finding.arithmetic:
            lines = Markup("<br>{} ").format(finding.sign).join(finding.arithmetic.split(f" {finding.sign} "))
            left.append(Markup('<p class="label">{}</p><p class="sum">{}</p>').format(self._say("card.sum"), lines))
        ends = [("card.confidence", self._say(f"confidence.{finding.confidence}"))]
        ends += [("card.settled", finding.settled_by), ("card.changes", finding.changes)]
        items = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(self._say(k), v) for k, v in ends if v)
        rest = [Markup("<dl>{}</dl>").format(items)]
        picture = self._drawn(finding)  # beside it the figures, else what settles the finding
        body = Markup('<div class="left">{}</div>').format(Markup("").join([*left, *(rest if picture else [])]))
        body += picture.html if picture else rest[0]
        parts.append(Markup('<div class="two">{}</div>').format(body))
        anchor = self._context.anchor(finding.finding)
        return Markup('<article class="card" id="{}">{}</article>').format(anchor, Markup("").join(parts))

    def _printed(self, finding) -> Markup:
        """The figures of a finding as they are printed, each with its period and locator."""
        rows = pd.DataFrame([self._printed_row(key) for key in finding.figures])
        context = self._context
        columns = [
            context.column("name", label="figure"), context.column("period"),
            context.column("amount", "number", label="value"),
            context.column("source", write=lambda row: row["locator"], label="locator"),
        ]  # fmt: skip
        return self._context.table(self._say("card.figures"), columns, rows, visible_caption=False).html

    def _printed_row(self, key: str) -> dict:
        """Name, period, amount and place of a figure."""
        context, words = self._context, self._words
        row = context.number(key)
        name, locator = (
            f"{words.name_figure(row)}{name_actual(context, row)}",
            words.format_locator(row) if row["form"] != "public" else "",
        )
        locator = Markup('<span class="locator">{}</span>').format(locator)
        if row["form"] == "public":
            cited = cite_public(words, row)
            name, locator = words.name_figure(row), Markup("{} {}").format(self._say("form.public"), cited)
        return {
            "name": name,
            "period": words.format_period(row),
            "amount": words.format_quantity(row),
            "locator": locator,
            "source": "",
        }

    # --- pictures of findings --------------------------------------------------------------------------------

    def _drawn(self, finding) -> Picture | None:
        """A chain of levels and growth, or the ranges that do not meet, where that helps."""
        sides = self.view.comparisons
        sides = sides[sides["finding"] == finding.Index] if len(sides) else sides
        if sides.empty:
            return None
        chained = sides["picture"].iloc[0] == "chain"
        data = self._chain(sides) if chained else sides.assign(name=self._labels(sides), label=sides["amount"])
        draw = intervals.chain if chained else intervals.ranges
        context, sort = self._context, "chain" if chained else "ranges"
        title = context.named("indicators", context.number(finding.figures[0])["indicator"])
        columns = [
            context.column("place"), context.column("period"), context.column("amount", "number", label="value"),
            context.column("range", "range"),
        ]  # fmt: skip
        name = context.anchor(finding.finding)
        kicker, note = self._say(f"kicker.{sort}"), self._say(f"note.{sort}")
        return context.picture(
            name, lambda: draw(data), title, kicker, self._context.table(title, columns, sides), note
        )

    def _labels(self, sides: pd.DataFrame) -> list[str]:
        rows = sides.itertuples()
        return [self._say("remarked", name=row.place, remark=row.period) for row in rows]

    def _chain(self, sides: pd.DataFrame) -> pd.DataFrame:
        """The level and the growth of one period, what they give for the one before, and what stands there instead."""
        words = self._words
        start, other = (row for _, row in sides.iterrows())
        level, rate = (self._context.number(key) for key in start["figures"])
        rows = {
            "other": (other["period"], other["value"], other["label"], other["form"], other["place"]),
            "start": (start["period"], start["value"], start["label"], "derived", self._say("form.derived")),
            "end": (
                words.format_period(level),
                level["base"],
                words.format_label(level),
                "printed",
                words.format_place(level),
            ),
        }
        data = pd.DataFrame.from_dict(rows, orient="index", columns=["period", "value", "label", "form", "note"])
        growth = f"+{words.format_quantity(rate)}" if rate["base"] > 0 else words.format_quantity(rate)
        return data.assign(growth=growth, gap=start["gap"])

    # --- completions -----------------------------------------------------------------------------------------

    def recomputed(self) -> Picture | Html:
        """Printed completions against the quotient of the printed actual and target.

        >>> a.recomputed().frame
        """
        context, say, percent = self._context, self._say, self._words.format_percent
        frame = self.view.completions
        if frame.empty:
            return context.none("none.recomputed")
        wrong = self.findings[(self.findings["verdict"] == "contradiction") & (self.findings["check"] == "completions")]
        differs = frame["printed_figure"].isin({key for figures in wrong["figures"] for key in figures})
        pairs = zip(frame["printed_value"], frame["value"], strict=True)
        names = self._words.name_indicators(frame["indicator"])
        numbers = ["printed_value", "value", "lower", "upper"]
        clipped = frame[numbers].clip(upper=CUT)
        data = clipped.rename(columns={"printed_value": "printed"}).assign(
            indicator=frame["indicator"], name=names, differs=differs,
            label=[say("compared", printed=percent(printed, 0), computed=percent(value)) for printed, value in pairs],
        )  # fmt: skip
        wrong_names = self._words.name_indicators(frame.loc[differs, "indicator"])
        if wrong_names:
            title = say("title.recomputed", n=len(wrong_names), names=self._words.join_names(wrong_names))
        else:
            title = say("title.recomputed.none", n=len(frame))
        rows = frame.assign(
            name=names, completion_printed=frame["printed_value"].round(), completion=frame["value"].round(1),
            verdict=[say("differs" if off else "holds") for off in differs],
            between=[self._words.format_ends(*ends, percent) for ends in zip(frame["lower"], frame["upper"], strict=True)],
        )  # fmt: skip
        shown = rows["between"] != ""
        rows = rows.assign(lower=frame["lower"].round(1).where(shown), upper=frame["upper"].round(1).where(shown))
        ends = {end: say(f"column.{end}") for end in ("lower", "upper")}
        columns = [
            context.column("name", label="indicator"),
            context.column(
                "completion_printed", "number", lambda row: percent(row["completion_printed"], 0), decimals=0, unit="%"
            ),
            context.column("completion", "number", lambda row: percent(row["completion"]), decimals=1, unit="%"),
            Column(ends, say("column.range"), lambda row: row["between"], "range", 1, "%"),
            context.column("verdict"),
        ]  # fmt: skip
        table, note = self._context.table(title, columns, rows, key="indicator"), say("note.recomputed")
        return context.picture(
            "recomputed", lambda: bars.compared(data, {"target": "100%"}), title, say("kicker.recomputed"), table, note
        )

    # --- what holds ------------------------------------------------------------------------------------------

    def checks(self) -> Table | Html:
        """How many comparisons each check made, by verdict.

        >>> a.checks().frame
        """
        if self.findings.empty:
            return self._context.none("none.findings")
        counts = pd.crosstab(self.findings["check"], self.findings["verdict"]).reindex(
            index=list(dict.fromkeys(check.__name__ for check in CHECKS)), columns=list(VERDICTS), fill_value=0
        )
        counts = counts[counts.sum(axis=1) > 0]
        rows = counts.assign(checked=counts.sum(axis=1), name=[self._say(f"check.{check}") for check in counts.index])
        total = {"check": "total", "name": self._say("column.total"), "row_kind": "total"}
        total |= rows.drop(columns="name").sum().to_dict()
        rows = pd.concat(
            [rows.reset_index(names="check").assign(row_kind=""), pd.DataFrame([total])], ignore_index=True
        )
        context = self._context
        columns = [context.column("name", label="check"), context.column("checked", "number")]
        for verdict in VERDICTS:
            word = self._say(f"verdict.{verdict}")
            columns.append(Column({verdict: word}, word, lambda row, v=verdict: str(row[v] or ""), "number"))
        return self._context.table(self._say("caption.checks", n=len(counts)), columns, rows, "checks", "check")

    def holds(self) -> Table | Html:
        """What was checked and found to hold, by check.

        >>> a.holds().frame
        """
        frame = self._by_verdict("consistent")
        if frame.empty:
            return self._context.none("none.consistent")
        context, located = self._context, Markup('<span class="locator">{}</span>')
        columns = [
            context.column("sentence", label="statement"), context.column("arithmetic", "sum"),
            context.column("locators", write=lambda row: located.format(row["locators"]), label="locator"),
        ]  # fmt: skip
        order = {check: place for place, check in enumerate(dict.fromkeys(frame["check"]))}
        rows = frame.sort_values("check", key=lambda column: column.map(order), kind="stable")
        caption = self._say("caption.holds", n=len(frame))
        return self._context.table(caption, columns, rows, "holds", "finding", "a-", "check_name")

    # --- errata ----------------------------------------------------------------------------------------------

    def errata(self) -> Table | Html:
        """Readings that differ from what is printed, each with its reason and its evidence.

        >>> a.errata().frame
        """
        return ErrataTables(self._context).readings()

    def corrections(self) -> Table | Html:
        """Status of each indicator that errata touch, as printed and with errata.

        >>> a.corrections().frame
        """
        return ErrataTables(self._context).statuses()
