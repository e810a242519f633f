"""Checks of rates: against their counts and bases, and against other rates over the same base."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from ..intervals import Interval
from ..observations import Observation
from ..reference import Reference
from .findings import Figures, Finding, decimal, verdict

HUNDRED = Interval.exactly(100)


def _about(row: Observation) -> tuple:
    """What a count and its rate have in common: place, actor, money, standard, round."""
    return (
        *(row.document, row.area, row.organisation, row.programme, row.fund, row.standard),
        *(row.detail_en, row.round),
    )


def counted(figures: Figures, reference: Reference) -> Iterator[tuple[Observation, Observation]]:
    """Give (rate, count) for every rate whose count is printed too."""
    counts: dict[tuple, Observation] = {}
    for row in figures.numbered():
        if row.scenario != "estimate":
            counts.setdefault((row.indicator, _about(row)), row)
    for row in figures.numbered():
        indicator = reference.indicators[row.indicator]
        if indicator.nature == "rate" and indicator.count and row.scenario != "estimate":
            count = counts.get((indicator.count, _about(row)))
            if count is not None and row.value:
                yield row, count


def implied_base(figures: Figures, rate: Observation, count: Observation, cut: bool) -> Interval:
    """Return the interval of the base that a count and a printed percentage imply."""
    return figures.interval(count) * HUNDRED / figures.interval(rate, cut)


def rates(figures: Figures, reference: Reference) -> Iterator[Finding]:
    for rate, count in counted(figures, reference):
        base = stated_base(figures, reference, rate)
        if base is None:
            yield _whole_base(figures, rate, count)
            continue
        left = tuple(
            figures.interval(count, cut) * HUNDRED / figures.interval(base, cut)
            for cut in (False, True)
        )
        right = tuple(figures.interval(rate, cut) for cut in (False, True))
        value = decimal(Fraction(count.value) * 100 / Fraction(base.value))
        # A base of another date cannot be blamed on the arithmetic.
        soft = base.round != rate.round or base.document != rate.document
        result, gap = verdict(left, right, value == rate.value, soft)
        yield Finding(
            "rate",
            result,
            (rate.figure, count.figure, base.figure),
            (count.figure, "/", base.figure, "×", "100"),
            "=",
            (rate.figure,),
            value,
            rate.value,
            decimal(gap),
            "percentage-point",
        )


def stated_base(figures: Figures, reference: Reference, rate: Observation) -> Observation | None:
    """The printed base of a rate: of its own report and round if there is one, else the nearest."""
    code = reference.indicators[rate.indicator].base
    same = [
        row
        for row in figures.numbered()
        if row.indicator == code
        and row.area == rate.area
        and row.value
        and (row.programme, row.fund, row.standard)
        == (rate.programme, rate.fund, rate.standard if row.standard else "")
        and (row.detail_en == rate.detail_en or not row.detail_en)
    ]
    near = [row for row in same if abs(row.round - rate.round) <= 1]
    return min(
        near,
        key=lambda row: (row.document != rate.document, abs((row.end - rate.end).days)),
        default=None,
    )


def _whole_base(figures: Figures, rate: Observation, count: Observation) -> Finding:
    """Where no base is printed: is there a whole number that count and rate can both be true of?"""
    rounded, cut = (implied_base(figures, rate, count, flag) for flag in (False, True))
    result = (
        "holds" if rounded.holds_integer() else "truncation" if cut.holds_integer() else "fails"
    )
    value = decimal(Fraction(count.value) * 100 / Fraction(rate.value), 1)
    return Finding(
        "implied_base",
        result,
        (rate.figure, count.figure),
        (count.figure, "/", rate.figure),
        "",
        (),
        value,
        None,
        Decimal(0),
        count.unit,
    )


def common_bases(figures: Figures, reference: Reference) -> Iterator[Finding]:
    """Rates over one base must imply one base: say which do, and which do not."""
    groups: dict[tuple, list[tuple[Observation, Observation]]] = defaultdict(list)
    for rate, count in counted(figures, reference):
        base = reference.indicators[rate.indicator].base
        if base and not rate.programme:
            groups[(base, rate.document, rate.area, rate.standard, rate.round)].append(
                (rate, count)
            )
    for pairs in groups.values():
        if len(pairs) < 2:
            continue
        bases = {rate.figure: implied_base(figures, rate, count, True) for rate, count in pairs}
        together = _largest_meeting(bases)
        agreed = [(rate, count) for rate, count in pairs if rate.figure in together]
        if len(agreed) > 1:
            yield _shared_base(bases, agreed)
        for rate, count in pairs:
            if rate.figure in together and len(agreed) > 1:
                continue
            other = next(pair for pair in (*agreed, *pairs) if pair[0].figure != rate.figure)
            if len(agreed) < 2 and rate is not pairs[0][0]:
                continue  # two that do not meet are one finding
            yield _two_bases(bases, (rate, count), other)


def _largest_meeting(bases: dict[str, Interval]) -> set[str]:
    """The largest set of intervals that have a number in common."""
    best: set[str] = set()
    for point in sorted({interval.low for interval in bases.values()}):
        inside = {name for name, one in bases.items() if one.low <= point <= one.high}
        if len(inside) > len(best):
            best = inside
    return best


def _shared_base(bases: dict[str, Interval], agreed: list) -> Finding:
    low = max(bases[rate.figure].low for rate, _ in agreed)
    high = min(bases[rate.figure].high for rate, _ in agreed)
    return Finding(
        "common_base",
        "holds",
        tuple(row.figure for pair in agreed for row in pair),
        (),
        "",
        (),
        decimal(low, 1),
        decimal(high, 1),
        Decimal(0),
        agreed[0][1].unit,
    )


def _two_bases(bases: dict[str, Interval], one: tuple, other: tuple) -> Finding:
    (rate, count), (rate_2, count_2) = one, other
    gap = bases[rate.figure].distance(bases[rate_2.figure])
    return Finding(
        "two_bases",
        "fails" if gap else "holds",
        (rate.figure, count.figure, rate_2.figure, count_2.figure),
        (count.figure, "/", rate.figure),
        "=",
        (count_2.figure, "/", rate_2.figure),
        decimal(Fraction(count.value) * 100 / Fraction(rate.value), 1),
        decimal(Fraction(count_2.value) * 100 / Fraction(rate_2.value), 1),
        decimal(gap, 1),
        count.unit,
    )
