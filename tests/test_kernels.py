"""Warm kernels against real ones: they do what ordinary kernels do, share nothing, and leave nothing behind."""

import asyncio
import contextlib
import errno
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from queue import Empty
from urllib.error import URLError
from urllib.request import Request, urlopen

import nbclient
import nbformat
import papermill
import psutil
import pytest
from jupyter_client.connect import LocalPortCache
from jupyter_client.manager import KernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook

from helpers import paths
from helpers.batch.execute import clean
from helpers.kernels import address, client, manager, provisioner
from helpers.kernels.kernel import UNKNOWN_EXIT_CODE
from helpers.kernels.wire import ServerError

WARM = "evaluation-warm"
SMALL = "small-warm"  # as the installed kernelspec, but for what it preloads
PARENT = "__import__('os').getppid()"
MODULE = "open('/proc/%d/cmdline' % __import__('os').getppid()).read().split(chr(0))[2]"  # what a kernel's parent runs


def until(condition, what: str = ""):
    """The condition's value, as soon as it is true."""
    deadline = time.monotonic() + 30
    while not (value := condition()):
        assert time.monotonic() < deadline, what or condition
        time.sleep(0.005)
    return value


def servers(folder: Path) -> list[psutil.Process]:
    """Servers that listen in a folder."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            line = process.cmdline()
            if "helpers.kernels.server" in line and f'"folder": "{folder}"' in line[-1]:
                found.append(process)
    return found


@pytest.fixture(scope="module", autouse=True)
def runtime(tmp_path_factory):
    """Servers of these tests alone, with one hash seed, and all gone at the end, without a file left."""
    folder = tmp_path_factory.mktemp("runtime")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        patch.setenv("PYTHONHASHSEED", "0")
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        patch.setenv("JUPYTER_PATH", str(tmp_path_factory.mktemp("jupyter")))
        yield folder / address.NAME
        running = servers(folder / address.NAME)
        for server in running:
            server.terminate()
        assert psutil.wait_procs(running, timeout=10)[1] == []
    assert list(folder.iterdir()) == []


@pytest.fixture
def kernelspec(tmp_path, monkeypatch):
    """Make a kernelspec with its own settings of the provisioner; returns its name."""

    def make(**settings) -> str:
        spec = json.loads((paths.PACKAGE / "kernels" / "kernel.json").read_text(encoding="utf-8"))
        spec["metadata"]["kernel_provisioner"]["config"] |= {"preload": []} | settings
        folder = tmp_path / "kernels" / SMALL
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
        return SMALL

    return make


class Running:
    """A kernel with its client."""

    def __init__(self, name: str, **options):
        self.manager = KernelManager(kernel_name=name)
        # Under pytest, ipykernel leaves out what it does elsewhere: forward what is written to descriptors.
        self.manager.start_kernel(env={k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}, **options)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    @property
    def process(self):
        return self.manager.provisioner.process

    def run(self, code: str, check: bool = True) -> list[dict]:
        """Messages of a cell."""
        messages = []
        reply = self.client.execute_interactive(textwrap.dedent(code), output_hook=messages.append, timeout=60)
        assert not check or reply["content"]["status"] == "ok", reply["content"]
        return messages

    def out(self, code: str, name: str = "stdout") -> str:
        """What a cell prints."""
        texts = [message["content"]["text"] for message in self.run(code) if message["content"].get("name") == name]
        return "".join(texts)

    def value(self, expression: str):
        return json.loads(self.out(f"import json; print(json.dumps({expression}))"))

    def data(self, code: str) -> list[dict]:
        """What a cell displays."""
        return [message["content"]["data"] for message in self.run(code) if "data" in message["content"]]

    def begin(self, code: str) -> str:
        """Run a cell that prints something, and return when it does."""
        asked = self.client.execute(code, stop_on_error=False)  # or what follows would be aborted
        while self.client.get_iopub_msg(timeout=60)["msg_type"] != "stream":
            pass
        return asked

    def ended(self) -> int:
        """Exit code of the kernel, as soon as it is dead."""
        process = self.process
        asyncio.run(process.ended())
        return process.poll()

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def start():
    """Start kernels, which end with the test."""
    with contextlib.ExitStack() as kernels:

        def new(name: str = WARM, **options) -> Running:
            kernel = Running(name, **options)
            kernels.callback(kernel.close)
            return kernel

        yield new


# --- as an ordinary kernel -------------------------------------------------------------------------------------

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
def ordinary(runtime):
    """An ordinary kernel to compare with."""
    with contextlib.closing(Running("python3", cwd=paths.NOTEBOOKS)) as kernel:
        yield kernel


def test_a_kernel_has_what_an_ordinary_one_is_started_with(start, ordinary):
    warm = start(cwd=paths.NOTEBOOKS)
    assert warm.value(MODULE) == "helpers.kernels.server"
    wanted, found = (json.loads(kernel.out(SURROUNDINGS)) for kernel in (ordinary, warm))
    for name, value in wanted.items():
        assert found[name] == value, name


def test_what_the_server_looked_up_for_itself_does_not_count(start, kernelspec, tmp_path, monkeypatch):
    (tmp_path / "asks_for_a_folder.py").write_text("import tempfile; tempfile.gettempdir()")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    name = kernelspec(preload=["asks_for_a_folder"])
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        monkeypatch.setenv("TMPDIR", str(folder))
        assert start(name).value("__import__('tempfile').gettempdir()") == str(folder)


def test_relative_paths_of_modules_are_the_kernel_s(start, kernelspec, tmp_path, monkeypatch):
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "near.py").write_text("VALUE = 3")
    monkeypatch.setenv("PYTHONPATH", "modules")
    kernel = start(kernelspec(preload=["near"]), cwd=tmp_path)
    assert kernel.value(f"[__import__('near').VALUE, {MODULE}]") == [3, "helpers.kernels.server"]


def test_the_answer_about_the_kernel_differs_by_the_debugger_only(start, ordinary):
    wanted, found = (kernel.client.kernel_info(reply=True, timeout=60)["content"] for kernel in (ordinary, start()))
    assert set(wanted["supported_features"]) - set(found["supported_features"]) == {"debugger"}
    for varying in ("supported_features", "banner"):
        del wanted[varying], found[varying]
    assert found == wanted


STREAMS = {
    "print": "print('words')",
    "stderr": "import sys; sys.stderr.write('words\\n')",
    "descriptor": "import os, time; os.write(1, b'words\\n'); time.sleep(0.3)",
    "subprocess": "import subprocess, time; subprocess.run('echo words; echo more >&2', shell=True); time.sleep(0.3)",
    "shell": "!echo words",
}


@pytest.mark.parametrize("way", STREAMS)
def test_what_is_written_to_the_standard_streams_is_shown(start, ordinary, way):
    wanted, found = (
        sorted(
            (one["content"]["name"], one["content"]["text"])
            for one in kernel.run(STREAMS[way])
            if "name" in one["content"]
        )
        for kernel in (ordinary, start())
    )
    assert "words" in str(found)
    assert found == wanted


def test_the_manager_s_own_streams_are_the_kernel_s(start, tmp_path):
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
def test_figures_are_shown_inline_as_ever(start, ordinary, kernelspec, preload):
    name = WARM if preload == "as installed" else kernelspec(preload=["matplotlib_inline.backend_inline"])
    wanted, found = (kernel.data(PLOT) for kernel in (ordinary, start(name)))
    assert [sorted(data) for data in found] == [["text/plain"], ["image/png", "text/plain"]]
    assert found[1] == wanted[1]


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
    assert kernel.client.get_shell_msg(timeout=60)["content"]["ename"] == "KeyboardInterrupt"
    assert kernel.value("1 + 1") == 2


def test_a_cell_that_takes_too_long_is_told(runtime):
    slow = new_notebook(cells=[new_code_cell("while True: pass"), new_code_cell("print('next')")])
    with pytest.raises(CellTimeoutError):
        nbclient.NotebookClient(slow, kernel_name=WARM, timeout=1).execute()
    client = nbclient.NotebookClient(slow, kernel_name=WARM, timeout=1, interrupt_on_timeout=True, allow_errors=True)
    cells = client.execute().cells
    assert cells[0].outputs[0].ename == "KeyboardInterrupt"
    assert cells[1].outputs[0].text == "next\n"


@pytest.mark.parametrize(("name", "parameters"), [("1-innovation", {"year": 2016}), ("7-outlook", {"language": "en"})])
def test_the_project_s_own_notebooks_come_out_the_same(name, parameters, tmp_path):
    contents = []
    for kernel in ("python3", WARM):
        out = tmp_path / f"{kernel}.ipynb"
        more = {"kernel_name": kernel, "cwd": paths.NOTEBOOKS, "kernel_manager_class": manager.WarmKernelManager}
        papermill.execute_notebook(paths.NOTEBOOKS / f"{name}.ipynb", out, parameters, progress_bar=False, **more)
        notebook = clean(nbformat.read(out, as_version=4))
        assert notebook.cells[-1].outputs
        del notebook.metadata["kernelspec"]
        contents.append(nbformat.writes(notebook))
    assert contents[0] == contents[1]


def test_the_profile_that_the_environment_names_is_the_kernel_s(start, tmp_path, monkeypatch):
    (tmp_path / "profile_default").mkdir()
    configuration = "c = get_config()\nc.HistoryManager.enabled = False\n"
    (tmp_path / "profile_default" / "ipython_kernel_config.py").write_text(configuration)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    assert start().value("get_ipython().history_manager.enabled") is False


# --- nothing shared --------------------------------------------------------------------------------------------

DRAWN = """{
    "random": __import__("random").random(),
    "numpy": __import__("numpy").random.random(),
    "secrets": __import__("secrets").token_hex(),
    "uuid": str(__import__("uuid").uuid4()),
    "ssl": __import__("ssl").RAND_bytes(8).hex(),
    "tempfile": next(__import__("tempfile")._get_candidate_names()),
    "multiprocessing": bytes(__import__("multiprocessing").current_process().authkey).hex(),
}"""


def test_kernels_share_no_random_state(start, kernelspec):
    name = kernelspec(preload=["numpy.random", "multiprocessing.process", "tempfile", "uuid", "ssl", "secrets"])
    first, second = (start(name).value(DRAWN) for _ in range(2))
    assert {name for name in first if first[name] == second[name]} == set()


def test_a_hash_seed_that_was_asked_for_is_given(start, monkeypatch, kernelspec):
    name = kernelspec()
    for seed in ("0", "7"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        fresh = subprocess.check_output([sys.executable, "-c", "print(hash('a'))"], text=True)
        assert {start(name).value("hash('a')") for _ in range(2)} == {int(fresh)}


def test_a_kernel_has_hash_seed_0_where_none_is_asked_for(start, monkeypatch, kernelspec):
    monkeypatch.delenv("PYTHONHASHSEED")
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    fresh = subprocess.check_output([sys.executable, "-c", "print(hash('a'))"], env=environment, text=True)
    name = kernelspec(stock=1)  # a setting of an older kernelspec
    kernels = [start(name) for _ in range(2)]
    assert {kernel.value("hash('a')") for kernel in kernels} == {int(fresh)}
    assert len({kernel.value("__import__('random').random()") for kernel in kernels}) == 2
    assert {kernel.value(MODULE) for kernel in kernels} == {"helpers.kernels.server"}


def test_no_descriptor_of_the_server_or_another_kernel_is_inherited(start):
    first, second = start(), start()
    server = first.value(PARENT)
    held = {process: links(process) for process in (first.process.pid, second.process.pid, server, os.getpid())}
    assert all(any(link.startswith("socket") for link in found) for found in held.values())
    for process, found in held.items():
        others = set().union(*(links for other, links in held.items() if other != process))
        assert found & others == set()


def alive(process: int) -> bool:
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def links(process: int) -> set[str]:
    """Sockets and pipes of a process, but for those that are its standard streams."""
    found = set()
    for entry in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.add(str(entry.readlink()))
    return {link for link in found if link.startswith(("socket", "pipe"))}


@pytest.mark.parametrize("threads", [None, "2"])
def test_libraries_have_one_thread_unless_the_user_asked_for_more(start, kernelspec, monkeypatch, threads):
    for name in address.THREADS:
        monkeypatch.delenv(name, raising=False)
    if threads:
        monkeypatch.setenv("OMP_NUM_THREADS", threads)
    kernel = start(kernelspec(preload=["numpy"]))
    before, after = kernel.value("""(
        len(__import__("os").listdir("/proc/self/task")),
        (lambda matrix: matrix @ matrix)(__import__("numpy").ones((500, 500))) is None
        or len(__import__("os").listdir("/proc/self/task")),
    )""")
    assert after - before == int(threads or 1) - 1
    assert kernel.value("__import__('os').environ.get('OMP_NUM_THREADS')") == threads
    assert psutil.Process(kernel.value(PARENT)).num_threads() == 1


BORN = """
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name={name!r})
said = []
code = "import os, resource; print(os.nice(0), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
client.execute_interactive(code, output_hook=lambda message: said.append(message["content"].get("text", "")))
print(type(manager.provisioner.process).__name__, "".join(said))
client.stop_channels()
manager.shutdown_kernel(now=True)
"""


def test_what_a_client_is_born_with_its_kernels_have(start, kernelspec, tmp_path):
    name = kernelspec()
    start(name)  # another client's server is no use
    (tmp_path / "client.py").write_text(BORN.format(name=name))
    limited = f"ulimit -n 500; exec nice -n 3 {sys.executable} {tmp_path / 'client.py'}"
    done = subprocess.run(["bash", "-c", limited], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.split() == ["Kernel", "3", "500"]


# --- life and death --------------------------------------------------------------------------------------------

DEATHS = {
    "signal": ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
    "exit": ("os._exit(3)", 3),
    "segfault": ("ctypes.string_at(0)", -signal.SIGSEGV),
    "abort": ("os.abort()", -signal.SIGABRT),
}


@pytest.mark.parametrize("death", DEATHS)
def test_a_dead_kernel_is_told_with_its_exit_code(start, death):
    code, wanted = DEATHS[death]
    kernel = start()
    kernel.client.execute(f"import ctypes, os, resource, signal\n{code}")
    assert kernel.ended() == wanted
    assert not kernel.manager.is_alive()


def test_a_kernel_killed_from_outside_is_told(start):
    kernel = start()
    os.kill(kernel.process.pid, signal.SIGKILL)
    assert kernel.ended() == -signal.SIGKILL


def test_a_notebook_whose_kernel_dies_is_told(runtime):
    notebook = new_notebook(cells=[new_code_cell("import os; os._exit(1)")])
    with pytest.raises(DeadKernelError):
        nbclient.NotebookClient(notebook, kernel_name=WARM).execute()


def test_a_cell_without_enough_memory_fails_and_the_kernel_lives(start):
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
while "text" not in (content := client.get_iopub_msg(timeout=60)["content"]):
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


def test_kernels_run_on_without_their_server_and_new_ones_get_a_new_one(start, kernelspec):
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
        kernel.client.wait_for_ready(timeout=60)
        assert kernel.value("'x' in globals()") is False, step
        assert kernel.process.pid != before
        before = kernel.process.pid


def test_a_kernel_leaves_as_python_does(start, tmp_path):
    kernel = start(cwd=tmp_path)
    kernel.run("""
    import atexit, pathlib, tempfile, threading, time
    folder = tempfile.TemporaryDirectory(dir=".")
    atexit.register(pathlib.Path("atexit").write_text, "ran")
    threading.Thread(target=lambda: (time.sleep(0.2), pathlib.Path("thread").write_text("ended"))).start()
    """)
    kernel.manager.shutdown_kernel()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["atexit", "thread"]


def test_a_kernel_has_left_before_the_manager_first_looks(start):
    kernel = start()
    process = kernel.process
    kernel.manager.request_shutdown()
    assert process.returncode == 0


def test_a_killed_kernel_is_dead_before_the_manager_first_looks(start):
    kernel = start()
    asyncio.run(kernel.manager.provisioner.kill())
    assert kernel.process.returncode == -signal.SIGKILL


# --- servers ---------------------------------------------------------------------------------------------------


def test_a_server_started_ahead_is_the_one_that_kernels_ask(start, runtime, monkeypatch):
    """A batch guesses what a start of the kernelspec will ask for."""
    monkeypatch.setenv("TZ", "Asia/Shanghai")  # no server has it yet
    before = set(servers(runtime))
    client.prepare_server(dict(os.environ))
    (server,) = set(servers(runtime)) - before
    assert start().value("__import__('os').getppid()") == server.pid  # had there been another, it would have forked


def test_two_clients_at_once_start_one_server(kernelspec, runtime):
    before = set(servers(runtime))
    code = f"""
    from jupyter_client.manager import start_new_kernel
    manager, client = start_new_kernel(kernel_name="{kernelspec(idle=299)}")
    print(client.execute_interactive("import os; assert False, os.getppid()", output_hook=lambda _: None)["content"]["evalue"])
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    clients = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    parents = {client.communicate(timeout=60)[0].strip() for client in clients}
    assert len(parents) == 1
    assert {str(server.pid) for server in set(servers(runtime)) - before} == parents


