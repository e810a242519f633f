"""The embedded engine gives what the ordinary one gives: on every notebook, and on a hard one.

The ordinary engine is the measure. Left out is what cannot be equal, or is not meant to be: times
(%%time), the kernel's own class, arguments and signal handlers, the descriptor behind sys.stdout
(the embedded kernel shows none), a sys.stdout that a cell replaces and does not put back (the
embedded kernel puts it back), data that JSON cannot hold, such as NaN (the ordinary kernel warns),
and the order of lines that a process and Python write at the same time.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).parents[1]
ENGINES = ("embedded", "ipykernel")
NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))

# Each notebook in a child of its own, as the press runs it. Papermill fails a notebook that holds
# an error at its end, even where a cell's tag allows it: that is off for the hard one.
RUNNER = """
import sys
from functools import partial
from pathlib import Path

import papermill.execute

from helpers.press import parameters, running
from helpers.press.plan import Unit
from helpers.press.workers import Workers
from helpers.project import Project


def execute(unit):
    if "hard" in unit.notebook:
        papermill.execute.raise_for_execution_errors = lambda notebook, path: None
    running.execute(project.root, unit, engine)
    (project.root / unit.unfinished).rename(project.root / unit.output)


project, engine = Project(Path(sys.argv[1])), sys.argv[2]
running.prepare(project)
for notebook in parameters.notebooks(project):
    output = f"build/{engine}/{notebook.path.name}"
    unit = Unit(project.name(notebook.path), (("district", "given"),), output, "", ())
    workers = Workers(execute, 1, 300)
    workers.start(unit)
    while workers.running:
        for _, outcome in workers.finished():
            said = (project.root / output).with_suffix(".txt")
            said.parent.mkdir(parents=True, exist_ok=True)
            said.write_text(outcome.failure or "")
