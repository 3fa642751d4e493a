"""What a process does when more is requested than it can answer: a bounded wait, then 503 with Retry-After.

The decision stands in README.md, "Overload is shed early".
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.shared.errors import Unavailable

WAIT_SECONDS = 0.6
"""How long a request waits for a place in a lane, at most."""
CONNECTION_SECONDS = 1.2
"""How long one request waits for connections of the pool, at most, all its waits together."""
EXPENSIVE_COST = 25
"""A GraphQL query that costs more than this takes a place in the lane of expensive queries."""


class Overloaded(Unavailable):
    """All places are taken, and the wait for one was long enough."""


class ConcurrencyLimiter:
    """So many of a kind of request at once; the others wait in the order of their arrival, for ``seconds`` at most."""

    def __init__(self, slots: int, seconds: float = WAIT_SECONDS) -> None:
        self._semaphore = asyncio.Semaphore(slots)
        self._seconds = seconds

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """A place until the block ends. Raises ``Overloaded`` when none gets free in time."""
        try:
            async with asyncio.timeout(self._seconds):
                await self._semaphore.acquire()
        except TimeoutError:
            raise Overloaded("too many requests as expensive as this one are running; try again in a few seconds") from None
        try:
            yield
        finally:
            self._semaphore.release()


class ConcurrencyLimiters:
    """The lanes of one process, by the connections that it has. What is in neither lane waits for a connection only.

    ``queries``: GraphQL queries above ``EXPENSIVE_COST``, each with up to ``units`` transactions at once. ``changes``: REST
    operations that could be a job (rosters, crosswalks, configurations), each with one long transaction.
    """

    def __init__(self, pool_size: int, units: int) -> None:
        self.queries = ConcurrencyLimiter(max(1, (pool_size - 2) // units))
        self.changes = ConcurrencyLimiter(max(1, pool_size // 5))
