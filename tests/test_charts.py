import re

import pytest

from helpers import charts
from helpers.charts import Bar, Dot


def joined(svg):
    return svg[0] + svg[1]


def bar_widths(svg, fill="var(--series-1)"):
    found = re.findall(
        r'd="M ([\d.]+) [\d.]+ \nL ([\d.]+) [^"]*"[^>]*fill: ' + re.escape(fill), svg
    )
    return [float(right) - float(left) for left, right in found]


def test_bars_are_as_long_as_their_values():
    svg = joined(charts.bars([Bar("a", 10, "10"), Bar("b", 5, "5")]))
    long, short = bar_widths(svg)
    assert short == pytest.approx(long / 2, rel=1e-3)


def test_a_share_is_drawn_against_the_whole():
    svg = joined(charts.bars([Bar("a", 25, "25%")], limit=100))
    assert bar_widths(svg)[0] == pytest.approx(bar_widths(svg, "var(--track)")[0] / 4, rel=1e-3)


def test_nothing_has_no_bar_and_a_trifle_keeps_a_sliver():
    nothing, trifle = bar_widths(joined(charts.bars([Bar("a", 0, "0"), Bar("b", 0.001, "0")], 100)))
    assert nothing == 0
    assert trifle > 0


def test_text_stays_text_with_its_diacritics():
    svg = joined(charts.bars([Bar("Lản Nhì Thàng, Huổi Luông", 1, "59,06%")]))
    assert "Lản Nhì Thàng, Huổi Luông" in svg
    assert "59,06%" in svg


def test_colours_follow_the_page():
    svg = joined(charts.bars([Bar("a", 1, "1", hollow=True)], limit=2))
    assert not re.search(r"#[0-9a-f]{6}\b", svg)
    assert "fill: none; stroke: var(--series-1)" in svg


def test_the_same_chart_is_the_same_bytes():
    items = [Bar("a", 3, "3"), Bar("b", 2, "2")]
    assert charts.bars(items) == charts.bars(items)


def panels(*standards):
    return [
        (name, [("rate", [Dot(2019, 20.0, "20%"), Dot(2021, 10.0, "10%")])]) for name in standards
    ]


def test_lines_join_points_inside_a_panel_only():
    svg = joined(charts.trend(panels("old", "new")))
    # A line through n points is one path with n - 1 L commands and no closing z.
    lines = re.findall(r'd="M ([\d.]+) [\d.]+ \n((?:L [\d.]+ [\d.]+ \n)+)"[^>]*series-1', svg)
    assert len(lines) == 2
    middle = 3.9 * 72 / 2
    for start, rest in lines:
        xs = [float(start), *(float(x) for x in re.findall(r"L ([\d.]+)", rest))]
        assert max(xs) < middle or min(xs) > middle


def test_a_derived_point_is_hollow():
    solid = joined(charts.trend([("s", [("rate", [Dot(2021, 1.0, "1%")])])]))
    hollow = joined(charts.trend([("s", [("rate", [Dot(2021, 1.0, "1%", hollow=True)])])]))
    assert "fill: var(--paper)" in hollow
    assert "fill: var(--paper)" not in solid
