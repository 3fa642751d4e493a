"""``doctor --scores`` goes another way than the tallies: on rich evidence both arrive at the same, and a wrong tally is named."""

import random
from uuid import UUID

import asyncpg
import pytest

from api.cli.doctor import CheckTarget, run_checks
from api.rest.scoring import CONFIGURATION_BODY
from domain.directory.usecases.districts_and_clients import operator_actor
from domain.framework.responsibilities import Responsibility
from persistence.database.pool import ConnectionPool
from persistence.repositories.score_check import deviations
from persistence.unit_of_work import begin_unit_of_work
from tests.support.payloads import LEADERS, SELF, retract, visit
from tests.support.service import SECRET, serving

CODES = [r.value for r in Responsibility]
FORMS = ({"code": "month-walk", "version": "1"}, {"code": "other-walk", "version": "7"})
LEVELS = {"A": None, "B": ("not_yet", "emerging", "solid", "leading"), "C": None, "D": ("no", "yes"), "E": None, "Z": None}
SCALES = {"A": (1, 4), "B": (0, 3), "C": (5, 1), "D": (0, 1), "E": (-20, 80), "Z": (1, 4)}
SUPERVISORS = ("207247", "207288")


def instrument(form):
    elements = [{"code": c, "scale": {"worst": worst, "best": best}} for c, (worst, best) in SCALES.items()]
    for element in elements:
        if words := LEVELS[element["code"]]:
            element["levels"] = [{"code": word, "value": n} for n, word in enumerate(words)]
    return form | {"elements": elements}


def crosswalk(form, version, rng):
    """Each version maps otherwise; weights that add up to more than 1 are cut there; Z is never mapped."""
    pairs = rng.sample([(e, r) for e in "ABCDE" for r in CODES[:6]], 14)
    mappings = [
        {"element": e, "responsibility": r, "weight": 0.25 if e == "D" else rng.choice((0.1, 0.35, 0.8, 1.0))} for e, r in pairs
    ]
    return {"code": f"map-of-{form['code']}", "version": version, "instrument": form, "mappings": mappings}


def rating(element, rng):
    if rng.random() < 0.1:
        return element, None
    if (words := LEVELS[element]) and rng.random() < 0.7:
        return element, rng.choice(words)
    low, high = sorted(SCALES[element])
    return element, round(rng.uniform(low, high), rng.choice((0, 1, 5)))


def moment(rng):
    return f"{rng.choice((2019, 2024, 2026))}-0{rng.randrange(1, 10)}-1{rng.randrange(10)}T0{rng.randrange(10)}:30:15.{rng.randrange(1000):03}Z"


def random_operation(rng):
    """A push or a retraction of one of few things, in any order of versions."""
    name, version = f"v-{rng.randrange(40)}", str(rng.randrange(1, 6))
    if rng.random() < 0.15:
        return retract(name, version)
    seen = [rating(e, rng) for e in rng.sample(sorted(SCALES), rng.randrange(1, 6))]
    seen += [(r, rng.choice((1, 2.5, 4, 5, None))) for r in rng.sample(CODES[:8], rng.randrange(3))]
    changed = {"leader": {"sourced_id": rng.choice(LEADERS)}, "instrument": rng.choice(FORMS)}
    return visit(name, version, moment(rng), *seen, **changed)


def assessed(rng):
    """Few moments and two supervisors, so that which is the newest is often decided by the tie's rules."""
    worst, best = rng.choice(((1, 5), (4, 1), (0, 100)))
    low, high = sorted((worst, best))
    rated = [{"responsibility": r, "value": rng.randint(low, high)} for r in rng.sample(CODES[:5], rng.randrange(1, 5))]
    said = SELF | {
        "scale": {"worst": worst, "best": best},
        "ratings": rated,
        "assessed_at": f"2026-0{rng.randrange(1, 4)}-01T10:00:00Z",
    }
    if rng.random() < 0.8:
        said |= {"external_id": f"a-{rng.randrange(12)}", "external_version": str(rng.randrange(1, 5))}
    if rng.random() < 0.4:
        return "self", said
    return "supervisor", said | {"supervisor": {"sourced_id": rng.choice(SUPERVISORS)}}


async def checked(service, district):
    """What was compared and what is off."""
    tester = operator_actor("tests", UUID(str(district.id)))
    async with (
        ConnectionPool(service.database.app_url, size=1) as pool,
        begin_unit_of_work(pool, tester, read_only=True) as unit,
    ):
        return await deviations(unit.connection, UUID(str(district.id)))


