"""Which web applications a browser may let ask us (CORS), by the origins that registered clients have. Never a star."""

from collections.abc import Iterable
from typing import Protocol

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.shared.errors import Code, Forbidden

PATHS = ("/v1", "/graphql", "/oauth/token", "/oauth/revoke", "/oauth/userinfo", "/oauth/jwks", "/.well-known/")
"""What an application asks by itself. The pages of signing in are for people: no application reads them."""

METHODS = ("GET", "POST", "PUT", "DELETE")
TAKEN = ("Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "X-Request-Id")
EXPOSED = (
    "ETag",
    "Link",
    "Location",
    "Retry-After",
    "RateLimit",
    "RateLimit-Policy",
    "Idempotent-Replayed",
    "WWW-Authenticate",
    "X-Request-Id",
)
KEPT_SECONDS = 600


class Registered(Protocol):
    """The origins of registered clients, as they were known last; never waits."""

    def __call__(self) -> Iterable[str]: ...


def nobody() -> Iterable[str]:
    """No client has registered an origin."""
    return ()


class Origins:
    """The origins that may ask: our own, those of the setting, those of registered clients."""

    def __init__(self, public_url: str, said: Iterable[str] = (), registered: Registered = nobody) -> None:
        self._fixed = frozenset({public_url, *said})
        self._registered = registered

    def allow(self, origin: str) -> bool:
        """Whether ``origin`` may ask. ``null`` is whatever hides where it comes from: never."""
        return origin != "null" and (origin in self._fixed or origin in self._registered())

    def check(self, origin: str | None) -> None:
        """Refuse a request that a page of a foreign origin makes; what is no browser says none."""
        if origin is not None and not self.allow(origin):
            raise Forbidden(
                "pages of this origin may not ask here; have the origin registered with its client",
                code=Code.ORIGIN_NOT_ALLOWED,
            )


class Shared(CORSMiddleware):
    """Starlette's, with origins that may change while it serves; without credentials, since tokens are no cookies."""

    def __init__(self, app: ASGIApp, *, origins: Origins) -> None:
        super().__init__(app, allow_methods=METHODS, allow_headers=TAKEN, expose_headers=EXPOSED, max_age=KEPT_SECONDS)
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        crossing = scope["type"] == "http" and any(name == b"origin" for name, _ in scope["headers"])
        if crossing and scope["path"].startswith(PATHS):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def is_allowed_origin(self, origin: str) -> bool:
        """Whether a browser is told that ``origin`` may read the answer."""
        return self._origins.allow(origin)
