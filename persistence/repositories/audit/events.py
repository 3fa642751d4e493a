"""The audit log on PostgreSQL: read in its final order, and sealed in blocks.

An event's position is the number of its transaction. A transaction gets its number when it begins to write, but its rows
become visible when it commits, so the order is final only below the horizon: the lowest number of a transaction in
progress. This needs no lock.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domain.audit.commands import ListAuditEvents
from domain.audit.model import EVENT_FIELDS, AuditBlock, AuditEvent, PositionedEvent
from domain.audit.ports import EventPosition, UnsealedTail
from domain.shared.audit import EPOCH
from persistence.database.connection import Record
from persistence.repositories.repository import Repository
from persistence.repositories.sql_fragments import columns, placeholders

EVENT = ", ".join(EVENT_FIELDS)
BLOCK = columns(AuditBlock)

TAKE = "select pg_try_advisory_xact_lock(hashtextextended($1, 0))"
HORIZON = "select control.audit_horizon()"
LAST_BLOCK = f"select {BLOCK} from audit_block where district_id = $1 order by number desc limit 1"
ROWS = f"""
select position, {EVENT} from audit_event where district_id = $1 and position >= $2 and position < $3
order by position, id limit $4
"""
ADD_BLOCK = f"insert into audit_block (district_id, {BLOCK}) values ($1, {placeholders(AuditBlock, 2)})"
PLACE = "select position, id from audit_event where district_id = $1 and id = $2 and position >= $3 and position < $4"
BLOCKS = f"select {BLOCK} from audit_block where district_id = $1 and number >= $2 order by number limit $3"
BLOCKS_BEFORE = f"select {BLOCK} from audit_block where district_id = $1 and number < $2 order by number desc limit $3"

PAGE = f"""
select e.position, e.{EVENT.replace(", ", ", e.")}, (
  select b.number from audit_block b where b.district_id = e.district_id and b.until_position > e.position
  order by b.until_position limit 1) as block