async def taken(answer):
    assert answer.status_code in {200, 201, 409}, answer.text
    return answer.json()


async def play(service, seed):
    """A district with evidence of every kind that changes its mind: things replaced and taken back, rubrics mapped anew."""
    rng = random.Random(seed)  # noqa: S311 - the same in each run
    district = await service.district(f"District {seed}")
    http, kept = district.http, []
    mapped = {"systemAdministrator": "supervisor", "districtAdministrator": "supervisor"}
    assert (await http.put("/v1/roster/role-mapping", json=mapped)).status_code < 300
    for form in FORMS:
        assert (await http.post("/v1/instruments", json=instrument(form))).status_code == 201
    leaders = [await district.person(sourced_id) for sourced_id in LEADERS]
    for turn in range(4):
        for form in FORMS[: 1 + turn]:
            await taken(await http.post("/v1/crosswalks", json=crosswalk(form, str(turn + 1), rng)))
        answer = (await http.post("/v1/observations:batch", json={"items": [random_operation(rng) for _ in range(60)]})).json()
        assert {r["status"] for r in answer["results"]} <= {200, 201, 409}, answer
        for _ in range(12):
            kind, said = assessed(rng)
            made = await taken(await http.post(f"/v1/leaders/{rng.choice(leaders)}/{kind}-assessments", json=said))
            kept += [made["id"]] if "id" in made else []
        for taken_back in rng.sample(kept, 3):
            await taken(await http.post(f"/v1/assessments/{taken_back}:retract", json={}))
    body = CONFIGURATION_BODY | {"half_life_days": 91.5, "landmark": "2025-01-01T00:00:00Z"}
    assert (await http.post("/v1/configuration", json=body, headers={"If-Match": '"1"'})).status_code == 201
    answer = (await http.post("/v1/observations:batch", json={"items": [random_operation(rng) for _ in range(40)]})).json()
    assert {r["status"] for r in answer["results"]} <= {200, 201, 409}, answer
    return district


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_tallies_and_another_path_agree_on_rich_evidence(database, seed):
    async with serving(database) as service:
        district = await play(service, seed)
        compared, off = await checked(service, district)
        assert off == []
        assert compared > 30
        connection = await asyncpg.connect(database.admin_url)
        try:
            kinds = await connection.fetch("select source, count(*) as n from tally group by source")
        finally:
            await connection.close()
        assert {row["source"] for row in kinds} == {"observation", "supervisor", "self"}


WRONG = {
    "fw": "fw = fw * 1.00000001",
    "fwx": "fwx = fwx + 0.0001",
    "n": "n = n + 1",
    "sum_x": "sum_x = sum_x + 0.00001",
    "sum_xx": "sum_xx = sum_xx - 0.00001",
    "newest_at": "newest_at = newest_at + interval '1 ms'",
}


async def test_one_wrong_tally_is_named_with_what_is_wrong_and_by_how_much(database):
    async with serving(database) as service:
        district = await play(service, 4)
        patient = CheckTarget(app_url=database.app_url, owner_url=database.owner_url, secret=SECRET)
        connection = await asyncpg.connect(database.admin_url)
        try:
            one = await connection.fetchrow(
                "select * from tally where fw > 1 order by leader_id, responsibility, source limit 1"
            )
            at = "where leader_id = $1 and responsibility = $2 and source = $3"
            key = (one["leader_id"], one["responsibility"], one["source"])
            for what, wrong in WRONG.items():
                await connection.execute(f"update tally set {wrong} {at}", *key)
                [found] = [f for f in await run_checks(patient, scores=True) if not f.ok]
                assert f"District 4: leader {key[0]}, {key[1]}, {key[2]}: {what} is " in found.detail
                assert "evenkeel rebuild --district" in found.remedy
                await connection.execute(
                    f"update tally set fw = $4, fwx = $5, n = $6, sum_x = $7, sum_xx = $8, newest_at = $9 {at}",
                    *key,
                    *(one[name] for name in WRONG),
                )
            await connection.execute(f"delete from tally {at}", *key)
            _, off = await checked(service, district)
            assert {(d.leader_id, d.stored) for d in off} == {(key[0], "None")}
        finally:
            await connection.close()
