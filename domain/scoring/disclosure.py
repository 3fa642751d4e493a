"""What may be shown of anonymous answers (METHOD 8). It comes before everything else that is computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import TypeVar

from domain.framework.configuration import Disclosure
from domain.framework.evidence_sources import ANONYMOUS, Source
from domain.scoring.evidence_units import EvidenceUnit

MIN_PART = 5
"""Leaders in a shown part of a roll-up (METHOD 8.6)."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class DisclosedCell:
    """One campaign's units of one source and responsibility, as they may be used. ``units`` is empty when hidden."""

    disclosed: bool
    floored: bool
    units: tuple[EvidenceUnit, ...]


def is_disclosed(source: Source, forms: int, units: int, limits: Disclosure) -> bool:
    """Whether a cell is shown: forms of the source in the campaign and units in the cell both reach k (METHOD 8.2).

    Each campaign by itself; identified sources from one.
    """
    return units >= 1 and (source not in ANONYMOUS or min(forms, units) >= limits.k)


def disclose_cell(source: Source, forms: int, units: Sequence[EvidenceUnit], limits: Disclosure) -> DisclosedCell:
    """``units`` of one campaign as they may be used: none of a hidden cell, the floor for a mean below it (METHOD 8.1 and 8.3).

    On the floor every unit is 1.5: so the mean is, and there is no spread. Identified sources have no floor.
    """
    if not is_disclosed(source, forms, len(units), limits):
        return DisclosedCell(disclosed=False, floored=False, units=())
    if source in ANONYMOUS and fsum(u.x for u in units) < limits.floor * len(units):
        return DisclosedCell(disclosed=True, floored=True, units=tuple(u._replace(x=limits.floor) for u in units))
    return DisclosedCell(disclosed=True, floored=False, units=tuple(units))


def is_spread_disclosed(source: Source, n: int, limits: Disclosure) -> bool:
    """Whether SD, sample SE and distribution are shown (METHOD 8.4 and 5.6): from ten answers, identified sources from two."""
    return n >= (limits.spread_bar if source in ANONYMOUS else 2)


def are_comments_disclosed(n: int, limits: Disclosure) -> bool:
    """Whether comments are shown: from ten answers (METHOD 8.4)."""
    return n >= limits.comment_bar


def next_release(waiting: Sequence[T], k: int) -> tuple[T, ...]:
    """What a ``live`` campaign releases now of the answers waiting: all of them from ``k`` on, else none (METHOD 8.5).

    What is left at close stays out, and a sentence says so.
    """
    return tuple(waiting) if len(waiting) >= k else ()


def disclosed_parts(sizes: Sequence[tuple[str, int]]) -> frozenset[str]:
    """The parts of a roll-up that are shown, of one fixed partition ``(name, leaders)`` (METHOD 8.6).

    A part below five is hidden; a single one takes the next smallest down with it (equal sizes: the first name), as it could be
    subtracted from a total. Parts without leaders hide nothing and are not shown.
    """
    parts = sorted((n, name) for name, n in sizes if n > 0)
    hidden = sum(n < MIN_PART for n, _ in parts)
    return frozenset(name for _, name in parts[2 if hidden == 1 else hidden :])
