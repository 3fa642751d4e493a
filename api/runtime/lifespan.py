"""What a process does before its first request, beside the requests, and after the last."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from fastapi import FastAPI

from api.settings import Misconfigured
from api.wire import observation_batch
from persistence.database.pool import ConnectionPool
from persistence.database.schema_revision import head
from persistence.database.startup_checks import role_errors, schema_version

BackgroundLoop = Callable[[], Coroutine[None, None, None]]
"""Goes on until it is cancelled."""


def lifespan(
    pool: ConnectionPool,
    start: Callable[[], Awaitable[None]],
    on_loaded: Callable[[], None],
    background: Sequence[BackgroundLoop],
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Start with ``start`` and ``loaded``, run ``meanwhile``; close the connections of ``pool``, also where starting fails.

    Raises ``Misconfigured`` on a role that could get past the fence, or on another schema than this release needs.
    """

    @asynccontextmanager
    async def run(_app: FastAPI) -> AsyncIterator[None]:
        async with pool:
            await _check_database(pool)
            await start()
            observation_batch.build_validators()
            on_loaded()
            running = [asyncio.create_task(one()) for one in background]
            try:
                yield
            finally:
                await _cancel(running)

    return run


async def _cancel(running: Sequence[asyncio.Task[None]]) -> None:
    for task in running:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _check_database(pool: ConnectionPool) -> None:
    faults = await role_errors(pool)
    if faults:
        raise Misconfigured(*faults)
    held, needed = await schema_version(pool), head()
    if held != needed:
        raise Misconfigured(f"the database is at {held or 'no'} migration, this needs {needed}: run evenkeel migrate")
