"""What else many can do at once: rebuilds beside pushes, one edit of a version, one thing of an external_id."""

import asyncio
from collections import Counter

import pytest

from tests.support.consistency import assert_whole, until_taken
from tests.support.payloads import CORE, CROSSWALK, INSTRUMENT, PLAN, PULSE, SELF, item, visit


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
