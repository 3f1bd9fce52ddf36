"""Outcomes of runs: succeeded, raised and failed are told apart, a failure is tried again, and one run stops no other."""

import json
import re

import pytest
import small
from small import entries, evaluate, executions, outputs, ran, report

pytestmark = [pytest.mark.kernel, pytest.mark.usefixtures("nothing_left")]

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
def test_a_run_succeeds_raises_or_fails_and_the_others_go_on(names, code, summary, sources, out, tmp_path):
    for name in names:
        small.notebook(sources / f"{name}.ipynb", *CELLS[name])
    journal, step = tmp_path / "log", tmp_path / "step"
    options = ["--years", "2017", "--languages", "zh", "--retries", "0", "--log", journal]
    result = evaluate(sources, "run", "--out", out, *options, environment={"GITHUB_STEP_SUMMARY": str(step)})
    bad = [name for name in names if name != "good"]

    assert result.code == code
    assert result.out == f"{summary}; {out}/index.html\n"
    for name in bad:
        assert f"{SENTENCES[name]} ({out}/failed/{name}_2017_zh.ipynb)" in result.err.splitlines()
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


def test_a_run_that_does_not_succeed_leaves_its_outputs(sources, out):
    for name in ("raises", "dies"):
        small.notebook(sources / f"{name}.ipynb", *CELLS[name])
    ran(sources, out, retries=0)
    kinds = {"raises": [[], ["execute_result"], ["error"]], "dies": [[], ["execute_result"], []]}
    for name, expected in kinds.items():
        cells = json.loads((out / f"failed/{name}_2017_zh.ipynb").read_text())["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        assert [[output["output_type"] for output in cell["outputs"]] for cell in code] == expected


def test_a_new_outcome_replaces_the_old_one(sources, out):
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


@pytest.mark.parametrize(
    ("retries", "times", "outcomes", "code"),
    [
        (0, {"flaky": 1, "dies": 1, "raises": 1}, {"flaky": "failed", "dies": "failed", "raises": "raised"}, 3),
        (2, {"flaky": 2, "dies": 3, "raises": 1}, {"flaky": "succeeded", "dies": "failed", "raises": "raised"}, 3),
    ],
)
def test_only_failures_of_the_machinery_are_tried_again(retries, times, outcomes, code, sources, out, tmp_path):
    ends = {"flaky": small.once(tmp_path / "once", small.KILLS_THE_WORKER), "dies": small.DIES, "raises": small.RAISES}
    for name, cell in ends.items():
        small.notebook(sources / f"{name}.ipynb", small.counted(tmp_path / name), cell)
    journal = tmp_path / "log"
    options = ["--years", "2017", "--languages", "zh", "--retries", retries, "--log", journal]
    result = evaluate(sources, "run", "--out", out, *options)
    assert result.code == code
    assert {name: executions(tmp_path / name).total() for name in ends} == times
    assert {name: report(out)[f"{name}_2017_zh"]["outcome"] for name in ends} == outcomes
    assert {name: report(out)[f"{name}_2017_zh"]["attempts"] for name in ends} == times
    assert result.err.count("dies_2017_zh: the kernel died; trying again\n") == retries
    assert result.err.count(
        "flaky_2017_zh: the process that ran it died (killed, or out of memory?); trying again\n"
    ) == (min(retries, 1))
    assert "raises_2017_zh: last line; trying again" not in result.err
    after = f" after {retries + 1} attempts" if retries else ""
    assert f"dies_2017_zh: failed at code cell 3{after}: the kernel died (" in result.err


@pytest.mark.parametrize(
    ("option", "cell", "code", "outcomes"),
    [
        ("--fail-fast", small.RAISES, 1, ["raised", "not begun"]),
        ("--fail-fast", small.DIES, 3, ["failed", "not begun"]),
        ("--keep-going", small.RAISES, 1, ["raised", "succeeded"]),
    ],
)
def test_a_batch_stops_after_a_failure_only_with_fail_fast(option, cell, code, outcomes, sources, out):
    small.notebook(sources / "1-bad.ipynb", cell)
    small.notebook(sources / "2-good.ipynb", small.PRINTS)
    result = evaluate(sources, "run", "--out", out, "--years", "2017", "--languages", "zh", "--jobs", "1", option)
    assert result.code == code
    assert [row["outcome"] for row in report(out).values()] == outcomes
    assert report(out)["1-bad_2017_zh"]["attempts"] == (2 if cell == small.DIES else 1)
    assert (", 1 not begun" in result.out) == ("not begun" in outcomes)


@pytest.mark.parametrize(
    ("cell", "attempts", "error"),
    [
        (small.KILLS_THE_KERNEL, 2, "the kernel died"),
        (small.KILLS_THE_SERVER, 1, None),  # a kernel does not need it to live
        (small.KILLS_THE_WORKER, 2, "the process that ran it died (killed, or out of memory?)"),
    ],
)
def test_a_killed_process_costs_one_attempt_at_most(cell, attempts, error, sources, out, tmp_path):
    killed, log = tmp_path / "killed", tmp_path / "log"
    small.notebook(sources / "victim.ipynb", small.once(killed, cell), small.counted(log, "victim"), small.PRINTS)
    meets = small.waits(killed)
    small.notebook(sources / "witness.ipynb", meets, "time.sleep(0.3)", small.counted(log, "witness"), small.PRINTS)
    done = ran(sources, out, years=small.YEARS)
    assert set(done.outcomes.values()) == {"succeeded"}
    assert sorted(entry.attempts for entry in done.entries.values()) == [1, 1, 1, 1, 1, attempts]
    assert [event.entry.error for event in done.events if event.what == "retried"] == ([error] if error else [])
    assert executions(log) == dict.fromkeys(done.entries, 1)


SHOWS = "try:\n    1 / 0\nexcept ZeroDivisionError:\n    get_ipython().showtraceback()"
LEFT = "ended the notebook; the cells after it were not executed"


@pytest.mark.parametrize("kernel", ["evaluation-warm", "python3"])
@pytest.mark.parametrize(
    ("cell", "tag", "error"),
    [
        ("import sys\nsys.exit(0)", "", f"sys.exit(0) {LEFT}"),
        ("import sys\nsys.exit()", "", f"sys.exit() {LEFT}"),
        ("raise SystemExit", "", f"sys.exit() {LEFT}"),
        ("raise SystemExit(3)", "", f"sys.exit(3) {LEFT}"),
        ("quit()", "", f"quit() {LEFT}"),
        ("exit", "", f"quit() {LEFT}"),
        ("1 + 1", "skip-execution", "the cell was not executed (it has the tag 'skip-execution')"),
        (SHOWS, "", "division by zero"),
        ("1 / 0", "raises-exception", "division by zero"),
        ("get_ipython().execution_count = 0", "", "the kernel was restarted before this cell, and what earlier cells have set is lost"),
    ],
)  # fmt: skip
def test_a_run_succeeds_only_if_every_cell_ran_and_none_shows_an_error(kernel, cell, tag, error, sources, out):
    path = small.notebook(sources / "ends.ipynb", small.OPENING, cell, small.PRINTS)
    content = json.loads(path.read_text())
    content["cells"][2]["metadata"] = {"tags": [tag]} if tag else {}
    path.write_text(json.dumps(content))
    entry = ran(sources, out, kernel=kernel).entries["ends_2017_zh"]
    assert (entry.outcome, entry.cell, entry.error) == ("raised", 4 if "restarted" in error else 3, error)
    assert [*outputs(out)] == ["failed/ends_2017_zh.ipynb"]
