"""What was delivered, topic by topic: the figures of a topic, its headline figures, its parts."""

from collections.abc import Mapping
from dataclasses import dataclass

from .observations import Observation

# A district's observations by their figure, in their order.
Figures = Mapping[str, Observation]

TOPICS = (
    *("training", "communication", "outreach", "credit", "funds", "housing", "gifts"),
    *("production", "works", "models", "new_rural", "culture", "education", "youth"),
    *("oversight", "dialogue", "organisation", "security"),
)


@dataclass(frozen=True)
class Breakdown:
    """A total with its parts: observations that name the total in `part_of`."""

    total: Observation
    parts: list[Observation]


def of_topic(figures: Figures, topic: str) -> list[Observation]:
    """Return the observations of a topic, grouped by indicator in the order first met."""
    rows = [row for row in figures.values() if row.topic == topic]
    order = {code: place for place, code in enumerate(dict.fromkeys(r.indicator for r in rows))}
    return sorted(rows, key=lambda row: order[row.indicator])


def headlines(figures: Figures, topic: str, most: int = 3) -> list[Observation]:
    """Return the figures that stand for a topic: its first totals, of different indicators.

    A headline is an actual figure of the whole district that is not a part of another; figures
    divided into parts come first, and the latest of several.
    """
    rows = of_topic(figures, topic)
    totals = {one.total.figure for one in breakdowns(figures, topic, least=2, most=len(rows))}
    whole = [
        row
        for row in rows
        if row.scenario == "actual"
        and (not row.area or " " in row.area)
        and not _is_part(row, figures)
    ]
    ranked = sorted(
        whole,
        key=lambda row: (row.figure not in totals, row.detail_en != "", -row.end.toordinal()),
    )
    chosen: dict[str, Observation] = {}
    for row in ranked:
        chosen.setdefault(row.indicator, row)
    return list(chosen.values())[:most]


def breakdowns(figures: Figures, topic: str, least: int = 3, most: int = 2) -> list[Breakdown]:
    """Return at most `most` totals of a topic, of different indicators, that are worth drawing.

    A total is if it has at least `least` parts of its own indicator; of each indicator the total
    with the most parts is taken among the actual ones; one that is itself a part comes last.
    """
    groups: dict[tuple[str, str], list[Observation]] = {}
    for row in of_topic(figures, topic):
        for part in row.part_of.split():
            total, _, partition = part.partition("@")
            whole = figures[total]
            same = (whole.topic, whole.indicator) == (topic, row.indicator)
            if same and row.scenario == whole.scenario and row.value is not None:
                groups.setdefault((total, partition), []).append(row)
    found = [
        Breakdown(figures[total], parts)
        for (total, _), parts in groups.items()
        if len(parts) >= least
    ]
    ranked = sorted(
        (one for one in found if one.total.scenario == "actual"),
        key=lambda one: (one.total.part_of != "", -len(one.parts)),
    )
    chosen: dict[str, Breakdown] = {}
    for one in ranked:
        chosen.setdefault(one.total.indicator, one)
    return list(chosen.values())[:most]


def shares(figures: Figures, topic: str, least: int = 3) -> list[tuple[Observation, Observation]]:
    """Return (part, whole) of figures given as so many of so many, if at least `least` are."""
    found = [
        (row, figures[whole])
        for row in of_topic(figures, topic)
        for whole in row.within.split()
        if row.value is not None and figures[whole].value and row.unit == figures[whole].unit
    ]
    return found if len(found) >= least else []


def pairs(figures: Figures, indicator: str, other: str) -> list[tuple[Observation, Observation]]:
    """Return the figures of two indicators that are about the same thing in the same period."""

    def about(row: Observation) -> tuple:
        what = (row.document, row.area, row.organisation, row.fund, row.detail_en)
        return (*what, row.start, row.end, row.scenario)

    others = {about(row): row for row in figures.values() if row.indicator == other}
    return [
        (row, others[about(row)])
        for row in figures.values()
        if row.indicator == indicator
        and about(row) in others
        and row.value is not None
        and others[about(row)].value
    ]


def by_year(
    figures: Figures, topic: str, least: int = 2
) -> dict[tuple[str, ...], dict[int, dict[str, Observation]]]:
    """Return the series of a topic with plan and actual by calendar year.

    Returns
    -------
    dict
        (indicator, detail, organisation, area) to year to scenario to observation, for series of
        at least `least` years with both scenarios; a year that is not over counts as its year.
    """
    series: dict[tuple[str, ...], dict[int, dict[str, Observation]]] = {}
    for row in of_topic(figures, topic):
        starts_the_year = (row.start.month, row.start.day) == (1, 1)
        if starts_the_year and row.start.year == row.end.year and row.value is not None:
            key = (row.indicator, row.detail_en or row.detail_vi, row.organisation, row.area)
            cells = series.setdefault(key, {})
            cells.setdefault(row.start.year, {})[row.scenario] = row
    return {
        key: cells
        for key, cells in series.items()
        if sum({"plan", "actual"} <= set(pair) for pair in cells.values()) >= least
    }


def _is_part(row: Observation, figures: Figures) -> bool:
    """Whether a figure is a part of another figure of the same indicator."""
    totals = (part.partition("@")[0] for part in row.part_of.split())
    return any(figures[total].indicator == row.indicator for total in totals)
