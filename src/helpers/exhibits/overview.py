"""The overview of all districts: what each report covers; nothing is ranked."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from .. import coverage, periods
from ..coverage import Coverage
from ..edition import Edition
from ..fragments import Fragment, paragraphs
from ..project import Project
from ..tables import Column, Table, muted
from ..wording import capitalised

SIDE_BY_SIDE = 8  # so many districts can stand in the columns of a table


@dataclass(frozen=True)
class Overview:
    """The districts in one language; `words` is one of their editions, for phrases and names.

    `editions` holds every figure of every district where they can stand side by side, and is empty
    where there are more: of hundreds of districts only what they cover is held.
    """

    words: Edition
    coverages: list[Coverage]
    editions: list[Edition]


def open_all(language: str, districts: Sequence[str] = ()) -> Overview:
    """Open every district in one language, by default all that have a document."""
    project = Project.find()
    slugs = list(districts or project.districts)
    few = slugs if len(slugs) <= SIDE_BY_SIDE else slugs[:1]
    editions = [Edition.open(slug, language) for slug in few]
    covered = [coverage.load(project, slug) for slug in slugs]
    return Overview(editions[0], covered, editions if few is slugs else [])


def sentence(overview: Overview) -> Fragment:
    """Say how many districts, reports and figures there are."""
    words, covered = overview.words, overview.coverages
    return paragraphs(
        [
            words.say(
                "overview.sentence",
                districts=words.number(len(covered)),
                documents=words.number(sum(len(district.sources) for district in covered)),
                figures=words.number(sum(district.figures for district in covered)),
            )
        ]
    )


def reports(overview: Overview) -> Fragment:
    """Tabulate the districts with their sources, poverty rounds, and the way to the report."""
    words = overview.words
    rows = []
    for district in overview.coverages:
        sources = [
            Markup("{}: {}").format(
                words.called(source.number, periods.read(source.date)),
                words.dated(periods.read(source.period)),
            )
            for source in district.sources
        ]
        rows.append(
            [
                _to_report(words, district),
                Markup("<br>").join(sources),
                _rounds(words, district) or muted(words.say("value.not_reported")),
                words.number(district.figures),
            ]
        )
    return Table(
        words.say("overview.reports"),
        [
            Column(words.say("overview.district")),
            Column(words.say("overview.covers")),
            Column(words.say("overview.poverty")),
            Column(words.say("sources.figures"), numeric=True),
        ],
        [(None, rows)],
    )


def _to_report(words: Edition, district: Coverage) -> Markup:
    page = f"{district.slug}.{words.language}.html"
    return Markup('<a href="{}">{}</a>').format(page, district.name)


def _rounds(words: Edition, district: Coverage) -> Markup:
    """The rounds with a poverty rate, each with its standard: never one series across two."""
    derived_mark = f" ({words.say('value.derived_mark')})"
    lines = [
        Markup("{}: {}").format(
            capitalised(words.standard_label(standard)),
            ", ".join(f"{year}{derived_mark if derived else ''}" for year, derived in spell),
        )
        for standard, spell in district.spells.items()
    ]
    return Markup("<br>").join(lines)


def matrix(overview: Overview) -> Fragment:
    """Tabulate how many figures each district reports on each topic, and for which years.

    Few districts stand in columns; of many each is a row, with the numbers alone.
    """
    words, topics = overview.words, overview.words.reference.topics
    if overview.editions:
        corner = words.say("overview.topic")
        heads = [district.name for district in overview.coverages]
        rows = [
            [words.name(topic), *(_spanned(words, one, code) for one in overview.coverages)]
            for code, topic in topics.items()
        ]
    else:
        met = [code for code in topics if any(code in one.topics for one in overview.coverages)]
        corner = words.say("overview.district")
        heads = [words.name(topics[code]) for code in met]
        rows = [
            [_to_report(words, one), *(_count(words, one, code) for code in met)]
            for one in overview.coverages
        ]
    return Table(
        words.say("overview.matrix"),
        [Column(corner), *(Column(head, numeric=True) for head in heads)],
        [(None, rows)],
        [words.say("overview.matrix_note")],
    )


def _spanned(words: Edition, district: Coverage, topic: str) -> Markup:
    if topic not in district.topics:
        return muted(words.say("value.not_reported"))
    count, first, last = district.topics[topic]
    years = "–".join(map(str, sorted({first, last})))
    return Markup('{} <span class="standard">({})</span>').format(words.number(count), years)


def _count(words: Edition, district: Coverage, topic: str) -> Markup | str:
    if topic not in district.topics:
        return muted("–")
    return words.number(district.topics[topic][0])
