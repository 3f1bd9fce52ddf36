"""Life and death of warm kernels: exit codes, restarts, and no kernel that outlives its client."""

import asyncio
import os
import signal
import subprocess
import sys

import nbclient
import psutil
import pytest
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook
from warm import PARENT, PATIENCE, WARM, alive, until

from helpers.kernels.kernel import UNKNOWN_EXIT_CODE

pytestmark = [pytest.mark.kernel, pytest.mark.usefixtures("kernel_servers")]

DEATHS = {
    "signal": ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
    "exit": ("os._exit(3)", 3),
    "segfault": ("ctypes.string_at(0)", -signal.SIGSEGV),
    "abort": ("os.abort()", -signal.SIGABRT),
}


@pytest.mark.parametrize("death", DEATHS)
def test_a_dead_kernel_reports_its_exit_code(start, death):
    code, wanted = DEATHS[death]
    kernel = start()
    kernel.client.execute(f"import ctypes, os, resource, signal\n{code}")
    assert kernel.ended() == wanted
    assert not kernel.manager.is_alive()


def test_a_killed_kernel_reports_its_signal(start):
    kernel = start()
    os.kill(kernel.process.pid, signal.SIGKILL)
    assert kernel.ended() == -signal.SIGKILL


def test_a_notebook_notices_that_its_kernel_died(kernel_servers):
    notebook = new_notebook(cells=[new_code_cell("import os; os._exit(1)")])
    with pytest.raises(DeadKernelError):
        nbclient.NotebookClient(notebook, kernel_name=WARM).execute()


def test_a_kernel_survives_a_memory_error(start):
    kernel = start()
    code = """
    import resource
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**26, used + 2**26))
    try:
        bytearray(2**30)
    except MemoryError:
        print("no memory")
    """
    assert kernel.out(code) == "no memory\n"
    assert kernel.value("1 + 1") == 2


CLIENT = """
import os, sys, time
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name={name!r})
code = '''
import os, subprocess, time
child = subprocess.Popen(["sleep", "1000"])
print(os.getpid(), child.pid, os.getppid(), flush=True)
time.sleep(0.2)
pow(7, 10**9)  # holds the interpreter's lock
'''
client.execute(code)
while "text" not in (content := client.get_iopub_msg(timeout=120)["content"]):
    pass
holder = os.fork() if {forks} else 0
if {forks} and not holder:
    time.sleep(1000)
print(content["text"].strip(), holder, flush=True)
time.sleep(1000)
"""


@pytest.mark.parametrize("way", ["client killed", "server killed before", "client forked"])
def test_no_kernel_outlives_its_client(way, kernelspec):
    code = CLIENT.format(name=kernelspec(), forks=way == "client forked")
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as client:
        kernel, child, server, holder = (int(number) for number in client.stdout.readline().split())
        if way == "server killed before":
            os.kill(server, signal.SIGKILL)
            until(lambda: not alive(server))
            assert alive(kernel)
            assert alive(child)
        client.kill()
        try:
            until(lambda: not alive(kernel) and not alive(child))
        finally:
            if holder:
                os.kill(holder, signal.SIGKILL)


def test_kernels_survive_the_death_of_their_server(start, kernelspec):
    name = kernelspec()
    first = start(name)
    server = first.value(PARENT)
    os.kill(server, signal.SIGKILL)
    until(lambda: not alive(server))
    second = start(name)
    assert first.value("1 + 1") == 2
    looking = "[type(thread).__name__ for thread in __import__('threading').enumerate()]"
    assert "ParentPollerUnix" not in first.value(looking)  # it would end the kernel within a second
    assert second.value(PARENT) != server
    first.client.execute("import os; os._exit(3)")
    assert first.ended() == UNKNOWN_EXIT_CODE  # how it ended was the server's to know


def test_a_restarted_kernel_is_a_new_one(start, kernelspec):
    kernel = start(kernelspec())
    kernel.run("x = 1")
    before, server = kernel.process.pid, psutil.Process(kernel.value(PARENT))
    for step in ("asked", "now", "without server"):
        if step == "without server":
            server.kill()
        kernel.manager.restart_kernel(now=step == "now")
        kernel.client.wait_for_ready(timeout=PATIENCE)
        assert kernel.value("'x' in globals()") is False, step
        assert kernel.process.pid != before
        before = kernel.process.pid


def test_a_kernel_runs_exit_handlers_and_waits_for_threads(start, tmp_path):
    kernel = start(cwd=tmp_path)
    kernel.manager.shutdown_wait_time = PATIENCE
    kernel.run("""
    import atexit, pathlib, tempfile, threading, time
    folder = tempfile.TemporaryDirectory(dir=".")
    atexit.register(pathlib.Path("atexit").write_text, "ran")
    threading.Thread(target=lambda: (time.sleep(0.2), pathlib.Path("thread").write_text("ended"))).start()
    """)
    kernel.manager.shutdown_kernel()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["atexit", "thread"]


def test_a_shut_down_kernel_is_gone_at_once(start):
    kernel = start()
    process = kernel.process
    kernel.manager.request_shutdown()
    assert process.returncode == 0


def test_a_killed_kernel_is_gone_at_once(start):
    kernel = start()
    asyncio.run(kernel.manager.provisioner.kill())
    assert kernel.process.returncode == -signal.SIGKILL
