"""data/processed/<district>/: a district's observations and findings, written and read.

observations.csv has one row per figure, documents.csv one per source, checks.csv one per finding;
sdmx.csv and datapackage.json are for other tools (see exports); inputs.json has the SHA-256 of
every raw file they were made from.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pandas as pd

from . import checks, exports, files, observations, periods, reference, sheets
from .checks import Finding, statements
from .project import Project
from .sheets import Document

DOCUMENT_COLUMNS = (
    *("document", "title_vi", "title_en", "issuer_vi", "issuer_en", "number", "date", "period"),
    *("cut_off", "draft", "sha256", "note_vi", "note_en"),
)
FINDING_COLUMNS = tuple(field.name for field in fields(Finding))
INPUTS = "inputs.json"
_LISTS = ("figures", "left", "right")
_NUMBERS = ("left_value", "right_value", "gap")


@dataclass(frozen=True)
class Processed:
    """A district as ingested.

    `table` holds the observations (see observations.build), `documents` the sources by their
    folder, `findings` the results of the checks, the weightiest first, and `inputs` the SHA-256
    of every raw file by its name.
    """

    table: pd.DataFrame
    documents: dict[str, Document]
    findings: list[Finding]
    inputs: dict[str, str]

    @property
    def findings_frame(self) -> pd.DataFrame:
        """The findings as a table, one row each, also where there is none."""
        return pd.DataFrame(self.findings, columns=FINDING_COLUMNS)


def ingest(project: Project, district: str) -> Processed:
    """Read a district's sheets, check them, and write data/processed/<district>/.

    Raises
    ------
    InputError
        If a sheet, a statement or a registry holds a mistake; nothing is written then.
    """
    # Taken before they are read: what changes in between is not taken for what was read.
    inputs = files.checksums(project, project.inputs(district))
    registries = reference.load(project)
    loaded = sheets.load(project, district)
    table = observations.build(loaded)
    documents = {sheet.document.code: sheet.document for sheet in loaded}
    stated = statements.load(project, district, set(table["figure"]))
    findings = checks.run(table, documents, registries, district, stated)
    folder = project.processed / district
    plain = table.assign(
        value=table["value"].map(_plain), resolution=table["resolution"].map(_plain)
    )
    frames = {
        "observations.csv": plain,
        "documents.csv": _document_frame(documents),
        "checks.csv": _finding_frame(findings),
        "sdmx.csv": exports.sdmx(plain, registries, district),
    }
    texts = {name: (frame, _csv(frame)) for name, frame in frames.items()}
    # First away and last written: without it the folder is not taken for complete.
    with files.storing(folder / INPUTS):
        (folder / INPUTS).unlink(missing_ok=True)
    for name, (_, text) in texts.items():
        files.write(folder / name, text)
    files.write(folder / "datapackage.json", exports.package(district, documents, texts))
    files.write(folder / INPUTS, json.dumps(inputs, indent=1) + "\n")
    return Processed(table, documents, findings, inputs)


def load(project: Project, district: str) -> Processed:
    """Return a district from data/processed/, ingesting it if need be.

    It is ingested anew when a raw file has changed since, so that a chapter run by hand never
    shows figures that are no longer in the sheets.
    """
    text = current(project, district)
    if not text:
        return ingest(project, district)
    path = project.processed / district / INPUTS
    try:
        found = _read(path.parent, text, path.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError):  # another version's
        return ingest(project, district)
    # Each caller has a table of its own: what one adds to it, no other sees.
    own = {"documents": dict(found.documents), "findings": list(found.findings)}
    return Processed(found.table.copy(deep=False), **own, inputs=json.loads(text))


def current(project: Project, district: str) -> str:
    """Return inputs.json of a district, or "" if its raw files are not what they were then."""
    try:
        text = (project.processed / district / INPUTS).read_text(encoding="utf-8")
        same = json.loads(text) == files.checksums(project, project.inputs(district))
    except (OSError, ValueError):
        return ""
    return text if same else ""


@lru_cache(maxsize=2)
def _read(folder: Path, inputs: str, written: int) -> Processed:
    """Read a district as it was written; kept for the next chapter of the same district."""
    read = {"dtype": str, "keep_default_na": False, "encoding": "utf-8"}
    table = pd.read_csv(folder / "observations.csv", **read)
    if tuple(table.columns) != observations.COLUMNS:
        raise ValueError("written by another version")
    table = table.assign(
        value=_column(table["value"], _decimal),
        resolution=_column(table["resolution"], _decimal),
        start=_column(table["start"], date.fromisoformat),
        end=_column(table["end"], date.fromisoformat),
        instant=table["instant"] == "True",
        round=table["round"].astype(int),
    )
    documents = {
        row["document"]: _document(row)
        for row in pd.read_csv(folder / "documents.csv", **read).to_dict("records")
    }
    findings = [
        _finding(row) for row in pd.read_csv(folder / "checks.csv", **read).to_dict("records")
    ]
    return Processed(table, documents, findings, {})


def _csv(frame: pd.DataFrame) -> str:
    return frame.to_csv(index=False, lineterminator="\n")


def _document_frame(documents: dict[str, Document]) -> pd.DataFrame:
    records = [
        {
            **{key: getattr(document, key) for key in DOCUMENT_COLUMNS[1:]},
            "document": code,
            "date": document.date.text,
            "period": document.period.text,
            "cut_off": document.cut_off.text,
        }
        for code, document in documents.items()
    ]
    return pd.DataFrame.from_records(records, columns=DOCUMENT_COLUMNS)


def _document(row: dict[str, str]) -> Document:
    spans = {key: periods.read(row[key]) for key in ("date", "period", "cut_off")}
    texts = {key: row[key] for key in DOCUMENT_COLUMNS if key not in (*spans, "document", "draft")}
    return Document(code=row["document"], draft=row["draft"] == "True", **texts, **spans)


def _finding_frame(findings: list[Finding]) -> pd.DataFrame:
    records = [
        {
            **{key: getattr(finding, key) for key in FINDING_COLUMNS},
            **{key: " ".join(getattr(finding, key)) for key in _LISTS},
            **{key: _plain(getattr(finding, key)) for key in _NUMBERS},
        }
        for finding in findings
    ]
    return pd.DataFrame.from_records(records, columns=FINDING_COLUMNS)


def _finding(row: dict[str, str]) -> Finding:
    lists = {key: tuple(row[key].split()) for key in _LISTS}
    values = {key: _decimal(row[key]) for key in _NUMBERS}
    return Finding(**{**row, **lists, **values})


def _column(column: pd.Series, make: Callable) -> pd.Series:
    """Convert a text column, each distinct text once: figures repeat a few periods and values."""
    made = {text: make(text) for text in column.unique()}
    return pd.Series([made[text] for text in column], index=column.index, dtype=object)


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
