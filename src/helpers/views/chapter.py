"""A chapter in one year: its targets, and section by section its figures, pictures and platforms."""

from collections import Counter
from collections.abc import Sized
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.display.html import Html, Markup
from helpers.display.table import Parts, Picture, Table
from helpers.errors import UserError
from helpers.package.schema import QUANTITY_MEASURES
from helpers.views import places, reading
from helpers.views.bottom_line import BottomLine
from helpers.views.notebook import Notebook
from helpers.views.sections import SectionTables, count_contents


class Chapter(Notebook):
    """One chapter of the plan. Selections are made with pandas from its frames; `section` shows all that it holds.

    >>> c = Chapter.open("2-integration", globals())
    """

    _KIND = "chapter"

    # --- selections ------------------------------------------------------------------------------------------

    @cached_property
    def _number(self) -> int:
        chapters = self.view.chapters
        return int(chapters.index[chapters["notebook"] == self._name][0])

    @property
    def current(self) -> pd.DataFrame:
        """Figures of the chapter that the page shows: those of the year; on that of the main year also undated ones.

        >>> c.current.query("section == '2.5' and measure == 'share'")
        """
        return self._current[""]

    @property
    def sections(self) -> list[str]:
        """Numbers of the chapter's sections, in order.

        >>> c.sections
        """
        frame = self.view.sections
        return [*frame.index[frame["chapter"] == self._number]]

    @cached_property
    def _score(self) -> pd.DataFrame:
        """Headline indicators of the chapter as printed, in the year."""
        return self._own(self._context.score)

    def _own(self, score: pd.DataFrame) -> pd.DataFrame:
        return score[score.index.map(self.view.indicators["chapter"]) == self._number]

    @cached_property
    def _current(self) -> dict[str, pd.DataFrame]:
        """Printed figures that the page shows, by section; those of the chapter under no name."""
        frame = self.figures
        shown = frame["year"].map(self._context.choose_page_year, na_action="ignore") == self.year
        undated = frame["year"].isna() & self._context.is_main
        frame = frame[(shown | undated).to_numpy() & (frame["chapter"] == self._number)]
        return {"": frame} | dict(iter(frame.groupby("section", sort=False)))

    def _printed(self, section: str = "") -> pd.DataFrame:
        """Printed figures of a section, or of the chapter, that the page shows."""
        return self._current[section] if section in self._current else self._current[""].iloc[:0]

    def _implied(self, section: str = "") -> pd.DataFrame:
        """Derived values of a section, or of the chapter: of the year, and what the year's figures say of another."""
        frame = self.derived
        place = frame["section"] == section if section else frame["chapter"] == self._number
        here = (frame["year"] == self.year) | frame["used"].str[0].isin(self._printed(section).index)
        return frame[place & here.to_numpy()]

    @cached_property
    def _staged(self) -> pd.DataFrame:
        """Platforms in the stage of the year; one without a history stands once, and any other not before it begins."""
        frame = self.platforms
        if not self._context.is_main:
            frame = frame[frame["history"] != ""]
        return reading.put_in_stage(self._context, frame, self.year)

    def _platforms(self, section: str = "") -> pd.DataFrame:
        """Platforms of a section, or of the chapter, that the page shows."""
        frame = self._staged
        return frame[frame["section"] == section] if section else frame[frame["chapter"] == self._number]

    def _select(self, what: "str | pd.DataFrame", dated: bool = False) -> pd.DataFrame:
        """Figures of a section in the year, or a selection as it is.

        Raises UserError for a section that the chapter lacks.
        """
        if isinstance(what, pd.DataFrame):
            return what
        if what not in self.sections:
            raise UserError(f"{self._name} has no section {what!r}; it has {', '.join(self.sections)}.")
        frame = self._printed(what)
        return frame[frame["year"].notna()] if dated else frame

    def opening(self) -> Html:
        """Bottom line of the chapter: its targets, what is printed for the year, derived, undated; its platforms.

        >>> c.opening()
        """
        say, platforms, printed = self._say, self._platforms(), self._printed()
        counts = self._count(printed, self._implied())
        line = BottomLine(self._context, self._score)
        brief = self._is_brief
        lead = [
            *line.explain(),
            say("summary.chapter", text=counts) if counts else say("summary.none", year=self.year),
            self._tell_elsewhere() if brief else "",
        ]
        running = int((platforms["status"] == "running").sum())
        lead.append(say("lead.platforms", n=running, total=len(platforms)) if len(platforms) > 1 else "")
        return self._opening(line.headline("headline.chapter"), lead, line.readings, self.sections, counts, brief=brief)

    @cached_property
    def _is_brief(self) -> bool:
        """Does the year add nothing to the chapter?"""
        return not (self._context.is_main or len(self._printed()) or len(self._implied()) or len(self._platforms()))

    def _tell_elsewhere(self) -> str:
        """Which page shows what belongs to no year."""
        figures, platforms = (frame[frame["chapter"] == self._number] for frame in (self.figures, self.platforms))
        counts = {"summary.undated": int(figures["year"].isna().sum()), "summary.platforms": len(platforms)}
        what = self._words.join_names([self._say(key, n=n) for key, n in counts.items() if n])
        elsewhere = {"what": what, "year": self._context.choose_page_year(self.view.main_year)}
        return self._say("summary.elsewhere", **elsewhere) if what else ""

    def scoreboard(self) -> Table | Html:
        """The chapter's headline indicators against their targets.

        >>> c.scoreboard().frame
        """
        if self._score.empty:
            return self._context.none("none.targets")
        if self._is_brief and (self._score["status"] == "no_data").all():
            return self._context.none("none.completion")
        return self._targets.scoreboard(self._score, BottomLine(self._context, self._score).message("headline.chapter"))

    def stages(self) -> Picture | Html | None:
        """Platforms of the chapter by section and stage.

        >>> c.stages().frame
        """
        frame = self._platforms()
        if frame.empty:
            key = "none.platforms.elsewhere" if (self.platforms["chapter"] == self._number).any() else "none.platforms"
            return self._context.none(key, page=self._context.choose_page_year(self.view.main_year))
        return self._pictures.stages(frame, self.sections, "section")

    def read(self, frame: pd.DataFrame) -> Html | None:
        """One sentence that says what a selection shows; nothing for an empty one, if the cell before has said so.

        >>> c.read(c.figures.query("section == '2.3' and measure == 'growth_rate' and year == 2018"))
        """
        if "history" in frame and (frame["history"] != "").any():
            frame = reading.put_in_stage(self._context, frame, self.year)
        return reading.read(self._context, frame)

    # --- pictures of a selection -----------------------------------------------------------------------------

    def growth(self, what: "str | pd.DataFrame") -> Picture | Html | None:
        """Growth rates of a section in the year, or of a selection, largest first; nothing where fewer than three compare.

        >>> c.growth("2.3")
        """
        return self._pictures.growth(self._select(what, dated=True))

    def shares(self, what: "str | pd.DataFrame") -> Picture | Html | None:
        """Shares of a section or of a selection, on a scale to 100 %; nothing where there are fewer than three.

        A section's headline shares are in its targets.

        >>> c.shares("2.5")
        """
        frame = self._select(what)
        return self._pictures.shares(frame[frame["headline"].isna()] if isinstance(what, str) else frame)

    def counts(self, what: "str | pd.DataFrame") -> Picture | Html | None:
        """Values of one quantity in several places, of a selection or of a group (`indicators.csv: group`), largest first.

        Nothing where no quantity has values of several places: different quantities cannot be compared.

        >>> c.counts("farm-entities")
        """
        if isinstance(what, str):
            members = self.view.indicators.index[self.view.indicators["group"] == what]
            if members.empty:
                raise UserError(f"indicators.csv has no group {what!r} in {self._name}.")
            what = self._printed()[self._printed()["indicator"].isin(members)]
        return self._pictures.counts(what)

    def ranks(self, what: "str | pd.DataFrame") -> Picture | Html | None:
        """Places in rankings of a section or of a selection; nothing where there are fewer than three.

        >>> c.ranks("2.1")
        """
        return self._pictures.ranks(self._select(what))

    def parts(self, what: "str | pd.DataFrame") -> Picture | Html:
        """Parts of a whole, as the relations of the package name them, in a section or in a selection.

        >>> c.parts("2.1")
        """
        return self._pictures.parts(self._select(what))

    def earlier(self, what: "str | pd.DataFrame") -> Picture | Html:
        """Values derived for an earlier year above the printed ones, of a section or of rows of `derived`.

        >>> c.earlier("2.1")
        """
        return self._pictures.earlier(what if isinstance(what, pd.DataFrame) else self._earlier(what))

    def _earlier(self, section: str) -> pd.DataFrame:
        """Values derived for the year, or for another year from one of the year, in a section."""
        self._select(section)
        frame = self.derived[self.derived["section"] == section]
        levels = self.view.corrected["year"].reindex(frame["used"].str[0])
        here = (frame["year"] == self.year).to_numpy() | (levels == self.year).fillna(False).to_numpy(dtype=bool)
        return frame[here]

    def years(self, indicator: str) -> pd.DataFrame:
        """One value a year of a quantity, as corrected: from the text, else derived, else from the table, else public.

        Raises UserError for an indicator that this notebook does not hold.

        >>> c.years("industrial-robots")[["year", "value", "lower", "upper", "unit", "form"]]
        """
        if indicator not in self.view.indicators.index:
            hint = f"; `{self._name}` holds the indicators of its chapter, see c.figures['indicator'], and c.whole all others"
            raise UserError(f"there is no indicator {indicator!r} here{hint}.")
        return self._pictures.select_series(indicator).copy()

    def series(self, what: "str | pd.DataFrame") -> Picture | Html | None:
        """One quantity over the years: printed values solid, derived ones hollow, public ones dashed.

        >>> c.series("industrial-robots").frame
        """
        frame = self.years(what) if isinstance(what, str) else what
        return self._pictures.series(frame)

    # --- sections --------------------------------------------------------------------------------------------

    def section(self, section: str) -> Parts:
        """Everything that the package holds for a section in the year, but for what cells before have drawn.

        Its bottom line; pictures of growth, earlier values, shares, ranks, parts and groups; a table of its figures. The page
        of the main year also has what belongs to no year or to all of them: targets by year, pictures of headline indicators
        over the years, tables of undated figures, platforms and public figures.

        >>> c.section("2.1")
        """
        self._select(section)
        drawn = {*self._context.drawn}
        makers = {"growth": self.growth, "earlier": self._undrawn, "shares": self.shares, "ranks": self.ranks}
        makers |= {"parts": self.parts}
        pictures = [self.series(frame) for key, frame in self._yearly(section) if f"pic-series-{key}" not in drawn]
        pictures += [make(section) for name, make in makers.items() if f"pic-{section}-{name}" not in drawn]
        pictures += [self.counts(own) for own in self._several_places(section)]
        shown = [picture for picture in pictures if isinstance(picture, Picture) and picture.name not in drawn]
        self._context.drawn = drawn  # the section may be shown again
        self._context.nothing_shown = False  # the next cell is of another section
        return Parts(self._summary(section), *shown, *self._tables(section))

    def _undrawn(self, section: str) -> Picture | Html:
        """Values derived for an earlier year, but for those whose years or rates the page shows in another picture."""
        frame = self._earlier(section)
        if f"pic-{section}-growth" in self._context.drawn:
            frame = frame[frame["how"] != "growth"]
        shown = [f"pic-series-{indicator}" in self._context.drawn for indicator in frame["indicator"]]
        return self._pictures.earlier(frame[~np.array(shown, dtype=bool)])

    def _several_places(self, section: str) -> list[pd.DataFrame]:
        """Figures of each quantity of a section that has values of several places."""
        frame = self._printed(section)
        frame = frame[frame["measure"].isin(QUANTITY_MEASURES)]
        counts = Counter(key for key, _ in dict.fromkeys(zip(frame["indicator"], frame["region"], strict=True)))
        return [frame[frame["indicator"] == key] for key, places in counts.items() if places > 1]

    def _summary(self, section: str) -> Html:
        """Bottom line of a section: its targets, what grew most, what is contradicted; then what it holds, counted."""
        printed = self._printed(section)
        counts = self._count(printed, self._implied(section), self._platforms(section))
        text = self._say("summary.section", text=counts) if counts else self._say("none.figures", year=self.year)
        bottom, context = self._context.join_sentences(self._write_bottom_lines(section, printed)), self._context
        html = context.sentence(bottom, "bottom-line").html if bottom else Markup("")
        return Html(html + context.sentence(text, "summary").html, context.join_sentences([bottom, text]))

    def _count(self, printed: pd.DataFrame, derived: pd.DataFrame, platforms: Sized = ()) -> str:
        """How many figures of the year, undated ones, derived ones and platforms there are; zeros are left out."""
        counts = count_contents(self.year, printed, derived, len(platforms))
        parts = [self._say(key, n=n, year=self.year) for key, n in counts.items() if n]
        return self._words.join_names(parts)

    def _write_bottom_lines(self, section: str, printed: pd.DataFrame) -> list[str]:
        """How a section's targets came out, if the headline of the page is about others too, and how many contradictions."""
        own = self._score.loc[self._headlines[section]]
        lines = []
        if (own["status"] != "no_data").any() and len(own) < len(self._score):
            lines.append(
                self._say("reading.sentence", text=BottomLine(self._context, own).headline("headline.overview"))
            )
        wrong = int((printed["verdict"] == "contradiction").sum())
        return [*lines, self._say("bottom.wrong", n=wrong)] if wrong else lines

    def _tables(self, section: str) -> list[Table]:
        """Tables of what a section holds; none of what it does not."""
        tables, printed, public = SectionTables(self._context, section), self._printed(section), self.public
        own = [
            *tables.figures(printed[printed["year"].notna()], self._implied(section)),
            *tables.platforms(self._platforms(section)),
        ]
        if not self._context.is_main:
            return own
        scores = {year: self._context.scores(year) for year in sorted({*self.view.years, self.year})}
        return [
            *tables.targets({year: score.loc[self._headlines[section]] for year, score in scores.items()}),
            *own,
            *tables.undated(printed[printed["year"].isna()]),
            *tables.public(public[public["section"] == section]),
        ]

    @cached_property
    def _headlines(self) -> dict[str, list[str]]:
        """Headline indicators with a target by section, in printed order."""
        placed: dict[str, list[str]] = {section: [] for section in self.sections}
        for key, section in self.view.indicators.loc[self._score.index, "section"].items():
            placed.setdefault(section, []).append(key)
        return placed

    def _yearly(self, section: str) -> list[tuple[str, pd.DataFrame]]:
        """Headline indicators of a section with values of several years, and these (see `years`)."""
        frames = [(key, self.years(key)) for key in self._headlines[section] if self._context.is_main]
        return [(key, frame) for key, frame in frames if (frame["form"] != "public").sum() > 1]

    # --- places ----------------------------------------------------------------------------------------------

    def places(self) -> Table | Html:
        """Every place that the page rests on: where it is in its document, its figures, where else these are used.

        >>> c.places().frame
        """
        return places.places_table(self._context, self._printed(), self._implied(), self._platforms())
