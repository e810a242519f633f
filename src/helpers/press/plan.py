"""The plan of a build: which notebooks run with which parameters, and what each result is called.

The unit of work is a notebook with its parameters. A unit whose result was made with the same key
(see keys) is not run again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .. import files
from ..project import Project
from . import parameters
from .keys import Keys
from .parameters import Notebook


@dataclass(frozen=True)
class Order:
    """What is asked for: (district, language) pairs, the two rounds, and how it is to be run.

    `scheduler` is the address of a Dask cluster, empty for processes of this machine.
    """

    editions: tuple[tuple[str, str], ...]
    baseline: int
    endline: int
    jobs: int
    engine: str = "embedded"
    scheduler: str = ""

    @property
    def districts(self) -> dict[str, None]:
        """The districts asked for, in their order."""
        return dict.fromkeys(district for district, _ in self.editions)


@dataclass(frozen=True, eq=False)
class Unit:
    """A notebook with its parameters, where its result goes, and the key it is made with.

    All files are named from the project's folder, so that a unit can be run in a copy of it:
    `reads` are the data it needs there, `leaves` what it writes beside the executed notebook.
    """

    notebook: str
    values: tuple[tuple[str, object], ...]
    output: str
    key: str
    reads: tuple[str, ...]
    leaves: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What the unit is called on the terminal: "phong-tho vi 2_glance"."""
        given = dict(self.values)
        named = [str(given[name]) for name in ("district", "language") if name in given]
        return " ".join([*named, Path(self.notebook).stem])

    @property
    def unfinished(self) -> str:
        """Where the executed notebook is written until it is whole."""
        path = Path(self.output)
        return path.with_name(files.UNFINISHED + path.name).as_posix()


class Plan:
    """The units of one project under one order."""

    def __init__(self, project: Project, order: Order):
        self.project, self.order = project, order
        self.notebooks = parameters.notebooks(project)
        self.keys = Keys(project)

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The districts of the index: those asked for, and those that have a report already."""
        wanted = {path.name.split(".")[0] for path in self.project.reports.glob("*.*.html")}
        wanted.update(self.order.districts)
        return tuple(slug for slug in self.project.districts if slug in wanted)

    def ingest(self, district: str) -> list[Unit]:
        """Return the units that bring a district's figures into data/processed."""
        return self._units("ingest", f"build/{district}", [district], {"district": district})

    def chapters(self, district: str, language: str) -> list[Unit]:
        """Return the units of one report, in the order of its chapters."""
        folder = f"build/{district}/{language}"
        given = {"district": district, "language": language}
        return self._units("chapter", folder, [district], given)

    def overview(self, language: str, districts: Sequence[str]) -> list[Unit]:
        """Return the units of the index in one language."""
        folder = f"build/overview/{language}"
        given = {"language": language, "districts": list(districts)}
        return self._units("overview", folder, districts, given)

    def _units(
        self, role: str, folder: str, districts: Sequence[str], given: dict[str, object]
    ) -> list[Unit]:
        return [
            self._unit(notebook, folder, districts, given)
            for notebook in self.notebooks
            if notebook.role == role
        ]

    def _unit(
        self, notebook: Notebook, folder: str, districts: Sequence[str], given: dict[str, object]
    ) -> Unit:
        rounds = {"baseline": self.order.baseline, "endline": self.order.endline}
        kept = parameters.check(self.project, notebook, {**rounds, **given})
        values = tuple(sorted(kept.items(), key=lambda pair: pair[0]))
        raw = tuple(f"data/raw/{district}" for district in districts)
        processed = tuple(f"data/processed/{district}" for district in districts)
        ingests = notebook.role == "ingest"
        return Unit(
            self.project.name(notebook.path),
            values,
            f"{folder}/{notebook.path.name}",
            self.keys.unit(notebook.path, districts, values),
            reads=raw if ingests else raw + processed,
            leaves=processed if ingests else (),
        )

    # ------------------------------------------------------------ results
    def is_done(self, unit: Unit) -> bool:
        """Whether the unit's result stands and was made with the same key."""
        root = self.project.root
        standing = (root / unit.output).is_file()
        left = all((root / folder / "inputs.json").is_file() for folder in unit.leaves)
        return standing and left and read(_key_file(root / unit.output)) == unit.key

    def settle(self, unit: Unit) -> None:
        """Put a finished result in its place, with its key.

        The old key goes first and the new one comes last: after a kill in between, the result has
        no key and is made again.
        """
        output = self.project.root / unit.output
        key = _key_file(output)
        with files.storing(output):
            key.unlink(missing_ok=True)
            files.place(self.project.root / unit.unfinished, output)
        files.write(key, unit.key)

    def page(self, district: str, language: str) -> Path:
        """Where a report goes."""
        return self.project.reports / f"{district}.{language}.html"

    def page_stands(self, path: Path, key: str) -> bool:
        """Whether a page of reports/ was bound with the same key."""
        return path.is_file() and read(self._page_key(path)) == key

    def settle_page(self, path: Path, text: str, key: str = "") -> None:
        """Write a page of reports/ with its key, or without one if it is to be made again."""
        beside = self._page_key(path)
        with files.storing(beside):
            beside.unlink(missing_ok=True)
        files.write(path, text)
        if key:
            files.write(beside, key)

    def _page_key(self, path: Path) -> Path:
        return _key_file(self.project.build / "reports" / path.name)


def read(path: Path) -> str:
    """Return a text file, or "" where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def unfinished(project: Project) -> Iterator[Path]:
    """Give the files that a build which was killed has left half written."""
    for folder in (project.build, project.processed, project.reports):
        yield from folder.rglob(f"{files.UNFINISHED}*")


def _key_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.key")
