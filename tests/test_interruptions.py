"""Interrupted batches: killed, stopped by Ctrl-C or SIGTERM, or beside another one; the next batch goes on."""

import contextlib
import fcntl
import os
import queue
import random
import re
import signal
import subprocess
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
import small
from small import ONE_YEAR, TWO_YEARS, entries, evaluate, executions, outputs, report

from helpers.batch import pool

pytestmark = [pytest.mark.kernel, pytest.mark.usefixtures("nothing_left")]


@pytest.fixture
def eight(sources, tmp_path) -> Path:
    """Notebooks for eight runs, which say in a file that they are executed."""
    for name in "abcd":
        cells = [small.OPENING, small.counted(tmp_path / "log", name), "import time\ntime.sleep(0.1)", small.PRINTS]
        small.notebook(sources / f"{name}.ipynb", *cells, prose="# 1 A heading")
    return tmp_path / "log"


def test_the_next_batch_finishes_a_killed_one(eight, sources, tmp_path, runtime, nothing_left):
    began = time.monotonic()
    assert evaluate(sources, "run", "--out", tmp_path / "calm", *TWO_YEARS).code == 0
    whole, long = outputs(tmp_path / "calm"), time.monotonic() - began
    assert len(whole) == 8 + 8 + 1

    chance, kills, folder = random.Random(2016), 0, 0
    while kills < 10:
        out = tmp_path / f"out-{folder}"
        known, before = set(entries(out)), executions(eight)
        process = small.begin(sources, "run", "--out", out, *TWO_YEARS)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(long * chance.random() ** 1.5)
        process.kill()
        result = small.ended(process)
        small.until(lambda: not small.left_of(str(tmp_path), runtime), "processes are left")

        executed = executions(eight) - before
        assert set(executed.values()) <= {1}
        assert not known & set(executed), "it was finished before"
        assert len(set(executed) - set(entries(out))) <= 2, "more than what was under way is lost"
        for name, content in outputs(out).items():
            assert content == whole[name] or name.startswith(".part-"), name
        if result.code == 0:
            assert outputs(out) == whole
            assert small.unfinished(out) == []
            assert list(nothing_left.iterdir()) == []
            folder += 1
        else:
            assert result.code == -signal.SIGKILL, result.err
            assert "Traceback" not in result.err
            kills += 1
    result = evaluate(sources, "run", "--out", out, *TWO_YEARS)
    assert (result.code, outputs(out), small.unfinished(out)) == (0, whole, []), result.err


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


def test_ctrl_c_lets_running_runs_finish(waiting, sources, out, tmp_path):
    process = small.begin(sources, "run", "--out", out, *ONE_YEAR)
    small.until(lambda: both_wait(waiting))
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to the whole group
    small.heard(process, "finishing the runs under way; Ctrl-C again ends them now")
    waiting.touch()
    result = small.ended(process)
    assert result.code == 130
    assert result.sentence == "stopped; what was finished is kept"
    assert result.out == f"2 of 3 runs succeeded, 1 not begun; {out}/index.html\n"
    assert [row["outcome"] for row in report(out).values()] == ["succeeded", "succeeded", "not begun"]
    assert small.unfinished(out) == []

    result = evaluate(sources, "run", "--out", out, *ONE_YEAR)
    assert (result.code, "3 of 3 runs succeeded, 2 of them fresh already" in result.out) == (0, True)
    assert executions(tmp_path / "log") == dict.fromkeys(["a_2017_zh", "b_2017_zh", "c_2017_zh"], 1)


@pytest.mark.parametrize("kernel", ["evaluation-warm", "python3"])
@pytest.mark.parametrize("sent", [[signal.SIGINT, signal.SIGINT], [signal.SIGINT] * 20, [signal.SIGTERM]])
def test_a_second_ctrl_c_or_sigterm_ends_everything(sent, kernel, waiting, sources, out, tmp_path, runtime):
    process = small.begin(sources, "run", "--out", out, *ONE_YEAR, "--kernel", kernel)
    small.until(lambda: both_wait(waiting))
    for nth, number in enumerate(sent):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
        if number == signal.SIGINT and nth == 0:
            small.heard(process, "finishing the runs under way")
        time.sleep(0.01)
    result = small.ended(process)
    assert (result.code, result.sentence) == (130, "stopped; what was finished is kept")
    assert "Traceback" not in result.err
    small.until(lambda: not small.left_of(str(tmp_path), runtime), "processes are left")
    assert outputs(out) == {}
    assert small.unfinished(out) == []


