"""A job: asked for with the effect it belongs to, done once, as its requester, and seen by nobody else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from api.worker import job_runner
from api.worker.handlers import HANDLERS, JobHandler
from domain.accounts.commands import WaiveSecondFactor
from domain.accounts.usecases.admin import waive_second_factor
from domain.jobs.commands import ListJobs
from domain.people.commands import GrantRole
from domain.people.usecases.role_grants import grant_role
from domain.scoring import tally_rebuild
from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Contended, Unavailable
from domain.shared.ids import DistrictId, JobId, PersonId
from domain.shared.roles import Role
from tests.support.people import operate
from tests.support.units import begin_test_transaction
from tests.support.workers import (
    ASYNC_HEADERS,
    CONFIGURED,
    admin_connection,
    ended,
    lock_scoring_basis,
    start_configuration_job,
    state_of,
    until_state,
    until_waiting,
    version,
    worker,
)


async def test_what_a_request_may_not_wait_for_is_done_in_a_job(service, monkeypatch):
    district = await service.district()
    monkeypatch.setattr(tally_rebuild, "MAX_ROWS", 0)
    leader = await district.person("207267")
    own = {"purpose": "formative", "assessed_at": "2026-05-18T15:00:00Z", "scale": {"worst": 1, "best": 5}}
    rated = own | {"ratings": [{"responsibility": "focus", "value": 4}]}
    assert (await district.http.post(f"/v1/leaders/{leader}/self-assessments", json=rated)).status_code == 201
    faster = CONFIGURED | {"half_life_days": 180.0}
    refused = await district.http.post("/v1/configuration", json=faster, headers={"If-Match": '"1"'})
    assert refused.json()["code"] == "rebuild_too_large"
    answer = await district.http.post("/v1/configuration", json=faster, headers=ASYNC_HEADERS)
    job = answer.json()
    assert (answer.status_code, job["state"], job["progress"]) == (202, "queued", 0)
    assert answer.headers["location"].endswith(f"/v1/jobs/{job['id']}")
    assert answer.headers["preference-applied"] == "respond-async"
    assert answer.headers["retry-after"] == "1"
    assert await version(district.http) == 1
    async with worker(service.database):
        done = await ended(district.http, job["id"])
    assert (done["state"], done["progress"], done["problem"]) == ("succeeded", 1, None)
    held = (await district.http.get(done["result_url"])).json()
    assert (held["version"], held["half_life_days"]) == (2, 180.0)


async def test_what_would_have_been_refused_fails_with_the_same_problem(service, district):
    stale = await start_configuration_job(district.http, **{"If-Match": '"7"'})
    async with worker(service.database):
        done = await ended(district.http, stale)
    told = done["problem"]
    assert (done["state"], done["result_url"]) == ("failed", None)
    assert (told["code"], told["status"], told["retry"], told["errors"]) == ("stale", 412, "never", [])


async def test_a_job_is_gone_with_the_transaction_that_asked_for_it(service, district):
    actor = Actor(kind=ActorKind.CLIENT, id="c", district_id=DistrictId(district.id), origin="o", scopes=frozenset())
    async with begin_test_transaction(service.database.app_url, actor) as unit:
        await unit.jobs.enqueue("put_configuration", {}, job_id=JobId(uuid4()), at=datetime.now(UTC), command=CONFIGURED)
        # left without a commit
    async with begin_test_transaction(service.database.app_url, actor, read_only=True) as unit:
        assert await unit.jobs.page(None, 10, None) == []
    async with admin_connection(service.database) as connection:
        assert await connection.fetchval("select count(*) from queue.pgqueuer") == 0


async def test_the_queue_knows_a_district_and_a_job_and_nothing_else(service, district):
    job = await start_configuration_job(district.http)
    async with admin_connection(service.database) as connection:
        [entry] = await connection.fetch("select payload, headers, entrypoint from queue.pgqueuer")
    assert entry["entrypoint"] == "put_configuration"
    assert entry["payload"].decode() == f'{{"district_id":"{district.id}","job_id":"{job}"}}'
    assert entry["headers"] == "null"


async def test_a_job_belongs_to_who_asked_for_it(service, district):
    job = await start_configuration_job(district.http)
    other = await district.client(["configuration:*"], origin="other")
    elsewhere = await service.district("Elsewhere", roster=False)
    for http in (other, elsewhere.http):
        assert (await http.get(f"/v1/jobs/{job}")).status_code == 404
        assert (await http.post(f"/v1/jobs/{job}:cancel", json={})).status_code == 404
        assert (await http.get("/v1/jobs")).json()["items"] == []
    assert [j["id"] for j in (await district.http.get("/v1/jobs")).json()["items"]] == [job]
    assert (await state_of(service.database, job))[0] == "queued"


async def test_a_revoked_client_has_nothing_more_done(service, district):
    job = await start_configuration_job(district.http)
    async with admin_connection(service.database) as connection:
        await connection.execute("update control.client set revoked_at = now()")
    async with worker(service.database):
        await until_state(service.database, job, "failed", 1)
    async with admin_connection(service.database) as connection:
        assert await connection.fetchval("select problem ->> 'code' from job") == "unauthenticated"
        assert await connection.fetchval("select count(*) from configuration") == 0


async def test_a_scope_that_was_taken_away_is_not_held_by_an_older_job(service, district):
    job = await start_configuration_job(district.http)
    async with admin_connection(service.database) as connection:
        await connection.execute("update control.client set scopes = array['configuration:read']")
    async with worker(service.database):
        done = await ended(district.http, job)
    assert done["problem"]["code"] == "insufficient_scope"


@pytest.mark.parametrize("gone", ["active = false, ended_at = now()", "enabled = false"])
async def test_a_person_who_was_deactivated_has_nothing_more_done(service, gone):
    district = await service.district()
    person = await district.person("207267")
    actor = Actor(
        kind=ActorKind.PERSON,
        id=person,
        district_id=DistrictId(district.id),
        origin=f"person:{person}",
        scopes=frozenset({"configuration:write"}),
    )
    await operate(district, grant_role, GrantRole(person_id=PersonId(UUID(person)), role=Role.DISTRICT_ADMIN))
    await operate(district, waive_second_factor, WaiveSecondFactor(person_id=PersonId(UUID(person)), waived=True))
    jobs = [JobId(uuid4()), JobId(uuid4())]
    said = CONFIGURED | {"expected_version": 1}
    async with begin_test_transaction(service.database.app_url, actor) as unit:
        await unit.jobs.enqueue("put_configuration", {}, job_id=jobs[0], at=datetime.now(UTC), command=said)
        await unit.commit()
    async with worker(service.database):
        await until_state(service.database, jobs[0], "succeeded", 1)
    async with admin_connection(service.database) as connection:
        await connection.execute(f"update person set {gone} where id = $1", person)
    async with begin_test_transaction(service.database.app_url, actor) as unit:
        await unit.jobs.enqueue("put_configuration", {}, job_id=jobs[1], at=datetime.now(UTC), command=said)
        await unit.commit()
    async with worker(service.database):
        await until_state(service.database, jobs[1], "failed", 1)
    async with begin_test_transaction(service.database.app_url, actor, read_only=True) as unit:
        assert (await unit.jobs.find(jobs[1])).problem.code == "unauthenticated"


async def test_a_job_of_an_administrator_who_signed_in_without_a_second_factor_is_not_done(service):
    district = await service.district()
    person = await district.person("207267")
    session, job = uuid4(), JobId(uuid4())
    actor = Actor(
        kind=ActorKind.PERSON,
        id=person,
        district_id=DistrictId(district.id),
        origin=f"person:{person}",
        scopes=frozenset({"configuration:write"}),
        session_id=session,
    )
    await operate(district, grant_role, GrantRole(person_id=PersonId(UUID(person)), role=Role.DISTRICT_ADMIN))
    async with admin_connection(service.database) as connection:
        await connection.execute(
            "insert into session (district_id, id, person_id, client_id, client_name, device, scopes, auth_time, methods, "
            "created_at, used_at, idle_until, absolute_until) "
            "values ($1, $2, $3, '', 'A', 'x', '{}', $4, '{pwd}', $4, $4, $5, $5)",
            *(UUID(str(district.id)), session, UUID(person), datetime.now(UTC), datetime.now(UTC) + timedelta(days=1)),
        )
    async with begin_test_transaction(service.database.app_url, actor) as unit:
        said = CONFIGURED | {"expected_version": 1}
        await unit.jobs.enqueue("put_configuration", {}, job_id=job, at=datetime.now(UTC), command=said)
        await unit.commit()
    async with worker(service.database):
        await until_state(service.database, job, "failed", 1)
    async with begin_test_transaction(service.database.app_url, actor, read_only=True) as unit:
        problem = (await unit.jobs.find(job)).problem
    assert (problem.code, "second factor" in problem.detail) == ("role_missing", True)


async def test_a_job_cancelled_before_it_is_begun_is_never_begun(service, district):
    job = await start_configuration_job(district.http)
    for _ in range(2):  # twice is once
        shown = await district.http.post(f"/v1/jobs/{job}:cancel", json={})
        assert (shown.status_code, shown.json()["state"]) == (200, "cancelled")
    second = await start_configuration_job(district.http, **{"If-Match": '"9"'})
    async with worker(service.database):
        await ended(district.http, second)
    assert await state_of(service.database, job) == ("cancelled", 0)
    assert await version(district.http) == 1
    refused = await district.http.post(f"/v1/jobs/{second}:cancel", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


async def test_of_a_job_cancelled_in_the_middle_nothing_is_kept(service, district):
    job = await start_configuration_job(district.http)
    async with lock_scoring_basis(service.database, district.id), worker(service.database):
        await until_waiting(service.database)
        assert (await district.http.post(f"/v1/jobs/{job}:cancel", json={})).json()["state"] == "cancelled"
        # the worker has stopped in order though its job could not go on: it was told to leave it
    assert await state_of(service.database, job) == ("cancelled", 1)
    assert await version(district.http) == 1


async def test_a_job_whose_cancelling_was_not_heard_keeps_nothing_either(service, district):
    job = await start_configuration_job(district.http)
    async with worker(service.database), lock_scoring_basis(service.database, district.id):
        await until_waiting(service.database)
        async with admin_connection(service.database) as connection:
            await connection.execute("update job set state = 'cancelled', finished_at = now()")
    assert await state_of(service.database, job) == ("cancelled", 1)
    assert await version(district.http) == 1


async def test_a_job_that_never_comes_to_an_end_fails_in_the_end(service, district):
    job = await start_configuration_job(district.http)
    async with admin_connection(service.database) as connection:
        await connection.execute("update job set attempts = 5")
    async with worker(service.database):
        done = await ended(district.http, job)
    assert (done["state"], done["problem"]["code"], done["problem"]["status"]) == ("failed", "internal", 500)
    assert await version(district.http) == 1


def handlers(use_case):
    """The kinds, with ``use_case`` in the place of that which configures."""
    return {"put_configuration": replace(HANDLERS["put_configuration"], use_case=use_case, result_url_template=None)}


@pytest.mark.parametrize("error", [Unavailable("away"), Contended("busy")])
async def test_what_is_busy_is_tried_again_and_then_given_up(service, district, monkeypatch, error):
    monkeypatch.setattr(job_runner, "FIRST_PAUSE", timedelta(milliseconds=1))
    calls = []

    async def busy(cmd, ctx):
        calls.append(cmd)
        raise error

    job = await start_configuration_job(district.http)
    async with worker(service.database, handlers=handlers(busy)):
        done = await ended(district.http, job)
    assert (done["state"], done["problem"]["code"], done["problem"]["retry"]) == ("failed", "unavailable", error.retry)
    # Call.run itself tries what is contended three times
    assert len(calls) == (15 if isinstance(error, Contended) else 5)


async def test_what_went_wrong_is_told_without_what_the_error_said(service, district, caplog):
    async def broken(cmd, ctx):
        raise ValueError("the name of a person")

    job = await start_configuration_job(district.http)
    async with worker(service.database, handlers=handlers(broken)):
        done = await ended(district.http, job)
    assert done["problem"]["code"] == "internal"
    async with admin_connection(service.database) as connection:
        kept = await connection.fetch("select l::text from queue.pgqueuer_log l union all select j::text from job j")
    assert "name of a person" not in str(kept)


async def test_a_kind_that_no_worker_knows_waits_for_one_that_does(service, district):
    job = await start_configuration_job(district.http)
    async with worker(service.database, handlers={"other": JobHandler(use_case=print, command=ListJobs)}):
        second = await start_configuration_job(district.http)
    assert await state_of(service.database, job) == ("queued", 0)
    async with worker(service.database):
        both = [await ended(district.http, job), await ended(district.http, second)]
    # They are taken up at once, and replace the same version: whichever comes first.
    assert sorted(done["state"] for done in both) == ["failed", "succeeded"]
    assert [done["problem"]["code"] for done in both if done["problem"]] == ["stale"]


async def test_an_idempotency_key_asks_for_one_job(district):
    first = await district.http.post("/v1/configuration", json=CONFIGURED, headers=ASYNC_HEADERS | {"Idempotency-Key": "a"})
    again = await district.http.post("/v1/configuration", json=CONFIGURED, headers=ASYNC_HEADERS | {"Idempotency-Key": "a"})
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert len((await district.http.get("/v1/jobs")).json()["items"]) == 1


@pytest.mark.parametrize(
    ("prefer", "status"),
    [
        ("respond-async", 202),
        ("Respond-Async", 202),
        ("return=minimal, respond-async; wait=10", 202),
        ("return=minimal", 201),
        ("x-respond-async", 201),
        ("", 201),
    ],
)
async def test_a_job_is_made_for_who_prefers_one(district, prefer, status):
    answer = await district.http.post("/v1/configuration", json=CONFIGURED, headers={"If-Match": '"1"', "Prefer": prefer})
    assert answer.status_code == status


async def test_what_was_said_is_forgotten_with_the_end(service, district):
    job = await start_configuration_job(district.http)
    async with worker(service.database):
        await ended(district.http, job)
    async with admin_connection(service.database) as connection:
        assert await connection.fetchval("select said is null and payload = '{}' from job")
        assert await connection.fetchval("select count(*) from queue.pgqueuer") == 0
