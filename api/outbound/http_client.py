"""Requests to URLs that somebody else entered (identity providers, key sets of clients): guarded and bounded.

`GuardedTransport` connects only to public addresses; `BoundedTransport` limits what any transport may answer. Together they
are the only way in which the service sends requests.
"""

import asyncio
import ssl
from functools import cache

import httpx2

from api.outbound.public_addresses import (
    Resolve,
    UrlNotAllowed,
    check_reachable_url,
    check_url,
    host_name,
    resolve,
    resolve_public,
)
from domain.accounts.identity_provider_commands import is_loopback
from domain.shared.context import UrlCheck, accept_url

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 10.0
MAX_BYTES = 512 * 1024

Transport = httpx2.AsyncBaseTransport
HTTPError = httpx2.HTTPError
"""Base class of the errors that a request to another server raises."""


class NoResponse(httpx2.TransportError):
    """The other server gave no response that is accepted; the sentence says why, and names no address."""


class RequestBlocked(NoResponse):
    """The URL may not be requested, so nothing was sent."""


class BoundedTransport(Transport):
    """Reads each response of `inner` whole: at most `max_bytes`, in at most `seconds`, not compressed, no redirect.

    A compressed response could unpack to any size. Requests go over https; `loopback` (for development) also allows http
    to this machine. Closing it does nothing: clients come and go, the transport below stays.
    """

    def __init__(
        self, inner: Transport, *, loopback: bool = False, seconds: float = TOTAL_SECONDS, max_bytes: int = MAX_BYTES
    ) -> None:
        self._inner = inner
        self._loopback = loopback
        self._seconds = seconds
        self._max_bytes = max_bytes

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the response to `request`. Raises `NoResponse`, or what `inner` raises."""
        local = request.url.scheme == "http" and self._loopback and is_loopback(request.url.host)
        if request.url.scheme != "https" and not local:
            raise RequestBlocked("only https is requested", request=request)
        request.headers["Accept-Encoding"] = "identity"
        try:
            async with asyncio.timeout(self._seconds):
                response = await self._inner.handle_async_request(request)
                try:
                    content = await self._read(request, response)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise NoResponse("the response did not come in time", request=request) from None
        return httpx2.Response(response.status_code, headers=response.headers, content=content, request=request)

    async def _read(self, request: httpx2.Request, response: httpx2.Response) -> bytes:
        if response.is_redirect:
            raise NoResponse("the response is a redirect; give the URL that answers itself", request=request)
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise NoResponse("the response is compressed, though it was requested as it is", request=request)
        too_long = NoResponse("the response is longer than what is read here", request=request)
        length = response.headers.get("content-length", "0")
        if not length.isdecimal() or int(length[:20]) > self._max_bytes:
            raise too_long
        content = bytearray()
        async for chunk in response.aiter_raw():
            content += chunk
            if len(content) > self._max_bytes:
                raise too_long
        return bytes(content)


class GuardedTransport(Transport):
    """Connects to public addresses only (OWASP: server-side request forgery); wrap it in a `BoundedTransport`.

    The name is resolved once, every address is checked, and the connection goes to the first; the certificate is checked
    against the name. Connections are not reused: one to an address could serve another name of that address.
    `loopback`: for development, this machine as well. `verify`: the authorities of certificates; else the system's.
    """

    def __init__(self, *, loopback: bool = False, resolve: Resolve = resolve, verify: ssl.SSLContext | None = None) -> None:
        self._loopback = loopback
        self._resolve = resolve
        limits = httpx2.Limits(max_keepalive_connections=0)
        self._inner = httpx2.AsyncHTTPTransport(verify=verify or _authorities(), trust_env=False, limits=limits)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the response of the first address of the URL's host. Raises `RequestBlocked`."""
        try:
            url = check_url(str(request.url), loopback=self._loopback)
            addresses = await resolve_public(url, loopback=self._loopback, resolve=self._resolve)
        except UrlNotAllowed as error:
            raise RequestBlocked(error.detail, request=request) from None
        timeouts = request.extensions.get("timeout", {})
        timeouts = {name: timeouts.get(name) or CONNECT_SECONDS for name in ("connect", "read", "write", "pool")}
        return await self._inner.handle_async_request(
            httpx2.Request(
                request.method,
                request.url.copy_with(host=addresses[0]),
                headers=request.headers.raw,
                stream=request.stream,
                extensions={"timeout": timeouts, "sni_hostname": host_name(url)},
            )
        )

    async def check_url(self, url: str, pointer: str) -> None:
        """Raise `UrlNotAllowed` at `pointer` when a request to `url` would be blocked."""
        await check_reachable_url(url, pointer, loopback=self._loopback, resolve=self._resolve)

    async def aclose(self) -> None:
        """Close the open connections."""
        await self._inner.aclose()


@cache
def _authorities() -> ssl.SSLContext:
    """Return the system's certificate authorities; cached, since it reads a file of a hundred certificates."""
    return httpx2.create_ssl_context(trust_env=False)


def url_checker(transport: Transport | None, *, loopback: bool = False) -> UrlCheck:
    """Return the check for URLs that a user enters: that of `transport`, or of a new guard; a test's transport allows all."""
    guard = transport or GuardedTransport(loopback=loopback)
    return guard.check_url if isinstance(guard, GuardedTransport) else accept_url


def client(transport: Transport) -> httpx2.AsyncClient:
    """Return a client over `transport` that ignores proxies of the environment and follows no redirects."""
    return httpx2.AsyncClient(transport=transport, trust_env=False, follow_redirects=False, timeout=CONNECT_SECONDS)
