"""What a page says first of some targets: our reading where a figure is suspect, the reported figures, what is missing."""

from functools import cached_property

import pandas as pd

from helpers.display.html import Readings
from helpers.language.formatter import lower_first
from helpers.views.context import Context
from helpers.views.standing import is_before_due, list_reached

BEHIND = ("missed", "behind")
FEW = 2  # so many targets have words of their own: both, neither


class BottomLine:
    """Headline and lead about targets of one year, in both readings."""

    def __init__(self, context: Context, score: pd.DataFrame):
        """score: rows of `View.targets` of the year as printed, by indicator."""
        self.context, self.say, self.printed = context, context.say, score

    @cached_property
    def corrected(self) -> pd.DataFrame:
        """The same targets with errata applied."""
        return self.context.scores(self.context.year, "corrected").reindex(self.printed.index)

    @cached_property
    def differs(self) -> bool:
        """Do errata change a status?"""
        return len(self.context.changed(self.printed)) > 0

    @property
    def readings(self) -> list[tuple[str, str, pd.DataFrame]]:
        """Key, name and rows of each reading that has something of its own to say; what we believe comes first."""
        if not len(self.printed):
            return []
        printed = ("printed", self.say("as_printed"), self.printed)
        return [("corrected", self.say("with_errata"), self.corrected), printed] if self.differs else [printed]

    def headline(self, key: str) -> Readings:
        """`After our corrections, 13 of 15 headline targets with data were reached; as reported, 14`.

        key: of the label for a place without targets; of a chapter, its name comes first
        """
        texts = {reading: self._write_count(score) for reading, _, score in self.readings}
        printed = texts.get("printed") or self.say(f"{key}.without")
        corrected = texts.get("corrected", printed)
        both = printed
        if corrected != printed:
            form, counts = self._choose_form(self.printed), self._count_reached(self.printed)
            n = counts["missed" if form == "partly" else "known"]
            other = self.say(f"headline.other.{form}", n=n, **counts)
            both = self.say("headline.both_readings", corrected=lower_first(corrected), printed=other)
        headlines = [both, printed, corrected]
        if key == "headline.chapter":
            name = self.context.short()
            headlines = [self.say("headline.named", name=name, text=lower_first(text)) for text in headlines]
        return Readings(*headlines)

    def _count_reached(self, score: pd.DataFrame) -> dict[str, int]:
        """How many targets have data and how many are reached, or on schedule before their year."""
        known = score[score["status"] != "no_data"]
        reached = int(list_reached(known, is_before_due(known)).sum())
        missed = int(known["status"].isin(BEHIND).sum())
        return {"known": len(known), "reached": reached, "missed": missed, "year": self.context.year}

    def _choose_form(self, score: pd.DataFrame) -> str:
        """Which label says how many of the targets with data are reached."""
        counts = self._count_reached(score)
        known, reached, missed = counts["known"], counts["reached"], counts["missed"]
        if not known:
            return "no_data.two" if len(score) == FEW else "no_data"
        if 0 < reached < known:
            return "some"
        form = "all" if reached else "none" if missed == known else "partly" if missed else "unsure"
        return f"{form}.two" if known == FEW else form

    def _write_count(self, score: pd.DataFrame) -> str:
        form, counts = self._choose_form(score), self._count_reached(score)
        due = ".schedule" if counts["known"] and is_before_due(score[score["status"] != "no_data"]) else ""
        n = counts["reached"] if form == "some" else counts["known"] or len(score)
        n = counts["missed"] if form == "partly" else n
        return self.say(f"headline.{form}{due}", n=n, **counts)

    def explain(self) -> list[Readings | str]:
        """Sentences: what our corrections change, what has no data."""
        missing = int((self.printed["status"] == "no_data").sum())
        known = len(self.printed) - missing
        return [
            Readings(text, "", text) if (text := self._tell_corrections()) else "",
            self.say("lead.no_data", n=missing) if missing and known else "",
        ]

    def judge_claim(self) -> str:
        """Whether the report is right about the targets that it names as missed; nothing where it names none."""
        relations, names = self.context.view.relations, self.context.words.name_indicators
        rows = relations[relations["kind"] == "lagging"]
        plan, view = self.context.plan, self.context.view
        if rows.empty or (self.context.year, view.region) != (plan.target_year, plan.region):
            return ""
        claimed = rows["right"].iloc[0].split()
        short = {
            name: [*score.index[score["status"].isin(BEHIND)]]
            for name, score in (("printed", self.printed), ("corrected", self.corrected))
        }
        holds = {reading: {*keys} == {*claimed} for reading, keys in short.items()}
        outcomes = {
            (True, True): "holds",
            (True, False): "reported",
            (False, True): "corrected",
            (False, False): "wrong",
        }
        which = outcomes[holds["printed"], holds["corrected"]]
        keys, join = short["printed"] if which == "corrected" else short["corrected"], self.context.words.join_names
        key = f"lead.claim.{which}" if keys else f"lead.claim.{which}.none"
        sentences = [
            self.say("lead.claim", n=len(claimed), names=join(names(claimed))),
            self.say(key, n=len(keys), names=join(names(keys))),
        ]
        return self.context.join_sentences(sentences)

    def _tell_corrections(self) -> str:
        """Which statuses our corrections change, with the completion in either reading."""
        changed = self.context.changed(self.printed)
        clauses = [
            self.say(
                "reading.corrections.one", name=self.context.named("indicators", key),
                before=self._write_status(self.printed.loc[key]), after=self._write_status(self.corrected.loc[key]),
            )
            for key in changed.index
        ]  # fmt: skip
        changes = self.context.words.join_phrases(clauses)
        return self.say("lead.corrections", changes=changes, year=self.context.year) if clauses else ""

    def _write_status(self, row: pd.Series) -> str:
        """A status, with its completion where there is one."""
        status, done = row["status_name"], row["completion"]
        if pd.isna(done):
            return status
        percent = self.context.words.format_percent(done, 0 if done == round(done) else 1)
        return self.say("remarked", name=status, remark=percent)

    def message(self, key: str) -> str:
        """What a scoreboard says in a sentence: which targets are missed, in both readings.

        key: of the labels of `headline`, for a title where nothing is behind
        """
        known = self.printed[self.printed["status"] != "no_data"]
        late = "late" if len(known) and is_before_due(known) else "behind"
        names = {reading: self._name_short(score) for reading, _, score in self.readings}
        printed = names.get("printed", [])
        corrected = names.get("corrected", printed)
        join = self.context.words.join_names
        if printed != corrected:
            texts = [join(part) if part else self.say("none_of_them") for part in (corrected, printed)]
            return self.say(f"title.completion.{late}.readings", corrected=texts[0], printed=texts[1])
        if printed:
            return self.say(f"title.completion.{late}", n=len(printed), names=join(printed))
        return str(self.headline(key))

    def _name_short(self, score: pd.DataFrame) -> list[str]:
        return self.context.words.name_indicators(score.index[score["status"].isin(BEHIND)])
