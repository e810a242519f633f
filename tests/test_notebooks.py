"""The notebooks are chapters: thin, readable, without outputs, each in both languages."""

import ast
import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
CHAPTERS = [path for path in NOTEBOOKS if path.name[0] not in "1"]


def cells(path, kind=None):
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if kind in (None, cell["cell_type"])]


def source(cell):
    return "".join(cell["source"])


def by_name(paths):
    return [pytest.param(path, id=path.stem) for path in paths]


@pytest.mark.parametrize("path", by_name(NOTEBOOKS))
def test_no_outputs_are_kept(path):
    for cell in cells(path, "code"):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@pytest.mark.parametrize("path", by_name(NOTEBOOKS))
def test_code_is_thin(path):
    banned = (ast.FunctionDef, ast.For, ast.While, ast.Try, ast.ClassDef, ast.Lambda)
    for cell in cells(path, "code"):
        tree = ast.parse(source(cell))
        assert len(tree.body) <= 5
        assert not [node for node in ast.walk(tree) if isinstance(node, banned)]


@pytest.mark.parametrize("path", by_name(NOTEBOOKS))
def test_no_figure_is_typed_into_a_notebook(path):
    years = {2019, 2022}  # the default rounds
    for cell in cells(path, "code"):
        numbers = {
            node.value
            for node in ast.walk(ast.parse(source(cell)))
            if isinstance(node, ast.Constant) and type(node.value) in (int, float)
        }
        assert numbers <= years


@pytest.mark.parametrize("path", by_name(CHAPTERS))
def test_prose_stands_in_both_languages(path):
    tags = [cell["metadata"].get("tags", []) for cell in cells(path, "markdown")]
    assert tags.count(["vi"]) == tags.count(["en"]) == len(tags) / 2


@pytest.mark.parametrize("path", by_name(CHAPTERS))
def test_a_chapter_opens_with_its_title_in_each_language(path):
    first, second = cells(path)[:2]
    assert source(first).startswith("# ")
    assert source(second).startswith("# ")
    titles = [line for cell in cells(path, "markdown") for line in source(cell).splitlines()]
    assert sum(line.startswith("# ") for line in titles) == 2


@pytest.mark.parametrize("path", by_name(NOTEBOOKS))
def test_cell_ids_are_unique(path):
    ids = [cell["id"] for cell in cells(path)]
    assert len(ids) == len(set(ids))