def test_only_the_user_can_reach_a_server(start, runtime):
    start()
    assert runtime.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in runtime.iterdir()} == {0o600}


def test_a_server_nobody_needs_ends_and_leaves_nothing(start, kernelspec, tmp_path, monkeypatch):
    deep = tmp_path / ("deep" * 30)  # longer than a socket's path may be
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    kernel = start(kernelspec(idle=0.1))
    server = kernel.value(PARENT)
    assert list(deep.iterdir()) == [deep / address.NAME]
    kernel.manager.shutdown_kernel()
    until(lambda: not list(deep.iterdir()))
    until(lambda: not alive(server))


def test_after_an_edit_or_an_install_a_new_server_imports_anew(start, kernelspec, tmp_path, monkeypatch):
    place = tmp_path / "site-packages"
    place.mkdir()
    (place / "edited.py").write_text("VALUE = 1")
    monkeypatch.setenv("PYTHONPATH", str(place))
    name = kernelspec(preload=["edited"])
    kernels = [start(name), start(name)]
    (place / "edited.py").write_text("VALUE = 22")
    kernels.append(start(name))
    (place / "installed.py").write_text("")
    kernels.append(start(name))
    assert [kernel.value("__import__('edited').VALUE") for kernel in kernels] == [1, 1, 22, 22]
    stale, same, after_edit, after_install = (kernel.value(PARENT) for kernel in kernels)
    assert stale == same
    assert len({stale, after_edit, after_install}) == 3
    for kernel in (kernel for kernel in kernels if kernel.value(PARENT) == stale):
        assert alive(stale)
        kernel.manager.shutdown_kernel()
    until(lambda: not alive(stale))


