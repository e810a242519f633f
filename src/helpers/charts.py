"""Charts: few marks, each labelled where it stands, made to be read on a phone and in print.

A chart is an SVG whose text stays text and whose colours follow the page (light, dark, print);
it carries a text alternative made from the plotted values, and their table.
"""

import io
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import matplotlib
from markupsafe import Markup
from matplotlib.figure import Figure

from .fragments import Fragment
from .tables import Table

STYLE = Path(__file__).with_name("house.mplstyle")
INK, MUTED, TRACK, PAPER = "#1b2733", "#5b6b79", "#e3e9ee", "#fefefe"
# Blue and orange stay apart for every kind of colour blindness.
SERIES = ("#0b6e99", "#b35900")
_CSS = {
    INK: "currentColor",
    MUTED: "var(--muted)",
    TRACK: "var(--track)",
    PAPER: "var(--paper)",
    "#8fa0ad": "var(--rule)",
    SERIES[0]: "var(--series-1)",
    SERIES[1]: "var(--series-2)",
}
WIDTH = 3.9
WRAP = 46


@dataclass(frozen=True)
class Bar:
    """A bar: its label, its length, the value as written, and whether it is drawn hollow.

    A hollow bar is not a printed figure as it stands: derived, a bound, or read otherwise.
    """

    label: str
    value: float
    text: str
    hollow: bool = False


@dataclass(frozen=True)
class Dot:
    """A point of a trend: the round, the value, the value as written, hollow where derived."""

    round: int
    value: float
    text: str
    hollow: bool = False


Panel = tuple[str, Sequence[tuple[str, Sequence[Dot]]]]


@dataclass
class Chart(Fragment):
    """A chart as it stands on a page: title, drawing, text alternative, table of its data."""

    title: str | Markup
    svg: tuple[Markup, Markup]
    alternative: str
    data: Table | None
    data_label: str
    note: Markup | None = None

    def __html__(self) -> Markup:
        key = "chart-" + sha256(f"{self.title}{self.alternative}".encode()).hexdigest()[:8]
        drawing = Markup(
            '<svg role="img" aria-labelledby="{0}" {1}<title id="{0}">{2}</title>{3}'
        ).format(key, self.svg[0], self.alternative, self.svg[1])
        data = ""
        if self.data is not None:
            data = Markup("<details><summary>{}</summary>{}</details>").format(
                self.data_label, self.data
            )
        note = Markup('<p class="note">{}</p>').format(self.note) if self.note else ""
        return Markup("<figure><figcaption>{}</figcaption>{}{}{}</figure>").format(
            self.title, drawing, note, data
        )


def bars(items: Sequence[Bar], limit: float | None = None) -> tuple[Markup, Markup]:
    """Draw horizontal bars, each under its label, from the top down.

    `limit` draws the length that the whole would have (100 for shares).
    """
    labels = [textwrap.wrap(bar.label, WRAP) or [""] for bar in items]
    longest = limit or max((bar.value for bar in items), default=0) or 1
    line, bar_height, gap = 0.17, 0.15, 0.13
    heights = [len(label) * line + bar_height + gap for label in labels]
    total = sum(heights)
    with matplotlib.rc_context(rc=_style()):
        figure = Figure(figsize=(WIDTH, total))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(0, total)
        room = WIDTH - 0.02 - 0.085 * max(len(bar.text) for bar in items)
        top = total
        for bar, label, height in zip(items, labels, heights, strict=True):
            for number, text in enumerate(label):
                axes.text(0, top - line * (number + 0.85), text, va="baseline")
            low = top - line * len(label) - bar_height - 0.03
            # A value too small to see keeps a sliver; nothing has no bar.
            length = max(room * bar.value / longest, 0.012) if bar.value else 0
            if limit:
                axes.barh(
                    low, room, bar_height, align="edge", color=TRACK, linewidth=0, clip_on=False
                )
            axes.barh(
                low,
                length,
                bar_height,
                align="edge",
                facecolor="none" if bar.hollow else SERIES[0],
                edgecolor=SERIES[0],
                linewidth=1.2 if bar.hollow else 0,
                clip_on=False,
            )
            axes.text(
                (room if limit else length) + 0.06,
                low + bar_height / 2,
                bar.text,
                va="center_baseline",
                weight="bold",
            )
            top -= height
        return _svg(figure)


