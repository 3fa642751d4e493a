"""Asking the addresses that administrators enter (identity providers, rosters, webhooks) without being made to ask our own.

A name is resolved here, every address it has is judged, and the connection goes to an address that was judged: there is no
second resolution in which a name could mean something else (rebinding). The name stays what the certificate is checked
against. Nothing is followed, nothing is unpacked, and an answer has a size and a time to end in.
"""

import asyncio
import re
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import cache, partial
from ipaddress import IPv6Address, ip_address, ip_network

import httpx2

from domain.shared.context import Vet, unvetted
from domain.shared.errors import Code, Invalid
from domain.shared.thread_pool import Threads

PORTS = frozenset({443, 8443})
LONGEST = 2_000
"""Characters of a URL."""
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
ANSWER_BYTES = 1 << 20

NAME = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
"""A name's last label begins with a letter: 2130706433, 0x7f.1 and 127.1 are spellings of addresses, not names."""
GLOBAL6 = ip_network("2000::/3")
"""All that is handed out of IPv6; the translated (64:ff9b::/96), mapped and local ones lie outside."""
STRANGE = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocols' own; not every Python tells
        "192.88.99.0/24",  # 6to4 relays
        "2002::/16",  # 6to4: an IPv4 address in other clothes
        "2001::/23",  # Teredo and other protocols' own
        "2001:db8::/32",
        "3fff::/20",  # documentation
    )
)

LOOK_UPS = Threads(8, "names")
"""A name server that does not answer holds a thread for longer than anybody waits: it shall be none of the loop's own."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


Transport = httpx2.AsyncBaseTransport


class NotAsked(httpx2.RequestError):
    """We do not ask there, or take no more of the answer; the sentence says why, and names no address."""


class UrlNotAllowed(Invalid):
    """An address that we do not ask."""

    code = Code.URL_NOT_ALLOWED


async def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses of ``host``, as this machine resolves it."""
    look = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await LOOK_UPS.run(look)
    return [str(address[4][0]) for address in found]


def is_public(text: str) -> bool:
    """Whether the address ``text`` is one of the open internet: nobody's private network, nor this machine."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address not in GLOBAL6:
        return False
    odd = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback or address.is_link_local
    return address.is_global and not odd and not any(address in network for network in STRANGE)


def _is_loopback(text: str) -> bool:
    try:
        return ip_address(text).is_loopback
    except ValueError:
        return False


def check_url(url: str, *, loopback: bool = False) -> httpx2.URL:
    """``url``, when its form is one that we ask; ``loopback``: for development, http and every port may be said too.

    Raises ``UrlNotAllowed``.
    """
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise UrlNotAllowed("give a URL such as https://district.example.org/api, in plain characters")
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError):
        raise UrlNotAllowed("give a URL such as https://district.example.org/api") from None
    if parsed.scheme not in ({"https", "http"} if loopback else {"https"}):
        raise UrlNotAllowed("give an https URL")
    if "@" in re.split(r"[/?#]", url.partition("//")[2], maxsplit=1)[0]:
        raise UrlNotAllowed("leave the user and password out of the URL")
    port = _port(parsed)
    if port not in PORTS and not loopback:
        raise UrlNotAllowed(f"give a port out of {', '.join(map(str, sorted(PORTS)))}, or none")
    if not _is_address(parsed.host) and NAME.fullmatch(_name(parsed)) is None:
        raise UrlNotAllowed("give the host as a name, or as an address in its usual form")
    return parsed


def _port(url: httpx2.URL) -> int:
    """The port it leads to; 0 is one that is said, and not ours."""
    return url.port if url.port is not None else 443 if url.scheme == "https" else 80


def _name(url: httpx2.URL) -> str:
    """The host as it is resolved and as a certificate has it: a name of other scripts in its ASCII form."""
    return url.raw_host.decode("ascii").rstrip(".")


def _is_address(host: str) -> bool:
    try:
        # The usual form alone: other spellings of an address (octal, say) mean one thing here and another elsewhere.
        return "%" not in host and str(ip_address(host)) == host.lower()
    except ValueError:
        return False


async def addresses_of(url: httpx2.URL, *, loopback: bool = False, resolve: Resolve = resolved) -> list[str]:
    """The addresses of ``url``'s host, when all of them are ones that we ask. Raises ``UrlNotAllowed``."""
    port = _port(url)
    try:
        found = list(dict.fromkeys(await resolve(_name(url), port)))
    except (OSError, UnicodeError):
        raise UrlNotAllowed("this host has no address; check its spelling") from None
    near = loopback and all(map(_is_loopback, found))
    plain = url.scheme != "https" or port not in PORTS
    if not found or not (near or (all(map(is_public, found)) and not plain)):
        raise UrlNotAllowed("this host is not one of the open internet; give one that everybody reaches, over https")
    return found


