"""From sheets to observations: one row per figure, in one unit per measure, with its origin.

Values stay exact decimals in the indicator's unit; money is in million VND.
"""

from collections import namedtuple
from decimal import Decimal
from functools import cache
from typing import Any

import pandas as pd

from . import sheets
from .sheets import Document, Figure, Sheet

# SDMX observation status: https://sdmx.org (code list CL_OBS_STATUS)
NORMAL, ESTIMATE, PROVISIONAL, LOW_RELIABILITY, NOT_ASSIGNED = "A", "E", "P", "U", "M"

COLUMNS = (
    *("figure", "document", "section", "topic", "indicator", "nature", "area", "area_printed"),
    *("organisation", "programme", "fund", "standard", "detail_vi", "detail_en"),
    *("start", "end", "instant", "round", "scenario", "printed", "bound", "value", "resolution"),
    *("unit", "status", "part_of", "within", "reading", "certainty", "reason_vi", "reason_en"),
    *("note_vi", "note_en"),
)

# One row of the table: a named tuple with an attribute per column.
Observation = Any


def rows(table: pd.DataFrame) -> list[Observation]:
    """Return the rows of a table of observations, or of a part of one, in their order."""
    return list(map(_row(tuple(table.columns))._make, table.to_numpy(dtype=object).tolist()))


@cache
def _row(columns: tuple[str, ...]) -> type:
    return namedtuple("Observation", columns)


def by_figure(table: pd.DataFrame) -> dict[str, Observation]:
    """Return the rows of a table of observations by their figure."""
    return {row.figure: row for row in rows(table)}


def build(loaded: list[Sheet]) -> pd.DataFrame:
    """Return the observations of a district's sheets, one row per figure in their order.

    Returns
    -------
    DataFrame
        With the columns of COLUMNS: value and resolution are Decimal (None where not assigned),
        round is int, instant is bool, start and end are datetime.date, all others str.
        `resolution` is one unit of the last printed digit.
    """
    records = [_record(sheet.document, figure) for sheet in loaded for figure in sheet.figures]
    return schema().validate(pd.DataFrame.from_records(records, columns=COLUMNS))


def _record(document: Document, figure: Figure) -> dict[str, object]:
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


@cache
def schema():
    """Return what the suite relies on in a table of observations; a failure is a bug of ours."""
    import pandera.pandas as pa  # heavy, and only ingesting needs it

    decimal = pa.Check(lambda value: isinstance(value, Decimal), element_wise=True)
    return pa.DataFrameSchema(
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
