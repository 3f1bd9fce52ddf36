"""A chapter in one year: its targets, and section by section its figures, pictures and platforms."""

from functools import cached_property

import pandas as pd

from helpers.charts import bars, canvas, grids, series
from helpers.display.html import Column, Html, Markup, Picture, Row, Table, sentence, told
from helpers.errors import UserError
from helpers.numbers import period
from helpers.package.schema import QUANTITY_MEASURES
from helpers.views.notebook import AUDIT, STAGES
from helpers.views.overview import REACHED, Targets


class Chapter(Targets):
    """One chapter of the plan; methods take a section such as `2.3`."""

    @cached_property
    def chapter(self) -> int:
        """Number of the chapter."""
        chapters = self.tables.chapters
        found = chapters.index[chapters["notebook"] == self.name]
        if found.empty:
            raise UserError(
                f"chapters.csv has no chapter with the notebook {self.name!r}; add it there or leave it out."
            )
        return int(found[0])

    @cached_property
    def sections(self) -> list[str]:
        frame = self.tables.sections
        return list(frame.index[frame["chapter"] == self.chapter])

    @cached_property
    def own(self) -> pd.DataFrame:
        """Headline indicators of the chapter against their targets."""
        indicators = self.tables.indicators
        return self.score[self.score.index.isin(indicators.index[indicators["chapter"] == self.chapter])]

    @cached_property
    def own_read(self) -> pd.DataFrame:
        return self.score_read[self.score_read.index.isin(self.own.index)]

    @cached_property
    def current(self) -> pd.DataFrame:
        """Printed figures that belong on this year's pages: dated in it, or undated."""
        frame = self.figures
        return frame[(frame["year"] == self.year) | frame["year"].isna()]

    def printed(self, section: str | None = None) -> pd.DataFrame:
        """Those of a section, or of the chapter."""
        frame = self.current
        return frame[frame["section"] == section if section else frame["chapter"] == self.chapter]

    def implied(self, section: str | None = None) -> pd.DataFrame:
        """Derived values of a section (or of the chapter): of this year, and what this year's figures say of another."""
        frame = self.derived
        place = frame["indicator"].map(self.tables.indicators["section" if section else "chapter"])
        here = (frame["year"] == self.year) | frame["used"].str[0].isin(self.printed(section).index)
        return frame[(place == (section or self.chapter)) & here]

    def _platforms(self, section: str | None = None) -> pd.DataFrame:
        frame = self.tables.platforms
        if self.region != self.plan.region:
            frame = frame[frame["owner"].isin(self.within)]
        if section:
            return frame[frame["section"] == section]
        return frame[frame["section"].isin(self.sections)]

    # --- opening -------------------------------------------------------------------------------------------

    def opening(self) -> Html:
        """Bottom line of the chapter: its targets, what is printed for the year, derived, undated; its platforms."""
        printed = self.printed()
        text = printed[~printed["source"].str.startswith("T.")]
        dated, undated = int(text["year"].notna().sum()), int(text["year"].isna().sum())
        derived, platforms = len(self.implied()), self._platforms()
        lead = [self.say("lead.targets", counts=self.count_words(self.own)) if len(self.own) else ""]
        lead.append(self.lead_errata(self.own))
        lead.append(self.say("lead.printed", n=dated, year=self.year))
        lead.append(self.say("lead.derived", n=derived))
        lead.append(self.say("lead.undated", n=undated))
        running = int((platforms["status"] == "running").sum())
        lead.append(self.say("lead.platforms", n=len(platforms), running=running))
        rows = [(self.say("as_printed"), self.own)]
        if len(self.changed(self.own)):
            rows.append((self.say("with_errata"), self.own_read))
        return self._opening(
            self.headline_of(self.own, "headline.chapter"),
            self.run_on(lead),
            rows if len(self.own) else [],
            self.sections,
            self.say("detail", dated=dated, derived=len(self.implied()), undated=undated),
        )

    def targets(self) -> Table | Html:
        """The chapter's headline indicators against their targets."""
        if self.own.empty:
            return self.none("none.targets")
        return self.targets_table(self.own, "headline.chapter")

    def summary(self, section: str) -> Html:
        """Bottom line of a section: its targets, what grew most, what is contradicted; then what it holds, counted."""
        printed, derived = self.printed(section), self.implied(section)
        platforms = self._platforms(section)
        parts = [
            self.say("summary.figures", n=int(printed["year"].notna().sum()), year=self.year),
            self.say("summary.undated", n=int(printed["year"].isna().sum())),
            self.say("summary.derived", n=len(derived)),
            self.say("summary.platforms", n=len(platforms)),
        ]
        text = ("，" if self.language == "zh" else ", ").join(parts) + ("。" if self.language == "zh" else ".")
        bottom = self.run_on(self._bottom(section, printed))
        html = Markup('<p class="bottom-line">{}</p>').format(bottom) if bottom else Markup("")
        return Html(html + sentence(text).html, self.run_on([bottom, text]))

    def _bottom(self, section: str, printed: pd.DataFrame) -> list[str]:
        """Sentences that say what matters in a section's figures of the year; none where there is nothing to say."""
        said = []
        own = self.own[self.own.index.map(self.tables.indicators["section"]) == section]
        known = own[own["status"] != "no_data"]
        if len(known):
            reached = int(known["status"].isin(REACHED).sum())
            said.append(self.say("bottom.targets", n=len(own), known=len(known), reached=reached))
        rates = printed[(printed["measure"] == "growth_rate") & printed["year"].notna()]
        if len(rates):
            most = rates.loc[rates["base"].idxmax()]
            said.append(self.say("bottom.growth", n=len(rates), name=self.with_place(most), value=self._signed(most)))
        wrong = [key for key in printed.index if key in self.marks and self.marks[key].verdict == "contradiction"]
        if wrong:
            said.append(self.say("bottom.wrong", n=len(wrong)))
        return said

    # --- pictures ------------------------------------------------------------------------------------------

    def growth(self, section: str) -> Picture | Html:
        """Growth rates printed for the year, largest first."""
        frame = self.printed(section)
        frame = frame[(frame["measure"] == "growth_rate") & frame["year"].notna()]
        if frame.empty:
            return self.none("none.growth")
        frame = frame.sort_values("base", ascending=False, kind="stable")
        first, last = frame.iloc[0], frame.iloc[-1]
        if len(frame) == 1:
            title = self.say("title.growth.one", name=self.with_place(first), value=self._signed(first))
        else:
            title = self.say(
                "title.growth", n=len(frame), name=self.with_place(first), value=self._signed(first),
                low=self.with_place(last), low_value=self._signed(last),
            )  # fmt: skip
        return self._bars("growth", section, frame, title, self.say("kicker.growth"), self._signed)

    def shares(self, section: str) -> Picture | Html:
        """Shares and coverages printed for the year or undated, on a scale to 100 %."""
        frame = self.printed(section)
        frame = frame[(frame["measure"] == "share") & frame["headline"].isna()]
        bounded = ~frame["indicator"].map(self.tables.indicators["may_exceed"]).astype(bool)
        frame = frame[bounded].sort_values("base", ascending=False, kind="stable")
        if frame.empty:
            return self.none("none.shares")
        first, last = frame.iloc[0], frame.iloc[-1]
        if len(frame) == 1:
            title = self.say("title.shares.one", name=self.with_place(first), value=self.said(first))
        else:
            title = self.say(
                "title.shares", n=len(frame), name=self.with_place(last), value=self.said(last),
                high=self.with_place(first), high_value=self.said(first),
            )  # fmt: skip
        return self._bars("shares", section, frame, title, self.say("kicker.shares"), self.said, 100)

    def counts(self, section: str, *indicators: str) -> Picture | Html:
        """Values of indicators that share a unit, printed for the year or undated, largest first."""
        frame = self.printed(section)
        frame = frame[frame["indicator"].isin(indicators) & frame["measure"].isin(QUANTITY_MEASURES)]
        exact = set(frame.loc[frame["qualifier"] == "exact", "indicator"])
        frame = frame[~frame["indicator"].isin(exact) | (frame["qualifier"] == "exact")]
        if frame.empty:
            return self.none("none.counts")
        frame = frame.sort_values("base", ascending=False, kind="stable")
        first = frame.iloc[0]
        key = "title.counts" if len(frame) > 1 else "title.counts.one"
        title = self.say(key, n=len(frame), name=self.with_place(first), value=self.said(first))
        return self._bars(f"counts-{indicators[0]}", section, frame, title, self.unit_kicker(frame), self.said)

    def unit_kicker(self, frame: pd.DataFrame) -> str:
        units = list(dict.fromkeys(self.tables.units.loc[frame["base_unit"], f"name_{self.language}"]))
        return self.join(units)

    def _bars(self, slug, section, frame, title, kicker, label, maximum=None) -> Picture:
        data = pd.DataFrame(
            {
                "name": [self._dated(row) for _, row in frame.iterrows()],
                "value": frame["base"],
                "lower": frame["lower"],
                "upper": frame["upper"],
                "form": frame["form"],
                "label": [label(row) for _, row in frame.iterrows()],
            }
        )
        table = self._data_table(frame, title)
        with canvas.context():
            return self.picture(f"{section}-{slug}", bars.bars(data, maximum), title, kicker, table)

    def _dated(self, row: pd.Series) -> str:
        """Name and place of a figure and, where it is undated or not of the whole year, its period."""
        return self.with_place(row, *([] if row["period"] == str(self.year) else [self.when(row)]))

    def _signed(self, row: pd.Series) -> str:
        return self.said(row, signed=True)

    def _data_table(self, frame: pd.DataFrame, caption: str) -> Table:
        columns = self.columns("figure", "value:number", "unit:unit", "period", "range:range", "source")
        rows = [
            Row(
                [
                    self.title(row),
                    self.value(row),
                    self.unit(row),
                    self.when(row),
                    self.between(row),
                    self.formula(row) if row["form"] == "derived" else self._source(row),
                ]
            )
            for _, row in frame.iterrows()
        ]
        return Table(caption, columns, [("", rows)])

    def _source(self, row: pd.Series) -> str:
        if row["form"] == "public":
            return told(row["title"], self.language)
        return self.where(row)

    def ranks(self, section: str) -> Picture | Html:
        """Places in rankings, printed for the year or undated."""
        frame = self.printed(section)
        frame = frame[frame["measure"] == "rank"].sort_values("base", kind="stable")
        if frame.empty:
            return self.none("none.ranks")
        first = int((frame["base"] == 1).sum())
        title = self.say("title.ranks" if first else "title.ranks.none", n=len(frame), first=first)
        data = pd.DataFrame(
            {
                "name": [self._dated(row) for _, row in frame.iterrows()],
                "value": frame["base"],
                "label": [self.said(row) for _, row in frame.iterrows()],
            }
        )
        table = self._data_table(frame, title)
        with canvas.context():
            ax = grids.ranks(data, {"first": self.say("first_place")})
            return self.picture(f"{section}-ranks", ax, title, self.say("kicker.ranks"), table)

    def earlier(self, section: str) -> Picture | Html:
        """Quantities that can be traced to an earlier year: the derived value above the printed one."""
        figures = self.read_as.figures
        frame = self.derived[self.derived["how"] != "sum"]
        frame = frame[frame["indicator"].map(self.tables.indicators["section"]) == section]
        levels = figures.loc[frame["used"].str[0]]
        here = (frame["year"].to_numpy() == self.year) | (levels["year"].to_numpy() == self.year)
        frame, levels = frame[here], levels[here]
        if frame.empty:
            return self.none("none.earlier")
        data = pd.DataFrame(
            [
                {
                    "name": self.with_place(after),
                    "before": before["base"], "before_form": "derived",
                    "before_label": self.label_of(before), "before_period": self._brief(before),
                    "after": after["base"], "after_form": after["form"],
                    "after_label": self.label_of(after), "after_period": self._brief(after),
                }
                for (_, before), (_, after) in zip(frame.iterrows(), levels.iterrows(), strict=True)
            ]
        )  # fmt: skip
        title = self.say("title.earlier", n=len(frame), years=self.join(sorted({str(y) for y in frame["year"]})))
        both = pd.concat([frame, levels]).sort_values("indicator", kind="stable")
        table = self._data_table(both, title)
        with canvas.context():
            ax = bars.pairs(data)
            note = self.say("note.earlier")
            return self.picture(f"{section}-earlier", ax, title, self.say("kicker.earlier"), table, note)

    def _brief(self, row: pd.Series) -> str:
        """Year, or half-year, as short as it fits beside a bar."""
        point = period.parse(row["period"])
        year = point.last[0]
        if not point.part.startswith(("H", "Q")):
            return str(year)
        return period.label(row["period"], "zh") if self.language == "zh" else f"{year} {point.part}"

    def series(self, indicator: str) -> Picture | Html:
        """One quantity over the years: public figures dashed, derived hollow, printed solid."""
        if indicator not in self.tables.indicators.index:
            return self.none("none.indicator", name=indicator)
        frame = self._years_of(indicator)
        if frame.empty or not (frame["form"] != "public").any():
            return self.none("none.series", name=self.named("indicators", indicator))
        neighbours = zip(frame.iloc[:-1].iterrows(), frame.iloc[1:].iterrows(), strict=True)
        growth = ["", *(self._grown(before, after) for (_, before), (_, after) in neighbours)]
        name = self.named("indicators", indicator)
        unit = frame.iloc[-1]
        finer = [len(str(unit["multiplier"])) - len(str(multiplier)) for multiplier in frame["multiplier"]]
        same = frame.assign(multiplier=unit["multiplier"], decimals=(frame["decimals"] + finer).clip(lower=0))
        data = pd.DataFrame(
            {
                "year": frame["year"].astype(str),
                "value": frame["base"],
                "form": frame["form"],
                "label": [self.label_of(row, unit=False) for _, row in same.iterrows()],
                "form_label": [self.say(f"form.{form}") for form in frame["form"]],
                "growth": growth,
            }
        )
        own = frame[frame["form"] != "public"]
        key = "title.series" if len(own) < len(frame) else "title.series.own"
        title = self.say(key, name=name, first=int(own["year"].min()), last=int(own["year"].max()))
        table = self._data_table(frame, title)
        kicker = self.say("kicker.series", unit=self.unit(unit))
        with canvas.context():
            ax = series.columns(data)
            slug = f"series-{indicator}"
            return self.picture(slug, ax, title, kicker, table, self.say("note.series"))

    def _grown(self, before: pd.Series, after: pd.Series) -> str:
        """Growth from one year to the next, or nothing where it has no meaning."""
        if after["year"] - before["year"] != 1 or min(before["base"], after["base"]) <= 0:
            return ""
        return self.change(after["base"] / before["base"])

    def _years_of(self, indicator: str) -> pd.DataFrame:
        """One value a year, with errata: from the text, else derived, else from the table, else public."""
        figures = self.read_as.figures
        from_table = figures["source"].str.startswith("T.")
        pool = pd.concat([figures[~from_table], self.derived, figures[from_table], self.tables.external])
        pool = pool[
            (pool["indicator"] == indicator)
            & (pool["region"] == self.region)
            & (pool["base_unit"] == self.tables.indicators.at[indicator, "unit"])
            & pool["whole_year"].astype(bool)
            & pool["measure"].fillna("level").isin(QUANTITY_MEASURES)
        ]
        return pool.drop_duplicates("year").sort_values("year", kind="stable")

    def parts(self, section: str) -> Picture | Html:
        """Parts of a whole that the relations of the package name, where both are printed for the year or undated."""
        frame = self.printed(section)
        frame = frame[frame["measure"].isin(QUANTITY_MEASURES)].drop_duplicates(["indicator", "region"])
        shares = [
            (part, whole, 100 * part["base"] / whole["base"])
            for _, here in frame.groupby("region", sort=False)
            for part, whole in self._pairs(here.set_index("indicator", drop=False))
            if whole["base"] > 0
        ]
        if not shares:
            return self.none("none.parts")
        data = pd.DataFrame(
            [
                {
                    "name": self.with_place(part),
                    "whole": self.say("part_of", whole=self.with_place(whole), value=self.said(whole)),
                    "share": share,
                    "label": self.said(part),
                }
                for part, whole, share in shares
            ]
        )
        part, whole, share = max(shares, key=lambda item: item[2])
        names = {"part": self.with_place(part), "whole": self.with_place(whole)}
        title = self.say("title.parts", **names, share=self.percent(share, 0))
        used = {(row["indicator"], row["region"]): row for *pair, _ in shares for row in pair}
        table = self._data_table(pd.DataFrame(used.values()), title)
        with canvas.context():
            return self.picture(f"{section}-parts", bars.parts(data), title, self.say("kicker.parts"), table)

    def _pairs(self, figures: pd.DataFrame) -> list[tuple[pd.Series, pd.Series]]:
        """Part and whole that a relation names, where both are among these figures (indexed by indicator) and comparable."""
        pairs = []
        for relation in self.tables.relations.itertuples():
            if relation.kind == "total":
                pairs += [(part, relation.left) for part in relation.right.split()]
            elif relation.kind == "subset":
                pairs += [(relation.left, whole) for whole in relation.right.split()]
        known = [(figures.loc[a], figures.loc[b]) for a, b in pairs if a in figures.index and b in figures.index]
        return [(a, b) for a, b in known if self.tables.comparable(a["base_unit"], b["base_unit"])]

    def matrix(self) -> Picture | Html:
        """Platforms of the chapter by section and stage."""
        frame = self._platforms()
        if frame.empty:
            return self.none("none.platforms")
        return self.matrix_picture(frame, self.sections, "section")

    # --- tables --------------------------------------------------------------------------------------------

    def figures_of(self, section: str) -> Table | Html:
        """Figures of a section by paragraph, what each implies for the year beneath it."""
        printed, derived = self.printed(section), self.implied(section)
        base = derived["used"].str[0]
        groups: dict[str, list[Row]] = {}
        for key, row in printed.iterrows():
            rows = groups.setdefault(self._paragraph(row["source"]), [])
            rows.append(self.figure_row(row))
            rows += [self.derived_row(value, beneath=True) for _, value in derived[base == key].iterrows()]
        others = derived[~base.isin(printed.index)]
        if len(others):
            title = self.say("group.derived", year=self.year)
            groups[title] = [self.derived_row(row) for _, row in others.iterrows()]
        if not groups:
            return self.none("none.figures")
        caption = self.say("caption.figures", section=self.named("sections", section, "title"), year=self.year)
        return Table(caption, self.figure_columns(), list(groups.items()), id=f"figures-{section}")

    def _paragraph(self, source: str) -> str:
        """A paragraph of the report, or its table of headline indicators."""
        return self.say("group.table") if source.startswith("T.") else self.say("group.paragraph", paragraph=source)

    def platforms(self, section: str) -> Table | Html:
        """Named systems, platforms, apps and programmes of a section, each with owner and stage."""
        frame = self._platforms(section)
        if frame.empty:
            return self.none("none.platforms")
        stages = [Column(self.say(f"stage.{stage}"), "stage") for stage in STAGES]
        columns = [*self.columns("platform", "type:word", "owner"), *stages, *self.columns("since", "locator")]
        rows = [
            Row(
                [
                    row[f"name_{self.language}"],
                    self.say(f"type.{row['type']}"),
                    self._owner(row["owner"]),
                    *(self._dot(row["status"]) if stage == row["status"] else "" for stage in STAGES),
                    row["since"],
                    self.locator(row["source"], row["source"]),
                ],
                id=f"p-{key}",
            )
            for key, row in frame.iterrows()
        ]
        running = int((frame["status"] == "running").sum())
        title = self.named("sections", section, "title")
        caption = self.say("caption.platforms", section=title, n=len(frame), running=running)
        return Table(caption, columns, [("", rows)], id=f"platforms-{section}")

    def _dot(self, stage: str) -> Markup:
        return Markup('<b class="dot"></b><span class="hidden">{}</span>').format(self.say(f"stage.{stage}"))

    def places(self) -> Table | Html:
        """Every paragraph that the page rests on: where it stands in the report, its figures, where else these are used."""
        entries: dict[str, list[Markup]] = {}
        derived: dict[str, list[Markup]] = {}
        link = Markup('<a href="#{}">{}</a>')
        for name, value in self.implied().iterrows():
            use = link.format(f"f-{name}", self.say("use.derived", when=self.when(value)))
            for key in dict.fromkeys(value["used"]):
                derived.setdefault(key, []).append(use)
        for key, row in self.printed().iterrows():
            entries.setdefault(row["source"], []).append(self._entry(key, row, derived.get(key, [])))
        for key, row in self._platforms().iterrows():
            named = Markup("<li>{}</li>").format(link.format(f"p-{key}", row[f"name_{self.language}"]))
            entries.setdefault(row["source"], []).append(named)
        if not entries:
            return self.none("none.figures")
        rows = []
        for source in sorted(entries, key=_in_order):
            items = Markup('<ul class="uses">{}</ul>').format(Markup("").join(entries[source]))
            rows.append(Row([source, self.stands(source), items], id=f"l-{source}"))
        columns = self.columns("locator", "place", "used")
        return Table(self.say("caption.places", n=len(rows)), columns, [("", rows)], id="places")

    def _entry(self, key: str, row: pd.Series, derived: list[Markup]) -> Markup:
        """A figure as an entry of `places`, with its other uses on the pages of this year, the derived ones first."""
        link, uses = Markup('<a href="{}">{}</a>'), [*derived]
        if pd.notna(row["headline"]) and pd.notna(row["year"]):  # of this year, as all dated ones here
            uses.append(link.format(f"0-overview.ipynb#i-{row['indicator']}", self.say("use.scoreboard")))
        if key in self.marks:
            words = self.say("use.finding", verdict=self.say(f"verdict.{self.marks[key].verdict}"))
            uses.append(link.format(f"{AUDIT}.ipynb#{self.anchor(self.marks[key].finding)}", words))
        if key in set(self.tables.errata["key"]):
            uses.append(link.format(f"{AUDIT}.ipynb#e-{key}", self.say("use.erratum")))
        entry = link.format(f"#f-{key}", self.say("use.figure", name=self.title(row), value=self.said(row)))
        if not uses:
            return Markup("<li>{}</li>").format(entry)
        also = Markup("、" if self.language == "zh" else ", ").join(uses)
        space = "" if self.language == "zh" else " "
        return Markup('<li>{} <span class="also">{}{}{}</span></li>').format(entry, self.say("use.also"), space, also)

    def _owner(self, owner: str) -> str:
        if not owner:
            return ""
        if owner in self.tables.regions.index:
            return self.named("regions", owner)
        return self.say(f"owner.{owner}")

    def public(self, section: str) -> Table | Html:
        """Public figures from elsewhere that bear on a section's indicators, never mixed with the report's."""
        frame = self.tables.external
        frame = frame[frame["indicator"].map(self.tables.indicators["section"]) == section]
        if frame.empty:
            return self.none("none.public")
        return self.public_table(frame, self.say("caption.public", n=len(frame)), f"public-{section}")


def _in_order(source: str) -> list[int]:
    """Locators in the order of the report: 2.3.10 behind 2.3.9, the rows of the table first."""
    return [0 if part == "T" else int(part) for part in source.split(".")]
