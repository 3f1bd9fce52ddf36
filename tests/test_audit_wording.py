"""Sentences of the audit for values of every size and sign, in both languages: grammar, one unit, nothing about nothing."""

import re
from string import Formatter as Template

import pytest
from test_audit import HEADLINE, world

from helpers import audit
from helpers.audit.wording import Wording
from helpers.language.formatter import Formatter

RANK = {"rank_a": {**HEADLINE, "target_kind": "rank", "direction": "down"}}
LEVEL = {"stock_a": HEADLINE}
TARGETS = "n stock-n level - 1家 0.0.2\nt stock-a target 2017 20家 T.1\na stock-a level 2017 {} T.1"

SENTENCES = {
    # name: (check, figures, relations, external, indicators, Chinese, English)
    "a little higher": (
        "growth", "a flow-a flow 2018 115.5亿元\nb flow-a growth_rate 2018 10.0%\nc flow-a flow 2017 84.0亿元", "", "", {},
        "flow-a：由正文第1.1.1段推算为92.4亿元，正文第1.1.1段为115.5亿元，后者高25.0%。",
        "flow-a: paragraph 1.1.1 implies 9.24 billion yuan; paragraph 1.1.1 gives 11.55 billion yuan, 25.0% more."),
    "a little lower": (
        "growth", "a flow-a flow 2018 115.5亿元\nb flow-a growth_rate 2018 10.0%\nc flow-a flow 2017 126.0亿元", "", "", {},
        "flow-a：由正文第1.1.1段推算为138.6亿元，正文第1.1.1段为115.5亿元，后者低16.7%。",
        "flow-a: paragraph 1.1.1 implies 13.86 billion yuan; paragraph 1.1.1 gives 11.55 billion yuan, 16.7% less."),
    "twice as high": (
        "growth", "a flow-a flow 2018 115.5亿元\nb flow-a growth_rate 2018 10.0%\nc flow-a flow 2017 52.50亿元", "", "", {},
        "flow-a：由正文第1.1.1段推算为57.75亿元，正文第1.1.1段为115.5亿元，后者约为前者的2倍。",
        "flow-a: paragraph 1.1.1 implies 5.775 billion yuan; paragraph 1.1.1 gives 11.55 billion yuan, 2 times as much."),
    "a third as high": (
        "growth", "a flow-a flow 2018 115.5亿元\nb flow-a growth_rate 2018 10.0%\nc flow-a flow 2017 315.0亿元", "", "", {},
        "flow-a：由正文第1.1.1段推算为346.5亿元，正文第1.1.1段为115.5亿元，前者约为后者的3倍。",
        "flow-a: paragraph 1.1.1 implies 34.65 billion yuan; paragraph 1.1.1 gives 11.55 billion yuan, so that the first is 3 times the second."),
    "one decimal place off": (
        "growth", "a flow-a flow 2018 115.5亿元\nb flow-a growth_rate 2018 10.0%\nc flow-a flow 2017 1050亿元", "", "", {},
        "flow-a：由正文第1.1.1段推算为1155亿元，正文第1.1.1段为115.5亿元，前者约为后者的10倍。若115.5亿元的小数点右移1位，则两者相符。",
        "flow-a: paragraph 1.1.1 implies 115.5 billion yuan; paragraph 1.1.1 gives 11.55 billion yuan, so that the first is 10 times the second. "
        "They agree if the decimal point of 11.55 billion yuan is moved 1 place to the right."),
    "two decimal places off": (
        "growth", "a flow-a flow 2018 115.5亿元\nb flow-a growth_rate 2018 10.0%\nc flow-a flow 2017 1.05亿元", "", "", {},
        "flow-a：由正文第1.1.1段推算为1.16亿元，正文第1.1.1段为115.5亿元，后者约为前者的100倍。若115.5亿元的小数点左移2位，则两者相符。",
        "flow-a: paragraph 1.1.1 implies 0.116 billion yuan; paragraph 1.1.1 gives 11.55 billion yuan, 100 times as much. "
        "They agree if the decimal point of 11.55 billion yuan is moved 2 places to the left."),
    "a negative number has no ratio": (
        "same_quantity", "a flow-a flow 2017 -5.0亿元\nb flow-a flow 2017 5.0亿元 1.1.2", "", "", {},
        "flow-a：同一数量，一处为5.0亿元，另一处为－5.0亿元，不能同时成立。",
        "flow-a: 500 million yuan in one place and −500 million yuan in another; they cannot both be true."),
    "nor has nothing": (
        "same_quantity", "a stock-a level 2017 0家\nb stock-a level 2017 5家 1.1.2", "", "", {},
        "stock-a：同一数量，一处为5家，另一处为0家，不能同时成立。",
        "stock-a: 5 in one place and 0 in another; they cannot both be true."),
    "several places imply": (
        "public", "a flow-a growth_rate 2018 10.0%\nb flow-a flow 2018 550.0亿元 T.1", "", "x flow-a flow 2017 100.0亿元", {},
        "flow-a：公开数据、正文第1.1.1段推算为110.0亿元，指标表第1行为550.0亿元，后者约为前者的5倍。",
        "flow-a: public figures and paragraph 1.1.1 imply 11 billion yuan; row 1 of the table gives 55 billion yuan, 5 times as much."),
    "a fall to a twenty-seventh": (
        "over_time", "a stock-a level 2016 2700家\nb stock-a level 2017 100家", "", "", {},
        "stock-a：由2700家（2016年底）降至100家（2017年底），下降96.3%，降幅异常。",
        "stock-a: 2,700 (end of 2016) fell to 100 (end of 2017), by 96.3%, which is unusual."),
    "a rise, four times as much": (
        "over_time", "a stock-a level 2016 100家\nb stock-a level 2017 400家", "", "", {},
        "stock-a：由100家（2016年底）增至400家（2017年底），为原来的4倍，增长异常。",
        "stock-a: 100 (end of 2016) rose to 400 (end of 2017), 4 times as much, which is unusual."),
    "two undated numbers whose ranges do not meet": (
        "same_quantity", "a stock-a level - 45160多家\nb stock-a level - 43000多家", "", "", {},
        "stock-a：同一数量，一处为45160多家（45160～45170），另一处为43000多家（43000～44000），时点相同则不能同时成立。",
        "stock-a: over 45,160 (45,160–45,170) and elsewhere over 43,000 (43,000–44,000); "
        "they cannot both be true of the same date."),
    "none counted": (
        "statements", TARGETS.format("25家"), "lagging stock-n stock-a", "", LEVEL,
        "正文称，进度滞后的主要指标为1家，指标表中为0项。",
        "Headline indicators behind schedule: the text says 1, the table shows 0."),
    "one counted": (
        "statements", TARGETS.format("15家").replace("1家 0.0.2", "2家 0.0.2"), "lagging stock-n stock-a", "", LEVEL,
        "正文称，进度滞后的主要指标为2家，指标表中为1项（stock-a）。",
        "Headline indicators behind schedule: the text says 2, the table shows 1 (stock-a)."),
    "sections without targets": (
        "coverage", "t stock-a target 2017 20家 T.1", "", "", LEVEL, None, "15 of 16 sections have no headline indicator: "),
    "one undated figure": (
        "undated", "a stock-a level - 20家\nb stock-a level 2017 20家", "", "", {},
        "各章正文2个数据中，1个（50.0%）未注明时期，不能归入任何年份。",
        "Of 2 figures in the text of the chapters, 1 (50.0%) is undated and belongs to no year."),
    "two undated figures": (
        "undated", "a stock-a level - 20家\nb stock-b level - 20家", "", "", {},
        "各章正文2个数据中，2个（100.0%）未注明时期，不能归入任何年份。",
        "Of 2 figures in the text of the chapters, 2 (100.0%) are undated and belong to no year."),
    "one total that gives a share": (
        "possible_shares", "s share-a share 2017 98.55%\nw stock-w level 2017 89家", "share_of share-a stock-w", "", {},
        "share-a：按个数计算，98.55%不可能以89家为分母；更小的分母只能是69。",
        "share-a: counted one by one, 98.55% is no share of 89; of smaller totals, only 69 gives it."),
    "two totals that give a share": (
        "possible_shares", "s share-a share 2017 97.14%\nw stock-w level 2017 89家", "share_of share-a stock-w", "", {},
        "share-a：按个数计算，97.14%不可能以89家为分母；更小的分母可以是35、70。",
        "share-a: counted one by one, 97.14% is no share of 89; of smaller totals, 35 and 70 give it."),
    "a growth of two years": (
        "rate_spans", "g stock-a growth_rate 2015/2017 21%", "", "", {},
        "stock-a：21%为2年的变化幅度，年均10.00%，不能与年度增速比较。",
        "stock-a: 21% is the change over 2 years, or 10.00% a year, and cannot be compared with yearly rates."),
    "a fall of two years": (
        "rate_spans", "g stock-a growth_rate 2015/2017 -19%", "", "", {},
        "stock-a：－19%为2年的变化幅度，年均－10.00%，不能与年度增速比较。",
        "stock-a: −19% is the change over 2 years, or −10.00% a year, and cannot be compared with yearly rates."),
    "a rank reached before the plan": (
        "targets", "t rank-a target 2017 第3位 T.1\na rank-a rank 2015 前3位", "", "", RANK,
        "rank-a：计划开始前已居前3位（2015年），当时已达到目标（第3位）。",
        "rank-a: top 3 (2015) before the plan began, so the target, 3rd, had been reached."),
    "two places alike by different definitions": (
        "scopes", "a rank-a rank 2017 第2位\nb rank-b rank 2017 第2位", "scope rank-a rank-b", "", {},
        "rank-a、rank-b：同为第2位，但口径不同。因为。",
        "rank-a and rank-b: both are 2nd, but by different definitions. Because."),
    "a target and a place alike": (
        "scopes", "a rank-a target 2017 第2位\nb rank-b rank 2017 第2位", "scope rank-a rank-b", "", {},
        "rank-a的目标值为第2位，rank-b为第2位，口径不同，不能比较。因为。",
        "The target for rank-a, 2nd, and rank-b, 2nd, have different definitions and cannot be compared. Because."),
    "two words that exclude each other": (
        "qualifiers", "a stock-a level - 约9000余万家", "", "", {},
        "stock-a：“约9000余万家”同时使用“约”、“余”，这些限定词相互矛盾。",
        "stock-a: about 90 million is reported as “about” and “over”, which exclude each other."),
}  # fmt: skip


