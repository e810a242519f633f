"""Sources and caveats: documents, readings, status of figures, every figure as printed."""

import base64

from markupsafe import Markup

from .. import observations
from ..edition import Edition
from ..fragments import Fragment, paragraphs, together
from ..observations import COLUMNS
from ..tables import Column, Table, without_empty_columns


def documents(edition: Edition) -> Fragment:
    """Tabulate the source reports: what each is, who issued it, what it covers."""
    rows = []
    for code, source in edition.documents.items():
        title = Markup("{}").format(source.title(edition.language))
        if source.draft:
            title += Markup(" <em>({})</em>").format(edition.say("document.draft"))
        rows.append(
            [
                title,
                source.issuer(edition.language),
                source.number or edition.say("sources.unnumbered"),
                edition.dated(source.date),
                edition.dated(source.period),
                edition.number((edition.table["document"] == code).sum().item()),
            ]
        )
    return Table(
        edition.say("sources.documents"),
        [
            Column(edition.say("sources.title")),
            Column(edition.say("sources.issuer")),
            Column(edition.say("sources.number")),
            Column(edition.say("sources.date")),
            Column(edition.say("sources.covers")),
            Column(edition.say("sources.figures"), numeric=True),
        ],
        [(None, rows)],
        ids=[f"document-{code}" for code in edition.documents],
    )


def notes(edition: Edition) -> Fragment:
    """Give what a reader must know of each report, and of the places named in them."""
    said = [
        Markup("<strong>{}:</strong> {}").format(edition.cite(code), source.note(edition.language))
        for code, source in edition.documents.items()
        if source.note(edition.language)
    ]
    return paragraphs([*said, edition.say("sources.units_note")])


def readings(edition: Edition) -> Fragment:
    """Tabulate the figures read otherwise than printed, each with its reason and certainty."""
    rows = edition.table[edition.table["reading"] != ""]
    if rows.empty:
        return paragraphs([edition.say("sources.no_readings")])
    lines, ids = [], []
    for row in observations.rows(rows):
        reason = row.reason_vi if edition.language == "vi" else row.reason_en
        ids.append(f"reading-{row.figure}")
        lines.append(
            [
                Markup('<a href="#{}">{}</a>').format(row.figure, row.printed),
                edition.value(row),
                edition.indicator(row.indicator),
                edition.say(f"certainty.{row.certainty}"),
                reason,
            ]
        )
    key = "sources.readings_one" if len(lines) == 1 else "sources.readings_sentence"
    return together(
        paragraphs([edition.say(key, count=len(lines))]),
        Table(
            edition.say("sources.readings"),
            [
                Column(edition.say("sources.printed")),
                Column(edition.say("sources.reading"), numeric=True),
                Column(edition.say("label.indicator")),
                Column(edition.say("sources.certainty")),
                Column(edition.say("sources.reason")),
            ],
            [(None, lines)],
            [edition.sources(observations.rows(rows))],
            ids,
        ),
    )


def statuses(edition: Edition) -> Fragment:
    """Tabulate how many figures have which SDMX status."""
    counts = edition.table["status"].value_counts()
    rows = [
        [edition.say(f"status.{code}"), edition.number(counts[code].item())]
        for code in sorted(counts.index)
    ]
    return Table(
        edition.say("sources.statuses"),
        [Column(edition.say("label.status")), Column(edition.say("sources.figures"), numeric=True)],
        [(None, rows)],
    )


def every_figure(edition: Edition) -> Fragment:
    """Tabulate every figure exactly as printed, under its document: where all links lead."""
    groups, ids = [], []
    for code in edition.documents:
        lines = []
        for row in observations.rows(edition.table[edition.table["document"] == code]):
            ids.append(row.figure)
            detail = edition.detail(row)
            name = edition.indicator(row.indicator)
            note = row.note_vi if edition.language == "vi" else row.note_en
            lines.append(
                [
                    Markup("{}{}").format(name, Markup(": {}").format(detail) if detail else ""),
                    Markup('<b lang="vi">{}</b>').format(row.printed),
                    Markup("{}{}").format(edition.value(row), edition.marks(row)),
                    edition.period(row),
                    _where(edition, row),
                    edition.section(row.section),
                    note,
                ]
            )
        source = edition.documents[code]
        groups.append(
            (Markup("{}: {}").format(edition.cite(code), source.title(edition.language)), lines)
        )
    return without_empty_columns(
        Table(
            edition.say("sources.all_figures"),
            [
                Column(edition.say("label.indicator")),
                Column(edition.say("sources.printed"), numeric=True),
                Column(edition.say("label.value"), numeric=True),
                Column(edition.say("label.period")),
                Column(edition.say("label.place")),
                Column(edition.say("label.source")),
                Column(edition.say("label.note")),
            ],
            groups,
            ids=ids,
        )
    )


def _where(edition: Edition, row) -> str:
    pieces = [edition.places(row), edition.organisation(row), edition.fund(row.fund)]
    if row.programme:
        programme = edition.reference.programmes[row.programme]
        pieces.append(f"{programme.number} {edition.name(programme)}".strip())
    if row.standard:
        pieces.append(edition.standard(row.standard))
    if row.scenario != "actual":
        pieces.append(str(edition.say(f"scenario.{row.scenario}")))
    return "; ".join(piece for piece in pieces if piece)


def download(edition: Edition) -> Fragment:
    """Give the observations as a CSV file inside the page."""
    table = edition.table[list(COLUMNS)].assign(
        value=[("" if value is None else f"{value:f}") for value in edition.table["value"]]
    )
    # The mark lets Excel see that the file is UTF-8.
    data = table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
    return Fragment(
        Markup(
            '<p><a class="download" download="{}.csv" href="data:text/csv;charset=utf-8;base64,{}">'
            "{}</a></p>"
        ).format(
            edition.district.slug,
            base64.b64encode(data).decode("ascii"),
            edition.say("sources.download", size=edition.number(round(len(data) / 1024))),
        )
    )


def inputs(edition: Edition) -> Fragment:
    """Tabulate the input files of this edition with their SHA-256."""
    rows = [
        [name, Markup("<code>{}</code>").format(digest)]
        for name, digest in edition.processed.inputs.items()
    ]
    table = Table(
        edition.say("sources.inputs"),
        [Column(edition.say("sources.file")), Column("SHA-256")],
        [(None, rows)],
    )
    return Fragment(
        Markup("<details><summary>{}</summary>{}</details>").format(
            edition.say("sources.inputs"), table
        )
    )
