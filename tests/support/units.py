"""Units behind a district's fence, as the role that serves opens them."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

import asyncpg

from domain.directory.usecases.districts_and_clients import operator_actor
from domain.shared.access_scope import EVERYTHING, Permission
from domain.shared.context import Actor
from domain.shared.ids import DistrictId
from persistence.database.pool import ConnectionPool
from persistence.unit_of_work import PgUnitOfWork, begin_unit_of_work

WHOLE = Permission(action="tests", scope=EVERYTHING, directory=EVERYTHING)
"""For tests of a store by itself: everything of the district."""


@asynccontextmanager
async def tenant_connection(url: str, district_id: UUID) -> AsyncIterator[asyncpg.Connection]:
    """A connection inside one transaction, fenced to ``district_id``; undone unless it is committed."""
    raw = await asyncpg.connect(url)
    try:
        await raw.execute(f"BEGIN; SET LOCAL app.district_id = '{UUID(str(district_id))}'")
        yield raw
    finally:
        await raw.close()


@asynccontextmanager
async def begin_test_transaction(
    url: str, actor: Actor, *, permission: Permission = WHOLE, read_only: bool = False
) -> AsyncIterator[PgUnitOfWork]:
    """A unit over a pool of its own, so that no test has one to close."""
    async with (
        ConnectionPool(url, size=1) as pool,
        begin_unit_of_work(pool, actor, permission=permission, read_only=read_only) as unit,
    ):
        yield unit


class PgDistrict:
    """One district of a database; ``open`` and ``read`` are what a ``Context`` wants, and reach everything if not told else."""

    def __init__(self, url: str, district_id: DistrictId) -> None:
        self.url = url
        self.actor = operator_actor("tester", district_id)

    def open(self, permission: Permission = WHOLE) -> AbstractAsyncContextManager[PgUnitOfWork]:
        return begin_test_transaction(self.url, self.actor, permission=permission)

    def read(self, permission: Permission = WHOLE) -> AbstractAsyncContextManager[PgUnitOfWork]:
        return begin_test_transaction(self.url, self.actor, permission=permission, read_only=True)
