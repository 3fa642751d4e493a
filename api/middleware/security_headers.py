"""What every answer says beside itself: how a browser is to take it, and what is left of the asker's quota.

Pure ASGI, and made of bytes that are ready: every request pays for this.
"""

from collections.abc import Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.middleware.rate_limit import ADDRESS, CLIENT, PERSON, Meter, Paid
from api.wire.problem_details import NO_STORE, RateLimited, headers_of

Header = tuple[bytes, bytes]

LOCKED = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""No answer in JSON is ever a page; one that is (signing in) says its own."""

ALWAYS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", LOCKED),
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
OPEN = (*PAGES, "/oauth/", "/.well-known/", "/assets/", "/v1/openapi.json")
"""Asked without an access token: counted by address before anything is done."""
COUNTED = ("/v1", "/graphql")
"""Every answer there tells the quota."""

Refuse = Callable[[RateLimited, str], Response]


class Headed:
    """Wraps the application: adds what every answer says, and counts what asks without a token."""

    def __init__(self, app: ASGIApp, *, public_url: str, meter: Meter, refuse: Refuse) -> None:
        self._app = app
        self._meter = meter
        self._refuse = refuse
        https = urlsplit(public_url).scheme == "https"
        self._always = (*ALWAYS, HSTS) if https else ALWAYS
        self._named = frozenset(name for name, _ in self._always)
        quotas = ((CLIENT, meter.quotas.client), (PERSON, meter.quotas.person), (ADDRESS, meter.quotas.address))
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

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(message, scope)
            await send(message)

        path = scope["path"]
        if path == "/" or path.startswith(OPEN):
            try:
                self._meter.stranger(scope)
            except RateLimited as refusal:
                await self._too_many(refusal, path)(scope, receive, headed)
                return
        await self._app(scope, receive, headed)

    def _add(self, message: MutableMapping[str, Any], scope: Scope) -> None:
        headers: list[Header] = message.setdefault("headers", [])
        said = {name for name, _ in headers}
        headers += self._always if self._named.isdisjoint(said) else [h for h in self._always if h[0] not in said]
        if b"cache-control" not in said:
            headers.append(NO_STORE_HEADER)
        if scope["path"].startswith(COUNTED):
            if "evenkeel.paid" not in scope:
                self._meter.stranger(scope, refuse=False)
            paid: Paid | None = scope["evenkeel.paid"]
            if paid is not None:
                # draft-ietf-httpapi-ratelimit-headers-11
                headers.append((b"ratelimit-policy", self._policies[paid.kind]))
                headers.append((b"ratelimit", f'"{paid.kind}";r={paid.remaining};t={paid.seconds}'.encode()))

    def _too_many(self, refusal: RateLimited, path: str) -> Response:
        """The refusal in the form of the endpoint: OAuth's own, a page's sentence, else a problem."""
        headers = NO_STORE | headers_of(refusal)
        if path.startswith("/oauth/"):
            said = {"error": "temporarily_unavailable", "error_description": refusal.detail}
            return JSONResponse(said, 429, headers)
        if path == "/" or path.startswith(PAGES):
            return PlainTextResponse(f"{refusal.detail}\n", 429, headers)
        return self._refuse(refusal, path)
