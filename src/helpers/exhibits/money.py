"""Money: assigned, disbursed and remaining, by kind of capital, project and sub-project."""

from collections.abc import Sequence

from markupsafe import Markup

from .. import budget, charts
from ..budget import Line
from ..edition import Edition
from ..fragments import Fragment, paragraphs
from ..observations import Observation
from ..tables import Column, Table, muted
from ..wording import capitalised
from . import findings
from .absence import absent

PLACES = 2  # recomputed rates: two decimals, as the reports print them


def sentences(edition: Edition) -> Fragment:
    """Say for each kind of capital how much of the year's plan was disbursed by the cut-off."""
    found = budget.by_capital(edition.table)
    if not found and not budget.lines(edition.table):
        said = edition.say("budget.sentence_none", district=edition.district_name)
        return paragraphs([said], "absent")
    said = [
        edition.say(
            "budget.total",
            year=line.year,
            assigned=edition.linked(line.assigned),
        )
        for line in budget.totals(edition.table)
        if line.assigned is not None
    ]
    for line in found:
        if line.share is None or line.disbursed is None or line.assigned is None:
            continue
        said.append(
            edition.say(
                "budget.sentence",
                cut_off=_cut_off(edition, line),
                fund=edition.fund(line.fund),
                disbursed=edition.linked(line.disbursed),
                assigned=edition.linked(line.assigned, with_unit=False),
                share=_share(edition, line),
            )
        )
    return paragraphs(said)


def _cut_off(edition: Edition, line: Line) -> str:
    part = line.disbursed or line.rate or line.assigned
    return edition.dated(edition.documents[part.document].cut_off)


def _share(edition: Edition, line: Line) -> Markup | str:
    """The recomputed rate, leading to the two figures it is computed from."""
    if line.share is None:
        return ""
    if line.disbursed is None or line.assigned is None or not line.assigned.value:
        return muted("–")
    text = _percent(edition, line)
    return edition.linked_to([line.disbursed.figure, line.assigned.figure], text)


def _percent(edition: Edition, line: Line) -> str:
    """The share in percent; a printed rate and a plain 0 with the decimals they have."""
    computed = line.disbursed is not None and line.share
    return f"{edition.number(line.share, PLACES if computed else None)}%"


def waterfall(edition: Edition) -> Fragment | None:
    """Draw how the total assigned for a year is made up; None where no total is divided."""
    found = budget.make_up(edition.table)
    if found is None:
        return None
    total, parts = found
    bars = [
        charts.Bar(
            capitalised(edition.fund(row.fund)),
            float(row.value),
            edition.value(row, with_unit=False) + edition.flag(row),
        )
        for row in sorted(parts, key=lambda row: -row.value)
    ]
    label = str(edition.say("label.total"))
    text = edition.value(total, with_unit=False) + edition.flag(total)
    whole = charts.Bar(label, float(total.value), text)
    title = edition.say("budget.waterfall_title", year=total.round)
    listed = "; ".join(f"{bar.label}: {bar.text}" for bar in (*bars, whole))
    return charts.Chart(
        title,
        charts.waterfall(bars, whole),
        str(edition.say("label.chart_alt", title=title, items=listed)),
        Markup(" ").join([edition.sources([total, *parts]), edition.flag_note([total, *parts])]),
    )


def contradictions(edition: Edition) -> Fragment:
    """Set side by side what the reports say of money and what does not agree with it."""
    return findings.table(edition, "budget") or paragraphs([edition.say("findings.none")])


def capital_chart(edition: Edition) -> Fragment | None:
    """Draw the share disbursed of each kind of capital; None where none is reported."""
    found = [line for line in budget.by_capital(edition.table) if line.share is not None]
    return _progress(edition, found, "budget.chart_capital_title")


def project_chart(edition: Edition) -> Fragment | None:
    """Draw the share disbursed of each project with a plan; None where none is reported."""
    lines = budget.by_project(edition.table, edition.reference)
    found = [line for line in lines if line.share is not None]
    return _progress(edition, found, "budget.chart_title")


def _progress(edition: Edition, found: Sequence[Line], title_key: str) -> Fragment | None:
    if not found:
        return None
    items = [
        charts.Bar(
            _project(edition, line) if line.programme else capitalised(edition.fund(line.fund)),
            float(min(line.share, 100)),
            _percent(edition, line) + edition.flag(line.assigned, line.disbursed, line.rate),
            hollow=line.disbursed is None or bool(line.disbursed.reading),
        )
        for line in found
    ]
    title = edition.say(title_key, cut_off=_cut_off(edition, found[0]))
    listed = "; ".join(f"{bar.label}: {bar.text}" for bar in items)
    return charts.Chart(
        title,
        charts.bars(items, limit=100),
        str(edition.say("label.chart_alt", title=title, items=listed)),
        edition.flag_note(
            row for line in found for row in (line.assigned, line.disbursed, line.rate)
        ),
    )


