"""Runs on a real Dask cluster and outputs to a real FTP server: the same as here, and whoever dies, nothing is lost."""

import contextlib
import json
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import small
from small import ONE_YEAR, TWO_YEARS, entries, evaluate, executions, outputs, report

from helpers import paths
from helpers.batch import record

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("nothing_left")]
DASK = [sys.executable, "-m", "dask"]


class Cluster:
    """A scheduler on a free port of this machine, and workers that a test starts and kills."""

    def __init__(self, folder: Path):
        self.folder, self.workers = folder, []
        self._contact = folder / "scheduler.json"
        self.scheduler = self._begin("scheduler", "--port", "0", "--no-dashboard")
        self.address = small.until(self._told)["address"]

    def _told(self) -> dict:
        """What the scheduler says of itself, as soon as it does."""
        with contextlib.suppress(OSError, ValueError):
            return json.loads(self._contact.read_text())
        return {}

    def worker(self, environment: dict[str, str] | None = None) -> subprocess.Popen:
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self.folder)]
        self.workers.append(self._begin("worker", *options, environment=environment))
        return self.workers[-1]

    def _begin(self, *arguments: str, environment: dict[str, str] | None = None) -> subprocess.Popen:
        command = [*DASK, *arguments, "--host", "127.0.0.1", "--scheduler-file", str(self._contact)]
        own = {small.MARK: "", "TMPDIR": str(self.folder)}  # it may outlive the test
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                env=os.environ | own | (environment or {}),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@contextlib.contextmanager
def cluster(folder: Path, workers: int):
    folder.mkdir(exist_ok=True)
    with contextlib.closing(Cluster(folder)) as opened:
        for _ in range(workers):
            opened.worker()
        yield opened


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory, runtime):
    with cluster(tmp_path_factory.mktemp("cluster"), 2) as opened:
        yield opened


@pytest.fixture
def eight(tmp_path) -> Path:
    """Sources for eight runs, which say in a file that they are executed."""
    for name in "abcd":
        cells = [small.OPENING, small.counted(tmp_path / "log", name), small.PRINTS]
        small.notebook(tmp_path / "sources" / f"{name}.ipynb", *cells, prose="# 1 A heading")
    return tmp_path / "sources"


def test_a_cluster_leaves_no_event_loop_open(eight, tmp_path):
    """One that is collected after its sockets prints a traceback, which comes about on a busy machine only."""
    warn = {"PYTHONWARNINGS": "default::ResourceWarning"}
    options = [*ONE_YEAR, "--scheduler", "local"]
    result = evaluate(eight, "run", "--out", tmp_path / "out", *options, environment=warn)
    assert result.code == 0
    assert "unclosed event loop" not in result.err


