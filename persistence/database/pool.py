"""The pool of connections: asyncpg's, with a bounded wait in front of it."""

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
"""Seconds that a caller waits for a connection to become free, unless ``limit_waits`` says less."""
MIN_WAIT = 0.01
"""Seconds; a request that has used up its waits still gets a connection that is free."""
RELEASE_TIMEOUT = 10.0
"""Seconds that the driver may take to end a cancelled statement before the connection is closed instead of reused."""
CLOSE_TIMEOUT = 5.0
"""Seconds that ``close`` waits for connections in use."""
IDLE_LIFETIME = 1800.0
"""Seconds after which a connection that nobody uses is closed."""
MAX_STATEMENTS = 1_000_000
"""After that many a connection is replaced, since the server's process behind it grows."""


@dataclass
class _WaitBudget:
    """The seconds that a request may still wait."""

    seconds: float


_wait_budget: ContextVar[_WaitBudget | None] = ContextVar("patience", default=None)


def limit_waits(seconds: float) -> None:
    """Let this context wait for connections for ``seconds`` at most, all waits together."""
    _wait_budget.set(_WaitBudget(seconds))


def _remaining_wait() -> float:
    """Seconds that this context may wait for a connection now."""
    patience = _wait_budget.get()
    return MAX_WAIT if patience is None else min(MAX_WAIT, max(patience.seconds, MIN_WAIT))


class ConnectionPool:
    """At most ``size`` connections to the database of ``url``, each made when it is first needed.

    asyncpg's pool waits for a connection without end, or for waiting and connecting together. A semaphore in front of it
    bounds the wait alone; connecting has a timeout of its own. A connection that could not be made gives its place to the next
    in line, and one that the server closed is made anew when it is acquired.

    ``connect``: makes a connection in place of ``asyncpg.connect``, for tests.
    """

    def __init__(self, url: str, *, size: int = 10, connect: Callable[..., Awaitable[Any]] | None = None) -> None:
        self._url = dsn(url)
        self._size = size
        self._connect = connect
        self._free = asyncio.Semaphore(size)
        self._pool: asyncpg.Pool[Any] | None = None
        self._closed = False

    async def acquire(self) -> Connection:
        """A connection; the caller releases it.

        Raises ``TimeoutError`` when none became free in time, ``ConnectionRefusedError`` when none could be made.
        """
        await self._wait_until_free()
        try:
            return cast("Connection", await (await self._open()).acquire())
        except BaseException as error:
            self._free.release()
            # The driver's words for a server that lets nobody in, or hangs up before the connection is ready.
            if isinstance(error, PostgresError | InterfaceError | InternalClientError):
                raise ConnectionRefusedError(str(error)) from error
            raise

    async def release(self, connection: Connection, *, sound: bool = True) -> None:
        """Return ``connection``. One that is not ``sound``, or is in a transaction, is closed and not lent again."""
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
        """Acquire a connection and release it; it is not reused when cancelled, or when the driver lost track of it."""
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
        """Close every connection; those that are still in use after ``CLOSE_TIMEOUT`` are cut off."""
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
        patience, begun = _wait_budget.get(), time.monotonic()
        try:
            await self._wait(_remaining_wait())
        finally:
            if patience is not None:
                patience.seconds -= time.monotonic() - begun

    async def _wait(self, seconds: float) -> None:
        async with asyncio.timeout(seconds):
            await self._free.acquire()

    async def _open(self) -> "asyncpg.Pool[Any]":
        """The driver's pool. It belongs to an event loop, so it is made by the first who needs a connection."""
        if self._closed:
            raise ConnectionRefusedError("the pool of connections is closed")
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
    """Reset nothing: all that a transaction sets ends with it (``SET LOCAL``), and a round trip for each request is saved."""
