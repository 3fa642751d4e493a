"""The pool lends sound connections only, and never one that stands inside somebody's fence."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Unavailable
from domain.shared.ids import DistrictId
from persistence.database.connection import is_lost
from persistence.database.pool import ConnectionPool
from persistence.database.sync_bridge import fetch
from persistence.repositories.districts import district_ids
from persistence.repositories.oauth.store import PgOAuth
from persistence.unit_of_work import begin_unit_of_work

ACTOR = Actor(kind=ActorKind.CLIENT, id="client", district_id=DistrictId(UUID(int=7)), origin="pool", scopes=frozenset())

ENDED = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1 and usename = 'evenkeel_app'"


@pytest.fixture
async def pool(module_database):
    made = ConnectionPool(module_database.app_url, size=1)
    yield made
    await made.close()


async def _backend(pool):
    async with begin_unit_of_work(pool, ACTOR) as unit:
        return await unit.connection.fetchval("select pg_backend_pid()")


async def test_connection_goes_back_and_is_lent_again(pool):
    assert await _backend(pool) == await _backend(pool)


async def test_connection_that_the_server_closed_is_not_lent(pool, module_database):
    before = await _backend(pool)
    admin = await asyncpg.connect(module_database.admin_url)
    await admin.execute("select pg_terminate_backend($1, 5000)", before)
    await admin.close()
    assert await _backend(pool) != before


async def test_who_waits_in_line_has_their_turn_when_a_connection_can_not_be_made(module_database):
    refused = [ConnectionResetError("ended by the server"), asyncpg.AdminShutdownError("ended by the server")]

    async def connect(*_dsn, **options):
        await asyncio.sleep(0.05)
        if refused:
            raise refused.pop()
        return await asyncpg.connect(module_database.app_url, **options)

    async with ConnectionPool(module_database.app_url, size=1, connect=connect) as pool:
        async with asyncio.timeout(5):
            found = await asyncio.gather(*(_backend(pool) for _ in range(3)), return_exceptions=True)
        assert [type(each) for each in found] == [Unavailable, Unavailable, int]


async def test_ending_every_connection_at_once_holds_nobody_up(module_database):
    pool = ConnectionPool(module_database.app_url, size=3)
    admin = await asyncpg.connect(module_database.admin_url)
    try:
        async with asyncio.timeout(5):
            asked = [asyncio.create_task(_backend(pool)) for _ in range(12)]
            for _ in range(8):
                await asyncio.sleep(0.005)
                await admin.execute(ENDED, module_database.name)
            found = await asyncio.gather(*asked, return_exceptions=True)
        assert {type(each) for each in found} <= {Unavailable, int}
    finally:
        await admin.close()
        await pool.close()


async def test_when_every_connection_was_ended_whoever_asks_first_is_the_last_to_notice(module_database):
    """All that borrows past units: tokens and clients of the authorization server, and the round of sealing."""
    pool = ConnectionPool(module_database.app_url, size=2)
    store = PgOAuth(pool)
    asking = (lambda: store.bridge(lambda: fetch("select 1")), store.signing_keys, lambda: district_ids(pool))
    admin = await asyncpg.connect(module_database.admin_url)
    failed = 0
    try:
        for ask in asking:
            await asyncio.gather(*(_backend(pool) for _ in range(2)))
            await admin.execute(ENDED, module_database.name)
            for _ in range(3):
                try:
                    await ask()
                except (Unavailable, asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresError):
                    failed += 1
        assert failed <= len(asking)
    finally:
        await admin.close()
        await pool.close()


async def test_fence_is_gone_when_a_unit_fails(pool):
    with pytest.raises(asyncpg.UndefinedTableError):
        async with begin_unit_of_work(pool, ACTOR) as unit:
            await unit.connection.execute("select * from nothing_of_this_name")
    async with pool.connection() as connection:
        assert not await connection.fetchval("select current_setting('app.district_id', true)")


async def test_closing_waits_for_what_is_in_use(module_database):
    pool = ConnectionPool(module_database.app_url, size=2)
    connection = await pool.acquire()
    closing = asyncio.create_task(pool.close())
    await asyncio.sleep(0)
    assert await connection.fetchval("select 1") == 1
    await pool.release(connection)
    await closing
    assert is_lost(connection)


async def test_closing_cuts_off_what_is_not_given_back_in_time(module_database, monkeypatch):
    monkeypatch.setattr("persistence.database.pool.CLOSE_TIMEOUT", 0.01)
    pool = ConnectionPool(module_database.app_url, size=3)
    driver_connections = [(await pool.acquire())._con for _ in range(2)]
    await pool.release(await pool.acquire())
    await pool.close()
    assert all(connection.is_closed() for connection in driver_connections)


async def test_a_closed_pool_makes_no_connection(module_database):
    pool = ConnectionPool(module_database.app_url, size=1)
    held = await pool.acquire()
    waiting = asyncio.create_task(_backend(pool))
    await asyncio.sleep(0)
    closing = asyncio.create_task(pool.close())
    await asyncio.sleep(0)
    await pool.release(held)
    await closing
    with pytest.raises(Unavailable):
        await waiting
    with pytest.raises(Unavailable):
        await _backend(pool)
    await pool.close()
