"""What a district's reports cover, in short: all that the overview of many districts needs.

It is kept in data/processed/<district>/coverage.json, so that an overview of hundreds of districts
reads a few kilobytes of each and not every figure.
"""

import json
from collections import Counter
from dataclasses import asdict, dataclass
from hashlib import sha256

from . import comparability, files, processed, reference, rounds
from .comparability import Traits
from .processed import Processed
from .project import Project

FILE = "coverage.json"


@dataclass(frozen=True)
class Source:
    """A report: its number, its date and the period it covers, as ISO 8601."""

    number: str
    date: str
    period: str


@dataclass(frozen=True)
class Coverage:
    """What a district reports.

    `spells` are the rounds with a poverty rate, (round, whether it is derived), by standard;
    `topics` the number of figures with the first and the last year, by topic; `headlines` the
    traits of each indicator that is given for the whole district.
    """

    slug: str
    name: str
    sources: list[Source]
    figures: int
    spells: dict[str, list[tuple[int, bool]]]
    topics: dict[str, tuple[int, int, int]]
    headlines: dict[str, Traits]


def of(slug: str, name: str, found: Processed) -> Coverage:
    """Return what a district covers."""
    table = found.table
    points = rounds.points(table, "poverty_rate")
    years = table.assign(
        first=[day.year for day in table["start"]], last=[day.year for day in table["end"]]
    ).groupby("topic")
    counts = Counter(table["topic"])
    first, last = years["first"].min(), years["last"].max()
    return Coverage(
        slug,
        name,
        [
            Source(each.number, each.date.text, each.period.text)
            for each in found.documents.values()
        ],
        len(table),
        {
            spell[0].standard: [(point.round, point.derived) for point in spell]
            for spell in rounds.spells(points)
        },
        {code: (counts[code], int(first[code]), int(last[code])) for code in counts},
        comparability.headlines(table),
    )


def keep(project: Project, district: str, found: Processed) -> Coverage:
    """Write a district's coverage beside its observations, and return it."""
    area = reference.load(project).district(district)
    coverage = of(district, area.official, found)
    folder = project.processed / district
    made_from = _digest((folder / processed.INPUTS).read_text(encoding="utf-8"))
    kept = {"made_from": made_from, **asdict(coverage)}
    files.write(folder / FILE, json.dumps(kept, ensure_ascii=False, indent=1) + "\n")
    return coverage


def load(project: Project, district: str) -> Coverage:
    """Return what a district covers, anew where its raw files have changed since.

    Raises
    ------
    InputError
        If its sheets hold a mistake.
    """
    text = processed.current(project, district)
    try:
        kept = json.loads((project.processed / district / FILE).read_text(encoding="utf-8"))
        if text and kept.pop("made_from") == _digest(text):
            return _read(kept)
    except (OSError, ValueError, KeyError, TypeError):
        pass  # what is not there, or was written by another version, is made anew
    return keep(project, district, processed.load(project, district))


def _read(kept: dict) -> Coverage:
    kept["sources"] = [Source(**source) for source in kept["sources"]]
    kept["spells"] = {
        standard: [(year, derived) for year, derived in spell]
        for standard, spell in kept["spells"].items()
    }
    kept["topics"] = {code: tuple(counts) for code, counts in kept["topics"].items()}
    kept["headlines"] = {code: Traits(*values) for code, values in kept["headlines"].items()}
    return Coverage(**kept)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
