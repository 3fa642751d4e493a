"""Which URLs that a user enters may be requested: https, on the public internet, never our own network.

A name is resolved here and all its addresses are checked. `http_client.py` connects to a checked address, so that no second
resolution can lead elsewhere (DNS rebinding).
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
RESOLVE_SECONDS = 5.0

NAME = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
"""A name's last label begins with a letter: 2130706433, 0x7f.1 and 127.1 are spellings of addresses, not names."""
GLOBAL6 = ip_network("2000::/3")
"""The allocated part of IPv6; translated (64:ff9b::/96), mapped and local addresses are outside."""
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
    """Return the addresses of `host`, by this machine's resolver."""
    results = await RESOLVER_THREADS.run(partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM))
    return [str(result[4][0]) for result in results]


def is_public(text: str) -> bool:
    """Return whether the address `text` is on the public internet: not in a private network, not this machine."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address not in GLOBAL6:
        return False
    special = (
        address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback or address.is_link_local
    )
    return address.is_global and not special and not any(address in network for network in SPECIAL_NETWORKS)


def check_url(url: str, *, loopback: bool = False) -> httpx2.URL:
    """Parse `url`; `loopback` (for development) also allows http and every port. Raises `UrlNotAllowed` for its form."""
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
        raise UrlNotAllowed(f"give one of the ports {', '.join(map(str, sorted(PORTS)))}, or none")
    if not _is_address(parsed.host) and NAME.fullmatch(host_name(parsed)) is None:
        raise UrlNotAllowed("give the host as a name, or as an address in its usual form")
    return parsed


async def resolve_public(url: httpx2.URL, *, loopback: bool = False, resolve: Resolve = resolve) -> list[str]:
    """Return the addresses of `url`'s host. Raises `UrlNotAllowed` unless all of them are public."""
    port = port_of(url)
    try:
        addresses = list(dict.fromkeys(await resolve(host_name(url), port)))
    except (OSError, UnicodeError):
        raise UrlNotAllowed("this host has no address; check its spelling") from None
    local = loopback and all(map(_is_loopback, addresses))
    public = url.scheme == "https" and port in PORTS and all(map(is_public, addresses))
    if not addresses or not (local or public):
        raise UrlNotAllowed("this host is not on the public internet; give an https URL that can be reached from anywhere")
    return addresses


async def check_reachable_url(url: str, pointer: str, *, loopback: bool = False, resolve: Resolve = resolve) -> str:
    """Return `url`, entered at `pointer`. Raises `UrlNotAllowed` there when a request to it would be blocked."""
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            await resolve_public(check_url(url, loopback=loopback), loopback=loopback, resolve=resolve)
    except TimeoutError:
        detail = "the name servers of this host did not answer in time; check its spelling, or retry later"
        raise UrlNotAllowed.at(pointer, Code.URL_NOT_ALLOWED, detail) from None
    except UrlNotAllowed as error:
        raise UrlNotAllowed.at(pointer, error.code, error.detail) from None
    return url


def port_of(url: httpx2.URL) -> int:
    """Return the port of `url`; without one, that of its scheme."""
    return url.port if url.port is not None else 443 if url.scheme == "https" else 80


def host_name(url: httpx2.URL) -> str:
    """Return the host for resolution and certificate checks: internationalised names in their ASCII form."""
    return url.raw_host.decode("ascii").rstrip(".")


def _is_address(host: str) -> bool:
    try:
        # The canonical form only: other spellings (octal, say) are read differently by different programs.
        return "%" not in host and str(ip_address(host)) == host.lower()
    except ValueError:
        return False


def _is_loopback(text: str) -> bool:
    try:
        return ip_address(text).is_loopback
    except ValueError:
        return False
