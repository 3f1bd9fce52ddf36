"""The command line: help at once, every option has an effect, a mistake is one sentence and exit code 2."""

import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from helpers import cli, paths

HEAVY = {"pandas", "numpy", "matplotlib", "seaborn", "papermill", "nbformat", "nbconvert", "frictionless"}


def evaluate(*arguments: str):
    return CliRunner().invoke(cli.main, list(arguments))


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from helpers import cli; cli.main(['--help'], standalone_mode=False); print(sorted(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert HEAVY.isdisjoint(json.loads(told.splitlines()[-1].replace("'", '"')))


@pytest.mark.parametrize("verb", sorted(cli.main.commands))
def test_every_verb_has_help(verb):
    told = evaluate(verb, "--help")
    assert told.exit_code == 0
    assert cli.main.commands[verb].help


@pytest.mark.parametrize(
    ("options", "runs"),
    [
        ([], 40),
        (["--years", "2017"], 16),
        (["--years", "2016-2017"], 28),
        (["--years", "2016,2018", "--languages", "en"], 14),
        (["--notebooks", "0-overview,6-audit"], 8),
        (["--notebooks", "6-audit,6-audit", "--languages", "en,en", "--years", "2017,2017"], 1),
        (["--region", "330100", "--languages", "zh"], 20),
        (["--region", "330100,330600", "--languages", "zh", "--years", "2017"], 16),
        (["--region", "330100, 330100", "--languages", "zh", "--years", "2017"], 8),
        (["--region", "all", "--languages", "zh", "--notebooks", "0-overview"], 15),
    ],
)
def test_a_request_is_what_its_options_say(options, runs, tmp_path):
    told = evaluate("list", "--out", str(tmp_path), *options)
    lines = told.output.splitlines()
    assert told.exit_code == 0
    assert len(lines) == runs
    assert all(line.endswith("not run") for line in lines)
    assert all(re.search(r"_(330100|330600)\t", line) for line in lines if "330100" in "".join(options))


def test_all_regions_are_those_with_figures_in_the_order_of_the_table(tmp_path):
    told = evaluate("list", "--region", "all", "--languages", "en", "--notebooks", "6-audit", "--out", str(tmp_path))
    names = [line.split("\t")[0] for line in told.output.splitlines()]
    regions = ["", "_330100", "_330200", "_330600", "_hangzhou-west-corridor"]
    assert names == [f"6-audit_en{region}" for region in regions]


def test_another_package_has_its_own_years(spoil):
    folder = spoil("figures.csv", "2018,1452,个", "2019,1452,个")
    told = evaluate("list", "--data", str(folder), "--languages", "zh", "--notebooks", "0-overview")
    assert [line.split("\t")[0][-7:] for line in told.output.splitlines()] == [
        "2016_zh",
        "2017_zh",
        "2018_zh",
        "2019_zh",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "--years", "2030"], "the data has nothing for the year 2030; it has 2016, 2017, 2018."),
        (["run", "--years", "20l7"], "years are '20l7', expected 2017, 2016-2018 or 2016,2018."),
        (["run", "--years", "2018-2016"], "years '2018-2016' end before they begin."),
        (["run", "--notebooks", "2-integraton"], "unknown notebook '2-integraton' (did you mean '2-integration'?)"),
        (["run", "--languages", "fr"], "unknown language 'fr'; there is zh, en."),
        (["run", "--languages", ""], "no language given; there is zh, en."),
        (["run", "--years", ""], "years are '', expected 2017, 2016-2018 or 2016,2018."),
        (["run", "--notebooks", ""], "no notebook given; there is 0-overview"),
        (["run", "--region", ""], "unknown region ''"),
        (["run", "--out", str(paths.ROOT)], f"{paths.ROOT}: executed notebooks would replace the notebooks themselves"),
        (["run", "--languages", ","], "no language given; there is zh, en."),
        (["run", "--region", "33"], "unknown region '33'"),
        (["run", "--region", "330100,33"], "unknown region '33'"),
        (["run", "--region", "330100,"], "unknown region ''"),
        (["run", "--region", "all,330100"], "unknown region 'all'"),
        (["run", "--data", "nowhere"], "nowhere: 1 problem in the data package"),
        (["list", "--years", "1999"], "the data has nothing for the year 1999"),
        (["check", "nowhere"], "nowhere: 1 problem in the data package"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(arguments, sentence):
    told = evaluate(*arguments)
    assert told.exit_code == 2
    assert told.stderr.startswith(sentence)
    assert "Traceback" not in told.output


@pytest.mark.parametrize("arguments", [["run", "--jobs", "0"], ["run", "--yaers", "2017"], ["fly"]])
def test_an_unknown_option_or_verb_is_refused(arguments):
    assert evaluate(*arguments).exit_code == 2


def test_check_says_that_a_package_is_good_or_lists_what_is_not(spoil):
    good = evaluate("check")
    assert (good.exit_code, good.output) == (0, f"{paths.ROOT / 'data'}: a good data package\n")
    bad = evaluate("check", str(spoil("figures.csv", "家,exact,3000", "家,exakt,3000")))
    assert bad.exit_code == 2
    assert "figures.csv:4:qualifier: 'exakt' is not allowed" in bad.stderr


def test_the_audit_of_made_up_figures_says_so_beside_its_findings(panel):
    said = "Made-up data: the figures shown here are invented"
    told = evaluate("audit", "--data", str(panel), "--language", "en", "--format", "json", "--verdict", "suspicious")
    assert told.stderr.startswith(said)
    assert said not in told.stdout
    assert json.loads(told.stdout)
    assert said not in evaluate("audit", "--language", "en", "--verdict", "label").stderr
