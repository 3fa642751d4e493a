"""Twice is once whatever becomes of the installation's key; and who was named can't be guessed from what is kept."""

import json

import asyncpg
import pytest

from api.cli.key_rotation import rotate
from api.demo.seeder import APP_SCOPES
from api.execution.content_hash import content_hash, digest_keyer
from api.runtime.environment import CONTENT_DIGEST_PURPOSE
from api.security.encryption import derive_key
from api.wire.request_validation import validate_json
from domain.assessments.usecases import assess_self
from domain.change.usecases.groups import create_group
from domain.change.usecases.initiatives import create_initiative
from domain.observations.commands import PushObservation
from domain.observations.usecases.push import push_observation
from tests.support.payloads import CORE, PLAN, SELF, visit
from tests.support.rest_graphql_driver import Rest
from tests.support.service import SECRET, serving

OTHER_KEY = "the key of tomorrow, of more than thirty-two"
KEYS = "select digest from push_head where digest is not null order by thing, external_id"


async def rows(database, statement, *values):
    connection = await asyncpg.connect(database.admin_url)
    try:
        return [row[0] for row in await connection.fetch(statement, *values)]
    finally:
        await connection.close()


async def everything(driver, leader) -> dict:
    """One push of each kind, and one in a batch; what came of each."""
    walk = visit("v-1", "1", "2026-03-02T14:00:00Z", ("focus", 3))
    own = {"leader_id": leader} | SELF | {"external_id": "a-1", "ratings": [{"responsibility": "focus", "value": 4}]}
    plan = await driver.made(create_initiative, PLAN | {"external_id": "i-1"})
    group = await driver.made(create_group, CORE | {"initiative_id": plan["id"], "external_id": "g-1"})
    batch = await driver.http.post("/v1/observations:batch", json={"items": [walk | {"external_id": "v-2"}]})
    return {
        "visit": (await driver.made(push_observation, walk))["outcome"],
        "assessment": (await driver.made(assess_self, own))["outcome"],
        "initiative": plan["outcome"],
        "group": group["outcome"],
        "batch": batch.json()["results"][0]["outcome"],
    }


def all_are(outcome) -> dict:
    return dict.fromkeys(("visit", "assessment", "initiative", "group", "batch"), outcome)


async def driver_of(service, district_id) -> Rest:
    return Rest(await service.client(district_id, APP_SCOPES, "app"), service.app)


@pytest.fixture
async def pushed(database):
    """A database in which a district pushed one thing of each kind; its id, and its leader's."""
    async with serving(database) as service:
        district = await service.district()
        leader = await district.person("207267")
        assert await everything(Rest(district.http, service.app), leader) == all_are("created")
        return database, district.id, leader


async def test_what_is_kept_of_a_push_is_no_plain_hash_of_it(pushed):
    database, _, _ = pushed
    walk = visit("v-1", "1", "2026-03-02T14:00:00Z", ("focus", 3))
    plain = content_hash(validate_json(PushObservation, json.dumps(walk).encode()))
    kept = await rows(database, "select digest from push_head where external_id = 'v-1'")
    assert kept == [digest_keyer(derive_key(SECRET, CONTENT_DIGEST_PURPOSE))(plain)]
    assert plain not in b"".join(await rows(database, KEYS))


async def test_a_repeat_is_unchanged_while_the_earlier_key_is_known_and_after_it_is_gone(pushed):
    database, district_id, leader = pushed
    before = await rows(database, KEYS)
    await rotate(database.owner_url, (OTHER_KEY, SECRET))
    for previous in ((SECRET,), ()):
        async with serving(database, secret=OTHER_KEY, previous_secrets=previous) as service:
            assert await everything(await driver_of(service, district_id), leader) == all_are("unchanged")
    after = await rows(database, KEYS)
    assert not set(before) & set(after)
    async with serving(database, secret=OTHER_KEY) as service:
        driver = await driver_of(service, district_id)
        other = visit("v-1", "1", "2026-03-02T14:00:00Z", ("focus", 5))
        answer = await driver.http.post("/v1/observations", json=other)
        assert (answer.status_code, answer.json()["code"]) == (409, "version_reused")
        assert await rows(database, KEYS) == after


async def test_a_repeat_is_unchanged_and_keyed_anew_where_the_earlier_key_was_forgotten_at_once(pushed):
    database, district_id, leader = pushed
    before = await rows(database, KEYS)
    await rotate(database.owner_url, (OTHER_KEY, SECRET))
    async with serving(database, secret=OTHER_KEY) as service:
        assert await everything(await driver_of(service, district_id), leader) == all_are("unchanged")
    assert not set(before) & set(await rows(database, KEYS))
