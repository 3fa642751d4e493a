"""Observations come in, are replaced and are taken back; scores follow in the same transaction."""

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
"""Items that are decided without a thread: a tenth of what the loop may be held for."""


@operation()
async def push_observations(cmd: PushObservations, ctx: Context[ObservationsUnit]) -> tuple[ItemVerdict, ...]:
    """Take a batch: each item by itself, or (``whole``) all of them or none. The verdicts, in the order of the items.

    Of several acts on one external_id the highest version counts; a lower one in the same batch is no fault of the whole.
    """
    permission = authorize(ctx.actor, "push_observations")
    async with ctx.open(permission) as unit:
        basis = await unit.tallies.basis()
        known = await _load_lookups(cmd.items, unit, ctx)
        ledger = (
            await DECISION_THREADS.run(decide_batch, cmd.items, known)
            if len(cmd.items) > MAX_INLINE_ITEMS
            else decide_batch(cmd.items, known)
        )
        if not (cmd.whole and any(v.error and not v.outdone for v in ledger.verdicts.values())):
            await _save(ledger, basis, unit, ctx)
            await unit.commit()
    return ledger.in_order


@operation(idempotency_key=True)
async def push_observation(cmd: PushObservation, ctx: Context[ObservationsUnit]) -> ReceiptView:
    """Take one observation. Twice the same is harmless; a refusal keeps nothing."""
    authorize(ctx.actor, "push_observation")
    [verdict] = await push_observations(PushObservations(whole=True, items=(cmd,)), ctx)
    return _receipt(verdict, cmd.external_version or ("1" if cmd.external_id else None))


@operation(audit_object=OBSERVATION, idempotency_key=True)
async def retract_observation(cmd: RetractObservation, ctx: Context[ObservationsUnit]) -> ReceiptView:
    """Take back an observation of one's own origin by its id. What others pushed is not found."""
    permission = authorize(ctx.actor, "retract_observation")
    async with ctx.open(permission) as unit:
        # Before any identity or row is locked, as pushes do it: otherwise the two would wait for each other.
        basis = await unit.tallies.basis()
        held = await unit.observations.find(cmd.observation_id)
        if held is None:
            raise NotFound("no such observation; check the id", code=Code.OBSERVATION_NOT_FOUND)
        if held.external_id is not None:
            version = cmd.external_version or await _next_version(held.external_id, unit)
            item = RetractPushed(external_id=held.external_id, external_version=version)
        else:
            outcome = await _retract_unnamed(cmd, held, basis, unit, ctx)
            await unit.commit()
            return ReceiptView(id=cmd.observation_id, external_id=None, external_version=None, outcome=outcome, warnings=())
        ledger = decide_batch([item], await _load_lookups([item], unit, ctx))
        await _save(ledger, basis, unit, ctx)
        await unit.commit()
    return _receipt(ledger.in_order[0], version)


async def _next_version(external_id: str, unit: ObservationsUnit) -> str:
    """The version a retraction without one takes: that held when it is a retraction already, else the next."""
    head = (await unit.pushes.lock(PushKind.OBSERVATION, [external_id]))[external_id]
    return str(head.version if head.retracted else head.version + 1)


async def _retract_unnamed(
    cmd: RetractObservation,
    stored: StoredObservation,
    basis: TallyBasis,
    unit: ObservationsUnit,
    ctx: Context[ObservationsUnit],
) -> Outcome:
    """Retract what was pushed without an external_id; once retracted it stays so."""
    await unit.observations.lock(cmd.observation_id)
    now = await unit.observations.find(cmd.observation_id)
    if now is None or not now.live:
        return Outcome.UNCHANGED
    head = PushHead(external_id="", id=cmd.observation_id, version=stored.version, digest=b"live")
    outcome = outcome_of_retraction(head, int(cmd.external_version or stored.version + 1))
    ledger = BatchLedger(superseded=[cmd.observation_id])
    await _save(ledger, basis, unit, ctx)
    return outcome


async def _load_lookups(items: Sequence[BatchItem], unit: ObservationsUnit, ctx: Context[ObservationsUnit]) -> BatchLookups:
    """Everything the items refer to, one query a kind; the heads of their identities are locked."""
    pushes = [item for item in items if isinstance(item, PushObservation)]
    acts: list[PushOrRetract] = [*pushes, *(item for item in items if isinstance(item, RetractPushed))]
    heads = await unit.pushes.lock(PushKind.OBSERVATION, [a.external_id for a in acts if a.external_id is not None])
    naming = asyncio.create_task(_load_references(pushes, unit))
    try:
        # As in _keep: the database looks up while we digest.
        await asyncio.sleep(0)
        digests = {id(push): ctx.digest(push) for push in pushes}
    finally:
        leaders, people, schools, rubrics = await naming
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
    """The people, schools and instruments that ``pushes`` name."""
    observers = [p.observer for p in pushes if p.observer.external_name is None]
    leaders, people = await unit.references.people_in_scope_and_others([p.leader for p in pushes], observers)
    schools = await unit.references.schools([p.school for p in pushes])
    named = {(p.instrument.code, p.instrument.version) for p in pushes if p.instrument}
    return leaders, people, schools, await unit.instruments.rubrics(sorted(named), [])


async def _save(ledger: BatchLedger, basis: TallyBasis, unit: ObservationsUnit, ctx: Context[ObservationsUnit]) -> None:
    """Write the ledger: heads, what is superseded, what is new, and the tallies that follow."""
    changes = TallyDeltas(basis)
    await unit.pushes.create(PushKind.OBSERVATION, ledger.created)
    await unit.pushes.advance(PushKind.OBSERVATION, ledger.advanced)
    gone = await unit.observations.supersede(ledger.superseded, ctx.now()) if ledger.superseded else ()
    await _remove_evidence(gone, changes, unit)
    adding = asyncio.create_task(unit.observations.add([k.observation for k in ledger.prepared]))
    try:
        # The database writes what it was sent while we sum: with two cores a batch waits for one of them only.
        await asyncio.sleep(0)
        for kept in ledger.prepared:
            changes.add_evidence(kept.observation.leader_id, kept.units)
        changes.sort()
    finally:
        await adding
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
        raise verdict.error or AssertionError("a verdict is an outcome or a refusal")
    return ReceiptView(
        id=verdict.id,
        external_id=verdict.external_id,
        external_version=None if version is None else str(int(version)),
        outcome=verdict.outcome,
        warnings=verdict.warnings,
    )
