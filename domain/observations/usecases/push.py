"""Push, replace and retract observations; scores are updated in the same transaction."""

import asyncio
from collections.abc import Sequence

from domain.directory.reference_resolution import PeopleByIdentifier, SchoolsByIdentifier
from domain.observations.batch_decision import BatchContext, BatchLedger, BatchLookups, decide_batch
from domain.observations.commands import (
    BatchItem,
    PushObservation,
    PushObservations,
    PushOrRetract,
    RetractObservation,
    RetractPushed,
)
from domain.observations.model import Rubric
from domain.observations.ports import ObservationsUnit, StoredObservation, Superseded
from domain.observations.rules import evidence_units
from domain.observations.views import ItemVerdict
from domain.permissions.rules import authorize
from domain.scoring.newest_evidence import apply_deltas
from domain.scoring.ports import TallyBasis
from domain.scoring.tally_changes import TallyDeltas
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Code, NotFound
from domain.shared.idempotent_push import Outcome, PushHead, PushKind, outcome_of_retraction
from domain.shared.ids import InstrumentId
from domain.shared.operation import OBSERVATION, operation
from domain.shared.receipts import ReceiptView
from domain.shared.thread_pool import ThreadPool

DECISION_THREADS = ThreadPool(2, "observations")
MAX_INLINE_ITEMS = 200
"""Batches up to this size are decided on the event loop: a tenth of the time it may be blocked."""


@operation()
async def push_observations(cmd: PushObservations, ctx: Context[ObservationsUnit]) -> tuple[ItemVerdict, ...]:
    """Save a batch, each item independently or (`whole`) all or none, and return the verdicts in the order of the items.

    Of several changes to one external_id the highest version counts; a lower one does not fail the whole batch.
    """
    permission = authorize(ctx.actor, "push_observations")
    async with ctx.open(permission) as unit:
        basis = await unit.tallies.basis()
        lookups = await _load_lookups(cmd.items, unit, ctx)
        ledger = (
            await DECISION_THREADS.run(decide_batch, cmd.items, lookups)
            if len(cmd.items) > MAX_INLINE_ITEMS
            else decide_batch(cmd.items, lookups)
        )
        if not (cmd.whole and any(v.error and not v.outdone for v in ledger.verdicts.values())):
            await _save(ledger, basis, unit, ctx)
            await unit.commit()
    return ledger.in_order


@operation(idempotency_key=True)
async def push_observation(cmd: PushObservation, ctx: Context[ObservationsUnit]) -> ReceiptView:
    """Save one observation. Idempotent by external_id and version; nothing is saved on an error."""
    authorize(ctx.actor, "push_observation")
    [verdict] = await push_observations(PushObservations(whole=True, items=(cmd,)), ctx)
    return _receipt(verdict, cmd.external_version or ("1" if cmd.external_id else None))


@operation(audit_object=OBSERVATION, idempotency_key=True)
async def retract_observation(cmd: RetractObservation, ctx: Context[ObservationsUnit]) -> ReceiptView:
    """Retract an observation by its id. Raises `NotFound` for observations of another origin."""
    permission = authorize(ctx.actor, "retract_observation")
    async with ctx.open(permission) as unit:
        # Locked before any external_id or row, in the same order as pushes: otherwise the two could deadlock.
        basis = await unit.tallies.basis()
        stored = await unit.observations.find(cmd.observation_id)
        if stored is None:
            raise NotFound("no observation has this id; check it", code=Code.OBSERVATION_NOT_FOUND)
        if stored.external_id is not None:
            version = cmd.external_version or await _next_version(stored.external_id, unit)
            item = RetractPushed(external_id=stored.external_id, external_version=version)
        else:
            outcome = await _retract_unnamed(cmd, stored, basis, unit, ctx)
            await unit.commit()
            return ReceiptView(id=cmd.observation_id, external_id=None, external_version=None, outcome=outcome, warnings=())
        ledger = decide_batch([item], await _load_lookups([item], unit, ctx))
        await _save(ledger, basis, unit, ctx)
        await unit.commit()
    return _receipt(ledger.in_order[0], version)


async def _next_version(external_id: str, unit: ObservationsUnit) -> str:
    """Return the version of a retraction without one: the stored one if it is a retraction, else the next."""
    head = (await unit.pushes.lock(PushKind.OBSERVATION, [external_id]))[external_id]
    return str(head.version if head.retracted else head.version + 1)


