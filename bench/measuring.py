"""Measuring a command as a whole: processor time and wall time of all its processes, and memory."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """Seconds of processor and wall, the peak of memory in MB, and when the first file was there.

    `memory` is the proportional set size of all processes together: what they share counts once.
    """

    cpu: float
    wall: float
    memory: float
    first: float


def measure(command: list[str], first: Path | None = None) -> Measured:
    """Run a command to its end and return what it took.

    `first` is a folder in which the first report is watched for. SystemExit if the command fails.
    """
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    watch = Watch(process.pid, began, first)
    watch.start()
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    watch.ended.set()
    watch.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: failed\n{said.decode()}")
    return Measured(used.ru_utime + used.ru_stime, wall, watch.peak, watch.first)


class Watch(threading.Thread):
    """Looks at a process and all below it, a few times a second."""

    def __init__(self, pid: int, began: float, folder: Path | None):
        super().__init__(daemon=True)
        self.pid, self.began, self.folder = pid, began, folder
        self.ended = threading.Event()
        self.peak, self.first = 0.0, 0.0

    def run(self) -> None:
        pauses = 0
        while not self.ended.wait(0.02):
            if self.folder and not self.first and any(self.folder.glob("*.*.html")):
                self.first = time.monotonic() - self.began
            pauses += 1
            if pauses % 20 == 0:  # adding up memory costs time itself
                self.peak = max(self.peak, _tree_memory(self.pid))


def _tree_memory(root: int) -> float:
    """The proportional set size of a process and its descendants in MB; 0 where it is not told."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError, ValueError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(folder.name))
    total, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, [])
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


def interrupted_cleanly() -> None:
    """Let Ctrl-C end the benchmark and what it runs without a traceback."""
    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
