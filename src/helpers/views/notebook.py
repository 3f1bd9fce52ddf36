"""What every notebook has: parameters, the frames of its view, an opening, a legend, its sources."""

import shlex

import pandas as pd
from markupsafe import escape

from helpers.display import html as display
from helpers.display import theme
from helpers.display.html import Html, Markup
from helpers.display.table import Table
from helpers.language.formatter import upper_first
from helpers.package import parameters
from helpers.views import select
from helpers.views.context import Context
from helpers.views.imprint import Imprint
from helpers.views.pictures import FigurePictures
from helpers.views.scores import TargetTables
from helpers.views.selection import as_frame, name_columns, round_numbers
from helpers.views.tables import FigureTables
from helpers.views.view import View

LONG = 10  # rows of a selection that are shown open


class Notebook:
    """A notebook's content for one year, language and region: frames to ask, and tables and pictures to show."""

    _KIND = "whole"  # of its view, see `View`
    _PARAMETERS = ("year", "language", "region", "data")

    def __init__(self, view: View, name: str = "", year: int | None = None, data: str = ""):
        """name: of the notebook; year: the package's last one, if it is not given; data: folder, empty for our own."""
        self._view, self._name, self._data = view, name or view.notebook, data
        self._context = Context(view, self._name, year or max(view.years))
        self._say, self._words = self._context.say, self._context.words
        self._figures, self._targets = FigureTables(self._context), TargetTables(self._context)
        self._pictures = FigurePictures(self._context, self._figures)

    @classmethod
    def open(cls, name: str, namespace: dict) -> "Notebook":
        """Content of the notebook `name` for the parameters in its namespace.

        Raises ParameterError or DataError, each of which shows sentences and no traceback.

        >>> c = Chapter.open("2-integration", globals())
        """
        values = parameters.read(name, cls._PARAMETERS, namespace)
        of = (values["language"], values["region"], values["data"], values.get("year"), values.get("indicator", ""))
        view = select.load(cls._KIND, name, *of)
        return cls(view, name, values.get("year"), values["data"])

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(getattr(self, name))} {name}" for name in FRAMES)
        return f"<{type(self).__name__} {self._name} {self.year} {self.language}: {counts}>"

    # --- frames ----------------------------------------------------------------------------------------------

    @property
    def view(self) -> View:
        """Everything that the notebook reads; frames that have no name of their own here are its attributes.

        >>> c.view.corrected
        """
        return self._view

    @property
    def year(self) -> int:
        """The year that the page shows; the frames hold all years.

        >>> c.figures[c.figures["year"] == c.year]
        """
        return self._context.year

    @property
    def language(self) -> str:
        """Language of names and sentences: `zh` or `en`.

        >>> c.language
        """
        return self.view.language

    @property
    def figures(self) -> pd.DataFrame:
        """Figures as printed, one row each (see docs/frames.md).

        >>> c.figures.query("section == '2.3' and measure == 'growth_rate'")[["name", "period", "value", "unit", "source"]]
        """
        return self.view.figures

    @property
    def targets(self) -> pd.DataFrame:
        """Headline indicators against their targets: a row per indicator, year and reading.

        >>> c.targets.query("year == 2017 and reading == 'printed'")[["name", "target", "actual", "completion", "status"]]
        """
        return self.view.targets

    @property
    def derived(self) -> pd.DataFrame:
        """Values that the figures imply for other years, with the formula and the range of each.

        >>> c.derived[["name", "period", "lower", "value", "upper", "unit", "formula"]]
        """
        return self.view.derived

    @property
    def platforms(self) -> pd.DataFrame:
        """Named platforms, programmes and systems, with owner and stage.

        >>> c.platforms.query("status == 'building'")[["name", "owner", "source"]]
        """
        return self.view.platforms

    @property
    def public(self) -> pd.DataFrame:
        """Public figures from elsewhere; they never enter the evaluation.

        >>> c.public[["name", "period", "value", "unit", "title"]]
        """
        return self.view.public

    @property
    def findings(self) -> pd.DataFrame:
        """What the audit says about the figures, the gravest first.

        >>> c.findings.query("verdict == 'suspicious'")[["locators", "sentence"]]
        """
        return self.view.findings

    @property
    def whole(self) -> "Notebook":
        """The same with a view of the whole package, for questions beyond this notebook.

        >>> c.whole.figures.query("unit == '%' and value > 90")
        """
        view = select.load("whole", self._name, self.language, self.view.region, self._data, self.year)
        return Notebook(view, self._name, self.year, self._data)

    # --- showing ---------------------------------------------------------------------------------------------

    def table(self, selection: pd.DataFrame | pd.Series, title: str = "") -> Table | Html:
        """A frame or a series as a table of the page; figures are written as everywhere else, other columns as they are.

        What groups a frame stands in its first columns. A long table is behind its caption. Raises UserError where two
        columns have the same name.

        >>> c.table(c.figures.query("section == '2.3' and year == 2018"))
        """
        frame = as_frame(selection)
        if frame.empty:
            return self._context.none("none.selected")
        caption, shown = title or self._name_selection(frame), {"folded": len(frame) > LONG}
        shown["visible_caption"] = bool(title)
        if {"base", "decimals", "qualifier"} <= {*frame.columns}:
            fields = ("name", "qualifier", "value", "unit", "period", "source", "range")
            return self._context.table(
                caption,
                self._figures.columns(*fields),
                self._figures.rows(frame),
                key="figure",
                **shown,
            )
        return self._context.table(caption, name_columns(self._context, frame), round_numbers(frame), **shown)

    def _name_selection(self, frame: pd.DataFrame) -> str:
        """What a selection without a title holds: how many rows, and the status or stage that all of them have."""
        statuses = frame["status_name"].unique() if "status_name" in frame else ()
        if len(statuses) != 1:
            return self._say("caption.selection", n=len(frame))
        caption = self._say("caption.selection.status", status=statuses[0], n=len(frame))
        return upper_first(caption)

    def _opening(
        self,
        headline: str,
        lead: list[str],
        readings: list[tuple[str, str, pd.DataFrame]],
        sections=(),
        detail="",
        main=False,
        brief=False,
    ) -> Html:
        """Headline, lead and rows of unit squares, and what a page and an index need to know of this notebook.

        lead: sentences; readings: see `BottomLine`; detail: a line for the index; main: does this page's headline stand for
        the whole evaluation? brief: is there nothing but the headline to say?
        """
        context, view, say = self._context, self.view, self._say
        across = "year" not in self._PARAMETERS
        place = context.named("regions", self.view.region) if self.view.region != view.plan.region else ""
        kicker = self._title
        squares = Markup("").join(self._row_of_squares(*reading, len(readings) > 1) for reading in readings)
        html = Markup(
            '<header class="opening"><p class="kicker">{}</p><h1>{}</h1><p class="lead">{}</p>{}</header>'
        ).format(kicker, context.link_names(headline), context.join_markup(lead), squares)
        page = {
            "form": display.PAGE_FORM,
            "plan": getattr(view.plan, f"title_{self.language}"),
            "title": kicker,
            "short": context.short(),
            "place": place,
            "region": context.describe_region(),
            "headline": str(headline),
            "headline_html": escape(context.link_names(headline)),
            "lead": context.join_sentences(lead),
            "lead_html": context.join_markup(lead),
            "language": display.LANGUAGE_TAGS[self.language],
            "years": [] if across else view.years,
            "readings": [
                {
                    "reading": reading if len(readings) > 1 else "",
                    "name": name,
                    "squares": str(self._squares(name, score, counted=False)),
                    "counts": context.count_statuses(score),
                    "count_words": context.list_statuses(score),
                    "counted": self._name_counts(name, score, len(readings) > 1),
                }
                for reading, name, score in readings
            ],
            "detail": detail,
            "main": main,
            "brief": brief,
            "sections": [
                {"id": f"s-{key}", "title": f"{key} {context.named('sections', key, 'title')}"} for key in sections
            ],
            "words": self._words.list_page_words(),
        } | self._words.describe_preview()
        if main:  # the index, which it speaks for, ends as a page does
            page["imprint"] = str(Imprint(context, "", self._documents, "").show().html)
            page["scope"] = self._describe_scope()
        if view.plan.synthetic:
            banner = display.banner(say("synthetic"))
            return Html(banner + html, f"{say('synthetic')} {headline}", page | {"banner": str(banner)})
        return Html(html, str(headline), page)

    def _describe_scope(self) -> str:
        """What the pages evaluate, and by which documents."""
        plan, words = self.view.plan, self._words
        report = words.name_document(words.main_document) if words.has_one_report else ""
        years = words.format_span(str(plan.start_year), str(plan.target_year))
        return self._say(
            "index.scope", plan=getattr(plan, f"title_{self.language}"), report=report,
            years=years if plan.target_year > plan.start_year else str(plan.target_year),
        )  # fmt: skip

    def _row_of_squares(self, reading: str, name: str, score: pd.DataFrame, among_others: bool) -> Markup:
        """Unit squares of a reading and their counts."""
        marked = Markup(' data-reading="{}"').format(reading) if among_others else ""
        row = Markup('<div class="row"{}><span class="which">{}</span>{}{}</div>')
        return row.format(marked, name, self._squares(name, score), self._counted(score))

    def _name_counts(self, name: str, score: pd.DataFrame, among_others: bool) -> str:
        """Counts of statuses, under the name of the reading where there is another one."""
        counts = self._context.list_statuses(score)
        return self._say("reading.counted", name=name, counts=counts) if among_others else counts

    def _squares(self, name: str, score: pd.DataFrame, counted: bool = True) -> Markup:
        """A unit square an indicator, in status order."""
        alt = f"{name}: {self._context.list_statuses(score)}" if counted else name
        return display.squares(sorted(score["status"], key=theme.STATUSES.index), alt)

    def _counted(self, score: pd.DataFrame) -> Markup:
        items = Markup("").join(
            Markup("<li>{} <b>{}</b> {}</li>").format(display.sign(status), n, self._say(f"status.{status}"))
            for status, n in self._context.count_statuses(score).items()
        )
        return Markup('<ul class="counts">{}</ul>').format(items)

    def legend(self) -> Html:
        """How printed, derived, public and corrected values, ranges and cut scales are told apart.

        >>> c.legend()
        """
        has_bars = self._KIND not in ("audit", "indicator")
        forms = ("printed", "derived", "public", "corrected", "interval", *(("cut",) if has_bars else ()))
        items = Markup("").join(
            Markup('<li><span class="form {}"></span><b>{}</b> {}</li>').format(
                form, self._say(f"form.{form}"), self._say(f"form.{form}.long")
            )
            for form in forms
        )
        return Html(Markup('<ul class="legend">{}</ul>').format(items), self._say("legend"))

    def sources(self) -> Html:
        """The documents that the page's figures come from, how it computes, and how to run it again.

        >>> c.sources()
        """
        return Imprint(self._context, self._title, self._documents, self._write_command()).show()

    @property
    def _title(self) -> str:
        """Name of the notebook, year and region."""
        across = "year" not in self._PARAMETERS
        when = self._say("all_years") if across else self._say("the_year", year=self.year)
        place = self._context.named("regions", self.view.region) if self.view.region != self.view.plan.region else ""
        return " · ".join(part for part in (self._context.short(), when, place) if part)

    @property
    def _documents(self) -> list[str]:
        """Keys of the documents that it cites, in the order of sources.csv."""
        return [key for key in self.view.sources.index if key in self.view.documents or self._words.has_one_report]

    def _write_command(self) -> str:
        """The command that makes this page again, for our own package or another one, whose notebooks may be generic."""
        year = {} if "year" not in self._PARAMETERS else {"year": self.year}
        region = {} if self.view.region == self.view.plan.region else {"region": self.view.region}
        year |= {"indicator": self.view.indicator} if self.view.indicator else {}
        if not self._data:
            given = year | {"language": self.language} | region
            command = ["papermill", f"notebooks/{self._name}.ipynb", "out.ipynb"]
            return shlex.join(command + [str(part) for name, value in given.items() for part in ("-p", name, value)])
        given = {"data": self._data, "notebooks": self._name} | {f"{name}s": value for name, value in year.items()}
        given |= {"languages": self.language} | region
        options = [str(part) for name, value in given.items() for part in (f"--{name}", value)]
        return shlex.join(["evaluate", "run", *options])


FRAMES = ("figures", "targets", "derived", "platforms", "public", "findings")
