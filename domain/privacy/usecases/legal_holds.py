"""Use cases of legal holds: put, read, list and release."""

from dataclasses import asdict
from datetime import datetime

from domain.permissions.rules import authorize
from domain.privacy.commands import ListLegalHolds, PutLegalHold, ReadLegalHold, ReleaseLegalHold
from domain.privacy.erasure_certificate import actor_label
from domain.privacy.ports import PrivacyUnit
from domain.privacy.views import LegalHoldView
from domain.shared.audit import Subject
from domain.shared.context import Context
from domain.shared.errors import Code, Invalid, NotFound
from domain.shared.legal_holds import HoldId, LegalHold
from domain.shared.operation import PERSON, operation
from domain.shared.paging import Page, cursor_key, make_page

NO_HOLD = "no legal hold has this id; GET /v1/legal-holds lists them"


@operation(audit_object=PERSON, idempotency_key=True)
async def put_legal_hold(cmd: PutLegalHold, ctx: Context[PrivacyUnit]) -> LegalHoldView:
    """Put a hold; from then on nothing about the person, or in the district, is erased or expires."""
    permission = authorize(ctx.actor, "put_legal_hold")
    if cmd.until is not None and cmd.until <= ctx.now():
        raise Invalid.at("/until", Code.OUT_OF_RANGE, "until must be in the future; change it or leave it out")
    hold = LegalHold(
        id=HoldId(ctx.new_id()),
        about=cmd.about,
        person_id=cmd.person_id,
        reason=cmd.reason,
        set_by=actor_label(ctx.actor),
        set_at=ctx.now(),
        until=cmd.until,
    )
    async with ctx.open(permission) as unit:
        if not await unit.holds.add(hold):
            raise Invalid.at("/person_id", Code.PERSON_NOT_FOUND, "no person of the district has this id")
        unit.audit.record(Subject.LEGAL_HOLD, hold.id, further_ids=() if hold.person_id is None else [hold.person_id])
        await unit.commit()
    return _view(hold, ctx.now())


@operation()
async def read_legal_hold(cmd: ReadLegalHold, ctx: Context[PrivacyUnit]) -> LegalHoldView:
    """Return a hold of the district."""
    permission = authorize(ctx.actor, "read_legal_hold")
    async with ctx.read(permission) as unit:
        hold = await unit.holds.find(cmd.hold_id)
    if hold is None:
        raise NotFound(NO_HOLD)
    return _view(hold, ctx.now())


@operation()
async def list_legal_holds(cmd: ListLegalHolds, ctx: Context[PrivacyUnit]) -> Page[LegalHoldView]:
    """Return a page of the district's holds, newest first, including ended ones."""
    permission = authorize(ctx.actor, "list_legal_holds")
    after = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        rows = await unit.holds.page(cmd.limit + 1, after)
    return make_page([_view(row, ctx.now()) for row in rows], cmd, ctx.cursors, lambda h: (str(h.id),))


@operation(idempotency_key=True)
async def release_legal_hold(cmd: ReleaseLegalHold, ctx: Context[PrivacyUnit]) -> LegalHoldView:
    """Release a hold. Idempotent: the first release stays."""
    permission = authorize(ctx.actor, "release_legal_hold")
    async with ctx.open(permission) as unit:
        hold = await unit.holds.lock(cmd.hold_id)
        if hold is None:
            raise NotFound(NO_HOLD)
        if hold.released_at is None:
            await unit.holds.release(cmd.hold_id, actor_label(ctx.actor), ctx.now())
            hold = await unit.holds.lock(cmd.hold_id) or hold
        unit.audit.record(Subject.LEGAL_HOLD, hold.id, further_ids=() if hold.person_id is None else [hold.person_id])
        await unit.commit()
    return _view(hold, ctx.now())


def _view(hold: LegalHold, now: datetime) -> LegalHoldView:
    return LegalHoldView(**asdict(hold), stands=hold.is_active(now))
