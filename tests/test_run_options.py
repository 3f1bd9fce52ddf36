"""Options of `evaluate run`: time and memory limits, jobs, kernels, and which runs are asked for."""

import json
import re
from pathlib import Path

import pytest
import small
from small import ONE_YEAR, evaluate, outputs, ran, report

from helpers.cli import verbs

pytestmark = [pytest.mark.kernel, pytest.mark.usefixtures("nothing_left")]


def test_a_cell_that_never_ends_is_ended(sources, out):
    small.notebook(sources / "endless.ipynb", "1 + 1", small.NEVER_ENDS)
    result = evaluate(sources, "run", "--out", out, *ONE_YEAR, "--timeout", "5")
    assert result.code == 1
    fault = "endless_2017_zh: the notebook raised at code cell 3: the cell ran longer than 5 s, see --timeout ("
    assert fault in result.err


def test_a_cell_that_wants_too_much_memory_is_ended(sources, out):
    small.notebook(sources / "hungry.ipynb", "1 + 1", "held = bytearray(2 << 30)")
    small.notebook(sources / "starved.ipynb", "1 + 1", HOLDS.format(2048))
    result = evaluate(sources, "run", "--out", out, *ONE_YEAR, "--memory", "1G")
    assert result.code == 1
    limit = "(the kernel may hold 1024 MB, see --memory)"
    assert f"hungry_2017_zh: the notebook raised at code cell 3: MemoryError {limit}" in result.err
    starved = report(out)["starved_2017_zh"]["error"]
    assert re.fullmatch(rf"MemoryError: Unable to allocate 2.00 GiB .* {re.escape(limit)}", starved)


HOLDS = "import numpy\nheld = numpy.zeros({} << 20, 'u1')"  # not touched, so that no test needs that much


def test_each_run_has_its_own_memory_limit(sources, out, tmp_path):
    for name, other in ("ab", "ba"):
        met = small.waits(tmp_path / other, tells=tmp_path / name)
        small.notebook(sources / f"{name}.ipynb", f"{HOLDS.format(600)}\n{met}")
    assert set(ran(sources, out, memory=1 << 30).outcomes.values()) == {"succeeded"}
    small.notebook(sources / "c.ipynb", HOLDS.format(2048))
    assert ran(sources, out, "c", memory=1 << 30).outcomes == {"c_2017_zh": "raised"}
    assert ran(sources, out, "c").outcomes == {"c_2017_zh": "succeeded"}  # nothing of the limit stays


@pytest.mark.parametrize("jobs", [1, 2])
def test_jobs_is_the_number_of_runs_at_a_time(jobs, sources, out, tmp_path):
    trace = tmp_path / "trace"
    for name, other in ("ab", "ba"):
        says = f"stream = open({str(trace)!r}, 'a', buffering=1)\n"
        meets = "import time\ntime.sleep(0.2)" if jobs == 1 else small.waits(tmp_path / other, tells=tmp_path / name)
        cell = f"{says}stream.write('+')\nstream.flush()\n{meets}\nstream.write('-')\nstream.close()"
        small.notebook(sources / f"{name}.ipynb", cell)
    result = evaluate(sources, "run", "--out", out, "--years", "2017", "--languages", "zh", "--jobs", str(jobs))
    assert result.code == 0
    assert trace.read_text() == {1: "+-+-", 2: "++--"}[jobs]


WARM = "import psutil\nprint('helpers.kernels.server' in psutil.Process().cmdline())"


@pytest.mark.parametrize(
    ("options", "printed"),
    [([], "True\n"), (["--kernel", "python3"], "False\n")],
)
def test_the_kernel_is_warm_by_default(options, printed, sources, out):
    small.notebook(sources / "one.ipynb", WARM)
    result = evaluate(sources, "run", "--out", out, "--years", "2017", "--languages", "zh", *options)
    assert result.code == 0
    cells = json.loads(outputs(out)["notebooks/one_2017_zh.ipynb"])["cells"]
    assert "".join(cells[-1]["outputs"][0]["text"]) == printed


@pytest.mark.parametrize("verb", ["run", "references"])
def test_a_kernel_that_is_not_installed_is_told_once_before_any_work(verb, sources, out):
    small.notebook(sources / "one.ipynb", WARM)
    result = evaluate(sources, verb, *(["--out", out] if verb == "run" else []), "--kernel", "no-such")
    sentence = "there is no kernel 'no-such' here; install it, or name one that `jupyter kernelspec list` gives.\n"
    assert (result, out.exists()) == ((2, "", sentence), False)


def test_only_the_runs_asked_for_are_executed(sources, out):
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


def test_every_option_of_evaluate_run_is_tested():
    text = "".join(path.read_text() for path in [*Path(__file__).parent.glob("test_*.py"), Path(small.__file__)])
    for option in verbs.main.commands["run"].params:
        for name in (*option.opts, *option.secondary_opts):
            assert f'"{name}"' in text, f"no test has the option {name}"
