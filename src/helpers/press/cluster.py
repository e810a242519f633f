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
from pathlib import Path

from .. import files
from ..errors import InputError
from ..project import Project
from . import station
from .keys import LOCK_FILE
from .plan import Unit
from .station import Chunk, Made
from .workers import Outcome

PATIENCE = "10s"  # for a scheduler to answer
ROUNDS = 2  # chunks that wait or run per thread of the cluster


class Cluster:
    """An executor of units on the Dask cluster of a scheduler.

    Raises
    ------
    InputError
        If Dask is not installed, no scheduler answers, it has no workers, or one of them has
        another version of the package or of its libraries.
    """

    def __init__(self, address: str, project: Project, engine: str, timeout: float):
        self.project, self.engine, self.timeout = project, engine, timeout
        self.client = _connected(address)
        workers = self.client.scheduler_info(n_workers=-1)["workers"]
        if not workers:
            self.client.close()
            raise InputError(
                f"SCHEDULER: {address} has no worker; start some with: dask worker {address}"
            )
        self.threads = sum(worker["nthreads"] for worker in workers.values())
        self.suite = self._same_suite()
        names = [project.name(path) for path in (*project.registries, project.notebooks)]
        common = station.read(project.root, [*names, LOCK_FILE])
        self.common = self.client.scatter(common, broadcast=True)
        self.waiting: list[Unit] = []
        self.sent: dict[object, tuple[Unit, ...]] = {}

    def _same_suite(self) -> str:
        own = station.suite()
        for worker, theirs in self.client.run(_suite_here).items():
            if theirs != own:
                self.client.close()
                raise InputError(
                    f"SCHEDULER: the worker {worker} has another version of this package or of its"
                    " libraries; install the same commit and the same requirements.lock there"
                )
        return own

    @property
    def free(self) -> bool:
        """Whether another unit may be started: so many that every thread has work ahead."""
        return len(self.sent) < ROUNDS * self.threads

    def start(self, unit: Unit) -> None:
        """Take a unit; it is sent with others of its district."""
        if self.waiting and self.waiting[0].reads != unit.reads:
            self._send()
        self.waiting.append(unit)

    def _send(self) -> None:
        """Send the waiting units, which are of one district, as a chunk."""
        units, self.waiting = tuple(self.waiting), []
        own = station.read(self.project.root, list(units[0].reads))
        arguments = (self.suite, self.common, own, units, self.engine, self.timeout)
        self.sent[self.client.submit(_run_chunk, *arguments, pure=False)] = units

    def finished(self) -> Iterator[tuple[Unit, Outcome]]:
        """Wait until a chunk has come back, and give its units with their outcomes."""
        from distributed import wait

        if self.waiting:
            self._send()
        done, _ = wait(list(self.sent), return_when="FIRST_COMPLETED")
        for future in done:
            units = self.sent.pop(future)
            if future.status == "finished":
                for unit, made in zip(units, future.result(), strict=True):
                    self._keep(made)
                    yield unit, made.outcome
            else:
                error = future.exception() if future.status == "error" else future.status
                for unit in units:
                    yield unit, Outcome(failure=f"the cluster could not run it: {error!r}")

    def _keep(self, made: Made) -> None:
        """Write what a unit wrote; the file that says that figures are complete comes last."""
        last = [name for name in made.files if Path(name).name == "inputs.json"]
        with files.storing(self.project.root):
            for name in last:
                (self.project.root / name).unlink(missing_ok=True)
            rest = {name: data for name, data in made.files.items() if name not in last}
            station.write(self.project.root, rest)
            station.write(self.project.root, {name: made.files[name] for name in last})

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
_idle: "queue.LifoQueue[subprocess.Popen]" = queue.LifoQueue()
_all: list[subprocess.Popen] = []
_starting = threading.Lock()


def _suite_here() -> str:
    return station.suite()


def _run_chunk(suite, common, own, units, engine, timeout) -> list[Made]:
    """Hand a chunk to a building process that has nothing to do, or to a new one."""
    try:
        process = _idle.get_nowait()
    except queue.Empty:
        process = _started()
    try:
        station.send(process.stdin, Chunk(suite, common, own, units, engine, timeout))
        made = station.receive(process.stdout)
    except (OSError, EOFError):  # it was killed: the next chunk gets a new one
        process.stdin.close()
        told = f"its building process died (exit status {process.wait()})"
        return [Made(Outcome(failure=told), {}) for _ in units]
    _idle.put(process)
    return made


def _started() -> subprocess.Popen:
    command = [sys.executable, "-c", f"from {station.__name__} import main; main()"]
    with _starting:
        if not _all:
            atexit.register(_end_all)
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        _all.append(process)
    return process


def _end_all() -> None:
    for process in _all:
        process.kill()