"""

SETUP = """\
import asyncio, logging, os, subprocess, sys, threading, time, warnings
import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import *
"""

# What a process writes is fetched by a thread of the ordinary kernel: the cells wait for it.
CELLS = {
    "the parameter that was given": "district",
    "stdout and stderr": "print('out'); print('err', file=sys.stderr)",
    "stderr before stdout": "print('err', file=sys.stderr, flush=True); print('out', flush=True)",
    "an unfinished line": "print('no end', end='')",
    "a long text": "print('nghèo\\n' * 50_000)",
    "a line written over": r"print('10%\r100%')",
    "colours": r"print('\x1b[31mred\x1b[0m')",
    "a result": "1 + 1",
    "the last result": "_ * 10",
    "what was typed": "In[-1], _i",
    "a data frame": "pd.DataFrame({'xã': ['Mồ Sì San', 'Sin Suối Hồ'], 'hộ': [1, 2]})",
    "a wide data frame": "pd.DataFrame([range(1000, 1030)])",
    "several displays": "print('a'); display('b'); print('c'); display('d'); 'e'",
    "a display updated in its cell": "_h = display('old', display_id=True); _h.update('new')",
    "a display updated later": "_h = display('old', display_id='later')",
    "an update": "print('updating'); update_display('new', display_id='later')",
    "an output cleared": "print('old'); clear_output(); print('new')",
    "an output cleared by the next": "display('old'); clear_output(wait=True); display('new')",
    "an output cleared by nothing": "display('kept'); clear_output(wait=True)",
    "a process": "_p = subprocess.run(['echo', 'nghèo']); time.sleep(0.5)",
    "a process on stderr": "_p = subprocess.run('echo err >&2', shell=True); time.sleep(0.5)",
    "a process, then a print": (
        "_p = subprocess.run(['echo', 'first']); time.sleep(0.5); print('second')"
    ),
    "a process, then a display": (
        "_p = subprocess.run(['echo', 'first']); time.sleep(0.5); display('second')"
    ),
    "a print, then a process": (
        "print('first', flush=True); time.sleep(0.5)\n"
        "_p = subprocess.run(['echo', 'second']); time.sleep(0.5)"
    ),
    "a write to the descriptor": "_n = os.write(1, 'đói\\n'.encode()); time.sleep(0.5)",
    "a process that reads": "subprocess.run(['cat'], capture_output=True).stdout",
    "stdin": "sys.stdin.read()",
    "the shell": "!echo shell",
    "the shell, kept": "_lines = !echo kept\n_lines",
    "bash": "%%bash\necho out; echo err >&2",
    "html magic": "%%html\n<b>cell</b>",
    "captured": "%%capture _caught\nprint('hidden'); display('hidden too')",
    "what was captured": "_caught.stdout, len(_caught.outputs)",
    "await": "await asyncio.sleep(0.01)\n'awaited'",
    "a task": "_task = asyncio.create_task(asyncio.sleep(0.05, 'slept')); 'started'",
    "a task awaited later": "await _task",
    "a thread": "_t = threading.Thread(target=print, args=('aside',)); _t.start(); _t.join()",
    "a warning": "warnings.warn('careful')",
    "a deprecation": "warnings.warn('old', DeprecationWarning)",
    "logging": "logging.warning('logged')",
    "a figure": "plt.plot([1, 3, 2])",
    "a figure shown": "_f, _a = plt.subplots(); _a.bar([1, 2], [3, 4]); plt.show(); print('below')",
    "kinds": "display(HTML('<i>x</i>'), Markdown('*m*'), Latex('$x$'), SVG('<svg xmlns=\"x\"/>'))",
    "JSON": "display(JSON({'a': [1, None, 'đ']}, expanded=True))",
    "JSON changed later": "_d = {'a': 1}; display({'application/json': _d}, raw=True); _d['a'] = 2",
    "JSON with a tuple": "display({'application/json': {'t': (1, 2)}}, raw=True)",
    "bytes": "display({'image/png': b'\\x89PNG'}, raw=True)",
    "a bundle": (
        "class Both:\n"
        "    def _repr_mimebundle_(self, include=None, exclude=None):\n"
        "        return {'text/plain': 'p', 'text/html': '<b>h</b>'}, {'text/html': {'a': 1}}\n"
        "Both()"
    ),
    "pickle": "import pickle\npickle.loads(pickle.dumps(Both)) is Both",
    "a module beside the notebook": "import beside\nbeside.NAME",
    "the folder": "os.path.basename(os.getcwd())",
    "the terminal": "os.environ['TERM'], os.environ['PAGER'], sys.stdout.isatty()",
    "help": "help(len)",
}
DATED = """\
import datetime
from IPython.display import display
display({"application/json": {"date": datetime.datetime(2022, 12, 31)}}, raw=True)
"""
FAILING = {
    "an exception": "def deep():\n    raise ValueError('tiếng Việt')\ndeep()",
    "a chained exception": "try:\n    {}['a']\nexcept KeyError as e:\n    raise OSError from e",
    "a syntax error": "this is no Python",
    "input": "input('name? ')",
    "an exit": "raise SystemExit(3)",
    "an interrupt": "raise KeyboardInterrupt",
    "output before an exception": "print('before'); 1 / 0",
    "a process that fails": "%%bash\nexit 3",
}
AFTER = "open('went-on', 'w').close()"
MISTAKE = "from helpers.errors import InputError\nraise InputError('dòng 3: sai')"
UNRUN = {"nothing": "  \n", "left out": "print('never')"}


def settled(outputs):
    """The outputs as text, without memory addresses and the names of temporary files."""
    text = json.dumps(outputs, ensure_ascii=False, indent=1, sort_keys=True)
    return re.sub(r"0x[0-9a-f]+", "0x", re.sub(r"ipykernel_\d+/\d+\.py", "cell.py", text))


def write(root, name, cells):
    """Write a notebook of cells (id, source, tags), its parameters first."""
    made = [
        new_code_cell('district = "declared"', id="declared", metadata={"tags": ["parameters"]})
    ]
    for key, (title, source, tags) in enumerate(cells):
        made.append(new_markdown_cell(title, id=f"title-{key}"))
        made.append(new_code_cell(source, id=f"cell-{key}", metadata={"tags": tags, "of": title}))
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    folder = root / "notebooks"
    folder.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=made, metadata={"kernelspec": spec}), folder / name)


# ------------------------------------------------------------ the notebooks of the suite
@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The folders with the real notebooks as each engine executed them."""
    folders = {}
    for engine in ENGINES:
        root = tmp_path_factory.mktemp(engine)
        shutil.copytree(ROOT / "data" / "raw", root / "data" / "raw")
        shutil.copytree(ROOT / "notebooks", root / "notebooks")
        command = [sys.executable, "-m", "helpers.press", "--root", str(root), "--engine", engine]
        subprocess.run([*command, "--districts", "phong-tho", "--languages", "vi"], check=True)
        folders[engine] = root / "build"
    return folders


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_has_the_same_outputs_with_both_engines(executed, name):
    embedded, ordinary = executed["embedded"], executed["ipykernel"]
    paths = [path.relative_to(ordinary) for path in ordinary.rglob(name)]
    assert paths == [path.relative_to(embedded) for path in embedded.rglob(name)]
    assert paths
    for path in paths:
        ours = nbformat.read(embedded / path, as_version=4)
        theirs = nbformat.read(ordinary / path, as_version=4)
        assert ours.metadata == theirs.metadata
        for cell, measure in zip(ours.cells, theirs.cells, strict=True):
            assert settled(cell.get("outputs")) == settled(measure.get("outputs")), cell.source
            assert {**cell, "outputs": []} == {**measure, "outputs": []}
        assert any(cell.get("outputs") for cell in theirs.cells)


