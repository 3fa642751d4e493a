"""A roster imported in a job: the package waits beside it and goes with its end, and everything wrong can be paged through."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from api.worker.handlers import HANDLERS, JobHandler
from domain.directory.usecases.people_and_schools import list_people
from domain.jobs.commands import ForgetJobs, ImportOptions
from domain.jobs.usecases.manage import forget_jobs, list_job_problems, read_job
from domain.jobs.usecases.start import start_crosswalk, start_roster_import
from domain.observations.usecases.instruments import create_crosswalk, create_instrument
from domain.people.commands import GrantRole
from domain.people.usecases.role_grants import grant_role
from domain.privacy.commands import ApplyRetention, EraseDistrict, PutRetention
from domain.privacy.retention_policy import RetentionKind, RetentionRule
from domain.privacy.usecases.portability import erase_district
from domain.privacy.usecases.retention import apply_retention, put_retention
from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Contended
from domain.shared.ids import DistrictId, JobId, PersonId
from domain.shared.roles import Role
from tests.support.payloads import CROSSWALK, INSTRUMENT
from tests.support.people import operate
from tests.support.rest_graphql_driver import GraphQL, Rest
from tests.support.roster_packages import CLEAN, clean, spoilt
from tests.support.service import GRAND_BEND, serving
from tests.support.units import begin_test_transaction
from tests.support.workers import admin_connection, ended, state_of, until_state, worker
from tests.support.year_of_data import Installation

pytestmark = pytest.mark.asyncio(loop_scope="module")

ONE = spoilt("roles", "2020-08-01", "1/05/2023")
MANY = clean(orgs=CLEAN["orgs.csv"] + "".join(f"x{n},active,,School {n},skool,,d\n" for n in range(75)))
"""75 lines with two faults each."""
PERSONAL = re.compile(r"Ann|Apple|Ben|Berry|Pupil|School \d|1/05/2023")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(module_database):
    """The application on one database for all of these tests: each has districts of its own."""
    async with serving(module_database) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def district(service):
    """A district without a roster."""
    return await service.district(roster=False)


async def handed(http, package=None, key=None, **query):
    """The id of a job that imports ``package``."""
    headers = {"Content-Type": "application/zip", "Prefer": "respond-async"} | ({"Idempotency-Key": key} if key else {})
    answer = await http.post("/v1/roster-imports", content=package or clean(), params=query, headers=headers)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"].endswith(f"/v1/jobs/{answer.json()['id']}")
    return answer.json()["id"]


async def waiting(district):
    """How many packages of the district are kept."""
    async with admin_connection(district.service.database) as connection:
        return await connection.fetchval("select count(*) from job_input where district_id = $1", district.id)


async def paged(http, job_id, limit=50):
    """All lines of the job's list, and how many pages they took."""
    lines, pages, more = [], 0, {}
    while more is not None:
        answer = await http.get(f"/v1/jobs/{job_id}/problems", params={"limit": limit} | more)
        assert answer.status_code == 200, answer.text
        lines += answer.json()["items"]
        pages += 1
        cursor = answer.json()["next_cursor"]
        more = cursor and {"cursor": cursor}
    return lines, pages


async def test_a_roster_is_imported_after_the_answer_as_it_would_have_been_before(service, district):
    job = await handed(district.http, dry_run="true")
    assert await waiting(district) == 1
    async with admin_connection(service.database) as connection:
        assert await connection.fetchval("select said from job where id = $1", job) == b'{"dry_run":true,"force":false}'
        assert await connection.fetchval("select content from job_input where job_id = $1", job) == clean()
    async with worker(service.database):
        tried = await ended(district.http, job)
        shown = (await district.http.get(tried["result_url"])).json()
        assert (tried["state"], tried["progress"], tried["problems_url"], shown["state"]) == ("succeeded", 1, None, "dry_run")
        assert (await district.http.get("/v1/people")).json()["items"] == []
        done = await ended(district.http, await handed(district.http))
    assert (await district.http.get(done["result_url"])).json()["state"] == "applied"
    assert len((await district.http.get("/v1/people")).json()["items"]) == 2
    assert await waiting(district) == 0


