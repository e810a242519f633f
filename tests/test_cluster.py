"""The press on a Dask cluster: a real scheduler and workers, which share no folder with it."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helpers.press import station
from test_building import OUTDATED, SHEET, change, command, copy, press, text
from test_unbreakable import everything

ROOT = Path(__file__).parents[1]
LONG = 60.0


class Cluster:
    """A scheduler and its workers, each a process of this machine in a folder of its own."""

    def __init__(self, folder: Path):
        self.folder, self.processes = folder, []
        self.file = folder / "scheduler.json"
        self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.wait_for(lambda: self.file.is_file() and self.address)

    @property
    def address(self) -> str:
        try:
            return json.loads(self.file.read_text())["address"]
        except ValueError:  # not written to its end yet
            return ""

    def start(self, what: str, *options: str, **environment: str) -> subprocess.Popen:
        place = self.folder / f"{what}-{len(self.processes)}"
        place.mkdir()
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", what, "--scheduler-file", str(self.file), *options],
            cwd=place,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=(place / "log").open("w"),
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def add_worker(self, threads: int = 2, **environment: str) -> subprocess.Popen:
        process = self.start(
            "worker", "--nthreads", str(threads), "--no-dashboard", "--no-nanny", **environment
        )
        log = self.folder / f"worker-{len(self.processes) - 1}" / "log"
        self.wait_for(lambda: "Registered to" in log.read_text())
        return process

    def wait_for(self, met) -> None:
        deadline = time.monotonic() + LONG
        while not met():
            assert time.monotonic() < deadline
            assert all(process.poll() is None for process in self.processes)
            time.sleep(0.05)

    def stop(self) -> None:
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def cluster(tmp_path):
    made = Cluster(tmp_path)
    yield made
    made.stop()


def on(cluster):
    return "--scheduler", cluster.address


def test_a_cluster_makes_the_same_bytes(cluster, copied, whole):
    cluster.add_worker(threads=2)
    cluster.add_worker(threads=1)
    done = press(copied, *on(cluster))
    assert done.returncode == 0, done.stderr
    assert everything(copied) == everything(whole)
    assert press(copied, *on(cluster)).stderr == "nothing to do\n"


def test_a_worker_that_is_killed_is_replaced_by_the_others(cluster, copied, whole):
    lost = cluster.add_worker(threads=1)
    cluster.add_worker(threads=1)
    building = subprocess.Popen(command(copied, *on(cluster)), stderr=subprocess.PIPE, text=True)
    while not list(copied.build.rglob("*.key")):
        assert building.poll() is None
        time.sleep(0.01)
    os.killpg(lost.pid, signal.SIGKILL)
    _, said = building.communicate()
    assert building.returncode == 0, said
    assert everything(copied) == everything(whole)


def test_a_mistake_is_told_as_at_home(cluster, whole, tmp_path):
    project = copy(whole, tmp_path / "project")
    change(project, SHEET, "f052,II.2.1,", "f052,II.2.1,no_such_indicator,")
    change(project, "tam-duong/2023", "8.209", "8.911")
    at_home = copy(project, tmp_path / "home")
    expected = press(at_home)
    cluster.add_worker()
    done = press(project, *on(cluster))
    told = done.stderr.partition("not built")
    assert done.returncode == expected.returncode == 1
    assert (
        told[2].rpartition("\n")[0].splitlines()[:-1]
        == (expected.stderr.partition("not built")[2].rpartition("\n")[0].splitlines()[:-1])
    )
    assert "Traceback" not in done.stderr
    assert "8.911" in text(project, "tam-duong.vi.html")


def test_a_cluster_without_workers_is_told(cluster, copied):
    done = press(copied, *on(cluster))
    assert done.returncode == 2
    assert f"error: SCHEDULER: {cluster.address} has no worker" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_scheduler_is_told(copied):
    done = press(copied, "--scheduler", "tcp://127.0.0.1:9")
    assert done.returncode == 2
    assert "error: SCHEDULER: no Dask scheduler answers at tcp://127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_worker_with_another_version_of_the_package_is_told(cluster, copied, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(ROOT / "src" / "helpers", other / "helpers")
    with (other / "helpers" / "wording.toml").open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    cluster.add_worker(PYTHONPATH=str(other))
    done = press(copied, *on(cluster))
    assert done.returncode == 2
    assert "has another version of this package or of its libraries" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_dask_the_package_is_named(copied, monkeypatch, capsys):
    from helpers.press.__main__ import main

    monkeypatch.setitem(sys.modules, "distributed", None)
    asked = ["--root", str(copied.root), "--scheduler", "tcp://127.0.0.1:9"]
    assert main(asked) == 2
    assert "the package distributed is not installed" in capsys.readouterr().err


def test_a_document_that_was_removed_is_gone_on_the_cluster_too(cluster, copied):
    cluster.add_worker(threads=1)
    assert press(copied, "--districts", "phong-tho", *on(cluster)).returncode == 0
    shutil.rmtree(copied.raw / "phong-tho" / "2020")
    done = press(copied, "--districts", "phong-tho", *on(cluster))
    # A statement names figures of that document: what is left does not pass for the whole.
    assert done.returncode == 1
    assert "2020-f" in done.stderr


def test_a_building_process_that_died_is_replaced(cluster, copied, whole):
    worker = cluster.add_worker(threads=1)
    assert press(copied, "--districts", "phong-tho", *on(cluster)).returncode == 0
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(worker.pid)], capture_output=True)
    stations = [int(pid) for pid in found.stdout.split()]
    assert stations
    for pid in stations:
        os.kill(pid, signal.SIGKILL)
    done = press(copied, *on(cluster))
    assert done.returncode == 0, done.stderr
    assert everything(copied) == everything(whole)


def test_an_edited_helper_runs_on_a_worker_that_ran_the_old_one(cluster, copied, tmp_path):
    """The worker's building processes have imported the old one."""
    package = tmp_path / "package" / "helpers"
    shutil.copytree(ROOT / "src" / "helpers", package)
    cluster.add_worker(threads=1, PYTHONPATH=str(package.parent))
    one = ("--districts", "phong-tho", "--languages", "en", *on(cluster))
    done = press(copied, *one, PYTHONPATH=str(package.parent))
    assert done.returncode == 0, done.stderr
    helper = package / "exhibits" / "glance.py"
    helper.write_bytes(helper.read_bytes().replace(b'class="card"', b'class="card new"'))
    done = press(copied, *one, PYTHONPATH=str(package.parent))
    assert done.returncode == 0, done.stderr
    assert 'class="card new"' in (copied.reports / "phong-tho.en.html").read_text("utf-8")


