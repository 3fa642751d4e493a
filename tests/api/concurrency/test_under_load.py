"""Under load, and while connections are lost: an answer for each request that is right or says when to come back, never a 500.

The small sizes run with ``make test``, the large ones with ``make test-all``.
"""

import asyncio
from collections import Counter

import asyncpg
import pytest

from tests.api.concurrency.test_event_loop import ZIP, roster_of
from tests.support.consistency import assert_whole
from tests.support.payloads import visit
from tests.support.service import serving

EXPENSIVE = "{ leaders(first: 50) { edges { node { uuid profile { asOf } } } } }"
LARGE = pytest.mark.exhaustive


def well(answers):
    """The statuses of ``answers``, each 503 with a Retry-After."""
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in answers if answer.status_code == 503)
    return Counter(answer.status_code for answer in answers)


@pytest.mark.parametrize("clients", [12, pytest.param(200, marks=LARGE)])
async def test_many_expensive_queries_at_once_are_answered_or_shed(database, clients):
    async with serving(database, pool_size=4) as service:
        district = await service.district()
        asked = [district.http.post("/graphql", json={"query": EXPENSIVE}) for _ in range(clients)]
        asked += [district.http.get("/v1/leaders") for _ in range(clients)]
        counted = well(await asyncio.gather(*asked))
        assert set(counted) <= {200, 503}
        assert counted[200] >= 1
        for _ in range(2):
            after = await asyncio.gather(
                district.http.post("/graphql", json={"query": EXPENSIVE}), district.http.get("/v1/leaders")
            )
            assert [answer.status_code for answer in after] == [200, 200]


@pytest.mark.parametrize("pushes", [12, pytest.param(300, marks=LARGE)])
async def test_pushes_whose_connections_are_cut_are_whole_or_not_there(service, pushes):
    district = await service.district()
    admin = await asyncpg.connect(service.database.admin_url)
    done = asyncio.Event()

    async def cut():
        while not done.is_set():
            await admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and usename like '%app%' and state <> 'idle' and pid <> pg_backend_pid()"
            )
            await asyncio.sleep(0.02)

    def item(number):
        return visit(f"cut-{number}", "1", "2026-05-01T09:00:00Z", ("focus", 1 + number % 5))

    cutting = asyncio.create_task(cut())
    answers = []
    for start in range(0, pushes, 6):
        numbers = range(start, min(start + 6, pushes))
        answers += await asyncio.gather(*(district.http.post("/v1/observations", json=item(n)) for n in numbers))
    done.set()
    await cutting
    await admin.close()
    assert set(well(answers)) <= {201, 503}
    again = [await district.http.post("/v1/observations", json=item(n)) for n in range(pushes)]
    assert {answer.status_code for answer in again} <= {200, 201}
    outcomes = [answer.json()["outcome"] for answer in again]
    for first, outcome in zip(answers, outcomes, strict=True):
        assert outcome == "unchanged" or first.status_code == 503
    await assert_whole(service, district)


@pytest.mark.parametrize("people", [60, pytest.param(20_000, marks=LARGE)])
async def test_a_roster_comes_in_changes_nothing_the_second_time_and_goes_again(service, people):
    district = await service.district(roster=False)

    async def imported(number):
        answer = await district.http.post("/v1/roster-imports?force=true", content=roster_of(number), headers=ZIP)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def moves(made):
        """How many people were added, changed, ended and returned."""
        [found] = [difference for difference in made["differences"] if difference["kind"] == "people"]
        return tuple(found[what] for what in ("added", "changed", "ended", "returned"))

    numbers = (people, people, people // 2, people)
    assert [moves(await imported(number)) for number in numbers] == [
        (people, 0, 0, 0),
        (0, 0, 0, 0),
        (0, 0, people - people // 2, 0),
        (0, 0, 0, people - people // 2),
    ]
