"""Nothing to do: said only where no file can have changed."""

import errno
import os
import shutil

import pytest

from helpers.press import standing
from helpers.press.standing import Standing

INPUT = "data/raw/phong-tho/2022/figures.csv"
OUTPUT = "reports/phong-tho.vi.html"


@pytest.fixture
def root(copied):
    """A project that has been built: its pages stand for those of a real build."""
    for name in (OUTPUT, "data/processed/phong-tho/inputs.json", "build/x"):
        (copied.root / name).parent.mkdir(parents=True, exist_ok=True)
        (copied.root / name).write_text("built")
    before = Standing(copied.root, "all")
    before.keep(before.outputs())
    assert Standing(copied.root, "all").is_kept()
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
    assert not Standing(root, "all").is_kept()


@pytest.mark.parametrize("folder", ["data/raw/phong-tho", "notebooks", "reports", "data/raw"])
def test_a_new_file_is_noticed(root, folder):
    (root / folder / "new").touch()
    assert not Standing(root, "all").is_kept()


def test_a_change_of_the_package_is_noticed(root, monkeypatch, tmp_path):
    monkeypatch.setattr(standing, "PACKAGE", tmp_path / "package")
    assert not Standing(root, "all").is_kept()


def test_a_folder_that_may_not_be_read_stops_nothing(root, monkeypatch):
    scandir = os.scandir

    def refused(path):
        if str(path).endswith("phong-tho"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)
    assert not Standing(root, "all").is_kept()


def test_a_link_to_itself_stops_nothing(root):
    (root / "data" / "raw" / "loop").symlink_to("loop")
    assert not Standing(root, "all").is_kept()


def test_another_order_is_another_build(root):
    assert not Standing(root, "some").is_kept()


def test_what_lab_keeps_beside_a_notebook_is_no_change(root):
    (root / "notebooks" / ".ipynb_checkpoints").mkdir()
    (root / "notebooks" / ".ipynb_checkpoints" / "x.ipynb").touch()
    assert Standing(root, "all").is_kept()


def test_an_input_that_changes_while_building_is_looked_at_again(root):
    before = Standing(root, "all")
    rewrite(root / INPUT)
    before.keep(before.outputs())
    assert not Standing(root, "all").is_kept()
