"""Processes that each do one piece of work and end: the local executor of the press.

The parent imports everything once and forks a child per piece, so a child starts at once and
leaves nothing behind. Where a system cannot fork, children are started anew.
"""

import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """How a piece of work ended: what it returned, or in a sentence why it failed."""

    value: object = None
    failure: str | None = None


class Workers:
    """At most `jobs` children at a time; one that runs longer than `timeout` seconds is killed."""

    def __init__(self, jobs: int, timeout: float):
        self.jobs, self.timeout = jobs, timeout
        fork = "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
        self.context = multiprocessing.get_context("fork" if fork else "spawn")
        self.running: dict[Hashable, tuple] = {}

    @property
    def free(self) -> bool:
        return len(self.running) < self.jobs

    def start(self, key: Hashable, work: Callable, *arguments: object) -> None:
        """Start a piece of work in a child of its own."""
        ours, theirs = self.context.Pipe(duplex=False)
        process = self.context.Process(target=_child, args=(theirs, work, arguments), daemon=False)
        process.start()
        theirs.close()
        self.running[key] = (process, ours, time.monotonic())

    def finished(self) -> Iterator[tuple[Hashable, Outcome]]:
        """Wait until a child ends, and give the key and outcome of each that has ended."""
        oldest = min(started for _, _, started in self.running.values())
        left = max(0.0, oldest + self.timeout - time.monotonic())
        waiting = [connection for _, connection, _ in self.running.values()]
        multiprocessing.connection.wait(waiting, timeout=left)
        for key, (process, connection, started) in list(self.running.items()):
            if connection.poll():
                yield key, self._collect(key)
            elif time.monotonic() - started >= self.timeout:
                del self.running[key]
                _end(process, connection)
                seconds = f"{self.timeout:.0f} seconds"
                yield key, Outcome(failure=f"it was stopped after {seconds} without an end")

    def _collect(self, key: Hashable) -> Outcome:
        process, connection, _ = self.running.pop(key)
        try:
            outcome = connection.recv() if connection.poll() else None
        except EOFError:  # the child died without a word
            outcome = None
        process.join()
        connection.close()
        if outcome is not None:
            return outcome
        how = f"exit status {process.exitcode}"
        if process.exitcode is not None and process.exitcode < 0:
            how = f"signal {signal.Signals(-process.exitcode).name}"
        return Outcome(failure=f"its process died ({how}); is the machine out of memory?")

    def stop(self) -> None:
        """Kill every child: unfinished work is lost, finished work is not touched."""
        for process, connection, _ in self.running.values():
            _end(process, connection)
        self.running.clear()


def _end(process, connection) -> None:
    """Kill a child and whatever it started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()
    connection.close()


def _child(connection, work: Callable, arguments: tuple) -> None:
    # Ctrl-C reaches every process of the terminal: the parent decides, the child does not. A
    # session of its own lets the parent end it with all that it started.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setsid"):
        os.setsid()
    try:
        outcome = Outcome(value=work(*arguments))
    except BaseException:  # whatever it was, the parent must hear of it
        outcome = Outcome(failure=traceback.format_exc())
    connection.send(outcome)
    connection.close()
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that a notebook started must not keep the child alive.
    os._exit(0)


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
