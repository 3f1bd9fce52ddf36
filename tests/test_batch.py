"""Batches in real kernels and processes: outcomes told apart, outputs whole or absent, and whatever stops one, the next goes on."""

import contextlib
import fcntl
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import small
from bs4 import BeautifulSoup
from small import entries, evaluate, executions, outputs, ran, report

from helpers import paths
from helpers.batch import destination, fingerprint, record
from helpers.batch.batch import Settings
from helpers.cli import console, verbs
from helpers.display.html import PAGE_FORM
from helpers.errors import UserError
from helpers.runs import run


@pytest.fixture(scope="module", autouse=True)
def runtime(tmp_path_factory):
    """Servers of warm kernels for these tests alone."""
    with small.alone(tmp_path_factory.mktemp("runtime")) as folder:
        yield folder


@pytest.fixture(autouse=True)
def nothing_left(runtime, tmp_path):
    """Whatever a test does, no worker, no kernel and no temporary file of the command line stays."""
    with small.leaving_nothing(tmp_path, runtime) as temporary:
        yield temporary


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
    assert told.err.count(
        "flaky_2017_zh: the process that ran it died (killed, or out of memory?); trying again\n"
    ) == (min(retries, 1))
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
    assert (
        "endless_2017_zh: the notebook raised at code cell 3: the cell ran longer than 3 s, see --timeout (" in told.err
    )
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
    for option in verbs.main.commands["run"].params:
        for name in (*option.opts, *option.secondary_opts):
            assert f'"{name}"' in text, f"no test has the option {name}"


# --- whatever is killed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "attempts", "error"),
    [
        (small.KILLS_THE_KERNEL, 2, "the kernel died"),
        (small.KILLS_THE_SERVER, 1, None),  # a kernel does not need it to live
        (small.KILLS_THE_WORKER, 2, "the process that ran it died (killed, or out of memory?)"),
    ],
)
def test_a_kernel_a_server_of_kernels_or_a_worker_that_is_killed_costs_one_attempt_at_most(
    cell, attempts, error, sources, out, tmp_path
):
    killed, log = tmp_path / "killed", tmp_path / "log"
    small.notebook(sources / "victim.ipynb", small.once(killed, cell), small.counted(log, "victim"), small.PRINTS)
    meets = small.waits(killed)
    small.notebook(sources / "witness.ipynb", meets, "time.sleep(0.3)", small.counted(log, "witness"), small.PRINTS)
    done = ran(sources, out, years=small.YEARS)
    assert set(done.outcomes.values()) == {"succeeded"}
    assert sorted(entry.attempts for entry in done.entries.values()) == [1, 1, 1, 1, 1, attempts]
    assert [event.entry.error for event in done.told if event.what == "retried"] == ([error] if error else [])
    assert executions(log) == dict.fromkeys(done.entries, 1)


OPTIONS = ["--years", "2016-2017", "--languages", "zh", "--jobs", "2"]


@pytest.fixture
def eight(sources, tmp_path) -> Path:
    """Notebooks for eight runs, which say in a file that they are executed."""
    for name in "abcd":
        cells = [small.OPENING, small.counted(tmp_path / "log", name), "import time\ntime.sleep(0.1)", small.PRINTS]
        small.notebook(sources / f"{name}.ipynb", *cells, prose="# 1 A heading")
    return tmp_path / "log"


def test_a_batch_killed_at_any_moment_is_finished_by_the_next(eight, sources, tmp_path, runtime, nothing_left):
    began = time.monotonic()
    assert evaluate(sources, "run", "--out", tmp_path / "calm", *OPTIONS).code == 0
    whole, long = outputs(tmp_path / "calm"), time.monotonic() - began
    assert len(whole) == 8 + 8 + 1

    chance, kills, folder = random.Random(2016), 0, 0
    while kills < 20:
        out = tmp_path / f"out-{folder}"
        known, before = set(entries(out)), executions(eight)
        process = small.begin(sources, "run", "--out", out, *OPTIONS)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(long * chance.random() ** 1.5)
        process.kill()
        told = small.ended(process)
        small.until(lambda: not small.left_of(str(tmp_path), runtime), "processes are left")

        executed = executions(eight) - before
        assert set(executed.values()) <= {1}
        assert not known & set(executed), "it was finished before"
        assert len(set(executed) - set(entries(out))) <= 2, "more than what was under way is lost"
        for name, content in outputs(out).items():
            assert content == whole[name] or name.startswith(".part-"), name
        if told.code == 0:
            assert outputs(out) == whole
            assert small.unfinished(out) == []
            assert list(nothing_left.iterdir()) == []
            folder += 1
        else:
            assert told.code == -signal.SIGKILL, told.err
            assert "Traceback" not in told.err
            kills += 1
    told = evaluate(sources, "run", "--out", out, *OPTIONS)
    assert (told.code, outputs(out), small.unfinished(out)) == (0, whole, []), told.err


