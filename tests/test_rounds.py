from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import processed, rounds

PHONG_THO = "phong-tho"


@pytest.fixture(scope="module")
def table(project):
    return processed.load(project, PHONG_THO).table


def of(comparisons, indicator):
    return next(found for found in comparisons if found.indicator == indicator)


def test_2019_and_2022_are_never_subtracted(table):
    for found in rounds.compare(table, 2019, 2022):
        assert found.change is None
        assert found.per_year is None
    rate = of(rounds.compare(table, 2019, 2022), "poverty_rate")
    assert rate.verdict == "break"
    assert (rate.baseline.value, rate.endline.value) == (Decimal("25.64"), Decimal("43.81"))


def test_rounds_of_one_standard_are_compared(table):
    rate = of(rounds.compare(table, 2019, 2021), "poverty_rate")
    assert rate.verdict == "comparable"
    assert rate.change == Decimal("18.52") - Decimal("25.64")
    assert rate.per_year == rate.change / 2
    assert rate.baseline.standard == rate.endline.standard == "2016-2020"


def test_a_reported_fall_gives_the_earlier_rate_as_derived(table):
    rate = of(rounds.compare(table, 2021, 2022), "poverty_rate")
    assert rate.verdict == "comparable"
    assert rate.baseline.derived
    assert rate.baseline.status == "E"
    assert rate.baseline.value == Decimal("43.81") + Decimal("4.62")
    assert rate.change == Decimal("-4.62")
    assert len(rate.baseline.figures) == 2


def test_the_other_indicators_of_2021_and_2022_break(table):
    found = of(rounds.compare(table, 2021, 2022), "near_poverty_rate")
    assert found.verdict == "break"
    assert found.change is None


@pytest.mark.parametrize(
    ("baseline", "endline", "verdict"),
    [
        (2019, 2030, "endline_missing"),
        (2001, 2022, "baseline_missing"),
        (2001, 2030, "both_missing"),
    ],
)
def test_a_round_without_figures_is_said_to_be_missing(table, baseline, endline, verdict):
    assert of(rounds.compare(table, baseline, endline), "poverty_rate").verdict == verdict


def test_a_plan_or_a_commune_is_not_the_district(table):
    whole = rounds.district_level(table)
    assert whole
    assert all(row.scenario != "plan" and not row.area for row in whole)
    assert {point.value for point in rounds.points(table, "poverty_rate")} <= {
        Decimal(text) for text in ("25.64", "18.52", "43.81", "48.43")
    }


@st.composite
def tables(draw):
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["poverty_rate", "poverty_rate_fall", "poor_households"]),
                st.integers(2015, 2026),
                st.sampled_from(["2016-2020", "2022-2025"]),
                st.integers(0, 10_000),
            ),
            max_size=12,
        )
    )
    return pd.DataFrame(
        {
            "figure": [f"d-f{n}" for n in range(len(rows))],
            "indicator": [row[0] for row in rows],
            "round": [row[1] for row in rows],
            "standard": [row[2] for row in rows],
            "value": pd.Series([Decimal(row[3]) / 100 for row in rows], dtype=object),
            "resolution": pd.Series([Decimal("0.01")] * len(rows), dtype=object),
            "unit": "percent",
            "status": "A",
            "bound": "=",
            "area": "",
            "detail_vi": "",
            "detail_en": "",
            "scenario": "actual",
        }
    )


@given(tables(), st.integers(2015, 2026), st.integers(2015, 2026))
def test_a_change_never_joins_two_standards(table, baseline, endline):
    for found in rounds.compare(table, baseline, endline):
        if found.change is not None:
            assert found.baseline.standard == found.endline.standard
            assert found.change == found.endline.value - found.baseline.value
        if found.verdict == "break":
            assert found.baseline.standard != found.endline.standard


@given(tables())
def test_a_spell_has_one_standard_and_nothing_is_lost(table):
    points = rounds.points(table, "poverty_rate")
    spells = rounds.spells(points)
    assert all(len({point.standard for point in spell}) == 1 for spell in spells)
    assert sorted(map(id, points)) == sorted(id(point) for spell in spells for point in spell)


@given(tables())
def test_like_for_like_changes_stay_inside_a_standard(table):
    for found in rounds.changes(table):
        assert found.baseline.standard == found.endline.standard
        assert found.baseline_round < found.endline_round
        assert found.per_year * (found.endline_round - found.baseline_round) == pytest.approx(
            found.change
        )


def test_the_like_for_like_changes_of_phong_tho(table):
    rates = [one for one in rounds.changes(table) if one.indicator == "poverty_rate"]
    spans = [(one.baseline_round, one.endline_round, one.change) for one in rates]
    assert spans == [(2019, 2021, Decimal("-7.12")), (2021, 2022, Decimal("-4.62"))]
