"""From a bearer token to an actor: what is believed, for how long, and every forgery that is not."""

import base64
import hmac
import json
import timeit
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from api.security.bearer_tokens import TokenVerifier, www_authenticate
from domain.directory.oauth_clients import RegisteredClient
from domain.shared.context import ActorKind
from domain.shared.errors import Unauthenticated
from domain.shared.ids import DistrictId

URL = "https://evenkeel.example.org"
DISTRICT = DistrictId(UUID("018f0000-0000-7000-8000-000000000001"))
NOW = 1_772_442_000.0
KEY = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
OTHER = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
PUBLIC = ECKey.import_key(KEY.as_dict(private=False))


def client(**changes: Any) -> RegisteredClient:
    made = {
        "client_id": "partner",
        "name": "Partner",
        "origin": "walks",
        "secret_sha256": bytes(32),
        "scopes": frozenset({"scores:read", "directory:read"}),
        "revoked_at": None,
        "districts": (DISTRICT,),
    }
    return RegisteredClient(**made | changes)


def claims(**changes: Any) -> dict[str, Any]:
    made = {
        "iss": URL,
        "aud": f"{URL}/v1",
        "sub": "partner",
        "client_id": "partner",
        "iat": int(NOW),
        "exp": int(NOW) + 3600,
        "jti": "one",
        "scope": "scores:read directory:read",
        "district_id": str(DISTRICT),
        "origin": "walks",
    }
    return {name: value for name, value in (made | changes).items() if value is not ...}


def signed(key: Any = KEY, *, typ: str = "at+jwt", alg: str = "ES256", kid: str | None = None, **changes: Any) -> str:
    header = {"alg": alg, "typ": typ, "kid": kid or KEY.kid}
    return jwt.encode(header, claims(**changes), key, algorithms=[alg])


def b64(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class Edge:
    """A verifier whose clock and register are in hand."""

    def __init__(self, size: int = 100) -> None:
        self.now, self.clients, self.looked_up = NOW, {"partner": client()}, 0
        self.verifier = TokenVerifier(public_url=URL, keys=self, find_client=self.find, clock=lambda: self.now, size=size)

    async def public(self, kid: str) -> ECKey | None:
        return {KEY.kid: PUBLIC}.get(kid)

    async def find(self, client_id: str) -> RegisteredClient | None:
        self.looked_up += 1
        return self.clients.get(client_id)

    async def actor(self, token: str) -> Any:
        return await self.verifier.authenticate(f"Bearer {token}")

    async def error(self, token: str) -> Unauthenticated:
        with pytest.raises(Unauthenticated) as caught:
            await self.actor(token)
        return caught.value


@pytest.fixture
async def edge() -> AsyncIterator[Edge]:
    return Edge()


async def test_a_good_token_names_client_district_origin_and_scopes(edge: Edge):
    actor = await edge.actor(signed(scope="scores:read"))
    assert (actor.kind, actor.id, actor.district_id, actor.origin) == (ActorKind.CLIENT, "partner", DISTRICT, "walks")
    assert actor.scopes == {"scores:read"}


async def test_scheme_is_read_without_letter_case(edge: Edge):
    assert (await edge.verifier.authenticate(f"bearer {signed()}")).id == "partner"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic abc", "abc"])
async def test_without_a_token_the_challenge_names_no_error(edge: Edge, header: str | None):
    with pytest.raises(Unauthenticated) as caught:
        await edge.verifier.authenticate(header)
    headers: Any = caught.value.extensions["headers"]
    assert headers["WWW-Authenticate"] == f'Bearer resource_metadata="{URL}/.well-known/oauth-protected-resource/v1"'


async def test_a_bad_token_is_named_invalid(edge: Edge):
    headers: Any = (await edge.error("abc")).extensions["headers"]
    assert headers["WWW-Authenticate"].endswith('error="invalid_token"')


def test_a_missing_scope_can_be_named_in_the_challenge():
    assert www_authenticate(URL, error="insufficient_scope", scope="scores:read").endswith(
        'error="insufficient_scope", scope="scores:read"'
    )


def confused() -> str:
    """Signed with what everybody knows, as if it were a shared secret."""
    text = f"{b64({'alg': 'HS256', 'typ': 'at+jwt', 'kid': KEY.kid})}.{b64(claims())}"
    mac = hmac.digest(PUBLIC.as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def jwt_of_list() -> str:
    from joserfc import jws

    return jws.serialize_compact({"alg": "ES256", "typ": "at+jwt", "kid": KEY.kid}, b"[]", KEY)


FORGERIES = {
    "alg none": lambda: f"{b64({'alg': 'none', 'typ': 'at+jwt', 'kid': KEY.kid})}.{b64(claims())}.",
    "alg none in capitals": lambda: f"{b64({'alg': 'NONE', 'typ': 'at+jwt', 'kid': KEY.kid})}.{b64(claims())}.",
    "HS256 with the public key": confused,
    "key of somebody else under our kid": lambda: signed(OTHER),
    "key of somebody else": lambda: signed(OTHER, kid=OTHER.kid),
    "no kid": lambda: jwt.encode({"alg": "ES256", "typ": "at+jwt"}, claims(), KEY),
    "its own key in the header": lambda: jwt.encode(
        {"alg": "ES256", "typ": "at+jwt", "kid": KEY.kid, "jwk": OTHER.as_dict(private=False)}, claims(), OTHER
    ),
    "wrong issuer": lambda: signed(iss="https://evil.example"),
    "wrong audience": lambda: signed(aud="https://evil.example/v1"),
    "the issuer as audience": lambda: signed(aud=URL),
    "an id token": lambda: signed(typ="JWT", aud="partner"),
    "typ JWT": lambda: signed(typ="JWT"),
    "expired": lambda: signed(exp=int(NOW)),
    "expired within the clocks' skew": lambda: signed(exp=int(NOW) - 1),
    "not yet valid": lambda: signed(nbf=int(NOW) + 120),
    "issued in the future": lambda: signed(iat=int(NOW) + 120),
    "exp is text": lambda: signed(exp="9999999999"),
    "exp is missing": lambda: signed(exp=...),
    "iss is missing": lambda: signed(iss=...),
    "aud is missing": lambda: signed(aud=...),
    "client is missing": lambda: signed(client_id=...),
    "client is a number": lambda: signed(client_id=7),
    "scope is a list": lambda: signed(scope=["scores:read"]),
    "district is missing": lambda: signed(district_id=...),
    "district of somebody else": lambda: signed(district_id="018f0000-0000-7000-8000-000000000002"),
    "unknown client": lambda: signed(client_id="nobody", sub="nobody"),
    "not signed": lambda: signed().rsplit(".", 1)[0] + ".",
    "signature of another token": lambda: f"{signed(jti='two').rsplit('.', 1)[0]}.{signed().rsplit('.', 1)[1]}",
    "claims changed": lambda: "{}.{}.{}".format(signed().split(".")[0], b64(claims(scope="*")), signed().split(".")[2]),
    "header too long": lambda: f"{b64({'alg': 'ES256', 'typ': 'at+jwt', 'kid': KEY.kid, 'x': 'a' * 2000})}.e30.e30",
    "token too long": lambda: "a" * 5000,
    "three empty parts": lambda: "..",
    "two parts": lambda: "a.b",
    "five parts": lambda: "a.b.c.d.e",
    "not ASCII": lambda: "é.é.é",
    "header is a list": lambda: f"{b64([1])}.e30.e30",
    "header nested deep": lambda: base64.urlsafe_b64encode(b"[" * 1500).decode().rstrip("=") + ".e30.e30",
    "claims are a list": jwt_of_list,
    "critical extension": lambda: f"{b64({'alg': 'ES256', 'typ': 'at+jwt', 'kid': KEY.kid, 'crit': ['x'], 'x': 1})}.e30.e30",
    "kid is a path": lambda: jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "../../dev/null"}, claims(), KEY),
}