@pytest.mark.parametrize(("package", "n", "pages"), [(ONE, 1, 1), (MANY, 150, 4)], ids=["one", "many"])
async def test_everything_wrong_is_listed_as_the_synchronous_refusal_lists_it(service, district, package, n, pages):
    headers = {"Content-Type": "application/zip"}
    refused = (await district.http.post("/v1/roster-imports", content=package, headers=headers)).json()
    async with worker(service.database):
        done = await ended(district.http, await handed(district.http, package))
    told = done["problem"]
    assert (done["state"], told["code"], told["status"]) == ("failed", "roster_faulty", 422)
    assert [e["pointer"] for e in told["errors"]] == [e["pointer"] for e in refused["errors"]]
    assert done["problems_url"] == f"/v1/jobs/{done['id']}/problems"
    lines, turned = await paged(district.http, done["id"], limit=40)
    assert (len(lines), turned) == (n, pages)
    assert [line["position"] for line in lines] == list(range(1, n + 1))
    places = [f"/{f['file']}/{f['line']}/{f['column']}" for f in refused["report"]["findings"]]
    assert [line["pointer"] for line in lines] == sorted(places, key=lambda p: (p.split("/")[1], int(p.split("/")[2])))
    assert sorted(line["code"] for line in lines) == sorted(f["code"] for f in refused["report"]["findings"])
    over_graphql = (await GraphQL(district.http).made(list_job_problems, {"job_id": done["id"], "limit": "40"}))["items"]
    assert over_graphql == lines[:40]
    assert await waiting(district) == 0
    async with admin_connection(service.database) as connection:
        for kept in await connection.fetch("select p::text from job_problem p union all select j::text from job j"):
            assert not PERSONAL.search(kept[0])


async def test_the_brake_is_told_in_numbers_where_it_is_kept(service, district):
    await district.import_grand_bend()
    few = clean()
    headers = {"Content-Type": "application/zip"}
    refused = (await district.http.post("/v1/roster-imports", content=few, headers=headers)).json()
    async with worker(service.database):
        done = await ended(district.http, await handed(district.http, few))
        forced = await ended(district.http, await handed(district.http, few, force="true"))
    assert forced["state"] == "succeeded"
    told = done["problem"]
    assert (told["code"], told["status"], told["errors"]) == (refused["code"], refused["status"], refused["errors"])
    lines, _ = await paged(district.http, done["id"])
    assert [line["code"] for line in lines] == ["brake"] * len(refused["brake"])
    for reason, line in zip(refused["brake"], lines, strict=True):
        assert f"{reason['vanishing']} of {reason['active']} " in line["detail"]
        for who in reason["named"]:
            assert who["sourced_id"] not in line["detail"] + told["detail"]
            assert not who["name"] or who["name"] not in line["detail"] + told["detail"]


async def test_other_kinds_of_jobs_list_their_faults_too(service, district):
    driver = Rest(district.http, service.app)
    await driver.made(create_instrument, INSTRUMENT)
    strange = [{"element": name, "responsibility": "focus", "weight": 1.0} for name in ("X", "Y")]
    said = CROSSWALK | {"mappings": [*CROSSWALK["mappings"], *strange]}
    refused = await driver.expect_error(create_crosswalk, said)
    job = await driver.made(start_crosswalk, said)
    async with worker(service.database):
        done = await ended(district.http, job["id"])
    lines, _ = await paged(district.http, done["id"])
    assert len(lines) == 2
    assert [(line["pointer"], line["code"]) for line in lines] == refused[3]
    assert {line["severity"] for line in lines} == {"error"}


async def test_a_job_that_failed_for_no_fault_has_no_list(service, district):
    job = await handed(district.http)
    async with admin_connection(service.database) as connection:
        await connection.execute("update job set attempts = 5 where id = $1", job)
    async with worker(service.database):
        done = await ended(district.http, job)
    assert (done["state"], done["problem"]["code"], done["problems_url"]) == ("failed", "internal", None)
    assert await paged(district.http, job) == ([], 1)
    assert await waiting(district) == 0


async def test_what_was_wrong_is_seen_by_whom_the_job_belongs_to(service, district):
    async with worker(service.database):
        job = (await ended(district.http, await handed(district.http, ONE)))["id"]
    other = await district.client(["roster:write"], origin="other")
    elsewhere = await service.district("Elsewhere", roster=False)
    for http in (other, elsewhere.http):
        assert (await http.get(f"/v1/jobs/{job}/problems")).status_code == 404
        assert (await GraphQL(http).expect_error(list_job_problems, {"job_id": job}))[0] == 404
    async with begin_test_transaction(
        service.database.app_url,
        Actor(kind=ActorKind.CLIENT, id="other", district_id=DistrictId(district.id), origin="other", scopes=frozenset()),
        read_only=True,
    ) as unit:
        assert await unit.jobs.problems(JobId(UUID(job)), 10, None) == []


async def _succeeds(service, district, job):
    async with worker(service.database):
        assert (await ended(district.http, job))["state"] == "succeeded"


async def _fails(service, district, job):
    async with admin_connection(service.database) as connection:
        await connection.execute("update job_input set content = 'no zip' where job_id = $1", job)
    async with worker(service.database):
        assert (await ended(district.http, job))["problem"]["code"] == "roster_faulty"


