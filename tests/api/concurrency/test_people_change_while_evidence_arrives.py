"""People are merged, erased, retired, rostered anew and tallies rebuilt while evidence about them arrives.

Each change meets each kind of evidence twice, once the one and once the other just before its commit. Afterwards the tallies are
what the evidence makes, nothing answered 500 or 503, and nobody had to be freed from a deadlock.
"""

import asyncio
import itertools
import random
from uuid import UUID

import pytest
import pytest_asyncio

from api.execution.runner import UseCaseRunner
from api.runtime.environment import build_environment
from domain.directory.usecases.districts_and_clients import operator_actor
from domain.people.commands import MergePeople
from domain.people.usecases.merge_people import merge_people
from domain.privacy.commands import ApplyRetention, EraseDistrict, ErasePerson, EvidenceAboutOthers, ReadErasurePreview
from domain.privacy.usecases.erase_person import erase_person, read_erasure_preview
from domain.privacy.usecases.portability import erase_district
from domain.privacy.usecases.retention import apply_retention
from domain.roster.commands import ImportRoster
from domain.roster.usecases import import_roster
from domain.scoring.commands import RebuildTallies
from domain.scoring.usecases.rebuild import rebuild_tallies
from domain.shared.context import ActorKind
from persistence.repositories.score_check import deviations
from tests.support.attacks import admin_connection
from tests.support.consistency import assert_tallies_are_a_rebuild
from tests.support.interleaving import deadlocks, leaders, meet
from tests.support.payloads import CROSSWALK, INSTRUMENT, SELF, visit
from tests.support.people import operate
from tests.support.service import GRAND_BEND, SECRET, serving
from tests.support.units import tenant_connection

COUNT = itertools.count(2)
RATED = (("focus", 4), ("A", 3))


async def merge(district, remaining, duplicate):
    await operate(district, merge_people, MergePeople(person_id=UUID(remaining), duplicate_id=UUID(duplicate)))


async def erase(district, _remaining, duplicate):
    await operate(district, erase_person, ErasePerson(person_id=UUID(duplicate)))


async def erase_with_evidence_about_others(district, _remaining, duplicate):
    removing = EvidenceAboutOthers.REMOVE
    await operate(district, erase_person, ErasePerson(person_id=UUID(duplicate), evidence_about_others=removing))


async def preview_erasure(district, _remaining, duplicate):
    await operate(district, read_erasure_preview, ReadErasurePreview(person_id=UUID(duplicate)))


async def apply_retention_to_duplicate(district, _remaining, duplicate):
    """The duplicate has left so long ago that their time is over."""
    async with admin_connection(district.service.database) as connection:
        left = "update person set active = false, ended_at = '2001-01-01Z' where id = $1"
        await connection.execute(left, UUID(duplicate))
    await operate(district, apply_retention, ApplyRetention(version=0))


async def import_roster_without_both(district, _remaining, _duplicate):
    """Neither of the two is in the package: both leave, with their roles."""
    await operate(district, import_roster, ImportRoster(package=GRAND_BEND.read_bytes(), force=True))


async def rebuild(district, _remaining, _duplicate):
    await operate(district, rebuild_tallies, RebuildTallies())


async def crosswalk(district, _remaining, _duplicate):
    number = next(COUNT)
    fresh = CROSSWALK | {"version": str(number), "mappings": CROSSWALK["mappings"][: 1 + number % 4]}
    answer = await district.configuring.post("/v1/crosswalks", json=fresh)
    assert answer.status_code == 201, answer.text


async def configure(district, _remaining, _duplicate):
    held = await district.configuring.get("/v1/configuration")
    body = {k: v for k, v in held.json().items() if k != "version"} | {"half_life_days": 90.0 + next(COUNT)}
    answer = await district.configuring.post("/v1/configuration", json=body, headers={"if-match": held.headers["etag"]})
    assert answer.status_code == 201, answer.text


CHANGES = (
    *(
        merge,
        erase,
        erase_with_evidence_about_others,
        preview_erasure,
        apply_retention_to_duplicate,
        import_roster_without_both,
        rebuild,
    ),
    *(crosswalk, configure),
)


