"""The base behind a rate: what count and rate imply, what the report states, and an inference.

A printed count and a printed percentage imply the base within an interval. Where several rates
share one base, their intervals narrow it down, often to a single number.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from . import observations, rounds
from .checks import Figures, rates
from .intervals import Interval
from .observations import Observation
from .reference import Reference
from .rounds import Point

FEWEST = 3  # rates that have to share a base before it is called common


@dataclass(frozen=True)
class Implied:
    """A rate with its count: the base they imply as printed, its interval, the stated base.

    `low` and `high` are the whole numbers the base may be if the rate was rounded (None where
    there is none), `cut` those it may be if it was rounded or cut off; `stated` is the nearest
    printed base, which may be of another date.
    """

    rate: Observation
    count: Observation
    value: Decimal
    low: int | None
    high: int | None
    cut: tuple[int | None, int | None]
    stated: Observation | None

    @property
    def agrees(self) -> bool | None:
        """Whether the stated base lies in the interval; None where no base is stated."""
        if self.stated is None or self.low is None:
            return None
        return self.low <= self.stated.value <= self.high


def implied(table: pd.DataFrame, reference: Reference) -> list[Implied]:
    """Return every rate of people or households whose count is printed too, in sheet order."""
    figures = Figures(observations.rows(table), reference)
    found = []
    for rate, count in rates.counted(figures, reference):
        if rate.programme:
            continue
        low, high = _whole(rates.implied_base(figures, rate, count, cut=False))
        cut = _whole(rates.implied_base(figures, rate, count, cut=True))
        value = Decimal(count.value) * 100 / rate.value
        stated = rates.stated_base(figures, reference, rate)
        found.append(Implied(rate, count, value, low, high, cut, stated))
    return found


def _whole(interval: Interval) -> tuple[int | None, int | None]:
    low, high = -int(-interval.low // 1), int(interval.high // 1)
    return (low, high) if low <= high else (None, None)


def moved(before: Implied, after: Implied, least: Decimal = Decimal(1)) -> bool:
    """Whether two rates rest on bases that differ by more than `least` percent."""
    return abs(after.value - before.value) * 100 / before.value > least


@dataclass(frozen=True)
class Common:
    """A base that several rates share: the whole numbers it may be, and the rates that agree.

    `agreed` are the rates that imply it, rounded or cut off; `others` those that do not.
    """

    low: int
    high: int
    agreed: list[Implied]
    others: list[Implied]


def common(found: list[Implied], reference: Reference) -> list[Common]:
    """Return the base that the rates of one report, round and standard share, where three do."""
    groups: dict[tuple, list[Implied]] = defaultdict(list)
    for one in found:
        base = reference.indicators[one.rate.indicator].base
        if base and one.cut[0] is not None:
            groups[(base, one.rate.document, one.rate.standard, one.rate.round)].append(one)
    result = []
    for group in groups.values():
        best = max(
            ([one for one in group if one.cut[0] <= point.cut[0] <= one.cut[1]] for point in group),
            key=len,
        )
        if len(best) >= FEWEST:
            low, high = max(one.cut[0] for one in best), min(one.cut[1] for one in best)
            result.append(Common(low, high, best, [one for one in group if one not in best]))
    return result


@dataclass(frozen=True)
class Inference:
    """What a common base very probably is: the poor households of the round before.

    The base over the derived opening rate gives `households`, the number of all households;
    `earlier` is the opening year's own printed rate with the base that it implies, and `gap` how
    far the two are apart, in percent.
    """

    base: Common
    opening: Point
    households: Decimal
    earlier: Implied
    gap: Decimal

    @property
    def is_close(self) -> bool:
        """Whether the two numbers of households agree within half a percent."""
        return abs(self.gap) < Decimal("0.5")


def infer(table: pd.DataFrame, reference: Reference) -> Inference | None:
    """Return the inference for the first common base it can be made for, else None."""
    found = implied(table, reference)
    openings = [point for point in rounds.points(table, "poverty_rate") if point.derived]
    for base in common(found, reference):
        rate = base.agreed[0].rate
        for opening in openings:
            if (opening.round + 1, opening.standard) != (rate.round, rate.standard):
                continue
            for one in found:
                if one.rate.indicator == "poverty_rate" and one.rate.round == opening.round:
                    households = Decimal(base.low) * 100 / opening.value
                    gap = (households - one.value) * 100 / one.value
                    return Inference(base, opening, households, one, gap)
    return None
