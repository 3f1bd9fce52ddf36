"""The first sentences of the page of an indicator: its latest value, its target and whether it is reached."""

from functools import cached_property

import numpy as np
import pandas as pd

from helpers.display import html as display
from helpers.display.table import records_of
from helpers.numbers import period
from helpers.package.schema import QUANTITY_MEASURES
from helpers.views.growth import measure_growth
from helpers.views.scores import TargetTables
from helpers.views.trend import Trend

LISTED_PLACES = 3  # whose values a headline tells


class IndicatorLead:
    """Sentences about the indicator that a view is about."""

    def __init__(self, trend: Trend, targets: TargetTables, derived: pd.DataFrame, inside: list[pd.DataFrame]):
        """derived: values of the indicator; inside: figures, derived values and public figures of the places within."""
        self.trend, self.targets, self.inside, self.derived = trend, targets, inside, derived
        self.context, self.view, self.indicator = trend.context, trend.view, trend.indicator
        self.words, self.say = trend.words, trend.say

    def list_sentences(self) -> list[str]:
        """What stands under the headline; empty where there is nothing to say."""
        return [
            self._read_range(),
            self._read_target("printed"),
            self._read_correction(),
            self._read_other_value(),
            "" if self._has_no_actual() else self._read_gaps(),  # which the target has said
        ]

    def read_latest(self) -> str:
        """The last value, and the change from the one before where there is one."""
        words, own = self.words, self.trend.own
        others = self.trend.others
        later = len(others) and len(own) and others["year"].iloc[0] > own["year"].iloc[-1]  # a rate, of a growth target
        if len(others) and (own.empty or later):
            row = others.iloc[0]
            apart = (others["base_lower"] > row["base_upper"]) | (others["base_upper"] < row["base_lower"])
            alike = others[(others["period"] == row["period"]) & (others["measure"] == row["measure"]) & apart]
            values = [self._write_value(row), *dict.fromkeys(self._write_value(other) for _, other in alike.iterrows())]
            key = "indicator.undated" if len(values) == 1 else "indicator.undated.several"
            when, value = words.format_period(row), words.join_phrases(values)
            return self.say(key, name=words.name_figure(row), value=value, when=when)
        if own.empty:
            return self._read_elsewhere()
        last = own.iloc[-1]
        values = {"name": words.name_with_place(last), "when": words.format_period(last)}
        values["value"] = self._write_value(last)
        if len(own) == 1:
            return self.say("indicator.latest", **values)
        before = own.iloc[-2]
        values |= {"from_when": words.format_period(before), "from_value": self._write_value(before, last)}
        if last["measure"] not in ("level", "flow") or min(last["base"], before["base"]) <= 0:
            return self.say("indicator.latest.compared", **values)
        growth = measure_growth(self.view, before, last)
        size, way = growth.write_size(words), growth.way
        if way == "rose" and before["form"] == "derived" and before["how"] == "growth":  # its growth is what is known
            way, values["from_value"] = "implied", words.format_labels([before, last], brief=False)[0]
        return self.say(f"indicator.latest.{way}", growth=size, **values)

    def _read_elsewhere(self) -> str:
        """What is known of an indicator without a value of its own: values of places within, or a public one."""
        words, rows = self.words, [row for frame in self.inside for _, row in frame.iterrows()]
        inside = [row for row in rows if row["form"] != "public"] or rows
        if 0 < len(inside) <= LISTED_PLACES:
            values = [
                self.say(
                    "indicator.part",
                    place=row["place"],
                    value=words.format_quantity(row),
                    when=words.format_period(row),
                )
                for row in inside
            ]
            return self.say("indicator.parts.listed", name=self.context.short(), values=words.join_phrases(values))
        if inside:
            places = words.join_names([*dict.fromkeys(row["place"] for row in inside)])
            return self.say("indicator.parts", n=len(inside), name=self.context.short(), places=places)
        public = self.trend.public
        if public.empty:
            return self.say("indicator.none", name=self.context.short())
        row = public.sort_values("year", kind="stable").iloc[-1]
        return self.say(
            "indicator.public",
            name=self.context.short(),
            value=words.format_quantity(row),
            when=words.format_period(row),
        )

    def _read_gaps(self) -> str:
        """The years of the plan, and those evaluated after it, without a figure; nothing where there is none at all."""
        plan, known = self.view.plan, set()
        for frame in (self.view.corrected, self.view.derived, self.view.public):
            kept = (frame["indicator"] == self.indicator) & (frame["region"] == self.trend.place)
            for point in map(period.parse, frame.loc[kept & (frame["measure"] != "target"), "period"]):
                known |= {*range(point.first[0], point.last[0] + 1)} if point else set()
        years = range(plan.start_year, max([plan.target_year, *self.view.years]) + 1)
        missing = [str(year) for year in years if year not in known]
        return self.say("indicator.gaps", years=self.words.join_names(missing)) if len(known) and missing else ""

    def _read_range(self) -> str:
        """Between which ends the change lies from the last value but one; nothing where its digits say as much."""
        pair = self.trend.own.iloc[-2:]
        if len(pair) < 2 or pair["measure"].iloc[-1] not in ("level", "flow") or (pair["base"] <= 0).any():
            return ""
        between = measure_growth(self.view, pair.iloc[0], pair.iloc[1]).write_range(self.words)
        return self.say("indicator.range", range=between) if between else ""

    def _write_value(self, row: pd.Series, beside: pd.Series | None = None) -> str:
        """A value with its qualifier; a derived or corrected one says so; beside: what a derived one is written like."""
        text = str(self.words.format_quantity(row))
        if row["form"] == "derived":
            rows = [row] if beside is None else [row, beside]
            return self.say("indicator.derived", value=self.words.format_labels(rows, brief=False)[0])
        if row["form"] == "corrected" and row.name in self.view.figures.index:
            printed = self.words.format_quantity(self.view.figures.loc[row.name])
            return self.say("indicator.corrected", value=text, printed=printed)
        return text

    @cached_property
    def _scores(self) -> dict[str, dict]:
        """The headline indicator against its target in the year that is judged, by reading."""
        frame = self.view.targets
        rows = records_of(frame[frame["year"] == self.context.year])
        return {row["reading"]: row | {"reading_code": row["reading"]} for row in rows}

    def _read_target(self, read: str) -> str:
        """Target, actual value, completion and status in the year that is judged; nothing for one without a target."""
        score = self._scores.get(read)
        if score is None or score["reason"] == "no_target":
            return ""
        values = {"due": int(score["due"]), "year": self.context.year, "status": score["status_name"]}
        values |= {
            "target": display.plain(self.targets.target(score)),
            "actual": display.plain(self.targets.actual(score)),
        }
        known = "none" if score["status"] == "no_data" else "judged" if np.isnan(score["completion"]) else "known"
        if known == "known":
            values["completion"] = self.words.format_percent(score["completion"])
        key = f"indicator.target.{known}" if read == "printed" else f"indicator.correction.{known}"
        if read == "printed" and known != "none" and self.context.is_read_otherwise(score):
            key += ".reported"
        return self.say(key, **values)

    def _has_no_actual(self) -> bool:
        """Does the sentence about the target say that there is no value for its year?"""
        score = self._scores.get("printed")
        return score is not None and score["reason"] != "no_target" and score["status"] == "no_data"

    def _read_correction(self) -> str:
        """The same as we read the figures that are suspected to be wrong; nothing where there is no such figure."""
        printed = self._scores.get("printed")
        if printed is None or not self.context.is_read_otherwise(printed):
            return ""
        return self._read_target("corrected")

    def _read_other_value(self) -> str:
        """Which value of a year is our reading of a reported one, which is implied by others; nothing where they agree."""
        if self.context.corrected_figures.empty:
            return ""
        readings, derived = self.trend.others, self.derived
        readings = readings[(readings["form"] == "corrected") & readings["measure"].isin(QUANTITY_MEASURES)]
        for key, row in readings.iterrows():
            same = (derived["region"] == row["region"]) & (derived["period"] == row["period"])
            for _, implied in derived[same.to_numpy(dtype=bool)].iterrows():
                value, other = (str(self.words.format_quantity(number)) for number in (row, implied))
                printed = self.view.figures.loc[key]
                moved = row["base"] > 0 and np.isclose(np.log10(printed["base"] / row["base"]) % 1, (0, 1)).any()
                label = "indicator.other_value.moved" if moved else "indicator.other_value"
                values = {"when": self.words.format_period(row), "value": value, "derived": other}
                if value != other:
                    return self.say(label, printed=self.words.format_quantity(printed), **values)
        return ""
