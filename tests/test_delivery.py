import pytest

from helpers import delivery, processed


@pytest.fixture(scope="module")
def table(project):
    return processed.load(project, "tam-duong").table


def test_every_figure_of_a_topic_is_there_once(table):
    for topic in table["topic"].unique():
        found = delivery.figures(table, topic)
        assert sorted(found["figure"]) == sorted(table.loc[table["topic"] == topic, "figure"])


def test_headlines_are_totals_not_parts(table):
    rows = delivery.headlines(table, "outreach")
    assert [row.indicator for row in rows][:2] == ["outreach_sessions", "outreach_turns"]
    assert all(row.organisation == "front-and-unions" for row in rows[:2])


def test_headlines_are_of_different_indicators(table):
    for topic in table["topic"].unique():
        codes = [row.indicator for row in delivery.headlines(table, topic)]
        assert len(codes) == len(set(codes))


def test_the_parts_of_a_total_name_it(table):
    found = delivery.breakdowns(table, "outreach")[0]
    assert len(found.parts) == 6
    assert all(found.total.figure in row.part_of for row in found.parts)
    assert all(row.indicator == found.total.indicator for row in found.parts)


def test_a_plan_is_not_drawn_as_if_it_were_done(project):
    table = processed.load(project, "phong-tho").table
    found = delivery.breakdowns(table, "training", most=9)
    assert found
    assert all(one.total.scenario == "actual" for one in found)
    assert all(row.scenario == "actual" for one in found for row in one.parts)


def test_a_topic_without_figures_has_nothing(table):
    assert delivery.headlines(table, "new_rural") == []
    assert delivery.breakdowns(table, "new_rural") == []
