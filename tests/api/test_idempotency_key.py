"""An Idempotency-Key: the stored success again, for whoever asked, and nothing half-done (contract 3)."""

import asyncio
import json
from contextlib import asynccontextmanager

import asyncpg
import pytest

from api.batches import push_batch
from domain.observations.push import push_observation
from tests.driving import GraphQL
from tests.playing import tally_rows
from tests.saying import INSTRUMENT, visit

DAY = "2026-03-02T14:00:00Z"
BARE = {k: v for k, v in visit(None, None, DAY, ("visibility", 4)).items() if not k.startswith("external")}


async def pushed(http, key, body=BARE, path="/v1/observations"):
    return await http.post(path, json=body, headers={"idempotency-key": key})


@asynccontextmanager
async def admin(service):
    connection = await asyncpg.connect(service.database.admin_url)
    try:
        yield connection
    finally:
        await connection.close()


async def test_the_first_success_is_given_again_and_says_so(district):
    first, again = await pushed(district.http, "k"), await pushed(district.http, "k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert (await district.http.get("/v1/observations")).json()["items"][1:] == []


async def test_quotes_and_spaces_around_a_key_are_not_part_of_it(district):
    first = await pushed(district.http, "k")
    for key in ('"k"', " k ", ' "k" '):
        assert (await pushed(district.http, key)).json() == first.json()
    assert (await pushed(district.http, "'k'")).json() != first.json()


@pytest.mark.parametrize("key", ["", '""', "k" * 256])
async def test_a_key_has_1_to_255_characters(district, key):
    assert (await pushed(district.http, key)).status_code == 422
    assert (await pushed(district.http, "k" * 255)).status_code == 201


async def test_another_body_under_the_key_is_refused_and_the_same_said_otherwise_is_not(district):
    first = await pushed(district.http, "k")
    refused = await pushed(district.http, "k", BARE | {"announced": True})
    assert (refused.status_code, refused.json()["code"], refused.json()["retry"]) == (422, "idempotency_key_reused", "never")
    otherwise = dict(reversed(BARE.items())) | {"observed_at": "2026-03-02T15:00:00+01:00", "announced": None}
    assert (await pushed(district.http, "k", otherwise)).json() == first.json()


async def test_a_key_is_of_one_client_and_one_operation(district):
    colleague = await district.client()
    ids = {(await pushed(http, "k")).json()["id"] for http in (district.http, colleague, district.http)}
    assert len(ids) == 2
    assert (await pushed(district.http, "k", INSTRUMENT, "/v1/instruments")).status_code == 201
    batch = await pushed(district.http, "k", {"items": [BARE]}, "/v1/observations:batch")
    assert batch.json()["counts"] == [{"status": 201, "n": 1}]


async def test_a_key_of_rest_is_the_same_key_in_graphql(district):
    first = await pushed(district.http, "k")
    again = await GraphQL(district.http).made(push_observation, BARE, key="k")
    assert again == first.json()


async def test_a_refusal_is_computed_again(district):
    rated = visit("t-1", "1", DAY, ("A", 3))
    refused = await pushed(district.http, "k", rated)
    assert (refused.status_code, refused.json()["code"]) == (422, "instrument_not_found")
    await pushed(district.http, "other", INSTRUMENT, "/v1/instruments")
    taken = await pushed(district.http, "k", rated)
    assert taken.status_code == 201
    assert "idempotent-replayed" not in taken.headers


async def test_a_batch_is_replayed_whole_and_one_that_was_refused_is_not(district):
    bad = BARE | {"purpose": "evaluative"}
    mixed = [await pushed(district.http, "k", {"items": [BARE, bad]}, "/v1/observations:batch") for _ in range(2)]
    assert [(m.status_code, m.headers.get("idempotent-replayed")) for m in mixed] == [(200, None), (200, "true")]
    assert mixed[0].content == mixed[1].content
    faulty = [await pushed(district.http, "f", {"items": [bad]}, "/v1/observations:batch") for _ in range(2)]
    assert [(f.status_code, f.headers.get("idempotent-replayed")) for f in faulty] == [(422, None)] * 2
    again = await GraphQL(district.http).made(push_batch, {"items": [BARE]}, key="g")
    assert await GraphQL(district.http).made(push_batch, {"items": [BARE]}, key="g") == again


async def test_after_a_day_a_key_is_free_again(district, service):
    first = await pushed(district.http, "k")
    async with admin(service) as connection:
        await connection.execute("update idempotency set created_at = created_at - interval '25 hours'")
    other = await pushed(district.http, "k", BARE | {"announced": True})
    assert (other.status_code, other.json()["id"] == first.json()["id"]) == (201, False)


async def test_while_the_first_is_in_progress_the_second_is_told_to_wait(district, service):
    async with admin(service) as connection, connection.transaction():
        # Whoever pushes shares this row; held alone it stops the first request in its middle.
        await connection.execute("select 1 from scoring_basis for update")
        first = asyncio.create_task(pushed(district.http, "k"))
        while not await connection.fetchval("select exists (select 1 from pg_locks where not granted)"):
            assert not first.done()
            await asyncio.sleep(0)
        second = await pushed(district.http, "k")
    assert (second.status_code, second.json()["code"]) == (409, "idempotency_key_in_progress")
    assert second.json()["retry"] == "later"
    assert (await first).status_code == 201
    again = await pushed(district.http, "k")
    assert again.json() == (await first).json()


async def test_the_answer_is_kept_with_the_effect_or_neither_is(district, service):
    async with admin(service) as connection:
        await connection.execute(
            "create function broken() returns trigger language plpgsql as $$ begin raise exception 'full'; end $$;"
            "create trigger broken before insert on idempotency for each row execute function broken()"
        )
        failed = await pushed(district.http, "k")
        assert failed.status_code == 500
        assert await connection.fetchval("select count(*) from observation") == 0
        assert await tally_rows(service.database, district.id) == []
        await connection.execute("drop trigger broken on idempotency")
        taken = await pushed(district.http, "k")
        assert (taken.status_code, "idempotent-replayed" in taken.headers) == (201, False)
        assert await connection.fetchval("select count(*) from observation") == 1


async def test_an_effect_that_fails_keeps_no_answer(district, service):
    async with admin(service) as connection:
        await connection.execute(
            "create function broken() returns trigger language plpgsql as $$ begin raise exception 'full'; end $$;"
            "create trigger broken before insert on tally for each row execute function broken()"
        )
        failed = await pushed(district.http, "k", visit("t-1", "1", DAY, ("visibility", 4)))
        assert (failed.status_code, json.loads(failed.content)["code"]) == (500, "internal")
        assert await connection.fetchval("select count(*) from idempotency") == 0
        assert await connection.fetchval("select count(*) from push_head") == 0
        assert await connection.fetchval("select count(*) from observation") == 0
