"""Places: the communes a report names, on their official names, in a table and on a map."""

from markupsafe import Markup

from .. import charts, observations
from ..edition import Edition
from ..fragments import Fragment, paragraphs
from ..tables import Column, Table, muted
from .absence import absent


def _commune_rates(edition: Edition) -> dict:
    """The latest poverty rate printed for each commune, by its code."""
    rows = edition.table
    rows = rows[(rows["indicator"] == "poverty_rate") & (rows["area"] != "")]
    rows = rows[rows["round"] == rows["round"].max()]
    return {row.area: row for row in observations.rows(rows) if " " not in row.area}


def communes_sentence(edition: Edition) -> Fragment:
    """Say how many communes are named with a rate, the highest and the lowest of them."""
    rates = _commune_rates(edition)
    if not rates:
        return absent(edition)
    ranked = sorted(rates.values(), key=lambda row: -row.value)
    top, low = ranked[0], ranked[-1]
    said = edition.say(
        "communes.sentence",
        round=top.round,
        named=len(ranked),
        all=len(edition.reference.communes(edition.district.slug)),
        top=edition.places(top),
        top_rate=edition.linked(top),
        low=edition.places(low),
        low_rate=edition.linked(low),
    )
    means = edition.table[edition.table["indicator"] == "mean_commune_poverty_rate"]
    groups = [
        edition.say("communes.mean", group=edition.detail(row), value=edition.linked(row))
        for row in observations.rows(means)
    ]
    return paragraphs([said, Markup(" ").join(groups), edition.say("communes.caution")])


def communes_table(edition: Edition) -> Fragment | None:
    """Tabulate every commune of the district, those without a rate as not reported."""
    rates = _commune_rates(edition)
    if not rates:
        return None
    first = next(iter(rates.values()))
    communes = edition.reference.communes(edition.district.slug)
    ordered = sorted(
        communes, key=lambda area: -rates[area.code].value if area.code in rates else 1
    )
    rows = []
    for area in ordered:
        row = rates.get(area.code)
        rows.append(
            [
                edition.name(area),
                edition.linked(row) if row else muted(edition.say("value.not_reported")),
                edition.detail(row) if row else "",
                row.area_printed if row and row.area_printed != area.official else "",
            ]
        )
    return Table(
        edition.say("communes.table", round=first.round, standard=edition.standard(first.standard)),
        [
            Column(edition.say("label.commune")),
            Column(edition.indicator("poverty_rate"), numeric=True),
            Column(edition.say("communes.group")),
            Column(edition.say("communes.printed")),
        ],
        [(None, rows)],
        [edition.sources(rates.values())],
    )


def locator(edition: Edition) -> Fragment:
    """Draw the communes of the district by their centroids, those named in the reports filled."""
    communes = edition.reference.communes(edition.district.slug)
    counts = {area.code: 0 for area in communes}
    for text in edition.table["area"]:
        for code in text.split():
            if code in counts:
                counts[code] += 1
    places = [
        charts.Place(area.longitude, area.latitude, edition.name(area), counts[area.code] > 0)
        for area in communes
        if area.longitude is not None and area.latitude is not None
    ]
    named = [area for area in communes if counts[area.code]]
    title = edition.say(
        "places.title", named=len(named), all=len(communes), district=edition.district_name
    )
    listed = "; ".join(
        f"{edition.name(area)}: {edition.say('places.figures', count=counts[area.code])}"
        for area in sorted(named, key=lambda area: -counts[area.code])
    )
    return charts.Chart(
        title,
        charts.locator(places),
        str(edition.say("label.chart_alt", title=title, items=listed or "–")),
        edition.say("places.note"),
    )
