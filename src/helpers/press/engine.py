"""A papermill engine whose kernel lives in the running process: ipykernel's own, without sockets.

A chapter gets the real IPython kernel object and nbclient's own handling of its messages, so its
outputs are those of the ordinary engine; what is saved is the start of an interpreter, its imports
and the message sockets. It is meant for a process that runs one notebook and ends: the press forks
one per chapter (see workers). Two things of the ordinary engine are not there: interrupting a
cell (the press stops the whole process after a stated time) and asking for input.
"""

import asyncio
import os
import sys
import tempfile
from contextlib import suppress
from types import SimpleNamespace

os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
# A debugger is for a person in front of it; importing it costs every chapter 0.1 s.
sys.modules.setdefault("debugpy", None)

from ipykernel.inprocess.ipkernel import InProcessKernel  # noqa: E402
from ipykernel.iostream import IOPubThread  # noqa: E402
from jupyter_client.session import Session  # noqa: E402
from nbclient.exceptions import CellExecutionComplete, CellExecutionError  # noqa: E402
from papermill.clientwrap import PapermillNotebookClient  # noqa: E402
from papermill.engines import Engine  # noqa: E402
from papermill.log import logger  # noqa: E402
from traitlets import default  # noqa: E402
from traitlets.config import Config  # noqa: E402


class DirectSession(Session):
    """A session that hands each message to `deliver` instead of to a socket."""

    deliver = None

    def send(self, stream, msg_or_type, content=None, parent=None, **options):
        message = msg_or_type
        if not isinstance(message, dict):
            kept = {key: options[key] for key in ("header", "metadata") if key in options}
            message = self.msg(msg_or_type, content=content, parent=parent, **kept)
        message["buffers"] = options.get("buffers") or []
        if self.deliver is not None:
            self.deliver(message)
        return message


class EmbeddedKernel(InProcessKernel):
    """ipykernel's in-process kernel, publishing through its session at once."""

    shell_channel_thread = None
    _supports_kernel_subshells = False

    def __init__(self, **options):
        import threading

        super().__init__(**options)
        # execute_request asks for the thread of the shell channel: it is this one.
        self.shell_channel_thread = SimpleNamespace(parent_thread=threading.current_thread())

    @default("iopub_thread")
    def _default_iopub_thread(self):
        # Never started: messages are sent where they arise.
        return IOPubThread(self._underlying_iopub_socket, session=self.session)

    def _input_request(self, prompt, ident, parent, password=False):
        from IPython.core.error import StdinNotImplementedError

        raise StdinNotImplementedError("a chapter cannot ask for input")


class Descriptors:
    """What subprocesses and C code write to descriptors 1 and 2, handed to the kernel's streams."""

    def __init__(self, kernel: EmbeddedKernel):
        self.streams = {1: kernel.stdout, 2: kernel.stderr}
        self.files, self.kept, self.read = {}, {}, {1: 0, 2: 0}

    def __enter__(self) -> "Descriptors":
        for descriptor in self.streams:
            self.kept[descriptor] = os.dup(descriptor)
            self.files[descriptor] = tempfile.TemporaryFile()
            os.dup2(self.files[descriptor].fileno(), descriptor)
        return self

    def __exit__(self, *exception) -> None:
        for descriptor, kept in self.kept.items():
            os.dup2(kept, descriptor)
            os.close(kept)
            self.files[descriptor].close()

    def drain(self) -> None:
        """Hand over what was written since the last time."""
        for descriptor, stream in self.streams.items():
            file = self.files[descriptor].fileno()
            end = os.fstat(file).st_size
            if end > self.read[descriptor]:
                new = os.pread(file, end - self.read[descriptor], self.read[descriptor])
                stream.write(new.decode(errors="replace"))
                self.read[descriptor] = end
            stream.flush()


class EmbeddedEngine(Engine):
    """Runs a notebook's cells in an embedded kernel; registered with papermill as "embedded"."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man,
        kernel_name,
        log_output=False,
        stdout_file=None,
        stderr_file=None,
        start_timeout=60,
        execution_timeout=None,
        **options,
    ):
        options.pop("input_path", None)
        session = DirectSession(key=b"")
        quiet = Config({"HistoryManager": {"enabled": False}})
        kernel = EmbeddedKernel.instance(session=session, config=quiet)
        client = PapermillNotebookClient(nb_man, kernel_name=kernel_name, log=logger, **options)
        client.reset_execution_trackers()
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        with Descriptors(kernel) as descriptors:
            for index, cell in enumerate(nb_man.nb.cells):
                try:
                    nb_man.cell_start(cell, index)
                    if _is_run(cell, client):
                        _execute(cell, index, kernel, session, client, loop, descriptors)
                except CellExecutionError as error:
                    nb_man.cell_exception(cell, cell_index=index, exception=error)
                    break
                finally:
                    nb_man.cell_complete(cell, cell_index=index)
        nb_man.nb.metadata["language_info"] = kernel.language_info
        client.set_widgets_metadata()


def _is_run(cell, client) -> bool:
    skipped = client.skip_cells_with_tag in cell.metadata.get("tags", [])
    return cell.cell_type == "code" and bool(cell.source.strip()) and not skipped


def _execute(cell, index, kernel, session, client, loop, descriptors) -> None:
    """Run one cell; raise CellExecutionError if it fails and may not."""
    cell.outputs = []
    client.clear_before_next_output = False
    reply = {}

    def deliver(message):
        if message["msg_type"] == "execute_reply":
            reply.update(message["content"])
        elif not message["msg_type"].endswith("_reply"):
            # The ordinary client waits for this end; here the call returns by itself.
            with suppress(CellExecutionComplete):
                client.process_message(message, cell, index)

    request = session.msg(
        "execute_request",
        {
            "code": cell.source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        },
    )

    async def run():
        kernel.set_parent([], request)
        kernel._publish_status("busy", "shell")
        await kernel.execute_request(None, [], request)
        descriptors.drain()
        kernel._publish_status("idle", "shell")

    session.deliver = deliver
    try:
        loop.run_until_complete(run())
    finally:
        session.deliver = None
    client.code_cells_executed += 1
    if client.coalesce_streams:
        _coalesce(cell)
    allowed = "raises-exception" in cell.metadata.get("tags", [])
    if reply.get("status") == "error" and not (allowed or client.allow_errors):
        raise CellExecutionError.from_cell_and_msg(cell, reply)


def _coalesce(cell) -> None:
    """Join the chunks of each stream into one output, in the place of the first."""
    kept, first = [], {}
    for output in cell.outputs:
        if output.output_type == "stream" and output.name in first:
            first[output.name].text += output.text
            continue
        if output.output_type == "stream":
            first[output.name] = output
        kept.append(output)
    cell.outputs = kept
