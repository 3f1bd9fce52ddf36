"""One computed sentence that reads a selection of figures, derived values, platforms, targets or findings.

It says what the title of a picture does not: all stages, the highest and the lowest, growth with its range,
what corrections change. It never says that numbers of different spans or units can be compared.
"""

import pandas as pd

from helpers.audit import ALARMS, CONFIDENCES, VERDICTS
from helpers.display.html import Html
from helpers.package.schema import QUANTITY_MEASURES
from helpers.views import changes
from helpers.views.changes import LISTED, name_reading
from helpers.views.context import Context
from helpers.views.standing import is_before_due, list_reached

STAGES = ("running", "building", "pilot", "approved", "supported", "planned")  # what is furthest comes first


def read(context: Context, frame: pd.DataFrame) -> Html | None:
    """What a selection shows, in a sentence; of an empty one that there is nothing, unless the cell before has said so.

    Platforms are not read either where the cell before says that another page lists them.

    frame: rows of any frame of a view; which sentence it is follows from what they are.
    """
    nothing_before, context.nothing_shown = context.nothing_shown, False
    text = _sentence(context, _correct(context, frame))
    nothing = frame.empty or "history" in frame or text == context.say("reading.corrections.none")
    nothing = nothing or ("form" in frame and (frame["form"] == "public").all())
    return None if nothing and nothing_before else context.sentence(text, "reading")


def _sentence(context: Context, frame: pd.DataFrame) -> str:
    for column, name, write in KINDS:
        if column in frame:
            return write(context, frame) if len(frame) else context.say(f"reading.{name}.empty")
    if frame.empty:
        return context.say("reading.none")
    if frame["measure"].isin(["growth_rate", "change"]).all():
        return changes.read_rates(context, frame)
    if frame["indicator"].nunique() == 1 and frame["year"].nunique() > 1:
        return changes.read_series(context, frame)
    if (frame["form"] == "derived").all():
        return changes.read_derived(context, frame)
    if (frame["measure"] == "rank").all():
        return _ranks(context, frame)
    return _numbers(context, frame)


def _correct(context: Context, frame: pd.DataFrame) -> pd.DataFrame:
    """Figures as we read those of them that are suspected to be wrong: no sentence rests on one of these alone."""
    readings = context.corrected_figures[context.corrected_figures.index.isin(frame.index)]
    if readings.empty or "printed" not in frame:
        return frame
    both = pd.concat([frame.drop(index=readings.index), readings.reindex(columns=frame.columns, fill_value="")])
    return both.loc[frame.index]


def put_in_stage(context: Context, frame: pd.DataFrame, year: int) -> pd.DataFrame:
    """Platforms in the stage of a year where they have a history, without those that had not begun."""
    stages = []
    for status, course in zip(frame["status"], frame["history"], strict=True):
        entries = [entry.split(":") for entry in course.split()]
        known = [stage for first, stage in entries if int(first) <= year]
        stages.append(known[-1] if known else "" if entries else status)
    frame = frame.assign(status=stages)[pd.Series(stages, frame.index, dtype="str") != ""]
    return frame.assign(status_name=[context.say(f"stage.{stage}") for stage in frame["status"]])


# --- targets, platforms, findings --------------------------------------------------------------------------------


def _targets(context: Context, frame: pd.DataFrame) -> str:
    """How many headline indicators have data and reached their targets, and which did not; what corrections change."""
    if frame["reading"].nunique() > 1:
        return _corrections(context, frame)
    if frame["indicator"].nunique() == 1:
        return _target(context, frame)
    if frame["year"].nunique() > 1:
        years = {year: _sentence_of_year(context, own) for year, own in frame.groupby("year")}
        return context.join_sentences([context.say("reading.targets.year", year=y, what=years[y]) for y in years])
    return _sentence_of_year(context, frame)


