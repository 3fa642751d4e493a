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
"""What every connection is made with; the timeout in seconds is for connecting alone."""


def dsn(url: str) -> str:
    """``url`` as asyncpg reads it, whatever driver it names; SQLAlchemy's parameter ``ssl`` is ``sslmode`` here."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
    query = {"sslmode" if name == "ssl" else name: value for name, value in parsed.query.items()}
    return parsed.set(drivername="postgresql", query=query).render_as_string(hide_password=False)


async def connect(url: str) -> Connection:
    """A connection outside any pool; the caller closes it."""
    return await asyncpg.connect(dsn(url), **CONNECT_ARGUMENTS)


def is_lost(connection: Connection) -> bool:
    """Whether ``connection`` has ended. The pool takes one that ends away from its borrower, whom it answers nothing more."""
    try:
        return bool(connection.is_closed())
    except InterfaceError:
        return True


__all__ = ["CONNECT_ARGUMENTS", "Connection", "Record", "connect", "dsn", "is_lost"]
