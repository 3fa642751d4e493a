"""The pool lends sound connections only, and never one that stands inside somebody's fence."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Unavailable
from domain.shared.ids import DistrictId
from persistence.database.pool import make_engine
from persistence.database.sync_bridge import rows
from persistence.repositories.districts import district_ids
from persistence.repositories.oauth.store import PgOAuth
from persistence.unit_of_work import open_unit

ACTOR = Actor(kind=ActorKind.CLIENT, id="client", district_id=DistrictId(UUID(int=7)), origin="pool", scopes=frozenset())

ENDED = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1 and usename = 'evenkeel_app'"


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


async def test_who_waits_in_line_has_their_turn_when_a_connection_can_not_be_made(module_database):
    refused = [ConnectionResetError("ended by the server"), asyncpg.AdminShutdownError("ended by the server")]

    async def connect():
        await asyncio.sleep(0.05)
        if refused:
            raise refused.pop()
        return await asyncpg.connect(module_database.app_url)

    engine = make_engine(module_database.app_url, pool_size=1, async_creator=connect)
    try:
        async with asyncio.timeout(5):
            found = await asyncio.gather(*(_backend(engine) for _ in range(3)), return_exceptions=True)
        assert [type(each) for each in found] == [Unavailable, Unavailable, int]
    finally:
        await engine.dispose()


async def test_ending_every_connection_at_once_holds_nobody_up(module_database):
    engine = make_engine(module_database.app_url, pool_size=3)
    admin = await asyncpg.connect(module_database.admin_url)
    try:
        async with asyncio.timeout(5):
            asked = [asyncio.create_task(_backend(engine)) for _ in range(12)]
            for _ in range(8):
                await asyncio.sleep(0.005)
                await admin.execute(ENDED, module_database.name)
            found = await asyncio.gather(*asked, return_exceptions=True)
        assert {type(each) for each in found} <= {Unavailable, int}
    finally:
        await admin.close()
        await engine.dispose()


async def test_when_every_connection_was_ended_whoever_asks_first_is_the_last_to_notice(module_database):
    """All that borrows past units: tokens and clients of the authorization server, and the round of sealing."""
    engine = make_engine(module_database.app_url, pool_size=2)
    store = PgOAuth(engine)
    asking = (lambda: store.bridge(lambda: rows("select 1")), store.signing_keys, lambda: district_ids(engine))
    admin = await asyncpg.connect(module_database.admin_url)
    failed = 0
    try:
        for ask in asking:
            await asyncio.gather(*(_backend(engine) for _ in range(2)))
            await admin.execute(ENDED, module_database.name)
            for _ in range(3):
                try:
                    await ask()
                except (Unavailable, asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresError):
                    failed += 1
        assert failed <= len(asking)
    finally:
        await admin.close()
        await engine.dispose()


async def test_fence_is_gone_when_a_unit_fails(engine):
    with pytest.raises(asyncpg.UndefinedTableError):
        async with open_unit(engine, ACTOR) as unit:
            await unit.raw.execute("select * from nothing_of_this_name")
    async with engine.connect() as connection:
        found = (await connection.exec_driver_sql("select current_setting('app.district_id', true)")).scalar()
    assert not found