def visit_of(leader, version, **more):
    return visit(f"m-{leader}", str(version), "2026-05-01T09:00:00Z", *RATED, leader={"id": leader}, **more)


class Evidence:
    """Kinds of evidence about a duplicate: what is there before, and the request that meets the change."""

    @staticmethod
    async def new(_http, _remaining, duplicate):
        return "/v1/observations", visit_of(duplicate, 1)

    @staticmethod
    async def batch(_http, remaining, duplicate):
        by = {"observer": {"id": duplicate}}
        return "/v1/observations:batch", {"items": [visit_of(duplicate, 1), visit_of(remaining, 1, **by)]}

    @staticmethod
    async def of_another_leader_now(http, remaining, duplicate):
        assert (await http.post("/v1/observations", json=visit_of(duplicate, 1))).status_code == 201
        return "/v1/observations", visit_of(duplicate, 2) | {"leader": {"id": remaining}}

    @staticmethod
    async def retracted(http, _remaining, duplicate):
        made = (await http.post("/v1/observations", json=visit_of(duplicate, 1))).json()["id"]
        return f"/v1/observations/{made}:retract", {}

    @staticmethod
    async def retracted_without_a_name(http, _remaining, duplicate):
        unnamed = {k: v for k, v in visit_of(duplicate, 1).items() if not k.startswith("external_")}
        made = (await http.post("/v1/observations", json=unnamed)).json()["id"]
        return f"/v1/observations/{made}:retract", {}

    @staticmethod
    async def assessed(http, remaining, duplicate):
        rated = SELF | {"ratings": [{"responsibility": "focus", "value": 2}]}
        for leader in (remaining, duplicate):
            assert (await http.post(f"/v1/leaders/{leader}/self-assessments", json=rated)).status_code == 201
        newer = rated | {"assessed_at": "2026-04-10T10:00:00Z", "external_id": f"a-{duplicate}"}
        return f"/v1/leaders/{duplicate}/self-assessments", newer

    @staticmethod
    async def assessment_retracted(http, _remaining, duplicate):
        rated = SELF | {"external_id": f"a-{duplicate}", "ratings": [{"responsibility": "focus", "value": 2}]}
        made = (await http.post(f"/v1/leaders/{duplicate}/self-assessments", json=rated)).json()["id"]
        return f"/v1/assessments/{made}:retract", {}


KINDS = [getattr(Evidence, name) for name in vars(Evidence) if not name.startswith("_")]

SOME = {
    merge: [Evidence.batch, Evidence.assessed, Evidence.of_another_leader_now, Evidence.retracted],
    erase: [Evidence.batch, Evidence.assessed],
}
"""What is tried at every run where it is more than a batch; everything is tried before a release."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ready(shared):
    """A district with an instrument and a crosswalk, for all short tests."""
    return await prepared(shared)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(module_database):
    async with serving(module_database) as running:
        yield running


async def prepared(service):
    district = await service.district()
    await district.http.post("/v1/instruments", json=INSTRUMENT)
    await district.http.post("/v1/crosswalks", json=CROSSWALK)
    district.configuring = await district.client(origin="configuring")
    return district


def assert_answered(answer):
    """Taken, or refused in the ordinary way: the person, or the thing about them, is not there any more."""
    assert answer.status_code < 500, answer.text
    results = answer.json().get("results", []) if answer.content else []
    assert all(r["status"] < 500 for r in results), answer.text


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("change", CHANGES, ids=lambda c: c.__name__)
async def test_scores_stay_right_when_evidence_meets_a_change(shared, ready, change):
    await all_meet(shared, ready, change, SOME.get(change, [Evidence.batch]))


@pytest.mark.exhaustive
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("change", CHANGES, ids=lambda c: c.__name__)
async def test_scores_stay_right_when_any_evidence_meets_a_change(shared, change):
    await all_meet(shared, await prepared(shared), change, KINDS)


async def all_meet(service, district, change, kinds):
    """``change`` meets each of ``kinds`` twice, in both orders."""
    before = await deadlocks(service.database)
    changed_by = ActorKind.CLIENT if change in {crosswalk, configure} else ActorKind.OPERATOR
    for evidence, change_first in itertools.product(kinds, (False, True)):
        remaining, duplicate = await leaders(service.database, district)
        path, body = await evidence(district.http, remaining, duplicate)

        def push(path=path, body=body):
            return district.http.post(path, json=body)

        def changing(remaining=remaining, duplicate=duplicate):
            return change(district, remaining, duplicate)

        if change_first:
            _, answer = await meet(service.database, changed_by, changing, push)
        else:
            answer, _ = await meet(service.database, ActorKind.CLIENT, push, changing)
        assert_answered(answer)
        assert await deviating(service, district) == [], (evidence.__name__, change_first)
    await assert_tallies_are_a_rebuild(service, district)
    assert await deadlocks(service.database) == before


async def deviating(service, district):
    """What the doctor would say of the district's scores."""
    async with tenant_connection(service.database.app_url, UUID(str(district.id))) as raw:
        return (await deviations(raw, UUID(str(district.id))))[1]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("district_first", [False, True])
