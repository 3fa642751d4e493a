"""What a browser brings along: its cookies, its language, the address it comes from, and forms that are ours."""

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.security.encryption import derived_key
from api.web.translations import LANGUAGES, language_of

LONGEST_NEXT = 4096
SESSION, FORM, LANGUAGE = "session", "form", "language"
YEAR = 365 * 86400


def safe_next(text: str | None) -> str:
    """Where to go on: a path of ours, or nothing. Never another host, however it is written."""
    if not text or len(text) > LONGEST_NEXT or not text.isascii() or not text.isprintable():
        return ""
    if not text.startswith("/") or text.startswith("//") or "\\" in text or " " in text:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    # A browser takes ".." away: what is left must be a path, too.
    return "" if parts.scheme or parts.netloc or "//" in parts.path or "/.." in parts.path else text


@dataclass(frozen=True)
class Token:
    """The cookie of a session, and the district that it says it is of."""

    text: str
    district_id: UUID

    @property
    def digest(self) -> bytes:
        """What is kept of it."""
        return sha256(self.text.encode()).digest()


def read_token(text: str | None) -> Token | None:
    """The token in a cookie; None for anything we did not make."""
    if not text or len(text) > 100 or not text.isascii():
        return None
    district, _, rest = text.partition(".")
    try:
        found = UUID(hex=district)
    except ValueError:
        return None
    return Token(text, found) if len(rest) == 43 and found.hex == district else None


class Cookies:
    """Our cookies: for this host alone, unseen by scripts, not sent along from elsewhere but for links followed."""

    def __init__(self, public_url: str) -> None:
        self._secure = public_url.startswith("https://")

    def name(self, what: str) -> str:
        """The cookie's name; over https one that no subdomain can set."""
        return f"__Host-evenkeel-{what}" if self._secure else f"evenkeel-{what}"

    def read(self, request: Request, what: str) -> str | None:
        """What the browser sent."""
        return request.cookies.get(self.name(what))

    def write(self, response: Response, what: str, value: str, *, seconds: int | None = None) -> None:
        """Set a cookie; without ``seconds`` it goes with the browser's window."""
        response.set_cookie(
            self.name(what), value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    def drop(self, response: Response, what: str) -> None:
        """Take a cookie away."""
        response.delete_cookie(self.name(what), path="/", secure=self._secure, httponly=True, samesite="lax")


class Forms:
    """Tells forms that we drew for this browser from all others: an HMAC over a cookie that only it has."""

    def __init__(self, secret: str, cookies: Cookies, public_url: str) -> None:
        self._key = derived_key(secret, "forms")
        self._addresses = derived_key(secret, "addresses of tries")
        self._cookies = cookies
        self._public_url = public_url

    def bound(self, request: Request) -> tuple[str, str]:
        """This browser's secret (a new one where it has none) and the token that goes into a form."""
        held = self._cookies.read(request, FORM)
        secret = held if held and len(held) == 43 and held.isascii() else secrets.token_urlsafe(32)
        return secret, self._token(secret)

    def is_ours(self, request: Request, token: str) -> bool:
        """Whether a form that came in is one we drew for this browser."""
        origin = request.headers.get("origin")
        if origin is not None and origin != self._public_url:
            return False
        if request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
            return False
        held = self._cookies.read(request, FORM)
        return held is not None and hmac.compare_digest(self._token(held).encode(), token.encode())

    def address(self, request: Request) -> bytes:
        """Where a request came from, as a keyed digest; of IPv6 the network that one customer has."""
        host = request.client.host if request.client else ""
        try:
            address = ip_address(host)
            place = str(ip_network(f"{address}/64", strict=False)) if address.version == 6 else str(address)
        except ValueError:
            place = host
        return hmac.digest(self._addresses, place.encode(), "sha256")

    def _token(self, secret: str) -> str:
        return hmac.digest(self._key, secret.encode(), "sha256").hex()


def language(request: Request, cookies: Cookies) -> str:
    """What to speak: as asked for now, as chosen before, as the browser likes."""
    for chosen in (request.query_params.get("lang"), cookies.read(request, LANGUAGE)):
        if chosen in LANGUAGES:
            return str(chosen)
    return language_of(request.headers.get("accept-language", ""))
