"""What the parts of a notebook share: its view, its words, and how names, statuses, findings and pictures are shown."""

import re
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.audit.finding import VERDICTS
from helpers.charts import canvas
from helpers.display import html as display
from helpers.display import theme
from helpers.display.html import Html, Markup, Readings
from helpers.display.table import Column, Picture, Table, records_of
from helpers.language.digits import round_value
from helpers.language.formatter import Formatter, upper_first
from helpers.package import documents
from helpers.package.notebooks import INDICATOR, name_notebooks
from helpers.views.view import View

READ_OUT = 30  # rows of a picture's data in its text alternative; the table beneath has them all


class Context:
    """A view in one year: selections and pieces of text that tables, pictures and sentences are made of."""

    def __init__(self, view: View, name: str, year: int):
        """name: of the notebook; year: evaluated, the last one where a notebook looks across the years."""
        self.view, self.name, self.year = view, name, year
        self.words = Formatter(view, view.language, view.region)
        self.say = self.words.say
        self.language, self.plan = view.language, view.plan
        self._scores: dict[tuple[int, str], pd.DataFrame] = {}  # by year and reading
        self.drawn: set[str] = set()  # names of the pictures that are shown
        self.nothing_shown = False  # has the last cell said that there is nothing to show?

    # --- selections ------------------------------------------------------------------------------------------

    def scores(self, year: int, reading: str = "printed") -> pd.DataFrame:
        """Headline indicators in a year and reading; index: indicator."""
        if (year, reading) not in self._scores:
            frame = self.view.targets
            own = (frame["year"] == year) & (frame["reading"] == reading)
            self._scores[year, reading] = frame[own.to_numpy(dtype=bool)].set_index("indicator")
        return self._scores[year, reading]

    @cached_property
    def score(self) -> pd.DataFrame:
        """Headline indicators of the year as printed."""
        return self.scores(self.year)

    @cached_property
    def numbers(self) -> dict[str, pd.DataFrame]:
        """Figures and derived values by reading."""
        view = self.view
        pairs = {"printed": (view.figures, view.derived_printed), "corrected": (view.corrected, view.derived)}
        return {name: pd.concat([frame for frame in pair if len(frame)] or [pair[0]]) for name, pair in pairs.items()}

    def number(self, key: str, reading: str = "printed") -> pd.Series:
        """A figure or a derived value, or a public figure, by its key."""
        frame = self.numbers[reading]
        return (frame if key in frame.index else self.view.public).loc[key]

    @cached_property
    def corrected_figures(self) -> pd.DataFrame:
        """Figures as we read those that are suspected to be wrong, or to be of another quantity."""
        corrected = self.view.corrected
        return corrected[(corrected["form"] == "corrected").to_numpy(dtype=bool)]

    @cached_property
    def read_otherwise(self) -> set[str]:
        """Keys of the figures that errata change, and of what is derived from one."""
        changed = {*self.corrected_figures.index}
        used = self.view.derived["used"]
        return changed | {key for key, keys in used.items() if not changed.isdisjoint(keys)}

    def is_read_otherwise(self, row: pd.Series) -> bool:
        """Do errata change what a scoreboard's row is made of, so that it has a second reading?"""
        keys = {row["target_figure"], row["target_end_figure"], row["target_other_figure"], row["actual_figure"]}
        keys |= {*row["actual_others"].split(), *row["chain_figures"].split()}
        corrected = self.scores(row["year"], "corrected")
        return row["indicator"] in corrected.index and not keys.isdisjoint(self.read_otherwise)

    def changed(self, score: pd.DataFrame) -> pd.DataFrame:
        """Rows of a scoreboard whose status differs once errata are applied; `status_corrected` is the other one."""
        other = self.scores(self.year, "corrected")["status"].reindex(score.index)
        kept = (score["status"] != other) & other.notna()
        return score[kept].assign(status_corrected=other[kept])

    @cached_property
    def is_main(self) -> bool:
        """Does this page show what belongs to no year, which stands once?"""
        return self.year == self.choose_page_year(self.view.main_year)

    def choose_page_year(self, year: int) -> int:
        """The year whose page shows the figures of a year: the same, or where it has no page the one before, or the first."""
        pages = sorted({*self.view.years, self.year})
        return max((page for page in pages if page <= year), default=pages[0])

    @cached_property
    def notebooks(self) -> dict[str, str]:
        """Names of the notebooks that show the whole plan, by the view of each: `overview`, `audit`, `outlook`."""
        chapters = self.view.chapters["notebook"]
        return {kind: name for name, kind in name_notebooks(chapters.items()).items() if kind != "chapter"}

    # --- words -----------------------------------------------------------------------------------------------

    def named(self, table: str, key, column: str = "name") -> str:
        return self.words.name_of(table, key, column)

    def describe_region(self) -> dict:
        """What other pages need to know of the region (see `Formatter.describe_region`)."""
        return self.words.describe_region(self.view.region)

    def short(self) -> str:
        """Short name of the notebook, in the bar of chapters; of an indicator's notebook the name of the indicator."""
        indicator = self.view.indicator
        return self.name_indicator(indicator) if indicator else self.words.name_notebook(self.name)

    def name_indicator(self, indicator: str) -> str:
        """Name of an indicator, with the place that it is of where that is not the region."""
        return self.words.name_with_place({"indicator": indicator, "region": self.view.find_place(indicator)})

    def join_sentences(self, sentences: list[str]) -> str:
        """Sentences one after the other."""
        return self._space.join(part for part in sentences if part)

    def join_markup(self, sentences: list[str]) -> Markup:
        """Sentences one after the other, in which names lead to the pages of their indicators."""
        return Markup(self._space).join(self.link_names(part) for part in sentences if part)

    @property
    def _space(self) -> str:
        return "" if self.language == "zh" else " "

    def count_statuses(self, score: pd.DataFrame) -> dict[str, int]:
        """Number of indicators by status, in status order, without the empty ones."""
        counts = score["status"].value_counts()
        return {status: int(counts[status]) for status in theme.STATUSES if status in counts}

    def list_natures(self, score: pd.DataFrame) -> list[str]:
        """A sentence for the binding and one for the expected targets; none where the plan does not tell them apart."""
        groups = [(nature, score[score["nature"] == nature]) for nature in ("binding", "expected")]
        return [
            self.say(f"lead.{nature}", n=len(group), counts=self.list_statuses(group))
            for nature, group in groups
            if len(group)
        ]

    def list_statuses(self, score: pd.DataFrame) -> str:
        """`8 exceeded, 6 met, 1 missed, 7 without data`."""
        parts = [self.say(f"count.{status}", n=n) for status, n in self.count_statuses(score).items()]
        return ("，" if self.language == "zh" else ", ").join(parts)

    # --- pieces ----------------------------------------------------------------------------------------------

    def status(self, status: str) -> Markup:
        """Sign and word of a status."""
        return Markup('<span class="status">{} {}</span>').format(display.sign(status), self.say(f"status.{status}"))

    def none(self, key: str, **values) -> Html:
        """What is said in the place of a picture or table that has nothing to show."""
        self.nothing_shown = True
        return self.sentence(self.say(key, year=self.year, **values), "none")

    def sentence(self, text: str, kind: str) -> Html:
        """A paragraph of plain text, in which names lead to the pages of their indicators."""
        return Html(Markup('<p class="{}">{}</p>').format(kind, self.link_names(text)), text)

    def anchor(self, finding: str) -> str:
        """Anchor of a finding, by its key, on the page of the audit."""
        return f"a-{finding}"

    def link_indicator(self, name: str, indicator: str) -> str:
        """A name that leads to the page of its indicator, if it has one; not on that page itself."""
        if indicator not in self.view.paged or indicator == self.view.indicator:
            return name
        return Markup('<a class="name" href="{}.ipynb#{}">{}</a>').format(INDICATOR, indicator, name)

    def link_names(self, text: str) -> str:
        """A sentence in which the first mention of each indicator leads to its page (see `link_indicator`).

        A name inside a longer one is no mention; what is marked already stays as it is.
        """
        if isinstance(text, Readings):
            return text.write(self.link_names)
        folded = text.lower() if len(text.lower()) == len(text) else text
        names = [name for name in self._indicators if name in folded]
        if not names or isinstance(text, Markup):
            return text
        parts, end, unlinked = [], 0, {*self.view.paged}
        for place in re.finditer(rf"(?<![a-z])(?:{'|'.join(map(re.escape, names))})(?![a-z])", folded):
            indicator, (start, stop) = self._indicators[place[0]], place.span()
            if indicator in unlinked:
                parts += [text[end:start], self.link_indicator(text[start:stop], indicator)]
                end = stop
                unlinked.remove(indicator)
        return Markup("").join([*parts, text[end:]])

    @cached_property
    def _indicators(self) -> dict[str, str]:
        """Indicators by their names in small letters, the longest first."""
        names = self.words.column("indicators", f"name_{self.language}").items()
        return {name.lower(): key for key, name in sorted(names, key=lambda item: -len(item[1]))}

    def _write_indicator(self, row: dict) -> str:
        return self.link_indicator(row["name"], row.get("indicator", ""))

    def marked(self, name: str, *figures: str) -> str:
        """A name with the verdict on its figures behind it, linked to the finding, where there is one."""
        known = [self.marks[key] for key in figures if key in self.marks]
        if not known:
            return name
        verdict, finding, sentence, word = min(known, key=lambda mark: VERDICTS.index(mark[0]))
        tag = Markup('<a class="verdict {}" href="{}.ipynb#{}" title="{}">{}</a>')
        return Markup("{} {}").format(
            name, tag.format(verdict, self.notebooks["audit"], self.anchor(finding), sentence, word)
        )

    @cached_property
    def marks(self) -> dict[str, tuple[str, str, str, str]]:
        """Verdict, key, sentence and word of the gravest finding about each figure."""
        findings = {row["finding"]: row for row in records_of(self.view.findings)}
        frame = self.view.figures[self.view.figures["verdict"] != ""]
        known = {key: findings[finding] for key, finding in frame["finding"].items()}
        fields = ("verdict", "finding", "sentence", "verdict_name")
        return {key: tuple(row[field] for field in fields) for key, row in known.items()}

    def locator(self, row: dict | pd.Series, words: str) -> Markup:
        """Where a figure or a platform stands: a link to the entry of its place on the page."""
        link = Markup('<a class="locator" href="#l-{}" title="{}">{}</a>')
        return link.format(self.place_id(row), self.words.describe_place(row), words)

    def place_id(self, row: dict | pd.Series) -> str:
        """Part of an anchor that tells a place from all others, whatever its form."""
        return documents.make_id(row["document"], row["source"], len(self.view.sources) == 1)

    # --- tables and pictures ---------------------------------------------------------------------------------

    def column(self, field: str, kind: str = "", write=None, label: str = "", **more) -> Column:
        """A column of one field, under its label; `label` where that is another one. Names of indicators and of their figures
        are links, in rows that name their indicator.
        """
        heading = self.say(f"column.{label or field}")
        if (field, label) in (("name", "indicator"), ("name", "figure")) and write is None:
            write = self._write_indicator
        return Column({field: heading}, heading, write, kind, **more)

    def sentences(self, field: str, label: str = "", kind: str = "") -> Column:
        """A column of sentences, in which names lead to the pages of their indicators."""
        return self.column(field, kind, lambda row: self.link_names(row[field]), label)

    def table(
        self, caption: str, columns: list[Column], rows: pd.DataFrame, name: str = "", key: str = "", *more, **options
    ) -> Table:
        """A table (see `Table`) whose exports name its key and the groups of its rows in the reader's language.

        Rows with an indicator are found under its name and its other names. On a phone a row folds into labels and values.
        """
        table = Table(caption, columns, rows, name, key, *more, **options)
        table.kind, table.link = table.kind or "stack", self.link_names
        if "indicator" in rows and (table.anchor or not name):
            table.subject = "indicator"
            table.subjects = {
                key: (self.name_indicator(key), self._list_others(key)) for key in rows["indicator"].unique()
            }
        table.headings = {table.key: self.say("column.key"), table.group: self.say("column.group")}
        return table

    def _list_others(self, indicator: str) -> str:
        """Other names of an indicator, and which status words it is found under, by their anchors."""
        also = self.words.column("indicators", "also")[indicator]
        return "|".join(filter(None, [also, *self._status_anchors.get(indicator, ())]))

    @cached_property
    def _status_anchors(self) -> dict[str, dict[str, None]]:
        """Anchors of the statuses of each headline indicator in the main year, in either reading."""
        frame, statuses = self.view.targets, {}
        for indicator, status in frame.loc[frame["year"] == self.view.main_year, ["indicator", "status"]].to_numpy():
            statuses.setdefault(indicator, {})[f"about-{status}"] = None
        return statuses

    def picture(self, slug: str, draw, title: str, kicker: str, table: Table, note: str = "") -> Picture:
        """What `draw` draws, as a picture; its text alternative is its title and its data, read out.

        draw: returns the Axes; called in the style of the pictures
        """
        rows = table.records[:READ_OUT]
        cells = [[display.plain(column.cell(row)) for column in table.columns] for row in rows]
        values = self.words.join_phrases([" ".join(cell for cell in row if cell) for row in cells])
        more = "…" if len(table.rows) > READ_OUT else ""
        alt = f"{title}: {values}{more}" if self.language == "en" else f"{title}：{values}{more}"
        table.visible_caption, table.anchor = False, ""  # the anchor of a figure is its row in the table of figures
        table.marked = True
        name = f"pic-{slug}"
        with canvas.context():
            svg = canvas.svg(draw(), alt, name)
        self.drawn.add(name)
        self.nothing_shown = False
        kicker, word = upper_first(kicker), self.say("data_table")
        return Picture(name, title, kicker, svg, note, table, word, self._name_sources(table.rows))

    def explain_derived(self, note: str, frame: pd.DataFrame) -> str:
        """A note that also says what derived values assume, and whether they rest on a correction."""
        derived = records_of(frame[frame["form"] == "derived"])
        money = {*self.view.units.index[self.view.units["dimension"] == "money"]}
        holds = {
            "note.retired": any(row["how"] == "additions" for row in derived),
            "note.current_prices": any(row["how"] == "growth" and row["base_unit"] in money for row in derived),
            "note.suspected": any(map(self.is_corrected, derived)),
        }
        return self.join_sentences([note, *(self.say(key) for key, is_so in holds.items() if is_so)])

    def is_corrected(self, row: dict | pd.Series) -> bool:
        """Is a value a correction of ours, or derived from one?"""
        forms, used = self.view.corrected["form"], row["used"] if row["form"] == "derived" else ()
        return row["form"] == "corrected" or any(forms.get(key) == "corrected" for key in used)

    def _name_sources(self, rows: pd.DataFrame) -> str:
        """Titles of the documents, and publishers of the public figures, that rows of a picture come from."""
        names = [self.words.name_document(key) for key in rows.get("document", ()) if key in self.view.sources.index]
        if not names and len(self.view.sources) == 1:
            names = [self.words.name_document(self.view.sources.index[0])]
        public = rows["publisher"][rows["form"] == "public"] if {"form", "publisher"} <= {*rows} else ()
        return self.words.join_phrases([*dict.fromkeys(name for name in [*names, *public] if name)])

    def shown(self, frame: pd.DataFrame, records: list[dict]) -> pd.DataFrame:
        """Numbers with their values and ranges rounded to the digits that are shown; a range of no width is left out.

        records: the rows of the frame
        """
        ends = {}
        for end in ("lower", "upper"):
            values = [
                round_value(row, self.language, end) if self.words.format_range(row) else np.nan for row in records
            ]
            ends[end] = pd.Series(values, frame.index, dtype=float)
        values = [round_value(row, self.language) for row in records]
        return frame.assign(value=pd.Series(values, frame.index, dtype=float), **ends)
