"""Checks of the database before the service starts."""

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
"""Includes the roles that the current one is a member of, since it may switch to them (SET ROLE)."""


async def role_errors(pool: ConnectionPool) -> list[str]:
    """Return the reasons, as sentences, why the role of `pool` could bypass tenant isolation; empty when it cannot."""
    async with pool.connection() as connection:
        row = await connection.fetchrow(ROLE)
    checks = (
        (row["powers"], "is a superuser, or may become one"),
        (row["bypasses"], "bypasses row-level security, or may become a role that does"),
        (row["owns"], "owns tables, or is a member of the role that does"),
    )
    remedy = "set DATABASE_URL to the serving role, evenkeel_app; evenkeel_owner is for MIGRATION_DATABASE_URL"
    return [f"the database role {row['rolname']} {what}: {remedy}" for holds, what in checks if holds]


async def schema_version(pool: ConnectionPool) -> str | None:
    """Return the database's revision, as the serving role sees it; None before the first migration."""
    try:
        async with pool.connection() as connection:
            version: str | None = await connection.fetchval("select control.schema_version()")
    except (UndefinedFunctionError, InvalidSchemaNameError, InsufficientPrivilegeError):
        return None
    return version


async def is_ready(pool: ConnectionPool, revision: str) -> bool:
    """Whether the database can be reached and is at `revision`."""
    try:
        return await schema_version(pool) == revision
    except (InterfaceError, InternalClientError, PostgresError, OSError):
        return False
