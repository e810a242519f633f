"""A building process on a machine of a cluster: it takes chunks of units and gives their results.

`main` reads chunks from its standard input and answers each on its standard output, until the
input ends. A Dask worker has threads and must not be forked; it starts
one such process beside each of them (see cluster), which has none.
"""

import os
import pickle
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import BinaryIO

from .keys import PACKAGE, belongs, digest
from .plan import Unit
from .workers import Outcome, Workers

Files = dict[str, bytes]  # by their names from the project's folder


@dataclass(frozen=True)
class Chunk:
    """Units with all they are run with.

    `common` and `own` are packed files (see pack): those of every chunk (notebooks, registries,
    lock), and those of these units' districts. `suite` is the version of the package and its
    libraries that made the plan.
    """

    suite: str
    common: bytes
    own: bytes
    units: tuple[Unit, ...]
    engine: str
    timeout: float


@dataclass(frozen=True)
class Made:
    """What became of a unit: its outcome, and the files it wrote."""

    outcome: Outcome
    files: Files


def suite() -> str:
    """Return a checksum of this package and of the versions of the libraries it needs."""
    own = sorted(filter(belongs, PACKAGE.rglob("*")))
    required = (line for line in metadata.requires(PACKAGE.name) if "extra ==" not in line)
    names = sorted(line.split("[")[0].split(";")[0].strip() for line in required)
    return digest(
        *(path.relative_to(PACKAGE).as_posix() for path in own),
        *(path.read_bytes() for path in own),
        *(f"{name}=={metadata.version(name)}" for name in names),
    )


class Station:
    """A folder that stands for the project, and the process that runs units in it."""

    def __init__(self, root: Path):
        self.root = root
        self.suite = suite()
        self.common = b""

    def run(self, chunk: Chunk) -> list[Made]:
        """Run the units of a chunk one after the other; give what became of each, in order."""
        from ..project import Project
        from . import running

        if chunk.suite != self.suite:
            told = "this machine of the cluster has another version of the package or its libraries"
            return [Made(Outcome(failure=told, fatal=True), {}) for _ in chunk.units]
        # Nothing of an earlier chunk is there: what the project has no more must not be here.
        if chunk.common != self.common:
            _empty(self.root)
            write(self.root, unpack(chunk.common))
            self.common = chunk.common
            running.prepare(Project(self.root))
        _empty(self.root / "build")
        _empty(self.root / "data" / "processed")
        for folder in Project(self.root).raw.iterdir():
            if folder.name != "reference":
                shutil.rmtree(folder)
        write(self.root, unpack(chunk.own))
        execute = partial(running.execute, self.root, engine=chunk.engine)
        workers = Workers(execute, 1, chunk.timeout, partial(running.ready, self.root))
        return [Made(outcome, files) for outcome, files in self._made(workers, chunk.units)]

    def _made(self, workers: Workers, units: tuple[Unit, ...]) -> Iterator[tuple[Outcome, Files]]:
        for unit in units:
            workers.start(unit)
            outcome = None
            while outcome is None:
                _, outcome = next(workers.finished(), (unit, None))
            found: Files = {}
            if not outcome.failure:
                found = read(self.root, [unit.unfinished, *unit.leaves])
            yield outcome, found


def read(root: Path, names: Iterable[str]) -> Files:
    """Return files, and those of folders, by their names."""
    found: Files = {}
    for name in names:
        path = root / name
        paths = sorted(path.rglob("*")) if path.is_dir() else [path]
        found |= {
            each.relative_to(root).as_posix(): each.read_bytes() for each in paths if each.is_file()
        }
    return found


def write(root: Path, files: Files) -> None:
    """Write files below a folder by their names."""
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def pack(files: Files) -> bytes:
    """Return files as bytes to be sent."""
    return zlib.compress(pickle.dumps(files), level=1)


def unpack(data: bytes) -> Files:
    """Return the files that `pack` was given."""
    return pickle.loads(zlib.decompress(data))


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def send(stream: BinaryIO, value: object) -> None:
    """Write a value to a stream so that `receive` finds its end."""
    data = pickle.dumps(value)
    stream.write(len(data).to_bytes(8, "big") + data)
    stream.flush()


def receive(stream: BinaryIO) -> object:
    """Read a value that `send` has written; EOFError where the stream has ended."""
    size = int.from_bytes(_whole(stream, 8), "big")
    return pickle.loads(_whole(stream, size))


def _whole(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:  # who sent it died meanwhile
        raise EOFError
    return data


def main() -> None:
    """Answer chunks until there are no more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed goes elsewhere: this stream is for answers
    with tempfile.TemporaryDirectory(prefix="district-reports-") as folder:
        station = Station(Path(folder))
        while True:
            try:
                chunk = receive(sys.stdin.buffer)
            except EOFError:
                return
            try:
                made = station.run(chunk)
            except OSError as error:  # its disk is full, say
                told = f"a machine of the cluster cannot work: {error}"
                made = [Made(Outcome(failure=told), {}) for _ in chunk.units]
                station.common = b""
            send(answers, made)
