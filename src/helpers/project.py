"""Where things stand: the rooms of one project folder."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .errors import InputError

LANGUAGES = ("vi", "en")
# The registries that every district's figures are read with (see reference).
REGISTRIES = (
    *("areas", "breaks", "funds", "indicators", "organisations", "programmes", "ratios"),
    *("standards", "topics", "units"),
)
# What makes a folder of data/raw one of a district.
MARKS = ("*/document.toml", "*/figures.*")


@dataclass(frozen=True)
class Project:
    """The folder that holds notebooks/, data/, build/ and reports/."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> "Project":
        """Return the project around `start` (by default the current folder).

        Raises
        ------
        InputError
            If neither the folder nor one above it holds data/raw/reference.
        """
        start = (start or Path.cwd()).resolve()
        for folder in (start, *start.parents):
            if (folder / "data" / "raw" / "reference").is_dir():
                return cls(folder)
        raise InputError(
            f"{start}: no folder data/raw/reference here or above; run this inside the project"
        )

    @property
    def raw(self) -> Path:
        return self.root / "data" / "raw"

    @property
    def reference(self) -> Path:
        return self.raw / "reference"

    @property
    def processed(self) -> Path:
        return self.root / "data" / "processed"

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @cached_property
    def districts(self) -> tuple[str, ...]:
        """Slugs of the districts that have a document or a sheet, in alphabetical order."""
        named = (path for mark in MARKS for path in self.raw.glob(f"*/{mark}"))
        return tuple(sorted({path.parent.parent.name for path in named}))

    def is_reported(self, district: str) -> bool:
        """Whether a district is one of `districts`, found without looking at all the others."""
        folder = self.raw / str(district)
        return folder.name == str(district) and any(any(folder.glob(mark)) for mark in MARKS)

    def documents(self, district: str) -> list[Path]:
        """Return the document folders of a district, oldest name first."""
        return sorted(path.parent for path in (self.raw / district).glob("*/document.toml"))

    def undocumented(self, district: str) -> list[Path]:
        """Return the folders of a district that hold a sheet but do not say what it is from."""
        sheets = sorted((self.raw / district).glob("*/figures.*"))
        return [path.parent for path in sheets if not (path.parent / "document.toml").is_file()]

    @property
    def registries(self) -> list[Path]:
        """The registries that are there, in a fixed order."""
        paths = [self.reference / f"{name}.csv" for name in REGISTRIES]
        return [path for path in paths if path.is_file()]

    def district_inputs(self, district: str) -> list[Path]:
        """Return a district's own raw files, in a fixed order."""
        folder = self.raw / district
        read = ("statements.csv", "*/document.toml", "*/figures.csv", "*/figures.xlsx")
        found = (path for pattern in read for path in folder.glob(pattern))
        return sorted(path for path in found if path.is_file())

    def inputs(self, district: str) -> list[Path]:
        """Return every raw file that a district's figures depend on, in a fixed order."""
        return [*self.district_inputs(district), *self.registries]

    def name(self, path: Path) -> str:
        """Return a path as people know it: from the project's folder, with forward slashes."""
        return path.relative_to(self.root).as_posix()
