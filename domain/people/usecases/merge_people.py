"""Two records of one person become one: evidence and work move, credentials do not, and scores follow."""

from collections.abc import Mapping, Sequence

from domain.directory.model import PersonRef
from domain.directory.reference_resolution import resolve_person
from domain.people.commands import MergePeople
from domain.people.ports import PersonMergeUnit
from domain.people.views import DeletedView, MergeView, MovedView
from domain.permissions.rules import authorize
from domain.scoring.evidence_units import EvidenceUnit
from domain.scoring.newest_evidence import apply_deltas
from domain.scoring.ports import TallyBasis
from domain.scoring.tally_changes import TallyDeltas
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Code, FieldError, Invalid, NotFound
from domain.shared.ids import PersonId
from domain.shared.last_administrator import require_remaining_admin
from domain.shared.legal_holds import ActiveHolds, check_person_legal_holds
from domain.shared.operation import PERSON, operation
from domain.shared.revoke_access import revoke_all_sessions

EvidenceByLeader = Mapping[PersonId, Sequence[EvidenceUnit]]


@operation(audit_object=PERSON, idempotency_key=True)
async def merge_people(cmd: MergePeople, ctx: Context[PersonMergeUnit]) -> MergeView:
    """Take ``duplicate_id`` into ``person_id``, or (``dry_run``) only say what would move. It can't be undone.

    Evidence, assignments and supervision move. Credentials, roles given by hand, shares, consents and the private notes written
    as the duplicate do not: they are deleted, and both people sign in anew. What becomes of which table stands in the data map.

    The record taken in is gone afterwards; a roster that still names it means the other. Twice is refused: there is no
    such duplicate any more. Refused under a legal hold over either, or the district: ``legal_hold``; and where the duplicate is
    the last administrator: ``last_admin``.
    """
    permission = authorize(ctx.actor, "merge_people")
    async with ctx.open(permission) as unit:
        await unit.person_merge.begin()
        standing = ActiveHolds.of(await unit.holds.all(), ctx.now())
        # Alone: what is computed below must not change before it is written, and nobody adds evidence about the duplicate.
        basis = await unit.tallies.lock_basis()
        await unit.person_merge.lock(cmd.person_id, cmd.duplicate_id)
        await _check(cmd, unit, standing)
        await require_remaining_admin(unit.grants, cmd.duplicate_id, ctx.actor)
        moved = await unit.person_merge.count_to_move(cmd.duplicate_id)
        deleted = await unit.person_merge.count_to_delete(cmd.duplicate_id)
        if not cmd.dry_run:
            await revoke_all_sessions(unit, [cmd.person_id, cmd.duplicate_id], ctx.now())
            await _merge(cmd, basis, unit, ctx)
            unit.audit.record(Subject.PERSON, cmd.person_id, further_ids=[cmd.duplicate_id])
            await unit.commit()
    return MergeView(
        kept_id=cmd.person_id,
        merged_id=cmd.duplicate_id,
        dry_run=cmd.dry_run,
        moved=tuple(MovedView(table=table, rows=n) for table, n in sorted(moved.items()) if n),
        deleted=tuple(DeletedView(table=table, rows=n) for table, n in sorted(deleted.items()) if n),
    )


async def _merge(cmd: MergePeople, basis: TallyBasis, unit: PersonMergeUnit, ctx: Context[PersonMergeUnit]) -> None:
    """Move and delete, let the tallies follow, and delete the duplicate's record."""
    leaders = sorted(await unit.person_merge.scored_by(cmd.person_id, cmd.duplicate_id))
    changes = TallyDeltas(basis)
    for leader_id, units in (await _load_evidence(leaders, unit)).items():
        changes.remove_evidence(leader_id, units)
    await unit.person_merge.move(cmd.duplicate_id, cmd.person_id, ctx.now())
    for leader_id, units in (await _load_evidence(leaders, unit)).items():
        changes.add_evidence(leader_id, units)
    await apply_deltas(changes, basis, unit)
    await unit.person_merge.delete_merged(cmd.duplicate_id, cmd.person_id)


async def _load_evidence(leaders: Sequence[PersonId], unit: PersonMergeUnit) -> EvidenceByLeader:
    """What counts for each of ``leaders`` at this moment."""
    return {leader_id: await unit.scores.units_until(leader_id, None) for leader_id in leaders}


async def _check(cmd: MergePeople, unit: PersonMergeUnit, holds: ActiveHolds) -> None:
    if cmd.person_id == cmd.duplicate_id:
        raise Invalid.at("/duplicate_id", Code.NOT_ALLOWED, "these are the same record; name the other one")
    kept, duplicate = PersonRef(id=cmd.person_id), PersonRef(id=cmd.duplicate_id)
    found = await unit.references.people([kept, duplicate])
    match = resolve_person(kept, found, "")
    if isinstance(match, FieldError) or match.id != cmd.person_id:
        raise NotFound("no person of the district has this id; look it up in GET /v1/people")
    fault = resolve_person(duplicate, found, "/duplicate_id")
    if isinstance(fault, FieldError):
        raise Invalid.of([fault])
    if fault.id != cmd.duplicate_id:
        raise Invalid.at("/duplicate_id", Code.PERSON_NOT_FOUND, "this record was merged before; it means the one kept since")
    for person_id in (cmd.person_id, cmd.duplicate_id):
        # What is held of whom could not be told apart any more.
        check_person_legal_holds(person_id, (), holds)
