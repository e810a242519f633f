import json

import pandas as pd
import pytest
from frictionless import system, validate

from helpers import processed

DISTRICTS = ("phong-tho", "tam-duong", "than-uyen")


@pytest.fixture(scope="module", params=DISTRICTS)
def folder(request, project):
    processed.ingest(project, request.param)
    return project.processed / request.param


def test_the_data_package_is_valid(folder):
    with system.use_context(trusted=True):
        report = validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["title", "message"])


def test_the_data_package_names_licence_sources_and_checksums(folder):
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert package["licenses"][0]["name"] == "MIT"
    assert package["sources"]
    files = {resource["path"] for resource in package["resources"]}
    assert files == {"observations.csv", "documents.csv", "checks.csv", "sdmx.csv"}
    assert all(resource["hash"].startswith("sha256:") for resource in package["resources"])


def test_a_changed_byte_makes_it_invalid(folder, tmp_path):
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    table = tmp_path / "observations.csv"
    table.write_bytes(table.read_bytes().replace(b"actual", b"actuel", 1))
    with system.use_context(trusted=True):
        assert not validate(str(tmp_path / "datapackage.json")).valid


def test_the_sdmx_table_has_one_row_per_observation_with_its_codes(folder, registries):
    table = pd.read_csv(folder / "sdmx.csv", dtype=str, keep_default_na=False)
    observations = pd.read_csv(folder / "observations.csv", dtype=str, keep_default_na=False)
    assert list(table["SOURCE"]) == list(observations["figure"])
    assert list(table["OBS_VALUE"]) == list(observations["value"])
    assert set(table["INDICATOR"]) <= set(registries.indicators)
    assert set(table["STANDARD"]) <= {"_Z", *registries.standards}
    assert set(table["OBS_STATUS"]) <= {"A", "E", "M", "P", "U"}
    codes = {code for text in table["REF_AREA"] for code in text.split("+")}
    assert codes <= set(registries.areas)
    assert (table["OBS_VALUE"] == "").equals(table["OBS_STATUS"] == "M")
