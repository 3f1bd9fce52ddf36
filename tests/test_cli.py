"""The command line: help at once, every option has an effect, a mistake is one sentence and exit code 2."""

import json
import os
import re
import subprocess
import sys

import content
import pytest
from click.testing import CliRunner

from helpers import paths
from helpers.cli import verbs

HEAVY = {"pandas", "numpy", "matplotlib", "seaborn", "papermill", "nbformat", "nbconvert", "frictionless", "jsonschema"}


def evaluate(*arguments: str):
    return CliRunner().invoke(verbs.main, list(arguments))


def loaded(*arguments: str) -> set[str]:
    """Heavy modules that a command has imported when it is done."""
    code = f"import sys; from helpers.cli import verbs; verbs.main({arguments!r}, standalone_mode=False)"
    code = f"import atexit, sys; atexit.register(lambda: print(sorted(sys.modules))); {code}"
    stdout = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return HEAVY & {*json.loads(stdout.splitlines()[-1].replace("'", '"'))}


@pytest.mark.parametrize("verb", ["", *sorted(verbs.main.commands)])
def test_help_imports_nothing_heavy(verb):
    assert loaded(*verb.split(), "--help") == set()


def test_what_there_is_to_do_is_told_without_importing_anything_heavy(reports, tmp_path):
    """That the package is good, and what it offers, is known by now: the pages are made of it."""
    assert loaded("list", "--out", str(tmp_path)) == set()
    assert loaded("list", "--out", str(reports)) == set()


def test_a_batch_with_nothing_to_do_imports_nothing_heavy(reports):
    before = {path: path.stat().st_mtime_ns for path in reports.rglob("*.*") if path.suffix != ".json"}
    assert loaded("run", "--out", str(reports)) == set()
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.parametrize(
    ("stream", "arguments", "error"),
    [
        ("stdout", ["check"], "No space left on device.\n"),
        ("stderr", ["fly"], None),
        ("pipe", ["check"], ""),
        ("pipe", ["--help"], ""),
        ("pipe", ["check", "--help"], ""),
    ],
)
def test_a_stream_that_takes_nothing_is_no_difference(stream, arguments, error):
    """A full disk, and a reader that has read enough: exit code 1 would tell of a contradiction, or of a difference."""
    reading, writing = os.pipe()
    os.close(reading)
    given = writing if stream == "pipe" else os.open("/dev/full", os.O_WRONLY)
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | {"stdout" if stream == "pipe" else stream: given}
    done = subprocess.run([sys.executable, "-m", "helpers.cli.verbs", *arguments], text=True, **streams)
    assert (done.returncode, done.stderr) == (2, error)


def test_a_line_break_in_a_path_does_not_break_a_line(copy):
    folder = copy.rename(copy.with_name("a\nb"))
    result = evaluate("check", str(folder))
    assert (result.exit_code, result.output.splitlines()[1:]) == (0, [])


