"""The commands `evaluate audit` and `evaluate accept`."""

import csv
import io
import json

import content
import pytest
from click.testing import CliRunner

from helpers import audit
from helpers.audit.wording import KEYS
from helpers.cli import verbs
from helpers.package import tables

pytestmark = pytest.mark.whole


def run(*arguments: str):
    return CliRunner().invoke(verbs.main, arguments)


def test_json_and_csv_have_the_same_rows():
    rows = json.loads(run("audit", "--format", "json").stdout)
    assert len(rows) == sum(content.FINDINGS.values())
    assert {tuple(row) for row in rows} == {KEYS}
    assert list(csv.DictReader(io.StringIO(run("audit", "--format", "csv").stdout))) == rows


def test_exit_codes_of_the_audit(spoil, copy):
    assert run("audit", "--verdict", "label").exit_code == 1
    figures = (copy / "figures.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in figures if not line.startswith(("2.2.1-16,", "T.6-", "T.7-"))]
    (copy / "figures.csv").write_text("".join(kept), encoding="utf-8")
    names = (copy / "indicators.csv").read_text(encoding="utf-8")
    for name, number in (("online-retail-sales,2.3", 6), ("cross-border-retail-exports,2.3", 7)):
        names = names.replace(f"{name},{number},e-commerce", f"{name},,")
    (copy / "indicators.csv").write_text(names, encoding="utf-8")
    errata = (copy / "errata.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (copy / "errata.csv").write_text(errata[0], encoding="utf-8")
    result = run("audit", "--data", str(copy), "--verdict", "contradiction")
    assert (result.exit_code, result.stdout) == (0, "nothing found\n")
    spoil("figures.csv", "T.1-target", "")
    result = run("audit", "--data", str(copy))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "figures.csv" in result.stderr


def test_findings_can_be_chosen_by_verdict_and_language():
    result = run("audit", "--verdict", "label,scope", "--language", "en", "--format", "json")
    assert {row["verdict"] for row in json.loads(result.stdout)} == {"label", "scope"}
    assert "which exclude each other" in result.stdout
    result = run("audit", "--verdict", "labels")
    assert result.exit_code == 2
    assert "did you mean 'label'?" in result.stderr


def test_an_accepted_finding_becomes_an_erratum(copy):
    errata = (copy / "errata.csv").read_text(encoding="utf-8")
    (copy / "errata.csv").write_text(errata.splitlines(keepends=True)[0], encoding="utf-8")
    result = run("accept", "T.6-actual", "1.3", "--data", str(copy))
    assert (result.exit_code, result.stdout) == (0, "errata.csv: T.6-actual value 13 is read as 1.3\n")
    [row] = csv.DictReader(io.StringIO((copy / "errata.csv").read_text(encoding="utf-8")))
    assert (row["printed"], row["reading"], row["status"]) == ("13", "1.3", "suspected")
    assert row["evidence"] == "2.3.3-3 2.3.3-4"
    assert "9.75" in row["reason"]
    assert "9.75" in row["reason_en"]
    left = audit.audit(tables.corrected(tables.load(copy)))
    assert not [
        finding
        for finding in left
        if finding.check == "table_and_text" and "T.6-actual" in finding.figures and finding.sign == "≠"
    ]
    figures = (copy / "figures.csv").read_text(encoding="utf-8")
    (copy / "figures.csv").write_text(
        figures.replace("2017,13,万亿元,exact,13,mid-term-report,T.6", "2017,14,万亿元,exact,14,mid-term-report,T.6"),
        encoding="utf-8",
    )
    result = run("audit", "--data", str(copy))
    assert result.exit_code == 2
    assert "the erratum has expired" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["T.66-actual", "1.3"], "no figure 'T.66-actual'"),
        (["T.6-actual", "1.3", "--column", "values"], "no column 'values'"),
        (["2.1.1-3", "1.3"], "no finding names '2.1.1-3'"),
        (["T.6-actual", "一点三"], "errata.csv:11:reading: '一点三' is no number"),
    ],
)
def test_a_wrong_acceptance_changes_nothing(copy, arguments, sentence):
    errata = (copy / "errata.csv").read_text(encoding="utf-8")
    (copy / "errata.csv").write_text(
        errata.replace("figures,T.6-actual,value,13,1.3", "figures,1.1.1-1,value,98,97"), encoding="utf-8"
    )
    before = (copy / "errata.csv").read_bytes()
    result = run("accept", *arguments, "--data", str(copy))
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert (copy / "errata.csv").read_bytes() == before
