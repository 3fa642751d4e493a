"""Push and retract assessments; the newest rating of each responsibility by an assessor counts (METHOD 3.6)."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager

from domain.assessments.commands import Assess, AssessAsSupervisor, AssessSelf, RetractAssessment, assessment_rating_errors
from domain.assessments.ports import AssessmentsUnit, NewAssessment, StoredAssessment
from domain.directory.model import PersonRef
from domain.directory.ports import ReferencedPerson
from domain.directory.reference_resolution import resolve_person
from domain.framework.evidence_sources import Source
from domain.permissions.rules import authorize
from domain.scoring.newest_evidence import apply_deltas
from domain.scoring.ports import TallyBasis
from domain.scoring.tally_changes import TallyDeltas
from domain.scoring.usecases.profile import leader_not_found
from domain.shared.access_scope import Permission
from domain.shared.audit import Subject
from domain.shared.context import Actor, Context
from domain.shared.errors import Code, FieldError, Invalid, NotFound
from domain.shared.idempotent_push import (
    Outcome,
    PushDecision,
    PushHead,
    PushKind,
    lookup_push,
    outcome_of_retraction,
    save_head,
)
from domain.shared.ids import AssessmentId, PersonId
from domain.shared.operation import ASSESSMENT, LEADER, operation
from domain.shared.receipts import ReceiptView
from domain.shared.time import not_in_future

PUSH_KINDS = {Source.SELF: PushKind.SELF_ASSESSMENT, Source.SUPERVISOR: PushKind.SUPERVISOR_ASSESSMENT}


@operation(audit_object=LEADER, idempotency_key=True)
async def assess_self(cmd: AssessSelf, ctx: Context[AssessmentsUnit]) -> ReceiptView:
    """Save a leader's assessment of themselves."""
    return await _assess(cmd, Source.SELF, authorize(ctx.actor, "assess_self"), ctx)


@operation(audit_object=LEADER, idempotency_key=True)
async def assess_as_supervisor(cmd: AssessAsSupervisor, ctx: Context[AssessmentsUnit]) -> ReceiptView:
    """Save a supervisor's assessment. Raises `Invalid` (`not_a_supervisor`) when the person may not supervise the leader."""
    return await _assess(cmd, Source.SUPERVISOR, authorize(ctx.actor, "assess_as_supervisor"), ctx)


@operation(audit_object=ASSESSMENT, idempotency_key=True)
async def retract_assessment(cmd: RetractAssessment, ctx: Context[AssessmentsUnit]) -> ReceiptView:
    """Retract an assessment of the actor's origin; the previous one counts again."""
    permission = authorize(ctx.actor, "retract_assessment")
    async with ctx.open(permission) as unit:
        basis = await unit.tallies.basis()
        stored = await unit.assessments.find(cmd.assessment_id)
        if stored is None:
            raise NotFound("no assessment has this id; check it")
        stored, head = await _lock_assessment(cmd.assessment_id, stored, unit)
        version = int(cmd.external_version or (head.version if head.retracted else head.version + 1))
        outcome = outcome_of_retraction(head, version)
        if outcome is Outcome.RETRACTED:
            after = PushHead(external_id=head.external_id, id=head.id, version=version, digest=None)
            if stored.external_id is not None:
                await unit.pushes.advance(PUSH_KINDS[stored.source], [after])
            await unit.assessments.lock_leader(stored.leader_id)
            async with _rescoring(stored.leader_id, stored.source, stored.assessor_id, basis, unit):
                await unit.assessments.supersede(cmd.assessment_id, ctx.now())
            unit.audit.record(Subject.ASSESSMENT, cmd.assessment_id, further_ids=[stored.leader_id])
            await unit.commit()
    external_version = None if stored.external_id is None else str(version)
    return ReceiptView(
        id=cmd.assessment_id, external_id=stored.external_id, external_version=external_version, outcome=outcome, warnings=()
    )


async def _lock_assessment(
    assessment_id: AssessmentId, stored: StoredAssessment, unit: AssessmentsUnit
) -> tuple[StoredAssessment, PushHead]:
    """Lock an assessment and return it as it is now, and its head.

    The external_id is locked before any row, in the same order as pushes: otherwise the two could deadlock.
    """
    heads: Mapping[str, PushHead] = {}
    if stored.external_id is None:
        await unit.assessments.lock(assessment_id)
    else:
        heads = await unit.pushes.lock(PUSH_KINDS[stored.source], [stored.external_id])
    current = await unit.assessments.find(assessment_id) or stored
    unnamed = PushHead(external_id="", id=assessment_id, version=current.version, digest=b"live" if current.live else None)
    return current, heads.get(stored.external_id or "", unnamed)