from audit_event e
where e.district_id = $1 and (e.position, e.id) > ($2, $3) and e.position < least($4, control.audit_horizon())
"""

SLACK_BEFORE, SLACK_AFTER = timedelta(minutes=5), timedelta(days=1)
"""An event is sealed after its action began (give or take the clocks' error), and an action ends within a day: the first
sealing after that day includes it."""

FIRST_OF = """
select number, from_position from audit_block where district_id = $1 and sealed_at >= $2 order by sealed_at, number limit 1
"""
LAST_OF = """
select number, until_position from audit_block where district_id = $1 and sealed_at = (
  select n.sealed_at from audit_block n where n.district_id = $1 and n.sealed_at > $2 order by n.sealed_at limit 1)
order by number desc limit 1
"""
END = "select coalesce(max(number), 0) + 1, coalesce(max(until_position), 0) from audit_block where district_id = $1"

CUT_BLOCKS = """
update audit_block b set cut_at = $3 where b.district_id = $1 and b.cut_at is null and b.number < coalesce(
  (select min(k.number) from audit_block k where k.district_id = $1 and k.last_at >= $2), 2147483647)
returning b.until_position, b.count
"""
CUT_ROWS = "delete from audit_event where district_id = $1 and position < $2"

# The position is fetched first: with a value unknown to the planner, it would read the whole table.
TAIL = "select count(*) as events, min(at) as oldest from audit_event where district_id = $1 and position >= $2"

NO_ID = UUID(int=0)
LATEST = 2**47
"""The largest number of milliseconds since 1970 that is a valid date."""
NO_END = 2**63 - 1


class PgAuditLog(Repository):
    """`AuditLogStore` of one district."""

    async def try_lock(self) -> bool:
        return bool(await self.connection.fetchval(TAKE, f"audit trail {self.district_id}"))

    async def horizon(self) -> int:
        return int(await self.connection.fetchval(HORIZON))

    async def last_block(self) -> AuditBlock | None:
        row = await self.fetchrow(LAST_BLOCK)
        return None if row is None else AuditBlock(**row)

    async def rows(self, start: int, until: int, limit: int) -> Sequence[PositionedEvent]:
        return [_positioned_event(row) for row in await self.fetch(ROWS, start, until, limit)]

    async def add_block(self, block: AuditBlock) -> None:
        await self.execute(ADD_BLOCK, *(getattr(block, f.name) for f in fields(block)))

    async def position_of(self, event_id: UUID) -> EventPosition | None:
        milliseconds = event_id.int >> 80
        if milliseconds > LATEST:
            return None
        # No index has the id alone, but a UUIDv7 begins with its time, which leads to the blocks of a day.
        minted = EPOCH + timedelta(milliseconds=milliseconds)
        row = await self.fetchrow(PLACE, event_id, *await self._window(minted, minted))
        return None if row is None else (row["position"], row["id"])

    async def page(
        self, cmd: ListAuditEvents, after: EventPosition | None, limit: int
    ) -> Sequence[tuple[PositionedEvent, int | None]]:
        low, high = await self._window(cmd.since, cmd.until)
        start = max(after or (0, NO_ID), (low, NO_ID))
        values: list[Any] = [self.district_id, *start, high]
        conditions = []
        for condition, value in (
            ("e.actor_id = ", cmd.actor_id),
            ("e.object_id = ", cmd.object_id),
            ("e.action = ", cmd.action),
            ("e.at >= ", cmd.since),
            ("e.at < ", cmd.until),
        ):
            if value is not None:
                values.append(value)
                conditions.append(f" and {condition}${len(values)}")
        query = f"{PAGE}{''.join(conditions)} order by e.position, e.id limit {int(limit)}"
        return [(_positioned_event(row), row["block"]) for row in await self.connection.fetch(query, *values)]

    async def blocks(self, start: int, limit: int) -> Sequence[AuditBlock]:
        return [AuditBlock(**row) for row in await self.fetch(BLOCKS, start, limit)]

    async def blocks_before(self, number: int, limit: int) -> Sequence[AuditBlock]:
        return [AuditBlock(**row) for row in await self.fetch(BLOCKS_BEFORE, number, limit)]

    async def block_numbers(self, since: datetime | None, until: datetime | None) -> tuple[int, int]:
        first = 1 if since is None else (await self._first_block_since(since - SLACK_BEFORE))[0]
        last = None if until is None else await self.fetchrow(LAST_OF, until + SLACK_AFTER)
        if last is None:
            return first, (await self.fetchrow(END))[0] - 1
        return first, last[0]

    async def cut(self, before: datetime, at: datetime) -> tuple[int, int]:
        """Needs the owner's connection: the serving role may run neither statement."""
        blocks = await self.fetch(CUT_BLOCKS, before, at)
        if not blocks:
            return 0, 0
        await self.execute(CUT_ROWS, max(row["until_position"] for row in blocks))
        return len(blocks), sum(row["count"] for row in blocks)

    async def tail(self) -> UnsealedTail:
        end = await self.fetchrow(END)
        row = await self.fetchrow(TAIL, end[1])
        return UnsealedTail(**row)

    async def _window(self, since: datetime | None, until: datetime | None) -> tuple[int, int]:
        """Return positions that include all events from `since` to `until`, so that a page does not scan the whole log."""
        low = 0 if since is None else (await self._first_block_since(since - SLACK_BEFORE))[1]
        if until is None:
            return low, NO_END
        row = await self.fetchrow(LAST_OF, until + SLACK_AFTER)
        return low, NO_END if row is None else row[1]

    async def _first_block_since(self, at: datetime) -> tuple[int, int]:
        """Return number and first position of the first block sealed at `at` or later; if none, those of the next block."""
        row = await self.fetchrow(FIRST_OF, at) or await self.fetchrow(END)
        return row[0], row[1]


def _positioned_event(row: Record) -> PositionedEvent:
    members = {name: row[name] for name in EVENT_FIELDS}
    return PositionedEvent(position=row["position"], event=AuditEvent(**members | {"further_ids": tuple(row["further_ids"])}))
