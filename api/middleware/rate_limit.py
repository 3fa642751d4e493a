"""How many requests a client, a person or an address may send in a minute, and who has sent how many.

The window slides: what the minute before counted fades while this one passes. Each process counts in memory, so a request never
waits for a store; several processes exchange their counts once a second (`share`). So all of them together admit at most a
second's requests too many, and none stops serving when the store is away.
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
"""Names counted in one minute; addresses that come after them share a count, so that many can't fill the memory. Clients and
people never do: they are as many as there are, and shall not pay for strangers."""
OVERFLOW_KEY = "everybody else"

CLIENT, PERSON, ADDRESS = "client", "person", "address"

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class RateLimits:
    """Requests a minute; 0: as many as one likes."""

    client: int = 0
    person: int = 0
    address: int = 0


class RateLimitStatus(NamedTuple):
    """A request that was counted: against which quota of how many, how many are left, and seconds until more will be."""

    kind: str
    limit: int
    remaining: int
    seconds: int


class SharedCounters(Protocol):
    """What all processes have counted together."""

    async def add(self, minute: int, counts: Mapping[str, int]) -> Mapping[str, int]:
        """Add `counts` to what is stored of `minute`, and return the sums by name. Raises `Unavailable`."""
        ...


class Window(NamedTuple):
    """What is counted under one name: in the minute before and in this one, of which `left` seconds are left."""

    previous: int
    current: int
    seconds_left: float

    @property
    def weight(self) -> int:
        """How many requests count now: those of the minute before fade while this one passes."""
        return floor(self.previous * self.seconds_left / WINDOW + self.current)


class WindowCounters:
    """Sliding counters: the counts of this minute and of the one before; older ones go as a whole."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._minute = 0
        self._current: dict[str, int] = {}
        self._previous: dict[str, int] = {}
        self._unsynced: dict[str, int] = {}
        self._synced_keys: set[str] = set()

    def try_add(self, key: str, limit: int, cost: int) -> tuple[bool, Window]:
        """Count `cost` requests under `key` unless more than `limit` would count then.

        Returns whether they were counted, and the window as it is now.
        """
        left, name = self._begin_minute(), self._counter_key(key)
        window = Window(self._previous.get(name, 0), self._current.get(name, 0), left)
        if window.weight + cost > limit:
            return False, window
        current = self._current[name] = window.current + cost
        self._unsynced[name] = self._unsynced.get(name, 0) + cost
        if not _is_address(name):
            self._synced_keys.add(name)
        return True, Window(window.previous, current, left)

    def _begin_minute(self) -> float:
        """Begin the minute that it is; returns how many seconds of it are left."""
        minute, passed = divmod(self._clock(), WINDOW)
        if minute != self._minute:
            self._previous = self._current if minute == self._minute + 1 else {}
            self._current, self._unsynced, self._synced_keys = {}, {}, set()
            self._minute = int(minute)
        return WINDOW - passed

    def _counter_key(self, key: str) -> str:
        """The name under which `key` is counted."""
        room = len(self._current) < MOST_NAMES or not _is_address(key)
        return key if room or key in self._current else OVERFLOW_KEY

    async def sync(self, shared: SharedCounters, pseudonymize: Callable[[str], str]) -> None:
        """Send what was counted since the last time, under names that `hide` makes unreadable, and learn what all have counted.

        Of clients and people all are asked for; of addresses, which may be very many, those that came since. One that comes
        back is measured for a second by what was known of it when it came last.
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
        # What came while we waited is counted here and not yet sent.
        counts = {self._minute: self._current, self._minute - 1: self._previous}.get(minute, {})
        since = self._unsynced if minute == self._minute else {}
        counts.update({hidden[name]: n + since.get(hidden[name], 0) for name, n in sums.items() if name in hidden})


def _is_address(key: str) -> bool:
    """Whether `key`, which begins with the kind of its quota, is of somebody we do not know."""
    return key.startswith(f"{ADDRESS}/")


def retry_after(free: int, previous: int, current: int, elapsed: float) -> int:
    """Whole seconds until counts of ``previous`` (the minute before) and ``current`` have faded to at most ``free``, 1 to 120.

    ``gone`` seconds of this minute have passed; ``free`` is what the quota leaves to what is asked for, at least 0, and less
    than what is counted now. Parts of a count do not count: to weigh just under ``free + 1`` is enough.
    """
    room = free + 1 - current
    if room > 0:
        return floor(WINDOW * (previous - room) / previous - elapsed) + 1
    return floor(WINDOW - elapsed + WINDOW * max(0, current - free - 1) / current) + 1


class RateLimiter:
    """Counts requests against their quotas and refuses what goes beyond."""

    def __init__(self, limits: RateLimits, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self.limits = limits
        self._key = key
        self.counts = WindowCounters(clock)
        self._limit_by_kind = {CLIENT: limits.client, PERSON: limits.person, ADDRESS: limits.address}

    def hit(self, kind: str, name: str, cost: int = 1, *, enforce: bool = True) -> RateLimitStatus | None:
        """Count `cost` against the quota of `name`; None where there is no quota. Raises `RateLimited`.

        What costs more than a whole minute's quota costs that: else it would never be allowed. `refuse`: False only counts.
        """
        limit = self._limit_by_kind[kind]
        if not limit:
            return None
        cost = min(cost, limit)
        taken, window = self.counts.try_add(f"{kind}/{name}", limit, cost)
        if taken or not enforce:
            return RateLimitStatus(kind, limit, max(0, limit - window.weight), ceil(window.seconds_left) or 1)
        seconds = retry_after(limit - cost, window.previous, window.current, WINDOW - window.seconds_left)
        raise rate_limited(RateLimitStatus(kind, limit, 0, seconds))

    def limit_actor(self, actor: Actor, scope: Any) -> Callable[[int], None]:
        """Count one request of ``actor``; what more it costs is said to the answer. Both note in ``scope`` how it stands."""
        if actor.kind is ActorKind.PERSON:
            kind, name = PERSON, f"{actor.district_id}:{actor.id}"
        else:
            kind, name = CLIENT, actor.id

        def hit_again(cost: int) -> None:
            self._hit_and_store(scope, kind, name, cost, enforce=True)

        hit_again(1)
        return hit_again

    def limit_address(self, scope: Any, *, enforce: bool = True) -> None:
        """Count a request of nobody we know against the address it came from."""
        self._hit_and_store(scope, ADDRESS, client_address(scope), 1, enforce=enforce)

    def _hit_and_store(self, scope: Any, kind: str, name: str, cost: int, *, enforce: bool) -> None:
        try:
            scope["evenkeel.rate_limit"] = self.hit(kind, name, cost, enforce=enforce)
        except RateLimited as refusal:
            scope["evenkeel.rate_limit"] = refusal.extensions["rate_limit"]
            raise

    async def sync(self, shared: SharedCounters) -> None:
        """One exchange with the other processes; a store that is away is said in the log, and asked again."""
        try:
            await self.counts.sync(shared, self._pseudonymize)
        except Unavailable:
            log.warning("rates_not_shared")

    async def run_sync(self, shared: SharedCounters) -> None:
        """Exchange at once, so that a new process knows what the others counted, and then every second until cancelled."""
        while True:
            await self.sync(shared)
            await asyncio.sleep(SHARE_SECONDS)

    def _pseudonymize(self, name: str) -> str:
        """``name`` as it leaves this process: an address or a person is nobody there."""
        return hmac.new(self._key, name.encode(), sha256).hexdigest()[:32]


def rate_limited(status: RateLimitStatus) -> RateLimited:
    """The refusal of what goes beyond a quota."""
    whose = {CLIENT: "this client", PERSON: "this person", ADDRESS: "requests without a token from this address"}[status.kind]
    return RateLimited(
        f"{whose} may send {status.limit:,} requests a minute; go on in {status.seconds} s (see Retry-After)",
        extensions={"headers": {"Retry-After": str(status.seconds)}, "rate_limit": status},
    )


def client_address(scope: Any) -> str:
    """The address that a request came from; of IPv6 the network, of which every house has one."""
    host = str((scope.get("client") or ("nowhere", 0))[0])
    if ":" not in host:
        return host
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return f"{IPv6Address(int(found) >> 64 << 64)}/64"
