"""Load shedding: above capacity a request waits for a bounded time, then gets 503 with Retry-After.

For the decision see api/README.md, "Overload is shed early".
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.shared.errors import Unavailable

WAIT_SECONDS = 0.6
"""Longest wait of a request for a slot of a limiter."""
CONNECTION_SECONDS = 1.2
"""Longest time that one request waits for database connections, all its waits together."""
EXPENSIVE_COST = 25
"""A GraphQL query that costs more than this takes a slot for expensive queries."""


class Overloaded(Unavailable):
    """No slot became free in time."""


class ConcurrencyLimiter:
    """Lets `slots` requests of a kind run at once; others wait in order of arrival, at most `seconds`."""

    def __init__(self, slots: int, seconds: float = WAIT_SECONDS) -> None:
        self._semaphore = asyncio.Semaphore(slots)
        self._seconds = seconds

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold a slot until the block ends. Raises `Overloaded` when none becomes free in time."""
        try:
            async with asyncio.timeout(self._seconds):
                await self._semaphore.acquire()
        except TimeoutError:
            raise Overloaded("too many expensive requests are running; retry in a few seconds") from None
        try:
            yield
        finally:
            self._semaphore.release()


class ConcurrencyLimiters:
    """The limiters of one process, by the size of its connection pool; other requests only wait for a connection.

    `queries`: GraphQL queries above `EXPENSIVE_COST`, each with up to `units` transactions at once. `changes`: REST
    operations that can also run as a job (rosters, crosswalks, configurations), each with one long transaction.
    """

    def __init__(self, pool_size: int, units: int) -> None:
        self.queries = ConcurrencyLimiter(max(1, (pool_size - 2) // units))
        self.changes = ConcurrencyLimiter(max(1, pool_size // 5))
