"""The trail as it lies in the database, looked at from behind the fence."""

import asyncpg

from tests.support.units import tenant_connection

EVENTS = "select * from audit_event order by position, id"


async def audit_rows(database, district_id, action=None):
    """The rows of a district, by position; of one use case where named."""
    async with tenant_connection(database.app_url, district_id) as raw:
        rows = [dict(row) for row in await raw.fetch(EVENTS)]
    return [row for row in rows if action is None or row["action"] == action]


async def as_admin(database, statement, *values):
    """What a superuser does to the tables, past every guard."""
    raw = await asyncpg.connect(database.admin_url)
    try:
        return await raw.execute(statement, *values)
    finally:
        await raw.close()
