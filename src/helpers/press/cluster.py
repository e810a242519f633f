"""The same executor on a Dask cluster: units go out in chunks, their results come back as bytes.

Nothing is shared with the cluster: a chunk carries the files that its units read, and the files
they wrote come back with it. What a machine of the cluster needs is this package with the
libraries of the lock. A Dask worker must not be forked, so each of its threads has a building
process beside it (see station) that lives as long as the worker.
"""

import atexit
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import Path

from .. import files
from ..errors import InputError
from ..processed import INPUTS
from ..project import Project
from . import station
from .keys import LOCK_FILE
from .plan import Unit
from .station import Chunk, Made
from .workers import Outcome

PATIENCE = "10s"  # for a scheduler to answer
EACH_LOOK = 5.0  # seconds between two looks at whether the cluster is still there
LOST = 6  # looks in a row after which a cluster without workers is taken for lost
ROUNDS = 2  # chunks that wait or run per thread of the cluster


class Cluster:
    """An executor of units on the Dask cluster of a scheduler.

    Raises
    ------
    InputError
        If Dask is not installed, no scheduler answers, it has no workers, one of them has another
        version of the package or of its libraries, or the cluster is lost while it works.
    """

    def __init__(self, address: str, project: Project, engine: str, timeout: float):
        self.address, self.project = address, project
        self.engine, self.timeout = engine, timeout
        self.client = _connected(address)
        try:
            self.threads = self._threads()
            self.suite = self._same_suite()
        except InputError:
            self.client.close()
            raise
        names = [project.name(path) for path in (*project.registries, project.notebooks)]
        self.common = station.pack(station.read(project.root, [*names, LOCK_FILE]))
        self.waiting: dict[tuple[str, ...], list[Unit]] = {}  # by the folders that they read
        self.sent: dict[object, list[Unit]] = {}

    def _threads(self) -> int:
        workers = self.client.scheduler_info(n_workers=-1)["workers"]
        if not workers:
            raise InputError(
                f"SCHEDULER: {self.address} has no worker; start some with:"
                f" dask worker {self.address}"
            )
        return sum(worker["nthreads"] for worker in workers.values())

    def _same_suite(self) -> str:
        own = station.suite()
        for worker, theirs in self.client.run(station.suite, on_error="return").items():
            if theirs != own:
                raise InputError(
                    f"SCHEDULER: the worker {worker} has another version of this package or of its"
                    " libraries; install the same commit and the same requirements.lock there"
                )
        return own

    @property
    def free(self) -> bool:
        """Whether another unit may be started: so many that every thread has work ahead."""
        return len(self.sent) + len(self.waiting) < ROUNDS * self.threads

    def start(self, unit: Unit) -> None:
        """Take a unit; it is sent with others of its district."""
        self.waiting.setdefault(unit.reads, []).append(unit)

    def _send(self) -> None:
        """Send what waits, a chunk per district, or several where threads would stand idle."""
        chunks = len(self.sent) + len(self.waiting)
        parts = max(1, self.threads // chunks) if chunks else 1
        for reads, units in self.waiting.items():
            own = station.pack(station.read(self.project.root, list(reads)))
            for number in range(min(parts, len(units))):
                chunk = units[number::parts]
                arguments = (self.suite, self.common, own, tuple(chunk), self.engine, self.timeout)
                self.sent[self.client.submit(_run_chunk, *arguments, pure=False)] = chunk
        self.waiting.clear()

    def finished(self) -> Iterator[tuple[Unit, Outcome]]:
        """Wait until a chunk has come back, and give its units with their outcomes."""
        self._send()
        for future in self._done():
            units = self.sent.pop(future)
            if future.status == "error":
                told = f"the cluster could not run it: {future.exception()!r}"
                results = [Made(Outcome(failure=told), {}) for _ in units]
            else:
                results = self._result(future)
            for unit, made in zip(units, results, strict=True):
                self._keep(made)
                yield unit, made.outcome

    def _result(self, future) -> list[Made]:
        """What a chunk gave; it is gone if the scheduler is, or has forgotten it."""
        try:
            return future.result()
        except (OSError, CancelledError):
            raise self._lost() from None

    def _done(self) -> list:
        """The chunks that have come back, at least one."""
        from distributed import wait

        alone = 0  # times in a row that there was no worker
        while alone < LOST:
            try:
                return list(wait(list(self.sent), EACH_LOOK, "FIRST_COMPLETED").done)
            except TimeoutError:
                there = self.client.scheduler_info(n_workers=-1)["workers"]
                alone = 0 if there and self.client.status == "running" else alone + 1
            except (OSError, CancelledError):  # the scheduler is gone, and what it knew
                break
        raise self._lost()

    def _lost(self) -> InputError:
        return InputError(
            f"SCHEDULER: the cluster at {self.address} was lost; what is finished is kept: start it"
            " again and run the same command"
        )

    def _keep(self, made: Made) -> None:
        """Write what a unit wrote; the file that says that figures are complete comes last."""
        last = [name for name in made.files if Path(name).name == INPUTS]
        for name in last:
            with files.storing(self.project.root / name):
                (self.project.root / name).unlink(missing_ok=True)
        for name in sorted(made.files, key=lambda name: name in last):
            files.write(self.project.root / name, made.files[name])

    def stop(self) -> None:
        """Cancel what has not come back, and leave the cluster."""
        self.client.cancel(list(self.sent))
        self.sent.clear()
        self.client.close()


def _connected(address: str):
    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            "SCHEDULER: the package distributed is not installed; install it beside this one:"
            " pip install 'helpers[cluster]'"
        ) from None
    try:
        return Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise InputError(
            f"SCHEDULER: no Dask scheduler answers at {address} ({error}); start one with:"
            " dask scheduler"
        ) from None


# ---------------------------------------------------------------- on a worker
# Building processes that wait for a chunk, with the suite that each has imported.
_idle: "queue.LifoQueue[tuple[str, subprocess.Popen]]" = queue.LifoQueue()
_all: list[subprocess.Popen] = []
_starting = threading.Lock()


def _run_chunk(suite, common, own, units, engine, timeout) -> list[Made]:
    """Hand a chunk to a building process that has nothing to do, or to a new one."""
    chunk = Chunk(suite, common, own, units, engine, timeout)
    told = ""
    for _ in range(2):  # one that dies may have been on its way out before: once more, with a new
        process = _taken(suite)
        try:
            station.send(process.stdin, chunk)
            made = station.receive(process.stdout)
        except (OSError, EOFError):
            told = f"its building process died (exit status {_ended(process)})"
        else:
            _idle.put((suite, process))
            return made
    return [Made(Outcome(failure=told), {}) for _ in units]


def _taken(suite: str) -> subprocess.Popen:
    """A building process of this suite that is alive and has nothing to do."""
    while True:
        try:
            imported, process = _idle.get_nowait()
        except queue.Empty:
            return _started()
        if imported == suite and process.poll() is None:
            return process
        _ended(process)


def _ended(process: subprocess.Popen) -> int:
    """Let a building process end, and return its exit status."""
    for stream in (process.stdin, process.stdout):
        with suppress(OSError):
            stream.close()
    with _starting:
        _all.remove(process)
    return process.wait()


def _started() -> subprocess.Popen:
    command = [sys.executable, "-c", f"from {station.__name__} import main; main()"]
    with _starting:
        if not _all:
            atexit.register(_end_all)
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        _all.append(process)
    return process


def _end_all() -> None:
    """Let the building processes end, which take their folders with them."""
    for process in _all:
        with suppress(OSError):
            process.stdin.close()
    for process in _all:
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
