"""Numbers of transactions begin anew where a dump is restored in another server: the trail goes on above what it holds."""

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

# The owner's, in one transaction: whoever writes waits for it, and then finds the new default.
HORIZON = """
create or replace function control.audit_horizon() returns bigint language sql stable security definer
set search_path = pg_catalog, pg_temp as $$ select pg_snapshot_xmin(pg_current_snapshot())::text::bigint + {offset} $$
"""
POSITION = "alter table audit_event alter column position set default (pg_current_xact_id()::text::bigint + {offset})"


async def rebase(owner: ConnectionPool) -> int:
    """Put what comes after all that is held, if it would not come there by itself: by how much numbers were moved."""
    async with owner.connection() as connection, connection.transaction():
        await connection.execute("lock table audit_event, audit_block in access exclusive mode")
        highest = 0
        for row in await connection.fetch("select id from control.district"):
            await connection.execute(f"SET LOCAL app.district_id = '{UUID(str(row[0]))}'")
            highest = max(highest, await connection.fetchval(HIGHEST, row[0]))
        # Where the next row would stand; the horizon says less as long as anything in this server has not ended.
        if await connection.fetchval(NEXT) >= highest:
            return 0
        offset = highest + 1 - int(await connection.fetchval("select pg_current_xact_id()::text::bigint"))
        await connection.execute(HORIZON.format(offset=offset))
        await connection.execute(POSITION.format(offset=offset))
        return offset
