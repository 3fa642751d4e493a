"""The pool lends sound connections only, and never one that stands inside somebody's fence."""

from uuid import UUID

import asyncpg
import pytest

from domain.shared.context import Actor, ActorKind
from domain.shared.ids import DistrictId
from persistence.engine import make_engine
from persistence.unit import open_unit

ACTOR = Actor(kind=ActorKind.CLIENT, id="client", district_id=DistrictId(UUID(int=7)), origin="pool", scopes=frozenset())


@pytest.fixture
async def engine(module_database):
    made = make_engine(module_database.app_url, pool_size=1)
    yield made
    await made.dispose()


async def _backend(engine):
    async with open_unit(engine, ACTOR) as unit:
        return await unit.raw.fetchval("select pg_backend_pid()")


async def test_connection_goes_back_and_is_lent_again(engine):
    assert await _backend(engine) == await _backend(engine)


async def test_connection_that_the_server_closed_is_not_lent(engine, module_database):
    before = await _backend(engine)
    admin = await asyncpg.connect(module_database.admin_url)
    await admin.execute("select pg_terminate_backend($1, 5000)", before)
    await admin.close()
    assert await _backend(engine) != before


async def test_fence_is_gone_when_a_unit_fails(engine):
    with pytest.raises(asyncpg.UndefinedTableError):
        async with open_unit(engine, ACTOR) as unit:
            await unit.raw.execute("select * from nothing_of_this_name")
    async with engine.connect() as connection:
        found = (await connection.exec_driver_sql("select current_setting('app.district_id', true)")).scalar()
    assert not found