class Outbound(httpx2.AsyncBaseTransport):
    """A transport for ``httpx2`` (and so for Authlib's clients): judges each request where it connects.

    Connections are not kept: one to an address would be lent to another name of that address, with the first one's
    certificate. ``verify``: whom certificates are checked against; the system's authorities.
    """

    def __init__(
        self,
        *,
        loopback: bool = False,
        resolve: Resolve = resolved,
        verify: ssl.SSLContext | None = None,
        most_bytes: int = ANSWER_BYTES,
        seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._loopback = loopback
        self._resolve = resolve
        self._most = most_bytes
        self._seconds = seconds
        kept = httpx2.Limits(max_keepalive_connections=0)
        self._inner = httpx2.AsyncHTTPTransport(verify=verify or _authorities(), trust_env=False, limits=kept)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask once, at an address that was judged."""
        end = time.monotonic() + self._seconds
        try:
            async with asyncio.timeout(self._seconds):
                response = await self._asked(request)
        except TimeoutError:
            raise httpx2.ReadTimeout("no answer in time", request=request) from None
        try:
            _check_answer(response, request, self._most)
        except NotAsked:
            await response.aclose()
            raise
        body = _Bounded(response.stream, request, self._most, end)
        return httpx2.Response(response.status_code, headers=response.headers, stream=body, extensions=response.extensions)

    async def _asked(self, request: httpx2.Request) -> httpx2.Response:
        try:
            url = check_url(str(request.url), loopback=self._loopback)
            found = await addresses_of(url, loopback=self._loopback, resolve=self._resolve)
        except UrlNotAllowed as refusal:
            raise NotAsked(refusal.detail, request=request) from None
        headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"accept-encoding"]
        sent = httpx2.Request(
            request.method,
            request.url.copy_with(host=found[0]),
            headers=[*headers, (b"Accept-Encoding", b"identity")],
            stream=request.stream,
            extensions={**_times(request), "sni_hostname": _name(url)},
        )
        return await self._inner.handle_async_request(sent)

    async def vet(self, url: str, pointer: str) -> None:
        """Check a URL that somebody enters at `pointer`. Raises `UrlNotAllowed` where a request would be refused later."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                parsed = check_url(url, loopback=self._loopback)
                await addresses_of(parsed, loopback=self._loopback, resolve=self._resolve)
        except TimeoutError:
            slow = "the name servers of this host do not answer in time; check its spelling, or enter it again later"
            raise UrlNotAllowed.at(pointer, Code.URL_NOT_ALLOWED, slow) from None
        except UrlNotAllowed as refusal:
            raise UrlNotAllowed.at(pointer, refusal.code, refusal.detail) from None

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()


def _times(request: httpx2.Request) -> dict[str, object]:
    said = request.extensions.get("timeout", {})
    return {"timeout": {name: said.get(name) or CONNECT_SECONDS for name in ("connect", "read", "write", "pool")}}


def _check_answer(response: httpx2.Response, request: httpx2.Request, most: int) -> None:
    if 300 <= response.status_code < 400 and "location" in response.headers:
        raise NotAsked("the answer leads elsewhere; give the URL that answers itself", request=request)
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise NotAsked("the answer is packed, though none was asked for", request=request)
    said = response.headers.get("content-length", "0")
    if not said.isdecimal() or int(said[:20]) > most:
        raise NotAsked("the answer is longer than anything that is read here", request=request)


class _Bounded(httpx2.AsyncByteStream):
    """A body that has a size and a time to end in, whatever it declares."""

    def __init__(self, stream: object, request: httpx2.Request, most: int, end: float) -> None:
        if not isinstance(stream, httpx2.AsyncByteStream):
            raise TypeError("an asynchronous transport answers with an asynchronous stream")
        self._stream, self._request, self._most, self._end = stream, request, most, end

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size, parts = 0, self._stream.__aiter__()
        while True:
            try:
                async with asyncio.timeout(max(0.0, self._end - time.monotonic())):
                    part = await anext(parts)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise httpx2.ReadTimeout("the answer took too long", request=self._request) from None
            size += len(part)
            if size > self._most:
                raise NotAsked("the answer is longer than anything that is read here", request=self._request)
            yield part

    async def aclose(self) -> None:
        """Close the stream below."""
        await self._stream.aclose()


@cache
def _authorities() -> ssl.SSLContext:
    """Made once: it reads a file of a hundred certificates."""
    return httpx2.create_ssl_context(trust_env=False)


def url_check(transport: Transport | None, *, loopback: bool = False) -> Vet:
    """The check of URLs that somebody enters: `Outbound.vet` of `transport`, or of a new one for None.

    A transport that a test puts in its place reaches nothing, so nothing is checked.
    """
    guard = transport or Outbound(loopback=loopback)
    return guard.vet if isinstance(guard, Outbound) else unvetted


def client(transport: Outbound | None = None) -> httpx2.AsyncClient:
    """A client for addresses that administrators enter: no proxy of the environment, no redirects, no cookies kept for long."""
    return httpx2.AsyncClient(
        transport=transport or Outbound(), trust_env=False, follow_redirects=False, timeout=httpx2.Timeout(CONNECT_SECONDS)
    )
