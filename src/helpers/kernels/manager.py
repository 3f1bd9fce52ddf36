"""Kernel managers and clients without fixed waits, for warm kernels and ordinary ones.

jupyter_client calls a kernel ready when its output channel was silent for 0.2 s. These clients ask the kernel instead: it
welcomes a new listener on that channel, and answers a question that is asked after the welcome.

    papermill.execute_notebook(..., kernel_name="evaluation-warm", kernel_manager_class=WarmKernelManager)
    nbclient.NotebookClient(..., kernel_name="evaluation-warm", kernel_manager_class=WarmKernelManager)

A warm kernel gives these clients to its manager by itself (see `quicken`), so that the papermill command, nbval and nbconvert
need nothing; the manager class does it for ordinary kernels too, and keeps the history of commands in memory.
"""

import time
from queue import Empty

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import AsyncKernelManager, KernelManager
from jupyter_client.utils import ensure_async, run_sync

LOOK = 1.0  # s between two looks whether the kernel still lives


class _Ready:
    """Mixed into a client: how it waits for its kernel."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        """Return when the kernel answers and no output of it can be lost; called before the first cell.

        Raises RuntimeError when the kernel dies or does not answer in time, as jupyter_client does.
        """
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        await self._answered(end)
        try:
            await ensure_async(self.iopub_channel.get_msg(timeout=LOOK))
        except Empty:  # another kind of kernel, which welcomes nobody
            await super()._async_wait_for_ready(timeout)
            return
        asked = await self._answered(end)
        while not await self._idle(asked, end):
            pass

    async def _answered(self, end: float) -> str:
        """Ask for the kernel's info and wait for the answer; returns the id of the question."""
        asked = self.kernel_info()
        while True:
            message = await self._message(self.shell_channel, end)
            if message["parent_header"].get("msg_id") == asked:
                self._handle_kernel_info_reply(message)
                return asked

    async def _idle(self, asked: str, end: float) -> bool:
        """Is the next output the end of a question's handling?"""
        message = await self._message(self.iopub_channel, end)
        return (
            message["parent_header"].get("msg_id") == asked
            and message["msg_type"] == "status"
            and message["content"]["execution_state"] == "idle"
        )

    async def _message(self, channel, end: float) -> dict:
        while True:
            try:
                return await ensure_async(channel.get_msg(timeout=min(LOOK, max(0, end - time.monotonic()))))
            except Empty:
                if not await self._async_is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
                if time.monotonic() >= end:
                    raise RuntimeError("Kernel didn't respond in time") from None


class WarmKernelClient(_Ready, AsyncKernelClient):
    """A client for asyncio."""

    wait_for_ready = _Ready._async_wait_for_ready


class BlockingWarmKernelClient(_Ready, BlockingKernelClient):
    """A client that blocks."""

    wait_for_ready = run_sync(_Ready._async_wait_for_ready)


def quicken(kernel_manager: KernelManager) -> None:
    """Have a manager make clients without fixed waits, unless it was told to make clients of its own."""
    if kernel_manager.client_factory is AsyncKernelClient:
        kernel_manager.client_factory = WarmKernelClient
    elif kernel_manager.client_factory is BlockingKernelClient:
        kernel_manager.client_factory = BlockingWarmKernelClient


class WarmKernelManager(AsyncKernelManager):
    """For nbclient's and papermill's `kernel_manager_class`."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        quicken(self)

    @property
    def ipykernel(self) -> bool:
        """Is it an ipykernel? nbclient asks, to keep the history of commands in memory."""
        return super().ipykernel or self.kernel_name == "evaluation-warm"
