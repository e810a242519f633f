"""Files as the suite reads and writes them: checksums of inputs, outputs written whole or not."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from .project import Project


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def checksums(project: Project, paths: Iterable[Path]) -> dict[str, str]:
    """Return the SHA-256 of files by their names from the project's folder."""
    return {project.name(path): checksum(path) for path in paths}


def write(path: Path, text: str) -> None:
    """Write a text file so that a reader finds the old one or the new one, never half.

    The folder is made if need be; the file is readable by everybody whatever the umask.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".new-", suffix=path.suffix, dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