async def _breaks(service, district, job):
    async def broken(cmd, ctx):
        raise ValueError

    handler = HANDLERS["import_roster"]
    handlers = {"import_roster": JobHandler(use_case=broken, command=handler.command, staged_member="package")}
    async with worker(service.database, handlers=handlers):
        assert (await ended(district.http, job))["problem"]["code"] == "internal"


async def _loses_its_client(service, district, job):
    async with admin_connection(service.database) as connection:
        await connection.execute(
            "update control.client set revoked_at = now() where client_id = (select requester_id from job where id = $1)", job
        )
    async with worker(service.database):
        await until_state(service.database, job, "failed", 1)


async def _is_cancelled(service, district, job):
    assert (await district.http.post(f"/v1/jobs/{job}:cancel", json={})).json()["state"] == "cancelled"


async def _is_begun_and_cancelled(service, district, job):
    async with admin_connection(service.database) as connection:
        await connection.execute("update job set state = 'running', attempts = 1 where id = $1", job)
    await _is_cancelled(service, district, job)


async def _is_left_behind(service, district, job):
    async with admin_connection(service.database) as connection:
        await connection.execute("update job set state = 'failed', finished_at = now() where id = $1", job)
    await operate(district, forget_jobs, ForgetJobs())


async def _waits_for_a_week(service, district, job):
    async with admin_connection(service.database) as connection:
        await connection.execute("update job_input set created_at = now() - interval '7 days' where job_id = $1", job)
    await operate(district, forget_jobs, ForgetJobs())
    async with worker(service.database):
        done = await ended(district.http, job)
    assert (done["state"], done["problem"]["code"]) == ("failed", "not_found")
    assert "send it again" in done["problem"]["detail"]


async def _is_retired(service, district, job):
    async with admin_connection(service.database) as connection:
        await connection.execute("update job_input set created_at = now() - interval '26 hours' where job_id = $1", job)
    rules = (RetentionRule(kind=RetentionKind.JOB_INPUTS, days=1),)
    await operate(district, put_retention, PutRetention(rules=rules))
    await operate(district, apply_retention, ApplyRetention(version=1))


async def _goes_with_its_district(service, district, job):
    await Installation(service.database).do(erase_district, EraseDistrict(dry_run=False), district.id, owner=True)


@pytest.mark.parametrize(
    "end",
    [
        *(_succeeds, _fails, _breaks, _loses_its_client, _is_cancelled, _is_begun_and_cancelled, _is_left_behind),
        *(_waits_for_a_week, _is_retired, _goes_with_its_district),
    ],
)
async def test_the_package_is_gone_after_every_end(service, district, end):
    job = await handed(district.http)
    assert await waiting(district) == 1
    await end(service, district, job)
    assert await waiting(district) == 0


async def test_the_end_of_one_job_leaves_what_another_waits_for(service, district):
    other = await service.district("Elsewhere", roster=False)
    elsewhere = await handed(other.http)
    first, stays = await handed(district.http), await handed(district.http)
    await _is_cancelled(service, district, first)
    await _is_left_behind(service, district, await handed(district.http))
    async with admin_connection(service.database) as connection:
        kept = await connection.fetch("select job_id from job_input where district_id = $1", district.id)
    assert [str(row[0]) for row in kept] == [stays]
    assert await waiting(other) == 1
    await _is_cancelled(service, district, stays)
    await _is_cancelled(service, other, elsewhere)


async def test_a_package_stays_for_as_long_as_its_job_is_tried_again(service, district, monkeypatch):
    seen = []

    async def busy(cmd, ctx):
        seen.append(cmd.package)
        if len(seen) <= 3:  # Call.run itself tries three times
            raise Contended("busy")
        return await HANDLERS["import_roster"].use_case(cmd, ctx)

    monkeypatch.setattr("api.worker.job_runner.FIRST_PAUSE", timedelta(milliseconds=1))
    handler = HANDLERS["import_roster"]
    handlers = {
        "import_roster": JobHandler(
            use_case=busy, command=handler.command, result_url_template=handler.result_url_template, staged_member="package"
        )
    }
    job = await handed(district.http)
    async with worker(service.database, handlers=handlers):
        assert (await ended(district.http, job))["state"] == "succeeded"
    assert seen == [clean()] * 4
    assert (await state_of(service.database, job))[1] == 2


