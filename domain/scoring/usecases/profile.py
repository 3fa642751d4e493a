"""Reading profiles (openapi/README.md 6)."""

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
    """What a leader's scores are computed from."""

    tallies: tuple[Tally, ...]
    configuration: Configuration


@operation(audit_object=LEADER)
async def read_profile(cmd: ReadProfile, ctx: Context[ProfileUnit]) -> ProfileView:
    """The 21 scores of one leader; 404 for anybody who is none, 403 for one who is listed but whose scores are withheld.

    With ``at``, from the evidence observed up to then as known now, decayed to then.
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
    """The profiles of those of ``leader_ids`` who are leaders, in that order, in one query."""
    permission = authorize(ctx.actor, "read_profiles")
    asked = permission.scope.filter_people(cmd.leader_ids)
    async with ctx.read(permission) as unit:
        held = await unit.scores.profile_inputs_many(asked)
        for leader_id in (i for i, h in zip(asked, held, strict=True) if h.is_leader):
            unit.audit.record(Subject.LEADER, leader_id)
        known = {v: await _configuration(v, unit) for v in {h.configuration_version for h in held}}
    pairs = zip(asked, held, strict=True)
    return tuple(
        _view(i, ProfileTallies(h.tallies, known[h.configuration_version]), None, ctx) for i, h in pairs if h.is_leader
    )


def leader_not_found() -> NotFound:
    """There is no such leader, or none within the actor's scope: the same words for both."""
    return NotFound("no such leader; GET /v1/leaders lists those you may see")


async def _withheld_error(leader_id: PersonId, unit: ProfileUnit, actor: Actor) -> DomainError:
    """The refusal of a leader whose scores this actor may not see: ``scores_not_visible`` where their list shows the leader."""
    if not actor.has_scope(Scope.DIRECTORY_READ) or await unit.people.leader(leader_id) is None:
        return leader_not_found()
    return scores_not_visible()


def scores_not_visible() -> Forbidden:
    """The refusal of a leader whom the actor's list shows and whose scores the policy withholds."""
    detail = (
        "you may see that this leader is there, but not their scores: those are for the leader, for who supervises them "
        "and for whom they share with; the leader can share them with you"
    )
    return Forbidden(detail, code=Code.SCORES_NOT_VISIBLE)


async def load_profile_tallies(leader_id: PersonId, at: datetime | None, unit: ScoringUnit) -> ProfileTallies:
    """The tallies of one leader, in force or (``at``) made from the evidence up to then; ``NotFound`` for no leader."""
    held = await unit.scores.profile_inputs(leader_id)
    if not held.is_leader:
        raise leader_not_found()
    configuration = await _configuration(held.configuration_version, unit)
    if at is not None:
        units = await unit.scores.units_until(leader_id, at)
        return ProfileTallies(tallies_from_units(units, configuration.half_life_days, configuration.landmark), configuration)
    return ProfileTallies(held.tallies, configuration)


async def _configuration(version: int, unit: ScoringUnit) -> Configuration:
    found = await unit.configurations.get(version)
    if found is None:
        raise AssertionError(f"the configuration in force, version {version}, is held")
    return found


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
