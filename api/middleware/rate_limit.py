"""Rate limits: requests a minute of a client, a person or an address.

The window slides: the weight of the previous minute's count falls while this minute passes. Each process counts in memory, so
a request never waits for a store; several processes exchange their counts once a second (`sync`). Together they admit at most
a second's requests too many, and go on serving when the store is unavailable.
"""

import asyncio
import hmac
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from math import ceil, floor
from typing import Any, NamedTuple, Protocol

from api.wire.problem_details import RateLimited
from domain.shared.context import Actor, ActorKind
from domain.shared.errors import Unavailable

WINDOW, SHARE_SECONDS = 60, 1
"""Seconds."""
MOST_NAMES = 100_000
"""Keys counted in one minute; further addresses share one count, so that many of them cannot fill the memory. Clients and
people always have their own: their number is bounded, and unauthenticated requests must not use up their quota."""
OVERFLOW_KEY = "everybody else"

CLIENT, PERSON, ADDRESS = "client", "person", "address"

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class RateLimits:
    """Requests a minute of each kind; 0: no limit."""

    client: int = 0
    person: int = 0
    address: int = 0


class RateLimitStatus(NamedTuple):
    """The state of a quota after a request: requests a minute, requests left, and seconds until there are more."""

    kind: str
    limit: int
    remaining: int
    seconds: int


class SharedCounters(Protocol):
    """The counts of all processes together."""

    async def add(self, minute: int, counts: Mapping[str, int]) -> Mapping[str, int]:
        """Add `counts` to the stored counts of `minute` and return the sums by name. Raises `Unavailable`."""
        ...


class Window(NamedTuple):
    """The counts of one key in the previous minute and in this one, which ends in `seconds_left`."""

    previous: int
    current: int
    seconds_left: float

    @property
    def weight(self) -> int:
        """Return the requests in the sliding window: this minute's, and a falling share of the previous minute's."""
        return floor(self.previous * self.seconds_left / WINDOW + self.current)


