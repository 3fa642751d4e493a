"""A leader's scores, unrounded, at a moment: what advice starts from."""

from dataclasses import dataclass
from datetime import datetime

from domain.framework.configuration import Configuration
from domain.scoring.ports import ScoringUnit
from domain.scoring.score import posteriors
from domain.scoring.usecases.profile import scores_of
from domain.scoring.views import Posterior
from domain.shared.ids import PersonId
from domain.shared.time import hour_of, moment


@dataclass(frozen=True, kw_only=True)
class Standpoint:
    """All 21 scores at the moment ``as_of``, with the configuration they were made with."""

    posteriors: tuple[Posterior, ...]
    configuration: Configuration
    as_of: datetime


async def standpoint(leader_id: PersonId, at: str | None, now: datetime, unit: ScoringUnit) -> Standpoint:
    """The scores now, from the tallies; or at ``at``, from the evidence observed up to then (openapi/README.md 6.2)."""
    asked = None if at is None else moment(at, now)
    read = await scores_of(leader_id, asked, unit)
    as_of = asked or hour_of(now)
    return Standpoint(
        posteriors=posteriors(read.tallies, read.configuration, as_of),
        configuration=read.configuration,
        as_of=as_of,
    )
