"""Back up the whole installation to a file and restore it, with PostgreSQL's programs and all tenants' rows."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from persistence.embedded import StartError
from persistence.operations.pg_programs import Programs, connection_environ, error_line

ROLE_PRIVILEGES = """
select r.rolsuper or r.rolbypassrls as passes, r.rolsuper or r.rolcreatedb as makes,
  current_setting('server_version_num')::int / 10000 as major, current_database() as name
from pg_roles r where r.rolname = current_user
"""

TABLES = """
select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('public', 'control') and c.relkind = 'r'
"""

CREATE_WITH_SAME_LOCALE = """
select format(
    'create database %I owner %I template template0 encoding %L lc_collate %L lc_ctype %L',
    $1::text, $2::text, pg_encoding_to_char(d.encoding), d.datcollate, d.datctype
  ) || case d.datlocprovider
    when 'i' then format(' locale_provider icu icu_locale %L', coalesce(j ->> 'datlocale', j ->> 'daticulocale'))
    when 'b' then format(' locale_provider builtin builtin_locale %L', j ->> 'datlocale')
    else ' locale_provider libc'
  end
from pg_database d, to_jsonb(d) j where d.datname = current_database()
"""
"""Creates a database with the collation of the current one. The locale's column has another name before PostgreSQL 17."""

MAY_CONNECT = """
select distinct a.grantee::regrole::text
from pg_database d, aclexplode(d.datacl) a
where d.datname = current_database() and a.privilege_type = 'CONNECT' and a.grantee not in (0, d.datdba)
"""

ERASURE_TABLES = ("erasure_certificate", "erasure", "control.district_erasure")
"""Tables carried over a restore: people erased since the backup must not come back."""

UNSUPPORTED_SETTING = b"SET transaction_timeout = 0;\n"
"""Newer programs write it for every server; servers before 17 reject it."""


async def role_privileges(url: str) -> Mapping[str, Any]:
    """Return the privileges of the role of `url`, and the server's version."""
    connection = await asyncpg.connect(_driver_url(url))
    try:
        row = await connection.fetchrow(ROLE_PRIVILEGES)
    finally:
        await connection.close()
    return dict(row)


def check_privileges(role: Mapping[str, Any], programs: Programs) -> None:
    """Raise `StartError` for a role subject to row-level security (it dumps no rows), or programs older than the server."""
    if not role["passes"]:
        raise StartError(
            "the backup's role is subject to row-level security, so the file would contain no rows of any district: "
            "set BACKUP_DATABASE_URL to a role with BYPASSRLS "
            "(create role evenkeel_backup login bypassrls in role pg_read_all_data)"
        )
    if programs.major < role["major"]:
        raise StartError(
            f"pg_dump is PostgreSQL {programs.major} and the server PostgreSQL {role['major']}: the program must be at "
            f"least the server's version; set PG_BIN to the folder of a PostgreSQL {role['major']} or newer"
        )


