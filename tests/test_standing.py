"""Nothing to do: said only where no file can have changed."""

import os
import shutil

import pytest

from helpers.press import standing

INPUT = "data/raw/phong-tho/2022/figures.csv"
OUTPUT = "reports/phong-tho.vi.html"


@pytest.fixture
def root(copied):
    """A project that has been built: its pages stand for those of a real build."""
    for name in (OUTPUT, "data/processed/phong-tho/inputs.json", "build/x"):
        (copied.root / name).parent.mkdir(parents=True, exist_ok=True)
        (copied.root / name).write_text("built")
    standing.keep(copied.root, "all", standing.inputs(copied.root, "all"))
    assert standing.is_standing(copied.root, "all")
    return copied.root


def rewrite(path):
    """Change a file but neither its size nor its date of change."""
    stat = path.stat()
    data = path.read_bytes()
    path.write_bytes(data[:-2] + bytes([data[-2] ^ 1]) + data[-1:])
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def replace(path):
    """Put another file of the same size and date in the place of a file."""
    other = path.with_suffix(".other")
    shutil.copy2(path, other)
    os.replace(other, path)


@pytest.mark.parametrize("name", [INPUT, OUTPUT, "data/processed/phong-tho/inputs.json"])
@pytest.mark.parametrize("change", [rewrite, replace, os.unlink])
def test_a_changed_file_is_noticed(root, name, change):
    change(root / name)
    assert not standing.is_standing(root, "all")


@pytest.mark.parametrize("folder", ["data/raw/phong-tho", "notebooks", "reports", "data/raw"])
def test_a_new_file_is_noticed(root, folder):
    (root / folder / "new").touch()
    assert not standing.is_standing(root, "all")


def test_a_change_of_the_package_is_noticed(root, monkeypatch, tmp_path):
    monkeypatch.setattr(standing, "PACKAGE", tmp_path / "package")
    assert not standing.is_standing(root, "all")


def test_another_order_is_another_build(root):
    assert not standing.is_standing(root, "some")


def test_what_lab_keeps_beside_a_notebook_is_no_change(root):
    (root / "notebooks" / ".ipynb_checkpoints").mkdir()
    (root / "notebooks" / ".ipynb_checkpoints" / "x.ipynb").touch()
    assert standing.is_standing(root, "all")


def test_an_input_that_changes_while_building_is_looked_at_again(root):
    before = standing.inputs(root, "all")
    rewrite(root / INPUT)
    standing.keep(root, "all", before)
    assert not standing.is_standing(root, "all")
