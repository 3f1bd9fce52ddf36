"""Facts of the audit: a summary, a card for each with its arguments, and the list of what to ask for."""

import re
from functools import cached_property

import pandas as pd

from helpers.audit.reporting import strip_name
from helpers.charts import intervals
from helpers.display import html as display
from helpers.display.html import Html, Markup
from helpers.display.table import Column, Picture, Table
from helpers.language.formatter import lower_first, upper_first
from helpers.views.citing import cite_public
from helpers.views.context import Context
from helpers.views.errata import ErrataTables, name_reported

SHOWN = 2  # arguments of a card before the others are folded
CARD_FIELDS = ("finding", "verdict", "confidence", "sentence", "arithmetic", "locators", "settled_by", "changes")


class FactTables:
    """Tables and cards of the facts of a view."""

    def __init__(self, context: Context):
        self.context, self.words, self.say, self.view = context, context.words, context.say, context.view
        self._findings = self.view.findings.set_index("finding", drop=False)
        self._places = dict(zip(self.view.findings["finding"], self.view.findings.index, strict=True))

    # --- summary and list ------------------------------------------------------------------------------------

    def summary(self, facts: pd.DataFrame) -> Table:
        """What is in question, what it changes and whom to ask, a row a fact, each linked to its card."""
        context = self.context
        columns = [
            context.column("title", write=self._link, label="fact"), context.sentences("effect"),
            context.column("whom", write=lambda row: self._speak(row["whom"])),
        ]  # fmt: skip
        caption = self.say("caption.facts", n=len(facts))
        return context.table(caption, columns, facts, "facts", "fact", visible_caption=False)

    def _link(self, row: dict) -> Markup:
        """The title of a fact, linked to its card."""
        return Markup('<a href="#{}">{}</a>').format(self.context.anchor(row["fact"]), row["title"])

    def _speak(self, name: str) -> str:
        """The name of a body, which may be known in Chinese only."""
        return display.mark_language(name, self.context.language) if name else ""

    def checklist(self, facts: pd.DataFrame) -> Table:
        """The figures to ask for, in the order of their facts: as reported, of whom, and what an answer would change."""
        rows = pd.DataFrame([row for fact in facts.itertuples() for row in self._list_asked(fact)])
        context, only_first = self.context, self._write_once
        heading = self.say("column.figure")
        fields = {"name": heading} | {name: self.say(f"column.{name}") for name in ("period", "locator")}
        columns = [
            Column(fields, heading, self._write_figure), context.column("amount", label="reported"),
            context.column("ask", write=only_first("ask")),
            context.column("whom", write=lambda row: self._speak(only_first("whom")(row))),
            context.column("effect", write=only_first("effect")), context.column("answer", "answer"),
        ]  # fmt: skip
        caption = self.say("caption.checklist", n=len(rows))
        table = context.table(caption, columns, rows, "checklist", "item", "", "title")
        table.headings["title"] = self.say("column.fact")
        table.write_group = lambda row: context.link_names(row["title"])
        return table

    def _write_figure(self, row: dict) -> Markup:
        """Name, period and place of a figure."""
        where = " · ".join(filter(None, (row["period"], row["where"])))
        name = self.context.link_indicator(row["name"], row["indicator"])
        return Markup('{} <span class="locator">{}</span>').format(name, where)

    def _write_once(self, field: str):
        """Writes what is the same for all figures of a fact beside the first of them."""
        return lambda row: self.context.link_names(row[field]) if row["first"] else ""

    def _list_asked(self, fact) -> list[dict]:
        """Rows of the checklist for a fact: one a figure, or one for all of them where the fact is about several."""
        common = {"title": fact.title, "ask": fact.ask, "whom": fact.whom, "effect": fact.effect, "answer": ""}
        if not fact.figure and len(fact.asked) > 1:
            name = self.say("checklist.several", n=len(fact.asked))
            row = {"name": name, "indicator": "", "period": "", "amount": "", "locator": "", "where": ""}
            return [{"item": fact.fact} | row | common | {"first": True}]
        cells = [self._describe_figure(key) for key in fact.asked]
        return [
            {"item": f"{fact.fact}.{n}"} | row | common | {"first": n == 1, "locator": display.plain(row["locator"])}
            for n, row in enumerate(cells, 1)
        ]

    # --- cards -----------------------------------------------------------------------------------------------

    def cards(self, facts: pd.DataFrame, name: str) -> Html:
        """A card for each fact; its data has a row for each finding."""
        keys = [key for arguments in facts["arguments"] for key in arguments]
        findings = self._findings.loc[keys]
        confidence = [self.say(f"confidence.{word}") for word in findings["confidence"]]
        data = findings.assign(verdict=findings["verdict_name"], confidence=confidence)
        columns = [Column({field: self.say(f"card.{field}")}, field) for field in CARD_FIELDS[1:]]
        caption = self.say("caption.arguments", verdict=facts["verdict_name"].iloc[0], n=len(findings))
        table = self.context.table(caption, columns, data, name, "finding", "a-")
        grave = facts["verdict"].iloc[0] == "contradiction"
        cards = [(fact, self._card(fact, number)) for number, fact in enumerate(facts.itertuples(), 1)]
        unsure = [card for fact, card in cards if not grave and fact.confidence == "low"]
        html = self._lay_out([card for _, card in cards if card not in unsure], grave)
        if unsure:
            tag = Markup('{}<details class="fold printed"><summary>{}</summary>{}</details>')
            html = tag.format(html, self.say("cards.low", n=len(unsure)), self._lay_out(unsure, grave))
        html = Markup('<div class="cards">{}</div>').format(html)
        return Html(html, table.plain, name=table.name, frame=table.frame, resource=table.resource)

    def _lay_out(self, cards: list[Markup], grave: bool) -> Markup:
        """Cards below each other, or those of lesser facts beside each other where there is room."""
        tag = Markup('<div class="deck{}">{}</div>')
        return tag.format("" if grave else " brief", Markup("").join(cards)) if cards else Markup("")

    def _card(self, fact, number: int) -> Markup:
        """One fact; its title is the heading, and its gravest finding gives the anchor.

        A contradiction has a picture, our reading, whom to ask, and its figures; for lesser facts the checklist says whom.
        """
        findings, grave = [self._findings.loc[key] for key in fact.arguments], fact.verdict == "contradiction"
        tag = Markup('<p class="badge"><b class="verdict {}">{}</b> {} <span class="locator">{}</span></p>')
        sure = self.say(f"card.sure.{fact.confidence}")
        places = self._name_places(findings, fact.title)
        where = " · ".join([self.say("finding.number", n=number), sure, *places])
        title = self.context.link_names(fact.title)
        parts = [tag.format(fact.verdict, fact.verdict_name, "", where), Markup("<h3>{}</h3>").format(title)]
        texts = [self._arguments(findings, fact, places), self._terms(fact)]
        if grave:
            picture = next(filter(None, map(self._draw, findings)), None)
            texts.append(self._figures(fact))
            tag = Markup('<div class="two"><div class="left">{}</div>{}</div>')
            parts.append(tag.format(Markup("").join(texts), picture.html if picture else ""))
        else:
            parts += texts
        anchor = self.context.anchor(fact.fact)
        return Markup('<article class="card" id="{}">{}</article>').format(anchor, Markup("").join(parts))

    def _name_places(self, findings: list[pd.Series], sentence: str) -> list[str]:
        """Places of the figures that findings name, without public ones, in words; those in the sentence are left out."""
        rows = [self.context.number(key) for finding in findings for key in finding["figures"]]
        places = self.words.name_places([row for row in rows if row["form"] != "public"])
        return [place for place in places if not re.search(rf"{re.escape(place)}(?!\d)", sentence, re.IGNORECASE)]

    def _arguments(self, findings: list[pd.Series], fact, places: list[str]) -> Markup:
        """The findings about a fact, each with its arithmetic; the sentence of a single one is the title already.

        places: that the card names above them
        """
        several, name = len(findings) > 1, self.context.named("indicators", fact.indicator) if fact.indicator else ""
        items = []
        for number, finding in enumerate(findings):
            sentence = strip_name(finding["sentence"], name) if finding["sentence"] != fact.title else ""
            own = self._name_places([finding], fact.title + sentence) if several else []
            where = " · ".join(place for place in own if place not in places)
            tag, text = Markup('<p>{} <span class="locator">{}</span></p>'), self.context.link_names(sentence)
            parts = [tag.format(text, where)] if sentence else []
            sides = finding["arithmetic"].split(f" {finding['sign']} ")
            if finding["arithmetic"] and (
                len(sides) == 1 or len({*sides}) > 1
            ):  # two sides that read the same say nothing
                lines = Markup("<br>{} ").format(finding["sign"]).join(map(self.context.link_names, sides))
                parts.append(Markup('<p class="sum">{}</p>').format(lines))
            anchor = Markup(' id="{}"').format(self.context.anchor(finding["finding"])) if number else ""
            element = "<li{}>{}</li>" if several else "<div{}>{}</div>"
            items.append(Markup(element).format(anchor, Markup("").join(parts)) if parts else "")
        if not any(items):
            return Markup("")
        if not several:
            return Markup('<div class="arguments">{}</div>').format(Markup("").join(items))
        heading = Markup('<p class="label">{}</p>').format(self.say("card.arguments"))
        html = Markup('{}<ol class="arguments">{}</ol>').format(heading, Markup("").join(items[:SHOWN]))
        if len(items) > SHOWN:
            tag = '{}<details class="fold printed"><summary>{}</summary><ol class="arguments" start="{}">{}</ol></details>'
            summary, more = self.say("card.arguments.more", n=len(items) - SHOWN), Markup("").join(items[SHOWN:])
            html = Markup(tag).format(html, summary, SHOWN + 1, more)
        return html

    def _terms(self, fact) -> Markup:
        """Terms of a card: our reading, what the fact changes, what to ask for and, of a contradiction, whom."""
        grave = fact.verdict == "contradiction"
        terms = [
            ("card.reading", self._read(fact) if grave else ""), ("card.changes", fact.effect),
            ("card.settled", fact.ask), ("card.whom", self._speak(fact.whom) if grave else ""),
        ]  # fmt: skip
        item, link = Markup("<dt>{}</dt><dd>{}</dd>"), self.context.link_names
        items = [item.format(self.say(key), link(text)) for key, text in terms if text]
        return Markup("<dl>{}</dl>").format(Markup("").join(items))

    def _read(self, fact) -> str:
        """How we read those of the figures to ask for that we suspect, each by what it is of the indicator."""
        name = self.context.named("indicators", fact.indicator) if fact.indicator else ""
        readings = []
        for row in (self._readings[key] for key in fact.asked if key in self._readings):
            title = name_reported(self.context, self.context.number(row.key))
            what = strip_name(title, name)
            what = lower_first(what) if readings and what != title else what
            readings.append(self.say("card.reading.of", name=what, printed=row.printed, reading=row.reading))
        return self.say("card.reading.ours", readings=self.words.join_phrases(readings)) if readings else ""

    @cached_property
    def _readings(self) -> dict:
        """Rows of the table of errata by the keys of their figures."""
        frame = ErrataTables(self.context).readings().frame
        return {} if frame is None else {row.key: row for row in frame.itertuples()}

    def _figures(self, fact) -> Markup:
        """The figures of a fact as they are reported, each with its period and locator, folded."""
        if len(fact.figures) < 2:
            return Markup("")
        rows = pd.DataFrame([self._describe_figure(key) for key in fact.figures])
        context = self.context
        columns = [
            context.column("name", label="figure"), context.column("period"),
            context.column("amount", "number", label="value"),
            context.column("source", write=lambda row: row["locator"], label="locator"),
        ]  # fmt: skip
        caption = self.say("card.figures")
        table = context.table(caption, columns, rows, visible_caption=False).html
        summary = self.say("fold", name=caption, n=len(rows))
        return Markup("<details><summary>{}</summary>{}</details>").format(summary, table)

    def _describe_figure(self, key: str) -> dict:
        """Name, period, amount and place of a figure."""
        context, words = self.context, self.words
        row = context.number(key)
        where = ""
        if row["form"] == "public":
            name, place = (
                words.name_figure(row),
                Markup("{} {}").format(self.say("form.public"), cite_public(words, row)),
            )
        else:
            name, where = name_reported(context, row), words.name_place(row)
            place = Markup('<span class="locator">{}</span>').format(words.format_locator(row))
        return {
            "name": name, "indicator": row["indicator"], "period": words.format_period(row),
            "amount": words.format_quantity(row), "locator": place, "where": where, "source": "",
        }  # fmt: skip

    # --- pictures --------------------------------------------------------------------------------------------

    def _draw(self, finding: pd.Series) -> Picture | None:
        """A chain of levels and growth, or the ranges of two places that do not meet; of other findings nothing."""
        sides = self.view.comparisons
        sides = sides[sides["finding"] == self._places[finding["finding"]]] if len(sides) else sides
        if sides.empty:
            return None
        chained = sides["picture"].iloc[0] == "chain"
        if not chained and sides["place"].nunique() == 1:
            return None  # two numbers of one place show no comparison
        data = self._chain(sides) if chained else sides.assign(name=self._labels(sides), label=sides["amount"])
        draw = intervals.chain if chained else intervals.ranges
        context, sort = self.context, "chain" if chained else "ranges"
        title = context.named("indicators", context.number(finding["figures"][0])["indicator"])
        columns = [
            context.column("place", write=lambda row: upper_first(row["place"])), context.column("period"),
            context.column("amount", "number", label="value"), context.column("range", "range"),
        ]  # fmt: skip
        name = context.anchor(finding["finding"])
        kicker, note = self.say(f"kicker.{sort}"), self.say(f"note.{sort}")
        return context.picture(name, lambda: draw(data), title, kicker, context.table(title, columns, sides), note)

    def _labels(self, sides: pd.DataFrame) -> list[str]:
        rows = sides.itertuples()
        return [self.say("remarked", name=row.place, remark=row.period) for row in rows]

    def _chain(self, sides: pd.DataFrame) -> pd.DataFrame:
        """The level and the growth of one period, what they give for the one before, and what stands there instead."""
        words = self.words
        start, other = (row for _, row in sides.iterrows())
        level, rate = (self.context.number(key) for key in start["figures"])
        level = words.write_in(level, start["multiple"])
        # The picture has room for a place alone; others, and titles of documents, are in the table below it.
        stated = [self.context.number(key) for key in other["figures"]]
        place, end = (words.name_places(rows, titled=False)[0] for rows in (stated, [level]))
        rows = {
            "other": (other["period"], other["value"], other["label"], other["form"], place),
            "start": (start["period"], start["value"], start["label"], "derived", self.say("form.derived")),
            "end": (words.format_period(level), level["base"], words.format_label(level), "printed", end),
        }  # fmt: skip
        data = pd.DataFrame.from_dict(rows, orient="index", columns=["period", "value", "label", "form", "note"])
        growth = f"+{words.format_quantity(rate)}" if rate["base"] > 0 else words.format_quantity(rate)
        return data.assign(growth=growth, gap=start["gap"])
