from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.intervals import Interval, total

values = st.decimals(-10_000, 10_000, places=6, allow_nan=False)
intervals = st.tuples(values, values).map(lambda ends: Interval(*sorted(map(Fraction, ends))))


def inside(number, interval):
    return interval.low <= Fraction(number) <= interval.high


@given(st.decimals(0, 10_000, places=6), st.integers(0, 4))
def test_a_print_stands_for_every_number_that_rounds_to_it(number, decimals):
    unit = Decimal(1).scaleb(-decimals)
    printed = number.quantize(unit, ROUND_HALF_UP)
    assert inside(number, Interval.printed(printed, unit))


@given(st.decimals(0, 10_000, places=6), st.integers(0, 4))
def test_a_print_that_may_be_cut_off_stands_for_every_number_cut_to_it(number, decimals):
    unit = Decimal(1).scaleb(-decimals)
    printed = number.quantize(unit, ROUND_DOWN)
    assert inside(number, Interval.printed(printed, unit, truncated=True))


@given(intervals, intervals, st.fractions(0, 1), st.fractions(0, 1))
def test_sums_differences_and_products_hold_those_of_their_numbers(one, other, at, at_2):
    a = one.low + at * (one.high - one.low)
    b = other.low + at_2 * (other.high - other.low)
    assert inside(a + b, one + other)
    assert inside(a - b, one - other)
    assert inside(a * b, one * other)
    if not other.low <= 0 <= other.high:
        assert inside(a / b, one / other)


@given(intervals, intervals)
def test_intervals_meet_when_nothing_lies_between(one, other):
    assert one.meets(other) == (one.distance(other) == 0)
    assert one.distance(other) == other.distance(one)


def test_a_bound_reaches_a_tenth_further():
    over = Interval.printed(Decimal(400), Decimal(0), ">")
    assert (over.low, over.high) == (400, 440)
    nearly = Interval.printed(Decimal(200), Decimal(0), "<")
    assert (nearly.low, nearly.high) == (180, 200)


def test_dividing_by_what_may_be_zero_is_refused():
    with pytest.raises(ZeroDivisionError):
        Interval.exactly(1) / Interval(Fraction(-1), Fraction(1))


def test_the_sum_of_nothing_is_zero():
    assert total([]) == Interval.exactly(0)


def test_a_whole_number_inside():
    assert Interval(Fraction(5, 2), Fraction(7, 2)).holds_integer()
    assert not Interval(Fraction(11, 5), Fraction(29, 10)).holds_integer()
