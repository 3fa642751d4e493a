"""Which URLs that somebody enters may be requested: https, on the open internet, never our own network.

A name is resolved here and every address that it has is checked. `http_client.py` connects to an address that was checked,
so that no second resolution can lead elsewhere (DNS rebinding).
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from ipaddress import IPv6Address, ip_address, ip_network

import httpx2

from domain.shared.errors import Code, Invalid
from domain.shared.thread_pool import ThreadPool

PORTS = frozenset({443, 8443})
MAX_URL_CHARACTERS = 2_000
"""Characters of a URL."""
RESOLVE_SECONDS = 5.0

NAME = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
"""A name's last label begins with a letter: 2130706433, 0x7f.1 and 127.1 are spellings of addresses, not names."""
GLOBAL6 = ip_network("2000::/3")
"""All that is handed out of IPv6; the translated (64:ff9b::/96), mapped and local ones lie outside."""
SPECIAL_NETWORKS = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",  # reserved for protocols; not every Python knows
        "192.88.99.0/24",  # 6to4 relays
        "2002::/16",  # 6to4: an IPv4 address in IPv6
        "2001::/23",  # Teredo and other protocols
        "2001:db8::/32",
        "3fff::/20",  # documentation
    )
)

RESOLVER_THREADS = ThreadPool(8, "names")
"""Its own threads: a name server that does not answer must not block the loop's shared ones."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class UrlNotAllowed(Invalid):
    """A URL that is never requested."""

    code = Code.URL_NOT_ALLOWED


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of ``host``, as this machine resolves it."""
    found = await RESOLVER_THREADS.run(partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM))
    return [str(address[4][0]) for address in found]


def is_public(text: str) -> bool:
    """Whether the address ``text`` is one of the open internet: no private network, not this machine."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address not in GLOBAL6:
        return False
    odd = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback or address.is_link_local
    return address.is_global and not odd and not any(address in network for network in SPECIAL_NETWORKS)


def check_url(url: str, *, loopback: bool = False) -> httpx2.URL:
    """``url`` parsed, when its form is allowed; ``loopback`` (for development) also allows http and every port.

    Raises ``UrlNotAllowed``.
    """
    if len(url) > MAX_URL_CHARACTERS or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise UrlNotAllowed("give a URL such as https://district.example.org/api, in plain characters")
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError):
        raise UrlNotAllowed("give a URL such as https://district.example.org/api") from None
    if parsed.scheme not in ({"https", "http"} if loopback else {"https"}):
        raise UrlNotAllowed("give an https URL")
    if "@" in re.split(r"[/?#]", url.partition("//")[2], maxsplit=1)[0]:
        raise UrlNotAllowed("leave the user and password out of the URL")
    if port_of(parsed) not in PORTS and not loopback:
        raise UrlNotAllowed(f"give a port out of {', '.join(map(str, sorted(PORTS)))}, or none")
    if not _is_address(parsed.host) and NAME.fullmatch(host_name(parsed)) is None:
        raise UrlNotAllowed("give the host as a name, or as an address in its usual form")
    return parsed


async def resolve_public(url: httpx2.URL, *, loopback: bool = False, resolve: Resolve = resolve) -> list[str]:
    """The addresses of ``url``'s host, when all of them are public. Raises ``UrlNotAllowed``."""
    port = port_of(url)
    try:
        addresses = list(dict.fromkeys(await resolve(host_name(url), port)))
    except (OSError, UnicodeError):
        raise UrlNotAllowed("this host has no address; check its spelling") from None
    local = loopback and all(map(_is_loopback, addresses))
    public = url.scheme == "https" and port in PORTS and all(map(is_public, addresses))
    if not addresses or not (local or public):
        raise UrlNotAllowed("this host is not one of the open internet; give one that everybody reaches, over https")
    return addresses


async def check_reachable_url(url: str, pointer: str, *, loopback: bool = False, resolve: Resolve = resolve) -> str:
    """``url`` that somebody enters at ``pointer``. Raises ``UrlNotAllowed`` now if a request to it would be refused."""
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            await resolve_public(check_url(url, loopback=loopback), loopback=loopback, resolve=resolve)
    except TimeoutError:
        slow = "the name servers of this host do not answer in time; check its spelling, or enter it again later"
        raise UrlNotAllowed.at(pointer, Code.URL_NOT_ALLOWED, slow) from None
    except UrlNotAllowed as refusal:
        raise UrlNotAllowed.at(pointer, refusal.code, refusal.detail) from None
    return url


def port_of(url: httpx2.URL) -> int:
    """The port of ``url``; where it names none, that of its scheme."""
    return url.port if url.port is not None else 443 if url.scheme == "https" else 80


def host_name(url: httpx2.URL) -> str:
    """The host as it is resolved and as a certificate has it: a name of other scripts in its ASCII form."""
    return url.raw_host.decode("ascii").rstrip(".")


def _is_address(host: str) -> bool:
    try:
        # The usual form alone: other spellings of an address (octal, say) mean one thing here and another elsewhere.
        return "%" not in host and str(ip_address(host)) == host.lower()
    except ValueError:
        return False


def _is_loopback(text: str) -> bool:
    try:
        return ip_address(text).is_loopback
    except ValueError:
        return False
