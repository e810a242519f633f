"""Topic by topic: the headline sentence, the parts of a total as bars, every figure in a table."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from markupsafe import Markup

from .. import charts, delivery
from ..edition import Edition
from ..fragments import Fragment, paragraphs, together
from ..observations import Observation
from ..periods import Period
from ..tables import Column, Table, muted, without_empty_columns
from ..wording import lowered
from .absence import topic_absent

# Topics in which what is counted at a date must not be taken for what happened in a period.
WITH_NATURE = ("credit", "funds")


def coverage(edition: Edition, topics: Sequence[str] = delivery.TOPICS) -> Fragment:
    """Say which topics the district reports on, and which it does not."""
    present = set(edition.table["topic"])
    names = {code: lowered(edition.name(edition.reference.topics[code])) for code in topics}
    reported = Markup("; ").join(names[code] for code in topics if code in present)
    missing = Markup("; ").join(names[code] for code in topics if code not in present)
    district = edition.district_name
    return together(
        paragraphs([edition.say("delivery.reported", district=district, topics=reported)])
        if reported
        else None,
        paragraphs([edition.say("delivery.missing", topics=missing)], "absent")
        if missing
        else None,
    )


def every(edition: Edition, topics: Sequence[str] = delivery.TOPICS) -> Fragment:
    """Show each reported topic under a heading of its own, in the given order."""
    present = set(edition.table["topic"])
    return together(*(section(edition, code) for code in topics if code in present))


def section(edition: Edition, topic: str) -> Fragment:
    """Show one topic: heading, headline sentence, parts of its largest total, table."""
    heading = Fragment(
        Markup('<h3 id="topic-{}">{}</h3>').format(
            topic, edition.name(edition.reference.topics[topic])
        )
    )
    return together(
        heading,
        headline(edition, topic),
        credit_means(edition) if topic == "credit" else None,
        parts(edition, topic),
        shares(edition, topic),
        years(edition, topic),
        table(edition, topic),
    )


def headline(edition: Edition, topic: str) -> Fragment:
    """Say the figures that stand for a topic, or that the topic is not reported."""
    if not delivery.of_topic(edition.figures, topic):
        return topic_absent(edition, topic)
    rows = delivery.headlines(edition.figures, topic)
    said = [
        edition.say(
            "delivery.headline",
            indicator=lowered(_named(edition, row)) if position else _named(edition, row),
            value=edition.linked(row),
        )
        + Markup(" ({})").format(_when(edition, row))
        for position, row in enumerate(rows)
    ]
    return paragraphs([Markup("; ").join(said) + "."] if said else [])


def parts(edition: Edition, topic: str) -> Fragment | None:
    """Draw the parts of the topic's most divided totals as bars; None where no total is divided."""
    drawn = [_parts_chart(edition, found) for found in delivery.breakdowns(edition.figures, topic)]
    return together(*drawn) if drawn else None


def _parts_chart(edition: Edition, found: delivery.Breakdown) -> Fragment:
    total, rows = found.total, found.parts
    if len({row.start for row in rows}) == 1:  # parts that are not a series in time
        rows = sorted(rows, key=lambda row: -row.value)
    labels = [_part_label(edition, row, rows) for row in rows]
    items = [
        charts.Bar(
            label,
            float(row.value),
            edition.value(row, with_unit=False) + edition.flag(row),
            hollow=bool(row.reading),
        )
        for label, row in zip(labels, rows, strict=True)
    ]
    unit = edition.reference.units[total.unit]
    title = edition.say(
        "delivery.parts_title",
        indicator=f"{_named(edition, total)} ({unit.name_for(Decimal(0), edition.language)})",
        period=edition.period(total),
    )
    title += Markup("; {}").format(
        edition.say("delivery.parts_total", value=edition.linked(total, with_unit=False))
    )
    listed = "; ".join(f"{bar.label}: {bar.text}" for bar in items)
    return charts.Chart(
        title,
        charts.bars(items),
        str(edition.say("label.chart_alt", title=title.striptags(), items=listed)),
        Markup(" ").join([edition.sources([total, *rows]), edition.flag_note([total, *rows])]),
    )


def credit_means(edition: Edition) -> Fragment:
    """Say what a household borrowed on average, and that flow and stock are kept apart."""
    said = [
        edition.say(
            "credit.mean",
            mean=edition.linked_to(
                [lent.figure, households.figure],
                edition.quantity(lent.value / households.value, lent.unit, 1),
            ),
            year=edition.period(lent),
            lent=edition.linked(lent),
            households=edition.linked(households),
        )
        for lent, households in delivery.pairs(edition.figures, "loans_lent", "loan_households")
    ]
    return together(paragraphs(said), paragraphs([edition.say("credit.caution")], "caution"))


def shares(edition: Edition, topic: str) -> Fragment | None:
    """Draw the figures that are given as so many of so many ("5/11"); None where few are."""
    found = delivery.shares(edition.figures, topic)
    if not found:
        return None
    items = [
        charts.Bar(
            str(_named(edition, part).striptags()),
            float(part.value * 100 / whole.value),
            f"{edition.value(part, with_unit=False)}/{edition.value(whole, with_unit=False)}"
            + edition.flag(part, whole),
        )
        for part, whole in found
    ]
    name = edition.name(edition.reference.topics[topic])
    title = edition.say("delivery.shares_title", topic=name)
    listed = "; ".join(f"{bar.label}: {bar.text}" for bar in items)
    rows = [row for pair in found for row in pair]
    return charts.Chart(
        title,
        charts.bars(items, limit=100),
        str(edition.say("label.chart_alt", title=title, items=listed)),
        Markup(" ").join([edition.sources(rows), edition.flag_note(rows)]),
    )


