"""Deprivation: how many households lack what, those indicators apart that have a smaller base."""

from .. import charts, observations
from ..edition import Edition
from ..fragments import Fragment, paragraphs, together
from ..tables import Column, Table
from ..wording import lowered
from .absence import topic_absent


def _deprivation(edition: Edition) -> list[tuple]:
    """Pairs (count, rate) of the latest round, largest count first."""
    rows = edition.table[edition.table["topic"] == "deprivation"]
    if rows.empty:
        return []
    latest = rows[rows["round"] == rows["round"].max()]
    by_indicator = {row.indicator: row for row in observations.rows(latest)}
    pairs = []
    for code, row in by_indicator.items():
        count = edition.reference.indicators[code].count
        if count in by_indicator:
            pairs.append((by_indicator[count], row))
    return sorted(pairs, key=lambda pair: -pair[0].value)


def sentence(edition: Edition) -> Fragment:
    """Say which deprivations are widest and narrowest, or that none is reported."""
    pairs = _deprivation(edition)
    if not pairs:
        return topic_absent(edition, "deprivation")
    said = {}
    for name, (count, rate) in zip(
        ("first", "second", "last"),
        (pairs[0], pairs[min(1, len(pairs) - 1)], pairs[-1]),
        strict=True,
    ):
        label = edition.reference.indicators[count.indicator].label(edition.language)
        said[name] = lowered(label)
        said[f"{name}_count"] = edition.linked(count)
        said[f"{name}_rate"] = edition.linked(rate)
    return paragraphs([edition.say("deprivation.sentence", **said)])


def chart(edition: Edition) -> Fragment | None:
    """Draw the households deprived in each indicator, sorted, those with a base of their own apart.

    None where none is reported.
    """
    pairs = _deprivation(edition)
    if not pairs:
        return None
    shared, own = _by_base(edition, pairs)
    drawn = [("deprivation.title", shared), ("deprivation.own_title", own)]
    return together(*(_bars(edition, key, found) for key, found in drawn if found))


def _by_base(edition: Edition, pairs: list[tuple]) -> tuple[list[tuple], list[tuple]]:
    """Divide (count, rate) pairs into those over all poor households and those over fewer."""
    indicators = edition.reference.indicators
    shared = [pair for pair in pairs if indicators[pair[1].indicator].base == "poor_households"]
    return shared, [pair for pair in pairs if pair not in shared]


def _bars(edition: Edition, key: str, pairs: list[tuple]) -> Fragment:
    items = [
        charts.Bar(
            edition.reference.indicators[count.indicator].label(edition.language),
            float(count.value),
            f"{edition.value(count, with_unit=False)} ({edition.value(rate)})"
            + edition.flag(count, rate),
        )
        for count, rate in pairs
    ]
    title = edition.say(key, round=pairs[0][0].round)
    listed = "; ".join(f"{bar.label}: {bar.text}" for bar in items)
    alternative = edition.say("label.chart_alt", title=title, items=listed)
    note = edition.flag_note(row for pair in pairs for row in pair)
    return charts.Chart(title, charts.bars(items), str(alternative), note)


def table(edition: Edition) -> Fragment | None:
    """Tabulate count and rate of each indicator, those with a base of their own apart."""
    pairs = _deprivation(edition)
    if not pairs:
        return None
    indicators = edition.reference.indicators
    shared, own = _by_base(edition, pairs)

    def lines(found):
        return [
            [
                indicators[count.indicator].label(edition.language),
                edition.linked(count, with_unit=False),
                edition.linked(rate),
            ]
            for count, rate in found
        ]

    first = pairs[0][0]
    names = [indicators[count.indicator].label(edition.language) for count, _ in own]
    groups = [(None, lines(shared))]
    notes = [edition.say("deprivation.base_unstated")]
    if own:
        named = edition.join([names[0], *map(lowered, names[1:])])
        groups.append((named, lines(own)))
        notes.append(edition.say("deprivation.own_base", indicators=named))
    return Table(
        edition.say(
            "deprivation.table", round=first.round, standard=edition.standard(first.standard)
        ),
        [
            Column(edition.say("label.indicator")),
            Column(edition.say("deprivation.count"), numeric=True),
            Column(edition.say("deprivation.rate"), numeric=True),
        ],
        groups,
        [*notes, edition.sources(row for pair in pairs for row in pair)],
    )
