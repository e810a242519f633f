"""No old figure passes for a new one, whatever was changed, when, and by whom."""

import json
import os
import shutil
import subprocess
import time

import pytest

from helpers import processed
from helpers.errors import InputError
from helpers.press import standing as suite
from helpers.press.building import Build
from helpers.press.plan import Order
from helpers.press.standing import Standing
from test_building import NEW, OLD, OUTDATED, SHEET, change, command, copy, page, press, text
from test_unbreakable import everything


@pytest.fixture
def standing(whole, tmp_path):
    """A copy of a built project that a test may change."""
    return copy(whole, tmp_path / "standing")


def test_a_sheet_that_changes_while_it_is_built_is_built_again(copied, whole):
    """The edit is taken back afterwards: nothing that was made from it may stay."""
    building = subprocess.Popen(command(copied), stderr=subprocess.PIPE, text=True)
    while not (copied.build / "phong-tho" / "1_ingest.ipynb.key").is_file():
        assert building.poll() is None
        time.sleep(0.005)
    change(copied, SHEET, OLD, NEW)
    _, said = building.communicate()
    assert building.returncode == 1
    assert "something changed while it was built: run the same command again" in said
    change(copied, SHEET, NEW, OLD)
    assert press(copied).returncode == 0
    assert everything(copied) == everything(whole)


def test_figures_ingested_by_hand_do_not_stay_when_the_sheet_does_not(standing, whole):
    change(standing, SHEET, OLD, NEW)
    processed.ingest(standing, "than-uyen")
    change(standing, SHEET, NEW, OLD)
    assert press(standing).returncode == 0
    assert everything(standing) == everything(whole)


@pytest.mark.parametrize(
    "name",
    [
        "reports/phong-tho.vi.html",
        "reports/index.html",
        "build/phong-tho/vi/2_glance.ipynb",
        "data/processed/phong-tho/observations.csv",
        "data/processed/phong-tho/sdmx.csv",
        "data/processed/phong-tho/coverage.json",
    ],
)
@pytest.mark.parametrize("damage", ["emptied", "removed"])
def test_a_result_that_is_damaged_is_made_again(standing, whole, name, damage):
    path = standing.root / name
    path.unlink()
    if damage == "emptied":
        path.touch()
    if name.startswith("build"):  # a build looks closer where a file of a report has changed
        (standing.reports / "index.html").unlink()
    assert press(standing).returncode == 0
    assert everything(standing) == everything(whole)


def test_a_helper_in_a_cell_with_a_shell_line_is_noticed(standing):
    (standing.notebooks / "ours.py").write_text("value = 'cũ'\n")
    path = standing.notebooks / "2_glance.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = {**notebook["cells"][-1], "id": "ours"}
    cell["source"] = ["import ours\n", "files = !ls\n", "print('giá trị', ours.value)"]
    notebook["cells"].append(cell)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    one = ("--districts", "phong-tho", "--languages", "vi")
    assert press(standing, *one).returncode == 0
    assert "giá trị cũ" in text(standing, "phong-tho.vi.html")
    (standing.notebooks / "ours.py").write_text("value = 'mới'\n")
    assert press(standing, *one).returncode == 0
    assert "giá trị mới" in text(standing, "phong-tho.vi.html")


def test_the_report_of_a_district_that_was_removed_says_it_is_old(standing):
    shutil.rmtree(standing.raw / "tam-duong")
    assert press(standing).returncode == 0
    for language in ("vi", "en"):
        assert OUTDATED in page(standing, f"tam-duong.{language}.html")
        assert OUTDATED not in page(standing, f"phong-tho.{language}.html")
    assert "tam-duong" not in page(standing, "index.html")


def test_a_report_that_was_not_asked_for_says_that_its_figures_are_old(standing, whole):
    change(standing, SHEET, OLD, NEW)
    assert press(standing, "--districts", "phong-tho").returncode == 0
    for language in ("vi", "en"):
        assert OUTDATED in page(standing, f"than-uyen.{language}.html")
        assert OUTDATED not in page(standing, f"tam-duong.{language}.html")
    change(standing, SHEET, NEW, OLD)
    assert press(standing).returncode == 0
    assert everything(standing) == everything(whole)


