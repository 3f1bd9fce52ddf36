"""The checks of the audit, each on figures that a person can add up."""

import pandas as pd
import pytest

from helpers import audit
from helpers.audit.structure import populations
from helpers.audit.wording import KEYS, Wording
from helpers.language.formatter import Formatter
from helpers.numbers.interval import Interval
from helpers.package import schema, tables

UNITS = {"stock": "家", "flow": "元", "share": "%", "index": "指数", "rank": "位"}
MEASURES = {"stock": "level", "flow": "flow", "share": "share", "index": "index", "rank": "rank"}


def world(
    package: tables.Tables, figures: str, relations: str = "", external: str = "", **indicators: dict
) -> tables.Tables:
    """A package with a few figures, one a line: `key indicator measure period printed [source] [region]`.

    `printed` is the token: `12.5亿元`, `3000多家`, `80%`; `-` stands for no period. An indicator is named for its kind and a
    letter (`stock-a`, `flow-b`); indicators: further columns, by name with underscores. relations: `kind left right…`.
    """
    raw = {name: frame.copy() for name, frame in package.raw.items()}
    columns = schema.COLUMNS
    rows = [_figure(line.split(), columns["figures"]) for line in figures.strip().splitlines()]
    public = [_figure(line.split(), [*columns["external"], "scope"]) for line in external.strip().splitlines()]
    raw["figures"] = pd.DataFrame(rows, columns=columns["figures"])
    raw["external"] = pd.DataFrame(public, columns=[*columns["external"], "scope"])
    names = dict.fromkeys(row["indicator"] for row in [*rows, *public])
    named = [line.split() for line in relations.strip().splitlines()]
    for _, left, *right in named:
        names |= dict.fromkeys(name for name in (left, *right) if name.split("-")[0] in UNITS)
    raw["indicators"] = pd.DataFrame([_indicator(name, indicators.get(name.replace("-", "_"), {})) for name in names])
    raw["relations"] = pd.DataFrame(
        [{"relation": f"r{n}", "kind": k, "left": a, "right": " ".join(b), "note": "Because", "note_zh": "因为"}
         for n, (k, a, *b) in enumerate(named)], columns=[*columns["relations"], "note_zh"],
    )  # fmt: skip
    raw["errata"] = raw["errata"].iloc[:0]
    return tables.of(package.folder, package.plan, raw)


def _figure(cells: list[str], columns: list[str]) -> dict:
    from helpers.numbers import token

    key, indicator, measure, when, printed, *rest = cells
    number = token.parse(printed)
    word = token.multiplier_word(number.multiplier) if number.multiplier > 1 else ""
    row = dict.fromkeys(columns, "") | {
        "figure": key, "indicator": indicator, "measure": measure, "period": "" if when == "-" else when,
        "value": str(number.number), "unit": word + (number.unit or "家"), "qualifier": number.qualifier.name, "printed": printed,
        "source": rest[0] if rest else "1.1.1", "sentence": "1", "region": rest[1] if len(rest) > 1 else "330000",
        "confidence": "high", "scope": rest[0] if rest and rest[0] in ("narrower", "wider", "other") else "",
    }  # fmt: skip
    return {name: row[name] for name in columns}


def _indicator(name: str, more: dict) -> dict:
    kind = name.split("-")[0]
    row = dict.fromkeys(schema.COLUMNS["indicators"], "") | {
        "indicator": name, "section": "1.1", "name_zh": name, "name_en": name, "unit": UNITS[kind], "kind": kind,
        "direction": "up", "may_exceed": "false", "target_kind": "level",
    }  # fmt: skip
    return row | {key: str(value) for key, value in more.items()}


def verdicts(package: tables.Tables, check: str) -> list[str]:
    """Verdicts of one check, in its order; every finding can be said in both languages."""
    function = next(function for function in audit.CHECKS if function.__name__ == check)
    findings = list(function(package))
    for language in ("zh", "en"):
        for row in Wording(package, Formatter(package, language)).rows(findings):
            assert tuple(row) == KEYS
            assert row["sentence"]
            assert (row["settled_by"] == "") == (row["verdict"] == "consistent")
    return [finding.verdict for finding in findings]


