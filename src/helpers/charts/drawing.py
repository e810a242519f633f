"""What every drawing shares: the house style, colours that follow the page, the SVG."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import matplotlib
from markupsafe import Markup
from matplotlib.artist import Artist
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

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


class Sheet:
    """A drawing of the page's width that is laid out in inches, its origin at the lower left.

    Its artists stand on the figure itself: axes, which nothing here needs, cost more than all
    that is drawn in them. To be used as a context, in which the house style holds.
    """

    def __init__(self, height: float):
        self._style = matplotlib.rc_context(rc=style())
        self._height = height

    def __enter__(self) -> "Sheet":
        self._style.__enter__()
        self.figure = Figure(figsize=(WIDTH, self._height))
        return self

    def __exit__(self, *exception) -> None:
        self._style.__exit__(*exception)

    def text(self, x: float, y: float, text: str, **style: object) -> None:
        """Write a text at a point, by default beginning on its line."""
        self.figure.text(x, y, text, **{"transform": self.figure.dpi_scale_trans, **style})

    def bar(self, x: float, y: float, width: float, height: float, **style: object) -> None:
        """Draw a filled rectangle from its lower left corner."""
        self._add(Rectangle((x, y), width, height, **{"linewidth": 0, **style}))

    def line(self, xs: Sequence[float], ys: Sequence[float], **style: object) -> None:
        """Draw a line through points, or their markers."""
        self._add(Line2D(xs, ys, **style))

    def _add(self, artist: Artist) -> None:
        artist.set_transform(self.figure.dpi_scale_trans)
        self.figure.add_artist(artist)

    @property
    def svg(self) -> Drawing:
        return svg(self.figure)


@cache
def style() -> dict:
    return dict(matplotlib.rc_params_from_file(STYLE, use_default_template=False))


def svg(figure: Figure) -> Drawing:
    """Return the drawing as (attributes of the svg element, its content), for inline use."""
    buffer = io.StringIO()
    # Named here, the canvas is imported with this module: once, before the press forks.
    FigureCanvasSVG(figure)
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
