"""Statements: what a person says should agree in a district's figures, and why.

data/raw/<district>/statements.csv has one row per statement: two expressions of figures and
numbers, the relation that should stand between them, and the reason in both languages.
"""

import re

from . import rows
from .checks import OPERATORS, Statement, is_number
from .errors import Problems
from .project import Project

COLUMNS = ("left", "relation", "right", "reason_vi", "reason_en")
RELATIONS = ("=", "≤", "span")
_FIGURE = re.compile(r"[\w-]+-[a-z][a-z0-9-]*")


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
