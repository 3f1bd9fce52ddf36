"""What the notebook of the audit shows: facts with their arguments, whom to ask, what agrees, and what we correct."""

import pytest
from shown import chinese_in, html
from test_audit import HEADLINE, world

from helpers import audit
from helpers.audit.facts import gather
from helpers.audit.reporting import FactWording, strip_name
from helpers.audit.wording import Wording
from helpers.display.table import Parts
from helpers.language.formatter import Formatter

T6, T7, MAP = "T.6-actual", "T.7-actual", "2.2.1-16"  # figures that contradictions question


def test_the_bottom_line_says_what_contradicts_and_what_that_changes(opened):
    opening = html(opened.audit().opening())
    assert opening.h1.text == (
        "3 contradictions in the report: online retail sales, cross-border online retail exports and agricultural entities "
        "managed on the map"
    )
    lead = opening.select_one(".lead").text
    assert "164 figures were compared with others; 10 of them are part of a contradiction." in lead
    assert "Also found: 5 cases of mislabelled figures and 8 doubts." in lead
    assert (
        "which the publisher has not confirmed, the result for cross-border online retail exports changes from met to"
        in lead
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_counts_of_the_bottom_line_are_those_of_the_findings(opened, language):
    notebook = opened.audit(language)
    own = {*notebook.figures.index}
    compared = {key for keys in notebook.findings["figures"] if len(keys) > 1 for key in keys} & own
    wrong = {key for keys in notebook.findings.query("verdict == 'contradiction'")["figures"] for key in keys} & own
    lead = html(notebook.opening()).select_one(".lead").text
    assert str(len(compared)) in lead
    assert str(len(wrong)) in lead


def test_findings_about_one_figure_are_one_fact(opened):
    facts = opened.audit().facts
    grave = facts[facts["verdict"] == "contradiction"]
    assert [*grave["figure"]] == [T6, T7, MAP]
    checks = [[key.partition("-")[0] for key in keys] for keys in grave["arguments"]]
    assert checks == [
        ["table_and_text", "completions", "places", "public", "targets"],
        ["table_and_text", "equal_to_target"],
        ["same_quantity"],
    ]


GATHERED = {
    # name: (figures, relations, facts as figure and number of findings)
    "one level that two places and a growth deny": (
        "a stock-a level 2017 130家\nb stock-a level 2017 10家 1.1.2\nc stock-a level 2017 11家 1.1.3", "",
        [("a", 2), ("b", 1)]),
    "two quantities, each given twice": (
        "a stock-a level 2017 130家\nb stock-a level 2017 10家 1.1.2\nc stock-b level 2017 5家\nd stock-b level 2017 6家 1.1.2", "",
        [("a", 1), ("c", 1)]),
    "a wrong label of a figure that contradicts another": (
        "a stock-a level 2017 45167多家\nb stock-a level 2017 43000多家 1.1.2", "", [("a", 2)]),
    "doubts alone": ("a stock-a level 2016 100家\nb stock-a level 2017 400家", "", [("b", 2)]),
    "figures that are only listed join nothing": (
        "n stock-n level - 2家 0.0.2\nt stock-a target 2017 20家 T.1\na stock-a level 2017 20家 T.1", "lagging stock-n stock-a",
        [("n", 1), ("a", 1), ("", 1)]),
    "nothing in doubt": ("a stock-a level 2017 130家", "", []),
}  # fmt: skip


@pytest.mark.parametrize(("figures", "relations", "expected"), GATHERED.values(), ids=GATHERED)
def test_facts_are_gathered_around_the_figure_that_most_findings_question(package, figures, relations, expected):
    synthetic = world(package, figures, relations, stock_a=HEADLINE)
    facts = gather(audit.audit(synthetic), lambda key: False)
    facts = [fact for fact in facts if fact.findings[0].check != "columns"]
    assert [(fact.figure, len(fact.findings)) for fact in facts] == expected
    for language in ("zh", "en"):
        telling = FactWording(Wording(synthetic, Formatter(synthetic, language)))
        for fact in facts:
            assert telling.title(fact)
            assert telling.ask(fact)
            assert telling.whom(fact)


@pytest.mark.parametrize(
    ("department", "publisher", "whom"),
    [("商务厅", "发改委", ["商务厅"]), ("", "发改委", ["发改委"]), ("", "", ["the publisher"])],
)
def test_the_department_in_charge_is_asked_else_the_publisher(package, department, publisher, whom):
    synthetic = world(
        package, "a stock-a level 2017 130家\nb stock-a level 2017 10家 1.1.2", stock_a={"responsible": department}
    )
    synthetic.sources["publisher"] = publisher
    (fact,) = gather(audit.audit(synthetic), lambda key: False)
    assert FactWording(Wording(synthetic, Formatter(synthetic, "en"))).whom(fact) == whom


def test_a_body_has_the_name_that_the_terms_give_it_in_each_language(package):
    chinese = "浙江省发展和改革委员会高技处"
    assert Formatter(package, "zh").name_body(chinese) == chinese
    assert (
        Formatter(package, "en").name_body(chinese) == "High-tech Division, Zhejiang Development and Reform Commission"
    )
    assert Formatter(package, "en").name_body("财政厅") == "财政厅"


def test_the_summary_says_what_each_fact_changes_and_whom_to_ask(opened):
    frame = opened.audit().summary().frame
    assert [*frame["title"].str.partition(":")[0]] == [
        "Online retail sales", "Cross-border online retail exports", "Agricultural entities managed on the map",
    ]  # fmt: skip
    assert frame["effect"][0].endswith("for 2018, completion changes from 13.9% to 139.3%")
    assert "headline targets reached: 13 instead of 14" in frame["effect"][1]
    unit_alone = "with the unit alone corrected, completion would be 100.0%"
    assert frame["effect"][1].endswith(unit_alone)
    assert frame["effect"][2] == "Affects no target"
    effects = opened.audit().facts.set_index("figure")["effect"]
    assert effects["0.0.2-2"] == "Whether the report’s own summary holds"
    assert {*frame["whom"]} == {"High-tech Division, Zhejiang Development and Reform Commission"}
    links = [link["href"] for link in html(opened.audit().summary()).select("tbody a")]
    cards = {f"#{card['id']}" for card in html(opened.audit().cards("contradiction")).select(".card")}
    assert {*links} == cards
    assert html(opened.audit(region="330100").summary()).text == "There is no contradiction."


def test_the_checklist_has_each_figure_to_ask_for(opened):
    notebook = opened.audit()
    frame = notebook.checklist().frame
    single = notebook.facts[notebook.facts["figure"] != ""]
    assert len(frame) == sum(map(len, single["asked"])) + (notebook.facts["figure"] == "").sum()
    first = frame.iloc[0]
    assert (first["name"], first["period"], first["locator"]) == ("Online retail sales: actual", "2017", "T.6")
    assert html(notebook.checklist()).select_one("tbody .locator").text == "2017 · row 6 of the table"
    assert (first["amount"], first["answer"]) == ("13 trillion yuan", "")
    assert (frame[["ask", "whom", "effect"]] != "").all(axis=None)


def test_headings_of_the_checklist_link_the_indicator_that_they_name(opened):
    headings = html(opened.audit().checklist()).select("tr.group th")
    first, *_, last = headings
    assert first.a["href"] == "indicator.ipynb#online-retail-sales"
    assert (first.a.text, first.text.partition(":")[0]) == ("Online retail sales",) * 2
    assert last.a is None, "it names no single indicator"


def test_a_card_has_its_arguments_and_what_settles_it(opened):
    shown = opened.audit().cards("contradiction")
    cards = html(shown).select(".card")
    assert len(cards) == 3
    first = cards[0]
    assert (
        first.h3.text
        == "Online retail sales: 4 comparisons contradict figures in row 6 of the table (13 trillion yuan)."
    )
    arguments = first.select(".arguments > li")
    assert len(arguments) == 5
    sentence = "Paragraph 2.3.3 implies 1.33324 trillion yuan; row 6 of the table gives 13 trillion yuan"
    assert arguments[0].p.text.startswith(sentence)
    badge = first.select_one(".badge .locator").text
    assert badge == "No. 1 · high confidence · paragraph 2.3.3", "the heading names the other place"
    assert [place.text for place in first.select(".arguments .locator")] == [""] * 5, (
        "their sentences or the heading do"
    )
    assert arguments[0].select_one(".sum").text.endswith("≠ 13 trillion yuan (12.5 trillion–13.5 trillion)")
    assert len(first.select("details.fold .arguments > li")) == 3
    assert [term.text for term in first.select("dt")] == ["Our reading", "Effect", "What to ask for", "Whom to ask"]
    assert "suspected error, our reading, not confirmed by the publisher" in first.dd.text
    assert [row.find_all("td")[1].text for row in first.select(".left > details tbody tr")][:3] == [
        "1.67188 trillion yuan", "25.4%", "13 trillion yuan",
    ]  # fmt: skip
    assert [card.select_one("figure svg[role=img]") is not None for card in cards] == [True, True, False]
    assert html(opened.audit(region="330100").cards("contradiction")).text == "There is nothing of this kind."


@pytest.mark.parametrize(
    ("language", "number", "reading"),
    [
        ("zh", 0, "实际值：由13万亿元校正为1.3万亿元；目标值：由12万亿元校正为1.2万亿元（未经发布单位确认）"),
        ("zh", 1, "实际值：由500亿美元校正为438.1亿元；目标值：由500亿美元校正为500亿元（未经发布单位确认）"),
        ("en", 1, "Actual: 43.81 billion yuan instead of 50 billion US dollars; target: 50 billion yuan instead of "
                  "50 billion US dollars (suspected error, our reading, not confirmed by the publisher)"),
        ("en", 2, None),
    ],
)  # fmt: skip
def test_a_card_has_our_reading_of_each_figure_to_ask_for(opened, language, number, reading):
    a = opened.audit(language)
    card = html(a.cards(a.facts.query("verdict == 'contradiction'"))).select(".card")[number]
    term = card.find("dt", string={"zh": "疑误校正", "en": "Our reading"}[language])
    assert (term and term.find_next("dd").text) == reading


@pytest.mark.parametrize("region", ["330000", "330100"])
def test_each_finding_keeps_its_anchor(opened, region):
    """Chapters link to single findings, wherever on the page they stand."""
    notebook = opened.audit(region=region)
    shown = [notebook.cards(verdict) for verdict in audit.ALARMS]
    shown += [notebook.scopes(), notebook.limits(), notebook.holds()]
    anchors = [tag["id"] for part in shown for tag in html(part).select("[id^=a-]")]
    assert sorted(anchors) == sorted(f"a-{key}" for key in notebook.findings["finding"])


def test_cards_of_a_verdict_have_the_findings_of_its_facts_as_data(opened):
    notebook = opened.audit()
    for verdict in audit.ALARMS:
        facts = notebook.facts[notebook.facts["verdict"] == verdict]
        keys = [key for keys in facts["arguments"] for key in keys]
        assert [row["finding"] for row in notebook.cards(verdict).resource["data"]] == keys


def test_what_the_figures_cannot_tell_is_no_difference_of_definition(opened):
    notebook = opened.audit()
    assert {*notebook.findings[notebook.findings["finding"].isin(notebook.limits().frame["finding"])]["check"]} == {
        "coverage", "undated",
    }  # fmt: skip
    scopes = notebook.scopes().frame
    assert len(scopes) == (notebook.findings["verdict"] == "scope").sum() - len(notebook.limits().frame)
    assert not scopes["sentence"].str.contains("no headline indicator|undated").any()


def test_every_comparison_is_counted_once(opened):
    notebook = opened.audit()
    frame = notebook.checks().frame.set_index("check").drop(columns="name")
    total, checks = frame.loc["total"], frame.drop(index="total")
    assert [*total] == [*checks.sum()]
    assert total["checked"] == len(notebook.findings) - len(notebook.limits().frame) == total.drop("checked").sum()
    assert len(notebook.holds().frame) == total["consistent"]


def test_a_figure_to_ask_for_is_written_as_it_is_reported(opened):
    assert "约9000余万条" in [*opened.audit("zh").checklist().frame["amount"]]  # it has two qualifiers


def test_the_one_completion_that_does_not_follow_is_found(opened):
    frame = opened.audit().recomputed().frame
    assert len(frame) == 15
    assert [*frame.loc[frame["verdict"] == "inconsistent", "name"]] == ["Online retail sales"]


def test_every_erratum_is_listed_with_both_readings_reason_and_evidence(opened, package):
    table = opened.audit().errata()
    frame = table.frame.set_index("key")
    assert {*frame.index} == {*package.errata["key"]}
    assert (frame.loc[T7, "printed"], frame.loc[T7, "reading"]) == ("50 billion US dollars", "43.81 billion yuan")
    assert (frame[["place", "reason", "state"]] != "").all(axis=None)
    evidence = "Row 6 of the table: target 12 trillion yuan (2017) and actual 13 trillion yuan (2017)"
    assert frame.loc["T.6-completion", "evidence"] == evidence  # a place is named once
    assert "and online retail sales (China) 7.18 trillion yuan (2017)" in frame.loc["T.6-target", "evidence"]
    cells = html(table).find(id="e-T.7-actual").find_all("td")
    assert [cell.text for cell in cells[:2]] == ["50 billion US dollars", "corrected 43.81 billion yuan"]


def test_errata_and_their_evidence_are_shown_for_a_city_too(opened):
    own, city = opened.audit(), opened.audit(region="330100")
    assert [*city.errata().frame["key"]] == [*own.errata().frame["key"]]
    assert [*city.errata().frame["reading"]] == [*own.errata().frame["reading"]]
    assert (city.errata().frame["evidence"] != "").sum() == (own.errata().frame["evidence"] != "").sum()


def test_statuses_that_errata_touch_have_both_completions(opened):
    frame = opened.audit().corrections().frame.set_index("indicator")
    assert [*frame.index] == ["online-retail-sales", "cross-border-retail-exports"]
    row = frame.loc["cross-border-retail-exports"]
    assert (row["printed"], row["corrected"]) == ("met", "missed")
    assert (row["completion_printed"], row["completion_corrected"]) == (100.0, 87.6)


def test_a_city_shows_only_findings_about_its_own_figures(opened, package):
    notebook = opened.audit(region="330100")
    assert 0 < len(notebook.findings) < len(opened.audit().findings)
    shown = {*package.seen_from("330100", package.figures).index}
    assert all({*keys} & shown for keys in notebook.findings["figures"])


@pytest.mark.parametrize("verdict", audit.ALARMS)
def test_english_cards_have_no_chinese_but_in_marked_titles(opened, verdict):
    assert chinese_in(html(opened.audit().cards(verdict))) == []


METHODS = [
    "opening", "summary", "checklist", "limits", "scopes", "recomputed", "errata", "corrections", "checks", "holds", "sources",
]  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_an_english_audit_has_no_chinese_but_in_marked_titles(opened, method):
    assert chinese_in(html(getattr(opened.audit(), method)())) == []


def test_cards_are_among_the_frames_of_several_things_and_findings_are_a_table(opened):
    notebook = opened.audit()
    assert [*Parts(notebook.cards("label")).frames] == ["cards-label"]
    html = notebook.table(notebook.findings.head(1)[["sentence", "figures"]]).html
    assert " ".join(notebook.findings["figures"].iloc[0]) in html


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("Sales: actual and target agree.", "Sales", "Actual and target agree."),
        ("零售额：由正文第2.3.3段推算。", "零售额", "由正文第2.3.3段推算。"),
        ("Sales (Hangzhou): 5.", "Sales", "Sales (Hangzhou): 5."),
        ("Sales: 5.", "", "Sales: 5."),
    ],
)
def test_a_name_that_stands_above_is_not_repeated(text, name, expected):
    assert strip_name(text, name) == expected