# ------------------------------------------------------------ notebooks made to be hard
@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder where both engines ran the notebooks below; each had an old result of each."""
    root = tmp_path_factory.mktemp("made")
    # A cell that fails where it should not is to be seen in its own test only.
    hard = {**CELLS, **FAILING}.items()
    cells = [(title, source, ["raises-exception"]) for title, source in hard]
    cells += [(title, source, ["skip-execution"]) for title, source in UNRUN.items()]
    write(root, "hard.ipynb", [("setup", SETUP, []), *cells])
    write(root, "dated.ipynb", [("dated", DATED, [])])
    write(root, "bug.ipynb", [("a", "1", []), ("b", "1 / 0", []), ("c", AFTER, [])])
    write(root, "mistake.ipynb", [("a", MISTAKE, []), ("b", AFTER, [])])
    (root / "notebooks" / "beside.py").write_text("NAME = 'beside'\n")
    # ipykernel does not watch the descriptors where it believes to be tested itself.
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    started = []
    for engine in ENGINES:
        (root / "build" / engine).mkdir(parents=True)
        for path in (root / "notebooks").glob("*.ipynb"):
            (root / "build" / engine / path.name).write_text("old")
        # -P: the folder that this is run in is no place to import from.
        command = [sys.executable, "-P", "-c", RUNNER, str(root), engine]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, text=True, env=env))
    for process in started:
        process.communicate("typed\n")
    return root


def told(root, engine, name):
    """What was told of a notebook that failed."""
    return (root / "build" / engine / f"{name}.txt").read_text()


def cells_by_title(root, name):
    """The executed cells of a notebook by their titles, embedded and ordinary."""
    for engine in ENGINES:
        assert told(root, engine, name) == ""
        cells = nbformat.read(root / "build" / engine / f"{name}.ipynb", as_version=4).cells
        yield {cell.metadata.get("of"): cell for cell in cells}


@pytest.fixture(scope="module")
def hard(made):
    return dict(zip(ENGINES, cells_by_title(made, "hard"), strict=True))


@pytest.mark.parametrize("title", CELLS)
def test_a_cell_has_the_same_outputs_with_both_engines(hard, title):
    ours, theirs = (hard[engine][title] for engine in ENGINES)
    assert title == "captured" or theirs.outputs
    assert settled(ours.outputs) == settled(theirs.outputs)
    assert ours.execution_count == theirs.execution_count


@pytest.mark.parametrize("title", FAILING)
def test_an_allowed_error_looks_the_same_with_both_engines(hard, title):
    ours, theirs = (hard[engine][title] for engine in ENGINES)
    assert "error" in [output.output_type for output in theirs.outputs]
    assert settled(ours.outputs) == settled(theirs.outputs)


@pytest.mark.parametrize("title", UNRUN)
@pytest.mark.parametrize("engine", ENGINES)
def test_an_empty_cell_and_one_left_out_are_not_run(hard, engine, title):
    assert hard[engine][title].outputs == []
    assert hard[engine][title].execution_count is None


def test_data_with_a_date_are_the_same_with_both_engines(made):
    ours, theirs = (cells["dated"] for cells in cells_by_title(made, "dated"))
    assert "2022-12-31" in settled(theirs.outputs)
    assert settled(ours.outputs) == settled(theirs.outputs)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_failing_cell_is_reported_with_its_place_name_and_message(made, engine):
    # The fifth cell of the notebook as it was written: parameters, title, cell, title, cell.
    assert told(made, engine, "bug") == "cell 5: ZeroDivisionError: division by zero"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_mistake_of_a_user_is_reported_as_it_stands(made, engine):
    assert told(made, engine, "mistake") == "dòng 3: sai"


def test_a_failing_cell_stops_the_notebook(made):
    assert list((made / "notebooks").glob("went-on*")) == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["bug", "mistake"])
def test_a_notebook_that_fails_leaves_the_old_result(made, engine, name):
    assert (made / "build" / engine / f"{name}.ipynb").read_text() == "old"


@pytest.mark.parametrize("engine", ENGINES)
def test_no_half_result_is_left(made, engine):
    left = {path.name for path in (made / "build" / engine).iterdir()}
    assert left == {
        f"{name}{suffix}"
        for name in ("hard", "dated", "bug", "mistake")
        for suffix in (".ipynb", ".txt")
    }
