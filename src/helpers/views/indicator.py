"""One indicator over all years: its target and every value with its source, what the audit says, and the places within."""

from functools import cached_property

import pandas as pd

from helpers.audit import DOUBTS
from helpers.display import html as display
from helpers.display.html import Html, Markup
from helpers.display.table import Parts, Picture, Table, records_of
from helpers.language.formatter import upper_first
from helpers.views.citing import cite_public
from helpers.views.indicator_lead import IndicatorLead
from helpers.views.notebook import Notebook
from helpers.views.trend import Trend

ORDER = ("target", "level", "flow", "share", "index", "rank", "growth_rate", "change", "completion")  # in one period


class Indicator(Notebook):
    """One indicator of the plan; it looks across the years.

    >>> i = Indicator.open("indicator", globals())
    """

    _KIND = "indicator"
    _PARAMETERS = ("indicator", "language", "region", "data")

    def __init__(self, view, name: str = "", year: int | None = None, data: str = ""):
        super().__init__(view, name, view.main_year, data)

    @property
    def indicator(self) -> str:
        """Key of the indicator.

        >>> i.indicator
        """
        return self.view.indicator

    @cached_property
    def _about(self) -> pd.Series:
        return self.view.indicators.loc[self.indicator]

    @cached_property
    def _trend(self) -> Trend:
        return Trend(self._context, self._figures)

    @property
    def _short(self) -> str:
        return self._context.short()

    @cached_property
    def _numbers(self) -> list[pd.DataFrame]:
        """Figures, derived values and public figures of the indicator, of all places."""
        frames = self.figures, self.derived, self.public
        return [frame[(frame["indicator"] == self.indicator).to_numpy(dtype=bool)] for frame in frames]

    # --- opening ---------------------------------------------------------------------------------------------

    def opening(self) -> Html:
        """The latest value and its change, the target and whether it is reached, as reported and as corrected.

        >>> i.opening()
        """
        context, sentences = self._context, IndicatorLead(self._trend, self._targets, self._numbers[1], self._inside)
        lead = sentences.list_sentences()
        known = self.findings[self.findings["verdict"].isin(DOUBTS)]
        lead.append(self._say("indicator.doubts", n=len(known)) if len(known) else "")
        html = self._opening(sentences.read_latest(), lead, [])
        chapter, number = self._about["chapter"], self._about["headline"]
        html.page |= {
            "group": "" if pd.isna(chapter) else context.named("chapters", int(chapter), "title"),
            "headline_number": None if pd.isna(number) else int(number),
        }
        return html

    # --- values ----------------------------------------------------------------------------------------------

    def history(self) -> Parts:
        """All values over the years, as a picture where two can be compared, and as a table with the source of each.

        >>> i.history().frames
        """
        compared = len(self._trend.drawn) + len(self._trend.aims) > 1  # one value alone is no picture
        shown = [self.picture()] if compared else []
        values = self.values()
        alone = isinstance(values, Table) or not self._count_within()
        return Parts(
            *[part for part in shown if isinstance(part, Picture)], self.legend(), *([values] if alone else [])
        )

    def picture(self) -> Picture | Html:
        """Target, printed, derived and public values over time.

        >>> i.picture().frame
        """
        return self._trend.picture()

    def values(self) -> Table | Html:
        """Every figure, derived value and public figure of the place, year by year, each with its source.

        >>> i.values().frame
        """
        frames = [self._select_reported(), *self._numbers[1:]]
        frames = [frame[(frame["region"] == self._trend.place).to_numpy(dtype=bool)] for frame in frames]
        if not any(map(len, frames)):
            return self._context.none("none.figures")
        rows, count = self._list_rows(frames), sum(map(len, frames))
        corrections = len(rows) - count
        key = "caption.values.corrected" if corrections else "caption.values"
        caption = self._say(key, name=self._short, n=count, m=corrections)
        columns = self._figures.columns("period", "name", "qualifier", "value", "unit", "range", "source")
        columns[0] = self._context.column("period", write=lambda row: upper_first(row["period"]))
        return self._context.table(caption, columns, rows, "values", "figure", "f-")

    def _select_reported(self) -> pd.DataFrame:
        """Figures of the indicator as reported or as we read them: a figure may be suspected to be of another quantity."""
        frames = self.view.figures, self.view.corrected
        keys = {key for frame in frames for key in frame.index[frame["indicator"] == self.indicator]}
        return self.view.figures[self.view.figures.index.isin(keys)]

    def _list_rows(self, frames: list[pd.DataFrame]) -> pd.DataFrame:
        """Rows of a table of figures by period, undated ones last; what a public figure cites can be followed."""
        frame = pd.concat([frame for frame in frames if len(frame)] or frames[:1])
        frame = frame.assign(
            order=[ORDER.index(measure) for measure in frame["measure"]], undated=frame["period"] == ""
        )
        frame = frame.sort_values(["undated", "year", "period", "order"], kind="stable", na_position="last")
        frame = self._figures.add_readings(frame)
        rows = self._figures.rows(frame, link=False)
        rows["locator"] = [
            cite_public(self._words, row) if row["form"] == "public" else Markup('<span title="{}">{}</span>').format(
                self._words.describe_place(row) if row["document"] else "", row["locator"]
            )
            for row in records_of(rows)
        ]  # fmt: skip
        return rows

    # --- what else is known ----------------------------------------------------------------------------------

    def more(self) -> Parts:
        """What the audit says, the places within the region, other places, who is responsible, and the sources; nothing for
        what there is not.

        >>> i.more().frames
        """
        parts = (self.checked(), self.within(), self.elsewhere(), self.facts(), self.sources())
        return Parts(*[part for part in parts if part is not None])

    def checked(self) -> Html | None:
        """Findings of the audit about the indicator, the gravest first, with links to them.

        >>> i.checked()
        """
        frame = self.findings
        if frame.empty:
            return None
        say, audit = self._say, self._context.notebooks["audit"]
        doubts = frame[frame["verdict"].isin(DOUBTS)]
        item = Markup('<li><a class="verdict {}" href="{}.ipynb#{}">{}</a> {}</li>')
        items = [
            item.format(
                row["verdict"], audit, self._context.anchor(row["finding"]), row["verdict_name"],
                self._context.link_names(row["sentence"]),
            )
            for row in records_of(doubts)
        ]  # fmt: skip
        holds = len(frame) - len(doubts)
        text = say("indicator.checked.others" if items else "indicator.checked", n=holds) if holds else ""
        html = Markup("<h2>{}</h2>").format(say("indicator.findings"))
        html += Markup('<ul class="findings">{}</ul>').format(Markup("").join(items)) if items else Markup("")
        html += Markup("<p>{}</p>").format(text) if text else Markup("")
        return Html(html, self._context.join_sentences([*doubts["sentence"], text]))

    def within(self) -> Table | None:
        """Figures of the places within the region.

        >>> i.within()
        """
        frames = self._inside
        if not self._count_within():
            return None
        rows = self._list_rows(frames)
        columns = self._figures.columns("place", "period", "name", "qualifier", "value", "unit", "source")
        return self._context.table(self._say("caption.within", n=len(rows)), columns, rows, "within", "figure", "f-")

    def elsewhere(self) -> Table | None:
        """Public figures of places outside the region, which findings compare with its own.

        >>> i.elsewhere()
        """
        public = self._numbers[2]
        if public.empty:
            return None
        here = [self._trend.place, *self.view.within(self.view.region)]
        rows = public[~public["region"].isin(here).to_numpy(dtype=bool)]
        if rows.empty:
            return None
        return self._figures.public(rows, self._say("caption.elsewhere", n=len(rows)), "elsewhere")

    @cached_property
    def _inside(self) -> list[pd.DataFrame]:
        """Figures, derived values and public figures of the indicator, of the places within the region."""
        place, frames = self._trend.place, self._numbers
        if all((frame["region"] == place).all() for frame in frames):
            return [frame.iloc[:0] for frame in frames]
        places = [name for name in self.view.within(self.view.region) if name != place]
        return [frame[frame["region"].isin(places).to_numpy()] for frame in frames]

    def _count_within(self) -> int:
        return sum(map(len, self._inside))

    def facts(self) -> Html:
        """Section, unit and department in charge; the sources say how to cite the page.

        >>> i.facts()
        """
        say, about, context = self._say, self._about, self._context
        chapter, section = about["chapter"], about["section"]
        items = []
        if section:
            notebook = self._words.column("chapters", "notebook")[int(chapter)]
            link = Markup('<a href="{}.ipynb#s-{}">{} {}</a>')
            title = context.named("sections", section, "title")
            items.append(("column.section", link.format(notebook, section, section, title)))
        unit = about["unit"] if self.language == "zh" else context.named("units", about["unit"])
        items.append(("column.unit", unit))
        if about["responsible"]:
            items.append(("indicator.responsible", about["responsible"]))
        rows = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(say(key), value) for key, value in items)
        plain = "\n".join(f"{say(key)}: {display.plain(value)}" for key, value in items)
        return Html(Markup('<dl class="facts">{}</dl>').format(rows), plain)
