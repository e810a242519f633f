"""Drawings in which a length is a value: bars, stacked bars, how a total is made up."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from .drawing import INK, MUTED, PAPER, SERIES, TRACK, WIDTH, WRAP, Drawing, Sheet


@dataclass(frozen=True)
class Bar:
    """A bar: its label, its length, the value as written, and whether it is drawn hollow.

    A hollow bar is not a printed figure as it stands: derived, a bound, or read otherwise.
    """

    label: str
    value: float
    text: str
    hollow: bool = False


def bars(items: Sequence[Bar], limit: float | None = None) -> Drawing:
    """Draw horizontal bars, each under its label, from the top down.

    `limit` draws the length that the whole would have (100 for shares).
    """
    labels = [textwrap.wrap(bar.label, WRAP) or [""] for bar in items]
    longest = limit or max((bar.value for bar in items), default=0) or 1
    line, bar_height, gap = 0.17, 0.15, 0.13
    heights = [len(label) * line + bar_height + gap for label in labels]
    total = sum(heights)
    with Sheet(total) as sheet:
        room = WIDTH - 0.02 - 0.085 * max(len(bar.text) for bar in items)
        top = total
        for bar, label, height in zip(items, labels, heights, strict=True):
            for number, text in enumerate(label):
                sheet.text(0, top - line * (number + 0.85), text, va="baseline")
            low = top - line * len(label) - bar_height - 0.03
            # A value too small to see keeps a sliver; nothing has no bar.
            length = max(room * bar.value / longest, 0.012) if bar.value else 0
            if limit:
                sheet.bar(0, low, room, bar_height, color=TRACK)
            sheet.bar(
                *(0, low, length, bar_height),
                facecolor="none" if bar.hollow else SERIES[0],
                edgecolor=SERIES[0],
                linewidth=1.2 if bar.hollow else 0,
            )
            sheet.text(
                (room if limit else length) + 0.06,
                low + bar_height / 2,
                bar.text,
                va="center_baseline",
                weight="bold",
            )
            top -= height
        return sheet.svg


@dataclass(frozen=True)
class Segment:
    """A part of a stacked bar: its length, the value as written, its colour."""

    value: float
    text: str
    color: str


def stacks(rows: Sequence[tuple[str, Sequence[Segment]]], names: Sequence[str]) -> Drawing:
    """Draw a bar per row, divided into segments; `names` are the segments', in the order drawn."""
    line, bar_height, gap = 0.19, 0.24, 0.16
    key = 0.2 * len(names) + 0.08
    total = key + len(rows) * (line + bar_height + gap)
    with Sheet(total) as sheet:
        colors = [segment.color for segment in rows[0][1]]
        for number, (name, color) in enumerate(zip(names, colors, strict=True)):
            y = total - 0.2 * number - 0.12
            sheet.text(0, y, "■", color=color, va="center", fontsize=11)
            sheet.text(0.16, y, name, va="center")
        top = total - key
        for label, segments in rows:
            sheet.text(0, top - line * 0.85, label)
            whole = sum(segment.value for segment in segments)
            left, low = 0.0, top - line - bar_height - 0.02
            for segment in segments:
                width = WIDTH * segment.value / whole
                sheet.bar(
                    *(left, low, width, bar_height),
                    facecolor=segment.color,
                    edgecolor=PAPER,
                    linewidth=0.8,
                )
                ink = INK if segment.color == TRACK else PAPER
                sheet.text(
                    left + 0.05, low + bar_height / 2, segment.text, va="center_baseline", color=ink
                )
                left += width
            top -= line + bar_height + gap
        return sheet.svg


def waterfall(parts: Sequence[Bar], whole: Bar) -> Drawing:
    """Draw how a total is made up: each part begins where the one before ended."""
    line, bar_height, gap = 0.19, 0.17, 0.12
    step = line + bar_height + gap
    total = step * (len(parts) + 1)
    longest = max(whole.value, sum(part.value for part in parts)) or 1
    room = WIDTH - 0.02
    with Sheet(total) as sheet:
        top, left = total, 0.0
        for bar in (*parts, whole):
            is_whole = bar is whole
            start = 0.0 if is_whole else left
            low = top - line - bar_height - 0.02
            width = max(room * bar.value / longest, 0.012)
            sheet.text(0, top - line * 0.85, bar.label)
            sheet.text(WIDTH, top - line * 0.85, bar.text, ha="right", weight="bold")
            color = MUTED if is_whole else SERIES[0]
            sheet.bar(start, low, width, bar_height, color=color)
            if not is_whole:
                left += width
                sheet.line([left, left], [low, low - gap - line], color=MUTED, linewidth=0.8)
            top -= step
        return sheet.svg
