"""Keys: what a result depends on is in its key, and nothing else is."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.press import keys, parameters
from helpers.press.keys import Keys

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
CHAPTERS = set(NOTEBOOKS)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package that a test may change, which keys are then made of."""
    folder = tmp_path / "helpers"
    shutil.copytree(keys.PACKAGE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(keys, "PACKAGE", folder)
    monkeypatch.setattr(keys, "TEMPLATES", folder / "press" / "templates")
    return folder


def all_keys(project):
    """The key of every notebook for one district, and of a page, made anew."""
    paths = [each.path for each in parameters.notebooks(project)]
    found = Keys(project, paths)
    made = {path.name: found.unit(path, ["phong-tho"], {}) for path in paths}
    return {**made, "page": found.page([])}


def changed_by(project, path, added=b"\n"):
    before = all_keys(project)
    path.write_bytes(path.read_bytes() + added)
    after = all_keys(project)
    return {name for name in before if before[name] != after[name]}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("exhibits/money.py", {"4_disbursement.ipynb"}),
        ("exhibits/deprivation.py", {"3_poverty_rounds.ipynb"}),
        ("exhibits/findings.py", {"4_disbursement.ipynb", "6_sources.ipynb"}),
        ("charts/positions.py", {name for name in NOTEBOOKS if name[0] in "2345"}),
        ("checks/rates.py", CHAPTERS),
        ("wording.toml", CHAPTERS | {"page"}),
        ("press/engine.py", CHAPTERS),
        ("press/binding.py", {"page"}),
        ("press/templates/page.css", {"page"}),
        ("press/building.py", set()),
        ("press/progress.py", set()),
        ("trace.py", set()),
    ],
)
def test_a_helper_runs_again_the_chapters_that_import_it(copied, package, name, expected):
    assert changed_by(copied, package / name) == expected


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_all_that_a_notebook_really_imports_is_in_its_key(project, name):
    """What Python loads for the import lines of a notebook is what the source was read to load."""
    path = project.notebooks / name
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    lines = [
        line
        for cell in cells
        if cell["cell_type"] == "code"
        for line in "".join(cell["source"]).splitlines()
        if line.startswith(("import ", "from "))
    ]
    told = "import sys; print(*(m.__file__ for n, m in sys.modules.items() if n[:7] == 'helpers'))"
    loaded = subprocess.run(
        [sys.executable, "-c", "\n".join([*lines, told])], capture_output=True, text=True
    )
    found = Keys(project, [])._closure(keys.cell_imports(path.read_bytes()), project.notebooks)
    names = set(loaded.stdout.split())
    assert len(names) > 5
    assert names <= {str(each) for each in found}


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("data/raw/phong-tho/2022/figures.csv", {"page"}),
        ("data/raw/phong-tho/statements.csv", {"page"}),
        ("data/raw/reference/units.csv", {"page"}),
        ("data/raw/tam-duong/2023/figures.csv", CHAPTERS | {"page"}),
        ("data/raw/phong-tho/2022/left_out.csv", CHAPTERS | {"page"}),
        ("data/raw/reference/areas_2025.csv", CHAPTERS | {"page"}),
        ("requirements.lock", set()),
        ("notebooks/4_disbursement.ipynb", (CHAPTERS | {"page"}) - {"4_disbursement.ipynb"}),
    ],
)
def test_a_file_changes_the_keys_of_what_is_made_from_it(copied, name, same):
    assert changed_by(copied, copied.root / name) == (CHAPTERS | {"page"}) - same


@pytest.mark.parametrize("name", [".money.py.swp", "money.py~", "#money.py#", "money.pyc"])
def test_what_an_editor_leaves_in_the_package_changes_no_key(copied, package, name):
    path = package / "exhibits" / name
    path.touch()
    assert changed_by(copied, path) == set()


def test_code_has_the_key_it_had_before_anything_was_imported(copied, package):
    notebook = copied.notebooks / "4_disbursement.ipynb"
    found = Keys(copied, [notebook])
    before = found.unit(notebook, [], {}), found.page([])
    for name in ("exhibits/money.py", "press/binding.py"):
        (package / name).write_bytes(b"# edited\n")
    assert (found.unit(notebook, [], {}), found.page([])) == before
    assert Keys(copied, []).unit(notebook, [], {}) != before[0]
    assert Keys(copied, []).page([]) != before[1]


def test_a_sheet_without_its_document_is_noticed(copied):
    before = all_keys(copied)
    folder = copied.raw / "phong-tho" / "2024"
    folder.mkdir()
    shutil.copy(copied.raw / "phong-tho" / "2022" / "figures.csv", folder)
    assert all_keys(copied)["1_ingest.ipynb"] != before["1_ingest.ipynb"]


def test_a_module_beside_the_notebooks_belongs_to_those_that_import_it(copied):
    (copied.notebooks / "ours.py").write_text("value = 1\n")
    path = copied.notebooks / "2_glance.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][-1]["source"] = ["%matplotlib inline\n", "from ours import value"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert changed_by(copied, copied.notebooks / "ours.py") == {"2_glance.ipynb"}


def test_parameters_and_districts_change_a_key(project):
    found = Keys(project, [])
    path = project.notebooks / "2_glance.ipynb"
    made = {
        found.unit(path, districts, values)
        for districts in (["phong-tho"], ["tam-duong"], ["phong-tho", "tam-duong"])
        for values in ([("language", "vi")], [("language", "en")], [("baseline", 2019)])
    }
    assert len(made) == 9


def test_keys_are_the_same_in_any_folder(project, copied):
    assert all_keys(project) == all_keys(copied)