@pytest.mark.parametrize(
    ("check", "figures", "relations", "external", "indicators", "zh", "en"), SENTENCES.values(), ids=SENTENCES
)
def test_a_sentence_reads_as_people_say_it(package, check, figures, relations, external, indicators, zh, en):
    synthetic = world(package, figures, relations, external, **indicators)
    function = next(function for function in audit.CHECKS if function.__name__ == check)
    alarms = [finding for finding in function(synthetic) if finding.verdict != "consistent"]
    for language, expected in (("zh", zh), ("en", en)):
        rows = Wording(synthetic, Formatter(synthetic, language)).rows(alarms)
        sentences = [row["sentence"] for row in rows]
        assert expected is None or [text for text in sentences if text.startswith(expected)], sentences
        assert [problem for row in rows for name in row for problem in find_problems(str(row[name]))] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_fraction_is_shown_as_it_is_printed(package, language):
    words, rows = Formatter(package, language), package.figures
    fractions = rows[rows["printed"].str.contains("/")]
    assert [str(words.format_quantity(row)) for _, row in fractions.iterrows()] == [*fractions["printed"]] == ["2/3"]


@pytest.mark.parametrize(
    ("language", "multiple", "text"),
    [("zh", 0, "16718.8亿元"), ("zh", 10**12, "1.67188万亿元"), ("en", 0, "1.67188 trillion yuan"),
     ("en", 10**9, "1,671.88 billion yuan")],
)  # fmt: skip
def test_an_amount_is_written_in_another_unit_with_all_its_digits(package, language, multiple, text):
    words = Formatter(package, language)
    assert words.format_quantity(words.write_in(package.figures.loc["2.3.3-3"], multiple)) == text


