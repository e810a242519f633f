"""Periods are read from ISO 8601 and written as short as they are exact."""

from datetime import date, timedelta
from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import periods
from helpers.periods import Period

days = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def span(first: date, last: date) -> Period:
    return Period(first, last, instant=False)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2018", (2018, 1, 1), (2018, 12, 31)),
        ("2018-06", (2018, 6, 1), (2018, 6, 30)),
        ("2020-02", (2020, 2, 1), (2020, 2, 29)),
        ("2021-02", (2021, 2, 1), (2021, 2, 28)),
        ("2018/2019-09", (2018, 1, 1), (2019, 9, 30)),
        ("2021-07/2022-12", (2021, 7, 1), (2022, 12, 31)),
        ("2016/2020-10-14", (2016, 1, 1), (2020, 10, 14)),
        ("2019-12-30/2019-12-31", (2019, 12, 30), (2019, 12, 31)),
        ("2019-12-31/2019-12-31", (2019, 12, 31), (2019, 12, 31)),
    ],
)
def test_a_span_runs_from_the_first_day_to_the_last(text, start, end):
    assert periods.read(text) == span(date(*start), date(*end))


def test_a_day_alone_is_an_instant():
    day = date(2019, 12, 31)
    assert periods.read("2019-12-31") == Period(day, day, instant=True)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "19",
            "2019-1",
            "2019-1-1",
            "31/12/2019",
            "2019-12-31T00",
            " 2019",
            "2019 ",
            "năm 2019",
        ),
        *("2018/", "/2018", "2018//2019", "2018/2019/2020", "2018-2019"),
        *("2019-13", "2019-13-01", "2019-02-29", "2019-04-31", "2019-00-15", "0000"),
    ],
)
def test_what_is_not_a_period_is_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        periods.read(text)


@pytest.mark.parametrize("text", ["2019-00", "2019-12-00", "2019-00-00", "2018/2019-00"])
def test_there_is_no_month_or_day_nought(text):
    with pytest.raises(ValueError, match=r"\w"):
        periods.read(text)


def test_digits_of_other_scripts_are_refused():
    with pytest.raises(ValueError, match="YYYY"):
        periods.read("２０１９")


@pytest.mark.parametrize("text", ["2020/2019", "2019-09/2019-08", "2019-12-31/2019-12-30"])
def test_a_span_that_ends_before_it_starts_is_refused(text):
    with pytest.raises(ValueError, match="after its end"):
        periods.read(text)


@given(days, days, st.booleans())
def test_the_text_of_a_period_reads_back_as_the_same_period(one, other, instant):
    first, last = sorted((one, other))
    period = Period(last, last, instant=True) if instant else span(first, last)
    assert periods.read(period.text) == period


@given(days)
def test_the_ends_of_a_month_and_a_year_hold_every_day_of_theirs(day):
    month, year = periods.read(f"{day:%Y-%m}"), periods.read(f"{day:%Y}")
    assert year.start <= month.start <= day <= month.end <= year.end
    for period, unit in ((month, "%Y-%m"), (year, "%Y")):
        outside = (period.start - timedelta(1), period.end + timedelta(1))
        assert f"{period.start:{unit}}" == f"{period.end:{unit}}" == f"{day:{unit}}"
        assert all(f"{end:{unit}}" != f"{day:{unit}}" for end in outside)


@pytest.mark.parametrize(
    ("text", "round_", "months"),
    [
        ("2019-12-31", 2019, 1),
        ("2019", 2019, 12),
        ("2018/2019-09", 2019, 21),
        ("2021-07/2022-12", 2022, 18),
        ("2019-01-31/2019-02-01", 2019, 2),
    ],
)
def test_a_period_belongs_to_the_round_of_its_last_year_and_counts_months_begun(
    text, round_, months
):
    period = periods.read(text)
    assert (period.round, period.months) == (round_, months)


def test_periods_sort_by_start_then_end():
    texts = ["2018", "2018/2019-09", "2018-06", "2019-12-31"]
    ordered = sorted(map(periods.read, reversed(texts)))
    assert ordered == [periods.read(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ("2019-12-31", "31/12/2019", "31 Dec 2019"),
        ("2019-02-05", "05/02/2019", "5 Feb 2019"),
        ("2018", "2018", "2018"),
        ("2016/2020", "2016–2020", "2016–2020"),
        ("2018-06", "6/2018", "Jun 2018"),
        ("2023-01/2023-09", "tháng 1–9/2023", "Jan–Sep 2023"),
        ("2018/2019-09", "1/2018 – 9/2019", "Jan 2018 – Sep 2019"),
        ("2016/2020-10-14", "1/2016 – 14/10/2020", "Jan 2016 – 14 Oct 2020"),
        ("2023-01-15/2023-09-06", "15/01/2023 – 06/09/2023", "15 Jan 2023 – 6 Sep 2023"),
    ],
)
def test_a_period_is_written_as_the_reader_writes_it(text, vi, en):
    period = periods.read(text)
    assert periods.write(period, "vi") == vi
    assert periods.write(period, "en") == en


def test_a_whole_month_is_the_same_however_it_was_typed():
    assert periods.read("2018-06") == periods.read("2018-06-01/2018-06-30")
    assert periods.read("2018") == periods.read("2018-01/2018-12")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_is_written_is_exact_so_no_two_periods_read_alike(language):
    ends = [
        date(year, month, day)
        for year in (2019, 2020)
        for month in (1, 2, 3, 12)
        for day in (1, 15, 28, 29, 30, 31)
        if month != 2 or day <= (29 if year == 2020 else 28)
    ]
    known = [span(*pair) for pair in combinations_with_replacement(ends, 2)]
    known += [Period(day, day, instant=True) for day in ends]
    written = {periods.write(period, language) for period in known}
    assert len(written) == len(known)
