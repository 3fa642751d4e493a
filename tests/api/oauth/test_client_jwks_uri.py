"""A client that keeps its keys at an address of its own: asked through the guard, seldom, and never inside a transaction."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest
from joserfc.jwk import ECKey, OctKey

from api.oauth.client_jwks import ClientJwksCache
from api.outbound.http_client import GuardedTransport
from domain.directory.redirect_uris import ClientKind
from tests.api.oauth.test_attacks_client_assertions import KEY, OTHER, assertion, sent
from tests.support.oauth_registration import create_initial_token, manage, register
from tests.support.oauth_server import OAuthServer, start_oauth_server
from tests.support.postgres import Database

URI = "https://keys.example.org/jwks"
PUBLIC = KEY.as_dict(private=False)


class Elsewhere(httpx2.AsyncBaseTransport):
    """Somebody's server of keys: answers ``content`` with ``status``, and counts."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.status, self.headers = 200, dict[str, str]()
        self.content = json.dumps({"keys": [PUBLIC]}).encode()
        self.before: Callable[[], Awaitable[None]] | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(str(request.url))
        if self.before is not None:
            await self.before()
        return httpx2.Response(self.status, headers=self.headers, stream=httpx2.ByteStream(self.content))


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere()


@pytest.fixture
async def oauth_server(module_database: Database, elsewhere: Elsewhere) -> AsyncIterator[OAuthServer]:
    async with start_oauth_server(module_database, outbound=elsewhere) as made:
        yield made


async def machine(oauth_server: OAuthServer, **changes: Any) -> str:
    district = await oauth_server.district()
    made = {"jwks_uri": URI} | changes
    return (await oauth_server.register(district.id, ClientKind.MACHINE, **made)).client.client_id


def publish(elsewhere: Elsewhere, *keys: ECKey) -> None:
    elsewhere.content = json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


async def test_the_keys_at_its_address_prove_a_client_and_are_fetched_once(oauth_server: OAuthServer, elsewhere: Elsewhere):
    client_id = await machine(oauth_server)
    elsewhere.before = lambda: asyncio.sleep(0.1)
    answers = await asyncio.gather(*(sent(oauth_server, assertion(client_id)) for _ in range(5)))
    assert [a.status_code for a in answers] == [200] * 5
    assert elsewhere.requests == [URI]
    assert (await oauth_server.whoami(answers[0].json()["access_token"])).json()["id"] == client_id


async def test_a_key_that_is_not_there_proves_nothing_and_asks_again_once_a_minute(
    oauth_server: OAuthServer, elsewhere: Elsewhere
):
    client_id = await machine(oauth_server)
    assert (await sent(oauth_server, assertion(client_id))).status_code == 200
    oauth_server.clock.at += 60
    publish(elsewhere, KEY, OTHER)
    assert (await sent(oauth_server, assertion(client_id, OTHER, header={"kid": OTHER.kid}))).status_code == 200, "a new key"
    assert len(elsewhere.requests) == 2
    for _ in range(3):
        answer = await sent(oauth_server, assertion(client_id, header={"kid": "made up"}))
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert len(elsewhere.requests) == 2
    oauth_server.clock.at += 60
    for _ in range(3):
        assert (await sent(oauth_server, assertion(client_id, header={"kid": "made up"}))).status_code == 401
    assert len(elsewhere.requests) == 3


async def test_a_key_that_was_taken_away_proves_nothing_after_five_minutes(oauth_server: OAuthServer, elsewhere: Elsewhere):
    client_id = await machine(oauth_server)
    assert (await sent(oauth_server, assertion(client_id))).status_code == 200
    publish(elsewhere, OTHER)
    oauth_server.clock.at += 299
    assert (await sent(oauth_server, assertion(client_id))).status_code == 200
    oauth_server.clock.at += 1
    assert (await sent(oauth_server, assertion(client_id))).status_code == 401


async def test_keys_that_can_not_be_read_again_count_until_their_time_is_over(oauth_server: OAuthServer, elsewhere: Elsewhere):
    client_id = await machine(oauth_server)
    assert (await sent(oauth_server, assertion(client_id))).status_code == 200
    elsewhere.status = 503
    oauth_server.clock.at += 60
    assert (await sent(oauth_server, assertion(client_id, header={"kid": "made up"}))).status_code == 401
    assert (await sent(oauth_server, assertion(client_id))).status_code == 200, "a stranger's try takes nobody's keys away"
    oauth_server.clock.at += 240
    refused = await sent(oauth_server, assertion(client_id))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert "jwks_uri" in refused.json()["error_description"]
    assert len(elsewhere.requests) == 3
    elsewhere.status = 200
    assert (await sent(oauth_server, assertion(client_id))).status_code == 401
    oauth_server.clock.at += 60
    assert (await sent(oauth_server, assertion(client_id))).status_code == 200


