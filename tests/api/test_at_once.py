"""Many at once: the same and overlapping pushes leave one truth, and nothing half-done."""

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg

from domain.framework.sources import Source
from domain.scoring.changes import Changes
from domain.scoring.tally import text12
from domain.shared.context import Actor, ActorKind
from persistence.engine import make_engine
from persistence.unit import open_unit
from tests.api.test_partner_month import CROSSWALK, INSTRUMENT, JUDGED, SELF, retract, visit

LEADERS = ("207267", "207266", "207264")
CODES = ("visibility", "focus", "input")


def item(number, version):
    """The act of this thing in this version: the same whoever sends it."""
    rng = random.Random(f"{number} {version}")  # noqa: S311 - the same in each run
    if rng.random() < 0.2:
        return retract(f"c-{number}", str(version))
    rated = [(code, rng.randint(1, 5)) for code in rng.sample(CODES, 2)] + [("A", rng.randint(1, 4))]
    at = datetime(2026, 1 + number % 6, 1 + version, 9, tzinfo=UTC).isoformat()
    return visit(f"c-{number}", str(version), at, *rated, leader={"sourced_id": rng.choice(LEADERS)})


async def until_taken(http, path, body):
    """Sends it again while it is told that the same again will do; how often it was told so."""
    for refused in range(50):
        answer = await http.post(path, json=body)
        if answer.status_code != 503:
            assert answer.status_code in {200, 201, 422, 409}, answer.text
            return refused, answer
        assert answer.json()["retry"] == "same"
        assert answer.headers["retry-after"]
    raise AssertionError("always busy")


async def sums_of_the_evidence(service, district):
    """What the tallies must hold: every unit of the evidence rows, summed anew."""
    engine = make_engine(service.database.app_url, pool_size=1)
    actor = Actor(kind=ActorKind.OPERATOR, id="t", district_id=UUID(str(district.id)), origin="t", scopes=frozenset())
    try:
        async with open_unit(engine, actor) as unit:
            changes = Changes(await unit.tallies.basis())
            for leader_id, units in await unit.scores.all_units(list(Source)):
                changes.come(leader_id, units)
    finally:
        await engine.dispose()
    return {(str(c.leader_id), c.responsibility.value, c.source.value): _row(c) for c in changes.all}


def _row(change):
    s = change.sums
    return (
        *(Decimal(text12(v)) for v in (s.fw, s.fwx)),
        s.n,
        *(Decimal(text12(v)) for v in (s.sum_x, s.sum_xx)),
        change.newest_at,
    )


async def kept_sums(service, district):
    connection = await asyncpg.connect(service.database.admin_url)
    try:
        rows = await connection.fetch(
            "select leader_id::text, responsibility, source, fw, fwx, n, sum_x, sum_xx, newest_at from tally"
            " where district_id = $1",
            district.id,
        )
        faults = await connection.fetchval(
            "select count(*) from push_head h where (h.digest is not null) != (select count(*) = 1 from observation o"
            " where o.district_id = h.district_id and o.id = h.id and o.version = h.version and o.superseded_at is null)"
            " and h.thing = 'observation'"
        )
        several = await connection.fetchval(
            "select count(*) from (select 1 from observation where superseded_at is null group by district_id, id having count(*) > 1) s"
        )
        bare = await connection.fetchval(
            "select count(*) from observation o where not exists (select 1 from rating r"
            " where r.district_id = o.district_id and r.observation_id = o.id and r.version = o.version)"
        )
    finally:
        await connection.close()
    assert (faults, several, bare) == (0, 0, 0)
    return {tuple(row)[:3]: tuple(row)[3:] for row in rows}


async def assert_whole(service, district):
    """Tallies equal a rebuild from the evidence, exactly; each identity has one truth."""
    kept = await kept_sums(service, district)
    assert kept == await sums_of_the_evidence(service, district)
    return kept


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
        body = (SELF if kind == "self" else JUDGED) | {"ratings": rated, "assessed_at": f"2026-04-0{number}T09:00:00Z"}
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
