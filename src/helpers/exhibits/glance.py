"""The district at a glance: headline figures, each with its date, standard and source."""

from markupsafe import Markup

from ..edition import Edition
from ..fragments import Fragment, paragraphs
from ..rounds import district_level
from . import topics

# What a reader looks for first; each is shown in its latest round.
HEADLINES = (
    *("poverty_rate", "near_poverty_rate", "poor_households", "near_poor_households"),
    *("population", "households", "communes", "rural_communes", "new_rural_communes"),
    *("outreach_turns", "loans_outstanding", "houses_supported"),
)


def summary(edition: Edition) -> Fragment:
    """Say how many figures of how many reports the edition rests on."""
    counts = {
        "district": edition.district_name,
        "figures": edition.number(len(edition.table)),
        "documents": len(edition.documents),
        "topics": edition.table["topic"].nunique(),
    }
    key = "glance.one_document" if len(edition.documents) == 1 else "glance.summary"
    return paragraphs([edition.say(key, **counts)])


def cards(edition: Edition) -> Fragment:
    """Show the headline figures in their latest round, with standard, date and source."""
    shown = []
    rows = district_level(edition.table)
    for code in HEADLINES:
        found = [row for row in rows if row.indicator == code and row.value is not None]
        if not found:
            continue
        row = max(found, key=lambda row: (row.end, row.organisation == ""))
        parts = [edition.period(row)]
        if row.standard:
            parts.append(edition.standard(row.standard))
        if row.organisation:
            parts.append(edition.organisation(row))
        shown.append(
            Markup(
                '<div class="card"><dt>{}</dt><dd class="big">{}</dd><dd>{}</dd>'
                '<dd class="cite">{}</dd></div>'
            ).format(
                edition.indicator(code),
                edition.linked(row),
                Markup("; ").join(parts),
                edition.cite(row.document),
            )
        )
    missing = None
    if not any(row.indicator in HEADLINES[:4] for row in rows):
        missing = edition.say("glance.no_poverty", district=edition.district_name)
    notes = paragraphs([missing], "absent").markup if missing else ""
    return Fragment(Markup('<dl class="cards">{}</dl>{}').format(Markup("\n").join(shown), notes))


def facts(edition: Edition, topic: str) -> Fragment:
    """Tabulate every figure of a topic of context, such as population or economy."""
    return topics.table(edition, topic)
