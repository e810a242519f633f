"""Files as the suite reads and writes them: checksums of inputs, outputs written whole or not."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from .errors import StorageError
from .project import Project

UNFINISHED = ".new-"  # what is being written has a name that begins so
_REMEDIES = {
    errno.ENOSPC: "make room",
    errno.EDQUOT: "make room in your quota",
    errno.EFBIG: "raise the limit on the size of files",
    errno.EROFS: "mount the disk so that it can be written to",
    errno.EACCES: "give yourself the right to write there",
    errno.EPERM: "give yourself the right to write there",
}


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    state = path.stat()
    return _checksum(path, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino)


@lru_cache(maxsize=4096)
def _checksum(path: Path, *state: int) -> str:
    """Registries and helpers are asked for again and again: each state of a file is read once."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def checksums(project: Project, paths: Iterable[Path]) -> dict[str, str]:
    """Return the SHA-256 of files by their names from the project's folder."""
    return {project.name(path): checksum(path) for path in paths}


def write(path: Path, content: str | bytes) -> None:
    """Write a file, text as UTF-8, so that a reader finds the old one or the new one, never half.

    The folder is made if need be; the file is readable by everybody whatever the umask.

    Raises
    ------
    StorageError
        If the disk is full or the folder may not be written to; the old file is left as it was.
    """
    with storing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=UNFINISHED, suffix=path.suffix, dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
            place(Path(name), path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise


def place(new: Path, path: Path) -> None:
    """Give a finished file its name and put it in the place of the old one, at once."""
    os.chmod(new, 0o644)
    os.replace(new, path)


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Tell a full disk or a folder that may not be written to in one sentence.

    Raises
    ------
    StorageError
        Naming the file (`path`, where the system does not say which) and what to do.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _REMEDIES:
            raise
        where = error.filename2 or error.filename or path
        raise StorageError(
            f"{where}: cannot be written ({error.strerror}); {_REMEDIES[error.errno]} and run the"
            " same command again: what is finished is kept"
        ) from None