HEADLINE = {"headline": 1, "category": "innovation"}

CASES = {
    # name: (check, figures, relations, external, indicators, verdicts)
    "a completion that follows": (
        "completions", "t stock-a target 2017 300家 T.1\na stock-a level 2017 390家 T.1\nc stock-a completion 2017 130% T.1", "", "", {}, ["consistent"]),
    "a completion that does not follow": (
        "completions", "t stock-a target 2017 12家 T.1\na stock-a level 2017 13家 T.1\nc stock-a completion 2017 130% T.1", "", "", {}, ["contradiction"]),
    "a ratio of ranks": (
        "completions", "t rank-a target 2017 第3位 T.1\na rank-a rank 2017 第2位 T.1\nc rank-a completion 2017 150% T.1", "", "",
        {"rank_a": {"target_kind": "rank", "direction": "down"}}, ["label"]),
    "a cap's completion, written either way": (
        "completions", "t share-a target 2017 10% T.1\na share-a share 2017 8% T.1\nc share-a completion 2017 120% T.1", "", "",
        {"share_a": {"target_kind": "cap", "direction": "down"}}, ["consistent"]),
    "a reduction against the base year": (
        "completions", "b stock-a level 2015 200家\nt stock-a target 2017 20% T.1\na stock-a level 2017 160家 T.1\nc stock-a completion 2017 100% T.1", "", "",
        {"stock_a": {"target_kind": "reduction", "direction": "down"}}, ["consistent"]),
    "average growth that falls short of its completion": (
        "completions", "b flow-a flow 2015 100亿元\nt flow-a target 2017 10% T.1\na flow-a flow 2017 110.0亿元 T.1\nc flow-a completion 2017 100% T.1", "", "",
        {"flow_a": {"target_kind": "growth"}}, ["contradiction"]),
    "average growth to what is only known to lie below a number": (
        "statements", "n flow-n level - 1家 0.0.2\nb flow-a flow 2015 100亿元\nt flow-a target 2017 2% T.1\na flow-a flow 2017 不足105亿元 T.1", "lagging flow-n flow-a", "",
        {"flow_a": {**HEADLINE, "target_kind": "growth"}}, ["consistent"]),
    "a total that is printed year by year": (
        "completions", "t flow-a target 2017 60亿元 T.1\na flow-a flow 2016 31亿元\nb flow-a flow 2017 35亿元\nc flow-a completion 2017 110% T.1", "", "",
        {"flow_a": {"target_kind": "cumulative"}}, ["consistent"]),
    "a total of years that is not the completion": (
        "completions", "t flow-a target 2017 60亿元 T.1\na flow-a flow 2016 31亿元\nb flow-a flow 2017 35亿元\nc flow-a completion 2017 58% T.1", "", "",
        {"flow_a": {"target_kind": "cumulative"}}, ["contradiction"]),
    "a total of which a year is missing": (
        "completions", "t flow-a target 2017 60亿元 T.1\nb flow-a flow 2017 35亿元\nc flow-a completion 2017 110% T.1", "", "",
        {"flow_a": {"target_kind": "cumulative"}}, []),
    "level, growth and the level before": (
        "growth", "a flow-a flow 2018 125.0亿元\ng flow-a growth_rate 2018 25.0%\nc flow-a change 2018 25.0亿元", "", "", {}, ["consistent"]),
    "growth that does not close with change": (
        "growth", "a flow-a flow 2018 125.0亿元\ng flow-a growth_rate 2018 35.0%\nc flow-a change 2018 25.0亿元", "", "", {}, ["contradiction"]),
    "rates that differ are of different things": (
        "growth", "a flow-a growth_rate 2018 25.0%\nb flow-b growth_rate 2018 35.0%", "", "", {}, []),
    "3086多 lies within 3000多": ("same_quantity", "a stock-a level - 3086多家\nb stock-a level - 3000多家", "", "", {}, ["consistent"]),
    "45160多 does not lie within 43000多": ("same_quantity", "a stock-a level - 45160多家\nb stock-a level - 43000多家", "", "", {}, ["contradiction"]),
    "two numbers of one year": ("same_quantity", "a stock-a level 2017 11家 T.1\nb stock-a level 2017-12 12家 2.2.2", "", "", {}, ["contradiction"]),
    "another paragraph without a date": ("same_quantity", "a stock-a level 2017 11家 T.1\nb stock-a level - 21家 2.2.2", "", "", {}, ["suspicious"]),
    "a table that is ten times the text": (
        "table_and_text", "t flow-a flow 2017 13万亿元 T.6\na flow-a flow 2018 16718.8亿元\ng flow-a growth_rate 2018 25.4%", "", "", {}, ["contradiction"]),
    "a table that the text leads back to": (
        "table_and_text", "t flow-a flow 2017 1.3万亿元 T.6\na flow-a flow 2018 16718.8亿元\ng flow-a growth_rate 2018 25.4%", "", "", {}, ["consistent"]),
    "dollars that are no yuan": (
        "table_and_text", "t flow-a flow 2017 500亿美元 T.7\na flow-a flow 2018 574.4亿元\ng flow-a growth_rate 2018 31.1%", "currency flow-a flow-a",
        "X-1 index-x index 2017 675.18元/100美元", {"index_x": {"unit": "元/100美元"}}, ["contradiction"]),
    "dollars that are those yuan": (
        "table_and_text", "t flow-a flow 2017 64.9亿美元 T.7\na flow-a flow 2018 574.4亿元\ng flow-a growth_rate 2018 31.1%", "currency flow-a flow-a",
        "X-1 index-x index 2017 675.18元/100美元", {"index_x": {"unit": "元/100美元"}}, ["consistent"]),
    "two currencies and no rate": (
        "table_and_text", "t flow-a flow 2017 64.9亿美元 T.7\na flow-a flow 2018 574.4亿元", "currency flow-a flow-a", "", {}, ["scope"]),
    "a jump within a year": ("over_time", "a stock-a level 2016 100家\nb stock-a level 2017 400家", "", "", {}, ["suspicious"]),
    "a year and half a year are not compared": ("over_time", "a flow-a flow 2017 12亿元\nb flow-a flow 2018H1 0.6亿元", "", "", {}, []),
    "a year and the next, with half a year between": (
        "over_time", "a flow-a flow 2017 12亿元\nb flow-a flow 2018H1 6.6亿元\nc flow-a flow 2018 13亿元", "", "", {}, ["consistent"]),
    "a province above its nation": ("places", "a flow-a flow 2017 13亿元 T.6", "", "X-1 flow-a flow 2017 7.18亿元 same 100000", {}, ["contradiction"]),
    "a city within its province": ("places", "a flow-a flow 2017 13亿元\nb flow-a flow 2017 3亿元 1.1.1 330100", "", "", {}, ["consistent"]),
    "parts that add up": ("totals", "w stock-a level 2017 98家\na stock-b level 2017 2家\nb stock-c level 2017 96家", "total stock-a stock-b stock-c", "", {}, ["consistent"]),
    "parts that do not add up": ("totals", "w stock-a level 2017 98家\na stock-b level 2017 20家\nb stock-c level 2017 96家", "total stock-a stock-b stock-c", "", {}, ["contradiction"]),
    "parts of another year": ("totals", "w stock-a level 2017 98家\na stock-b level 2018 20家\nb stock-c level 2018 96家", "total stock-a stock-b stock-c", "", {}, []),
    "parts of no date": ("totals", "w stock-a level 2017 98家\na stock-b level - 20家\nb stock-c level - 96家", "total stock-a stock-b stock-c", "", {}, ["suspicious"]),
    "one number for all": ("same_count", "a stock-a level - 11家\nb stock-b level - 12家", "same stock-a stock-b", "", {}, ["contradiction"]),
    "a part above its whole": ("subsets", "a stock-a level 2017 30家\nb stock-b level 2017 26家", "subset stock-a stock-b", "", {}, ["contradiction"]),
    "a part within its whole": ("subsets", "a stock-a level - 7家\nb stock-b level - 400多家", "subset stock-a stock-b", "", {}, ["consistent"]),
    "a part in another currency is not compared": (
        "subsets", "a flow-a flow 2017 500亿美元\nb flow-b flow 2017 13亿元", "subset flow-a flow-b", "", {}, []),
    "a list of three": ("lists", "a stock-a level - 3家", "list stock-a 宁波 湖州 丽水", "", {}, ["consistent"]),
    "a list that lacks one": ("lists", "a stock-a level - 三家", "list stock-a 宁波 湖州", "", {}, ["contradiction"]),
    "a share of its two quantities": ("quotients", "s share-a share 2018 68.2%\na stock-a level 2018 682家\nb stock-b level 2018 1000家", "quotient share-a stock-a stock-b", "", {}, ["consistent"]),
    "a share of two others": ("quotients", "s share-a share 2018 68.2%\na stock-a level 2018 628家\nb stock-b level 2018 1000家", "quotient share-a stock-a stock-b", "", {}, ["contradiction"]),
    "additions above the stock": ("additions", "a flow-a flow 2018 300家\nb stock-a level 2018 110家", "adds_to flow-a stock-a", "", {"flow_a": {"unit": "家"}}, ["contradiction"]),
    "a stock that grew by more than was added": (
        "additions", "z stock-a level 2017 50家\na flow-a flow 2018 30家\nb stock-a level 2018 110家", "adds_to flow-a stock-a", "", {"flow_a": {"unit": "家"}}, ["consistent", "contradiction"]),
    "a stock that some left": (
        "additions", "z stock-a level 2017 90家\na flow-a flow 2018 30家\nb stock-a level 2018 110家", "adds_to flow-a stock-a", "", {"flow_a": {"unit": "家"}}, ["consistent", "consistent"]),
    "a half above its year": ("parts_of_periods", "a flow-a flow 2018H1 9亿元\nb flow-a flow 2018 6亿元", "", "", {}, ["contradiction"]),
    "a half far below its year": ("parts_of_periods", "a flow-a flow 2018H1 0.3亿元\nb flow-a flow 2018 6.0亿元", "", "", {}, ["suspicious"]),
    "a half of its year": ("parts_of_periods", "a flow-a flow 2018H1 2.9亿元\nb flow-a flow 2018 6.0亿元", "", "", {}, ["consistent"]),
    "first in the nation, third in the world": ("rankings", "a rank-a rank - 第1位\nb rank-b rank - 第3位", "ranked rank-a rank-b", "", {}, ["consistent"]),
    "first in the world, third in the nation": ("rankings", "a rank-a rank - 第3位\nb rank-b rank - 第1位", "ranked rank-a rank-b", "", {}, ["contradiction"]),
    "two cities in one place": ("rankings", "a rank-a rank 2018 第1位 1.1.1 330100\nb rank-a rank 2018 第1位 1.1.1 330200", "", "", {}, ["suspicious"]),
    "two cities at two times": ("rankings", "a rank-a rank 2018H1 第1位 1.1.1 330100\nb rank-a rank 2018 第2位 1.1.1 330200", "", "", {}, ["scope"]),
    "two places of two nations": ("rankings", "a rank-a rank 2018 第1位 1.1.1 330100\nb rank-a rank 2018 第1位 1.1.1 320000", "", "", {}, []),
    "a rate above that of the first": (
        "rankings", "a share-a share 2018Q3 126.9%", "ranks_by rank-a share-a", "X-1 rank-a rank 2018Q3 第1位 same 320000\nX-2 share-a share 2018Q3 118.1% same 320000", {"share_a": {"may_exceed": "true"}}, ["contradiction"]),
    "first to pass, but for another": (
        "first_to_pass", "a share-a share - 突破100%", "first share-a share-a", "X-1 share-a share 2016Q2 129.9% same 110000", {"share_a": {"may_exceed": "true"}}, ["suspicious"]),
    "first to pass, as far as is known": (
        "first_to_pass", "a share-a share - 突破100%", "first share-a share-a", "X-1 share-a share 2016Q2 89.1% same 110000", {"share_a": {"may_exceed": "true"}}, ["consistent"]),
    "a cumulative count that falls": ("cumulative", "a stock-a level 2017 120家\nb stock-a level 2018 110家", "cumulative stock-a stock-a", "", {}, ["contradiction"]),
    "a cumulative count that grows": ("cumulative", "a stock-a level 2017 100家\nb stock-a level 2018 110家", "cumulative stock-a stock-a", "", {}, ["consistent"]),
    "hospitals above all hospitals": ("shares", "a share-a share 2018 120%", "", "", {}, ["contradiction"]),
    "two lines in a household": ("shares", "a share-a share 2018 126.9%", "", "", {"share_a": {"may_exceed": "true"}}, ["consistent"]),
    "a share below nothing": ("shares", "a share-a share 2018 -5%", "", "", {}, ["contradiction"]),
    "a share of the stated population": ("possible_shares", "a share-a share - 98.88%\nb stock-a level - 89家", "share_of share-a stock-a", "", {}, ["consistent"]),
    "a share of a smaller population": ("possible_shares", "a share-a share - 97.14%\nb stock-a level - 89家", "share_of share-a stock-a", "", {}, ["scope"]),
    "a share of no population": ("possible_shares", "a share-a share - 97.14%\nb stock-a level - 20家", "share_of share-a stock-a", "", {}, ["contradiction"]),
    "a flow that behaves as a stock": (
        "stock_as_flow", "a stock-a level 2018 6542家\nc flow-a change 2016/2018 增加1256家\ng flow-a growth_rate 2016/2018 23.8%", "adds_to flow-a stock-a", "",
        {"flow_a": {"unit": "家"}}, ["label"]),
    "a flow that behaves as a flow": (
        "stock_as_flow", "a stock-a level 2018 6542家\nc flow-a change 2016/2018 增加1256家\ng flow-a growth_rate 2016/2018 83.8%", "adds_to flow-a stock-a", "",
        {"flow_a": {"unit": "家"}}, []),
    "a rate over two years": ("rate_spans", "g flow-a growth_rate 2016/2018 23.8%\nh flow-b growth_rate 2018 23.8%", "", "", {}, ["scope"]),
    "a category of another section": (
        "categories", "t stock-a target 2017 90家 T.14\nu stock-b target 2017 10家 T.10", "about stock-a 2.5", "",
        {"stock_a": {"headline": 14, "category": "transport"}, "stock_b": {"headline": 10, "category": "tourism", "section": "2.5"}}, ["label"]),
    "qualifiers that exclude each other": ("qualifiers", "a stock-a level - 约9000余万条\nb stock-b level - 4200余万份", "", "", {}, ["label"]),
    "a qualifier behind the last digit": ("qualifiers", "a stock-a level - 3086多家\nb stock-b level - 2064余万家\nc stock-c level - 43000多家\nf stock-f level - 45160多家\nd flow-d flow 2018 667.6亿余元\ne flow-e flow 2018 66.7亿余元", "", "", {}, ["label", "label"]),
    "a place within the place beside it": ("nested", "a stock-a level - 8家", "located stock-a 330100 330110", "", {}, ["label"]),
    "public figures that agree": ("public", "a stock-a level 2018 130家", "", "X-1 stock-a level 2018-12 130家", {}, ["consistent"]),
    "public figures that disagree": ("public", "a stock-a level 2018 130家", "", "X-1 stock-a level 2018 150家", {}, ["contradiction"]),
    "public growth from the year before": (
        "public", "a flow-a flow 2018 125.0亿元\ng flow-a growth_rate 2018 25.0%", "", "X-1 flow-a flow 2017 100.0亿元", {}, ["consistent"]),
    "public figures of another scope": ("public", "a stock-a level 2018 11959家", "", "X-1 stock-a level 2019-11 11931家 narrower", {}, ["scope"]),
    "public figures of another date": ("public", "a stock-a level 2018 130家", "", "X-1 stock-a level 2016 100家", {}, []),
    "an undated figure that no public one bears out": ("public", "a stock-a level - 130家", "", "X-1 stock-a level 2018 150家", {}, ["suspicious"]),
    "alike in name": ("scopes", "a stock-a level 2017 3000家 T.1\nb stock-b level 2018 11959家", "scope stock-a stock-b", "", {}, ["scope"]),
    "a target passed before the plan": (
        "targets", "t index-a target 2017 85指数 T.16", "", "X-1 index-a index 2014 86.26指数", {"index_a": {"headline": 16, "category": "innovation"}}, ["suspicious"]),
    "a target far from what was attained": (
        "targets", "t flow-a target 2017 12万亿元 T.6\na flow-a flow 2018 16718.8亿元\ng flow-a growth_rate 2018 25.4%", "", "", {"flow_a": HEADLINE}, ["suspicious"]),
    "a share that fell far below its cap": (
        "targets", "t share-a target 2017 ＜5% T.1\na share-a share 2017 0.6% T.1", "", "", {"share_a": HEADLINE | {"target_kind": "cap", "direction": "down"}}, []),
    "a share far above its cap": (
        "targets", "t share-a target 2017 5% T.1\na share-a share 2017 60% T.1", "", "", {"share_a": HEADLINE | {"target_kind": "cap", "direction": "down"}}, ["suspicious"]),
    "equal to the target": ("equal_to_target", "t stock-a target 2017 3000家 T.1\na stock-a level 2017 3000家 T.1", "", "", {"stock_a": HEADLINE}, ["suspicious"]),
    "equal to the target, where no more is possible": (
        "equal_to_target", "t share-a target 2017 100% T.1\na share-a share 2017 100% T.1", "", "", {"share_a": HEADLINE}, ["consistent"]),
    "a value that stands alone": ("single_source", "t stock-a target 2017 30家 T.1\na stock-a level 2017 39家 T.1", "", "", {"stock_a": HEADLINE}, ["suspicious"]),
    "a value that the text repeats": ("single_source", "t stock-a target 2017 30家 T.1\na stock-a level 2017 39家 T.1\nb stock-a level - 39家 2.2.2", "", "", {"stock_a": HEADLINE}, ["consistent"]),
    "as many lag as the text says": (
        "statements", "n stock-n level - 1家 0.0.2\nt stock-a target 2017 30家 T.1\na stock-a level 2017 29家 T.1", "lagging stock-n stock-a", "", {"stock_a": HEADLINE}, ["consistent"]),
    "another lags than the text says": (
        "statements", "n stock-n level - 1家 0.0.2\nt stock-a target 2017 30家 T.1\na stock-a level 2017 29家 T.1\nu stock-b target 2017 30家 T.2\nb stock-b level 2017 30家 T.2",
        "lagging stock-n stock-b", "", {"stock_a": HEADLINE, "stock_b": {"headline": 2, "category": "innovation"}}, ["contradiction"]),
    "a count of what is named, with more left open": (
        "statements", "n stock-n level - 1余家 0.0.2\nt stock-a target 2017 30家 T.1\na stock-a level 2017 29家 T.1", "lagging stock-n stock-a", "", {"stock_a": HEADLINE}, ["contradiction"]),
    "more lack data than the text says": (
        "statements", "n stock-n level - 1家 0.0.2\nt stock-a target 2017 30家 T.1\nu stock-b target 2017 30家 T.2", "without_data stock-n stock-a", "",
        {"stock_a": HEADLINE, "stock_b": {"headline": 2, "category": "innovation"}}, ["contradiction"]),
    "what is printed year by year does not lack data": (
        "statements", "n stock-n level - 1家 0.0.2\nt stock-a target 2017 30家 T.1\nu flow-b target 2017 60亿元 T.2\na flow-b flow 2016 31亿元\nb flow-b flow 2017 35亿元",
        "without_data stock-n stock-a", "",
        {"stock_a": HEADLINE, "flow_b": {"headline": 2, "category": "innovation", "target_kind": "cumulative"}}, ["consistent"]),
    "growth that would triple": ("rates", "a flow-a growth_rate 2018 254%\nb flow-b growth_rate 2018 25.4%\nc flow-c growth_rate 2016/2018 254%", "", "", {}, ["suspicious"]),
    "a qualifier that is as printed": ("tokens", "a stock-a level - 43000多家\nb stock-b level - 43000家", "", "", {}, []),
    "one period in a column but for one": (
        "columns", "\n".join(f"a{n} stock-{n} level {2017 if n else 2018} 9家 T.{n}" for n in range(12)), "", "", {}, ["suspicious"]),
    "two periods in a column": (
        "columns", "\n".join(f"a{n} stock-{n} level {2017 + n % 2} 9家 T.{n}" for n in range(12)), "", "", {}, []),
    "one qualifier in a column without any": (
        "columns", "\n".join(f"a{n} stock-{n} level 2017 {'9家' if n else '9余家'} T.{n}" for n in range(12)), "", "", {}, ["suspicious"]),
    "qualifiers in a column here and there": (
        "columns", "\n".join(f"a{n} stock-{n} level 2017 {'9家' if n % 4 else '9余家'} T.{n}" for n in range(12)), "", "", {}, []),
    "a total of one year and its parts of another": (
        "one_time", "w stock-a level 2018 98家\na stock-b level 2017 2家\nb stock-c level 2017 96家", "total stock-a stock-b stock-c", "", {}, ["suspicious", "suspicious"]),
    "a year after all others": ("latest", "a stock-a level 2018 9家\nb stock-b level 2017 9家\nt stock-b target 2019 9家", "", "", {}, ["suspicious"]),
    "figures without a date": ("undated", "a stock-a level - 1家\nb stock-b level 2017 1家", "", "", {}, ["scope"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_check_gives_the_expected_verdicts(package, case):
    check, figures, relations, external, indicators, wanted = CASES[case]
    assert verdicts(world(package, figures, relations, external, **indicators), check) == wanted


def test_a_qualifier_must_be_in_the_printed_token(package):
    other = world(package, "a stock-a level - 43000家")
    raw = dict(other.raw)
    raw["figures"] = raw["figures"].assign(qualifier="over")
    assert verdicts(tables.of(package.folder, package.plan, raw), "tokens") == ["suspicious"]


def test_every_check_has_a_case():
    assert {case[0] for case in CASES.values()} == {check.__name__ for check in audit.CHECKS} - {"coverage"}


@pytest.mark.parametrize(
    ("share", "most", "works"),
    [
        (Interval(97.135, 97.14, 97.145), 89, [35, 70]),
        (Interval(98.545, 98.55, 98.555), 89, [69]),
        (Interval(49.5, 50.0, 50.5), 4, [2, 4]),
        (Interval(99.995, 100.0, 100.0), 2, [1, 2]),
        (Interval(-0.5, 0.0, 0.5), 2, [1, 2]),
    ],
)
def test_populations_that_can_give_a_share(share, most, works):
    assert populations(share, most).tolist() == works
