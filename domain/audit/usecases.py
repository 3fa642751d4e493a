"""Read, seal, export and cut the audit log."""

from uuid import UUID

from domain.audit.commands import CutTrail, ExportAudit, ListAuditBlocks, ListAuditEvents, SealTrail
from domain.audit.model import AuditBlock, PositionedEvent, Signer, block_line, event_line, seal_block
from domain.audit.ports import AuditLogStore, AuditUnit, EventPosition
from domain.audit.views import AuditBlockView, AuditEventView, CutResult, ExportResult, SealResult
from domain.permissions.rules import authorize
from domain.shared.audit import Ending, Subject
from domain.shared.context import ActorKind, Context, Scope
from domain.shared.errors import Code, Conflict, Invalid
from domain.shared.operation import AUDIT_LOG, operation
from domain.shared.paging import Page, cursor_key, make_page
from domain.shared.time import truncate_to_milliseconds

BLOCK_SIZE = 10_000
"""The maximum of rows in a block, unless one transaction has more."""

NO_LIMIT = 2**31 - 1


@operation(audit_object=AUDIT_LOG, audited=True)
async def list_audit_events(cmd: ListAuditEvents, ctx: Context[AuditUnit]) -> Page[AuditEventView]:
    """Return a page of audit events in the order in which they became final. No event appears later before one returned."""
    permission = authorize(ctx.actor, "list_audit_events")
    key = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        after = _parse_position(key) if key else None
        if after is None and cmd.after_id is not None:
            after = await unit.audit_store.position_of(cmd.after_id)
            if after is None:
                raise Invalid.at("/after_id", Code.NOT_FOUND, "no such event is stored; start without after_id")
        rows = await unit.audit_store.page(cmd, after, cmd.limit + 1)
        unit.audit.record(Subject.TRAIL, cmd.object_id, count=min(len(rows), cmd.limit))
    positions = {row.event.id: row.position for row, _ in rows}
    views = [_view(row, block) for row, block in rows]
    return make_page(views, cmd, ctx.cursors, lambda v: (str(positions[v.id]), str(v.id)))


@operation()
async def list_audit_blocks(cmd: ListAuditBlocks, ctx: Context[AuditUnit]) -> Page[AuditBlockView]:
    """Return a page of the blocks, newest first."""
    permission = authorize(ctx.actor, "list_audit_blocks")
    key = cursor_key(cmd, ctx.cursors)
    async with ctx.read(permission) as unit:
        blocks = await unit.audit_store.blocks_before(int(key[0]) if key else NO_LIMIT, cmd.limit + 1)
    return make_page([block_view(block) for block in blocks], cmd, ctx.cursors, lambda v: (str(v.number),))


@operation(audited=False)
async def seal_trail(cmd: SealTrail, ctx: Context[AuditUnit]) -> SealResult | None:
    """Seal all final events in blocks; return None if there were none, or if another process is sealing."""
    permission = authorize(ctx.actor, "seal_trail")
    blocks = events = 0
    async with ctx.open(permission) as unit:
        if not await unit.audit_store.try_lock():
            return None
        last, until = await unit.audit_store.last_block(), await unit.audit_store.horizon()
        if last is not None and until < last.until_position:
            raise Conflict(
                "the audit log's positions are ahead of this database, which was restored on another server: "
                "run evenkeel audit rebase"
            )
        while (block := await _seal_next_block(unit.audit_store, last, until, cmd.signer, ctx)) is not None:
            last, blocks, events = block, blocks + 1, events + block.count
        await unit.commit()
    if last is None or not blocks:
        return None
    return SealResult(number=last.number, digest=last.digest.hex(), blocks=blocks, events=events)


