"""What a browser sends: the cookie of its session, forms with their CSRF token, and where to go after signing in."""

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit
from uuid import UUID

from starlette.requests import Request

from api.security.encryption import derive_key
from api.web.cookies import Cookies

MAX_PATH_CHARACTERS = 4096
SESSION, FORM = "session", "form"


def safe_redirect_path(text: str | None) -> str:
    """Return `text` if it is a path of this service, else an empty text; never another host, however it is written."""
    if not text or len(text) > MAX_PATH_CHARACTERS or not text.isascii() or not text.isprintable():
        return ""
    if not text.startswith("/") or text.startswith("//") or "\\" in text or " " in text:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    # A browser removes "..": what is left must be a path, too.
    return "" if parts.scheme or parts.netloc or "//" in parts.path or "/.." in parts.path else text


@dataclass(frozen=True)
class SessionCookie:
    """The value of the session cookie, and the district that it names."""

    text: str
    district_id: UUID

    @property
    def digest(self) -> bytes:
        """The SHA-256 under which the session is stored."""
        return sha256(self.text.encode()).digest()


def parse_session_cookie(text: str | None) -> SessionCookie | None:
    """Return the parsed cookie `text`; None if it is not well-formed."""
    if not text or len(text) > 100 or not text.isascii():
        return None
    district, _, rest = text.partition(".")
    try:
        district_id = UUID(hex=district)
    except ValueError:
        return None
    return SessionCookie(text, district_id) if len(rest) == 43 and district_id.hex == district else None


class CsrfProtection:
    """Recognises forms of this browser's own pages: each carries an HMAC over a cookie that only this browser has."""

    def __init__(self, secret: str, cookies: Cookies, public_url: str) -> None:
        self._key = derive_key(secret, "forms")
        self._cookies = cookies
        self._public_url = public_url

    def tokens(self, request: Request) -> tuple[str, str]:
        """Return the value of the cookie (a new one if the browser has none) and the token for the form."""
        cookie = self._cookies.read(request, FORM)
        secret = cookie if cookie and len(cookie) == 43 and cookie.isascii() else secrets.token_urlsafe(32)
        return secret, self._token(secret)

    def is_valid(self, request: Request, token: str) -> bool:
        """Return whether `token` comes from a form of this browser's pages, and the request from this site."""
        origin = request.headers.get("origin")
        if origin is not None and origin != self._public_url:
            return False
        if request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
            return False
        cookie = self._cookies.read(request, FORM)
        return cookie is not None and hmac.compare_digest(self._token(cookie).encode(), token.encode())

    def _token(self, secret: str) -> str:
        return hmac.digest(self._key, secret.encode(), "sha256").hex()
