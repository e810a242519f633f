"""Consistency checks: what the figures say of each other, tested with interval arithmetic.

A check never changes a value. It gives a finding: which figures, the arithmetic, the verdict.
Most checks follow from the structure of the data and the registries; what needs a person's
statement ("these two should agree, because …") is a row in data/raw/<district>/statements.csv.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

import pandas as pd

from .intervals import Interval, total
from .observations import Observation
from .reference import Reference
from .sheets import Document

# From the weightiest to the lightest.
VERDICTS = ("fails", "suspicious", "truncation", "rounding", "holds")
# Figures of these measures are measured and rounded; everything else is counted and exact.
MEASURED = ("share", "share-change", "money", "area", "length", "mass")
HUNDRED = Interval.exactly(100)
FEWEST_PAIRS = 4  # plan and actual alike in fewer cells is no oddity


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


def run(
    table: pd.DataFrame,
    documents: dict[str, Document],
    reference: Reference,
    district: str,
    statements: Iterable["Statement"] = (),
) -> list[Finding]:
    """Return every finding about a district's observations, the weightiest first."""
    rows = list(table.itertuples())
    figures = Figures(rows, reference)
    found = [
        *_sums(figures),
        *_within(figures),
        *_rates(figures, reference),
        *_common_bases(figures, reference),
        *_repeats(figures),
        *_shares(figures, reference),
        *_named_places(figures),
        *_plan_is_actual(figures),
        *_magnitudes(figures, reference),
        *_readings(figures),
        *_spellings(figures, reference, district),
        *_dates(figures, documents),
        *(statement.check(figures) for statement in statements),
    ]
    return sorted(found, key=lambda finding: finding.weight)


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


def _decimal(value: Fraction, places: int = 6) -> Decimal:
    exact = round(Decimal(value.numerator) / Decimal(value.denominator), places)
    return Decimal(f"{exact.normalize():f}")


# ------------------------------------------------------------ totals and parts
def _sums(figures: Figures) -> Iterator[Finding]:
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
            _decimal(gap),
            whole.unit,
        )


def _joined(names: list[str], sign: str) -> tuple[str, ...]:
    tokens: list[str] = []
    for name in names:
        tokens += [sign, name] if tokens else [name]
    return tuple(tokens)


def _within(figures: Figures) -> Iterator[Finding]:
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
        _decimal(max(over, Fraction(0))),
        whole.unit,
    )


# ------------------------------------------------------------ rates, counts and bases
def _about(row: Observation) -> tuple:
    """What a count and its rate have in common: place, actor, money, standard, round."""
    return (
        *(row.document, row.area, row.organisation, row.programme, row.fund, row.standard),
        *(row.detail_en, row.round),
    )


def _counted(figures: Figures, reference: Reference) -> Iterator[tuple[Observation, Observation]]:
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


def _rates(figures: Figures, reference: Reference) -> Iterator[Finding]:
    for rate, count in _counted(figures, reference):
        base = _stated_base(figures, reference, rate)
        if base is None:
            yield _whole_base(figures, rate, count)
            continue
        left = tuple(
            figures.interval(count, cut) * HUNDRED / figures.interval(base, cut)
            for cut in (False, True)
        )
        right = tuple(figures.interval(rate, cut) for cut in (False, True))
        value = _decimal(Fraction(count.value) * 100 / Fraction(base.value))
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
            _decimal(gap),
            "percentage-point",
        )


def _stated_base(figures: Figures, reference: Reference, rate: Observation) -> Observation | None:
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
    value = _decimal(Fraction(count.value) * 100 / Fraction(rate.value), 1)
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


def _common_bases(figures: Figures, reference: Reference) -> Iterator[Finding]:
    """Rates over one base must imply one base: say which do, and which do not."""
    groups: dict[tuple, list[tuple[Observation, Observation]]] = defaultdict(list)
    for rate, count in _counted(figures, reference):
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
        _decimal(low, 1),
        _decimal(high, 1),
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
        _decimal(Fraction(count.value) * 100 / Fraction(rate.value), 1),
        _decimal(Fraction(count_2.value) * 100 / Fraction(rate_2.value), 1),
        _decimal(gap, 1),
        count.unit,
    )


# ------------------------------------------------------------ the same thing twice
def _repeats(figures: Figures) -> Iterator[Finding]:
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
        _decimal(gap),
        one.unit,
    )


