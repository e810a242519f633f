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


def inputs(root: Path, asked: str) -> str:
    """Return a checksum of what is asked for and of the state of all that it is made from."""
    return _checksum(asked, [*(root / name for name in INPUTS), PACKAGE])


def is_standing(root: Path, asked: str) -> bool:
    """Whether the last build was asked for the same and ended well, and all is as it left it."""
    try:
        kept = (root / "build" / STAMP).read_text()
    except OSError:
        return False
    return kept == _both(root, inputs(root, asked))


def keep(root: Path, asked: str, before: str) -> None:
    """Note that a build has ended well; `before` is what `inputs` returned before it read any.

    Nothing is noted where an input has changed meanwhile: the next build looks closer.
    """
    from .. import files

    if before == inputs(root, asked):
        files.write(root / "build" / STAMP, _both(root, before))


def _both(root: Path, before: str) -> str:
    return _checksum(before, [root / name for name in OUTPUTS])


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
    with entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name not in PASSED_OVER:
                    yield from _states(entry.path, f"{name}/{entry.name}")
                continue
            try:
                yield _state(f"{name}/{entry.name}", entry.stat())
            except FileNotFoundError:  # a link to nothing, as editors leave, or gone meanwhile
                yield f"{name}/{entry.name}\n"


def _state(name: str, stat: os.stat_result) -> str:
    return f"{name} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}\n"
