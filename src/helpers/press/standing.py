"""Whether anything can have changed since the last build, answered from the dates of files alone.

Like git's index: the size, dates and inode of every file that goes into the reports, and of every
report, are kept as one checksum. Where it is still the same there is nothing to do, and nothing
is read; where it is not, keys decide by content (see keys). This module imports little, since it
is what most builds run.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
STAMP = "standing"
INPUTS = ("data/raw", "notebooks", "requirements.lock")
OUTPUTS = ("reports", "data/processed")
# What runs beside the build and is no part of it.
PASSED_OVER = ("__pycache__", ".ipynb_checkpoints")


class Standing:
    """The state of a project when this was made: before a build reads or imports anything of it.

    `asked` is what the build is asked for, in words.
    """

    def __init__(self, root: Path, asked: str):
        self.root, self.asked = root, asked
        self.package = _checksum("", [PACKAGE])
        self.inputs = _checksum(asked + self.package, [root / name for name in INPUTS])

    @property
    def package_is_same(self) -> bool:
        """Whether the package is still what it was."""
        return self.package == _checksum("", [PACKAGE])

    def outputs(self) -> str:
        """Return a checksum of the state of what a build leaves, and of what it is made from."""
        return _checksum(self.inputs, [self.root / name for name in OUTPUTS])

    def is_kept(self) -> bool:
        """Whether the last build was asked for the same, ended well, and all is as it left it."""
        try:
            kept = (self.root / "build" / STAMP).read_text()
        except OSError:
            return False
        return kept == self.outputs()

    def keep(self, outputs: str) -> None:
        """Note that a build has ended well and left these outputs.

        Nothing is noted where an input has changed meanwhile: the next build looks closer.
        """
        from .. import files

        if self.inputs == Standing(self.root, self.asked).inputs:
            files.write(self.root / "build" / STAMP, outputs)


def _checksum(head: str, paths: list[Path]) -> str:
    found = hashlib.sha256(head.encode())
    for path in paths:
        for line in sorted(_states(str(path), "")):
            found.update(line.encode("utf-8", "surrogateescape"))
    return found.hexdigest()


def _states(path: str, name: str) -> Iterator[str]:
    """The state of a file, or of every file below a folder."""
    try:
        entries = os.scandir(path)
    except NotADirectoryError:
        yield _state(name, os.stat(path))
        return
    except FileNotFoundError:
        return
    except OSError as error:  # it may not be read: who needs it will tell
        yield f"{name} {error.errno}\n"
        return
    with entries:
        for entry in entries:
            inside = f"{name}/{entry.name}"
            try:
                below = entry.is_dir()
                state = "" if below else _state(inside, entry.stat())
            except OSError:  # a link to nothing, as editors leave, or gone meanwhile
                below, state = False, f"{inside}\n"
            if not below:
                yield state
            elif entry.name not in PASSED_OVER:
                yield from _states(entry.path, inside)


def _state(name: str, stat: os.stat_result) -> str:
    return f"{name} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}\n"
