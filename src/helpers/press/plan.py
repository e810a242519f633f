"""The plan of a build: which notebooks run with which parameters, and what each result is called.

The unit of work is a notebook with its parameters. A unit whose result was made with the same key
(see keys) is not run again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .. import files, processed
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

    All files are named from the project's folder, so that a unit can be run in a copy of it.
    `districts` are those whose figures it reads, or brings into data/processed if it `ingests`.
    """

    notebook: str
    values: tuple[tuple[str, object], ...]
    output: str
    key: str
    districts: tuple[str, ...]
    ingests: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """The folders of data that it needs."""
        raw = tuple(f"data/raw/{district}" for district in self.districts)
        return raw if self.ingests else raw + self._processed

    @property
    def leaves(self) -> tuple[str, ...]:
        """The folders that it writes beside the executed notebook."""
        return self._processed if self.ingests else ()

    @property
    def _processed(self) -> tuple[str, ...]:
        return tuple(f"data/processed/{district}" for district in self.districts)

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
        self.keys = Keys(project, [notebook.path for notebook in self.notebooks])

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
        return Unit(
            self.project.name(notebook.path),
            values,
            f"{folder}/{notebook.path.name}",
            self.keys.unit(notebook.path, districts, values),
            tuple(districts),
            ingests=notebook.role == "ingest",
        )

    # ------------------------------------------------------------ results
    def is_done(self, unit: Unit) -> bool:
        """Whether the unit's result stands whole and was made with the same key."""
        if not self.stands(self.output(unit), unit.key):
            return False
        return not unit.ingests or all(
            processed.current(self.project, district) for district in unit.districts
        )

    def begin(self, unit: Unit) -> None:
        """Take the key from what stands: from now on it may be anything until it is settled."""
        with files.storing(self.output(unit)):
            self._key_of(self.output(unit)).unlink(missing_ok=True)

    def settle(self, unit: Unit) -> bool:
        """Put a finished result in its place, with its key; return whether it has one.

        The old key went before and the new one comes last: after a kill in between, the result has
        no key and is made again. It gets none either if what it was made from has changed since
        the plan was made: it may be of the old state or of the new one.
        """
        output, notebook = self.output(unit), self.project.root / unit.notebook
        with files.storing(output):
            files.place(self.project.root / unit.unfinished, output)
        self.keys.forget(notebook, unit.districts)
        try:
            same = self.keys.unit(notebook, unit.districts, unit.values) == unit.key
        except (OSError, ValueError):  # the notebook is gone, or half written
            same = False
        if not same:
            return False
        left = [self.project.root / folder for folder in unit.leaves]
        self._seal(output, unit.key, [path for folder in left for path in sorted(folder.glob("*"))])
        return True

    def output(self, unit: Unit) -> Path:
        """Where the executed notebook of a unit goes."""
        return self.project.root / unit.output

    def _seal(self, output: Path, key: str, beside: Sequence[Path] = ()) -> None:
        """Write the key of a result, with the sizes of all its files: one cut short is not it."""
        sizes = [f"{path.stat().st_size} {self.project.name(path)}" for path in (output, *beside)]
        files.write(self._key_of(output), "\n".join([key, *sizes]) + "\n")

    def stands(self, output: Path, key: str) -> bool:
        """Whether a chapter or a page stands whole, with all beside it, and has this key."""
        kept, *sizes = read(self._key_of(output)).splitlines() or [""]
        return kept == key and all(self._has_size(line) for line in sizes)

    def _has_size(self, line: str) -> bool:
        size, _, name = line.partition(" ")
        try:
            return (self.project.root / name).stat().st_size == int(size)
        except FileNotFoundError:
            return False

    def _key_of(self, output: Path) -> Path:
        """Where the key of a result is: beside it, but for pages, whose folder is shared."""
        folder = self.project.build / "reports"
        return _key_file(folder / output.name if output.parent == self.project.reports else output)

    def page(self, district: str, language: str) -> Path:
        """Where a report goes."""
        return self.project.reports / f"{district}.{language}.html"

    def settle_page(self, path: Path, text: str, key: str = "") -> None:
        """Write a page of reports/ with its key, or without one if it is to be made again."""
        beside = self._key_of(path)
        with files.storing(beside):
            beside.unlink(missing_ok=True)
        files.write(path, text)
        if key:
            self._seal(path, key)


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
