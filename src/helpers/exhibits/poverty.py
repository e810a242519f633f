"""Poverty: rounds compared, the standards kept apart; poor, near-poor and the rest."""

from decimal import Decimal

from markupsafe import Markup

from .. import bases, charts
from ..bases import Implied
from ..edition import Edition
from ..fragments import Fragment, paragraphs
from ..rounds import COMPARED, RATES, Comparison, Point, changes, points, rounds, spells
from ..tables import Column, Table, muted
from ..wording import lowered
from .absence import absent


# ------------------------------------------------------------ two rounds
def comparison_sentences(edition: Edition, comparisons: list[Comparison]) -> Fragment:
    """Say for both rates what changed between the rounds, or why nothing can be said."""
    rates = [found for found in comparisons if found.indicator in RATES]
    first = comparisons[0]
    years = {"baseline": first.baseline_round, "endline": first.endline_round}
    if all(found.verdict == "both_missing" for found in comparisons):
        said = [
            edition.say("rounds.both_missing", district=edition.district_name, **years),
            _reported_rounds(edition),
        ]
        return paragraphs(said, "absent")
    if first.baseline_round == first.endline_round:
        return paragraphs([edition.say("rounds.same_round", **years)])
    said = [_sentence(edition, found) for found in rates]
    broken = [edition.indicator(found.indicator) for found in rates if found.verdict == "break"]
    if broken:
        named = edition.join([broken[0], *map(lowered, broken[1:])])
        said.append(edition.say("rounds.break_reason", indicators=named))
    return paragraphs(said)


def _reported_rounds(edition: Edition) -> Markup | None:
    found = rounds(edition.table)
    if not found:
        return None
    return edition.say("rounds.also_reported", rounds=edition.join([str(year) for year in found]))


def _sentence(edition: Edition, found: Comparison) -> Markup | None:
    if found.verdict == "both_missing":
        return None
    values = {
        "Indicator": edition.indicator(found.indicator),
        "indicator": lowered(edition.indicator(found.indicator)),
        "baseline": found.baseline_round,
        "endline": found.endline_round,
        "before": found.baseline and _point(edition, found.baseline),
        "after": found.endline and _point(edition, found.endline),
    }
    if found.verdict != "comparable":
        return edition.say(
            f"rounds.{found.verdict}",
            standard_before=found.baseline and edition.standard(found.baseline.standard),
            standard_after=found.endline and edition.standard(found.endline.standard),
            **values,
        )
    kind = "none" if not found.change else "rise" if found.change > 0 else "fall"
    return edition.say(
        f"rounds.change_{kind}",
        change=_change(edition, found, abs(found.change)),
        per_year=_change(edition, found, abs(found.per_year), Decimal("0.01")),
        standard=edition.standard(found.endline.standard),
        **values,
    )


def _point(edition: Edition, point: Point, with_unit: bool = True) -> Markup:
    """A point's value, leading to its figure; a derived one says so."""
    if not point.derived:
        return edition.linked(edition.figures[point.figures[0]], with_unit)
    places = max(0, -point.resolution.as_tuple().exponent)
    text = edition.quantity(point.value, point.unit, places)
    mark = Markup(' <em class="derived">({})</em>').format(edition.say("value.derived_mark"))
    return edition.linked_to(point.figures, text) + mark


def _change(
    edition: Edition, found: Comparison, value: Decimal, resolution: Decimal | None = None
) -> Markup | str:
    """A change in its proper unit: percentage points for rates, the unit itself for counts."""
    exact = max(found.baseline.resolution, found.endline.resolution)
    places = max(0, -(resolution or exact).as_tuple().exponent)
    if found.baseline.unit == "percent":
        key = "points.percent_one" if value == 1 else "points.percent"
        return edition.say(key, value=edition.number(value, places))
    whole = value == value.to_integral_value()
    return edition.quantity(value, found.baseline.unit, 0 if whole else 1)


def comparison_table(edition: Edition, comparisons: list[Comparison]) -> Fragment:
    """Tabulate both rounds, the change where one may be stated, and why not elsewhere."""
    first = comparisons[0]
    years = {"baseline": first.baseline_round, "endline": first.endline_round}
    implied = {one.rate.figure: one for one in bases.implied(edition.table, edition.reference)}
    rows = [
        [
            edition.indicator(found.indicator),
            _standing(edition, found.baseline),
            _standing(edition, found.endline),
            _signed_change(edition, found),
            _verdict(edition, found, implied),
        ]
        for found in comparisons
    ]
    used = [point for found in comparisons for point in (found.baseline, found.endline) if point]
    figures = [edition.figures[name] for point in used for name in point.figures]
    notes = [_derived_note(edition, point) for point in used if point.derived]
    return Table(
        edition.say("rounds.table", **years),
        [
            Column(edition.say("label.indicator")),
            Column(edition.say("rounds.round", round=years["baseline"]), numeric=True),
            Column(edition.say("rounds.round", round=years["endline"]), numeric=True),
            Column(edition.say("rounds.change"), numeric=True),
            Column(edition.say("rounds.verdict")),
        ],
        [(None, rows)],
        [*notes, edition.sources(figures) if figures else Markup("")],
    )