@pytest.fixture
def waiting(sources, tmp_path) -> Path:
    """Notebooks `a` and `b`, which wait until there is a file, and `c`; the file."""
    for name in "ab":
        waits = small.waits(tmp_path / "go", tells=tmp_path / f"{name}-waits")
        small.notebook(sources / f"{name}.ipynb", small.counted(tmp_path / "log", name), waits)
    small.notebook(sources / "c.ipynb", small.counted(tmp_path / "log", "c"))
    return tmp_path / "go"


def both_wait(go: Path) -> bool:
    return all((go.parent / f"{name}-waits").exists() for name in "ab")


SMALL = ["--years", "2017", "--languages", "zh", "--jobs", "2"]


def test_ctrl_c_finishes_what_is_under_way_and_begins_nothing_more(waiting, sources, out, tmp_path):
    process = small.begin(sources, "run", "--out", out, *SMALL)
    small.until(lambda: both_wait(waiting))
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to the whole group
    small.heard(process, "finishing the runs under way; Ctrl-C again ends them now")
    waiting.touch()
    told = small.ended(process)
    assert told.code == 130
    assert told.sentence == "stopped; what was finished is kept"
    assert told.out == f"2 of 3 runs succeeded, 1 not begun; {out}/index.html\n"
    assert [row["outcome"] for row in report(out).values()] == ["succeeded", "succeeded", "not begun"]
    assert small.unfinished(out) == []

    told = evaluate(sources, "run", "--out", out, *SMALL)
    assert (told.code, "3 of 3 runs succeeded, 2 of them fresh already" in told.out) == (0, True)
    assert executions(tmp_path / "log") == dict.fromkeys(["a_2017_zh", "b_2017_zh", "c_2017_zh"], 1)


@pytest.mark.parametrize("kernel", ["evaluation-warm", "python3"])
@pytest.mark.parametrize("sent", [[signal.SIGINT, signal.SIGINT], [signal.SIGINT] * 20, [signal.SIGTERM]])
def test_a_second_ctrl_c_or_sigterm_ends_all_at_once(sent, kernel, waiting, sources, out, tmp_path, runtime):
    process = small.begin(sources, "run", "--out", out, *SMALL, "--kernel", kernel)
    small.until(lambda: both_wait(waiting))
    for nth, number in enumerate(sent):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
        if number == signal.SIGINT and nth == 0:
            small.heard(process, "finishing the runs under way")
        time.sleep(0.01)
    told = small.ended(process)
    assert (told.code, told.sentence) == (130, "stopped; what was finished is kept")
    assert "Traceback" not in told.err
    small.until(lambda: not small.left_of(str(tmp_path), runtime), "processes are left")
    assert outputs(out) == {}
    assert small.unfinished(out) == []


def test_ctrl_c_is_heard_while_the_terminal_takes_nothing(waiting, sources, out):
    process = small.begin(sources, "run", "--out", out, *SMALL)
    small.until(lambda: both_wait(waiting))
    size = fcntl.fcntl(process.stderr, fcntl.F_GETPIPE_SZ)
    with open(f"/proc/{process.pid}/fd/2", "wb", buffering=0, opener=opened_without_waiting) as pipe:
        while pipe.write(b"x" * size):
            pass
    waiting.touch()  # the bar moves, and is not read
    small.until(lambda: len(entries(out)) >= 1)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.5)
    told = small.ended(process)
    assert (told.code, told.sentence) == (130, "stopped; what was finished is kept")
    assert "Traceback" not in told.err


