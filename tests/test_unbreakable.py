"""A build that is killed, interrupted, or cannot write: nothing is lost, half written or wrong."""

import fcntl
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from functools import partial
from pathlib import Path

import nbformat
import pytest

from conftest import ROOT
from test_building import NEW, OLD, SHEET, command, copy, press, results, stamps

FOLDERS = ("reports", "build", "data/processed")
KILLS, INTERRUPTS = 16, 8
# A build of everything takes some seconds; a kill falls anywhere in it, or after it.
LATEST = 5.0


def everything(project):
    return {name: results(project.root / name) for name in FOLDERS}


def in_namespace(script: str, *arguments: object) -> list[str]:
    """A shell script that may mount: what it mounts is seen by nobody else and ends with it."""
    return [
        "unshare",
        "--map-root-user",
        "--mount",
        "sh",
        "-ec",
        script,
        "sh",
        *map(str, arguments),
    ]


can_mount = pytest.mark.skipif(
    not shutil.which("unshare")
    or subprocess.run(in_namespace("mount -t tmpfs none /mnt"), capture_output=True).returncode,
    reason="this system does not let a user mount a file system of his own",
)


def test_a_build_that_is_killed_again_and_again_ends_with_the_same_bytes(copied, whole):
    """Between the kills a sheet changes to and fro: no result of one state passes for another's."""
    chance = random.Random(20260101)
    sheet = copied.raw / SHEET / "figures.csv"
    first = sheet.read_bytes()
    states = (first, first.replace(OLD.encode(), NEW.encode()))
    assert states[0] != states[1]
    killed = 0
    for _ in range(KILLS):
        sheet.write_bytes(chance.choice(states))
        process = subprocess.Popen(command(copied), stderr=subprocess.DEVNULL)
        try:
            process.wait(chance.uniform(0.2, LATEST))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
    assert killed > KILLS / 4
    sheet.write_bytes(first)
    assert press(copied).returncode == 0
    assert everything(copied) == everything(whole)


