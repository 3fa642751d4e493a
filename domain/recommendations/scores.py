"""A leader's scores, unrounded, at a moment: what advice starts from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.change.constants import of_version
from domain.framework.configuration import Configuration
from domain.scoring.model import Posterior
from domain.scoring.ports import ConfigurationStore, ScoreReader
from domain.scoring.score import posteriors
from domain.scoring.tally import tallies
from domain.shared.ids import PersonId
from domain.shared.time import hour_of, moment


class ScoresUnit(Protocol):
    """What reading scores needs."""

    @property
    def scores(self) -> ScoreReader: ...

    @property
    def configurations(self) -> ConfigurationStore: ...


@dataclass(frozen=True, kw_only=True)
class Standpoint:
    """All 21 scores at the moment ``as_of``, with the configuration they were made with."""

    posteriors: tuple[Posterior, ...]
    configuration: Configuration
    as_of: datetime


async def standpoint(leader_id: PersonId, at: str | None, now: datetime, unit: ScoresUnit) -> Standpoint:
    """The scores now, from the tallies; or at ``at``, from the evidence observed up to then (contract.md 6)."""
    as_of = hour_of(now) if at is None else moment(at, now)
    held = await unit.scores.held(leader_id)
    configuration = await of_version(unit.configurations, held.configuration_version)
    found = held.tallies
    if at is not None:
        evidence = await unit.scores.units_until(leader_id, as_of)
        found = tallies(evidence, configuration.half_life_days, configuration.landmark)
    return Standpoint(
        posteriors=posteriors(found, configuration, as_of),
        configuration=configuration,
        as_of=as_of,
    )
