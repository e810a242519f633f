"""What the tests share: the real project, a copy of it that may be changed, and a tiny district."""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers import reference
from helpers.project import Project

ROOT = Path(__file__).parents[1]

DOCUMENT = """\
title_vi = "Báo cáo thử"
title_en = "A test report"
issuer_vi = "UBND huyện"
issuer_en = "People's Committee"
number = "1/BC-UBND"
date = "2022-12-31"
period = "2022"
cut_off = "2022-12-31"
"""


@pytest.fixture(scope="session")
def project() -> Project:
    """The project itself: its real figures, read only."""
    return Project(ROOT)


@pytest.fixture(scope="session")
def registries(project: Project):
    return reference.load(project)


def copy_inputs(root: Path) -> Project:
    """Copy what a build reads into a folder."""
    shutil.copytree(ROOT / "data" / "raw", root / "data" / "raw")
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    shutil.copy(ROOT / "requirements.lock", root)
    return Project(root)


@pytest.fixture
def copied(tmp_path: Path) -> Project:
    """A copy of the project's inputs and notebooks that a test may change."""
    return copy_inputs(tmp_path)


@pytest.fixture(scope="session")
def whole(tmp_path_factory) -> Project:
    """A project with everything built, once for all tests; not to be changed."""
    project = copy_inputs(tmp_path_factory.mktemp("whole"))
    command = [sys.executable, "-m", "helpers.press", "--root", str(project.root), "--jobs", "2"]
    settings = {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    subprocess.run(command, check=True, env={**os.environ, **settings})
    return project


@pytest.fixture
def tiny(tmp_path: Path) -> Callable[..., Project]:
    """Make a project whose only district, Mường Tè, has the rows that are given.

    Each row is a dictionary of columns; what a row does not name is filled in so that it is right.
    """

    def make(*rows: dict[str, str], document: str = DOCUMENT) -> Project:
        shutil.copytree(ROOT / "data/raw/reference", tmp_path / "data/raw/reference")
        shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
        shutil.copy(ROOT / "requirements.lock", tmp_path)
        folder = tmp_path / "data/raw/muong-te/2022"
        folder.mkdir(parents=True)
        (folder / "document.toml").write_text(document, encoding="utf-8")
        write_sheet(folder / "figures.csv", rows)
        return Project(tmp_path)

    return make


def write_sheet(path: Path, rows: tuple[dict[str, str], ...]) -> None:
    """Write a figure sheet; each row gets an id and right values where it names none."""
    usual = {
        "section": "I",
        "indicator": "population",
        "period": "2022-12-31",
        "scenario": "actual",
        "printed": "1.234",
        "unit": "person",
    }
    filled = [{"id": f"f{n:03d}", **usual, **row} for n, row in enumerate(rows, start=1)]
    columns = list(dict.fromkeys(column for row in filled for column in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns or ["id", *usual], lineterminator="\n")
        writer.writeheader()
        writer.writerows(filled)
