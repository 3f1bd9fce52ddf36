"""Where there can be no warm kernel, an ordinary one is started, and the reason is logged once."""

import contextlib
import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_client.connect import LocalPortCache
from warm import MODULE, PATIENCE

from helpers.kernels import address, provisioner
from helpers.kernels.wire import ServerError

pytestmark = [pytest.mark.kernel, pytest.mark.usefixtures("kernel_servers")]


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
def test_an_ordinary_kernel_is_started_and_the_reason_logged(start, kernelspec, tmp_path, monkeypatch, caplog, reason):
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


def test_the_reason_is_logged_once(start, monkeypatch, caplog):
    monkeypatch.setattr(provisioner, "logged", [])
    monkeypatch.setattr(sys, "platform", "darwin")
    for _ in range(2):
        assert start().value("1 + 1") == 2
    assert len(caplog.messages) == 1


def test_taken_ports_are_replaced(start, monkeypatch, caplog):
    with contextlib.ExitStack() as opened:
        taken = [opened.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        chosen = iter([server.getsockname()[1] for server in taken])
        free = LocalPortCache.instance().find_available_port
        monkeypatch.setattr(LocalPortCache, "find_available_port", lambda cache, ip: next(chosen, None) or free(ip))
        kernel = start()
        assert kernel.value(MODULE) == "helpers.kernels.server"
    assert caplog.messages == []


def test_a_restarted_kernel_keeps_its_ports(start, monkeypatch):
    kernel = start()
    ports = kernel.manager.ports
    failed = ServerError(f"ZMQError: {os.strerror(errno.EADDRINUSE)}")
    with monkeypatch.context() as patch:
        patch.setattr(provisioner, "logged", [])
        patch.setattr(provisioner.WarmProvisioner, "_start", lambda *args, **kwargs: (_ for _ in ()).throw(failed))
        kernel.manager.restart_kernel()
    kernel.client.wait_for_ready(timeout=PATIENCE)
    assert kernel.manager.ports == ports
    assert kernel.value("1 + 1") == 2
