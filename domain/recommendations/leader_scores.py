"""A leader's scores, unrounded, at a moment: what advice starts from."""

from dataclasses import dataclass
from datetime import datetime

from domain.framework.configuration import Configuration
from domain.scoring.ports import ScoringUnit
from domain.scoring.score import posteriors
from domain.scoring.usecases.profile import load_profile_tallies
from domain.scoring.views import Posterior
from domain.shared.ids import PersonId
from domain.shared.time import hour_of, parse_moment


@dataclass(frozen=True, kw_only=True)
class LeaderScores:
    """All 21 scores at the moment ``as_of``, with the configuration they were made with."""

    posteriors: tuple[Posterior, ...]
    configuration: Configuration
    as_of: datetime


async def load_leader_scores(leader_id: PersonId, at: str | None, now: datetime, unit: ScoringUnit) -> LeaderScores:
    """The scores now, from the tallies; or at ``at``, from the evidence observed up to then (openapi/README.md 6.2)."""
    asked = None if at is None else parse_moment(at, now)
    read = await load_profile_tallies(leader_id, asked, unit)
    as_of = asked or hour_of(now)
    return LeaderScores(
        posteriors=posteriors(read.tallies, read.configuration, as_of),
        configuration=read.configuration,
        as_of=as_of,
    )
