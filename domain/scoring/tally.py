"""Tallies: the sums stored per leader, responsibility and source, in exact decimals of 12 places (METHOD 4).

Sums are integers of 1e-12, so the order of arrival does not matter and a retraction restores the previous sums exactly. They
are computed only here: different rounding elsewhere could leave a difference in the last digit after a retraction.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from domain.framework.evidence_sources import ANONYMOUS, Source
from domain.framework.responsibilities import Responsibility
from domain.scoring.evidence_units import EvidenceUnit

FIXED_POINT_ONE = 10**12
"""1 in units of 1e-12."""
_FINITE = 900.0  # limit of half-lives from the landmark, beyond which a double would be 0 or infinite: the year 1, or 4000


class Sums(NamedTuple):
    """The additive part of a tally; all but `n` are integers of 1e-12."""

    fw: int
    fwx: int
    n: int
    sum_x: int
    sum_xx: int


ZERO_SUMS = Sums(0, 0, 0, 0, 0)


class Tally(NamedTuple):
    """A tally of disclosed evidence as floats. A tuple for speed, as a profile reads up to 126 of them.

    `fw`, `fwx` are sums over all current units; `n`, `sum_x`, `sum_xx` over the newest disclosed campaign for anonymous
    sources, else over all current units. `c` is the precision weight of that campaign's form, else 1. `responsibility` and
    `source` may be plain strings of a database column, which compare equal to the enum.
    """

    responsibility: Responsibility
    source: Source
    fw: float
    fwx: float
    n: int
    sum_x: float
    sum_xx: float
    c: float
    newest_at: datetime


def decay(at: datetime, half_life_days: float, landmark: datetime) -> float:
    """Return 2^((t-t0)/H), with t in days from the landmark t0, in whole seconds (METHOD 4.1)."""
    age = at - landmark
    half_lives = (age.days + age.seconds / 86400) / half_life_days
    return float(2.0 ** max(-_FINITE, min(_FINITE, half_lives)))


def contribution(unit: EvidenceUnit, half_life_days: float, landmark: datetime) -> Sums:
    """Return the sums that `unit` adds to its tally, and subtracts when it is removed (METHOD 4.2)."""
    return weighted_sums(unit, decay(unit.t, half_life_days, landmark))


def weighted_sums(unit: EvidenceUnit, decayed: float) -> Sums:
    """Return the `contribution` with a given `decay`, which all units of one visit share."""
    x = to_fixed_point(unit.x)
    weight = unit.c * decayed
    return Sums(
        to_fixed_point(weight), to_fixed_point(weight * unit.x), 1, x, (x * x + FIXED_POINT_ONE // 2) // FIXED_POINT_ONE
    )


def add_sums(a: Sums, b: Sums) -> Sums:
    """Return `a` + `b`."""
    return Sums(a.fw + b.fw, a.fwx + b.fwx, a.n + b.n, a.sum_x + b.sum_x, a.sum_xx + b.sum_xx)


def subtract_sums(a: Sums, b: Sums) -> Sums:
    """Return `a` - `b`; with `n` 0 the tally is deleted."""
    return Sums(a.fw - b.fw, a.fwx - b.fwx, a.n - b.n, a.sum_x - b.sum_x, a.sum_xx - b.sum_xx)


def sum_units(units: Iterable[EvidenceUnit], half_life_days: float, landmark: datetime) -> Sums:
    """Return the sums over `units`."""
    sums = ZERO_SUMS
    for unit in units:
        sums = add_sums(sums, contribution(unit, half_life_days, landmark))
    return sums


def campaign_sums(cells: Sequence[Sequence[EvidenceUnit]], half_life_days: float, landmark: datetime) -> Sums:
    """Return the sums of an anonymous source's disclosed cells, oldest campaign first (METHOD 4.2).

    `fw` and `fwx` are sums over all campaigns; `n`, `sum_x`, `sum_xx` are of the newest one, otherwise a teacher in three
    campaigns would be counted three times.
    """
    newest = sum_units(cells[-1] if cells else (), half_life_days, landmark)
    all_units = sum_units(chain.from_iterable(cells), half_life_days, landmark)
    return newest._replace(fw=all_units.fw, fwx=all_units.fwx)


def tally_from_sums(responsibility: Responsibility, source: Source, sums: Sums, c: float, newest_at: datetime) -> Tally:
    """Return `sums` as a tally; each float is the nearest to its exact sum."""
    fw, fwx, n, sum_x, sum_xx = sums
    return Tally(
        responsibility,
        source,
        fw / FIXED_POINT_ONE,
        fwx / FIXED_POINT_ONE,
        n,
        sum_x / FIXED_POINT_ONE,
        sum_xx / FIXED_POINT_ONE,
        c,
        newest_at,
    )


def tallies_from_units(units: Iterable[EvidenceUnit], half_life_days: float, landmark: datetime) -> tuple[Tally, ...]:
    """Return one leader's tallies computed from current units, for a time in the past (METHOD 4.4).

    `units` of an anonymous source must be of one campaign with one form; use `campaign_sums` for several campaigns.
    """
    by: dict[tuple[Responsibility, Source], list[EvidenceUnit]] = defaultdict(list)
    for unit in units:
        by[unit.responsibility, unit.source].append(unit)
    return tuple(
        tally_from_sums(
            responsibility,
            source,
            sum_units(group, half_life_days, landmark),
            group[0].c if source in ANONYMOUS else 1.0,
            max(unit.t for unit in group),
        )
        for (responsibility, source), group in by.items()
    )


def to_fixed_point(value: float) -> int:
    """Return `value` in units of 1e-12, rounded; sums of integers are exact."""
    return round(value * 1e12)
