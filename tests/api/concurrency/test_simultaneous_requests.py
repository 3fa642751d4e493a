"""Many requests at once: pushes leave one truth and nothing half-done; rebuilds, edits and creations do not lose each other."""

import asyncio
import random
from collections import Counter

import asyncpg
import pytest

from tests.support.consistency import assert_whole, until_taken
from tests.support.payloads import CORE, CROSSWALK, INSTRUMENT, PLAN, PULSE, SELF, SUPERVISOR_RATED, item, retract, visit


async def _ready(district):
    await district.http.post("/v1/instruments", json=INSTRUMENT)
    await district.http.post("/v1/crosswalks", json=CROSSWALK)


async def test_the_same_push_from_eight_at_once_is_taken_once(district, service):
    await _ready(district)
    body = item(1, 2)
    assert "op" not in body
    answers = await asyncio.gather(*(until_taken(district.http, "/v1/observations", body) for _ in range(8)))
    assert Counter(a.json()["outcome"] for _, a in answers) == {"created": 1, "unchanged": 7}
    assert len({a.json()["id"] for _, a in answers}) == 1
    await assert_whole(service, district)


async def test_the_same_batch_from_eight_at_once_is_taken_once(district, service):
    await _ready(district)
    batch = {"items": [item(n, 1) for n in range(40)]}
    answers = await asyncio.gather(*(until_taken(district.http, "/v1/observations:batch", batch) for _ in range(8)))
    outcomes = Counter(r["outcome"] for _, a in answers for r in a.json()["results"])
    assert outcomes["created"] + outcomes["retracted"] == 40
    assert outcomes["unchanged"] == 7 * 40
    assert len({tuple(r["id"] for r in a.json()["results"]) for _, a in answers}) == 1
    await assert_whole(service, district)


async def test_overlapping_batches_from_eight_at_once_leave_the_highest_versions(district, service):
    await _ready(district)
    clients = [await district.client() for _ in range(8)]

    async def work(number, http):
        rng = random.Random(number)  # noqa: S311 - the same in each run
        for _ in range(6):
            acts = [item(n, rng.randint(1, 4)) for n in rng.sample(range(30), 20)]
            await until_taken(http, "/v1/observations:batch", {"items": acts})

    await asyncio.gather(*(work(n, http) for n, http in enumerate(clients)))
    last = [item(n, 4) for n in range(30)]
    answer = (await district.http.post("/v1/observations:batch", json={"items": last})).json()
    assert {r["status"] for r in answer["results"]} <= {200, 201}
    concurrent = await assert_whole(service, district)
    alone = await service.district()
    await _ready(alone)
    await alone.http.post("/v1/observations:batch", json={"items": last})
    assert sorted(v for v in (await assert_whole(service, alone)).values()) == sorted(concurrent.values())


async def test_pushing_retracting_and_assessing_at_once_leaves_nothing_half_done(district, service):
    await _ready(district)
    await district.http.put("/v1/roster/role-mapping", json={"systemAdministrator": "supervisor"})
    leader = await district.person("207267")
    made = [
        (await district.http.post("/v1/observations", json=visit(None, None, f"2026-03-0{n}T09:00:00Z", ("focus", n)))).json()[
            "id"
        ]
        for n in range(1, 5)
    ]
    named = (await district.http.post("/v1/observations", json=visit("c-x", "1", "2026-05-01T09:00:00Z", ("focus", 5)))).json()[
        "id"
    ]
    rated = [{"responsibility": "focus", "value": 4}, {"responsibility": "input", "value": 2}]

    def assessment(kind, number):
        body = (SELF if kind == "self" else SUPERVISOR_RATED) | {
            "ratings": rated,
            "assessed_at": f"2026-04-0{number}T09:00:00Z",
        }
        return f"/v1/leaders/{leader}/{kind}-assessments", body | {"external_id": f"a-{number}"}

    acts = [(f"/v1/observations/{i}:retract", {}) for i in (*made, *made, named, named)]
    acts += [("/v1/observations:batch", {"items": [retract("c-x", "2"), item(2, 1)]}) for _ in range(3)]
    acts += [assessment(kind, n) for kind in ("self", "supervisor") for n in (1, 2, 3, 2, 1)]
    random.Random(7).shuffle(acts)  # noqa: S311 - the same in each run
    answers = await asyncio.gather(*(until_taken(district.http, *act) for act in acts))
    assert {a.status_code for _, a in answers} <= {200, 201, 409}
    kept = await assert_whole(service, district)
    assert {key[2] for key in kept} >= {"self", "supervisor"}


async def test_retracting_by_id_and_by_external_id_at_once_do_not_wait_for_each_other(district, service):
    leader = await district.person("207267")
    seen = visit("c-1", "1", "2026-05-01T09:00:00Z", ("focus", 5))
    judged = SELF | {"external_id": "a-1", "ratings": [{"responsibility": "focus", "value": 4}]}
    for turn in range(1, 30, 4):
        versions = [{"external_version": str(turn + n)} for n in range(4)]
        made = (await district.http.post("/v1/observations", json=seen | versions[0])).json()["id"]
        said = (await district.http.post(f"/v1/leaders/{leader}/self-assessments", json=judged | versions[0])).json()["id"]
        acts = [(f"/v1/observations/{made}:retract", {})] * 2
        acts += [("/v1/observations:batch", {"items": [seen | version]}) for version in versions[1:3]]
        acts += [(f"/v1/assessments/{said}:retract", {})] * 2
        acts += [(f"/v1/leaders/{leader}/self-assessments", judged | version) for version in versions[1:3]]
        await asyncio.gather(*(until_taken(district.http, *act) for act in acts))
    await assert_whole(service, district)
    connection = await asyncpg.connect(service.database.admin_url)
    try:
        await connection.execute("select pg_stat_clear_snapshot()")
        assert await connection.fetchval("select deadlocks from pg_stat_database where datname = current_database()") == 0
    finally:
        await connection.close()


