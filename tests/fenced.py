"""Units on the driver's own connection: behind a district's fence, as the role that serves."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

import asyncpg

from persistence.directory import PgPeople, PgReferences
from persistence.roster import PgRoster


class FencedUnit:
    """The directory's and the roster's part of a unit."""

    def __init__(self, raw: asyncpg.Connection, district_id: UUID) -> None:
        self.raw = raw
        self.roster = PgRoster(raw, district_id)
        self.references = PgReferences(raw, district_id)
        self.people = PgPeople(raw, district_id)

    async def commit(self) -> None:
        await self.raw.execute("COMMIT")


@asynccontextmanager
async def behind(url: str, district_id: UUID) -> AsyncIterator[asyncpg.Connection]:
    """A connection inside one transaction, fenced to ``district_id``; undone unless it is committed."""
    raw = await asyncpg.connect(url)
    try:
        await raw.execute(f"BEGIN; SET LOCAL app.district_id = '{UUID(str(district_id))}'")
        yield raw
    finally:
        await raw.close()


class PgDistrict:
    """One district of a database; ``open`` and ``read`` are what a ``Context`` wants."""

    def __init__(self, url: str, district_id: UUID) -> None:
        self.url = url
        self.district_id = district_id

    @asynccontextmanager
    async def read(self) -> AsyncIterator[FencedUnit]:
        async with behind(self.url, self.district_id) as raw:
            yield FencedUnit(raw, self.district_id)

    def open(self) -> AbstractAsyncContextManager[FencedUnit]:
        return self.read()
