"""Read recommendations."""

from domain.change.lookup import initiative_of
from domain.change.rules import group_state
from domain.framework.disclaimer import NOTICE
from domain.permissions.rules import authorize
from domain.recommendations.commands import ReadRecommendations
from domain.recommendations.explanation import CITED, STATEMENT
from domain.recommendations.leader_scores import load_leader_scores
from domain.recommendations.ports import RecommendationsUnit
from domain.recommendations.rules import recommend
from domain.recommendations.views import RecommendationsView
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.operation import INITIATIVE, operation


@operation(audit_object=INITIATIVE)
async def read_recommendations(cmd: ReadRecommendations, ctx: Context[RecommendationsUnit]) -> RecommendationsView:
    """Return recommendations from the leader's scores and the current state of the groups; `at` applies to the scores only."""
    permission = authorize(ctx.actor, "read_recommendations")
    async with ctx.read(permission) as unit:
        initiative = await initiative_of(cmd.initiative_id, unit.initiatives)
        unit.audit.record(Subject.LEADER, initiative.leader_id, further_ids=[cmd.initiative_id])
        groups = await unit.initiatives.newest(cmd.initiative_id)
        scores = await load_leader_scores(initiative.leader_id, cmd.at, ctx.now(), unit)
    advice = recommend(scores.posteriors, [group_state(g, scores.configuration) for g in groups], scores.configuration)
    return RecommendationsView(
        initiative_id=cmd.initiative_id,
        as_of=scores.as_of,
        groups=advice.groups,
        overall=advice.overall,
        gather=advice.gather,
        sensitive=advice.sensitive,
        statement=STATEMENT,
        citations=CITED,
        configuration_version=scores.configuration.version,
        notice=NOTICE,
    )
