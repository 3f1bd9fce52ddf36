"""Clients of kernels without fixed waits.

jupyter_client calls a kernel ready when its output channel was silent for 0.2 s. These clients ask the kernel instead: it
welcomes a new listener on that channel, and answers a question that is asked after the welcome.

A warm kernel gives these clients to its manager by itself (see `quicken`), so that the papermill command, nbval and nbconvert
need nothing.
"""

import time
from queue import Empty

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager
from jupyter_client.utils import ensure_async, run_sync

ALIVE_CHECK_S = 1.0  # between two checks that the kernel is alive


class _Ready:
    """Mixed into a client: how it waits for its kernel."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        """Return when the kernel answers and no output of it can be lost; called before the first cell.

        Raises RuntimeError when the kernel dies or does not answer in time, as jupyter_client does.
        """
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        asked = self.kernel_info()
        while not _answers(output := await self._message(self.iopub_channel, end), asked, "idle"):
            # What the kernel told before it knew of this listener is lost, so it is asked again.
            if output is None or output["msg_type"] == "iopub_welcome":
                asked = self.kernel_info()
        while not _answers(answer := await self._message(self.shell_channel, end), asked):
            pass
        self._handle_kernel_info_reply(answer)

    async def _message(self, channel, end: float) -> dict | None:
        """The next message, None where there is none for a while."""
        try:
            return await ensure_async(channel.get_msg(timeout=ALIVE_CHECK_S))
        except Empty:
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info") from None
            if time.monotonic() > end:
                raise RuntimeError("Kernel didn't respond in time") from None
            return None


def _answers(message: dict | None, asked: str, state: str | None = None) -> bool:
    """Does a message answer this question, or tell that the kernel is in this state after it?"""
    return (
        message is not None
        and message["parent_header"].get("msg_id") == asked
        and message["content"].get("execution_state") == state
    )


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
