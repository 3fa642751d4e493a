"""The connection pool: asyncpg's, with a bounded wait in front of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self, cast

import asyncpg
from asyncpg.exceptions import InterfaceError, InternalClientError, PostgresError

from persistence.database.connection import CONNECT_ARGUMENTS, Connection, dsn, is_lost

MAX_WAIT = 10.0
"""Seconds that a caller waits for a connection to become free, unless `limit_waits` sets less."""
MIN_WAIT = 0.01
"""Seconds; a request that has used up its waits still gets a free connection."""
RELEASE_TIMEOUT = 10.0
"""Seconds that the driver may take to end a cancelled statement before the connection is closed instead of reused."""
CLOSE_TIMEOUT = 5.0
"""Seconds that `close` waits for connections in use."""
IDLE_LIFETIME = 1800.0
"""Seconds after which an unused connection is closed."""
MAX_STATEMENTS = 1_000_000
"""After that many a connection is replaced, since its server process grows."""


@dataclass
class _WaitBudget:
    """The seconds that a request may still wait, over all its waits."""

    seconds: float


_wait_budget: ContextVar[_WaitBudget | None] = ContextVar("wait_budget", default=None)


def limit_waits(seconds: float) -> None:
    """Limit this context's waits for connections to `seconds`, all waits together."""
    _wait_budget.set(_WaitBudget(seconds))


def _remaining_wait() -> float:
    """Seconds that this context may wait for a connection now."""
    budget = _wait_budget.get()
    return MAX_WAIT if budget is None else min(MAX_WAIT, max(budget.seconds, MIN_WAIT))


class ConnectionPool:
    """At most `size` connections to the database of `url`, each made when it is first needed.

    asyncpg's pool waits for a connection without end, or for waiting and connecting together. A semaphore in front of it
    bounds the wait alone; connecting has its own timeout. A connection that could not be made frees its slot for the next
    caller, and one that the server closed is replaced when it is acquired.

    `connect` replaces `asyncpg.connect` in tests.
    """

    def __init__(self, url: str, *, size: int = 10, connect: Callable[..., Awaitable[Any]] | None = None) -> None:
        self._url = dsn(url)
        self._size = size
        self._connect = connect
        self._free = asyncio.Semaphore(size)
        self._pool: asyncpg.Pool[Any] | None = None
        self._closed = False

    async def acquire(self) -> Connection:
        """Acquire a connection; the caller releases it.

        Raises `TimeoutError` when none became free in time, `ConnectionRefusedError` when none could be made.
        """
        await self._wait_until_free()
        try:
            return cast("Connection", await (await self._open()).acquire())
        except BaseException as error:
            self._free.release()
            # What the driver raises when the server rejects connections, or closes one before it is ready.
            if isinstance(error, PostgresError | InterfaceError | InternalClientError):
                raise ConnectionRefusedError(str(error)) from error
            raise

    async def release(self, connection: Connection, *, sound: bool = True) -> None:
        """Return `connection`. One that is not `sound`, or is in a transaction, is closed instead of reused."""
        try:
            if not is_lost(connection) and (not sound or connection.is_in_transaction()):
                connection.terminate()
            if self._pool is not None:
                with suppress(PostgresError, InterfaceError, InternalClientError, OSError):  # the driver has closed it
                    await self._pool.release(cast("Any", connection), timeout=RELEASE_TIMEOUT)
        finally:
            self._free.release()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Acquire a connection and release it; it is not reused after a cancellation or an error of the driver."""
        connection, sound = await self.acquire(), False
        try:
            yield connection
            sound = True
        except Exception as error:
            sound = not isinstance(error, InterfaceError | InternalClientError)
            raise
        finally:
            await self.release(connection, sound=sound)

    async def close(self) -> None:
        """Close every connection; those still in use after `CLOSE_TIMEOUT` are terminated."""
        self._closed = True
        if self._pool is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_TIMEOUT):
                    await self._pool.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    async def _wait_until_free(self) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        budget, begun = _wait_budget.get(), time.monotonic()
        try:
            await self._wait(_remaining_wait())
        finally:
            if budget is not None:
                budget.seconds -= time.monotonic() - begun

    async def _wait(self, seconds: float) -> None:
        async with asyncio.timeout(seconds):
            await self._free.acquire()

    async def _open(self) -> "asyncpg.Pool[Any]":
        """Return the driver's pool. It belongs to an event loop, so it is made when the first connection is needed."""
        if self._closed:
            raise ConnectionRefusedError("the connection pool is closed")
        if self._pool is None:
            pool = asyncpg.create_pool(
                self._url,
                min_size=0,
                max_size=self._size,
                max_queries=MAX_STATEMENTS,
                max_inactive_connection_lifetime=IDLE_LIFETIME,
                connect=self._connect,
                reset=_skip_reset,
                **CONNECT_ARGUMENTS,
            )
            await pool
            self._pool = pool
        return self._pool


async def _skip_reset(_connection: object) -> None:
    """Do nothing: all settings end with their transaction (`SET LOCAL`), and this saves a round trip for each request."""
