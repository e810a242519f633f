"""The comparability matrix: indicator by report, with what stands in the way of comparing."""

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from .. import comparability
from ..comparability import Entry, Line
from ..edition import Edition
from ..fragments import Fragment, paragraphs
from ..observations import Observation
from ..tables import Column, Table, muted
from .absence import absent


def between_reports(edition: Edition) -> Fragment:
    """Tabulate the indicators that several reports of the district give for the whole district."""
    tables = {code: edition.table[edition.table["document"] == code] for code in edition.documents}
    found = [
        line for line in comparability.lines(tables, edition.reference) if line.verdict != "single"
    ]
    if len(tables) < 2:
        return paragraphs([edition.say("comparability.one_report")], "absent")
    if not found:
        return absent(edition)
    heads = [str(edition.cite(code)) for code in tables]
    return _table(edition, found, heads, dict.fromkeys(tables, edition))


def between_districts(editions: Sequence[Edition]) -> Fragment:
    """Tabulate the indicators that several districts report, and why they hardly compare."""
    first = editions[0]
    tables: dict[str, pd.DataFrame] = {edition.district_name: edition.table for edition in editions}
    found = [
        line for line in comparability.lines(tables, first.reference) if line.verdict != "single"
    ]
    if not found:
        return paragraphs([first.say("comparability.none")], "absent")
    opened = {edition.district_name: edition for edition in editions}
    return _table(first, found, list(tables), opened, linked=False)


def between_districts_sentence(editions: Sequence[Edition]) -> Fragment:
    """Say how many indicators several districts report, and how many of them compare."""
    first = editions[0]
    tables = {edition.district_name: edition.table for edition in editions}
    lines = comparability.lines(tables, first.reference)
    shared = [line for line in lines if line.verdict != "single"]
    return paragraphs(
        [
            first.say(
                "comparability.sentence",
                all=first.number(len(lines)),
                shared=first.number(len(shared)),
                comparable=first.number(sum(line.verdict == "comparable" for line in shared)),
            )
        ]
    )


def _table(
    edition: Edition,
    found: list[Line],
    heads: list[str],
    opened: dict[str, Edition],
    linked: bool = True,
) -> Table:
    rows = [
        [
            edition.indicator(line.indicator),
            *(_cell(opened[entry.source], entry, line, linked) for entry in line.entries),
            _verdict(edition, line),
        ]
        for line in found
    ]
    return Table(
        edition.say("comparability.table"),
        [
            Column(edition.say("label.indicator")),
            *(Column(head, numeric=True) for head in heads),
            Column(edition.say("rounds.verdict")),
        ],
        [(None, rows)],
        [edition.say("comparability.note")],
    )


def _cell(edition: Edition, entry: Entry, line: Line, linked: bool) -> Markup:
    row = entry.row
    if row is None:
        return muted(edition.say("value.not_reported"))
    about = [edition.period(row)]
    if row.standard:
        about.append(edition.standard_label(row.standard))
    if line.verdict == "span":
        months = comparability.span_months(row)
        about.append(str(edition.say("comparability.months", count=months)))
        if row.bound == "=":
            monthly = edition.number(row.value / months, 1)
            about.append(str(edition.say("comparability.per_month", value=monthly)))
    value = edition.linked(row) if linked else _to_report(edition, row)
    return Markup('{}<br><span class="standard">{}</span>').format(
        value, Markup("<br>").join(about)
    )


def _to_report(edition: Edition, row: Observation) -> Markup:
    """A value that leads to its figure, and to a finding about it, in the district's own report."""
    page = f"{edition.district.slug}.{edition.language}.html"
    value = Markup('<a class="f" href="{}#{}" title="{}">{}</a>').format(
        page, row.figure, edition.origin(row), edition.value(row)
    )
    if row.figure not in edition.touched:
        return value
    return value + Markup('<a class="mark" href="{}#finding-{}" title="{}">‡</a>').format(
        page, edition.touched[row.figure], edition.say("value.finding_mark")
    )


def _verdict(edition: Edition, line: Line) -> Markup | str:
    if line.verdict == "definition":
        reasons = [one for one in edition.reference.breaks if one.topic == line.topic]
        return edition.say("comparability.definition", reason=reasons[0].reason(edition.language))
    return edition.say(f"comparability.{line.verdict}")
