"""What a leader asks of the advice."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from annotated_types import MaxLen

from domain.change.lookup import initiative_of
from domain.change.rules import standing
from domain.framework.disclaimer import NOTICE
from domain.framework.model import Citation
from domain.framework.responsibilities import Responsibility
from domain.permissions.rules import authorize
from domain.recommendations.explanation import CITED, STATEMENT
from domain.recommendations.leader_scores import standpoint
from domain.recommendations.model import GroupAdvice, OverallAdvice, Sensitive
from domain.recommendations.ports import RecommendationsUnit
from domain.recommendations.rules import recommend
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.fields import Examples
from domain.shared.ids import InitiativeId
from domain.shared.operation import INITIATIVE, operation


@dataclass(frozen=True, kw_only=True)
class ReadRecommendations:
    """Which responsibilities to lean on for an initiative."""

    initiative_id: InitiativeId
    """The initiative."""
    at: Annotated[str, MaxLen(40), Examples("2026-11-01")] | None = None
    """A moment to look back to: an instant with offset, or a date as its start in UTC. Absent: now."""


@dataclass(frozen=True, kw_only=True)
class RecommendationsView:
    """Which responsibilities to lean on, for each group and over all of them, with the working of every rank."""

    initiative_id: InitiativeId
    """the initiative"""
    as_of: datetime
    """the moment of the scores"""
    groups: tuple[GroupAdvice, ...]
    """by group, in the order they were added"""
    overall: OverallAdvice
    """over all groups, each counting by its size"""
    gather: tuple[Responsibility, ...]
    """to learn more about before it is ranked"""
    sensitive: tuple[Sensitive, ...]
    """coefficients a fifth smaller or larger that would put another one first; empty: none would"""
    statement: str
    """the rule in words"""
    citations: tuple[Citation, ...]
    """what its ingredients rest on"""
    configuration_version: int
    """the configuration used"""
    notice: str
    """what this is and is not"""


@operation(about=INITIATIVE)
async def read_recommendations(cmd: ReadRecommendations, ctx: Context[RecommendationsUnit]) -> RecommendationsView:
    """Advice from the leader's scores and from the groups as they stand now; ``at`` moves the scores only."""
    permission = authorize(ctx.actor, "read_recommendations")
    async with ctx.read(permission) as unit:
        initiative = await initiative_of(cmd.initiative_id, unit.initiatives)
        unit.audit.about(Subject.LEADER, initiative.leader_id, further=[cmd.initiative_id])
        groups = await unit.initiatives.newest(cmd.initiative_id)
        stand = await standpoint(initiative.leader_id, cmd.at, ctx.now(), unit)
    advice = recommend(stand.posteriors, [standing(g, stand.configuration) for g in groups], stand.configuration)
    return RecommendationsView(
        initiative_id=cmd.initiative_id,
        as_of=stand.as_of,
        groups=advice.groups,
        overall=advice.overall,
        gather=advice.gather,
        sensitive=advice.sensitive,
        statement=STATEMENT,
        citations=CITED,
        configuration_version=stand.configuration.version,
        notice=NOTICE,
    )
