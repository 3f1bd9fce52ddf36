"""The picture of one indicator over the years: which values it shows, which a line joins, and how they are written."""

from functools import cached_property

import numpy as np
import pandas as pd

from helpers.charts import timeline
from helpers.display.html import Html
from helpers.display.table import Picture
from helpers.language.formatter import lower_first
from helpers.package.schema import QUANTITY_MEASURES
from helpers.views.context import Context
from helpers.views.tables import FigureTables
from helpers.views.titles import Titles

DRAWN_TARGETS = (
    "level",
    "cap",
    "range",
    "rank",
    "hold",
    "yearly",
)  # kinds whose target is a value of the quantity itself


class Trend:
    """Values of the indicator that a view is about."""

    def __init__(self, context: Context, tables: FigureTables):
        self.context, self.tables, self.view = context, tables, context.view
        self.words, self.say, self.indicator = context.words, context.say, context.view.indicator
        self.about = self.view.indicators.loc[self.indicator]

    @cached_property
    def place(self) -> str:
        """The place whose values are drawn."""
        return self.view.find_place(self.indicator)

    @cached_property
    def own(self) -> pd.DataFrame:
        """One value a year of the place that the figures give or imply, with errata: from the text, else derived, else from
        the table.
        """
        figures, derived = self._comparable["corrected"], self._comparable["derived"]
        from_table = figures["in_table"].to_numpy(dtype=bool)
        frames = [frame for frame in (figures[~from_table], derived, figures[from_table]) if len(frame)]
        pool = pd.concat(frames) if len(frames) > 1 else (frames or [figures])[0]
        return pool.drop_duplicates("year").sort_values("year", kind="stable")

    @cached_property
    def others(self) -> pd.DataFrame:
        """All figures of the place but targets and completions, undated ones too: the latest first, exact before others."""
        frame = self.view.corrected
        frame = frame[(frame["indicator"] == self.indicator) & (frame["region"] == self.place)]
        frame = frame[~frame["measure"].isin(("target", "completion"))]
        frame = frame.iloc[np.argsort((frame["qualifier"] != "exact").to_numpy(), kind="stable")]
        return frame.sort_values("year", ascending=False, kind="stable", na_position="last")

    @cached_property
    def _comparable(self) -> dict[str, pd.DataFrame]:
        """Values of the quantity itself in its own unit, for whole years, of the place, by the frames of the view."""
        return {name: self._compare(getattr(self.view, name)) for name in ("corrected", "derived", "public")}

    @property
    def public(self) -> pd.DataFrame:
        """Public values of the quantity itself in its own unit, for whole years, of the place."""
        return self._comparable["public"]

    def _compare(self, frame: pd.DataFrame) -> pd.DataFrame:
        same = {"indicator": self.indicator, "region": self.place, "base_unit": self.about["unit"]}
        kept = frame["year"].notna().to_numpy() & frame["whole_year"].to_numpy(dtype=bool)
        for name, value in same.items():
            kept &= (frame[name] == value).to_numpy(dtype=bool)
        return frame[kept & frame["measure"].isin(QUANTITY_MEASURES).to_numpy()]

    def picture(self) -> Picture | Html:
        """Target, printed, derived and public values over time."""
        shown = self.drawn
        if shown.empty:
            return self.context.none("none.series")
        targets = self.aims
        own, unit, title = self.own, shown.iloc[0], self._say_title()
        kicker = self.say("kicker.series", unit=self.words.name_unit(unit))
        rows = pd.concat([frame for frame in (targets, shown) if len(frame)])
        rows = rows.sort_values("year", kind="stable")
        table = self.tables.of_picture(rows, title)
        data = pd.DataFrame(
            {
                "year": shown["year"].astype(int), "value": shown["base"], "form": shown["drawn_form"],
                "lower": shown["base_lower"].fillna(shown["base"]), "upper": shown["base_upper"].fillna(shown["base"]),
                "label": self._write_labels(shown), "joined": [key in own.index for key in shown.index],
            }
        )  # fmt: skip
        aims = pd.DataFrame(
            {
                "year": targets["year"].astype(int), "value": targets["base"],
                "label": [self.say("indicator.line", target=self._write_amount(row)) for _, row in targets.iterrows()],
            }
        )  # fmt: skip

        def write(value: float, step: float) -> str:
            return self._write_tick(unit, value, step)

        def draw():
            return timeline.timeline(data, aims, write, self.about["kind"] == "rank")

        outside = bool(timeline.find_outside(data, aims).any())
        marks = self._explain_marks({*data["form"]}, outside, timeline.has_ranges(data, aims), len(aims) > 0)
        note = self.context.explain_derived(marks, shown)
        return self.context.picture(f"values-{self.indicator}", draw, title, kicker, table, note)

    def _explain_marks(self, forms: set[str], outside: bool, ranged: bool, aimed: bool) -> str:
        """What each mark means that the picture has, and no other."""
        names = [form for form in timeline.MARKS if form in forms]
        names += ["outside"] * outside + ["range"] * ranged + ["target"] * aimed
        first, *others = [self.say(f"mark.{name}") for name in names]
        return self.say("reading.sentence", text=self.words.join_phrases([first, *map(lower_first, others)]))

    def _say_title(self) -> str:
        """What changed between the first and the last year, else how the only value stands to the only target.

        A value of the documents is not compared with a public one, which may be counted otherwise.
        """
        titles, own, targets = Titles(self.context), self.own, self.aims
        if len(own) > 1:
            return titles.say_change(titles.compare(own.iloc[0], own.iloc[-1]))
        if len(own) == len(targets) == 1:
            return titles.say_target(own.iloc[0], targets.iloc[0])
        return self.say("title.indicator" if len(targets) else "title.indicator.own", name=self.context.short())

    @cached_property
    def drawn(self) -> pd.DataFrame:
        """Values that the picture shows, the most important first; a printed one that an erratum replaces is struck."""
        frames = [frame.assign(drawn_form=frame["form"]) for frame in self._comparable.values() if len(frame)]
        if not frames:
            return self._comparable["corrected"].assign(drawn_form="")
        replaced = self.view.figures.index.intersection(self.context.corrected_figures.index)
        if len(replaced):
            struck = self._compare(self.view.figures.loc[replaced])
            struck = struck.assign(drawn_form="struck").set_axis([f"{key} printed" for key in struck.index], axis=0)
            frames += [struck] if len(struck) else []
        shown = pd.concat(frames)
        own = [*self.own.index]
        ends = [*own[-1:], *own[:1]]
        order = {key: number for number, key in enumerate([*dict.fromkeys([*ends, *own])])}
        ranked = sorted(range(len(shown)), key=lambda n: (order.get(shown.index[n], len(order)), n))
        return shown.iloc[ranked]

    def _write_labels(self, shown: pd.DataFrame) -> list[str]:
        """Numbers beside the points; of equal ones in a year the first."""
        labels, seen = [], set()
        for _, row in shown.iterrows():
            label = self._write_amount(row, unit=row["base_unit"] == "%")
            labels.append("" if (row["year"], label) in seen else label)
            seen.add((row["year"], label))
        return labels

    def _write_amount(self, row: pd.Series, unit: bool = True) -> str:
        """An amount for a label: in Chinese in the unit of the scale, in English with its own letters, such as `tn`."""
        scale = self.drawn["multiplier"].iloc[0] if self.context.language == "zh" else 0
        return self.words.format_label(self.words.write_in(row, scale), unit)

    def _write_tick(self, row: pd.Series, value: float, step: float) -> str:
        """A round number of the scale in the unit of a row."""
        places = -int(np.floor(np.log10(step / row["multiplier"]) + 1e-9)) + 1
        decimals = next(n for n in range(max(places, 0) + 1) if n == max(places, 0) or _is_whole(step, row, n))
        tick = row.copy()
        tick[["base", "decimals", "form", "qualifier"]] = [value, decimals, "derived", "exact"]
        return self.words.format_label(tick, unit=False)

    @cached_property
    def aims(self) -> pd.DataFrame:
        """Targets that are values of the quantity itself, as corrected."""
        frame = self.view.corrected
        frame = frame[(frame["indicator"] == self.indicator) & (frame["measure"] == "target")]
        frame = frame[(frame["region"] == self.place) & frame["year"].notna()]
        drawable = self.about["target_kind"] in DRAWN_TARGETS
        return frame[(frame["base_unit"] == self.about["unit"]) & drawable].sort_values("year", kind="stable")


def _is_whole(step: float, row: pd.Series, decimals: int) -> bool:
    """Is a step a whole number of its last decimal, in the unit of a row?"""
    scaled = step / row["multiplier"] * 10**decimals
    return abs(scaled - round(scaled)) < 1e-6
