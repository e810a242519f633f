"""What every drawing shares: the house style, colours that follow the page, the SVG."""

import io
import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import matplotlib
from markupsafe import Markup
from matplotlib.figure import Figure

from ..fragments import Fragment
from ..tables import Table

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


# The attributes of an svg element, and its content.
Drawing = tuple[Markup, Markup]


@dataclass
class Chart(Fragment):
    """A chart as it stands on a page: title, drawing, text alternative, table of its data."""

    title: str | Markup
    svg: Drawing
    alternative: str
    note: Markup | str = ""
    data: Table | None = None
    data_label: str = ""

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


def sheet(height: float):
    """A figure of the page's width whose axes count in inches, without any frame."""
    figure = Figure(figsize=(WIDTH, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(0, height)
    return figure, axes


@cache
def style() -> dict:
    return dict(matplotlib.rc_params_from_file(STYLE, use_default_template=False))


def svg(figure: Figure) -> Drawing:
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
