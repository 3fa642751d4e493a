"""A client that proves itself by assertions (RFC 7523), and everything that is no proof."""

import asyncio
import base64
import json
import time
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from domain.directory.redirect_uris import ClientKind
from tests.support.oauth_server import URL, OAuthServer

KEY = ECKey.generate_key("P-256", {"use": "sig"}, auto_kid=True)
OTHER = ECKey.generate_key("P-256", {"use": "sig"}, auto_kid=True)
RSA = RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)
ED = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
JWKS = KeySet([ECKey.import_key(KEY.as_dict(private=False)), RSA, ED]).as_dict(private=False)


async def machine(oauth_server: OAuthServer) -> str:
    district = await oauth_server.district()
    return (await oauth_server.register(district.id, ClientKind.MACHINE, jwks=JWKS)).client.client_id


def assertion(client_id: str, key: Any = KEY, alg: str = "ES256", header: Any = None, **changes: Any) -> str:
    now = int(time.time())
    made = {"iss": client_id, "sub": client_id, "aud": URL, "iat": now, "exp": now + 60, "jti": str(uuid4())}
    claims = {name: value for name, value in (made | changes).items() if value is not ...}
    return jwt.encode({"alg": alg, "kid": key.kid} | (header or {}), claims, key, algorithms=[alg])


async def sent(oauth_server: OAuthServer, text: str, **form: str) -> Any:
    made = {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": text}
    return await oauth_server.http.post("/oauth/token", data=made | form)


@pytest.mark.filterwarnings("ignore:EdDSA")
@pytest.mark.parametrize(("key", "alg"), [(KEY, "ES256"), (RSA, "RS256"), (RSA, "PS256"), (ED, "EdDSA"), (ED, "Ed25519")])
async def test_a_key_that_is_registered_is_a_proof(oauth_server: OAuthServer, key: Any, alg: str):
    client_id = await machine(oauth_server)
    answer = await sent(oauth_server, assertion(client_id, key, alg))
    assert answer.status_code == 200, answer.text
    assert (await oauth_server.whoami(answer.json()["access_token"])).json()["id"] == client_id


@pytest.mark.parametrize("audience", [URL, f"{URL}/oauth/token", [URL]])
async def test_it_is_for_us(oauth_server: OAuthServer, audience: Any):
    assert (await sent(oauth_server, assertion(await machine(oauth_server), aud=audience))).status_code == 200


async def test_it_serves_once(oauth_server: OAuthServer):
    text = assertion(await machine(oauth_server))
    assert (await sent(oauth_server, text)).status_code == 200
    assert (await sent(oauth_server, text)).status_code == 401


async def test_of_ten_at_once_one_serves(oauth_server: OAuthServer):
    text = assertion(await machine(oauth_server))
    answers = await asyncio.gather(*(sent(oauth_server, text) for _ in range(10)))
    assert sorted(a.status_code for a in answers) == [200] + [401] * 9


async def test_two_clients_may_have_the_same_jti(oauth_server: OAuthServer):
    for _ in range(2):
        assert (await sent(oauth_server, assertion(await machine(oauth_server), jti="same"))).status_code == 200


NOW = int(time.time())
WRONG: dict[str, Any] = {
    "another audience": {"aud": "https://evil.example.org"},
    "two audiences": {"aud": [URL, "https://evil.example.org"]},
    "no audience": {"aud": ...},
    "our resource": {"aud": f"{URL}/v1"},
    "expired": {"exp": NOW - 60},
    "no end": {"exp": ...},
    "an end far away": {"exp": NOW + 86_400},
    "an end at the end of time": {"exp": 10**30},
    "an end that is no number": {"exp": "tomorrow"},
    "not begun": {"nbf": NOW + 3600},
    "no jti": {"jti": ...},
    "a jti that is a list": {"jti": ["a"]},
    "a jti without end": {"jti": "a" * 300},
    "an empty jti": {"jti": ""},
    "another issuer": {"iss": "somebody"},
    "no issuer": {"iss": ...},
    "no subject": {"sub": ...},
    "a subject that is a number": {"sub": 7},
    "an unknown subject": {"sub": "nobody", "iss": "nobody"},
    "a subject with a nul": {"sub": "a\x00b", "iss": "a\x00b"},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
async def test_claims_that_are_wrong_prove_nothing(oauth_server: OAuthServer, changes: dict[str, Any]):
    answer = await sent(oauth_server, assertion(await machine(oauth_server), **changes))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_key_nobody_registered_proves_nothing(oauth_server: OAuthServer):
    client_id = await machine(oauth_server)
    mine = OTHER.as_dict(private=False)
    for header in (
        {},
        {"kid": KEY.kid},
        {"jwk": mine},
        {"kid": KEY.kid, "jwk": mine},
        {"jku": "https://evil.example.org/jwks"},
    ):
        assert (await sent(oauth_server, assertion(client_id, OTHER, header=header))).status_code == 401


async def test_a_public_key_is_no_secret_and_none_is_no_algorithm(oauth_server: OAuthServer):
    client_id = await machine(oauth_server)
    public = OctKey.import_key(json.dumps(KEY.as_dict(private=False)))
    assert (await sent(oauth_server, assertion(client_id, public, "HS256", {"kid": KEY.kid}))).status_code == 401
    _, claims, _ = assertion(client_id).split(".")
    for alg in ("none", "None", "NONE"):
        head = base64.urlsafe_b64encode(json.dumps({"alg": alg, "kid": KEY.kid}).encode()).rstrip(b"=").decode()
        assert (await sent(oauth_server, f"{head}.{claims}.")).status_code == 401


@pytest.mark.parametrize("text", ["x", "a.b.c", "..", "e30.e30.e30", "e30.W10.e30", "a" * 9000])
async def test_what_is_no_jwt_is_refused(oauth_server: OAuthServer, text: str):
    assert (await sent(oauth_server, text)).status_code in {400, 401}


async def test_an_assertion_beside_another_proof_is_refused(oauth_server: OAuthServer):
    client_id = await machine(oauth_server)
    assert (await sent(oauth_server, assertion(client_id), client_id=client_id)).status_code == 200
    assert (await sent(oauth_server, assertion(client_id), client_id="somebody")).status_code == 401
    assert (await sent(oauth_server, assertion(client_id), client_id=client_id, client_secret="x")).status_code == 400


async def test_whoever_registered_a_key_needs_it_and_whoever_has_a_secret_has_no_key(oauth_server: OAuthServer):
    district = await oauth_server.district()
    secret = await oauth_server.client(district.id)
    assert (await sent(oauth_server, assertion(secret.client.client_id))).status_code == 401
    client_id = await machine(oauth_server)
    form = {"grant_type": "client_credentials", "client_id": client_id}
    assert (await oauth_server.http.post("/oauth/token", data=form)).status_code == 401
    assert (await oauth_server.http.post("/oauth/token", data=form | {"client_secret": ""})).status_code == 401
