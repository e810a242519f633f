"""Verifying: the same inputs give the same bytes, whoever builds them, wherever and however.

python -m helpers.press.verify builds the reports twice in folders of their own: other names, time
zones, locales, users, umasks, hash seeds, numbers of jobs, engines, dates and order of the files,
and one after the other. It compares them byte by byte, and holds them against
reports/SHA256SUMS. With --write it writes that file instead of holding against it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from .. import files
from ..errors import InputError
from ..project import Project
from . import station
from .__main__ import INTERRUPTED

SUMS = "SHA256SUMS"
COPIED = ("data/raw", "notebooks", "requirements.lock")
# Two environments that differ in all that must not matter.
VARIATIONS = (
    {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1", "JOBS": "1", "UMASK": "022"},
    {
        "TZ": "Asia/Ho_Chi_Minh",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "4711",
        "JOBS": "3",
        "UMASK": "077",
        "USER": "someone-else",
        "COLUMNS": "40",
        "ENGINE": "ipykernel",
        "FILES": "backwards",
    },
)


def build(project: Project, folder: Path, variation: dict[str, str]) -> dict[str, str]:
    """Build a copy of the project in a folder; return the SHA-256 of each page by its name.

    Raises
    ------
    InputError
        If the build fails; the message is the build's own.
    """
    copied = sorted(station.read(project.root, COPIED).items())
    # A folder lists its files in the order in which they came, or not.
    station.write(folder, dict(copied[:: -1 if variation.get("FILES") == "backwards" else 1]))
    home = folder / "home"
    home.mkdir()
    environment = {**os.environ, "HOME": str(home), **variation}
    press = [sys.executable, "-m", "helpers.press", "--root", str(folder)]
    press += ["--jobs", variation["JOBS"], "--engine", variation.get("ENGINE", "embedded")]
    done = subprocess.run(
        press, env=environment, umask=int(variation["UMASK"], 8), capture_output=True, text=True
    )
    if done.returncode:
        raise InputError(f"the build failed:\n{done.stderr.strip()}")
    pages = sorted((folder / "reports").glob("*.html"))
    return {page.name: files.checksum(page) for page in pages}


def differences(first: dict[str, str], second: dict[str, str]) -> list[str]:
    """Return the names of the pages that are not the same in both."""
    return sorted(name for name in {*first, *second} if first.get(name) != second.get(name))


def read_sums(path: Path) -> dict[str, str]:
    """Return the checksums of a file in the format of sha256sum, by name."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def main(arguments: list[str] | None = None) -> int:
    """Verify; return 0 if every page is the same everywhere, 1 if not, 2 if it cannot be built."""
    parser = argparse.ArgumentParser(prog="python -m helpers.press.verify", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write reports/SHA256SUMS")
    options = parser.parse_args(arguments)
    try:
        project = Project.find()
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            built = [
                build(project, Path(folder) / name, variation)
                for folder, name, variation in zip(
                    (one, two), ("a", "a longer name, with spaces"), VARIATIONS, strict=True
                )
            ]
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    wrong = differences(*built)
    for name in wrong:
        print(f"{name}: two builds of the same inputs differ")
    path = project.reports / SUMS
    if options.write and not wrong:
        lines = [f"{digest}  {name}\n" for name, digest in sorted(built[0].items())]
        files.write(path, "".join(lines))
        print(f"reports/{SUMS} written: {len(built[0])} pages")
        return 0
    stale = differences(built[0], read_sums(path))
    for name in stale:
        print(f"{name}: not the page of reports/{SUMS}")
    if not wrong and not stale:
        print(f"{len(built[0])} pages: the same bytes twice, and those of reports/{SUMS}")
    return 1 if wrong or stale else 0


if __name__ == "__main__":
    sys.exit(main())
