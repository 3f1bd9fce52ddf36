"""Real warm kernels for tests: what a kernelspec is called, a kernel with its client, servers and what lives of them."""

import asyncio
import contextlib
import json
import os
import signal
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from jupyter_client.manager import KernelManager

from helpers import paths
from helpers.kernels import address

WARM = "evaluation-warm"
SMALL = "small-warm"  # as the installed kernelspec, but for what it preloads
PARENT = "__import__('os').getppid()"
PATIENCE = 120  # s until something that hangs is given up
MODULE = "open('/proc/%d/cmdline' % __import__('os').getppid()).read().split(chr(0))[2]"  # what a kernel's parent runs


def until(condition, what: str = ""):
    """The condition's value, as soon as it is true."""
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < deadline, what or condition
        time.sleep(0.005)
    return value


def servers(folder: Path) -> list[psutil.Process]:
    """Servers that listen in a folder."""
    kernels = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            line = process.cmdline()
            if "helpers.kernels.server" in line and f'"folder": "{folder}"' in line[-1]:
                kernels.append(process)
    return kernels


def alive(process: int) -> bool:
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def write_kernelspec(folder: Path, settings: dict) -> str:
    """Write a kernelspec like the installed one, but that it preloads and warms up nothing unless the settings say so; its name."""
    spec = json.loads((paths.PACKAGE / "kernels" / "kernel.json").read_text(encoding="utf-8"))
    spec["metadata"]["kernel_provisioner"]["config"] |= {"preload": [], "warm_up": ""} | settings
    place = folder / "kernels" / SMALL
    place.mkdir(parents=True, exist_ok=True)
    (place / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    return SMALL


@contextlib.contextmanager
def _default_signals() -> Iterator[None]:
    """Signals that a shell ignores for what it runs in the background, or `nohup`, are not ignored by what is started here."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGHUP, signal.SIGQUIT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def using_servers(folder: Path) -> Iterator[Path]:
    """Kernels are of the servers in a folder, with one hash seed; yields where these listen."""
    with pytest.MonkeyPatch.context() as patch, _default_signals():
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        patch.setenv("PYTHONHASHSEED", "0")
        patch.setenv("IPYTHONDIR", str(folder.with_name(f"{folder.name}-ipython")))
        patch.setenv("JUPYTER_PATH", str(folder.with_name(f"{folder.name}-jupyter")))
        yield folder / address.NAME


def end_servers(folder: Path) -> None:
    """End the servers of which a folder is the runtime folder."""
    running = servers(folder / address.NAME)
    for server in running:
        with contextlib.suppress(psutil.NoSuchProcess):  # one ends by itself when nobody needs it
            server.terminate()
    assert psutil.wait_procs(running, timeout=PATIENCE)[1] == []


class Running:
    """A kernel with its client."""

    def __init__(self, name: str, **options):
        self.manager = KernelManager(kernel_name=name)
        # Under pytest, ipykernel leaves out what it does elsewhere: forward what is written to descriptors.
        self.manager.start_kernel(env={k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}, **options)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)

    @property
    def process(self):
        return self.manager.provisioner.process

    def run(self, code: str, check: bool = True) -> list[dict]:
        """Messages of a cell."""
        messages = []
        reply = self.client.execute_interactive(textwrap.dedent(code), output_hook=messages.append, timeout=PATIENCE)
        assert not check or reply["content"]["status"] == "ok", reply["content"]
        return messages

    def out(self, code: str, name: str = "stdout") -> str:
        """What a cell prints."""
        texts = [message["content"]["text"] for message in self.run(code) if message["content"].get("name") == name]
        return "".join(texts)

    def streams(self, code: str, expected: dict[str, str]) -> dict[str, list[str]]:
        """Words that a cell writes to each stream; what a kernel forwards may come after the cell's end, so it is waited for."""
        texts = dict.fromkeys(expected, "")
        messages = self.run(code)
        while True:
            for content in (message["content"] for message in messages):
                if "name" in content:
                    texts[content["name"]] = texts.get(content["name"], "") + content["text"]
            if all(len(texts[name].split()) >= len(text.split()) for name, text in expected.items()):
                return {name: text.split() for name, text in texts.items()}
            messages = [self.client.get_iopub_msg(timeout=PATIENCE)]

    def value(self, expression: str):
        return json.loads(self.out(f"import json; print(json.dumps({expression}))"))

    def data(self, code: str) -> list[dict]:
        """What a cell displays."""
        return [message["content"]["data"] for message in self.run(code) if "data" in message["content"]]

    def begin(self, code: str) -> str:
        """Run a cell that prints something, and return when it does."""
        asked = self.client.execute(code, stop_on_error=False)  # or what follows would be aborted
        while self.client.get_iopub_msg(timeout=PATIENCE)["msg_type"] != "stream":
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