async def test_no_transaction_is_open_while_somebody_elses_server_is_asked(oauth_server: OAuthServer, elsewhere: Elsewhere):
    client_id = await machine(oauth_server)
    seen: list[int] = []

    async def look() -> None:
        seen.append(oauth_server.connections_in_use())

    elsewhere.before = look
    assert (await sent(oauth_server, assertion(client_id))).status_code == 200
    assert seen == [0]


PRIVATE = KEY.as_dict(private=True)
SYMMETRIC = OctKey.generate_key(256).as_dict(private=True)
BAD: dict[str, dict[str, Any]] = {
    "a redirect": {"status": 302, "headers": {"location": "https://127.0.0.1/jwks"}},
    "an oversized body": {"content": json.dumps({"keys": [PUBLIC], "more": "x" * 65_536}).encode()},
    "a symmetric key": {"content": json.dumps({"keys": [PUBLIC, SYMMETRIC]}).encode()},
    "a private key": {"content": json.dumps({"keys": [PRIVATE]}).encode()},
    "no keys": {"content": b'{"keys": []}'},
    "no set": {"content": b"[1]"},
    "no JSON": {"content": b"<html>"},
    "a pit": {"content": b"[" * 60_000},
    "a curve of its own": {"content": b'{"keys": [{"kty": "EC", "crv": "P-1", "x": "AA", "y": "AA"}]}'},
    "a key without its members": {"content": b'{"keys": [{"kty": "EC"}]}'},
    "packed": {"headers": {"content-encoding": "gzip"}},
    "not there": {"status": 404},
}


@pytest.mark.parametrize("twist", BAD.values(), ids=BAD)
async def test_what_is_no_set_of_public_keys_is_refused(oauth_server: OAuthServer, elsewhere: Elsewhere, twist: dict[str, Any]):
    vars(elsewhere).update(twist)
    client_id = await machine(oauth_server)
    for _ in range(2):
        answer = await sent(oauth_server, assertion(client_id))
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert "jwks_uri" in answer.json()["error_description"]
    assert elsewhere.requests == [URI]


async def test_a_published_symmetric_key_signs_nothing(oauth_server: OAuthServer, elsewhere: Elsewhere):
    elsewhere.content = json.dumps({"keys": [SYMMETRIC]}).encode()
    client_id = await machine(oauth_server)
    text = assertion(client_id, OctKey.import_key(SYMMETRIC), "HS256", {"kid": "x"})
    assert (await sent(oauth_server, text)).status_code == 401


async def test_only_whom_it_was_registered_by_has_it_asked(oauth_server: OAuthServer, elsewhere: Elsewhere):
    await machine(oauth_server)
    with_keys = await machine(oauth_server, jwks={"keys": [PUBLIC]}, jwks_uri=None)
    for client_id in (with_keys, "nobody", "a\x00b", 7):
        await sent(oauth_server, assertion(client_id))  # type: ignore[arg-type]
    for text in ("x", "a.b", "e30.e30.e30", "W10.W10.x", "." * 50):
        assert (await sent(oauth_server, text)).status_code == 401
    assert elsewhere.requests == []