def _standing(edition: Edition, point: Point | None) -> Markup:
    if point is None:
        return muted(edition.say("value.not_reported"))
    return Markup('{}<br><span class="standard">{}</span>').format(
        _point(edition, point), edition.standard_label(point.standard)
    )


def _signed_change(edition: Edition, found: Comparison, per_year: bool = False) -> Markup | str:
    if found.change is None or found.baseline_round == found.endline_round:
        return muted("–")
    sign = "−" if found.change < 0 else "+" if found.change else ""
    if per_year:
        mean = _change(edition, found, abs(found.per_year), Decimal("0.01"))
        return Markup("{}{}").format(sign, mean)
    return Markup("{}{}").format(sign, _change(edition, found, abs(found.change)))


def _verdict(edition: Edition, found: Comparison, implied: dict[str, Implied]) -> Markup:
    standard = found.endline.standard if found.endline else None
    said = edition.say(
        f"verdict.{found.verdict}",
        standard=edition.standard_label(standard) if standard else "",
        baseline=found.baseline_round,
        endline=found.endline_round,
    )
    if found.verdict != "comparable":
        return said
    before, after = (implied.get(point.figures[0]) for point in (found.baseline, found.endline))
    if before is None or after is None or not bases.moved(before, after):
        return said
    return said + edition.say(
        "verdict.base_moved",
        before=edition.number(round(before.value)),
        after=edition.number(round(after.value)),
    )


def _derived_note(edition: Edition, point: Point) -> Markup:
    rate, fall = (edition.figures[name] for name in point.figures)
    return edition.say(
        "rounds.derived_note",
        round=point.round,
        next=point.round + 1,
        standard=edition.standard(point.standard),
        value=edition.quantity(point.value, point.unit),
        rate=edition.linked(rate),
        fall=edition.linked(fall),
    )


# ------------------------------------------------------------ all rounds
def trend_chart(edition: Edition) -> Fragment:
    """Draw the rates by round, one panel per poverty standard, nothing joined across panels."""
    series = {code: points(edition.table, code) for code in RATES}
    standards = sorted({point.standard for found in series.values() for point in found})
    if not standards:
        return paragraphs([edition.say("rounds.trend_none")], "absent")
    panels, items = [], []
    for standard in standards:
        drawn = []
        for code, found in series.items():
            for spell in spells([point for point in found if point.standard == standard]):
                drawn.append((edition.indicator(code), [_dot(edition, point) for point in spell]))
                values = ", ".join(f"{point.round}: {_dot_text(edition, point)}" for point in spell)
                items.append(
                    edition.say(
                        "rounds.trend_item",
                        indicator=edition.indicator(code),
                        standard=edition.standard(standard),
                        values=values,
                    )
                )
        panels.append((edition.standard_label(standard), drawn))
    if len(standards) > 1:
        items.append(edition.say("rounds.trend_break"))
    used = [point for found in series.values() for point in found]
    title = edition.say("rounds.trend_title")
    notes = [_derived_note(edition, point) for point in used if point.derived]
    notes.append(edition.flag_note(edition.figures[name] for one in used for name in one.figures))
    return charts.Chart(
        title,
        charts.trend(panels),
        str(edition.say("label.chart_alt", title=title, items="; ".join(map(str, items)))),
        Markup(" ").join(notes),
        rounds_table(edition),
        edition.say("label.chart_data"),
    )


def _dot(edition: Edition, point: Point) -> charts.Dot:
    text = _dot_text(edition, point, short=True)
    flag = edition.flag(*(edition.figures[name] for name in point.figures))
    return charts.Dot(point.round, float(point.value), text + flag, point.derived)


def _dot_text(edition: Edition, point: Point, short: bool = False) -> str:
    places = max(0, -point.resolution.as_tuple().exponent)
    text = edition.quantity(point.value, point.unit, places)
    return f"{text} ({edition.say('value.derived_mark')})" if point.derived and not short else text


