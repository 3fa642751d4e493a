"""An Idempotency-Key: the stored success again, for whoever asked, and nothing half-done (openapi/README.md 3.4)."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from api.execution.runner import UseCaseRunner
from api.runtime.environment import build_environment
from api.wire.observation_batch import PushBatch, parse_batch, push_batch
from domain.change.commands import CreateGroup, CreateInitiative
from domain.change.model import GroupRole
from domain.change.usecases.groups import create_group
from domain.change.usecases.initiatives import create_initiative
from domain.directory.model import PersonRef
from domain.observations.usecases.push import push_observation
from domain.roster.commands import ImportRoster
from domain.roster.usecases import import_roster
from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Forbidden, NotFound
from domain.shared.ids import DistrictId, PersonId
from domain.shared.roles import Role
from persistence.database.pool import ConnectionPool
from tests.support.partner_year import tally_rows
from tests.support.payloads import INSTRUMENT, LEADER, OTHER, TEACHER, visit
from tests.support.people import become
from tests.support.rest_graphql_driver import GraphQL
from tests.support.roster_packages import clean
from tests.support.service import SECRET

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


@pytest.fixture
async def answer_under_key(district):
    """What an actor of the district is answered under one key."""
    pool = ConnectionPool(district.service.database.app_url, size=2)
    world = build_environment(pool, SECRET)

    async def answered(actor, use_case, command):
        return await UseCaseRunner(actor=actor, environment=world, request_id="tests", idempotency_key="k").run_idempotent(
            use_case, command
        )

    yield answered
    await pool.close()


async def test_what_was_kept_is_given_again_to_whom_the_act_would_be_allowed(district, answer_under_key):
    scopes = frozenset({"roster:write", "observations:write"})
    machine = Actor(kind=ActorKind.CLIENT, id="c", district_id=DistrictId(district.id), origin="o", scopes=scopes)
    narrow = replace(machine, scopes=frozenset({"directory:read"}))
    seen = BARE | {"observer": {"sourced_id": TEACHER}}
    tried, pushed_ = ImportRoster(package=clean(), dry_run=True), parse_batch(json.dumps({"items": [seen]}).encode())
    assert isinstance(pushed_, PushBatch)
    for use_case, command in ((import_roster, tried), (push_batch, pushed_)):
        first, again, third = [await answer_under_key(machine, use_case, command) for _ in range(3)]
        assert (again, type(first)) == (third, type(again))
        with pytest.raises(Forbidden, match="scope"):
            await answer_under_key(narrow, use_case, command)
    admin = become(machine, await district.person(TEACHER), Role.DISTRICT_ADMIN, leads=False)
    first = await answer_under_key(admin, import_roster, tried)
    with pytest.raises(Forbidden, match="none of your roles"):
        await answer_under_key(become(machine, admin.id, Role.SUPERVISOR), import_roster, tried)
    leader = PersonId(UUID(await district.person(LEADER)))
    coach = replace(admin, person_context=replace(admin.person_context, coaches=frozenset({leader})))
    await answer_under_key(coach, push_batch, pushed_)
    with pytest.raises(NotFound, match="request access"):
        await answer_under_key(admin, push_batch, pushed_)
    assert (await answer_under_key(admin, import_roster, tried)).id == first.id


async def test_who_acts_in_a_persons_place_has_keys_of_their_own(district, answer_under_key):
    machine = Actor(kind=ActorKind.CLIENT, id="c", district_id=DistrictId(district.id), origin="o", scopes=frozenset())
    person = become(machine, await district.person(LEADER), Role.DISTRICT_ADMIN)
    tried = ImportRoster(package=clean(), dry_run=True)
    supporters = [replace(person, supporter=PersonId(UUID(int=n))) for n in (1, 2)]
    ids = {(await answer_under_key(actor, import_roster, tried)).id for actor in (person, *supporters, person, *supporters)}
    assert len(ids) == 3


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


async def test_what_was_kept_about_a_leader_is_given_again_only_to_whom_still_sees_that_leader(district, answer_under_key):
    """A role that reaches somebody else is not enough: the answer may show what is about the leader."""
    machine = Actor(kind=ActorKind.CLIENT, id="c", district_id=DistrictId(district.id), origin="o", scopes=frozenset())
    leader, other = [PersonId(UUID(await district.person(sourced_id))) for sourced_id in (LEADER, OTHER)]
    theirs = become(machine, str(leader), Role.PRINCIPAL)
    plan = CreateInitiative(
        leader=PersonRef(id=leader), title="Reading", goal_tied_to_student_learning=True, about_teaching_and_learning=True
    )
    first = await answer_under_key(theirs, create_initiative, plan)
    assert (await answer_under_key(theirs, create_initiative, plan)).id == first.id
    # The same person under the same key, who is now somebody whose own things are others'.
    elsewhere = replace(theirs, person_context=replace(theirs.person_context, person_id=other))
    with pytest.raises(NotFound, match="request access"):
        await answer_under_key(elsewhere, create_initiative, plan)
    group = CreateGroup(initiative_id=first.id, name="core", size=9, role=GroupRole.IMPLEMENTING)
    assert (await answer_under_key(theirs, create_group, group)).id == (await answer_under_key(theirs, create_group, group)).id
    with pytest.raises(NotFound, match="request access"):
        await answer_under_key(elsewhere, create_group, group)