async def test_a_push_that_meets_the_erasure_of_its_district_is_refused_or_erased(shared, district_first):
    district = await prepared(shared)
    [leader] = await leaders(shared.database, district, 1)
    before = await deadlocks(shared.database)

    def push():
        return district.http.post("/v1/observations", json=visit_of(leader, 1))

    async def erasing():
        call = UseCaseRunner(
            actor=operator_actor("tests", district.id), environment=build_environment(shared.owner, SECRET), request_id="tests"
        )
        await call.run(erase_district, EraseDistrict())

    if district_first:
        _, answer = await meet(shared.database, ActorKind.OPERATOR, erasing, push)
    else:
        answer, _ = await meet(shared.database, ActorKind.CLIENT, push, erasing)
    assert answer.status_code in ({201} if not district_first else {401, 404, 422, 503}), answer.text
    async with admin_connection(shared.database) as connection:
        assert await connection.fetchval("select count(*) from observation where district_id = $1", district.id) == 0
    assert await deadlocks(shared.database) == before


@pytest.mark.exhaustive
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("change", CHANGES, ids=lambda c: c.__name__)
async def test_scores_stay_right_when_people_change_while_many_push(shared, change):
    """Three push without a pause about twelve pairs of leaders while each pair is changed; nobody is told to try again."""
    district = await prepared(shared)
    before = await deadlocks(shared.database)
    pairs = [await leaders(shared.database, district) for _ in range(12)]
    changed = asyncio.Event()

    async def pushing(number, http):
        rng = random.Random(number)  # noqa: S311 - the same in each run
        turn = 0
        while not changed.is_set() or turn < 20:
            turn += 1
            version = number + 3 * turn
            named = rng.sample(list(itertools.chain.from_iterable(pairs)), 5)
            rated = SELF | {"ratings": [{"responsibility": "focus", "value": rng.randint(1, 5)}], "external_id": f"s-{version}"}
            items = [visit_of(leader, version, observer={"id": other}) for leader, other in itertools.pairwise(named)]
            assert_answered(await http.post("/v1/observations:batch", json={"items": items}))
            assert_answered(await http.post(f"/v1/leaders/{named[0]}/self-assessments", json=rated))
            held = (await http.get("/v1/observations", params={"leader_id": named[1], "limit": 1})).json().get("items", [])
            for seen in held:
                assert_answered(await http.post(f"/v1/observations/{seen['id']}:retract", json={}))

    async def changing():
        try:
            for remaining, duplicate in pairs:
                await change(district, remaining, duplicate)
        finally:
            changed.set()

    clients = [await district.client(origin=f"o{n}") for n in range(3)]
    await asyncio.gather(changing(), *(pushing(n, http) for n, http in enumerate(clients)))
    await assert_tallies_are_a_rebuild(shared, district)
    assert await deviating(shared, district) == []
    assert await deadlocks(shared.database) == before
