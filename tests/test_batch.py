"""Batches in real kernels and processes: outcomes told apart, outputs whole or absent, and whatever stops one, the next goes on."""

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import small
from bs4 import BeautifulSoup
from small import entries, evaluate, executions, outputs, ran, report

from helpers import cli, paths
from helpers.batch import fingerprint, record, runs
from helpers.errors import UserError


@pytest.fixture(scope="module", autouse=True)
def runtime(tmp_path_factory):
    """Servers of warm kernels for these tests alone."""
    with small.alone(tmp_path_factory.mktemp("runtime")) as folder:
        yield folder


@pytest.fixture(autouse=True)
def nothing_left(runtime, tmp_path, monkeypatch):
    """Whatever a test does, no worker, no kernel and no temporary file of the command line stays."""
    temporary = Path(tempfile.mkdtemp(prefix="t-"))  # a short path, for sockets
    monkeypatch.setenv(small.MARK, str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(temporary))
    yield temporary
    small.until(lambda: not small.left_of(str(tmp_path), runtime), "processes are left")
    left = list(temporary.iterdir())
    shutil.rmtree(temporary)
    assert left == []


@pytest.fixture
def sources(tmp_path) -> Path:
    return tmp_path / "sources"


@pytest.fixture
def out(tmp_path) -> Path:
    return tmp_path / "out"


# --- outcomes ----------------------------------------------------------------------------------------------------

CELLS = {
    "good": [small.OPENING, small.PRINTS],
    "raises": ["1 + 1", small.RAISES],
    "dies": ["1 + 1", small.DIES],
}
SENTENCES = {
    "raises": "raises_2017_zh: the notebook raised at code cell 3: last line",
    "dies": "dies_2017_zh: failed at code cell 3: the kernel died",
}
OUTCOMES = {"good": "succeeded", "raises": "raised", "dies": "failed"}


@pytest.mark.parametrize(
    ("names", "code", "summary"),
    [
        (["good"], 0, "1 of 1 runs succeeded"),
        (["good", "raises"], 1, "1 of 2 runs succeeded, 1 raised"),
        (["dies", "good", "raises"], 3, "1 of 3 runs succeeded, 1 raised, 1 failed"),
    ],
)
def test_three_outcomes_are_told_apart_everywhere_and_one_stops_no_other(names, code, summary, sources, out, tmp_path):
    for name in names:
        small.notebook(sources / f"{name}.ipynb", *CELLS[name])
    journal, step = tmp_path / "log", tmp_path / "step"
    options = ["--years", "2017", "--languages", "zh", "--retries", "0", "--log", journal]
    told = evaluate(sources, "run", "--out", out, *options, environment={"GITHUB_STEP_SUMMARY": str(step)})
    bad = [name for name in names if name != "good"]

    assert told.code == code
    assert told.out == f"{summary}; {out}/index.html\n"
    for name in bad:
        assert f"{SENTENCES[name]} ({out}/failed/{name}_2017_zh.ipynb)" in told.err.splitlines()
    assert step.read_text().splitlines() == [f"{summary}; {out}/index.html", ""] + [f"- {SENTENCES[n]}" for n in bad]

    expected = {f"{name}_2017_zh": OUTCOMES[name] for name in names}
    assert {name: entry.outcome for name, entry in entries(out).items()} == expected
    assert {name: row["outcome"] for name, row in report(out).items()} == expected
    for name in bad:
        row = report(out)[f"{name}_2017_zh"]
        assert (row["cell"], row["attempts"], row["output"], row["page"]) == (3, 1, "", "")
        assert row["error"] == SENTENCES[name].rsplit(": ", 1)[1]
    assert report(out)["good_2017_zh"]["page"] == "good_2017_zh.html"

    logged = [line.split(" ", 2)[2] for line in journal.read_text().splitlines()]
    assert {line for line in logged if line.startswith("ERROR")} == {f"ERROR {SENTENCES[name]}" for name in bad}
    assert "INFO good_2017_zh: begun" in logged
    assert any(re.fullmatch(r"INFO good_2017_zh: succeeded in \d+\.\d\d s", line) for line in logged)
    assert "INFO good_2017_zh: page made" in logged

    failed = [f"failed/{name}_2017_zh.ipynb" for name in bad]
    assert sorted(outputs(out)) == sorted([*failed, "good_2017_zh.html", "index.html", "notebooks/good_2017_zh.ipynb"])


