"""People see where they are signed in and end it, over REST and GraphQL; how they stand is read at every request."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx
import pytest

from domain.directory.redirect_uris import ClientKind
from domain.directory.usecases.districts_and_clients import operator_actor
from domain.oauth.usecases import list_sessions, revoke_sessions
from domain.shared.ids import PersonId, SessionId
from persistence.bearer_status import PgBearerStatus
from persistence.unit_of_work import begin_unit_of_work
from tests.support.live_server import LiveServer, live_server
from tests.support.oauth_app import BACK, VERIFIER, challenge_of
from tests.support.oauth_server import SignedInPerson
from tests.support.postgres import Database
from tests.support.rest_graphql_driver import GraphQL, Rest

ORG = "insert into org (district_id, id, name, type, active) values ($1, $2, 'Lake School', $3, true)"
ASSIGN = """
insert into assignment (district_id, id, person_id, org_id, role_sent, role_type, role, active, ended_at)
values ($1, $2, $3, $4, 'sent', 'primary', $5, $6, case when $6 then null else now() end)
"""


@pytest.fixture
async def instance(module_database: Database) -> AsyncIterator[LiveServer]:
    async with live_server(module_database) as made:
        yield made


@dataclass
class SignedInApp:
    """A person signed in with one app."""

    http: httpx.AsyncClient
    refresh_token: str


async def signed_in(instance: LiveServer, somebody: SignedInPerson) -> SignedInApp:
    made = await instance.client(somebody.district_id, ClientKind.BROWSER, redirect_uris=(BACK,))
    asked = {"client_id": made.client.client_id, "redirect_uri": BACK, "response_type": "code", "scope": "offline_access"}
    asked |= {"code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256"}
    back = await instance.browse(str(httpx.URL("/oauth/authorize", params=asked)), somebody)
    form = {
        "grant_type": "authorization_code",
        "client_id": asked["client_id"],
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    }
    http = httpx.AsyncClient(base_url=instance.url)
    answer = await http.post("/oauth/token", data=form | {"code": dict(parse_qsl(urlsplit(back).query))["code"]})
    http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return SignedInApp(http, answer.json()["refresh_token"])


@pytest.mark.parametrize("driver", ["rest", "graphql"])
async def test_a_person_sees_their_own_devices_and_ends_them(instance: LiveServer, driver: str):
    district_id = await instance.district()
    ada, eve = await instance.person(district_id), await instance.person(district_id, "Eve")
    phone, tablet, other = await signed_in(instance, ada), await signed_in(instance, ada), await signed_in(instance, eve)

    def driven(app: SignedInApp) -> Any:
        return Rest(app.http, instance.app) if driver == "rest" else GraphQL(app.http)

    items = (await driven(phone).made(list_sessions))["items"]
    assert [item["current"] for item in items] == [False, True], "the newest first"
    [mine] = (await driven(other).made(list_sessions))["items"]
    strange = await driven(phone).expect_error(revoke_sessions, {"session_ids": [items[0]["id"], mine["id"]]})
    assert strange == (422, "not_found", "never", [("/session_ids/1", "not_found")])
    assert (await tablet.http.get("/v1/me/sessions")).status_code == 200, "nothing was half-done"
    for revoked in (1, 0):
        assert await driven(phone).made(revoke_sessions, {"session_ids": [items[0]["id"]]}) == {"revoked": revoked}
    assert (await tablet.http.get("/v1/me/sessions")).status_code == 401
    assert len((await driven(phone).made(list_sessions))["items"]) == 1
    for app in (phone, tablet, other):
        await app.http.aclose()


async def test_whoever_is_sent_away_is_out_in_the_same_transaction(instance: LiveServer):
    district_id = await instance.district()
    ada = await instance.person(district_id)
    phone = await signed_in(instance, ada)
    async with begin_unit_of_work(instance.served, operator_actor("tests", district_id)) as unit:
        assert await unit.sessions.revoke_all_of([ada.person_id], ada.auth_time.now(ada.auth_time.tzinfo)) == 1
    assert (await phone.http.get("/v1/me/sessions")).status_code == 200, "undone with its transaction"
    async with begin_unit_of_work(instance.served, operator_actor("tests", district_id)) as unit:
        await unit.sessions.revoke_all_of([ada.person_id], ada.auth_time.now(ada.auth_time.tzinfo))
        await unit.commit()
    assert (await phone.http.get("/v1/me/sessions")).status_code == 401
    await phone.http.aclose()


async def test_a_person_stands_as_their_active_assignments_say(instance: LiveServer):
    district_id = await instance.district()
    ada = await instance.person(district_id)
    phone = await signed_in(instance, ada)
    school, office = uuid4(), uuid4()
    async with begin_unit_of_work(instance.served, operator_actor("tests", district_id)) as unit:
        await unit.connection.execute(ORG, district_id, school, "school")
        await unit.connection.execute(ORG, district_id, office, "district")
        rows = ((school, "teacher", True), (office, "district_admin", True), (school, "principal", False), (school, None, True))
        for org, role, active in rows:
            await unit.connection.execute(ASSIGN, district_id, uuid4(), ada.person_id, org, role, active)
        session_id = await unit.connection.fetchval("select id from session where person_id = $1", ada.person_id)
        await unit.commit()
    standing_of = PgBearerStatus(instance.served).person_context
    standing = await standing_of(district_id, ada.person_id, SessionId(session_id))
    assert standing is not None
    # An administrator by the roster alone needs a grant; who led once leads still, in the sense of having a profile.
    assert (standing.roles, standing.schools, standing.leads) == ({"teacher"}, {school}, True)
    assert await standing_of(district_id, PersonId(uuid4()), SessionId(session_id)) is None
    assert await standing_of(await instance.district(), ada.person_id, SessionId(session_id)) is None
    await phone.http.aclose()
