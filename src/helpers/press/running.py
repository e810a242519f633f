"""Running one chapter with papermill, in the process that is given to it.

Importing this module imports papermill; `prepare` readies a process for forking children that
each execute one chapter.
"""

import importlib
import sys
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

# jsonschema's optional grammar is built at import, for seconds, and nothing here needs it.
sys.modules.setdefault("rfc3987_syntax", None)

import nbformat  # noqa: E402
import pandas  # noqa: E402
import papermill  # noqa: E402
from nbformat.v4 import new_markdown_cell, new_notebook  # noqa: E402
from papermill.engines import NBClientEngine, papermill_engines  # noqa: E402
from papermill.exceptions import PapermillExecutionError  # noqa: E402

from .. import files, numbers, observations, processed, reference, wording  # noqa: E402
from ..errors import InputError, StorageError  # noqa: E402
from ..project import LANGUAGES, Project  # noqa: E402
from . import keys, parameters  # noqa: E402
from .engine import EmbeddedEngine, EmbeddedKernel  # noqa: E402

# pandas asks once, at import, whether it writes to a terminal: a kernel says no.
pandas.set_option("display.max_columns", 20)


class Settling:
    """A papermill engine whose notebooks hold nothing that differs between two equal runs."""

    @classmethod
    def execute_notebook(cls, nb, *arguments, **options):
        return _settled(super().execute_notebook(nb, *arguments, **options))


class Embedded(Settling, EmbeddedEngine):
    """The engine of the press: see engine."""


class Ordinary(Settling, NBClientEngine):
    """Papermill's own engine: a kernel in a process of its own, reached through sockets."""


papermill_engines.register("embedded", Embedded)
papermill_engines.register("ipykernel", Ordinary)


def execute(root: Path, unit, engine: str) -> None:
    """Run a unit in the project at `root` and leave the executed notebook at `unit.unfinished`.

    Raises
    ------
    InputError
        If a cell fails: the user's mistake as it stands, anything else with its cell.
    StorageError
        If the result cannot be written.
    """
    new = root / unit.unfinished
    with files.storing(new):
        new.parent.mkdir(parents=True, exist_ok=True)
        try:
            papermill.execute_notebook(
                _literal(root / unit.notebook),
                _literal(new),
                parameters=dict(unit.values),
                engine_name=engine,
                kernel_name="python3",
                cwd=str(Project(root).notebooks),
                progress_bar=False,
                log_output=False,
                request_save_on_cell_execute=False,
                record_timing=False,
                coalesce_streams=True,
            )
        except BaseException as error:
            new.unlink(missing_ok=True)
            if not isinstance(error, PapermillExecutionError):
                raise
            kind = StorageError if error.ename == StorageError.__name__ else InputError
            raise kind(_told(error)) from None


def prepare(project: Project) -> None:
    """Make once, before the first fork, what every child would otherwise make for itself.

    Nothing of a notebook is executed: the helpers that the notebooks import are imported, the
    registries read, the validators of notebooks and observations compiled, a kernel made that
    each child finds unused, and papermill led once through a notebook without code.
    """
    for path in (notebook.path for notebook in parameters.notebooks(project)):
        for name in keys.cell_imports(path.read_bytes()):
            if name.partition(".")[0] == keys.PACKAGE.name:
                with suppress(Exception):  # not a module, or a broken one: its chapter will tell
                    importlib.import_module(name)
        nbformat.read(path, as_version=4)
    with suppress(InputError):  # a mistake in a registry is told by each chapter that reads it
        reference.load(project)
    wording.catalogue()
    observations.schema().get_backend(pandas.DataFrame())
    for language in LANGUAGES:
        numbers.write(Decimal("0.5"), language)
    shell = EmbeddedKernel.new().shell
    shell.run_cell("0;", store_history=False, silent=True)
    shell.logger.log("", "")  # made at its first use, by which nothing is logged
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    blank = new_notebook(cells=[new_markdown_cell()], metadata={"kernelspec": spec})
    papermill.execute_notebook(blank, None, engine_name="embedded", progress_bar=False)


def ready(root: Path, unit) -> None:
    """Find a unit's district and read its figures, for its child and those of the next units."""
    project = Project(root)
    if len(unit.districts) == 1:
        with suppress(Exception):  # the unit itself will tell
            reference.load(project).communes(*unit.districts)
            if not unit.ingests and processed.current(project, *unit.districts):
                processed.load(project, *unit.districts)


def _literal(path: Path) -> str:
    """A path as papermill takes it, which fills in what stands in braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _settled(notebook):
    """Take out what differs between two runs with the same result: times, paths, chance ids."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = f"injected-{number}"
    return notebook


def _told(error: PapermillExecutionError) -> str:
    """Return a failure in words: a user's mistake as it stands, anything else with its place."""
    if error.ename in (InputError.__name__, StorageError.__name__):
        return error.evalue
    last = error.traceback[-1] if error.traceback else ""
    line = f"cell {error.cell_index}: {error.ename}: {error.evalue}"
    return line if error.evalue in last else f"{line}\n{last}"