def test_what_a_notebook_or_a_dead_kernel_leaves_can_be_inspected(sources, out):
    for name in ("raises", "dies"):
        small.notebook(sources / f"{name}.ipynb", *CELLS[name])
    ran(sources, out, retries=0)
    kinds = {"raises": [[], ["execute_result"], ["error"]], "dies": [[], ["execute_result"], []]}
    for name, expected in kinds.items():
        cells = json.loads((out / f"failed/{name}_2017_zh.ipynb").read_text())["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        assert [[output["output_type"] for output in cell["outputs"]] for cell in code] == expected


def test_what_fails_replaces_what_had_succeeded_and_the_other_way_round(sources, out):
    cells = {"good": CELLS["good"], "other": CELLS["good"]}
    for name in cells:
        small.notebook(sources / f"{name}.ipynb", *cells[name])
    whole = ["good_2017_zh.html", "index.html", "notebooks/good_2017_zh.ipynb", "notebooks/other_2017_zh.ipynb"]
    assert ran(sources, out).outcomes == {"good_2017_zh": "succeeded", "other_2017_zh": "succeeded"}
    assert sorted(outputs(out)) == sorted([*whole, "other_2017_zh.html"])
    assert b"other_2017_zh.html" in outputs(out)["index.html"]
    assert b"other_2017_zh.html" in outputs(out)["good_2017_zh.html"]

    small.notebook(sources / "other.ipynb", *CELLS["raises"])
    done = ran(sources, out)
    assert (done.executed, done.made) == ({"other_2017_zh"}, {"good_2017_zh"})
    wanted = {*whole, "failed/other_2017_zh.ipynb"} - {"notebooks/other_2017_zh.ipynb"}
    assert set(outputs(out)) == wanted
    assert b"other_2017_zh" not in outputs(out)["index.html"] + outputs(out)["good_2017_zh.html"]

    small.notebook(sources / "other.ipynb", *cells["other"])
    ran(sources, out)
    assert set(outputs(out)) == {*whole, "other_2017_zh.html"}


# --- options of `evaluate run` -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("retries", "times", "outcomes", "code"),
    [
        (0, {"flaky": 1, "dies": 1, "raises": 1}, {"flaky": "failed", "dies": "failed", "raises": "raised"}, 3),
        (2, {"flaky": 2, "dies": 3, "raises": 1}, {"flaky": "succeeded", "dies": "failed", "raises": "raised"}, 3),
    ],
)
def test_what_the_machinery_did_is_tried_again_and_what_a_notebook_did_is_not(
    retries, times, outcomes, code, sources, out, tmp_path
):
    ends = {"flaky": small.once(tmp_path / "once", small.KILLS_THE_WORKER), "dies": small.DIES, "raises": small.RAISES}
    for name, cell in ends.items():
        small.notebook(sources / f"{name}.ipynb", small.counted(tmp_path / name), cell)
    journal = tmp_path / "log"
    options = ["--years", "2017", "--languages", "zh", "--retries", retries, "--log", journal]
    told = evaluate(sources, "run", "--out", out, *options)
    assert told.code == code
    assert {name: executions(tmp_path / name).total() for name in ends} == times
    assert {name: report(out)[f"{name}_2017_zh"]["outcome"] for name in ends} == outcomes
    assert {name: report(out)[f"{name}_2017_zh"]["attempts"] for name in ends} == times
    assert told.err.count("dies_2017_zh: the kernel died; trying again\n") == retries
    assert told.err.count("flaky_2017_zh: the process that ran it died (killed, or out of memory?); trying again\n") == (
        min(retries, 1)
    )
    assert "raises_2017_zh: last line; trying again" not in told.err
    after = f" after {retries + 1} attempts" if retries else ""
    assert f"dies_2017_zh: failed at code cell 3{after}: the kernel died (" in told.err
    assert journal.read_text().count("WARNING dies_2017_zh: attempt ") == retries
    assert "Traceback" not in told.err


