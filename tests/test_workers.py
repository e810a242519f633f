"""Children of the press: what they return, how they fail, and that they end."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from operator import call
from pathlib import Path

import pytest

from helpers.errors import InputError, StorageError
from helpers.press.workers import Outcome, Workers, kill_all

LONG = 600.0  # seconds that no test comes near: what waits for this long is killed


@pytest.fixture
def workers():
    """Make workers; what is left of them is killed."""
    made = []

    def make(jobs=2, timeout=LONG, before=None):
        made.append(Workers(call, jobs, timeout, before))
        return made[-1]

    yield make
    for each in made:
        each.stop()


def outcomes(workers):
    found = {}
    while workers.running:
        found.update(workers.finished())
    return found


def outcome(workers, work, *arguments):
    return outcomes_of(workers, partial(work, *arguments))[0]


def outcomes_of(workers, *items):
    """Start pieces of work together; give their outcomes in this order."""
    for item in items:
        workers.start(item)
    found = outcomes(workers)
    return [found[item] for item in items]


def wait_for(path):
    deadline = time.monotonic() + LONG
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def fail(message, kind=ValueError):
    raise kind(message)


def die(number=signal.SIGKILL):
    os.kill(os.getpid(), number)


def leave(status):
    os._exit(status)


def hang(note: Path):
    started = note.with_suffix(".new")
    started.write_text(str(os.getpid()))
    started.rename(note)
    time.sleep(LONG)


def fork_and_hang(folder: Path, seconds):
    """Hang, beside a process that holds all that this one had open, until it may end."""
    if os.fork() == 0:
        (folder / "begun").touch()
        deadline = time.monotonic() + seconds
        while not (folder / "may end").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        (folder / "ended").touch()
        os._exit(0)
    time.sleep(LONG)


def attend(folder: Path, key):
    """Return how many are at work at the same time as this one."""
    mine = folder / str(key)
    mine.touch()
    time.sleep(0.1)
    present = len(list(folder.iterdir()))
    mine.unlink()
    return present


def leave_a_thread():
    threading.Thread(target=time.sleep, args=(LONG,)).start()
    return "done"


def test_what_the_work_returns_comes_back(workers):
    assert outcome(workers(), divmod, 17, 5) == Outcome(value=(3, 2))


def test_a_value_larger_than_a_pipe_comes_back(workers):
    assert outcome(workers(), bytes.__mul__, b"x", 5_000_000).value == b"x" * 5_000_000


def test_each_piece_of_work_has_a_process_of_its_own(workers):
    found = outcomes_of(workers(jobs=3), *(partial(os.getpid) for _ in range(3)))
    pids = {each.value for each in found}
    assert len(pids - {os.getpid()}) == 3


@pytest.mark.parametrize(
    ("work", "argument", "said"),
    [(fail, "số liệu sai", "ValueError: số liệu sai"), (exit, 3, "SystemExit: 3")],
)
def test_an_exception_is_reported_as_failure(workers, work, argument, said):
    found = outcome(workers(), work, argument)
    assert found.value is None
    assert said in found.failure


def test_a_mistake_of_the_user_is_told_as_it_stands(workers):
    found = outcome(workers(), fail, "sheet, row 3: found 'x'", InputError)
    assert found == Outcome(failure="sheet, row 3: found 'x'")


def test_what_cannot_be_stored_is_fatal(workers):
    found = outcome(workers(), fail, "page: cannot be written", StorageError)
    assert found == Outcome(failure="page: cannot be written", fatal=True)


def test_what_is_done_before_is_there_in_the_child(workers):
    here = []
    found = outcome(workers(before=lambda item: here.append(item.args)), here.copy)
    assert found.value == [()]


def test_a_child_ends_with_its_parent(tmp_path):
    """Kill a process that has a child at work: the child is gone at once."""
    source = (
        "import sys, time; from functools import partial; from operator import call;"
        "from pathlib import Path; sys.path.insert(0, sys.argv[1]);"
        "from test_workers import hang; from helpers.press.workers import Workers;"
        "pool = Workers(call, 1, 600); pool.start(partial(hang, Path(sys.argv[2])));"
        "time.sleep(600)"
    )
    folder = str(Path(__file__).parent)
    parent = subprocess.Popen([sys.executable, "-c", source, folder, str(tmp_path / "pid")])
    wait_for(tmp_path / "pid")
    child = int((tmp_path / "pid").read_text())
    assert is_alive(child)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 10
    while is_alive(child):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_value_that_cannot_come_back_is_reported_as_failure(workers, capfd):
    assert outcome(workers(), threading.Lock).failure is not None
    assert "pickle" in capfd.readouterr().err


def test_a_killed_child_is_reported(workers):
    found = outcome(workers(), die)
    assert found.value is None
    assert "SIGKILL" in found.failure


def test_a_child_that_leaves_without_a_word_is_reported(workers):
    assert "exit status 7" in outcome(workers(), leave, 7).failure


def test_a_killed_child_does_not_harm_the_others(workers):
    bad, good = outcomes_of(workers(), partial(die), partial(abs, -1))
    assert good == Outcome(value=1)
    assert bad.failure


def test_a_child_that_takes_too_long_is_killed_and_reported(workers, tmp_path):
    pool = workers(timeout=1.0)
    found = outcome(pool, hang, tmp_path / "pid")
    assert found.value is None
    assert "stopped" in found.failure
    assert not is_alive(int((tmp_path / "pid").read_text()))


def test_only_what_takes_too_long_is_killed(workers, tmp_path):
    slow, quick = outcomes_of(
        workers(timeout=1.0), partial(hang, tmp_path / "pid"), partial(abs, -1)
    )
    assert quick == Outcome(value=1)
    assert slow.failure


def test_a_timeout_ends_what_the_child_started_too(workers, tmp_path):
    found = outcome(workers(timeout=0.5), fork_and_hang, tmp_path, 10.0)
    (tmp_path / "may end").touch()
    assert found.failure
    time.sleep(0.2)  # what was still alive would end now
    assert not (tmp_path / "ended").exists()


def test_killing_all_ends_what_the_children_started_too(workers, tmp_path):
    workers().start(partial(fork_and_hang, tmp_path, 10.0))
    wait_for(tmp_path / "begun")
    kill_all()
    (tmp_path / "may end").touch()
    time.sleep(0.2)  # what was still alive would end now
    assert not (tmp_path / "ended").exists()


def test_a_thread_left_behind_does_not_keep_the_child(workers):
    assert outcome(workers(), leave_a_thread) == Outcome(value="done")


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_never_more_than_jobs_run_at_once(workers, tmp_path, jobs):
    pool, waiting, found = workers(jobs), list(range(7)), {}
    while waiting or pool.running:
        while waiting and pool.free:
            pool.start(partial(attend, tmp_path, waiting.pop(0)))
        assert len(pool.running) <= jobs
        found.update(pool.finished())
    assert len(found) == 7
    assert max(each.value for each in found.values()) <= jobs


def test_stop_kills_every_child(workers, tmp_path):
    pool = workers()
    for key in "ab":
        pool.start(partial(hang, tmp_path / key))
        wait_for(tmp_path / key)
    pids = [int((tmp_path / key).read_text()) for key in "ab"]
    assert all(is_alive(pid) for pid in pids)
    pool.stop()
    assert not any(is_alive(pid) for pid in pids)
    assert pool.free


def test_more_processes_than_the_system_allows_are_told():
    source = (
        "import resource; from functools import partial; from time import sleep;"
        "from operator import call; from helpers.press.workers import Workers;"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (30, 30)); pool = Workers(call, 99, 600);"
        "[pool.start(partial(sleep, 60 + number)) for number in range(40)]"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert re.search(
        r"InputError: JOBS: no more than \d+ processes .*Too many open files.*; ask for fewer",
        done.stderr,
    )


def test_a_signal_without_a_name_is_reported_by_its_number(workers):
    assert "signal 40" in outcome(workers(), die, 40).failure
