"""The built-in app over the real sign-in pages: what it asks, what the browser answers, and what it gets."""

import base64
import hashlib
import html
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from domain.directory.client_commands import EnableClient
from domain.directory.oauth_clients import NATIVE_CLIENT_ID
from domain.directory.usecases.districts_and_clients import enable_client
from domain.shared.context import Scope
from tests.support.sign_in import URL

REDIRECT = "http://127.0.0.1:49152/callback"
EVERYTHING = " ".join([*(scope.value for scope in Scope), "offline_access"])
VERIFIER = "a-verifier-that-is-long-enough-for-rfc-7636-it-says-43"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class BuiltInApp:
    """The app that comes with the installation, in one browser; every page that asks for a password is counted."""

    def __init__(self, sign_in_app, browser=None) -> None:
        self.sign_in_app = sign_in_app
        self.http = (browser or sign_in_app.browser()).http
        self.passwords = 0

    async def enable(self):
        await self.sign_in_app.run(enable_client, EnableClient(client_id=NATIVE_CLIENT_ID))
        return self

    def address(self, **more: str) -> str:
        """Where the app sends the browser."""
        digest = hashlib.sha256(VERIFIER.encode()).digest()
        return "/oauth/authorize?" + urlencode(
            {
                "response_type": "code",
                "client_id": NATIVE_CLIENT_ID,
                "redirect_uri": REDIRECT,
                "scope": EVERYTHING,
                "state": "s-1",
                "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
                "code_challenge_method": "S256",
                "district": "grand-bend",
            }
            | more
        )

    async def see(self, path: str) -> httpx.Response:
        """The page at ``path``, after all that leads from page to page of ours."""
        page = await self.http.get(path)
        while page.status_code == 303 and not page.headers["location"].startswith(REDIRECT):
            page = await self.http.get(page.headers["location"])
        self.passwords += 'name="password"' in page.text
        return page

    async def send(self, page: httpx.Response, **given: str) -> httpx.Response:
        """What comes of filling in the form of ``page``, after all that it leads to."""
        action = re.search(r'<form[^>]*action="([^"]*)"', page.text)
        form = {name: html.unescape(value) for name, value in HIDDEN.findall(page.text)} | given
        where = httpx.URL(URL).join(page.url).join(html.unescape(action[1]) if action else "")
        answer = await self.http.post(str(where), data=form, headers={"origin": URL})
        if answer.status_code == 303 and not answer.headers["location"].startswith(REDIRECT):
            return await self.see(answer.headers["location"])
        return answer

    async def tokens(self, consent: httpx.Response) -> httpx.Response:
        """The answer of the token endpoint once the person allowed what ``consent`` asks."""
        answer = await self.send(consent, decision="allow")
        told = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
        return await self.post(
            grant_type="authorization_code", code=told["code"], redirect_uri=REDIRECT, code_verifier=VERIFIER
        )

    async def refresh(self, token: str, **more: str) -> httpx.Response:
        return await self.post(grant_type="refresh_token", refresh_token=token, **more)

    async def post(self, **form: str) -> httpx.Response:
        return await self.http.post("/oauth/token", data={"client_id": NATIVE_CLIENT_ID} | form)

    async def get(self, path: str, tokens: dict, **headers: str) -> httpx.Response:
        """What the API answers to a token."""
        return await self.http.get(path, headers={"Authorization": f"Bearer {tokens['access_token']}"} | headers)