def opened_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def test_two_batches_do_not_write_into_one_folder_and_the_lock_of_a_killed_one_holds_nobody(waiting, sources, out):
    first = small.begin(sources, "run", "--out", out, *SMALL, "--kernel", "python3")
    small.until(lambda: both_wait(waiting))
    second = evaluate(sources, "run", "--out", out, *SMALL)
    assert second == (2, "", f"{out}: another batch writes here; wait until it is done, or choose another --out.\n")
    first.kill()
    assert small.ended(first).code == -signal.SIGKILL
    waiting.touch()
    assert evaluate(sources, "run", "--out", out, *SMALL).code == 0
    assert len(outputs(out)) == 3


CLOCK = """
import os, time
def shifted(real, unit):
    return lambda: real() - (86400 * unit if os.path.exists({file!r}) else 0)
time.time, time.time_ns = shifted(time.time, 1), shifted(time.time_ns, 10**9)
"""


def test_a_clock_that_jumps_back_changes_nothing(sources, out, tmp_path):
    jump, path = tmp_path / "jump", tmp_path / "path"
    path.mkdir()
    (path / "sitecustomize.py").write_text(CLOCK.format(file=str(jump)))
    small.notebook(sources / "a.ipynb", small.OPENING, f"import pathlib\npathlib.Path({str(jump)!r}).touch()")
    small.notebook(sources / "b.ipynb", small.OPENING, "import time\ntime.sleep(0.3)")
    options, environment = ["run", "--out", out, *OPTIONS, "--jobs", "1"], {"PYTHONPATH": str(path)}
    told = evaluate(sources, *options, environment=environment)
    assert (told.code, jump.exists()) == (0, True)
    assert not re.search(r"-\d", told.err.replace("-2016", "")), told.err
    for row in report(out).values():
        moments = [0, *row["phases"].values()]
        assert moments == sorted(moments)
        assert row["seconds"] == moments[-1]
    for state in (True, False):
        if not state:
            jump.unlink()
        told = evaluate(sources, *options, environment=environment)
        assert (told.code, "4 of 4 runs succeeded, 4 of them fresh already" in told.out) == (0, True)


# --- places that take nothing ------------------------------------------------------------------------------------


