"""Running one chapter with papermill, in the process that is given to it.

Importing this module imports what the chapters need, so that forked children find it there.
"""

import os
import sys
import tempfile
from pathlib import Path

# jsonschema's optional grammar is built at import, for seconds, and nothing here needs it.
sys.modules.setdefault("rfc3987_syntax", None)

import nbformat  # noqa: E402
import pandas  # noqa: E402
import papermill  # noqa: E402
from papermill.engines import papermill_engines  # noqa: E402
from papermill.exceptions import PapermillExecutionError  # noqa: E402

from .. import charts, processed  # noqa: E402, F401  (for the children)
from ..project import Project  # noqa: E402
from .engine import EmbeddedEngine  # noqa: E402

# pandas asks once, at import, whether it writes to a terminal: a kernel says no.
pandas.set_option("display.max_columns", 20)

papermill_engines.register("embedded", EmbeddedEngine)
ORDINARY = "ipykernel"


def execute(root: Path, unit, engine: str) -> str | None:
    """Run a unit and put the executed notebook in its place; return why it failed, or None.

    The result is written under another name first: a chapter that fails or is killed leaves the
    old result as it was.
    """
    unit.output.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".new-", suffix=".ipynb", dir=unit.output.parent)
    os.close(handle)
    try:
        papermill.execute_notebook(
            str(unit.notebook.path),
            name,
            parameters=dict(unit.values),
            engine_name=None if engine == ORDINARY else engine,
            kernel_name="python3",
            cwd=str(Project(root).notebooks),
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
            record_timing=False,
            coalesce_streams=True,
        )
        notebook = nbformat.read(name, as_version=4)
        nbformat.write(_settled(notebook), name)
        os.chmod(name, 0o644)
        os.replace(name, unit.output)
    except PapermillExecutionError as error:
        return _told(error)
    finally:
        Path(name).unlink(missing_ok=True)
    return None


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
    if error.ename == "InputError":
        return error.evalue
    last = error.traceback[-1] if error.traceback else ""
    line = f"cell {error.cell_index}: {error.ename}: {error.evalue}"
    return line if error.evalue in last else f"{line}\n{last}"
