"""The driver's connection, and how one is made."""

from typing import Any

import asyncpg
from asyncpg import Connection, Record
from asyncpg.exceptions import InterfaceError
from sqlalchemy.engine import make_url

CONNECT_ARGUMENTS: dict[str, Any] = {
    "server_settings": {"application_name": "evenkeel", "timezone": "UTC"},
    "timeout": 10,
}
"""Arguments of every connection; the timeout, in seconds, is for connecting only."""


def dsn(url: str) -> str:
    """Return `url` in asyncpg's form, whichever driver it names; SQLAlchemy's parameter `ssl` becomes `sslmode`."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
    query = {"sslmode" if name == "ssl" else name: value for name, value in parsed.query.items()}
    return parsed.set(drivername="postgresql", query=query).render_as_string(hide_password=False)


async def connect(url: str) -> Connection:
    """Open a connection outside any pool; the caller closes it."""
    return await asyncpg.connect(dsn(url), **CONNECT_ARGUMENTS)


def is_lost(connection: Connection) -> bool:
    """Whether `connection` has ended. The pool detaches such a connection, and the detached object raises on every call."""
    try:
        return bool(connection.is_closed())
    except InterfaceError:
        return True


__all__ = ["CONNECT_ARGUMENTS", "Connection", "Record", "connect", "dsn", "is_lost"]