def _project(edition: Edition, line: Line) -> str:
    return f"{line.programme.number} {edition.name(line.programme)}"


def capital_table(edition: Edition) -> Fragment:
    """Tabulate the year's money by kind of capital, the total first, carried-over money apart."""
    found = [*budget.totals(edition.table), *budget.by_capital(edition.table)]
    if not found:
        return absent(edition)
    rows = [
        [capitalised(edition.fund(line.fund)) or edition.say("label.total"), *_cells(edition, line)]
        for line in found
    ]
    title = edition.say("budget.capital_table", year=found[0].year)
    return _table(edition, title, "budget.capital", [(None, rows)], found)


def project_table(edition: Edition) -> Fragment:
    """Tabulate every project and sub-project, those not assigned or not reported too."""
    lines = budget.by_project(edition.table, edition.reference)
    found = [line for line in lines if line.state != "not_reported"]
    if not found:
        return absent(edition)
    groups: dict[str, list] = {}
    for line in lines:
        programme = edition.reference.programmes[line.programme.code.partition("/")[0]]
        groups.setdefault(edition.name(programme), []).append(
            [_project(edition, line), *_cells(edition, line)]
        )
    year = next(line.year for line in found)
    title = edition.say("budget.project_table", year=year)
    table = _table(edition, title, "budget.project", list(groups.items()), found)
    table.notes.insert(0, edition.say("budget.states"))
    return table


def _cells(edition: Edition, line: Line) -> list[Markup | str]:
    if line.state == "not_assigned":
        return [edition.linked(line.assigned), *[""] * 4]
    return [
        _amount(edition, line.assigned),
        _amount(edition, line.disbursed),
        edition.linked(line.rate) if line.rate else "",
        _share(edition, line),
        edition.linked(line.remaining, with_unit=False) if line.remaining else "",
    ]


def _amount(edition: Edition, row: Observation | None) -> Markup:
    if row is None:
        return muted(edition.say("value.not_reported"))
    if row.value == 0 and row.reading:
        return edition.linked(row, text=str(edition.say("value.nothing_disbursed")))
    return edition.linked(row, with_unit=False)


def _table(edition: Edition, title: Markup, head: str, groups: list, found: list[Line]) -> Table:
    used = [
        row
        for line in found
        for row in (line.assigned, line.disbursed, line.rate, line.remaining)
        if row is not None
    ]
    return Table(
        title,
        [
            Column(edition.say(head)),
            Column(edition.say("budget.assigned"), numeric=True),
            Column(edition.say("budget.disbursed"), numeric=True),
            Column(edition.say("budget.printed_rate"), numeric=True),
            Column(edition.say("budget.share"), numeric=True),
            Column(edition.say("budget.remaining"), numeric=True),
        ],
        groups,
        [edition.sources(used)],
    )


def envelope_table(edition: Edition) -> Fragment:
    """Tabulate money stated for several years."""
    found = budget.envelopes(edition.table)
    if not found:
        return absent(edition)
    rows, used = [], []
    for line in found:
        row = line.assigned or line.disbursed or line.rate
        programme = edition.reference.programmes.get(row.programme)
        name = edition.name(programme) if programme else edition.say("budget.whole")
        if programme and programme.parent:
            name = f"{programme.number} {name}"
        rows.append(
            [
                name,
                edition.period(row),
                _amount(edition, line.assigned) if line.assigned else "",
                _amount(edition, line.disbursed) if line.disbursed else "",
            ]
        )
        used += [part for part in (line.assigned, line.disbursed) if part is not None]
    return Table(
        edition.say("budget.envelope_table"),
        [
            Column(edition.say("budget.project")),
            Column(edition.say("budget.years")),
            Column(edition.say("budget.assigned"), numeric=True),
            Column(edition.say("budget.disbursed"), numeric=True),
        ],
        [(None, rows)],
        [edition.say("budget.envelope_note"), edition.sources(used)],
    )


def caution(edition: Edition) -> Fragment:
    """Say how the rates are to be taken; nothing where the district reports no money."""
    said = [edition.say("budget.caution")] if budget.lines(edition.table) else []
    return paragraphs(said, "caution")