def mounting() -> list[str]:
    """The beginning of a command that may mount what nobody else sees; nothing where that is not permitted."""
    for options in (["--mount"], ["--user", "--map-root-user", "--mount"]):
        command = ["unshare", *options]
        with contextlib.suppress(OSError):
            if subprocess.run([*command, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode == 0:
                return command
    return []


FULL = """
{none}
"$@"; echo "code $?"
{few}
"$@"; echo "code $?"
find "$OUT"
{many}
"$@"; echo "code $?"
cp -r "$OUT/." "$KEPT"
"""


def in_shell(script: str, sources: Path, *arguments: str, **variables) -> subprocess.CompletedProcess:
    """Run a script that may mount; `$@` in it is `evaluate` with some arguments over small notebooks."""
    command = [
        *mounting(),
        "sh",
        "-c",
        script,
        "sh",
        sys.executable,
        small.__file__,
        str(sources),
        *map(str, arguments),
    ]
    environment = os.environ | {name: str(value) for name, value in variables.items()}
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=small.PATIENCE)


def test_a_full_disk_is_told_in_a_sentence_and_the_next_batch_goes_on(sources, out, tmp_path):
    """No room for a record, then none for all notebooks, then enough. Files are limited in size where nothing can be mounted."""
    for name in "abcd":
        cells = [small.counted(tmp_path / "log", name), f"print('x' * {60 << 10})", small.OPENING]
        small.notebook(sources / f"{name}.ipynb", *cells)
    assert evaluate(sources, "run", "--out", tmp_path / "calm", *OPTIONS).code == 0
    (tmp_path / "log").unlink()
    out.mkdir()
    if mounting():
        none, few, many = (
            f'mount -o {how} none "$OUT"' for how in ("size=16k -t tmpfs", "remount,size=300k", "remount,size=16M")
        )
    else:
        none, few, many = "ulimit -S -f 8", "ulimit -S -f 80", "ulimit -S -f unlimited"
    script, options = FULL.format(none=none, few=few, many=many), [*OPTIONS, "--kernel", "python3"]
    told = in_shell(script, sources, "run", "--out", out, *options, OUT=out, KEPT=tmp_path / "kept")
    reasons = r"(No space left on device|the record of runs cannot be written \(.*\)|File too large)"
    assert len(re.findall(rf"(?m)^{out}.*: {reasons}$", told.stderr)) == 2, told.stderr
    assert "Traceback" not in told.stderr
    assert re.findall(r"code \d+", told.stdout) == ["code 2", "code 2", "code 0"]
    assert "/.part-" not in told.stdout
    assert outputs(tmp_path / "kept") == outputs(tmp_path / "calm")
    assert small.unfinished(tmp_path / "kept") == []
    done = executions(tmp_path / "log")
    assert len(done) == 8
    assert done.total() <= 8 + 2 + 2  # what was under way, or did not fit


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(sources, tmp_path):
    small.notebook(sources / "a.ipynb", small.OPENING)
    (tmp_path / "file").write_text("a file")
    for place, reason in {
        tmp_path / "file" / "out": "Not a directory",
        Path("/proc/no/out"): "No such file or directory",
    }.items():
        told = evaluate(sources, "run", "--out", place, *SMALL)
        assert (told.code, told.out) == (2, "")
        assert re.fullmatch(rf"({place}|{place.parent}).*: {reason}\n", told.err)


def test_a_folder_that_can_only_be_read_is_told_in_a_sentence_and_loses_nothing(sources, out):
    small.notebook(sources / "a.ipynb", small.OPENING)
    assert evaluate(sources, "run", "--out", out, *SMALL).code == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    small.notebook(sources / "a.ipynb", small.OPENING, small.PRINTS)
    if mounting():
        script = 'mount --bind "$OUT" "$OUT"; mount -o remount,bind,ro "$OUT"; "$@"; echo "code $?"'
    else:
        obeying = "setpriv --bounding-set=-dac_override" if os.getuid() == 0 else ""  # root may write everywhere
        script = f'chmod -R a-w "$OUT"; {obeying} "$@"; echo "code $?"; chmod -R u+w "$OUT"'
    told = in_shell(script, sources, "run", "--out", out, *SMALL, OUT=out)
    assert re.fullmatch(rf"{out}.*: (Read-only file system|Permission denied)\n", told.stderr)
    assert told.stdout == "code 2\n"
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert evaluate(sources, "run", "--out", out, *SMALL).code == 0


@pytest.mark.parametrize(
    ("file", "reason"),
    [("/dev/full", "No space left on device"), ("/no/such/folder/log", "No such file or directory")],
)
def test_a_log_or_a_summary_that_cannot_be_written_is_told_in_a_sentence(file, reason, sources, tmp_path):
    small.notebook(sources / "a.ipynb", small.OPENING)
    told = evaluate(sources, "run", "--out", tmp_path / "one", *SMALL, "--log", file)
    assert (told.code, told.sentence) == (2, f"{file}: {reason}")
    assert "Traceback" not in told.err
    told = evaluate(sources, "run", "--out", tmp_path / "two", *SMALL, environment={"GITHUB_STEP_SUMMARY": file})
    assert (told.code, told.sentence) == (2, f"{file}: {reason}")
    assert "Traceback" not in told.err
    assert "1 of 1 runs succeeded" in told.out


# --- what is made again, and what is not ----------------------------------------------------------------------------


BOTH = ["reads_2017_zh", "reads_2018_zh"]
ALL = ["across_zh", *BOTH]


def listed(sources: Path, out: Path, **more) -> dict[str, str]:
    """What `evaluate list` says of each run."""
    package = small.Package(str(sources.parent / "data"))
    lines = console.listed(small.plan(sources, **more), destination.place(out), package, Settings(sources))
    return {name: re.sub(r"\t[\d.]+ s$", "", said) for name, said in (line.split("\t", 1) for line in lines)}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, runtime) -> Path:
    """A folder with sources, a package and a place in which all of them are fresh: see `three`."""
    folder = tmp_path_factory.mktemp("prepared")
    sources, data = folder / "sources", folder / "data"
    data.mkdir()
    (data / "reads.txt").write_text("rows")
    (data / "other.txt").write_text("rows of nobody")
    small.notebook(sources / "reads.ipynb", small.OPENING, small.READS, small.PRINTS, prose="# 1 Old heading")
    parameters = small.PARAMETERS.split("\n", 1)[1]  # it has no year
    opening = small.OPENING.replace('f"{year}"', '"of all years"')
    small.notebook(sources / "across.ipynb", opening, parameters=parameters, prose="# 1 Old heading")
    assert ran(sources, folder / "out", years=[2017, 2018]).executed == {*ALL}
    return folder


