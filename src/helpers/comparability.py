"""Which figures may be compared: the same indicator in two reports, and what stands in the way.

Two figures are comparable if they follow the same poverty standard and definition, stand at the
same time (stocks, rates) or cover spans of the same length (flows), and are counted alike.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from .observations import Observation
from .periods import Period
from .reference import Reference
from .rounds import district_level

# In the order in which they are looked for: the first that holds is the reason given.
REASONS = ("standard", "definition", "unit", "organisation", "span", "date")


class Traits(NamedTuple):
    """What decides whether a figure compares with another of the same indicator."""

    topic: str
    nature: str
    standard: str
    unit: str
    organisation: str
    months: int
    round: int


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
            verdict = Tally(len(given), {traits(row) for row in given}).verdict(reference)
            found.append(Line(code, entries, verdict, indicator.topic))
    return found


@dataclass
class Tally:
    """How many reports give an indicator, and the different traits of their figures."""

    count: int
    traits: set[Traits]

    def verdict(self, reference: Reference) -> str:
        """Return the verdict of a line of these reports."""
        return "single" if self.count < 2 else _verdict(self.traits, reference)


def tally(headlines: Iterable[dict[str, Traits]], reference: Reference) -> dict[str, Tally]:
    """Return how many of many reports give each indicator, in registry order.

    Parameters
    ----------
    headlines : iterable of dict
        Of each report, the traits of its figure for the whole district by indicator.
    """
    found = {code: Tally(0, set()) for code in reference.indicators}
    for given in headlines:
        for code, one in given.items():
            found[code].count += 1
            found[code].traits.add(one)
    return {code: one for code, one in found.items() if one.count}


def headlines(table: pd.DataFrame) -> dict[str, Traits]:
    """Return the traits of each indicator that a report gives for its whole district."""
    return {code: traits(row) for code, row in _headline(table).items()}


def traits(row: Observation) -> Traits:
    """Return what decides whether a figure compares."""
    months = span_months(row) if row.nature == "flow" else 0
    return Traits(
        *(row.topic, row.nature, row.standard, row.unit, row.organisation, months, row.round)
    )


def _headline(table: pd.DataFrame) -> dict[str, Observation]:
    """The figure that stands for each indicator: of the whole district, the latest one."""
    rows: dict[str, Observation] = {}
    for row in district_level(table):
        if row.programme or row.fund or row.value is None:
            continue
        kept = rows.get(row.indicator)
        if kept is None or (row.end, kept.organisation != "") > (kept.end, row.organisation != ""):
            rows[row.indicator] = row
    return rows


def _verdict(given: Collection[Traits], reference: Reference) -> str:
    """The first reason why figures do not compare, or that they do."""
    for reason in REASONS:
        if _differ(reason, given, reference):
            return reason
    return "comparable"


def _differ(reason: str, given: Collection[Traits], reference: Reference) -> bool:
    years = {one.round for one in given}
    if reason == "definition":
        topics = {one.topic for one in given}
        return any(
            one.topic in topics and min(years) < one.from_year <= max(years)
            for one in reference.breaks
        )
    if reason == "span":
        return len({one.months for one in given}) > 1
    if reason == "date":
        return len(years) > 1
    return len({getattr(one, reason) for one in given}) > 1


def span_months(row: Observation) -> int:
    """The months that a flow covers, begun ones included."""
    return Period(row.start, row.end, row.instant).months
