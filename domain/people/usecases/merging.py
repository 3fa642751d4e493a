"""Two records of one person become one: what hangs on the one hangs on the other, and scores follow."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.access.rules import allowed
from domain.directory.model import PersonRef
from domain.directory.references import person
from domain.people.commands import MergePeople
from domain.people.ports import MergingUnit
from domain.people.views import MergeView, MovedView
from domain.scoring.changes import Changes
from domain.scoring.newest import follow
from domain.scoring.units import Unit
from domain.shared.context import Context
from domain.shared.errors import Code, Fault, Invalid, NotFound
from domain.shared.holds import Standing, refuse_held_person
from domain.shared.ids import PersonId
from domain.shared.trail import Subject

Counting = Mapping[PersonId, Sequence[Unit]]


async def merge_people(cmd: MergePeople, ctx: Context[MergingUnit]) -> MergeView:
    """Take ``duplicate_id`` into ``person_id``, or (``dry_run``) only say what would move. It can't be undone.

    The record taken in is gone afterwards; a roster that still names it means the other. Twice is refused: there is no
    such duplicate any more. Refused under a legal hold over either, or the district: ``legal_hold``.
    """
    allowed(ctx.actor, "merge_people")
    async with ctx.open() as unit:
        await _check(cmd, unit, ctx.now())
        moved = await unit.merging.counts(cmd.duplicate_id)
        if not cmd.dry_run:
            basis = await unit.tallies.basis()
            leaders = sorted(await unit.merging.scored_by(cmd.person_id, cmd.duplicate_id))
            for leader_id in leaders:
                await unit.assessments.alone(leader_id)
            before = await _counting(leaders, unit)
            await unit.merging.move(cmd.duplicate_id, cmd.person_id, ctx.now())
            changes = Changes(basis)
            for leader_id, units in before.items():
                changes.go(leader_id, units)
            for leader_id, units in (await _counting(leaders, unit)).items():
                changes.come(leader_id, units)
            await follow(changes, basis, unit)
            await unit.merging.forget(cmd.duplicate_id, cmd.person_id)
            unit.audit.about(Subject.PERSON, cmd.person_id, further=[cmd.duplicate_id])
            await unit.commit()
    shown = tuple(MovedView(table=table, rows=n) for table, n in sorted(moved.items()) if n)
    return MergeView(kept_id=cmd.person_id, merged_id=cmd.duplicate_id, dry_run=cmd.dry_run, moved=shown)


async def _counting(leaders: Sequence[PersonId], unit: MergingUnit) -> Counting:
    """What counts for each of ``leaders`` at this moment."""
    return {leader_id: await unit.scores.units_until(leader_id, None) for leader_id in leaders}


async def _check(cmd: MergePeople, unit: MergingUnit, now: datetime) -> None:
    if cmd.person_id == cmd.duplicate_id:
        raise Invalid.at("/duplicate_id", Code.NOT_ALLOWED, "these are the same record; name the other one")
    kept, duplicate = PersonRef(id=cmd.person_id), PersonRef(id=cmd.duplicate_id)
    found = await unit.references.people([kept, duplicate])
    match = person(kept, found, "")
    if isinstance(match, Fault) or match.id != cmd.person_id:
        raise NotFound("no person of the district has this id; look it up in GET /v1/people")
    fault = person(duplicate, found, "/duplicate_id")
    if isinstance(fault, Fault):
        raise Invalid.of([fault])
    if fault.id != cmd.duplicate_id:
        raise Invalid.at("/duplicate_id", Code.PERSON_NOT_FOUND, "this record was merged before; it means the one kept since")
    standing = Standing.of(await unit.holds.all(), now)
    for person_id in (cmd.person_id, cmd.duplicate_id):
        # What is held of whom could not be told apart any more.
        refuse_held_person(person_id, (), standing)
