"""Poverty by reporting round, with the standard as a dimension, and honest comparison of rounds.

Rates and counts under two poverty standards are never subtracted or joined: `compare` gives a
change only where both rounds have the figure under the same standard.
"""

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from . import observations
from .observations import ESTIMATE, Observation

COMPARED = (
    *("poverty_rate", "near_poverty_rate", "poor_households", "near_poor_households"),
    *("poor_people", "near_poor_people"),
)
RATES = ("poverty_rate", "near_poverty_rate")


@dataclass(frozen=True)
class Point:
    """One indicator of the whole district in one round under one standard.

    `figures` are the printed figures it rests on: itself, or those it is derived from.
    """

    indicator: str
    round: int
    standard: str
    value: Decimal
    resolution: Decimal
    unit: str
    status: str
    figures: tuple[str, ...]
    derived: bool = False


@dataclass(frozen=True)
class Comparison:
    """An indicator in two rounds: the points, and the change where one may be stated.

    `verdict` is "comparable", "break" (the standards differ), "baseline_missing",
    "endline_missing" or "both_missing"; `change` and `per_year` are in percentage points for
    rates, in the indicator's unit for counts, and None unless comparable.
    """

    indicator: str
    baseline_round: int
    endline_round: int
    baseline: Point | None
    endline: Point | None
    verdict: str

    @property
    def change(self) -> Decimal | None:
        if self.verdict != "comparable":
            return None
        return self.endline.value - self.baseline.value

    @property
    def per_year(self) -> Decimal | None:
        years = self.endline_round - self.baseline_round
        return self.change / years if self.change is not None and years else None


def district_level(table: pd.DataFrame) -> list[Observation]:
    """Return the observations about the district as a whole: no place, no detail, not a plan."""
    return [
        row
        for row in observations.rows(table)
        if not (row.area or row.detail_en or row.detail_vi) and row.scenario != "plan"
    ]


def points(table: pd.DataFrame, indicator: str) -> list[Point]:
    """Return an indicator's points by round and standard, derived ones included.

    Where several documents state the same round and standard, the last document counts; that two
    documents differ is for the consistency checks to say.
    """
    rows = district_level(table)
    stated = {
        (row.round, row.standard): Point(
            indicator,
            row.round,
            row.standard,
            row.value,
            row.resolution,
            row.unit,
            row.status,
            (row.figure,),
        )
        for row in _exact(rows, indicator)
    }
    found = list(stated.values())
    if indicator == "poverty_rate":
        found += [p for p in _openings(rows, found) if (p.round, p.standard) not in stated]
    return sorted(found, key=lambda point: (point.standard, point.round))


def _openings(rows: list[Observation], rates: list[Point]) -> list[Point]:
    """The rate one round earlier that a reported fall implies: rate + fall, derived (status E)."""
    return [
        Point(
            "poverty_rate",
            rate.round - 1,
            rate.standard,
            rate.value + fall.value,
            max(rate.resolution, fall.resolution),
            rate.unit,
            ESTIMATE,
            (*rate.figures, fall.figure),
            derived=True,
        )
        for rate in rates
        for fall in _exact(rows, "poverty_rate_fall")
        if (fall.round, fall.standard) == (rate.round, rate.standard)
    ]


def _exact(rows: list[Observation], indicator: str) -> list[Observation]:
    """The observations of an indicator whose value is given, and not as a bound."""
    return [
        row
        for row in rows
        if row.indicator == indicator and row.value is not None and row.bound == "="
    ]


def rounds(table: pd.DataFrame) -> list[int]:
    """Return the rounds in which a poverty rate or count of the district is reported."""
    return sorted({row.round for row in district_level(table) if row.indicator in COMPARED})


def compare(table: pd.DataFrame, baseline: int, endline: int) -> list[Comparison]:
    """Return the comparison of two rounds for each poverty indicator, in the order of COMPARED.

    Where a round is reported under two standards, the pair that shares one is compared.
    """
    return [_compare(points(table, code), code, baseline, endline) for code in COMPARED]


def _compare(found: list[Point], indicator: str, baseline: int, endline: int) -> Comparison:
    before = [point for point in found if point.round == baseline]
    after = [point for point in found if point.round == endline]
    for first in before:
        for last in after:
            if first.standard == last.standard:
                return Comparison(indicator, baseline, endline, first, last, "comparable")
    if before and after:
        verdict = "break"
    elif before:
        verdict = "endline_missing"
    else:
        verdict = "baseline_missing" if after else "both_missing"
    # A printed point stands before a derived one where no pair shares a standard.
    first = min(before, key=lambda point: point.derived, default=None)
    last = min(after, key=lambda point: point.derived, default=None)
    return Comparison(indicator, baseline, endline, first, last, verdict)


def spells(found: list[Point]) -> list[list[Point]]:
    """Split points into spells within which they may be joined: one standard each."""
    standards = sorted({point.standard for point in found})
    return [[point for point in found if point.standard == code] for code in standards]


def changes(table: pd.DataFrame) -> list[Comparison]:
    """Return the like-for-like changes: first to last round of every spell with two or more."""
    found = []
    for code in COMPARED:
        for spell in spells(points(table, code)):
            first, last = spell[0], spell[-1]
            if first.round < last.round:
                pair = (code, first.round, last.round, first, last, "comparable")
                found.append(Comparison(*pair))
    return found
