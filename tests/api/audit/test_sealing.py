"""Rows are sealed in blocks, no row appears inside a sealed block, and tampering is detected and described."""

import asyncio

import asyncpg
import pytest

from tests.support.audit import as_admin, audit_rows
from tests.support.audit_sealing import checked, final, seal, some_blocks
from tests.support.payloads import visit
from tests.support.units import tenant_connection

VISIT = visit("t-1", "1", "2026-03-02T14:00:00Z", ("focus", 4))
EVENT = (
    "update audit_event set {} where id = (select id from audit_event where action = 'read_profile' order by position limit 1)"
)


async def test_sealing_takes_all_that_is_final_and_is_idempotent(service, district):
    first = await seal(service)
    assert first[next(iter(first))].events == len(await audit_rows(service.database, district.id))
    assert await seal(service) == {}
    assert await checked(service, district) == (1, [], 0)


async def test_an_intact_audit_log_is_valid_and_reports_its_unsealed_tail(service, district):
    await some_blocks(service, district)
    leader = await district.person("207267")
    await district.http.get(f"/v1/leaders/{leader}/profile")
    assert await checked(service, district) == (3, [], 1)


async def test_rows_of_a_transaction_that_has_not_ended_are_not_overtaken(service, district):
    await final(service)
    async with tenant_connection(service.database.app_url, district.id) as slow:
        await slow.execute("select pg_current_xact_id()")
        leader = await district.person("207267")
        await district.http.get(f"/v1/leaders/{leader}/profile")
        await seal(service, settled=False)
        while_open = await checked(service, district)
        await slow.execute(
            "insert into audit_event (district_id, id, at, actor_kind, actor_id, action, further_ids, count, outcome, request_id)"
            f" values ('{district.id}', gen_random_uuid(), now(), 'client', 'c', 'slow', '{{}}', 1, 'done', 'r')"
        )
        await slow.execute("commit")
    assert while_open[1:] == ([], 1)
    await seal(service)
    assert await checked(service, district) == (2, [], 0)
    rows = [row["action"] for row in await audit_rows(service.database, district.id)]
    assert rows[-2:] == ["slow", "read_profile"]


async def test_eight_tasks_write_while_the_sealer_runs_and_nothing_is_lost(service, district):
    leader, done = await district.person("207267"), asyncio.Event()

    async def reads():
        for _ in range(25):
            assert (await district.http.get(f"/v1/leaders/{leader}/profile")).status_code == 200

    async def writes(name):
        for n in range(12):
            body = VISIT | {"external_id": f"{name}-{n}"}
            assert (await district.http.post("/v1/observations", json=body)).status_code == 201

    async def seals():
        while not done.is_set():
            await seal(service)

    async def waits():
        waiting_locks = []
        connection = await asyncpg.connect(service.database.admin_url)
        while not done.is_set():
            waiting_locks += await connection.fetch(
                "select l.locktype from pg_locks l join pg_class c on c.oid = l.relation "
                "where not l.granted and c.relname like 'audit%'"
            )
            await asyncio.sleep(0.005)
        await connection.close()
        return waiting_locks

    sealing, waiting = [asyncio.create_task(seals()), asyncio.create_task(seals())], asyncio.create_task(waits())
    await asyncio.gather(*(reads() for _ in range(5)), *(writes(f"w{n}") for n in range(3)))
    done.set()
    await asyncio.gather(*sealing)
    assert await waiting == []
    await seal(service)
    blocks, wrong, tail = await checked(service, district)
    assert (wrong, tail) == ([], 0)
    assert blocks > 1
    rows = await audit_rows(service.database, district.id)
    assert sum(row["action"] == "read_profile" for row in rows) == 125
    assert sum(row["action"] == "push_observation" for row in rows) == 36


