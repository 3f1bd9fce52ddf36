"""The report checked against itself and against public figures: the facts in question, whom to ask, and what holds."""

import pandas as pd

from helpers.audit import ALARMS, CHECKS, LIMITS, VERDICTS
from helpers.charts import bars
from helpers.display.html import Html, Markup
from helpers.display.table import Column, Parts, Table, fold
from helpers.language.digits import round_outward
from helpers.views import reading
from helpers.views.bottom_line import BottomLine
from helpers.views.errata import ErrataTables
from helpers.views.facts import FactTables
from helpers.views.notebook import Notebook
from helpers.views.tables import FigureTables

CUT = 250  # % at which a bar of a completion ends
NAMED = 3  # indicators that the headline names


class Audit(Notebook):
    """Findings of the audit; it looks across the years, at the latest one that can be judged.

    >>> a = Audit.open("6-audit", globals())
    """

    _KIND = "audit"
    _PARAMETERS = ("language", "region", "data")

    def __init__(self, view, name: str = "", year: int | None = None, data: str = ""):
        super().__init__(view, name, view.main_year, data)
        self._facts = FactTables(self._context)

    @property
    def facts(self) -> pd.DataFrame:
        """What the findings question, one row a fact: what it changes, what to ask for, and whom (see docs/frames.md).

        >>> a.facts[["title", "effect", "whom"]]
        """
        return self.view.facts

    @property
    def _compared(self) -> pd.DataFrame:
        """Findings of comparisons, without what the figures cannot tell."""
        return self.findings[~self.findings["check"].isin(LIMITS)]

    def _by_verdict(self, verdict: str) -> pd.DataFrame:
        return self.findings[self.findings["verdict"] == verdict]

    def read(self, frame: pd.DataFrame) -> Html | None:
        """One sentence that says what a selection shows; nothing for an empty one, if the cell before has said so.

        >>> a.read(a.findings.query("verdict == 'contradiction'"))
        """
        return reading.read(self._context, frame)

    # --- opening ---------------------------------------------------------------------------------------------

    def opening(self) -> Html:
        """What contradicts, how much was compared, and what our corrections change for the targets.

        >>> a.opening()
        """
        context, say = self._context, self._say
        facts, compared, wrong = self.facts, *self._count_compared()
        grave = facts[facts["verdict"] == "contradiction"]
        if len(grave):
            headline = say("headline.audit", n=len(grave), names=self._name_some(grave["indicator"]))
        else:
            headline = say("headline.audit.none" if compared else "headline.audit.without", n=compared)
        lead = [say("lead.audit.compared", n=compared, wrong=wrong)] if wrong else []
        counts = [(verdict, int((facts["verdict"] == verdict).sum())) for verdict in ALARMS[1:]]
        others = self._words.join_names([say(f"count.{verdict}", n=n) for verdict, n in counts if n])
        lead.append(say("lead.audit.others", counts=others) if others else "")
        changed = context.changed(context.score)
        if len(changed):
            lead.append(say("lead.corrections", changes=self._describe_changes(changed), year=context.year))
        return self._opening(headline, [part for part in lead if part], BottomLine(context, context.score).readings)

    def _count_compared(self) -> tuple[int, int]:
        """How many figures of the documents were compared with another figure, and how many of them contradict one."""
        public, counts = self.view.public.index, []
        several = self.findings["figures"].map(len) > 1
        for rows in (self.findings[several], self._by_verdict("contradiction")):
            counts.append(len({key for keys in rows["figures"] for key in keys if key not in public}))
        return counts[0], counts[1]

    def _name_some(self, indicators: pd.Series) -> str:
        """Names of the first few indicators, and how many more there are."""
        names = self._words.name_indicators(dict.fromkeys(name for name in indicators if name))
        if len(names) <= NAMED:
            return self._words.join_names(names)
        return self._say("names.more", names=self._words.join_phrases(names[:NAMED]), n=len(names) - NAMED)

    def _describe_changes(self, changed: pd.DataFrame) -> str:
        """Which statuses our corrections change, from which to which."""
        clauses = [
            self._say(
                "reading.corrections.one", name=row.name, before=row.status_name,
                after=self._say(f"status.{row.status_corrected}"),
            )
            for row in changed.itertuples(index=False)
        ]  # fmt: skip
        return self._words.join_phrases(clauses)

    # --- facts -----------------------------------------------------------------------------------------------

    def summary(self) -> Table | Html:
        """The contradictions on one screen: each fact, what it changes, and whom to ask.

        >>> a.summary().frame
        """
        facts = self.facts[self.facts["verdict"] == "contradiction"]
        return self._facts.summary(facts) if len(facts) else self._context.none("none.contradiction")

    def cards(self, facts: pd.DataFrame | str) -> Html:
        """A card for each fact of a selection, or of a verdict: arguments with their arithmetic, a picture, what it changes.

        >>> a.cards(a.facts.query("verdict == 'contradiction'"))
        """
        if isinstance(facts, str):
            if facts not in ALARMS:
                return self._list_verdict(facts)
            facts = self.facts[self.facts["verdict"] == facts]
        if facts.empty:
            return self._context.none("none.facts")
        return self._facts.cards(facts, f"cards-{facts['verdict'].iloc[0]}")

    def checklist(self) -> Html:
        """The figures to ask for: as reported, what to ask, whom, and what an answer would change.

        >>> a.checklist().frame[["name", "period", "ask", "whom"]]
        """
        if self.facts.empty:
            return self._context.none("none.checklist")
        table = self._facts.checklist(self.facts)
        return fold(table, self._say("fold", name=self._say("checklist"), n=len(table.rows)))

    def limits(self) -> Table | Html:
        """What the figures cannot tell: chapters without a target, figures without a date.

        >>> a.limits().frame
        """
        rows = self.findings[self.findings["check"].isin(LIMITS)]
        if rows.empty:
            return self._context.none("none.limits")
        context = self._context
        columns = [context.sentences("sentence", "limit"), context.column("settled_by", label="remedy")]
        caption = self._say("caption.limits", n=len(rows))
        return context.table(caption, columns, rows, "limits", "finding", "a-", folded=True)

    def scopes(self) -> Html:
        """Figures that look alike but differ in definition, period or denominator.

        >>> a.scopes().frame
        """
        return self._list_verdict("scope")

    def unplaced(self) -> Parts | None:
        """Figures of no section: what a document says of the plan as a whole, and exchange rates; nothing if there are none.

        >>> a.unplaced().frames
        """
        context, tables, section = self._context, FigureTables(self._context), self.view.indicators["section"]
        printed, public = (frame[frame["indicator"].map(section) == ""] for frame in (self.figures, self.public))
        printed, parts = printed[printed["region"] == self.view.region], []
        if self.view.region != self.view.plan.region:  # exchange rates stand with the plan as a whole
            public = public.iloc[:0]
        if len(printed):
            columns = tables.columns("name", "qualifier", "value", "unit", "period", "source")
            caption, rows = self._say("caption.unplaced", n=len(printed)), tables.rows(printed, link=False)
            parts.append(context.table(caption, columns, rows, "figures-plan", "figure", "f-", folded=True))
        if len(public):
            names = self._name_some(public["indicator"])
            caption = self._say("caption.unplaced.public", n=len(public), names=names)
            parts.append(tables.public(public, caption, "public-plan"))
        return Parts(*parts) if parts else None

    def _list_verdict(self, verdict: str) -> Html:
        """Comparisons of a verdict, folded; those that agree by their checks."""
        rows = self._compared[self._compared["verdict"] == verdict]
        if rows.empty:
            return self._context.none(f"none.{verdict}")
        if verdict != "consistent":
            return self._list_findings(rows, verdict, f"{verdict}s")
        order = {check: place for place, check in enumerate(dict.fromkeys(rows["check"]))}
        rows = rows.sort_values("check", key=lambda column: column.map(order), kind="stable")
        return self._list_findings(rows, verdict, "holds", "check_name")

    def _list_findings(self, rows: pd.DataFrame, verdict: str, name: str, group: str = "") -> Html:
        """Findings as a folded table: sentence, arithmetic, locators."""
        context, located = self._context, Markup('<span class="locator">{}</span>')
        columns = [
            context.sentences("sentence"), context.sentences("arithmetic", kind="sum"),
            context.column("locators", write=lambda row: located.format(row["locators"]), label="locator"),
        ]  # fmt: skip
        caption = self._say(f"count.{verdict}", n=len(rows))
        table = context.table(caption, columns, rows, name, "finding", "a-", group)
        return fold(table, caption, self._say("fold.unprinted", name=caption, n=len(rows)))

    # --- completions -----------------------------------------------------------------------------------------

    def recomputed(self) -> Html:
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
        ends = [round_outward(*end, 0.1) for end in zip(frame["lower"], frame["upper"], strict=True)]
        rows = frame.assign(
            name=names, completion_printed=frame["printed_value"].round(), completion=frame["value"].round(1),
            verdict=[say("differs" if off else "holds") for off in differs],
            between=[self._words.format_ends(*end, percent) for end in ends],
        )  # fmt: skip
        shown = rows["between"] != ""
        rows = rows.assign(lower=[low for low, _ in ends], upper=[high for _, high in ends])
        rows[["lower", "upper"]] = rows[["lower", "upper"]].where(shown).round(1)
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
        picture = context.picture(
            "recomputed", lambda: bars.compared(data, {"target": "100%"}), title, say("kicker.recomputed"), table, note
        )
        return fold(picture, title, say("fold.unprinted", name=title, n=len(frame)))

    # --- what holds ------------------------------------------------------------------------------------------

    def checks(self) -> Html:
        """How many comparisons each check made, by verdict.

        >>> a.checks().frame
        """
        if self._compared.empty:
            return self._context.none("none.findings")
        counts = pd.crosstab(self._compared["check"], self._compared["verdict"]).reindex(
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
        table = self._context.table(self._say("caption.checks", n=len(counts)), columns, rows, "checks", "check")
        return fold(table, table.caption, self._say("fold.unprinted", name=table.caption, n=len(counts)))

    def holds(self) -> Html:
        """What was compared and agrees, by check.

        >>> a.holds().frame
        """
        return self._list_verdict("consistent")

    # --- errata ----------------------------------------------------------------------------------------------

    def errata(self) -> Html:
        """Readings that differ from what is printed, each with its reason and its evidence.

        >>> a.errata().frame
        """
        shown = ErrataTables(self._context).readings()
        return fold(shown, shown.caption) if isinstance(shown, Table) else shown

    def corrections(self) -> Table | Html:
        """Status of each indicator that errata touch, as printed and with errata.

        >>> a.corrections().frame
        """
        return ErrataTables(self._context).statuses()
