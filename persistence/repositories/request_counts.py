"""What all processes have counted of a minute: one round trip, behind the pool's own connection."""

import asyncio
from collections.abc import Mapping

from asyncpg.exceptions import InterfaceError, InternalClientError, PostgresError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.shared.errors import Unavailable
from persistence.database.connection import driver_of, give_back, lend

ADD = "select name, n from control.count_requests($1, $2, $3)"
PATIENCE_SECONDS = 2
"""A store that is slower is as good as away: counting goes on without it."""


class PgRequestCounts:
    """Satisfies ``api.middleware.rate_limit.SharedCounters``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, minute: int, counts: Mapping[str, int]) -> Mapping[str, int]:
        """Add ``counts`` to what is held of ``minute``, and tell the sums. Raises ``Unavailable``."""
        if not counts:
            return {}
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._added(minute, counts)
        except (PoolTimeout, InterfaceError, InternalClientError, PostgresError, OSError) as error:
            raise Unavailable("the counts of other processes are not to be had now") from error

    async def _added(self, minute: int, counts: Mapping[str, int]) -> Mapping[str, int]:
        lent, sound = await lend(self._engine), False
        try:
            rows = await driver_of(lent).fetch(ADD, minute, list(counts), list(counts.values()))
            sound = True
        finally:
            give_back(lent, sound=sound)
        return {row[0]: row[1] for row in rows}
