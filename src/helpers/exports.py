"""Exports for other tools: a Frictionless data package, and an SDMX-style table of observations.

datapackage.json describes the CSV files of data/processed/<district>/ (specs.frictionlessdata.io);
sdmx.csv has the columns and code lists that SDMX users expect, one row per observation.
"""

import hashlib
import json
from collections.abc import Mapping

import pandas as pd

from .reference import Reference
from .sheets import CERTAINTIES, SCENARIOS, Document

LICENCE = {
    "name": "MIT",
    "path": "https://opensource.org/license/mit",
    "title": "MIT License",
}
DATAFLOW = "DISTRICT_POVERTY_REPORTS"
STATUSES = ["A", "E", "M", "P", "U"]
_TYPES = {
    "value": "number",
    "resolution": "number",
    "left_value": "number",
    "right_value": "number",
    "gap": "number",
    "round": "integer",
    "start": "date",
    "end": "date",
    "TIME_PERIOD_START": "date",
    "TIME_PERIOD_END": "date",
    "OBS_VALUE": "number",
}
_CHOICES = {
    "scenario": list(SCENARIOS),
    "certainty": list(CERTAINTIES),
    "nature": ["stock", "flow", "rate"],
    "status": STATUSES,
    "OBS_STATUS": STATUSES,
    "bound": ["=", ">", "<", "~"],
}
_DESCRIPTIONS = {
    "figure": "Document and row of the figure sheet: the origin of the observation",
    "printed": "The figure exactly as printed in the report",
    "value": "Exact value in `unit`; money in million VND; empty where no money was assigned",
    "resolution": "One unit of the last printed digit, in `unit`",
    "bound": "> < ~ where the print is a bound and not a value",
    "status": "SDMX observation status: A normal, E estimated, P provisional, U low reliability,"
    " M not assigned",
    "standard": "Poverty standard; values under two standards must not be compared",
    "area": "Codes of the communes, empty for the whole district; units of before July 2025",
    "reading": "How a malformed or impossible print is read",
}


def sdmx(table: pd.DataFrame, reference: Reference, district: str) -> pd.DataFrame:
    """Return the observations as an SDMX-style table, one row per observation.

    REF_AREA is the code of the commune or else of the district; several communes are joined by
    "+", as in SDMX queries. Empty dimensions are "_Z" (not applicable), as SDMX has it.
    """
    code = reference.district(district).code
    dimensions = {
        "DATAFLOW": DATAFLOW,
        "REF_AREA": [area.replace(" ", "+") or code for area in table["area"]],
        "INDICATOR": table["indicator"],
        "STANDARD": table["standard"].replace("", "_Z"),
        "ORGANISATION": table["organisation"].replace("", "_Z"),
        "PROGRAMME": table["programme"].replace("", "_Z"),
        "FUND": table["fund"].replace("", "_Z"),
        "SCENARIO": table["scenario"],
        "TIME_PERIOD": table["round"].astype(str),
        "TIME_PERIOD_START": table["start"],
        "TIME_PERIOD_END": table["end"],
        "OBS_VALUE": table["value"],
        "UNIT_MEASURE": table["unit"],
        "OBS_STATUS": table["status"],
        "COMMENT_OBS": table["detail_en"],
        "SOURCE": table["figure"],
    }
    return pd.DataFrame(dimensions, index=table.index)


def package(
    district: str, documents: Mapping[str, Document], frames: Mapping[str, tuple[pd.DataFrame, str]]
) -> str:
    """Return the datapackage.json of a district.

    Parameters
    ----------
    frames : mapping from file name to (table, text)
        The CSV files of the folder: their columns, and their text for the checksums.
    """
    described = {
        "name": f"district-reports-{district}",
        "title": f"Figures of the poverty-reduction reports of {district}",
        "licenses": [LICENCE],
        "sources": [
            {"title": f"{source.issuer_en}: {source.title_en} ({source.date.end.year})"}
            for source in documents.values()
        ],
        "resources": [
            _resource(name, frame, text) for name, (frame, text) in sorted(frames.items())
        ],
    }
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def _resource(name: str, frame: pd.DataFrame, text: str) -> dict:
    data = text.encode("utf-8")
    schema: dict = {"fields": [_field(column) for column in frame.columns]}
    if "figure" in frame.columns:
        schema["primaryKey"] = ["figure"]
    return {
        "name": name.removesuffix(".csv"),
        "path": name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": schema,
    }


def _field(column: str) -> dict:
    field: dict = {"name": column, "type": _TYPES.get(column, "string")}
    if column in _DESCRIPTIONS:
        field["description"] = _DESCRIPTIONS[column]
    if column in _CHOICES:
        field["constraints"] = {"enum": _CHOICES[column]}
    return field