def test_a_file_in_the_working_folder_wins_over_an_installed_module(start, tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(provisioner, "logged", [])
    (tmp_path / "pandas.py").write_text("VALUE = 1")
    assert start(cwd=tmp_path).value("__import__('pandas').VALUE") == 1
    assert "holds pandas.py" in caplog.text


# --- where there can be no warm kernel -------------------------------------------------------------------------


def not_linux(patch, folder: Path) -> dict:
    patch.setattr(sys, "platform", "darwin")
    return {}


def unusable_folder(patch, folder: Path) -> dict:
    (folder / "file").write_text("")
    patch.setenv("XDG_RUNTIME_DIR", str(folder / "file"))
    return {}


def open_folder(patch, folder: Path) -> dict:
    (folder / address.NAME).mkdir(mode=0o755)
    patch.setenv("XDG_RUNTIME_DIR", str(folder))
    return {}


def module(source: str):
    def make(patch, folder: Path) -> dict:
        (folder / "preloaded_one.py").write_text(source)
        patch.setenv("PYTHONPATH", str(folder))
        return {"preload": ["preloaded_one"]}

    return make


def random_seed(patch, folder: Path) -> dict:
    patch.setenv("PYTHONHASHSEED", "random")
    return {}


HINDRANCES = {
    "each kernel is to have a hash seed of its own": random_seed,
    "processes can be forked safely only on Linux": not_linux,
    "Not a directory": unusable_folder,
    "others may write there; remove it": open_folder,
    "cannot preload preloaded_one: ZeroDivisionError: division by zero": module("1 / 0"),
    "cannot preload preloaded_one: importing it prints 'hello'": module("print('hello')"),
    "cannot preload preloaded_one: importing it starts a thread": module(
        "import threading, time; threading.Thread(target=time.sleep, args=[9], daemon=True).start()"
    ),
}


@pytest.mark.parametrize("reason", HINDRANCES)
def test_where_there_is_no_warm_kernel_an_ordinary_one_is_started_and_it_is_told_why(
    start, kernelspec, tmp_path, monkeypatch, caplog, reason
):
    monkeypatch.setattr(provisioner, "logged", [])
    name = kernelspec(**HINDRANCES[reason](monkeypatch, tmp_path))
    assert isinstance(start(name).process, subprocess.Popen)
    assert [reason in message for message in caplog.messages] == [True]


def test_an_interpreter_that_ignores_the_hash_seed_gets_an_ordinary_kernel(
    start, kernelspec, tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(provisioner, "logged", [])
    name = kernelspec()
    spec = tmp_path / "kernels" / name / "kernel.json"
    spec.write_text(spec.read_text().replace('"-m"', '"-E", "-m"'))
    assert isinstance(start(name).process, subprocess.Popen)
    assert "its interpreter is to ignore PYTHONHASHSEED" in caplog.text


def test_the_reason_is_told_once(start, monkeypatch, caplog):
    monkeypatch.setattr(provisioner, "logged", [])
    monkeypatch.setattr(sys, "platform", "darwin")
    for _ in range(2):
        assert start().value("1 + 1") == 2
    assert len(caplog.messages) == 1


def test_ports_that_are_taken_meanwhile_are_changed_for_others(start, monkeypatch, caplog):
    with contextlib.ExitStack() as opened:
        taken = [opened.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        chosen = iter([server.getsockname()[1] for server in taken])
        free = LocalPortCache.instance().find_available_port
        monkeypatch.setattr(LocalPortCache, "find_available_port", lambda cache, ip: next(chosen, None) or free(ip))
        kernel = start()
        assert kernel.value(MODULE) == "helpers.kernels.server"
    assert caplog.messages == []


def test_a_kernel_whose_ports_are_taken_when_it_is_restarted_keeps_them(start, monkeypatch):
    kernel = start()
    ports = kernel.manager.ports
    failed = ServerError(f"ZMQError: {os.strerror(errno.EADDRINUSE)}")
    with monkeypatch.context() as patch:
        patch.setattr(provisioner, "logged", [])
        patch.setattr(provisioner.WarmProvisioner, "_start", lambda *args, **kwargs: (_ for _ in ()).throw(failed))
        kernel.manager.restart_kernel()
    kernel.client.wait_for_ready(timeout=60)
    assert kernel.manager.ports == ports
    assert kernel.value("1 + 1") == 2


# --- through every door ----------------------------------------------------------------------------------------


@pytest.fixture
def notebook(tmp_path, monkeypatch) -> Path:
    """A notebook whose outputs say that it ran in a warm kernel; nobody sets a hash seed."""
    monkeypatch.delenv("PYTHONHASHSEED")
    cell = new_code_cell(f"print({MODULE})", metadata={"tags": ["parameters"]}, execution_count=1)
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="helpers.kernels.server\n")]
    path = tmp_path / "notebook.ipynb"
    nbformat.write(new_notebook(cells=[cell], metadata={"kernelspec": KERNELSPEC}), path)
    return path


KERNELSPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}


