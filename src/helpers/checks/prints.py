"""Checks of a figure by itself: order of magnitude, print, names of places, dates."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from ..observations import Observation
from ..reference import Reference
from ..sheets import Document
from .findings import Figures, Finding, decimal


def magnitudes(figures: Figures, reference: Reference) -> Iterator[Finding]:
    """A value per household, person or piece far out of the range given in ratios.csv."""
    for ratio in reference.ratios:
        below = [row for row in figures.numbered() if row.indicator == ratio.denominator]
        for row in figures.numbered():
            if row.indicator != ratio.numerator:
                continue
            for other in below:
                if other.value and _same_subject(row, other):
                    yield _magnitude(ratio, row, other)


def _same_subject(row: Observation, other: Observation) -> bool:
    def key(one):
        return (
            *(one.document, one.area, one.organisation, one.fund, one.detail_en),
            *(one.start, one.end, one.scenario),
        )

    return key(row) == key(other)


def _magnitude(ratio, row: Observation, other: Observation) -> Finding:
    value = row.value / other.value
    inside = ratio.low <= value <= ratio.high
    bound = ratio.low if value < ratio.low else ratio.high
    return Finding(
        "magnitude",
        "holds" if inside else "suspicious",
        (row.figure, other.figure),
        (row.figure, "/", other.figure),
        "" if inside else "≥" if value < ratio.low else "≤",
        () if inside else (f"{bound:f}",),
        decimal(Fraction(value), 4),
        None if inside else bound,
        Decimal(0) if inside else abs(value - bound),
        row.unit,
        ratio.reason_vi,
        ratio.reason_en,
    )


def readings(figures: Figures) -> Iterator[Finding]:
    """A print that had to be read otherwise is a finding of its own, unless it is plain words."""
    for row in figures.rows:
        if row.reading and any(character.isdigit() for character in row.printed):
            yield Finding(
                "print",
                "suspicious",
                (row.figure,),
                reason_vi=row.reason_vi,
                reason_en=row.reason_en,
            )


def spellings(figures: Figures, reference: Reference, district: str) -> Iterator[Finding]:
    """Names spelt otherwise than officially, and places that are not in the district."""
    own = reference.district(district).code
    seen: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in figures.rows:
        names = [name.strip() for name in row.area_printed.split(";") if name.strip()]
        for name, code in zip(names, row.area.split(), strict=True):
            area = reference.areas[code]
            official = (area.official, area.name("vi"), "Thị trấn")
            if area.parent != own and code != own:
                seen["outside", name].append(row.figure)
            elif name not in official:
                seen["spelling", f"{name} → {area.official}"].append(row.figure)
    for (kind, text), names in seen.items():
        yield Finding(kind, "suspicious", tuple(names), reason_vi=text, reason_en=text)


def dates(figures: Figures, documents: dict[str, Document]) -> Iterator[Finding]:
    """Actual figures for a time that had not passed when the report was dated."""
    for code, document in documents.items():
        late = [
            row.figure
            for row in figures.rows
            if row.document == code and row.scenario == "actual" and row.end > document.date.end
        ]
        if late:
            # It is about the report as a whole: its figures are counted, not marked one by one.
            yield Finding(
                "future",
                "suspicious",
                (),
                left_value=Decimal(len(late)),
                reason_vi=code,
                reason_en=code,
            )
