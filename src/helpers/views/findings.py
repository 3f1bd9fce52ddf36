"""The report checked against itself and against public figures: what was found, finding by finding, and what holds."""

from functools import cached_property

import numpy as np
import pandas as pd

from helpers import audit as audits
from helpers.audit import Finding, Side
from helpers.audit.headline import at_target_year, attained
from helpers.charts import bars, canvas, intervals
from helpers.display.html import Column, Html, Markup, Picture, Row, Table
from helpers.package.schema import QUANTITY_MEASURES
from helpers.views.overview import Targets

GRAVE = ("contradiction", "label")  # verdicts whose findings are drawn where a picture helps
CUT = 250  # % at which a bar of a completion ends


class Audit(Targets):
    """Findings of the audit; it looks across the years, at the target year of the plan."""

    PARAMETERS = ("language", "region", "data")

    def __init__(self, *args, **values):
        super().__init__(*args, **values)
        self.year = self.plan.target_year

    @cached_property
    def found(self) -> list[Finding]:
        """Findings that name a figure of the region, or the plan as a whole."""
        here = {*self.figures.index}
        own = self.region == self.plan.region
        return [one for one in self.findings if here & {*one.figures} or (own and not one.figures)]

    def by_verdict(self, verdict: str) -> list[Finding]:
        return [one for one in self.found if one.verdict == verdict]

    # --- opening -------------------------------------------------------------------------------------------

    def opening(self) -> Html:
        """How much was checked and holds, what contradicts, and what that changes for the targets."""
        wrong, holds = self.by_verdict("contradiction"), self.by_verdict("consistent")
        key = "headline.audit" if wrong else "headline.audit.none" if self.found else "headline.audit.without"
        headline = self.say(key, n=len(self.found), hold=len(holds), wrong=len(wrong))
        lead = []
        if wrong:
            figures = self.wording.figures
            concerned = dict.fromkeys(figures.at[one.figures[0], "indicator"] for one in wrong)
            lead.append(self.say("lead.audit.wrong", names=self.join(self.names(concerned))))
        others = [(verdict, len(self.by_verdict(verdict))) for verdict in audits.VERDICTS[1:-1]]
        words = self.join([self.say(f"count.{verdict}", n=n) for verdict, n in others if n])
        lead.append(self.say("lead.audit.others", counts=words) if words else "")
        changed = self.changed(self.score)
        if len(changed):
            names = self.join(self.names(changed.index))
            lead.append(self.say("lead.audit.changes", n=len(changed), names=names))
        rows = [(self.say("as_printed"), self.score), (self.say("with_errata"), self.score_read)]
        return self._opening(headline, self.run_on(lead), rows if len(self.score) else [])

    # --- findings ------------------------------------------------------------------------------------------

    def cards(self, verdict: str) -> Html:
        """The findings of one verdict, a card each: figures, arithmetic, a picture, what settles it, what it changes."""
        found = self.by_verdict(verdict)
        if not found:
            return self.none(f"none.{verdict}")
        numbers = range(1, len(found) + 1)
        cards = Markup("").join(self._card(one, number) for one, number in zip(found, numbers, strict=True))
        return Html(Markup('<div class="cards">{}</div>').format(cards), self.say(f"count.{verdict}", n=len(found)))

    def _card(self, finding: Finding, number: int) -> Markup:
        """One finding; its sentence is the heading."""
        wording = self.wording
        where = " · ".join(wording.locators(finding))
        verdict = self.say(f"verdict.{finding.verdict}")
        badge = Markup('<p class="badge"><b class="verdict {}">{}</b> {} <span class="locator">{}</span></p>').format(
            finding.verdict, verdict, self.say("finding.number", n=number), where
        )
        parts = [badge, Markup("<h3>{}</h3>").format(wording.sentence(finding))]
        left = [self._printed(finding)] if finding.figures else []
        if arithmetic := wording.arithmetic(finding):
            lines = Markup("<br>{} ").format(finding.sign).join(arithmetic.split(f" {finding.sign} "))
            left.append(Markup('<p class="label">{}</p><p class="sum">{}</p>').format(self.say("card.sum"), lines))
        ends = [("card.confidence", self.say(f"confidence.{finding.confidence}"))]
        ends += [("card.settled", wording.settled_by(finding)), ("card.changes", wording.changes(finding))]
        items = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(self.say(k), v) for k, v in ends if v)
        rest = [Markup("<dl>{}</dl>").format(items)]
        picture = self._drawn(finding)  # beside it the figures, else what settles the finding
        body = Markup('<div class="left">{}</div>').format(Markup("").join([*left, *(rest if picture else [])]))
        body += picture.html if picture else rest[0]
        parts.append(Markup('<div class="two">{}</div>').format(body))
        anchor = self.anchor(finding.key)
        return Markup('<article class="card" id="{}">{}</article>').format(anchor, Markup("").join(parts))

    def _printed(self, finding: Finding) -> Markup:
        """The figures of a finding as they are printed, each with its period and locator."""
        line = Markup(
            '<tr><th scope="row">{}</th><td>{}</td><td class="number">{}</td>'
            '<td><span class="locator">{}</span></td></tr>'
        )
        rows = Markup("").join(line.format(*self._printed_cells(key)) for key in finding.figures)
        head = Markup("").join(
            Markup('<th scope="col"{}>{}</th>').format(Markup(kind), self.say(f"column.{key}"))
            for key, kind in (("figure", ""), ("period", ""), ("value", ' class="number"'), ("locator", ""))
        )
        table = Markup('<table><caption class="hidden">{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>')
        caption = self.say("card.figures")
        return Markup('<div class="scroll" role="region" aria-label="{}" tabindex="0">{}</div>').format(
            caption, table.format(caption, head, rows)
        )

    def _printed_cells(self, key: str) -> tuple:
        """Name, period, amount and place of a figure."""
        public = key not in self.tables.figures.index
        row = (self.tables.external if public else self.tables.figures).loc[key]
        if not public:
            return f"{self.title(row)}{self._actual(row)}", self.when(row), self.said(row), self.where(row)
        source = Markup("{} {}").format(self.say("form.public"), self.public_source(row))
        return self.title(row), self.when(row), self.said(row), source

    # --- pictures of findings ------------------------------------------------------------------------------

    def _drawn(self, finding: Finding) -> Picture | None:
        """A chain of levels and growth, or the ranges that do not meet, where that helps."""
        sides = finding.sides
        if (
            finding.verdict not in GRAVE
            or len(sides) != 2
            or any(side.value is None or not side.figures for side in sides)
        ):
            return None
        if not self._one_unit(sides) or sides[0].value.meets(sides[1].value):
            return None
        if sides[0].formula == "{}÷(1+{})" and min(side.value.value for side in sides) > 0:
            return self._chain(finding)
        return self._ranges(finding)

    def _one_unit(self, sides: tuple[Side, ...]) -> bool:
        """Are both sides in one unit, so that one scale holds them?"""
        units = {side.unit or self.wording.figures.at[side.figures[0], "base_unit"] for side in sides}
        return len(units) == 1

    def _form(self, side: Side) -> str:
        if side.formula != "{}":
            return "derived"
        return "printed" if side.figures[0] in self.tables.figures.index else "public"

    def _ranges(self, finding: Finding) -> Picture:
        wording = self.wording
        data = pd.DataFrame(
            [
                {
                    "name": self.say("remarked", name=wording.where(side), remark=wording.when(side)),
                    "label": wording.amount(side),
                    "lower": side.value.lower,
                    "value": side.value.value,
                    "upper": side.value.upper,
                    "form": self._form(side),
                }
                for side in finding.sides
            ]
        )
        with canvas.context():
            return self._picture_of(finding, intervals.ranges(data), "ranges")

    def _chain(self, finding: Finding) -> Picture:
        """The level and the growth of one period, what they give for the one before, and what stands there instead."""
        wording = self.wording
        start, other = finding.sides
        level, rate = (wording.figures.loc[key] for key in start.figures)
        sides = {
            "other": (other, self._form(other), wording.where(other)),
            "start": (start, "derived", self.say("form.derived")),
        }
        rows = {
            name: (wording.when(side), side.value.value, self.label_of(wording.row(side)), form, note)
            for name, (side, form, note) in sides.items()
        }
        rows["end"] = (self.when(level), level["base"], self.label_of(level), "printed", level["source"])
        data = pd.DataFrame.from_dict(rows, orient="index", columns=["period", "value", "label", "form", "note"])
        times = max(other.value.value / start.value.value, start.value.value / other.value.value)
        data["growth"], data["gap"] = f"+{self.said(rate)}" if rate["base"] > 0 else self.said(rate), wording.gap(times)
        with canvas.context():
            return self._picture_of(finding, intervals.chain(data), "chain")

    def _picture_of(self, finding: Finding, ax, sort: str) -> Picture:
        """A picture of a finding; its data are the two sides."""
        wording = self.wording
        rows = [
            Row([wording.where(side), wording.when(side), wording.amount(side), wording.between(side)])
            for side in finding.sides
        ]
        title = self.named("indicators", wording.figures.at[finding.figures[0], "indicator"])
        table = Table(title, self.columns("place", "period", "value:number", "range:range"), [("", rows)])
        kicker = self.say(f"kicker.{sort}")
        return self.picture(self.anchor(finding.key), ax, title, kicker, table, self.say(f"note.{sort}"))

    # --- completions ---------------------------------------------------------------------------------------

    def recomputed(self) -> Picture | Html:
        """Printed completions against the quotient of the printed actual and target."""
        frame = at_target_year(self.tables) if self.region == self.plan.region else attained(self.tables).iloc[:0]
        frame = frame[(frame["printed_figure"] != "") & frame["value"].notna()] if len(frame) else frame
        if frame.empty:
            return self.none("none.recomputed")
        wrong = {key for one in self.by_verdict("contradiction") if one.check == "completions" for key in one.figures}
        differs = frame["printed_figure"].isin(wrong)
        data = pd.DataFrame(
            {
                "name": self.names(frame.index),
                "printed": frame["printed_value"].clip(upper=CUT),
                "value": frame["value"].clip(upper=CUT),
                "lower": frame["lower"].clip(upper=CUT),
                "upper": frame["upper"].clip(upper=CUT),
                "differs": differs,
                "label": [
                    self.say("compared", printed=self.percent(printed, 0), computed=self.percent(computed))
                    for printed, computed in zip(frame["printed_value"], frame["value"], strict=True)
                ],
            }
        )
        differ = frame.index[differs]
        if len(differ):
            title = self.say("title.recomputed", n=len(differ), names=self.join(self.names(differ)))
        else:
            title = self.say("title.recomputed.none", n=len(frame))
        columns = self.columns("indicator", "completion_printed:number", "completion:number", "range:range", "verdict")
        rows = [
            Row(
                [
                    self.named("indicators", key),
                    self.percent(row["printed_value"], 0),
                    self.percent(row["value"]),
                    self.ranged(row["lower"], row["upper"], self.percent),
                    self.say("differs" if off else "holds"),
                ]
            )
            for (key, row), off in zip(frame.iterrows(), differs, strict=True)
        ]
        with canvas.context():
            ax = bars.compared(data, {"target": "100%"})
            table = Table(title, columns, [("", rows)])
            return self.picture(
                "recomputed", ax, title, self.say("kicker.recomputed"), table, self.say("note.recomputed")
            )

    # --- what holds ----------------------------------------------------------------------------------------

    def checks(self) -> Table | Html:
        """How many comparisons each check made, by verdict."""
        if not self.found:
            return self.none("none.findings")
        frame = pd.DataFrame(
            {"check": [one.check for one in self.found], "verdict": [one.verdict for one in self.found]}
        )
        counts = pd.crosstab(frame["check"], frame["verdict"]).reindex(
            index=list(dict.fromkeys(check.__name__ for check in audits.CHECKS)),
            columns=list(audits.VERDICTS),
            fill_value=0,
        )
        counts = counts[counts.sum(axis=1) > 0]
        columns = [*self.columns("check"), *self.columns("checked:number")]
        columns += [Column(self.say(f"verdict.{verdict}"), "number") for verdict in audits.VERDICTS]
        rows = [
            Row([self.say(f"check.{check}"), str(line.sum()), *(str(n or "") for n in line)])
            for check, line in zip(counts.index, counts.to_numpy(), strict=True)
        ]
        total = counts.to_numpy().sum(axis=0)
        rows.append(Row([self.say("column.total"), str(total.sum()), *(str(n or "") for n in total)], kind="total"))
        return Table(self.say("caption.checks", n=len(counts)), columns, [("", rows)], id="checks")

    def holds(self) -> Table | Html:
        """What was checked and found to hold, by check."""
        found = self.by_verdict("consistent")
        if not found:
            return self.none("none.consistent")
        groups: dict[str, list[Row]] = {}
        for one in found:
            where = Markup('<span class="locator">{}</span>').format(" ".join(self.wording.locators(one)))
            row = Row([self.wording.sentence(one), self.wording.arithmetic(one), where], id=self.anchor(one.key))
            groups.setdefault(self.say(f"check.{one.check}"), []).append(row)
        columns = self.columns("statement", "arithmetic:sum", "locator")
        return Table(self.say("caption.holds", n=len(found)), columns, list(groups.items()), id="holds")

    # --- errata --------------------------------------------------------------------------------------------

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
        plain = figure.get("source", "").startswith("T.") and figure["measure"] in QUANTITY_MEASURES
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
        what = self.say(f"what.{measure}") if measure not in QUANTITY_MEASURES else ""
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