def dump(url: str, out: Path, programs: Programs) -> int:
    """Write the database of `url` into `out` (custom format, mode 0600) and verify it. Return the number of tables."""
    half = out.with_name(f"{out.name}.part")
    half.unlink(missing_ok=True)
    try:
        os.close(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        programs.run("pg_dump", "--format=custom", "--no-password", f"--file={half}", url=url)
        tables = verify_dump(half, programs)
        half.rename(out)
    finally:
        half.unlink(missing_ok=True)
    return tables


def verify_dump(file: Path, programs: Programs) -> int:
    """Unpack all of `file`; return the number of tables with rows. Raises `StartError` when it is no complete backup."""
    entries = programs.run("pg_restore", "--list", file).splitlines()
    programs.run("pg_restore", "--file=/dev/null", file)
    tables = [line for line in entries if " TABLE DATA " in line]
    if not any(" control district " in line for line in tables):
        raise StartError(f"{file} is a PostgreSQL dump, but not of Evenkeel: it has no table control.district")
    return len(tables)


async def is_empty(url: str) -> bool:
    """Whether the database has no tables of ours."""
    connection = await asyncpg.connect(_driver_url(url))
    try:
        return not await connection.fetchval(TABLES)
    finally:
        await connection.close()


def restore_into(file: Path, url: str, programs: Programs) -> None:
    """Restore `file` into the empty database of `url`, in one transaction. Raises `StartError` on failure."""
    with (
        subprocess.Popen(  # noqa: S603 - our own argument list
            programs.command("pg_restore", "--file=-", file), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as reading,
        subprocess.Popen(  # noqa: S603 - our own argument list
            programs.command("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-o", "/dev/null"),
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=connection_environ(url),
        ) as writing,
    ):
        errors = _pipe(reading, writing)
    if writing.returncode or reading.returncode:
        raise StartError(f"the backup could not be restored, and nothing was changed: {error_line(errors)}")


def _pipe(reading: "subprocess.Popen[bytes]", writing: "subprocess.Popen[bytes]") -> str:
    if reading.stdout is None or writing.stdin is None or writing.stderr is None:
        raise AssertionError("both ends are pipes")
    head = True
    try:
        for line in reading.stdout:
            head = head and not line.startswith(b"COPY ")
            if not (head and line == UNSUPPORTED_SETTING):
                writing.stdin.write(line)
        if reading.wait():
            # An incomplete script must fail instead of being committed.
            writing.stdin.write(b"\\set ON_ERROR_STOP 1\nselect 1/0;\n")
        writing.stdin.close()
    except BrokenPipeError:
        reading.kill()
        reading.wait()
    errors = writing.stderr.read().decode(errors="replace")
    writing.wait()
    return errors


async def erasures_to_carry(url: str) -> dict[str, list[str]]:
    """Return the list of erasures, rows as JSON by table; tables that do not exist are left out."""
    connection = await asyncpg.connect(_driver_url(url))
    try:
        rows: dict[str, list[str]] = {}
        for table in ERASURE_TABLES:
            if await connection.fetchval("select to_regclass($1)", table) is not None:
                rows[table] = [row[0] for row in await connection.fetch(f"select row_to_json(t)::text from {table} t")]
    finally:
        await connection.close()
    return rows


async def carry_over_erasures(url: str, rows: Mapping[str, list[str]]) -> None:
    """Insert the erasures that the restored backup does not have."""
    connection = await asyncpg.connect(_driver_url(url))
    try:
        async with connection.transaction():
            for table in ERASURE_TABLES:
                payload = f"[{','.join(rows.get(table, []))}]"
                query = f"insert into {table} select r.* from json_populate_recordset(null::{table}, $1::json) r"
                where = "" if "." in table else "where r.district_id in (select d.id from control.district d)"
                await connection.execute(f"{query} {where} on conflict do nothing", payload)
    finally:
        await connection.close()


async def create_database(url: str, name: str, owner: str, app: str) -> str:
    """Create the empty database `name` on the server of `url`, owned by `owner`; `app` may connect. Return its URL.

    It gets the locale of the database of `url`, and the same roles may connect: a dump contains neither, and without the
    second a restore would lock out the backup's role.
    """
    connection = await asyncpg.connect(_driver_url(url))
    try:
        quoted = [await connection.fetchval("select quote_ident($1)", n) for n in (name, owner, app)]
        allowed = {quoted[2], *(row[0] for row in await connection.fetch(MAY_CONNECT))}
        await connection.execute(f"drop database if exists {quoted[0]}")
        await connection.execute(await connection.fetchval(CREATE_WITH_SAME_LOCALE, name, owner))
        await connection.execute(f"revoke all on database {quoted[0]} from public")
        await connection.execute(f"grant connect on database {quoted[0]} to {', '.join(sorted(allowed))}")
    finally:
        await connection.close()
    return with_database(url, name)


async def swap_databases(url: str, replacement: str, current: str) -> None:
    """Rename `replacement` to `current`, disconnecting all clients, and drop the former `current`."""
    connection = await asyncpg.connect(_driver_url(with_database(url, "postgres")))
    before = f"{current}_before"
    try:
        old, new, aside = [await connection.fetchval("select quote_ident($1)", n) for n in (current, replacement, before)]
        await connection.execute(f"drop database if exists {aside} with (force)")
        await _disconnect_others(connection, current)
        await connection.execute(f"alter database {old} rename to {aside}")
        await _disconnect_others(connection, replacement)
        await connection.execute(f"alter database {new} rename to {old}")
        await connection.execute(f"drop database {aside} with (force)")
    finally:
        await connection.close()


async def drop_database(url: str, name: str) -> None:
    """Drop the database `name` if it exists."""
    connection = await asyncpg.connect(_driver_url(with_database(url, "postgres")))
    try:
        await connection.execute(
            f"drop database if exists {await connection.fetchval('select quote_ident($1)', name)} with (force)"
        )
    finally:
        await connection.close()


async def _disconnect_others(connection: Any, name: str) -> None:
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()", name
    )


def with_database(url: str, database: str) -> str:
    """Return `url` with another database of the same server."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def user_of(url: str) -> str:
    """Return the user name of `url`."""
    return make_url(url).username or ""


def _driver_url(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
