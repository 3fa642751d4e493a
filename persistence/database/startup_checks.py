"""What must hold of the database before the service serves from it."""

from asyncpg.exceptions import (
    InsufficientPrivilegeError,
    InterfaceError,
    InternalClientError,
    InvalidSchemaNameError,
    PostgresError,
    UndefinedFunctionError,
)

from persistence.database.pool import ConnectionPool

ROLE = """
select r.rolname, s.powers, s.bypasses, s.owns from pg_roles r, lateral (
  select coalesce(bool_or(m.rolsuper), false) as powers, coalesce(bool_or(m.rolbypassrls), false) as bypasses,
    exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('public', 'control', 'queue') and pg_has_role(r.oid, c.relowner, 'member')) as owns
  from pg_roles m where pg_has_role(r.oid, m.oid, 'member')
) s where r.rolname = current_user
"""
"""A role may also become whatever it is a member of (SET ROLE)."""


async def role_errors(pool: ConnectionPool) -> list[str]:
    """Why the role of ``pool`` could get past the fence, in sentences; none when it can't."""
    async with pool.connection() as connection:
        row = await connection.fetchrow(ROLE)
    found = (
        (row["powers"], "is a superuser, or may become one"),
        (row["bypasses"], "bypasses row-level security, or may become a role that does"),
        (row["owns"], "owns tables, or is a member of the role that does"),
    )
    remedy = "DATABASE_URL must be of evenkeel_app, the role that serves; evenkeel_owner is for MIGRATION_DATABASE_URL"
    return [f"the database role {row['rolname']} {what}: {remedy}" for holds, what in found if holds]


async def schema_version(pool: ConnectionPool) -> str | None:
    """The revision that the database is at, as the serving role sees it; None where nothing was migrated."""
    try:
        async with pool.connection() as connection:
            version: str | None = await connection.fetchval("select control.schema_version()")
    except (UndefinedFunctionError, InvalidSchemaNameError, InsufficientPrivilegeError):
        return None
    return version


async def is_ready(pool: ConnectionPool, revision: str) -> bool:
    """Whether the database is reached, and at ``revision``."""
    try:
        return await schema_version(pool) == revision
    except (InterfaceError, InternalClientError, PostgresError, OSError):
        return False
