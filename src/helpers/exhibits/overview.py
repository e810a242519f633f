"""The overview of all districts: what each report covers; nothing is ranked."""

from collections.abc import Sequence

from markupsafe import Markup

from .. import rounds
from ..edition import Edition
from ..fragments import Fragment, paragraphs
from ..periods import Period
from ..project import Project
from ..tables import Column, Table, muted
from ..wording import capitalised


def open_all(language: str, districts: Sequence[str] = ()) -> list[Edition]:
    """Open every district in one language, by default all that have a document."""
    return [Edition.open(slug, language) for slug in districts or Project.find().districts]


def sentence(editions: list[Edition]) -> Fragment:
    """Say how many districts, reports and figures there are."""
    first = editions[0]
    return paragraphs(
        [
            first.say(
                "overview.sentence",
                districts=len(editions),
                documents=sum(len(edition.documents) for edition in editions),
                figures=first.number(sum(len(edition.table) for edition in editions)),
            )
        ]
    )


def reports(editions: list[Edition]) -> Fragment:
    """Tabulate the districts with their sources, poverty rounds, and the way to the report."""
    first = editions[0]
    rows = []
    for edition in editions:
        slug, language = edition.district.slug, edition.language
        sources = [
            Markup("{}: {}").format(edition.cite(code), edition.dated(source.period))
            for code, source in edition.documents.items()
        ]
        found = _rounds(edition)
        rows.append(
            [
                Markup('<a href="{}.{}.html">{}</a>').format(slug, language, edition.district_name),
                Markup("<br>").join(sources),
                found or muted(edition.say("value.not_reported")),
                edition.number(len(edition.table)),
            ]
        )
    return Table(
        first.say("overview.reports"),
        [
            Column(first.say("overview.district")),
            Column(first.say("overview.covers")),
            Column(first.say("overview.poverty")),
            Column(first.say("sources.figures"), numeric=True),
        ],
        [(None, rows)],
    )


def _rounds(edition: Edition) -> Markup:
    """The rounds with a poverty rate, each with its standard: never one series across two."""
    found = rounds.points(edition.table, "poverty_rate")
    lines = [
        Markup("{}: {}").format(
            capitalised(edition.standard_label(spell[0].standard)),
            ", ".join(
                f"{point.round}"
                + (f" ({edition.say('value.derived_mark')})" if point.derived else "")
                for point in spell
            ),
        )
        for spell in rounds.spells(found)
    ]
    return Markup("<br>").join(lines)


def matrix(editions: list[Edition]) -> Fragment:
    """Tabulate how many figures each district reports on each topic, and for which years."""
    first = editions[0]
    rows = []
    for code, topic in first.reference.topics.items():
        cells = []
        for edition in editions:
            found = edition.table[edition.table["topic"] == code]
            if found.empty:
                cells.append(muted(edition.say("value.not_reported")))
                continue
            span = Period(found["start"].min(), found["end"].max(), False)
            years = sorted({span.start.year, span.end.year})
            cells.append(
                Markup('{} <span class="standard">({})</span>').format(
                    edition.number(len(found)), "–".join(map(str, years))
                )
            )
        rows.append([edition.name(topic), *cells])
    return Table(
        first.say("overview.matrix"),
        [
            Column(first.say("overview.topic")),
            *(Column(edition.district_name, numeric=True) for edition in editions),
        ],
        [(None, rows)],
        [first.say("overview.matrix_note")],
    )
