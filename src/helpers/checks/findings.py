"""What a check gives: a finding, with its verdict; and the observations it is made from."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..intervals import Interval
from ..observations import Observation
from ..reference import Reference

# From the weightiest to the lightest.
VERDICTS = ("fails", "suspicious", "truncation", "rounding", "holds")
# Figures of these measures are measured and rounded; everything else is counted and exact.
MEASURED = ("share", "share-change", "money", "area", "length", "mass")


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Attributes
    ----------
    kind : str
        What was checked; `wording` has a phrase for it.
    verdict : str
        One of VERDICTS.
    figures : tuple of str
        The figures it touches.
    left, right : tuple of str
        The two sides as tokens: figure ids, operators and plain numbers.
    relation : str
        What should stand between the sides: "=", "≤", or "" where there is no arithmetic.
    left_value, right_value : Decimal or None
        The sides computed from the printed values.
    gap : Decimal
        By how much the relation fails at least, roundings granted; 0 if it does not.
    unit : str
        Unit of the values and the gap, or "".
    reason_vi, reason_en : str
        What the check rests on or what the finding may mean, where a person said so.
    """

    kind: str
    verdict: str
    figures: tuple[str, ...]
    left: tuple[str, ...] = ()
    relation: str = ""
    right: tuple[str, ...] = ()
    left_value: Decimal | None = None
    right_value: Decimal | None = None
    gap: Decimal = Decimal(0)
    unit: str = ""
    reason_vi: str = ""
    reason_en: str = ""

    @property
    def weight(self) -> tuple:
        """Orders findings, the weightiest first: by verdict, then by the relative gap."""
        size = max(abs(self.left_value or 0), abs(self.right_value or 0)) or 1
        return VERDICTS.index(self.verdict), -self.gap / Decimal(size), self.kind, self.figures


class Figures:
    """The observations of a district, by id, with the interval each print stands for."""

    def __init__(self, rows: list[Observation], reference: Reference):
        self.rows = rows
        self.by_id = {row.figure: row for row in rows}
        self.units = reference.units

    def resolution(self, row: Observation) -> Decimal:
        measured = self.units[row.unit].measure.startswith(MEASURED)
        return row.resolution if measured else Decimal(0)

    def interval(self, row: Observation, truncated: bool = False) -> Interval:
        return Interval.printed(row.value, self.resolution(row), row.bound, truncated)

    def numbered(self) -> Iterator[Observation]:
        return (row for row in self.rows if row.value is not None)


def verdict(
    left: tuple[Interval, Interval], right: tuple[Interval, Interval], equal: bool, soft: bool
) -> tuple[str, Fraction]:
    """Return the verdict on left = right, and by how much it fails at least.

    Each side is given as (rounded, rounded or truncated); `equal` says that the printed values
    agree as they stand; `soft` that a side is only a bound, so that a failure is a suspicion.
    """
    if equal:
        return "holds", Fraction(0)
    if left[0].meets(right[0]):
        return "rounding", Fraction(0)
    if left[1].meets(right[1]):
        return "truncation", Fraction(0)
    return ("suspicious" if soft else "fails"), left[1].distance(right[1])


def decimal(value: Fraction, places: int = 6) -> Decimal:
    exact = round(Decimal(value.numerator) / Decimal(value.denominator), places)
    return Decimal(f"{exact.normalize():f}")
