"""Warm kernels against real ones: they do what ordinary kernels do, share nothing, and leave nothing behind."""

import contextlib
import json

import nbclient
import nbformat
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError
from nbformat.v4 import new_code_cell, new_notebook
from warm import MODULE, PATIENCE, WARM, Running, until

from helpers import paths
from helpers.batch.execute import clean

pytestmark = [pytest.mark.kernel, pytest.mark.usefixtures("kernel_servers")]


SURROUNDINGS = """
import gc, json, locale, multiprocessing, os, resource, signal, sys, tempfile, threading, time
mask = os.umask(0)
os.umask(mask)
ip = get_ipython()
print(json.dumps({
    "argv": [sys.argv[0], sys.argv[1]],
    "orig_argv": sys.orig_argv[:-1],
    "path": sys.path,
    "flags": str(sys.flags),
    "executable": sys.executable,
    "environment": {name: value for name, value in os.environ.items() if not name.startswith("PYDEVD")},
    "folder": os.getcwd(),
    "umask": mask,
    "handlers": {number: str(signal.getsignal(number)).split(" at ")[0] for number in signal.valid_signals()},
    "blocked": len(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
    "leads": [os.getpgrp() == os.getpid(), os.getsid(0) == os.getpid()],
    "limits": [resource.getrlimit(getattr(resource, name)) for name in sorted(dir(resource)) if name.startswith("RLIMIT")],
    "birth": [os.getpriority(os.PRIO_PROCESS, 0), sorted(os.sched_getaffinity(0)), os.getgroups()],
    "threads": sorted(thread.name.split()[-1] for thread in threading.enumerate() if thread.name != "Thread-1"),  # it looks after the parent
    "streams": [(stream.encoding, stream.errors, stream.line_buffering) for stream in (sys.__stdout__, sys.__stderr__)],
    "input": sys.__stdin__.read(),
    "main": sorted(name for name in vars(sys.modules["__main__"]) if not name.startswith("_")),
    "locale": locale.setlocale(locale.LC_ALL),
    "garbage": [gc.isenabled(), gc.get_threshold()],
    "others": [multiprocessing.current_process().name, tempfile.gettempdir(), time.tzname, sys.getrecursionlimit()],
    "history": [ip.history_manager.enabled, str(ip.history_manager.hist_file)],
    "application": [type(ip.parent.parent).__name__, sorted(type(one).__name__ for one in ip.configurables)],
}))
"""


@pytest.fixture(scope="module")
def ordinary(kernel_servers):
    """An ordinary kernel to compare with."""
    with contextlib.closing(Running("python3", cwd=paths.NOTEBOOKS)) as kernel:
        yield kernel


def test_a_warm_kernel_equals_an_ordinary_one(start, ordinary):
    warm = start(cwd=paths.NOTEBOOKS)
    assert warm.value(MODULE) == "helpers.kernels.server"
    expected, actual = (json.loads(kernel.out(SURROUNDINGS)) for kernel in (ordinary, warm))
    for name, value in expected.items():
        assert actual[name] == value, name


def test_a_kernel_has_its_own_temporary_folder(start, kernelspec, tmp_path, monkeypatch):
    (tmp_path / "asks_for_a_folder.py").write_text("import tempfile; tempfile.gettempdir()")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    name = kernelspec(preload=["asks_for_a_folder"])
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        monkeypatch.setenv("TMPDIR", str(folder))
        assert start(name).value("__import__('tempfile').gettempdir()") == str(folder)


def test_relative_paths_of_modules_are_those_of_the_kernel(start, kernelspec, tmp_path, monkeypatch):
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "near.py").write_text("VALUE = 3")
    monkeypatch.setenv("PYTHONPATH", "modules")
    kernel = start(kernelspec(preload=["near"]), cwd=tmp_path)
    assert kernel.value(f"[__import__('near').VALUE, {MODULE}]") == [3, "helpers.kernels.server"]


def test_kernel_info_differs_only_by_the_debugger(start, ordinary):
    expected, actual = (
        kernel.client.kernel_info(reply=True, timeout=PATIENCE)["content"] for kernel in (ordinary, start())
    )
    assert set(expected["supported_features"]) - set(actual["supported_features"]) == {"debugger"}
    for varying in ("supported_features", "banner"):
        del expected[varying], actual[varying]
    assert actual == expected


