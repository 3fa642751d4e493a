"""The statistics kept per leader, responsibility and source, in exact decimals of 12 places (METHOD 4).

Sums are integers of 1e-12, so order of arrival and retraction leave no trace. They are made here and nowhere else: another
place's rounding may differ in the last digit, and a retraction would leave it behind.
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
_FINITE = 900.0  # half-lives from the landmark beyond which a double would be 0 or infinite: the year 1, or 4000


class Sums(NamedTuple):
    """The additive part of a tally; all but ``n`` are integers of 1e-12."""

    fw: int
    fwx: int
    n: int
    sum_x: int
    sum_xx: int


ZERO_SUMS = Sums(0, 0, 0, 0, 0)


class Tally(NamedTuple):
    """A tally as it is read: floats, of shown evidence only. A tuple, as one profile reads up to 126 of them.

    ``fw``, ``fwx`` cover all current units; ``n``, ``sum_x``, ``sum_xx`` the newest shown campaign for anonymous sources, all
    current units otherwise. ``c`` is the precision weight of that campaign's form, 1 elsewhere. ``responsibility`` and
    ``source`` may be the plain text of a column: it compares equal to the enum.
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
    """2^((t-t0)/H), t in days from the landmark, fractions by the whole second (METHOD 4.1)."""
    age = at - landmark
    half_lives = (age.days + age.seconds / 86400) / half_life_days
    return float(2.0 ** max(-_FINITE, min(_FINITE, half_lives)))


def contribution(unit: EvidenceUnit, half_life_days: float, landmark: datetime) -> Sums:
    """What ``unit`` adds to its tally and takes away when it goes (METHOD 4.2)."""
    return weighted_sums(unit, decay(unit.t, half_life_days, landmark))


def weighted_sums(unit: EvidenceUnit, decayed: float) -> Sums:
    """The same, where the ``decay`` of the unit's moment is known: all units of one visit share it."""
    x = to_fixed_point(unit.x)
    weight = unit.c * decayed
    return Sums(
        to_fixed_point(weight), to_fixed_point(weight * unit.x), 1, x, (x * x + FIXED_POINT_ONE // 2) // FIXED_POINT_ONE
    )


def add_sums(a: Sums, b: Sums) -> Sums:
    """``a`` with ``b`` added."""
    return Sums(a.fw + b.fw, a.fwx + b.fwx, a.n + b.n, a.sum_x + b.sum_x, a.sum_xx + b.sum_xx)


def subtract_sums(a: Sums, b: Sums) -> Sums:
    """``a`` with ``b`` taken away; ``n`` 0 means that the tally goes."""
    return Sums(a.fw - b.fw, a.fwx - b.fwx, a.n - b.n, a.sum_x - b.sum_x, a.sum_xx - b.sum_xx)


def sum_units(units: Iterable[EvidenceUnit], half_life_days: float, landmark: datetime) -> Sums:
    """The sums of all ``units``."""
    sums = ZERO_SUMS
    for unit in units:
        sums = add_sums(sums, contribution(unit, half_life_days, landmark))
    return sums


def campaign_sums(cells: Sequence[Sequence[EvidenceUnit]], half_life_days: float, landmark: datetime) -> Sums:
    """The sums of an anonymous source's shown cells, oldest campaign first (METHOD 4.2).

    Weighted sums over all of them; ``n``, ``sum_x``, ``sum_xx`` of the newest, else one teacher in three campaigns would be
    counted three times.
    """
    newest = sum_units(cells[-1] if cells else (), half_life_days, landmark)
    all_units = sum_units(chain.from_iterable(cells), half_life_days, landmark)
    return newest._replace(fw=all_units.fw, fwx=all_units.fwx)


def tally_from_sums(responsibility: Responsibility, source: Source, sums: Sums, c: float, newest_at: datetime) -> Tally:
    """``sums`` as a tally to compute with; each float is the nearest to its exact sum."""
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
    """One leader's tallies straight from current units, for a moment in the past (METHOD 4.4).

    ``units`` of an anonymous source are taken as those of one campaign with one form; several campaigns go through
    ``campaigns``.
    """
    by: dict[tuple[Responsibility, Source], list[EvidenceUnit]] = defaultdict(list)
    for unit in units:
        by[unit.responsibility, unit.source].append(unit)
    return tuple(
        tally_from_sums(
            responsibility,
            source,
            sum_units(held, half_life_days, landmark),
            held[0].c if source in ANONYMOUS else 1.0,
            max(unit.t for unit in held),
        )
        for (responsibility, source), held in by.items()
    )


def to_fixed_point(value: float) -> int:
    """``value`` in units of 1e-12, rounded; sums of these are exact at any size."""
    return round(value * 1e12)