def _sentence_of_year(context: Context, frame: pd.DataFrame) -> str:
    """How many targets of one year are reached; `undecided` ones are neither reached nor missed."""
    words, known = context.words, frame[frame["status"] != "no_data"]
    if len(known) and is_before_due(known):
        return _sentence_before_due(context, frame, known)
    statuses = context.scores(frame["year"].iloc[0])["status"]
    without = int((statuses == "no_data").sum())
    if known.empty and len(frame) == without < len(statuses):  # all that have no data, and no others
        return context.say("reading.targets.part", n=len(frame), total=len(statuses))
    reached, behind = list_reached(known, False), known.loc[known["status"].isin(["missed", "behind"]), "name"]
    key = "none" if known.empty else "all" if reached.sum() == len(frame) else "known" if reached.any() else "short"
    key = ("partly" if len(behind) else "unsure") if key == "short" and len(behind) < len(known) else key
    key += ".two" if key in ("none", "all") and len(frame) == 2 else ""
    key += ".two" if key in ("partly", "unsure") and len(known) == 2 else ""
    n = len(frame) if known.empty else len(known)
    sentences = [context.say(f"reading.targets.{key}", n=n, total=len(frame), reached=int(reached.sum()))]
    if 0 < len(behind) <= LISTED:
        sentences.append(context.say("reading.targets.behind", names=words.join_names([*behind])))
    return context.join_sentences([*sentences, _tell_corrected(context, frame, False, "reading.targets.corrected")])


def _sentence_before_due(context: Context, frame: pd.DataFrame, known: pd.DataFrame) -> str:
    """How many targets are on schedule before their year, and which are not."""
    reached, late = int(list_reached(known, True).sum()), [*known.loc[known["status"] == "behind", "name"]]
    sentences = [context.say("reading.targets.schedule", n=len(known), total=len(frame), reached=reached)]
    if 0 < len(late) <= LISTED:
        sentences.append(context.say("reading.targets.late", names=context.words.join_names(late)))
    corrected = _tell_corrected(context, frame, True, "reading.targets.corrected.schedule")
    return context.join_sentences([*sentences, corrected])


def _tell_corrected(context: Context, frame: pd.DataFrame, before_due: bool, key: str) -> str:
    """How many of some targets as reported are reached after our corrections, where that is another number."""
    corrected = context.scores(frame["year"].iloc[0], "corrected").reindex(frame["indicator"])
    counts = [int(list_reached(rows, before_due).sum()) for rows in (corrected, frame)]
    return context.say(key, n=counts[0]) if counts[0] != counts[1] else ""


def _target(context: Context, frame: pd.DataFrame) -> str:
    """How one target came out, year by year."""
    rows = frame.sort_values("year").itertuples()
    years = [context.say("reading.target.year", year=row.year, status=row.status_name) for row in rows]
    status = frame["status_name"].iloc[0] if len(frame) == 1 else context.words.join_names(years)
    return context.say("reading.target", name=frame["name"].iloc[0], status=status)


def _corrections(context: Context, frame: pd.DataFrame) -> str:
    """Which statuses differ between the figures as reported and as corrected."""
    wide = frame.set_index(["year", "name", "indicator", "reading"])["status_name"].unstack(sort=False).dropna()
    changed = wide[wide["printed"] != wide["corrected"]].reset_index()
    if changed.empty:
        return context.say("reading.corrections.none")
    clauses = [
        context.say("reading.corrections.one", name=row.name, before=row.printed, after=row.corrected)
        for row in changed.itertuples()
    ]
    return context.say("reading.corrections", changes=context.words.join_phrases(clauses))


def _platforms(context: Context, frame: pd.DataFrame) -> str:
    """How many platforms are in each stage; the stage of a single one."""
    counts = frame["status"].value_counts()
    if len(frame) == 1:
        stage = context.say(f"reading.stage.{counts.index[0]}.one")
        return context.say("reading.platforms.one", name=frame["name"].iloc[0], stage=stage)
    stages = [context.say(f"reading.stage.{stage}", n=int(counts[stage])) for stage in STAGES if stage in counts]
    key = "reading.platforms.all" if len(counts) == 1 else "reading.platforms"
    if len(counts) == 1:
        stages = [context.say(f"reading.stage.{counts.index[0]}.one")]
    return context.say(key, n=len(frame), stages=context.words.join_names(stages))