@pytest.mark.parametrize(
    ("tampering", "block", "finding"),
    [
        (EVENT.format("actor_id = 'somebody else'"), 1, "was changed, or replaced another row"),
        (EVENT.format("at = at - interval '1 hour'"), 1, "was changed, or replaced another row"),
        (EVENT.format("further_ids = array[gen_random_uuid()]"), 1, "was changed, or replaced another row"),
        ("delete from audit_event where id = (select max(id::text)::uuid from audit_event)", 3, "1 of its 2 rows are missing"),
        (
            ("insert into audit_event select district_id, position, gen_random_uuid(), at, actor_kind, actor_id, client_id, "
            "session_id, supporter_id, 'forged', object_kind, object_id, further_ids, count, before, after, outcome, code, "
            "request_id from audit_event where action = 'read_profile' order by position limit 1"),
            1,
            "was added after the block was sealed",
        ),
        ("delete from audit_block where number = 2", 2, "missing: after block 1 comes block 3"),
        ("update audit_block set sealed_at = sealed_at - interval '1 day' where number = 2", 2, "its digest does not match its content"),
        ("update audit_block set digest = sha256('x') where number = 2", 3, "does not follow the block before it"),
        ("update audit_block set signature = sha256('x') where number = 2", 2, "its signature does not match our key"),
        (
            ("update audit_block set number = 9 where number = 1; update audit_block set number = 1 where number = 2; "
            "update audit_block set number = 2 where number = 9"),
            1,
            "replaced or swapped",
        ),
        (("update audit_block set cut_at = now() where number = 1; delete from audit_event where position < "
         "(select until_position from audit_block where number = 1)"), 1, "the audit log does not record that"),
        ("delete from audit_block where number = 1", 1, "missing: after block 0 comes block 2"),
    ],
)  # fmt: skip
async def test_tampering_is_found_and_named(service, district, tampering, block, finding):
    await some_blocks(service, district)
    assert (await checked(service, district))[1] == []
    await as_admin(service.database, tampering)
    wrong = (await checked(service, district))[1]
    assert any(number == block and finding in what for number, what in wrong), wrong


async def test_blocks_signed_again_with_another_key_are_detected(service, district):
    await some_blocks(service, district, blocks=1)
    await as_admin(service.database, "delete from audit_block")
    await seal(service, "another secret, also of more than thirty-two characters")
    [(block, what)] = (await checked(service, district))[1]
    assert (block, "with a key that this installation does not have" in what) == (1, True)
    leader = await district.person("207267")
    await district.http.get(f"/v1/leaders/{leader}/profile")
    await seal(service)
    assert (await checked(service, district))[1] == []


@pytest.mark.parametrize(
    "attack",
    [
        "update audit_event set actor_id = 'x'",
        "delete from audit_event",
        "truncate audit_event",
        "update audit_block set count = 0",
        "delete from audit_block",
        "truncate audit_block",
        (
            "insert into audit_event (district_id, position, id, at, actor_kind, actor_id, action, further_ids, count, outcome, "
            "request_id) select district_id, 1, gen_random_uuid(), at, actor_kind, actor_id, action, further_ids, count, outcome, "
            "request_id from audit_event"
        ),
    ],
)
async def test_the_serving_role_can_change_nothing_and_put_nothing_before(service, district, attack):
    await seal(service)
    async with tenant_connection(service.database.app_url, district.id) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(attack)


async def test_another_districts_audit_log_is_not_visible(service, district):
    other = await service.district("Lakeside", roster=False)
    async with tenant_connection(service.database.app_url, other.id) as connection:
        rows = await connection.fetch("select district_id from audit_event")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "insert into audit_event (district_id, id, at, actor_kind, actor_id, action, further_ids, count, outcome, "
                f"request_id) values ('{district.id}', gen_random_uuid(), now(), 'client', 'c', 'x', '{{}}', 1, 'done', 'r')"
            )
    assert {str(row[0]) for row in rows} == {str(other.id)}
    await final(service)
    [first] = (await district.http.get("/v1/audit", params={"limit": "1"})).json()["items"]
    response = await other.http.get("/v1/audit", params={"after_id": first["id"]})
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/after_id")
