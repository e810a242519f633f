"""Consistency checks: what the figures say of each other, tested with interval arithmetic.

A check never changes a value. It gives a finding: which figures, the arithmetic, the verdict.
Most checks follow from the structure of the data and the registries; what needs a person's
statement ("these two should agree, because …") is a row in data/raw/<district>/statements.csv.
"""

from collections.abc import Iterable

import pandas as pd

from .. import observations
from ..reference import Reference
from ..sheets import Document
from . import parts, prints, rates
from .findings import VERDICTS, Figures, Finding
from .statements import Statement

__all__ = ["VERDICTS", "Figures", "Finding", "Statement", "run"]


def run(
    table: pd.DataFrame,
    documents: dict[str, Document],
    reference: Reference,
    district: str,
    statements: Iterable[Statement] = (),
) -> list[Finding]:
    """Return every finding about a district's observations, the weightiest first."""
    rows = observations.rows(table)
    figures = Figures(rows, reference)
    found = [
        *parts.sums(figures),
        *parts.within(figures),
        *parts.repeats(figures),
        *parts.shares(figures, reference),
        *parts.named_places(figures),
        *parts.plan_is_actual(figures),
        *rates.rates(figures, reference),
        *rates.common_bases(figures, reference),
        *prints.magnitudes(figures, reference),
        *prints.readings(figures),
        *prints.spellings(figures, reference, district),
        *prints.dates(figures, documents),
        *(statement.check(figures) for statement in statements),
    ]
    return sorted(found, key=lambda finding: finding.weight)
