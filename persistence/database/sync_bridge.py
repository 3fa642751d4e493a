"""Synchronous calls over the asynchronous driver: the authorization server's library is synchronous."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, TypeVar
from uuid import UUID

from asyncpg.exceptions import InterfaceError, InternalClientError, PostgresError
from sqlalchemy.util import await_only, greenlet_spawn

from domain.shared.errors import Unavailable
from domain.shared.ids import DistrictId
from persistence.database.connection import Connection, Record
from persistence.database.pool import ConnectionPool

T = TypeVar("T")

CONTENTION_STATES = frozenset({"40001", "40P01", "23503"})
"""SQLSTATEs: two transactions changed the same rows, or a person who was found was deleted meanwhile."""
UNAVAILABLE_STATES = frozenset({"08", "53", "57"})
"""Classes of SQLSTATE: connection, resources, intervention by an operator."""

# The library's callbacks have no parameter for a connection; the greenlet sees the context variables of its own task.
_connection: ContextVar[Connection] = ContextVar("oauth_connection")


class SyncBridge:
    """Runs synchronous work in one transaction."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    async def run(self, work: Callable[[], T]) -> T:
        """Run synchronous `work` in one transaction on this event loop and return its result; only here one begins or ends."""
        async with translate_errors(), self._pool.connection() as connection, connection.transaction():
            token = _connection.set(connection)
            try:
                return await greenlet_spawn(work)
            finally:
                _connection.reset(token)


def set_tenant(district_id: DistrictId) -> None:
    """Set the tenant of the transaction. SET takes no bind parameter, so `UUID()` makes sure that the value is a UUID."""
    execute(f"SET LOCAL app.district_id = '{UUID(str(district_id))}'")


def fetch(statement: str, *values: Any) -> list[Record]:
    """Return the rows of `statement`; inside `SyncBridge.run` only."""
    rows: list[Record] = await_only(_connection.get().fetch(statement, *values))
    return rows


def fetchrow(statement: str, *values: Any) -> Record | None:
    """Return the first row of `statement`, or None; inside `SyncBridge.run` only."""
    return await_only(_connection.get().fetchrow(statement, *values))


def execute(statement: str, *values: Any) -> None:
    """Run `statement`; inside `SyncBridge.run` only."""
    await_only(_connection.get().execute(statement, *values))


@asynccontextmanager
async def translate_errors() -> AsyncIterator[None]:
    """Raise `Unavailable` when the database cannot be reached or another transaction changed the same rows."""
    try:
        yield
    # The driver raises InternalClientError if the server closed the connection between two requests, unnoticed.
    except (InterfaceError, InternalClientError, PostgresError, OSError) as error:
        state: str | None = getattr(error, "sqlstate", None)
        if state is None or state[:2] in UNAVAILABLE_STATES:  # without a state, the driver itself gave up
            raise Unavailable("the database is busy or unreachable; try again in a few seconds") from error
        if state in CONTENTION_STATES:
            raise Unavailable("another request changed the same person or app; try again") from error
        raise
