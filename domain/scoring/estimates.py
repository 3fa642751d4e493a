"""Estimates of many leaders at two moments of one transaction, and how far they moved between the two."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import fsum

from domain.framework.configuration import Configuration
from domain.framework.responsibilities import Responsibility
from domain.scoring.ports import EstimatesUnit
from domain.scoring.score import profile
from domain.shared.ids import PersonId

Estimates = Mapping[PersonId, Mapping[Responsibility, float | None]]
"""Of each leader the 21 estimates, 1..5, rounded as they are shown; null where there is no evidence."""

BATCH_SIZE = 25
"""Leaders between two looks at the database: nobody else waits for longer than these take."""


@dataclass(frozen=True, kw_only=True)
class Movement:
    """How far the estimates of one responsibility moved: of how many leaders, and the absolute changes in scale points.

    A leader who had no estimate, or has none any more, is counted and has no change.
    """

    leaders: int
    mean: float | None
    largest: float | None


async def estimates_of(leaders: Iterable[PersonId], at: datetime, unit: EstimatesUnit) -> Estimates:
    """The estimates of ``leaders`` as the tallies are in this unit, aged to ``at``; who is no leader is left out."""
    named = sorted(leaders)
    found: dict[PersonId, Mapping[Responsibility, float | None]] = {}
    for start in range(0, len(named), BATCH_SIZE):
        some = named[start : start + BATCH_SIZE]
        for leader_id, held in zip(some, await unit.scores.profile_inputs_many(some), strict=True):
            if held.is_leader:
                configuration = await _configuration(held.configuration_version, unit)
                found[leader_id] = {s.responsibility: s.estimate for s in profile(held.tallies, configuration, at)}
    return found


def movements(before: Estimates, after: Estimates) -> Mapping[Responsibility, Movement]:
    """The responsibilities whose estimates moved, in the framework's order."""
    changes: dict[Responsibility, list[float | None]] = defaultdict(list)
    for leader_id, old in before.items():
        for responsibility, estimate in after[leader_id].items():
            if estimate != old[responsibility]:
                changes[responsibility].append(_change(old[responsibility], estimate))
    return {r: _movement(changes[r]) for r in Responsibility if r in changes}


def count_moved(before: Estimates, after: Estimates) -> int:
    """How many leaders have an estimate that moved."""
    return sum(after[leader_id] != old for leader_id, old in before.items())


def _change(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else abs(after - before)


def _movement(changes: list[float | None]) -> Movement:
    sizes = [size for size in changes if size is not None]
    if not sizes:
        return Movement(leaders=len(changes), mean=None, largest=None)
    return Movement(leaders=len(changes), mean=round(fsum(sizes) / len(sizes), 4), largest=round(max(sizes), 4))


async def _configuration(version: int, unit: EstimatesUnit) -> Configuration:
    configuration = await unit.configurations.get(version)
    if configuration is None:
        raise AssertionError(f"the configuration in force, version {version}, is held")
    return configuration
