"""School years, named by the year they end in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.shared.fields import Examples

FIRST_MONTH = 7
"""Where the roster is silent a school year begins on 1 July (openapi/README.md 1.2)."""


@dataclass(frozen=True, kw_only=True)
class SchoolYear:
    """A school year."""

    name: Annotated[int, Examples(2027)]
    """The year it ends in."""
    begins_on: Annotated[date, Examples("2026-08-17")]
    """Its first day."""
    ends_on: Annotated[date, Examples("2027-05-28")]
    """Its last day."""


def school_year(on: date, school_years: Iterable[SchoolYear]) -> SchoolYear:
    """The school year of ``on``: of the roster's that hold the day the one that begins first, else from 1 July."""
    holding = [year for year in school_years if year.begins_on <= on <= year.ends_on]
    if holding:
        return min(holding, key=lambda year: (year.begins_on, year.name))
    first = on.year if on.month >= FIRST_MONTH else on.year - 1
    return SchoolYear(name=first + 1, begins_on=date(first, FIRST_MONTH, 1), ends_on=date(first + 1, FIRST_MONTH - 1, 30))
