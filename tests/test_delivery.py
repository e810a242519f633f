import pytest

from helpers import delivery, observations, processed


@pytest.fixture(scope="module")
def figures(project):
    return observations.by_figure(processed.load(project, "tam-duong").table)


def test_every_figure_of_a_topic_is_there_once(figures):
    for topic in {row.topic for row in figures.values()}:
        found = [row.figure for row in delivery.of_topic(figures, topic)]
        assert sorted(found) == sorted(name for name, row in figures.items() if row.topic == topic)


def test_headlines_are_totals_not_parts(figures):
    rows = delivery.headlines(figures, "outreach")
    assert [row.indicator for row in rows][:2] == ["outreach_sessions", "outreach_turns"]
    assert all(row.organisation == "front-and-unions" for row in rows[:2])


def test_headlines_are_of_different_indicators(figures):
    for topic in {row.topic for row in figures.values()}:
        codes = [row.indicator for row in delivery.headlines(figures, topic)]
        assert len(codes) == len(set(codes))


def test_the_parts_of_a_total_name_it(figures):
    found = delivery.breakdowns(figures, "outreach")[0]
    assert len(found.parts) == 6
    assert all(found.total.figure in row.part_of for row in found.parts)
    assert all(row.indicator == found.total.indicator for row in found.parts)


def test_a_plan_is_not_drawn_as_if_it_were_done(project):
    figures = observations.by_figure(processed.load(project, "phong-tho").table)
    found = delivery.breakdowns(figures, "training", most=9)
    assert found
    assert all(one.total.scenario == "actual" for one in found)
    assert all(row.scenario == "actual" for one in found for row in one.parts)


def test_a_topic_without_figures_has_nothing(figures):
    assert delivery.headlines(figures, "new_rural") == []
    assert delivery.breakdowns(figures, "new_rural") == []