# ------------------------------------------------------------ shares, places, plans
def _shares(figures: Figures, reference: Reference) -> Iterator[Finding]:
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
            _decimal(max(over, Fraction(0))),
            "percentage-point",
        )


def _named_places(figures: Figures) -> Iterator[Finding]:
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


def _plan_is_actual(figures: Figures) -> Iterator[Finding]:
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


# ------------------------------------------------------------ orders of magnitude, prints, names
def _magnitudes(figures: Figures, reference: Reference) -> Iterator[Finding]:
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
        _decimal(Fraction(value), 4),
        None if inside else bound,
        Decimal(0) if inside else abs(value - bound),
        row.unit,
        ratio.reason_vi,
        ratio.reason_en,
    )


def _readings(figures: Figures) -> Iterator[Finding]:
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


def _spellings(figures: Figures, reference: Reference, district: str) -> Iterator[Finding]:
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


def _dates(figures: Figures, documents: dict[str, Document]) -> Iterator[Finding]:
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


# ------------------------------------------------------------ statements
@dataclass(frozen=True)
class Statement:
    """What a person says should agree: two expressions of figures, a relation, and why.

    An expression is a sum, difference, product or quotient of figures (2022-f012) and numbers,
    written with spaces: "2022-f119 × 60". `relation` is "=", "≤" or "span" (the two sides should
    refer to the same period).
    """

    left: tuple[str, ...]
    relation: str
    right: tuple[str, ...]
    reason_vi: str
    reason_en: str

    @property
    def figures(self) -> tuple[str, ...]:
        operands = (*self.left[::2], *self.right[::2])
        return tuple(token for token in operands if not is_number(token))

    def check(self, figures: Figures) -> Finding:
        reasons = {"reason_vi": self.reason_vi, "reason_en": self.reason_en}
        rows = [figures.by_id[name] for name in self.figures]
        if self.relation == "span":
            spans = {(row.start, row.end) for row in rows}
            result = "holds" if len(spans) == 1 else "suspicious"
            return Finding("span", result, self.figures, **reasons)
        left = tuple(_evaluate(self.left, figures, cut) for cut in (False, True))
        right = tuple(_evaluate(self.right, figures, cut) for cut in (False, True))
        values = [_decimal(_evaluate(side, figures, None).low) for side in (self.left, self.right)]
        soft = any(row.bound != "=" for row in rows)
        if self.relation == "≤":
            gap = max(Fraction(0), left[1].low - right[1].high)
            result = "holds" if values[0] <= values[1] else "fails" if gap else "rounding"
        else:
            result, gap = verdict(left, right, values[0] == values[1], soft)
        return Finding(
            "statement",
            result,
            self.figures,
            self.left,
            self.relation,
            self.right,
            values[0],
            values[1],
            _decimal(gap),
            (rows[0] if is_number(self.right[0]) else figures.by_id[self.right[0]]).unit,
            **reasons,
        )


def is_number(token: str) -> bool:
    """Whether an operand is a plain number and not a figure."""
    try:
        Decimal(token)
    except InvalidOperation:
        return False
    return True


OPERATORS = {
    "+": Interval.__add__,
    "−": Interval.__sub__,
    "×": Interval.__mul__,
    "/": Interval.__truediv__,
}


def _evaluate(tokens: tuple[str, ...], figures: Figures, cut: bool | None) -> Interval:
    """Evaluate an expression, products before sums; `cut` None takes the values as printed."""

    def operand(token: str) -> Interval:
        if is_number(token):
            return Interval.exactly(Decimal(token))
        row = figures.by_id[token]
        found = Interval.exactly(row.value) if cut is None else figures.interval(row, cut)
        # Money per person or piece is kept in small units: in an expression all is in millions.
        money = figures.units[row.unit].measure.startswith("money")
        return found * Interval.exactly(figures.units[row.unit].factor) if money else found

    values, signs = [operand(tokens[0])], []
    for sign, token in zip(tokens[1::2], tokens[2::2], strict=True):
        if sign in "×/":
            values[-1] = OPERATORS[sign](values[-1], operand(token))
        else:
            signs.append(sign)
            values.append(operand(token))
    result = values[0]
    for sign, value in zip(signs, values[1:], strict=True):
        result = OPERATORS[sign](result, value)
    return result