@pytest.mark.parametrize(
    ("folder", "room"), [("reports", 100), ("build", 400), ("data/processed", 40)]
)
@can_mount
def test_a_full_disk_is_told_in_a_line_and_nothing_is_lost(whole, tmp_path, folder, room):
    project = copy(whole, tmp_path)
    sheet = project.raw / SHEET / "figures.csv"
    sheet.write_bytes(sheet.read_bytes().replace(OLD.encode(), NEW.encode()))
    for path in (project.root / folder).rglob("*than-uyen*"):  # what is to be written anew
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    kept = results(project.root / folder)
    # The folder with all that stands in it moves to a disk that has room for so many more kB.
    size = sum(4096 * (1 + len(data) // 4096) for data in kept.values()) // 1024 + room
    script = (
        'cp -r "$1" "$2"; mount -t tmpfs -o size="$3"k none "$1"; cp -r "$2"/. "$1"; '
        'from="$1"; to="$2"; shift 3; "$@" && code=0 || code=$?; cp -r "$from"/. "$to"; exit $code'
    )
    aside = tmp_path / "aside"
    done = subprocess.run(
        in_namespace(script, project.root / folder, aside, size, *command(project)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1
    assert "No space left on device" in lines[0]
    assert "make room" in lines[0]
    assert "Traceback" not in done.stderr
    left = results(aside)
    assert all(left[name] == data for name, data in kept.items() if name.suffix == ".html")
    assert press(project).returncode == 0
    assert NEW.encode() in b"".join(results(project.root / "data/processed").values())


@pytest.mark.parametrize("folder", ["reports", "build", "data/processed"])
@can_mount
def test_a_folder_that_may_not_be_written_to_is_told_in_a_line(whole, tmp_path, folder):
    project = copy(whole, tmp_path)
    sheet = project.raw / SHEET / "figures.csv"
    sheet.write_bytes(sheet.read_bytes().replace(OLD.encode(), NEW.encode()))
    before = results(project.root / folder)
    script = 'mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"; shift; exec "$@"'
    done = subprocess.run(
        in_namespace(script, project.root / folder, *command(project)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert "cannot be written (Read-only file system)" in line
    assert f"{project.root / folder}" in line
    assert "Traceback" not in done.stderr
    assert results(project.root / folder) == before


def interruptible(project):
    return subprocess.Popen(
        command(project),
        stderr=subprocess.PIPE,
        text=True,
        # Ctrl-C may be ignored where the tests run in the background.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )


def test_ctrl_c_stops_within_a_second_and_keeps_what_is_finished(copied, whole):
    process = interruptible(copied)
    while not list(copied.reports.glob("*.html")):
        assert process.poll() is None
        time.sleep(0.01)
    stopped = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    # Far from a measurement: a build that waited for its chapters would need several seconds.
    assert time.monotonic() - stopped < 3
    assert process.returncode == 130
    assert said.splitlines()[-1] == "stopped; what was finished is kept"
    assert "Traceback" not in said
    # What has its key is finished: a result may have been put in its place just now.
    chapters = [path.with_suffix("") for path in copied.build.rglob("*.ipynb.key")]
    finished = {path: path.stat().st_mtime_ns for path in (*chapters, *copied.reports.glob("*.*"))}
    assert len(finished) > len(chapters) > 0
    assert press(copied).returncode == 0
    index = copied.reports / "index.html"
    again = {path: path.stat().st_mtime_ns for path in finished if path != index}
    assert all(finished[path] == stamp for path, stamp in again.items())
    assert everything(copied) == everything(whole)


def test_ctrl_c_is_heard_at_any_moment(copied):
    chance, heard = random.Random(20260102), 0
    for _ in range(INTERRUPTS):
        for name in FOLDERS:
            shutil.rmtree(copied.root / name, ignore_errors=True)
        process = interruptible(copied)
        while not (copied.build / ".lock").exists():
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 1.5))
        over = process.poll() is not None
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
        if not over:
            heard += 1
            assert process.returncode == 130, said
            assert said.splitlines()[-1] == "stopped; what was finished is kept"
            assert "Traceback" not in said
    assert heard


def test_ctrl_c_is_heard_where_python_forgets_exceptions():
    source = """
import os, signal
from helpers.press.__main__ import stop
signal.signal(signal.SIGINT, stop)
class Last:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
Last()
print("it went on")
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.split("\n")[-2] == "stopped; what was finished is kept"


def test_make_keeps_a_good_report_where_another_page_fails(copied):
    """Make itself would delete the report that was asked for."""
    overview = copied.notebooks / "7_overview.ipynb"
    notebook = nbformat.read(overview, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("1 / 0"))
    nbformat.write(notebook, overview)
    press_there = f"PRESS={sys.executable} -m helpers.press --root {copied.root}"
    make = ["make", "-C", str(copied.root), "-f", str(ROOT / "Makefile"), press_there]
    (copied.root / "pyproject.toml").touch()
    ready = copied.root / "ready"
    ready.touch()
    done = subprocess.run(
        [*make, f"READY={ready}", "reports/phong-tho.vi.html"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "7_overview" in done.stderr
    assert (copied.reports / "phong-tho.vi.html").is_file()


def test_the_first_report_does_not_wait_for_the_last_district(copied):
    assert press(copied, "--jobs", "1").returncode == 0
    written = stamps(copied)
    assert written["reports/phong-tho.en.html"] < written["build/tam-duong/1_ingest.ipynb"]
    assert written["reports/tam-duong.en.html"] < written["build/than-uyen/1_ingest.ipynb"]


def test_figures_that_were_removed_are_made_again(whole, tmp_path):
    project = copy(whole, tmp_path)
    shutil.rmtree(project.processed / "tam-duong")
    assert press(project).returncode == 0
    assert everything(project) == everything(whole)


def test_a_registry_that_is_missing_is_told_and_the_old_reports_say_they_are_old(whole, tmp_path):
    project = copy(whole, tmp_path)
    (project.reference / "units.csv").unlink()
    done = press(project)
    assert done.returncode == 1
    assert "data/raw/reference/units.csv: the registry is missing" in done.stderr
    assert "Traceback" not in done.stderr
    for path in Path(project.reports).glob("*.*.html"):
        assert '<p class="outdated"' in path.read_text(encoding="utf-8")
    assert os.listdir(project.reports)


def test_progress_on_a_terminal_has_counts_rate_and_time_left(copied):
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    process = subprocess.Popen(command(copied, "--districts", "than-uyen"), stderr=theirs)
    os.close(theirs)
    said = b""
    while True:
        try:
            said += os.read(ours, 4096)
        except OSError:  # the end of a terminal
            break
    os.close(ours)
    assert process.wait() == 0
    line = r"1?\d/11 chapters, +[\d.?]+ chapters/s, \d\d:\d\d gone, [\d:?]+ left .*than-uyen"
    assert re.search(line, said.decode()), said
    assert b"reports/than-uyen.vi.html" in said
