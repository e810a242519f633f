"""Drawings in which a position is a value: rounds, intervals, places."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib
from matplotlib.figure import Figure

from .drawing import INK, MUTED, PAPER, SERIES, TRACK, WIDTH, Drawing, Sheet, style, svg


@dataclass(frozen=True)
class Dot:
    """A point of a trend: the round, the value, the value as written, hollow where derived."""

    round: int
    value: float
    text: str
    hollow: bool = False


Panel = tuple[str, Sequence[tuple[str, Sequence[Dot]]]]


def trend(
    panels: Sequence[tuple[str, Sequence[tuple[str, Sequence[Dot]]]]],
) -> Drawing:
    """Draw one panel per poverty standard, side by side; lines join dots inside a panel only.

    A panel is (heading, series), a series (name, dots). Every panel has the same scale.
    """
    highest = max(dot.value for _, series in panels for _, dots in series for dot in dots)
    names = list(dict.fromkeys(name for _, series in panels for name, _ in series))
    with matplotlib.rc_context(rc=style()):
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
        return svg(figure)


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


@dataclass(frozen=True)
class Range:
    """A label, the interval in which its number lies, and whether it agrees with the others."""

    label: str
    low: float
    high: float
    text: str
    agrees: bool = True


def ranges(items: Sequence[Range], marks: Sequence[tuple[float, str]]) -> Drawing:
    """Draw intervals on one scale under their labels, with marked values as upright lines."""
    ends = [end for item in items for end in (item.low, item.high)] + [at for at, _ in marks]
    low, high = min(ends), max(ends)
    pad = (high - low) * 0.06 or 1
    line, gap, head = 0.19, 0.2, 0.2 * len(marks) + 0.06
    # The numbers have a column of their own, right of the scale.
    room = WIDTH - 0.09 * max(len(item.text) for item in items)
    total = head + len(items) * (line + gap)
    with Sheet(total) as sheet:

        def across(value: float) -> float:
            return (value - low + pad) / (high - low + 2 * pad) * room

        for number, (at, text) in enumerate(marks):
            y = total - 0.2 * number - 0.1
            right = across(at) > room / 2
            sheet.line([across(at)] * 2, [0, y], color=MUTED, linewidth=1, linestyle=(0, (3, 2)))
            sheet.text(
                across(at) + (-0.05 if right else 0.05),
                y,
                text,
                va="center",
                ha="right" if right else "left",
            )
        top = total - head
        for item in items:
            y = top - line - 0.07
            color = SERIES[0] if item.agrees else SERIES[1]
            sheet.text(0, top - line * 0.85, item.label)
            sheet.text(WIDTH, top - line * 0.85, item.text, ha="right", weight="bold")
            sheet.line([0, room], [y, y], color=TRACK, linewidth=1)
            left, right = across(item.low), across(item.high)
            sheet.line([left, max(right, left + 0.04)], [y, y], color=color, linewidth=5)
            top -= line + gap
        return sheet.svg


@dataclass(frozen=True)
class Place:
    """A point of a locator map: where it is, its name, and whether it is one of those shown."""

    longitude: float
    latitude: float
    name: str
    shown: bool


def locator(places: Sequence[Place]) -> Drawing:
    """Draw places by their centroids: those shown filled and named, the others hollow."""
    longitudes = [place.longitude for place in places]
    latitudes = [place.latitude for place in places]
    # A degree of longitude is shorter than one of latitude away from the equator.
    shrink = math.cos(math.radians(sum(latitudes) / len(latitudes)))
    across = (max(longitudes) - min(longitudes)) * shrink or 0.1
    up = max(latitudes) - min(latitudes) or 0.1
    scale = min((WIDTH - 1.5) / across, 3.4 / up)
    height = up * scale + 0.5
    with Sheet(height) as sheet:
        taken: list[tuple[float, float, float, float]] = []
        points = [
            (
                0.6 + (place.longitude - min(longitudes)) * shrink * scale,
                0.25 + (place.latitude - min(latitudes)) * scale,
                place,
            )
            for place in places
        ]
        for x, y, place in points:
            taken.append((x - 0.06, y - 0.06, x + 0.06, y + 0.06))
            sheet.line(
                [x],
                [y],
                marker="o",
                markersize=7 if place.shown else 5,
                markerfacecolor=SERIES[0] if place.shown else PAPER,
                markeredgecolor=SERIES[0] if place.shown else MUTED,
                linestyle="none",
            )
        for x, y, place in sorted(points, key=lambda point: not point[2].shown):
            _name(sheet, x, y, place, taken)
        return sheet.svg


def _name(sheet: Sheet, x: float, y: float, place: Place, taken: list) -> None:
    """Write a place's name where it covers nothing that stands already, if there is room."""
    width, height = 0.071 * len(place.name), 0.13
    for left, low in (
        (x + 0.08, y - height / 2),
        (x - 0.08 - width, y - height / 2),
        (x - width / 2, y + 0.08),
        (x - width / 2, y - 0.08 - height),
    ):
        box = (left, low, left + width, low + height)
        free = all(
            box[2] < other[0] or other[2] < box[0] or box[3] < other[1] or other[3] < box[1]
            for other in taken
        )
        if free and left >= -0.02 and left + width <= WIDTH + 0.02:
            taken.append(box)
            color = INK if place.shown else MUTED
            sheet.text(left, low + height / 2, place.name, va="center_baseline", color=color)
            return