async def _retract_unnamed(
    cmd: RetractObservation,
    stored: StoredObservation,
    basis: TallyBasis,
    unit: ObservationsUnit,
    ctx: Context[ObservationsUnit],
) -> Outcome:
    """Retract an observation without an external_id. Idempotent."""
    await unit.observations.lock(cmd.observation_id)
    current = await unit.observations.find(cmd.observation_id)
    if current is None or not current.live:
        return Outcome.UNCHANGED
    head = PushHead(external_id="", id=cmd.observation_id, version=stored.version, digest=b"live")
    outcome = outcome_of_retraction(head, int(cmd.external_version or stored.version + 1))
    ledger = BatchLedger(superseded=[cmd.observation_id])
    await _save(ledger, basis, unit, ctx)
    return outcome


async def _load_lookups(items: Sequence[BatchItem], unit: ObservationsUnit, ctx: Context[ObservationsUnit]) -> BatchLookups:
    """Load what the items refer to, one query per kind, and lock the heads of their external_ids."""
    pushes = [item for item in items if isinstance(item, PushObservation)]
    changes: list[PushOrRetract] = [*pushes, *(item for item in items if isinstance(item, RetractPushed))]
    heads = await unit.pushes.lock(PushKind.OBSERVATION, [a.external_id for a in changes if a.external_id is not None])
    references = asyncio.create_task(_load_references(pushes, unit))
    try:
        # As in _save: the database works on the look-ups while the digests are computed.
        await asyncio.sleep(0)
        digests = {id(push): ctx.digest(push) for push in pushes}
    finally:
        leaders, people, schools, rubrics = await references
    return BatchLookups(
        context=BatchContext(actor=ctx.actor, now=ctx.now(), new_id=ctx.new_id),
        heads=dict(heads),
        leaders=leaders,
        people=people,
        schools=schools,
        rubrics={(r.code, r.version): r for r in rubrics},
        digests=digests,
    )


async def _load_references(
    pushes: Sequence[PushObservation], unit: ObservationsUnit
) -> tuple[PeopleByIdentifier, PeopleByIdentifier, SchoolsByIdentifier, Sequence[Rubric]]:
    """Return the leaders, people, schools and rubrics that `pushes` refer to."""
    observers = [p.observer for p in pushes if p.observer.external_name is None]
    leaders, people = await unit.references.people_in_scope_and_others([p.leader for p in pushes], observers)
    schools = await unit.references.schools([p.school for p in pushes])
    named = {(p.instrument.code, p.instrument.version) for p in pushes if p.instrument}
    return leaders, people, schools, await unit.instruments.rubrics(sorted(named), [])


async def _save(ledger: BatchLedger, basis: TallyBasis, unit: ObservationsUnit, ctx: Context[ObservationsUnit]) -> None:
    """Save the ledger: heads, superseded and new versions, and the tallies."""
    changes = TallyDeltas(basis)
    await unit.pushes.create(PushKind.OBSERVATION, ledger.created)
    await unit.pushes.advance(PushKind.OBSERVATION, ledger.advanced)
    superseded = await unit.observations.supersede(ledger.superseded, ctx.now()) if ledger.superseded else ()
    await _remove_evidence(superseded, changes, unit)
    saving = asyncio.create_task(unit.observations.add([k.observation for k in ledger.prepared]))
    try:
        # The database writes the rows while the deltas are summed here: two cores work in parallel.
        await asyncio.sleep(0)
        for prepared in ledger.prepared:
            changes.add_evidence(prepared.observation.leader_id, prepared.units)
        changes.sort()
    finally:
        await saving
    await apply_deltas(changes, basis, unit)
    touched = list(dict.fromkeys([*(k.observation.id for k in ledger.prepared), *ledger.superseded]))
    if len(touched) == 1:
        unit.audit.record(Subject.OBSERVATION, touched[0])
    else:
        unit.audit.record(Subject.OBSERVATION, further_ids=touched, count=len(touched))


async def _remove_evidence(superseded: Sequence[Superseded], changes: TallyDeltas, unit: ObservationsUnit) -> None:
    ids = sorted({g.instrument_id for g in superseded if g.instrument_id is not None})
    rubrics: dict[InstrumentId, Rubric] = {r.id: r for r in await unit.instruments.rubrics([], ids)} if ids else {}
    for g in superseded:
        rubric = rubrics.get(g.instrument_id) if g.instrument_id else None
        changes.remove_evidence(g.leader_id, evidence_units(g.ratings, rubric, g.observed_at))


def _receipt(verdict: ItemVerdict, version: str | None) -> ReceiptView:
    if verdict.error is not None or verdict.outcome is None or verdict.id is None:
        raise verdict.error or AssertionError("a verdict has an outcome or an error")
    return ReceiptView(
        id=verdict.id,
        external_id=verdict.external_id,
        external_version=None if version is None else str(int(version)),
        outcome=verdict.outcome,
        warnings=verdict.warnings,
    )
