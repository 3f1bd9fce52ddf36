"""Tables of what a section of a chapter holds, each in a list that is empty where the section has nothing of the kind."""

import pandas as pd

from helpers.display.html import Markup
from helpers.display.table import Column, Table
from helpers.numbers import period
from helpers.package import documents
from helpers.package.errata import READ
from helpers.views.context import Context
from helpers.views.pictures import STAGES
from helpers.views.scores import TargetTables
from helpers.views.tables import FigureTables


class SectionTables:
    """Tables of one section; each takes the rows of a view that the page shows of it."""

    def __init__(self, context: Context, section: str):
        self.context, self.section, self.say = context, section, context.say
        self.title = context.named("sections", section, "title")
        self._figures, self._targets = FigureTables(context), TargetTables(context)

    def targets(self, scores: dict[int, pd.DataFrame]) -> list[Table]:
        """Targets, with status and value in each year; scores: rows of `View.targets` by year, of the same indicators."""
        if all(score.empty for score in scores.values()):
            return []
        caption = self.say("caption.targets", section=self.title)
        return [self._targets.by_year(scores, caption, f"targets-{self.section}")]

    def figures(self, printed: pd.DataFrame, derived: pd.DataFrame) -> list[Table]:
        """Figures by the places in their documents, what each implies for another year beneath it."""
        if printed.empty and derived.empty:
            return []
        caption = self.say("caption.figures", section=self.title, year=self.context.year)
        return [self._list(printed, derived, caption, "figures")]

    def undated(self, printed: pd.DataFrame) -> list[Table]:
        """Figures that belong to no year, by their places."""
        if printed.empty:
            return []
        caption = self.say("caption.undated", section=self.title, n=len(printed))
        return [self._list(printed, self.context.view.derived.iloc[:0], caption, "undated")]

    def _list(self, printed: pd.DataFrame, derived: pd.DataFrame, caption: str, name: str) -> Table:
        """Figures by their places, and derived values beneath their levels; folded."""
        year = self.context.year
        of_figure = dict(zip(printed.index, zip(printed["document"], printed["source"], strict=True), strict=True))
        sources = [*dict.fromkeys(of_figure.values())]
        places = {key: (sources.index(source), n) for n, (key, source) in enumerate(of_figure.items())}
        reported = self._figures.add_readings(printed)
        both = pd.concat([frame for frame in (reported, derived) if len(frame)])
        owners = [key.removesuffix(READ) for key in reported.index]
        owners += [*derived["used"].str[0]]  # a derived value stands beneath its level
        rows = self._figures.rows(both, titled=False)
        rows["group"] = [
            self._paragraph(printed.loc[key]) if key in places else self.say("group.derived", year=year)
            for key in owners
        ]
        beneath = [n >= len(reported) and key in places for n, key in enumerate(owners)]
        rows["row_kind"] += [" child" if child else "" for child in beneath]
        last = (len(sources), 0)
        rows = rows.iloc[sorted(range(len(rows)), key=lambda n: (*places.get(owners[n], last), n))]
        columns = self._figures.columns("name", "qualifier", "value", "unit", "period", "source", "range")
        return self.context.table(
            caption, columns, rows, f"{name}-{self.section}", "figure", "f-", "group", folded=True
        )

    def _paragraph(self, row: pd.Series) -> str:
        """A paragraph of the report, or its table of headline indicators; of other documents the place and the title."""
        words, kind, text = self.context.words, self.context.words.parse_place(row).kind, row["source"]
        if kind == documents.ROW:
            text = self.say("group.table")
        elif kind == documents.PARAGRAPH:
            text = self.say("group.paragraph", paragraph=text)
        return words.add_title(row["document"], text)

    def platforms(self, frame: pd.DataFrame) -> list[Table]:
        """Named systems, platforms, apps and programmes, each with owner and stage."""
        if frame.empty:
            return []
        context, stages = self.context, {stage: self.say(f"stage.{stage}") for stage in STAGES}
        columns = [context.column("name", label="platform"), context.column("type", "word"), context.column("owner")]
        columns += [Column({} if n else {"status_name": self.say("column.stage")}, word, self._dot(stage), "stage")
                    for n, (stage, word) in enumerate(stages.items())]  # fmt: skip
        columns += [context.column("since")]
        columns += [
            context.column(
                "source", write=lambda row: context.locator(row, context.words.format_place(row)), label="locator"
            )
        ]
        running = int((frame["status"] == "running").sum())
        caption = self.say("caption.platforms", section=self.title, n=len(frame), running=running)
        rows = frame.rename_axis("platform").reset_index()
        return [self.context.table(caption, columns, rows, f"platforms-{self.section}", "platform", "p-", folded=True)]

    def _dot(self, stage: str):
        """Writes the cell of a stage: a dot where a platform is in it."""
        dot = Markup('<b class="dot"></b><span class="hidden">{}</span>').format(self.say(f"stage.{stage}"))
        return lambda row: dot if row["status"] == stage else ""

    def public(self, frame: pd.DataFrame) -> list[Table]:
        """Public figures from elsewhere about the section's indicators, never mixed with the report's."""
        if frame.empty:
            return []
        return [self._figures.public(frame, self.say("caption.public", n=len(frame)), f"public-{self.section}")]


def count_contents(year: int, printed: pd.DataFrame, derived: pd.DataFrame, platforms: int) -> dict[str, int]:
    """How many figures, derived values and platforms there are, by the labels that count them.

    A figure for several years counts for none of them, and a derived value for its own year.
    """
    dated = [period.parse(when) for when in printed.loc[printed["year"] == year, "period"]]
    spans = sum(when.spans_years for when in dated)
    return {
        "summary.figures": len(dated) - spans,
        "summary.figures.spans": spans,
        "summary.undated": int(printed["year"].isna().sum()),
        "summary.derived": int((derived["year"] == year).sum()),
        "summary.derived.earlier": int((derived["year"] < year).sum()),
        "summary.derived.later": int((derived["year"] > year).sum()),
        "summary.platforms": platforms,
    }
