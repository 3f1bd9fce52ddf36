"""Servers of warm kernels: one for all who ask alike, for its user alone, anew after a change, and gone when not needed."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest
from warm import PARENT, PATIENCE, alive, servers, until

from helpers.cli import warm_up
from helpers.kernels import address, client, provisioner

pytestmark = [pytest.mark.kernel, pytest.mark.usefixtures("kernel_servers")]


def test_two_clients_at_once_start_one_server(kernelspec, kernel_servers):
    before = set(servers(kernel_servers))
    code = f"""
    from jupyter_client.manager import start_new_kernel
    manager, client = start_new_kernel(kernel_name="{kernelspec(idle=299)}")
    print(client.execute_interactive("import os; assert False, os.getppid()", output_hook=lambda _: None)["content"]["evalue"])
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    clients = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    parents = {client.communicate(timeout=PATIENCE)[0].strip() for client in clients}
    assert len(parents) == 1
    assert {str(server.pid) for server in set(servers(kernel_servers)) - before} == parents


def test_only_the_user_can_reach_a_server(start, kernel_servers):
    start()
    assert kernel_servers.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in kernel_servers.iterdir()} == {0o600}


KILLED_CLIENT = """
import os, socket, sys
from helpers.kernels import wire
connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
if sys.argv[2] == "whole":
    wire.send(connection, {"module": "none"}, (1,))
else:  # killed between the two parts of a message
    socket.send_fds(connection, [(9).to_bytes(wire.LENGTH, "big")], (1,))
"""


@pytest.mark.parametrize(("message", "idle_s"), [("whole", 297), ("its beginning", 298)])
def test_a_client_that_is_killed_while_it_asks_leaves_no_stream_open(
    message, idle_s, start, kernelspec, kernel_servers
):
    """Whoever reads what a killed batch writes would wait for as long as the server lives."""
    kernel = start(kernelspec(idle=idle_s))  # from a server of its own
    path = max(kernel_servers.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    os.kill(kernel.value(PARENT), signal.SIGSTOP)  # so that the client has ended when the server reads its message
    try:
        client = subprocess.Popen([sys.executable, "-c", KILLED_CLIENT, path, message], stdout=subprocess.PIPE)
        client.wait(timeout=PATIENCE)
    finally:
        os.kill(kernel.value(PARENT), signal.SIGCONT)
    assert client.communicate(timeout=PATIENCE) == (b"", None)
    assert start(kernelspec(idle=idle_s)).value(PARENT) == kernel.value(PARENT)


def test_an_idle_server_ends_and_leaves_no_file(start, kernelspec, tmp_path, monkeypatch):
    deep = tmp_path / ("deep" * 30)  # longer than a socket's path may be
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    kernel = start(kernelspec(idle=0.1))
    server = kernel.value(PARENT)
    assert list(deep.iterdir()) == [deep / address.NAME]
    kernel.manager.shutdown_kernel()
    until(lambda: not list(deep.iterdir()))
    until(lambda: not alive(server))


def test_an_edit_or_an_install_starts_a_new_server(start, kernelspec, tmp_path, monkeypatch):
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


def test_a_module_in_the_working_folder_comes_first(start, tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(provisioner, "logged", [])
    (tmp_path / "pandas.py").write_text("VALUE = 1")
    assert start(cwd=tmp_path).value("__import__('pandas').VALUE") == 1
    assert "holds pandas.py" in caplog.text


STEPS = """
import pathlib, time, warnings
def steps():
    warnings.warn("nobody sees it")
    pathlib.Path({file!r}).touch()
    while True:
        time.sleep(0.01)
        yield
"""


def test_a_kernel_forked_while_the_server_warms_up_shows_warnings(start, kernelspec, tmp_path, monkeypatch):
    (tmp_path / "warming.py").write_text(STEPS.format(file=str(tmp_path / "begun")))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    name, filters = kernelspec(warm_up="warming:steps"), "[str(entry) for entry in __import__('warnings').filters]"
    kernel = start(name)
    before = kernel.value(filters)
    kernel.close()
    until((tmp_path / "begun").exists)
    assert start(name).value(filters) == before


@pytest.mark.parametrize("after_warm_up", [False, True])
def test_a_process_may_wait_until_the_server_has_warmed_up(after_warm_up, kernel_servers, tmp_path, monkeypatch):
    (tmp_path / "warming.py").write_text(STEPS.format(file=str(tmp_path / "begun")))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    command = [sys.executable, "-m", "helpers.batch.worker", str(tmp_path)]
    settings = address.Settings(warm_up="warming:steps")
    process, channel = client.fork(command, dict(os.environ), settings, after_warm_up=after_warm_up)
    assert (tmp_path / "begun").exists() == after_warm_up
    channel.close()
    process.close(PATIENCE)


def test_no_step_of_warming_up_fails():
    """What fails ends the steps in a server, and nobody is told."""
    assert sum(1 for _ in warm_up.list_steps()) == 2
