"""School years, named by the year they end in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

FIRST_MONTH = 7
"""Where the roster is silent a school year begins on 1 July (openapi/README.md 1.2)."""


@dataclass(frozen=True, kw_only=True)
class SchoolYear:
    """A school year."""

    name: int = field(metadata={"description": "The year it ends in.", "examples": [2027]})
    begins_on: date = field(metadata={"description": "Its first day.", "examples": ["2026-08-17"]})
    ends_on: date = field(metadata={"description": "Its last day.", "examples": ["2027-05-28"]})


def school_year(on: date, held: Iterable[SchoolYear]) -> SchoolYear:
    """The school year of ``on``: of the roster's that hold the day the one that begins first, else from 1 July."""
    holding = [year for year in held if year.begins_on <= on <= year.ends_on]
    if holding:
        return min(holding, key=lambda year: (year.begins_on, year.name))
    first = on.year if on.month >= FIRST_MONTH else on.year - 1
    return SchoolYear(name=first + 1, begins_on=date(first, FIRST_MONTH, 1), ends_on=date(first + 1, FIRST_MONTH - 1, 30))
