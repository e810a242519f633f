"""Checks of numbers against each other: totals and parts, what is stated twice, shares, plans."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from ..intervals import total
from ..observations import Observation
from ..reference import Reference
from .findings import Figures, Finding, decimal, verdict

FEWEST_PAIRS = 4  # plan and actual alike in fewer cells is no oddity


def sums(figures: Figures) -> Iterator[Finding]:
    groups: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for row in figures.numbered():
        for part in row.part_of.split():
            name, _, partition = part.partition("@")
            if figures.by_id[name].value is not None:
                groups[name, partition].append(row)
    for (name, _), parts in groups.items():
        whole = figures.by_id[name]
        left = tuple(total([figures.interval(row, cut) for row in parts]) for cut in (False, True))
        right = tuple(figures.interval(whole, cut) for cut in (False, True))
        value = sum((row.value for row in parts), Decimal(0))
        soft = any(row.bound != "=" for row in (*parts, whole))
        result, gap = verdict(left, right, value == whole.value, soft)
        yield Finding(
            "sum",
            result,
            (name, *(row.figure for row in parts)),
            _joined([row.figure for row in parts], "+"),
            "=",
            (name,),
            value,
            whole.value,
            decimal(gap),
            whole.unit,
        )


def _joined(names: list[str], sign: str) -> tuple[str, ...]:
    tokens: list[str] = []
    for name in names:
        tokens += [sign, name] if tokens else [name]
    return tuple(tokens)


def within(figures: Figures) -> Iterator[Finding]:
    for row in figures.numbered():
        for name in row.within.split():
            whole = figures.by_id[name]
            if whole.value is not None:
                yield _at_most(figures, "within", row, whole)


def _at_most(figures: Figures, kind: str, part: Observation, whole: Observation) -> Finding:
    over = figures.interval(part).low - figures.interval(whole, truncated=True).high
    result = "fails" if over > 0 else "holds" if part.value <= whole.value else "rounding"
    return Finding(
        kind,
        result,
        (part.figure, whole.figure),
        (part.figure,),
        "≤",
        (whole.figure,),
        part.value,
        whole.value,
        decimal(max(over, Fraction(0))),
        whole.unit,
    )


def repeats(figures: Figures) -> Iterator[Finding]:
    groups: dict[tuple, list[Observation]] = defaultdict(list)
    for row in figures.numbered():
        key = (
            *(row.indicator, row.area, row.organisation, row.programme, row.fund, row.standard),
            *(row.detail_en, row.detail_vi, row.start, row.end, row.scenario, row.unit),
        )
        groups[key].append(row)
    for rows in groups.values():
        first = rows[0]
        for row in rows[1:]:
            sides = [
                tuple(figures.interval(one, cut) for cut in (False, True)) for one in (first, row)
            ]
            soft = first.bound != "=" or row.bound != "="
            result, gap = verdict(*sides, first.value == row.value, soft)
            yield _pair("repeat", result, first, row, gap)


def _pair(kind: str, result: str, one: Observation, other: Observation, gap: Fraction) -> Finding:
    return Finding(
        kind,
        result,
        (one.figure, other.figure),
        (one.figure,),
        "=",
        (other.figure,),
        one.value,
        other.value,
        decimal(gap),
        one.unit,
    )


def shares(figures: Figures, reference: Reference) -> Iterator[Finding]:
    """Shares of the parts of one whole cannot exceed 100 together."""
    groups: dict[tuple, list[Observation]] = defaultdict(list)
    for row in figures.numbered():
        indicator = reference.indicators[row.indicator]
        if (
            indicator.nature == "rate"
            and row.unit == "percent"
            and row.detail_en
            and indicator.base
        ):
            groups[(row.indicator, row.document, row.area, row.end, row.scenario)].append(row)
    for rows in groups.values():
        if len(rows) < 2:
            continue
        value = sum((row.value for row in rows), Decimal(0))
        over = total([figures.interval(row) for row in rows]).low - 100
        names = [row.figure for row in rows]
        yield Finding(
            "shares",
            "fails" if over > 0 else "holds",
            tuple(names),
            _joined(names, "+"),
            "≤",
            ("100",),
            value,
            Decimal(100),
            decimal(max(over, Fraction(0))),
            "percentage-point",
        )


def named_places(figures: Figures) -> Iterator[Finding]:
    """A number of communes that are also named must be the number of names."""
    for row in figures.numbered():
        named = len(row.area.split())
        if named > 1 and figures.units[row.unit].measure == "commune" and row.bound == "=":
            gap = abs(row.value - named)
            yield Finding(
                "named_places",
                "fails" if gap else "holds",
                (row.figure,),
                (row.figure,),
                "=",
                (str(named),),
                row.value,
                Decimal(named),
                gap,
                row.unit,
            )


def plan_is_actual(figures: Figures) -> Iterator[Finding]:
    """A plan met to the unit in every cell of a table was perhaps written afterwards."""
    cells: dict[tuple, dict[tuple, dict[str, Observation]]] = defaultdict(lambda: defaultdict(dict))
    for row in figures.numbered():
        if row.scenario in ("plan", "actual") and row.section.startswith("annex"):
            key = (row.detail_en, row.start, row.round)
            cells[row.document, row.section][row.indicator, *key][row.scenario] = row
    for found in cells.values():
        pairs = [pair for pair in found.values() if len(pair) == 2]
        same = [pair for pair in pairs if pair["plan"].value == pair["actual"].value]
        if len(pairs) >= FEWEST_PAIRS:
            yield Finding(
                "plan_is_actual",
                "suspicious" if len(same) == len(pairs) else "holds",
                tuple(pair["actual"].figure for pair in pairs),
                left_value=Decimal(len(same)),
                right_value=Decimal(len(pairs)),
            )
