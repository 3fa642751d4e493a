"""What every answer says beside itself: how a browser is to take it, and what is left of the asker's quota.

Pure ASGI, and made of bytes that are ready: every request pays for this.
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
"""No answer in JSON is ever a page; one that is (signing in) says its own."""

SECURITY_HEADERS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", API_CONTENT_SECURITY_POLICY),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
NO_STORE_HEADER: Header = (b"cache-control", b"no-store")
"""Where an answer says one of them itself, its own word stands."""
HSTS: Header = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")

PAGES = ("/sign-in", "/signed-in", "/sign-out", "/docs", "/graphiql")
"""Of people with a browser; ``/`` is one, too."""
PUBLIC_PATHS = (*PAGES, "/oauth/", "/.well-known/", "/assets/", "/v1/openapi.json")
"""Asked without an access token: counted by address before anything is done."""
RATE_LIMITED_PATHS = ("/v1", "/graphql")
"""Every answer there tells the quota."""

ErrorResponder = Callable[[RateLimited, str], Response]


class SecurityHeadersMiddleware:
    """Wraps the application: adds what every answer says, and counts what asks without a token."""

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
            # Nothing is served over one: a handshake, which no CORS rule covers, goes no further than here.
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
            except RateLimited as refusal:
                await self._rate_limited(refusal, path)(scope, receive, send_with_headers)
                return
        await self._app(scope, receive, send_with_headers)

    def _add_headers(self, message: MutableMapping[str, Any], scope: Scope) -> None:
        headers: list[Header] = message.setdefault("headers", [])
        said = {name for name, _ in headers}
        headers += self._headers if self._header_names.isdisjoint(said) else [h for h in self._headers if h[0] not in said]
        if b"cache-control" not in said:
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
        """The refusal in the form of the endpoint: OAuth's own, a page's sentence, else a problem."""
        headers = NO_STORE | http_headers(error)
        if path.startswith("/oauth/"):
            said = {"error": "temporarily_unavailable", "error_description": error.detail}
            return JSONResponse(said, 429, headers)
        if path == "/" or path.startswith(PAGES):
            return PlainTextResponse(f"{error.detail}\n", 429, headers)
        return self._error_response(error, path)
