"""School years, named by the year they end in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.roster.model import Session

FIRST_MONTH = 7
"""Where the roster is silent a school year begins on 1 July (contract 1)."""


@dataclass(frozen=True, kw_only=True)
class SchoolYear:
    """A school year; ``name`` is the year it ends in, both dates belong to it."""

    name: int
    begins: date
    ends: date


def school_year(on: date, sessions: Iterable[Session]) -> SchoolYear:
    """The school year of ``on``: the roster's session that holds the day (the earliest of several), else from 1 July."""
    holding = [s for s in sessions if s.begins <= on <= s.ends]
    if holding:
        session = min(holding, key=lambda s: (s.begins, s.sourced_id))
        return SchoolYear(name=session.school_year, begins=session.begins, ends=session.ends)
    first = on.year if on.month >= FIRST_MONTH else on.year - 1
    return SchoolYear(name=first + 1, begins=date(first, FIRST_MONTH, 1), ends=date(first + 1, FIRST_MONTH - 1, 30))
