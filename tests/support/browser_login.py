"""A person signs in to an app as people do: the app's request, the sign-in pages, consent, the code, the token."""

import base64
import hashlib
import html
import re
import secrets
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from domain.directory.oauth_clients import NATIVE_CLIENT_ID
from domain.shared.context import Scope

REDIRECT = "http://127.0.0.1:49152/callback"
EVERYTHING = " ".join(scope.value for scope in Scope)
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class App:
    """A native app on loopback, and the browser it opens; ``browser`` keeps its cookies."""

    def __init__(self, browser: httpx.AsyncClient, base_url: str, client_id: str = NATIVE_CLIENT_ID) -> None:
        self.browser = browser
        self.base_url = base_url
        self.client_id = client_id
        self.verifier = secrets.token_urlsafe(48)
        self.state = secrets.token_urlsafe(16)

    @property
    def address(self) -> str:
        """Where the app sends the browser."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        return f"{self.base_url}/oauth/authorize?" + urlencode(
            {
                "response_type": "code",
                "client_id": self.client_id,
                "redirect_uri": REDIRECT,
                "scope": self.scope,
                "state": self.state,
                "code_challenge": challenge,
                "code_challenge_method": "S256",
                "district": self.district,
            }
        )

    async def sign_in(self, district: str, username: str, password: str, scope: str = EVERYTHING) -> dict:
        """The answer of the token endpoint, once everything was given that is asked for."""
        self.district, self.scope = district, scope
        page = await self._follow(await self.browser.get(self.address))
        page = await self._press(page, username=username, password=password)
        page = await self._press(await self._follow(page), decision="allow")
        back = urlsplit(page.headers["location"])
        told = {name: values[0] for name, values in parse_qs(back.query).items()}
        assert f"{back.scheme}://{back.netloc}{back.path}" == REDIRECT
        assert (told["state"], told["iss"]) == (self.state, self.base_url)
        form = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "code": told["code"],
            "redirect_uri": REDIRECT,
            "code_verifier": self.verifier,
        }
        answer = await self.browser.post(f"{self.base_url}/oauth/token", data=form)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def _follow(self, page: httpx.Response) -> httpx.Response:
        """``page``, after all that leads from page to page of ours."""
        while page.status_code == 303 and not page.headers["location"].startswith(REDIRECT):
            page = await self.browser.get(str(httpx.URL(self.base_url).join(page.headers["location"])))
        assert page.status_code in {200, 303}, page.text
        return page

    async def _press(self, page: httpx.Response, **given: str) -> httpx.Response:
        """What comes of filling in the form of ``page`` and sending it."""
        assert page.status_code == 200, page.text
        action = re.search(r'<form[^>]*action="([^"]*)"', page.text)
        form = {name: html.unescape(value) for name, value in FIELD.findall(page.text)} | given
        target = httpx.URL(self.base_url).join(str(page.url)).join(html.unescape(action[1]) if action else "")
        answer = await self.browser.post(str(target), data=form, headers={"Origin": self.base_url})
        assert answer.status_code == 303, answer.text
        return answer
