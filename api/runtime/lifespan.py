"""The lifespan of the application: start-up checks, background loops, shutdown."""

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
"""Runs until it is cancelled."""


def lifespan(
    pool: ConnectionPool,
    start: Callable[[], Awaitable[None]],
    on_loaded: Callable[[], None],
    background: Sequence[BackgroundLoop],
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Return the lifespan: check the database, await `start`, call `on_loaded`, run `background`; finally close `pool`.

    Starting raises `Misconfigured` for a database role that bypasses row-level security, or for a schema of another release.
    """

    @asynccontextmanager
    async def run(_app: FastAPI) -> AsyncIterator[None]:
        async with pool:
            await _check_database(pool)
            await start()
            observation_batch.build_validators()
            on_loaded()
            tasks = [asyncio.create_task(loop()) for loop in background]
            try:
                yield
            finally:
                await _cancel(tasks)

    return run


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _check_database(pool: ConnectionPool) -> None:
    errors = await role_errors(pool)
    if errors:
        raise Misconfigured(*errors)
    current, required = await schema_version(pool), head()
    if current != required:
        raise Misconfigured(
            f"the database is at {current or 'no migration'}, this release needs {required}: run evenkeel migrate"
        )