def test_a_cluster_makes_the_same_outputs_as_this_machine(two_workers, eight, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    assert evaluate(eight, "run", "--out", here, *TWO_YEARS).code == 0
    result = evaluate(eight, "run", "--out", there, *TWO_YEARS, "--scheduler", two_workers.address)
    assert (result.code, result.out) == (0, f"8 of 8 runs succeeded; {there}/index.html\n")
    assert len(outputs(here)) == 8 + 8 + 1
    assert outputs(there) == outputs(here)
    assert "Traceback" not in result.err


def test_a_run_that_kills_every_worker_fails_alone(eight, tmp_path):
    out = tmp_path / "out"
    small.notebook(eight / "kills.ipynb", small.KILLS_THE_WORKER)
    result = evaluate(eight, "run", "--out", out, *ONE_YEAR, "--scheduler", "local", "--retries", "0")
    assert (result.code, result.out) == (3, f"4 of 5 runs succeeded, 1 failed; {out}/index.html\n")
    died = "kills_2017_zh: failed: the workers that ran it died, one after the other (killed, or out of memory?)"
    assert result.sentence == died
    assert "Traceback" not in result.err


@pytest.fixture
def waiting(tmp_path) -> Path:
    """Sources of `a`, which ends at once, of `b` and `c`, which say which worker has them and wait for a file, and of `d`."""
    sources, log = tmp_path / "sources", tmp_path / "log"
    for name in "abcd":
        says = f"import os, pathlib\npathlib.Path({str(tmp_path / name)!r}).write_text(os.environ['JPY_PARENT_PID'])"
        cells = [
            small.counted(log, name),
            says,
            *([small.waits(tmp_path / "go")] if name in "bc" else []),
            small.PRINTS,
        ]
        small.notebook(sources / f"{name}.ipynb", *cells)
    return sources


def worker_of(file: Path, process: subprocess.Popen) -> int:
    """The worker that a notebook of a batch has said it runs on, as soon as it has."""
    small.until(lambda: process.poll() is not None or (file.is_file() and file.read_text()))
    assert process.poll() is None, process.communicate()
    return int(file.read_text())


def test_the_run_of_a_killed_worker_is_done_by_another(two_workers, waiting, tmp_path):
    out = tmp_path / "out"
    process = small.begin(waiting, "run", "--out", out, *ONE_YEAR, "--scheduler", two_workers.address)
    victim = worker_of(tmp_path / "b", process)
    worker_of(tmp_path / "c", process)
    os.kill(victim, signal.SIGKILL)
    two_workers.worker()
    (tmp_path / "go").touch()
    result = small.ended(process)
    assert (result.code, result.out.split(";")[0].strip()) == (0, "4 of 4 runs succeeded")
    assert {row["attempts"] for row in report(out).values()} == {1}
    assert executions(tmp_path / "log")["b_2017_zh"] == 2
    assert "Traceback" not in result.err


def test_finished_runs_survive_a_killed_scheduler(waiting, tmp_path):
    out = tmp_path / "out"
    with cluster(tmp_path / "first", 2) as first:
        process = small.begin(waiting, "run", "--out", out, *ONE_YEAR, "--scheduler", first.address)
        worker_of(tmp_path / "b", process), worker_of(tmp_path / "c", process)
        small.until(lambda: "a_2017_zh" in entries(out))
        first.scheduler.kill()
        result = small.ended(process)
    gone = "the scheduler is gone; what was finished is kept, and the same command goes on from there."
    assert (result.code, result.out, result.sentence) == (3, "", f"{first.address}: {gone}")
    assert "Traceback" not in result.err
    assert {name: entry.outcome for name, entry in entries(out).items() if entry.outcome == "succeeded"} == {
        "a_2017_zh": "succeeded"
    }
    (tmp_path / "go").touch()
    with cluster(tmp_path / "second", 1) as second:
        result = evaluate(waiting, "run", "--out", out, *ONE_YEAR, "--scheduler", second.address)
    assert (result.code, result.out.split(";")[0].strip()) == (0, "4 of 4 runs succeeded, 1 of them fresh already")
    assert executions(tmp_path / "log")["a_2017_zh"] == 1
    assert small.unfinished(out) == []


GIVES_UP = """
import json, os, pathlib, signal, sys, time
from distributed import Client
from helpers.batch import cluster, pool

if __name__ == "__main__":
    cluster.ANSWER_TIMEOUT_S = 1
    address, scheduler, folder = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])
    with cluster.open_cluster(address, 1, folder) as there:
        jobs = [there.jobs]
        os.kill(scheduler, signal.SIGKILL)
        client = Client.current()
        while client.status != "closed":
            time.sleep(0.05)
        jobs.append(there.jobs)
        try:
            there.submit(len, "abc")
        except pool.Gone as error:
            print(json.dumps([jobs, str(error)]))
"""


def test_a_client_that_has_given_up_still_tells_that_the_scheduler_is_gone(tmp_path):
    script = tmp_path / "gives_up.py"
    script.write_text(GIVES_UP)
    with cluster(tmp_path / "cluster", 0) as gone:
        command = [sys.executable, script, gone.address, str(gone.scheduler.pid), tmp_path]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    sentence = (
        f"{gone.address}: the scheduler is gone; what was finished is kept, and the same command goes on from there."
    )
    assert json.loads(done.stdout or "null") == [[1, 1], sentence], done.stderr


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_stops_a_batch_on_a_local_cluster(times, waiting, tmp_path):
    out = tmp_path / "out"
    process = small.begin(waiting, "run", "--out", out, *ONE_YEAR, "--scheduler", "local", "--notebooks", "b,c,d")
    worker_of(tmp_path / "b", process), worker_of(tmp_path / "c", process)
    for _ in range(times):
        os.killpg(process.pid, signal.SIGINT)
        if _ == 0:
            small.heard(process, "finishing the runs under way")
    if times == 1:
        (tmp_path / "go").touch()
    result = small.ended(process)
    assert (result.code, result.sentence) == (130, "stopped; what was finished is kept"), result.err
    assert "Traceback" not in result.err
    assert len(outputs(out)) == (3 if times == 1 else 0)
    assert small.unfinished(out) == []


LEVELS = """
import logging, pathlib, sys
from helpers.batch import cluster

def read_level(name):
    return logging.getLogger(name).getEffectiveLevel()

if __name__ == "__main__":
    with cluster.open_cluster(cluster.LOCAL, 1, pathlib.Path(sys.argv[1])) as here:
        print([here.submit(read_level, f"distributed.{name}").result() for name in ("worker", "core")])
"""


def test_workers_started_here_log_no_lost_connection(tmp_path):
    """A worker that is stopped would print a traceback for the connection to its scheduler, now and then."""
    script = tmp_path / "levels.py"
    script.write_text(LEVELS)
    done = subprocess.run([sys.executable, script, tmp_path], capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == (f"{[logging.CRITICAL] * 2}\n", "")


def test_a_missing_scheduler_is_reported_in_a_sentence(eight, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"tcp://127.0.0.1:{closed.getsockname()[1]}"
        closed.close()
        addresses = [nobody, f"tcp://127.0.0.1:{silent.getsockname()[1]}", "nothing://127.0.0.1:1", "no such address"]
        processes = {
            address: small.begin(eight, "run", "--out", tmp_path / str(number), *ONE_YEAR, "--scheduler", address)
            for number, address in enumerate(addresses)
        }
        for address, process in processes.items():
            result = small.ended(process)
            assert (result.code, result.out) == (2, ""), result.err
            what = (
                r"no Dask scheduler answers there \(.+\); start one with `dask scheduler`, or leave --scheduler out\."
            )
            assert re.fullmatch(rf"{re.escape(address)}: {what}", result.sentence), result.err
            assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("module", "options"), [("distributed", ["--scheduler", "local"]), ("fsspec", ["--out", "memory://somewhere"])]
)
def test_a_missing_extra_is_reported_in_a_sentence(module, options, eight, tmp_path):
    (tmp_path / f"{module}.py").write_text("raise ImportError")
    hidden = {"PYTHONPATH": str(tmp_path)}
    result = evaluate(eight, "run", "--out", tmp_path / "out", *ONE_YEAR, *options, environment=hidden)
    assert (result.code, result.out) == (2, ""), result.err
    assert result.err.count("\n") == 1
    assert "`make extras`" in result.err


def test_a_worker_with_other_sources_is_reported(eight, tmp_path):
    copy = tmp_path / "src"
    shutil.copytree(paths.PACKAGE, copy / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / "helpers" / "numbers" / "token.py").open("a") as source:
        source.write("# another version\n")
    with cluster(tmp_path / "cluster", 0) as other:
        other.worker(environment={"PYTHONPATH": str(copy)})
        result = evaluate(eight, "run", "--out", tmp_path / "out", *ONE_YEAR, "--scheduler", other.address)
    assert (result.code, result.out.split(";")[0].strip()) == (3, "0 of 4 runs succeeded, 4 failed")
    what = "the sources of helpers here are not those that the batch began with; start it anew"
    for name in "abcd":
        assert f"{name}_2017_zh: failed after 2 attempts: {what}" in result.err.splitlines()
    assert executions(tmp_path / "log") == {}


# --- addresses ---------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def served(folder: Path, *options: str, write: bool = True):
    """An FTP server for a folder: its address."""
    folder.mkdir(exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "pyftpdlib",
        "-i",
        "127.0.0.1",
        "-p",
        "0",
        "-d",
        str(folder),
        "-u",
        "me",
        "-P",
        "secret",
    ]
    log = folder.with_suffix(".log")
    with log.open("wb") as stream:
        server = subprocess.Popen([*command, *(["-w"] if write else []), *options], stdout=stream, stderr=stream)
    try:
        port = small.until(lambda: re.search(r"starting FTP server on 127\.0\.0\.1:(\d+)", log.read_text()))[1]
        yield f"ftp://me:secret@127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def test_outputs_and_record_at_an_address(two_workers, eight, tmp_path):
    here, there = tmp_path / "here", tmp_path / "ftp" / "reports"
    assert evaluate(eight, "run", "--out", here, *TWO_YEARS).code == 0
    with served(tmp_path / "ftp") as address:
        out = f"{address}/reports"
        result = evaluate(eight, "run", "--out", out, *ONE_YEAR)
        place = out.replace("me:secret@", "***@")  # as messages write it
        assert (result.code, result.out) == (0, f"4 of 4 runs succeeded; {place}/index.html\n")
        result = evaluate(eight, "run", "--out", out, *TWO_YEARS, "--scheduler", two_workers.address)
        assert (result.code, result.out.split(";")[0].strip()) == (0, "8 of 8 runs succeeded, 4 of them fresh already")
        assert outputs(there) == outputs(here)
        assert {path.name for path in there.iterdir() if path.is_file()} - set(outputs(there)) == {
            record.FILE,
            "runs.json",
        }
        assert set(entries(there)) == set(entries(here))
        before = {path: path.stat().st_mtime_ns for path in there.rglob("*.*") if path.name != "runs.json"}
        result = evaluate(eight, "run", "--out", out, *TWO_YEARS)
        assert (result.code, result.out.split(";")[0].strip()) == (0, "8 of 8 runs succeeded, 8 of them fresh already")
        assert {path: path.stat().st_mtime_ns for path in there.rglob("*.*") if path.name != "runs.json"} == before
        assert evaluate(eight, "list", "--out", out, "--years", "2017", "--languages", "zh").out.count("\tfresh\t") == 4

        (there / "a_2017_zh.html").write_text("edited")
        (there / "notebooks" / "b_2017_zh.ipynb").unlink()
        (there / ".part-left").write_text("by a killed batch")
        assert evaluate(eight, "run", "--out", out, *TWO_YEARS).code == 0
        assert outputs(there) == outputs(here)
        assert small.unfinished(there) == []


def test_a_batch_reconnects_to_its_address(waiting, tmp_path):
    there = tmp_path / "ftp"
    with served(there, "--timeout", "7") as address:
        process = small.begin(waiting, "run", "--out", address, *ONE_YEAR)
        worker_of(tmp_path / "b", process), worker_of(tmp_path / "c", process)
        small.until(lambda: "a_2017_zh" in entries(there))
        process.kill()
        small.ended(process)
        (tmp_path / "b").unlink()
        process = small.begin(waiting, "run", "--out", address, *ONE_YEAR)
        worker_of(tmp_path / "b", process)
        small.until(lambda: "timed out" in there.with_suffix(".log").read_text())
        (tmp_path / "go").touch()
        result = small.ended(process)
        assert (result.code, result.out.split(";")[0].strip()) == (
            0,
            "4 of 4 runs succeeded, 1 of them fresh already",
        ), result.err
        assert len(outputs(there)) == 4
        assert small.unfinished(there) == []


def test_an_unusable_address_is_reported_in_a_sentence(eight, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"ftp://127.0.0.1:{closed.getsockname()[1]}/reports"
    with served(tmp_path / "ftp", write=False) as address:
        for place in (
            nobody,
            f"{address}/reports",
            f"{address.replace('secret', 'wrong')}/reports",
            "nothing://somewhere",
        ):
            result = evaluate(eight, "run", "--out", place, *ONE_YEAR)
            assert (result.code, result.out) == (2, ""), result.err
            assert result.err.count("\n") == 1
            assert "me:" not in result.err
    assert outputs(tmp_path / "ftp") == {}