def test_a_cell_that_never_ends_or_eats_the_memory_is_ended_and_told_as_its_notebook_s_fault(sources, out):
    small.notebook(sources / "endless.ipynb", "1 + 1", small.NEVER_ENDS)
    small.notebook(sources / "hungry.ipynb", "1 + 1", "held = bytearray(2 << 30)")
    small.notebook(sources / "starved.ipynb", "1 + 1", HOLDS.format(2048))
    options = ["--years", "2017", "--languages", "zh", "--timeout", "3", "--memory", "1G"]
    told = evaluate(sources, "run", "--out", out, *options)
    assert told.code == 1
    assert "endless_2017_zh: the notebook raised at code cell 3: the cell ran longer than 3 s, see --timeout (" in told.err
    limit = "(the kernel may hold 1024 MB, see --memory)"
    assert f"hungry_2017_zh: the notebook raised at code cell 3: MemoryError {limit}" in told.err
    starved = report(out)["starved_2017_zh"]["error"]
    assert re.fullmatch(rf"MemoryError: Unable to allocate 2.00 GiB .* {re.escape(limit)}", starved)


HOLDS = "import numpy\nheld = numpy.zeros({} << 20, 'u1')"  # not touched, so that no test needs that much


def test_the_limit_of_memory_is_for_each_run_by_itself(sources, out, tmp_path):
    for one, other in ("ab", "ba"):
        met = small.waits(tmp_path / other, tells=tmp_path / one)
        small.notebook(sources / f"{one}.ipynb", f"{HOLDS.format(600)}\n{met}")
    assert set(ran(sources, out, memory=1 << 30).outcomes.values()) == {"succeeded"}
    small.notebook(sources / "c.ipynb", HOLDS.format(2048))
    assert ran(sources, out, "c", memory=1 << 30).outcomes == {"c_2017_zh": "raised"}
    assert ran(sources, out, "c").outcomes == {"c_2017_zh": "succeeded"}  # nothing of the limit stays


@pytest.mark.parametrize(
    ("option", "cell", "code", "outcomes"),
    [
        ("--fail-fast", small.RAISES, 1, ["raised", "not begun"]),
        ("--fail-fast", small.DIES, 3, ["failed", "not begun"]),
        ("--keep-going", small.RAISES, 1, ["raised", "succeeded"]),
    ],
)
def test_after_a_failure_a_batch_goes_on_unless_it_shall_fail_fast(option, cell, code, outcomes, sources, out):
    small.notebook(sources / "1-bad.ipynb", cell)
    small.notebook(sources / "2-good.ipynb", small.PRINTS)
    told = evaluate(sources, "run", "--out", out, "--years", "2017", "--languages", "zh", "--jobs", "1", option)
    assert told.code == code
    assert [row["outcome"] for row in report(out).values()] == outcomes
    assert report(out)["1-bad_2017_zh"]["attempts"] == (2 if cell == small.DIES else 1)
    assert (", 1 not begun" in told.out) == ("not begun" in outcomes)


@pytest.mark.parametrize("jobs", [1, 2])
def test_as_many_runs_are_under_way_as_there_are_jobs(jobs, sources, out, tmp_path):
    trace = tmp_path / "trace"
    for one, other in ("ab", "ba"):
        says = f"stream = open({str(trace)!r}, 'a', buffering=1)\n"
        meets = "import time\ntime.sleep(0.2)" if jobs == 1 else small.waits(tmp_path / other, tells=tmp_path / one)
        cell = f"{says}stream.write('+')\nstream.flush()\n{meets}\nstream.write('-')\nstream.close()"
        small.notebook(sources / f"{one}.ipynb", cell)
    told = evaluate(sources, "run", "--out", out, "--years", "2017", "--languages", "zh", "--jobs", str(jobs))
    assert told.code == 0
    assert trace.read_text() == {1: "+-+-", 2: "++--"}[jobs]


