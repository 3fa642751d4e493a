"""CORS by the origins of registered clients and of the setting CORS_ORIGINS; never a wildcard."""

import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from cachetools import TTLCache
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.shared.errors import Code, Forbidden, Unavailable

CORS_PATHS = ("/v1", "/graphql", "/oauth/token", "/oauth/revoke", "/oauth/userinfo", "/oauth/jwks", "/.well-known/")
"""Paths that web applications may call. The sign-in pages are for people, so no other origin may read them."""

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
"""Return whether a registered client has the origin. Raises `Unavailable`."""
CACHE_SECONDS = 30.0
"""How long the result for an origin is cached: a removed origin is rejected after at most this."""
MAX_CACHED_ORIGINS = 1_000
"""Bounds the cache against made-up origins."""


async def no_registered_origin(_origin: str) -> bool:
    """Return False: for an application without registered origins."""
    return False


class AllowedOrigins:
    """The allowed origins: our own, those of CORS_ORIGINS and those of registered clients."""

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
        """Look up `origin` for `is_allowed`; an origin that cannot be looked up is not allowed."""
        if origin == "null" or origin in self._fixed or origin in self._cache:
            return
        with suppress(Unavailable):
            self._cache[origin] = await self._is_registered(origin)

    def is_allowed(self, origin: str) -> bool:
        """Return whether `origin` is allowed. `null` (sandboxed documents, files) never is."""
        return origin != "null" and (origin in self._fixed or self._cache.get(origin, False))

    def check(self, origin: str | None) -> None:
        """Raise `Forbidden` for a request from a page of a foreign origin; None (not a browser) passes."""
        if origin is not None and not self.is_allowed(origin):
            raise Forbidden(
                "this origin is not allowed; have it registered with its client (cors_origins)",
                code=Code.ORIGIN_NOT_ALLOWED,
            )


class DynamicCORSMiddleware(CORSMiddleware):
    """Starlette's `CORSMiddleware` with origins that can change at runtime; no credentials, since tokens are not cookies."""

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
        has_origin = scope["type"] == "http" and any(name == b"origin" for name, _ in scope["headers"])
        if has_origin and scope["path"].startswith(CORS_PATHS):
            await self._origins.load(next(value for name, value in scope["headers"] if name == b"origin").decode("latin-1"))
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def is_allowed_origin(self, origin: str) -> bool:
        """Return whether `origin` may read the response (`Access-Control-Allow-Origin`)."""
        return self._origins.is_allowed(origin)
