"""A notebook's declared parameters, and the check of their values before any kernel starts."""

import ast
import json
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from ..project import LANGUAGES, Project
from ..rows import allowed_list

FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class Notebook:
    """A notebook of the suite: its file and its declared parameters with their defaults.

    What it declares says what it is run for: `district` alone, once per district (ingesting);
    `district` and `language`, a chapter of every report; `language` without `district`, a part
    of the overview.
    """

    path: Path
    defaults: dict[str, object]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def role(self) -> str:
        """One of "ingest", "chapter", "overview"."""
        if "language" not in self.defaults:
            return "ingest"
        return "chapter" if "district" in self.defaults else "overview"


def notebooks(project: Project) -> list[Notebook]:
    """Return the notebooks of a project in the order of their names.

    Raises
    ------
    InputError
        If a notebook is not one, or does not declare what it is run for.
    """
    found = [
        read(project, path)
        for path in sorted(project.notebooks.glob("*.ipynb"))
        if not path.name.startswith(".")
    ]
    if not found:
        raise InputError("notebooks/: no notebook found; the chapters belong there")
    return found


def read(project: Project, path: Path) -> Notebook:
    """Read the declared parameters: the assignments in the cell tagged `parameters`."""
    name = project.name(path)
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
        source = "".join(tagged[0]["source"]) if tagged else ""
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror})") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{name}: this is not a notebook ({error}); restore or remove it"
        ) from None
    if len(tagged) != 1:
        raise InputError(
            f"{name}: {len(tagged)} cells are tagged “parameters”; exactly one must be"
        )
    defaults = {}
    try:
        for statement in ast.parse(source).body:
            target = statement.targets[0]
            defaults[target.id] = ast.literal_eval(statement.value)
    except (SyntaxError, AttributeError, ValueError, IndexError):
        raise InputError(
            f'{name}, cell “parameters”: only lines such as district = "phong-tho" may stand'
            " here; move anything else to a later cell"
        ) from None
    if not {"district", "language"} & set(defaults):
        raise InputError(
            f"{name}, cell “parameters”: neither district nor language is declared; a notebook in"
            " this folder declares what it is run for"
        )
    return Notebook(path, defaults)


def check(project: Project, notebook: Notebook, values: dict[str, object]) -> dict[str, object]:
    """Return the values a notebook is run with: those given for what it declares.

    Raises
    ------
    InputError
        If a value has another type than declared or is not allowed; the message names the
        notebook, the parameter, the value and the nearest valid one.
    """
    name = project.name(notebook.path)
    kept = {key: values[key] for key in notebook.defaults if key in values}
    for key, value in kept.items():
        wanted = type(notebook.defaults[key])
        if type(value) is not wanted:
            raise InputError(
                f"{name}, parameter {key}: found {value!r}, a {type(value).__name__};"
                f" it is declared as a {wanted.__name__}, such as {notebook.defaults[key]!r}"
            )
    for key, allowed in (("district", project.districts), ("language", LANGUAGES)):
        if key in kept and kept[key] not in allowed:
            raise InputError(
                f"{name}, parameter {key}: found {kept[key]!r}; {allowed_list(kept[key], allowed)}"
            )
    for key in ("baseline", "endline"):
        if key in kept and not FIRST_YEAR <= kept[key] <= LAST_YEAR:
            raise InputError(
                f"{name}, parameter {key}: found {kept[key]}; a round is a year from"
                f" {FIRST_YEAR} to {LAST_YEAR}"
            )
    return kept
