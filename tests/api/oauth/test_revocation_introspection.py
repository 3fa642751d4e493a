"""Tokens given back (RFC 7009), and what others may learn of them (RFC 7662)."""

from typing import Any

import httpx
import pytest

from tests.support.oauth_app import native_app, web_app
from tests.support.oauth_server import OAuthServer


async def active(oauth_server: OAuthServer, client: Any, token: str) -> bool:
    found = await introspect(oauth_server, client, token)
    if not found["active"]:
        assert found == {"active": False}
    return bool(found["active"])


async def introspect(oauth_server: OAuthServer, client: Any, token: str, **form: str) -> dict[str, Any]:
    auth = (client.client.client_id, client.client_secret)
    answer = await oauth_server.http.post("/oauth/introspect", data={"token": token} | form, auth=auth)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "wish", None])
async def test_a_token_given_back_ends_its_family_at_once(oauth_server: OAuthServer, which: str, hint: str | None):
    app, _ = await native_app(oauth_server)
    body, other = await app.tokens(), await app.tokens()
    form = {"token": body[which]} | ({"token_type_hint": hint} if hint else {})
    for _ in range(2):
        answer = await app.post("/oauth/revoke", **form)
        assert (answer.status_code, answer.json()) == (200, {})
    assert (await app.whoami(body["access_token"])).status_code == 401
    assert (await app.refresh(body["refresh_token"])).status_code == 400
    assert (await app.whoami(other["access_token"])).status_code == 200, "the other device stays"


async def test_a_refresh_token_that_was_replaced_names_its_family_still(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    first = await app.tokens()
    second = (await app.refresh(first["refresh_token"])).json()
    await app.post("/oauth/revoke", token=first["refresh_token"])
    assert (await app.whoami(second["access_token"])).status_code == 401


@pytest.mark.parametrize("token", ["x", "evkr_" + "0" * 32 + "A" * 43, "a.b.c", "e30.e30.e30", "a" * 5000])
async def test_a_token_that_is_not_known_is_given_back_already(oauth_server: OAuthServer, token: str):
    app, _ = await web_app(oauth_server)
    assert (await app.post("/oauth/revoke", token=token)).status_code == 200


async def test_who_gives_back_must_be_the_client_it_is_of(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    body = await app.tokens()
    assert (await oauth_server.http.post("/oauth/revoke", data={"token": body["refresh_token"]})).status_code == 401
    other = await oauth_server.client(ada.district_id)
    stranger = await oauth_server.client((await oauth_server.district()).id)
    for client, status in ((other, 400), (stranger, 200)):
        auth = (client.client.client_id, client.client_secret or "")
        for which in ("refresh_token", "access_token"):
            answer = await oauth_server.http.post("/oauth/revoke", data={"token": body[which]}, auth=auth)
            assert answer.status_code == status
    assert (await app.refresh(body["refresh_token"])).status_code == 200


async def test_a_machines_token_can_not_be_given_back_and_says_so(oauth_server: OAuthServer):
    client = await oauth_server.client((await oauth_server.district()).id)
    auth = (client.client.client_id, client.client_secret or "")
    answer = await oauth_server.http.post("/oauth/revoke", data={"token": await oauth_server.token(client)}, auth=auth)
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_token_type")


async def test_tokens_tell_those_of_their_district_what_they_are_good_for(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    body = await app.tokens("scores:read offline_access")
    machine = await oauth_server.client(ada.district_id)
    found = await introspect(oauth_server, machine, body["access_token"], token_type_hint="wish")
    assert (found["active"], found["token_type"], found["client_id"]) == (True, "Bearer", app.client_id)
    assert (found["sub"], found["district_id"]) == (str(ada.person_id), str(ada.district_id))
    assert found["scope"] == "offline_access scores:read"
    found = await introspect(oauth_server, app.client, body["refresh_token"])
    assert (found["active"], found["sub"], "token_type" in found) == (True, str(ada.person_id), False)
    own = await introspect(oauth_server, machine, await oauth_server.token(machine))
    assert (own["active"], own["sub"]) == (True, machine.client.client_id)


async def test_another_districts_tokens_are_not_active(oauth_server: OAuthServer):
    app, _ = await web_app(oauth_server)
    body = await app.tokens()
    stranger = await oauth_server.client((await oauth_server.district()).id)
    assert not await active(oauth_server, stranger, body["access_token"])
    assert not await active(oauth_server, stranger, body["refresh_token"])


async def test_a_token_that_is_over_is_not_active(oauth_server: OAuthServer):
    app, ada = await web_app(oauth_server)
    machine = await oauth_server.client(ada.district_id)
    body = await app.tokens()
    await app.refresh(body["refresh_token"])
    assert not await active(oauth_server, machine, body["refresh_token"]), "replaced"
    await app.post("/oauth/revoke", token=body["access_token"])
    assert not await active(oauth_server, machine, body["access_token"]), "revoked"
    for made_up in ("x", "a.b.c", body["access_token"][:-4] + "AAAA", (await app.tokens("openid"))["id_token"]):
        assert not await active(oauth_server, machine, made_up)
    last = await app.tokens()
    await oauth_server.do(ada.district_id, "update person set active = false, ended_at = now() where id = $1", ada.person_id)
    assert not await active(oauth_server, machine, last["access_token"]), "the person is out"


async def test_whoever_can_keep_no_secret_learns_nothing_of_tokens(oauth_server: OAuthServer):
    app, _ = await native_app(oauth_server)
    body = await app.tokens()
    for form in ({"client_id": app.client_id}, {}):
        answer = await oauth_server.http.post("/oauth/introspect", data={"token": body["access_token"]} | form)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("path", ["/oauth/revoke", "/oauth/introspect"])
async def test_without_a_token_there_is_nothing_to_say(oauth_server: OAuthServer, path: str):
    app, _ = await web_app(oauth_server)
    for form in ({}, {"token": ""}):
        answer: httpx.Response = await app.post(path, **form)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