@pytest.mark.whole
def test_a_package_is_checked_without_frictionless_and_its_views_are_selected_without_pictures(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    code = "import sys; from helpers.views import select; select.load('audit', '6-audit', 'zh', '330000', '')"
    code += f"; print(*{HEAVY} & sys.modules.keys())"
    stdout = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert {*stdout.split()} == {"pandas", "numpy", "jsonschema"}


@pytest.mark.parametrize("verb", sorted(verbs.main.commands))
def test_every_verb_has_help(verb):
    result = evaluate(verb, "--help")
    assert result.exit_code == 0
    assert verbs.main.commands[verb].help


@pytest.mark.parametrize(
    ("options", "runs"),
    [
        (["--years", "2017", "--notebooks", "0-overview", "--languages", "en"], ["0-overview_2017_en"]),
        (["--notebooks", "6-audit"], ["6-audit_zh", "6-audit_en"]),
        (["--notebooks", "6-audit", "--languages", "zh", "--region", "330200"], ["6-audit_zh_330200"]),
        (
            ["--notebooks", "indicator", "--indicators", "industrial-robots"],
            ["indicators/industrial-robots_zh", "indicators/industrial-robots_en"],
        ),
    ],
)
def test_a_request_is_what_its_options_say(options, runs, tmp_path):
    result = evaluate("list", "--out", str(tmp_path), *options)
    assert result.exit_code == 0
    assert result.output.splitlines() == [f"{run}\tstale: never run" for run in runs]


def test_a_list_says_of_each_run_whether_it_is_fresh(reports, tmp_path):
    lines = evaluate("list", "--out", str(reports)).output.splitlines()
    assert len(lines) == content.RUNS
    assert all(re.fullmatch(r"\S+\tfresh\t\d+\.\d s", line) for line in lines)
    assert evaluate("list", "--notebooks", "6-audit", "--region", "330100", "--out", str(reports)).output.splitlines() == [
        "6-audit_zh_330100\tstale: never run", "6-audit_en_330100\tstale: never run",
    ]  # fmt: skip


def test_another_package_has_its_own_years(spoil, tmp_path):
    folder = spoil("figures.csv", "2018,1452,个", "2019,1452,个")
    result = evaluate(
        "list", "--data", str(folder), "--languages", "zh", "--notebooks", "0-overview", "--out", str(tmp_path)
    )
    years = [line.split("\t")[0][-7:] for line in result.output.splitlines()]
    assert years == ["2016_zh", "2017_zh", "2018_zh", "2019_zh"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "--years", "20l7"], "years are '20l7', expected 2017, 2016-2018 or 2016,2018."),
        (["run", "--years", "2030"], f"the data has nothing for the year 2030; it has {content.YEARS_IN_WORDS}."),
        (["run", "--notebooks", "2-integraton"], "unknown notebook '2-integraton' (did you mean '2-integration'?)"),
        (
            ["run", "--indicators", "industrial-robot"],
            "no page for the indicator 'industrial-robot' (did you mean 'industrial-robots'?); a page has every headline",
        ),
        (["run", "--languages", "fr"], "unknown language 'fr'; there is zh, en."),
        (["run", "--region", "33"], "unknown region '33'"),
        (["run", "--years", "0-99999999999"], "years are '0-99999999999', expected 2017, 2016-2018 or 2016,2018."),
        (["run", "--memory", "1K"], "memory is '1K', expected 256M to 1024T, such as 2G;"),
        (["run", "--out", "x" * 300], f"{'x' * 300}: File name too long"),
        (["list", "--out", "x" * 300], f"{'x' * 300}: File name too long"),
        (["audit", "--data", "x" * 300], f"{'x' * 300}"),
        (["check", "x" * 300], f"{'x' * 300}"),
        (["diff", "x" * 300, "data"], f"{'x' * 300}"),
        (["check", "a\nb"], "a\\nb: 1 problem in the data package"),
        (["run", "--notebooks", "x" * 100_000], f"unknown notebook '{'x' * 500}"),
        (["run", "--out=~nobody-of-that-name"], "out: '~nobody-of-that-name' is no path here"),
        (["run", "--memory", "2"], "memory is '2', expected a number with K, M, G or T, such as 2G."),
        (["run", "--out", str(paths.ROOT)], f"{paths.ROOT}: executed notebooks would replace the notebooks themselves"),
        (["run", "--out", "nowhere://pages"], "nowhere://pages: Protocol not known: nowhere; expected a folder or"),
        (["run", "--data", "nowhere"], "nowhere: 1 problem in the data package"),
        (["list", "--out", ""], "--out is empty; name a folder, such as reports."),
        (["list", "--years", "1999"], "the data has nothing for the year 1999"),
        (
            ["list", "--out", str(paths.ROOT)],
            f"{paths.ROOT}: executed notebooks would replace the notebooks themselves",
        ),
        (
            ["audit", "--verdict", "lable"],
            "unknown verdict 'lable' (did you mean 'label'?); there is contradiction, label,",
        ),
        (["check", "nowhere"], "nowhere: 1 problem in the data package"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(arguments, sentence):
    result = evaluate(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(sentence)
    assert "Traceback" not in result.output
    assert max(map(len, result.stderr.splitlines())) < 1000


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "--jobs", "0"], "Invalid value for '--jobs': 0 is not in the range 1<=x<=1024."),
        (["run", "--jobs", "999999"], "Invalid value for '--jobs': 999999 is not in the range 1<=x<=1024."),
        (["print", "--jobs", "999999"], "Invalid value for '--jobs': 999999 is not in the range 1<=x<=1024."),
        (["run", "--timeout", "0"], "Invalid value for '--timeout': 0 is not in the range 1<=x<=1000000."),
        (["run", "--retries", "-1"], "Invalid value for '--retries': -1 is not in the range 0<=x<=100."),
        (["run", "--yaers", "2017"], "No such option '--yaers'. Did you mean '--years'?"),
        (["audit", "--language", "fr"], "Invalid value for '--language': 'fr' is not one of 'zh', 'en'."),
        (["fly"], "No such command 'fly'."),
        (["-p", "check"], "No such option '-p'."),
    ],
)
def test_an_unknown_option_or_verb_is_told_in_a_sentence(arguments, sentence):
    result = evaluate(*arguments)
    assert (result.exit_code, result.stderr) == (2, f"{sentence}\n")


def test_check_says_that_a_package_is_good_or_lists_what_is_not(spoil):
    good = evaluate("check")
    assert (good.exit_code, good.output) == (0, f"{paths.ROOT / 'data'}: a good data package\n")
    bad = evaluate("check", str(spoil("figures.csv", "家,exact,3000", "家,exakt,3000")))
    assert bad.exit_code == 2
    assert "figures.csv:4:qualifier: 'exakt' is not allowed" in bad.stderr


def test_the_audit_of_made_up_figures_says_so_beside_its_findings(panel):
    notice = "Made-up data: the figures shown here are invented"
    result = evaluate("audit", "--data", str(panel), "--language", "en", "--format", "json", "--verdict", "suspicious")
    assert result.stderr.startswith(notice)
    assert notice not in result.stdout
    assert json.loads(result.stdout)
    assert notice not in evaluate("audit", "--language", "en", "--verdict", "label").stderr
