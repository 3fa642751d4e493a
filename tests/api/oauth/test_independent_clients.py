"""Clients that know nothing of us complete their flows against an instance behind a socket: Python, JavaScript, native."""

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from jwskate import Jwk
from requests_oauth2client import OAuth2Client, PrivateKeyJwt

from domain.directory.redirect_uris import ClientKind
from tests.support.live_server import LiveServer, live_server
from tests.support.node import script
from tests.support.oauth_app import challenge_of
from tests.support.postgres import Database

BACK = "https://walks.example.org/back"


@pytest.fixture
async def instance(module_database: Database) -> AsyncIterator[LiveServer]:
    async with live_server(module_database) as made:
        yield made


def python_client(instance: LiveServer, **changes: Any) -> OAuth2Client:
    """As the library finds it out from the well-known address."""
    found = httpx.get(f"{instance.url}/.well-known/openid-configuration").json()
    return OAuth2Client(
        token_endpoint=found["token_endpoint"],
        authorization_endpoint=found["authorization_endpoint"],
        revocation_endpoint=found["revocation_endpoint"],
        introspection_endpoint=found["introspection_endpoint"],
        userinfo_endpoint=found["userinfo_endpoint"],
        jwks_uri=found["jwks_uri"],
        issuer=found["issuer"],
        authorization_server_jwks=httpx.get(found["jwks_uri"]).json(),
        authorization_response_iss_parameter_supported=found["authorization_response_iss_parameter_supported"],
        code_challenge_method="S256",
        id_token_signed_response_alg="ES256",
        testing=True,
        **changes,
    )


async def test_a_python_web_application_signs_a_person_in(instance: LiveServer):
    district_id = await instance.district()
    ada = await instance.person(district_id)
    made = await instance.client(district_id, ClientKind.WEB, redirect_uris=(BACK,))
    client = await asyncio.to_thread(
        python_client, instance, client_id=made.client.client_id, client_secret=made.client_secret, redirect_uri=BACK
    )
    asked = client.authorization_request(scope="openid profile offline_access directory:read", nonce=secrets.token_urlsafe(8))
    back = await instance.browse(str(asked.uri), ada)
    answered = asked.validate_callback(back)

    def rest_of_it() -> None:
        token = client.authorization_code(answered, validate=True)
        assert token.id_token is not None
        assert token.id_token.sub == str(ada.person_id)
        assert client.userinfo(token)["name"] == "Ada Bell"
        fresh = client.refresh_token(token)
        assert fresh.refresh_token != token.refresh_token
        assert client.introspect_token(fresh.access_token)["active"] is True
        client.revoke_refresh_token(fresh)
        assert client.introspect_token(fresh.access_token) == {"active": False}

    await asyncio.to_thread(rest_of_it)


async def test_a_python_machine_proves_itself_by_its_key(instance: LiveServer):
    district_id = await instance.district()
    key = Jwk.generate(alg="ES256").with_kid_thumbprint()
    jwks = {"keys": [dict(key.public_jwk())]}
    made = await instance.client(district_id, ClientKind.MACHINE, jwks=jwks)

    def all_of_it() -> int:
        client = python_client(instance, auth=PrivateKeyJwt(made.client.client_id, key))
        token = client.client_credentials(scope="directory:read")
        return httpx.get(f"{instance.url}/v1/people", headers={"Authorization": f"Bearer {token.access_token}"}).status_code

    assert await asyncio.to_thread(all_of_it) == 200


@pytest.mark.parametrize("kind", [ClientKind.WEB, ClientKind.BROWSER])
async def test_a_strict_javascript_client_signs_a_person_in(instance: LiveServer, kind: ClientKind):
    district_id = await instance.district()
    ada = await instance.person(district_id)
    made = await instance.client(district_id, kind, redirect_uris=(BACK,))
    said = {"issuer": instance.url, "client_id": made.client.client_id, "redirect_uri": BACK}
    said |= {"client_secret": made.client_secret} if made.client_secret else {}
    async with asyncio.timeout(120), script("flow.mjs", json.dumps(said)) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        address = (await process.stdout.readline()).decode().strip()
        assert address, (await process.stderr.read()).decode()
        process.stdin.write((await instance.browse(address, ada)).encode() + b"\n")
        ended = (await process.stdout.readline()).decode()
        assert ended, (await process.stderr.read()).decode()
    assert json.loads(ended) == {
        "sub": str(ada.person_id),
        "name": "Ada Bell",
        "scope": ["directory:read", "offline_access", "openid", "profile"],
        "people": 200,
        "rotated": True,
        "after": 401,
    }


class Listening:
    """What a native app does while its person is away in the browser: it waits on a port of its own for one request."""

    def __init__(self) -> None:
        self.received: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.back = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/callback"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = (await reader.readline()).decode().split()[1]
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nDone")
        await writer.drain()
        writer.close()
        self.received.set_result(target)


async def test_a_native_app_listens_on_a_port_of_its_own(instance: LiveServer):
    district_id = await instance.district()
    ada = await instance.person(district_id)
    async with httpx.AsyncClient(base_url=instance.url) as http, Listening() as listening:
        told = (await http.get("/v1")).json()
        client_id = told["native_client_id"]
        assert re.sub(r":\d+(?=/)", "", listening.back) in told["native_redirect_uris"]
        await instance.enable(district_id, client_id)
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(8)
        asked = {
            "client_id": client_id,
            "redirect_uri": listening.back,
            "response_type": "code",
            "scope": "directory:read offline_access",
            "state": state,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        await instance.browse(f"{instance.url}/oauth/authorize?{urlencode(asked)}", ada, follow=True)
        told = dict(parse_qsl(urlsplit(await asyncio.wait_for(listening.received, 10)).query))
        assert (told["state"], told["iss"]) == (state, instance.url)
        form = {"grant_type": "authorization_code", "client_id": client_id, "redirect_uri": listening.back}
        answer = await http.post("/oauth/token", data=form | {"code": told["code"], "code_verifier": verifier})
        tokens = answer.json()
        for _ in range(2):
            again = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": tokens["refresh_token"]}
            tokens = (await http.post("/oauth/token", data=again)).json()
        http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        assert (await http.get("/v1/people")).status_code == 200
        [session] = (await http.get("/v1/me/sessions")).json()["items"]
        assert (session["client_id"], session["client_name"], session["current"]) == (client_id, "Evenkeel", True)
        ended = await http.post("/v1/me/sessions:revoke", json={"session_ids": [session["id"]]})
        assert ended.json() == {"revoked": 1}
        assert (await http.get("/v1/people")).status_code == 401
