"""What a kernel run promises holds for the papermill engine `fork`: isolation, limits, interrupts, deaths, ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook
from papermill.exceptions import PapermillExecutionError
from warm import PATIENCE, WARM, alive, servers, until

from helpers.kernels import forked, provisioner

pytestmark = [pytest.mark.kernel, pytest.mark.usefixtures("kernel_servers")]

PYTHON = {"name": "python3", "display_name": "Python 3", "language": "python"}


@pytest.fixture
def write(tmp_path):
    """Write a notebook of some cells; returns its path."""

    def notebook(*sources: str) -> Path:
        content = new_notebook(cells=[new_code_cell(source) for source in sources], metadata={"kernelspec": PYTHON})
        nbformat.write(content, tmp_path / "in.ipynb")
        return tmp_path / "in.ipynb"

    return notebook


@pytest.fixture(params=["server", "template"])
def run(request, write, tmp_path, monkeypatch):
    """Execute some cells by papermill's API; returns what they print, without the warning of Python 3.12+ of a fork.

    The process is forked from the server, or from a template in which the shell has begun.
    """
    options_of_all = {"engine_name": "fork", "progress_bar": False, "from_template": request.param == "template"}

    def execute(*sources: str, **options) -> str:
        # With it, ipykernel does not forward what is written to descriptors.
        monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)
        executed = papermill.execute_notebook(write(*sources), tmp_path / "out.ipynb", **options_of_all | options)
        outputs = (output for cell in executed.cells for output in cell.outputs if "text" in output)
        return "".join(output.text for output in outputs if "use of fork() may lead to deadlocks" not in output.text)

    yield execute
    forked.close_template()


def begin(*arguments: str | Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "papermill", "--engine", "fork", "--no-progress-bar", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def test_the_papermill_command_runs_cells_in_a_process_of_the_server(write, tmp_path, kernel_servers):
    process = begin(write("import os; print(os.getppid())"), tmp_path / "out.ipynb", "-k", WARM)
    stderr = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 0, stderr
    (cell,) = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells
    assert int(cell.outputs[0].text) in {server.pid for server in servers(kernel_servers)}


SHARED = """
import contextlib, os, threading
def links(process):
    held = {}
    for name in os.listdir(f"/proc/{process}/fd"):
        with contextlib.suppress(OSError):
            held[name] = os.readlink(f"/proc/{process}/fd/{name}")
    return {link for name, link in held.items() if link.startswith(("socket", "pipe"))}, {held["1"], held["2"]}
