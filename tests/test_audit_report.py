"""The audit of the project's own report: what contradicts, what holds, and what errata explain."""

import subprocess
import sys
from dataclasses import replace

from test_audit import HEADLINE, world

from helpers import audit, paths
from helpers.audit.wording import Wording
from helpers.language.formatter import Formatter
from helpers.package import tables, validate


def describe(package, findings) -> list[tuple[str, str, str]]:
    """Check, locators and verdict of findings."""
    rows = Wording(package, Formatter(package, "en")).rows(findings)
    return [(row["check"], row["locators"], row["verdict"]) for row in rows]


def test_contradictions_and_wrong_labels_of_the_report(package, findings):
    grave = [finding for finding in findings if finding.verdict in ("contradiction", "label")]
    assert describe(package, grave) == [
        ("table_and_text", "2.3.3 T.6", "contradiction"),
        ("table_and_text", "2.3.2 T.7", "contradiction"),
        ("completions", "T.6", "contradiction"),
        ("same_quantity", "2.2.1", "contradiction"),  # of medium confidence, as both figures are undated
        ("places", "T.6", "contradiction"),
        ("public", "T.6", "contradiction"),
        ("stock_as_flow", "1.2.1", "label"),
        ("qualifiers", "3.3.1", "label"),
        ("categories", "T.14", "label"),
        ("qualifiers", "2.2.1", "label"),
        ("nested", "3.5.3", "label"),
    ]


def test_true_figures_raise_no_alarm(package, findings):
    """Traps for a careless reader: each pair of figures is compared and holds, or is not compared at all."""
    alarmed = {
        key
        for finding in findings
        if finding.verdict in audit.ALARMS and finding.check != "single_source"
        for key in finding.figures
    }
    holds = [
        "T.2-completion", "T.3-completion", "T.5-completion", "T.9-completion", "T.12-completion", "T.19-completion",
        "1.1.1-1", "2.2.1-14", "2.2.1-15", "2.1.2-4", "2.1.2-5", "2.3.1-2", "2.3.1-3", "2.3.3-4", "2.3.3-6", "3.1.3-1",
        "3.1.3-2", "3.4.1-3", "3.4.1-4", "3.4.1-5", "3.5.1-2", "5.2.1-7", "5.2.1-8", "3.3.1-9", "1.2.2-8", "1.2.2-9",
    ]  # fmt: skip
    assert alarmed & {*holds} == {"2.3.3-4"}  # the growth that shows the table to be ten times too high


def test_errata_explain_the_contradictions_they_are_about(package):
    left = [finding for finding in audit.audit(tables.corrected(package)) if finding.verdict == "contradiction"]
    assert describe(package, left) == [
        ("statements", "T.7 T.12 0.0.2", "contradiction"),
        ("same_quantity", "2.2.1", "contradiction"),
    ]


def test_a_finding_states_what_it_changes(package, findings):
    rows = Wording(package, Formatter(package, "en")).rows(findings)
    changes = {(row["check"], row["locators"]): row["changes"] for row in rows if row["verdict"] != "consistent"}
    assert (
        "target reached (100.0%) as reported, short of target (87.6%) after our corrections"
        in changes["table_and_text", "2.3.2 T.7"]
    )
    assert (
        "if only the actual value were corrected, completion would be 10.8%" in changes["table_and_text", "2.3.3 T.6"]
    )
    assert changes["same_quantity", "2.2.1"] == "Affects no target"


def test_the_arithmetic_shows_ranges(package, findings):
    row = Wording(package, Formatter(package, "zh")).rows(findings)[0]
    assert row["arithmetic"] == "1.67188万亿元÷(1+25.4%) = 1.33324万亿元（1.33270～1.33378） ≠ 13万亿元（12.5～13.5）"


def test_a_total_is_shown_as_a_sum_of_years(package):
    figures = (
        "t flow-a target 2017 60亿元 T.1\na flow-a flow 2016 31亿元\nb flow-a flow 2017 35亿元\n"
        "c flow-a completion 2017 58% T.1"
    )
    synthetic = world(package, figures, flow_a={**HEADLINE, "target_kind": "cumulative"})
    (row,) = (
        row
        for row in Wording(synthetic, Formatter(synthetic, "zh")).rows(audit.audit(synthetic))
        if row["check"] == "completions"
    )
    assert row["arithmetic"].startswith("(31亿元＋35亿元)÷60亿元 = 110.0%")
    assert row["figures"] == "a b t c"
    assert "110.0%" in row["changes"]


def test_keys_of_findings_are_unique(findings):
    keys = [finding.key for finding in findings]
    assert len(keys) == len(set(keys))


def test_checks_name_no_figure_of_the_plan(package):
    code = "\n".join(path.read_text(encoding="utf-8") for path in (paths.PACKAGE / "audit").glob("*.py"))
    assert [name for name in [*package.indicators.index, *package.regions.index] if f'"{name}"' in code] == []
    assert [name for name in package.figures.index if f'"{name}"' in code] == []


def test_audit_and_evaluation_are_independent():
    """Nor does it share anything with it but the tables and the intervals, nor the evaluation with the audit."""
    code = (
        "import sys; from helpers import audit; from helpers.package import tables; audit.audit(tables.load());"
        "assert not any(name.startswith('helpers.evaluation') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    for path in (paths.PACKAGE / "evaluation").glob("*.py"):
        assert "audit" not in path.read_text(encoding="utf-8")


def test_an_older_package_is_audited(package):
    raw = dict(package.raw)
    raw["external"], raw["relations"] = raw["external"].drop(columns="scope"), raw["relations"].drop(columns="note_zh")
    older = tables.of(package.folder, package.plan, raw)
    assert len(Wording(older, Formatter(older, "zh")).rows(audit.audit(older))) > 100


def test_an_empty_package_finds_nothing(package):
    raw = {
        name: frame.iloc[:0] if name in ("figures", "external", "relations", "errata") else frame
        for name, frame in package.raw.items()
    }
    assert [
        finding for finding in audit.audit(tables.of(package.folder, package.plan, raw)) if finding.check != "coverage"
    ] == []


def test_a_relation_with_missing_parts_is_a_problem(spoil):
    folder = spoil("relations.csv", "about,tourism-map-queries,2.5", "about,tourism-map-queries,2.55")
    assert any("'2.55' does not exist in sections" in str(problem) for problem in validate.find_problems(folder))
    folder = spoil("relations.csv", "rural-stations service-window-villages", "rural-stations")
    assert any("has 2 on the right, not 1" in str(problem) for problem in validate.find_problems(folder))


def test_cached_findings_belong_to_one_package(package):
    raw = dict(package.raw)
    raw["figures"] = raw["figures"].replace({"value": {"13": "1.3"}, "printed": {"13": "1.3"}})
    other = replace(tables.of(package.folder, package.plan, raw))
    assert [finding.check for finding in audit.audit(other) if finding.verdict == "contradiction"] != [
        finding.check for finding in audit.audit(package) if finding.verdict == "contradiction"
    ]
