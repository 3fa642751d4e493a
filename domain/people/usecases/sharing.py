"""A leader shows somebody what is about them, and takes it back."""

from domain.directory.reference_resolution import resolve_person
from domain.people.commands import ListShares, Share, Unshare
from domain.people.ports import PeopleUnit
from domain.people.views import DoneView, SharesView, ShareView
from domain.permissions.rules import authorize, require_person
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Code, FieldError, Invalid
from domain.shared.operation import operation
from domain.shared.time import local_date


@operation()
async def list_shares(cmd: ListShares, ctx: Context[PeopleUnit]) -> SharesView:  # noqa: ARG001 - nothing to say
    """With whom one shares and who shares with one, what is over left out."""
    permission = authorize(ctx.actor, "list_shares")
    mine = require_person(ctx.actor).person_id
    async with ctx.read(permission) as unit:
        held = await unit.sharing.of(mine)
        today = local_date(ctx.now(), await unit.references.time_zone())
    live = [share for share in held if share.until is None or share.until >= today]
    return SharesView(
        given=tuple(s for s in live if s.leader_id == mine), received=tuple(s for s in live if s.coach_id == mine)
    )


@operation(idempotency_key=True)
async def share(cmd: Share, ctx: Context[PeopleUnit]) -> ShareView:
    """Show a person of the district what is about oneself; again with the same person takes the place of the earlier one."""
    permission = authorize(ctx.actor, "share")
    mine = require_person(ctx.actor).person_id
    async with ctx.open(permission) as unit:
        coach = resolve_person(cmd.coach, await unit.references.people([cmd.coach]), "/coach")
        if isinstance(coach, FieldError):
            raise Invalid.of([coach])
        if coach.id == mine:
            raise Invalid.at("/coach", Code.NOT_ALLOWED, "what is about oneself one sees already; name somebody else")
        if cmd.until is not None and cmd.until < local_date(ctx.now(), await unit.references.time_zone()):
            raise Invalid.at("/until", Code.OUT_OF_RANGE, "this day is over; give today or a later one")
        made = ShareView(leader_id=mine, coach_id=coach.id, shared_at=ctx.now(), until=cmd.until)
        await unit.sharing.put(made)
        unit.audit.record(Subject.LEADER, mine, further_ids=[coach.id], after=made)
        await unit.commit()
    return made


@operation(idempotency_key=True)
async def unshare(cmd: Unshare, ctx: Context[PeopleUnit]) -> DoneView:
    """Take it back; the other person sees nothing from their next request on."""
    permission = authorize(ctx.actor, "unshare")
    async with ctx.open(permission) as unit:
        mine = require_person(ctx.actor).person_id
        removed = await unit.sharing.remove(mine, cmd.coach_id)
        unit.audit.record(Subject.LEADER, mine, further_ids=[cmd.coach_id])
        await unit.commit()
    return DoneView(done=removed)
