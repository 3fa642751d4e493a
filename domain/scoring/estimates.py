"""Estimates of many leaders, and their movements between two points of a transaction."""

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
"""The 21 estimates of each leader, 1..5, rounded as in responses; None without evidence."""

BATCH_SIZE = 25
"""Leaders per query; the event loop is free between two queries."""


@dataclass(frozen=True, kw_only=True)
class Movement:
    """The movement of one responsibility's estimates: number of leaders, and absolute changes in points of 1..5.

    A leader with an estimate only before or only after is counted in `leaders`, but not in `mean` and `largest`.
    """

    leaders: int
    mean: float | None
    largest: float | None


async def estimates_of(leaders: Iterable[PersonId], at: datetime, unit: EstimatesUnit) -> Estimates:
    """Return the estimates of `leaders` by the tallies in this transaction, aged to `at`; other people are left out."""
    ordered = sorted(leaders)
    estimates: dict[PersonId, Mapping[Responsibility, float | None]] = {}
    for start in range(0, len(ordered), BATCH_SIZE):
        batch = ordered[start : start + BATCH_SIZE]
        for leader_id, inputs in zip(batch, await unit.scores.profile_inputs_many(batch), strict=True):
            if inputs.is_leader:
                configuration = await _configuration(inputs.configuration_version, unit)
                estimates[leader_id] = {s.responsibility: s.estimate for s in profile(inputs.tallies, configuration, at)}
    return estimates


def movements(before: Estimates, after: Estimates) -> Mapping[Responsibility, Movement]:
    """Return the movement of each responsibility whose estimates changed, in framework order."""
    changes: dict[Responsibility, list[float | None]] = defaultdict(list)
    for leader_id, old in before.items():
        for responsibility, estimate in after[leader_id].items():
            if estimate != old[responsibility]:
                changes[responsibility].append(_change(old[responsibility], estimate))
    return {r: _movement(changes[r]) for r in Responsibility if r in changes}


def count_moved(before: Estimates, after: Estimates) -> int:
    """Return the number of leaders with a changed estimate."""
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
        raise AssertionError(f"the configuration in force, version {version}, does not exist")
    return configuration