def resolving(*answers: list[str]) -> Any:
    left = list(answers)

    async def resolve(_host: str, _port: int) -> list[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1"])
async def test_a_private_address_is_never_asked(address: str):
    keys = ClientJwksCache(GuardedTransport(resolve=resolving([address])))
    assert (await keys.get(URI, None)).keys is None


@pytest.mark.parametrize("uri", ["http://keys.example.org/jwks", "file:///etc/passwd", "https://", "x"])
async def test_only_https_is_asked(elsewhere: Elsewhere, uri: str):
    assert (await ClientJwksCache(elsewhere).get(uri, None)).keys is None
    assert elsewhere.requests == []


KEYED = {"grant_types": ["client_credentials"], "redirect_uris": ..., "token_endpoint_auth_method": "private_key_jwt"}


async def test_a_client_registers_its_address_and_changes_it(oauth_server: OAuthServer, elsewhere: Elsewhere):
    token = (await create_initial_token(oauth_server, (await oauth_server.district()).id)).token
    made = (await register(oauth_server, token, **KEYED, jwks_uri=URI)).json()
    assert (made["jwks_uri"], "jwks" in made) == (URI, False)
    assert (await sent(oauth_server, assertion(made["client_id"]))).status_code == 200
    said = {"client_id": made["client_id"], "client_name": "Walks", "token_endpoint_auth_method": "private_key_jwt"}
    said |= {"grant_types": ["client_credentials"], "scope": "scores:read"}
    elsewhere.status = 404
    changed = await manage(oauth_server, made, "PUT", **said, jwks_uri=f"{URI}2")
    assert changed.json()["jwks_uri"] == f"{URI}2"
    assert (await sent(oauth_server, assertion(made["client_id"]))).status_code == 401
    changed = await manage(oauth_server, made, "PUT", **said, jwks={"keys": [PUBLIC]})
    assert "jwks_uri" not in changed.json()
    assert (await sent(oauth_server, assertion(made["client_id"]))).status_code == 200
    assert elsewhere.requests == [URI, f"{URI}2"]


@pytest.mark.parametrize(
    "change",
    [
        {"jwks_uri": "http://keys.example.org/jwks"},
        {"jwks_uri": "https://10.0.0.1/jwks"},
        {"jwks_uri": "https://[::1]/jwks"},
        {"jwks_uri": "https://169.254.169.254/jwks"},
        {"jwks_uri": "https://8.8.8.8:22/jwks"},
        {"jwks_uri": "https://user@keys.example.org/jwks"},
        {"jwks_uri": "https://keys.example.org/jwks#x"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": ["https://8.8.8.8/jwks"]},
        {"jwks_uri": "https://8.8.8.8/" + "a" * 500},
        {"jwks_uri": "https://8.8.8.8/jwks", "jwks": {"keys": [PUBLIC]}},
        {"jwks_uri": "https://8.8.8.8/jwks", "token_endpoint_auth_method": "client_secret_basic"},
        {"jwks": {"jwks_uri": "https://10.0.0.1/jwks"}},
    ],
)
async def test_an_address_that_would_not_be_asked_is_not_registered(module_database: Database, change: dict[str, Any]):
    async with start_oauth_server(module_database, outbound=GuardedTransport()) as oauth_server:
        district = await oauth_server.district()
        answer = await register(oauth_server, (await create_initial_token(oauth_server, district.id)).token, **KEYED | change)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata"), answer.text
        assert answer.json()["error_description"]
        assert await oauth_server.do(district.id, "select from audit_event") == []


async def test_keys_of_an_address_that_is_the_clients_no_more_prove_nothing(oauth_server: OAuthServer, elsewhere: Elsewhere):
    token = (await create_initial_token(oauth_server, (await oauth_server.district()).id)).token
    made = (await register(oauth_server, token, **KEYED, jwks_uri=URI)).json()
    said = {"client_id": made["client_id"], "client_name": "Walks", "token_endpoint_auth_method": "private_key_jwt"}
    said |= {"grant_types": ["client_credentials"], "scope": "scores:read", "jwks_uri": f"{URI}2"}

    async def move() -> None:
        elsewhere.before = None
        assert (await manage(oauth_server, made, "PUT", **said)).status_code == 200

    elsewhere.before = move
    assert (await sent(oauth_server, assertion(made["client_id"]))).status_code == 401
    assert (await sent(oauth_server, assertion(made["client_id"]))).status_code == 200
    assert elsewhere.requests == [URI, f"{URI}2"]


async def test_a_set_that_also_names_an_address_is_the_set_and_the_address_is_never_asked(
    oauth_server: OAuthServer, elsewhere: Elsewhere
):
    client_id = await machine(oauth_server, jwks={"keys": [PUBLIC], "jwks_uri": "https://10.0.0.1/jwks"}, jwks_uri=None)
    assert (await sent(oauth_server, assertion(client_id))).status_code == 200
    assert elsewhere.requests == []


async def test_nobody_who_is_not_let_in_has_a_name_looked_up(module_database: Database):
    asked: list[str] = []

    async def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["8.8.8.8"]

    async with start_oauth_server(module_database, outbound=GuardedTransport(resolve=resolve)) as oauth_server:
        district = await oauth_server.district()
        forged = "evki_" + district.id.hex + "A" * 43
        assert (await register(oauth_server, forged, **KEYED, jwks_uri=URI)).status_code == 401
        assert asked == []
        assert (
            await register(oauth_server, (await create_initial_token(oauth_server, district.id)).token, **KEYED, jwks_uri=URI)
        ).status_code == 201
        assert asked == ["keys.example.org"]
