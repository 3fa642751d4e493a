"""A leader's unrounded scores at a moment, the input of recommendations and stance."""

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
    """All 21 scores at the moment `as_of`, with the configuration used."""

    posteriors: tuple[Posterior, ...]
    configuration: Configuration
    as_of: datetime


async def load_leader_scores(leader_id: PersonId, at: str | None, now: datetime, unit: ScoringUnit) -> LeaderScores:
    """Return the current scores from the tallies, or those `at` a moment from the evidence observed by then.

    See openapi/README.md 6.2. Raises `Invalid` if `at` cannot be parsed or lies in the future.
    """
    moment = None if at is None else parse_moment(at, now)
    profile = await load_profile_tallies(leader_id, moment, unit)
    as_of = moment or hour_of(now)
    return LeaderScores(
        posteriors=posteriors(profile.tallies, profile.configuration, as_of),
        configuration=profile.configuration,
        as_of=as_of,
    )