def rounds_table(edition: Edition) -> Table:
    """Tabulate every round of every poverty indicator, grouped by standard."""
    found = [point for code in COMPARED for point in points(edition.table, code)]
    groups = []
    for standard in sorted({point.standard for point in found}):
        rows = [
            [edition.indicator(point.indicator), str(point.round), _point(edition, point)]
            for point in found
            if point.standard == standard
        ]
        groups.append((edition.standard(standard), rows))
    figures = [edition.figures[name] for point in found for name in point.figures]
    return Table(
        edition.say("rounds.all_rounds"),
        [
            Column(edition.say("label.indicator")),
            Column(edition.say("label.round"), numeric=True),
            Column(edition.say("label.value"), numeric=True),
        ],
        groups,
        [edition.sources(figures)],
    )


def changes_table(edition: Edition) -> Fragment:
    """Tabulate the like-for-like changes, within each standard, also as a mean per year."""
    found = changes(edition.table)
    if not found:
        return absent(edition)
    groups = []
    for standard in sorted({one.endline.standard for one in found}):
        rows = [
            [
                edition.indicator(one.indicator),
                f"{one.baseline_round}–{one.endline_round}",
                _point(edition, one.baseline),
                _point(edition, one.endline),
                _signed_change(edition, one),
                _signed_change(edition, one, per_year=True),
            ]
            for one in found
            if one.endline.standard == standard
        ]
        groups.append((edition.standard(standard), rows))
    used = [name for one in found for name in (*one.baseline.figures, *one.endline.figures)]
    return Table(
        edition.say("rounds.changes_table"),
        [
            Column(edition.say("label.indicator")),
            Column(edition.say("rounds.years"), unbroken=True),
            Column(edition.say("rounds.first"), numeric=True),
            Column(edition.say("rounds.last"), numeric=True),
            Column(edition.say("rounds.change"), numeric=True),
            Column(edition.say("rounds.per_year"), numeric=True),
        ],
        groups,
        [edition.sources(edition.figures[name] for name in used)],
    )


def standards_note(edition: Edition) -> Fragment:
    """Name the poverty standards in the district's figures, their acts and reviews."""
    used = sorted(set(edition.table["standard"]) - {""})
    standards = [edition.reference.standards[code] for code in used]
    said = [
        edition.say(
            "rounds.standard_note",
            name=edition.name(standard),
            act=standard.act(edition.language),
            first=standard.first_review,
            last=standard.last_review,
        )
        for standard in standards
    ]
    return paragraphs(said, "caution")


# ------------------------------------------------------------ poor, near-poor and the rest
def _compositions(edition: Edition) -> list[tuple[Point, Point]]:
    """Pairs (poverty rate, near-poverty rate) of one round under one standard, both printed."""
    near = {
        (point.round, point.standard): point
        for point in points(edition.table, "near_poverty_rate")
        if not point.derived
    }
    return [
        (point, near[point.round, point.standard])
        for point in points(edition.table, "poverty_rate")
        if not point.derived and (point.round, point.standard) in near
    ]


def composition_sentence(edition: Edition) -> Fragment:
    """Say for the latest round how many of a hundred households are poor, near-poor, neither."""
    pairs = _compositions(edition)
    if not pairs:
        return absent(edition)
    poor, near = pairs[-1]
    rest = 100 - poor.value - near.value
    text = edition.quantity(rest, "percent", 2)
    return paragraphs(
        [
            edition.say(
                "composition.sentence",
                round=poor.round,
                standard=edition.standard(poor.standard),
                poor=_point(edition, poor),
                near=_point(edition, near),
                rest=edition.linked_to([*poor.figures, *near.figures], text),
            )
        ]
    )


def composition_chart(edition: Edition) -> Fragment | None:
    """Draw poor, near-poor and the rest, a bar per round, each within one standard."""
    pairs = _compositions(edition)
    if not pairs:
        return None
    names = [edition.indicator(code) for code in RATES] + [edition.say("composition.rest")]
    rows, items, used = [], [], []
    for poor, near in pairs:
        values = [poor.value, near.value, 100 - poor.value - near.value]
        texts = [edition.quantity(value, "percent", 2) for value in values]
        used += [edition.figures[name] for name in (*poor.figures, *near.figures)]
        flag = edition.flag(*used[-2:])
        label = f"{poor.round}, {edition.standard_label(poor.standard)}{flag}"
        colors = (charts.SERIES[0], charts.SERIES[1], charts.TRACK)
        segments = [
            charts.Segment(float(value), text, color)
            for value, text, color in zip(values, texts, colors, strict=True)
        ]
        rows.append((label, segments))
        said = ", ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
        items.append(f"{label}: {said}")
    title = edition.say("composition.title")
    return charts.Chart(
        title,
        charts.stacks(rows, names),
        str(edition.say("label.chart_alt", title=title, items="; ".join(items))),
        Markup(" ").join([edition.sources(used), edition.flag_note(used)]),
    )
