"""Decide what may be disclosed of anonymous answers, before anything is computed (METHOD 8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import TypeVar

from domain.framework.configuration import Disclosure
from domain.framework.evidence_sources import ANONYMOUS, Source
from domain.scoring.evidence_units import EvidenceUnit

MIN_PART = 5
"""The smallest number of leaders in a disclosed part of a roll-up (METHOD 8.6)."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class DisclosedCell:
    """The usable units of one campaign, source and responsibility; empty when not disclosed."""

    disclosed: bool
    floored: bool
    units: tuple[EvidenceUnit, ...]


def is_disclosed(source: Source, forms: int, units: int, limits: Disclosure) -> bool:
    """Return whether a cell is disclosed: the source's forms in the campaign and the cell's units both reach k (METHOD 8.2).

    Each campaign is decided separately; identified sources are disclosed from one unit on.
    """
    return units >= 1 and (source not in ANONYMOUS or min(forms, units) >= limits.k)


def disclose_cell(source: Source, forms: int, units: Sequence[EvidenceUnit], limits: Disclosure) -> DisclosedCell:
    """Return the usable `units` of one campaign: none if not disclosed, the floor for a lower mean (METHOD 8.1 and 8.3).

    On the floor every unit is 1.5, and so is the mean, without spread. Identified sources have no floor.
    """
    if not is_disclosed(source, forms, len(units), limits):
        return DisclosedCell(disclosed=False, floored=False, units=())
    if source in ANONYMOUS and fsum(u.x for u in units) < limits.floor * len(units):
        return DisclosedCell(disclosed=True, floored=True, units=tuple(u._replace(x=limits.floor) for u in units))
    return DisclosedCell(disclosed=True, floored=False, units=tuple(units))


def is_spread_disclosed(source: Source, n: int, limits: Disclosure) -> bool:
    """Return whether SD, sample SE and distribution are disclosed: from n = 10, identified ones from 2 (METHOD 8.4 and 5.6)."""
    return n >= (limits.spread_bar if source in ANONYMOUS else 2)


def are_comments_disclosed(n: int, limits: Disclosure) -> bool:
    """Return whether comments are disclosed: from ten answers on (METHOD 8.4)."""
    return n >= limits.comment_bar


def next_release(waiting: Sequence[T], k: int) -> tuple[T, ...]:
    """Return the waiting answers that a `live` campaign releases now: all of them from `k` on, else none (METHOD 8.5).

    Answers that still wait at close are never released, which the report says.
    """
    return tuple(waiting) if len(waiting) >= k else ()


def disclosed_parts(sizes: Sequence[tuple[str, int]]) -> frozenset[str]:
    """Return the disclosed parts of a roll-up by one fixed partition of `(name, number of leaders)` (METHOD 8.6).

    A part below five is hidden; if it is the only one, the next smallest is hidden too (of equal sizes the first name), as it
    could be computed from a total. Parts without leaders are neither disclosed nor protected.
    """
    parts = sorted((n, name) for name, n in sizes if n > 0)
    hidden = sum(n < MIN_PART for n, _ in parts)
    return frozenset(name for _, name in parts[2 if hidden == 1 else hidden :])
