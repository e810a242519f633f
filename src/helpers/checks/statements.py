"""Statements: what a person says should agree in a district's figures, and why.

data/raw/<district>/statements.csv has one row per statement: two expressions of figures and
numbers, the relation that should stand between them, and the reason in both languages.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from .. import rows
from ..errors import Problems
from ..intervals import Interval
from ..project import Project
from .findings import Figures, Finding, decimal, verdict

COLUMNS = ("left", "relation", "right", "reason_vi", "reason_en")
RELATIONS = ("=", "≤", "span")
_FIGURE = re.compile(r"[\w-]+-[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class Statement:
    """What a person says should agree: two expressions of figures, a relation, and why.

    An expression is a sum, difference, product or quotient of figures (2022-f012) and numbers,
    written with spaces: "2022-f119 × 60". `relation` is "=", "≤" or "span" (the two sides should
    refer to the same period).
    """

    left: tuple[str, ...]
    relation: str
    right: tuple[str, ...]
    reason_vi: str
    reason_en: str

    @property
    def figures(self) -> tuple[str, ...]:
        operands = (*self.left[::2], *self.right[::2])
        return tuple(token for token in operands if not is_number(token))

    def check(self, figures: Figures) -> Finding:
        reasons = {"reason_vi": self.reason_vi, "reason_en": self.reason_en}
        rows = [figures.by_id[name] for name in self.figures]
        if self.relation == "span":
            spans = {(row.start, row.end) for row in rows}
            result = "holds" if len(spans) == 1 else "suspicious"
            return Finding("span", result, self.figures, **reasons)
        left = tuple(_evaluate(self.left, figures, cut) for cut in (False, True))
        right = tuple(_evaluate(self.right, figures, cut) for cut in (False, True))
        values = [decimal(_evaluate(side, figures, None).low) for side in (self.left, self.right)]
        soft = any(row.bound != "=" for row in rows)
        if self.relation == "≤":
            gap = max(Fraction(0), left[1].low - right[1].high)
            result = "holds" if values[0] <= values[1] else "fails" if gap else "rounding"
        else:
            result, gap = verdict(left, right, values[0] == values[1], soft)
        return Finding(
            "statement",
            result,
            self.figures,
            self.left,
            self.relation,
            self.right,
            values[0],
            values[1],
            decimal(gap),
            (rows[0] if is_number(self.right[0]) else figures.by_id[self.right[0]]).unit,
            **reasons,
        )


def is_number(token: str) -> bool:
    """Whether an operand is a plain number and not a figure."""
    try:
        Decimal(token)
    except InvalidOperation:
        return False
    return True


OPERATORS = {
    "+": Interval.__add__,
    "−": Interval.__sub__,
    "×": Interval.__mul__,
    "/": Interval.__truediv__,
}


def _evaluate(tokens: tuple[str, ...], figures: Figures, cut: bool | None) -> Interval:
    """Evaluate an expression, products before sums; `cut` None takes the values as printed."""

    def operand(token: str) -> Interval:
        if is_number(token):
            return Interval.exactly(Decimal(token))
        row = figures.by_id[token]
        found = Interval.exactly(row.value) if cut is None else figures.interval(row, cut)
        # Money per person or piece is kept in small units: in an expression all is in millions.
        money = figures.units[row.unit].measure.startswith("money")
        return found * Interval.exactly(figures.units[row.unit].factor) if money else found

    values, signs = [operand(tokens[0])], []
    for sign, token in zip(tokens[1::2], tokens[2::2], strict=True):
        if sign in "×/":
            values[-1] = OPERATORS[sign](values[-1], operand(token))
        else:
            signs.append(sign)
            values.append(operand(token))
    result = values[0]
    for sign, value in zip(signs, values[1:], strict=True):
        result = OPERATORS[sign](result, value)
    return result


def load(project: Project, district: str, figures: set[str]) -> list[Statement]:
    """Return a district's statements; none if it has no such file.

    Parameters
    ----------
    figures : set of str
        The ids of the district's observations, such as "2022-f012".

    Raises
    ------
    InputError
        If an expression cannot be read, names an unknown figure, or a reason is missing.
    """
    path = project.raw / district / "statements.csv"
    if not path.is_file():
        return []
    name = project.name(path)
    problems = Problems(name)
    found = []
    for row in rows.read(path, name, COLUMNS):
        sides = [_tokens(row, column, figures, problems) for column in ("left", "right")]
        if row["relation"] not in RELATIONS:
            allowed = rows.allowed_list(row["relation"], RELATIONS)
            problems.add(row.number, "relation", f"found {row['relation']!r}", allowed)
        for column in ("reason_vi", "reason_en"):
            if not row[column]:
                problems.add(row.number, column, "it is empty", "say why the two should agree")
        found.append(
            Statement(sides[0], row["relation"], sides[1], row["reason_vi"], row["reason_en"])
        )
    problems.raise_any()
    return found


def _tokens(row: rows.Row, column: str, figures: set[str], problems: Problems) -> tuple[str, ...]:
    tokens = tuple(row[column].split())
    how = "write figures and numbers with + − × / and spaces between, such as 2022-f119 × 60"
    if len(tokens) % 2 == 0:
        problems.add(row.number, column, f"{row[column]!r} is not an expression", how)
        return tokens
    for sign in tokens[1::2]:
        if sign not in OPERATORS:
            problems.add(row.number, column, f"{sign!r} is not an operator", how)
    for operand in tokens[::2]:
        if operand in figures:
            continue
        if _FIGURE.fullmatch(operand):
            near = rows.allowed_list(operand, figures, "this district's figures")
            problems.add(row.number, column, f"unknown figure {operand!r}", near)
            continue
        if not is_number(operand):
            problems.add(row.number, column, f"{operand!r} is no figure and no number", how)
    return tokens
