"""The token endpoint: who gets a token, with which scopes, and how everybody else is refused."""

import asyncio
import base64
import logging

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.support.oauth_server import FORM, URL, OAuthServer


def basic(text: bytes) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(text).decode()}


async def test_client_authenticates_by_http_basic(oauth_server: OAuthServer):
    client = await oauth_server.client((await oauth_server.district()).id)
    answer = await oauth_server.ask(client)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert "refresh_token" not in body
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")


async def test_client_authenticates_in_the_form(oauth_server: OAuthServer):
    client = await oauth_server.client((await oauth_server.district()).id)
    credentials = {"client_id": client.client.client_id, "client_secret": client.client_secret}
    answer = await oauth_server.http.post("/oauth/token", data=FORM | credentials)
    assert answer.status_code == 200


async def test_two_ways_at_once_are_refused(oauth_server: OAuthServer):
    client = await oauth_server.client((await oauth_server.district()).id)
    answer = await oauth_server.ask(client, client_secret=client.client_secret)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_client_id_repeated_beside_basic_is_no_second_way(oauth_server: OAuthServer):
    client = await oauth_server.client((await oauth_server.district()).id)
    assert (await oauth_server.ask(client, client_id=client.client.client_id)).status_code == 200
    assert (await oauth_server.ask(client, client_id="somebody-else")).status_code == 400


async def test_absent_scope_means_all_that_is_registered(oauth_server: OAuthServer):
    client = await oauth_server.client((await oauth_server.district()).id, "scores:read", "directory:read")
    assert (await oauth_server.ask(client)).json()["scope"] == "directory:read scores:read"
    assert (await oauth_server.ask(client, scope="")).json()["scope"] == "directory:read scores:read"


async def test_unknown_and_unregistered_scopes_are_dropped(oauth_server: OAuthServer):
    client = await oauth_server.client((await oauth_server.district()).id, "scores:read", "directory:read")
    asked = "scores:read roster:write everything"
    assert (await oauth_server.ask(client, scope=asked)).json()["scope"] == "scores:read"


@pytest.mark.parametrize("scope", ["everything", "roster:write", "   "])
async def test_nothing_granted_never_becomes_everything(oauth_server: OAuthServer, scope: str):
    client = await oauth_server.client((await oauth_server.district()).id)
    answer = await oauth_server.ask(client, scope=scope)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    assert answer.headers["cache-control"] == "no-store"


async def test_token_is_a_jwt_as_rfc_9068_has_it(oauth_server: OAuthServer):
    district = await oauth_server.district()
    client = await oauth_server.client(district.id, "scores:read", origin="walks")
    token = await oauth_server.token(client)
    decoded = jwt.decode(
        token, KeySet.import_key_set((await oauth_server.http.get("/oauth/jwks")).json()), algorithms=["ES256"]
    )
    keys = (await oauth_server.http.get("/oauth/jwks")).json()["keys"]
    assert decoded.header == {"alg": "ES256", "typ": "at+jwt", "kid": keys[0]["kid"]}
    claims = decoded.claims
    assert (claims["iss"], claims["aud"]) == (URL, f"{URL}/v1")
    assert claims["sub"] == claims["client_id"] == client.client.client_id
    assert claims["exp"] - claims["iat"] == 3600
    assert len(claims["jti"]) >= 16
    assert (claims["scope"], claims["district_id"], claims["origin"]) == ("scores:read", str(district.id), "walks")


async def test_wrong_secret_unknown_and_revoked_client_are_refused_alike(oauth_server: OAuthServer):
    district = await oauth_server.district()
    good, gone = await oauth_server.client(district.id), await oauth_server.client(district.id)
    await oauth_server.revoke(district.id, gone.client.client_id)
    pairs = (
        (good.client.client_id, "wrong"),
        ("nobody", "wrong"),
        (gone.client.client_id, gone.client_secret),
        (good.client.client_id, ""),
        ("", ""),
    )
    by_basic = [await oauth_server.http.post("/oauth/token", data=FORM, auth=pair) for pair in pairs]
    in_form = [await oauth_server.http.post("/oauth/token", data=FORM | {"client_id": i, "client_secret": s}) for i, s in pairs]
    nothing = await oauth_server.http.post("/oauth/token", data=FORM)
    answers = [*by_basic, *in_form, nothing]
    assert {a.status_code for a in answers} == {401}
    assert len({a.text for a in answers}) == 1
    assert {a.json()["error"] for a in answers} == {"invalid_client"}
    assert all(a.headers["www-authenticate"].startswith('Basic realm="') for a in answers)