def test_a_scheduler_that_is_lost_is_told(cluster, copied):
    cluster.add_worker(threads=1)
    building = subprocess.Popen(command(copied, *on(cluster)), stderr=subprocess.PIPE, text=True)
    while not list(copied.build.rglob("*.key")):
        assert building.poll() is None
        time.sleep(0.01)
    os.killpg(cluster.processes[0].pid, signal.SIGKILL)
    _, said = building.communicate()
    assert building.returncode == 2
    told = [line for line in said.splitlines() if line.startswith("error: ")]
    assert told == [line for line in told if "was lost; what is finished is kept" in line] != []
    assert OUTDATED not in "".join(path.read_text() for path in copied.reports.glob("*.html"))


@pytest.mark.parametrize("kept", [0, 5, 8, 12])
def test_an_answer_that_breaks_off_is_no_answer(kept):
    stream = io.BytesIO()
    station.send(stream, {"a": "b" * 100})
    with pytest.raises(EOFError):
        station.receive(io.BytesIO(stream.getvalue()[:kept]))


def test_a_cluster_that_is_lost_is_told(cluster, copied, monkeypatch, capsys):
    from helpers.press import cluster as module
    from helpers.press.__main__ import main

    monkeypatch.setattr(module, "EACH_LOOK", 0.5)
    monkeypatch.setattr(module, "LOST", 2)
    worker = cluster.add_worker(threads=1)
    os.killpg(worker.pid, signal.SIGSTOP)  # it does nothing, until it is killed
    killer = subprocess.Popen(["sh", "-c", f"sleep 4; kill -9 -{worker.pid}"])
    monkeypatch.setattr(module.Cluster, "_same_suite", lambda self: module.station.suite())
    asked = ["--root", str(copied.root), *on(cluster)]
    assert main(asked) == 2
    said = capsys.readouterr().err
    assert f"error: SCHEDULER: the cluster at {cluster.address} was lost" in said
    killer.wait()


def test_a_worker_without_the_package_is_told(cluster, copied, tmp_path):
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "helpers.py").write_text("raise ImportError('none here')\n")
    cluster.add_worker(PYTHONPATH=str(tmp_path / "hidden"))
    done = press(copied, *on(cluster))
    assert done.returncode == 2
    assert "has another version of this package or of its libraries" in done.stderr
    assert "Traceback" not in done.stderr
