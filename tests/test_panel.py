"""The made-up package of many places: real places, figures that are true to each other, and marked as made up."""

import csv
import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from helpers import audit, paths
from helpers.evaluation import history, scoreboard
from helpers.package import schema, tables, validate

pytestmark = pytest.mark.whole

SCRIPT = paths.ROOT / "tools" / "panel.py"
COUNTIES = {"330100": 13, "330200": 10, "330300": 12, "330400": 7, "330500": 5, "330600": 6, "330700": 9, "330800": 6,
            "330900": 4, "331000": 9, "331100": 9}  # fmt: skip


def made(folder: Path, *options: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-W", "error", str(SCRIPT), str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tables.Tables:
    """All 102 places."""
    folder = tmp_path_factory.mktemp("whole")
    assert made(folder).returncode == 0
    return tables.load(folder)


def test_the_places_are_those_of_the_province():
    with SCRIPT.with_name("zhejiang.csv").open(encoding="utf-8", newline="") as handle:
        places = list(csv.DictReader(handle))
    codes = [place["region"] for place in places]
    assert codes == sorted(set(codes))
    assert Counter(place["parent"] for place in places) == {"100000": 1, "330000": 11, **COUNTIES}
    counties = [place for place in places if place["parent"] in COUNTIES]
    assert all(place["region"].startswith(place["parent"][:4]) for place in counties)
    assert Counter(place["name_zh"][-1] for place in counties) == {"区": 37, "市": 20, "县": 33}
    ends = {"区": "District", "市": "City", "县": "County"}
    assert all(place["name_en"].endswith(ends[place["name_zh"][-1]]) for place in counties)


def test_the_same_command_writes_the_same_bytes(panel, tmp_path):
    assert made(tmp_path, "--regions", "2").returncode == 0
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in panel.iterdir()
    }


def test_more_places_leave_the_figures_of_the_others_as_they_are(panel, whole):
    some = tables.load(panel).raw["figures"].set_index("figure")
    assert some.equals(whole.raw["figures"].set_index("figure").loc[some.index])


def test_places_beyond_the_real_ones_lie_in_a_made_up_copy_of_the_province(whole, tmp_path):
    assert made(tmp_path, "--regions", "103").returncode == 0
    more = tables.load(tmp_path)
    figures, known = more.raw["figures"].set_index("figure"), whole.raw["figures"].set_index("figure")
    assert known.equals(figures.loc[known.index])
    drawn = figures.drop(known.index)
    assert drawn["region"].unique().tolist() == ["330000-2", "330100-2"]
    assert not {*drawn["value"]} <= {*known.loc[known["region"].isin(["330000", "330100"]), "value"]}
    assert more.within("100000-2")[:3] == ["100000-2", "330000-2", "330100-2"]
    assert more.within("330000") == whole.within("330000")
    assert more.regions.at["330100-2", "name_en"] == "Hangzhou (made-up 2)"
    assert not {finding.verdict for finding in audit.audit(more)} & {"contradiction", "label"}


def test_a_number_of_places_below_zero_is_refused(tmp_path):
    refused = made(tmp_path, "--regions", "-1")
    assert refused.returncode == 2
    assert "--regions is -1, expected 0 or more" in refused.stderr


def test_it_is_a_good_package_of_as_many_figures_as_the_report_s_a_place(whole, shipped):
    assert validate.find_problems(whole.folder) == []
    counts = whole.figures["region"].value_counts()
    assert len(counts) == 102
    assert set(counts) == {counts.iloc[0]}
    assert abs(counts.iloc[0] - len(shipped.figures)) < 20
    assert set(whole.platforms["owner"]) == set(counts.index)


def test_every_figure_is_marked_and_none_is_put_upon_a_firm(whole):
    assert schema.read(whole.folder)["plan"]["synthetic"] is True
    assert whole.plan.synthetic
    assert set(whole.figures["note"]) == set(whole.platforms["note"]) == {"Made up by tools/panel.py"}
    assert all(key.startswith(f"{region}-") for key, region in whole.figures["region"].items())
    names = whole.indicators.loc[whole.figures["indicator"].unique(), "name_zh"]
    assert not names.str.contains("淘宝|阿里|支付宝|天猫|盒马|移动.*基站|电信.*基站").any()
    assert whole.external.empty


def test_its_numbers_are_true_to_each_other(whole):
    findings = audit.audit(whole)
    assert [finding for finding in findings if finding.verdict in ("contradiction", "label")] == []
    held = Counter(finding.check for finding in findings if finding.verdict == "consistent")
    for check in ("completions", "growth", "places", "totals", "subsets", "additions", "statements"):
        assert held[check] > 100, check


def test_each_place_has_earlier_years_and_targets_met_and_missed(whole):
    earlier = history.derived(whole)
    for region in ("330000", "330100", "330106", "331181"):
        assert (earlier["region"] == region).sum() > 20
    statuses = {status for region in COUNTIES for status in scoreboard.scoreboard(whole, 2017, region)["status"]}
    assert {"exceeded", "met", "missed", "no_data"} <= statuses


def test_it_is_written_over_itself_and_over_nothing_else(panel, copy, tmp_path):
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    refused = made(copy)
    assert refused.returncode == 1
    assert "holds something else than a made-up package" in refused.stderr
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    refused = made(folder)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    again = shutil.copytree(panel, tmp_path / "again")
    assert made(again, "--regions", "2").returncode == 0


def test_a_descriptor_that_does_not_say_synthetic_is_of_real_figures(copy):
    assert not tables.load(copy).plan.synthetic
    descriptor = json.loads((copy / schema.DESCRIPTOR).read_text(encoding="utf-8"))
    descriptor["plan"]["synthetic"] = "yes"
    (copy / schema.DESCRIPTOR).write_text(json.dumps(descriptor), encoding="utf-8")
    assert "plan.synthetic is 'yes'; expected true or false" in str(validate.find_problems(copy)[0])