@pytest.fixture
async def http(district):
    await district.http.post("/v1/instruments", json=INSTRUMENT)
    await district.http.post("/v1/crosswalks", json=CROSSWALK)
    return district.http


async def configured(http, **change):
    """A whole configuration to send, and the version that it changes."""
    held = await http.get("/v1/configuration")
    return {k: v for k, v in held.json().items() if k != "version"} | change, {"if-match": held.headers["etag"]}


async def test_rebuilding_beside_pushes_loses_none_and_counts_none_twice(http, district, service):
    async def pushing(number):
        for version in range(1, 5):
            acts = [item(n, version) for n in range(number * 5, number * 5 + 15)]
            await until_taken(http, "/v1/observations:batch", {"items": acts})

    async def mapping():
        for version in range(2, 6):
            moved = CROSSWALK["mappings"][: 1 + version % 4]
            await until_taken(http, "/v1/crosswalks", CROSSWALK | {"version": str(version), "mappings": moved})

    async def configuring():
        for days in (90.0, 180.0, 365.0):
            body, headers = await configured(http, half_life_days=days)
            assert (await http.post("/v1/configuration", json=body, headers=headers)).status_code == 201

    await asyncio.gather(*(pushing(n) for n in range(6)), mapping(), configuring())
    assert len(await assert_whole(service, district)) > 5
    shown = (await http.get("/v1/crosswalks")).json()["items"]
    assert [c["version"] for c in shown if c["current"]] == ["5"]


async def test_of_eight_edits_of_one_version_one_is_taken(http):
    body, headers = await configured(http, target=4.1)
    edits = await asyncio.gather(*(http.post("/v1/configuration", json=body, headers=headers) for _ in range(8)))
    assert Counter(e.status_code for e in edits) == {201: 1, 412: 7}
    assert {e.headers["etag"] for e in edits} == {'"2"'}
    made = (await http.post("/v1/initiatives", json=PLAN)).json()
    path, first = f"/v1/initiatives/{made['id']}", {"if-match": '"1"'}
    edits = await asyncio.gather(*(http.put(path, json=PLAN | {"title": f"t{n}"}, headers=first) for n in range(8)))
    assert Counter(e.status_code for e in edits) == {200: 1, 412: 7}
    [taken] = [e.json()["title"] for e in edits if e.status_code == 200]
    assert (await http.get(path)).json()["title"] == taken


async def test_the_same_initiative_and_group_from_eight_at_once_are_one(http):
    made = await asyncio.gather(*(until_taken(http, "/v1/initiatives", PLAN | {"external_id": "i"}) for _ in range(8)))
    assert Counter(a.json()["outcome"] for _, a in made) == {"created": 1, "unchanged": 7}
    [initiative] = {a.json()["id"] for _, a in made}
    groups = f"/v1/initiatives/{initiative}/groups"
    made = await asyncio.gather(*(until_taken(http, groups, CORE | {"external_id": "g"}) for _ in range(8)))
    assert Counter(a.json()["outcome"] for _, a in made) == {"created": 1, "unchanged": 7}
    [group] = {a.json()["id"] for _, a in made}
    pulse = f"{groups}/{group}/magnitude"
    puts = await asyncio.gather(*(http.put(f"{pulse}/pulses/2026-10-20", json={"answers": PULSE}) for _ in range(8)))
    assert {p.status_code for p in puts} == {200}
    assert (await http.get(pulse)).json()["measured"]["n"] == len(PULSE)


async def test_the_same_assessment_from_eight_at_once_is_one(http, district, service):
    leader = await district.person("207267")
    body = SELF | {"external_id": "a", "ratings": [{"responsibility": "focus", "value": 2}]}
    made = await asyncio.gather(*(until_taken(http, f"/v1/leaders/{leader}/self-assessments", body) for _ in range(8)))
    assert Counter(a.json()["outcome"] for _, a in made) == {"created": 1, "unchanged": 7}
    [row] = (await assert_whole(service, district)).values()
    assert row[2] == 1


async def test_one_key_from_eight_at_once_makes_one_thing(http):
    seen = visit(None, None, "2026-03-02T14:00:00Z", ("focus", 4))
    sent = [http.post("/v1/observations", json=seen, headers={"idempotency-key": "k"}) for _ in range(8)]
    answers = await asyncio.gather(*sent)
    assert {a.status_code for a in answers} <= {201, 409}
    assert {a.json()["code"] for a in answers if a.status_code == 409} <= {"idempotency_key_in_progress"}
    assert len({a.json()["id"] for a in answers if a.status_code == 201}) == 1
    assert len((await http.get("/v1/observations")).json()["items"]) == 1