@pytest.mark.parametrize("name", FORGERIES)
async def test_forgery_is_refused(edge: Edge, name: str):
    refusal = await edge.error(FORGERIES[name]())
    headers: Any = refusal.extensions["headers"]
    assert 'error="invalid_token"' in headers["WWW-Authenticate"]


async def test_a_known_jti_opens_no_door(edge: Edge):
    await edge.actor(signed(jti="known"))
    await edge.error(signed(OTHER, jti="known"))
    forged = signed(jti="known").rsplit(".", 1)[0] + ".AAAA"
    await edge.error(forged)


async def test_a_believed_token_is_not_looked_up_again_within_half_a_minute(edge: Edge):
    token = signed()
    first = await edge.actor(token)
    edge.now += 29.9
    assert await edge.actor(token) is first
    assert edge.looked_up == 1


async def test_a_revoked_client_is_refused_after_half_a_minute(edge: Edge):
    token = signed()
    await edge.actor(token)
    edge.clients["partner"] = client(revoked_at=datetime.now(UTC))
    edge.now += 30
    await edge.error(token)


async def test_a_scope_taken_away_is_gone_after_half_a_minute(edge: Edge):
    token = signed()
    await edge.actor(token)
    edge.clients["partner"] = client(scopes=frozenset({"directory:read", "roster:write"}))
    edge.now += 30
    assert (await edge.actor(token)).scopes == {"directory:read"}


async def test_nothing_is_believed_past_its_expiry(edge: Edge):
    token = signed(exp=int(NOW) + 10)
    await edge.actor(token)
    edge.now += 10
    await edge.error(token)


async def test_a_clock_set_back_does_not_lengthen_a_memory(edge: Edge):
    token = signed()
    await edge.actor(token)
    edge.now -= 10
    await edge.actor(token)
    assert edge.looked_up == 2


async def test_what_is_remembered_is_bounded_and_the_oldest_goes_first():
    edge = Edge(size=2)
    tokens = [signed(jti=str(i)) for i in range(3)]
    await edge.actor(tokens[0])
    await edge.actor(tokens[1])
    await edge.actor(tokens[0])
    await edge.actor(tokens[2])
    assert edge.looked_up == 3
    await edge.actor(tokens[0])
    assert edge.looked_up == 3
    await edge.actor(tokens[1])
    assert edge.looked_up == 4


async def test_origin_and_district_come_from_the_register_not_from_the_token(edge: Edge):
    assert (await edge.actor(signed(origin="somebody else's"))).origin == "walks"


async def test_a_hit_costs_microseconds(edge: Edge):
    header = f"Bearer {signed()}"
    await edge.verifier.authenticate(header)

    def hit() -> None:
        try:
            edge.verifier.authenticate(header).send(None)
        except StopIteration:
            return

    assert min(timeit.repeat(hit, number=2000, repeat=5)) / 2000 < 20e-6
