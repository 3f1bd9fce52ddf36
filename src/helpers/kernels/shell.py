"""ipykernel's kernel over one channel and without ZeroMQ: what a forked process runs for the papermill engine `fork`.

Everything that makes outputs is ipykernel's own: the shell, its display hook, its streams, the handling of requests. Only
what carries messages is replaced, so that outputs are the same; classes that a cell can see keep their names.
"""

import contextvars
import os
import queue
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace

import zmq
from ipykernel import iostream, ipkernel
from ipykernel.kernelapp import IPKernelApp
from tornado.ioloop import IOLoop
from traitlets import Any, Dict, Instance, Int, Type, default
from traitlets.config import Config

from helpers.kernels.channel import Channel
from helpers.kernels.session import PipeSession


class DirectPublisher(iostream.IOPubThread):
    """Sends what ipykernel publishes at once, in the thread that publishes it; in place of a thread with a loop.

    A stream is flushed 0.2 s after it is written to, as ipykernel does; the thread for that begins with the first write.
    """

    def __init__(self, channel: Channel):
        self.send_multipart = channel.send_multipart
        self.io_loop = self  # of which streams use `call_later`
        self._lock = threading.RLock()
        self._delayed: queue.SimpleQueue[tuple[float, Callable]] = queue.SimpleQueue()
        self._timer: threading.Thread | None = None

    def schedule(self, function: Callable[[], object]) -> None:
        """Call a function while no other thread publishes."""
        with self._lock:
            function()

    def call_later(self, delay_s: float, function: Callable[[], object]) -> None:
        """Call a function after a while; each call has the same delay, so that they stay in order."""
        self._delayed.put((time.monotonic() + delay_s, function))
        if self._timer is None:
            self._timer = threading.Thread(target=self._call_delayed, daemon=True)
            self._timer.start()

    def _call_delayed(self) -> None:
        while True:
            due, function = self._delayed.get()
            time.sleep(max(0, due - time.monotonic()))
            self.schedule(function)


class OutStream(iostream.OutStream):
    """A standard stream that is flushed by the thread that asks for it."""

    def flush(self) -> None:
        self.pub_thread.schedule(self._flush)


class IPythonKernel(ipkernel.IPythonKernel):
    """The kernel, which takes its requests from a channel."""

    channel = Any()
    _execute_sleep = 0  # ipykernel waits there for its thread to have sent everything

    def start(self) -> None:
        """Handle the requests of the channel until it ends."""
        self.io_loop = IOLoop.current()
        context = contextvars.copy_context()  # variables of a cell are there in the next one

        def receive(channel: Channel, events: int) -> None:
            try:
                parts = channel.receive()
            except EOFError:
                self.io_loop.stop()
                return
            request = self.shell_main(None, [zmq.Message(part) for part in parts])
            self.io_loop.asyncio_loop.create_task(request, context=context)

        self.io_loop.add_handler(self.channel, receive, IOLoop.READ)

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """No request waits behind another one."""


class DirectApp(IPKernelApp):
    """What starts the kernel, which has a channel from the beginning, or in each process that is forked from a template."""

    kernel_class = Type(IPythonKernel)
    channel = Instance(Channel, ())
    descriptor = Int(None, allow_none=True, help="Of the channel, unless `attach` is called later.")
    variables = Dict(help="Variables of the environment that were set while it was prepared.")

    @default("session")
    def _make_session(self) -> PipeSession:
        return PipeSession(parent=self)

    def prepare(self, arguments: list[str]) -> None:
        """Do all that processes forked from this one can share. Raises RuntimeError where a thread is needed for it."""
        before = dict(os.environ)
        self.initialize(arguments)
        if threading.active_count() > 1:
            raise RuntimeError("the configuration of IPython starts a thread")
        self.variables = {name: value for name, value in os.environ.items() if before.get(name) != value}

    def attach(self, descriptor: int) -> None:
        """Open the channel, in the process that is to execute cells: streams and their threads are of one process."""
        os.environ.update(self.variables)
        self.channel.open(descriptor)
        self.session.pid = os.getpid()
        self.init_signal()
        super().init_io()
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count

    def init_io(self) -> None:
        if self.descriptor is not None:
            self.attach(self.descriptor)

    def parse_command_line(self, argv: list[str] | None = None) -> None:
        """Without arguments, there is nothing to parse: to set up the parser would take a fifth of the start."""
        if argv:
            super().parse_command_line(argv)
        self.update_config(Config(HistoryManager={"hist_file": ":memory:"}))  # as nbclient starts an ipykernel

    def init_connection_file(self) -> None:
        """There is none, nor anything that it names."""

    init_poller = write_connection_file = log_connection_info = init_heartbeat = init_connection_file

    def init_sockets(self) -> None:
        self.log.setLevel(self.log_level)  # or a record is made of every message, which no handler takes
        self.configure_tornado_logger()
        self.iopub_thread = DirectPublisher(self.channel)
        self.iopub_socket = self.channel
        self.outstream_class = f"{__name__}.{OutStream.__name__}"

    def init_kernel(self) -> None:
        reply_to = SimpleNamespace(get_subshell_to_shell_channel_socket=lambda subshell_id: self.channel)
        self.kernel = self.kernel_class.instance(
            parent=self, session=self.session, channel=self.channel, iopub_thread=self.iopub_thread,
            iopub_socket=self.iopub_socket, log=self.log, profile_dir=self.profile_dir, user_ns=self.user_ns,
            shell_channel_thread=SimpleNamespace(parent_thread=threading.main_thread(), manager=reply_to),
        )  # fmt: skip

    def close(self) -> None:
        """Give the standard streams back; there is nothing else to close."""
        self.reset_io()
