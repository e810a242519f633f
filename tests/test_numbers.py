"""Vietnamese print is read exactly or refused; numbers are written for readers of either language.

In Vietnamese print "." groups thousands and "," is the decimal mark.
"""

from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import pytest
from babel.numbers import NumberFormatError, parse_decimal
from hypothesis import example, given
from hypothesis import strategies as st

from helpers import numbers
from helpers.errors import MalformedNumber

MINUS = "−"

amounts = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(0, 10**15),
    st.integers(0, 6),
)
looks_like_a_number = st.text("0123456789.,", min_size=1, max_size=12)


def in_vietnamese(value: Decimal) -> str:
    """Print a value by hand, all its decimals kept: groups of three, a decimal comma."""
    whole, _, fraction = f"{value:f}".partition(".")
    groups = []
    while len(whole) > 3:
        whole, group = whole[:-3], whole[-3:]
        groups.insert(0, group)
    return ".".join([whole, *groups]) + ("," + fraction if fraction else "")


def follows_the_rules(text: str) -> bool:
    """Say whether digits, points and commas stand as the rules have it, without regexes."""
    whole, comma, fraction = text.partition(",")
    first, *groups = whole.split(".")
    return (
        (fraction.isdigit() or not comma)
        and first.isdigit()
        and (not groups or len(first) <= 3)
        and all(group.isdigit() and len(group) == 3 for group in groups)
    )


def naive(text: str) -> Fraction:
    whole, _, fraction = text.partition(",")
    return Fraction(int(whole.replace(".", "") + fraction), 10 ** len(fraction))


@pytest.mark.parametrize(
    ("printed", "value", "decimals"),
    [
        ("0", "0", 0),
        ("06", "6", 0),
        ("96", "96", 0),
        ("1234", "1234", 0),
        ("1.234", "1234", 0),
        ("11.275.000", "11275000", 0),
        ("1.034,6", "1034.6", 1),
        ("1034,6", "1034.6", 1),
        ("18,50", "18.50", 2),
        ("0,005", "0.005", 3),
    ],
)
def test_a_figure_is_read_to_its_value_and_precision(printed, value, decimals):
    assert numbers.read(printed) == numbers.PrintedNumber(Decimal(value), decimals)


@pytest.mark.parametrize("printed", ["18,52%", "18,52 %"])
def test_a_percent_sign_is_read_with_or_without_a_space(printed):
    assert numbers.read(printed) == numbers.PrintedNumber(Decimal("18.52"), 2, percent=True)


@pytest.mark.parametrize(
    ("word", "bound"),
    [("trên", ">"), ("hơn", ">"), ("gần", "<"), ("dưới", "<"), ("khoảng", "~"), ("Trên", ">")],
)
@pytest.mark.parametrize(("figure", "percent"), [("41,5%", True), ("41,5", False)])
def test_a_word_makes_a_figure_a_bound(word, bound, figure, percent):
    read = numbers.read(f"{word} {figure}")
    assert read == numbers.PrintedNumber(Decimal("41.5"), 1, bound, percent)


def test_not_assigned_is_neither_zero_nor_an_error():
    read = numbers.read("không giao")
    assert read.value is None
    assert read.bound == "="


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("125.1635", "groups of three"),
        ("1.23", "groups of three"),
        ("1234.567", "groups of three"),
        ("1..234", "groups of three"),
        ("1.234.56,7", "groups of three"),
        ("102,924,5", "two decimal commas"),
        ("1,2.3", "point stands after the decimal comma"),
        ("72, 6", "a space, a letter or a sign"),
        ("1 234", "a space, a letter or a sign"),
        ("6000 nghìn", "a space, a letter or a sign"),
        ("-5", "a space, a letter or a sign"),
        ("+5", "a space, a letter or a sign"),
        ("1e3", "a space, a letter or a sign"),
        ("5/11", "a space, a letter or a sign"),
        (" 5", "a space, a letter or a sign"),
        ("trên  41", "a space, a letter or a sign"),
        ("trên gần 41", "a space, a letter or a sign"),
        ("", "no digit"),
        ("%", "no digit"),
        (".", "no digit"),
        ("trên", "no digit"),
        ("chưa giải ngân", "no digit"),
    ],
)
def test_malformed_print_is_refused_with_its_reason(printed, reason):
    with pytest.raises(MalformedNumber, match=reason):
        numbers.read(printed)


@pytest.mark.parametrize("printed", [",5", "5,", "1.234,", "5\n", "5%%", "5% 5", "% 5"])
def test_other_malformed_print_is_refused(printed):
    with pytest.raises(MalformedNumber, match=r"\w"):
        numbers.read(printed)