@operation(audited=True)
async def export_audit(cmd: ExportAudit, ctx: Context[AuditUnit]) -> ExportResult:
    """Write the lines of every row and block from `since` to `until`; the first and last block are whole."""
    permission = authorize(ctx.actor, "export_audit")
    ctx.actor.require_scope(Scope.AUDIT_READ)
    blocks = events = unsealed = 0
    async with ctx.read(permission) as unit:
        number, last = await unit.audit_store.block_numbers(cmd.since, cmd.until)
        end = 0
        while number <= last and (next_block := await unit.audit_store.blocks(number, 1)):
            [block] = next_block
            rows = await unit.audit_store.rows(block.from_position, block.until_position, NO_LIMIT)
            for row in rows:
                cmd.write(event_line(ctx.actor.district_id, row.event))
            cmd.write(block_line(ctx.actor.district_id, block))
            number, blocks, events, end = block.number + 1, blocks + 1, events + len(rows), block.until_position
        if cmd.until is None:
            tail = (
                await unit.audit_store.rows(end, await unit.audit_store.horizon(), NO_LIMIT)
                if blocks or cmd.since is None
                else []
            )
            for row in tail:
                cmd.write(event_line(ctx.actor.district_id, row.event))
            unsealed = len(tail)
        unit.audit.record(Subject.TRAIL, count=events + unsealed)
    return ExportResult(blocks=blocks, events=events, unsealed=unsealed)


@operation()
async def cut_trail(cmd: CutTrail, ctx: Context[AuditUnit]) -> CutResult:
    """Delete old rows in whole blocks. The blocks stay, so the chain remains valid, and the cut itself is recorded."""
    permission = authorize(ctx.actor, "cut_trail")
    at = truncate_to_milliseconds(ctx.now())
    async with ctx.open(permission) as unit:
        blocks, events = await unit.audit_store.cut(cmd.before, at)
        if blocks:
            unit.audit.record(Subject.TRAIL, count=events)
            await unit.commit()
    return CutResult(blocks=blocks, events=events)


async def _seal_next_block(
    store: AuditLogStore, last: AuditBlock | None, until: int, signer: Signer, ctx: Context[AuditUnit]
) -> AuditBlock | None:
    """Insert and return the next block; None if there is nothing to seal. A block has whole transactions only."""
    start = 0 if last is None else last.until_position
    rows = await store.rows(start, until, BLOCK_SIZE + 1)
    if not rows:
        return None
    if len(rows) > BLOCK_SIZE:
        until = rows[-1].position
        complete = [row for row in rows if row.position < until]
        until = until if complete else until + 1
        rows = complete or await store.rows(start, until, NO_LIMIT)
    block = seal_block(ctx.actor.district_id, last, rows, until=until, at=ctx.now(), signer=signer)
    await store.add_block(block)
    return block


def _parse_position(key: tuple[str, ...]) -> EventPosition:
    return int(key[0]), UUID(key[1])


def _view(row: PositionedEvent, block: int | None) -> AuditEventView:
    e = row.event
    return AuditEventView(
        id=e.id,
        at=e.at,
        actor_kind=ActorKind(e.actor_kind),
        actor_id=e.actor_id,
        client_id=e.client_id,
        session_id=e.session_id,
        supporter_id=e.supporter_id,
        action=e.action,
        object_kind=None if e.object_kind is None else Subject(e.object_kind),
        object_id=e.object_id,
        further_ids=e.further_ids,
        count=e.count,
        before=None if e.before is None else e.before.hex(),
        after=None if e.after is None else e.after.hex(),
        outcome=Ending(e.outcome),
        code=e.code,
        request_id=e.request_id,
        block=block,
    )


def block_view(block: AuditBlock) -> AuditBlockView:
    """Return the view of a block."""
    return AuditBlockView(
        number=block.number,
        count=block.count,
        first_at=block.first_at,
        last_at=block.last_at,
        previous=block.previous.hex(),
        digest=block.digest.hex(),
        key_id=block.key_id,
        signature=block.signature.hex(),
        sealed_at=block.sealed_at,
    )
