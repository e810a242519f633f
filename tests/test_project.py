"""The rooms of a project: which districts there are."""

import pytest

from helpers.edition import Edition
from helpers.project import Project


@pytest.fixture
def several(copied):
    """A project with a district that has only a sheet, and folders that are no districts."""
    for name in ("only-a-sheet/2022/figures.xlsx", "empty/2022/notes.txt", "flat/figures.csv"):
        path = copied.raw / name
        path.parent.mkdir(parents=True)
        path.touch()
    return copied


NAMES = (
    *("phong-tho", "only-a-sheet", "empty", "flat", "reference", "nowhere"),
    *("phong*", "phong-tho/", "phong-tho/2022", "", ".", "..", 2022),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_district_is_told_by_its_own_folder(several, name):
    assert several.is_reported(name) == (name in several.districts)


def test_the_districts_are_those_with_a_document_or_a_sheet(several):
    assert several.districts == ("only-a-sheet", "phong-tho", "tam-duong", "than-uyen")


def test_an_edition_opens_without_looking_at_other_districts(monkeypatch):
    def looked(project):
        raise AssertionError("every other district was looked at")

    monkeypatch.setattr(Project, "districts", property(looked))
    assert Edition.open("phong-tho", "vi").district.slug == "phong-tho"
