"""What must hold of the database before the service serves from it."""

from asyncpg.exceptions import PostgresError
from sqlalchemy.ext.asyncio import AsyncEngine

from persistence.raw import driver

ROLE = """
select r.rolname, r.rolsuper, r.rolbypassrls,
  exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where c.relowner = r.oid and n.nspname in ('public', 'control')) as owns
from pg_roles r where r.rolname = current_user
"""


async def role_faults(engine: AsyncEngine) -> list[str]:
    """Why the role of ``engine`` could get past the fence, in sentences; none when it can't."""
    async with engine.connect() as connection:
        raw = await driver(connection)
        row = await raw.fetchrow(ROLE)
    found = (
        (row["rolsuper"], "is a superuser"),
        (row["rolbypassrls"], "bypasses row-level security"),
        (row["owns"], "owns tables"),
    )
    remedy = "DATABASE_URL must be of evenkeel_app, the role that serves; evenkeel_owner is for MIGRATION_DATABASE_URL"
    return [f"the database role {row['rolname']} {what}: {remedy}" for holds, what in found if holds]


async def schema_version(engine: AsyncEngine) -> str | None:
    """The revision that the database is at, as the serving role sees it; None where nothing was migrated."""
    try:
        async with engine.connect() as connection:
            raw = await driver(connection)
            version: str | None = await raw.fetchval("select control.schema_version()")
            return version
    except PostgresError:
        return None
