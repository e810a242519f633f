"""A papermill engine whose kernel lives in the running process: ipykernel's own, without sockets.

A chapter gets the real IPython kernel object and nbclient's own handling of its messages, so its
outputs are those of the ordinary engine; what is saved is the start of an interpreter, its imports
and the message sockets. It is meant for a process that runs one notebook and ends: the press forks
one per chapter (see workers). Two things of the ordinary engine are not there: interrupting a
cell (the press stops the whole process after a stated time) and asking for input.
"""

import asyncio
import os
import re
import sys
import tempfile
from contextlib import suppress
from itertools import pairwise
from types import SimpleNamespace

os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
# A debugger is for a person in front of it; importing it costs every chapter 0.1 s.
sys.modules.setdefault("debugpy", None)

from ipykernel.inprocess.ipkernel import InProcessKernel  # noqa: E402
from ipykernel.iostream import IOPubThread, OutStream  # noqa: E402
from jupyter_client.session import Session  # noqa: E402
from nbclient.exceptions import CellExecutionComplete, CellExecutionError  # noqa: E402
from nbformat.v4 import nbbase  # noqa: E402
from papermill.clientwrap import PapermillNotebookClient  # noqa: E402
from papermill.engines import Engine  # noqa: E402
from papermill.log import logger  # noqa: E402
from traitlets import default  # noqa: E402
from traitlets.config import Config  # noqa: E402

# Messages whose content is text and numbers as it stands.
_PLAIN = ("status", "execute_input", "stream")
_OVERWRITTEN = re.compile(r".*\r(?=[^\n])")


# Each output would be held against the schema of notebooks, though papermill holds the whole
# notebook against it when it writes it.
nbbase.validate = lambda node, ref=None: None


class DirectSession(Session):
    """A session that hands each message to `deliver` instead of to a socket."""

    deliver = None

    def send(self, stream, msg_or_type, content=None, parent=None, **options):
        message = msg_or_type
        if not isinstance(message, dict):
            kept = {key: options[key] for key in ("header", "metadata") if key in options}
            message = self.msg(msg_or_type, content=content, parent=parent, **kept)
        # What goes over a socket is JSON: bytes and dates become text on the way.
        if message["msg_type"] not in _PLAIN and not _is_text(message["content"]):
            message["content"] = self.unpack(self.pack(message["content"]))
        message["buffers"] = options.get("buffers") or []
        if self.deliver is not None:
            self.deliver(message)
        return message


def _is_text(content: dict) -> bool:
    """Whether JSON would hand an output on as it is: text, and nothing said about it."""
    if not content.get("data") or content.get("metadata") or content.get("transient"):
        return False
    try:
        "".join(content["data"].values()).encode()
    except (TypeError, UnicodeEncodeError):  # no text, or half a character
        return False
    return True


class DirectStream(OutStream):
    """A kernel's stdout or stderr that publishes what is written when it is written.

    `before` is called first, so that what a subprocess has written meanwhile keeps its place.
    """

    before = None

    def write(self, string: str) -> int | None:
        if self.before is not None:
            self.before()
        written = super().write(string)
        self.flush()
        return written


class EmbeddedKernel(InProcessKernel):
    """ipykernel's in-process kernel, publishing through its session at once."""

    shell_channel_thread = None
    _execute_sleep = 0  # there is no queue of messages to give time to
    _supports_kernel_subshells = False

    @classmethod
    def new(cls) -> "EmbeddedKernel":
        """Return the kernel of this process, which is made at the first call.

        A process that forks makes it before, so that each child has one that was never used.
        """
        if not cls.initialized():
            quiet = Config({"HistoryManager": {"enabled": False}})
            cls.instance(session=DirectSession(key=b""), config=quiet)
        return cls.instance()

    def __init__(self, **options):
        import threading

        super().__init__(**options)
        # execute_request asks for the thread of the shell channel: it is this one.
        self.shell_channel_thread = SimpleNamespace(parent_thread=threading.current_thread())

    @default("iopub_thread")
    def _default_iopub_thread(self):
        # Never started: messages are sent where they arise.
        return IOPubThread(self._underlying_iopub_socket, session=self.session)

    @default("stdout")
    def _default_stdout(self):
        return DirectStream(self.session, self.iopub_thread, "stdout", watchfd=False)

    @default("stderr")
    def _default_stderr(self):
        return DirectStream(self.session, self.iopub_thread, "stderr", watchfd=False)

    def _input_request(self, prompt, ident, parent, password=False):
        from IPython.core.error import StdinNotImplementedError

        raise StdinNotImplementedError("a chapter cannot ask for input")


