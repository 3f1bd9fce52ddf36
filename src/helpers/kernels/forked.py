"""Cells executed in a forked shell: the client's side of `shell`, in place of nbclient's kernels and channels."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache

from jupyter_client.kernelspec import KernelSpecManager
from nbclient.client import timestamp
from nbclient.exceptions import CellExecutionComplete, CellExecutionError, CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from traitlets import Bool

from helpers.kernels import address, child, provisioner
from helpers.kernels.session import PipeSession
from helpers.kernels.wire import ServerError

SHUTDOWN_TIMEOUT_S = 1.0  # for a shell to leave by itself, once its cells are done


class Shell:
    """A forked shell: its process, requests to it, and its messages."""

    def __init__(self, kernel_name: str, from_template: bool = False):
        """from_template: see `ForkClient`. Raises ServerError where none can be forked."""
        if sys.platform != "linux":
            raise ServerError(provisioner.ONLY_LINUX)
        from helpers.kernels import client  # not on every system

        command, environment, settings = read_kernelspec(kernel_name)
        environment |= {"JPY_PARENT_PID": str(os.getpid())}
        fork = _fork_from_template if from_template else client.fork
        self.process, self._channel = fork(command, environment, settings)
        self._session = PipeSession()

    def request(self, kind: str, content: dict, metadata: dict | None = None) -> str:
        """Ask for something; returns the id that its messages have as their parent's."""
        message = self._session.msg(kind, content, metadata=metadata)
        self._session.send(self._channel, message)  # that it is dead shows when its answer is read
        return message["header"]["msg_id"]

    def kernel_info(self) -> str:
        """Ask what language it has; called by papermill at the end."""
        return self.request("kernel_info_request", {})

    def receive(self, request: str, deadline: float | None = None) -> dict:
        """The next message that belongs to a request. Raises TimeoutError, and DeadKernelError when the process has ended."""
        while True:
            try:
                parts = self._channel.receive(deadline, self.process.descriptor)
            except EOFError:
                raise DeadKernelError("Kernel died") from None
            message = self._session.deserialize(parts)
            if message["parent_header"].get("msg_id") == request:
                return message

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def close(self) -> None:
        """Have it leave, with what the cells asked for at exit; in the end it is killed, with all that it started."""
        self._channel.close()
        self.process.close(SHUTDOWN_TIMEOUT_S)


def read_kernelspec(name: str) -> tuple[list[str], dict[str, str], address.Settings]:
    """Command and environment of a shell for a kernelspec, and the settings of its server.

    Raises ServerError for a kernel that is no ipykernel, NoSuchKernel for one that is not installed.
    """
    spec = _find_kernelspec(name)
    python, *rest = spec.argv
    if child.KERNEL not in rest:
        raise ServerError(f"the kernel {name!r} is no ipykernel")
    if python in ("python", "python3", f"python3.{sys.version_info[1]}"):
        python = sys.executable
    options = rest[: rest.index("-m")]
    environment = provisioner.set_hash_seed(os.environ | spec.env)
    named = spec.metadata.get("kernel_provisioner", {})
    own = named.get("provisioner_name") == address.NAME
    settings = address.Settings.of(named["config"]) if own else address.read_settings()
    return [python, *options, "-m", child.KERNEL], environment, settings


@lru_cache(maxsize=8)
def _find_kernelspec(name: str):
    return KernelSpecManager().get_kernel_spec(name)


_templates: dict[tuple, object] = {}  # the last one by what it was made for; none where none can be made


def _fork_from_template(command: list[str], environment: dict[str, str], settings: address.Settings):
    """As `client.fork`, from a template for all that is asked for alike; from the server where the template fails."""
    from helpers.kernels import client

    key = (*command, *sorted(environment.items()), os.getcwd(), settings)  # noqa: PTH109
    if key not in _templates:
        close_template()
        _templates[key] = None
        with suppress(ServerError):
            _templates[key] = client.Template(command, environment, settings)
    if template := _templates[key]:
        with suppress(ServerError, EOFError, OSError):
            return client.fork(command, environment, settings, template.start)
        close_template()
        _templates[key] = None
    return client.fork(command, environment, settings)


def close_template() -> None:
    """End the template, if there is one."""
    for template in filter(None, _templates.values()):
        template.close()
    _templates.clear()


class ForkClient(PapermillNotebookClient):
    """Executes the cells of a notebook in a forked shell."""

    from_template = Bool(False, help="Shall shells of the same environment be forked from one that has begun?")

    @contextmanager
    def setup_kernel(self, **options) -> Iterator[None]:
        """Hold a shell meanwhile. Raises ServerError where none can be forked."""
        self.kc = Shell(self.kernel_name, self.from_template)
        try:
            yield
        finally:
            self.kc.close()

    def wait_for_reply(self, request: str, cell=None) -> dict:
        """The reply to a request; called by papermill for that to `kernel_info`."""
        while not (message := self.kc.receive(request))["msg_type"].endswith("_reply"):
            pass
        return message

    def execute_cell(self, cell, cell_index: int, **options):
        """Execute a cell, as `NotebookClient.async_execute_cell` does; called by papermill.

        Raises CellExecutionError, CellTimeoutError or DeadKernelError.
        """
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        if self.record_timing:
            cell.metadata["execution"] = {}
        allows_errors = not self.force_raise_errors and (self.allow_errors or "raises-exception" in tags)
        timeout_s = self._get_timeout(cell)
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        request = self.kc.request("execute_request", {
            "code": cell.source, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False,
            "stop_on_error": not allows_errors,
        }, {})  # fmt: skip
        self.code_cells_executed += 1
        cell.outputs, self.clear_before_next_output, reply = [], False, None
        with suppress(CellExecutionComplete):
            while True:
                try:
                    message = self.kc.receive(request, deadline)
                except TimeoutError:
                    reply = self._handle_timeout(timeout_s, cell)
                    deadline = None
                    continue
                if message["msg_type"] == "execute_reply":
                    reply = reply or message
                    if self.record_timing:
                        cell.metadata["execution"]["shell.execute_reply"] = timestamp(message)
                else:
                    self.process_message(message, cell, cell_index)
        if self.on_cell_executed is not None:
            self.on_cell_executed(cell=cell, cell_index=cell_index, execute_reply=reply)
        content = reply["content"]
        tolerated = allows_errors or (not self.force_raise_errors and content.get("ename") in self.allow_error_names)
        if content["status"] == "error" and not tolerated:
            raise CellExecutionError.from_cell_and_msg(cell, content)
        return cell

    def _handle_timeout(self, timeout_s: float, cell) -> dict | None:
        """What stands for the reply of a cell that takes too long, if it shall be interrupted. Raises CellTimeoutError."""
        if not self.interrupt_on_timeout:
            raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", timeout_s, cell)
        self.kc.interrupt()
        return {"content": {**self.error_on_timeout, "status": "error"}} if self.error_on_timeout else None