@pytest.fixture
def three(prepared, tmp_path, out) -> Path:
    """Runs of a notebook that reads a file of the package, in two years, and of one that reads none; all of them fresh."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    return out


def changed(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("file", "old", "new", "stale", "reasons"),
    [
        ("sources/reads.ipynb", "print(year", "print(1, year", BOTH, ["its code has changed"]),
        ("sources/reads.ipynb", "year: int = 2017", "year: int = 2018", BOTH,
         ["its code has changed", "its parameters have changed"]),
        ("sources/reads.ipynb", "# a year", "# any year", BOTH, ["its code has changed"]),
        ("sources/across.ipynb", "all years", "any year", ["across_zh"], ["its code has changed"]),
        ("data/reads.txt", "rows", "other rows", BOTH, ["its data has changed"]),
        ("data/other.txt", "rows", "more rows", [], []),
        ("sources/reads.ipynb", "Old heading", "New heading", [], []),
    ],
)  # fmt: skip
def test_a_change_makes_those_runs_stale_that_follow_from_it(file, old, new, stale, reasons, three, sources, tmp_path):
    years = [2017, 2018]
    assert listed(sources, three, years=years) == dict.fromkeys(ALL, "fresh")
    changed(tmp_path / file, old, new)
    said = f"stale: {', '.join(reasons)}"
    assert listed(sources, three, years=years) == dict.fromkeys(ALL, "fresh") | dict.fromkeys(stale, said)
    assert ran(sources, three, years=years).executed == set(stale)
    assert listed(sources, three, years=years) == dict.fromkeys(ALL, "fresh")
    ran(sources, tmp_path / "new", years=years)
    assert outputs(three) == outputs(tmp_path / "new")


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ("helpers", "the helpers have changed"),
        ("versions", "installed packages have changed"),
        ("python", "Python has changed"),
    ],
)
def test_a_change_of_what_runs_are_executed_with_makes_all_of_them_stale(part, reason, three, sources, monkeypatch):
    monkeypatch.setattr(fingerprint, part, lambda: "another")
    assert listed(sources, three, years=[2017, 2018]) == dict.fromkeys(ALL, f"stale: {reason}")


def test_other_sources_or_versions_run_everything_again_and_what_makes_pages_makes_pages_again(
    three, sources, tmp_path
):
    """A copy of the sources, and a package installed beside, for real."""
    copy, beside = tmp_path / "src", tmp_path / "site-packages"
    shutil.copytree(paths.PACKAGE, copy / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    beside.mkdir()
    environment = {"PYTHONPATH": os.pathsep.join([str(copy), str(beside)])}
    options = ["run", "--out", three, "--years", "2017,2018", "--languages", "zh"]

    def did() -> tuple[int, int]:
        """Runs executed, pages made."""
        (tmp_path / "log").unlink(missing_ok=True)
        told = evaluate(sources, *options, "--log", tmp_path / "log", environment=environment)
        assert told.code == 0, told.err
        log = (tmp_path / "log").read_text()
        return log.count("succeeded in"), log.count("page made")

    assert did() == (0, 0)
    changed(
        copy / "helpers" / "pages" / "templates" / "page" / "index.html.j2",
        '<main id="content">',
        '<main id="content" class="other">',
    )
    assert did() == (0, 3)
    assert all(b'class="other"' in outputs(three)[f"{name}.html"] for name in ALL)
    changed(copy / "helpers" / "numbers" / "token.py", '"""', '"""A change. ')
    assert did() == (3, 3)
    (beside / "extra-1.0.dist-info").mkdir()
    assert did() == (3, 3)
    assert did() == (0, 0)


def test_a_change_of_prose_makes_the_page_again_and_executes_nothing(three, sources, tmp_path):
    changed(sources / "reads.ipynb", "Old heading", "New heading")
    done = ran(sources, three, years=[2017, 2018])
    assert (done.executed, done.made) == (set(), set(BOTH))
    for name in BOTH:
        assert b"New heading" in outputs(three)[f"{name}.html"]
        assert b"New heading" in outputs(three)[f"notebooks/{name}.ipynb"]
    assert ran(sources, three, years=[2017, 2018]).told == []


SPOILS = {
    "edited": lambda path: path.write_bytes(path.read_bytes().replace(b"2017", b"2071")),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:1000]),
    "deleted": Path.unlink,
}


@pytest.mark.parametrize("how", SPOILS)
@pytest.mark.parametrize(
    ("file", "executed", "made"),
    [
        ("notebooks/reads_2017_zh.ipynb", ["reads_2017_zh"], ["reads_2017_zh"]),
        ("reads_2017_zh.html", [], ["reads_2017_zh"]),
        ("index.html", [], []),
    ],
)
def test_an_output_that_is_spoilt_is_made_again(file, executed, made, how, three, sources):
    before = outputs(three)
    SPOILS[how](three / file)
    assert outputs(three) != before
    said = "stale: its output is missing or was changed" if executed else "fresh"
    assert listed(sources, three, years=[2017, 2018])["reads_2017_zh"] == said
    done = ran(sources, three, years=[2017, 2018])
    assert (done.executed, done.made) == (set(executed), set(made))
    assert outputs(three) == before


def test_what_is_fresh_is_left_alone(three, sources):
    before = {path: path.stat().st_mtime_ns for path in three.rglob("*")}
    done = ran(sources, three, years=[2017, 2018])
    assert (done.executed, done.told) == (set(), [])
    assert {path: path.stat().st_mtime_ns for path in three.rglob("*")} == before


def test_an_executed_notebook_and_a_page_hold_nothing_that_changes_from_run_to_run(three, sources, tmp_path):
    sets = "print({chr(97 + number) for number in range(26)}, hash('text'))"
    small.notebook(sources / "sets.ipynb", small.OPENING, sets, "1 / 3")
    for name in ("one", "two"):
        ran(sources, tmp_path / name, years=[2018])
    first = outputs(tmp_path / "one")
    assert len(first) == 3 + 3 + 1
    assert first == outputs(tmp_path / "two")
    for name, content in first.items():
        assert str(tmp_path).encode() not in content, name
        assert b"papermill" not in content, name


HEAVY = {
    "IPython", "distributed", "filelock", "jinja2", "lxml", "matplotlib", "mistune", "nbclient", "nbconvert", "nbformat",
    "numpy", "pandas", "papermill", "psutil", "tqdm", "xlsxwriter",
}  # fmt: skip


def test_with_nothing_to_do_nothing_heavy_is_imported_and_nothing_is_written(tmp_path):
    """The project's own notebooks and data; what they make is the same in two folders."""
    code = "import sys\nfrom helpers.cli import verbs\ntry:\n    verbs.main()\nfinally:\n    print(*sys.modules)"
    options = ["run", "--notebooks", "7-outlook", "--languages", "en", "--out"]

    def run(out: str) -> list[str]:
        """What is said; the last line are the modules that were imported."""
        command = [sys.executable, "-c", code, *options, out]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=small.PATIENCE)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    for out in ("one", "two"):
        assert run(out)[0] == f"1 of 1 runs succeeded; {out}/index.html"
    assert outputs(tmp_path / "one") == outputs(tmp_path / "two")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "one").rglob("*.*")}
    said = run("one")
    assert said[0] == "1 of 1 runs succeeded, 1 of them fresh already; one/index.html"
    assert HEAVY & set(said[-1].split()) == set()
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "one").rglob("*.*")}
    assert {path.name for path in before if before[path] != after[path]} == {"runs.json"}  # it tells of the last batch