WARM = "import psutil\nprint('helpers.kernels.server' in psutil.Process().parent().cmdline())"


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        ([], 0, "True\n"),
        (["--kernel", "python3"], 0, "False\n"),
        (["--kernel", "no-such"], 3, "there is no kernel 'no-such' here; install the package, or see --kernel"),
    ],
)
def test_the_kernel_is_warm_unless_another_one_is_asked_for(options, code, says, sources, out):
    small.notebook(sources / "one.ipynb", WARM)
    told = evaluate(sources, "run", "--out", out, "--years", "2017", "--languages", "zh", *options)
    assert told.code == code
    if code:
        assert report(out)["one_2017_zh"]["error"] == says
    else:
        cells = json.loads(outputs(out)["notebooks/one_2017_zh.ipynb"])["cells"]
        assert "".join(cells[-1]["outputs"][0]["text"]) == says


def test_years_notebooks_languages_and_regions_are_those_that_are_asked_for(sources, out):
    for name in ("one", "two", "three"):
        small.notebook(sources / f"{name}.ipynb", small.PRINTS)
    wanted = ["--years", "2016,2018", "--notebooks", "one,two", "--languages", "en", "--region", "330100"]
    assert evaluate(sources, "run", "--out", out, *wanted).code == 0
    printed = {
        name: "".join(json.loads(content)["cells"][-1]["outputs"][0]["text"]) for name, content in outputs(out).items()
        if name.startswith("notebooks/")
    }  # fmt: skip
    assert printed == {
        f"notebooks/{name}_{year}_en_330100.ipynb": f"{year} en 330100\n"
        for name in ("one", "two") for year in (2016, 2018)
    }  # fmt: skip


def test_every_option_of_evaluate_run_is_used_here():
    text = "".join((Path(__file__).parent / name).read_text() for name in ("test_batch.py", "test_cluster.py"))
    for option in cli.main.commands["run"].params:
        for name in (*option.opts, *option.secondary_opts):
            assert f'"{name}"' in text, f"no test has the option {name}"


# --- runs and their names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["year = 2016 + 1", "print(1)", "a, b = 1, 2", "year ="])
def test_parameters_that_are_no_literals_are_told_in_a_sentence(source, sources):
    odd = small.notebook(sources / "odd.ipynb", parameters=source)
    with pytest.raises(UserError, match=r"odd\.ipynb: the cell tagged 'parameters' may only set names to literals"):
        runs.parameters_of(odd)


def test_only_parameters_that_differ_from_the_defaults_are_given(sources):
    small.notebook(sources / "one.ipynb")
    given = {one.name: one.parameters for one in small.plan(sources, years=[2017, 2018], languages=["zh", "en"])}
    assert given == {
        "one_2017_zh": {},
        "one_2018_zh": {"year": 2018},
        "one_2017_en": {"language": "en"},
        "one_2018_en": {"year": 2018, "language": "en"},
    }


def test_years_and_languages_where_a_notebook_varies_over_them():
    all_runs = runs.plan(sorted(paths.NOTEBOOKS.glob("*.ipynb")), small.YEARS, ["zh", "en"], ["330000"], "330000")
    assert len({one.name for one in all_runs}) == len(all_runs) == 40
    assert {one.name for one in all_runs if one.year is None} == {
        f"{notebook}_{language}" for notebook in ("6-audit", "7-outlook") for language in ("zh", "en")
    }


def test_a_region_other_than_the_plan_s_own_is_in_the_name():
    (one,) = runs.plan([paths.NOTEBOOKS / "6-audit.ipynb"], [2017], ["en"], ["330100"], "330000", "other")
    assert one.name == "6-audit_en_330100"
    assert one.parameters == {"language": "en", "region": "330100", "data": "other"}
