"""The whole installation into a file and back, by PostgreSQL's own programs, past the fence."""

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
"""A database that sorts text as the present one does. The column of the locale has another name before PostgreSQL 17."""

MAY_CONNECT = """
select distinct a.grantee::regrole::text
from pg_database d, aclexplode(d.datacl) a
where d.datname = current_database() and a.privilege_type = 'CONNECT' and a.grantee not in (0, d.datdba)
"""

ERASURE_TABLES = ("erasure_certificate", "erasure", "control.district_erasure")
"""What is carried over a restore: who was erased since the backup must not come back."""

UNSUPPORTED_SETTING = b"SET transaction_timeout = 0;\n"
"""Newer programs write it for every server; those before 17 do not know it."""


async def role_privileges(url: str) -> Mapping[str, Any]:
    """What the role of `url` may do, and the server's version."""
    connection = await asyncpg.connect(_driver_url(url))
    try:
        row = await connection.fetchrow(ROLE_PRIVILEGES)
    finally:
        await connection.close()
    return dict(row)


def check_privileges(role: Mapping[str, Any], programs: Programs) -> None:
    """Refuse a role that would dump nothing because of the fence, and programs older than the server."""
    if not role["passes"]:
        raise StartError(
            "the role of the backup can't get past row-level security, so the file would hold no rows of any district: "
            "set BACKUP_DATABASE_URL to a role with BYPASSRLS "
            "(create role evenkeel_backup login bypassrls in role pg_read_all_data)"
        )
    if programs.major < role["major"]:
        raise StartError(
            f"pg_dump is of PostgreSQL {programs.major} and the server of PostgreSQL {role['major']}: the program must be at "
            f"least the server's version; set PG_BIN to the folder of a PostgreSQL {role['major']} or newer"
        )


def dump(url: str, out: Path, programs: Programs) -> int:
    """Write the database of `url` into `out` (custom format, mode 0600) and read it whole again; how many tables."""
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
    """How many tables' rows `file` holds; all of it is unpacked. `CannotStart` for what is no whole backup."""
    listed = programs.run("pg_restore", "--list", file).splitlines()
    programs.run("pg_restore", "--file=/dev/null", file)
    tables = [line for line in listed if " TABLE DATA " in line]
    if not any(" control district " in line for line in tables):
        raise StartError(f"{file} is a backup, but not of Evenkeel: it has no table control.district")
    return len(tables)


async def is_empty(url: str) -> bool:
    """Whether the database has none of our tables."""
    connection = await asyncpg.connect(_driver_url(url))
    try:
        return not await connection.fetchval(TABLES)
    finally:
        await connection.close()


def restore_into(file: Path, url: str, programs: Programs) -> None:
    """Read `file` into the empty database of `url`: all of it or nothing."""
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
        told = _pipe(reading, writing)
    if writing.returncode or reading.returncode:
        raise StartError(f"the backup could not be read in, and nothing was: {error_line(told)}")


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
            # Half a script must not be committed at its end.
            writing.stdin.write(b"\\set ON_ERROR_STOP 1\nselect 1/0;\n")
        writing.stdin.close()
    except BrokenPipeError:
        reading.kill()
        reading.wait()
    told = writing.stderr.read().decode(errors="replace")
    writing.wait()
    return told


async def erasures_to_carry(url: str) -> dict[str, list[str]]:
    """The list of who and what was erased, as JSON by table; nothing where there is none."""
    connection = await asyncpg.connect(_driver_url(url))
    try:
        found: dict[str, list[str]] = {}
        for table in ERASURE_TABLES:
            if await connection.fetchval("select to_regclass($1)", table) is not None:
                found[table] = [row[0] for row in await connection.fetch(f"select row_to_json(t)::text from {table} t")]
    finally:
        await connection.close()
    return found


async def carry_over_erasures(url: str, rows: Mapping[str, list[str]]) -> None:
    """Put the list back beside what the backup held of it."""
    connection = await asyncpg.connect(_driver_url(url))
    try:
        async with connection.transaction():
            for table in ERASURE_TABLES:
                said = f"[{','.join(rows.get(table, []))}]"
                query = f"insert into {table} select r.* from json_populate_recordset(null::{table}, $1::json) r"
                known = "" if "." in table else "where r.district_id in (select d.id from control.district d)"
                await connection.execute(f"{query} {known} on conflict do nothing", said)
    finally:
        await connection.close()


async def create_database(url: str, name: str, owner: str, app: str) -> str:
    """Make the empty database `name` beside that of `url`, for `owner` to own and `app` to use; its URL.

    It has the locale of the database of `url`, and the roles that may connect to that one may connect to it: a dump holds
    neither, and without the second the role of the backups would be locked out by a restore.
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
    """Put the database `made` in the place of `found`, whoever is connected to that, and drop what it was."""
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
    """Drop the database `name` if it is there."""
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
    """`url` to another database of the same server."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def user_of(url: str) -> str:
    """The role that `url` names."""
    return make_url(url).username or ""


def _driver_url(url: str) -> str:
    """`url` as the driver reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