def test_ctrl_c_works_while_the_terminal_is_blocked(waiting, sources, out):
    process = small.begin(sources, "run", "--out", out, *ONE_YEAR)
    small.until(lambda: both_wait(waiting))
    size = fcntl.fcntl(process.stderr, fcntl.F_GETPIPE_SZ)
    with open(f"/proc/{process.pid}/fd/2", "wb", buffering=0, opener=opened_without_waiting) as pipe:
        while pipe.write(b"x" * size):
            pass
    waiting.touch()  # the bar moves, and is not read
    small.until(lambda: len(entries(out)) >= 1)
    small.until(lambda: waits_to_write(process.pid))
    os.killpg(process.pid, signal.SIGINT)
    result = small.ended(process)
    assert (result.code, result.sentence) == (130, "stopped; what was finished is kept")
    assert "Traceback" not in result.err


WRITE = ("1", "64")  # numbers of the system call on x86-64 and ARM


def waits_to_write(process: int) -> bool:
    """Is the main thread of a process kept waiting by whoever should read its standard error?"""
    call, *arguments = Path(f"/proc/{process}/syscall").read_text().split()
    return call in WRITE and arguments[0] == "0x2"


def opened_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def test_only_one_batch_writes_into_a_folder(waiting, sources, out):
    first = small.begin(sources, "run", "--out", out, *ONE_YEAR, "--kernel", "python3")
    small.until(lambda: both_wait(waiting))
    second = evaluate(sources, "run", "--out", out, *ONE_YEAR)
    assert second == (2, "", f"{out}: another batch writes here; wait until it is done, or choose another --out.\n")
    first.kill()
    assert small.ended(first).code == -signal.SIGKILL
    waiting.touch()
    assert evaluate(sources, "run", "--out", out, *ONE_YEAR).code == 0
    assert len(outputs(out)) == 3


CLOCK = """
import os, time
def shifted(real, unit):
    return lambda: real() - (86400 * unit if os.path.exists({file!r}) else 0)
time.time, time.time_ns = shifted(time.time, 1), shifted(time.time_ns, 10**9)
"""


def test_a_clock_set_back_changes_nothing(sources, out, tmp_path):
    jump, path = tmp_path / "jump", tmp_path / "path"
    path.mkdir()
    (path / "sitecustomize.py").write_text(CLOCK.format(file=str(jump)))
    small.notebook(sources / "a.ipynb", small.OPENING, f"import pathlib\npathlib.Path({str(jump)!r}).touch()")
    small.notebook(sources / "b.ipynb", small.OPENING, "import time\ntime.sleep(0.3)")
    options, environment = ["run", "--out", out, *TWO_YEARS, "--jobs", "1"], {"PYTHONPATH": str(path)}
    result = evaluate(sources, *options, environment=environment)
    assert (result.code, jump.exists()) == (0, True)
    assert not re.search(r"-\d", result.err.replace("-2016", "")), result.err
    for row in report(out).values():
        moments = [0, *row["phases"].values()]
        assert moments == sorted(moments)
        assert row["seconds"] == moments[-1]
    for state in (True, False):
        if not state:
            jump.unlink()
        result = evaluate(sources, *options, environment=environment)
        assert (result.code, "4 of 4 runs succeeded, 4 of them fresh already" in result.out) == (0, True)


def test_a_worker_may_be_ended_by_the_batch_and_by_the_thread_that_sees_it_die(tmp_path):
    ended = queue.SimpleQueue()  # the callback runs after the future has its result
    with pool.open_workers(1, tmp_path) as workers:
        future = workers.submit(time.sleep, 600)
        (worker,) = workers._workers
        future.add_done_callback(lambda done: ended.put(worker.shutdown(wait=False)))
        workers.end()
        with pytest.raises(BrokenProcessPool):
            future.result()
    worker.shutdown()
    assert ended.get(timeout=60) is None
