"""The view of a notebook: everything it can show of a data package, selected once for notebook, region and language.

A view is a frozen set of documented frames (`docs/frames.md`). It holds every year, so that a question about another year
finds its answer; the parameter `year` chooses what a page shows. A notebook by itself selects its view from the package; a
batch selects the views of its runs by the same function and lays them out as files. A run can read nothing else, so the
digest of its view tells whether it would come out otherwise.
"""

import hashlib
import json
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import audit
from helpers.errors import UserError
from helpers.evaluation import history, values
from helpers.language.formatter import Formatter
from helpers.package import parameters, tables
from helpers.package.tables import Tables
from helpers.views.computed import Reading
from helpers.views.describe import drop_unspoken, mark_figures, name_bodies
from helpers.views.regions import RegionScores
from helpers.views.view import TARGET_TYPES, TARGETS, View, from_bytes
from helpers.views.worded import WordedFindings, recomputed_completions

FOLDER = "EVALUATE_VIEWS"  # environment variable: the folder of views that a batch has laid out


# --- opening ---------------------------------------------------------------------------------------------------


def load(
    kind: str, notebook: str, language: str, region: str, data: str, year: int | None = None, indicator: str = ""
) -> View:
    """The view that a batch has laid out for a notebook, else one selected from the package itself.

    Raises DataError for a bad package, ParameterError for values that it lacks, UserError for a view that the batch has not
    laid out.
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        package = tables.load(data)
        place = region or package.plan.region
        given = {"language": language, "region": place} | ({} if year is None else {"year": year})
        parameters.check(given, package.choices)
        if kind == "indicator":
            parameters.check_indicator(indicator, package.indicators.index)
            return Selector(package).view_indicator(notebook, language, place, indicator)
        return Selector(package).view(kind, notebook, language, place)
    for place in dict.fromkeys((region, "")):  # the plan's own region goes without saying
        path = Path(folder) / file_of(kind, notebook, language, place, data, "", indicator)
        if path.is_file():
            view = from_bytes(path.read_bytes())
            if region in ("", view.region):
                return view
    what = f"this batch has no {kind} view for {notebook} with language={language!r}, region={region!r}, data={data!r}"
    raise UserError(
        f"{what}. A notebook names the view it reads in its metadata (`evaluation: view`); by itself it can read all."
    )


def file_of(
    kind: str, notebook: str, language: str, region: str, data: str, home: str = "", indicator: str = ""
) -> str:
    """Name of a view's file; home: the plan's own region, which goes without saying."""
    name = json.dumps([kind, notebook, language, "" if region == home else region, data, indicator])
    return f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"


# --- selecting -------------------------------------------------------------------------------------------------


@dataclass
class Selector:
    """Selects the views of one package; what it computes of the whole package it computes once."""

    package: Tables
    _seen: tuple[str, frozenset[str]] = ("", frozenset())  # keys of the figures that a region shows
    _all_targets: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict)  # by region and language
    _of_indicators: dict[tuple[str, str, str], View] = field(default_factory=dict)  # the one that was asked for last

    @cached_property
    def findings(self) -> list[audit.Finding]:
        return audit.audit(self.package)

    @cached_property
    def _findings_of(self) -> dict[str, list[int]]:
        """Places of the findings about each figure; of those about none under no name."""
        places: dict[str, list[int]] = {"": []}
        for place, finding in enumerate(self.findings):
            for key in finding.figures or ("",):
                places.setdefault(key, []).append(place)
        return places

    @cached_property
    def _worded(self) -> WordedFindings:
        return WordedFindings(self.package)

    @cached_property
    def _regions(self) -> RegionScores:
        return RegionScores(self.package)

    @cached_property
    def _paged(self) -> dict[str, list[str]]:
        return values.list_indicators(self.package)

    @cached_property
    def readings(self) -> tuple[Reading, Reading]:
        """The package as printed, and with errata."""
        return Reading("printed", self.package), Reading("corrected", tables.corrected(self.package))

    def view_indicator(self, notebook: str, language: str, region: str, indicator: str) -> View:
        """The view of an indicator, which is a part of that of all indicators of the region."""
        key = notebook, language, region
        if key not in self._of_indicators:
            self._of_indicators = {key: self.view("indicator", *key)}
        return self._of_indicators[key].narrow(indicator)

    def view(self, kind: str, notebook: str, language: str, region: str) -> View:
        """The view of a notebook. Raises UserError for a chapter that the package lacks."""
        package = self.package
        scope = self._scope(kind, notebook)
        keys = self._figures(kind, region, scope)
        findings = self._concerning(kind, region, keys)
        words = self._worded.wording(language, region).words
        if kind == "audit":
            keys |= {key for finding in findings for key in finding.figures}
            keys |= {*package.errata["key"], *" ".join(package.errata["evidence"]).split()}
        derived, figures = [], []
        for reading in self.readings:
            implied = reading.derived
            rows = (implied["indicator"].isin(scope) & implied["used"].str[0].isin(keys)).to_numpy(dtype=bool)
            derived.append(reading.describe("derived", rows, language, region))
        keys |= {key for frame in derived for used in frame["used"] for key in used}
        for reading in self.readings:
            figures.append(reading.describe("figures", reading.package.figures.index.isin(keys), language, region))
        shown = np.asarray(self._public(kind, region, scope, findings), dtype=bool)
        public = self.readings[0].describe("external", shown, language, region)
        public = name_bodies(public, "publisher", words)
        platforms = self._platforms(kind, notebook, region, words)
        indicators = {*scope, *figures[0]["indicator"], *figures[1]["indicator"], *public["indicator"]}
        indicators |= {name for finding in findings for name in finding.names}
        relative = package.relations[package.relations["kind"] == "relative"]
        indicators |= {*relative.loc[relative["left"].isin(indicators), "right"]}
        regions = {region, package.plan.region, *figures[0]["region"], *figures[1]["region"], *public["region"]}
        regions |= {*platforms["owner_region"]} - {""}
        rows = self._worded.rows(findings, language, region)
        figures[0] = mark_figures(figures[0], rows)
        named = package.indicators.index.isin(indicators) if kind not in ("audit", "whole") else slice(None)
        kinds = ["total", "subset", "scope", "adds_to", "relative", *["lagging"] * (kind in ("overview", "whole"))]
        relations = package.relations[package.relations["kind"].isin(kinds)]
        related = [not indicators.isdisjoint([r.left, *r.right.split()]) for r in relations.itertuples()]
        relations = relations[np.array(related, dtype=bool)]
        errata = package.errata if kind == "audit" else package.errata[package.errata["key"].isin(keys | indicators)]
        return View(
            kind, notebook, language, region, package.plan, package.years, package.main_year,
            figures=figures[0], corrected=figures[1], derived=derived[1], derived_printed=derived[0],
            targets=self._targets(region, scope, language),
            region_targets=self._regions.compare(region if kind in ("overview", "whole") else "", language),
            platforms=platforms, public=public, findings=rows,
            facts=self._worded.facts(findings if kind in ("audit", "whole") else [], language, region),
            comparisons=self._worded.comparisons(findings if kind in ("audit", "whole") else [], language, region),
            completions=recomputed_completions(package, region if kind in ("audit", "whole") else ""),
            errata=errata.drop(columns=["reason_en" if language == "zh" else "reason"]),
            relations=relations[["kind", "left", "right"]],
            indicators=name_bodies(drop_unspoken(package.indicators[named], language), "responsible", words),
            regions=drop_unspoken(self._around(kind, regions), language),
            chapters=drop_unspoken(package.chapters, language), sections=drop_unspoken(package.sections, language),
            units=drop_unspoken(package.units, language),
            sources=name_bodies(drop_unspoken(package.sources, language), "publisher", words),
            labels=package.labels[[language]],
            documents=tuple(sorted({*figures[0]["document"], *platforms["document"]})),
            paged=tuple(self._paged.get(region, ())),
        )  # fmt: skip

    # --- rows of each frame ----------------------------------------------------------------------------------

    def _chapter(self, notebook: str) -> int:
        """Number of the chapter that a notebook is about. Raises UserError where chapters.csv names none."""
        chapters = self.package.chapters
        numbers = chapters.index[chapters["notebook"] == notebook]
        if numbers.empty:
            what = f"chapters.csv has no chapter with the notebook {notebook!r}"
            raise UserError(f"{what}; add it there, or open the notebook with the view 'whole'.")
        return int(numbers[0])

    def _scope(self, kind: str, notebook: str) -> set[str]:
        """Indicators that a notebook is about; an erratum may move one to another chapter."""
        package = self.package
        if kind == "chapter":
            chapter, frames = self._chapter(notebook), [reading.package.indicators for reading in self.readings]
            return {key for frame in frames for key in frame.index[frame["chapter"] == chapter]}
        if kind in ("overview", "audit"):
            headline, unplaced = package.indicators["headline"].notna(), package.indicators["section"] == ""
            return {*package.indicators.index[headline | unplaced if kind == "audit" else headline]}
        return {*package.indicators.index}

    def _figures(self, kind: str, region: str, scope: set[str]) -> set[str]:
        """Keys of the figures in scope that pages of a region show (see `Tables.seen_from`), in either reading."""
        if kind not in ("whole", "indicator") and self._seen[0] != region:
            shown = [self.package.seen_from(region, reading.package.figures).index for reading in self.readings]
            self._seen = region, frozenset(shown[0]) | frozenset(shown[1])
        keys: set[str] = set()
        for reading in self.readings:
            frame = reading.package.figures
            rows = frame["indicator"].isin(scope)
            if kind == "indicator":  # the places within are shown beside the region itself
                rows &= frame["region"].isin(self.package.within(region))
            keys |= {*frame.index[rows]}
        return keys if kind in ("whole", "indicator") else keys & self._seen[1]

    def _public(self, kind: str, region: str, scope: set[str], findings: list[audit.Finding]) -> pd.Series:
        """Which public figures a notebook can show."""
        public, home = self.package.external, region == self.package.plan.region
        bare = public["indicator"].map(self.package.indicators["section"]) == ""
        if kind == "audit":
            named = {*" ".join(self.package.errata["evidence"]).split()}
            named |= {key for finding in findings for key in finding.figures}
            named |= {*public.index[bare & home]}  # whichever place an exchange rate is of
            return public.index.isin(named)
        if kind == "outlook":
            return public["region"].isin(self.package.within(region)) | (~bare & home)
        return public["indicator"].isin(scope)

    def _platforms(self, kind: str, notebook: str, region: str, words: Formatter) -> pd.DataFrame:
        """Platforms of the chapter, or of all; of another region than the plan's, those that it or a place in it owns."""
        package = self.package
        frame = package.platforms
        if kind in ("overview", "audit", "indicator"):
            frame = frame.iloc[:0]
        if kind == "chapter":
            frame = frame[frame["section"].map(package.sections["chapter"]) == self._chapter(notebook)]
        if region != package.plan.region:
            frame = frame[frame["owner"].isin(package.within(region))]
        places = package.regions.index
        owners = [
            "" if not owner else words.name_of("regions", owner) if owner in places else words.name_of("terms", owner)
            for owner in frame["owner"]
        ]
        platforms = pd.DataFrame(
            {
                "name": frame[f"name_{words.language}"],
                "chapter": frame["section"].map(package.sections["chapter"]).astype("Int64"),
                "section": frame["section"],
                "type": [words.say(f"type.{kind}") for kind in frame["type"]],
                "owner": owners,
                "owner_region": frame["owner"].where(frame["owner"].isin(places), ""),
                "status": frame["status"],
                "history": frame["history"],
                "status_name": [words.say(f"stage.{status}") for status in frame["status"]],
                "since": frame["since"],
                "document": frame["document"],
                "source": frame["source"],
            },
            index=frame.index,
        )
        return platforms.astype({name: "str" for name in platforms if name != "chapter"})

    def _around(self, kind: str, places: set[str]) -> pd.DataFrame:
        """Places with everything above and within them."""
        regions = self.package.regions
        if kind == "whole":
            return regions
        around, parent = {*places}, regions["parent"].to_dict()
        for place in places:
            around |= {*self.package.within(place)}
            while (place := parent[place]) and place not in around:
                around.add(place)
        return regions[regions.index.isin(around)]

    def _targets(self, region: str, scope: set[str], language: str) -> pd.DataFrame:
        """Headline indicators in scope against their targets: a row for each year and reading."""
        key = region, language
        if key not in self._all_targets:
            self._all_targets = {known: frame for known, frame in self._all_targets.items() if known[0] == region}
            self._all_targets[key] = self._compare_headlines(region, language)
        targets = self._all_targets[key]
        targets = targets[targets["indicator"].isin(scope)].reset_index(drop=True)
        return targets if len(targets) else targets.astype(TARGET_TYPES)

    def _compare_headlines(self, region: str, language: str) -> pd.DataFrame:
        """All headline indicators against their targets."""
        frames = []
        for reading in self.readings:
            score = reading.scores(region)
            words = Formatter(reading.package, language, region)
            named = ("target", "target_upper", "target_other", "actual")
            keys = {key for name in named for key in score[name]}
            pool = history.stack(
                [
                    reading.describe(table, index.isin(keys), language, region)[["value", "lower", "upper", "unit"]]
                    for table, index in (("figures", reading.package.figures.index), ("derived", reading.derived.index))
                ]
            )
            target, end, other, actual = (pool.reindex(score[name]) for name in named)
            amounts = {
                "target": target["value"].to_numpy(), "target_end": end["value"].to_numpy(),
                "target_other": other["value"].to_numpy(),
                "target_unit": target["unit"].fillna("").to_numpy(), "actual": actual["value"].to_numpy(),
                "actual_lower": actual["lower"].to_numpy(), "actual_upper": actual["upper"].to_numpy(),
                "actual_unit": actual["unit"].to_numpy(),
            }  # fmt: skip
            about = self.package.indicators.loc[score["indicator"]]
            names = {
                "name": words.name_indicators(score["indicator"]),
                "chapter": about["chapter"].to_numpy(),
                "section": about["section"].to_numpy(),
                "category": [words.name_of("terms", category) for category in about["category"]],
                "status_name": [words.say(f"status.{status}") for status in score["status"]],
                "reading_name": words.say("as_printed" if reading.name == "printed" else "with_errata"),
            }
            renamed = {"target": "target_figure", "target_upper": "target_end_figure", "actual": "actual_figure",
                       "target_other": "target_other_figure", "others": "actual_others", "used": "chain_figures",
                       "printed": "completion_printed", "printed_figure": "completion_figure"}  # fmt: skip
            score = score.drop(columns=["value", "lower", "upper"]).rename(columns=renamed)
            frames.append(score.assign(reading=reading.name, **names, **amounts))
        return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)[list(TARGETS)]

    # --- findings --------------------------------------------------------------------------------------------

    def _concerning(self, kind: str, region: str, keys: set[str]) -> list[audit.Finding]:
        """Findings about the figures of a view; the audit of the plan's own region has those of the plan as a whole, too."""
        if kind == "whole":
            return self.findings
        if kind == "indicator":
            keys = keys | {*self.package.external.index}
        if kind == "audit":
            keys = self._figures("outlook", region, {*self.package.indicators.index})
        named = [*keys, ""] if kind == "audit" and region == self.package.plan.region else keys
        places = {place for key in named for place in self._findings_of.get(key, ())}
        return [self.findings[place] for place in sorted(places)]
