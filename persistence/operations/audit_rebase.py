"""Move the audit log's positions after a restore: in another server, transaction numbers begin below the stored positions."""

from uuid import UUID

from persistence.database.pool import ConnectionPool

HIGHEST = """
select greatest(
  (select coalesce(max(position) + 1, 0) from audit_event where district_id = $1),
  (select coalesce(max(until_position), 0) from audit_block where district_id = $1))
"""

NEXT = """
select pg_current_xact_id()::text::bigint + control.audit_horizon() - pg_snapshot_xmin(pg_current_snapshot())::text::bigint
"""

# Run by the owner in one transaction: other writers wait for it and then use the new default.
HORIZON = """
create or replace function control.audit_horizon() returns bigint language sql stable security definer
set search_path = pg_catalog, pg_temp as $$ select pg_snapshot_xmin(pg_current_snapshot())::text::bigint + {offset} $$
"""
POSITION = "alter table audit_event alter column position set default (pg_current_xact_id()::text::bigint + {offset})"


async def rebase(owner: ConnectionPool) -> int:
    """Let new audit events follow the stored ones. Return the offset added to the positions, 0 when none was needed."""
    async with owner.connection() as connection, connection.transaction():
        await connection.execute("lock table audit_event, audit_block in access exclusive mode")
        highest = 0
        for row in await connection.fetch("select id from control.district"):
            await connection.execute(f"SET LOCAL app.district_id = '{UUID(str(row[0]))}'")
            highest = max(highest, await connection.fetchval(HIGHEST, row[0]))
        # The next event's position; `audit_horizon()` alone is lower while any transaction of this server is in progress.
        if await connection.fetchval(NEXT) >= highest:
            return 0
        offset = highest + 1 - int(await connection.fetchval("select pg_current_xact_id()::text::bigint"))
        await connection.execute(HORIZON.format(offset=offset))
        await connection.execute(POSITION.format(offset=offset))
        return offset
