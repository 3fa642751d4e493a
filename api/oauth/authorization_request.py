"""One look at an authorization request: what was sent, by which browser, and who is signed in with it."""

import re
import secrets
from collections.abc import Mapping

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oidc.core.errors import RequestNotSupportedError, RequestURINotSupportedError
from fastapi import Request

from api.oauth.ports import SignedIn
from api.oauth.request_parsing import AuthorizationRequest
from api.web.consent_texts import language_of

COOKIE = "evenkeel_consent"
WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{43}")


class Asked:
    """One look at an authorization request: what was sent, by which browser, and who is signed in with it."""

    def __init__(self, sent: Mapping[str, str], request: Request, public_url: str, signed: SignedIn | None) -> None:
        self.sent = dict(sent)
        self.signed = signed
        self.user_agent = request.headers.get("user-agent", "")
        self.language = language_of(self.sent.get("ui_locales", ""), request.headers.get("accept-language", ""))
        held = request.cookies.get(COOKIE, "")
        self.browser = held if WELL_FORMED.fullmatch(held) else secrets.token_urlsafe(32)
        self.uri = f"{public_url}/oauth/authorize"
        self.prompts = frozenset(self.sent.get("prompt", "").split())

    def request(self, params: Mapping[str, str] | None = None) -> AuthorizationRequest:
        """As the library takes it."""
        return AuthorizationRequest(self.uri, self.user_agent, self.sent if params is None else params)


def check_extras(asked: Asked) -> None:
    """Refuse what would change the meaning of a request if it were passed over."""
    if "request" in asked.sent:
        raise RequestNotSupportedError
    if "request_uri" in asked.sent:
        raise RequestURINotSupportedError
    if asked.sent.get("response_mode", "query") != "query":
        raise InvalidRequestError("Only the response_mode query is offered.")
    if "none" in asked.prompts and len(asked.prompts) > 1:
        raise InvalidRequestError("The prompt none goes with no other.")
