"""Overload is shed early: a bounded wait, then 503 with Retry-After; what is cheap is not held up by what is expensive."""

import asyncio

import pytest

from api.execution.runner import MAX_UNITS_OF_WORK
from api.middleware.load_shedding import EXPENSIVE_COST, ConcurrencyLimiter, ConcurrencyLimiters, Overloaded
from persistence.database.pool import ConnectionPool, _remaining_wait, limit_waits
from tests.support.roster_packages import CLEAN, zipped
from tests.support.service import serving

CHEAP = "{ leaders(first: 1) { edges { node { uuid } } } }"
EXPENSIVE = "{ leaders(first: 50) { edges { node { uuid profile { asOf } } } } }"


@pytest.fixture
async def small(database):
    """A service with two connections, and so with one place in each lane."""
    async with serving(database, pool_size=2) as service:
        yield await service.district()


async def run_query(district, query):
    answer = await district.http.post("/graphql", json={"query": query})
    assert "errors" not in answer.json(), answer.text
    return answer


async def test_the_examples_are_on_both_sides_of_the_bound(small):
    cheap, expensive = await run_query(small, CHEAP), await run_query(small, EXPENSIVE)
    assert cheap.json()["extensions"]["cost"]["requested"] <= EXPENSIVE_COST
    assert expensive.json()["extensions"]["cost"]["requested"] > EXPENSIVE_COST


async def test_an_expensive_query_without_a_place_is_503_and_a_cheap_one_is_answered(small):
    async with small.service.app.state.limiters.queries.slot():
        await run_query(small, CHEAP)
        assert (await small.http.get("/v1/leaders")).status_code == 200
        refused = await small.http.post("/graphql", json={"query": EXPENSIVE})
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) >= 1
    [error] = refused.json()["errors"]
    assert (error["extensions"]["code"], error["extensions"]["retry"]) == ("unavailable", "later")
    await run_query(small, EXPENSIVE)


async def test_a_long_change_without_a_place_is_503_and_may_be_a_job(small):
    headers = {"Content-Type": "application/zip"}
    async with small.service.app.state.limiters.changes.slot():
        refused = await small.http.post("/v1/roster-imports", content=zipped(CLEAN), headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert int(refused.headers["Retry-After"]) >= 1
        as_a_job = await small.http.post(
            "/v1/roster-imports", content=zipped(CLEAN), headers=headers | {"Prefer": "respond-async"}
        )
        assert as_a_job.status_code == 202, as_a_job.text
        assert (await small.http.get("/v1/people")).status_code == 200


async def test_a_request_that_gets_no_connection_is_503_before_two_seconds_are_over(small):
    """The wait is the pool's own, so what it was told is looked at, and not the clock."""
    pool = _pool_of(small.service.app)
    waits = []

    async def wait(seconds):
        waits.append(seconds)
        raise TimeoutError

    async with pool.connection(), pool.connection():
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(pool, "_wait", wait)
            refused = await small.http.get("/v1/leaders")
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert int(refused.headers["Retry-After"]) >= 1
    assert waits
    assert all(wait < 1.5 for wait in waits)
    assert (await small.http.get("/v1/leaders")).status_code == 200


def _pool_of(app):
    """The pool that ``app`` serves on, from the closure that opens its units."""
    call_of = app.state.get_runner
    world = next(cell.cell_contents for cell in call_of.__closure__ if hasattr(cell.cell_contents, "open_unit"))
    return next(cell.cell_contents for cell in world.open_unit.__closure__ if isinstance(cell.cell_contents, ConnectionPool))


async def test_all_waits_of_a_request_together_are_bounded_and_those_of_a_command_are_the_pools_own(database):
    assert _remaining_wait() == 10

    async def request():
        limit_waits(0.2)
        for _ in range(3):
            with pytest.raises(TimeoutError):
                await pool.acquire()
        return _remaining_wait()

    async with ConnectionPool(database.app_url, size=1) as pool:
        async with pool.connection():
            left = await asyncio.create_task(request())
        assert left == 0.01
        assert _remaining_wait() == 10
        async with pool.connection():
            pass


async def test_a_lane_lets_so_many_run_and_frees_each_place_however_it_ends():
    lane, most, running = ConcurrencyLimiter(2, seconds=30), 0, 0

    async def work(fails):
        nonlocal most, running
        async with lane.slot():
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1
            if fails:
                raise ValueError

    ended = await asyncio.gather(*(work(n % 2) for n in range(20)), return_exceptions=True)
    assert most == 2
    assert sum(isinstance(outcome, ValueError) for outcome in ended) == 10
    async with lane.slot(), lane.slot():
        waiting = asyncio.create_task(work(0))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert lane._semaphore._value == 2


async def test_a_place_that_does_not_get_free_is_not_waited_for_without_end():
    lane = ConcurrencyLimiter(1, seconds=0.01)
    async with lane.slot():
        with pytest.raises(Overloaded):
            async with lane.slot():
                pass
    async with lane.slot():
        pass


@pytest.mark.parametrize("pool_size", range(1, 60))
def test_expensive_queries_leave_connections_to_cheap_requests(pool_size):
    lanes = ConcurrencyLimiters(pool_size, MAX_UNITS_OF_WORK)
    queries, changes = lanes.queries._semaphore._value, lanes.changes._semaphore._value
    assert min(queries, changes) >= 1
    if pool_size >= 6:
        assert queries * MAX_UNITS_OF_WORK <= pool_size - 2
        assert changes * 3 <= pool_size
