"""What a notebook declares, and the values it may be run with."""

import json

import pytest

from helpers.errors import InputError
from helpers.press import parameters
from helpers.press.parameters import FIRST_YEAR, LAST_YEAR
from helpers.project import Project

DECLARED = 'district = "phong-tho"\nbaseline = 2019\nlanguage = "vi"\n'


def code(source, *tags):
    return {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source}


@pytest.fixture
def notebook(copied):
    """Write a notebook of the given cells (or text) and read what it declares."""

    def read(*cells, text=None):
        path = copied.notebooks / "8_more.ipynb"
        content = json.dumps({"cells": cells}) if text is None else text
        path.write_text(content, encoding="utf-8")
        return parameters.read(copied, path)

    return read


@pytest.fixture(scope="module")
def chapter(project):
    return parameters.read(project, project.notebooks / "3_poverty_rounds.ipynb")


def test_parameters_are_read_from_the_tagged_cell_only(notebook):
    found = notebook(
        code('language = "en"\nother = 1'), code(DECLARED, "parameters"), code("baseline = 1")
    )
    assert found.defaults == {"district": "phong-tho", "baseline": 2019, "language": "vi"}
    assert found.name == "8_more"


def test_a_source_kept_as_lines_is_one_text(notebook):
    found = notebook(code(DECLARED.splitlines(keepends=True), "parameters"))
    assert found.defaults["baseline"] == 2019


def test_a_notebook_that_cannot_be_read_is_told(copied):
    path = copied.notebooks / "8_more.ipynb"
    path.symlink_to(path.name)
    with pytest.raises(InputError, match=r"notebooks/8_more\.ipynb: cannot be read"):
        parameters.read(copied, path)


@pytest.mark.parametrize(
    ("declared", "role"),
    [
        ('district = "a"', "ingest"),
        ('district = "a"\nlanguage = "vi"', "chapter"),
        ('language = "vi"\ndistricts = []', "overview"),
    ],
)
def test_what_is_declared_says_what_a_notebook_is_run_for(notebook, declared, role):
    assert notebook(code(declared, "parameters")).role == role


def test_the_suite_has_notebooks_of_every_role_in_the_order_of_their_names(project):
    found = parameters.notebooks(project)
    assert [each.path.name for each in found] == sorted(each.path.name for each in found)
    assert {each.role for each in found} == {"ingest", "chapter", "overview"}


def test_checkpoints_and_hidden_files_are_no_notebooks(copied):
    before = [each.path for each in parameters.notebooks(copied)]
    (copied.notebooks / ".2_glance.ipynb").write_text("draft", encoding="utf-8")
    (copied.notebooks / ".ipynb_checkpoints").mkdir()
    (copied.notebooks / ".ipynb_checkpoints" / "2_glance-checkpoint.ipynb").touch()
    assert [each.path for each in parameters.notebooks(copied)] == before


def test_a_folder_without_notebooks_is_a_mistake(tmp_path):
    with pytest.raises(InputError, match="notebooks/: no notebook found"):
        parameters.notebooks(Project(tmp_path))


@pytest.mark.parametrize(
    "text",
    ["", "not json", "[]", "{}", '{"cells": 3}', '{"cells": [3]}', '{"cells": [{"metadata": 3}]}'],
)
def test_a_file_that_is_no_notebook_is_named(notebook, text):
    with pytest.raises(InputError, match=r"notebooks/8_more\.ipynb: this is not a notebook"):
        notebook(text=text)


@pytest.mark.parametrize("count", [0, 2])
def test_exactly_one_cell_declares(notebook, count):
    with pytest.raises(InputError, match=rf"8_more\.ipynb: {count} cells are tagged"):
        notebook(*[code(DECLARED, "parameters")] * count, code("1"))


@pytest.mark.parametrize(
    "source",
    [
        'import os\ndistrict = "a"',
        "district = os.environ['DISTRICT']",
        'district = "a" +',
        'print("a")',
        'district, language = "a", "vi"',
        'district: str = "a"',
    ],
)
def test_code_among_the_parameters_is_a_mistake(notebook, source):
    with pytest.raises(InputError, match=r"8_more\.ipynb, cell “parameters”: only lines such as"):
        notebook(code(source, "parameters"))


def test_a_notebook_declares_district_or_language(notebook):
    with pytest.raises(InputError, match="neither district nor language is declared"):
        notebook(code("baseline = 2019", "parameters"))


def test_only_declared_values_are_passed_on(project, chapter):
    values = {"district": "tam-duong", "language": "en", "baseline": 2021, "districts": ["a"]}
    kept = parameters.check(project, chapter, values)
    assert kept == {"district": "tam-duong", "language": "en", "baseline": 2021}


@pytest.mark.parametrize(
    ("name", "value", "found", "wanted"),
    [
        ("baseline", "00001", "'00001', a str", "int"),
        ("baseline", 2019.0, "2019.0, a float", "int"),
        ("endline", True, "True, a bool", "int"),
        ("endline", None, "None, a NoneType", "int"),
        ("district", 1, "1, a int", "str"),
        ("language", ["vi"], "['vi'], a list", "str"),
    ],
)
def test_a_value_of_another_type_is_refused(project, chapter, name, value, found, wanted):
    with pytest.raises(InputError) as caught:
        parameters.check(project, chapter, {name: value})
    said = str(caught.value)
    assert said.startswith(f"notebooks/3_poverty_rounds.ipynb, parameter {name}: found {found}")
    assert f"declared as a {wanted}" in said
    assert repr(chapter.defaults[name]) in said


@pytest.mark.parametrize(
    ("name", "value", "nearest"),
    [("district", "phongtho", "phong-tho"), ("district", "Tam-Duong", "tam-duong")],
)
def test_an_unknown_district_is_refused_with_the_nearest(project, chapter, name, value, nearest):
    with pytest.raises(InputError) as caught:
        parameters.check(project, chapter, {name: value})
    assert f"parameter {name}: found {value!r}; nearest is {nearest!r}" in str(caught.value)


@pytest.mark.parametrize(("value", "nearest"), [("vie", "'vi'"), ("fr", "allowed are vi, en")])
def test_an_unknown_language_is_refused_with_those_there_are(project, chapter, value, nearest):
    with pytest.raises(InputError) as caught:
        parameters.check(project, chapter, {"language": value})
    assert f"parameter language: found {value!r}" in str(caught.value)
    assert nearest in str(caught.value)


@pytest.mark.parametrize("name", ["baseline", "endline"])
@pytest.mark.parametrize("year", [-1, 0, 19, FIRST_YEAR - 1, LAST_YEAR + 1, 20222])
def test_a_round_out_of_range_is_refused_with_the_range(project, chapter, name, year):
    with pytest.raises(InputError) as caught:
        parameters.check(project, chapter, {name: year})
    said = str(caught.value)
    assert f"parameter {name}: found {year}" in said
    assert str(FIRST_YEAR) in said
    assert str(LAST_YEAR) in said


@pytest.mark.parametrize("year", [FIRST_YEAR, 2019, 2022, LAST_YEAR])
def test_the_first_and_the_last_year_are_allowed(project, chapter, year):
    assert parameters.check(project, chapter, {"baseline": year}) == {"baseline": year}