@pytest.mark.parametrize("printed", ["٣", "１２", "1.२३४", "5²"])
def test_digits_of_other_scripts_are_refused(printed):
    with pytest.raises(MalformedNumber):
        numbers.read(printed)


@pytest.mark.parametrize("printed", ["0.123", "00.500", "01.234"])
def test_a_group_of_thousands_after_a_leading_zero_is_refused(printed):
    # "0.5" written with three decimals in the English way must not become five hundred.
    with pytest.raises(MalformedNumber):
        numbers.read(printed)


@given(amounts)
def test_what_is_printed_by_hand_is_read_back(value):
    read = numbers.read(in_vietnamese(value))
    assert read.value == value
    assert read.decimals == max(0, -value.as_tuple().exponent)


@given(amounts, st.integers(0, 6))
def test_what_is_written_in_vietnamese_is_read_back(value, more):
    decimals = numbers.decimals_of(value) + more
    read = numbers.read(numbers.write(value, "vi", decimals))
    assert (read.value, read.decimals) == (value, decimals)


@given(amounts)
def test_a_value_is_written_with_as_many_decimals_as_it_needs(value):
    read = numbers.read(numbers.write(value, "vi"))
    assert read.value == value
    assert not (read.decimals and numbers.write(value, "vi").endswith("0"))


@given(looks_like_a_number)
@example("125.1635")
@example("102,924,5")
@example("1.034,6")
def test_digits_points_and_commas_are_refused_or_read_as_the_rules_say(text):
    try:
        read = numbers.read(text)
    except MalformedNumber:
        led_by_zero = text.startswith("0") and "." in text
        assert led_by_zero or not follows_the_rules(text)
    else:
        assert follows_the_rules(text)
        assert Fraction(read.value) == naive(text)


def babel(text: str) -> Decimal:
    return parse_decimal(text, locale="vi", strict=True)


@given(amounts.map(in_vietnamese))
@example("1.034,6")
def test_babel_reads_good_print_alike(text):
    assert numbers.read(text).value == babel(text)


@given(looks_like_a_number)
def test_babel_agrees_where_both_accept(text):
    with suppress(MalformedNumber, NumberFormatError):
        assert numbers.read(text).value == babel(text)


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        ("1034.6", None, "1.034,6", "1,034.6"),
        ("11275000", None, "11.275.000", "11,275,000"),
        ("1E+3", None, "1.000", "1,000"),
        ("18.50", None, "18,5", "18.5"),
        ("18.5", 2, "18,50", "18.50"),
        ("38.6663", 2, "38,67", "38.67"),
        ("38.6649", 2, "38,66", "38.66"),
        ("999.96", 1, "1.000,0", "1,000.0"),
        ("-1234.5", None, f"{MINUS}1.234,5", f"{MINUS}1,234.5"),
        ("-0.04", 1, "0,0", "0.0"),
        ("0", None, "0", "0"),
    ],
)
def test_a_value_is_written_for_readers_of_each_language(value, decimals, vi, en):
    assert numbers.write(Decimal(value), "vi", decimals) == vi
    assert numbers.write(Decimal(value), "en", decimals) == en


@pytest.mark.parametrize(
    ("value", "text"), [("2.5", "+2.5"), ("-2.5", f"{MINUS}2.5"), ("0", "0"), ("0.04", "0.0")]
)
def test_a_sign_is_written_on_demand_except_at_zero(value, text):
    assert numbers.write(Decimal(value), "en", 1 if value != "0" else None, signed=True) == text


def test_whole_numbers_need_not_be_decimals():
    assert numbers.write(2639, "vi") == "2.639"


@given(amounts, st.integers(0, 4))
def test_rounding_is_to_the_nearest(value, decimals):
    written = numbers.read(numbers.write(value, "vi", decimals)).value
    assert abs(Fraction(written) - Fraction(value)) <= Fraction(1, 2 * 10**decimals)


@given(amounts.filter(bool), st.sampled_from(["vi", "en"]))
def test_a_sign_changes_nothing_but_the_sign(value, language):
    plain = numbers.write(value, language)
    assert numbers.write(-value, language) == MINUS + plain
    assert numbers.write(value, language, signed=True) == "+" + plain


def test_the_languages_differ_only_in_their_marks():
    marks = str.maketrans(".,", ",.")
    for value in (Decimal("1234567.25"), Decimal("0.5"), Decimal(12)):
        assert numbers.write(value, "vi").translate(marks) == numbers.write(value, "en")


def test_a_long_value_is_written_exactly():
    digits = "1" * 20
    assert numbers.write(Decimal(digits + ".5"), "en").replace(",", "") == digits + ".5"
