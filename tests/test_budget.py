from decimal import Decimal

import pytest

from helpers import budget, processed


@pytest.fixture(scope="module")
def table(project):
    return processed.load(project, "phong-tho").table


def test_carried_over_money_is_a_line_of_its_own(table):
    funds = {line.fund: line for line in budget.by_capital(table)}
    assert set(funds) == {"investment", "recurrent", "carried-over"}
    assert funds["carried-over"].assigned.value == 2455
    assert funds["recurrent"].assigned.value == 10505


def test_a_share_is_disbursed_over_assigned(table):
    funds = {line.fund: line for line in budget.by_capital(table)}
    assert funds["investment"].share == Decimal(27673) * 100 / Decimal(71570)


def test_every_sub_project_of_the_registry_has_a_line(table, registries):
    shown = {line.programme.code for line in budget.by_project(table, registries)}
    parents = {programme.parent for programme in registries.programmes.values()}
    leaves = {
        code
        for code in registries.programmes
        if code.startswith("spr-2021-2025/") and code not in parents
    }
    assert leaves <= shown


@pytest.mark.parametrize(
    ("number", "state"),
    [
        ("1.1", "disbursed"),
        ("1.2", "not_assigned"),
        ("3.1", "nothing_disbursed"),
        ("3.2", "not_assigned"),
        ("4.2", "assigned_only"),
        ("7.1", "disbursed"),
    ],
)
def test_the_states_of_money_are_told_apart(table, registries, number, state):
    lines = budget.by_project(table, registries)
    assert next(line for line in lines if line.programme.number == number).state == state


def test_a_project_no_figure_names_is_not_reported(table, registries):
    without = table[table["programme"] != "spr-2021-2025/7.2"]
    lines = budget.by_project(without, registries)
    assert next(line for line in lines if line.programme.number == "7.2").state == "not_reported"


def test_an_envelope_is_not_the_plan_of_a_year(table):
    assert all(budget.is_envelope(line) for line in budget.envelopes(table))
    values = {line.assigned.value for line in budget.envelopes(table) if line.assigned is not None}
    assert Decimal(208072) in values
    assert not any(budget.is_envelope(line) for line in budget.by_capital(table))


def test_figures_stated_again_are_kept_as_repeats(table):
    line = next(line for line in budget.by_capital(table) if line.fund == "investment")
    assert [row.value for row in line.repeats] == [Decimal(71570)]


def test_a_district_without_money_has_no_lines(project):
    assert budget.lines(processed.load(project, "tam-duong").table) == []
