"""What the notebook of the audit shows: what holds, what contradicts, and what errata change."""

import pytest
from shown import chinese_in, html

from helpers.audit.finding import VERDICTS
from helpers.display.table import Parts


def test_the_bottom_line_says_what_contradicts_and_what_that_changes(opened):
    opening = html(opened.audit().opening())
    assert opening.h1.text == "136 of 184 comparisons hold; in 6 the figures contradict each other or public sources"
    lead = opening.select_one(".lead").text
    assert "Online retail sales, Cross-border online retail exports and Agricultural entities" in lead
    assert "another status: Cross-border online retail exports." in lead


def test_the_one_completion_that_does_not_follow_is_found(opened):
    frame = opened.audit().recomputed().frame
    assert len(frame) == 15
    assert [*frame.loc[frame["verdict"] == "inconsistent", "name"]] == ["Online retail sales"]


def test_every_erratum_is_listed_with_both_readings_reason_and_evidence(opened, package):
    table = opened.audit().errata()
    frame = table.frame.set_index("key")
    assert {*frame.index} == {*package.errata["key"]}
    assert (frame.loc["T.7-actual", "printed"], frame.loc["T.7-actual", "reading"]) == (
        "50 billion US dollars", "43.81 billion yuan",
    )  # fmt: skip
    assert (frame[["place", "reason", "state"]] != "").all(axis=None)
    cells = html(table).find(id="e-T.7-actual").find_all("td")
    assert [cell.text for cell in cells[:2]] == ["50 billion US dollars", "erratum 43.81 billion yuan"]


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


def test_a_card_has_figures_arithmetic_and_what_settles_it(opened):
    shown = opened.audit().cards("contradiction")
    cards = html(shown).select(".card")
    assert len(cards) == len(shown.frame) == 6
    assert "consistent" not in {card.b.text for card in cards}
    first = cards[0]
    assert first.h3.text == shown.frame.at[0, "sentence"]
    assert first.h3.text.startswith("Online retail sales: 1.33324 trillion yuan by 2.3.3")
    assert [row.find_all("td")[1].text for row in first.select(".left tbody tr")] == [
        "1.67188 trillion yuan", "25.4%", "13 trillion yuan",
    ]  # fmt: skip
    assert first.select_one(".sum").text.endswith("≠ 13 trillion yuan (12.5 trillion–13.5 trillion)")
    assert [term.text for term in first.select("dt")] == ["Confidence", "What would settle it", "What it changes"]
    assert all(card.select_one("figure svg[role=img]") for card in cards)
    assert html(opened.audit(region="330100").cards("contradiction")).text == "No contradiction."


@pytest.mark.parametrize("region", ["330000", "330100"])
@pytest.mark.parametrize("verdict", VERDICTS[:-1])
def test_each_finding_of_a_verdict_is_a_card_with_its_anchor(opened, verdict, region):
    audit = opened.audit(region=region)
    keys = [*audit.findings.query("verdict == @verdict")["finding"]]
    shown = audit.cards(verdict)
    assert [card["id"] for card in html(shown).select(".card")] == [f"a-{key}" for key in keys]
    assert shown.resource is None or [row["finding"] for row in shown.resource["data"]] == keys


def test_every_comparison_is_counted_once(opened):
    audit = opened.audit()
    frame = audit.checks().frame.set_index("check").drop(columns="name")
    total, checks = frame.loc["total"], frame.drop(index="total")
    assert [*total] == [*checks.sum()]
    assert total["checked"] == len(audit.findings) == total.drop("checked").sum()
    assert len(audit.holds().frame) == total["consistent"]


def test_a_city_shows_only_findings_about_its_own_figures(opened, package):
    audit = opened.audit(region="330100")
    assert 0 < len(audit.findings) < len(opened.audit().findings)
    shown = {*package.seen_from("330100", package.figures).index}
    assert all({*keys} & shown for keys in audit.findings["figures"])


def test_findings_are_read_in_a_sentence(opened):
    audit = opened.audit()
    assert audit.read(audit.findings.query("verdict == 'contradiction'")).plain.startswith("There are 6 findings")


@pytest.mark.parametrize("verdict", VERDICTS[:-1])
def test_english_cards_have_no_chinese_but_in_marked_titles(opened, verdict):
    assert chinese_in(opened.audit().cards(verdict)) == []


@pytest.mark.parametrize("method", ["opening", "recomputed", "errata", "corrections", "checks", "holds", "sources"])
def test_an_english_audit_has_no_chinese_but_in_marked_titles(opened, method):
    assert chinese_in(getattr(opened.audit(), method)()) == []


def test_cards_are_among_the_frames_of_several_things_and_findings_are_a_table(opened):
    audit = opened.audit()
    assert [*Parts(audit.cards("label")).frames] == ["cards-label"]
    html = audit.table(audit.findings.head(1)[["sentence", "figures"]]).html
    assert " ".join(audit.findings["figures"].iloc[0]) in html
