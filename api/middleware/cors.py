"""Which web applications a browser may let ask us (CORS), by the origins that registered clients have. Never a star."""

import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from cachetools import TTLCache
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.shared.errors import Code, Forbidden, Unavailable

CORS_PATHS = ("/v1", "/graphql", "/oauth/token", "/oauth/revoke", "/oauth/userinfo", "/oauth/jwks", "/.well-known/")
"""What an application asks by itself. The pages of signing in are for people: no application reads them."""

ALLOWED_METHODS = ("GET", "POST", "PUT", "DELETE")
ALLOWED_HEADERS = (
    "Authorization",
    "Content-Type",
    "If-Match",
    "If-None-Match",
    "Idempotency-Key",
    "Acting-For",
    "Prefer",
    "X-Request-Id",
)
EXPOSED_HEADERS = (
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
PREFLIGHT_MAX_AGE_SECONDS = 600


IsRegisteredOrigin = Callable[[str], Awaitable[bool]]
"""Whether some registered client's pages come from an origin. Raises ``Unavailable``."""
CACHE_SECONDS = 30.0
"""How long an answer about an origin is believed: one that was taken away asks no more after this."""
MAX_CACHED_ORIGINS = 1_000
"""Origins that are remembered; more than this are only sent by somebody who makes them up."""


async def no_registered_origin(_origin: str) -> bool:
    """No client has registered an origin."""
    return False


class AllowedOrigins:
    """The origins that may ask: our own, those of the setting, those of registered clients."""

    def __init__(
        self,
        public_url: str,
        configured: Iterable[str] = (),
        is_registered: IsRegisteredOrigin = no_registered_origin,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fixed = frozenset({public_url, *configured})
        self._is_registered = is_registered
        self._cache: TTLCache[str, bool] = TTLCache(MAX_CACHED_ORIGINS, CACHE_SECONDS, clock)

    async def load(self, origin: str) -> None:
        """Look ``origin`` up, so that ``allow`` knows it; where it can't be looked up it may not ask."""
        if origin == "null" or origin in self._fixed or origin in self._cache:
            return
        with suppress(Unavailable):
            self._cache[origin] = await self._is_registered(origin)

    def is_allowed(self, origin: str) -> bool:
        """Whether ``origin`` may ask. ``null`` is whatever hides where it comes from: never."""
        return origin != "null" and (origin in self._fixed or self._cache.get(origin, False))

    def check(self, origin: str | None) -> None:
        """Refuse a request that a page of a foreign origin makes; what is no browser says none."""
        if origin is not None and not self.is_allowed(origin):
            raise Forbidden(
                "pages of this origin may not ask here; have the origin registered with its client",
                code=Code.ORIGIN_NOT_ALLOWED,
            )


class DynamicCORSMiddleware(CORSMiddleware):
    """Starlette's, with origins that may change while it serves; without credentials, since tokens are no cookies."""

    def __init__(self, app: ASGIApp, *, origins: AllowedOrigins) -> None:
        super().__init__(
            app,
            allow_methods=ALLOWED_METHODS,
            allow_headers=ALLOWED_HEADERS,
            expose_headers=EXPOSED_HEADERS,
            max_age=PREFLIGHT_MAX_AGE_SECONDS,
        )
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        crossing = scope["type"] == "http" and any(name == b"origin" for name, _ in scope["headers"])
        if crossing and scope["path"].startswith(CORS_PATHS):
            await self._origins.load(next(value for name, value in scope["headers"] if name == b"origin").decode("latin-1"))
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def is_allowed_origin(self, origin: str) -> bool:
        """Whether a browser is told that ``origin`` may read the answer."""
        return self._origins.is_allowed(origin)
