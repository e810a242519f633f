"""From sheets to observations: one row per figure, in one unit per measure, with its origin.

data/processed/<district>/ holds observations.csv, documents.csv and inputs.json (the SHA-256 of
every raw file they were made from). Values stay exact decimals; money is in million VND.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from . import files, periods, reference, sheets
from .project import Project
from .reference import Reference
from .sheets import Document, Figure

# One row of the table, as `itertuples` gives it: an attribute per column.
Observation = Any

# SDMX observation status: https://sdmx.org (code list CL_OBS_STATUS)
NORMAL, ESTIMATE, PROVISIONAL, LOW_RELIABILITY, NOT_ASSIGNED = "A", "E", "P", "U", "M"

COLUMNS = (
    *("figure", "document", "section", "topic", "indicator", "nature", "area", "area_printed"),
    *("organisation", "programme", "fund", "standard", "detail_vi", "detail_en"),
    *("start", "end", "instant", "round", "scenario", "printed", "bound", "value", "resolution"),
    *("unit", "status", "part_of", "within", "reading", "certainty", "reason_vi", "reason_en"),
    *("note_vi", "note_en"),
)
DOCUMENT_COLUMNS = (
    *("document", "title_vi", "title_en", "issuer_vi", "issuer_en", "number", "date", "period"),
    *("cut_off", "draft", "sha256", "note_vi", "note_en"),
)


@dataclass(frozen=True)
class Processed:
    """A district's observations as loaded: the table, its documents, and the inputs' checksums.

    `table` has the columns of COLUMNS, one row per figure in the order of the sheets: value and
    resolution are Decimal (None where not assigned), round is int, instant is bool, start and end
    are datetime.date, all others str. `resolution` is one unit of the last printed digit.
    """

    table: pd.DataFrame
    documents: dict[str, Document]
    inputs: dict[str, str]


def ingest(project: Project, district: str) -> Processed:
    """Read a district's sheets, check them, and write data/processed/<district>/.

    Raises
    ------
    InputError
        If a sheet or registry holds a mistake; nothing is written then.
    """
    registries = reference.load(project)
    loaded = sheets.load(project, district)
    records = [
        _record(sheet.document, figure, registries) for sheet in loaded for figure in sheet.figures
    ]
    table = _check(pd.DataFrame.from_records(records, columns=COLUMNS))
    documents = {sheet.document.code: sheet.document for sheet in loaded}
    inputs = files.checksums(project, project.inputs(district))
    folder = project.processed / district
    folder.mkdir(parents=True, exist_ok=True)
    written = table.assign(
        value=table["value"].map(_plain), resolution=table["resolution"].map(_plain)
    )
    files.write(folder / "observations.csv", written.to_csv(index=False, lineterminator="\n"))
    files.write(folder / "documents.csv", _documents_csv(documents))
    files.write(folder / "inputs.json", json.dumps(inputs, indent=1) + "\n")
    return Processed(table, documents, inputs)


def load(project: Project, district: str) -> Processed:
    """Return a district's observations from data/processed/, ingesting them if need be.

    They are ingested anew when a raw file has changed since, so that a chapter run by hand never
    shows figures that are no longer in the sheets.
    """
    folder = project.processed / district
    try:
        inputs = json.loads((folder / "inputs.json").read_text(encoding="utf-8"))
        fresh = inputs == files.checksums(project, project.inputs(district))
    except (OSError, ValueError):
        fresh = False
    if not fresh:
        return ingest(project, district)
    table = pd.read_csv(
        folder / "observations.csv", dtype=str, keep_default_na=False, encoding="utf-8"
    )
    table = table.assign(
        value=_column(table["value"], _decimal),
        resolution=_column(table["resolution"], _decimal),
        start=_column(table["start"], date.fromisoformat),
        end=_column(table["end"], date.fromisoformat),
        instant=table["instant"] == "True",
        round=table["round"].astype(int),
    )
    loaded = {
        row["document"]: _document(row)
        for row in pd.read_csv(folder / "documents.csv", dtype=str, keep_default_na=False).to_dict(
            "records"
        )
    }
    return Processed(table, loaded, inputs)


def _record(document: Document, figure: Figure, registries: Reference) -> dict[str, object]:
    row, taken, period = figure.row, figure.taken, figure.period
    to_kept = figure.unit.factor / figure.kept_in.factor
    return {
        "figure": f"{document.code}-{figure.id}",
        "document": document.code,
        "section": row["section"],
        "topic": figure.indicator.topic,
        "indicator": figure.indicator.code,
        "nature": figure.indicator.nature,
        "area": " ".join(figure.areas),
        "area_printed": row["area"],
        **{key: row[key] for key in ("organisation", "programme", "fund", "standard")},
        **{key: row[key] for key in ("detail_vi", "detail_en")},
        "start": period.start,
        "end": period.end,
        "instant": period.instant,
        "round": period.round,
        "scenario": row["scenario"],
        "printed": row["printed"],
        "bound": taken.bound,
        "value": None if taken.value is None else taken.value * to_kept,
        "resolution": Decimal(1).scaleb(-taken.decimals) * to_kept,
        "unit": figure.kept_in.code,
        "status": _status(document, figure),
        "part_of": " ".join(
            f"{document.code}-{total}" + (f"@{partition}" if partition else "")
            for total, partition in figure.part_of
        ),
        "within": " ".join(f"{document.code}-{whole}" for whole in figure.within),
        **{key: row[key] for key in ("reading", "certainty", "reason_vi", "reason_en")},
        **{key: row[key] for key in ("note_vi", "note_en")},
    }


def _status(document: Document, figure: Figure) -> str:
    """The SDMX status, the weightiest where several hold."""
    if figure.taken.value is None:
        return NOT_ASSIGNED
    if figure.reading and figure.row["certainty"] != "certain":
        return LOW_RELIABILITY
    if figure.row["scenario"] == "estimate":
        return ESTIMATE
    return PROVISIONAL if document.draft else NORMAL


def _check(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table if it is what the suite relies on; a failure here is a bug of ours."""
    import pandera.pandas as pa  # only ingesting needs it

    decimal = pa.Check(lambda value: isinstance(value, Decimal), element_wise=True)
    schema = pa.DataFrameSchema(
        {
            "figure": pa.Column(str, unique=True),
            "nature": pa.Column(str, pa.Check.isin(["stock", "flow", "rate"])),
            "scenario": pa.Column(str, pa.Check.isin(sheets.SCENARIOS)),
            "bound": pa.Column(str, pa.Check.isin(["=", ">", "<", "~"])),
            "value": pa.Column(object, decimal, nullable=True),
            "resolution": pa.Column(object, decimal),
            "status": pa.Column(str, pa.Check.isin(["A", "E", "M", "P", "U"])),
            "round": pa.Column(int),
        },
        checks=[
            pa.Check(lambda t: (t["value"].isna() == (t["status"] == NOT_ASSIGNED)).all()),
            pa.Check(lambda t: (t["start"] <= t["end"]).all()),
        ],
    )
    return schema.validate(table)


def _documents_csv(documents: dict[str, Document]) -> str:
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
    frame = pd.DataFrame.from_records(records, columns=DOCUMENT_COLUMNS)
    return frame.to_csv(index=False, lineterminator="\n")


def _document(row: dict[str, str]) -> Document:
    spans = {key: periods.read(row[key]) for key in ("date", "period", "cut_off")}
    texts = {key: row[key] for key in DOCUMENT_COLUMNS if key not in (*spans, "document", "draft")}
    return Document(code=row["document"], draft=row["draft"] == "True", **texts, **spans)


def _column(column: pd.Series, make: Callable) -> pd.Series:
    """Convert a text column, each distinct text once: figures repeat a few periods and values."""
    made = {text: make(text) for text in column.unique()}
    return pd.Series([made[text] for text in column], index=column.index, dtype=object)


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
