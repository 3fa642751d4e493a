"""Request counts of a minute, summed over all processes, in one round trip."""

import asyncio
from collections.abc import Mapping

from asyncpg.exceptions import InterfaceError, InternalClientError, PostgresError

from domain.shared.errors import Unavailable
from persistence.database.pool import ConnectionPool

ADD = "select name, n from control.count_requests($1, $2, $3)"
PATIENCE_SECONDS = 2
"""A slower store counts as unavailable: the caller goes on without it."""


class PgRequestCounts:
    """Implements `api.middleware.rate_limit.SharedCounters`."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    async def add(self, minute: int, counts: Mapping[str, int]) -> Mapping[str, int]:
        """Add `counts` to those of `minute` and return the sums. Raises `Unavailable` when the database is too slow."""
        if not counts:
            return {}
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._added(minute, counts)
        except (InterfaceError, InternalClientError, PostgresError, OSError) as error:
            raise Unavailable("the counts of other processes are not to be had now") from error

    async def _added(self, minute: int, counts: Mapping[str, int]) -> Mapping[str, int]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch(ADD, minute, list(counts), list(counts.values()))
        return {row["name"]: row["n"] for row in rows}
