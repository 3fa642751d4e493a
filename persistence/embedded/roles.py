"""The roles and the database of an embedded installation."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import asyncpg

from persistence.embedded.data_directory import read_or_create_password

OWNER = "evenkeel_owner"
APP = "evenkeel_app"
DATABASE = "evenkeel"
# Set again for an existing role, so that after any change the roles stay subject to row-level security.
ROLE_ATTRIBUTES = "login nosuperuser nobypassrls nocreatedb nocreaterole noreplication"


@dataclass(frozen=True, kw_only=True)
class Urls:
    """The URLs of one database for its three roles: `admin` creates roles, `owner` migrates, `app` serves."""

    admin: str
    owner: str
    app: str


async def provision(admin_url: str, folder: Path, database: str = DATABASE) -> Urls:
    """Create both roles and the database unless they exist; their passwords are stored in `folder`, mode 0600.

    Idempotent: attributes, passwords and grants that were changed are reset.
    """
    connection = await asyncpg.connect(_url_of(admin_url, "postgres"))
    try:
        for role in (OWNER, APP):
            await _make_role(connection, role, read_or_create_password(_password_file(folder, role)))
        await connection.execute("revoke connect on database postgres, template1 from public")
        await make_database(connection, database)
    finally:
        await connection.close()
    await _close_public_schema(_url_of(admin_url, database))
    return urls(admin_url, folder, database)


def urls(admin_url: str, folder: Path, database: str = DATABASE) -> Urls:
    """Return the three URLs of `database` on a server that was provisioned."""
    return Urls(
        admin=_url_of(admin_url, database),
        owner=_url_of(admin_url, database, OWNER, _password_file(folder, OWNER).read_text()),
        app=_url_of(admin_url, database, APP, _password_file(folder, APP).read_text()),
    )


async def make_database(connection: Any, name: str, template: str = "template0", strategy: str = "wal_log") -> None:
    """Create the owner's database `name` unless it exists; besides the owner only the app role may connect.

    `strategy`: file_copy is twice as fast, when the database need not survive a crash.
    """
    if not await connection.fetchval("select 1 from pg_database where datname = $1", name):
        await connection.execute(f"create database {name} owner {OWNER} template {template} strategy {strategy}")
    await connection.execute(f"revoke all on database {name} from public; grant connect on database {name} to {APP}")


async def drop_database(admin_url: str, name: str) -> None:
    """Drop the database `name`, disconnecting all clients."""
    connection = await asyncpg.connect(_url_of(admin_url, "postgres"))
    try:
        await connection.execute(f"drop database if exists {name} with (force)")
    finally:
        await connection.close()


async def _make_role(connection: Any, role: str, password: str) -> None:
    verb = "alter" if await connection.fetchval("select 1 from pg_roles where rolname = $1", role) else "create"
    # The password is quoted by the server: statements about roles take no parameters.
    statement = await connection.fetchval(
        f"select format('{verb} role %I {ROLE_ATTRIBUTES} password %L', $1::text, $2::text)", role, password
    )
    await connection.execute(statement)


async def _close_public_schema(database_url: str) -> None:
    """Let only the owner create objects in `public`; a database cloned from this one inherits it."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(f"revoke all on schema public from public; grant usage on schema public to {APP}")
    finally:
        await connection.close()


def _password_file(folder: Path, role: str) -> Path:
    return folder / f"{role.removeprefix('evenkeel_')}.password"


def _url_of(url: str, database: str, user: str = "", password: str = "") -> str:
    """Return `url` with another database, and with another user if `user` is not empty."""
    parts = urlsplit(url)
    credentials, _, host = parts.netloc.rpartition("@")
    if user:
        credentials = f"{quote(user, safe='')}:{quote(password, safe='')}"
    # Not with urlunsplit, which drops the empty host of a socket's URL.
    return f"{parts.scheme}://{credentials}@{host}/{quote(database, safe='')}" + (f"?{parts.query}" if parts.query else "")
