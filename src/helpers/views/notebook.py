"""What all notebooks share: parameters, words in the reader's language, the page's opening and its sources."""

import shlex
from functools import cached_property

import pandas as pd

from helpers import audit
from helpers.audit.wording import Wording
from helpers.charts import canvas, grids
from helpers.display import html as display
from helpers.display import theme
from helpers.display.html import Column, Html, Markup, Picture, Row, Table, plain, told
from helpers.evaluation import history, scoreboard
from helpers.language.formatter import Words
from helpers.numbers import token
from helpers.package import parameters, tables
from helpers.views import slices

READ_OUT = 30  # rows of a picture's data in its text alternative; the table beneath has them all
AUDIT = "6-audit"  # the notebook that holds the findings
STAGES = ("planned", "supported", "approved", "building", "pilot", "running")


class Notebook(Words):
    """A notebook's content for one year, language and region; each public method shows one thing."""

    PARAMETERS = ("year", "language", "region", "data")

    def __init__(
        self,
        name: str,
        data: tables.Tables,
        language: str,
        region: str,
        year: int | None = None,
        folder: str = "",
        held: slices.Slice | None = None,
    ):
        """folder: the data package as the parameter names it, empty for the project's own; held: what came with `data`."""
        super().__init__(data, language, region)
        self.name, self.folder, self.year = name, folder, year or max(data.years)
        self.plan, self.held = data.plan, held or slices.Slice(data)
        self._scores: dict[tuple[int, bool], pd.DataFrame] = {}

    @classmethod
    def open(cls, name: str, namespace: dict) -> "Notebook":
        """Content of the notebook `name` for the parameters in its namespace (`globals()`).

        Raises ParameterError or DataError, each of which shows sentences and no traceback.
        """
        values = parameters.read(name, cls.PARAMETERS, namespace)
        held = slices.door(name, values["language"], values["region"], values.get("year"), values["data"])
        parameters.check(values, held.tables.choices)
        return cls(name, held.tables, folder=values.pop("data"), held=held, **values)

    # --- frames --------------------------------------------------------------------------------------------

    @cached_property
    def read_as(self) -> tables.Tables:
        """The package with its errata applied."""
        return tables.corrected(self.tables)

    @cached_property
    def derived(self) -> pd.DataFrame:
        """What the figures of the region imply, in the reading with errata (see `history.derived`)."""
        frame = history.derived(self.read_as)
        shown = self.tables.seen_from(self.region, self.tables.figures)
        return frame[frame["used"].str[0].isin(shown.index)]

    @cached_property
    def within(self) -> list[str]:
        return self.tables.within(self.region)

    @cached_property
    def figures(self) -> pd.DataFrame:
        """Printed figures of the region (see `seen_from`), with the chapter and section of their indicator."""
        frame = self.tables.seen_from(self.region, self.tables.figures)
        return frame.join(self.tables.indicators[["chapter", "section", "headline", "kind"]], on="indicator")

    def scored(self, year: int, errata: bool = False) -> pd.DataFrame:
        """Headline indicators in a year, as printed or with errata applied (see `scoreboard.scoreboard`)."""
        if (year, errata) not in self._scores:
            package = self.read_as if errata else self.tables
            self._scores[year, errata] = scoreboard.scoreboard(package, year, self.region)
        return self._scores[year, errata]

    @property
    def score(self) -> pd.DataFrame:
        """Headline indicators of the notebook's year as printed."""
        return self.scored(self.year)

    @property
    def score_read(self) -> pd.DataFrame:
        """Headline indicators of the notebook's year with errata applied."""
        return self.scored(self.year, errata=True)

    def corrected(self, *figures: str) -> bool:
        """Does an erratum change one of these figures, or one that it was derived from?"""
        used = self.derived["used"]
        keys = [key for figure in figures for key in used.get(figure, (figure,))]
        return self.read_as.figures["form"].reindex(keys).eq("corrected").any()

    def touched(self, row: pd.Series) -> bool:
        """Do errata change what a scoreboard's row is made of, so that it has a second reading?"""
        read = self.scored(row["year"], errata=True)
        return row.name in read.index and self.corrected(row["target"], row["target_upper"], row["actual"])

    # --- findings ------------------------------------------------------------------------------------------

    @cached_property
    def findings(self) -> list[audit.Finding]:
        """What the audit finds in the figures as printed, the gravest first."""
        return audit.audit(self.tables) if self.held.findings is None else self.held.findings

    @cached_property
    def wording(self) -> Wording:
        """Findings in the reader's words."""
        return Wording(self.tables, self)

    @cached_property
    def marks(self) -> dict[str, slices.Mark]:
        """What the audit says of each figure that a finding concerns."""
        if self.held.marks is not None:
            return self.held.marks
        found = slices.concerned(self.findings)
        return {key: slices.Mark(one.verdict, one.key, self.wording.sentence(one)) for key, one in found.items()}

    def anchor(self, finding: str) -> str:
        """Anchor of a finding, by its key, on the page of the audit."""
        return f"a-{finding}"

    def marked(self, name: str, *figures: str) -> str:
        """A name with the verdict on its figures behind it, linked to the finding, where there is one."""
        known = [self.marks[key] for key in figures if key in self.marks]
        if not known:
            return name
        one = min(known, key=lambda mark: audit.VERDICTS.index(mark.verdict))
        tag = Markup('<a class="verdict {}" href="{}.ipynb#{}" title="{}">{}</a>')
        verdict = self.say(f"verdict.{one.verdict}")
        mark = tag.format(one.verdict, AUDIT, self.anchor(one.finding), one.sentence, verdict)
        return Markup("{} {}").format(name, mark)

    # --- pieces -------------------------------------------------------------------------------------------

    def formula(self, row: pd.Series, package: tables.Tables | None = None) -> str:
        """How a derived value comes about: `16718.8÷(1+25.4%)`; package: where it was derived, else that with errata."""
        package = package or self.read_as
        first, *others = (
            self.amount(package.figures.loc[key])
            if key in package.figures.index
            else self.formula(history.derived(package).loc[key], package)
            for key in row["parts"]
        )
        if row["how"] == "growth":
            return f"{first}÷(1+{others[0]})"
        sign = "+" if row["how"] == "sum" else "－" if self.language == "zh" else "−"
        return (sign if self.language == "zh" else f" {sign} ").join([first, *others])

    def picture(self, slug: str, ax, title: str, kicker: str, table: Table, note: str = "") -> Picture:
        """An Axes as a picture; its text alternative is its title and its data, read out."""
        rows = [row for _, group in table.groups for row in group]
        values = self.listed([" ".join(plain(cell) for cell in row.cells if cell) for row in rows[:READ_OUT]])
        more = "…" if len(rows) > READ_OUT else ""
        alt = f"{title}: {values}{more}" if self.language == "en" else f"{title}：{values}{more}"
        table.visible_caption = False
        kicker = kicker[:1].upper() + kicker[1:]
        for row in rows:
            row.id = ""  # the anchor of a figure is its row in the table of figures
        return Picture(
            f"pic-{slug}", title, kicker, canvas.svg(ax, alt, f"pic-{slug}"), note, table, self.say("data_table")
        )

    def status(self, status: str) -> Markup:
        """Sign and word of a status."""
        return Markup('<span class="status">{} {}</span>').format(display.sign(status), self.word(status))

    def word(self, status: str) -> str:
        return self.say(f"status.{status}")

    def by_status(self, score: pd.DataFrame) -> dict[str, int]:
        """Number of indicators by status, in status order, without the empty ones."""
        found = score["status"].value_counts()
        return {status: int(found[status]) for status in theme.STATUSES if status in found}

    def count_words(self, score: pd.DataFrame) -> str:
        """`8 exceeded, 6 met, 1 missed, 7 without data`."""
        parts = [self.say(f"count.{status}", n=n) for status, n in self.by_status(score).items()]
        return ("，" if self.language == "zh" else ", ").join(parts)

    def none(self, key: str, **values) -> Html:
        """What is said in the place of a picture or table that has nothing to show."""
        return display.sentence(self.say(key, year=self.year, **values), "none")

    def beside(self, *items: Picture | Html) -> Html:
        """Pictures beside each other where there is room, and beneath them what could not be drawn."""
        pictures = [item for item in items if isinstance(item, Picture)]
        missing = [item.plain for item in items if not isinstance(item, Picture)]
        html = Markup("")
        if pictures:
            rows = Markup("").join(picture.html for picture in pictures)
            html += Markup('<div class="beside">{}</div>').format(rows)
        if missing:
            html += Markup('<p class="none">{}</p>').format(self.run_on(missing))
        return Html(html, self.run_on([*(picture.plain for picture in pictures), *missing]))

    def run_on(self, sentences: list[str]) -> str:
        """Sentences one after the other."""
        return ("" if self.language == "zh" else " ").join(part for part in sentences if part)

    def locator(self, source: str, words: str) -> Markup:
        """Where a figure or a platform stands: a link to the paragraph's entry on the page (see `Chapter.places`)."""
        return Markup('<a class="locator" href="#l-{}" title="{}">{}</a>').format(source, self.stands(source), words)

    def stands(self, source: str) -> str:
        """Place of a paragraph in the report, in words: chapter, section, paragraph."""
        if source.startswith("T."):
            return self.say("stands.table", row=source.removeprefix("T."))
        chapter, section, *paragraph = source.split(".")
        section = f"{chapter}.{section}"
        if section not in self.tables.sections.index:
            return self.say("stands.front", paragraph=source)
        names = {
            "title": self.named("chapters", int(chapter), "title"),
            "name": self.named("sections", section, "title"),
        }
        return self.say("stands", chapter=chapter, section=section, paragraph=".".join(paragraph), **names)

    # --- opening and closing -------------------------------------------------------------------------------

    #: short name of the notebook, in the bar of chapters
    def short(self) -> str:
        return self.say(f"notebook.{self.name}")

    def _opening(
        self, headline: str, lead: str, rows: list[tuple[str, pd.DataFrame]], sections=(), detail="", main=False
    ) -> Html:
        """Headline, lead and rows of unit squares, and what a page and an index need to know of this notebook.

        detail: a line for the index; main: does this page's headline stand for the whole evaluation?
        """
        across = "year" not in self.PARAMETERS
        when = self.say("all_years") if across else self.say("the_year", year=self.year)
        place = self.named("regions", self.region) if self.region != self.plan.region else ""
        kicker = [part for part in (self.short(), when, place) if part]
        squares = Markup("").join(
            Markup('<div class="row"><span class="which">{}</span>{}</div>').format(
                name,
                display.squares(
                    sorted(score["status"], key=theme.STATUSES.index), f"{name}: {self.count_words(score)}"
                ),
            )
            for name, score in rows
            if len(score)
        )
        legend = self._counted(rows[0][1]) if rows and len(rows[0][1]) else ""
        html = Markup(
            '<header class="opening"><p class="kicker">{}</p><h1>{}</h1><p class="lead">{}</p>{}{}</header>'
        ).format(" · ".join(kicker), headline, lead, squares, legend)
        page = {
            "form": display.PAGE_FORM,
            "plan": getattr(self.plan, f"title_{self.language}"),
            "title": " · ".join(kicker),
            "short": self.short(),
            "place": place,
            "headline": headline,
            "lead": lead,
            "language": {"zh": "zh-CN", "en": "en"}[self.language],
            "years": [] if across else self.tables.years,
            "counts": self.by_status(rows[0][1]) if rows else {},
            "squares": [
                str(display.squares(sorted(score["status"], key=theme.STATUSES.index), name))
                for name, score in rows[:1]
            ],
            "count_words": self.count_words(rows[0][1]) if rows else "",
            "detail": detail,
            "main": main,
            "sections": [
                {"id": f"s-{key}", "title": f"{key} {self.named('sections', key, 'title')}"} for key in sections
            ],
            "words": {
                key.removeprefix("page."): self.say(key) for key in self.tables.labels.index if key.startswith("page.")
            },
        }
        if self.plan.synthetic:
            banner = display.banner(self.say("synthetic"))
            return Html(banner + html, f"{self.say('synthetic')} {headline}", page | {"banner": str(banner)})
        return Html(html, headline, page)

    def _counted(self, score: pd.DataFrame) -> Markup:
        items = Markup("").join(
            Markup("<li>{} <b>{}</b> {}</li>").format(display.sign(status), n, self.word(status))
            for status, n in self.by_status(score).items()
        )
        return Markup('<ul class="counts">{}</ul>').format(items)

    def legend(self) -> Html:
        """How printed, derived, public and corrected values, ranges and cut scales are told apart."""
        items = Markup("").join(
            Markup('<li><span class="form {}"></span><b>{}</b> {}</li>').format(
                form, self.say(f"form.{form}"), self.say(f"form.{form}.long")
            )
            for form in ("printed", "derived", "public", "corrected", "interval", "cut")
        )
        html = Markup('<aside class="legend"><h2>{}</h2><ul>{}</ul></aside>').format(self.say("legend"), items)
        return Html(html, self.say("legend"))

    def sources(self) -> Html:
        """Where the page's figures come from, how it computes, and how to run it again."""
        across = "year" not in self.PARAMETERS
        command = f"papermill notebooks/{self.name}.ipynb out.ipynb"
        command += ("" if across else f" -p year {self.year}") + f" -p language {self.language}"
        given = {"region": self.region if self.region != self.plan.region else "", "data": self.folder}
        command += "".join(f" -p {name} {shlex.quote(value)}" for name, value in given.items() if value)
        report = getattr(self.plan, f"report_{self.language}")
        blocks = [
            (self.say("sources.title"), self.say("sources.text", report=report)),
            (self.say("method.title"), self.say("method.text")),
            (self.say("rerun.title"), Markup("<code>{}</code>").format(command)),
        ]
        html = Markup("").join(Markup("<div><h2>{}</h2><p>{}</p></div>").format(title, body) for title, body in blocks)
        return Html(Markup('<section class="sources">{}</section>').format(html), self.say("sources.title"))

    # --- tables that several notebooks show ----------------------------------------------------------------

    def columns(self, *keys: str) -> list[Column]:
        """Columns by their labels; `value:number` names the kind of its cells too."""
        parts = [key.partition(":") for key in keys]
        return [Column(self.say(f"column.{key}"), kind) for key, _, kind in parts]

    def figure_row(self, row: pd.Series) -> Row:
        """A printed figure as a row of a table of figures."""
        qualifier = ""
        if row["qualifier"] != "exact":
            qualifier = (
                token.qualifier_word(row["printed"])
                if self.language == "zh"
                else self.say(f"qualifier.{row['qualifier']}")
            )
        source = self.locator(row["source"], self.where(row))
        cells = [
            self.marked(self.title(row), row.name),
            qualifier,
            self.value(row),
            self.unit(row),
            self.when(row),
            source,
            "",
        ]
        kind = "sub" if row["measure"] in ("growth_rate", "change", "completion") else ""
        return Row(cells, id=f"f-{row.name}", kind=kind)

    def derived_row(self, row: pd.Series, beneath: bool = False) -> Row:
        """A derived value as a row, with its formula and range; beneath: does it stay under the row before it?"""
        name = Markup('<span class="ring"></span>{}').format(self.say("derived.name", name=self.title(row)))
        where = Markup('<span class="locator">{}</span>').format(self.formula(row))
        cells = [
            self.marked(name, *row["used"]),
            "",
            self.value(row),
            self.unit(row),
            self.when(row),
            where,
            self.between(row),
        ]
        return Row(cells, id=f"f-{row.name}", kind="derived child" if beneath else "derived")

    def figure_columns(self) -> list[Column]:
        return self.columns(
            "figure", "qualifier:qualifier", "value:number", "unit:unit", "period", "source", "range:range"
        )

    def public_source(self, row: pd.Series) -> Markup:
        """Title of a public source, leading to its address."""
        title = told(row["title"], self.language)
        return Markup('<a href="{}" rel="noreferrer">{}</a>').format(row["address"], title)

    def public_table(self, frame: pd.DataFrame, caption: str, anchor: str) -> Table:
        """Public figures with title, address and confidence of their source."""
        columns = self.columns(
            "figure", "region:word", "value:number", "unit:unit", "period:word", "public_source", "confidence:word"
        )
        rows = []
        for key, row in frame.iterrows():
            link = self.public_source(row)
            confidence = self.say(f"confidence.{row['confidence']}")
            where = [self.title(row), self.named("regions", row["region"])]
            what = [self._qualified(row), self.unit(row), self.when(row)]
            cells = [*where, *what, link, confidence]
            rows.append(Row(cells, id=f"x-{key}", kind="public"))
        return Table(caption, columns, [("", rows)], id=anchor, note=self.say("note.public"))

    def _qualified(self, row: pd.Series) -> str:
        """Number of a figure with its qualifier, for a column beside its unit."""
        if row["qualifier"] == "exact":
            return self.value(row)
        if self.dimension(row) == "rank":
            return self.said(row)
        return self.say(f"said.{row['qualifier']}", amount=self.value(row))

    def matrix_picture(self, platforms: pd.DataFrame, keys: list, by: str) -> Picture:
        """Platforms by section or chapter and stage, as a grid of counts."""
        titles = [self.named(f"{by}s", key, "title") for key in keys]
        stages = [self.say(f"stage.{stage}") for stage in STAGES]
        counts = pd.crosstab(platforms[by], platforms["status"])
        counts = counts.reindex(index=keys, columns=STAGES, fill_value=0).set_axis(titles).set_axis(stages, axis=1)
        running = int((platforms["status"] == "running").sum())
        title = self.say("title.matrix", n=len(platforms), running=running)
        columns = [*self.columns(by), *(Column(stage, "number") for stage in stages)]
        rows = [
            Row([name, *(str(count or "") for count in line)])
            for name, line in zip(titles, counts.to_numpy(), strict=True)
        ]
        with canvas.context():
            ax = grids.matrix(counts)
            kicker = self.say("kicker.matrix")
            return self.picture(f"platforms-by-{by}", ax, title, kicker, Table(title, columns, [("", rows)]))
