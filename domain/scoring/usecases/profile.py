"""Read profiles (openapi/README.md 6)."""

from datetime import datetime
from typing import NamedTuple

from domain.framework.citations import BOOK_2005, OVERVIEW_2023, PAPER_2003
from domain.framework.configuration import Configuration
from domain.framework.disclaimer import NOTICE, VERSION
from domain.permissions.rules import authorize
from domain.scoring.commands import ReadProfile, ReadProfiles
from domain.scoring.explanation import profile_working
from domain.scoring.ports import ProfileUnit, ScoringUnit
from domain.scoring.score import profile
from domain.scoring.tally import Tally, tallies_from_units
from domain.scoring.views import ComputedFrom, ProfileView
from domain.shared.audit import Subject
from domain.shared.context import Actor, Context, Scope
from domain.shared.errors import Code, DomainError, Forbidden, NotFound
from domain.shared.ids import PersonId
from domain.shared.operation import LEADER, operation
from domain.shared.time import hour_of, parse_moment

CITATIONS = (OVERVIEW_2023, BOOK_2005, PAPER_2003)


class ProfileTallies(NamedTuple):
    """The inputs of a leader's scores."""

    tallies: tuple[Tally, ...]
    configuration: Configuration


@operation(audit_object=LEADER)
async def read_profile(cmd: ReadProfile, ctx: Context[ProfileUnit]) -> ProfileView:
    """Return the 21 scores of one leader.

    Raises `NotFound` for anyone else, and `Forbidden` (`scores_not_visible`) for a leader whom the actor may list only. With
    `at`, scores use the evidence up to then, as stored now, aged to then.
    """
    permission = authorize(ctx.actor, "read_profile")
    at = None if cmd.at is None else parse_moment(cmd.at, ctx.now())
    async with ctx.read(permission) as unit:
        if not permission.scope.covers(cmd.leader_id):
            raise await _withheld_error(cmd.leader_id, unit, ctx.actor)
        read = await load_profile_tallies(cmd.leader_id, at, unit)
        unit.audit.record(Subject.LEADER, cmd.leader_id)
    return _view(cmd.leader_id, read, at, ctx)


@operation()
async def read_profiles(cmd: ReadProfiles, ctx: Context[ScoringUnit]) -> tuple[ProfileView, ...]:
    """Return the profiles of those of `leader_ids` who are leaders, in that order, in one query."""
    permission = authorize(ctx.actor, "read_profiles")
    leader_ids = permission.scope.filter_people(cmd.leader_ids)
    async with ctx.read(permission) as unit:
        inputs = await unit.scores.profile_inputs_many(leader_ids)
        for leader_id in (i for i, h in zip(leader_ids, inputs, strict=True) if h.is_leader):
            unit.audit.record(Subject.LEADER, leader_id)
        configurations = {v: await _configuration(v, unit) for v in {h.configuration_version for h in inputs}}
    pairs = zip(leader_ids, inputs, strict=True)
    return tuple(
        _view(i, ProfileTallies(h.tallies, configurations[h.configuration_version]), None, ctx) for i, h in pairs if h.is_leader
    )


def leader_not_found() -> NotFound:
    """Return the error for an unknown leader and for one outside the access scope, which must not differ."""
    return NotFound("no leader has this id; GET /v1/leaders lists those you may see")


async def _withheld_error(leader_id: PersonId, unit: ProfileUnit, actor: Actor) -> DomainError:
    """Return the error for a leader whose scores the actor may not see: `scores_not_visible` if the actor may list them."""
    if not actor.has_scope(Scope.DIRECTORY_READ) or await unit.people.leader(leader_id) is None:
        return leader_not_found()
    return scores_not_visible()


def scores_not_visible() -> Forbidden:
    """Return the error for a leader whom the actor may list, but whose scores the policy withholds."""
    detail = (
        "you may list this leader, but not see their scores, which are visible to the leader, to their supervisors "
        "and to people with whom the leader shares them; ask the leader to share them with you"
    )
    return Forbidden(detail, code=Code.SCORES_NOT_VISIBLE)


async def load_profile_tallies(leader_id: PersonId, at: datetime | None, unit: ScoringUnit) -> ProfileTallies:
    """Return the tallies of one leader: the current ones, or with `at` computed from the evidence up to then.

    Raises `NotFound` for anyone who is no leader.
    """
    inputs = await unit.scores.profile_inputs(leader_id)
    if not inputs.is_leader:
        raise leader_not_found()
    configuration = await _configuration(inputs.configuration_version, unit)
    if at is not None:
        units = await unit.scores.units_until(leader_id, at)
        return ProfileTallies(tallies_from_units(units, configuration.half_life_days, configuration.landmark), configuration)
    return ProfileTallies(inputs.tallies, configuration)


async def _configuration(version: int, unit: ScoringUnit) -> Configuration:
    configuration = await unit.configurations.get(version)
    if configuration is None:
        raise AssertionError(f"the configuration in force, version {version}, does not exist")
    return configuration


def _view(leader_id: PersonId, loaded: ProfileTallies, at: datetime | None, ctx: Context[ScoringUnit]) -> ProfileView:
    as_of = at or hour_of(ctx.now())
    scores = profile(loaded.tallies, loaded.configuration, as_of)
    return ProfileView(
        leader_id=leader_id,
        as_of=as_of,
        computed_from=ComputedFrom.TALLIES if at is None else ComputedFrom.EVIDENCE,
        configuration_version=loaded.configuration.version,
        framework_version=VERSION,
        scores=scores,
        working=profile_working(scores),
        notice=NOTICE,
        citations=CITATIONS,
    )