def trend(
    panels: Sequence[tuple[str, Sequence[tuple[str, Sequence[Dot]]]]],
) -> tuple[Markup, Markup]:
    """Draw one panel per poverty standard, side by side; lines join dots inside a panel only.

    A panel is (heading, series), a series (name, dots). Every panel has the same scale.
    """
    highest = max(dot.value for _, series in panels for _, dots in series for dot in dots)
    names = list(dict.fromkeys(name for _, series in panels for name, _ in series))
    with matplotlib.rc_context(rc=_style()):
        figure = Figure(figsize=(WIDTH, 2.6))
        for number, name in enumerate(names):
            y = 0.965 - 0.07 * number
            figure.text(0.0, y, "●", color=SERIES[number], va="center", fontsize=12)
            figure.text(0.035, y, name, va="center")
        for position, (heading, series) in enumerate(panels):
            width = 1 / len(panels)
            axes = figure.add_axes((position * width + 0.02, 0.11, width - 0.06, 0.52))
            axes.set_ylim(0, highest * 1.2)
            axes.set_yticks([])
            rounds = sorted({dot.round for _, dots in series for dot in dots})
            axes.set_xlim(rounds[0] - 0.45, rounds[-1] + 0.45)
            axes.set_xticks(rounds, [str(year) for year in rounds])
            axes.set_title(
                "\n".join(textwrap.wrap(heading, 24)), loc="left", fontsize=9, color=MUTED
            )
            for name, dots in series:
                _line(axes, dots, SERIES[names.index(name) % len(SERIES)])
            _label(axes, [dot for _, dots in series for dot in dots])
        return _svg(figure)


def _line(axes, dots: Sequence[Dot], color: str) -> None:
    years, values = [dot.round for dot in dots], [dot.value for dot in dots]
    axes.plot(years, values, color=color, linewidth=1.6, clip_on=False)
    for dot in dots:
        axes.plot(
            [dot.round],
            [dot.value],
            marker="o",
            markersize=6,
            markerfacecolor=PAPER if dot.hollow else color,
            markeredgecolor=color,
            linestyle="none",
            clip_on=False,
        )


def _label(axes, dots: Sequence[Dot]) -> None:
    """Write each value beside its dot: the highest of a round above, the others below."""
    for dot in dots:
        above = dot.value == max(other.value for other in dots if other.round == dot.round)
        axes.annotate(
            dot.text,
            (dot.round, dot.value),
            (0, 7 if above else -7),
            textcoords="offset points",
            ha="center",
            va="bottom" if above else "top",
            weight="bold",
        )


@cache
def _style() -> dict:
    return dict(matplotlib.rc_params_from_file(STYLE, use_default_template=False))


def _svg(figure: Figure) -> tuple[Markup, Markup]:
    """Return the drawing as (attributes of the svg element, its content), for inline use."""
    buffer = io.StringIO()
    figure.savefig(
        buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    text = buffer.getvalue()
    box = re.search(r'viewBox="([^"]+)"', text)[1]
    content = text[text.index(">", text.index("<svg")) + 1 :]
    content = re.sub(
        r"<metadata>.*?</metadata>|<!--.*?-->|<style[^>]*>.*?</style>", "", content, flags=re.S
    )
    # Ids repeat between the drawings of a page; only those that are referred to stay.
    used = set(re.findall(r'(?:url\(#|href="#)([\w-]+)', content))
    content = re.sub(r' id="([\w-]+)"', lambda found: found[0] if found[1] in used else "", content)
    own = sha256(content.encode()).hexdigest()[:6]
    content = re.sub(r'(url\(#|href="#| id=")', rf"\g<1>{own}-", content)
    # The page's own font is used: matplotlib's was for laying out.
    content = re.sub(r"font-family: [^;\"]+;? ?", "", content)
    for color, variable in _CSS.items():
        content = content.replace(color, variable)
    content = re.sub(r"\n\s*", "\n", content).replace("<defs>\n</defs>\n", "").strip()
    return Markup(f'viewBox="{box}">'), Markup(content)
