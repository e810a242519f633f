"""Charts: few marks, each labelled where it stands, made to be read on a phone and in print.

A chart is an SVG whose text stays text and whose colours follow the page (light, dark, print);
it carries a text alternative made from the plotted values, and their table.
"""

from .drawing import MUTED, SERIES, TRACK, Chart
from .lengths import Bar, Segment, bars, stacks, waterfall
from .positions import Dot, Place, Range, locator, ranges, trend

__all__ = [
    "MUTED",
    "SERIES",
    "TRACK",
    "Bar",
    "Chart",
    "Dot",
    "Place",
    "Range",
    "Segment",
    "bars",
    "locator",
    "ranges",
    "stacks",
    "trend",
    "waterfall",
]
