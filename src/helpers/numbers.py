"""Reading Vietnamese print to exact decimals, and writing numbers for readers of either language.

In Vietnamese print "." groups thousands and "," is the decimal mark: "1.034,6" is 1034.6.
What breaks the rules ("125.1635", "102,924,5", "72, 6") is refused, never guessed at.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import NumberPattern, parse_pattern

from .errors import MalformedNumber

# "trên 41%" prints a bound, not a value: the word is part of the figure.
BOUNDS = {"trên": ">", "hơn": ">", "gần": "<", "dưới": "<", "khoảng": "~"}
NOT_ASSIGNED = "không giao"

_NUMBER = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,(?P<fraction>\d+))?(?P<percent> ?%)?", re.ASCII
)


@dataclass(frozen=True)
class PrintedNumber:
    """What a printed figure says.

    Attributes
    ----------
    value : Decimal or None
        The exact value in the unit printed beside it; None for "không giao" (not assigned).
    decimals : int
        How many decimals were printed: the precision of the figure.
    bound : str
        "=" for a plain figure; ">", "<" or "~" where a word such as "trên" makes it a bound.
    percent : bool
        Whether a percent sign was printed.
    """

    value: Decimal | None
    decimals: int = 0
    bound: str = "="
    percent: bool = False


def read(printed: str) -> PrintedNumber:
    """Read a figure exactly as printed.

    Raises
    ------
    MalformedNumber
        If the print breaks the Vietnamese rules; the message says how.
    """
    if printed.lower() == NOT_ASSIGNED:
        return PrintedNumber(None)
    word, _, rest = printed.partition(" ")
    bound = BOUNDS.get(word.lower(), "=")  # a sentence may begin with it
    text = rest if bound != "=" else printed
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise MalformedNumber(_why_malformed(text))
    whole, fraction = match["whole"].replace(".", ""), match["fraction"] or ""
    value = Decimal(f"{whole}.{fraction}" if fraction else whole)
    return PrintedNumber(value, len(fraction), bound, bool(match["percent"]))


def _why_malformed(text: str) -> str:
    body = text.rstrip("%").rstrip()
    if not any(character in "0123456789" for character in body):
        return "it has no digit"
    if re.search(r"[^0-9.,]", body):
        return "it holds a space, a letter or a sign among the digits"
    if body.count(",") > 1:
        return "it has two decimal commas"
    if "." in body.partition(",")[2]:
        return "a grouping point stands after the decimal comma"
    if "." in body:
        return "its points do not set off groups of three digits after a first that is not 0"
    return "it is not a number in Vietnamese print"


@lru_cache
def _pattern(decimals: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * decimals if decimals else ""))


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def decimals_of(value: Decimal) -> int:
    """Return how many decimals a value needs to be written exactly."""
    return max(0, -value.normalize().as_tuple().exponent)


def write(
    value: Decimal | int, language: str, decimals: int | None = None, signed: bool = False
) -> str:
    """Write a value in the reader's locale, exactly unless `decimals` asks for rounding.

    A minus is written as the sign "−" (U+2212); `signed` writes "+" before positive values too.
    """
    value = Decimal(value)
    places = decimals_of(value) if decimals is None else decimals
    rounded = abs(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = _pattern(places).apply(rounded, _locale(language))
    zero = not any(character in "123456789" for character in text)
    if value < 0 and not zero:
        return "−" + text
    return "+" + text if signed and not zero else text