def _findings(context: Context, frame: pd.DataFrame) -> str:
    """How many findings there are by verdict or, of one verdict, by confidence, and what most of them are about."""
    words, verdicts = context.words, frame["verdict"].value_counts()
    if len(verdicts) > 1:
        parts = [
            context.say(f"reading.verdict.{verdict}", n=int(verdicts[verdict]))
            for verdict in VERDICTS
            if verdict in verdicts
        ]
        sentence = context.say("reading.findings.verdicts", n=len(frame), counts=words.join_names(parts))
        return context.join_sentences([sentence, _tell_arguments(context, frame)])
    counts, kinds = frame["confidence"].value_counts(), frame["check_name"].value_counts()
    parts = [context.say(f"reading.confidence.{word}", n=int(counts[word])) for word in CONFIDENCES if word in counts]
    sentences = [context.say("reading.findings", n=len(frame), counts=words.join_names(parts))]
    if len(kinds) > 1 and kinds.iloc[0] > 1:
        sentences.append(context.say("reading.findings.most", name=kinds.index[0], most=int(kinds.iloc[0])))
    return context.join_sentences(sentences)


def _tell_arguments(context: Context, frame: pd.DataFrame) -> str:
    """How many lesser findings are arguments about a contradictory figure, so that they have no card of their own."""
    facts = context.view.facts
    grave = {*facts.loc[facts["verdict"] == "contradiction", "arguments"].explode()} if len(facts) else set()
    verdicts = frame.loc[frame["finding"].isin(grave), "verdict"].value_counts()
    lesser = [verdict for verdict in ALARMS[1:] if verdict in verdicts]
    counts = [context.say(f"reading.argument.{verdict}", n=int(verdicts[verdict])) for verdict in lesser]
    if not counts:
        return ""
    n = int(verdicts[lesser].sum())
    return context.say("reading.findings.arguments", n=n, counts=context.words.join_names(counts))


# --- numbers beside each other -----------------------------------------------------------------------------------


def _ranks(context: Context, frame: pd.DataFrame) -> str:
    """Which rankings have which place, the best first."""
    words, ordered = context.words, frame.sort_values("base", kind="stable")
    places = []
    for _, own in ordered.groupby(["base", "qualifier"], sort=False):
        names = words.join_names([name_reading(context, row) for _, row in own.iterrows()])
        key = "reading.rank.two" if len(own) == 2 else "reading.rank"
        places.append(context.say(key, n=len(own), names=names, rank=words.format_quantity(own.iloc[0])))
    return context.say("reading.sentence", text=words.join_phrases(places))


def _numbers(context: Context, frame: pd.DataFrame) -> str:
    """The highest and the lowest of numbers in one unit; of others, how many there are.

    They are of different quantities, so that neither their difference nor their ratio has a meaning.
    """
    exact = {*frame.loc[frame["qualifier"] == "exact", "indicator"]}
    frame = frame[~frame["indicator"].isin(exact) | (frame["qualifier"] == "exact")]
    words, undated = context.words, int(frame["year"].isna().sum())
    ordered = frame.sort_values("base", ascending=False, kind="stable")
    first, last = (row for _, row in ordered.iloc[[0, -1]].iterrows())
    if len(frame) == 1:
        return context.say(
            "reading.figure",
            name=words.name_figure(first),
            value=words.format_quantity(first),
            when=words.format_period(first),
        )
    if not _comparable(context, frame) or last["base"] <= 0:
        key = ".undated" if undated == len(frame) else "" if undated else ".dated"
        return context.say(f"reading.figures{key}", n=len(frame), undated=undated)
    names = {"high": words.name_equals(frame, first), "low": words.name_equals(frame, last)}
    names |= {"high_value": words.format_quantity(first), "low_value": words.format_quantity(last)}
    if first["base"] == last["base"]:
        return context.say("reading.equal", n=len(frame), value=words.format_quantity(first))
    kind = "pair" if len(frame) == 2 else "shares" if first["base_unit"] == "%" else "counts"
    return context.say(f"reading.{kind}", n=len(frame), **names)


def _comparable(context: Context, frame: pd.DataFrame) -> bool:
    """Are these quantities themselves, in units that can be compared?"""
    unit = frame["base_unit"].iloc[0]
    same = all(context.view.comparable(unit, other) for other in frame["base_unit"].unique())
    return same and frame["measure"].isin(QUANTITY_MEASURES).all()


KINDS = (("reading", "targets", _targets), ("owner", "platforms", _platforms), ("check", "findings", _findings))
