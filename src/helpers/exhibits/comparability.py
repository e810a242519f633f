"""The comparability matrix: indicator by report, with what stands in the way of comparing."""

from markupsafe import Markup

from .. import comparability
from ..comparability import Entry, Line, Tally
from ..edition import Edition
from ..fragments import Fragment, paragraphs
from ..observations import Observation
from ..tables import Column, Table, muted
from .absence import absent
from .overview import Overview


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


def between_districts(overview: Overview) -> Fragment:
    """Tabulate the indicators that several districts report, and why they hardly compare.

    Few districts stand side by side with their figures; of many it is told how many there are.
    """
    words = overview.words
    shared = {code: one for code, one in _tallied(overview).items() if one.count > 1}
    if not shared:
        return paragraphs([words.say("comparability.none")], "absent")
    if not overview.editions:
        return _counted(words, shared)
    opened = {edition.district.slug: edition for edition in overview.editions}
    heads = [edition.district_name for edition in overview.editions]
    tables = {slug: edition.table for slug, edition in opened.items()}
    lines = comparability.lines(tables, words.reference)
    found = [line for line in lines if line.indicator in shared]
    return _table(words, found, heads, opened, linked=False)


def between_districts_sentence(overview: Overview) -> Fragment:
    """Say how many indicators several districts report, and how many of them compare."""
    words = overview.words
    tallied = _tallied(overview)
    shared = [one for one in tallied.values() if one.count > 1]
    comparable = sum(one.verdict(words.reference) == "comparable" for one in shared)
    return paragraphs(
        [
            words.say(
                "comparability.sentence",
                all=words.number(len(tallied)),
                shared=words.number(len(shared)),
                comparable=words.number(comparable),
            )
        ]
    )


def _tallied(overview: Overview) -> dict[str, Tally]:
    headlines = (district.headlines for district in overview.coverages)
    return comparability.tally(headlines, overview.words.reference)


def _counted(words: Edition, shared: dict[str, Tally]) -> Table:
    """How many districts give each indicator, for which years, and whether they compare."""
    rows = []
    for code, one in shared.items():
        years = sorted({traits.round for traits in one.traits})
        verdict = one.verdict(words.reference)
        topic = words.reference.indicators[code].topic
        rows.append(
            [
                words.indicator(code),
                words.number(one.count),
                ", ".join(map(str, years)),
                _verdict(words, verdict, topic),
            ]
        )
    return Table(
        words.say("comparability.table"),
        [
            Column(words.say("label.indicator")),
            Column(words.say("comparability.districts"), numeric=True),
            Column(words.say("comparability.years")),
            Column(words.say("rounds.verdict")),
        ],
        [(None, rows)],
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
            _verdict(edition, line.verdict, line.topic),
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


def _verdict(edition: Edition, verdict: str, topic: str) -> Markup | str:
    if verdict == "definition":
        reasons = [one for one in edition.reference.breaks if one.topic == topic]
        return edition.say("comparability.definition", reason=reasons[0].reason(edition.language))
    return edition.say(f"comparability.{verdict}")
