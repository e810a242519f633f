"""Where things stand: the rooms of one project folder."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .errors import InputError

LANGUAGES = ("vi", "en")


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
        named = [*self.raw.glob("*/*/document.toml"), *self.raw.glob("*/*/figures.*")]
        return tuple(sorted({path.parent.parent.name for path in named}))

    def documents(self, district: str) -> list[Path]:
        """Return the document folders of a district, oldest name first."""
        return sorted(path.parent for path in (self.raw / district).glob("*/document.toml"))

    def undocumented(self, district: str) -> list[Path]:
        """Return the folders of a district that hold a sheet but do not say what it is from."""
        sheets = sorted((self.raw / district).glob("*/figures.*"))
        return [path.parent for path in sheets if not (path.parent / "document.toml").is_file()]

    def inputs(self, district: str) -> list[Path]:
        """Return every raw file that a district's figures depend on, in a fixed order."""
        files = [*self.reference.glob("*.csv"), *self.reference.glob("*.toml")]
        files += [path for path in (self.raw / district).glob("*.csv") if path.is_file()]
        for folder in self.documents(district):
            files += [path for path in folder.iterdir() if path.is_file()]
        return sorted(files)

    def name(self, path: Path) -> str:
        """Return a path as people know it: from the project's folder, with forward slashes."""
        return path.relative_to(self.root).as_posix()
