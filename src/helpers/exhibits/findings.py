"""Findings: what in the reports does not add up, sorted by weight, each with its arithmetic."""

from collections import Counter
from decimal import Decimal

from markupsafe import Markup

from .. import wording
from ..checks import VERDICTS, Finding
from ..edition import Edition
from ..fragments import Fragment, paragraphs
from ..tables import Column, Table

SIGNS = {
    "=": {"fails": "≠", "suspicious": "≠", "holds": "="},
    "≤": {"fails": ">", "suspicious": ">"},
    "≥": {"fails": "<", "suspicious": "<"},
}
# Kinds whose reason stands in the registry or the statement, not in the wording.
ABOUT_NAMES = ("spelling", "outside")
TOLD_BY_REASON = ("statement", "span", "magnitude", "print")


def sentence(edition: Edition) -> Fragment:
    """Say how many checks there were and how they ended."""
    counts = Counter(finding.verdict for finding in edition.processed.findings)
    values = {verdict: edition.number(counts[verdict]) for verdict in VERDICTS}
    total = edition.number(len(edition.processed.findings))
    said = [edition.say("findings.sentence", checks=total, **values)]
    if not edition.findings:
        said.append(edition.say("findings.none"))
    return paragraphs(said)


def table(edition: Edition, topic: str = "") -> Fragment | None:
    """Tabulate the findings a reader must know, the weightiest first; None without any.

    With a topic, only those that touch a figure of it; the full table is where marks lead to.
    """
    rows, ids = [], []
    for number, finding in enumerate(edition.findings, start=1):
        topics = {edition.figures[name].topic for name in finding.figures}
        if topic and (topic not in topics or finding.kind in ABOUT_NAMES):
            continue
        ids.append(f"finding-{number}")
        rows.append(
            [
                Markup("{}. {}").format(number, edition.say(f"finding.{finding.kind}")),
                arithmetic(edition, finding),
                _verdict(edition, finding),
                _meaning(edition, finding),
            ]
        )
    if not rows:
        return None
    return Table(
        edition.say("findings.topic_table" if topic else "findings.table"),
        [
            Column(edition.say("findings.kind")),
            Column(edition.say("findings.arithmetic")),
            Column(edition.say("findings.verdict")),
            Column(edition.say("findings.meaning")),
        ],
        [(None, rows)],
        ids=None if topic else ids,
    )


def arithmetic(edition: Edition, finding: Finding) -> Markup:
    """Write a finding's arithmetic, each figure leading to its row."""
    if not finding.left:
        links = [_figure(edition, name) for name in finding.figures[:4]]
        more = Markup(" …") if len(finding.figures) > len(links) else Markup("")
        return Markup(", ").join(links) + more
    signs = SIGNS.get(finding.relation, {})
    sign = signs.get(finding.verdict, "≈" if finding.relation == "=" else finding.relation)
    sides = [
        _side(edition, tokens, value)
        for tokens, value in (
            (finding.left, finding.left_value),
            (finding.right, finding.right_value),
        )
        if tokens
    ]
    return Markup(" {} ").format(sign).join(sides)


def _side(edition: Edition, tokens: tuple[str, ...], value: Decimal | None) -> Markup:
    said = Markup(" ").join(
        _figure(edition, token) if token in edition.figures else _plain(edition, token)
        for token in tokens
    )
    if len(tokens) > 1 and value is not None:
        said += Markup(" = {}").format(edition.number(round(value, 3)))
    return said


def _figure(edition: Edition, name: str) -> Markup:
    row = edition.figures[name]
    return Markup('<a class="f" href="#{}" title="{}: {}">{}</a>').format(
        name, edition.indicator(row.indicator), edition.origin(row), edition.value(row)
    )


def _plain(edition: Edition, token: str) -> str:
    return edition.number(Decimal(token)) if token[0].isdigit() else token


def _verdict(edition: Edition, finding: Finding) -> Markup:
    if not finding.gap:
        return edition.say(f"result.{finding.verdict}")
    key = "findings.apart" if finding.verdict == "fails" else "findings.apart_soft"
    places = 2 if finding.unit in ("percent", "percentage-point") else None
    gap = edition.quantity(round(finding.gap, 3), finding.unit, places)
    if finding.unit == "percent":  # a gap between percentages is in points
        gap = edition.say("points.percent", value=edition.number(finding.gap, 2))
    return edition.say(key, gap=gap)


def _meaning(edition: Edition, finding: Finding) -> Markup | str:
    reason = finding.reason_vi if edition.language == "vi" else finding.reason_en
    if finding.kind in TOLD_BY_REASON:
        return reason
    values = {
        "left": edition.number(finding.left_value) if finding.left_value is not None else "",
        "right": edition.number(finding.right_value) if finding.right_value is not None else "",
        "text": reason,
    }
    return wording.say(f"meaning.{finding.kind}", edition.language, **values)
