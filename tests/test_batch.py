"""Runs in real kernels: outcomes told apart, outputs whole or absent, all gone at Ctrl-C, the same bytes twice."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers import paths
from helpers.batch import batch, execute, record, runs
from helpers.errors import UserError

PARAMETERS = 'year: int = 2017  # a year\nlanguage: str = "zh"  # a language'
CELLS = {
    "good": ["print(year, language)"],
    "raises": ["1 + 1", "raise ValueError('first line\\nlast line')"],
    "dies": ["import os", "os._exit(1)"],
    "kills": ["import os, signal", "os.kill(os.getppid(), signal.SIGKILL)"],  # the process that runs the kernel
}


@pytest.fixture
def sources(tmp_path) -> Path:
    """A folder of small notebooks: one that succeeds, one that raises, one whose kernel dies."""
    folder = tmp_path / "sources"
    folder.mkdir()
    for name, cells in CELLS.items():
        notebook = new_notebook(
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        )
        notebook.cells = [new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}), *map(new_code_cell, cells)]
        nbformat.write(notebook, folder / f"{name}.ipynb")
    return folder


def plan(sources: Path, *names: str, years=(2017,), languages=("zh",)) -> list[runs.Run]:
    notebooks = [sources / f"{name}.ipynb" for name in names]
    return runs.plan(notebooks, list(years), list(languages), ["330000"], "330000")


def run(sources: Path, out: Path, *names: str, **more) -> dict[str, execute.Outcome]:
    outcomes = batch.run_all(plan(sources, *names, **more), sources, out, 2, lambda _: None)
    return {outcome.name: outcome for outcome in outcomes}


def test_three_outcomes_are_told_apart_and_one_failure_stops_no_other(sources, tmp_path):
    out = tmp_path / "out"
    outcomes = run(sources, out, "raises", "dies", "good")
    assert {name: outcome.status for name, outcome in outcomes.items()} == {
        "good_2017_zh": "succeeded",
        "raises_2017_zh": "raised",
        "dies_2017_zh": "failed",
    }
    raised, died = outcomes["raises_2017_zh"], outcomes["dies_2017_zh"]
    assert (raised.cell, raised.error) == (3, "last line")
    assert (died.cell, died.error) == (3, "the kernel died")
    assert [path.name for path in (out / "notebooks").iterdir()] == ["good_2017_zh.ipynb"]
    assert all(Path(outcome.path).is_file() for outcome in (raised, died))
    assert {entry["name"]: entry["status"] for entry in record.read(out).values()} == {
        outcome.name: outcome.status for outcome in outcomes.values()
    }
    assert not [path for path in out.iterdir() if path.name.startswith(".")]


def test_a_process_that_dies_fails_its_own_runs_only(sources, tmp_path):
    outcomes = run(sources, tmp_path / "out", "kills", "good", years=(2016, 2017, 2018))
    assert outcomes["kills_2016_zh"].status == "failed"
    assert outcomes["kills_2016_zh"].error.startswith("the process that ran it died")
    assert outcomes["good_2018_zh"].status == "succeeded"  # handed out after the death


def test_a_folder_holds_pages_of_one_package_only(sources, tmp_path):
    run(sources, tmp_path / "out", "good")
    with pytest.raises(UserError, match="holds pages of another data package"):
        batch.run_all(_of("other", sources), sources, tmp_path / "out", 1, lambda _: None)
    assert list(record.read(tmp_path / "out")) == ["good_2017_zh"]


def _of(data: str, sources: Path) -> list[runs.Run]:
    return runs.plan([sources / "good.ipynb"], [2017], ["zh"], ["330000"], "330000", data)


def test_what_a_killed_batch_left_is_tidied_up(sources, tmp_path):
    out = tmp_path / "out"
    for owner in ("99999999", str(os.getpid())):  # in a container a process often gets the same number again
        (out / f".work-{owner}").mkdir(parents=True)
    run(sources, out, "good")
    assert list(out.glob(".*")) == []


def test_two_batches_do_not_write_into_one_folder(sources, tmp_path):
    out = tmp_path / "out"
    (out / f".work-{os.getppid()}").mkdir(parents=True)
    with pytest.raises(UserError, match=rf"another batch \(process {os.getppid()}\) writes here"):
        run(sources, out, "good")


@pytest.mark.parametrize(
    "content", ["", "[]", '{"runs": 3}', '{"runs": [{}]}', '{"runs": [{"name": "x", "given": 1}]}', "\x00"]
)
def test_a_record_that_cannot_be_read_is_no_record(tmp_path, content):
    (tmp_path / record.FILE).write_text(content, encoding="utf-8")
    assert record.read(tmp_path) == {}


@pytest.mark.parametrize("source", ["year = 2016 + 1", "print(1)", "a, b = 1, 2", "year ="])
def test_parameters_that_are_no_literals_are_told_in_a_sentence(tmp_path, source):
    path = tmp_path / "odd.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source, metadata={"tags": ["parameters"]})]), path)
    with pytest.raises(UserError, match=r"odd\.ipynb: the cell tagged 'parameters' may only set names to literals"):
        runs.parameters_of(path)


def test_what_fails_replaces_what_had_succeeded(sources, tmp_path):
    out = tmp_path / "out"
    run(sources, out, "good")
    (sources / "good.ipynb").write_text((sources / "raises.ipynb").read_text(encoding="utf-8"), encoding="utf-8")
    run(sources, out, "good")
    assert not (out / "notebooks" / "good_2017_zh.ipynb").exists()
    assert (out / "failed" / "good_2017_zh.ipynb").exists()
    assert record.read(out)["good_2017_zh"]["status"] == "raised"


def test_an_executed_notebook_holds_nothing_that_changes_from_run_to_run(sources, tmp_path):
    contents = []
    for name in ("one", "two"):
        run(sources, tmp_path / name, "good", years=[2018])
        contents.append((tmp_path / name / "notebooks" / "good_2018_zh.ipynb").read_bytes())
    assert contents[0] == contents[1]
    notebook = json.loads(contents[0])
    assert "papermill" not in notebook["metadata"]
    assert [output["text"] for output in notebook["cells"][-1]["outputs"]] == [["2018 zh\n"]]


def test_only_parameters_that_differ_from_the_defaults_are_given(sources):
    given = {one.name: one.parameters for one in plan(sources, "good", years=[2017, 2018], languages=["zh", "en"])}
    assert given == {
        "good_2017_zh": {},
        "good_2018_zh": {"year": 2018},
        "good_2017_en": {"language": "en"},
        "good_2018_en": {"year": 2018, "language": "en"},
    }


def test_forty_runs_years_and_languages_where_a_notebook_varies_over_them(all_runs):
    assert len(all_runs) == 40
    assert len({one.name for one in all_runs}) == 40
    assert {one.year for one in all_runs if one.notebook in ("6-audit", "7-outlook")} == {None}


def test_a_region_other_than_the_plan_s_own_is_in_the_name():
    notebooks = [paths.NOTEBOOKS / "6-audit.ipynb"]
    (one,) = runs.plan(notebooks, [2017], ["en"], ["330100"], "330000", "other")
    assert one.name == "6-audit_en_330100"
    assert one.parameters == {"language": "en", "region": "330100", "data": "other"}


def evaluate(*arguments: str, **options) -> subprocess.Popen:
    command = [sys.executable, "-m", "helpers.cli", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def hear_interrupts() -> None:
    """What is started in the background of a script ignores Ctrl-C; the tests themselves may be."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("send", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_batch_leaves_no_process_and_no_half_written_file(tmp_path, send):
    out = tmp_path / "out"
    process = evaluate("run", "--out", str(out), start_new_session=True, preexec_fn=hear_interrupts)
    parent = psutil.Process(process.pid)
    deadline = time.monotonic() + 60
    while not any("ipykernel" in " ".join(child.cmdline()) for child in _children(parent)):
        assert time.monotonic() < deadline, "no kernel was started"
        time.sleep(0.1)
    children = _children(parent)
    if send == signal.SIGINT:
        os.killpg(process.pid, send)  # the terminal sends it to the whole group
    else:
        process.send_signal(send)
    _, told = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "stopped; what was finished is kept" in told
    assert "Traceback" not in told
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []
    assert not list(out.rglob(".*"))
    assert not list(out.glob("*.html"))


def _children(parent: psutil.Process) -> list[psutil.Process]:
    found = []
    for child in parent.children(recursive=True):
        try:
            child.cmdline()
            found.append(child)
        except psutil.Error:
            continue
    return found


def test_the_same_inputs_give_the_same_pages_in_two_folders(tmp_path):
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        arguments = ["run", "--notebooks", "3-livelihood,6-audit", "--years", "2016", "--out", "pages"]
        process = evaluate(*arguments, cwd=folder)
        told, error = process.communicate(timeout=300)
        assert process.returncode == 0, error
        assert "4 of 4 runs succeeded" in told
    first, second = tmp_path / "one" / "pages", tmp_path / "two" / "pages"
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.suffix in (".html", ".ipynb"))
    assert len(files) == 4 + 4 + 2
    for file in files:
        assert (first / file).read_bytes() == (second / file).read_bytes(), file
