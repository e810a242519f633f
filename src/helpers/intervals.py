"""Interval arithmetic on printed figures: a print with d decimals stands for an interval.

Numbers are exact fractions, so that nothing is lost to a second rounding.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

# "trên 41%" is taken to stay below a tenth more: nobody writes "over 41%" for 60%.
SLACK = Fraction(1, 10)


@dataclass(frozen=True)
class Interval:
    """All numbers from `low` to `high`, both included."""

    low: Fraction
    high: Fraction

    @classmethod
    def exactly(cls, value: Decimal | int) -> "Interval":
        return cls(Fraction(value), Fraction(value))

    @classmethod
    def printed(
        cls, value: Decimal, resolution: Decimal, bound: str = "=", truncated: bool = False
    ) -> "Interval":
        """What a print may stand for if it was rounded, or also if it was cut off (`truncated`).

        `resolution` is one unit of the last printed digit; 0 for a count, which is exact.
        """
        number, unit = Fraction(value), Fraction(resolution)
        low, high = number - unit / 2, number + (unit if truncated else unit / 2)
        slack = abs(number) * SLACK
        if bound == ">":
            return cls(number, max(high, number + slack))
        if bound == "<":
            return cls(min(low, number - slack), number)
        if bound == "~":
            return cls(number - slack, number + slack)
        return cls(low, high)

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: "Interval") -> "Interval":
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: "Interval") -> "Interval":
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def __truediv__(self, other: "Interval") -> "Interval":
        """Divide; ZeroDivisionError if the divisor may be zero."""
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError("the divisor may be zero")
        ends = [a / b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def meets(self, other: "Interval") -> bool:
        """Whether the two have a number in common."""
        return self.low <= other.high and other.low <= self.high

    def distance(self, other: "Interval") -> Fraction:
        """How far apart the two are at least; 0 if they meet."""
        return max(Fraction(0), self.low - other.high, other.low - self.high)

    def holds_integer(self) -> bool:
        return -(-self.low // 1) <= self.high


def total(parts: list[Interval]) -> Interval:
    """Return the interval of a sum."""
    result = Interval.exactly(0)
    for part in parts:
        result = result + part
    return result
