"""The feed: a reader who continues after the last event misses none, even if a transaction commits late."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from domain.audit.usecases import list_audit_blocks, list_audit_events
from tests.support.audit import as_admin, audit_rows
from tests.support.audit_sealing import final, seal, some_blocks
from tests.support.rest_graphql_driver import GraphQL, Rest
from tests.support.units import tenant_connection


async def read(district, leader, times=1, *, settled=True):
    for _ in range(times):
        assert (await district.http.get(f"/v1/leaders/{leader}/profile")).status_code == 200
    if settled:
        await final(district.service)


async def events(district, *, settled=True, **params):
    if settled:
        await final(district.service)
    response = await district.http.get("/v1/audit", params={name: str(value) for name, value in params.items()})
    assert response.status_code == 200, response.text
    return response.json()["items"]


async def test_an_event_says_who_did_what_to_what_and_in_which_block(service, district):
    leader = await district.person("207267")
    await read(district, leader)
    [event] = await events(district, action="read_profile")
    assert event["block"] is None
    await seal(service)
    [event] = await events(district, action="read_profile")
    assert list(event) == [
        *("id", "at", "actor_kind", "actor_id", "client_id", "session_id", "supporter_id", "action", "object_kind"),
        *("object_id", "further_ids", "count", "before", "after", "outcome", "code", "request_id", "block"),
    ]
    assert {name: event[name] for name in ("actor_kind", "action", "object_kind", "object_id", "outcome", "block")} == {
        "actor_kind": "client",
        "action": "read_profile",
        "object_kind": "leader",
        "object_id": leader,
        "outcome": "done",
        "block": 1,
    }


async def test_it_is_filtered_by_who_what_and_when(service, district):
    leader = await district.person("207267")
    await some_blocks(service, district, blocks=2)
    other = await district.client(["scores:read"])
    await other.get(f"/v1/leaders/{leader}/profile")
    first_actor = (await events(district, action="read_profile", limit=1))[0]["actor_id"]
    assert len(await events(district, object_id=leader)) == 5
    assert len(await events(district, actor_id=first_actor, action="read_profile")) == 4
    [early, late] = [(datetime.now(UTC) + timedelta(hours=h)).isoformat() for h in (-1, 1)]
    assert len(await events(district, action="read_profile", since=early, until=late)) == 5
    assert await events(district, action="read_profile", since=late) == []
    assert await events(district, action="read_profile", until=early) == []


async def test_a_window_is_found_among_blocks_of_many_days(service, district):
    await some_blocks(service, district, blocks=4)
    for number in (1, 2, 3):
        days = f"interval '{(4 - number) * 10} days'"
        await as_admin(
            service.database,
            f"update audit_event set at = at - {days} where position >= (select from_position from audit_block where number = "
            f"{number}) and position < (select until_position from audit_block where number = {number}); "
            f"update audit_block set sealed_at = sealed_at - {days} where number = {number}",
        )
    now = datetime.now(UTC)
    window = {"since": (now - timedelta(days=25)).isoformat(), "until": (now - timedelta(days=5)).isoformat()}
    assert [e["block"] for e in await events(district, action="read_profile", **window)] == [2, 2, 3, 3]


async def test_what_was_sealed_late_is_found_at_its_time(service, district):
    """As when the service was down for a month and left unsealed rows."""
    await some_blocks(service, district, blocks=1)
    await as_admin(service.database, "update audit_event set at = at - interval '30 days' where action = 'read_profile'")
    now = datetime.now(UTC)
    window = {"since": (now - timedelta(days=40)).isoformat(), "until": (now - timedelta(days=20)).isoformat()}
    assert [e["block"] for e in await events(district, action="read_profile", **window)] == [1, 1]
    [first, *_] = await events(district, action="read_profile", **window)
    assert len(await events(district, action="read_profile", after_id=first["id"])) == 1


async def test_pages_follow_one_another_and_the_last_event_is_where_to_go_on(service, district):
    leader = await district.person("207267")
    await read(district, leader, times=5)
    rows, cursor = [], None
    while True:
        params = {"action": "read_profile", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await district.http.get("/v1/audit", params=params)).json()
        rows += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len({e["id"] for e in rows}) == 5
    assert await events(district, action="read_profile", after_id=rows[-1]["id"]) == []
    await read(district, leader)
    assert len(await events(district, action="read_profile", after_id=rows[-1]["id"])) == 1


async def test_what_commits_late_is_not_missed_by_who_reads_on(service, district):
    leader = await district.person("207267")
    await final(service)
    async with tenant_connection(service.database.app_url, district.id) as slow:
        await slow.execute(
            "insert into audit_event (district_id, id, at, actor_kind, actor_id, action, further_ids, count, outcome, request_id)"
            f" values ('{district.id}', gen_random_uuid(), now(), 'client', 'c', 'slow', '{{}}', 1, 'done', 'r')"
        )
        await read(district, leader, settled=False)
        before = await events(district, settled=False)
        assert not {"read_profile", "slow"} & {e["action"] for e in before}
        await slow.execute("commit")
    await final(service)
    after = await events(district, after_id=before[-1]["id"])
    assert [e["action"] for e in after][:2] == ["slow", "read_profile"]


async def test_a_follower_sees_every_row_once_while_others_write(service, district):
    leader, received, done = await district.person("207267"), [], asyncio.Event()

    async def follow():
        last = None
        while True:
            ended = done.is_set()
            page = await events(district, settled=False, limit=100, **({"after_id": last} if last else {}))
            received.extend(page)
            last = page[-1]["id"] if page else last
            if ended and len(page) < 3:
                return

    following = asyncio.create_task(follow())
    await asyncio.gather(*(read(district, leader, times=20, settled=False) for _ in range(6)))
    await final(service)
    stored = {str(row["id"]) for row in await audit_rows(service.database, district.id)}
    done.set()
    await following
    assert len({e["id"] for e in received}) == len(received)
    assert sum(e["action"] == "read_profile" for e in received) == 120
    assert stored <= {e["id"] for e in received}


async def test_reading_the_audit_log_is_recorded(service, district):
    leader = await district.person("207267")
    await events(district, object_id=leader)
    [row] = await audit_rows(service.database, district.id, "list_audit_events")
    assert str(row["object_id"]) == leader


@pytest.mark.parametrize("driver_kind", ["rest", "graphql"])
async def test_blocks_are_listed_the_newest_first(service, district, driver_kind):
    await some_blocks(service, district)
    driver = Rest(district.http, service.app) if driver_kind == "rest" else GraphQL(district.http)
    first = await driver.made(list_audit_blocks, {"limit": 2})
    assert [b["number"] for b in first["items"]] == [3, 2]
    assert first["items"][0]["previous"] == first["items"][1]["digest"]
    rest = await driver.made(list_audit_blocks, {"limit": 2, "cursor": first["next_cursor"]})
    assert [(b["number"], b["previous"]) for b in rest["items"]] == [(1, "0" * 64)]
    assert (await driver.expect_error(list_audit_events, {"limit": 0}))[:2] == (422, "out_of_range")
