"""Pictures of figures: each takes figures of a view that can be compared, and its title is the comparison as a sentence.

What can be compared: values over time, shares and parts with their whole, places with other places. Of a selection without
figures of the kind there is a sentence; of one with figures that cannot be compared there is nothing, for the table of its
section has them.
"""

from functools import cached_property
from itertools import pairwise

import pandas as pd

from helpers.charts import bars, grids, series
from helpers.display.html import Html
from helpers.display.table import Column, Picture, records_of
from helpers.numbers import period
from helpers.package.schema import QUANTITY_MEASURES
from helpers.views.context import Context
from helpers.views.growth import measure_growth, measure_share
from helpers.views.tables import FigureTables
from helpers.views.titles import Titles

LEAST = 3  # rows of a picture; what fewer say is in the table
STAGES = ("planned", "supported", "approved", "building", "pilot", "running")


class FigurePictures:
    """Pictures of a view's figures in one year."""

    def __init__(self, context: Context, tables: FigureTables):
        self.context, self.tables = context, tables
        self.words, self.say, self.view, self.year = context.words, context.say, context.view, context.year
        self.titles = Titles(context)
        self._series: dict[str, pd.DataFrame] = {}  # by indicator

    # --- values beneath each other ---------------------------------------------------------------------------

    def growth(self, frame: pd.DataFrame) -> Picture | Html | None:
        """Growth rates of one period, largest first; of several periods, that of most rates."""
        frame = frame[frame["measure"] == "growth_rate"]
        if frame.empty:
            return self.context.none("none.growth")
        frame = frame[frame["period"] == frame["period"].mode().iloc[-1]]
        frame = frame.sort_values("base", ascending=False, kind="stable")
        if len(frame) < LEAST or not frame["period"].iloc[0] or "/" in frame["period"].iloc[0]:
            return None
        return self._bars("growth", frame, self.titles.say_rates(frame), self.say("kicker.growth"), self.signed)

    def shares(self, frame: pd.DataFrame) -> Picture | Html | None:
        """Shares and coverages, each against its whole, on a scale to 100 %."""
        bounded = ~frame["indicator"].map(self.view.indicators["may_exceed"]).astype(bool)
        frame = frame[(frame["measure"] == "share") & (frame["unit"] == "%") & bounded]
        if frame.empty:
            return self.context.none("none.shares")
        if len(frame) < LEAST:
            return None
        frame = frame.sort_values("base", ascending=False, kind="stable")
        title = self.titles.say_shares(frame)
        return self._bars("shares", frame, title, self.say("kicker.shares"), self.words.format_quantity, 100)

    def counts(self, frame: pd.DataFrame) -> Picture | Html | None:
        """Values of one quantity in several places, largest first; other quantities cannot be compared with each other."""
        frame = frame[frame["measure"].isin(QUANTITY_MEASURES)]
        if frame.empty:
            return self.context.none("none.counts")
        places = frame.groupby(["indicator", "period", "base_unit"])["region"].nunique()
        if places.max() < 2:
            return None
        indicator, when, unit = places.idxmax()
        frame = frame[(frame["indicator"] == indicator) & (frame["period"] == when) & (frame["base_unit"] == unit)]
        frame = frame.drop_duplicates("region").sort_values("base", ascending=False, kind="stable")
        title, kicker = self.titles.say_places(frame), self.context.named("units", unit)
        return self._bars(f"counts-{indicator}", frame, title, kicker, self.words.format_quantity)

    def _bars(self, slug: str, frame: pd.DataFrame, title: str, kicker: str, label, maximum=None) -> Picture:
        """Bars on one scale; label: writes the number beside a bar."""
        data = frame.assign(
            name=[self._dated(row) for row in records_of(frame)],
            value=frame["base"], lower=frame["base_lower"], upper=frame["base_upper"],
            label=[label(row) for row in records_of(frame)],
        )  # fmt: skip
        table = self.tables.of_picture(frame, title)
        name = f"{frame['section'].iloc[0]}-{slug}"
        return self.context.picture(name, lambda: bars.bars(data, maximum), title, kicker, table)

    def _dated(self, row: dict) -> str:
        """Name and place of a figure and, where it is undated or not of the whole year, its period."""
        more = [] if row["period"] == str(self.year) else [self.words.format_period(row)]
        return self.words.name_with_place(row, *more)

    def signed(self, row: pd.Series) -> str:
        """A change with its sign."""
        return self.words.format_quantity(row, signed=True)

    def ranks(self, frame: pd.DataFrame) -> Picture | Html | None:
        """Places in rankings, the best first."""
        frame = frame[frame["measure"] == "rank"].sort_values("base", kind="stable")
        if frame.empty:
            return self.context.none("none.ranks")
        if len(frame) < LEAST:
            return None
        title = self.titles.say_ranks(frame)
        data = frame.assign(
            name=[self._dated(row) for row in records_of(frame)],
            value=frame["base"], label=[self.words.format_quantity(row) for row in records_of(frame)],
        )  # fmt: skip
        table, words = self.tables.of_picture(frame, title), {"first": self.say("first_place")}
        name = f"{frame['section'].iloc[0]}-ranks"
        return self.context.picture(name, lambda: grids.ranks(data, words), title, self.say("kicker.ranks"), table)

    # --- values over time ------------------------------------------------------------------------------------

    def earlier(self, frame: pd.DataFrame) -> Picture | Html:
        """Derived values above the printed ones that they were derived from.

        frame: rows of `View.derived`
        """
        frame = frame[frame["how"] != "sum"]
        if frame.empty:
            return self.context.none("none.earlier")
        levels = self.view.corrected.loc[frame["used"].str[0]]
        pairs = [(before, after) for (_, before), (_, after) in zip(frame.iterrows(), levels.iterrows(), strict=True)]
        labels = [self.words.format_labels([*pair]) for pair in pairs]
        title = self.titles.say_changes([self.titles.compare(*pair) for pair in pairs])
        both = pd.concat([frame, levels]).sort_values("indicator", kind="stable")
        table = self.tables.of_picture(both[~both.index.duplicated()], title)
        note = self.context.explain_derived(self.say("note.earlier"), frame)
        data = pd.DataFrame(
            [
                {
                    "name": self.words.name_with_place(after),
                    "before": before["base"], "before_form": "derived", "before_label": before_label,
                    "before_period": self._brief(before), "before_figure": before.name,
                    "after": after["base"], "after_form": after["form"], "after_label": after_label,
                    "after_period": self._brief(after), "after_figure": after.name,
                }
                for (before, after), (before_label, after_label) in zip(pairs, labels, strict=True)
            ]
        )  # fmt: skip
        kicker = self.say("kicker.earlier") if len(pairs) > 1 else self.words.name_unit(pairs[0][1])
        name = f"{frame['section'].iloc[0]}-earlier"
        return self.context.picture(name, lambda: bars.pairs(data), title, kicker, table, note)

    def _brief(self, row: pd.Series) -> str:
        """Year, or half-year, as short as it fits beside a bar."""
        point = period.parse(row["period"])
        year = point.last[0]
        if not point.part.startswith(("H", "Q")):
            return str(year)
        return period.label(row["period"], "zh") if self.context.language == "zh" else f"{year} {point.part}"

    def series(self, frame: pd.DataFrame) -> Picture | Html | None:
        """One quantity over the years: public figures dashed, derived hollow, printed solid.

        frame: one row a year, as `select_series` gives it
        """
        own = frame[frame["form"] != "public"] if len(frame) else frame
        if own.empty:
            return self.context.none("none.series")
        if len(own) < 2:  # a value is not compared with a public one, which may be counted otherwise
            return None
        indicator, unit = frame["indicator"].iloc[0], frame.iloc[-1]
        rows = [row for _, row in frame.iterrows()]
        growth = ["", *(self._grown(before, after) for before, after in pairwise(rows))]
        data = pd.DataFrame(
            {
                "year": frame["year"].astype(str),
                "value": frame["base"],
                "form": frame["form"],
                "label": self.words.format_labels(rows, unit=False),
                "form_label": [self.say(f"form.{form}") for form in frame["form"]],
                "growth": growth,
            },
            index=frame.index,
        )
        title = self.titles.say_change(self.titles.compare(own.iloc[0], own.iloc[-1]))
        table = self.tables.of_picture(frame, title)
        kicker = self.say("kicker.series", unit=self.words.name_unit(unit))
        note = self.context.explain_derived(self.say("note.series"), frame)
        return self.context.picture(f"series-{indicator}", lambda: series.columns(data), title, kicker, table, note)

    def _grown(self, before: pd.Series, after: pd.Series) -> str:
        """Growth from one year to the next, or nothing where it has no meaning."""
        if after["year"] - before["year"] != 1 or min(before["base"], after["base"]) <= 0:
            return ""
        return measure_growth(self.view, before, after).write_signed(self.words)

    @cached_property
    def _yearly(self) -> pd.DataFrame:
        """Quantities of the region for whole years, with errata: from the text, then derived, from the table, and public."""
        view, figures = self.view, self.view.corrected
        from_table = figures["in_table"].astype(bool)
        pool = pd.concat([figures[~from_table], view.derived, figures[from_table], view.public])
        own = (pool["region"] == view.region) & pool["whole_year"].astype(bool)
        return pool[own & pool["measure"].isin(QUANTITY_MEASURES)]

    def select_series(self, indicator: str) -> pd.DataFrame:
        """One value a year, with errata: from the text, else derived, else from the table, else public."""
        if indicator not in self._series:
            pool, unit = self._yearly, self.view.indicators.at[indicator, "unit"]
            pool = pool[(pool["indicator"] == indicator) & (pool["base_unit"] == unit)]
            self._series[indicator] = pool.drop_duplicates("year").sort_values("year", kind="stable")
        return self._series[indicator]

    # --- parts and stages ------------------------------------------------------------------------------------

    def parts(self, frame: pd.DataFrame) -> Picture | Html:
        """Parts of a whole that the relations of the package name, where both are among the figures."""
        frame = frame[frame["measure"].isin(QUANTITY_MEASURES)].drop_duplicates(["indicator", "region"])
        shares = [
            (part, whole, measure_share(part, whole))
            for _, here in frame.groupby("region", sort=False)
            for part, whole in self._pairs(here.assign(figure=here.index).set_index("indicator", drop=False))
            if whole["base"] > 0 and part["base"] >= 0
        ]
        if not shares:
            return self.context.none("none.parts")
        labels = [[self.words.format_label(row) for row in (whole, part)] for part, whole, _ in shares]
        names = [[self.words.name_with_place(row) for row in pair] for *pair, _ in shares]
        data = pd.DataFrame(
            [
                {
                    "name": part_name,
                    "whole": self.say("part_of", whole=whole_name, value=whole_label),
                    "share": share.value,
                    "label": part_label,
                }
                for (*_, share), (part_name, whole_name), (whole_label, part_label) in zip(
                    shares, names, labels, strict=True
                )
            ],
            index=[part["figure"] for part, *_ in shares],
        )
        title = self.titles.say_part(*max(shares, key=lambda item: item[2].value))
        used = dict.fromkeys(row["figure"] for *pair, _ in shares for row in pair)
        table = self.tables.of_picture(frame.loc[[*used]], title)
        name = f"{frame['section'].iloc[0]}-parts"
        return self.context.picture(name, lambda: bars.parts(data), title, self.say("kicker.parts"), table)

    def _pairs(self, figures: pd.DataFrame) -> list[tuple[pd.Series, pd.Series]]:
        """Part and whole that a relation names, where both are among these figures (indexed by indicator) and comparable."""
        pairs = self._related
        known = [(figures.loc[a], figures.loc[b]) for a, b in pairs if a in figures.index and b in figures.index]
        return [(a, b) for a, b in known if self.view.comparable(a["base_unit"], b["base_unit"])]

    @cached_property
    def _related(self) -> list[tuple[str, str]]:
        """Part and whole that the relations name, both of one kind and definition: a flow is no part of a stock."""
        pairs, relations, kinds = [], records_of(self.view.relations), self.view.indicators["kind"]
        apart = {(row["left"], other) for row in relations if row["kind"] == "scope" for other in row["right"].split()}
        for relation in relations:
            if relation["kind"] == "total":
                pairs += [(part, relation["left"]) for part in relation["right"].split()]
            elif relation["kind"] == "subset":
                pairs += [(relation["left"], whole) for whole in relation["right"].split()]
        known = [pair for pair in pairs if {*pair} <= {*kinds.index} and not {pair, pair[::-1]} & apart]
        return [(part, whole) for part, whole in known if kinds[part] == kinds[whole]]

    def stages(self, platforms: pd.DataFrame, keys: list, by: str) -> Picture | None:
        """Platforms by section or chapter and stage, as a grid of counts."""
        if platforms[by].nunique() < 2:
            return None
        titles = [self.context.named(f"{by}s", key, "title") for key in keys]
        stages = {stage: self.say(f"stage.{stage}") for stage in STAGES}
        counts = pd.crosstab(platforms[by], platforms["status"]).reindex(index=keys, columns=STAGES, fill_value=0)
        running = int((platforms["status"] == "running").sum())
        title = self.say("title.matrix", n=running, total=len(platforms))
        columns = [Column({by: self.say(f"column.{by}")}, self.say(f"column.{by}"))]
        columns += [
            Column({stage: word}, word, lambda row, stage=stage: str(row[stage] or ""), "number")
            for stage, word in stages.items()
        ]
        rows = counts.reset_index(drop=True).assign(**{by: titles})
        table = self.context.table(title, columns, rows)
        data = counts.set_axis(titles).set_axis([*stages.values()], axis=1)
        kicker = self.say("kicker.matrix")
        return self.context.picture(f"platforms-by-{by}", lambda: grids.matrix(data), title, kicker, table)
