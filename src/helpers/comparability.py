"""Which figures may be compared: the same indicator in two reports, and what stands in the way.

Two figures are comparable if they follow the same poverty standard and definition, stand at the
same time (stocks, rates) or cover spans of the same length (flows), and are counted alike.
"""

from dataclasses import dataclass

import pandas as pd

from . import observations
from .observations import Observation
from .periods import Period
from .reference import Reference
from .rounds import district_level

# In the order in which they are looked for: the first that holds is the reason given.
REASONS = ("standard", "definition", "unit", "organisation", "span", "date")


@dataclass(frozen=True)
class Entry:
    """One report's figure of an indicator for the whole district, or None where it gives none."""

    source: str
    row: Observation | None


@dataclass(frozen=True)
class Line:
    """An indicator across reports, and the verdict on comparing its figures.

    `verdict` is "comparable", "single" (only one report has it), or one of REASONS.
    """

    indicator: str
    entries: list[Entry]
    verdict: str
    topic: str


def lines(tables: dict[str, pd.DataFrame], reference: Reference) -> list[Line]:
    """Return every indicator that a report gives for its whole district, in registry order.

    Parameters
    ----------
    tables : dict
        The observations of each source, by the name it is shown under.
    """
    headline = {source: _headline(table) for source, table in tables.items()}
    found = []
    for code, indicator in reference.indicators.items():
        entries = [Entry(source, rows.get(code)) for source, rows in headline.items()]
        given = [entry.row for entry in entries if entry.row is not None]
        if given:
            found.append(Line(code, entries, _verdict(given, reference), indicator.topic))
    return found


def _headline(table: pd.DataFrame) -> dict[str, Observation]:
    """The figure that stands for each indicator: of the whole district, the latest one."""
    rows: dict[str, Observation] = {}
    for row in observations.rows(district_level(table)):
        if row.programme or row.fund or row.value is None:
            continue
        kept = rows.get(row.indicator)
        if kept is None or (row.end, kept.organisation != "") > (kept.end, row.organisation != ""):
            rows[row.indicator] = row
    return rows


def _verdict(rows: list[Observation], reference: Reference) -> str:
    if len(rows) < 2:
        return "single"
    for reason in REASONS:
        if _differ(reason, rows, reference):
            return reason
    return "comparable"


def _differ(reason: str, rows: list[Observation], reference: Reference) -> bool:
    if reason == "definition":
        years = {row.round for row in rows}
        return any(
            one.topic == rows[0].topic and min(years) < one.from_year <= max(years)
            for one in reference.breaks
        )
    if reason == "span":
        return rows[0].nature == "flow" and len({span_months(row) for row in rows}) > 1
    if reason == "date":
        return len({row.round for row in rows}) > 1
    return len({getattr(row, reason) for row in rows}) > 1


def span_months(row: Observation) -> int:
    """The months that a flow covers, begun ones included."""
    return Period(row.start, row.end, row.instant).months