def test_figures_that_came_without_their_reports_leave_no_report_that_seems_new(standing, whole):
    """The build ends between the figures and the reports; the next is asked for others."""
    change(standing, SHEET, OLD, NEW)
    key = standing.build / "than-uyen" / "1_ingest.ipynb.key"
    before = key.read_text()
    building = subprocess.Popen(command(standing), stderr=subprocess.DEVNULL)
    while not key.is_file() or key.read_text() in ("", before):
        assert building.poll() is None
        time.sleep(0.002)
    building.kill()
    building.wait()
    assert press(standing, "--districts", "phong-tho").returncode == 0
    for language in ("vi", "en"):
        found = page(standing, f"than-uyen.{language}.html")
        assert OUTDATED in found or NEW in found
        assert OUTDATED not in page(standing, f"phong-tho.{language}.html")
    change(standing, SHEET, NEW, OLD)
    assert press(standing).returncode == 0
    assert everything(standing) == everything(whole)


def test_a_page_that_goes_while_others_are_built_is_missed(standing, whole):
    class Removing(Build):
        def _run_index(self):
            super()._run_index()
            (standing.reports / "phong-tho.vi.html").unlink()

    before = Standing(standing.root, "all")
    editions = tuple((slug, code) for slug in standing.districts for code in ("vi", "en"))
    Removing(standing, Order(editions, 2019, 2022, 1), before).run()
    assert not Standing(standing.root, "all").is_kept()
    assert press(standing).returncode == 0
    assert everything(standing) == everything(whole)


def test_a_package_that_is_edited_while_it_is_imported_builds_nothing(
    standing, monkeypatch, tmp_path
):
    package = tmp_path / "package"
    package.mkdir()
    monkeypatch.setattr(suite, "PACKAGE", package)
    before = Standing(standing.root, "all")
    (package / "edited.py").touch()
    (standing.reports / "phong-tho.vi.html").unlink()
    order = Order((("phong-tho", "vi"),), 2019, 2022, 1)
    with pytest.raises(InputError, match="src/helpers/: edited while it was read"):
        Build(standing, order, before).run()
    assert not (standing.reports / "phong-tho.vi.html").exists()


def test_a_sheet_that_changes_while_it_is_ingested_is_ingested_again(copied, monkeypatch):
    load = processed.sheets.load

    def edited(*arguments):
        found = load(*arguments)
        change(copied, SHEET, OLD, NEW)
        return found

    monkeypatch.setattr(processed.sheets, "load", edited)
    processed.ingest(copied, "than-uyen")
    assert processed.current(copied, "than-uyen") == ""


def test_what_an_editor_leaves_stops_nothing_and_stands_nowhere(standing, whole):
    for name in (
        *("data/raw/phong-tho/2022/.#figures.csv", "data/raw/reference/.#units.csv"),
        *("notebooks/.#2_glance.ipynb", "data/raw/.#new"),
    ):
        os.symlink("user@host.1234", standing.root / name)
    (standing.raw / "itself").symlink_to("itself")
    (standing.notebooks / "._2_glance.ipynb").write_bytes(b"\x00\x05\x16\x07\xb0")
    (standing.raw / "than-uyen" / "2019" / "figures.csv~").touch()
    change(standing, SHEET, OLD, NEW)
    assert press(standing).returncode == 0
    assert press(standing).stderr == "nothing to do\n"
    assert "figures.csv~" not in page(standing, "than-uyen.en.html")
    change(standing, SHEET, NEW, OLD)
    assert press(standing).returncode == 0
    assert everything(standing) == everything(whole)


def test_figures_that_cannot_be_read_are_made_again(standing, whole):
    path = standing.processed / "phong-tho" / "observations.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("43.81", "43,81", 1), "utf-8")
    assert press(standing, "--baseline", "2021").returncode == 0
    assert press(standing).returncode == 0
    assert everything(standing) == everything(whole)
