"""In the demo people sign in, and each sees what their role allows and nothing else."""

from contextlib import asynccontextmanager
from types import SimpleNamespace

import httpx
import pytest
import pytest_asyncio

from api.app import AppConfig, create_app
from api.demo.districts import seed_demo
from api.demo.seeder import CLOCK, SEED
from api.execution.ids import SeededIdGenerator
from api.runtime.environment import build_environment
from persistence.database.pool import ConnectionPool
from tests.support.audit_sealing import final
from tests.support.browser_login import App
from tests.support.service import PUBLIC_URL, SECRET

pytestmark = pytest.mark.asyncio(loop_scope="module")


@asynccontextmanager
async def signed_in(app, person):
    """An HTTP client that carries a token of that person, got as people get one."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as browser:
        token = await App(browser, PUBLIC_URL).sign_in("grand-bend", person.username, person.password)
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL, headers=headers) as http:
        yield http


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(module_database):
    """The application over a demo just made, its district and its people by role."""
    ids = SeededIdGenerator(SEED, lambda: CLOCK)
    owner, served = (ConnectionPool(url, size=2) for url in (module_database.owner_url, module_database.app_url))
    worlds = [build_environment(pool, SECRET, clock=lambda: CLOCK, new_id=ids) for pool in (owner, served)]
    made, _ = await seed_demo(*worlds, report=lambda _: None)
    await owner.close()
    await served.close()
    app = create_app(AppConfig(database_url=module_database.app_url, public_url=PUBLIC_URL, secret=SECRET))
    async with app.router.lifespan_context(app):
        yield app, made, {person.role: person for person in made.people}


async def test_each_signs_in_and_is_who_they_are(demo):
    app, made, people = demo
    assert set(people) == {"principal", "supervisor", "teacher", "district_admin"}
    told = {}
    for role, person in people.items():
        async with signed_in(app, person) as http:
            me = (await http.get("/v1/me")).json()
            assert (me["id"], me["district_id"], me["supporter_id"]) == (str(person.id), str(made.id), None)
            told[role] = me
    principal = str(people["principal"].id)
    assert told["principal"]["leads"]
    assert told["supervisor"]["supervises"] == [principal]
    assert told["district_admin"]["roles"] == ["district_admin"]
    assert told["teacher"]["roles"] == ["teacher"]


async def test_each_sees_what_their_role_allows_and_nothing_else(demo):
    app, made, people = demo
    leader = people["principal"].id
    asked = (
        f"/v1/leaders/{leader}/profile",
        f"/v1/initiatives/{made.initiative_id}/recommendations",
        f"/v1/people/{people['supervisor'].id}",
        "/v1/role-grants",
        "/v1/audit",
    )
    seen = {}
    for role, person in people.items():
        async with signed_in(app, person) as http:
            statuses = [(await http.get(path)).status_code for path in asked]
            initiatives = len((await http.get("/v1/initiatives")).json().get("items", ()))
            observations = bool((await http.get("/v1/observations")).json().get("items"))
            seen[role] = (statuses, initiatives, observations)
    assert seen == {
        #                   profile advice person grants audit initiatives observations
        "principal": ([200, 200, 404, 403, 403], 1, True),
        "supervisor": ([200, 200, 200, 403, 403], 1, True),
        # the token of the built-in app has no scope for what no role of a teacher reaches
        "teacher": ([403, 403, 404, 403, 403], 0, False),
        "district_admin": ([403, 404, 200, 200, 200], 0, False),
    }


async def test_what_was_read_stands_in_the_trail_under_the_name_of_no_one(demo, module_database):
    app, _, people = demo
    async with signed_in(app, people["supervisor"]) as http:
        assert (await http.get(f"/v1/leaders/{people['principal'].id}/profile")).status_code == 200
    await final(SimpleNamespace(database=module_database))
    async with signed_in(app, people["district_admin"]) as http:
        told = (await http.get("/v1/audit", params={"object_id": str(people["principal"].id), "action": "read_profile"})).json()
    read = [event for event in told["items"] if event["actor_id"] == str(people["supervisor"].id)]
    assert read
    assert read[0]["actor_kind"] == "person"


async def test_support_is_by_consent_for_a_while_and_both_are_in_the_trail(demo, module_database):
    app, _, people = demo
    leader, admin = people["principal"], people["district_admin"]
    profile, as_leader = f"/v1/leaders/{leader.id}/profile", {"Acting-For": str(leader.id)}
    async with signed_in(app, admin) as helper, signed_in(app, leader) as helped:
        refused = await helper.get(profile, headers=as_leader)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_consented")
        consent = {"supporter": {"id": str(admin.id)}, "minutes": 5}
        assert (await helped.post("/v1/me/support-consents", json=consent)).status_code == 200
        assert (await helper.get(profile, headers=as_leader)).status_code == 200
        for path in ("/v1/me", "/v1/me/notes", "/v1/role-grants", "/v1/me/sessions", "/v1/jobs"):
            answer = await helper.get(path, headers=as_leader)
            assert (answer.status_code, answer.json()["code"]) == (403, "not_consented"), path
        await final(SimpleNamespace(database=module_database))
        trail = (await helper.get("/v1/audit", params={"object_id": str(leader.id), "action": "read_profile"})).json()["items"]
        assert {"actor_id": str(leader.id), "supporter_id": str(admin.id)}.items() <= trail[-1].items()
        await helped.post(f"/v1/me/support-consents/{admin.id}:withdraw", json={})
        assert (await helper.get(profile, headers=as_leader)).status_code == 403
        assert (await helped.get(profile, headers={"Acting-For": str(admin.id)})).status_code == 403
        assert (await helper.get(profile, headers={"Acting-For": "x"})).status_code == 422
