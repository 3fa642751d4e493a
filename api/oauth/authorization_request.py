"""An authorization request with its context: the parameters, the browser, and the person who is signed in."""

import re
import secrets
from collections.abc import Mapping

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oidc.core.errors import RequestNotSupportedError, RequestURINotSupportedError
from fastapi import Request

from api.oauth.ports import SignedIn
from api.oauth.request_parsing import AuthorizationRequest
from api.web.cookies import LANGUAGE, Cookies
from api.web.i18n import language_of

COOKIE = "evenkeel_consent"
WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{43}")


class AuthorizationRequestContext:
    """An authorization request: its parameters, the browser's request, and the signed-in person, if any."""

    def __init__(self, params: Mapping[str, str], request: Request, public_url: str, signed_in: SignedIn | None) -> None:
        self.params = dict(params)
        self.signed_in = signed_in
        self.user_agent = request.headers.get("user-agent", "")
        self.language = page_language(request, public_url, self.params.get("ui_locales", ""))
        cookie = request.cookies.get(COOKIE, "")
        self.browser = cookie if WELL_FORMED.fullmatch(cookie) else secrets.token_urlsafe(32)
        self.uri = f"{public_url}/oauth/authorize"
        self.prompts = frozenset(self.params.get("prompt", "").split())

    def request(self, params: Mapping[str, str] | None = None) -> AuthorizationRequest:
        """Return the request for Authlib, with its own parameters or `params`."""
        return AuthorizationRequest(self.uri, self.user_agent, self.params if params is None else params)


def page_language(request: Request, public_url: str, ui_locales: str = "") -> str:
    """Return the language for this browser: as chosen at the sign-in pages, else by `ui_locales`, else by Accept-Language."""
    return language_of(request, Cookies(public_url).read(request, LANGUAGE), ui_locales)


def check_unsupported(context: AuthorizationRequestContext) -> None:
    """Raise an `OAuth2Error` for a parameter that would change the meaning of the request if it were ignored."""
    if "request" in context.params:
        raise RequestNotSupportedError
    if "request_uri" in context.params:
        raise RequestURINotSupportedError
    if context.params.get("response_mode", "query") != "query":
        raise InvalidRequestError("Only the response_mode query is offered.")
    if "none" in context.prompts and len(context.prompts) > 1:
        raise InvalidRequestError("Send prompt=none alone, or leave none out.")