def years(edition: Edition, topic: str) -> Fragment | None:
    """Tabulate what was planned and done year by year; None where a topic has no such series."""
    series = delivery.by_year(edition.figures, topic)
    if not series:
        return None
    spans = sorted({year for cells in series.values() for year in cells})
    rows = []
    for (code, detail, *_), cells in series.items():
        row = next(iter(next(iter(cells.values())).values()))
        name = edition.indicator(code)
        label = Markup("{}: {}").format(name, edition.detail(row)) if detail else name
        rows.append([label, *(_plan_and_actual(edition, cells.get(year, {})) for year in spans)])
    name = edition.name(edition.reference.topics[topic])
    used = [row for cells in series.values() for pair in cells.values() for row in pair.values()]
    return Table(
        edition.say("delivery.years_table", topic=name),
        [
            Column(edition.say("label.indicator")),
            *(Column(str(year), numeric=True) for year in spans),
        ],
        [(None, rows)],
        [edition.say("delivery.years_note"), edition.sources(used)],
    )


def _plan_and_actual(edition: Edition, pair: dict[str, Observation]) -> Markup:
    said = [
        edition.linked(pair[scenario], with_unit=False) if scenario in pair else muted("–")
        for scenario in ("actual", "plan")
    ]
    return Markup(" / ").join(said)


def table(edition: Edition, topic: str) -> Fragment:
    """Tabulate every figure of a topic, grouped by indicator."""
    rows = delivery.of_topic(edition.figures, topic)
    if not rows:
        return headline(edition, topic)
    planned = {row.scenario for row in rows} != {"actual"}
    totals = {part.partition("@")[0] for row in rows for part in row.part_of.split()}
    groups: list[tuple[str | None, list]] = []
    for code, same in groupby(rows, key=lambda row: row.indicator):
        found = list(same)
        name = edition.indicator(code)
        if topic in WITH_NATURE:
            nature = edition.reference.indicators[code].nature
            name = str(edition.say(f"nature.{nature}", indicator=name))
        lines = _lines(edition, found, totals, planned)
        if len(lines) > 1:
            groups.append((name, lines))
            continue
        # A single figure needs no heading: its name goes into the row.
        subject = edition.detail(found[0])
        lines[0][0] = Markup("{}: {}").format(name, subject) if subject else Markup.escape(name)
        if groups and groups[-1][0] is None:
            groups[-1][1].extend(lines)
        else:
            groups.append((None, lines))
    name = edition.name(edition.reference.topics[topic])
    return without_empty_columns(
        Table(
            edition.say("glance.table", topic=name, district=edition.district_name),
            [
                Column(edition.say("label.detail")),
                Column(edition.say("label.organisation")),
                Column(edition.say("label.place")),
                Column(edition.say("label.period"), unbroken=True),
                Column(edition.say("label.scenario")),
                Column(edition.say("label.value"), numeric=True),
            ],
            groups,
            [edition.sources(rows)],
        )
    )


def _lines(
    edition: Edition, found: list[Observation], totals: set[str], planned: bool
) -> list[list[Markup | str]]:
    """The table rows of one indicator; a figure printed several times is one row that says so."""
    lines: dict[tuple[str, ...], list] = {}
    times: dict[tuple[str, ...], int] = {}
    for row in found:
        subject = edition.detail(row) or edition.say(
            "label.total" if row.figure in totals else "value.whole_district"
        )
        actor = ", ".join(filter(None, (edition.organisation(row), edition.fund(row.fund))))
        line = [
            subject,
            actor,
            edition.places(row),
            edition.period(row),
            edition.say(f"scenario.{row.scenario}") if planned else "",
        ]
        key = (*map(str, line), edition.value(row))
        times[key] = times.get(key, 0) + 1
        lines.setdefault(key, [*line, edition.linked(row)])
    for key, count in times.items():
        if count > 1:
            said = edition.say("value.times", count=count)
            lines[key][-1] += Markup(' <span class="standard">({})</span>').format(said)
    return list(lines.values())


def _named(edition: Edition, row: Observation) -> Markup:
    detail = edition.detail(row)
    name = edition.indicator(row.indicator)
    return Markup("{}, {}").format(name, detail) if detail else Markup("{}").format(name)


def _when(edition: Edition, row: Observation) -> str:
    organisation = edition.organisation(row)
    return f"{organisation}, {edition.period(row)}" if organisation else edition.period(row)


def _part_label(edition: Edition, row: Observation, rows: list[Observation]) -> str:
    """Name a part by what tells it from the others: organisation, place, subject or period."""
    pieces = []
    if len({other.organisation for other in rows}) > 1:
        pieces.append(edition.organisation(row))
    if len({other.area for other in rows}) > 1:
        pieces.append(edition.places(row))
    if len({other.detail_en for other in rows}) > 1:
        pieces.append(edition.detail(row).striptags())
    if len({(other.start, other.end) for other in rows}) > 1:
        pieces.append(edition.dated(Period(row.start, row.end, row.instant)))
    return ", ".join(piece for piece in pieces if piece) or edition.indicator(row.indicator)


def caution(edition: Edition) -> Fragment:
    """Say what the figures of delivery must not be taken for."""
    return paragraphs([edition.say("delivery.caution")], "caution")