# --- every label -------------------------------------------------------------------------------------------------

FAMILIES = ("finding", "settled", "changes", "arithmetic", "gap", "fact", "headline.audit", "lead.audit", "count")
SINGULAR, PLURAL = ("is", "has", "was", "stands", "gives", "implies"), ("are", "have", "were", "stand", "give", "imply")


@pytest.mark.parametrize(
    ("language", "check", "written"),
    [
        ("en", "same_quantity", "over 100% (100% or more); 126.9% (126.85%–126.95%)"),
        ("en", "completions", "100% ÷ 95% = 105.26% (104.73%–105.27%) ≈ 105% (104.5%–105.5%)"),
        ("en", "completions", "390 ÷ 300 = 130.0% = 130% (129.5%–130.5%)"),
        ("en", "subsets", "1,253 ≤ over 20,000 (20,000–30,000)"),
        ("en", "single_source", "11 ÷ 15 = 73.3%"),
        ("en", "shares", "2/3 (50.0%–83.4%) ≤ 100%"),
        # a sum is as fine as the finest of its figures
        ("en", "additions", "71,000 (70,500–71,500) ≤ 55,000 + 16,033 = 71,033 (70,533–71,533)"),
        ("zh", "additions", "7.1万台（7.05～7.15） ≤ 5.5万台＋16033台 = 7.1033万台（7.0533～7.1533）"),
        # counters that differ are left out, where sides are compared
        ("zh", "subsets", "8 ≤ 25"),
        ("zh", "subsets", "132 ≤ 3.15万（3.145～3.155）"),
        ("zh", "subsets", "4200余万（4200～4300） ≤ 约9000余万（8500～9500）"),
        ("zh", "subsets", "20698个 ≤ 182206个"),
        ("zh", "scopes", "5640万户（5639.5～5640.5）；超3万个（3以上）"),
        # places are named where they differ
        ("zh", "first_to_pass", "突破100%（100%以上）；北京129.9%（129.85%～129.95%）；上海102.6%（102.55%～102.65%）"),
        (
            "en",
            "first_to_pass",
            "over 100% (100% or more); Beijing 129.9% (129.85%–129.95%); Shanghai 102.6% (102.55%–102.65%)",
        ),
    ],
)
def test_an_arithmetic_is_written_in_one_unit_with_places_and_the_right_sign(package, language, check, written):
    function = next(function for function in audit.CHECKS if function.__name__ == check)
    rows = Wording(package, Formatter(package, language)).rows(function(package))
    assert written in [row["arithmetic"] for row in rows]