# --- the record ----------------------------------------------------------------------------------------------------


def sql(*statements: str):
    def change(path: Path) -> None:
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    return change


DAMAGE = {
    "deleted": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "no database": lambda path: path.write_text('{"runs": []}'),
    "a page overwritten": lambda path: path.write_bytes(
        path.read_bytes()[:4096] + b"\xff" * 4096 + path.read_bytes()[8192:]
    ),
    "another version": sql("pragma user_version = 99"),
    "other tables": sql("alter table runs rename to old"),
    "other columns": sql("alter table runs rename column entry to old"),
    "one more column": sql("alter table runs add column more text"),
    "without notes": sql("drop table notes"),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_record_that_is_damaged_or_of_another_form_costs_time_alone(how, three, sources):
    before, known = outputs(three), set(entries(three))
    DAMAGE[how](three / record.FILE)
    assert listed(sources, three, years=[2017, 2018]) == dict.fromkeys(ALL, "stale: never run")
    assert ran(sources, three, years=[2017, 2018]).executed == known
    assert outputs(three) == before
    assert ran(sources, three, years=[2017, 2018]).executed == set()


def edit(change) -> None:
    """Change the text of an entry."""

    def changing(path: Path) -> None:
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            (text,) = connection.execute("select entry from runs where name = 'reads_2017_zh'").fetchone()
            connection.execute("update runs set entry = ? where name = 'reads_2017_zh'", (change(text),))

    return changing


def field(**values):
    return edit(lambda text: json.dumps(json.loads(text) | values))


def sealed(change):
    """An edit by whoever knows how the record tells edits."""

    def changing(path: Path) -> None:
        change(path)
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            for key, text in connection.execute("select name, entry from runs").fetchall():
                connection.execute("update runs set seal = ? where name = ?", (record._seal(key, text), key))

    return changing


EDITS = {
    "no JSON": edit(lambda text: text[:-9]),
    "one more field": field(more=1),
    "an unknown outcome": field(outcome="done"),
    "seconds in words": field(seconds="long"),
    "parts of another kind": field(parts=[], page_parts=3),
    "facts without words": field(facts={"form": PAGE_FORM}),
    "another headline": edit(lambda text: text.replace("a headline", "another")),
    "another run": edit(lambda text: text.replace("2017", "2071")),
    "another version of the project": sealed(field(more=1)),
    "the index": sql("update notes set value = 'index'"),
}


@pytest.mark.parametrize("how", EDITS)
def test_an_entry_that_was_edited_by_hand_is_not_believed(how, three, sources):
    before, known = outputs(three), entries(three)
    EDITS[how](three / record.FILE)
    assert set(listed(sources, three, years=[2017, 2018])) == set(ALL)
    ran(sources, three, years=[2017, 2018])
    assert outputs(three) == before
    for name, entry in entries(three).items():
        assert replace(entry, seconds=0, phases=()) == replace(known[name], seconds=0, phases=()), name


def test_what_a_batch_recorded_is_known_though_a_power_cut_left_a_transaction(three, sources):
    code = (
        "import os, sqlite3, sys\nconnection = sqlite3.connect(sys.argv[1])\nconnection.execute('pragma cache_size = 1')\n"
        "connection.executemany('replace into runs values (?, ?, ?)', [(str(n), 'x' * 5000, '') for n in range(99)])\nos._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(three / record.FILE)], check=True)
    assert (three / f"{record.FILE}-journal").stat().st_size
    assert listed(sources, three, years=[2017, 2018]) == dict.fromkeys(ALL, "fresh")
    assert ran(sources, three, years=[2017, 2018]).executed == set()
    assert small.unfinished(three) == []


# --- places ----------------------------------------------------------------------------------------------------------


def test_a_folder_holds_pages_of_one_package_only(sources, out, tmp_path):
    small.notebook(sources / "a.ipynb", small.READS)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"rows of {name}")
    run = ["run", "--out", out, *SMALL, "--data"]
    assert evaluate(sources, *run, tmp_path / "one").code == 0
    before = outputs(out)
    assert b"rows of one" in before["notebooks/a_2017_zh.ipynb"]
    for other, said in {"--data": tmp_path / "two", "": ""}.items():
        told = evaluate(sources, *(run[:-1] if not other else run), *([said] if said else []))
        held = f"holds pages of another data package ({tmp_path / 'one'}); choose another --out."
        assert told == (2, "", f"{out}: {held}\n")
    assert outputs(out) == before


@pytest.mark.parametrize("spelt", ["{}", "file://{}", "{}/notebooks/..", "link"])
def test_executed_notebooks_do_not_replace_the_notebooks_themselves(spelt, tmp_path):
    sources = tmp_path / "project" / "notebooks"
    before = small.notebook(sources / "a.ipynb", small.PRINTS).read_bytes()
    (tmp_path / "link").symlink_to(tmp_path / "project")
    place = str(tmp_path / "link") if spelt == "link" else spelt.format(tmp_path / "project")
    told = evaluate(sources, "run", "--out", place, *SMALL)
    assert (told.code, told.out) == (2, "")
    assert told.err.endswith(": executed notebooks would replace the notebooks themselves; choose another --out.\n")
    assert {path.name: path.read_bytes() for path in sources.iterdir()} == {"a.ipynb": before}
    assert [path.name for path in sources.parent.iterdir()] == ["notebooks"]


# --- pages link to pages ---------------------------------------------------------------------------------------------


def links_of(page: Path, label: str = "") -> list[str]:
    """Where a page's links lead; label: of a switch, to look there alone."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    if label:
        switches = [found for found in soup.find_all(class_="switch") if found.find(class_="label", string=label)]
        soup = switches[0] if switches else BeautifulSoup("", "html.parser")
    return [link["href"] for link in soup.find_all("a", href=True) if ".html" in link["href"]]


def test_pages_link_to_years_languages_and_neighbours_that_exist_and_to_nothing_else(sources, out):
    for name in ("1-one", "2-two", "3-three"):
        small.notebook(
            sources / f"{name}.ipynb",
            small.OPENING,
            "assert (year, language) != (2018, 'en')" if name[0] == "2" else "1",
        )
    settings = {"years": small.YEARS, "languages": ["zh", "en"]}
    done = ran(sources, out, **settings)
    assert [name for name, outcome in done.outcomes.items() if outcome != "succeeded"] == ["2-two_2018_en"]
    pages = {path.name for path in out.glob("*.html")}
    assert len(pages) == 3 * 3 * 2 - 1 + 2
    for page in pages:
        assert set(links_of(out / page)) <= pages, page

    expected = {
        "2-two_2017_en.html": (["2-two_2016_en.html"], ["2-two_2017_zh.html"]),  # not of 2018
        "2-two_2018_zh.html": (["2-two_2016_zh.html", "2-two_2017_zh.html"], []),
        "1-one_2018_en.html": (["1-one_2016_en.html", "1-one_2017_en.html"], ["1-one_2018_zh.html"]),
    }
    for page, (years, languages) in expected.items():
        assert (links_of(out / page, "year"), links_of(out / page, "language")) == (years, languages), page
    soup = BeautifulSoup((out / "1-one_2018_en.html").read_text(), "html.parser")
    assert soup.find("a", rel="prev") is None
    assert soup.find("a", rel="next")["href"] == "3-three_2018_en.html"  # past the one that is missing

    small.notebook(sources / "3-three.ipynb", small.RAISES)
    ran(sources, out, "3-three", years=[2016], languages=["zh"])
    assert not (out / "3-three_2016_zh.html").exists()
    for page in out.glob("*.html"):
        assert "3-three_2016_zh.html" not in links_of(page), page


# --- runs and their names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["year = 2016 + 1", "print(1)", "a, b = 1, 2", "year ="])
def test_parameters_that_are_no_literals_are_told_in_a_sentence(source, sources):
    odd = small.notebook(sources / "odd.ipynb", parameters=source)
    with pytest.raises(UserError, match=r"odd\.ipynb: the cell tagged 'parameters' may only set names to literals"):
        run.parameters_of(odd)


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
    all_runs = run.plan(sorted(paths.NOTEBOOKS.glob("*.ipynb")), small.YEARS, ["zh", "en"], ["330000"], "330000")
    assert len({one.name for one in all_runs}) == len(all_runs) == 40
    assert {one.name for one in all_runs if one.year is None} == {
        f"{notebook}_{language}" for notebook in ("6-audit", "7-outlook") for language in ("zh", "en")
    }


def test_a_region_other_than_the_plan_s_own_is_in_the_name():
    (one,) = run.plan([paths.NOTEBOOKS / "6-audit.ipynb"], [2017], ["en"], ["330100"], "330000", "other")
    assert one.name == "6-audit_en_330100"
    assert one.parameters == {"language": "en", "region": "330100", "data": "other"}