@pytest.mark.parametrize(
    "header",
    [
        {"Authorization": "Basic !!!not base64!!!"},
        {"Authorization": "Basic"},
        {"Authorization": "Basic "},
        basic(b"\xff\xfe:\xff"),
        basic(b"no-colon"),
        basic(b":"),
        basic(b"nul\x00id:secret"),
        basic(b"%00:secret"),
        basic(b"%ff%fe:secret"),
        basic("naïve:secret".encode()),
        {"Authorization": "Bearer abc"},
        {"Authorization": "Basic " + "A" * 7000},
        basic(b"' or 1=1 --:x"),
    ],
)
async def test_hostile_basic_header_is_an_unknown_client(oauth_server: OAuthServer, header: dict[str, str]):
    answer = await oauth_server.http.post("/oauth/token", data=FORM, headers=header)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "invalid_request"),
        (b"grant_type=", "invalid_request"),
        (b"scope=a", "invalid_request"),
        (b"grant_type=password&username=a&password=b", "unsupported_grant_type"),
        (b"grant_type=implicit", "unsupported_grant_type"),
        (b"grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        (b"grant_type=client_credentials&scope=a&scope=b", "invalid_request"),
        (b"grant_type=client_credentials&scope=&scope=b", "invalid_request"),
        (b"grant_type=client_credentials&client_id=a%00b&client_secret=x", "invalid_request"),
        (b"grant_type=client_credentials&client_id=%ff%fe&client_secret=x", "invalid_request"),
        (b"grant_type=client_credentials&client_id=a&client_secret=%00", "invalid_request"),
        (b"grant_type=%22%5C%0d%0aSet-Cookie:x", "invalid_request"),
        (b"grant_type=client_credentials&scope=%0d%0a", "invalid_request"),
        (b"grant_type=\xff", "invalid_request"),
        (b"grant_type=client_credentials&x=" + b"a" * 17000, "invalid_request"),
        (b"&".join(b"a%d=b" % i for i in range(100)), "invalid_request"),
        (b'{"grant_type": "client_credentials"}', "invalid_request"),
    ],
)
async def test_hostile_body_is_refused_as_the_standard_says(oauth_server: OAuthServer, body: bytes, error: str):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await oauth_server.http.post("/oauth/token", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
async def test_other_media_types_are_refused(oauth_server: OAuthServer, content_type: str):
    answer = await oauth_server.http.post(
        "/oauth/token", content=b"grant_type=client_credentials", headers={"Content-Type": content_type}
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_secrets_in_the_url_are_refused(oauth_server: OAuthServer):
    client = await oauth_server.client((await oauth_server.district()).id)
    params = {"client_id": client.client.client_id, "client_secret": client.client_secret}
    answer = await oauth_server.http.post("/oauth/token", params=params, data=FORM)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_repeated_authorization_headers_are_refused(oauth_server: OAuthServer):
    pair = [("Authorization", "Basic YTpi"), ("Authorization", "Basic Yzpk")]
    headers = [*pair, ("Content-Type", "application/x-www-form-urlencoded")]
    answer = await oauth_server.http.post("/oauth/token", content=b"grant_type=client_credentials", headers=headers)
    assert answer.status_code == 400


async def test_unknown_parameters_are_ignored(oauth_server: OAuthServer):
    client = await oauth_server.client((await oauth_server.district()).id)
    assert (await oauth_server.ask(client, resource="https://x", audience="\x00")).status_code == 200


async def test_host_header_changes_nothing(oauth_server: OAuthServer):
    client = await oauth_server.client((await oauth_server.district()).id)
    auth = (client.client.client_id, client.client_secret)
    answer = await oauth_server.http.post("/oauth/token", data=FORM, auth=auth, headers={"Host": "evil.example"})
    assert answer.status_code == 200
    decoded = jwt.decode(answer.json()["access_token"], await oauth_server.keys.signing(), algorithms=["ES256"])
    assert decoded.claims["iss"] == URL


async def test_fifty_requests_of_two_districts_at_once_are_not_mixed_up(oauth_server: OAuthServer):
    clients = []
    for name in ("Grand Bend", "Northfield"):
        district = await oauth_server.district(name)
        clients.append((district, await oauth_server.client(district.id, origin=name.split()[0].lower())))
    work = [oauth_server.token(clients[i % 2][1]) for i in range(50)]
    tokens = await asyncio.gather(*work)
    assert len(set(tokens)) == 50
    for i, token in enumerate(tokens):
        district, client = clients[i % 2]
        seen = (await oauth_server.whoami(token)).json()
        assert (seen["id"], seen["district_id"]) == (client.client.client_id, str(district.id))


async def test_nothing_is_left_checked_out_or_open(oauth_server: OAuthServer):
    client = await oauth_server.client((await oauth_server.district()).id)
    await asyncio.gather(*(oauth_server.ask(client, scope=s) for s in ("scores:read", "nothing", "") * 5))
    async with oauth_server.app.connection() as connection:
        assert not connection.is_in_transaction()
    assert oauth_server.connections_in_use() == 0


async def test_no_log_holds_a_token_or_a_secret(oauth_server: OAuthServer, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    client = await oauth_server.client((await oauth_server.district()).id)
    token = await oauth_server.token(client)
    await oauth_server.whoami(token)
    assert token not in caplog.text
    assert token.rsplit(".", 1)[1] not in caplog.text
    assert client.client_secret not in caplog.text
    assert client.client_secret not in repr(client)