def printed(path: Path) -> str:
    return nbformat.read(path, as_version=4).cells[0].outputs[0].text


def command(*arguments: str | Path) -> str:
    done = subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_papermill_command(notebook, tmp_path):
    command("papermill", notebook, tmp_path / "out.ipynb", "--kernel", WARM)
    assert printed(tmp_path / "out.ipynb") == "helpers.kernels.server\n"


def test_papermill_s_api_without_fixed_waits(notebook, tmp_path):
    more = {"kernel_manager_class": manager.WarmKernelManager, "progress_bar": False}
    papermill.execute_notebook(notebook, tmp_path / "out.ipynb", kernel_name=WARM, **more)
    assert printed(tmp_path / "out.ipynb") == "helpers.kernels.server\n"


def test_nbval(notebook):
    told = command("pytest", "--nbval", "--nbval-kernel-name", WARM, "-p", "no:cacheprovider", "-W", "error", notebook)
    assert "1 passed" in told


def test_nbconvert(notebook, tmp_path):
    options = ["--execute", f"--ExecutePreprocessor.kernel_name={WARM}", "--to", "notebook", "--output", "out.ipynb"]
    command("nbconvert", *options, notebook)
    assert printed(tmp_path / "out.ipynb") == "helpers.kernels.server\n"


