"""Bases: what counts and rates imply about the number of households behind them."""

from decimal import Decimal

from markupsafe import Markup

from .. import bases, charts
from ..bases import Common, Implied
from ..edition import Edition
from ..fragments import Fragment, paragraphs
from ..tables import Column, Table, muted
from .absence import absent


def reconciliation(edition: Edition) -> Fragment:
    """Tabulate count, rate, implied base and stated base of every such pair."""
    found = bases.implied(edition.table, edition.reference)
    if not found:
        return absent(edition)
    rows = [
        [
            edition.indicator(one.rate.indicator),
            str(one.rate.round),
            edition.linked(one.count, with_unit=False),
            edition.linked(one.rate),
            _interval(edition, one),
            edition.linked(one.stated, with_unit=False) if one.stated else muted("–"),
            edition.say(f"bases.{_agreement(one)}"),
        ]
        for one in found
    ]
    used = [row for one in found for row in (one.rate, one.count)]
    return Table(
        edition.say("bases.table"),
        [
            Column(edition.say("label.indicator")),
            Column(edition.say("label.round"), numeric=True),
            Column(edition.say("bases.count"), numeric=True),
            Column(edition.say("bases.rate"), numeric=True),
            Column(edition.say("bases.implied"), numeric=True),
            Column(edition.say("bases.stated"), numeric=True),
            Column(edition.say("bases.agrees")),
        ],
        [(None, rows)],
        [edition.say("bases.note"), edition.sources(used)],
    )


def _agreement(one: Implied) -> str:
    """Whether the printed base fits; one of another date is not blamed for not fitting."""
    if one.agrees is None:
        return "unknown"
    if one.agrees:
        return "yes"
    return "no" if one.stated.end == one.rate.end else "other_date"


def _interval(edition: Edition, one: Implied) -> Markup:
    low, high = (one.low, one.high) if one.low is not None else one.cut
    text = str(edition.say("bases.none")) if low is None else _numbers(edition, low, high)
    return edition.linked_to([one.rate.figure, one.count.figure], text)


def common_chart(edition: Edition) -> Fragment | None:
    """Draw the base that each deprivation implies, with the base they share; None without one."""
    found = bases.implied(edition.table, edition.reference)
    deprived = [one for one in found if one.rate.topic == "deprivation"]
    shared = _deprivation_base(edition, found)
    if shared is None or not deprived:
        return None
    ordered = sorted(deprived, key=lambda one: (one not in shared.agreed, -one.value))
    items = [
        charts.Range(
            edition.reference.indicators[one.count.indicator].label(edition.language),
            float(one.cut[0]),
            float(one.cut[1]),
            _numbers(edition, *one.cut),
            one in shared.agreed,
        )
        for one in ordered
    ]
    marks = [
        (float(shared.low), str(edition.say("bases.common_mark", base=_base(edition, shared))))
    ]
    stated = next((one.stated for one in shared.agreed if one.stated is not None), None)
    if stated is not None:
        value = edition.value(stated, with_unit=False)
        marks.append((float(stated.value), str(edition.say("bases.stated_mark", base=value))))
    title = edition.say("bases.chart_title")
    listed = "; ".join(f"{item.label}: {item.text}" for item in items)
    return charts.Chart(
        title,
        charts.ranges(items, marks),
        str(edition.say("label.chart_alt", title=title, items=listed)),
        Markup(" ").join(
            [edition.say("bases.cut_note"), edition.sources(one.rate for one in ordered)]
        ),
    )


def _deprivation_base(edition: Edition, found: list[Implied]) -> Common | None:
    for one in bases.common(found, edition.reference):
        if one.agreed[0].rate.topic == "deprivation":
            return one
    return None


def _base(edition: Edition, shared: Common) -> str:
    return _numbers(edition, shared.low, shared.high)


def _numbers(edition: Edition, low: int, high: int) -> str:
    """A number, or a range of numbers."""
    return edition.number(low) if low == high else f"{edition.number(low)}–{edition.number(high)}"


def inference(edition: Edition) -> Fragment | None:
    """Say what the shared base very probably is, with its arithmetic; None without one."""
    found = bases.implied(edition.table, edition.reference)
    shared = _deprivation_base(edition, found)
    if shared is None:
        return None
    rates = [one.rate.figure for one in shared.agreed]
    base = edition.linked_to(rates, _base(edition, shared))
    total = len([one for one in found if one.rate.topic == "deprivation"])
    said = [edition.say("bases.shared", agreed=len(shared.agreed), all=total, base=base)]
    stated = next((one.stated for one in shared.agreed if one.stated is not None), None)
    if stated is not None:
        said.append(
            edition.say("bases.not_stated", stated=edition.linked(stated), round=stated.round)
        )
    result = bases.infer(edition.table, edition.reference)
    if result is not None and result.is_close:
        opening = edition.quantity(result.opening.value, "percent", 2)
        said.append(
            edition.say(
                "bases.inference",
                base=base,
                opening=edition.linked_to(result.opening.figures, opening),
                round=result.opening.round,
                households=edition.number(round(result.households)),
                implied=_interval(edition, result.earlier),
                gap=edition.number(abs(result.gap).quantize(Decimal("0.01"))),
                standard=edition.standard(result.opening.standard),
            )
        )
    return paragraphs(said)
