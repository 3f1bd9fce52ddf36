"""Warm kernels share nothing with their server or with each other: no random state, descriptor, thread or limit."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from warm import MODULE, PARENT

from helpers.kernels import address

pytestmark = [pytest.mark.kernel, pytest.mark.usefixtures("kernel_servers")]

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


def test_the_requested_hash_seed_is_used(start, monkeypatch, kernelspec):
    name = kernelspec()
    for seed in ("0", "7"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        fresh = subprocess.check_output([sys.executable, "-c", "print(hash('a'))"], text=True)
        assert {start(name).value("hash('a')") for _ in range(2)} == {int(fresh)}


def test_without_a_request_a_kernel_has_hash_seed_0(start, monkeypatch, kernelspec):
    monkeypatch.delenv("PYTHONHASHSEED")
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    fresh = subprocess.check_output([sys.executable, "-c", "print(hash('a'))"], env=environment, text=True)
    name = kernelspec(stock=1)  # a setting of an older kernelspec
    kernels = [start(name) for _ in range(2)]
    assert {kernel.value("hash('a')") for kernel in kernels} == {int(fresh)}
    assert len({kernel.value("__import__('random').random()") for kernel in kernels}) == 2
    assert {kernel.value(MODULE) for kernel in kernels} == {"helpers.kernels.server"}


def test_kernels_inherit_no_descriptors(start):
    first, second = start(), start()
    server = first.value(PARENT)
    held = {
        process: sockets_and_pipes(process) for process in (first.process.pid, second.process.pid, server, os.getpid())
    }
    assert all(any(link.startswith("socket") for link in links) for links in held.values())
    for process, links in held.items():
        others = set().union(*(held[other] for other in held if other != process))
        assert links & others == set()


def sockets_and_pipes(process: int) -> set[str]:
    """Sockets and pipes of a process, but for those that are its standard streams."""
    links = set()
    for entry in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            links.add(str(entry.readlink()))
    return {link for link in links if link.startswith(("socket", "pipe"))}


@pytest.mark.parametrize("threads", [None, "2"])
def test_libraries_use_one_thread_by_default(start, kernelspec, monkeypatch, threads):
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


def test_kernels_inherit_the_limits_of_their_client(start, kernelspec, tmp_path):
    name = kernelspec()
    start(name)  # another client's server is no use
    (tmp_path / "client.py").write_text(BORN.format(name=name))
    limited = f"ulimit -n 500; exec nice -n 3 {sys.executable} {tmp_path / 'client.py'}"
    done = subprocess.run(["bash", "-c", limited], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.split() == ["Kernel", "3", "500"]