async def test_a_person_deactivated_between_asking_and_running_imports_nothing(service):
    district = await service.district()
    person = await district.person("207267")
    await operate(district, grant_role, GrantRole(person_id=PersonId(UUID(person)), role=Role.DISTRICT_ADMIN))
    actor = Actor(
        kind=ActorKind.PERSON,
        id=person,
        district_id=DistrictId(district.id),
        origin=f"person:{person}",
        scopes=frozenset({"roster:write"}),
    )
    options = ImportOptions(dry_run=False, force=True)
    job, staged = JobId(uuid4()), GRAND_BEND.read_bytes()
    async with begin_test_transaction(service.database.app_url, actor) as unit:
        await unit.jobs.enqueue("import_roster", {}, job_id=job, at=datetime.now(UTC), command=options, staged=staged)
        await unit.commit()
    async with admin_connection(service.database) as connection:
        await connection.execute("update person set active = false, ended_at = now() where id = $1", UUID(person))
        before = await connection.fetchval("select count(*) from roster_import where district_id = $1", district.id)
    async with worker(service.database):
        await until_state(service.database, job, "failed", 1)
    async with admin_connection(service.database) as connection:
        assert await connection.fetchval("select problem ->> 'code' from job where id = $1", job) == "unauthenticated"
        assert await connection.fetchval("select count(*) from roster_import where district_id = $1", district.id) == before
    assert await waiting(district) == 0


async def test_a_job_is_not_done_for_a_sign_in_that_was_ended_and_is_for_one_that_is_over(service):
    district = await service.district()
    person = UUID(await district.person("207267"))
    await operate(district, grant_role, GrantRole(person_id=PersonId(person), role=Role.DISTRICT_ADMIN))
    over, ended_, forgotten = uuid4(), uuid4(), uuid4()
    async with admin_connection(service.database) as connection:
        for session, revoked in ((over, None), (ended_, datetime.now(UTC))):
            await connection.execute(
                "insert into session (district_id, id, person_id, client_id, client_name, device, scopes, auth_time, methods, "
                "created_at, used_at, idle_until, absolute_until, revoked_at) "
                "values ($1, $2, $3, '', 'A', 'x', '{}', $4, '{pwd,otp}', $4, $4, $4, $4, $5)",
                *(UUID(str(district.id)), session, person, datetime.now(UTC) - timedelta(hours=1), revoked),
            )
    jobs = {}
    for session in (over, ended_, forgotten):
        actor = Actor(
            kind=ActorKind.PERSON,
            id=str(person),
            district_id=DistrictId(district.id),
            origin=f"person:{person}",
            scopes=frozenset({"roster:write"}),
            session_id=session,
        )
        jobs[session] = job = JobId(uuid4())
        async with begin_test_transaction(service.database.app_url, actor) as unit:
            said = ImportOptions(dry_run=True, force=True)
            await unit.jobs.enqueue("import_roster", {}, job_id=job, at=datetime.now(UTC), command=said, staged=clean())
            await unit.commit()
    async with worker(service.database):
        await until_state(service.database, jobs[over], "succeeded", 1)
        for session in (ended_, forgotten):
            await until_state(service.database, jobs[session], "failed", 1)
    async with admin_connection(service.database) as connection:
        failed = "select distinct problem ->> 'code' from job where district_id = $1 and state = 'failed'"
        assert [row[0] for row in await connection.fetch(failed, UUID(str(district.id)))] == ["unauthenticated"]


async def test_nobody_has_more_jobs_waiting_than_leave_room_for_others(service, district):
    elsewhere, colleague = (
        await service.district("Elsewhere", roster=False),
        await district.client(["roster:write"], origin="b"),
    )
    headers = {"Content-Type": "application/zip", "Prefer": "respond-async"}

    async def asks(http, n):
        sent = (http.post("/v1/roster-imports", content=clean(), headers=headers) for _ in range(n))
        return sorted([answer.status_code for answer in await asyncio.gather(*sent)])

    assert await asks(district.http, 12) == [202] * 10 + [429] * 2
    assert await asks(colleague, 9) == [202] * 9
    third = await district.client(["roster:write"], origin="c")
    assert await asks(third, 2) == [202, 429]
    refused = await third.post("/v1/roster-imports", content=clean(), headers=headers)
    told = refused.json()
    assert (told["code"], told["retry"], refused.headers["retry-after"]) == ("too_many_jobs", "later", "5")
    assert "20 jobs" in told["detail"]
    assert "GET /v1/jobs" in told["detail"]
    assert await asks(elsewhere.http, 1) == [202]
    mine = (await district.http.get("/v1/jobs")).json()["items"]
    await _is_cancelled(service, district, mine[0]["id"])
    assert await asks(third, 1) == [202]
    assert await waiting(district) == 20


async def test_a_key_hands_one_package_over_once_and_both_ways_in_do_the_same(service, district):
    first = await handed(district.http, key="a")
    assert await handed(district.http, key="a") == first
    assert await waiting(district) == 1
    made = await GraphQL(district.http).made(start_roster_import, {"package": clean(), "dry_run": True})
    assert made == await Rest(district.http, service.app).made(read_job, {"job_id": made["id"]})
    async with worker(service.database):
        for job in (first, made["id"]):
            assert (await ended(district.http, job))["state"] == "succeeded"
    assert len((await Rest(district.http, service.app).made(list_people))["items"]) == 2