async def _assess(cmd: Assess, source: Source, permission: Permission, ctx: Context[AssessmentsUnit]) -> ReceiptView:
    not_in_future(cmd.assessed_at, ctx.now(), "/assessed_at")
    async with ctx.open(permission) as unit:
        # The first lock: merges and erasures of people wait until this transaction ends, and the other way round.
        basis = await unit.tallies.basis()
        push = await lookup_push(unit.pushes, PUSH_KINDS[source], cmd, ctx.digest)
        assessment_id = AssessmentId(push.head.id if push.head else ctx.new_id())
        if push.outcome is not Outcome.UNCHANGED:
            leader_id, assessor_id = await _people(cmd, unit, ctx.actor)
            await _save(_new(cmd, source, assessment_id, (leader_id, assessor_id), ctx), push, basis, unit)
            await save_head(unit.pushes, PUSH_KINDS[source], cmd, assessment_id, push)
            unit.audit.record(Subject.ASSESSMENT, assessment_id, further_ids=[leader_id])
            await unit.commit()
        elif push.digest_updated:
            unit.audit.record(Subject.ASSESSMENT, assessment_id, further_ids=[cmd.leader_id])
            await unit.commit()
    version = None if cmd.external_id is None else str(cmd.version)
    return ReceiptView(
        id=assessment_id, external_id=cmd.external_id, external_version=version, outcome=push.outcome, warnings=()
    )


async def _people(cmd: Assess, unit: AssessmentsUnit, actor: Actor) -> tuple[PersonId, PersonId]:
    """Return leader and assessor, who is the leader or the supervisor of `cmd`. Raises `NotFound` for an unknown leader."""
    ref = PersonRef(id=cmd.leader_id)
    named = [cmd.supervisor] if isinstance(cmd, AssessAsSupervisor) else []
    subjects, people = await unit.references.people_in_scope_and_others([ref], named)
    subject = resolve_person(ref, subjects, "")
    if isinstance(subject, FieldError) or not subject.is_leader:
        raise leader_not_found()
    errors: list[FieldError] = []
    assessor = subject
    if isinstance(cmd, AssessAsSupervisor):
        supervisor = resolve_person(cmd.supervisor, people, "/supervisor")
        errors, assessor = _check_supervisor(supervisor, subject, await unit.supervision.of(subject.id), actor)
    errors += assessment_rating_errors(cmd)
    if errors:
        raise Invalid.of(errors)
    return subject.id, assessor.id


def _check_supervisor(
    supervisor: ReferencedPerson | FieldError, leader: ReferencedPerson, supervisors: Collection[PersonId], actor: Actor
) -> tuple[list[FieldError], ReferencedPerson]:
    """Return errors and the assessor: one of `supervisors` if there are any, else a person with a supervising role."""
    if isinstance(supervisor, FieldError):
        return [supervisor], leader
    if actor.person_context is not None and supervisor.id != actor.person_context.person_id:
        detail = "a signed-in person can only assess as themselves; name yourself as the supervisor"
        return [FieldError(pointer="/supervisor", code=Code.NOT_YOURSELF, detail=detail)], leader
    if supervisors and supervisor.id not in supervisors:
        detail = "this person does not supervise this leader; name one who does, or add the person to the leader's supervisors"
        return [FieldError(pointer="/supervisor", code=Code.NOT_A_SUPERVISOR, detail=detail)], leader
    if supervisor.may_supervise and supervisor.id != leader.id:
        return [], supervisor
    detail = (
        "this person is the leader, or has neither the role supervisor nor district_admin; map the role or name another person"
    )
    return [FieldError(pointer="/supervisor", code=Code.NOT_A_SUPERVISOR, detail=detail)], leader


def _new(
    cmd: Assess, source: Source, assessment_id: AssessmentId, people: tuple[PersonId, PersonId], ctx: Context[AssessmentsUnit]
) -> NewAssessment:
    leader_id, assessor_id = people
    return NewAssessment(
        id=assessment_id,
        version=cmd.version,
        source=source,
        origin=ctx.actor.origin,
        client_id=ctx.actor.id,
        external_id=cmd.external_id,
        purpose=cmd.purpose,
        leader_id=leader_id,
        assessor_id=assessor_id,
        assessed_at=cmd.assessed_at,
        scale=cmd.scale,
        received_at=ctx.now(),
        ratings=cmd.ratings,
    )


async def _save(new: NewAssessment, push: PushDecision, basis: TallyBasis, unit: AssessmentsUnit) -> None:
    """Save `new` and rescore; the replaced version may have had another assessor or leader, who is rescored too."""
    stored = None if push.head is None else await unit.assessments.find(new.id)
    # Both leaders in a fixed order: two assessments that exchange leaders could deadlock otherwise.
    for leader_id in sorted({new.leader_id} if stored is None else {stored.leader_id, new.leader_id}):
        await unit.assessments.lock_leader(leader_id)
    if stored is not None and stored.live and (stored.leader_id, stored.assessor_id) != (new.leader_id, new.assessor_id):
        async with _rescoring(stored.leader_id, stored.source, stored.assessor_id, basis, unit):
            await unit.assessments.supersede(new.id, new.received_at)
    async with _rescoring(new.leader_id, new.source, new.assessor_id, basis, unit):
        await unit.assessments.supersede(new.id, new.received_at)
        await unit.assessments.add(new)


@asynccontextmanager
async def _rescoring(
    leader_id: PersonId, source: Source, assessor_id: PersonId, basis: TallyBasis, unit: AssessmentsUnit
) -> AsyncIterator[None]:
    """Update the tallies on exit by the difference of the units that count; the leader must be locked before."""
    before = set(await unit.assessments.current_units(leader_id, source, assessor_id))
    yield
    after = set(await unit.assessments.current_units(leader_id, source, assessor_id))
    changes = TallyDeltas(basis)
    changes.remove_evidence(leader_id, before - after)
    changes.add_evidence(leader_id, after - before)
    await apply_deltas(changes, basis, unit)
