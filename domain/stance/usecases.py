"""Read how to decide, and store the leader's answers."""

from datetime import date
from typing import Annotated

from domain.change.configuration import current_configuration
from domain.change.lookup import initiative_of, require
from domain.change.model import GroupAnswers, Initiative
from domain.change.rules import group_state
from domain.permissions.revealed_data import FROM_THE_REQUEST
from domain.permissions.rules import authorize
from domain.recommendations.leader_scores import LeaderScores, load_leader_scores
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.operation import GROUP, INITIATIVE, operation
from domain.shared.time import local_date
from domain.stance.attributes import Decision, attributes_from_answers, is_urgent, read_attributes
from domain.stance.commands import DecideStance, PutStanceAnswers, ReadStance
from domain.stance.model import NO_ANSWERS, DecisionAnswers
from domain.stance.ports import StanceUnit
from domain.stance.presentation import stance_view
from domain.stance.views import StanceView


@operation(audit_object=INITIATIVE)
async def read_stance(cmd: ReadStance, ctx: Context[StanceUnit]) -> tuple[StanceView, ...]:
    """Return how to decide with each group, in the order they were added.

    `at` applies to the scores and to the day from which urgency is counted; everything else is current.
    """
    permission = authorize(ctx.actor, "read_stance")
    async with ctx.read(permission) as unit:
        initiative = await initiative_of(cmd.initiative_id, unit.initiatives)
        unit.audit.record(Subject.LEADER, initiative.leader_id, further_ids=[cmd.initiative_id])
        groups = await unit.initiatives.newest(cmd.initiative_id)
        answers = await unit.stance_answers.of(cmd.initiative_id)
        scores = await load_leader_scores(initiative.leader_id, cmd.at, ctx.now(), unit)
        zone = await unit.references.time_zone()
    today = local_date(ctx.now() if cmd.at is None else scores.as_of, zone)
    return tuple(_group_stance(g, initiative, scores, answers.get(g.group.id, NO_ANSWERS), today) for g in groups)


@operation(audit_object=GROUP, idempotency_key=True)
async def put_stance_answers(cmd: PutStanceAnswers, ctx: Context[StanceUnit]) -> StanceView:
    """Replace the leader's answers for the decision with this group, and return the resulting stance."""
    permission = authorize(ctx.actor, "put_stance_answers")
    after = DecisionAnswers(answers=cmd.answers, develop_people=cmd.develop_people)
    async with ctx.open(permission) as unit:
        initiative = await initiative_of(cmd.initiative_id, unit.initiatives)
        group = require(await unit.initiatives.newest_of_group(cmd.initiative_id, cmd.group_id), "group")
        before = (await unit.stance_answers.of(cmd.initiative_id)).get(cmd.group_id)
        await unit.stance_answers.put(cmd.group_id, after)
        unit.audit.record(Subject.GROUP, cmd.group_id, further_ids=[initiative.leader_id], before=before, after=after)
        scores = await load_leader_scores(initiative.leader_id, None, ctx.now(), unit)
        zone = await unit.references.time_zone()
        await unit.commit()
    return _group_stance(group, initiative, scores, after, local_date(ctx.now(), zone))


@operation()
async def decide_stance(cmd: DecideStance, ctx: Context[StanceUnit]) -> Annotated[StanceView, FROM_THE_REQUEST]:
    """Return how to decide, from answers only; nothing is stored."""
    permission = authorize(ctx.actor, "decide_stance")
    async with ctx.read(permission) as unit:
        configuration = await current_configuration(unit.configurations)
    answers = DecisionAnswers(answers=cmd.attributes, develop_people=cmd.develop_people)
    return stance_view(
        None, attributes_from_answers(answers.by_attribute), configuration, urgent=cmd.urgent, develop=cmd.develop_people
    )


def _group_stance(
    group_answers: GroupAnswers, initiative: Initiative, scores: LeaderScores, answers: DecisionAnswers, today: date
) -> StanceView:
    """Return the stance with one group."""
    decision = Decision(
        initiative=initiative,
        group_state=group_state(group_answers, scores.configuration),
        posteriors={p.responsibility: p for p in scores.posteriors},
        cfg=scores.configuration,
    )
    return stance_view(
        group_answers.group.id,
        read_attributes(decision, answers.by_attribute),
        scores.configuration,
        urgent=is_urgent(initiative.decide_by, today, scores.configuration),
        develop=answers.develop_people,
    )
