"""Processes that each do one piece of work and end: the local executor of the press.

The parent imports everything once and forks a child per piece, so a child starts at once and
leaves nothing behind. Where a system cannot fork, children are started anew.
"""

import ctypes
import gc
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from ..errors import InputError, StorageError

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


@dataclass(frozen=True)
class Outcome:
    """How a piece of work ended: what it returned, or in a sentence why it failed.

    `fatal` says that what follows would fail in the same way, as on a full disk.
    """

    value: object = None
    failure: str | None = None
    fatal: bool = False


class Executor(Protocol):
    """What the press runs its units with: processes of this machine (Workers), or a cluster."""

    @property
    def free(self) -> bool:
        """Whether another piece of work may be started now."""

    def start(self, item: Hashable) -> None:
        """Start a piece of work."""

    def finished(self) -> Iterator[tuple[Hashable, Outcome]]:
        """Wait until some work has ended, and give each piece that has, with its outcome."""

    def stop(self) -> None:
        """Give up what has not ended; what has is not touched."""


class Workers:
    """At most `jobs` children at a time, each doing `work` with one item.

    `before` is called with the item in this process, so that the child finds there what it needs.
    A child that runs longer than `timeout` seconds is killed. `value` of an outcome is what `work`
    returned; a StorageError is fatal, an InputError is told as it stands, and any other exception
    with its traceback.
    """

    def __init__(
        self,
        work: Callable[[Hashable], object],
        jobs: int,
        timeout: float,
        before: Callable[[Hashable], None] | None = None,
    ):
        self.work, self.jobs, self.timeout, self.before = work, jobs, timeout, before
        able = "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
        # A process with threads is not forked: a lock that one of them holds would stay locked.
        fork = able and threading.active_count() == 1
        self.context = multiprocessing.get_context("fork" if fork else "spawn")
        self.running: dict[Hashable, tuple] = {}
        # What is there before the first fork is there for good: a child that collects garbage
        # must not touch, and so copy, all that it shares with its parent.
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    @property
    def free(self) -> bool:
        return len(self.running) < self.jobs

    def start(self, item: Hashable) -> None:
        """Do the work with an item in a child of its own."""
        if self.before is not None:
            self.before(item)
        try:
            ours, theirs = self.context.Pipe(duplex=False)
            arguments = (theirs, os.getpid(), self.work, item)
            process = self.context.Process(target=_child, args=arguments, daemon=False)
            process.start()
        except OSError as error:
            raise InputError(
                f"JOBS: no more than {len(self.running)} processes could be started here"
                f" ({error.strerror}); ask for fewer"
            ) from None
        theirs.close()
        self.running[item] = (process, ours, time.monotonic())

    def finished(self) -> Iterator[tuple[Hashable, Outcome]]:
        """Wait until a child ends, and give the item and outcome of each that has ended."""
        oldest = min(started for _, _, started in self.running.values())
        left = max(0.0, oldest + self.timeout - time.monotonic())
        waiting = [connection for _, connection, _ in self.running.values()]
        multiprocessing.connection.wait(waiting, timeout=left)
        for item, (process, connection, started) in list(self.running.items()):
            if connection.poll():
                yield item, self._collect(item)
            elif time.monotonic() - started >= self.timeout:
                del self.running[item]
                _kill(process)
                connection.close()
                seconds = f"{self.timeout:.0f} seconds"
                yield item, Outcome(failure=f"it was stopped after {seconds} without an end")

    def _collect(self, item: Hashable) -> Outcome:
        process, connection, _ = self.running.pop(item)
        try:
            outcome = connection.recv() if connection.poll() else None
        except (EOFError, OSError):  # the child died without a word, or in the middle of one
            outcome = None
        process.join()
        connection.close()
        if outcome is not None:
            return outcome
        how = f"exit status {process.exitcode}"
        if process.exitcode is not None and process.exitcode < 0:
            known = {each.value: each.name for each in signal.Signals}
            how = f"signal {known.get(-process.exitcode, -process.exitcode)}"
        return Outcome(failure=f"its process died ({how}); is the machine out of memory?")

    def stop(self) -> None:
        """Kill every child: unfinished work is lost, finished work is not touched."""
        for process, connection, _ in self.running.values():
            _kill(process)
            connection.close()
        self.running.clear()


def kill_all() -> None:
    """Kill every child of this process, and whatever they started."""
    for process in multiprocessing.active_children():
        _kill(process)


def _kill(process) -> None:
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()


def _child(connection, parent: int, work: Callable, item: Hashable) -> None:
    # Ctrl-C reaches every process of the terminal: the parent decides, the child does not. A
    # session of its own lets the parent end it with all that it started.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setsid"):
        os.setsid()
    _end_with(parent)
    try:
        outcome = Outcome(value=work(item))
    except StorageError as error:
        outcome = Outcome(failure=str(error), fatal=True)
    except InputError as error:
        outcome = Outcome(failure=str(error))
    except BaseException:  # whatever it was, the parent must hear of it
        outcome = Outcome(failure=traceback.format_exc())
    connection.send(outcome)
    connection.close()
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that a notebook started must not keep the child alive.
    os._exit(0)


def _end_with(parent: int) -> None:
    """Let this process be killed when its parent is, where the system can do that.

    Elsewhere the child of a parent that was killed ends its work for nothing: only the parent
    puts results in their place.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it was killed before this
            os._exit(1)


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