def test_the_server_of_jupyterlab(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONHASHSEED")
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--port=0"]
    with subprocess.Popen(
        [*command, "--IdentityProvider.token=word"], cwd=tmp_path, stderr=subprocess.DEVNULL
    ) as jupyter:
        try:
            until(lambda: list(tmp_path.glob("jpserver-*.json")))
            url = until(lambda: json.loads(next(tmp_path.glob("jpserver-*.json")).read_text()).get("url"))

            def ask(method: str, path: str, **content):
                body = json.dumps(content).encode()
                request = Request(f"{url}api/{path}", body, {"Authorization": "token word"}, method=method)
                with urlopen(request, timeout=60) as answer:
                    return json.loads(answer.read() or "null")

            kernel = until(lambda: _started(ask))
            (process,) = until(lambda: kernels_in(tmp_path))
            ask("POST", f"kernels/{kernel}/interrupt")
            ask("POST", f"kernels/{kernel}/restart")
            (another,) = until(lambda: kernels_in(tmp_path))
            assert another != process
            ask("DELETE", f"kernels/{kernel}")
            assert kernels_in(tmp_path) == []
            assert ask("POST", "kernels", name=WARM)["name"] == WARM
        finally:
            jupyter.kill()
    until(lambda: kernels_in(tmp_path) == [])


def _started(ask) -> str | None:
    with contextlib.suppress(URLError):  # it does not listen yet
        return ask("POST", "kernels", name=WARM)["id"]
    return None


def kernels_in(folder: Path) -> list[int]:
    """Warm kernels that work in a folder."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if "helpers.kernels.server" in process.cmdline() and process.cwd() == str(folder):
                found.append(process.pid)
    return found


# --- no fixed waits --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [WARM, "python3"])
def test_no_client_waits_for_silence(name, monkeypatch):
    """Waiting for silence is waiting for a message that does not come."""
    from jupyter_client.channels import AsyncZMQSocketChannel

    silences, get = [], AsyncZMQSocketChannel.get_msg

    async def counting(channel, timeout=None):
        try:
            return await get(channel, timeout)
        except Empty:
            silences.append(timeout)
            raise

    async def ready() -> None:
        kernel = manager.WarmKernelManager(kernel_name=name)
        assert kernel.ipykernel
        await kernel.start_kernel()
        client = kernel.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        assert set(silences) <= {manager.ALIVE_CHECK_S}  # while an ordinary kernel starts
        if name == WARM:
            await kernel.restart_kernel()
            await client.wait_for_ready(timeout=60)
            assert silences == []
        said = []
        await client.execute_interactive("print('heard')", output_hook=said.append, timeout=60)
        assert [one["content"]["text"] for one in said if "text" in one["content"]] == ["heard\n"]
        client.stop_channels()
        await kernel.shutdown_kernel(now=True)

    monkeypatch.setattr(AsyncZMQSocketChannel, "get_msg", counting)
    asyncio.run(ready())


def test_whoever_starts_a_warm_kernel_gets_a_client_without_waits_unless_it_has_its_own(start):
    assert isinstance(start().client, manager.BlockingWarmKernelClient)
    own = KernelManager(kernel_name=WARM, client_class="jupyter_client.threaded.ThreadedKernelClient")
    manager.quicken(own)
    assert own.client_factory.__name__ == "ThreadedKernelClient"
