"""Clients register themselves where an administrator let them, and nowhere else."""

from typing import Any

import pytest

from domain.oauth.commands import RevokeInitialAccessTokens
from domain.oauth.usecases import revoke_initial_access_tokens
from tests.support.districts import context
from tests.support.oauth_app import BACK, App
from tests.support.oauth_registration import WALKS, create_initial_token, manage, register
from tests.support.oauth_server import URL, OAuthServer, operator_actor


async def test_a_web_application_registers_itself_and_is_let_in(oauth_server: OAuthServer):
    district = await oauth_server.district()
    answer = await register(oauth_server, (await create_initial_token(oauth_server, district.id)).token)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    made = answer.json()
    assert (made["scope"], made["token_endpoint_auth_method"]) == ("scores:read", "client_secret_basic")
    assert made["client_secret_expires_at"] == 0
    form = {"grant_type": "client_credentials"}
    refused = await oauth_server.http.post("/oauth/token", data=form, auth=(made["client_id"], made["client_secret"]))
    assert refused.json()["error"] == "unauthorized_client"
    app, ada = (
        await oauth_server.register(district.id, kind_of("web"), redirect_uris=(BACK,)),
        await oauth_server.person(district.id),
    )
    object.__setattr__(app.client, "client_id", made["client_id"])
    object.__setattr__(app, "client_secret", made["client_secret"])
    walks = App(oauth_server, app, oauth_server.browser(ada))
    assert (await walks.whoami((await walks.tokens("scores:read"))["access_token"])).status_code == 200


def kind_of(name: str) -> Any:
    from domain.directory.redirect_uris import ClientKind

    return ClientKind(name)


async def test_a_machine_registers_itself_and_gets_a_token(oauth_server: OAuthServer):
    district = await oauth_server.district()
    said = {"grant_types": ["client_credentials"], "redirect_uris": ...}
    made = (await register(oauth_server, (await create_initial_token(oauth_server, district.id)).token, **said)).json()
    auth = (made["client_id"], made["client_secret"])
    token = (await oauth_server.http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=auth)).json()
    who = (await oauth_server.whoami(token["access_token"])).json()
    assert (who["district_id"], who["scopes"]) == (str(district.id), ["scores:read"])


@pytest.mark.parametrize("token", ["", "x", "evki_" + "0" * 32 + "A" * 43, "evki_\u00e9", "a.b.c"])
async def test_nobody_registers_without_a_token_that_serves(oauth_server: OAuthServer, token: str):
    headers = {"Authorization": f"Bearer {token}".encode()}
    for sent in (headers, {}):
        answer = await oauth_server.http.post("/oauth/register", json=WALKS, headers=sent)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


async def test_a_token_that_is_revoked_or_over_registers_nobody(oauth_server: OAuthServer):
    district = await oauth_server.district()
    first, second = await create_initial_token(oauth_server, district.id), await create_initial_token(oauth_server, district.id)
    url = oauth_server.database.app_url
    ended = RevokeInitialAccessTokens(token_ids=(first.initial_access_token.id,))
    ctx = context(url, operator_actor("root", district.id), oauth_server.now())
    assert (await revoke_initial_access_tokens(ended, ctx)).revoked == 1
    assert (await revoke_initial_access_tokens(ended, ctx)).revoked == 0
    assert (await register(oauth_server, first.token)).status_code == 401
    assert (await register(oauth_server, second.token)).status_code == 201
    oauth_server.clock.at += 30 * 86_400
    assert (await register(oauth_server, second.token)).status_code == 401


async def test_another_district_can_not_be_written_into_a_token(oauth_server: OAuthServer):
    one, other = await oauth_server.district(), await oauth_server.district("Lake")
    token = (await create_initial_token(oauth_server, one.id)).token
    assert (await register(oauth_server, token.replace(one.id.hex, other.id.hex))).status_code == 401


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"redirect_uris": ["https://walks.example.org/back#x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://localhost/back"]}, "invalid_redirect_uri"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": BACK}, "invalid_client_metadata"),
        ({"scope": "roster:write"}, "invalid_client_metadata"),
        ({"scope": "admin:write"}, "invalid_client_metadata"),
        ({"scope": ""}, "invalid_client_metadata"),
        ({"scope": 7}, "invalid_client_metadata"),
        ({"grant_types": ["implicit"]}, "invalid_client_metadata"),
        ({"grant_types": ["client_credentials", "authorization_code"]}, "invalid_client_metadata"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "tls_client_auth"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        ({"jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}}, "invalid_client_metadata"),
        ({"jwks": []}, "invalid_client_metadata"),
        ({"client_name": "a\u0000b"}, "invalid_client_metadata"),
        ({"client_name": ""}, "invalid_client_metadata"),
    ],
)
async def test_what_can_not_be_registered_is_refused(oauth_server: OAuthServer, change: dict[str, Any], error: str):
    answer = await register(
        oauth_server, (await create_initial_token(oauth_server, (await oauth_server.district()).id)).token, **change
    )
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 5000, b"{" + b" " * 20_000 + b"}"])
async def test_what_is_no_registration_is_refused(oauth_server: OAuthServer, body: bytes):
    token = (await create_initial_token(oauth_server, (await oauth_server.district()).id)).token
    answer = await oauth_server.http.post("/oauth/register", content=body, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


async def test_a_registration_is_managed_by_its_own_token(oauth_server: OAuthServer):
    token = (await create_initial_token(oauth_server, (await oauth_server.district()).id)).token
    made, other = (await register(oauth_server, token)).json(), (await register(oauth_server, token)).json()
    assert made["registration_client_uri"] == f"{URL}/oauth/register/{made['client_id']}"
    read = (await manage(oauth_server, made, "GET")).json()
    assert "client_secret" not in read
    assert (read["client_name"], read["scope"]) == ("Walks", "scores:read")
    for stranger in (other["registration_access_token"], token, "x"):
        for method in ("GET", "PUT", "DELETE"):
            assert (await manage(oauth_server, made, method, stranger, client_id=made["client_id"])).status_code == 401
    said = WALKS | {"client_id": made["client_id"], "client_name": "Walks 2", "scope": "scores:read directory:read"}
    changed = await manage(oauth_server, made, "PUT", **said)
    assert (changed.json()["client_name"], changed.json()["scope"]) == ("Walks 2", "scores:read"), "scopes never widen"
    for wrong in ({"client_id": other["client_id"]}, {"registration_access_token": "x"}, {"application_type": "native"}):
        assert (await manage(oauth_server, made, "PUT", **said | wrong)).status_code == 400
    assert (await manage(oauth_server, made, "DELETE")).status_code == 204
    assert (await manage(oauth_server, made, "GET")).status_code == 401
    auth = (made["client_id"], made["client_secret"])
    answer = await oauth_server.http.post("/oauth/token", data={"grant_type": "refresh_token", "refresh_token": "x"}, auth=auth)
    assert answer.status_code == 401


async def test_a_client_that_the_operator_registered_has_nothing_to_manage(oauth_server: OAuthServer):
    client = (await oauth_server.client((await oauth_server.district()).id)).client.client_id
    for client_id in (client, "nobody", "evenkeel-native"):
        for token in ("x", "\x00" * 32):
            headers = {"Authorization": f"Bearer {token}".encode()}
            assert (await oauth_server.http.get(f"/oauth/register/{client_id}", headers=headers)).status_code == 401