class WindowCounters:
    """Sliding-window counters, by key: the counts of this minute and of the previous one."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._minute = 0
        self._current: dict[str, int] = {}
        self._previous: dict[str, int] = {}
        self._unsynced: dict[str, int] = {}
        self._synced_keys: set[str] = set()

    def try_add(self, key: str, limit: int, cost: int) -> tuple[bool, Window]:
        """Count `cost` requests under `key`, unless the window would exceed `limit`.

        Return whether they were counted, and the window as it is then.
        """
        seconds_left, name = self._begin_minute(), self._counter_key(key)
        window = Window(self._previous.get(name, 0), self._current.get(name, 0), seconds_left)
        if window.weight + cost > limit:
            return False, window
        current = self._current[name] = window.current + cost
        self._unsynced[name] = self._unsynced.get(name, 0) + cost
        if not _is_address(name):
            self._synced_keys.add(name)
        return True, Window(window.previous, current, seconds_left)

    def _begin_minute(self) -> float:
        """Begin a new minute where the last one is over; return how many seconds of it are left."""
        minute, passed = divmod(self._clock(), WINDOW)
        if minute != self._minute:
            self._previous = self._current if minute == self._minute + 1 else {}
            self._current, self._unsynced, self._synced_keys = {}, {}, set()
            self._minute = int(minute)
        return WINDOW - passed

    def _counter_key(self, key: str) -> str:
        """Return the key under which `key` is counted: itself, or that of all overflowing addresses."""
        room = len(self._current) < MOST_NAMES or not _is_address(key)
        return key if room or key in self._current else OVERFLOW_KEY

    async def sync(self, shared: SharedCounters, pseudonymize: Callable[[str], str]) -> None:
        """Send what was counted since the last call, under pseudonymous keys, and take over the sums of all processes.

        The sums of all clients and people are fetched; of addresses, which may be very many, those counted since the last
        call. An address that returns is measured for up to a second by the sum of its last visit.
        """
        self._begin_minute()
        minute, sent = self._minute, self._unsynced
        self._unsynced = {}
        hidden = {pseudonymize(key): key for key in sent.keys() | self._synced_keys}
        try:
            sums = await shared.add(minute, {name: sent.get(key, 0) for name, key in hidden.items()})
        except Unavailable:
            for key, n in sent.items():
                self._unsynced[key] = self._unsynced.get(key, 0) + n
            raise
        self._begin_minute()
        # Requests during the exchange are counted here and not yet sent.
        counts = {self._minute: self._current, self._minute - 1: self._previous}.get(minute, {})
        unsent = self._unsynced if minute == self._minute else {}
        counts.update({hidden[name]: n + unsent.get(hidden[name], 0) for name, n in sums.items() if name in hidden})


def _is_address(key: str) -> bool:
    """Return whether `key`, which begins with the kind of its quota, is an address."""
    return key.startswith(f"{ADDRESS}/")


def retry_after(free: int, previous: int, current: int, elapsed: float) -> int:
    """Return the whole seconds (1 to 120) until the window has fallen to at most `free` requests.

    `previous` and `current` are the counts of the previous minute and of this one, of which `elapsed` seconds have passed;
    0 <= `free` < the window's weight, which is rounded down, so that it is enough to fall below `free + 1`.
    """
    room = free + 1 - current
    if room > 0:
        return floor(WINDOW * (previous - room) / previous - elapsed) + 1
    return floor(WINDOW - elapsed + WINDOW * max(0, current - free - 1) / current) + 1


class RateLimiter:
    """Counts requests against their quotas and rejects those beyond."""

    def __init__(self, limits: RateLimits, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self.limits = limits
        self._key = key
        self.counts = WindowCounters(clock)
        self._limit_by_kind = {CLIENT: limits.client, PERSON: limits.person, ADDRESS: limits.address}

    def hit(self, kind: str, name: str, cost: int = 1, *, enforce: bool = True) -> RateLimitStatus | None:
        """Count `cost` requests against the quota of `name` and return its state; None where there is no quota.

        A cost above the whole quota counts as the quota: otherwise the request would never be allowed.
        Raises `RateLimited` beyond the quota; with `enforce=False` the request is not counted then, and nothing is raised.
        """
        limit = self._limit_by_kind[kind]
        if not limit:
            return None
        cost = min(cost, limit)
        counted, window = self.counts.try_add(f"{kind}/{name}", limit, cost)
        if counted or not enforce:
            return RateLimitStatus(kind, limit, max(0, limit - window.weight), ceil(window.seconds_left) or 1)
        seconds = retry_after(limit - cost, window.previous, window.current, WINDOW - window.seconds_left)
        raise rate_limited(RateLimitStatus(kind, limit, 0, seconds))

    def limit_actor(self, actor: Actor, scope: Any) -> Callable[[int], None]:
        """Count one request of `actor`; return a function that counts what it costs beyond that.

        Both save the state of the quota in `scope["evenkeel.rate_limit"]`. Raises `RateLimited`.
        """
        if actor.kind is ActorKind.PERSON:
            kind, name = PERSON, f"{actor.district_id}:{actor.id}"
        else:
            kind, name = CLIENT, actor.id

        def hit_again(cost: int) -> None:
            self._hit_and_store(scope, kind, name, cost, enforce=True)

        hit_again(1)
        return hit_again

    def limit_address(self, scope: Any, *, enforce: bool = True) -> None:
        """Count an unauthenticated request against the address that it came from. Raises `RateLimited`."""
        self._hit_and_store(scope, ADDRESS, client_address(scope), 1, enforce=enforce)

    def _hit_and_store(self, scope: Any, kind: str, name: str, cost: int, *, enforce: bool) -> None:
        try:
            scope["evenkeel.rate_limit"] = self.hit(kind, name, cost, enforce=enforce)
        except RateLimited as error:
            scope["evenkeel.rate_limit"] = error.extensions["rate_limit"]
            raise

    async def sync(self, shared: SharedCounters) -> None:
        """Exchange counts with the other processes once; an unavailable store is logged."""
        try:
            await self.counts.sync(shared, self._pseudonymize)
        except Unavailable:
            log.warning("rate_limits_not_shared")

    async def run_sync(self, shared: SharedCounters) -> None:
        """Exchange counts at once, so that a new process knows them, and then every second until cancelled."""
        while True:
            await self.sync(shared)
            await asyncio.sleep(SHARE_SECONDS)

    def _pseudonymize(self, name: str) -> str:
        """Return the HMAC under which `name` (an address, a person) leaves this process."""
        return hmac.new(self._key, name.encode(), sha256).hexdigest()[:32]


def rate_limited(status: RateLimitStatus) -> RateLimited:
    """Return the error for a request beyond its quota."""
    subject = {CLIENT: "this client", PERSON: "this person", ADDRESS: "this address without a token"}[status.kind]
    return RateLimited(
        f"{subject} may send {status.limit:,} requests a minute; retry in {status.seconds} s (see Retry-After)",
        extensions={"headers": {"Retry-After": str(status.seconds)}, "rate_limit": status},
    )


def client_address(scope: Any) -> str:
    """Return the address that a request came from; of IPv6 the /64 network, which a subscriber has for themselves."""
    host = str((scope.get("client") or ("nowhere", 0))[0])
    if ":" not in host:
        return host
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> 64 << 64)}/64"
