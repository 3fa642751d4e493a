"""What a unit leaves in the pool when it fails, is cut off or killed, and districts that share two connections."""

import asyncio
import random
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest

from api.app import AppConfig, create_app
from api.rest.example_ids import OBSERVATION_BODY
from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Unavailable
from persistence.database.pool import ConnectionPool
from persistence.unit_of_work import begin_unit_of_work
from tests.support.attacks import admin_connection
from tests.support.service import PUBLIC_URL, SECRET, Service


def actor(district_id="00000000-0000-4000-8000-000000000007"):
    return Actor(kind=ActorKind.CLIENT, id="c", district_id=UUID(str(district_id)), origin="o", scopes=frozenset())


@pytest.fixture
async def pool(database):
    """A pool of a single connection: whoever comes next gets what the last one left."""
    made = ConnectionPool(database.app_url, size=1)
    yield made
    await made.close()


async def left_behind(pool):
    """The fence that the next borrower of the only connection would stand in, and whether a transaction is open."""
    async with pool.connection() as connection:
        found = await connection.fetchval("select current_setting('app.district_id', true)")
        return found or None, connection.is_in_transaction()


async def run_transaction(pool, *, read_only=False):
    async with begin_unit_of_work(pool, actor(), read_only=read_only) as unit:
        await unit.connection.fetchval("select count(*) from person")
        await unit.connection.fetchval("select pg_sleep(0.001)")
        await unit.commit()


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
async def test_a_unit_cancelled_anywhere_leaves_no_fence_in_the_pool(pool, cut):
    """``cut``: how often it is cancelled, also while it cleans up."""
    rng = random.Random(cut)  # noqa: S311 - the same in each run
    await run_transaction(pool)
    for turn in range(100):
        running = asyncio.create_task(run_transaction(pool, read_only=turn % 2 == 0))
        for _ in range(turn % 25):
            await asyncio.sleep(0)
        if turn % 3 == 0:
            await asyncio.sleep(rng.random() * 0.003)
        for _ in range(cut):
            running.cancel()
            await asyncio.sleep(0)
        await asyncio.gather(running, return_exceptions=True)
        assert running.cancelled() or running.exception() is None, running
        assert await left_behind(pool) == (None, False), turn


async def test_a_unit_that_runs_out_of_time_leaves_no_fence_in_the_pool(pool):
    async def sleep():
        async with asyncio.timeout(0.05), begin_unit_of_work(pool, actor()) as unit:
            await unit.connection.fetchval("select pg_sleep(5)")

    for _ in range(3):
        with pytest.raises(TimeoutError):
            await sleep()
        assert await left_behind(pool) == (None, False)


@pytest.mark.parametrize("statement", ["select 1/0", "begin", "set role postgres", "commit; begin", "rollback; select 1/0"])
async def test_a_unit_that_fails_leaves_no_fence_in_the_pool(pool, statement):
    async def fail():
        async with begin_unit_of_work(pool, actor()) as unit:
            await unit.connection.execute(statement)
            raise LookupError(statement)

    for _ in range(2):
        with pytest.raises((asyncpg.PostgresError, LookupError)):
            await fail()
        assert await left_behind(pool) == (None, False)


@pytest.mark.parametrize("busy", [True, False])
async def test_a_connection_that_is_killed_is_said_to_be_away_and_not_to_be_our_fault(pool, database, busy):
    async def killed(killer):
        async with begin_unit_of_work(pool, actor()) as unit:
            backend = await unit.connection.fetchval("select pg_backend_pid()")
            asked = asyncio.create_task(unit.connection.fetchval("select pg_sleep(5)")) if busy else None
            await asyncio.sleep(0.05)
            await killer.execute("select pg_terminate_backend($1, 5000)", backend)
            await (asked or unit.connection.fetchval("select 1"))

    async with admin_connection(database) as killer:
        with pytest.raises(Unavailable):
            await killed(killer)
    assert await left_behind(pool) == (None, False)


async def test_a_unit_that_reads_cannot_write(pool):
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with begin_unit_of_work(pool, actor(), read_only=True) as unit:
            await unit.connection.execute("delete from person")


@pytest.mark.parametrize(
    "text", ["'; reset app.district_id; --", "00000000-0000-4000-8000-000000000007'; drop table person; --", "", "*"]
)
async def test_nothing_but_an_id_gets_into_the_statement_that_opens_the_fence(pool, text):
    injected = Actor(kind=ActorKind.CLIENT, id="c", district_id=text, origin="o", scopes=frozenset())
    with pytest.raises(ValueError, match="badly formed"):
        async with begin_unit_of_work(pool, injected):
            raise AssertionError("opened")
    assert await left_behind(pool) == (None, False)


@asynccontextmanager
async def small_service(database):
    """The application with a pool of two connections."""
    app = create_app(AppConfig(database_url=database.app_url, public_url=PUBLIC_URL, secret=SECRET, pool_size=2))
    owner = ConnectionPool(database.owner_url, size=2)
    async with app.router.lifespan_context(app):
        service = Service(app, database, owner)
        yield service
        for client in service.clients:
            await client.aclose()
    await owner.close()


async def test_districts_that_share_two_connections_are_never_mixed_up(database):
    """Reads, writes, refusals and requests cut off in their middle, of three districts at once."""
    async with small_service(database) as service:
        districts = [await service.district(f"District {n}", roster=n != 2) for n in range(3)]
        mapped = ("supervisor", "district_admin", "staff")
        for district, role in zip(districts, mapped, strict=True):
            await district.http.put("/v1/roster/role-mapping", json={"districtAdministrator": role})
        own = [{p["id"] for p in (await d.http.get("/v1/people?limit=100")).json()["items"]} for d in districts]
        assert [len(ids) for ids in own] == [68, 68, 0]
        assert not own[0] & own[1]
        rng = random.Random(5)  # noqa: S311 - the same in each run

        async def one(n):
            district, wish = districts[n], rng.randrange(5)
            if wish == 0:
                assert (await district.http.get("/v1/roster/role-mapping")).json() == {"districtAdministrator": mapped[n]}
            elif wish == 1:
                other = rng.choice(sorted(own[(n + 1) % 2] - own[n]))
                assert (await district.http.get(f"/v1/people/{other}")).status_code == 404
            elif wish == 2:
                answer = await district.http.post(
                    "/v1/observations", json=OBSERVATION_BODY | {"external_id": str(rng.random())}
                )
                assert answer.status_code == (422 if n == 2 else 201)
            elif wish == 3:
                assert (await district.http.get("/v1/districts/current")).json()["id"] == str(district.id)
            else:
                page = (await district.http.get("/v1/people?limit=100")).json()["items"]
                assert {p["id"] for p in page} == own[n]

        async def cut_off(n):
            running = asyncio.create_task(one(n))
            await asyncio.sleep(rng.random() * 0.02)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

        for _ in range(8):
            await asyncio.gather(*(one(n % 3) if n % 4 else cut_off(n % 3) for n in range(24)))