def test_places_that_passed_a_mark_are_named_with_their_values_and_their_time(package):
    function = next(function for function in audit.CHECKS if function.__name__ == "first_to_pass")
    sentences = [row["sentence"] for row in Wording(package, Formatter(package, "en")).rows(function(package))]
    passed = "public figures already put Beijing (129.9%) and Shanghai (102.6%) above 100% (second quarter of 2016)."
    assert any(sentence.endswith(passed) for sentence in sentences)


TROUBLES = {
    "something is missing": r"\(\s*\)|（\s*）|: ?[.;,]|：[。；，]|^[,.;，。；]|\bNone\b|\bnan\b|[{}|]",
    "two marks side by side": r"[,;.] ?[,;.](?!\d)|[，。；：][，。；]|  | [,.;:)]|\( ",
}  # fmt: skip


def find_problems(text: str) -> list[str]:
    """What is wrong with a generated text, as far as a pattern can tell."""
    return [f"{name}: {text!r}" for name, pattern in TROUBLES.items() if re.search(pattern, text)]


def find_disagreements(label: str) -> list[str]:
    """Forms of an English label whose words do not agree with its number."""
    forms = label.split("|")
    after = [re.findall(r"\{n\} ([a-z]+)", form) for form in forms]
    if len(forms) == 1:
        return [f"{label!r} needs a form for 1" for word in after[0] if word != "of"]
    wrong = zip((PLURAL, SINGULAR), after, forms, strict=True)
    problems = [f"{form!r}: {word}" for verbs, words, form in wrong for word in words if word in verbs]
    nouns = [words for words in zip(*after, strict=True) if words[0] == words[1] and words[0] != "of"]
    return problems + [f"{label!r}: {word} in both forms" for word, _ in nouns if word not in INVARIABLE]


INVARIABLE = (
    "headline",
    "added",
    "achieved",
    "without",
    "ahead",
    "behind",
    "met",
    "missed",
    "exceeded",
    "on",
    "undecided",
    "mislabelled",
)


def list_labels(package) -> list[str]:
    return [key for key in package.labels.index if key.startswith(tuple(f"{name}." for name in FAMILIES))]


def test_every_label_has_a_form_for_one(package):
    counted = [key for key in list_labels(package) if not key.startswith(STATUSES)]
    assert {key: wrong for key in counted if (wrong := find_disagreements(package.labels.at[key, "en"]))} == {}


STATUSES = tuple(
    f"count.{name}" for name in ("exceeded", "achieved", "ahead", "met", "on_track", "missed", "behind", "und", "no")
)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("n", [0, 1, 2, 1000])
def test_every_label_is_whole_with_or_without_its_clauses(package, language, n):
    """Each pattern with amounts of every size and sign, and with its clauses or without."""
    words, problems = Formatter(package, language), set()
    clause = {"zh": "，后者高20%", "en": ", 20% more"}[language]
    for key in list_labels(package):
        names = {name for _, name, _, _ in Template().parse(package.labels.at[key, language]) if name} - {"n"}
        for amount in ("0", "1", "2", "1671.9", "－5%"):
            for gap in (clause, ""):
                text = words.say(
                    key, n=n, **dict.fromkeys(names, amount) | {name: gap for name in ("gap",) if name in names}
                )
                problems |= {
                    f"{key}: {problem}" for problem in find_problems(text.removeprefix("，").removeprefix(", "))
                }
    assert sorted(problems) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Row 6 of the table gives 5, .", "two marks side by side"),
        ("the table has 0 ().", "something is missing"),
        ("正文第1.1.1段推算为5，。", "two marks side by side"),
    ],
)
def test_a_bad_sentence_is_noticed(text, problem):
    assert [line.partition(":")[0] for line in find_problems(text)] == [problem]


@pytest.mark.parametrize(
    "label",
    ["{n} headline indicators are short.", "{n} are late|{n} is late", "{n} year|{n} year"],
)
def test_a_number_without_its_form_is_noticed(label):
    assert find_disagreements(label)
