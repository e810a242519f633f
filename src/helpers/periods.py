"""Periods that figures refer to: an instant (a stock) or a span (a flow), in ISO 8601.

"2019-12-31" is an instant; "2018", "2018-06" and "2018/2019-09" are spans, whose ends may be
given by year, month or day.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel.dates import format_date

_PART = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", re.ASCII)


@dataclass(frozen=True, order=True)
class Period:
    """From `start` to `end`, both included; an instant has the same day at both ends."""

    start: date
    end: date
    instant: bool

    @property
    def round(self) -> int:
        """The year that closes the period: the round a review belongs to."""
        return self.end.year

    @property
    def text(self) -> str:
        """The period in ISO 8601, with full dates."""
        return str(self.end) if self.instant else f"{self.start}/{self.end}"

    @property
    def months(self) -> int:
        """Whole or begun calendar months from the first to the last."""
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1


@lru_cache(maxsize=4096)
def read(text: str) -> Period:
    """Read a period.

    Raises
    ------
    ValueError
        If the text is not a date, a year, a month or two of them with "/" between.
    """
    first, slash, last = text.partition("/")
    start, _ = _ends(first)
    _, end = _ends(last if slash else first)
    if start > end:
        raise ValueError(f"its start {start} is after its end {end}")
    return Period(start, end, instant=not slash and len(first) == 10)


def _ends(text: str) -> tuple[date, date]:
    match = _PART.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (part and int(part) for part in match.groups())
    if day is not None:
        exact = date(year, month, day)
        return exact, exact
    if month is not None and not 1 <= month <= 12:
        raise ValueError(f"{text!r} has no such month")
    last_month = month or 12
    last_day = calendar.monthrange(year, last_month)[1]
    return date(year, month or 1, 1), date(year, last_month, last_day)


@lru_cache(maxsize=4096)
def write(period: Period, language: str) -> str:
    """Return the period in words and figures of the reader's language, as short as it is exact."""
    start, end = period.start, period.end
    if period.instant:
        return write_date(end, language)
    if not _whole_months(start, end):
        begun = _month(start, language) if start.day == 1 else write_date(start, language)
        return f"{begun} – {write_date(end, language)}"
    if (start.month, end.month) == (1, 12):
        return str(end.year) if start.year == end.year else f"{start.year}–{end.year}"
    if start == date(end.year, end.month, 1):
        return _month(end, language)
    if start.year == end.year:
        if language == "vi":
            return f"tháng {start.month}–{end.month}/{end.year}"
        return f"{format_date(start, 'MMM', language)}–{_month(end, language)}"
    return f"{_month(start, language)} – {_month(end, language)}"


def _whole_months(start: date, end: date) -> bool:
    return start.day == 1 and end.day == calendar.monthrange(end.year, end.month)[1]


def _month(day: date, language: str) -> str:
    return f"{day.month}/{day.year}" if language == "vi" else format_date(day, "MMM y", language)


def write_date(day: date, language: str) -> str:
    """Return a date as the reader writes it: 31/12/2019, or 31 Dec 2019."""
    return format_date(day, "dd/MM/y" if language == "vi" else "d MMM y", language)