class Descriptors:
    """What subprocesses and C code write to descriptors 1 and 2, handed to the kernel's streams."""

    def __init__(self, kernel: EmbeddedKernel):
        self.streams = {1: kernel.stdout, 2: kernel.stderr}
        self.files, self.kept, self.read = {}, {}, {1: 0, 2: 0}

    def __enter__(self) -> "Descriptors":
        self.kept[0] = os.dup(0)
        with open(os.devnull) as nothing:  # a subprocess that reads finds the end at once
            os.dup2(nothing.fileno(), 0)
        for descriptor in self.streams:
            self.kept[descriptor] = os.dup(descriptor)
            self.files[descriptor] = tempfile.TemporaryFile()
            os.dup2(self.files[descriptor].fileno(), descriptor)
        for stream in self.streams.values():
            stream.before = self.drain
        return self

    def __exit__(self, *exception) -> None:
        for descriptor, kept in self.kept.items():
            os.dup2(kept, descriptor)
            os.close(kept)
        for file in self.files.values():
            file.close()
        for stream in self.streams.values():
            stream.before = None

    def drain(self) -> None:
        """Hand over what was written since the last time."""
        for descriptor, stream in self.streams.items():
            file = self.files[descriptor].fileno()
            end = os.fstat(file).st_size
            if end > self.read[descriptor]:
                new = os.pread(file, end - self.read[descriptor], self.read[descriptor])
                self.read[descriptor] = end
                stream.write(new.decode(errors="replace"))


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
        kernel = EmbeddedKernel.new()
        if "numpy.random" in sys.modules:  # chance that a process before this one had too
            sys.modules["numpy.random"].seed()
        client = PapermillNotebookClient(nb_man, kernel_name=kernel_name, log=logger, **options)
        client.reset_execution_trackers()
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        if sys.path[0] != "":
            sys.path.insert(0, "")  # modules beside the notebook, as for any kernel
        with Descriptors(kernel) as descriptors:
            for index, cell in enumerate(nb_man.nb.cells):
                # No times of cells are noted: they differ from run to run, and cost 0.2 ms each.
                try:
                    if _is_run(cell, client):
                        _execute(cell, index, kernel, client, loop, descriptors)
                except CellExecutionError as error:
                    nb_man.cell_exception(cell, cell_index=index, exception=error)
                    break
        asyncio.set_event_loop(None)
        loop.close()
        nb_man.nb.metadata["language_info"] = kernel.language_info
        client.set_widgets_metadata()


def _is_run(cell, client) -> bool:
    skipped = client.skip_cells_with_tag in cell.metadata.get("tags", [])
    return cell.cell_type == "code" and bool(cell.source.strip()) and not skipped


def _execute(cell, index, kernel, client, loop, descriptors) -> None:
    """Run one cell; raise CellExecutionError if it fails and may not."""
    cell.outputs = []
    client.clear_before_next_output = False
    reply = {}

    def deliver(message):
        if message["msg_type"] in ("display_data", "execute_result", "error"):
            descriptors.drain()
        if message["msg_type"] == "execute_reply":
            reply.update(message["content"])
        elif not message["msg_type"].endswith("_reply"):
            # The ordinary client waits for this end; here the call returns by itself.
            with suppress(CellExecutionComplete):
                client.process_message(message, cell, index)

    session = kernel.session
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
    """Join the chunks of each stream into one output, in the place of the first.

    As nbclient does: what a carriage return wrote over is gone, and of the two streams side by
    side stdout comes first.
    """
    kept, first = [], {}
    for output in cell.outputs:
        if output.output_type == "stream" and output.name in first:
            first[output.name].text += output.text
            continue
        if output.output_type == "stream":
            first[output.name] = output
        kept.append(output)
    for output in first.values():
        output.text = _OVERWRITTEN.sub("", output.text)
    names = [output.get("name") for output in kept]
    for place, pair in enumerate(pairwise(names)):
        if pair == ("stderr", "stdout"):
            kept[place : place + 2] = reversed(kept[place : place + 2])
    cell.outputs = kept
