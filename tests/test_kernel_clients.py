"""Clients of warm kernels: papermill, nbval, nbconvert and JupyterLab's server; none waits longer than it must."""

import asyncio
import contextlib
import json
import subprocess
import sys
from pathlib import Path
from queue import Empty
from urllib.error import URLError
from urllib.request import Request, urlopen

import nbformat
import papermill
import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager, KernelManager
from nbformat.v4 import new_code_cell, new_notebook
from warm import MODULE, PATIENCE, WARM, until

from helpers.kernels import manager

pytestmark = [pytest.mark.kernel, pytest.mark.usefixtures("kernel_servers")]


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


def test_papermill_s_api(notebook, tmp_path):
    papermill.execute_notebook(notebook, tmp_path / "out.ipynb", kernel_name=WARM, progress_bar=False)
    assert printed(tmp_path / "out.ipynb") == "helpers.kernels.server\n"


def test_nbval(notebook):
    stdout = command(
        "pytest", "--nbval", "--nbval-kernel-name", WARM, "-p", "no:cacheprovider", "-W", "error", notebook
    )
    assert "1 passed" in stdout


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
            url = until(lambda: _address(tmp_path))

            def ask(method: str, path: str, **content):
                body = json.dumps(content).encode()
                request = Request(f"{url}api/{path}", body, {"Authorization": "token word"}, method=method)
                with urlopen(request, timeout=PATIENCE) as answer:
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


def _address(folder: Path) -> str | None:
    for path in folder.glob("jpserver-*.json"):
        with contextlib.suppress(json.JSONDecodeError):  # it is being written
            return json.loads(path.read_text())["url"]
    return None


def _started(ask) -> str | None:
    with contextlib.suppress(URLError):  # it does not listen yet
        return ask("POST", "kernels", name=WARM)["id"]
    return None


def kernels_in(folder: Path) -> list[int]:
    """Warm kernels that work in a folder."""
    processes = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if "helpers.kernels.server" in process.cmdline() and process.cwd() == str(folder):
                processes.append(process.pid)
    return processes


def test_clients_do_not_wait_for_silence(monkeypatch):
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
        kernel = AsyncKernelManager(kernel_name=WARM)
        await kernel.start_kernel()
        client = kernel.client()
        client.start_channels()
        await client.wait_for_ready(timeout=PATIENCE)
        await kernel.restart_kernel()
        await client.wait_for_ready(timeout=PATIENCE)
        assert silences == []
        messages = []
        await client.execute_interactive("print('heard')", output_hook=messages.append, timeout=PATIENCE)
        assert [message["content"]["text"] for message in messages if "text" in message["content"]] == ["heard\n"]
        client.stop_channels()
        await kernel.shutdown_kernel(now=True)

    monkeypatch.setattr(AsyncZMQSocketChannel, "get_msg", counting)
    asyncio.run(ready())


def test_a_warm_kernel_gets_a_client_without_waits(start):
    assert isinstance(start().client, manager.BlockingWarmKernelClient)
    own = KernelManager(kernel_name=WARM, client_class="jupyter_client.threaded.ThreadedKernelClient")
    manager.quicken(own)
    assert own.client_factory.__name__ == "ThreadedKernelClient"
