"""Security headers and rate-limit headers on every response.

Pure ASGI, with headers encoded in advance, since every request pays for this.
"""

from collections.abc import Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.middleware.rate_limit import ADDRESS, CLIENT, PERSON, RateLimiter, RateLimitStatus
from api.wire.problem_details import NO_STORE, RateLimited, http_headers

Header = tuple[bytes, bytes]

API_CONTENT_SECURITY_POLICY = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""For responses that are not pages; the pages (sign-in, documentation) set their own policy."""

SECURITY_HEADERS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", API_CONTENT_SECURITY_POLICY),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
NO_STORE_HEADER: Header = (b"cache-control", b"no-store")
"""Added unless the response sets Cache-Control itself."""
HSTS: Header = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")

PAGES = ("/sign-in", "/signed-in", "/sign-out", "/docs", "/graphiql")
"""Pages for people with a browser; `/` is one as well."""
PUBLIC_PATHS = (*PAGES, "/oauth/", "/.well-known/", "/assets/", "/v1/openapi.json")
"""Requested without an access token, so counted by address before anything else."""
RATE_LIMITED_PATHS = ("/v1", "/graphql")
"""Responses here have rate-limit headers."""

ErrorResponder = Callable[[RateLimited, str], Response]


class SecurityHeadersMiddleware:
    """Adds headers to every response, and counts requests for public paths against their address."""

    def __init__(self, app: ASGIApp, *, public_url: str, rate_limiter: RateLimiter, error_response: ErrorResponder) -> None:
        self._app = app
        self._rate_limiter = rate_limiter
        self._error_response = error_response
        https = urlsplit(public_url).scheme == "https"
        self._headers = (*SECURITY_HEADERS, HSTS) if https else SECURITY_HEADERS
        self._header_names = frozenset(name for name, _ in self._headers)
        quotas = (
            (CLIENT, rate_limiter.limits.client),
            (PERSON, rate_limiter.limits.person),
            (ADDRESS, rate_limiter.limits.address),
        )
        self._policies = {kind: f'"{kind}";q={limit};w=60'.encode() for kind, limit in quotas}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "websocket":
            # No route is a WebSocket; CORS does not cover the handshake, so it is rejected here.
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(message, scope)
            await send(message)

        path = scope["path"]
        if path == "/" or path.startswith(PUBLIC_PATHS):
            try:
                self._rate_limiter.limit_address(scope)
            except RateLimited as error:
                await self._rate_limited(error, path)(scope, receive, send_with_headers)
                return
        await self._app(scope, receive, send_with_headers)

    def _add_headers(self, message: MutableMapping[str, Any], scope: Scope) -> None:
        headers: list[Header] = message.setdefault("headers", [])
        names = {name for name, _ in headers}
        headers += self._headers if self._header_names.isdisjoint(names) else [h for h in self._headers if h[0] not in names]
        if b"cache-control" not in names:
            headers.append(NO_STORE_HEADER)
        if scope["path"].startswith(RATE_LIMITED_PATHS):
            if "evenkeel.rate_limit" not in scope:
                self._rate_limiter.limit_address(scope, enforce=False)
            status: RateLimitStatus | None = scope["evenkeel.rate_limit"]
            if status is not None:
                # draft-ietf-httpapi-ratelimit-headers-11
                headers.append((b"ratelimit-policy", self._policies[status.kind]))
                headers.append((b"ratelimit", f'"{status.kind}";r={status.remaining};t={status.seconds}'.encode()))

    def _rate_limited(self, error: RateLimited, path: str) -> Response:
        """Return `error` in the format of the endpoint: an OAuth error, plain text for a page, else a problem document."""
        headers = NO_STORE | http_headers(error)
        if path.startswith("/oauth/"):
            body = {"error": "temporarily_unavailable", "error_description": error.detail}
            return JSONResponse(body, 429, headers)
        if path == "/" or path.startswith(PAGES):
            return PlainTextResponse(f"{error.detail}\n", 429, headers)
        return self._error_response(error, path)
