"""Keys: a checksum of all that a result depends on, so that only what has changed is made again.

A chapter depends on its notebook, the modules that its cells import and those that these import,
the raw files of its districts and the registries, its parameters, and the lock. The imports are
read from the source: nothing is executed, and a helper that a chapter does not import does not
run it again.
"""

import ast
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path

from .. import files
from ..project import Project

PACKAGE = Path(__file__).parents[1]
LOCK_FILE = "requirements.lock"
# What runs every chapter, and what binds every page.
RUNNER = f"{PACKAGE.name}.press.running"
BINDER = f"{PACKAGE.name}.press.binding"
TEMPLATES = PACKAGE / "press" / "templates"


_IMPORT = re.compile(r"^\s*(?:import|from)\s.*$", re.MULTILINE)
_RUN = re.compile(r"^\s*%run\s+(?:-\w+\s+)*([\w./]+?)(?:\.py)?\s*$", re.MULTILINE)

Named = tuple[str, Path]  # a file, and what it is called in any folder


class Keys:
    """The keys of one project's results, each file read once: of the code when this is made."""

    def __init__(self, project: Project, notebooks: Iterable[Path]):
        self.project = project
        self._imported: dict[bytes, list[Named]] = {}  # by the notebook's bytes
        self._codes: dict[Path, str] = {}
        self._inputs: dict[str, str] = {}
        self._binding = self._binding_code()
        for notebook in notebooks:
            self._code(notebook)

    def unit(self, notebook: Path, districts: Iterable[str], values: object) -> str:
        """Return the key of a notebook with its parameters, reading the figures of districts."""
        return digest(
            self._code(notebook),
            json.dumps(values, ensure_ascii=False),
            *(self._figures(district) for district in districts),
        )

    def forget(self, notebook: Path, districts: Iterable[str]) -> None:
        """Look at the files of a notebook and of districts again when a key is next asked for."""
        self._codes.pop(notebook, None)
        self.__dict__.pop("_registries", None)
        for district in districts:
            self._inputs.pop(district, None)

    def page(self, parts: Iterable[str]) -> str:
        """Return the key of a page bound from parts with these keys."""
        return digest(self._binding, *parts)

    def _code(self, notebook: Path) -> str:
        """The notebook, every module it runs with, and the lock."""
        if notebook not in self._codes:
            data = notebook.read_bytes()
            if data not in self._imported:
                used = self._closure(cell_imports(data), notebook.parent) | self._runner
                self._imported[data] = _named(used)
            self._codes[notebook] = digest(data, self.lock, *_sums(self._imported[data]))
        return self._codes[notebook]

    def _figures(self, district: str) -> str:
        if district not in self._inputs:
            own = _named(self.project.district_inputs(district))
            self._inputs[district] = digest(self._registries, *_sums(own))
        return self._inputs[district]

    @cached_property
    def _registries(self) -> str:
        return digest(*_sums(_named(self.project.registries)))

    @cached_property
    def _runner(self) -> frozenset[Path]:
        return self._closure([RUNNER], self.project.notebooks)

    def _binding_code(self) -> str:
        used = self._closure([BINDER], self.project.notebooks)
        templates = filter(belongs, TEMPLATES.rglob("*"))
        return digest(self.lock, *_sums(_named({*used, *templates})))

    @cached_property
    def lock(self) -> bytes:
        path = self.project.root / LOCK_FILE
        return path.read_bytes() if path.is_file() else b""

    def _closure(self, names: Iterable[str], folder: Path) -> frozenset[Path]:
        """The files behind module names, and behind all that these import, inside the project.

        A file that is not Python belongs to every module of its folder, as wording.toml does.
        """
        found: set[Path] = set()
        waiting = list(names)
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            path = _source(name, folder)
            if path is not None:
                beside = path.parent.iterdir() if PACKAGE in path.parents else ()
                found.add(path)
                found.update(each for each in beside if belongs(each) and each.suffix != ".py")
                waiting += _imports(path.read_bytes(), name, path.name == "__init__.py")
        return frozenset(found)


def digest(*parts: str | bytes) -> str:
    """Return the SHA-256 of parts, each told apart from the next."""
    found = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode()
        found.update(len(data).to_bytes(8, "big"))
        found.update(data)
    return found.hexdigest()


def cell_imports(notebook: bytes) -> list[str]:
    """Return the names of the modules that a notebook's cells import.

    A cell in which something is for IPython and not for Python is read line by line; a script that
    it runs with %run counts as imported.
    """
    names: list[str] = []
    for cell in json.loads(notebook)["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            names += _RUN.findall(source)
            try:
                ast.parse(source)
                pieces = [source]
            except SyntaxError:
                pieces = [line.strip() for line in _IMPORT.findall(source)]
            for piece in pieces:
                names += _imports(piece.encode(), "", True)
    return names


@cache
def _imports(source: bytes, module: str, is_package: bool) -> tuple[str, ...]:
    """The full names of all that a source imports; an imported name may be a module too."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ()
    # Importing a module imports the packages around it.
    parents = module.split(".")[:-1]
    names = [".".join(parents[:depth]) for depth in range(1, len(parents) + 1)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = node.level - (1 if is_package else 0)
            around = module.split(".")[: len(module.split(".")) - up] if node.level else []
            base = ".".join([*around, *([node.module] if node.module else [])])
            names += (base, *(f"{base}.{alias.name}" for alias in node.names))
    return tuple(dict.fromkeys(names))


def _source(name: str, folder: Path) -> Path | None:
    """The file of a module of the package, or of one beside the notebooks."""
    first, *rest = name.split(".")
    base = (PACKAGE if first == PACKAGE.name else folder / first).joinpath(*rest)
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


def belongs(path: Path) -> bool:
    """Whether a path is a file of the package: no bytecode, and nothing that an editor left."""
    left = path.name.startswith((".", "#")) or path.name.endswith("~") or path.suffix == ".pyc"
    return path.is_file() and not left


def _named(paths: Iterable[Path]) -> list[Named]:
    """Files in a fixed order, with names that hold in any folder."""
    return [(f"{path.parent.name}/{path.name}", path) for path in sorted(paths)]


def _sums(named: Iterable[Named]) -> Iterator[str]:
    """Name and checksum of each file."""
    for name, path in named:
        yield name
        try:
            yield files.checksum(path)
        except OSError as error:  # who needs it will tell
            yield str(error.errno)