own, _ = links("self")
server, _ = links(os.getppid())
client, streams = links(os.environ["JPY_PARENT_PID"])
print(sorted(thread.name for thread in threading.enumerate()))
print(len(own) > 0, own & server, own & client - streams)
"""


def test_a_run_shares_no_socket_and_no_thread(run):
    """It has the standard streams of its client, and two threads that forward what is written to its own."""
    threads, links = run(SHARED).splitlines()
    assert links == "True set() set()"
    assert threads == "['MainThread', 'Thread-1 (_watch_pipe_fd)', 'Thread-2 (_watch_pipe_fd)']"


DRAWN = "import random, numpy, uuid; print(random.random(), numpy.random.random(), uuid.uuid4())"


def test_runs_share_no_random_state(run):
    first, second = run(DRAWN).split(), run(DRAWN).split()
    assert [number for number in first if number in second] == []


@pytest.mark.parametrize("seed", ["0", "7"])
def test_the_requested_hash_seed_is_used(run, monkeypatch, seed):
    monkeypatch.setenv("PYTHONHASHSEED", seed)
    fresh = subprocess.check_output([sys.executable, "-c", "print(hash('a'))"], text=True)
    assert run("print(hash('a'))") == fresh


def test_where_no_process_can_be_forked_a_kernel_runs_the_cells(run, monkeypatch, caplog):
    monkeypatch.setattr(provisioner, "logged", [])
    monkeypatch.setenv("PYTHONHASHSEED", "random")
    assert run("import sys; print('helpers.kernels.server' in open('/proc/self/cmdline').read())") == "False\n"
    assert [record.message for record in caplog.records if record.name == provisioner.__name__] == [
        "no warm kernel: each kernel is to have a hash seed of its own; kernels start the ordinary way"
    ]


def test_a_cell_that_takes_too_long_ends_the_run(run, tmp_path):
    with pytest.raises(CellTimeoutError, match="timed out"):
        run(
            f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(1000)",
            execution_timeout=1,
        )
    until(lambda: not alive(int((tmp_path / "pid").read_text())))


def test_a_cell_that_takes_too_long_can_be_interrupted(run):
    slow = "import time\ntry:\n    time.sleep(1000)\nexcept KeyboardInterrupt:\n    print('interrupted')"
    assert run(slow, "print('next')", execution_timeout=1, interrupt_on_timeout=True) == "interrupted\nnext\n"


@pytest.mark.parametrize(
    "death",
    [
        "os._exit(1)",
        "os.kill(os.getpid(), 9)",
        "__import__('ctypes').string_at(0)",
        "os.fork() or time.sleep(2); os._exit(1)",
    ],
)
def test_the_death_of_the_process_is_told(run, tmp_path, death):
    with pytest.raises(DeadKernelError, match="Kernel died"):
        run(f"import os, sys, time; print('before'); sys.stdout.flush(); {death}")
    (cell,) = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells
    assert cell.outputs[0].text == "before\n"


def test_what_cells_have_started_ends_with_the_run(run):
    started = run(
        "import subprocess; one = subprocess.Popen(['sleep', '1000']); print(one.pid)",
        "import os, time\nif not (pid := os.fork()):\n    time.sleep(1000)\nprint(pid)",
    )
    until(lambda: not any(alive(int(number)) for number in started.split()))


def test_functions_registered_at_exit_are_called(run, tmp_path):
    run(f"import atexit, pathlib; atexit.register(pathlib.Path({str(tmp_path / 'left')!r}).touch);")
    assert (tmp_path / "left").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_run_ends_with_its_client(write, tmp_path, number):
    cell = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(f'{{os.getpid()}} '); time.sleep(1000)"
    process = begin(write(cell), tmp_path / "out.ipynb")
    until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().endswith(" "))
    process.send_signal(number)
    process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    until(lambda: not alive(int((tmp_path / "pid").read_text())))


def test_input_is_refused(run):
    with pytest.raises(PapermillExecutionError, match="StdinNotImplementedError"):
        run("input('name? ')")


def test_outputs_come_while_a_cell_runs(write, tmp_path):
    """papermill logs them, and saves the notebook meanwhile."""
    cell = f"import pathlib, time\nprint('begun')\nwhile not pathlib.Path({str(tmp_path / 'go')!r}).exists():\n    time.sleep(0.01)"
    process = begin(write(cell), tmp_path / "out.ipynb", "--log-output")
    while "begun" not in (line := process.stderr.readline()):
        assert line, "it ended before it said so"
    (tmp_path / "go").touch()
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def test_a_thousand_messages_and_a_large_one_arrive_in_order(run):
    printed = run(
        "from IPython.display import display\nfor n in range(1000):\n    print(n, flush=True)", "print('x' * 5_000_000)"
    )
    assert printed == "".join(f"{n}\n" for n in range(1000)) + "x" * 5_000_000 + "\n"


def test_processes_forked_in_a_cell_print_whole_lines(run):
    """Many of them send at the same time as the process that they were forked from."""
    cell = """
import os, sys
children = []
for number in range(4):
    if not (child := os.fork()):
        for _ in range(50):
            sys.stdout.write(str(number) * 100_000 + "\\n")
        os._exit(0)
    children.append(child)
for child in children:
    os.waitpid(child, 0)
"""
    lines = run(cell).splitlines()
    assert sorted(lines) == sorted(str(number) * 100_000 for number in range(4) for _ in range(50))


def test_a_killed_server_ends_no_run(run, kernel_servers):
    assert run("import os, signal; os.kill(os.getppid(), signal.SIGKILL)", "print('goes on')") == "goes on\n"


def test_a_run_starts_in_the_folder_of_its_client(run, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    assert run("import os; print(os.getcwd())", cwd=tmp_path / "elsewhere") == f"{tmp_path / 'elsewhere'}\n"


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_run_has_the_umask_of_its_client(run, mask):
    before = os.umask(mask)
    try:
        assert run("import os; print(os.umask(0))") == f"{mask}\n"
    finally:
        os.umask(before)


@pytest.mark.parametrize("run", ["template"], indirect=True)
def test_runs_of_one_environment_have_one_template_and_without_it_the_server(run):
    tell_parent = "import os; print(os.getppid())"
    (template,) = {int(run(tell_parent)) for _ in range(2)}
    server = psutil.Process(template).ppid()
    os.kill(template, signal.SIGKILL)
    assert {int(run(tell_parent)) for _ in range(2)} == {server}


def test_a_shell_whose_client_leaves_has_no_error(run, tmp_path):
    """That the client closes the channel before it has read all messages is no error."""
    file = tmp_path / "errors"
    handler = f"lambda loop, context: open({str(file)!r}, 'a').write(str(context))"
    run(f"import asyncio\nasyncio.get_running_loop().set_exception_handler({handler})", "print(1)")
    assert not file.exists()


def test_a_shell_ends_quietly_whatever_a_cell_puts_in_place_of_a_stream(write, tmp_path):
    _, error = begin(write("import sys; sys.__stdout__ = None"), tmp_path / "out.ipynb").communicate()
    assert "Traceback" not in error
