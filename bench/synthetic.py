"""Projects of any size, made from the real districts: for measuring, never for reading.

Each further district is a copy of a real one under a name and codes of its own, with its communes
in the registry of areas, so that a project of 705 districts is as large in every respect as one of
the whole country would be.
"""

import csv
import shutil
from pathlib import Path

from helpers.project import Project

COPIED = ("data/raw/reference", "notebooks", "requirements.lock")


def make(source: Project, root: Path, districts: int) -> Project:
    """Write a project with so many districts at `root` and return it."""
    for name in COPIED:
        origin, target = source.root / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if origin.is_dir() else shutil.copy)(origin, target)
    path = root / "data/raw/reference/areas.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns, areas = list(reader.fieldnames), list(reader)
    real = source.districts
    for number in range(districts):
        slug = real[number % len(real)]
        copy = slug if number < len(real) else f"{slug}-{number:04d}"
        shutil.copytree(source.raw / slug, root / "data/raw" / copy)
        if copy != slug:
            areas += _copied_areas(areas, slug, copy, f"{number:04d}")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(areas)
    return Project(root)


def _copied_areas(areas: list[dict], slug: str, copy: str, mark: str) -> list[dict]:
    """The registry's rows of a copied district and of its communes."""
    district = next(area for area in areas if area["slug"] == slug)
    communes = [area for area in areas if area["parent"] == district["code"]]
    code = f"{district['code']}-{mark}"
    return [
        {**district, "code": code, "slug": copy},
        *(
            {**area, "code": f"{area['code']}-{mark}", "parent": code, "slug": ""}
            for area in communes
        ),
    ]
