"""An app that people let in: it asks, a browser answers, it exchanges the code and refreshes."""

import base64
import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from domain.directory.client_commands import NewClientView
from domain.directory.redirect_uris import ClientKind
from tests.support.oauth_server import OAuthServer, SignedInPerson

BACK = "https://walks.example.org/back"
LOOPBACK = "http://127.0.0.1/callback"
VERIFIER = "a-verifier-that-is-long-enough-for-rfc-7636-it-says-43"
HANDLE = re.compile(r'name="request" value="([^"]+)"')


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def redirect_params(answer: httpx.Response) -> dict[str, str]:
    """What the redirect tells the app."""
    assert answer.status_code == 303, answer.text
    pairs = parse_qsl(urlsplit(answer.headers["location"]).query, keep_blank_values=True)
    assert len(dict(pairs)) == len(pairs), pairs
    return dict(pairs)


@dataclass
class App:
    oauth_server: OAuthServer
    client: NewClientView
    browser: httpx.AsyncClient
    back: str = BACK
    state: str = field(default_factory=lambda: secrets.token_urlsafe(8))

    @property
    def client_id(self) -> str:
        return self.client.client.client_id

    def params(self, **changes: Any) -> dict[str, str]:
        """A request to the authorization endpoint; a change to ``...`` leaves the parameter out."""
        made = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.back,
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
            "state": self.state,
        }
        return {name: value for name, value in (made | changes).items() if value is not ...}

    async def ask(self, **changes: Any) -> httpx.Response:
        return await self.browser.get("/oauth/authorize", params=self.params(**changes))

    async def answer(self, page: httpx.Response, decision: str = "allow", **headers: str) -> httpx.Response:
        """Press a button of the page."""
        found = HANDLE.search(page.text)
        assert found, page.text
        form = {"request": found[1], "decision": decision}
        return await self.browser.post("/oauth/authorize", data=form, headers=headers)

    async def code(self, **changes: Any) -> str:
        answer = await self.ask(**changes)
        if answer.status_code == 200:
            answer = await self.answer(answer)
        return redirect_params(answer)["code"]

    async def post(self, path: str, **form: str) -> httpx.Response:
        """A request as this client: by its secret where it has one."""
        if self.client.client_secret is None:
            return await self.oauth_server.http.post(path, data={"client_id": self.client_id} | form)
        return await self.oauth_server.http.post(path, data=form, auth=(self.client_id, self.client.client_secret))

    async def exchange(self, code: str, **changes: Any) -> httpx.Response:
        made = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.back, "code_verifier": VERIFIER}
        form = {name: value for name, value in (made | changes).items() if value is not ...}
        return await self.post("/oauth/token", **form)

    async def tokens(self, scope: str = "directory:read offline_access", **changes: Any) -> dict[str, Any]:
        answer = await self.exchange(await self.code(scope=scope, **changes))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def refresh(self, token: str, **form: str) -> httpx.Response:
        return await self.post("/oauth/token", grant_type="refresh_token", refresh_token=token, **form)

    async def whoami(self, token: str) -> httpx.Response:
        return await self.oauth_server.whoami(token)


async def web_app(oauth_server: OAuthServer, **changes: Any) -> tuple[App, SignedInPerson]:
    """A web application of a new district, and somebody who is signed in there."""
    district = await oauth_server.district()
    somebody = await oauth_server.person(district.id, email="ada@example.org")
    client = await oauth_server.register(district.id, ClientKind.WEB, **{"redirect_uris": (BACK,)} | changes)
    return App(oauth_server, client, oauth_server.browser(somebody)), somebody


async def native_app(
    oauth_server: OAuthServer, back: str = "http://127.0.0.1:53117/callback", **changes: Any
) -> tuple[App, SignedInPerson]:
    """A native app of a new district, and somebody who is signed in there."""
    district = await oauth_server.district()
    somebody = await oauth_server.person(district.id)
    client = await oauth_server.register(district.id, ClientKind.NATIVE, **{"redirect_uris": (LOOPBACK,)} | changes)
    return App(oauth_server, client, oauth_server.browser(somebody), back), somebody
