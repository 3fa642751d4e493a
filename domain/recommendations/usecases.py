"""What a leader asks of the advice."""

from dataclasses import dataclass, field
from datetime import datetime

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
from domain.scoring.usecases.profile import AT
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.ids import InitiativeId
from domain.shared.operation import INITIATIVE, operation


@dataclass(frozen=True, kw_only=True)
class ReadRecommendations:
    """Which responsibilities to lean on for an initiative."""

    initiative_id: InitiativeId = field(metadata={"description": "The initiative."})
    at: str | None = field(default=None, metadata=AT)


@dataclass(frozen=True, kw_only=True)
class RecommendationsView:
    """Which responsibilities to lean on, for each group and over all of them, with the working of every rank."""

    initiative_id: InitiativeId = field(metadata={"description": "the initiative"})
    as_of: datetime = field(metadata={"description": "the moment of the scores"})
    groups: tuple[GroupAdvice, ...] = field(metadata={"description": "by group, in the order they were added"})
    overall: OverallAdvice = field(metadata={"description": "over all groups, each counting by its size"})
    gather: tuple[Responsibility, ...] = field(metadata={"description": "to learn more about before it is ranked"})
    sensitive: tuple[Sensitive, ...] = field(
        metadata={"description": "coefficients a fifth smaller or larger that would put another one first; empty: none would"},
    )
    statement: str = field(metadata={"description": "the rule in words"})
    citations: tuple[Citation, ...] = field(metadata={"description": "what its ingredients rest on"})
    configuration_version: int = field(metadata={"description": "the configuration used"})
    notice: str = field(metadata={"description": "what this is and is not"})


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
