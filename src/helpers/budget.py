"""Programme money: assigned, disbursed, remaining, by project, kind of capital and year.

"not assigned", "nothing disbursed" and "not reported" are three different things here, and
money carried over from an earlier programme is a line of its own.
"""

from dataclasses import dataclass, field
from decimal import Decimal

import pandas as pd

from . import observations
from .observations import NOT_ASSIGNED, Observation
from .reference import Programme, Reference

PARTS = {
    "capital_assigned": "assigned",
    "capital_disbursed": "disbursed",
    "disbursement_rate": "rate",
    "capital_remaining": "remaining",
}


@dataclass
class Line:
    """The money of one programme, project or sub-project in one kind of capital and period.

    Each part is the observation (a named tuple of the table's columns) or None where the report
    gives none; `repeats` are further figures that state a part again.
    """

    programme: Programme | None
    fund: str
    year: int | None
    assigned: Observation | None = None
    disbursed: Observation | None = None
    rate: Observation | None = None
    remaining: Observation | None = None
    estimate: Observation | None = None
    repeats: list[Observation] = field(default_factory=list)

    @property
    def state(self) -> str:
        """One of not_assigned, not_reported, assigned_only, nothing_disbursed, disbursed."""
        if self.assigned is not None and self.assigned.status == NOT_ASSIGNED:
            return "not_assigned"
        if self.assigned is None and self.disbursed is None and self.rate is None:
            return "not_reported"
        if self.share is None:
            return "assigned_only"
        return "disbursed" if self.share else "nothing_disbursed"

    @property
    def share(self) -> Decimal | None:
        """Disbursed over assigned in percent, or the printed rate where only that is given."""
        both = self.assigned is not None and self.disbursed is not None
        if both and self.assigned.value:
            return self.disbursed.value * 100 / self.assigned.value
        return self.rate.value if self.rate is not None else None


def lines(table: pd.DataFrame) -> list[Line]:
    """Return a line per programme, kind of capital and year with money in the reports.

    Figures with a place or a detail of their own describe a part of a line and are left to the
    list of figures.
    """
    rows = table[
        table["indicator"].isin(PARTS) & (table["detail_en"] == "") & (table["area"] == "")
    ]
    found: dict[tuple, Line] = {}
    for row in observations.rows(rows):
        part = "estimate" if row.scenario == "estimate" else PARTS[row.indicator]
        key = (row.programme, row.fund, row.start.year, row.end.year)
        line = found.setdefault(key, Line(None, row.fund, row.end.year))
        if getattr(line, part) is None:
            setattr(line, part, row)
        else:
            line.repeats.append(row)
    return list(found.values())


def is_envelope(line: Line) -> bool:
    """Return whether a line covers several years: it is not the plan of a year."""
    part = line.assigned or line.disbursed or line.rate or line.remaining or line.estimate
    return part.start.year != part.end.year


def by_capital(table: pd.DataFrame) -> list[Line]:
    """Return the year's lines by kind of capital: whole programmes, one line per fund."""
    return [
        line
        for line in lines(table)
        if line.fund and not is_envelope(line) and not _is_part(line, table)
    ]


def _is_part(line: Line, table: pd.DataFrame) -> bool:
    code = next(part.programme for part in _parts(line))
    return "/" in code and line.fund != "carried-over"


def _parts(line: Line) -> list[Observation]:
    parts = (line.assigned, line.disbursed, line.rate, line.remaining, line.estimate)
    return [part for part in parts if part is not None]


def totals(table: pd.DataFrame) -> list[Line]:
    """Return the lines without a kind of capital and project: the totals of a year."""
    return [
        line
        for line in lines(table)
        if not line.fund
        and not is_envelope(line)
        and "/" not in next(part.programme for part in _parts(line))
    ]


def make_up(table: pd.DataFrame) -> tuple[Observation, list[Observation]] | None:
    """Return the first year's total with the amounts that make it up, or None."""
    assigned = table[(table["indicator"] == "capital_assigned") & table["value"].notna()]
    for line in totals(table):
        if line.assigned is None:
            continue
        total = line.assigned.figure
        parts = [
            row
            for row in observations.rows(assigned)
            if total in [part.partition("@")[0] for part in row.part_of.split()]
        ]
        if len(parts) > 1:
            return line.assigned, parts
    return None


def envelopes(table: pd.DataFrame) -> list[Line]:
    """Return the lines that cover several years."""
    return [line for line in lines(table) if is_envelope(line)]


def by_project(table: pd.DataFrame, reference: Reference) -> list[Line]:
    """Return a line for every project and sub-project of each programme with money in the reports.

    Projects without sub-projects and sub-projects come in the order of the registry; one that no
    figure names has the state not_reported.
    """
    reported = [line for line in lines(table) if not is_envelope(line)]
    codes = {}
    for line in reported:
        code = next(part.programme for part in _parts(line))
        if "/" in code and line.fund != "carried-over":
            codes.setdefault(code, []).append(line)
    programmes = {code.partition("/")[0] for code in codes}
    parents = {programme.parent for programme in reference.programmes.values()}
    result = []
    for code, programme in reference.programmes.items():
        if code.partition("/")[0] not in programmes or code in programmes:
            continue
        found = codes.get(code, [])
        if not found and code in parents:
            continue
        for line in found or [Line(None, "", None)]:
            line.programme = programme
            result.append(line)
    return result
