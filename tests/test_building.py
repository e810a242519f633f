"""Building: what runs again and what does not, what a mistake does, and that nothing is chance."""

import html
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers import sheets
from helpers.errors import InputError
from helpers.press.__main__ import main
from helpers.press.parameters import FIRST_YEAR, LAST_YEAR
from helpers.project import Project

ROOT = Path(__file__).parents[1]
DISTRICTS = ("phong-tho", "tam-duong", "than-uyen")
LANGUAGES = ("vi", "en")
REPORTS = {f"{district}.{language}.html" for district in DISTRICTS for language in LANGUAGES}
# A figure that stands once in the sheets and is part of nothing: land that was given, in m².
SHEET, ROW, OLD, NEW = "than-uyen/2019", "f052", "34.395", "71.846"
OUTDATED = '<p class="outdated"'


def command(project, *arguments):
    return [sys.executable, "-m", "helpers.press", "--root", str(project.root), *arguments]


def press(project, *arguments, **environment):
    """Run the command as the Makefile does."""
    return subprocess.run(
        command(project, *arguments),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def build(project, *arguments):
    """Do what the command does in this process, which has imported everything; give its status."""
    return main(["--root", str(project.root), *arguments])


def page(project, name):
    return (project.reports / name).read_text(encoding="utf-8")


def text(project, name):
    """The words of a page, a space between two cells."""
    body = re.sub(r"<(style|script)>.*?</\1>", "", page(project, name), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def written(project):
    return {path.name for path in project.reports.glob("*.html")}


def copy(source, root):
    """Copy a project with what it has built."""
    shutil.copytree(source.root, root, dirs_exist_ok=True)
    return Project(root)


def change(project, sheet, old, new):
    """Replace a text that stands once in a sheet."""
    path = project.raw / sheet / "figures.csv"
    before = path.read_text(encoding="utf-8")
    assert before.count(old) == 1
    path.write_text(before.replace(old, new), encoding="utf-8", newline="")


def results(folder):
    """The bytes of all that a build leaves in a folder, but for its note of the files' dates."""
    found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if path.name != "standing"}


def stamps(project):
    """When each result of a project was written, by its name."""
    found = [*project.build.rglob("*.ipynb"), *project.reports.glob("*.html")]
    return {project.name(path): path.stat().st_mtime_ns for path in found}


def newer(project, before):
    """The names of the results that were written since, without the index and what it shows."""
    again = {name for name, stamp in stamps(project).items() if stamp != before.get(name)}
    return {name for name in again if not re.search(r"overview|index\.html", name)}


@pytest.fixture
def standing(whole, tmp_path):
    """A copy of a built project, in another folder, that a test may change."""
    return copy(whole, tmp_path / "standing")


@pytest.fixture(scope="module")
def changed(whole, tmp_path_factory):
    """A built project, built again after a figure changed; and when its results were old."""
    project = copy(whole, tmp_path_factory.mktemp("changed"))
    change(project, SHEET, OLD, NEW)
    before = stamps(project)
    assert build(project) == 0
    return project, before


@pytest.fixture(scope="module")
def broken(whole, tmp_path_factory):
    """A built project, then a mistake in one district and a new figure in another: what is left."""
    project = copy(whole, tmp_path_factory.mktemp("broken"))
    change(project, "than-uyen/2019", "f052,II.2.1,", "f052,II.2.1,no_such_indicator,")
    change(project, "tam-duong/2023", "8.209", "8.911")
    return project, press(project)


@pytest.fixture(scope="module")
def mistake(broken):
    """What is wrong with the sheet, as reading it says."""
    with pytest.raises(InputError) as caught:
        sheets.load(broken[0], "than-uyen")
    return str(caught.value)


@pytest.fixture
def slow(copied):
    """A project with one notebook, which waits until it may end; give it and how to start it."""
    for path in copied.notebooks.glob("*.ipynb"):
        path.unlink()
    source = (
        "import os, time\n"
        "open(f'started-{os.getpid()}', 'w').close()\n"
        "while not os.path.exists('go'):\n    time.sleep(0.02)"
    )
    declared = new_code_cell('district = "phong-tho"', metadata={"tags": ["parameters"]})
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=[declared, new_code_cell(source)], metadata={"kernelspec": spec})
    nbformat.write(notebook, copied.notebooks / "1_wait.ipynb")
    started = []

    def start():
        process = subprocess.Popen(
            command(copied, "--districts", "phong-tho"),
            stderr=subprocess.PIPE,
            text=True,
            # Ctrl-C may be ignored where the tests run in the background.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )
        started.append(process)
        while not list(copied.notebooks.glob("started-*")):
            assert process.poll() is None
            time.sleep(0.02)
        return process

    yield copied, start
    (copied.notebooks / "go").touch()
    for process in started:
        process.wait()
        process.stderr.close()


# ------------------------------------------------------------ what is built
def test_every_report_and_the_index_are_written(whole):
    assert written(whole) == REPORTS | {"index.html"}
    for name in REPORTS:
        assert page(whole, name).rstrip().endswith("</html>")
        assert OUTDATED not in page(whole, name)
        assert f'href="{name}"' in page(whole, "index.html")


def test_nothing_runs_and_nothing_is_written_where_nothing_has_changed(whole):
    before = stamps(whole)
    done = press(whole)
    assert (done.returncode, done.stderr) == (0, "nothing to do\n")
    assert stamps(whole) == before


def test_a_built_project_may_be_moved(standing):
    assert press(standing).stderr == "nothing to do\n"


def test_a_new_figure_replaces_the_old_one_everywhere(changed):
    project, _ = changed
    for language, point in (("vi", "."), ("en", ",")):
        name = f"than-uyen.{language}.html"
        assert NEW.replace(".", point) in text(project, name)
        assert OLD.replace(".", point) not in text(project, name)
        assert OLD not in page(project, name)


def test_only_the_chapters_of_a_changed_district_run(changed):
    project, before = changed
    names = {name for name in before if "than-uyen" in name}
    assert newer(project, before) == names
    assert len(names) > len(LANGUAGES)


def test_only_a_changed_chapter_runs_but_for_every_report(standing):
    path = standing.notebooks / "4_disbursement.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source += "\n\nMột câu mới."
    nbformat.write(notebook, path)
    before = stamps(standing)
    assert build(standing) == 0
    assert newer(standing, before) == {
        name for name in before if "4_disbursement" in name or name[8:] in REPORTS
    }
    assert {name for name in REPORTS if "Một câu mới." in page(standing, name)} == {
        f"{district}.vi.html" for district in DISTRICTS
    }


def test_a_report_that_was_deleted_is_bound_again_without_running(whole, standing):
    (standing.reports / "tam-duong.en.html").unlink()
    before = stamps(standing)
    assert build(standing) == 0
    assert newer(standing, before) == {"reports/tam-duong.en.html"}
    assert page(standing, "tam-duong.en.html") == page(whole, "tam-duong.en.html")


def test_one_report_is_built_alone(copied):
    assert build(copied, "reports/phong-tho.vi.html") == 0
    assert written(copied) == {"phong-tho.vi.html", "index.html"}
    assert not (copied.build / "phong-tho" / "en").exists()
    assert not (copied.build / "tam-duong").exists()


def test_the_reports_that_are_named_are_built_and_no_other(standing):
    shutil.rmtree(standing.reports)
    assert build(standing, "reports/phong-tho.vi.html", "reports/tam-duong.en.html") == 0
    assert written(standing) == {"phong-tho.vi.html", "tam-duong.en.html", "index.html"}


def test_only_the_districts_and_languages_asked_for_are_built(standing):
    shutil.rmtree(standing.reports)
    assert build(standing, "--districts", "than-uyen tam-duong", "--languages", "en") == 0
    assert written(standing) == {"than-uyen.en.html", "tam-duong.en.html", "index.html"}


def test_a_single_figure_makes_a_report_in_both_languages(tiny):
    project = tiny({})
    assert build(project) == 0
    assert written(project) == {"muong-te.vi.html", "muong-te.en.html", "index.html"}
    assert "1.234" in text(project, "muong-te.vi.html")
    assert "1,234" in text(project, "muong-te.en.html")


@pytest.mark.parametrize(
    ("baseline", "endline"), [(2019, 2022), (2021, 2022), (2019, 2021), (2022, 2022), (2010, 2011)]
)
def test_any_two_rounds_make_a_report_and_run_what_compares_only(standing, baseline, endline):
    rounds = ("--baseline", str(baseline), "--endline", str(endline))
    before = stamps(standing)
    assert build(standing, "--districts", "phong-tho", *rounds) == 0
    assert {Path(name).name for name in newer(standing, before)} <= {
        "3_poverty_rounds.ipynb",
        "phong-tho.vi.html",
        "phong-tho.en.html",
    }
    for year in (baseline, endline):
        assert f"Năm {year}" in text(standing, "phong-tho.vi.html")
        assert str(year) in text(standing, "phong-tho.en.html")


# ------------------------------------------------------------ a mistake in a sheet
def test_a_mistake_is_told_once_and_without_a_traceback(broken, mistake):
    _, done = broken
    assert done.returncode == 1
    assert "figures.csv, row " in mistake
    assert done.stderr.count(mistake) == 1
    assert "not built: than-uyen, notebooks/1_ingest.ipynb" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_the_others_are_built_in_spite_of_a_mistake(broken):
    project, _ = broken
    assert "8.911" in text(project, "tam-duong.vi.html")
    assert "8,911" in text(project, "tam-duong.en.html")
    for name in REPORTS:
        assert (OUTDATED in page(project, name)) == name.startswith("than-uyen")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_old_report_of_a_mistaken_district_stands_and_says_it_is_old(broken, whole, language):
    project, _ = broken
    name = f"than-uyen.{language}.html"
    banner = re.compile(r'<p class="outdated" role="status">.*?</p>')
    now = page(project, name)
    assert len(banner.findall(now)) == 1
    assert banner.sub("<!--outdated-->", now) == page(whole, name)


def test_the_index_names_district_notebook_and_message(broken, mistake):
    project, _ = broken
    index = page(project, "index.html")
    for language in LANGUAGES:
        part = re.search(rf'<section id="{language}".*?</section>', index, re.DOTALL)[0]
        told = re.search(r'<div class="outdated".*?</div>', part, re.DOTALL)[0]
        assert "than-uyen" in told
        assert "notebooks/1_ingest.ipynb" in told
        assert mistake in html.unescape(told)


def test_a_mended_sheet_takes_every_mark_away(broken, whole, tmp_path):
    project = copy(broken[0], tmp_path / "mended")
    shutil.copy(whole.raw / SHEET / "figures.csv", project.raw / SHEET)
    assert build(project) == 0
    for name in ("than-uyen.vi.html", "than-uyen.en.html"):
        assert page(project, name) == page(whole, name)
    assert 'class="outdated"' not in page(project, "index.html")


def test_a_mistake_is_told_again_by_the_next_build(broken, mistake, tmp_path, capsys):
    project = copy(broken[0], tmp_path / "again")
    before = {name: page(project, name) for name in written(project)}
    assert build(project) == 1
    assert capsys.readouterr().err.count(mistake) == 1
    assert {name: page(project, name) for name in written(project)} == before


def test_a_chapter_that_fails_stops_its_report_only(standing, capsys):
    path = standing.notebooks / "5_delivery.ipynb"
    notebook = nbformat.read(path, as_version=4)
    wrong = 'assert (district, language) != ("phong-tho", "en"), "<not this one>"'
    notebook.cells.append(new_code_cell(wrong))
    nbformat.write(notebook, path)
    assert build(standing, "--districts", "phong-tho") == 1
    said = capsys.readouterr().err
    assert said.count("not built: ") == 1
    assert "not built: phong-tho, notebooks/5_delivery.ipynb (en)" in said
    assert "AssertionError: <not this one>" in said
    assert "&lt;not this one&gt;" in page(standing, "index.html")
    assert {name for name in REPORTS if OUTDATED in page(standing, name)} == {"phong-tho.en.html"}


# ------------------------------------------------------------ a mistake in what is asked for
@pytest.mark.parametrize(
    ("asked", "found", "valid"),
    [
        (("--districts", "phongtho"), "DISTRICTS: found 'phongtho'", "nearest is 'phong-tho'"),
        (("--districts", "tam-duong Tam-Duon"), "DISTRICTS: found 'Tam-Duon'", "'tam-duong'"),
        (("--languages", "vie"), "LANGUAGES: found 'vie'", "nearest is 'vi'"),
        (("--languages", "fr"), "LANGUAGES: found 'fr'", "allowed are vi, en"),
        (("--baseline", "1889"), "BASELINE: found 1889", f"{FIRST_YEAR} to {LAST_YEAR}"),
        (("--endline", "20222"), "ENDLINE: found 20222", f"{FIRST_YEAR} to {LAST_YEAR}"),
        (("--jobs", "0"), "JOBS: found '0'", "a whole number"),
        (("reports/phong-to.vi.html",), "found 'phong-to'", "nearest is 'phong-tho'"),
        (("reports/phong-tho.fr.html",), "found 'fr'", "allowed are vi, en"),
        (("reports/phong-tho.html",), "reports/phong-tho.html", "<district>.<language>.html"),
    ],
)
def test_a_mistake_in_what_is_asked_for_is_told_in_a_line(copied, asked, found, valid):
    done = press(copied, *asked)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("error: ")
    assert found in done.stderr
    assert valid in done.stderr
    assert written(copied) == set()


@pytest.mark.parametrize("name", ["BASELINE", "ENDLINE"])
def test_a_round_that_is_no_number_is_answered_with_one_that_is_valid(copied, name):
    done = press(copied, f"--{name.lower()}", "20l9")
    assert done.returncode == 2
    assert f"{name}: found '20l9'" in done.stderr
    said = re.findall(r"\b\d+\b", done.stderr.split("'20l9'")[1])
    assert said
    assert all(FIRST_YEAR <= int(year) <= LAST_YEAR for year in said)


def test_a_folder_that_is_no_project_is_told(tmp_path):
    done = press(Project(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert str(tmp_path) in done.stderr
    assert "Traceback" not in done.stderr


# ------------------------------------------------------------ chance, and company
def test_the_same_inputs_make_the_same_bytes(whole, standing):
    """One district and the index are executed, and every page is bound, by another process."""
    for folder in (
        *(standing.build / name for name in ("phong-tho", "overview", "reports")),
        standing.processed / "phong-tho",
        standing.reports,
    ):
        shutil.rmtree(folder)
    elsewhere = {"PYTHONHASHSEED": "42", "TZ": "Asia/Ho_Chi_Minh", "LC_ALL": "C", "LANG": "vi_VN"}
    assert press(standing, "--jobs", "1", **elsewhere).returncode == 0
    for folder in ("reports", "build", "data/processed"):
        ours, theirs = (results(root / folder) for root in (standing.root, whole.root))
        assert ours == theirs


def test_a_second_build_at_the_same_time_is_refused(slow):
    project, start = slow
    first = start()
    second = press(project)
    assert second.returncode == 2
    assert len(second.stderr.splitlines()) == 1
    assert "another build" in second.stderr
    (project.notebooks / "go").touch()
    first.communicate()
    assert first.returncode == 0


def test_a_notebook_that_goes_while_it_runs_is_told(slow):
    project, start = slow
    first = start()
    (project.notebooks / "1_wait.ipynb").rename(project.notebooks / ".hidden.ipynb")
    (project.notebooks / "go").touch()
    _, said = first.communicate()
    assert first.returncode == 1
    assert "something changed while it was built: run the same command again" in said
    assert "Traceback" not in said


def test_an_interrupted_build_says_so_and_leaves_nothing_running(slow):
    project, start = slow
    first = start()
    first.send_signal(signal.SIGINT)
    _, said = first.communicate()
    assert first.returncode == 130
    assert "stopped; what was finished is kept" in said
    assert "Traceback" not in said
    (started,) = project.notebooks.glob("started-*")
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.name.split("-")[1]), 0)
    (project.notebooks / "go").touch()
    assert build(project, "--districts", "phong-tho") == 0