STREAMS = {  # a cell that writes, and what it writes
    "print": ("print('words')", {"stdout": "words\n"}),
    "stderr": ("import sys; sys.stderr.write('words\\n')", {"stderr": "words\n"}),
    "descriptor": ("import os; os.write(1, b'words\\n')", {"stdout": "words\n"}),
    "subprocess": (
        "import subprocess; subprocess.run('echo words; echo more >&2', shell=True)",
        {"stdout": "words\n", "stderr": "more\n"},
    ),
    "shell": ("!echo words", {"stdout": "words\n"}),
}


@pytest.mark.parametrize("way", STREAMS)
def test_output_of_the_standard_streams_is_shown(start, ordinary, way):
    code, written = STREAMS[way]
    for kernel in (ordinary, start()):
        assert kernel.streams(code, written) == {name: text.split() for name, text in written.items()}


def test_the_kernel_uses_the_streams_of_its_manager(start, tmp_path):
    with (tmp_path / "out").open("w") as out, (tmp_path / "err").open("w") as err:
        kernel = start(stdout=out, stderr=err)
    kernel.run("import os; os.write(1, b'to out'); os.write(2, b'to err')")
    until(lambda: (tmp_path / "out").read_text() == "to out")
    until(lambda: (tmp_path / "err").read_text().endswith("to err"))


PLOT = """
import matplotlib.pyplot as plt
figure = plt.figure()
plt.plot([1, 3, 2])
"""


@pytest.mark.parametrize("preload", ["as installed", "backend too"])
def test_figures_are_shown_inline(start, ordinary, kernelspec, preload):
    name = WARM if preload == "as installed" else kernelspec(preload=["matplotlib_inline.backend_inline"])
    expected, actual = (kernel.data(PLOT) for kernel in (ordinary, start(name)))
    assert [sorted(data) for data in actual] == [["text/plain"], ["image/png", "text/plain"]]
    assert actual[1] == expected[1]


def test_subprocesses_and_multiprocessing_work_inside(start):
    kernel = start()
    for method in ("fork", "spawn"):
        code = f"""
        import multiprocessing
        with multiprocessing.get_context("{method}").Pool(2) as pool:
            print(pool.map(abs, [-1, -2]))
        """
        assert kernel.out(code) == "[1, 2]\n", method
    code = "import subprocess, sys; print(subprocess.check_output([sys.executable, '-c', 'print(1)'], text=True))"
    assert kernel.out(code).strip() == "1"


def test_an_interrupt_reaches_the_cell(start):
    kernel = start()
    kernel.begin("print('begun', flush=True)\nwhile True: pass")
    kernel.manager.interrupt_kernel()
    assert kernel.client.get_shell_msg(timeout=PATIENCE)["content"]["ename"] == "KeyboardInterrupt"
    assert kernel.value("1 + 1") == 2


def test_a_cell_that_takes_too_long_is_interrupted(kernel_servers):
    slow = new_notebook(cells=[new_code_cell("while True: pass"), new_code_cell("print('next')")])

    def limit(cell) -> int:
        return 1 if "while" in cell.source else PATIENCE

    with pytest.raises(CellTimeoutError):
        nbclient.NotebookClient(slow, kernel_name=WARM, timeout_func=limit).execute()
    options = {"interrupt_on_timeout": True, "allow_errors": True}
    client = nbclient.NotebookClient(slow, kernel_name=WARM, timeout_func=limit, **options)
    cells = client.execute().cells
    assert cells[0].outputs[0].ename == "KeyboardInterrupt"
    assert cells[1].outputs[0].text == "next\n"


@pytest.mark.parametrize(("name", "parameters"), [("1-innovation", {"year": 2016}), ("7-outlook", {"language": "en"})])
def test_notebooks_have_the_same_outputs_in_both_kernels(name, parameters, tmp_path):
    contents = []
    for kernel in ("python3", WARM):
        out = tmp_path / f"{kernel}.ipynb"
        more = {"kernel_name": kernel, "cwd": paths.NOTEBOOKS}
        papermill.execute_notebook(paths.NOTEBOOKS / f"{name}.ipynb", out, parameters, progress_bar=False, **more)
        notebook = clean(nbformat.read(out, as_version=4))
        assert notebook.cells[-1].outputs
        del notebook.metadata["kernelspec"]
        contents.append(nbformat.writes(notebook))
    assert contents[0] == contents[1]


def test_the_kernel_reads_the_profile_of_its_environment(start, tmp_path, monkeypatch):
    (tmp_path / "profile_default").mkdir()
    configuration = "c = get_config()\nc.HistoryManager.enabled = False\n"
    (tmp_path / "profile_default" / "ipython_kernel_config.py").write_text(configuration)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    assert start().value("get_ipython().history_manager.enabled") is False
