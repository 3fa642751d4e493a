"""Assessments come in and are taken back; of one assessor the newest rating of each responsibility counts (METHOD 3.6)."""

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
    """Take a leader's assessment of themselves."""
    return await _assess(cmd, Source.SELF, authorize(ctx.actor, "assess_self"), ctx)


@operation(audit_object=LEADER, idempotency_key=True)
async def assess_as_supervisor(cmd: AssessAsSupervisor, ctx: Context[AssessmentsUnit]) -> ReceiptView:
    """Take a supervisor's assessment; ``not_a_supervisor`` when the person holds no such role."""
    return await _assess(cmd, Source.SUPERVISOR, authorize(ctx.actor, "assess_as_supervisor"), ctx)


@operation(audit_object=ASSESSMENT, idempotency_key=True)
async def retract_assessment(cmd: RetractAssessment, ctx: Context[AssessmentsUnit]) -> ReceiptView:
    """Take back an assessment of one's own origin; the one before it counts again."""
    permission = authorize(ctx.actor, "retract_assessment")
    async with ctx.open(permission) as unit:
        basis = await unit.tallies.basis()
        held = await unit.assessments.find(cmd.assessment_id)
        if held is None:
            raise NotFound("no such assessment; check the id")
        held, head = await _lock_assessment(cmd.assessment_id, held, unit)
        version = int(cmd.external_version or (head.version if head.retracted else head.version + 1))
        outcome = outcome_of_retraction(head, version)
        if outcome is Outcome.RETRACTED:
            after = PushHead(external_id=head.external_id, id=head.id, version=version, digest=None)
            if held.external_id is not None:
                await unit.pushes.advance(PUSH_KINDS[held.source], [after])
            await unit.assessments.lock_leader(held.leader_id)
            async with _rescoring(held.leader_id, held.source, held.assessor_id, basis, unit):
                await unit.assessments.supersede(cmd.assessment_id, ctx.now())
            unit.audit.record(Subject.ASSESSMENT, cmd.assessment_id, further_ids=[held.leader_id])
            await unit.commit()
    shown = None if held.external_id is None else str(version)
    return ReceiptView(id=cmd.assessment_id, external_id=held.external_id, external_version=shown, outcome=outcome, warnings=())


async def _lock_assessment(
    assessment_id: AssessmentId, stored: StoredAssessment, unit: AssessmentsUnit
) -> tuple[StoredAssessment, PushHead]:
    """What is held once nobody else can change it, and its head.

    The identity is locked before any row, as pushes do it: otherwise the two would wait for each other.
    """
    heads: Mapping[str, PushHead] = {}
    if stored.external_id is None:
        await unit.assessments.lock(assessment_id)
    else:
        heads = await unit.pushes.lock(PUSH_KINDS[stored.source], [stored.external_id])
    now = await unit.assessments.find(assessment_id) or stored
    unnamed = PushHead(external_id="", id=assessment_id, version=now.version, digest=b"live" if now.live else None)
    return now, heads.get(stored.external_id or "", unnamed)


async def _assess(cmd: Assess, source: Source, permission: Permission, ctx: Context[AssessmentsUnit]) -> ReceiptView:
    not_in_future(cmd.assessed_at, ctx.now(), "/assessed_at")
    async with ctx.open(permission) as unit:
        # First of all locks: whoever merges or erases people waits until this unit has ended, and the other way round.
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
    """The leader, and who judged: the leader, or the supervisor named. The leader stands in the path: unknown is not found."""
    ref = PersonRef(id=cmd.leader_id)
    named = [cmd.supervisor] if isinstance(cmd, AssessAsSupervisor) else []
    subjects, people = await unit.references.people_in_scope_and_others([ref], named)
    led = resolve_person(ref, subjects, "")
    if isinstance(led, FieldError) or not led.is_leader:
        raise leader_not_found()
    faults: list[FieldError] = []
    assessor = led
    if isinstance(cmd, AssessAsSupervisor):
        judged = resolve_person(cmd.supervisor, people, "/supervisor")
        faults, assessor = _check_supervisor(judged, led, await unit.supervision.of(led.id), actor)
    faults += assessment_rating_errors(cmd)
    if faults:
        raise Invalid.of(faults)
    return led.id, assessor.id


def _check_supervisor(
    supervisor: ReferencedPerson | FieldError, leader: ReferencedPerson, supervisors: Collection[PersonId], actor: Actor
) -> tuple[list[FieldError], ReferencedPerson]:
    """Faults, and who judged. Where the district says who supervises a leader, it is one of them; else whoever has the role."""
    if isinstance(supervisor, FieldError):
        return [supervisor], leader
    if actor.person_context is not None and supervisor.id != actor.person_context.person_id:
        detail = "whoever signed in judges for themselves; name yourself"
        return [FieldError(pointer="/supervisor", code=Code.NOT_YOURSELF, detail=detail)], leader
    if supervisors and supervisor.id not in supervisors:
        detail = "this person does not supervise this leader; name one who does, or put them on the list of supervision"
        return [FieldError(pointer="/supervisor", code=Code.NOT_A_SUPERVISOR, detail=detail)], leader
    if supervisor.may_supervise and supervisor.id != leader.id:
        return [], supervisor
    detail = "this person holds neither supervisor nor district_admin, or is the leader; map the role, or name another"
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
    """Write it; a replaced version may have been another assessor's or leader's, who lose it."""
    held = None if push.head is None else await unit.assessments.find(new.id)
    # Both leaders in one order: two assessments that change places would wait for each other.
    for leader_id in sorted({new.leader_id} if held is None else {held.leader_id, new.leader_id}):
        await unit.assessments.lock_leader(leader_id)
    if held is not None and held.live and (held.leader_id, held.assessor_id) != (new.leader_id, new.assessor_id):
        async with _rescoring(held.leader_id, held.source, held.assessor_id, basis, unit):
            await unit.assessments.supersede(new.id, new.received_at)
    async with _rescoring(new.leader_id, new.source, new.assessor_id, basis, unit):
        await unit.assessments.supersede(new.id, new.received_at)
        await unit.assessments.add(new)


@asynccontextmanager
async def _rescoring(
    leader_id: PersonId, source: Source, assessor_id: PersonId, basis: TallyBasis, unit: AssessmentsUnit
) -> AsyncIterator[None]:
    """Inside, assessments of a leader locked before change; afterwards the tallies hold what then counts instead."""
    before = set(await unit.assessments.current_units(leader_id, source, assessor_id))
    yield
    after = set(await unit.assessments.current_units(leader_id, source, assessor_id))
    changes = TallyDeltas(basis)
    changes.remove_evidence(leader_id, before - after)
    changes.add_evidence(leader_id, after - before)
    await apply_deltas(changes, basis, unit)
